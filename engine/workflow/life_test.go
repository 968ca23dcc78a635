package workflow_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"onedoor.app/engine/workflow"
)

// life plays one random case and keeps its own books, by the effects alone.
type life struct {
	t      *rapid.T
	def    *workflow.Def
	state  workflow.State
	last   workflow.State // before the last event
	events []workflow.Event
	told   []string
	tasks  map[uint32]string
	waits  map[uint32]string
	closed map[uint32]bool
}

func newLife(t *rapid.T, d *workflow.Def) *life {
	return &life{t: t, def: d, tasks: map[uint32]string{}, waits: map[uint32]string{}, closed: map[uint32]bool{}}
}

// late is the round from which a case is led to its end.
const late = 60

// often checks a property ten times as often as rapid does by itself: the drawings are small and
// their kinds are many.
func often(t *testing.T, property func(*rapid.T)) {
	t.Helper()
	for range 10 {
		rapid.Check(t, property)
	}
}

// TestRandomLives plays random schedules over random drawings of everything in the subset. Every
// round keeps the books, and every case comes to a clean end.
func TestRandomLives(t *testing.T) {
	t.Parallel()
	often(t, func(t *rapid.T) {
		d, err := workflow.Compiler{Plain: true}.Compile(workflow.Grow(t, 3, 120, true))
		if err != nil {
			t.Fatal(err)
		}
		l := newLife(t, d)
		for round := 0; !l.state.Done; round++ {
			if round > 2000 {
				t.Fatalf("no end after %d events: %s\n%s", round, marshal(t, l.state), d.Source())
			}
			l.refuse()
			l.step(l.event(round))
			l.consistent()
			if round%4 == 3 {
				l.recalled()
			}
		}
		if len(l.tasks)+len(l.waits) > 0 {
			t.Fatalf("over, and still open are %v %v\n%s", l.tasks, l.waits, d.Source())
		}
		l.replay()
	})
}

// event draws what happens next.
func (l *life) event(round int) workflow.Event {
	e := workflow.Event{Kind: workflow.EventStart, Vars: workflow.Weather(l.t, round > late)}
	if l.state.Seq == 0 {
		return e
	}
	open, waits := l.state.Open(l.def), l.state.Waits(l.def)
	halted := slices.ContainsFunc(l.state.Tokens, l.halts)
	pick := rapid.IntRange(0, 19).Draw(l.t, "event")
	switch {
	case halted && (round > late || len(open)+len(waits) == 0 || pick == 0):
		e.Kind, e.Vars = workflow.EventRetry, workflow.Weather(l.t, true)
	case round <= late && pick == 1 && len(open) > 0:
		e.Kind, e.Task = workflow.EventReturn, open[rapid.IntRange(0, len(open)-1).Draw(l.t, "task")].Task
		e.Element = rapid.SampledFrom(l.def.Nodes()).Draw(l.t, "to").ID
	case round <= late && pick == 2 && l.state.Seq > 1:
		before := l.last
		e.Kind, e.Back = workflow.EventRecall, &before
	case len(waits) > 0 && (len(open) == 0 || round <= late && pick < 8):
		w := waits[rapid.IntRange(0, len(waits)-1).Draw(l.t, "wait")]
		if e.Kind, e.Task = workflow.EventFire, w.Token; w.Node.Trigger == workflow.OnMessage {
			e.Kind, e.Task, e.Message = workflow.EventMessage, 0, w.Node.Message
		}
	case len(open) > 0:
		e.Kind, e.Task = workflow.EventComplete, open[rapid.IntRange(0, len(open)-1).Draw(l.t, "task")].Task
		e.Outcome = rapid.SampledFrom([]string{"", "agree", "object"}).Draw(l.t, "outcome")
	default:
		l.t.Fatalf("nothing is open, nothing is waited for, nothing is halted: %s\n%s", marshal(l.t, l.state), l.def.Source())
	}
	return e
}

// halts tells tokens that only a retry moves.
func (l *life) halts(t workflow.Token) bool {
	n := l.def.Node(t.Node)
	return n.Kind == workflow.Exclusive || n.Kind == workflow.Inclusive && (t.Flow == "" || len(n.In) == 1) || n.Activity() && t.Flow != ""
}

