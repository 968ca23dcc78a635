package workflow_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"onedoor.app/engine/workflow"
)

// blocks draws a random block; every loop holds a task that is always done.
func blocks(t *rapid.T, depth int, n *int) workflow.Block {
	task := func(optional bool) workflow.Block {
		*n++
		return workflow.Task{ID: fmt.Sprintf("t%d", *n), Name: fmt.Sprintf("Task %d", *n), Post: "p", Optional: optional}
	}
	kind := rapid.IntRange(0, 6).Draw(t, "kind")
	if depth == 0 || *n > 60 {
		kind %= 2
	}
	some := func() []workflow.Block {
		out := make([]workflow.Block, rapid.IntRange(0, 3).Draw(t, "parts"))
		for i := range out {
			out[i] = blocks(t, depth-1, n)
		}
		return out
	}
	condition := func() string {
		*n++ // and so each asks something of its own
		asks := rapid.SampledFrom([]string{`form.a == 1`, `step["s"]`, `answer.q == "x" || case.k == null`, `result["asked"] == "again"`}).Draw(t, "condition")
		return fmt.Sprintf("%s || form.b%d == 1", asks, *n)
	}
	switch kind {
	case 0:
		return task(false)
	case 1:
		return task(true)
	case 2, 3:
		return workflow.Sequence(some())
	case 4:
		return workflow.Concurrent{Branches: some()}
	case 5:
		c := workflow.Choice{}
		for _, b := range some() {
			c.Branches = append(c.Branches, workflow.Branch{When: condition(), Then: b})
		}
		if rapid.Bool().Draw(t, "default") {
			c.Default = blocks(t, depth-1, n)
		}
		return c
	default:
		l := workflow.Loop{Body: workflow.Sequence{task(false), blocks(t, depth-1, n)}, While: condition()}
		if rapid.Bool().Draw(t, "again") {
			l.Again = blocks(t, depth-1, n)
		}
		return l
	}
}

// world draws the variables of one event; after many events it lets loops go.
func world(t *rapid.T, d *workflow.Def, round int) map[string]any {
	step := map[string]bool{}
	for _, n := range d.Tasks() {
		step[n.ID] = rapid.Bool().Draw(t, n.ID)
	}
	if round > 100 {
		return map[string]any{"step": step, "case": map[string]any{"k": 1}}
	}
	step["s"] = rapid.Bool().Draw(t, "s")
	return map[string]any{
		"step":   step,
		"form":   map[string]any{"a": rapid.IntRange(0, 2).Draw(t, "a")},
		"answer": map[string]any{"q": rapid.SampledFrom([]string{"x", "y"}).Draw(t, "q")},
		"result": map[string]string{"asked": rapid.SampledFrom([]string{"again", "good"}).Draw(t, "asked")},
		"case":   map[string]any{"k": 1},
	}
}

func marshal(t *rapid.T, v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// TestRandomFlowsAlwaysComplete plays random schedules over random drawings. At
// every step: tasks open and close in pairs, none is open twice, what is not
// open cannot be completed, inputs stay as they are, and the state survives its
// JSON. At the end all is closed, and replaying the events gives the same state.
func TestRandomFlowsAlwaysComplete(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := 0
		d, err := workflow.Encode("p", "p", blocks(t, 4, &n))
		if err != nil {
			t.Fatal(err)
		}
		var (
			s      workflow.State
			events []workflow.Event
			open   = map[uint32]string{}
		)
		for round := 0; !s.Done; round++ {
			if round > 600 {
				t.Fatalf("no end after %d events: %+v", round, s)
			}
			e := workflow.Event{Kind: workflow.EventStart, Vars: world(t, d, round)}
			if round > 0 {
				tasks := s.Open(d)
				if len(tasks) == 0 {
					t.Fatalf("nothing is open and nothing is done: %+v", s)
				}
				e.Kind, e.Task = workflow.EventComplete, tasks[rapid.IntRange(0, len(tasks)-1).Draw(t, "task")].Task
			}
			before := marshal(t, []any{s, e})
			next, fx, err := workflow.Step(d, s, e)
			if err != nil {
				t.Fatal(err)
			}
			if after := marshal(t, []any{s, e}); after != before {
				t.Fatalf("Step changed its input from %s to %s", before, after)
			}
			follow(t, d, open, next, fx)
			bogus := workflow.Event{Kind: workflow.EventComplete, Task: next.Next}
			if _, _, err := workflow.Step(d, next, bogus); !errors.Is(err, workflow.ErrNoTask) && !errors.Is(err, workflow.ErrDone) {
				t.Fatalf("completing what is not open: %v", err)
			}
			var back workflow.State
			if err := json.Unmarshal([]byte(marshal(t, next)), &back); err != nil || !reflect.DeepEqual(back, next) {
				t.Fatalf("%+v came back from JSON as %+v, %v", next, back, err)
			}
			s, events = next, append(events, e)
		}
		if len(open) > 0 || len(s.Tokens) > 0 {
			t.Fatalf("done with %v still open, %+v", open, s)
		}
		var replay workflow.State
		for _, e := range events {
			var again workflow.Event // as it would come back from storage
			if err := json.Unmarshal([]byte(marshal(t, e)), &again); err != nil {
				t.Fatal(err)
			}
			if replay, _, err = workflow.Step(d, replay, again); err != nil {
				t.Fatal(err)
			}
		}
		if !reflect.DeepEqual(replay, s) {
			t.Fatalf("replay gives %+v, not %+v", replay, s)
		}
	})
}

// follow keeps the books of open tasks by the effects alone.
func follow(t *rapid.T, d *workflow.Def, open map[uint32]string, s workflow.State, fx []workflow.Effect) {
	for _, e := range fx {
		switch e.Kind {
		case workflow.TaskOpened:
			for _, id := range open {
				if id == e.Node.ID {
					t.Fatalf("task %s is opened while it is open", id)
				}
			}
			open[e.Token] = e.Node.ID
		case workflow.TaskClosed:
			if open[e.Token] != e.Node.ID {
				t.Fatalf("task %d %s is closed, open are %v", e.Token, e.Node.ID, open)
			}
			delete(open, e.Token)
		case workflow.Ended:
			if !s.Done {
				t.Fatalf("ended, but not done: %+v", s)
			}
		default:
			t.Fatalf("unexpected %s at %s", e.Kind, e.Node.ID)
		}
	}
	tasks := s.Open(d)
	if len(tasks) != len(open) {
		t.Fatalf("state has %d tasks open, the effects %v", len(tasks), open)
	}
	for _, o := range tasks {
		if open[o.Task] != o.Node.ID {
			t.Fatalf("task %d is open in the state, the effects have %v", o.Task, open)
		}
	}
}

// TestBlocksAreSound: what Encode writes, Check accepts.
func TestBlocksAreSound(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := 0
		d, err := workflow.Encode("p", "p", blocks(t, 4, &n))
		if err != nil {
			t.Fatal(err)
		}
		if r := workflow.Check(d, nil); !r.Sound() {
			t.Fatalf("%d states, too large %v: %v", r.States, r.TooLarge, r.Findings)
		}
	})
}
