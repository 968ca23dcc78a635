package catalog_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"onedoor.app/domain/catalog"
	"onedoor.app/engine/calendar"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/db/dbtest"
	"onedoor.app/infra/fault"
)

// unlock lets items leave the base item of one of them in an element.
func unlock(t *testing.T, s *catalog.Service, it *catalog.Item, e catalog.Element) {
	t.Helper()
	var locks catalog.Locks
	var on int
	read(t, s.DB, func(tx *db.Tx) (err error) { locks, on, err = s.LocksOf(tx, it.BaseCode[:2]); return err })
	locks = maps.Clone(locks)
	locks[e] = catalog.LockFree
	if err := s.SetLocks(t.Context(), keeper, it.BaseCode[:2], on, locks, "本省各地不同"); err != nil {
		t.Fatal(err)
	}
}

// problems are the codes of what keeps an edit of the food licence from review.
func problems(t *testing.T, s *catalog.Service, key string, edit func(*catalog.Item)) []string {
	t.Helper()
	c, err := s.Propose(t.Context(), officer, key, foodItem)
	if err != nil {
		t.Fatal(err)
	}
	if c, err = s.EditChange(t.Context(), officer, c.ID, c.Lock, func(it *catalog.Item) error { edit(it); return nil }); err != nil {
		t.Fatal(err)
	}
	var codes []string
	read(t, s.DB, func(tx *db.Tx) error {
		wrong, err := s.Problems(tx, c)
		for _, w := range wrong {
			codes = append(codes, strings.TrimPrefix(w.Code, "catalog."))
		}
		return err
	})
	if _, err := s.Submit(t.Context(), officer, c.ID, c.Lock, "按上级要求调整"); (fault.Code(err) == "catalog.change.problems") != (len(codes) > 0) {
		t.Errorf("%s: submitted with %v: %v", key, codes, err)
	}
	return codes
}

// TestLockedElementsCannotDiffer: 四级十同 is refused where it would be left, unless the source of the base lets it.
func TestLockedElementsCannotDiffer(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := loaded(t, d)
		edits := map[string]func(*catalog.Item){
			"name":     func(it *catalog.Item) { it.MainItem, it.SubItem = "完全另一个名字", "" },
			"audience": func(it *catalog.Item) { it.Audience = []string{"1"} },
			"limit":    func(it *catalog.Item) { it.StatutoryLimit.Value = 19 },
			"code":     func(it *catalog.Item) { it.BaseCode, it.ImplementCode, it.HandleCode = "", "", "" },
			"level":    func(it *catalog.Item) { it.UseLevel = "6" },
			"materials": func(it *catalog.Item) {
				it.Materials = append(it.Materials, catalog.Material{ID: "m90", Name: "村委会盖章的同意书", Kind: "3", Source: "10", Necessity: "1", Form: "3", Originals: 1, Trust: "D"})
			},
		}
		for element, edit := range edits {
			if got := problems(t, s, element, edit); !slices.Contains(got, "deviates."+element) {
				t.Errorf("%s is left and only %v told", element, got)
			}
		}
		unlock(t, s, current(t, s, foodItem), catalog.ElementAudience)
		if got := problems(t, s, "free", edits["audience"]); len(got) > 0 {
			t.Errorf("what is free is refused: %v", got)
		}
	})
}

// TestWhatDeviatesMayStayUntilItIsTouched: who mends a telephone number does not have to mend what was inherited, and
// whoever goes nearer to the base may.
func TestWhatDeviatesMayStayUntilItIsTouched(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := loaded(t, d)
		it := current(t, s, foodItem)
		b, on := baseOf(t, s, it.BaseCode)
		b.StatutoryLimit.Value = 8 // the item has ten
		if err := s.PutBase(t.Context(), keeper, on, b, "法定时限缩短了"); err != nil {
			t.Fatal(err)
		}
		if got := problems(t, s, "phone", func(it *catalog.Item) { it.Phone = "0571-12345" }); len(got) > 0 {
			t.Errorf("another telephone number: %v", got)
		}
		if got := problems(t, s, "nearer", func(it *catalog.Item) { it.StatutoryLimit.Value = 9 }); len(got) > 0 {
			t.Errorf("nearer to the base: %v", got)
		}
		if got := problems(t, s, "farther", func(it *catalog.Item) { it.StatutoryLimit.Value = 12 }); !slices.Contains(got, "deviates.limit") {
			t.Errorf("farther from the base: %v", got)
		}
	})
}

