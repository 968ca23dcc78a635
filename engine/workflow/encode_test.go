package workflow_test

import (
	"bytes"
	"encoding/xml"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"onedoor.app/engine/workflow"
)

var update = flag.Bool("update", false, "write the drawings in testdata anew")

// licence is a whole approval: every block and every attribute is in it.
func licence() workflow.Block {
	return workflow.Sequence{
		workflow.Task{ID: "accept", Name: "收件受理", Slot: "accept", Act: "accept", Unit: "U1", Post: "U1.clerk", Limit: 5, LimitUnit: "workday", Clock: workflow.ClockNone, Standard: "核对\"材料\" <一次告知> & 其他"},
		workflow.Task{ID: "review", Name: "审查", Act: "opinion", Post: "@review", Clock: workflow.ClockStatutory, Optional: true},
		workflow.Concurrent{Name: "并联", Branches: []workflow.Block{
			workflow.Loop{
				Name:  "整改?",
				Body:  workflow.Task{ID: "check", Name: "现场核查", Act: "opinion", Post: "@check", Attr: map[string]string{"deputy": "B", "yellow": "2"}},
				While: `result["check"] == "rectify"`,
				Again: workflow.Task{ID: "rectify", Name: "整改", Post: "@applicant"},
			},
			workflow.Task{ID: "expert", Name: "专家评审", Post: "@review", StopsClock: "专家评审", Optional: true},
			workflow.Sequence{},
		}},
		workflow.Choice{
			ID: "urgent", Name: "是否紧急",
			Branches: []workflow.Branch{{Name: "紧急", When: `form.urgent == true`, Then: workflow.Task{ID: "relief", Name: "先行救助", Post: "@town"}}},
			Default:  workflow.Task{ID: "publicity", Name: "公示", Post: "@review"},
		},
		workflow.Task{ID: "decide", Name: "决定", Act: "grant|refuse", Post: "@decide", Clock: workflow.ClockStatutory},
	}
}

func instant() workflow.Block {
	return workflow.Sequence{
		workflow.Task{ID: "accept", Name: "收件受理", Act: "accept", Post: "@receive", Clock: workflow.ClockNone, Optional: true},
		workflow.Task{ID: "decide", Name: "决定", Act: "grant|refuse", Post: "@decide", Clock: workflow.ClockStatutory},
		workflow.Task{ID: "issue", Name: "制证送达", Act: "deliver", Post: "@issue", Limit: 10, LimitUnit: "workday", Optional: true},
	}
}