func (l *life) step(e workflow.Event) {
	before := marshal(l.t, []any{l.state, e})
	next, fx, err := workflow.Step(l.def, l.state, e)
	if after := marshal(l.t, []any{l.state, e}); after != before {
		l.t.Fatalf("Step changed its input from %s to %s", before, after)
	}
	if errors.Is(err, workflow.ErrReturn) || e.Kind == workflow.EventRecall && errors.Is(err, workflow.ErrEvent) {
		return // not every way back is open
	}
	if err != nil {
		l.t.Fatalf("%v\n%s\n%s", err, before, l.def.Source())
	}
	if next.Seq != l.state.Seq+1 || next.Next < l.state.Next {
		l.t.Fatalf("from %s to %s", before, marshal(l.t, next))
	}
	for _, f := range fx {
		l.book(f)
	}
	l.last, l.state, l.events = l.state, next, append(l.events, e)
	l.told = append(l.told, tell(fx))
}

// book keeps open tasks and waits by one effect.
func (l *life) book(f workflow.Effect) {
	move := func(books map[uint32]string, opens bool) {
		switch was, open := books[f.Token]; {
		case opens && (open || l.closed[f.Token]):
			l.t.Fatalf("%s of %d %s, which was known", f.Kind, f.Token, f.Node.ID)
		case !opens && was != f.Node.ID:
			l.t.Fatalf("%s of %d %s, which was %q", f.Kind, f.Token, f.Node.ID, was)
		case opens:
			books[f.Token] = f.Node.ID
		default:
			delete(books, f.Token)
			l.closed[f.Token] = true
		}
	}
	switch f.Kind {
	case workflow.TaskOpened, workflow.TaskClosed, workflow.TaskWithdrawn:
		move(l.tasks, f.Kind == workflow.TaskOpened)
	case workflow.WaitBegun, workflow.WaitEnded, workflow.WaitWithdrawn:
		move(l.waits, f.Kind == workflow.WaitBegun)
	case workflow.Incident:
		if f.Reason == workflow.ReasonStuck {
			l.t.Fatalf("stuck at %s: %s\n%s", f.Node.ID, strings.Join(l.told, "; "), l.def.Source())
		}
	}
}

// consistent checks the state against the books and against itself.
func (l *life) consistent() {
	tasks, waits := map[uint32]string{}, map[uint32]string{}
	for _, o := range l.state.Open(l.def) {
		tasks[o.Task] = o.Node.ID
	}
	for _, w := range l.state.Waits(l.def) {
		waits[w.Token] = w.Node.ID
	}
	if fmt.Sprint(tasks) != fmt.Sprint(l.tasks) || fmt.Sprint(waits) != fmt.Sprint(l.waits) {
		l.t.Fatalf("the state has %v %v, the effects %v %v", tasks, waits, l.tasks, l.waits)
	}
	content, under := map[uint32]int{}, map[uint32]*workflow.Node{}
	scopes := map[uint32]*workflow.Node{0: nil}
	for _, s := range l.state.Scopes {
		if _, known := scopes[s.Parent]; !known {
			l.t.Fatalf("scope %d lies in %d, which is not there", s.ID, s.Parent)
		}
		n := l.def.Node(s.Node)
		scopes[s.ID] = n
		content[s.Parent]++
		if s.Index == 0 {
			under[s.ID] = n
		}
	}
	for _, t := range l.state.Tokens {
		if _, known := scopes[t.Scope]; !known {
			l.t.Fatalf("token %d lies in %d, which is not there", t.ID, t.Scope)
		}
		n := l.def.Node(t.Node)
		if n.Kind != workflow.Boundary {
			content[t.Scope]++
		}
		if n.Kind == workflow.UserTask && t.Flow == "" && t.Index == 0 {
			under[t.ID] = n
		}
	}
	for id := range scopes {
		if content[id] == 0 && !l.state.Done {
			l.t.Fatalf("scope %d is empty: %s", id, marshal(l.t, l.state))
		}
	}
	l.watched(under)
}