// TestWhatAnItemNamesExists: units, posts and a sound road, and a code that is its own.
func TestWhatAnItemNamesExists(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := loaded(t, d)
		s.HasUnit = func(_ *db.Tx, code string) bool { return !strings.HasPrefix(code, "NO-") }
		s.HasPost = func(_ *db.Tx, code string) bool { return !strings.HasPrefix(code, "NO-") }
		s.Sound = func(drawing []byte) bool { return !strings.Contains(string(drawing), "NO-SOUND") }
		var other *catalog.Item
		read(t, d, func(tx *db.Tx) error {
			list, _, err := s.Browse(tx, catalog.Filter{}, "", 60)
			for _, e := range list {
				if it, err := s.Version(tx, e.ID); err == nil && it.Code != foodItem && it.HandleCode != "" {
					other = it
				}
			}
			return err
		})
		for want, edit := range map[string]func(*catalog.Item){
			"item.no_unit":      func(it *catalog.Item) { it.Unit = "NO-SUCH" },
			"item.no_post":      func(it *catalog.Item) { it.Steps[1].Post = "NO-SUCH.rev" },
			"item.unsound":      func(it *catalog.Item) { it.Steps[1].Standard = "NO-SOUND" },
			"item.handle_taken": func(it *catalog.Item) { it.ImplementCode, it.HandleCode = other.ImplementCode, other.HandleCode },
			"rule.code_parts":   func(it *catalog.Item) { it.ImplementCode = strings.Repeat("Z", 31) },
		} {
			if got := problems(t, s, want, edit); !slices.Contains(got, want) {
				t.Errorf("%s is not told: %v", want, got)
			}
		}
	})
}

// TestAReviewerOfOneUnitDoesNotTakeAnItemOver: an item that a draft moves to another unit is for whoever answers for both.
func TestAReviewerOfOneUnitDoesNotTakeAnItemOver(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := loaded(t, d)
		chief := auth.Actor{ID: 5, Staff: 5, Kind: auth.Staff, Name: "外科长", Unit: "SPJ-SW", Rights: []string{catalog.Review}, Roles: []string{"section_chief"}}
		c := proposed(t, s, "k", func(it *catalog.Item) error { it.Unit = chief.Unit; return nil })
		if _, err := s.Approve(t.Context(), chief, c.ID, c.Lock, today(d), ""); fault.Code(err) != "catalog.change.unit" {
			t.Errorf("the chief of another unit took the item over: %v", err)
		}
		read(t, d, func(tx *db.Tx) error {
			if n, err := s.ToReview(tx, chief); err != nil || n != 0 {
				t.Errorf("%d wait for the chief of another unit, %v", n, err)
			}
			return nil
		})
		if _, err := s.Approve(t.Context(), reviewer, c.ID, c.Lock, today(d), ""); err != nil {
			t.Errorf("an officer for all units: %v", err)
		}
	})
}

// TestNobodyApprovesTheirOwnWordsFromTheLibrary: they count as written by hand where a draft takes them over.
func TestNobodyApprovesTheirOwnWordsFromTheLibrary(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := loaded(t, d)
		var code string
		for _, m := range current(t, s, foodItem).Materials {
			if m.Library != "" {
				code = m.Library
			}
		}
		var lib catalog.LibraryMaterial
		read(t, d, func(tx *db.Tx) (err error) { lib, err = s.LibraryMaterial(tx, code); return err })
		lib.Points = append(slices.Clone(lib.Points), "另须提交村委会盖章")
		if err := s.ChangeMaterial(t.Context(), reviewer, "m", lib.Version, lib); err != nil {
			t.Fatal(err)
		}
		c := proposed(t, s, "k", func(it *catalog.Item) error { it.Phone = "0571-12345"; return nil })
		if !c.EditedBy(reviewer.Staff) {
			t.Error("whoever wrote the words of the library had no hand in the draft that takes them over")
		}
		if _, err := s.Approve(t.Context(), reviewer, c.ID, c.Lock, today(d), ""); fault.Code(err) != "catalog.change.own" {
			t.Errorf("approved their own words: %v", err)
		}
	})
}

// TestASecondApprovalSaysTheSameOrComesTooLate: the double click is one, another day is not swallowed; and nothing comes in
// force before its planned first day.
func TestASecondApprovalSaysTheSameOrComesTooLate(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := loaded(t, d)
		day := today(d) + 10
		c := proposed(t, s, "k", func(it *catalog.Item) error { it.From = (day - 1).String(); return nil })
		if _, err := s.Approve(t.Context(), reviewer, c.ID, c.Lock, day-2, ""); fault.Code(err) == "" {
			t.Error("in force before its planned first day")
		}
		approve := func(on calendar.Date) error {
			_, err := s.Approve(t.Context(), reviewer, c.ID, c.Lock, on, "同意")
			return err
		}
		if err := approve(day); err != nil {
			t.Fatal(err)
		}
		if err := approve(day); err != nil {
			t.Errorf("the same once more: %v", err)
		}
		if err := approve(day + 1); err == nil {
			t.Error("another day was swallowed")
		}
	})
}
