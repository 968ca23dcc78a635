package workflow_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"onedoor.app/engine/workflow"
)

// sketch writes a plain BPMN file from flows such as "S>a a>O1 O1>b[x] O1>c* b>O2 c>O2 O2>E": a
// condition stands in brackets and names variables, a star marks the default flow. The first letter
// of a name says what it is: S start, E end, T terminate end, X exclusive, P parallel, O inclusive and
// V event-based gateway, M message event, H timer event, D business rule task, Z service task; any other is a user task. more is put into the process as it is;
// what it declares is not made anew.
func sketch(flows, more string) []byte {
	var b, f strings.Builder
	var nodes []string
	defaults := map[string]string{}
	for i, w := range strings.Fields(flows) {
		from, to, _ := strings.Cut(w, ">")
		to, isDefault := strings.CutSuffix(to, "*")
		to, cond, _ := strings.Cut(strings.TrimSuffix(to, "]"), "[")
		id := fmt.Sprintf("%s_%s_%d", from, to, i)
		if isDefault {
			defaults[from] = id
		}
		if cond != "" {
			cond = "<conditionExpression>" + cond + "</conditionExpression>"
		}
		fmt.Fprintf(&f, `<sequenceFlow id="%s" sourceRef="%s" targetRef="%s">%s</sequenceFlow>`, id, from, to, cond)
		for _, n := range []string{from, to} {
			if !slices.Contains(nodes, n) && !strings.Contains(more, `id="`+n+`"`) {
				nodes = append(nodes, n)
			}
		}
	}
	for _, n := range nodes {
		tag, inner := "userTask", ""
		switch n[0] {
		case 'S':
			tag = "startEvent"
		case 'E':
			tag = "endEvent"
		case 'T':
			tag, inner = "endEvent", "<terminateEventDefinition/>"
		case 'X':
			tag = "exclusiveGateway"
		case 'P':
			tag = "parallelGateway"
		case 'O':
			tag = "inclusiveGateway"
		case 'V':
			tag = "eventBasedGateway"
		case 'M':
			tag, inner = "intermediateCatchEvent", `<messageEventDefinition messageRef="`+n+`"/>`
		case 'H':
			tag, inner = "intermediateCatchEvent", "<timerEventDefinition><timeDuration>P1D</timeDuration></timerEventDefinition>"
		case 'D':
			tag = "businessRuleTask"
		case 'Z':
			tag = "serviceTask"
		}
		def := ""
		if d := defaults[n]; d != "" {
			def = ` default="` + d + `"`
		}
		fmt.Fprintf(&b, `<%s id="%s" name="%s"%s>%s</%s>`, tag, n, n, def, inner, tag)
	}
	return []byte(`<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:gov="https://onedoor.app/bpmn"><process id="p">` +
		b.String() + more + f.String() + `</process></definitions>`)
}

