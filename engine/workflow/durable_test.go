package workflow_test

import (
	"encoding/json"
	"errors"
	"testing"
	"testing/fstest"

	"pgregory.net/rapid"

	"onedoor.app/engine/workflow"
	"onedoor.app/infra/db"
	"onedoor.app/infra/db/dbtest"
)

var schemas = []dbtest.Schema{{Module: "trial", Files: fstest.MapFS{"schema/0001_trial.sql": {Data: []byte(`-- +goose Up
CREATE TABLE trial_case (id BIGINT PRIMARY KEY, seq BIGINT NOT NULL, state TEXT NOT NULL);
CREATE TABLE trial_event (case_id BIGINT NOT NULL, seq BIGINT NOT NULL, event TEXT NOT NULL, PRIMARY KEY (case_id, seq));
`)}}}}

// TestStoredLives plays random cases that are stored: each event is one transaction with the state
// that it leads to. Some transactions fail half done, and now and then the program forgets
// everything and reads the case again. What is stored is always what its events replay to.
func TestStoredLives(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		rapid.Check(t, func(rt *rapid.T) {
			def, err := workflow.Compiler{Plain: true}.Compile(workflow.Grow(rt, 2, 30, true))
			if err != nil {
				rt.Fatal(err)
			}
			s := &stored{t: t, db: d, id: d.NewID()}
			l := newLife(rt, def)
			for round := 0; !l.state.Done; round++ {
				if round > 1000 {
					rt.Fatalf("no end: %s", marshal(rt, l.state))
				}
				e := l.event(round)
				breaks := rapid.IntRange(0, 9).Draw(rt, "breaks")
				switch err := s.apply(def, l.state, e, breaks); {
				case errors.Is(err, errBroken):
				case err == nil:
					l.step(e)
				case errors.Is(err, workflow.ErrReturn), errors.Is(err, workflow.ErrEvent):
				default:
					rt.Fatal(err)
				}
				if rapid.IntRange(0, 4).Draw(rt, "crash") == 0 && l.state.Seq > 0 {
					state, _ := s.read()
					if got, want := marshal(rt, state), marshal(rt, l.state); got != want {
						rt.Fatalf("stored is %s, not %s", got, want)
					}
					l.state = state
				}
			}
			state, events := s.read()
			var again workflow.State
			for _, e := range events {
				if again, _, err = workflow.Step(def, again, e); err != nil {
					rt.Fatal(err)
				}
			}
			if got, want := marshal(rt, again), marshal(rt, state); got != want || !state.Done {
				rt.Fatalf("the stored events replay to %s, stored is %s", got, want)
			}
		})
	})
}

// errBroken is what a transaction fails with that is to fail.
var errBroken = errors.New("the lights go out")

// stored is one case in a database.
type stored struct {
	t  *testing.T
	db *db.DB
	id int64
}

// apply takes one event in one transaction, which fails after its first or its second statement
// when breaks says so.
func (s *stored) apply(d *workflow.Def, before workflow.State, e workflow.Event, breaks int) error {
	return s.db.Write(s.t.Context(), func(tx *db.Tx) error {
		next, _, err := workflow.Step(d, before, e)
		if err != nil {
			return err
		}
		state, err := json.Marshal(next)
		if err != nil {
			return err
		}
		event, err := json.Marshal(e)
		if err != nil {
			return err
		}
		if err := tx.Exec(`INSERT INTO trial_case (id, seq, state) VALUES ($1, $2, $3) ON CONFLICT (id) DO UPDATE SET seq = excluded.seq, state = excluded.state`,
			s.id, int64(next.Seq), string(state)); err != nil || breaks == 0 {
			return errors.Join(err, errBroken)
		}
		if err := tx.Exec(`INSERT INTO trial_event (case_id, seq, event) VALUES ($1, $2, $3)`, s.id, int64(next.Seq), string(event)); err != nil {
			return err
		}
		if breaks == 1 {
			return errBroken
		}
		return nil
	})
}

// read is all that is known of the case after a crash.
func (s *stored) read() (state workflow.State, events []workflow.Event) {
	s.t.Helper()
	err := s.db.Read(s.t.Context(), func(tx *db.Tx) error {
		var text string
		if err := tx.One(`SELECT state FROM trial_case WHERE id = $1`, []any{s.id}, &text); err != nil {
			return err
		}
		list, err := db.All(tx, func(event *string) []any { return []any{event} }, `SELECT event FROM trial_event WHERE case_id = $1 ORDER BY seq`, s.id)
		if err != nil {
			return err
		}
		for _, event := range list {
			var e workflow.Event
			if err := json.Unmarshal([]byte(event), &e); err != nil {
				return err
			}
			events = append(events, e)
		}
		return json.Unmarshal([]byte(text), &state)
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return state, events
}
