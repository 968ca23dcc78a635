package catalog_test

import (
	"slices"
	"testing"

	"onedoor.app/domain/catalog"
	"onedoor.app/infra/db"
	"onedoor.app/infra/db/dbtest"
)

func TestSearch(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := loaded(t, d)
		tests := []struct {
			typed string
			among int    // how many of the first hits are looked at
			want  string // code of an item among them
		}{
			{"开饭店", 1, "food-operation-new"},
			{"我想开一家奶茶店，怎么办理？", 1, "food-operation-new"},
			{"食品经营许可", 1, "food-operation-new"}, {"食品经营许可", 2, "food-operation-change"}, {"食品经营许可变更", 1, "food-operation-change"},
			{"spjyxk", 1, "food-operation-new"},
			{"食品经营许可 新办", 1, "food-operation-new"},
			{"spjy", 3, "food-operation-new"},
			{"SPJYXKXB", 1, "food-operation-new"},
			{"ｓｐｊｙ", 3, "food-operation-new"},
			{"上户口", 1, "birth-household-register"},
			{"生孩子", 3, "birth-certificate"},
			{"理发店", 1, "public-place-hygiene"},
			{"买房过户", 1, "real-estate-transfer"},
			{"老年证", 1, "elder-card"},
			{"个体户", 2, "individual-business-register"},
			{"砍树", 1, "forest-cutting"},
			{"打井", 1, "water-drawing"},
			{"网吧", 2, "internet-cafe-prepare"},
			{"刻章", 1, "seal-filing"},
			{"公积金", 2, "housing-fund-open"},
			{"退休怎么办", 2, "retirement-apply"},
			{"370199001000", 3, "food-operation-new"},
			{"food-operation-new", 1, "food-operation-new"},
			{"食品经营许可证遗失补办", 6, "food-operation-new"},
		}
		read(t, d, func(tx *db.Tx) error {
			for _, tt := range tests {
				hits, _, err := s.Search(tx, tt.typed, catalog.Filter{}, "", 20)
				if err != nil {
					return err
				}
				var codes []string
				for _, h := range hits {
					codes = append(codes, h.Code)
				}
				if !slices.Contains(codes[:min(len(codes), tt.among)], tt.want) {
					t.Errorf("%q: got %v, want %s among the first %d", tt.typed, codes, tt.want, tt.among)
				}
			}
			for _, typed := range []string{"", "   ", "zzzz", "外星人", "%", "办理"} {
				if _, _, err := s.Search(tx, typed, catalog.Filter{}, "", 20); err != nil {
					t.Errorf("%q: %v", typed, err)
				}
			}
			return nil
		})
	})
}

func TestSearchPages(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := loaded(t, d)
		read(t, d, func(tx *db.Tx) error {
			all, next, err := s.Search(tx, "许可", catalog.Filter{}, "", 100)
			if err != nil || next != "" || len(all) < 20 {
				t.Fatalf("%d hits, next %q, %v", len(all), next, err)
			}
			var walked []string
			for after := ""; ; {
				page, next, err := s.Search(tx, "许可", catalog.Filter{}, after, 7)
				if err != nil {
					return err
				}
				for _, h := range page {
					walked = append(walked, h.Code)
				}
				if after = next; next == "" {
					break
				}
			}
			var whole []string
			for _, h := range all {
				whole = append(whole, h.Code)
			}
			if !slices.Equal(walked, whole) {
				t.Errorf("page by page %v, at once %v", walked, whole)
			}
			persons, _, err := s.Search(tx, "许可", catalog.Filter{Who: catalog.WhoPerson}, "", 100)
			if err != nil || len(persons) == 0 || len(persons) >= len(all) {
				t.Errorf("for persons: %d of %d, %v", len(persons), len(all), err)
			}
			return nil
		})
	})
}

func TestBrowse(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := loaded(t, d)
		read(t, d, func(tx *db.Tx) error {
			var walked []string
			seen := map[string]bool{}
			for after := ""; ; {
				page, next, err := s.Browse(tx, catalog.Filter{}, after, 20)
				if err != nil {
					return err
				}
				for _, e := range page {
					walked = append(walked, e.Code)
				}
				if after = next; next == "" {
					break
				}
			}
			last := ""
			for _, code := range walked { // what one authority does on one theme stands together
				it := items(t)[code]
				if at := it.Body + " " + it.Themes[0]; at != last {
					if seen[at] {
						t.Errorf("%s stands in two places", at)
					}
					seen[at], last = true, at
				}
			}
			slices.Sort(walked)
			if n := len(slices.Compact(walked)); n != 70 {
				t.Errorf("walked %d items", n)
			}
			themes, err := s.Facets(tx, catalog.FacetTheme)
			if err != nil || !slices.IsSortedFunc(themes, func(a, b catalog.Facet) int { return b.Items - a.Items }) ||
				!slices.Contains(themes, catalog.Facet{Value: "准营准办", Items: 14}) || !slices.Contains(themes[:2], catalog.Facet{Value: "优待抚恤", Items: 16}) {
				t.Errorf("themes: %+v, %v", themes, err)
			}
			for _, f := range themes {
				list, _, err := s.Browse(tx, catalog.Filter{Theme: f.Value}, "", 100)
				if err != nil || len(list) != f.Items {
					t.Errorf("theme %s: %d items, counted %d, %v", f.Value, len(list), f.Items, err)
				}
			}
			both, _, err := s.Browse(tx, catalog.Filter{Theme: "准营准办", Body: "SPJ", Type: catalog.TypeLicence, Who: catalog.WhoBody}, "", 100)
			if err != nil || len(both) == 0 || len(both) > themes[0].Items {
				t.Errorf("four facets: %d, %v", len(both), err)
			}
			return nil
		})
	})
}
