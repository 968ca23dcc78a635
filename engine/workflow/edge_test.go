package workflow_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"testing"

	"onedoor.app/engine/workflow"
)

// TestEdges plays what happens seldom: each was wrong once or is easily done wrong.
func TestEdges(t *testing.T) {
	t.Parallel()
	const (
		news     = `<boundaryEvent id="at_%[1]s" attachedToRef="%[1]s" cancelActivity="false"><messageEventDefinition messageRef="news"/></boundaryEvent>`
		reminder = `<boundaryEvent id="at" attachedToRef="%s" cancelActivity="false"><timerEventDefinition><timeDuration>P1D</timeDuration></timerEventDefinition></boundaryEvent>`
		timer    = `<boundaryEvent id="H9" attachedToRef="%s"%s><timerEventDefinition><timeDuration>P5D</timeDuration></timerEventDefinition></boundaryEvent>`
		each     = `<subProcess id="sub"><multiInstanceLoopCharacteristics collection="people" elementVariable="who"/><startEvent id="s1"/>%s</subProcess>`
	)
	wire := func(id, from, to string) string {
		return fmt.Sprintf(`<sequenceFlow id="%s" sourceRef="%s" targetRef="%s"/>`, id, from, to)
	}
	stops := fmt.Sprintf(each, `<userTask id="x"/><userTask id="y"/><endEvent id="e1"><terminateEventDefinition/></endEvent><endEvent id="e2"/>`+
		wire("q1", "s1", "x")+wire("q2", "s1", "y")+wire("q3", "x", "e1")+wire("q4", "y", "e2"))
	steps := fmt.Sprintf(each, `<userTask id="x"/><userTask id="y"/><endEvent id="e1"/>`+
		wire("q1", "s1", "x")+wire("q2", "x", "y")+wire("q3", "y", "e1"))
	for _, c := range []struct{ name, flows, more, script, want string }{
		{"a return takes back what waits at a join", "S>P1 P1>a P1>b a>c a>d b>P2 c>P2 d>P2 P2>e e>E", "",
			"start; a; c; d>a; a; c; d; b; e", "+a +b; -a +c +d; -c; ~d +a; -a +c +d; -c; -d; -b +e; -e end:E"},
		{"two that wait for one message take turns", "S>P1 P1>a P1>b a>E b>E at_a>Z1 Z1>E2 at_b>Z2 Z2>E2", fmt.Sprintf(news, "a") + fmt.Sprintf(news, "b"),
			"start; news!; news!; news!", "+a ?at_a +b ?at_b; *at_a ?at_a =Z1; *at_b ?at_b =Z2; *at_a ?at_a =Z1"},
		{"a timer at several instances", "S>sub sub>E H9>z z>E", steps + fmt.Sprintf(timer, "sub", ""),
			"start people=[甲,乙]; x; H9!; z", "?H9 +x +x; -x +y; *H9 ~x ~y +z; -z end:E"},
		{"a terminate end in one of several instances", "S>sub sub>z z>E", stops,
			"start people=[甲,乙]; x; y; x; z", "+x +y +x +y; -x ~y; -y; -x #sub +z; -z end:E"},
		{"a return within one of several instances", "S>a a>sub sub>E", steps,
			"start; a people=[甲,乙]; x; y>x; x; x; y; y", "+a; -a +x +x; -x +y; ~y +x; -x +y; -x +y; -y; -y #sub end:E"},
		{"a return out of several instances", "S>a a>sub sub>E H9>E2", steps + fmt.Sprintf(timer, "sub", ""),
			"start; a people=[甲,乙]; x; y>a; a; x; x; y; y", "+a; -a ?H9 +x +x; -x +y; ~x ~y /H9 +a; -a ?H9 +x +x; -x +y; -x +y; -y; -y /H9 #sub end:E"},
		{"no return from a reminder to what has gone on through a join", "S>P1 P1>a P1>b a>P2 b>P2 P2>c c>E at>r r>E2", fmt.Sprintf(reminder, "a"),
			"start; at!; r>a; at!; b; a; r>a; r; c", "+a ?at +b; *at +r; ~a ~r +a ?at; *at +r; -b; -a +c; error: the case did not pass there on its one way to this task: \"a\"; -r; -c end:E"},
		{"no return from a side branch to what has gone on through a join", "S>P1 P1>a P1>b a>P3 P3>d P3>e e>E2 d>P2 b>P2 P2>c c>E", "",
			"start; a; e>a; a; d; b; e>a; e; c", "+a +b; -a +d +e; error: the case did not pass there on its one way to this task: \"a\"; error: no such task is open: 0; -d; -b +c; error: the case did not pass there on its one way to this task: \"a\"; -e; -c end:E"},
		{"no return into several instances", "S>sub sub>a a>E", steps,
			"start people=[甲]; x; y; a>x; a", "+x; -x +y; -y #sub +a; error: the case did not pass there on its one way to this task: \"x\"; -a end:E"},
		{"a cancel ends everything at every depth", "S>P1 P1>sub P1>b sub>E b>E H9>E", steps + fmt.Sprintf(timer, "sub", ` cancelActivity="false"`),
			"start people=[甲,乙]; x; cancel; cancel", "?H9 +b +x +x; -x +y; /H9 ~b ~x ~y end:-; error: the case is over"},
		{"a recall after the end", "S>a a>E", "", "start; a; recall; a", "+a; -a end:E; +a; -a end:E"},
		{"an activity that may be interrupted is one token before a join", "S>P1 P1>X1 P1>b X1>a a>X2 X2>X1[again] X2>O1* b>O1 H9>c c>O1 O1>d d>E", fmt.Sprintf(timer, "a", ""),
			"start; b; a again; H9!; c; d", "+b +a ?H9; -b; -a /H9 +a ?H9; *H9 ~a +c; -c +d; -d end:E"},
		{"the recall of a retry stops again, and says so", "S>X1 X1>a[n==1.0] X1>b[n==2.0] a>E b>E", "",
			"start n=3; retry n=1; recall; retry n=2; b", "!X1:no_way; +a; ~a !X1:recalled; +b; -b end:E"},
	} {
		_, got := happens(t, plainly(t, sketch(c.flows, c.more)), c.script)
		if got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.want)
		}
	}
}

