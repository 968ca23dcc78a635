package cases

import (
	"testing"

	"onedoor.app/domain/catalog"
	"onedoor.app/engine/calendar"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

// TestPastCases: under every limit a case is late by the days that were counted past it,
// under the limits of its own version as its clock says; who looks at other days finds none.
func TestPastCases(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		id := w.acceptedFor(w.person(firm), food)
		w.now = w.now.AddDate(0, 0, 21)
		day := calendar.DateOf(w.now)
		err := w.s.DB.Read(t.Context(), func(tx *db.Tx) error {
			list, err := w.s.Past(tx, food, day-60, day, 0, 10)
			if err != nil || len(list) != 1 || list[0].ID != id {
				t.Fatalf("%+v, %v", list, err)
			}
			if n, err := w.s.CountPast(tx, food, day-60, day); n != 1 || err != nil {
				t.Errorf("%d cases, %v", n, err)
			}
			if later, err := w.s.Past(tx, food, day-60, day, id, 10); len(later) != 0 || err != nil {
				t.Errorf("after the last: %+v, %v", later, err)
			}
			if none, err := w.s.Past(tx, food, day-1, day, 0, 10); len(none) != 0 || err != nil {
				t.Errorf("on other days: %+v, %v", none, err)
			}
			c, err := findCase(tx, id)
			if err != nil {
				return err
			}
			clock, _ := c.Matter.Clock(ClockPromised)
			counted := w.s.Law.Cal.Workdays(clock.From, day)
			for limit := 1; limit < 30; limit++ {
				got := list[0].Took(catalog.Limit{Value: limit, Unit: catalog.Workday}, catalog.Limit{})
				if !got.Begun || got.Promise != max(0, counted-limit) {
					t.Errorf("%d working days: late by %d, %d were counted", limit, got.Promise, counted)
				}
			}
			it := w.item(food)
			own := list[0].Took(it.PromisedLimit, it.StatutoryLimit)
			if late := day > clock.Due; late != (own.Promise > 0) {
				t.Errorf("by its own promise late by %d, due on %s", own.Promise, clock.Due)
			}
			fits, err := list[0].Suits(&catalog.Item{Audience: []string{"1"}})
			if fits || err != nil {
				t.Errorf("a company may apply for what is for persons: %v", err)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

// TestNobodyAppliesForWhatIsOffTheList: neither anew nor with a draft begun before; what
// was accepted goes on.
func TestNobodyAppliesForWhatIsOffTheList(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		who := w.person(firm)
		running := w.submit(who, food).Case
		draft, err := w.s.Begin(t.Context(), who, food, 0)
		if err != nil {
			t.Fatal(err)
		}
		head := auth.Actor{ID: 1, Staff: 1, Kind: auth.Staff, Rights: []string{catalog.Keep, catalog.Review}}
		if err := w.s.Catalog.Suspend(t.Context(), head, food, "停办"); err != nil {
			t.Fatal(err)
		}
		if _, err := w.s.Begin(t.Context(), w.person(rival), food, 0); fault.Code(err) != "catalog.item.suspended" {
			t.Errorf("begun: %v", err)
		}
		if _, err := w.s.Submit(t.Context(), who, draft.ID, "k"); fault.Code(err) != "catalog.item.suspended" {
			t.Errorf("handed in: %v", err)
		}
		w.pass(w.staff(clerk), running)
		if _, err := w.s.Accept(t.Context(), w.staff(clerk), On{Case: running}); err != nil {
			t.Errorf("a case under way: %v", err)
		}
	})
}
