package workflow_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"onedoor.app/engine/workflow"
)

// played starts a case and completes tasks, or lets timers come, by the ids of their nodes.
func played(t *testing.T, d *workflow.Def, vars map[string]any, nodes ...string) workflow.State {
	t.Helper()
	s, _, err := workflow.Step(d, workflow.State{}, workflow.Event{Kind: workflow.EventStart, Vars: vars})
	for _, id := range nodes {
		if err != nil {
			t.Fatal(err)
		}
		e := workflow.Event{Kind: workflow.EventFire, Element: id, Vars: vars}
		for _, o := range s.Open(d) {
			if o.Node.ID == id {
				e = workflow.Event{Kind: workflow.EventComplete, Task: o.Task, Vars: vars}
			}
		}
		s, _, err = workflow.Step(d, s, e)
	}
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// places writes where a state stands.
func places(s workflow.State) string {
	var all []string
	for _, t := range s.Tokens {
		at := t.Node
		if t.Flow != "" {
			at += "<" + t.Flow
		}
		all = append(all, at)
	}
	return strings.Join(all, " ")
}

// unnamed takes the names of gateways away, as those have none whose ids were made up.
func unnamed(src []byte) []byte {
	return regexp.MustCompile(`(Gateway id="[^"]+") name="[^"]+"`).ReplaceAll(src, []byte("$1"))
}

func reasons(all []workflow.Obstacle) string {
	var text []string
	for _, o := range all {
		text = append(text, strings.TrimSpace(string(o.Kind)+" "+o.Node))
	}
	return strings.Join(text, ", ")
}

func TestACaseIsCarriedOver(t *testing.T) {
	t.Parallel()
	const (
		timer = `<boundaryEvent id="H9" attachedToRef="%s"%s><timerEventDefinition><timeDuration>P5D</timeDuration></timerEventDefinition></boundaryEvent>`
		each  = `<multiInstanceLoopCharacteristics%s><loopCardinality>3</loopCardinality></multiInstanceLoopCharacteristics>`
	)
	several := func(id, attrs string) string { return fmt.Sprintf(`<userTask id="%s">`+each+`</userTask>`, id, attrs) }
	sub := func(flows string) string { return inside("sub", "", flows, "") }
	vars := map[string]any{"x": true, "y": true}
	for _, c := range []struct {
		name          string
		was, wasMore  string
		play          string
		is, isMore    string
		known         workflow.Map
		want, refused string // where it stands, or why it cannot be
		found         string // what is wrong with going on from there
	}{
		{"a step is new before it", "S>a a>E", "", "", "S>n n>a a>E", "", nil, "a", "", ""},
		{"a step is new behind it", "S>a a>E", "", "", "S>a a>n n>E", "", nil, "a", "", ""},
		{"a step has another id", "S>a a>b b>E", "", "a", "S>a a>c c>E", "", workflow.Map{"b": "c"}, "c", "", ""},
		{"a step is gone and the case stands at it", "S>a a>b b>E", "", "a", "S>a a>E", "", nil, "", "unmapped b", ""},
		{"a step is dropped and the case stands at it", "S>a a>b b>E", "", "a", "S>a a>b b>E", "", workflow.Map{"b": ""}, "", "unmapped b", ""},
		{"a step is gone and the case has not come to it", "S>a a>b b>E", "", "", "S>a a>E", "", nil, "a", "", ""},
		{"a branch is done, gateways are numbered anew", "S>P1 P1>a P1>b a>P2 b>P2 P2>c c>E", "", "a",
			"S>P1 P1>n P1>m n>P2 m>P2 P2>P3 P3>a P3>b a>P4 b>P4 P4>c c>E", "", nil, "b P4<a_P4_8", "", ""},
		{"a branch is new", "S>P1 P1>a P1>b a>P2 b>P2 P2>c c>E", "", "a", "S>P1 P1>a P1>b P1>n a>P2 b>P2 n>P2 P2>c c>E", "", nil, "b P2<a_P2_4", "", "deadlock P2"},
		{"a branch that is done is longer", "S>P1 P1>a P1>b a>P2 b>P2 P2>c c>E", "", "a", "S>P1 P1>a P1>b a>n n>P2 b>P2 P2>c c>E", "", nil, "b P2<n_P2_4", "", ""},
		{"a branch that is done is gone", "S>P1 P1>a P1>b P1>c a>P2 b>P2 c>P2 P2>d d>E", "", "a", "S>P1 P1>b P1>c b>P2 c>P2 P2>d d>E", "", nil, "b c", "", ""},
		{"a branch that is done comes first", "S>P1 P1>a P1>b P1>c a>P2 b>P2 c>P2 P2>d d>E", "", "a", "S>a a>P1 P1>b P1>c b>P2 c>P2 P2>d d>E", "", nil, "b c", "", ""},
		{"a branch that is done comes last", "S>P1 P1>a P1>b P1>c a>P2 b>P2 c>P2 P2>d d>E", "", "a", "S>P1 P1>b P1>c b>P2 c>P2 P2>a a>d d>E", "", nil, "", "again a", ""},
		{"one after the other, the first is done", "S>P1 P1>a P1>b a>P2 b>P2 P2>c c>E", "", "a", "S>a a>b b>c c>E", "", nil, "b", "", ""},
		{"one after the other, the second is done", "S>P1 P1>a P1>b a>P2 b>P2 P2>c c>E", "", "b", "S>a a>b b>c c>E", "", nil, "", "again b", ""},
		{"one after the other, nothing is done", "S>P1 P1>a P1>b a>P2 b>P2 P2>c c>E", "", "", "S>a a>b b>c c>E", "", nil, "a b", "", "twice b"},
		{"an inclusive join", "S>O1 O1>a[x] O1>b[y] O1>c* a>O2 b>O2 c>O2 O2>d d>E", "", "a", "S>O1 O1>a[x] O1>b[y] O1>c* a>O2 b>O2 c>O2 O2>n n>d d>E", "", nil, "b O2<a_O2_4", "", ""},
		{"a join of another kind", "S>P1 P1>a P1>b a>P2 b>P2 P2>c c>E", "", "a", "S>O1 O1>a[x] O1>b* a>O2 b>O2 O2>c c>E", "", nil, "b", "", ""},
		{"a timer is gone", "S>a a>E H9>E2", fmt.Sprintf(timer, "a", ""), "", "S>a a>E", "", nil, "a", "", ""},
		{"a timer is new", "S>a a>E", "", "", "S>a a>E H9>E2", fmt.Sprintf(timer, "a", ""), nil, "a H9", "", ""},
		{"a timer that has come does not come again", "S>a a>E H9>Z1 Z1>E2", fmt.Sprintf(timer, "a", ` cancelActivity="false"`), "H9",
			"S>a a>n n>E H9>Z1 Z1>E2", fmt.Sprintf(timer, "a", ` cancelActivity="false"`), nil, "a", "", ""},
		{"a timer at another step", "S>a a>b b>E H9>E2", fmt.Sprintf(timer, "a", ""), "", "S>a a>b b>E H9>E2", fmt.Sprintf(timer, "b", ""), nil, "", "elsewhere H9", ""},
		{"of three instances one is done", "S>a a>b b>E", several("a", ""), "a", "S>a a>n n>E", several("a", ""), nil, "a a", "", ""},
		{"three instances become one", "S>a a>E", several("a", ""), "", "S>a a>E", "", nil, "", "several a", ""},
		{"one becomes three instances", "S>a a>E", "", "", "S>a a>E", several("a", ""), nil, "", "several a", ""},
		{"instances one after the other", "S>a a>E", several("a", ` isSequential="true"`), "a", "S>a a>n n>E", several("a", ` isSequential="true"`), nil, "a", "", ""},
		{"instances otherwise", "S>a a>E", several("a", ` isSequential="true"`), "a", "S>a a>E", several("a", ""), nil, "", "several a", ""},
		{"in a subprocess", "S>sub sub>E", sub("S>P1 P1>a P1>b a>P2 b>P2 P2>E"), "a", "S>sub sub>n n>E", sub("S>P1 P1>a P1>b a>P2 b>P2 P2>c c>E"), nil, "i_b i_P2<i_a_P2_3", "", ""},
		{"out of a subprocess", "S>sub sub>E", sub("S>a a>E"), "", "S>a a>E", "", workflow.Map{"i_a": "a"}, "", "unmapped sub", ""},
		{"into a subprocess", "S>a a>E", "", "", "S>sub sub>E", sub("S>a a>E"), workflow.Map{"a": "i_a"}, "", "elsewhere a", ""},
		{"a choice between events, one is gone, one is new", "S>V1 V1>M1 V1>H1 M1>E H1>a a>E", "", "", "S>V1 V1>H2 V1>H1 H2>E H1>a a>E", "", nil, "H1 H2", "", ""},
		{"a choice between events becomes one event", "S>V1 V1>M1 V1>H1 M1>E H1>a a>E", "", "", "S>H1 H1>a a>E", "", nil, "", "kind H1", ""},
		{"what could not be decided gets a default way", "S>X1 X1>a[z] X1>b[z] a>E b>E", "", "", "S>X1 X1>a[z] X1>b* a>E b>E", "", nil, "X1<S_X1_0", "", ""},
		{"a step becomes an event", "S>a a>E", "", "", "S>H1 H1>E", "", workflow.Map{"a": "H1"}, "", "kind a", ""},
		{"two steps become one", "S>P1 P1>a P1>b a>P2 b>P2 P2>c c>E", "", "", "S>a a>c c>E", "", workflow.Map{"a": "a", "b": "a"}, "", "merged b", ""},
		{"it never ends from there", "S>a a>E", "", "", "S>a a>b b>a", "", nil, "a", "", "endless a"},
	} {
		was, is := plainly(t, unnamed(sketch(c.was, c.wasMore))), plainly(t, unnamed(sketch(c.is, c.isMore)))
		ids := strings.Fields(c.play)
		for i, id := range ids {
			if was.Node(id) == nil {
				ids[i] = "i_" + id
			}
		}
		s := played(t, was, vars, ids...)
		g := workflow.NewMigration(was, is, workflow.Match(was, is, c.known))
		before := fmt.Sprintf("%+v", s)
		next, _, no := g.Apply(s)
		if fmt.Sprintf("%+v", s) != before {
			t.Errorf("%s: it changed the state", c.name)
		}
		if reasons(no) != c.refused {
			t.Errorf("%s: refused for %q, want %q; it stands at %s", c.name, reasons(no), c.refused, places(next))
			continue
		}
		if len(no) > 0 {
			if !reflect.DeepEqual(next, s) {
				t.Errorf("%s: refused, and it changed", c.name)
			}
			continue
		}
		if places(next) != c.want {
			t.Errorf("%s: it stands at %q, want %q", c.name, places(next), c.want)
		}
		if got := strings.Join(brief(workflow.Checker{}.From(is, next, "")), ", "); got != c.found {
			t.Errorf("%s: from there %q, want %q", c.name, got, c.found)
		}
	}
}

func TestWhatLiesAheadIsCompared(t *testing.T) {
	t.Parallel()
	was := plainly(t, sketch("S>a a>b b>c c>E", ""))
	is := plainly(t, sketch("S>n n>b b>a a>c c>E", ""))
	s := played(t, was, nil, "a")
	g := workflow.NewMigration(was, is, workflow.Match(was, is, nil))
	next, _, no := g.Apply(s)
	if len(no) > 0 {
		t.Fatal(no)
	}
	never, again := g.Outlook(s, next)
	ids := func(nodes []*workflow.Node) (all []string) {
		for _, n := range nodes {
			all = append(all, n.ID)
		}
		return all
	}
	if got := fmt.Sprint(ids(never), ids(again)); got != "[n] [a]" {
		t.Errorf("never and again are %s", got)
	}
}

func TestWhatWasDoneIsNotTakenForSomethingElse(t *testing.T) {
	t.Parallel()
	was := plainly(t, sketch("S>a a>b b>c c>E", ""))
	is := plainly(t, sketch(`S>k k>X1 X1>c[result.b=="no"] X1>a* a>c c>E`, ""))
	for _, c := range []struct {
		known workflow.Map
		want  string
	}{
		{nil, "past b"},
		{workflow.Map{"b": "k"}, ""},
		{workflow.Map{"b": "k", "a": ""}, "past a"},
		{workflow.Map{"b": "k", "a": "c"}, ""},
	} {
		g := workflow.NewMigration(was, is, workflow.Match(was, is, c.known))
		if got := reasons(g.Past("a", "b", "long gone")); got != c.want {
			t.Errorf("%v: %q, want %q", c.known, got, c.want)
		}
	}
}

// TestEveryExpressionMayAskForWhatWasDone: conditions, tables and instances alike, in whatever way they are written.
func TestEveryExpressionMayAskForWhatWasDone(t *testing.T) {
	t.Parallel()
	was := plainly(t, sketch("S>a a>b b>E", ""))
	several := func(inner string) string {
		return `<userTask id="m"><multiInstanceLoopCharacteristics>` + inner + `</multiInstanceLoopCharacteristics></userTask>`
	}
	table := func(input, then string) string {
		return `<businessRuleTask id="m"><extensionElements><gov:table hit="first"><gov:input>` + input + `</gov:input><gov:output>level</gov:output><gov:row><gov:when></gov:when><gov:then>` + then +
			`</gov:then></gov:row></gov:table></extensionElements></businessRuleTask>`
	}
	const head = `<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:gov="https://onedoor.app/bpmn"><process id="p"><startEvent id="s"/><endEvent id="e"/><userTask id="b"/>`
	for _, c := range []struct{ name, more, want string }{
		{"the input of a table", table(`result["a"]`, `"x"`), "past a"},
		{"what a table gives", table(`result.b`, `result.a`), "past a"},
		{"how many", several(`<loopCardinality>result["a"] == "agree" ? 1 : 2</loopCardinality>`), "past a"},
		{"until when", several(`<loopCardinality>2</loopCardinality><completionCondition>result['a'] == "agree"</completionCondition>`), "past a"},
		{"any of them", table(`result[level]`, `"x"`), "past a"},
		{"another", table(`result["b"]`, `"x"`), ""},
	} {
		is, err := workflow.Compiler{Plain: true}.Compile([]byte(head + c.more + `<sequenceFlow id="f1" sourceRef="s" targetRef="b"/><sequenceFlow id="f2" sourceRef="b" targetRef="m"/><sequenceFlow id="f3" sourceRef="m" targetRef="e"/></process></definitions>`))
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if got := reasons(workflow.NewMigration(was, is, workflow.Match(was, is, nil)).Past("a")); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestTwoActivitiesDoNotGoOnAsOne(t *testing.T) {
	t.Parallel()
	was := plainly(t, sketch("S>a a>b b>E", ""))
	is := plainly(t, sketch("S>b b>E", ""))
	s := played(t, was, nil, "a")
	for _, c := range []struct {
		known workflow.Map
		want  string
	}{
		{workflow.Map{"a": "b", "b": "b"}, "merged b"},
		{workflow.Map{"a": ""}, ""},
	} {
		next, fx, no := workflow.NewMigration(was, is, c.known).Apply(s)
		if got := reasons(no); got != c.want || len(no) > 0 && (len(fx) > 0 || !reflect.DeepEqual(next, s)) {
			t.Errorf("%v: %q, want %q; %v", c.known, got, c.want, next)
		}
	}
}

// TestTheLawGoesOnFromWhereTheCaseStands: a second decision is found although the first was made
// before the case was carried over.
func TestTheLawGoesOnFromWhereTheCaseStands(t *testing.T) {
	t.Parallel()
	decided := law("open", "open look open", "open grant granted!")
	d := plainly(t, drawing("S>a[look],a>b[grant],b>E"))
	s := played(t, d, nil, "a")
	for state, want := range map[string]string{"open": "[]", "granted": "[out_of_order b grant]"} {
		if got := fmt.Sprint(brief(workflow.Checker{Law: decided}.From(d, s, state))); got != want {
			t.Errorf("from %s: %s, want %s", state, got, want)
		}
	}
}

// TestCarryingOverKeepsCompletion plays random cases of everything in the subset. Carried over to its
// own drawing a case stays as it is. Carried over to a changed one it is refused and stays as it is, or
// what it is then survives its JSON, and where the proof holds it comes to a clean end whatever happens.
func TestCarryingOverKeepsCompletion(t *testing.T) {
	t.Parallel()
	moved, refused := 0, 0
	often(t, func(t *rapid.T) {
		src := workflow.Grow(t, 3, 60, false)
		d, err := workflow.Compiler{Plain: true}.Compile(src)
		if err != nil {
			t.Fatal(err)
		}
		next, err := workflow.Compiler{Plain: true}.Compile(workflow.Spoil(t, src))
		if err != nil {
			return // it is no drawing any more
		}
		for id, to := range workflow.Match(d, d, nil) {
			if id != to {
				t.Fatalf("%s of itself is %q\n%s", id, to, src)
			}
		}
		self := workflow.NewMigration(d, d, nil)
		other := workflow.NewMigration(d, next, workflow.Match(d, next, nil))
		l := newLife(t, d)
		over := rapid.IntRange(1, 8).Draw(t, "over")
		for round := 0; round < over && !l.state.Done; round++ {
			l.step(l.event(round))
			same, fx, no := self.Apply(l.state)
			switch {
			case l.state.Done:
			case len(no) > 0 || len(fx) > 0 || marshal(t, same) != marshal(t, l.state):
				t.Fatalf("carried over to itself: %v %v\n%s\n%s", no, tell(fx), marshal(t, same), src)
			case same.Marking(d) != l.state.Marking(d):
				t.Fatal("one state has two markings")
			}
		}
		if l.state.Done {
			return
		}
		before := marshal(t, l.state)
		state, fx, no := other.Apply(l.state)
		if marshal(t, l.state) != before || len(no) > 0 && marshal(t, state) != before {
			t.Fatalf("%s became %s", before, marshal(t, state))
		}
		if len(no) > 0 || len(workflow.Checker{MaxStates: 20_000}.From(next, state, "").Findings) > 0 {
			refused++
			return
		}
		moved++
		var back workflow.State
		if err := json.Unmarshal([]byte(marshal(t, state)), &back); err != nil || marshal(t, back) != marshal(t, state) {
			t.Fatalf("%s came back from JSON as %s: %v", marshal(t, state), marshal(t, back), err)
		}
		l.goOn(next, state, fx)
	})
	t.Logf("%d were carried over, %d refused", moved, refused)
	if moved == 0 || refused == 0 {
		t.Error("one of both was not tried")
	}
}

// goOn plays the rest of a life in another drawing.
func (l *life) goOn(d *workflow.Def, s workflow.State, fx []workflow.Effect) {
	books := map[workflow.EffectKind]map[uint32]string{workflow.WaitBegun: l.waits, workflow.WaitWithdrawn: l.waits}
	for _, f := range fx {
		if f.Kind == workflow.WaitWithdrawn {
			delete(books[f.Kind], f.Token)
		} else {
			books[f.Kind][f.Token] = f.Node.ID
		}
	}
	for _, t := range s.Tokens { // what goes on does so under the names of the new drawing
		for _, book := range []map[uint32]string{l.tasks, l.waits} {
			if _, known := book[t.ID]; known {
				book[t.ID] = t.Node
			}
		}
	}
	src, was := d.Source(), marshal(l.t, l.state)
	l.def, l.state, l.last = d, s, s
	l.consistentBooks(was)
	for round := late + 1; !l.state.Done; round++ {
		if round > 400 {
			return // a loop of the changed drawing that the conditions of this weather never leave
		}
		e := l.event(round)
		if _, _, err := workflow.Step(d, l.state, e); errors.Is(err, workflow.ErrBound) {
			return // the same, of activities that have no instance in this weather
		}
		l.step(e)
	}
	if len(l.tasks)+len(l.waits) > 0 {
		l.t.Fatalf("over, and still open are %v %v\n%s", l.tasks, l.waits, src)
	}
}

// consistentBooks checks that the effects of carrying over told all that is open then.
func (l *life) consistentBooks(was string) {
	for _, o := range l.state.Open(l.def) {
		if l.tasks[o.Task] != o.Node.ID {
			l.t.Fatalf("open is %d %s, the books have %v; it was %s", o.Task, o.Node.ID, l.tasks, was)
		}
	}
	waits := l.state.Waits(l.def)
	for _, w := range waits {
		if l.waits[w.Token] != w.Node.ID {
			l.t.Fatalf("waited for is %d %s, the books have %v; it was %s", w.Token, w.Node.ID, l.waits, was)
		}
	}
	if len(waits) != len(l.waits) || len(l.state.Open(l.def)) != len(l.tasks) {
		l.t.Fatalf("the books have %v %v, the state %s; it was %s", l.tasks, l.waits, marshal(l.t, l.state), was)
	}
}

// TestManyInstancesAreProvedAsTwo: how many there are changes neither the marking nor the effort.
func TestManyInstancesAreProvedAsTwo(t *testing.T) {
	t.Parallel()
	more := `<userTask id="a"><multiInstanceLoopCharacteristics><loopCardinality>n</loopCardinality></multiInstanceLoopCharacteristics></userTask>`
	d := plainly(t, sketch("S>a a>b b>E", more))
	markings := map[string]int{}
	for _, n := range []float64{1, 2, 3, 900} {
		s := played(t, d, map[string]any{"n": n})
		r := workflow.Checker{}.From(d, s, "")
		if len(r.Findings) > 0 || r.TooLarge || r.States > 4 {
			t.Errorf("%v instances: %d states, %v", n, r.States, brief(r))
		}
		markings[s.Marking(d)]++
	}
	if len(markings) != 2 || !slices.Contains([]int{markings[played(t, d, map[string]any{"n": 5.0}).Marking(d)]}, 3) {
		t.Errorf("the markings are %v", markings)
	}
}