func encode(t testing.TB, id string, b workflow.Block) *workflow.Def {
	t.Helper()
	d, err := workflow.Encode(id, id, b)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func compile(t testing.TB, src []byte) *workflow.Def {
	t.Helper()
	d, err := workflow.Compile(src)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestEncodeMatchesTheDrawingsKept(t *testing.T) {
	t.Parallel()
	for file, b := range map[string]workflow.Block{"licence": licence(), "instant": instant()} {
		got := encode(t, file, b).Source()
		path := filepath.Join("testdata", file+".bpmn")
		if *update {
			if err := os.WriteFile(path, got, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s.bpmn differs from what Encode writes; run with -update and read the difference", file)
		}
	}
}

func TestEncodeRoundTrip(t *testing.T) {
	t.Parallel()
	d := encode(t, "licence", licence())
	if d.ID() != "licence" || d.Name() != "licence" || len(d.Hash()) != 64 {
		t.Errorf("definition is %q %q %q", d.ID(), d.Name(), d.Hash())
	}
	n := d.Node("accept")
	if n.Name != "收件受理" || n.Slot() != "accept" || n.Unit() != "U1" || n.Post() != "U1.clerk" || n.Limit() != 5 ||
		n.LimitUnit() != "workday" || n.Clock() != workflow.ClockNone || n.Standard() != "核对\"材料\" <一次告知> & 其他" {
		t.Errorf("accept came back as %+v", n)
	}
	if got := d.Node("decide").Acts(); len(got) != 2 || got[0] != "grant" || got[1] != "refuse" {
		t.Errorf("acts of decide = %q", got)
	}
	if n := d.Node("expert"); n.StopsClock() != "专家评审" || n.Clock() != workflow.ClockStopped {
		t.Errorf("expert stops the clock for %q, clock %q", n.StopsClock(), n.Clock())
	}
	if n := d.Node("check"); n.Attr["deputy"] != "B" || n.Attr["yellow"] != "2" || n.Clock() != workflow.ClockNone {
		t.Errorf("check came back as %+v", n)
	}
	if n := d.Node("gw_review"); n.Kind != workflow.Exclusive || n.Out[0].When != `step["review"]` || n.Default != n.Out[1] {
		t.Errorf("the optional review hangs on %+v", n)
	}
	if got := len(d.Tasks()); got != 8 {
		t.Errorf("%d tasks, want 8", got)
	}
}

func TestEncodeDrawsEveryElementOnce(t *testing.T) {
	t.Parallel()
	d := encode(t, "licence", licence())
	type bounds struct {
		X int `xml:"x,attr"`
		Y int `xml:"y,attr"`
		W int `xml:"width,attr"`
		H int `xml:"height,attr"`
	}
	var doc struct {
		Shapes []struct {
			Element string `xml:"bpmnElement,attr"`
			Bounds  bounds `xml:"Bounds"`
		} `xml:"BPMNDiagram>BPMNPlane>BPMNShape"`
		Edges []struct {
			Element string   `xml:"bpmnElement,attr"`
			Points  []bounds `xml:"waypoint"`
		} `xml:"BPMNDiagram>BPMNPlane>BPMNEdge"`
	}
	if err := xml.Unmarshal(d.Source(), &doc); err != nil {
		t.Fatal(err)
	}
	if len(doc.Shapes) != len(d.Nodes()) || len(doc.Edges) != len(d.Flows()) {
		t.Fatalf("%d shapes for %d nodes, %d edges for %d flows", len(doc.Shapes), len(d.Nodes()), len(doc.Edges), len(d.Flows()))
	}
	at := map[string]bounds{}
	for i, s := range doc.Shapes {
		at[s.Element] = s.Bounds
		if s.Bounds.X < 0 || s.Bounds.Y < 0 {
			t.Errorf("%s is off the page at %+v", s.Element, s.Bounds)
		}
		for _, o := range doc.Shapes[:i] {
			a, b := s.Bounds, o.Bounds
			if a.X < b.X+b.W && b.X < a.X+a.W && a.Y < b.Y+b.H && b.Y < a.Y+a.H {
				t.Errorf("%s lies over %s", s.Element, o.Element)
			}
		}
	}
	touches := func(p, b bounds) bool { return p.X >= b.X && p.X <= b.X+b.W && p.Y >= b.Y && p.Y <= b.Y+b.H }
	for i, f := range d.Flows() {
		p := doc.Edges[i].Points
		if doc.Edges[i].Element != f.ID || !touches(p[0], at[f.From.ID]) || !touches(p[len(p)-1], at[f.To.ID]) {
			t.Errorf("edge %s from %s to %s is drawn along %v", f.ID, f.From.ID, f.To.ID, p)
		}
	}
}

func TestEncodeRefuses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		id    string
		block workflow.Block
		says  string
	}{
		{"a bad process id", "1 x", workflow.Sequence{}, "id of a process"},
		{"a bad task id", "p", workflow.Task{ID: "a b"}, "id of a task"},
		{"a kept task id", "p", workflow.Task{ID: "gw_1"}, "kept"},
		{"a task twice", "p", workflow.Sequence{workflow.Task{ID: "a"}, workflow.Task{ID: "a"}}, "twice"},
		{"a bad attribute", "p", workflow.Task{ID: "a", Attr: map[string]string{"x y": "1"}}, "attribute"},
		{"a condition that is wrong", "p", workflow.Choice{Branches: []workflow.Branch{{When: "nobody"}}}, "nobody"},
		{"a branch without a condition", "p", workflow.Choice{Branches: []workflow.Branch{{Then: workflow.Task{ID: "a"}}}}, "neither a condition"},
		{"a loop without work", "p", workflow.Loop{While: `step["x"]`}, "gateways only"},
		{"a bad clock", "p", workflow.Task{ID: "a", Clock: "fast"}, "clock must be"},
		{"a bad limit", "p", workflow.Task{ID: "a", Limit: -1}, "limit must be"},
	} {
		if _, err := workflow.Encode(c.id, "x", c.block); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want %q", c.name, err, c.says)
		}
	}
}

func TestEncodeNothing(t *testing.T) {
	t.Parallel()
	for _, b := range []workflow.Block{nil, workflow.Sequence{}, workflow.Sequence{nil, workflow.Concurrent{}}} {
		d := encode(t, "p", b)
		s, fx, err := workflow.Step(d, workflow.State{}, workflow.Event{Kind: workflow.EventStart})
		if err != nil || !s.Done || len(fx) != 1 || fx[0].Kind != workflow.Ended {
			t.Errorf("%v: %+v %+v %v", b, s, fx, err)
		}
	}
}
