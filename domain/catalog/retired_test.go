package catalog_test

import (
	"slices"
	"testing"

	"onedoor.app/domain/catalog"
	"onedoor.app/infra/db"
	"onedoor.app/infra/db/dbtest"
	"onedoor.app/infra/fault"
)

// A draft that takes a retired entry of the library cannot be submitted; an item that had it before may be changed, and is
// told.
func TestRetiredEntriesInDrafts(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := loaded(t, d)
		if err := s.AddMaterial(t.Context(), officer, "add", entryOf("test-paper", "测试材料")); err != nil {
			t.Fatal(err)
		}
		c, err := s.Propose(t.Context(), officer, "k", foodItem) // it has the power of attorney, and not the test paper
		if err != nil {
			t.Fatal(err)
		}
		unlock(t, s, current(t, s, foodItem), catalog.ElementMaterials)
		take := func(it *catalog.Item) error {
			it.Materials = append(it.Materials, catalog.Material{ID: "m90", Library: "test-paper", Name: "测试材料", Necessity: "1", Originals: 1})
			return nil
		}
		if c, err = s.EditChange(t.Context(), officer, c.ID, c.Lock, take); err != nil {
			t.Fatal(err)
		}
		said := func() (problems, advice, all []catalog.Wrong) {
			read(t, d, func(tx *db.Tx) (err error) {
				if problems, advice, err = s.RetiredMaterials(tx, c); err != nil {
					return err
				}
				all, err = s.Problems(tx, c)
				return err
			})
			return problems, advice, all
		}
		if problems, advice, all := said(); len(problems)+len(advice)+len(all) > 0 {
			t.Fatalf("nothing is retired: %v %v %v", problems, advice, all)
		}
		for _, code := range []string{"test-paper", attorney} {
			if err := s.RetireMaterial(t.Context(), officer, code, 1, code, true, "不再要求"); err != nil {
				t.Fatal(err)
			}
		}
		problems, advice, all := said()
		want := []catalog.Wrong{{Code: "catalog.item.library_retired", Where: "m90 测试材料"}}
		if !slices.Equal(problems, want) || !slices.Equal(all, want) {
			t.Errorf("problems %v, all %v", problems, all)
		}
		if !slices.Equal(advice, []catalog.Wrong{{Code: "catalog.rule.library_retired", Where: "授权委托书"}}) {
			t.Errorf("advice %v", advice)
		}
		if _, err := s.Submit(t.Context(), officer, c.ID, c.Lock, "改"); fault.Code(err) != "catalog.change.problems" {
			t.Errorf("submitted with a retired entry: %v", err)
		}
		drop := func(it *catalog.Item) error {
			it.Materials = it.Materials[:len(it.Materials)-1]
			it.Keywords = append(it.Keywords, "开店")
			return nil
		}
		if c, err = s.EditChange(t.Context(), officer, c.ID, c.Lock, drop); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Submit(t.Context(), officer, c.ID, c.Lock, "改"); err != nil {
			t.Errorf("what it had before keeps it from being changed: %v", err)
		}
	})
}
