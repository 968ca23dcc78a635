package catalog_test

import (
	"testing"

	"onedoor.app/domain/catalog"
	"onedoor.app/infra/db"
	"onedoor.app/infra/db/dbtest"
)

// What was in force before an upgrade is found and browsed as what is published after it; what is off the list stays off.
func TestReindexAfterAnUpgrade(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := loaded(t, d)
		const off = "birth-certificate"
		if err := s.Suspend(t.Context(), officer, off, "停办"); err != nil {
			t.Fatal(err)
		}
		seen := func() (facets, postings, lists int) {
			read(t, d, func(tx *db.Tx) error {
				for query, n := range map[string]*int{
					`SELECT COUNT(*) FROM catalog_facet WHERE kind <> 'list'`: &facets, `SELECT COUNT(*) FROM search_posting`: &postings,
					`SELECT COUNT(*) FROM catalog_facet WHERE kind = 'list'`: &lists,
				} {
					if err := tx.One(query, nil, n); err != nil {
						return err
					}
				}
				return nil
			})
			return facets, postings, lists
		}
		f, p, l := seen()
		zoned := current(t, s, foodItem).Offer.Zone
		if zoned == "" {
			t.Fatal("the item has no zone")
		}
		if err := d.Write(t.Context(), func(tx *db.Tx) error { // as an older program left it
			for _, query := range []string{
				`DELETE FROM catalog_facet WHERE kind = 'zone'`, `DELETE FROM search_posting WHERE gram LIKE '%s%'`,
				`DELETE FROM search_posting WHERE doc IN (SELECT id FROM catalog_item WHERE code = 'food-operation-new')`, `UPDATE catalog_item SET indexed = 0`,
			} {
				if err := tx.Exec(query); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		found := func() (n int) {
			read(t, d, func(tx *db.Tx) error {
				list, _, err := s.Browse(tx, catalog.Filter{Zone: zoned}, "", 100)
				n = len(list)
				return err
			})
			return n
		}
		if found() != 0 {
			t.Fatal("the zone is still there")
		}
		for range 2 { // the second time there is nothing to do
			if err := s.Reindex(t.Context()); err != nil {
				t.Fatal(err)
			}
			if f2, p2, l2 := seen(); f2 != f || p2 != p || l2 != l {
				t.Errorf("%d facets, %d postings, %d places on lists; were %d, %d, %d", f2, p2, l2, f, p, l)
			}
		}
		if found() == 0 {
			t.Error("nothing is found by its zone")
		}
		read(t, d, func(tx *db.Tx) error {
			hits, _, err := s.Search(tx, "spjyxkxb", catalog.Filter{}, "", 5)
			if err != nil || len(hits) == 0 || hits[0].Code != foodItem {
				t.Errorf("%v %v", hits, err)
			}
			var n int
			if err := tx.One(`SELECT COUNT(*) FROM catalog_item WHERE indexed = 0`, nil, &n); err != nil || n != 0 {
				t.Errorf("%d are left, %v", n, err)
			}
			return s.Check(tx, func(string, int) {})
		})
	})
}

// A public list that an item leaves, and one that it comes back to, has changed on that moment.
func TestSuspendingTouchesTheLists(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := loaded(t, d)
		stands := func() map[string]int64 {
			m := map[string]int64{}
			read(t, d, func(tx *db.Tx) error {
				states, err := s.ListStates(tx)
				for _, x := range states {
					m[x.List.Kind] = x.Changed.UnixMilli()
				}
				return err
			})
			return m
		}
		it := current(t, s, foodItem)
		steps := []func() error{
			func() error { return s.Suspend(t.Context(), officer, foodItem, "停办") },
			func() error { return s.Restore(t.Context(), officer, foodItem) },
		}
		for i, do := range steps {
			before := stands()
			if err := d.Write(t.Context(), func(tx *db.Tx) error { return tx.Exec(`UPDATE catalog_list SET changed = 1`) }); err != nil {
				t.Fatal(err)
			}
			if err := do(); err != nil {
				t.Fatal(err)
			}
			after, touched := stands(), 0
			for _, l := range catalog.Lists() {
				switch at := after[l.Kind]; {
				case l.Has(it) && at < before[l.Kind]:
					t.Errorf("step %d: %s has it and was changed at %d", i, l.Kind, at)
				case l.Has(it):
					touched++
				case at > 1:
					t.Errorf("step %d: %s has it not and was changed at %d", i, l.Kind, at)
				}
			}
			if touched == 0 {
				t.Fatal("it stands on no list")
			}
		}
	})
}
