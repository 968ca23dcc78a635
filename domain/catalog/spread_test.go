package catalog_test

import (
	"slices"
	"testing"

	"onedoor.app/domain/catalog"
	"onedoor.app/engine/job"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/db/dbtest"
	"onedoor.app/infra/fault"
)

const attorney = "power-of-attorney" // 29 items of the sample city have it

func libraryEntry(t *testing.T, s *catalog.Service, code string) (m catalog.LibraryMaterial) {
	t.Helper()
	read(t, s.DB, func(tx *db.Tx) (err error) { m, err = s.LibraryMaterial(tx, code); return err })
	return m
}

// reworded changes the entry that many items have: other words, another name.
func reworded(t *testing.T, s *catalog.Service) catalog.LibraryMaterial {
	t.Helper()
	m := libraryEntry(t, s, attorney)
	m.Points = append(slices.Clone(m.Points), "附受托人联系电话")
	if err := s.ChangeMaterial(t.Context(), officer, "reword", m.Version, m); err != nil {
		t.Fatal(err)
	}
	return libraryEntry(t, s, attorney)
}

func older(t *testing.T, s *catalog.Service, m catalog.LibraryMaterial) (n int) {
	t.Helper()
	read(t, s.DB, func(tx *db.Tx) error {
		var most bool
		var err error
		if n, most, err = s.OlderUses(tx, m); most {
			t.Error("too many to count")
		}
		return err
	})
	return n
}

// worked does the jobs that wait.
func worked(t *testing.T, s *catalog.Service) {
	t.Helper()
	r := &job.Runner{DB: s.DB}
	r.Register(s.Module().Jobs...)
	for {
		n, err := r.Once(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			return
		}
	}
}

// One act proposes what the library says today for every item in force with older words. Nothing of it is in force before
// another person has approved it, and an item that somebody writes on already is left to them.
func TestSpreadReachesEveryItem(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := loaded(t, d)
		var acts []string
		s.Log = func(_ *db.Tx, _ auth.Actor, act, _ string, _ any) error { acts = append(acts, act); return nil }
		mine, err := s.Propose(t.Context(), keeps, "mine", foodItem)
		if err != nil {
			t.Fatal(err)
		}
		m := reworded(t, s)
		if n := older(t, s, m); n != 29 {
			t.Fatalf("%d items carry older words", n)
		}
		was := current(t, s, foodItem)
		var id int64
		for range 2 { // the double click
			if id, err = s.Spread(t.Context(), officer, "k", attorney, m.Version, nil, "授权委托书要写联系电话"); err != nil {
				t.Fatal(err)
			}
		}
		worked(t, s)
		if again, err := s.SpreadPage(t.Context(), id); again || err != nil {
			t.Errorf("there is more: %v", err)
		}
		var items []catalog.SpreadItem
		read(t, d, func(tx *db.Tx) error {
			p, counts, err := s.SpreadOf(tx, id)
			if err != nil || p.State != catalog.SpreadDone || counts[catalog.SpreadSubmitted]+counts[catalog.SpreadDrafted] != 28 || counts[catalog.SpreadOpen] != 1 {
				t.Errorf("%+v %v %v", p, counts, err)
			}
			for after := ""; ; {
				list, next, err := s.SpreadItems(tx, p, after)
				if err != nil {
					return err
				}
				items = append(items, list...)
				if after = next; next == "" {
					break
				}
			}
			waiting, err := s.SpreadsToReview(tx, reviewer)
			if err != nil || len(waiting) != 1 || waiting[0].Spread != id || waiting[0].Waiting != counts[catalog.SpreadSubmitted] {
				t.Errorf("the reviewer sees %+v, %v", waiting, err)
			}
			if own, err := s.SpreadsToReview(tx, officer); err != nil || len(own) > 0 {
				t.Errorf("who proposed it is to review it: %+v, %v", own, err)
			}
			list, err := s.Spreads(tx, attorney)
			if err != nil || len(list) != 1 || list[0].ID != id {
				t.Errorf("the entry knows %+v, %v", list, err)
			}
			return nil
		})
		if len(items) != 29 {
			t.Fatalf("%d items", len(items))
		}
		submitted := 0
		for _, x := range items {
			switch {
			case x.Code == foodItem:
				if x.Outcome != catalog.SpreadOpen || x.Change.ID != mine.ID || !x.Older || len(x.Change.Editors) != 1 {
					t.Errorf("what somebody else writes on: %+v", x)
				}
			case x.Older:
				t.Errorf("%s: proposed with older words", x.Code)
			case x.Outcome == catalog.SpreadSubmitted:
				submitted++
				if x.Change.State != catalog.ChangeSubmitted || x.Change.Reason == "" {
					t.Errorf("%s: %+v", x.Code, x.Change.State)
				}
				for _, diff := range catalog.Diff(current(t, s, x.Code), x.Change.Item) {
					if diff.Path != "materials.points" {
						t.Errorf("%s: %s is proposed too", x.Code, diff.Path)
					}
				}
			}
		}
		if submitted < 20 {
			t.Errorf("%d of 28 were handed in", submitted)
		}
		if now := current(t, s, foodItem); now.Version != was.Version || older(t, s, m) != 29 {
			t.Error("a proposal is in force")
		}
		if n := slices.Index(acts, "catalog.material_spread"); n < 0 || !slices.Contains(acts[n:], "catalog.change_submit") {
			t.Errorf("evidence: %v", acts)
		}
		// The reviewer approves one; the item is then no longer among the older ones.
		one := items[slices.IndexFunc(items, func(x catalog.SpreadItem) bool { return x.Outcome == catalog.SpreadSubmitted })]
		if _, err := s.Approve(t.Context(), officer, one.Change.ID, one.Change.Lock, today(d), ""); fault.Code(err) != "catalog.change.own" {
			t.Errorf("who proposed it approved it: %v", err)
		}
		if _, err := s.Approve(t.Context(), reviewer, one.Change.ID, one.Change.Lock, today(d), ""); err != nil {
			t.Fatal(err)
		}
		if n := older(t, s, m); n != 28 {
			t.Errorf("%d items carry older words", n)
		}
		// The draft that was left alone takes the words when its owner wants them.
		took, err := s.TakeLibrary(t.Context(), keeps, mine.ID, mine.Lock)
		if err != nil || catalog.Refresh(took.Item, m) != took.Item {
			t.Errorf("taken over: %v", err)
		}
	})
}