// watched checks that events are waited for at what is under way, and nowhere else.
func (l *life) watched(under map[uint32]*workflow.Node) {
	waiting := map[string]int{}
	for _, t := range l.state.Tokens {
		if n := l.def.Node(t.Node); n.Kind == workflow.Boundary {
			if under[t.For] != n.Host {
				l.t.Fatalf("%s is waited for, but %d is %v: %s", t.Node, t.For, under[t.For], marshal(l.t, l.state))
			}
			waiting[fmt.Sprint(t.For, n.ID)]++
		}
	}
	for id, n := range under {
		for _, b := range n.Boundaries {
			count := waiting[fmt.Sprint(id, b.ID)]
			once := !b.Interrupting && b.Trigger == workflow.OnTimer // and then not again
			if count > 1 || count == 0 && !once {
				l.t.Fatalf("%s is waited for %d times at %d", b.ID, count, id)
			}
		}
	}
}

// refuse tries what cannot be: it is an error each time, and nothing happens.
func (l *life) refuse() {
	for _, e := range []workflow.Event{
		{Kind: workflow.EventComplete, Task: l.state.Next}, {Kind: workflow.EventFire, Task: l.state.Next}, {Kind: workflow.EventMessage, Message: "none"},
		{Kind: workflow.EventReturn, Task: l.state.Next}, {Kind: "jump"}, {Kind: workflow.EventRecall},
	} {
		next, fx, err := workflow.Step(l.def, l.state, e)
		if err == nil || fx != nil || marshal(l.t, next) != marshal(l.t, l.state) {
			l.t.Fatalf("%v was taken: %v", e, err)
		}
	}
}

// recalled checks that the last event, when it is recalled and comes again, leads to the same.
func (l *life) recalled() {
	if len(l.events) < 2 || l.events[len(l.events)-1].Kind == workflow.EventRecall || l.last.Seq == 0 {
		return
	}
	e := l.events[len(l.events)-1]
	back, _, err := workflow.Step(l.def, l.state, workflow.Event{Kind: workflow.EventRecall, Back: &l.last})
	if err != nil {
		l.t.Fatalf("recall: %v", err)
	}
	if got, want := shape(back), shape(l.last); got != want {
		l.t.Fatalf("recalled to %s, not %s", got, want)
	}
	if i := slices.IndexFunc(l.last.Tokens, func(t workflow.Token) bool { return t.ID == e.Task }); i >= 0 {
		e.Task = back.Tokens[i].ID
	}
	again, _, err := workflow.Step(l.def, back, e)
	if err != nil || shape(again) != shape(l.state) {
		l.t.Fatalf("%s again after its recall: %v\n got %s\nwant %s\n%s", e.Kind, err, shape(again), shape(l.state), l.def.Source())
	}
}

// shape writes a state with its ids as the places where they stand.
func shape(s workflow.State) string {
	places := map[uint32]uint32{0: 0}
	place := func(id uint32) uint32 {
		if _, known := places[id]; !known {
			places[id] = uint32(len(places))
		}
		return places[id]
	}
	s.Seq, s.Next = 0, 0
	s.Scopes, s.Tokens = slices.Clone(s.Scopes), slices.Clone(s.Tokens)
	for i := range s.Scopes {
		sc := &s.Scopes[i]
		sc.ID, sc.Parent = place(sc.ID), place(sc.Parent)
	}
	for i := range s.Tokens {
		t := &s.Tokens[i]
		t.ID, t.Scope, t.For = place(t.ID), place(t.Scope), place(t.For)
	}
	b, _ := json.Marshal(s)
	return string(b)
}

// replay applies the events as they come back from storage.
func (l *life) replay() {
	var s workflow.State
	for i, e := range l.events {
		var stored workflow.Event
		if err := json.Unmarshal([]byte(marshal(l.t, e)), &stored); err != nil {
			l.t.Fatal(err)
		}
		var before workflow.State // as it comes back from storage too
		if err := json.Unmarshal([]byte(marshal(l.t, s)), &before); err != nil {
			l.t.Fatal(err)
		}
		next, fx, err := workflow.Step(l.def, before, stored)
		if err != nil || tell(fx) != l.told[i] {
			l.t.Fatalf("replay of %s: %v\n got %s\nwant %s", e.Kind, err, tell(fx), l.told[i])
		}
		s = next
	}
	if got, want := marshal(l.t, s), marshal(l.t, l.state); got != want {
		l.t.Fatalf("replay gives %s, not %s", got, want)
	}
}
