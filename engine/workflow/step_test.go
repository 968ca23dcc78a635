package workflow_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"onedoor.app/engine/workflow"
)

// play runs a script such as "start; a; b" on a drawing and writes what happens:
// "+a" opened, "-a" closed, "~a" withdrawn, "!X1:no_way" incident, "end:E".
// "a" completes the oldest open task a, "retry" and "cancel" are those events;
// "a f1 f2" does so while step["f1"] and step["f2"] hold.
func play(t *testing.T, d *workflow.Def, script string) (workflow.State, string) {
	t.Helper()
	var s workflow.State
	var log []string
	for _, line := range strings.Split(script, ";") {
		words := strings.Fields(line)
		flags := map[string]bool{}
		for _, w := range words[1:] {
			flags[w] = true
		}
		e := workflow.Event{Vars: map[string]any{"step": flags}}
		switch words[0] {
		case "start", "retry", "cancel":
			e.Kind = workflow.EventKind(words[0])
		default:
			e.Kind = workflow.EventComplete
			for _, o := range s.Open(d) {
				if o.Node.ID == words[0] {
					e.Task = o.Task
					break
				}
			}
		}
		next, fx, err := workflow.Step(d, s, e)
		if err != nil {
			t.Fatalf("%s in %q: %v", words[0], script, err)
		}
		if next.Seq != s.Seq+1 {
			t.Errorf("%q: seq went from %d to %d", script, s.Seq, next.Seq)
		}
		s = next
		log = append(log, describe(fx))
	}
	return s, strings.Join(log, "; ")
}

func describe(fx []workflow.Effect) string {
	var out []string
	for _, e := range fx {
		id := "-"
		if e.Node != nil {
			id = e.Node.ID
		}
		switch e.Kind {
		case workflow.TaskOpened:
			out = append(out, "+"+id)
		case workflow.TaskClosed:
			out = append(out, "-"+id)
		case workflow.TaskWithdrawn:
			out = append(out, "~"+id)
		case workflow.Ended:
			out = append(out, "end:"+id)
		case workflow.Incident:
			out = append(out, "!"+id+":"+string(e.Reason))
		}
	}
	return strings.Join(out, " ")
}

func TestStep(t *testing.T) {
	t.Parallel()
	const (
		fork   = "S>P1, P1>a, P1>b, a>P2, b>P2, P2>c, c>E"
		choice = "S>X1, X1>a, X1>b, X1>c, a>E, b>E, c>E2"
		kill   = "S>P1, P1>a, P1>b, P1>c, a>T, b>E, c>P2, P2>E"
		broken = "S>X1, X1>a, X1>b, a>P1, b>P1, P1>E"
		twoIn  = "S>P1, P1>a, P1>b, P1>c, P1>d, a>X1, b>X1, c>X2, d>X2, X1>P2, X2>P2, P2>e, e>E"
	)
	for _, c := range []struct{ name, flows, script, want string }{
		{"nothing to do", "S>E", "start", "end:E"},
		{"one task", "S>a, a>E", "start; a", "+a; -a end:E"},
		{"a sequence", "S>a, a>b, b>E", "start; a; b", "+a; -a +b; -b end:E"},
		{"a start that divides", "S>a, S>b, a>E, b>E", "start; b; a", "+a +b; -b; -a end:E"},
		{"a task that divides", "S>a, a>b, a>c, b>E, c>E2", "start; a; b; c", "+a; -a +b +c; -b; -c end:E2"},
		{"parallel work, one order", fork, "start; a; b; c", "+a +b; -a; -b +c; -c end:E"},
		{"parallel work, the other order", fork, "start; b; a; c", "+a +b; -b; -a +c; -c end:E"},
		{"a choice takes the first that holds", choice, "start f1 f2; a", "+a; -a end:E"},
		{"a choice takes the second", choice, "start f2; b", "+b; -b end:E"},
		{"a choice takes the default", choice, "start; c", "+c; -c end:E2"},
		{"a loop", "S>X1, X1>a, a>X2, X2>X1, X2>E", "start; a f3; a f3; a", "+a; -a +a; -a +a; -a end:E"},
		{"a terminate end withdraws the rest", kill, "start; a", "+a +b +c; -a ~b ~c end:T"},
		{"an ordinary end does not", kill, "start; b; c; a", "+a +b +c; -b; -c; -a end:T"},
		{"a terminate end while others travel", "S>P1, P1>T, P1>a, a>E", "start", "end:T"},
		{"cancel", fork, "start; a; cancel", "+a +b; -a; ~b end:-"},
		{"a token that can never go on", broken, "start; b", "+b; -b !P1:stuck"},
		{"a stuck case can be cancelled", broken, "start; b; cancel", "+b; -b !P1:stuck; end:-"},
		{"two tokens on each way into a join", twoIn, "start; a; b; c; d; e; e", "+a +b +c +d; -a; -b; -c +e; -d +e; -e; -e end:E"},
		{"a merge opens a task for each token", "S>P1, P1>a, P1>b, a>X1, b>X1, X1>c, c>E", "start; a; b; c; c", "+a +b; -a +c; -b +c; -c; -c end:E"},
	} {
		_, got := play(t, draw(t, c.flows), c.script)
		if got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.want)
		}
	}
}