func plainly(t testing.TB, src []byte) *workflow.Def {
	t.Helper()
	d, err := workflow.Compiler{Plain: true}.Compile(src)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// happens runs a script such as "start x n=3; a; M1!; H1!; a>b; recall" on a plain drawing and tells what
// happens like play: also "?M1" waited for, "*M1" came, "/M1" not waited for any more, "=D1" decided or
// ordered, "#sub" finished. "M1!" brings a message or a timer, "a>b" gives the task a back to b. What
// follows the first word sets variables.
func happens(t testing.TB, d *workflow.Def, script string) (workflow.State, string) {
	t.Helper()
	var s, last workflow.State
	var log []string
	vars := map[string]any{}
	for _, line := range strings.Split(script, ";") {
		words := strings.Fields(line)
		for _, w := range words[1:] {
			name, value, ok := strings.Cut(w, "=")
			switch {
			case !ok:
				no, isNo := strings.CutPrefix(name, "-")
				vars[no] = !isNo
			case strings.HasPrefix(value, "["):
				var list []any
				for _, v := range strings.Split(strings.Trim(value, "[]"), ",") {
					list = append(list, v)
				}
				vars[name] = list
			case value == "null":
				vars[name] = nil
			default:
				var n float64
				_, _ = fmt.Sscan(value, &n)
				vars[name] = n
			}
		}
		next, fx, err := workflow.Step(d, s, event(d, s, last, words[0], vars))
		if err != nil {
			log = append(log, "error: "+strings.TrimPrefix(err.Error(), "workflow: "))
			continue
		}
		last, s = s, next
		log = append(log, tell(fx))
	}
	return s, strings.Join(log, "; ")
}

func event(d *workflow.Def, s, last workflow.State, word string, vars map[string]any) workflow.Event {
	e := workflow.Event{Vars: vars, Kind: workflow.EventKind(word)}
	switch name, coming := strings.CutSuffix(word, "!"); {
	case word == "start" || word == "retry" || word == "cancel":
		return e
	case word == "recall":
		e.Back = &last
		return e
	case coming && d.Node(name) != nil && d.Node(name).Trigger == workflow.OnTimer:
		e.Kind, e.Element = workflow.EventFire, name
		return e
	case coming:
		e.Kind, e.Message = workflow.EventMessage, name
		return e
	}
	e.Kind = workflow.EventComplete
	name, back, returns := strings.Cut(word, ">")
	if returns {
		e.Kind, e.Element = workflow.EventReturn, back
	}
	name, e.Outcome, _ = strings.Cut(name, "/")
	for _, o := range s.Open(d) {
		if o.Node.ID == name {
			e.Task = o.Task
			break
		}
	}
	return e
}

func tell(fx []workflow.Effect) string {
	var out []string
	marks := map[workflow.EffectKind]string{
		workflow.WaitBegun: "?", workflow.WaitEnded: "*", workflow.WaitWithdrawn: "/",
		workflow.Ordered: "=", workflow.Decided: "=", workflow.Finished: "#",
	}
	for _, e := range fx {
		if m := marks[e.Kind]; m != "" {
			out = append(out, m+e.Node.ID)
			continue
		}
		out = append(out, describe([]workflow.Effect{e}))
	}
	return strings.Join(out, " ")
}

const (
	several  = `<userTask id="vote"><multiInstanceLoopCharacteristics%s>%s</multiInstanceLoopCharacteristics></userTask>`
	deadline = `<boundaryEvent id="H9" attachedToRef="a"%s><timerEventDefinition><timeDuration>P5D</timeDuration></timerEventDefinition></boundaryEvent>`
)

// TestPatterns shows the control-flow patterns 1 to 20 of van der Aalst and others, as far as they are
// executed. docs/workflow.md tells of each.
func TestPatterns(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, flows, more, script, want string }{
		{"1 sequence", "S>a a>b b>E", "", "start; a; b", "+a; -a +b; -b end:E"},
		{"2 parallel split, 3 synchronization", "S>P1 P1>a P1>b a>P2 b>P2 P2>c c>E", "", "start; b; a; c", "+a +b; -b; -a +c; -c end:E"},
		{"4 exclusive choice, 5 simple merge", "S>X1 X1>a[x] X1>b* a>X2 b>X2 X2>c c>E", "", "start x; a; c", "+a; -a +c; -c end:E"},
		{"6 multi-choice, 7 structured synchronizing merge: two", "S>O1 O1>a[x] O1>b[y] O1>c* a>O2 b>O2 c>O2 O2>d d>E", "", "start x y; a; b; d", "+a +b; -a; -b +d; -d end:E"},
		{"6 multi-choice, 7 structured synchronizing merge: one", "S>O1 O1>a[x] O1>b[y] O1>c* a>O2 b>O2 c>O2 O2>d d>E", "", "start -x y; b; d", "+b; -b +d; -d end:E"},
		{"6 multi-choice, 7 structured synchronizing merge: none", "S>O1 O1>a[x] O1>b[y] O1>c* a>O2 b>O2 c>O2 O2>d d>E", "", "start -x -y; c; d", "+c; -c +d; -d end:E"},
		{"8 multi-merge", "S>P1 P1>a P1>b a>X1 b>X1 X1>c c>E", "", "start; a; b; c; c", "+a +b; -a +c; -b +c; -c; -c end:E"},
		{"10 arbitrary cycles", "S>X1 X1>a a>X2 X2>b[n==1.0] X2>c* b>X3 c>X4 X3>X1[n==2.0] X3>X4* X4>d d>X5 X5>X3[n==3.0] X5>E*", "",
			"start n=1; a; b n=2; a; c; d n=3; d n=4", "+a; -a +b; -b +a; -a +c; -c +d; -d +d; -d end:E"},
		{"11 implicit termination", "S>P1 P1>a P1>b a>E b>E2", "", "start; a; b", "+a +b; -a; -b end:E2"},
		{"13 instances known when drawn", "S>vote vote>E", fmt.Sprintf(several, "", "<loopCardinality>3</loopCardinality>"), "start; vote; vote; vote", "+vote +vote +vote; -vote; -vote; -vote #vote end:E"},
		{"14 instances known when it runs", "S>vote vote>E", fmt.Sprintf(several, ` collection="${people}" elementVariable="who"`, ""), "start people=[甲,乙]; vote; vote", "+vote +vote; -vote; -vote #vote end:E"},
		{"16 deferred choice: the message", "S>V1 V1>M1 V1>H1 M1>a H1>b a>E b>E", "", "start; M1!; H1!; a", "?M1 ?H1; *M1 /H1 +a; error: nothing waits for this: timer H1; -a end:E"},
		{"16 deferred choice: the timer", "S>V1 V1>M1 V1>H1 M1>a H1>b a>E b>E", "", "start; H1!; b", "?M1 ?H1; *H1 /M1 +b; -b end:E"},
		{"19 cancel task", "S>a a>E H9>b b>E", fmt.Sprintf(deadline, ""), "start; H9!; b", "+a ?H9; *H9 ~a +b; -b end:E"},
		{"20 cancel case", "S>P1 P1>a P1>b a>T b>E", "", "start; a", "+a +b; -a ~b end:T"},
	} {
		_, got := happens(t, plainly(t, sketch(c.flows, c.more)), c.script)
		if got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.want)
		}
	}
}

