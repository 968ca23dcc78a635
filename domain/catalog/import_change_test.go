package catalog_test

import (
	"testing"

	"onedoor.app/domain/catalog"
	"onedoor.app/infra/db"
	"onedoor.app/infra/db/dbtest"
)

// TestAnImportDoesAllThatPublishingDoes: what waits for its day is sent back, what is off the list stays off, the version
// before ends in the figures, the base catalogue is compared, and everything that is kept agrees.
func TestAnImportDoesAllThatPublishingDoes(t *testing.T) {
	const off = "drug-retail"
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := loaded(t, d)
		waits := proposed(t, s, "first", shorter)
		waits, err := s.Approve(t.Context(), reviewer, waits.ID, waits.Lock, today(d)+5, "")
		if err != nil {
			t.Fatal(err)
		}
		draft := proposed(t, s, "second", shorter)
		if err := s.Suspend(t.Context(), reviewer, off, "依据修改，暂停办理"); err != nil {
			t.Fatal(err)
		}
		before := current(t, s, off).Version
		if r := importing(t, s, "a.csv", []byte("事项编码,事项名称,事项类型,资料状态\n"+foodItem+",食品经营许可（改）,01,完整\n"+off+",药品零售许可（改）,01,完整\n")); r.Changed != 2 {
			t.Fatalf("%+v", r)
		}
		if c := change(t, s, waits.ID); c.State != catalog.ChangeReturned || !c.Overtaken {
			t.Errorf("what waited for its day is %s", c.State)
		}
		if _, err := s.Approve(t.Context(), reviewer, draft.ID, draft.Lock, today(d), ""); err == nil {
			t.Error("a draft was approved over the version of the import")
		}
		if it := current(t, s, off); it.Version != before+1 || it.Name != "药品零售许可（改）" {
			t.Errorf("version %d of what is off the list, %s", it.Version, it.Name)
		}
		read(t, d, func(tx *db.Tx) error {
			if x, err := s.Suspended(tx, off); err != nil || x == nil {
				t.Errorf("it is on the list again: %v", err)
			}
			var facets, standing, measured int
			for query, into := range map[string]*int{
				`SELECT COUNT(*) FROM catalog_facet f JOIN catalog_item i ON i.id = f.item WHERE i.code = $1`:                                                &facets,
				`SELECT COUNT(*) FROM catalog_measure m WHERE m.code = $1 AND m.until_day = '9999-12-31'`:                                                    &standing,
				`SELECT COUNT(*) FROM catalog_measure m JOIN catalog_item i ON i.version = m.version WHERE i.code = $1 AND m.materials_before = m.materials`: &measured,
			} {
				if err := tx.One(query, []any{off}, into); err != nil {
					return err
				}
			}
			if facets != 0 || standing != 1 || measured != 1 {
				t.Errorf("%d places in lists, %d figures that last, %d of them of the version in force", facets, standing, measured)
			}
			return s.Check(tx, func(string, int) {})
		})
	})
}
