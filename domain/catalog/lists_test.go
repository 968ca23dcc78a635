package catalog_test

import (
	"slices"
	"testing"

	"onedoor.app/domain/catalog"
	"onedoor.app/infra/db"
	"onedoor.app/infra/db/dbtest"
)

// TestPowersThatNobodyAppliesFor stand in the lists of powers and duties behind the items, once each, with the duties that
// they carry; filter, count, pages and the whole list take the same.
func TestPowersThatNobodyAppliesFor(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := loaded(t, d)
		read(t, d, func(tx *db.Tx) error {
			for _, f := range []struct {
				filter catalog.ListFilter
				powers int
			}{
				{catalog.ListFilter{}, 4}, {catalog.ListFilter{Type: catalog.TypePunish}, 2}, {catalog.ListFilter{Body: "SCJ"}, 3},
				{catalog.ListFilter{Type: catalog.TypeInspect, Body: "SLJ"}, 0},
			} {
				var codes []string
				entries, after := 0, ""
				for {
					p, err := s.ListRows(tx, catalog.ListDuties, f.filter, after, 3)
					if err != nil {
						return err
					}
					entries = p.Items
					for _, r := range p.Rows {
						if r.Base != nil {
							codes = append(codes, r.Base.Code)
							if len(r.Base.Duties) == 0 {
								t.Errorf("%s carries no duty", r.Base.Name)
							}
						}
					}
					if after = p.Next; after == "" {
						break
					}
				}
				if len(codes) != f.powers || !slices.IsSorted(codes) || len(slices.Compact(codes)) != f.powers {
					t.Errorf("%+v: %v, want %d", f.filter, codes, f.powers)
				}
				if f.filter == (catalog.ListFilter{}) {
					all, err := s.Members(tx, catalog.ListDuties)
					if err != nil || len(all) != entries {
						t.Errorf("the whole list has %d, its pages say %d, %v", len(all), entries, err)
					}
					state, err := s.ListStateOf(tx, catalog.ListDuties)
					if err != nil || state.Entries != entries {
						t.Errorf("the list says %d, its pages %d, %v", state.Entries, entries, err)
					}
				}
			}
			return nil
		})
	})
}