// TestEvents: timers and messages, waited for in the flow and at activities.
func TestEvents(t *testing.T) {
	t.Parallel()
	sub := `<subProcess id="sub"><startEvent id="s1"/><userTask id="x"/><userTask id="y"/><parallelGateway id="g"/><endEvent id="e1"/>` +
		`<sequenceFlow id="q1" sourceRef="s1" targetRef="g"/><sequenceFlow id="q2" sourceRef="g" targetRef="x"/><sequenceFlow id="q3" sourceRef="g" targetRef="y"/>` +
		`<sequenceFlow id="q4" sourceRef="x" targetRef="e1"/><sequenceFlow id="q5" sourceRef="y" targetRef="e1"/>%s</subProcess>`
	at := func(host, kind, stays string) string {
		def := `<timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition>`
		if kind == "message" {
			def = `<messageEventDefinition messageRef="news"/>`
		}
		return fmt.Sprintf(`<boundaryEvent id="at" attachedToRef="%s"%s>%s</boundaryEvent>`, host, stays, def)
	}
	const stays = ` cancelActivity="false"`
	for _, c := range []struct{ name, flows, more, script, want string }{
		{"a message in the flow", "S>M1 M1>a a>E", "", "start; M2!; M1!; a", `?M1; error: nothing waits for this: message "M2"; *M1 +a; -a end:E`},
		{"a timer in the flow", "S>H1 H1>a a>E", "", "start; H1!; a", "?H1; *H1 +a; -a end:E"},
		{"a reminder", "S>a a>E at>b b>E2", at("a", "timer", stays), "start; at!; at!; a; b", "+a ?at; *at +b; error: nothing waits for this: timer at; -a; -b end:E2"},
		{"news that may come again", "S>a a>E at>b b>E2", at("a", "message", stays), "start; news!; news!; a; b; b", "+a ?at; *at ?at +b; *at ?at +b; -a /at; -b; -b end:E2"},
		{"no timer after the task is done", "S>a a>b b>E at>c c>E", at("a", "timer", ""), "start; a; at!; b", "+a ?at; -a /at +b; error: nothing waits for this: timer at; -b end:E"},
		{"a message ends a subprocess", "S>sub sub>E at>c c>E", fmt.Sprintf(sub, "") + at("sub", "message", ""), "start; x; news!; c", "?at +x +y; -x; *at ~y +c; -c end:E"},
		{"a subprocess done", "S>sub sub>z z>E at>c c>E", fmt.Sprintf(sub, "") + at("sub", "message", ""), "start; x; y; z", "?at +x +y; -x; -y /at #sub +z; -z end:E"},
		{"a terminate end ends its subprocess only", "S>P1 P1>sub P1>w sub>z z>E w>E2",
			`<subProcess id="sub"><startEvent id="s1"/><userTask id="x"/><userTask id="y"/><endEvent id="e1"><terminateEventDefinition/></endEvent><endEvent id="e2"/>` +
				`<sequenceFlow id="q2" sourceRef="s1" targetRef="x"/><sequenceFlow id="q3" sourceRef="s1" targetRef="y"/><sequenceFlow id="q4" sourceRef="x" targetRef="e1"/><sequenceFlow id="q5" sourceRef="y" targetRef="e2"/></subProcess>`,
			"start; x; z; w", "+w +x +y; -x ~y #sub +z; -z; -w end:E2"},
		{"a case that a message begins", "Sm>a a>E", `<startEvent id="Sm"><messageEventDefinition messageRef="call"/></startEvent>`, "call!; a", "+a; -a end:E"},
		{"the other start of two", "S>a Sm>b a>E b>E", `<startEvent id="Sm"><messageEventDefinition messageRef="call"/></startEvent>`, "call!; b", "+b; -b end:E"},
	} {
		_, got := happens(t, plainly(t, sketch(c.flows, c.more)), c.script)
		if got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.want)
		}
	}
}