const undecided = `<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"><process id="p">
<startEvent id="S"/><exclusiveGateway id="X"/><userTask id="a"/><userTask id="b"/><endEvent id="E"/>
<sequenceFlow id="f0" sourceRef="S" targetRef="X"/>
<sequenceFlow id="f1" sourceRef="X" targetRef="a"><conditionExpression>form.amount > 5</conditionExpression></sequenceFlow>
<sequenceFlow id="f2" sourceRef="X" targetRef="b"><conditionExpression>form.amount &lt; 3</conditionExpression></sequenceFlow>
<sequenceFlow id="f3" sourceRef="a" targetRef="E"/><sequenceFlow id="f4" sourceRef="b" targetRef="E"/>
</process></definitions>`

func TestAGatewayThatCannotDecideWaitsForARetry(t *testing.T) {
	t.Parallel()
	d := compile(t, []byte(undecided))
	amount := func(v any) map[string]any { return map[string]any{"form": map[string]any{"amount": v}} }
	s, fx, err := workflow.Step(d, workflow.State{}, workflow.Event{Kind: workflow.EventStart})
	if err != nil || describe(fx) != "!X:condition" || fx[0].Flow.ID != "f1" || fx[0].Token != s.Tokens[0].ID || !strings.Contains(fx[0].Detail, "form.amount") {
		t.Fatalf("without an amount: %v %+v", err, fx)
	}
	if s.Done || len(s.Open(d)) != 0 || s.Tokens[0].Flow != "f0" {
		t.Fatalf("state %+v", s)
	}
	token := s.Tokens[0].ID
	s, fx, err = workflow.Step(d, s, workflow.Event{Kind: workflow.EventRetry, Vars: amount(4)})
	if err != nil || describe(fx) != "!X:no_way" || s.Tokens[0].ID != token {
		t.Fatalf("with 4: %v %+v %+v", err, fx, s)
	}
	s, fx, err = workflow.Step(d, s, workflow.Event{Kind: workflow.EventRetry, Vars: amount(2)})
	if err != nil || describe(fx) != "+b" {
		t.Fatalf("with 2: %v %+v", err, fx)
	}
	if _, _, err := workflow.Step(d, s, workflow.Event{Kind: workflow.EventRetry}); !errors.Is(err, workflow.ErrNothing) {
		t.Errorf("retry with nothing to retry: %v", err)
	}
}

func TestOptionalTasksAreLeftOutUnlessAsked(t *testing.T) {
	t.Parallel()
	d := encode(t, "instant", instant())
	for _, c := range []struct{ script, want string }{
		{"start; decide", "+decide; -decide end:end"},
		{"start accept; accept; decide issue; issue", "+accept; -accept +decide; -decide +issue; -issue end:end"},
	} {
		if _, got := play(t, d, c.script); got != c.want {
			t.Errorf("%s: got %s, want %s", c.script, got, c.want)
		}
	}
	// A case whose variables say nothing at all goes the short way too.
	_, fx, err := workflow.Step(d, workflow.State{}, workflow.Event{Kind: workflow.EventStart})
	if err != nil || describe(fx) != "+decide" {
		t.Errorf("without variables: %s, %v", describe(fx), err)
	}
}

