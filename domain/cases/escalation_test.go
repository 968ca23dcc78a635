package cases

import (
	"testing"
	"time"

	"onedoor.app/engine/calendar"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
)

func (w *world) remindAll() {
	w.t.Helper()
	for {
		n, err := w.s.Remind(w.t.Context(), 64)
		if err != nil {
			w.t.Fatal(err)
		}
		if n == 0 {
			return
		}
	}
}

func (w *world) raised(id int64) (all []Escalation) {
	w.t.Helper()
	w.read(func(tx *db.Tx) (err error) {
		all, err = listEscalations(tx, id)
		return err
	})
	return all
}

func (w *world) broughtTo(who auth.Actor) (ids []int64) {
	w.t.Helper()
	w.read(func(tx *db.Tx) error {
		rows, err := w.s.Escalated(tx, who, 50)
		for _, r := range rows {
			ids = append(ids, r.ID)
		}
		return err
	})
	return ids
}

// A case is brought to its holder when it turns yellow, to the chief when it turns
// red, to the head and the supervisors when it stays red; each once, with the
// moment at which it was due, also if nothing ran meanwhile.
func TestWhatBecomesLateIsBroughtToThoseWhoMustKnow(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		got, window := w.submit(w.person(firm), "food-operation-new"), w.staff(clerk)
		w.pass(window, got.Case)
		if _, err := w.s.Accept(t.Context(), window, On{Case: got.Case}); err != nil {
			t.Fatal(err)
		}
		unit := w.state(got.Case).Unit
		chief := auth.Actor{Kind: auth.Staff, Staff: 1, Unit: unit, Roles: []string{"section_chief"}}
		head := auth.Actor{Kind: auth.Staff, Staff: 2, Unit: unit, Roles: []string{"supervisor"}}
		_, clock := w.due(got.Case, ClockPromised)
		w.remindAll()
		if all := w.raised(got.Case); len(all) != 0 {
			t.Errorf("on the first day: %+v", all)
		}
		w.now = clock.Yellow.Start().Add(9 * time.Hour)
		w.remindAll()
		if all := w.raised(got.Case); len(all) != 1 || all[0].Level != Reminded || !all[0].At.Equal(clock.Yellow.Start()) {
			t.Errorf("on yellow: %+v", all)
		}
		w.read(func(tx *db.Tx) error {
			rows, _, err := w.s.Recent(tx, head, Filter{}, Key{}, 5)
			if err != nil {
				return err
			}
			standings, err := w.s.Standings(tx, rows)
			if standings[got.Case].Level != Reminded {
				t.Errorf("the list says %+v", standings)
			}
			return err
		})
		w.now = (clock.Due + 20).Start() // nothing ran for weeks
		w.tick()
		w.remindAll()
		w.remindAll()
		all := w.raised(got.Case)
		if len(all) != 3 {
			t.Fatalf("at last: %+v", all)
		}
		third := (calendar.Official().AddWorkdays(clock.Due, DefaultSettled().HeadAfter) + 1).Start()
		if !all[0].At.Equal(third) || !all[1].At.Equal((clock.Due + 1).Start()) || !all[0].Noticed.Equal(w.now) {
			t.Errorf("the moments: %+v, want %s", all, third)
		}
		for name, who := range map[string]auth.Actor{"chief": chief, "head": head} {
			if ids := w.broughtTo(who); len(ids) != 1 || ids[0] != got.Case {
				t.Errorf("brought to the %s: %v", name, ids)
			}
		}
		chief.Unit = "SPJ-SC"
		if ids := w.broughtTo(chief); unit != chief.Unit && len(ids) != 0 {
			t.Errorf("brought to the chief of another section: %v", ids)
		}
		w.review(got.Case) // a special procedure, then the decision
		w.verify()
	})
}

// While the clock stands still nobody is reminded, and after it the new date counts.
func TestAStopEndsReminders(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		got, window := w.submit(w.person(firm), "food-operation-new"), w.staff(clerk)
		w.pass(window, got.Case)
		if _, err := w.s.Accept(t.Context(), window, On{Case: got.Case}); err != nil {
			t.Fatal(err)
		}
		count := func() (n int) {
			w.read(func(tx *db.Tx) error {
				return tx.One(`SELECT COUNT(*) FROM cases_reminder WHERE case_id = $1`, []any{got.Case}, &n)
			})
			return n
		}
		if count() != 1 {
			t.Fatal("no reminder for a case under way")
		}
		if _, err := w.s.Withdraw(t.Context(), w.person(firm), On{Case: got.Case}, "不开了"); err != nil {
			t.Fatal(err)
		}
		w.now = w.now.AddDate(0, 2, 0)
		w.remindAll()
		if count() != 0 || len(w.raised(got.Case)) != 0 {
			t.Errorf("an ended case is brought to attention: %+v", w.raised(got.Case))
		}
	})
}