// TestARetryNeverGivesAnIdTwice: what can go on does not take the id of what still waits.
func TestARetryNeverGivesAnIdTwice(t *testing.T) {
	t.Parallel()
	sub := `<subProcess id="sub"><multiInstanceLoopCharacteristics collection="lists" elementVariable="list"/><startEvent id="s1"/>` +
		`<userTask id="vote"><multiInstanceLoopCharacteristics collection="list"/></userTask><endEvent id="e1"/>` +
		`<sequenceFlow id="q1" sourceRef="s1" targetRef="vote"/><sequenceFlow id="q2" sourceRef="vote" targetRef="e1"/></subProcess>`
	d := plainly(t, sketch("S>sub sub>E", sub))
	start := workflow.Event{Kind: workflow.EventStart, Vars: map[string]any{"lists": []any{nil, "none"}}}
	s, _, err := workflow.Step(d, workflow.State{}, start)
	if err != nil || len(s.Tokens) != 2 {
		t.Fatalf("%v %+v", err, s)
	}
	s.Scopes[0].Items = []any{nil, []any{}} // the second list is found to be empty
	s, _, err = workflow.Step(d, s, workflow.Event{Kind: workflow.EventRetry})
	if err != nil {
		t.Fatal(err)
	}
	seen := map[uint32]bool{}
	for _, id := range ids(s) {
		if seen[id] || id >= s.Next {
			t.Errorf("the id %d is used twice, or will be: %+v", id, s)
		}
		seen[id] = true
	}
}

func ids(s workflow.State) []uint32 {
	var list []uint32
	for _, t := range s.Tokens {
		list = append(list, t.ID)
	}
	for _, sc := range s.Scopes {
		list = append(list, sc.ID)
	}
	return list
}

