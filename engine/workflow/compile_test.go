package workflow_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"onedoor.app/engine/workflow"
)

func read(t testing.TB, file string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", file))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func problems(t testing.TB, src []byte) []workflow.Problem {
	t.Helper()
	_, err := workflow.Compile(src)
	e, ok := errors.AsType[*workflow.CompileError](err)
	if !ok {
		t.Fatalf("Compile: %v, want a *CompileError", err)
	}
	return e.Problems
}

func TestCompileReadsAFileOfAnotherTool(t *testing.T) {
	t.Parallel()
	src := read(t, "relief.bpmn")
	d := compile(t, src)
	if !bytes.Equal(d.Source(), src) {
		t.Error("the source did not survive")
	}
	if d.ID() != "relief" || d.Name() != "Temporary relief" || len(d.Nodes()) != 11 || len(d.Flows()) != 11 {
		t.Errorf("%s %q: %d nodes, %d flows", d.ID(), d.Name(), len(d.Nodes()), len(d.Flows()))
	}
	if n := d.Node("survey"); n.Kind != workflow.UserTask || n.Unit() != "TOWN" || n.Post() != "TOWN.clerk" {
		t.Errorf("survey: %+v", n)
	}
	if n := d.Node("help"); n.Kind != workflow.UserTask {
		t.Errorf("the manual task became %s", n.Kind)
	}
	if n := d.Node("stop"); n.Kind != workflow.Terminate {
		t.Errorf("the terminate end became %s", n.Kind)
	}
	if got, want := d.Node("urgent").Out[0].When, `form.urgent == true && (answer.people >= 1 && answer.people <= 5)`; got != want {
		t.Errorf("the condition became %s, want %s", got, want)
	}
	if got, want := d.Node("paid_out").Out[0].When, `result.decide == "refuse"`; got != want {
		t.Errorf("the FEEL condition became %s, want %s", got, want)
	}
	if r := workflow.Check(d, nil); !r.Sound() {
		t.Errorf("found %v", r.Findings)
	}
}

func TestCompileNamesEverythingItRefuses(t *testing.T) {
	t.Parallel()
	got := map[string]workflow.Problem{}
	line := 0
	for _, p := range problems(t, read(t, "broken.bpmn")) {
		got[p.Tag+" "+p.Element+" "+string(p.Fault)] = p
		if p.Line < line {
			t.Errorf("line %d comes after line %d", p.Line, line)
		}
		line = p.Line
	}
	want := map[string]string{
		"complexGateway odd refused":             "complex gateways",
		"scriptTask script refused":              "scripts",
		"task vague refused":                     "user task",
		"sendTask send refused":                  "service task",
		"receiveTask receive refused":            "intermediate event",
		"intermediateThrowEvent throw refused":   "thrown",
		"businessRuleTask table reference":       "no decision table",
		"callActivity call reference":            `"unknown"`,
		"subProcess sub refused":                 "boundary event",
		"startEvent inner refused":               "not by a message",
		"adHocSubProcess adhoc refused":          "ad-hoc",
		"transaction transaction refused":        "transactions",
		"boundaryEvent late reference":           `"nothing"`,
		"boundaryEvent silent reference":         "what it waits for",
		"intermediateCatchEvent timer attribute": "when it comes",
		"intermediateCatchEvent often refused":   "again and again",
		"intermediateCatchEvent soon attribute":  "P5D",
		"intermediateCatchEvent signal refused":  "signal",
		"intermediateCatchEvent both refused":    "an event for each",
		"startEvent by_message reference":        "name its message",
		"startEvent by_timer refused":            "when somebody asks",
		"sequenceFlow across reference":          "edge of a subprocess",
		"endEvent by_error refused":              "error",
		"userTask many reference":                "how many instances",
		"userTask loop refused":                  "loop marks",
		"userTask twice refused":                 "startQuantity",
		"userTask undo refused":                  "compensation",
		"userTask twice reference":               "twice",
		"userTask  reference":                    "no id",
		"userTask slow attribute":                "clock must be",
		"userTask clocks attribute":              "stopsClock",
		"userTask from reference":                "does not leave it",
		"exclusiveGateway choice reference":      `"elsewhere"`,
		"sequenceFlow dangling reference":        `"nowhere"`,
		"sequenceFlow typo condition":            "fomr",
		"sequenceFlow foreign condition":         "getOwner",
		"sequenceFlow number condition":          "true or false",
		"choreographyTask dance refused":         "not executed",
		"process second refused":                 "one process",
	}
	for k, says := range want {
		p, ok := got[k]
		if !ok {
			t.Errorf("nothing is said about %s", k)
			continue
		}
		if !strings.Contains(p.Text, says) || p.Line == 0 {
			t.Errorf("%s: line %d %q, want %q", k, p.Line, p.Text, says)
		}
		delete(got, k)
	}
	for k, p := range got {
		t.Errorf("unexpected: %s: %s", k, p)
	}
	if got := problems(t, read(t, "broken.bpmn"))[0].String(); !strings.HasPrefix(got, `line 6: complexGateway "odd" (任意两项): `) {
		t.Errorf("the first problem reads %s", got)
	}
}

