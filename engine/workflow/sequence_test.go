package workflow_test

import (
	"strings"
	"testing"
)

// TestSequenceIsThatOfTheDrawing draws steps in another order than that in which the file has them.
func TestSequenceIsThatOfTheDrawing(t *testing.T) {
	t.Parallel()
	for name, one := range map[string]struct{ first, flows, want string }{
		"drawn last, done first": {"decide", "S>review, review>decide, decide>E", "review decide"},
		"passed by":              {"decide", "S>X1, X1>review, X1>X2, review>check, check>X2, X2>decide, decide>E", "review check decide"},
		"at the same time":       {"b, a", "S>P1, P1>a, P1>b, a>c, c>P2, b>P2, P2>end, end>E", "b a c end"},
		"done again":             {"decide, review", "S>X1, X1>review, review>X2, X2>X1, X2>decide, decide>E", "review decide"},
	} {
		var first strings.Builder
		src := string(drawing(one.flows))
		for _, id := range strings.Split(one.first, ", ") { // stand before all others in the file
			tag := `<userTask id="` + id + `" name="Task ` + id + `" gov:unit="u" gov:act=""/>`
			if !strings.Contains(src, tag) {
				t.Fatalf("%s: no %s in %s", name, tag, src)
			}
			src = strings.Replace(src, tag, "", 1)
			first.WriteString(tag)
		}
		src = strings.Replace(src, `<process id="process">`, `<process id="process">`+first.String(), 1)
		var got []string
		d := compile(t, []byte(src))
		for _, n := range d.Tasks() {
			got = append(got, n.ID)
		}
		if g := strings.Join(got, " "); g != one.want {
			t.Errorf("%s: %s, want %s", name, g, one.want)
		}
		if len(d.Sequence()) != len(d.Nodes()) {
			t.Errorf("%s: the sequence has %d of %d nodes", name, len(d.Sequence()), len(d.Nodes()))
		}
	}
}

// TestSequenceEntersWhatIsCalled has the steps of a called process stand where its call does.
func TestSequenceEntersWhatIsCalled(t *testing.T) {
	t.Parallel()
	d := compile(t, []byte(`<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL">
<process id="p"><userTask id="last"/><startEvent id="s"/><boundaryEvent id="late" attachedToRef="last"><timerEventDefinition><timeDuration>P1D</timeDuration></timerEventDefinition></boundaryEvent>
<userTask id="warned"/><callActivity id="c" calledElement="q"/><endEvent id="e"/><endEvent id="e2"/>
<sequenceFlow id="f0" sourceRef="s" targetRef="c"/><sequenceFlow id="f1" sourceRef="c" targetRef="last"/><sequenceFlow id="f2" sourceRef="last" targetRef="e"/>
<sequenceFlow id="f3" sourceRef="late" targetRef="warned"/><sequenceFlow id="f4" sourceRef="warned" targetRef="e2"/></process>
<process id="q"><userTask id="b"/><userTask id="a"/><startEvent id="qs"/><endEvent id="qe"/>
<sequenceFlow id="g0" sourceRef="qs" targetRef="a"/><sequenceFlow id="g1" sourceRef="a" targetRef="b"/><sequenceFlow id="g2" sourceRef="b" targetRef="qe"/></process></definitions>`))
	var got []string
	for _, n := range d.Tasks() {
		got = append(got, n.ID)
	}
	if g, want := strings.Join(got, " "), "c/a c/b last warned"; g != want {
		t.Errorf("%s, want %s", g, want)
	}
}