func TestSpreadToChosenItems(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := loaded(t, d)
		m := reworded(t, s)
		ctx := t.Context()
		if _, err := s.Spread(ctx, auth.Actor{ID: 5, Staff: 5, Kind: auth.Staff, Rights: []string{catalog.Review}}, "a", attorney, m.Version, nil, "改"); !fault.Is(err, fault.Forbidden) {
			t.Errorf("without the right: %v", err)
		}
		if _, err := s.Spread(ctx, officer, "b", attorney, m.Version, nil, " "); !fault.Is(err, fault.Invalid) {
			t.Errorf("without a reason: %v", err)
		}
		if _, err := s.Spread(ctx, officer, "c", attorney, m.Version-1, nil, "改"); fault.Code(err) != "catalog.library.stale" {
			t.Errorf("on what is no longer there: %v", err)
		}
		if _, err := s.Spread(ctx, officer, "d", attorney, m.Version, make([]string, 51), "改"); !fault.Is(err, fault.Invalid) {
			t.Errorf("more than a page: %v", err)
		}
		if _, err := s.Spread(ctx, officer, "e", "none", 1, nil, "改"); fault.Code(err) != "catalog.library.none" {
			t.Errorf("of nothing: %v", err)
		}
		id, err := s.Spread(ctx, officer, "f", attorney, m.Version, []string{foodItem, "birth-certificate"}, "改")
		if err != nil {
			t.Fatal(err)
		}
		worked(t, s)
		read(t, d, func(tx *db.Tx) error {
			p, counts, err := s.SpreadOf(tx, id)
			if err != nil || len(counts) != 1 {
				t.Errorf("%v %v", counts, err)
			}
			list, _, err := s.SpreadItems(tx, p, "")
			if err != nil || len(list) != 1 || list[0].Code != foodItem {
				t.Errorf("%+v %v", list, err)
			}
			made, err := s.SpreadOfChange(tx, list[0].Change.ID)
			if err != nil || made == nil || made.ID != id {
				t.Errorf("the change came from %+v, %v", made, err)
			}
			if _, _, err := s.SpreadOf(tx, 1); fault.Code(err) != "catalog.spread.none" {
				t.Errorf("of no such id: %v", err)
			}
			return nil
		})
	})
}

// What is proposed is what was looked at: when the entry is changed on the way, the rest is given up.
func TestSpreadEndsWhenTheEntryMoves(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := loaded(t, d)
		m := reworded(t, s)
		id, err := s.Spread(t.Context(), officer, "k", attorney, m.Version, nil, "改") // the first page only
		if err != nil {
			t.Fatal(err)
		}
		m.Plain = "又改了"
		if err := s.ChangeMaterial(t.Context(), officer, "again", m.Version, m); err != nil {
			t.Fatal(err)
		}
		worked(t, s)
		read(t, d, func(tx *db.Tx) error {
			p, counts, err := s.SpreadOf(tx, id)
			n := 0
			for _, c := range counts {
				n += c
			}
			if err != nil || p.State != catalog.SpreadMoved || n != 20 {
				t.Errorf("%+v, %v, %v", p, counts, err)
			}
			return nil
		})
	})
}

// A new name of an entry reaches the items that call it by the old one, and no other.
func TestANewNameOfAnEntry(t *testing.T) {
	t.Parallel()
	lib := entryOf("test-paper", "身份证件")
	lib.Former = []string{"居民身份证"}
	it := &catalog.Item{Materials: []catalog.Material{
		{ID: "m1", Name: "居民身份证", Library: lib.Code}, {ID: "m2", Name: "法定代表人居民身份证", Library: lib.Code}, {ID: "m3", Name: "居民身份证"},
	}}
	next := catalog.Refresh(it, lib)
	for i, want := range []string{"身份证件", "法定代表人居民身份证", "居民身份证"} {
		if got := next.Materials[i].Name; got != want {
			t.Errorf("%s is called %s", next.Materials[i].ID, got)
		}
	}
}

func TestFormerNamesAreRemembered(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := loaded(t, d)
		if err := s.AddMaterial(t.Context(), officer, "k", entryOf("test-paper", "甲")); err != nil {
			t.Fatal(err)
		}
		for i, name := range []string{"乙", "丙", "乙"} {
			m := libraryEntry(t, s, "test-paper")
			m.Name, m.Former = name, []string{"假的"} // a form cannot rewrite what was
			if err := s.ChangeMaterial(t.Context(), officer, name+string(rune('0'+i)), m.Version, m); err != nil {
				t.Fatal(err)
			}
		}
		if m := libraryEntry(t, s, "test-paper"); !slices.Equal(m.Former, []string{"丙", "甲"}) {
			t.Errorf("%s was called %v", m.Name, m.Former)
		}
	})
}