// TestARecallTellsOfEachTaskWhatItIsAbout: the entry of the list comes again too.
func TestARecallTellsOfEachTaskWhatItIsAbout(t *testing.T) {
	t.Parallel()
	d := plainly(t, sketch("S>vote vote>a a>E", fmt.Sprintf(several, ` collection="people"`, "")))
	vars := map[string]any{"people": []any{"甲"}}
	before, _, err := workflow.Step(d, workflow.State{}, workflow.Event{Kind: workflow.EventStart, Vars: vars})
	if err != nil {
		t.Fatal(err)
	}
	after, _, err := workflow.Step(d, before, workflow.Event{Kind: workflow.EventComplete, Task: before.Open(d)[0].Task})
	if err != nil {
		t.Fatal(err)
	}
	_, fx, err := workflow.Step(d, after, workflow.Event{Kind: workflow.EventRecall, Back: &before})
	if err != nil || len(fx) != 2 || fx[1].Kind != workflow.TaskOpened || fx[1].Item != "甲" || fx[1].Index != 1 {
		t.Errorf("%v %+v", err, fx)
	}
	if _, _, err := workflow.Step(d, before, workflow.Event{Kind: workflow.EventRecall, Back: &after}); !errors.Is(err, workflow.ErrEvent) {
		t.Errorf("a recall to what has not been yet: %v", err)
	}
}

// TestStatesThatCannotBe: what no case can have come to is refused, whatever it is asked to do.
func TestStatesThatCannotBe(t *testing.T) {
	t.Parallel()
	sub := `<subProcess id="sub"><multiInstanceLoopCharacteristics><loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics><startEvent id="s1"/><userTask id="x"/><endEvent id="e1"/>` +
		`<sequenceFlow id="q1" sourceRef="s1" targetRef="x"/><sequenceFlow id="q2" sourceRef="x" targetRef="e1"/></subProcess>`
	d := plainly(t, sketch("S>sub sub>vote vote>E H9>E", sub+fmt.Sprintf(several, "", "<loopCardinality>2</loopCardinality>")+
		`<boundaryEvent id="H9" attachedToRef="vote"><timerEventDefinition><timeDuration>P5D</timeDuration></timerEventDefinition></boundaryEvent>`))
	for name, text := range map[string]string{
		"an instance outside its set":          `{"seq":1,"next":3,"tokens":[{"id":1,"node":"vote","index":1}]}`,
		"an instance without a number":         `{"seq":1,"next":4,"tokens":[{"id":2,"scope":1,"node":"vote"}],"scopes":[{"id":1,"node":"vote","total":2,"begun":1}]}`,
		"a subprocess that is no instance":     `{"seq":1,"next":4,"tokens":[{"id":2,"scope":1,"node":"x"}],"scopes":[{"id":1,"node":"sub"}]}`,
		"an instance of a set that is none":    `{"seq":1,"next":5,"tokens":[{"id":3,"scope":2,"node":"x"}],"scopes":[{"id":1,"node":"sub"},{"id":2,"parent":1,"node":"sub","index":1}]}`,
		"two tokens with one id":               `{"seq":1,"next":4,"tokens":[{"id":2,"scope":1,"node":"vote","index":1},{"id":2,"scope":1,"node":"vote","index":2}],"scopes":[{"id":1,"node":"vote","total":2,"begun":2}]}`,
		"more instances than there are":        `{"seq":1,"next":4,"tokens":[{"id":2,"scope":1,"node":"vote","index":3}],"scopes":[{"id":1,"node":"vote","total":2,"begun":2}]}`,
		"more done than begun":                 `{"seq":1,"next":4,"tokens":[{"id":2,"scope":1,"node":"vote","index":1}],"scopes":[{"id":1,"node":"vote","total":2,"begun":1,"ended":2}]}`,
		"a set with nothing in it":             `{"seq":1,"next":4,"scopes":[{"id":1,"node":"vote","total":2,"begun":2}]}`,
		"an event at an activity that is over": `{"seq":1,"next":4,"tokens":[{"id":2,"node":"H9","for":1}]}`,
		"nothing at all":                       `{"seq":1,"next":4}`,
	} {
		var s workflow.State
		if err := json.Unmarshal([]byte(text), &s); err != nil {
			t.Fatal(err)
		}
		for _, e := range []workflow.Event{{Kind: workflow.EventComplete, Task: 1}, {Kind: workflow.EventCancel}, {Kind: workflow.EventRetry}} {
			if _, _, err := workflow.Step(d, s, e); !errors.Is(err, workflow.ErrState) {
				t.Errorf("%s, %s: %v", name, e.Kind, err)
			}
		}
	}
}
