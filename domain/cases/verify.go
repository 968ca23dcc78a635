package cases

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"

	"onedoor.app/engine/ledger"
	"onedoor.app/engine/workflow"
	"onedoor.app/infra/db"
)

// Verify replays every case from its ledger and compares: each entry's state
// with the digest that was written, the last with the row of the case, the open
// tasks with the flow, and the light buckets with the live cases. It returns how
// many cases it replayed and the first thing that does not agree.
func (s *Service) Verify(tx *db.Tx) (int, error) {
	n := 0
	_, _, err := ledger.Verify(tx, func(chain string, entries []ledger.Entry) error {
		text, ours := strings.CutPrefix(chain, "cases:")
		if !ours {
			return nil
		}
		var id int64
		if _, err := fmt.Sscan(text, &id); err != nil {
			return fmt.Errorf("cases: chain %q belongs to no case", chain)
		}
		n++
		return s.replay(tx, id, entries)
	})
	if err != nil {
		return n, err
	}
	return n, s.verifyWhole(tx, n)
}

func (s *Service) replay(tx *db.Tx, id int64, entries []ledger.Entry) error {
	c, err := findCase(tx, id)
	if err != nil {
		return fmt.Errorf("cases: %d is in the ledger only: %w", id, err)
	}
	bad := func(format string, args ...any) error {
		return fmt.Errorf("cases: %s: %s", c.No, fmt.Sprintf(format, args...))
	}
	m, f := Matter{State: StateNone}, workflow.State{}
	var def *workflow.Def
	for _, e := range entries {
		var body entry
		if err := json.Unmarshal([]byte(e.Body), &body); err != nil {
			return bad("entry %d cannot be read", e.Seq)
		}
		if body.Def != "" {
			if def, err = s.flow(tx, body.Def); err != nil {
				return bad("entry %d: its drawing: %v", e.Seq, err)
			}
		}
		if m, f, _, err = advance(s.Law, def, m, f, body, e.At); err != nil {
			return bad("entry %d (%s) cannot be repeated: %v", e.Seq, e.Act, err)
		}
		if got := digestState(m, f); got != body.State {
			return bad("entry %d (%s) leads to another state than was written", e.Seq, e.Act)
		}
	}
	last := entries[len(entries)-1]
	switch {
	case c.Version != last.Seq || c.Head != last.Hash:
		return bad("the row ends at entry %d, the ledger at %d", c.Version, last.Seq)
	case digestState(c.Matter, c.Flow) != digestState(m, f):
		return bad("the stored state is not the replayed one")
	}
	return s.verifyTasks(tx, c, def, bad)
}

// verifyTasks compares the open tasks with the waiting tokens.
func (s *Service) verifyTasks(tx *db.Tx, c *Case, def *workflow.Def, bad func(string, ...any) error) error {
	want := map[uint32]string{}
	if def != nil {
		for _, t := range c.Flow.Open(def) {
			want[t.Task] = t.Node.ID
		}
	}
	tasks, err := listTasks(tx, c.ID)
	if err != nil {
		return err
	}
	got := map[uint32]string{}
	for _, t := range tasks {
		if t.Closed.IsZero() {
			got[t.Token] = t.Node
		}
	}
	if !reflect.DeepEqual(want, got) {
		return bad("the open tasks are %v, the flow waits at %v", got, want)
	}
	if c.State().Ended() && len(want) > 0 {
		return bad("the case has ended with open tasks")
	}
	return nil
}

// verifyWhole checks what no single case shows.
func (s *Service) verifyWhole(tx *db.Tx, replayed int) error {
	var total, live, counted int
	if err := tx.One(`SELECT COUNT(*), COALESCE(SUM(CASE WHEN live THEN 1 ELSE 0 END), 0) FROM cases`, nil, &total, &live); err != nil {
		return err
	}
	if err := tx.One(`SELECT COALESCE(SUM(n), 0) FROM cases_light`, nil, &counted); err != nil {
		return err
	}
	if total != replayed {
		return fmt.Errorf("cases: %d rows, %d chains in the ledger", total, replayed)
	}
	if live != counted {
		return fmt.Errorf("cases: %d live cases, the lights count %d", live, counted)
	}
	type bucket struct {
		unit, yellow, due string
		n                 int
	}
	wrong, err := db.All(tx, func(b *bucket) []any { return []any{&b.unit, &b.yellow, &b.due, &b.n} },
		`SELECT l.unit, l.yellow, l.due, l.n FROM cases_light l WHERE l.n <> (
			SELECT COUNT(*) FROM cases c WHERE c.live AND c.unit = l.unit
			AND CASE WHEN c.stopped THEN '`+standing+`' ELSE c.light_yellow END = l.yellow
			AND CASE WHEN c.stopped THEN '' ELSE c.light_due END = l.due) LIMIT 1`)
	if err != nil {
		return err
	}
	if len(wrong) > 0 {
		return fmt.Errorf("cases: the light bucket of %s due %s counts %d wrongly", wrong[0].unit, wrong[0].due, wrong[0].n)
	}
	return nil
}
