package catalog

import (
	"testing"

	"onedoor.app/infra/db"
	"onedoor.app/infra/db/dbtest"
	"onedoor.app/infra/fault"
)

// TestWhatIsStagedTwiceIsStagedOnce, with the places of the item that was first; who was at the import before changes
// nothing of it any more.
func TestWhatIsStagedTwiceIsStagedOnce(t *testing.T) {
	dbtest.Each(t, proved, func(t *testing.T, d *db.DB) {
		s := &Service{DB: d}
		i := Imported{ID: 1, State: StateStaging}
		if err := d.Write(t.Context(), func(tx *db.Tx) error { return insertImport(tx, i) }); err != nil {
			t.Fatal(err)
		}
		stage := func(i Imported, item int64) error {
			it := &Item{Code: "A-1", Name: "甲", Type: TypeLicence, Unit: "D001", Body: "D001", ID: item + 1, Version: 1}
			list := []verdict{{news: newsAdded, staged: staged{Item: it, item: item, place: place(it, item)}}}
			return d.Write(t.Context(), func(tx *db.Tx) error { return insertVerdicts(tx, i, list, map[string]bool{}, 1, 1) })
		}
		if err := s.takeUp(t.Context(), &i); err != nil {
			t.Fatal(err)
		}
		late := i
		if err := s.takeUp(t.Context(), &i); err != nil {
			t.Fatal(err)
		}
		if err := stage(late, 5); fault.Code(err) != "catalog.import.elsewhere" {
			t.Errorf("the worker before: %v", err)
		}
		for _, item := range []int64{10, 20} {
			if err := stage(i, item); err != nil {
				t.Fatal(err)
			}
		}
		if err := d.Read(t.Context(), func(tx *db.Tx) error {
			var items, places, others int
			if err := tx.One(`SELECT COUNT(*) FROM catalog_staged`, nil, &items); err != nil {
				return err
			}
			if err := tx.One(`SELECT COUNT(*), COUNT(CASE WHEN item <> 10 THEN 1 END) FROM catalog_staged_facet`, nil, &places, &others); err != nil {
				return err
			}
			if items != 1 || places == 0 || others != 0 {
				t.Errorf("%d items, %d places, %d of another item", items, places, others)
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	})
}