// TestInstances: 会签, 或签 and by proportion, at the same time and one after the other.
func TestInstances(t *testing.T) {
	t.Parallel()
	vote := func(attr, inner string) string { return fmt.Sprintf(several, attr, inner) }
	const three, people = "<loopCardinality>3</loopCardinality>", ` collection="people" elementVariable="who"`
	sub := `<subProcess id="sub"><multiInstanceLoopCharacteristics%s>%s</multiInstanceLoopCharacteristics><startEvent id="s1"/><exclusiveGateway id="g" default="q3"/><userTask id="x"/><userTask id="y"/><endEvent id="e1"/>` +
		`<sequenceFlow id="q1" sourceRef="s1" targetRef="g"/><sequenceFlow id="q2" sourceRef="g" targetRef="x"><conditionExpression>who == "甲"</conditionExpression></sequenceFlow><sequenceFlow id="q3" sourceRef="g" targetRef="y"/>` +
		`<sequenceFlow id="q4" sourceRef="x" targetRef="e1"/><sequenceFlow id="q5" sourceRef="y" targetRef="e1"/></subProcess>`
	for _, c := range []struct{ name, flows, more, script, want string }{
		{"one is enough", "S>vote vote>E", vote("", three+"<completionCondition>${nrOfCompletedInstances == 1}</completionCondition>"), "start; vote", "+vote +vote +vote; -vote ~vote ~vote #vote end:E"},
		{"two thirds", "S>vote vote>E", vote("", three+"<completionCondition>${nrOfCompletedInstances/nrOfInstances >= 0.6}</completionCondition>"), "start; vote; vote", "+vote +vote +vote; -vote; -vote ~vote #vote end:E"},
		{"two that agree", "S>vote vote>E", vote("", three+"<completionCondition>instances.outcome.agree == 2.0</completionCondition>"), "start; vote/agree; vote/disagree; vote/agree", "+vote +vote +vote; -vote; -vote; -vote #vote end:E"},
		{"two agree at once", "S>vote vote>E", vote("", three+"<completionCondition>instances.outcome.agree == 2.0</completionCondition>"), "start; vote/agree; vote/agree", "+vote +vote +vote; -vote; -vote ~vote #vote end:E"},
		{"one after the other", "S>vote vote>E", vote(` isSequential="true"`, three), "start; vote; vote; vote", "+vote; -vote +vote; -vote +vote; -vote #vote end:E"},
		{"one after the other until one objects", "S>vote vote>E", vote(` isSequential="true"`, three+`<completionCondition>instances.outcome.object == 1.0</completionCondition>`), "start; vote/agree; vote/object", "+vote; -vote +vote; -vote #vote end:E"},
		{"nobody", "S>vote vote>a a>E", vote("", "<loopCardinality>0</loopCardinality>"), "start; a", "+a; -a end:E"},
		{"no list", "S>vote vote>E", vote(people, ""), "start; retry people=[甲]; vote", "!vote:instances; +vote; -vote #vote end:E"},
		{"no list, twice", "S>vote vote>E", vote(people, ""), "start; retry; cancel", "!vote:instances; !vote:instances; end:-"},
		{"a subprocess for each", "S>sub sub>E", fmt.Sprintf(sub, people, ""), "start people=[甲,乙]; x; y", "+x +y; -x; -y #sub end:E"},
		{"a subprocess for each, in turn", "S>sub sub>E", fmt.Sprintf(sub, ` isSequential="true"`+people, ""), "start people=[乙,甲]; y; x", "+y; -y +x; -x #sub end:E"},
		{"a subprocess for each until one is done", "S>sub sub>E", fmt.Sprintf(sub, people, "<completionCondition>${nrOfCompletedInstances > 0}</completionCondition>"), "start people=[甲,乙,丙]; y", "+x +y +y; -y ~x ~y #sub end:E"},
		{"orders", "S>Z1 Z1>E", `<serviceTask id="Z1"><multiInstanceLoopCharacteristics isSequential="true"><loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics></serviceTask>`, "start", "=Z1 =Z1 #Z1 end:E"},
	} {
		_, got := happens(t, plainly(t, sketch(c.flows, c.more)), c.script)
		if got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.want)
		}
	}
}

