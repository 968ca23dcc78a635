package catalog_test

import (
	"fmt"
	"strings"
	"testing"

	"onedoor.app/domain/catalog"
	"onedoor.app/engine/ledger"
	"onedoor.app/infra/db"
	"onedoor.app/infra/db/dbtest"
	"onedoor.app/infra/fault"
)

// TestConsentIsToWhatWasShown: where an item changed after the dry run, or after the consent, nothing comes in force and the
// dry run is done anew; it then says that the file would undo the change.
func TestConsentIsToWhatWasShown(t *testing.T) {
	const head, first, later = "事项名称,事项类型,部门,事项编码\n", "甲事,20,民政局,A-1\n", "甲事（更正）,20,民政局,A-1\n"
	for _, consented := range []bool{false, true} {
		dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
			s := withBlobs(t, another(d))
			s.Log = catalog.LedgerLog
			importing(t, s, "a.csv", []byte(head+"甲事（最早）,20,民政局,A-1\n"))
			id, err := s.Receive(t.Context(), keeper, "k", "b.csv", strings.NewReader(head+first))
			if err != nil {
				t.Fatal(err)
			}
			i := received(t, s, id)
			consent := func() error { return s.Consent(t.Context(), second, id, i.File, "") }
			if consented {
				if err := consent(); err != nil {
					t.Fatal(err)
				}
			}
			importing(t, s, "c.csv", []byte(head+first))
			importing(t, s, "d.csv", []byte(head+later))
			if consented {
				if err := s.Apply(t.Context(), id); err != nil {
					t.Fatal(err)
				}
			} else if err := consent(); fault.Code(err) != "catalog.import.moved" {
				t.Fatalf("consent: %v", err)
			}
			if got := current(t, s, "A-1").Name; got != "甲事（更正）" {
				t.Errorf("in force is %s", got)
			}
			if i = received(t, s, id); i.State != catalog.StateReading || i.Consenter != (catalog.Doer{}) {
				t.Errorf("it is %s, consented to by %+v", i.State, i.Consenter)
			}
			isSentBack(t, s, id, consented)
			if err := s.CheckReceived(t.Context(), id); err != nil {
				t.Fatal(err)
			}
			if i = received(t, s, id); i.State != catalog.StateChecked || !i.Report.Again || i.Report.Older != 1 {
				t.Errorf("it is %s: %+v", i.State, i.Report)
			}
			if err := consent(); err != nil {
				t.Fatal(err)
			}
			if err := s.Apply(t.Context(), id); err != nil {
				t.Fatal(err)
			}
			if got := current(t, s, "A-1").Name; got != "甲事" {
				t.Errorf("after a second look it is %s", got)
			}
			check(t, s)
		})
	}
}

// isSentBack looks for the evidence that an import was sent back, and of who had consented.
func isSentBack(t *testing.T, s *catalog.Service, id int64, consented bool) {
	t.Helper()
	check(t, s)
	read(t, s.DB, func(tx *db.Tx) error {
		entries, err := ledger.Chain(tx, fmt.Sprintf("catalog.import:%d", id))
		if err != nil || len(entries) == 0 {
			t.Fatalf("%d entries: %v", len(entries), err)
		}
		last := entries[len(entries)-1]
		if last.Act != "catalog.import_again" || strings.Contains(last.Body, `"name":"`+second.Name+`"`) != consented {
			t.Errorf("evidence: %+v", last)
		}
		return nil
	})
	for column, want := range map[string]string{"consenter = author": "import consenter", "state = 'staging'": "import state"} {
		if err := s.DB.Try(t.Context(), func(tx *db.Tx) error {
			if err := tx.ExecOne(`UPDATE catalog_import SET `+column+` WHERE id = $1`, id); err != nil {
				return err
			}
			if got := differing(s.Check(tx, func(string, int) {})); got != want {
				t.Errorf("%s: %s", column, got)
			}
			return nil
		}); err != nil {
			t.Error(err)
		}
	}
}

// TestConsentGoesByWhatComesBesideItems: what a package brings may have changed as well.
func TestConsentGoesByWhatComesBesideItems(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := withBlobs(t, another(d))
		pack := func(name string) []byte {
			return zipped(t, map[string]string{
				"items/none.yaml": "id: nothing\n",
				"standards.yaml":  "certificate_types:\n  - {code: CT-X, name: " + name + ", issuer: 某局, holder: person, validity: 长期}\n",
			})
		}
		id, err := s.Receive(t.Context(), keeper, "k", "p.zip", strings.NewReader(string(pack("甲证"))))
		if err != nil {
			t.Fatal(err)
		}
		if err := s.CheckReceived(t.Context(), id); err != nil {
			t.Fatal(err)
		}
		importing(t, s, "q.zip", pack("乙证"))
		if err := s.Consent(t.Context(), second, id, received(t, s, id).File, ""); fault.Code(err) != "catalog.import.moved" {
			t.Errorf("consent: %v", err)
		}
	})
}
