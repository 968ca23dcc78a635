package workflow_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"onedoor.app/engine/workflow"
)

func brief(r *workflow.Report) []string {
	var out []string
	for _, f := range r.Findings {
		s := fmt.Sprintf("%s %s", f.Kind, f.Node)
		if f.Act != "" {
			s += " " + f.Act
		}
		out = append(out, s)
	}
	slices.Sort(out)
	return out
}

func TestCheckFindsWhatIsBroken(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, flows string
		law         workflow.Law
		want        []string
		trace       string // of the first finding
	}{
		{"a sound sequence", "S>a, a>b, b>E", nil, nil, ""},
		{"sound work in parallel", "S>P1, P1>a, P1>b, a>P2, b>P2, P2>E", nil, nil, ""},
		{"a sound loop", "S>X1, X1>a, a>X2, X2>X1, X2>E", nil, nil, ""},
		{"a divide by choice that is joined as parallel", "S>X1, X1>a, X1>b, a>P1, b>P1, P1>E", nil,
			[]string{"deadlock P1"}, "S, X1 -> f1, Task a"},
		{"a divide in parallel that is merged as choice", "S>P1, P1>a, P1>b, a>X1, b>X1, X1>c, c>E", nil,
			[]string{"twice c"}, "S, Task a, Task b"},
		{"an end reached while a token waits for ever", "S>P1, P1>a, P1>b, a>X1, X1>E1, X1>P2, b>P2, P2>E2", nil,
			[]string{"left_over P2"}, "S, Task a, X1 -> f4, Task b"},
		{"a task that nothing leads to", "S>a, a>E, b>P1, c>P1, P1>b, P1>c", nil, []string{"dead_task b", "dead_task c"}, ""},
		{"an end that nothing leads to", "S>a, a>E, b>P1, P1>b, P1>E2", nil, []string{"dead_end E2", "dead_task b"}, ""},
		{"a round without a way out", "S>X1, X1>a, X1>E, a>b, b>a", nil, []string{"endless a"}, "S, X1 -> f1"},
		{"two parallel ways to two ends", "S>P1, P1>a, P1>b, a>E1, b>E2", nil, nil, ""},
		{"an end that stops the rest", "S>P1, P1>a, P1>b, a>T, b>E2", nil, nil, ""},
		{"two tokens on one way into a join", "S>P1, P1>a, P1>b, P1>c, a>X1, b>X1, X1>P2, c>P2, P2>E", nil,
			[]string{"left_over P2", "twice P2"}, ""},

		{"a lawful licence", "S>a[accept], a>o[opinion], o>d[grant|refuse], d>i[certify|deliver], i>E", licensing, nil, ""},
		{"a decision before acceptance", "S>d[grant|refuse], d>E", licensing, []string{"out_of_order d grant|refuse"}, "S"},
		{"a second decision", "S>a[accept], a>d1[refuse], d1>d2[refuse|grant], d2>E", licensing, []string{"double_act d2 refuse|grant"}, "S, Task a [accept], Task d1 [refuse]"},
		{"two desks deciding at once", "S>a[accept], a>P1, P1>d1[grant|refuse], P1>d2[grant|refuse], d1>P2, d2>P2, P2>i[certify|deliver], i>E", licensing,
			[]string{"double_act d1 grant|refuse", "double_act d2 grant|refuse"}, "S, Task a [accept], Task d1 [grant]"},
		{"an opinion that may come after the decision", "S>a[accept], a>P1, P1>o[opinion], P1>d[refuse], o>P2, d>P2, P2>E", licensing,
			[]string{"out_of_order o opinion"}, "S, Task a [accept], Task d [refuse]"},
		{"an end before the law is at its end", "S>a[accept], a>E", licensing, []string{"not_final "}, "S, Task a [accept]"},
		{"an act that is never legal", "S>a[accept|deliver], a>d[refuse], d>E", licensing, []string{"dead_act a deliver"}, ""},
		{"opinions in parallel", "S>a[accept], a>P1, P1>b[opinion], P1>c[opinion], b>P2, c>P2, P2>d[refuse], d>E", licensing, nil, ""},
	} {
		r := workflow.Check(draw(t, c.flows), c.law)
		if got := brief(r); !slices.Equal(got, c.want) {
			t.Errorf("%s: found %q, want %q", c.name, got, c.want)
			continue
		}
		if r.TooLarge || r.Sound() != (len(c.want) == 0) {
			t.Errorf("%s: %+v", c.name, r)
		}
		if c.trace != "" {
			var hops []string
			for _, h := range r.Findings[0].Trace {
				hops = append(hops, h.String())
			}
			if got := strings.Join(hops, ", "); got != c.trace {
				t.Errorf("%s: trace %s, want %s", c.name, got, c.trace)
			}
		}
	}
}