// TestInclusiveJoin: BPMN 2.0 table 13.3, in drawings that are not made of blocks.
func TestInclusiveJoin(t *testing.T) {
	t.Parallel()
	const (
		loops = "S>P1 P1>a P1>b a>O1 b>X1 X1>b[again] X1>O1* O1>c c>E"
		two   = "S>P1 P1>a P1>b P1>c a>O1 b>O1 O1>d c>O2 d>O2 O2>e e>E"
		skip  = "S>O1 O1>a[x] O1>b[y] O1>c[z] a>O2 b>O2 O2>O3 c>O3 O3>d d>E"
		cross = "S>P1 P1>a P1>b a>O1 O1>c c>O2 b>O2 O2>d d>X1 X1>O1[back] X1>E*"
	)
	for _, c := range []struct{ name, flows, script, want string }{
		{"it waits for a loop before it", loops, "start; a; b again; b -again; c", "+a +b; -a; -b +b; -b +c; -c end:E"},
		{"one join before the other", two, "start; c; a; b; d; e", "+a +b +c; -c; -a; -b +d; -d +e; -e end:E"},
		{"a way that was not taken", skip, "start -x y z; b; c; d", "+b +c; -b; -c +d; -d end:E"},
		{"two joins that wait for each other", cross, "start; a; b", "+a +b; -a; -b !O1:stuck !O2:stuck"},
		{"a loop through the join itself is not waited for", "S>P1 P1>a P1>b a>O1 b>O1 O1>c c>X1 X1>O1[back] X1>E*", "start; a; b; c back; c -back", "+a +b; -a; -b +c; -c +c; -c end:E"},
		{"a waiting event counts", "S>P1 P1>a P1>H1 a>O1 H1>O1 O1>b b>E", "start; a; H1!; b", "+a ?H1; -a; *H1 +b; -b end:E"},
	} {
		_, got := happens(t, plainly(t, sketch(c.flows, "")), c.script)
		if got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.want)
		}
	}
}

