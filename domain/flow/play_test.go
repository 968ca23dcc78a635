package flow

import (
	"fmt"
	"slices"
	"testing"

	"onedoor.app/engine/workflow"
	"onedoor.app/infra/fault"
)

func TestADrawingIsPlayed(t *testing.T) {
	t.Parallel()
	def := drawn(t, plan())
	large := map[string]any{"area": "301"}
	hot := map[string]string{"q1": "a"}
	start := Move{Kind: workflow.EventStart, Form: large, Answer: hot}
	done := func(n uint32, outcome string) Move {
		return Move{Kind: workflow.EventComplete, Task: n, Outcome: outcome, Form: large, Answer: hot}
	}
	look := func(moves ...Move) Scene {
		t.Helper()
		s, err := Play(def, moves)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	says := func(s Scene) (text string) {
		for _, o := range s.Open {
			text += fmt.Sprintf("%s %d,", o.Node.ID, o.Token)
		}
		return text
	}
	if s := look(); len(s.Tokens) != 0 || s.Over {
		t.Errorf("nothing has happened, yet %+v", s)
	}
	first := look(start)
	if len(first.Open) != 3 || len(first.Tokens) != 3 {
		t.Fatalf("open are %s", says(first))
	}
	if small := look(Move{Kind: workflow.EventStart}); len(small.Open) != 2 {
		t.Errorf("without answers %s are open", says(small))
	}
	moves := []Move{start}
	for _, o := range first.Open {
		moves = append(moves, done(o.Token, "agree"))
	}
	before := look(moves...)
	if len(before.Open) != 1 || before.Open[0].Node.ID != "t5" || !slices.Contains(before.Passed, "t3") {
		t.Fatalf("after the three %s are open, passed %v", says(before), before.Passed)
	}
	moves = append(moves, done(before.Open[0].Token, "agree"))
	last := look(moves...).Open[0]
	if !slices.Equal(last.Outcome, []string{"grant", "refuse"}) {
		t.Errorf("the decision may end with %v", last.Outcome)
	}
	if end := look(append(moves, done(last.Token, "grant"))...); !end.Over || len(end.Tokens) != 0 {
		t.Errorf("it ends as %+v", end)
	}
	if back := look(moves[:len(moves)-1]...); says(back) != says(before) {
		t.Errorf("one step back %s are open, want %s", says(back), says(before))
	}
	for name, one := range map[string]struct {
		moves []Move
		code  string
	}{
		"not begun":     {[]Move{done(1, "")}, "flow.play.cannot"},
		"no such task":  {[]Move{start, done(99, "")}, "flow.play.cannot"},
		"begun already": {[]Move{start, start}, "flow.play.cannot"},
		"no playing":    {[]Move{start, {Kind: workflow.EventCancel}}, "flow.play.cannot"},
		"for ever":      {make([]Move, mostMoves+1), "flow.play.long"},
	} {
		if _, err := Play(def, one.moves); fault.Code(err) != one.code {
			t.Errorf("%s: %v, want %s", name, err, one.code)
		}
	}
}

func TestWaitsAndWhatIsStuckArePlayed(t *testing.T) {
	t.Parallel()
	def, err := workflow.Compile([]byte(`<?xml version="1.0"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:gov="https://onedoor.app/bpmn">
 <message id="m" name="supplement"/>
 <process id="p"><startEvent id="a"/><intermediateCatchEvent id="c"><messageEventDefinition messageRef="m"/></intermediateCatchEvent>
  <exclusiveGateway id="x" name="哪条路"/><userTask id="u" name="办"/><userTask id="v" name="另办"/>
  <boundaryEvent id="b" attachedToRef="u"><timerEventDefinition><timeDuration>P3D</timeDuration></timerEventDefinition></boundaryEvent>
  <endEvent id="z"/>
  <sequenceFlow id="f1" sourceRef="a" targetRef="c"/><sequenceFlow id="f2" sourceRef="c" targetRef="x"/>
  <sequenceFlow id="f3" sourceRef="x" targetRef="u"><conditionExpression>form["area"] == "big"</conditionExpression></sequenceFlow>
  <sequenceFlow id="f4" sourceRef="x" targetRef="v"><conditionExpression>form["area"] == "small"</conditionExpression></sequenceFlow>
  <sequenceFlow id="f5" sourceRef="u" targetRef="z"/><sequenceFlow id="f6" sourceRef="v" targetRef="z"/><sequenceFlow id="f7" sourceRef="b" targetRef="v"/>
 </process></definitions>`))
	if err != nil {
		t.Fatal(err)
	}
	moves := []Move{{Kind: workflow.EventStart}}
	step := func(m Move, want string) Scene {
		t.Helper()
		moves = append(moves, m)
		s, err := Play(def, moves)
		if err != nil {
			t.Fatal(err)
		}
		got := fmt.Sprintf("%d open, %d waits, %d stuck", len(s.Open), len(s.Waits), len(s.Stuck))
		if got != want {
			t.Errorf("%s: %s, want %s", m.Kind, got, want)
		}
		return s
	}
	stuck := step(Move{Kind: workflow.EventMessage, Message: "supplement"}, "0 open, 0 waits, 1 stuck")
	if p := stuck.Stuck[0]; p.Element != "x" || p.Why != workflow.ReasonNoWay {
		t.Errorf("it is stuck at %+v", p)
	}
	on := step(Move{Kind: workflow.EventRetry, Form: map[string]any{"area": "big"}}, "1 open, 1 waits, 0 stuck")
	step(Move{Kind: workflow.EventFire, Task: on.Waits[0].Token}, "1 open, 0 waits, 0 stuck")
}