func TestIllegalEventsChangeNothing(t *testing.T) {
	t.Parallel()
	d := draw(t, "S>P1, P1>a, P1>b, a>P2, b>P2, P2>c, c>E")
	begun, _ := play(t, d, "start; a")
	waiting := begun.Tokens[len(begun.Tokens)-1] // at the join
	done, _ := play(t, d, "start; a; b; c")
	for _, c := range []struct {
		name  string
		state workflow.State
		event workflow.Event
		want  error
	}{
		{"complete before the start", workflow.State{}, workflow.Event{Kind: workflow.EventComplete, Task: 1}, workflow.ErrNotBegun},
		{"cancel before the start", workflow.State{}, workflow.Event{Kind: workflow.EventCancel}, workflow.ErrNotBegun},
		{"a second start", begun, workflow.Event{Kind: workflow.EventStart}, workflow.ErrBegun},
		{"a task that was completed", begun, workflow.Event{Kind: workflow.EventComplete, Task: 1}, workflow.ErrNoTask},
		{"a task that never was", begun, workflow.Event{Kind: workflow.EventComplete, Task: 99}, workflow.ErrNoTask},
		{"no task", begun, workflow.Event{Kind: workflow.EventComplete}, workflow.ErrNoTask},
		{"a token at a join", begun, workflow.Event{Kind: workflow.EventComplete, Task: waiting.ID}, workflow.ErrNoTask},
		{"nothing to retry", begun, workflow.Event{Kind: workflow.EventRetry}, workflow.ErrNothing},
		{"an unknown event", begun, workflow.Event{Kind: "jump"}, workflow.ErrEvent},
		{"an event after the end", done, workflow.Event{Kind: workflow.EventCancel}, workflow.ErrDone},
		{"a state of another drawing", workflow.State{Seq: 1, Next: 2, Tokens: []workflow.Token{{ID: 1, Node: "zz"}}}, workflow.Event{Kind: workflow.EventCancel}, workflow.ErrState},
		{"a token at an end", workflow.State{Seq: 1, Next: 2, Tokens: []workflow.Token{{ID: 1, Node: "E"}}}, workflow.Event{Kind: workflow.EventCancel}, workflow.ErrState},
		{"a token at a join by no flow", workflow.State{Seq: 1, Next: 2, Tokens: []workflow.Token{{ID: 1, Node: "P2"}}}, workflow.Event{Kind: workflow.EventCancel}, workflow.ErrState},
		{"a token from the future", workflow.State{Seq: 1, Next: 2, Tokens: []workflow.Token{{ID: 2, Node: "a"}}}, workflow.Event{Kind: workflow.EventCancel}, workflow.ErrState},
		{"a token in a scope", workflow.State{Seq: 1, Next: 2, Tokens: []workflow.Token{{ID: 1, Scope: 3, Node: "a"}}}, workflow.Event{Kind: workflow.EventCancel}, workflow.ErrState},
		{"tokens before the start", workflow.State{Next: 2}, workflow.Event{Kind: workflow.EventStart}, workflow.ErrState},
	} {
		before := clone(t, c.state)
		got, fx, err := workflow.Step(d, c.state, c.event)
		if !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
		if len(fx) != 0 || !reflect.DeepEqual(got, before) || !reflect.DeepEqual(c.state, before) {
			t.Errorf("%s: changed %+v into %+v with %v", c.name, before, got, fx)
		}
	}
}

func TestOneEventIsBounded(t *testing.T) {
	t.Parallel()
	// Each pair of ways doubles the tokens: 2^16 would arrive at the task.
	var b strings.Builder
	b.WriteString("S>P0")
	for i := range 16 {
		fmt.Fprintf(&b, ", P%d>X%da, P%d>X%db, X%da>M%d, X%db>M%d, M%d>P%d", i, i, i, i, i, i, i, i, i, i+1)
	}
	b.WriteString(", P16>a, a>E")
	flows := strings.ReplaceAll(b.String(), "M", "XM")
	d := draw(t, flows)
	s, fx, err := workflow.Step(d, workflow.State{}, workflow.Event{Kind: workflow.EventStart})
	if !errors.Is(err, workflow.ErrBound) || len(fx) != 0 || s.Seq != 0 {
		t.Errorf("%v, %d effects, %+v", err, len(fx), s.Seq)
	}
}

func TestStateIsStableJSON(t *testing.T) {
	t.Parallel()
	d := draw(t, "S>P1, P1>a, P1>b, a>P2, b>P2, P2>E")
	s, _ := play(t, d, "start; a")
	got, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"seq":2,"next":4,"tokens":[{"id":2,"node":"b"},{"id":3,"node":"P2","flow":"f3"}]}`
	if string(got) != want {
		t.Errorf("state is written as %s, want %s", got, want)
	}
	if back := clone(t, s); !reflect.DeepEqual(back, s) {
		t.Errorf("%+v came back as %+v", s, back)
	}
}

func clone(t testing.TB, s workflow.State) workflow.State {
	t.Helper()
	b, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	var out workflow.State
	if err := json.Unmarshal(b, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func BenchmarkStep(b *testing.B) {
	d := encode(b, "licence", licence())
	vars := map[string]any{"step": map[string]bool{"review": true}, "result": map[string]string{}}
	steps := 0
	b.ReportAllocs()
	for b.Loop() {
		s, _, err := workflow.Step(d, workflow.State{}, workflow.Event{Kind: workflow.EventStart, Vars: vars})
		for steps++; err == nil && !s.Done; steps++ {
			s, _, err = workflow.Step(d, s, workflow.Event{Kind: workflow.EventComplete, Task: s.Open(d)[0].Task, Vars: vars})
		}
		if err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(steps), "ns/step")
}
