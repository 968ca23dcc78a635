package cases

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"onedoor.app/engine/ledger"
	"onedoor.app/infra/auth"
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

// A database from before the findings were kept has no rows of them and no entry that names them; it verifies, and goes on
// verifying when new acts keep theirs.
func TestADatabaseFromBeforeTheFindingsWereKeptVerifies(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		silent := w.received(nil)
		w.pass1(8)
		if _, err := w.s.Tick(t.Context(), 100); err != nil {
			t.Fatal(err)
		}
		w.tamper(`DELETE FROM cases_finding`)
		w.tamper(`UPDATE cases_finding SET finding = 'stuck'`)
		w.older(silent, true)
		w.verify()
		w.tamper(`INSERT INTO cases_finding (case_id, seq, finding, at) SELECT id, 1, 'stuck', 0 FROM cases`)

		late := w.submit(w.person(zhou), "elder-card").Case
		w.pass1(2)
		if _, err := w.s.NotAccept(t.Context(), w.staff(clerk), On{Case: late}, GroundNotCompetent, "不属于本机关职权", "", "市民政局"); err != nil {
			t.Fatal(err)
		}
		w.verify()
		w.tamper(`DELETE FROM cases_finding`)

		w.older(late, false) // rows were kept for a while before entries named them
		w.verify()
		w.tamper(`UPDATE cases_finding SET finding = 'stuck'`)
	})
}

// An entry that cannot be repeated is told with its case: it takes nothing down.
func TestADamagedEntryIsReportedNotACrash(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		c := w.state(w.submit(w.person(firm), "food-operation-new").Case)
		w.pass(w.staff(clerk), c.ID)
		if _, err := w.s.Accept(t.Context(), w.staff(clerk), On{Case: c.ID}); err != nil {
			t.Fatal(err)
		}
		for what, damage := range map[string]string{
			"no certificate": `UPDATE ledger_entry SET body = '{"act":"certificate_stands","legal":{"role":"system"},"state":""}' WHERE seq = 2`,
			"no legal act":   `UPDATE ledger_entry SET body = '{"act":"certificate_stands","state":""}' WHERE seq = 2`,
			"no flow":        `UPDATE ledger_entry SET body = '{"event":{"kind":"start"},"state":""}' WHERE seq = 1`,
			"no terms":       `UPDATE ledger_entry SET body = '{"act":"accept","legal":{"role":"window"},"state":""}' WHERE seq = 1`,
		} {
			thrown := errThrown{}
			err := w.s.DB.Write(t.Context(), func(tx *db.Tx) error {
				if n, err := tx.Change(damage); err != nil || n == 0 {
					return fmt.Errorf("%d entries damaged: %w", n, err)
				}
				err := w.s.Verify(tx, func(string, int) {})
				if err == nil || !strings.Contains(err.Error(), c.No) {
					t.Errorf("%s: %v", what, err)
				}
				return thrown
			})
			if err != thrown { //nolint:errorlint // the very value
				t.Fatalf("%s: %v", what, err)
			}
		}
	})
}

// older writes the ledger of a case as entries were that named no findings; bare takes the rows away as well.
func (w *world) older(id int64, bare bool) {
	w.t.Helper()
	var entries []ledger.Entry
	w.read(func(tx *db.Tx) (err error) {
		entries, err = ledger.Chain(tx, Chain(id))
		return err
	})
	began := w.s.DB.WithClock(func() time.Time { return entries[0].At })
	if err := began.Write(w.t.Context(), func(tx *db.Tx) error {
		if err := errors.Join(tx.Exec(`DELETE FROM ledger_pending`), tx.Exec(`DELETE FROM ledger_entry WHERE chain = $1`, Chain(id))); err != nil {
			return err
		}
		var head ledger.Head
		named := 0
		for _, e := range entries {
			body := map[string]json.RawMessage{}
			if err := json.Unmarshal([]byte(e.Body), &body); err != nil {
				return err
			}
			if body["findings"] != nil {
				named++
			}
			delete(body, "findings")
			tx.NotBefore(e.At)
			var err error
			if head, err = ledger.Extend(tx, Chain(id), head, auth.Actor{ID: e.Actor}, ledger.Draft{Act: e.Act, OnBehalf: e.OnBehalf, Body: body}); err != nil {
				return err
			}
		}
		if named == 0 {
			w.t.Error("no entry named its findings")
		}
		if bare {
			if err := tx.Exec(`DELETE FROM cases_finding WHERE case_id = $1`, id); err != nil {
				return err
			}
		}
		return tx.ExecOne(`UPDATE cases SET version = $1, head = $2 WHERE id = $3`, head.Seq, head.Hash, id)
	}); err != nil {
		w.t.Fatal(err)
	}
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
