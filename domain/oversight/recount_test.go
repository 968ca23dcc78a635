package oversight

import (
	"testing"
	"time"

	"onedoor.app/engine/calendar"
	"onedoor.app/engine/job"
	"onedoor.app/infra/db"
)

// A new notice on days off moves the last days of open tasks with it, as often as one comes; what is done keeps its day, and
// the ledger knows each move.
func TestANewNoticeMovesTheLastDay(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.grant(1, Duty{Unit: "SCJ", Task: "列入监管名录", Days: 5}, Duty{Unit: "WJW", Task: "知悉"}, Duty{Unit: "WJW", Task: "抽查", Days: 30})
		h.grant(2, Duty{Unit: "SCJ", Task: "列入监管名录", Days: 5})
		if _, err := h.s.Report(t.Context(), market, "", h.of(2)[0].ID, "已列入监管名录"); err != nil {
			t.Fatal(err)
		}
		was := h.of(1)
		runner := &job.Runner{DB: h.s.DB}
		runner.Register(h.s.Module().Jobs...)
		days := func(breaks ...calendar.Break) {
			t.Helper()
			cal, err := calendar.Official().With(calendar.Year{Year: 2026, Notices: []string{"国办发明电〔2026〕1号"}, Breaks: breaks})
			if err != nil {
				t.Fatal(err)
			}
			h.s.Calendar = func(*db.Tx) (*calendar.Calendar, error) { return cal, nil }
			if err := h.s.DB.Write(t.Context(), AskRecount); err != nil {
				t.Fatal(err)
			}
			for range 2 {
				if n, err := runner.Once(t.Context()); n != 1 || err != nil {
					t.Fatalf("%d jobs, %v", n, err)
				}
				h.now = h.now.Add(late + time.Second)
			}
			if err := h.sound(); err != nil {
				t.Error(err)
			}
		}
		days(calendar.Break{Name: "停电", From: 304, To: 305}) // Wednesday and Thursday
		now := h.of(1)
		if was[0].Due.String() != "2026-03-09" || now[0].Due.String() != "2026-03-11" || now[1].Due != 0 || now[2].Due == was[2].Due {
			t.Errorf("last days %v %v %v, were %v %v %v", now[0].Due, now[1].Due, now[2].Due, was[0].Due, was[1].Due, was[2].Due)
		}
		if done := h.of(2)[0]; done.Due != was[0].Due {
			t.Errorf("what is done moved to %v", done.Due)
		}
		days(calendar.Break{Name: "停电", From: 304, To: 304}) // corrected
		if now := h.of(1)[0]; now.Due.String() != "2026-03-10" {
			t.Errorf("corrected to %v", now.Due)
		}
		if _, err := h.s.Report(t.Context(), market, "", h.of(1)[0].ID, "已列入监管名录"); err != nil {
			t.Fatal(err)
		}
		if err := h.sound(); err != nil {
			t.Error(err)
		}
		if err := h.s.DB.Write(t.Context(), func(tx *db.Tx) error {
			return tx.Exec(`UPDATE oversight_task SET due = '2026-12-31' WHERE id = $1`, h.of(1)[0].ID)
		}); err != nil {
			t.Fatal(err)
		}
		if h.sound() == nil {
			t.Error("a last day that nobody moved is not found")
		}
	})
}

// Pages of open tasks are worked off one after another.
func TestRecountTurnsByKey(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		for id := range int64(5) {
			h.grant(id+1, Duty{Unit: "SCJ", Task: "列入监管名录", Days: 5})
		}
		var rounds int
		for next := int64(0); rounds < 9; {
			if err := h.s.DB.Write(t.Context(), func(tx *db.Tx) (err error) { next, err = h.s.recount(tx, next, 2); return err }); err != nil {
				t.Fatal(err)
			}
			if rounds++; next == 0 {
				break
			}
		}
		if rounds != 3 {
			t.Errorf("%d rounds", rounds)
		}
	})
}