// TestReturn: back to an earlier step, in one branch or over all of them.
func TestReturn(t *testing.T) {
	t.Parallel()
	const flows = "S>a a>b b>P1 P1>c P1>d c>e d>P2 e>P2 P2>f f>E"
	for _, c := range []struct{ name, script, want string }{
		{"the step before", "start; a; b>a; a", "+a; -a +b; ~b +a; -a +b"},
		{"within a branch", "start; a; b; c; e>c; d; c", "+a; -a +b; -b +c +d; -c +e; ~e +c; -d; -c +e"},
		{"over the branches", "start; a; b; c; d; e>b; b", "+a; -a +b; -b +c +d; -c +e; -d; ~e +b; -b +c +d"},
		{"after the join", "start; a; b; c; d; e; f>b", "+a; -a +b; -b +c +d; -c +e; -d; -e +f; ~f +b"},
		{"not to another branch", "start; a; b; c; e>d", "+a; -a +b; -b +c +d; -c +e; error: the case did not pass there on its one way to this task: \"d\""},
		{"not forward", "start; a; b>c", "+a; -a +b; error: the case did not pass there on its one way to this task: \"c\""},
		{"not to itself", "start; a>a", "+a; error: the case did not pass there on its one way to this task: \"a\""},
		{"what was just done is taken back", "start; a; b; recall; b", "+a; -a +b; -b +c +d; ~c ~d +b; -b +c +d"},
	} {
		_, got := happens(t, plainly(t, sketch(flows, "")), c.script)
		if got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.want)
		}
	}
	const choices = "S>a a>X1 X1>b[b] X1>X2* b>X2 X2>P1 P1>c P1>d c>P2 d>P2 P2>f f>X3 X3>g[g] X3>h* g>E h>E"
	for _, c := range []struct{ name, flows, script, want string }{
		{"to a step that others pass over", choices, "start; a b; b; c; d; f>b; b", "+a; -a +b; -b +c +d; -c; -d +f; ~f +b; -b +c +d"},
		{"from a branch to before the branches", choices, "start; a b; b; c>b", "+a; -a +b; -b +c +d; ~c ~d +b"},
		{"not to another way", choices, "start; a -b; c; d; f g; g>h", "+a; -a +c +d; -c; -d +f; -f +g; error: the case did not pass there on its one way to this task: \"h\""},
		{"not to a step beside which another was under way", "S>X1 X1>P1[b] X1>X2* P1>a P1>b a>P2 b>P2 P2>X2 X2>c c>E", "start b; a; b; c>a",
			"+a +b; -a; -b +c; error: the case did not pass there on its one way to this task: \"a\""},
		{"not to a step of which a reminder may have come", "S>X1 X1>a[b] X1>X2* a>b b>X2 X2>c H1>r r>E1 c>E", "start b; a; b; c>b",
			"+a ?H1; -a /H1 +b; -b +c; error: the case did not pass there on its one way to this task: \"b\""},
	} {
		more := ""
		if strings.Contains(c.flows, "H1") {
			more = `<boundaryEvent id="H1" attachedToRef="a" cancelActivity="false"><timerEventDefinition><timeDuration>P1D</timeDuration></timerEventDefinition></boundaryEvent>`
		}
		if _, got := happens(t, plainly(t, sketch(c.flows, more)), c.script); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.want)
		}
	}
	sub := `<subProcess id="sub"><startEvent id="s1"/><userTask id="x"/><userTask id="y"/><endEvent id="e1"/>` +
		`<sequenceFlow id="q1" sourceRef="s1" targetRef="x"/><sequenceFlow id="q2" sourceRef="x" targetRef="y"/><sequenceFlow id="q3" sourceRef="y" targetRef="e1"/></subProcess>`
	d := plainly(t, sketch("S>a a>sub sub>E", sub))
	if _, got := happens(t, d, "start; a; x; y>x; x; y>a"); got != "+a; -a +x; -x +y; ~y +x; -x +y; ~y +a" {
		t.Errorf("from a subprocess: %s", got)
	}
}

