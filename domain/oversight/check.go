package oversight

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"onedoor.app/engine/calendar"
	"onedoor.app/engine/ledger"
	"onedoor.app/infra/db"
	"onedoor.app/module"
)

const checkedAtOnce = 500

// told is what the ledger keeps of a task that was given.
func (t Task) told() any {
	return map[string]any{"case": t.Case, "unit": t.Unit, "task": t.Task, "due": last(t.Due)}
}

// reported is what it keeps of the report: its words by digest, for they may name people.
func (t Task) reported() any {
	sum := sha256.Sum256([]byte(t.What))
	return map[string]any{"case": t.Case, "what": hex.EncodeToString(sum[:])}
}

// Check walks every task and returns the first one that is not as the ledger has it.
func (s *Service) Check(tx *db.Tx, count module.Count) error {
	known, after := map[string]bool{}, int64(0)
	for {
		list, err := listAfter(tx, after, checkedAtOnce)
		if err != nil {
			return err
		}
		for _, t := range list {
			after = t.ID
			known[chain(t.ID)] = true
			count("oversight tasks", 1)
			entries, err := ledger.Chain(tx, chain(t.ID))
			if err != nil {
				return err
			}
			if err := t.check(entries); err != nil {
				return fmt.Errorf("oversight %d: %w", t.ID, err)
			}
		}
		if len(list) < checkedAtOnce {
			break
		}
	}
	return ledger.Chains(tx, chain0, func(entries []ledger.Entry) error {
		if !known[entries[0].Chain] {
			return fmt.Errorf("%s is in the ledger and is not kept", entries[0].Chain)
		}
		return nil
	})
}

// check compares a task with its chain: given, received, reported.
func (t Task) check(entries []ledger.Entry) error {
	type step struct {
		act  string
		body any
		by   int64
		at   time.Time
	}
	entries, due, err := t.moves(entries)
	if err != nil {
		return err
	}
	first := t
	first.Due = due
	want := []step{{act: "oversight.told", body: first.told()}}
	if t.State != Told {
		want = append(want, step{"oversight.received", map[string]int64{"case": t.Case}, t.ReceivedBy, t.ReceivedAt})
	}
	if t.State == Done {
		want = append(want, step{"oversight.done", t.reported(), t.DoneBy, t.DoneAt})
	}
	if len(entries) != len(want) {
		return fmt.Errorf("stands at %s, the ledger has %d entries", t.State, len(entries))
	}
	for i, w := range want {
		body, err := json.Marshal(w.body)
		if err != nil {
			return err
		}
		e := entries[i]
		if e.Act != w.act || e.Body != string(body) || i > 0 && (e.Actor != w.by || !e.At.Equal(w.at)) {
			return errors.New(w.act + " is not in the ledger as it is here")
		}
	}
	return nil
}

// moves takes out of a chain the entries by which the last day moved, compares where it came to with the task, and returns
// the rest with the day on which the task was told first.
func (t Task) moves(all []ledger.Entry) (rest []ledger.Entry, first calendar.Date, err error) {
	first = t.Due
	moved := ""
	for i, e := range all {
		if e.Act != actMoved {
			rest = append(rest, e)
		}
		var m movedTo
		if i > 0 && e.Act != actMoved {
			continue
		}
		if err := json.Unmarshal([]byte(e.Body), &m); err != nil {
			return nil, 0, err
		}
		if i > 0 {
			moved = m.Due
		} else if m.Due != never {
			if first, err = calendar.ParseDate(m.Due); err != nil {
				return nil, 0, err
			}
		}
	}
	switch {
	case moved == "":
		first = t.Due
	case moved != last(t.Due):
		return nil, 0, errors.New(actMoved + " is not in the ledger as it is here")
	}
	return rest, first, nil
}
