package workflow_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"onedoor.app/engine/workflow"
)

// TestWhatGrowsIsSound: every construct within every other, made of blocks, is found sound.
func TestWhatGrowsIsSound(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d, err := workflow.Compiler{Plain: true}.Compile(workflow.Grow(t, 2, 30, false))
		if err != nil {
			t.Fatal(err)
		}
		r := workflow.Checker{MaxStates: 20_000}.Check(d)
		if len(r.Findings) > 0 {
			t.Fatalf("%d states: %v\n%s", r.States, r.Findings, d.Source())
		}
	})
}

// inside writes a subprocess from flows as sketch reads them.
func inside(id, attrs, flows, more string) string {
	src := string(sketch(flows, more))
	body := src[strings.Index(src, `<process id="p">`)+len(`<process id="p">`) : strings.Index(src, "</process>")]
	body = strings.NewReplacer(` id="`, ` id="i_`, `Ref="`, `Ref="i_`, `default="`, `default="i_`).Replace(body)
	return fmt.Sprintf(`<subProcess id="%s">%s%s</subProcess>`, id, attrs, body)
}

// held names a unit at each task.
func held(src []byte) []byte {
	return []byte(strings.ReplaceAll(string(src), "<userTask ", `<userTask gov:unit="u" `))
}

func TestCheckFindsWhatIsBrokenInTheWholeSubset(t *testing.T) {
	t.Parallel()
	const (
		each = `<multiInstanceLoopCharacteristics><loopCardinality>3</loopCardinality>%s</multiInstanceLoopCharacteristics>`
		or   = `<completionCondition>${nrOfCompletedInstances &gt;= 1}</completionCondition>`
		part = `<completionCondition>${nrOfCompletedInstances/nrOfInstances &gt;= 0.5}</completionCondition>`
	)
	decide := func(until string) string {
		return fmt.Sprintf(`<userTask id="decide" gov:act="grant|refuse">`+each+`</userTask>`, until)
	}
	timer := func(host, attrs string) string {
		return fmt.Sprintf(`<boundaryEvent id="H9" attachedToRef="%s"%s><timerEventDefinition><timeDuration>P5D</timeDuration></timerEventDefinition></boundaryEvent>`, host, attrs)
	}
	decided := law("begun", "begun grant granted!", "begun refuse refused!")
	for _, c := range []struct {
		name, flows, more string
		law               workflow.Law
		want              []string
		trace             string // of the first finding
	}{
		{"a deadlock in a subprocess", "S>sub sub>E", inside("sub", "", "S>X1 X1>a[x] X1>b* a>P1 b>P1 P1>E", ""), nil,
			[]string{"deadlock i_P1"}, "S, X1 -> i_X1_a_1, a"},
		{"a join in which two of a subprocess would mix, were they one", "S>sub sub>E",
			inside("sub", fmt.Sprintf(each, ""), "S>P1 P1>a P1>b a>P2 b>P2 P2>E", ""), nil, nil, ""},
		{"a join that one branch fills twice", "S>P1 P1>a P1>b P1>c a>X1 b>X1 X1>P2 c>P2 P2>E", "", nil, []string{"left_over P2", "twice P2"}, ""},
		{"an act of each of several instances", "S>decide decide>E", decide(""), decided, []string{"double_act decide grant|refuse"}, "S, decide [grant]"},
		{"an act of the first of several instances", "S>decide decide>E", decide(or), decided, nil, ""},
		{"an act of the first half of several instances", "S>decide decide>E", decide(part), decided, []string{"double_act decide grant|refuse"}, "S, decide [grant]"},
		{"two inclusive joins that wait for each other", "S>P1 P1>a P1>b a>O1 O1>c c>O2 b>O2 O2>d d>X1 X1>O1[back] X1>E*", "", nil,
			[]string{"deadlock O1"}, "S, a, b"},
		{"an event-based choice that leads to no end", "S>V1 V1>M1 V1>H1 M1>a H1>b a>E b>c c>b", "", nil, []string{"endless b"}, "S, H1"},
		{"a task never reached behind a gateway that cannot open", "S>X1 X1>a[x] X1>b* a>P1 b>P1 P1>c c>E", "", nil, []string{"deadlock P1"}, "S, X1 -> X1_a_1, a"},
		{"a task behind a join that nothing else leads to", "S>a a>E b>P1 c>P1 P1>b P1>c", "", nil, []string{"dead_task b", "dead_task c"}, ""},
		{"an inclusive split that is joined by a parallel gateway", "S>O1 O1>a[x] O1>b[y] O1>c* a>P1 b>P1 c>P1 P1>E", "", nil, []string{"deadlock P1"}, "S, O1 -> O1_c_3, c"},
		{"a parallel split that is joined by an exclusive gateway", "S>P1 P1>a P1>b a>X1 b>X1 X1>c c>E", "", nil, []string{"twice c"}, "S, a, b"},
		{"a reminder that opens again while it is open", "S>X1 X1>a a>X2 X2>X1[again] X2>E* H9>r r>E2", timer("a", ` cancelActivity="false"`), nil,
			[]string{"twice r"}, "S, H9, a, X2 -> X2_X1_3, H9"},
		{"a timer that lets two go on", "S>a a>X1 H9>X1 X1>b b>E", timer("a", ` cancelActivity="false"`), nil, []string{"twice b"}, "S, H9, a"},
		{"a timer that lets one go on", "S>a a>X1 H9>X1 X1>b b>E", timer("a", ""), nil, nil, ""},
		{"an act that a timer leaves out", "S>decide decide>E H9>E2", `<userTask id="decide" gov:act="grant|refuse"/>` + timer("decide", ""), decided,
			[]string{"not_final "}, "S, H9"},
		{"a terminate end that leaves a subprocess whole", "S>sub sub>a a>E", inside("sub", "", "S>P1 P1>b P1>c b>T c>E", ""), nil, nil, ""},
	} {
		d := plainly(t, held(sketch(c.flows, c.more)))
		r := workflow.Check(d, c.law)
		if got := brief(r); !slices.Equal(got, c.want) {
			t.Errorf("%s: found %q, want %q", c.name, got, c.want)
			continue
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

// TestGatewaysThatAskTheSame: a sound drawing is not called unsound because two gateways might
// answer one question differently.
func TestGatewaysThatAskTheSame(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, flows string
		fixed       []string
		sound       bool
	}{
		{"in one event", "S>P0 P0>X1 P0>X2 X1>a[x] X1>X3* X2>b[x] X2>X4* a>P1 b>P1 P1>E X3>Z1 Z1>P2 X4>Z2 Z2>P2 P2>E", nil, true},
		{"in one event, the other way round", "S>P0 P0>X1 P0>X2 X1>a[x] X1>X3* X2>X4[!(x)] X2>b* a>P1 b>P1 P1>E X3>Z1 Z1>P2 X4>Z2 Z2>P2 P2>E", nil, true},
		{"in different words", "S>P0 P0>X1 P0>X2 X1>a[x] X1>X3* X2>b[y] X2>X4* a>P1 b>P1 P1>E X3>Z1 Z1>P2 X4>Z2 Z2>P2 P2>E", nil, false},
		{"in two events", "S>P0 P0>m P0>n m>X1 n>X2 X1>a[x] X1>X3* X2>b[x] X2>X4* a>P1 b>P1 P1>E X3>Z1 Z1>P2 X4>Z2 Z2>P2 P2>E", nil, false},
		{"in two events, of what stays the same", "S>P0 P0>m P0>n m>X1 n>X2 X1>a[x] X1>X3* X2>b[x] X2>X4* a>P1 b>P1 P1>E X3>Z1 Z1>P2 X4>Z2 Z2>P2 P2>E", []string{"x"}, true},
		{"of an outcome", `S>q q>P0 P0>m P0>n m>X1 n>X2 X1>a[result["q"]=="good"] X1>X3* X2>b[result["q"]=="good"] X2>X4* a>P1 b>P1 P1>E X3>Z1 Z1>P2 X4>Z2 Z2>P2 P2>E`, nil, true},
		{"of an outcome that changes between", `S>q q>P0 P0>m P0>n m>X1 n>X2 X1>a[result["m"]=="good"] X1>X3* X2>b[result["m"]=="good"] X2>X4* a>P1 b>P1 P1>E X3>Z1 Z1>P2 X4>Z2 Z2>P2 P2>E`, nil, false},
	} {
		src := strings.ReplaceAll(string(held(sketch(strings.ReplaceAll(c.flows, `"`, "&quot;"), ""))), `&quot;`, `"`)
		r := workflow.Checker{Fixed: c.fixed}.Check(plainly(t, []byte(src)))
		if r.Sound() != c.sound {
			t.Errorf("%s: %d states, %v", c.name, r.States, r.Findings)
		}
	}
}

func TestCheckComparesTheLongestWay(t *testing.T) {
	t.Parallel()
	days := func(flows string, limits map[string]string, more string) *workflow.Def {
		src := string(held(sketch(flows, more)))
		for id, limit := range limits {
			src = strings.Replace(src, `id="`+id+`"`, `id="`+id+`" `+limit, 1)
		}
		return plainly(t, []byte(src))
	}
	d := days("S>a a>X1 X1>b b>X2 X2>X1[again] X2>P1* P1>c P1>d c>P2 d>e e>P2 P2>E",
		map[string]string{"a": `gov:limit="1"`, "b": `gov:limit="5"`, "c": `gov:limit="7"`, "d": `gov:limit="4"`, "e": `gov:limit="16" gov:limitUnit="hour"`}, "")
	for _, c := range []struct {
		limit int
		want  string
	}{
		{13, "[]"}, {0, "[]"},
		{12, "[over_limit of 13 days after a, b, X2 -> X2_X1_4, c]"},
	} {
		if got := fmt.Sprint(workflow.Checker{Limit: c.limit}.Check(d).Findings); got != c.want {
			t.Errorf("limit %d: %s, want %s", c.limit, got, c.want)
		}
	}
	d = days("S>sub sub>f f>E", map[string]string{"i_a": `gov:limit="3"`, "f": `gov:limit="9" gov:clock="stopped"`}, inside("sub", "", "S>a a>E", ""))
	if got := fmt.Sprint(workflow.Checker{Limit: 2}.Check(d).Findings); got != "[over_limit of 3 days after a]" {
		t.Errorf("in a subprocess: %s", got)
	}
	got := brief(workflow.Checker{Require: []string{"unit", "limit", "deputy"}}.Check(d))
	if want := []string{"missing f", "missing i_a"}; !slices.Equal(got, want) {
		t.Errorf("what is required: %q", got)
	}
}

// TestCheckJudgesTheWholeSubsetInTime: what is elsewhere in a drawing must not make it slow.
func TestCheckJudgesTheWholeSubsetInTime(t *testing.T) {
	t.Parallel()
	for name, src := range map[string][]byte{"a building project": project(), "ten branches of five": block(10, 5)} {
		d := plainly(t, held(src))
		begin := time.Now()
		r := workflow.Check(d, nil)
		t.Logf("%s: %d nodes, %d states in %v", name, len(d.Nodes()), r.States, time.Since(begin))
		if took := time.Since(begin); !r.Sound() || took > 5*time.Second {
			t.Errorf("%s: %d states in %v: %v", name, r.States, took, brief(r))
		}
	}
}

// block is branches of tasks in parallel, with an inclusive gateway, a timer, a subprocess and an
// event-based choice before and behind them.
func block(branches, tasks int) []byte {
	flows := "S>O1 O1>a[x] O1>b[y] O1>c* a>O2 b>O2 c>O2 O2>P1"
	for i := range branches {
		at := "P1"
		for k := range tasks {
			to := fmt.Sprintf("t%d_%d", i, k)
			flows += " " + at + ">" + to
			at = to
		}
		flows += " " + at + ">P2"
	}
	flows += " P2>sub sub>X9 H9>X9 X9>V1 V1>M1 V1>H1 M1>X8 H1>y y>X8 X8>E"
	return sketch(flows, inside("sub", "", "S>P1 P1>a P1>b a>P2 b>P2 P2>E", "")+
		`<boundaryEvent id="H9" attachedToRef="sub"><timerEventDefinition><timeDuration>P5D</timeDuration></timerEventDefinition></boundaryEvent>`)
}

// project is a building project: four stages, each a call with departments in parallel, a timer and
// several experts; one after the other with choices between them.
func project() []byte {
	var processes string
	flows := "S>first first>c0"
	more := ""
	for s := range 4 {
		stage := "S>O1 O1>p[x] O1>q[y] O1>r* p>O2 q>O2 r>O2 O2>P1"
		for k := range 8 {
			stage += fmt.Sprintf(" P1>d%d d%d>e%d e%d>P2", k, k, k, k)
		}
		stage += " P2>experts experts>X1 H9>X1 X1>E"
		src := string(sketch(stage, fmt.Sprintf(several, "", "<loopCardinality>3</loopCardinality>")+
			`<userTask id="experts"/><boundaryEvent id="H9" attachedToRef="experts"><timerEventDefinition><timeDuration>P5D</timeDuration></timerEventDefinition></boundaryEvent>`))
		src = strings.ReplaceAll(src, fmt.Sprintf(several, "", "<loopCardinality>3</loopCardinality>"), "")
		processes += strings.Replace(src[strings.Index(src, "<process"):strings.Index(src, "</definitions>")], `id="p"`, fmt.Sprintf(`id="stage%d"`, s), 1)
		more += fmt.Sprintf(`<callActivity id="c%d" calledElement="stage%d"/>`, s, s)
		flows += fmt.Sprintf(" c%d>XA%d XA%d>c%d[again%d] XA%d>w%d*", s, s, s, s, s, s, s)
		if s < 3 {
			flows += fmt.Sprintf(" w%d>c%d", s, s+1)
		}
	}
	src := string(sketch(flows+" w3>E", more))
	return []byte(strings.Replace(src, "</definitions>", processes+"</definitions>", 1))
}