// TestTable: what a table decides steers what follows.
func TestTable(t *testing.T) {
	t.Parallel()
	table := `<businessRuleTask id="D1"><extensionElements><gov:table hit="first"><gov:input>area</gov:input><gov:output>kind</gov:output>` +
		`<gov:row><gov:when>&gt; 300</gov:when><gov:then>"large"</gov:then></gov:row><gov:row><gov:when>-</gov:when><gov:then>"small"</gov:then></gov:row></gov:table></extensionElements></businessRuleTask>`
	d := plainly(t, sketch(`S>D1 D1>X1 X1>a[kind=="large"] X1>b* a>E b>E`, table))
	for script, want := range map[string]string{
		"start area=500; a":             "=D1 +a; -a end:E",
		"start area=50; b":              "=D1 +b; -b end:E",
		"start; retry; retry area=1; b": "!D1:decision; !D1:decision; =D1 +b; -b end:E",
	} {
		if _, got := happens(t, d, script); got != want {
			t.Errorf("%s:\n got %s\nwant %s", script, got, want)
		}
	}
}

// TestCalls: a called process stands in the place of its call, from the same file or from another.
func TestCalls(t *testing.T) {
	t.Parallel()
	other := []byte(`<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"><process id="stage"><startEvent id="S"/><userTask id="a"/><endEvent id="E"/>` +
		`<sequenceFlow id="f1" sourceRef="S" targetRef="a"/><sequenceFlow id="f2" sourceRef="a" targetRef="E"/></process></definitions>`)
	src := sketch("S>one one>two two>E", `<callActivity id="one" calledElement="stage"/><callActivity id="two" calledElement="stage"/>`)
	c := workflow.Compiler{Plain: true, Callee: func(id string) []byte {
		if id == "stage" {
			return other
		}
		return nil
	}}
	d, err := c.Compile(src)
	if err != nil {
		t.Fatal(err)
	}
	if _, got := happens(t, d, "start; one/a; two/a"); got != "+one/a; error: no such task is open: 0; error: no such task is open: 0" {
		t.Errorf("the slash is an outcome in scripts: %s", got)
	}
	s, _, err := workflow.Step(d, workflow.State{}, workflow.Event{Kind: workflow.EventStart})
	for _, want := range []string{"one/a", "two/a"} {
		if err != nil || len(s.Open(d)) != 1 || s.Open(d)[0].Node.ID != want || s.Open(d)[0].Node.Element != "a" {
			t.Fatalf("%v %+v", err, s.Open(d))
		}
		s, _, err = workflow.Step(d, s, workflow.Event{Kind: workflow.EventComplete, Task: s.Open(d)[0].Task})
	}
	if !s.Done {
		t.Errorf("it does not end: %+v", s)
	}
	changed, err := workflow.Compiler{Plain: true, Callee: func(string) []byte {
		return []byte(strings.Replace(string(other), `id="a"`, `id="a" name="x"`, 1))
	}}.Compile(src)
	if err != nil || changed.Hash() == d.Hash() {
		t.Errorf("%v: a called process was changed and the hash was not", err)
	}
	same := strings.Replace(string(src), "</definitions>", string(other[strings.Index(string(other), "<process"):]), 1)
	if d, err := (workflow.Compiler{Plain: true}).Compile([]byte(same)); err != nil || d.Node("two/a") == nil {
		t.Errorf("in the same file: %v", err)
	}
	self := strings.Replace(string(other), `<userTask id="a"/>`, `<callActivity id="a" calledElement="stage"/>`, 1)
	if _, err := (workflow.Compiler{Plain: true, Callee: func(string) []byte { return []byte(self) }}).Compile([]byte(self)); err == nil || !strings.Contains(err.Error(), "call itself") {
		t.Errorf("a process that calls itself: %v", err)
	}
}