func TestCompileRefusesWhatIsNoDrawing(t *testing.T) {
	t.Parallel()
	wrap := func(body string) string {
		return `<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"><process id="p">` + body + `</process></definitions>`
	}
	deep := strings.Repeat("<a>", 200) + strings.Repeat("</a>", 200)
	for _, c := range []struct {
		name, src string
		fault     workflow.Fault
		says      string
	}{
		{"nothing", "", workflow.FaultFile, "empty"},
		{"no XML", "hello", workflow.FaultFile, "empty"},
		{"half a file", "<definitions", workflow.FaultFile, "XML"},
		{"a file in another encoding", `<?xml version="1.0" encoding="GBK"?><a/>`, workflow.FaultFile, "encoding"},
		{"an unknown entity", `<a>&boom;</a>`, workflow.FaultFile, "entity"},
		{"another kind of XML", "<html/>", workflow.FaultFile, "root"},
		{"too deep", deep, workflow.FaultFile, "too many"},
		{"no process", `<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"/>`, workflow.FaultFile, "no process"},
		{"an empty process", wrap(""), workflow.FaultShape, "no start event"},
		{"two starts", wrap(`<startEvent id="a"/><startEvent id="b"/><endEvent id="e"/><sequenceFlow id="f" sourceRef="a" targetRef="e"/><sequenceFlow id="g" sourceRef="b" targetRef="e"/>`), workflow.FaultShape, "second start"},
		{"a way back to the start", wrap(`<startEvent id="S"/><userTask id="a"/><sequenceFlow id="f" sourceRef="S" targetRef="a"/><sequenceFlow id="g" sourceRef="a" targetRef="S"/>`), workflow.FaultShape, "back to the start"},
		{"a way on after the end", string(drawing("S>E, E>a, a>E2")), workflow.FaultShape, "after the end"},
		{"a task that leads nowhere", string(drawing("S>a")), workflow.FaultShape, "leads on"},
		{"a task nothing leads to", string(drawing("S>E, a>E")), workflow.FaultShape, "leads to it"},
		{"a loop of gateways", string(drawing("S>X1, X1>X2, X2>X1, X2>E")), workflow.FaultShape, "gateways only"},
		{"a choice without conditions", wrap(`<startEvent id="S"/><exclusiveGateway id="X"/><endEvent id="E"/><sequenceFlow id="f" sourceRef="S" targetRef="X"/><sequenceFlow id="g" sourceRef="X" targetRef="E"/><sequenceFlow id="h" sourceRef="X" targetRef="E"/>`), workflow.FaultCondition, "neither"},
		{"a default with a condition", strings.Replace(string(drawing("S>X1, X1>a, X1>E, a>E")), `default="f2"`, `default="f1"`, 1), workflow.FaultCondition, "never be asked"},
	} {
		ps := problems(t, []byte(c.src))
		found := false
		for _, p := range ps {
			found = found || p.Fault == c.fault && strings.Contains(p.Text, c.says)
		}
		if !found {
			t.Errorf("%s: %v, want %s with %q", c.name, ps, c.fault, c.says)
		}
	}
	if ps := problems(t, bytes.Repeat([]byte(" "), 5<<20)); !strings.Contains(ps[0].Text, "larger than") {
		t.Errorf("five megabytes: %v", ps)
	}
}

