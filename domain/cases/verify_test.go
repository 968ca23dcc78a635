package cases

import (
	"testing"

	"onedoor.app/infra/db"
)

// TestEveryTamperingIsFound changes what somebody with the database in their
// hands might change, one thing at a time.
func TestEveryTamperingIsFound(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		window := w.staff(clerk)
		got := w.submit(w.person(firm), "food-operation-new")
		w.pass(window, got.Case)
		if _, err := w.s.Accept(t.Context(), window, On{Case: got.Case}); err != nil {
			t.Fatal(err)
		}
		task := w.review(got.Case)
		if _, err := w.s.Decide(t.Context(), w.holder(task.Post), On{Case: got.Case}, Decision{
			Task: task.ID, Reason: "现场条件不符合规定", Basis: "食品安全法第三十五条",
		}); err != nil {
			t.Fatal(err)
		}
		waiting := w.submit(w.person(firm), "food-operation-change")
		w.verify()
		for _, tampering := range []string{
			`UPDATE cases SET state = 'granted' WHERE state = 'refused'`,
			`UPDATE cases SET decided_at = decided_at - 86400000 WHERE decided_at IS NOT NULL`,
			`UPDATE cases SET accepted_at = accepted_at + 1 WHERE accepted_at IS NOT NULL`,
			`UPDATE cases SET party = party + 1`,
			`UPDATE cases SET unit = 'SPJ-SC'`,
			`UPDATE cases SET receivers = ',' WHERE receivers <> ','`,
			`UPDATE cases SET light_due = '2027-01-01' WHERE live`,
			`UPDATE cases SET form = NULL`,
			`UPDATE cases SET matter = REPLACE(matter, '"refused"', '"granted"') WHERE state = 'refused'`,
			`DELETE FROM cases_timer`,
			`UPDATE cases_task SET closed = NULL`,
			`UPDATE cases_file SET blob = 'ff'`,
			`DELETE FROM cases_file WHERE material = 'm1'`,
			`UPDATE cases_paper SET body = REPLACE(body, '不予', '准予') WHERE kind = 'refusal'`,
			`DELETE FROM cases_paper WHERE kind = 'refusal'`,
			`UPDATE cases_trail SET act = 'grant' WHERE act = 'refuse'`,
			`DELETE FROM cases_trail WHERE seq = 2`,
			`UPDATE cases_light SET n = n + 1`,
			`UPDATE ledger_entry SET body = REPLACE(body, 'refuse', 'grant') WHERE act = 'cases.refuse'`,
			`DELETE FROM ledger_entry WHERE act = 'cases.refuse'`,
		} {
			w.tamper(tampering)
		}
		if c := w.state(waiting.Case); c.State() != StateReceived {
			t.Errorf("a tampering stayed: %s", c.State())
		}
		w.verify()
	})
}

// tamper does what query says in a unit of work that is thrown away, and looks
// whether Verify would have found it.
func (w *world) tamper(query string) {
	w.t.Helper()
	thrown := errThrown{}
	err := w.s.DB.Write(w.t.Context(), func(tx *db.Tx) error {
		n, err := tx.Change(query)
		if err != nil {
			return err
		}
		if n == 0 {
			w.t.Errorf("%s: changes nothing", query)
		}
		if err := w.s.Verify(tx, func(string, int) {}); err == nil {
			w.t.Errorf("not found: %s", query)
		}
		return thrown
	})
	if err != thrown { //nolint:errorlint // the very value
		w.t.Fatalf("%s: %v", query, err)
	}
}

// errThrown makes a unit of work leave no trace.
type errThrown struct{}

func (errThrown) Error() string { return "thrown away" }
