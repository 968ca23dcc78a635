package workflow

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// small is a law over two acts that get in each other's way and one that does not.
type small struct{}

func (small) Start() string { return "0" }
func (small) Do(state, act string) (string, bool) {
	switch act {
	case "look":
		return state, true
	case "once":
		return "1", state == "0"
	case "undo":
		return "0", state == "1"
	}
	return "", false
}
func (small) Final(state string) bool { return true }

// randomDrawing draws any small graph, sound or not.
func randomDrawing(t *rapid.T) []byte {
	n := rapid.IntRange(2, 9).Draw(t, "nodes")
	tags := []string{"userTask", "userTask", "exclusiveGateway", "parallelGateway", "endEvent", "terminate"}
	var b strings.Builder
	var flows []string
	kind := make([]string, n)
	for i := range n {
		kind[i] = rapid.SampledFrom(tags).Draw(t, fmt.Sprintf("kind%d", i))
	}
	kind[n-1] = "endEvent"
	flow := func(from string, to int, when string) {
		flows = append(flows, fmt.Sprintf(`<sequenceFlow id="f%d" sourceRef="%s" targetRef="n%d">%s</sequenceFlow>`, len(flows), from, to, when))
	}
	flow("s", 0, "")
	for i := range n {
		id := fmt.Sprintf("n%d", i)
		outs := 0
		if kind[i] == "userTask" {
			outs = 1
		} else if strings.HasSuffix(kind[i], "Gateway") {
			outs = rapid.IntRange(1, 3).Draw(t, "outs")
		}
		def := len(flows) + outs - 1
		for k := range outs {
			when := ""
			if kind[i] == "exclusiveGateway" && k < outs-1 {
				when = `<conditionExpression>case.x == 1</conditionExpression>`
			}
			flow(id, rapid.IntRange(0, n-1).Draw(t, "to"), when)
		}
		switch kind[i] {
		case "terminate":
			fmt.Fprintf(&b, `<endEvent id="%s"><terminateEventDefinition/></endEvent>`, id)
		case "exclusiveGateway":
			fmt.Fprintf(&b, `<exclusiveGateway id="%s" default="f%d"/>`, id, def)
		case "userTask":
			act := rapid.SampledFrom([]string{"", "look", "once", "undo", "once|undo"}).Draw(t, "act")
			fmt.Fprintf(&b, `<userTask id="%s" gov:act="%s" gov:unit="u"/>`, id, act)
		default:
			fmt.Fprintf(&b, `<%s id="%s"/>`, kind[i], id)
		}
	}
	return []byte(`<definitions xmlns="` + nsModel + `" xmlns:gov="` + Namespace + `"><process id="p"><startEvent id="s"/>` +
		b.String() + strings.Join(flows, "") + `</process></definitions>`)
}

// TestOneOrderFindsWhatEveryOrderFinds compares the reduced exploration with the
// full one on arbitrary graphs, with and without a law.
func TestOneOrderFindsWhatEveryOrderFinds(t *testing.T) {
	t.Parallel()
	sum := &comparison{}
	rapid.Check(t, func(t *rapid.T) {
		if d, err := Compile(randomDrawing(t)); err == nil {
			sum.compare(t, d)
		}
	})
	t.Logf("judged %d drawings, %d of them broken", sum.judged, sum.broken)
}

// TestOneOrderFindsWhatEveryOrderFindsInTheWholeSubset does so with every construct, as it grew
// or spoilt.
func TestOneOrderFindsWhatEveryOrderFindsInTheWholeSubset(t *testing.T) {
	t.Parallel()
	sum := &comparison{}
	for range 5 {
		rapid.Check(t, func(t *rapid.T) {
			src := Grow(t, 2, 25, rapid.Bool().Draw(t, "alike"))
			if rapid.IntRange(0, 3).Draw(t, "spoilt") > 0 {
				src = Spoil(t, src)
			}
			if d, err := (Compiler{Plain: true}).Compile(Empower(t, src)); err == nil {
				sum.compare(t, d)
			}
		})
	}
	t.Logf("judged %d drawings, %d of them broken; %d states instead of %d", sum.judged, sum.broken, sum.few, sum.many)
}

// comparison counts what both explorations have judged, and the states each has looked at.
type comparison struct{ judged, broken, few, many int }

func (c *comparison) compare(t *rapid.T, d *Def) {
	set := Checker{}
	if rapid.Bool().Draw(t, "law") {
		set.Law = small{}
	}
	reduced, full := newExplorer(d, set, 3000), newExplorer(d, set, 3000)
	full.everyOrder = true
	reduced.run()
	full.run()
	if full.tooLarge || reduced.tooLarge {
		return
	}
	c.judged++
	c.few, c.many = c.few+len(reduced.marks), c.many+len(full.marks)
	// Tokens that pile up at a join and do no harm are not looked for.
	harmful := slices.DeleteFunc(full.findings(), func(f Finding) bool {
		return f.Kind == Twice && d.Node(f.Node).joins()
	})
	found := reduced.findings()
	if len(harmful) > 0 {
		c.broken++
	}
	if (len(found) == 0) != (len(harmful) == 0) && (len(found) == 0 || len(full.findings()) == 0) {
		t.Fatalf("one order (%d states) finds %v\nevery order (%d states) finds %v\n%s", len(reduced.marks), found, len(full.marks), full.findings(), d.Source())
	}
	for _, f := range found {
		if f.Kind == DeadTask || f.Kind == DeadAct || f.Kind == DeadEnd {
			continue
		}
		if !slices.ContainsFunc(full.findings(), func(g Finding) bool { return len(g.Trace) > 0 }) {
			t.Fatalf("one order finds %v, which no order shows", f)
		}
	}
}