func TestHashNamesTheDrawingNotItsLineEnds(t *testing.T) {
	t.Parallel()
	src := read(t, "instant.bpmn")
	d := compile(t, src)
	windows := append([]byte("\xef\xbb\xbf"), bytes.ReplaceAll(src, []byte("\n"), []byte("\r\n"))...)
	if got := compile(t, windows); got.Hash() != d.Hash() || !bytes.Equal(got.Source(), windows) {
		t.Error("line ends or a byte order mark change the hash, or the source was changed")
	}
	if got := compile(t, bytes.Replace(src, []byte("decide"), []byte("decided"), -1)); got.Hash() == d.Hash() {
		t.Error("another drawing has the same hash")
	}
	src[0] = 'x'
	if d.Source()[0] == 'x' {
		t.Error("the definition shares the caller's bytes")
	}
}

func TestOneCompileErrorReadsAsOneLine(t *testing.T) {
	t.Parallel()
	_, err := workflow.Compile(drawing("S>a"))
	if got, want := fmt.Sprint(err), `workflow: line 1: userTask "a" (Task a): no flow leads on; draw an end event`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func FuzzCompile(f *testing.F) {
	for _, file := range []string{"instant.bpmn", "licence.bpmn", "relief.bpmn", "broken.bpmn"} {
		f.Add(read(f, file))
	}
	f.Add(drawing("S>P1, P1>a, P1>b, a>P2, b>P2, P2>E"))
	f.Add(drawing("S>X1, X1>a, a>X2, X2>X1, X2>T"))
	f.Add([]byte("\xef\xbb\xbf<definitions/>"))
	f.Fuzz(func(t *testing.T, src []byte) {
		d, err := workflow.Compile(src)
		if err != nil {
			if e, ok := errors.AsType[*workflow.CompileError](err); !ok || len(e.Problems) == 0 {
				t.Fatalf("%T %v", err, err)
			}
			return
		}
		if !bytes.Equal(d.Source(), src) {
			t.Fatal("the source did not survive")
		}
		// Whatever was accepted can be walked.
		s, _, err := workflow.Step(d, workflow.State{}, workflow.Event{Kind: workflow.EventStart})
		for range 50 {
			open := s.Open(d)
			if err != nil || s.Done || len(open) == 0 {
				break
			}
			s, _, err = workflow.Step(d, s, workflow.Event{Kind: workflow.EventComplete, Task: open[0].Task})
		}
		if err != nil && !errors.Is(err, workflow.ErrBound) {
			t.Fatal(err)
		}
		workflow.Checker{MaxStates: 50}.Check(d)
	})
}

func TestManyProblemsAreListedOneByLine(t *testing.T) {
	t.Parallel()
	_, err := workflow.Compile(drawing("S>E, a>b"))
	if got := strings.Split(fmt.Sprint(err), "\n"); len(got) != 3 || got[0] != "workflow: 2 problems:" {
		t.Errorf("got %q", got)
	}
	var b strings.Builder
	for range 2000 {
		b.WriteString(`<scriptTask id="x"/>`)
	}
	src := `<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"><process id="p">` + b.String() + `</process></definitions>`
	if got := len(problems(t, []byte(src))); got > 1000 {
		t.Errorf("a file that is wrong all over gives %d problems", got)
	}
}
