package catalog

import (
	"io/fs"
	"path"
	"testing"

	"onedoor.app/infra/db"
	"onedoor.app/infra/db/dbtest"
)

// schemaBefore is the schema of an older program: the migrations before one.
type schemaBefore struct {
	fs.ReadDirFS
	until string // the first that is left out
}

func (b schemaBefore) ReadDir(name string) (list []fs.DirEntry, err error) {
	all, err := b.ReadDirFS.ReadDir(name)
	for _, e := range all {
		if path.Ext(e.Name()) != ".sql" || e.Name() < b.until {
			list = append(list, e)
		}
	}
	return list, err
}

// TestProposalsOfBeforeAreInTheListsOfTheirAuthors: an upgrade finds out of what was kept of an author whose list a proposal
// stands in, whatever they are called.
func TestProposalsOfBeforeAreInTheListsOfTheirAuthors(t *testing.T) {
	dbtest.Each(t, []dbtest.Schema{{Module: "catalog", Files: schemaBefore{Schema, "0020"}}}, func(t *testing.T, d *db.DB) {
		authors := []Doer{
			{ID: 1, Kind: "staff", Staff: 77, Name: "李事"},
			{ID: 2, Kind: "staff", Staff: 7, Name: `77","staff":9`},
			{ID: 383104634847879168, Kind: "staff", Staff: 383104634847879169, Name: "diana staff"},
			{ID: 10, Kind: "staff", Staff: 1, Name: ""},
		}
		if err := d.Write(t.Context(), func(tx *db.Tx) error {
			for i, by := range authors {
				if err := tx.Exec(`INSERT INTO catalog_proposal (id, kind, about, name, made_on, body, why, state, author, decider, remark, at)
					VALUES ($1, 'base', $2, '', 0, '{}', '', 'waiting', $3, '{}', '', 0)`, int64(i+1), AboutBase(by.Name), db.JSON(by)); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		if err := d.Migrate(t.Context(), "catalog", Schema); err != nil {
			t.Fatal(err)
		}
		for i, by := range authors {
			if err := d.Read(t.Context(), func(tx *db.Tx) error {
				list, err := listOwn(tx, by.hand(), 1<<62, 10)
				if err != nil || len(list) != 1 || list[0].ID != int64(i+1) || list[0].By != by {
					t.Errorf("of %+v: %+v, %v", by, list, err)
				}
				return nil
			}); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// TestWhatAnUpgradeListsAsUnproved: what packages brought before evidence was kept, and nothing that has evidence.
func TestWhatAnUpgradeListsAsUnproved(t *testing.T) {
	dbtest.Each(t, []dbtest.Schema{{Module: "catalog", Files: schemaBefore{Schema, "0021"}}}, func(t *testing.T, d *db.DB) {
		if err := d.Write(t.Context(), func(tx *db.Tx) error {
			for _, query := range []string{
				`INSERT INTO catalog_material (code, name, place, body, version, retired, brought, at) VALUES ('a', 'a', 'a', '{}', 1, FALSE, 'h', 0), ('b', 'b', 'b', '{}', 1, FALSE, '', 0)`,
				`INSERT INTO catalog_base_version (id, code, number, hash, body, origin, why, staff, name, at) VALUES (1, 'a', 1, 'h', '{}', 'package', '', 0, '', 0), (2, 'b', 1, 'h', '{}', 'page', '', 0, '', 0)`,
				`INSERT INTO catalog_import (id, name, staff, report, at, state, file, since, author, consenter, versions) VALUES (1, 'a', 0, '{}', 0, 'done', '', 0, '{}', '{}', ''),
					(2, 'b', 0, '{}', 0, 'done', '', 0, '{}', '{}', 'digest'), (3, 'c', 0, '{}', 0, 'checked', '', 0, '{}', '{}', '')`,
			} {
				if err := tx.Exec(query); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		if err := d.Migrate(t.Context(), "catalog", Schema); err != nil {
			t.Fatal(err)
		}
		if err := d.Write(t.Context(), func(tx *db.Tx) error {
			list, err := listUnproved(tx, 10)
			if err != nil || len(list) != 3 || list[0] != (unproved{"base", "1"}) || list[1] != (unproved{"import", "1"}) || list[2] != (unproved{"material", "a"}) {
				t.Errorf("listed: %+v, %v", list, err)
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	})
}