func TestCheckNamesTasksWithoutHolderAndGatewaysWithoutDefault(t *testing.T) {
	t.Parallel()
	src := strings.NewReplacer(` default="f3"`, "", `step["f2"]`, `case.a == 1`, `targetRef="E"></sequenceFlow>`, `targetRef="E"><conditionExpression>case.a == 2</conditionExpression></sequenceFlow>`,
		`<userTask id="b" name="Task b" gov:unit="u"`, `<userTask id="b"`).Replace(string(drawing("S>a, a>X1, X1>b, X1>E, b>E2")))
	r := workflow.Check(compile(t, []byte(src)), nil)
	if got, want := brief(r), []string{"no_default X1", "no_holder b"}; !slices.Equal(got, want) {
		t.Errorf("found %q, want %q", got, want)
	}
}

func TestCheckWithStepsKnown(t *testing.T) {
	t.Parallel()
	d := encode(t, "instant", instant())
	loose := workflow.Check(d, licensing)
	if loose.Sound() {
		t.Error("leaving acceptance out went unnoticed")
	}
	l := law("drafted", "drafted accept accepted", "accepted grant granted!", "accepted refuse refused!", "granted! deliver delivered!", "refused! deliver delivered!")
	if r := (workflow.Checker{Law: l, Steps: map[string]bool{"accept": true}}).Check(d); !r.Sound() {
		t.Errorf("with acceptance fixed: %v", r.Findings)
	}
	r := workflow.Checker{Law: l, Steps: map[string]bool{"accept": false}}.Check(d)
	if got, want := brief(r), []string{"out_of_order decide grant|refuse"}; !slices.Equal(got, want) {
		t.Errorf("without acceptance: %q, want %q", got, want)
	}
}

// construction is work of the size of a building project: stages one after the
// other, each with departments side by side.
func construction(stages, departments, tasks int, act string) workflow.Block {
	var all workflow.Sequence
	for s := range stages {
		stage := workflow.Concurrent{}
		for d := range departments {
			var chain workflow.Sequence
			for k := range tasks {
				chain = append(chain, workflow.Task{ID: fmt.Sprintf("t_%d_%d_%d", s, d, k), Post: "p", Act: act, Optional: k%2 == 1})
			}
			stage.Branches = append(stage.Branches, chain)
		}
		all = append(all, stage)
	}
	return all
}

func TestCheckJudgesLargeDrawingsInTime(t *testing.T) {
	t.Parallel()
	open := law("open!", "open! opinion open!")
	for _, c := range []struct {
		name string
		def  *workflow.Def
		law  workflow.Law
	}{
		{"four stages of ten departments", encode(t, "p", construction(4, 10, 2, "")), nil},
		{"ten chains of five", encode(t, "p", construction(1, 10, 5, "")), nil},
		{"ten chains of five under a law", encode(t, "p", construction(1, 10, 5, "opinion")), open},
		{"a chain of three hundred", encode(t, "p", construction(1, 1, 300, "opinion")), open},
	} {
		begin := time.Now()
		r := workflow.Check(c.def, c.law)
		if took := time.Since(begin); !r.Sound() || took > 5*time.Second {
			t.Errorf("%s: %d states in %v: %v", c.name, r.States, took, brief(r))
		}
	}
}

func TestCheckSaysWhenADrawingIsTooLarge(t *testing.T) {
	t.Parallel()
	r := workflow.Checker{MaxStates: 10}.Check(encode(t, "p", construction(2, 5, 5, "")))
	if !r.TooLarge || r.Sound() || len(r.Findings) != 0 {
		t.Errorf("%+v", r)
	}
}

func BenchmarkCheck(b *testing.B) {
	d := encode(b, "p", construction(4, 9, 2, "opinion"))
	open := law("open!", "open! opinion open!")
	states := 0
	for b.Loop() {
		states = workflow.Check(d, open).States
	}
	b.ReportMetric(float64(states), "states")
}

func TestFindingsReadWell(t *testing.T) {
	t.Parallel()
	r := workflow.Check(draw(t, "S>a[accept], a>d1[refuse], d1>d2[refuse], d2>E"), licensing)
	if len(r.Findings) != 1 {
		t.Fatalf("found %v", r.Findings)
	}
	want := "double_act d2 Task d2 refuse in refused! after S, Task a [accept], Task d1 [refuse]"
	if got := r.Findings[0].String(); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// TestMovesAreBounded: an inclusive gateway of many ways is many moves between few states.
func TestMovesAreBounded(t *testing.T) {
	t.Parallel()
	flows := ""
	for i := range 12 {
		flows += fmt.Sprintf(" O1>a%d[x%d] a%d>b%d b%d>O2", i, i, i, i, i)
	}
	d := plainly(t, held(sketch("S>O1 O2>E"+flows, "")))
	if r := (workflow.Checker{MaxMoves: 2_000}).Check(d); !r.TooLarge || r.Sound() {
		t.Errorf("explored %d states and says the whole", r.States)
	}
	small := plainly(t, held(sketch("S>a a>b b>E", "")))
	if r := (workflow.Checker{MaxMoves: 2_000}).Check(small); r.TooLarge || !r.Sound() {
		t.Errorf("a small one is %+v", r)
	}
}
