package workflow

import (
	"fmt"
	"regexp"
	"strings"

	"pgregory.net/rapid"
)

// garden grows a random plain BPMN file in which every construct of the subset may hold every other.
// It is sound: whatever begins comes to the one way on, or to an end of its own.
type garden struct {
	t         *rapid.T
	nodes     strings.Builder // of the body under construction
	flows     strings.Builder
	processes strings.Builder // those that are called
	n         int
	looped    int  // loops around this place
	calls     bool // whether there may be calls here
	limit     int
	alike     bool // whether several gateways may ask the same
}

// Grow draws a whole file.
func Grow(t *rapid.T, depth, limit int, alike bool) []byte {
	g := &garden{t: t, calls: true, limit: limit, alike: alike}
	main := g.body("p", depth)
	return []byte(`<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:gov="` + Namespace + `"><process id="p">` + main + `</process>` +
		g.processes.String() + `</definitions>`)
}

func (g *garden) pick(label string, n int) int { return rapid.IntRange(0, n-1).Draw(g.t, label) }
func (g *garden) rarely(label string) bool     { return g.pick(label, 4) == 0 }

func (g *garden) id(kind string) string {
	g.n++
	return fmt.Sprintf("%s%d", kind, g.n)
}

// node writes one node and returns its id.
func (g *garden) node(kind, tag, attrs, inner string) string {
	id := g.id(kind)
	fmt.Fprintf(&g.nodes, `<%s id="%s" gov:unit="u"%s>%s</%s>`, tag, id, attrs, inner, tag)
	return id
}

func (g *garden) flow(from, to, when string) string {
	id := g.id("f")
	if when != "" {
		when = "<conditionExpression>" + when + "</conditionExpression>"
	}
	fmt.Fprintf(&g.flows, `<sequenceFlow id="%s" sourceRef="%s" targetRef="%s">%s</sequenceFlow>`, id, from, to, when)
	return id
}

// body writes a start, a block and its ends; what it holds is returned.
func (g *garden) body(kind string, depth int) string {
	nodes, flows := g.nodes.String(), g.flows.String()
	g.nodes.Reset()
	g.flows.Reset()
	at := g.node("s", "startEvent", "", "")
	if kind == "sub" && g.rarely("terminate") { // one of two ends stops the other
		split := g.node("P", "parallelGateway", "", "")
		g.flow(at, split, "")
		last := g.next(split, g.node("a", "userTask", "", "")) // else the other would be stopped before it began
		g.flow(g.block(last, 0), g.node("T", "endEvent", "", "<terminateEventDefinition/>"), "")
		at = split
	}
	if kind == "sub" && !g.alike { // it takes time, so that events at it may come
		at = g.next(at, g.node("a", "userTask", "", ""))
	}
	for range 1 + g.pick("blocks", depth+1) {
		at = g.block(at, depth)
	}
	g.flow(at, g.node("E", "endEvent", "", ""), "")
	text := g.nodes.String() + g.flows.String()
	g.nodes.Reset()
	g.flows.Reset()
	g.nodes.WriteString(nodes)
	g.flows.WriteString(flows)
	return text
}

func (g *garden) condition() string {
	asks := rapid.SampledFrom([]string{"v0 == 1.0", "v1 == 1.0", "v2 != 1.0", "v0 > 1.0", "v1 == 2.0 || v2 == 2.0", `kind == "large"`, "!(v1 == 1.0)"}).Draw(g.t, "condition")
	if g.alike {
		return asks
	}
	return asks + " || " + g.id("own") + " == 1.0"
}

// block grows one block behind a node and returns the node that it ends at.
func (g *garden) block(from string, depth int) string {
	kind := 7 + g.pick("kind", 9)
	if depth <= 0 || g.n > g.limit || g.rarely("plain") {
		kind = g.pick("small", 7)
	}
	switch kind {
	case 0, 1, 2:
		return g.activity(from, g.node("a", "userTask", "", ""))
	case 3:
		return g.next(from, g.node("Z", "serviceTask", "", ""))
	case 4:
		return g.next(from, g.node("D", "businessRuleTask", "", `<extensionElements><gov:table hit="first"><gov:input>v0</gov:input><gov:output>kind</gov:output>`+
			`<gov:row><gov:when>1.0</gov:when><gov:then>"large"</gov:then></gov:row><gov:row><gov:when>-</gov:when><gov:then>"small"</gov:then></gov:row></gov:table></extensionElements>`))
	case 5:
		return g.next(from, g.catch())
	case 6:
		return g.activity(from, g.node("a", "userTask", "", g.instances()))
	case 7, 8:
		for range 2 + g.pick("parts", 2) {
			from = g.block(from, depth-1)
		}
		return from
	case 9:
		return g.branches(from, "parallelGateway", depth)
	case 10:
		return g.branches(from, "exclusiveGateway", depth)
	case 11:
		return g.branches(from, "inclusiveGateway", depth)
	case 12:
		return g.loop(from, depth)
	case 13:
		return g.race(from, depth)
	case 14:
		if g.calls {
			return g.activity(from, g.call(depth))
		}
	}
	several := ""
	if g.rarely("several") {
		several = g.instances()
	}
	inner := g.body("sub", max(depth-1, 0))
	return g.activity(from, g.node("sub", "subProcess", "", several+inner))
}

func (g *garden) next(from, to string) string {
	g.flow(from, to, "")
	return to
}

// catch writes an event in the flow.
func (g *garden) catch() string { return g.node("H", "intermediateCatchEvent", "", g.trigger()) }

func (g *garden) trigger() string {
	if g.pick("trigger", 2) == 0 {
		return "<timerEventDefinition><timeDuration>P1D</timeDuration></timerEventDefinition>"
	}
	return fmt.Sprintf(`<messageEventDefinition messageRef="m%d"/>`, g.pick("message", 3))
}

// instances says that there are several, how many and when they are enough.
func (g *garden) instances() string {
	attr, inner := "", "<loopCardinality>count</loopCardinality>"
	if g.pick("over", 2) == 0 {
		attr, inner = ` collection="people" elementVariable="who"`, ""
	}
	if g.pick("sequential", 2) == 0 {
		attr += ` isSequential="true"`
	}
	switch g.pick("until", 4) {
	case 0:
		inner += "<completionCondition>${nrOfCompletedInstances &gt;= 1}</completionCondition>"
	case 1:
		inner += "<completionCondition>${nrOfCompletedInstances/nrOfInstances &gt;= 0.6}</completionCondition>"
	case 2:
		inner += "<completionCondition>instances.outcome.agree == 2.0</completionCondition>"
	}
	return "<multiInstanceLoopCharacteristics" + attr + ">" + inner + "</multiInstanceLoopCharacteristics>"
}

// activity leads to an activity, with events at it perhaps, and on from there.
func (g *garden) activity(from, id string) string {
	g.flow(from, id, "")
	out := id
	if g.rarely("interrupted") {
		out = g.node("X", "exclusiveGateway", "", "")
		g.flow(id, out, "")
		at := g.node("B", "boundaryEvent", ` attachedToRef="`+id+`"`, g.trigger())
		g.flow(g.block(at, 0), out, "")
	}
	if g.rarely("reminded") {
		at := g.node("N", "boundaryEvent", ` attachedToRef="`+id+`" cancelActivity="false"`, g.trigger())
		if g.looped == 0 { // else it might be open still when it opens again
			at = g.next(at, g.node("a", "userTask", "", ""))
		}
		g.flow(g.next(at, g.node("Z", "serviceTask", "", "")), g.node("E", "endEvent", "", ""), "")
	}
	return out
}

func (g *garden) branches(from, tag string, depth int) string {
	split, join := g.id("G"), g.id("J")
	g.flow(from, split, "")
	n := 2 + g.pick("branches", 2)
	attr := ""
	for i := range n {
		when := ""
		if tag != "parallelGateway" && i < n-1 {
			when = g.condition()
		}
		// A gateway of its own in each branch keeps the flow out of the split in sight.
		first := g.node("X", "exclusiveGateway", "", "")
		id := g.flow(split, first, when)
		if tag != "parallelGateway" && i == n-1 {
			attr = ` default="` + id + `"`
		}
		if g.rarely("nothing") {
			g.flow(first, join, "")
		} else {
			g.flow(g.block(first, depth-1), join, "")
		}
	}
	fmt.Fprintf(&g.nodes, `<%s id="%s"%s/><%s id="%s"/>`, tag, split, attr, tag, join)
	return join
}

func (g *garden) loop(from string, depth int) string {
	g.looped++
	defer func() { g.looped-- }()
	merge, split := g.node("X", "exclusiveGateway", "", ""), g.id("X")
	g.flow(from, merge, "")
	task := g.next(merge, g.node("a", "userTask", "", ""))
	g.flow(g.block(task, depth-1), split, "")
	g.flow(split, merge, "again == 1.0")
	out := g.node("X", "exclusiveGateway", "", "")
	fmt.Fprintf(&g.nodes, `<exclusiveGateway id="%s" default="%s"/>`, split, g.flow(split, out, ""))
	return out
}

// race is an event-based choice.
func (g *garden) race(from string, depth int) string {
	v, join := g.node("V", "eventBasedGateway", "", ""), g.node("X", "exclusiveGateway", "", "")
	g.flow(from, v, "")
	for range 2 + g.pick("events", 2) {
		g.flow(g.block(g.next(v, g.catch()), depth-1), join, "")
	}
	return join
}

func (g *garden) call(depth int) string {
	id := g.id("called")
	nodes, flows := g.nodes.String(), g.flows.String()
	g.nodes.Reset()
	g.flows.Reset()
	g.calls = false
	fmt.Fprintf(&g.processes, `<process id="%s">%s</process>`, id, g.body("sub", max(depth-1, 0)))
	g.calls = true
	g.nodes.WriteString(nodes)
	g.flows.WriteString(flows)
	return g.node("c", "callActivity", ` calledElement="`+id+`"`, "")
}

// Weather draws the variables of one event. Late in a case loops are let go and all that
// conditions ask for is there.
func Weather(t *rapid.T, late bool) map[string]any {
	number := func(name string) float64 { return float64(rapid.IntRange(0, 2).Draw(t, name)) }
	vars := map[string]any{
		"v0": number("v0"), "v1": number("v1"), "v2": number("v2"), "again": number("again"),
		"count": float64(rapid.IntRange(0, 3).Draw(t, "count")), "people": []any{"甲", "乙", "丙"}[:rapid.IntRange(0, 3).Draw(t, "people")],
	}
	if late {
		vars["again"] = 0.0
		return vars
	}
	if rapid.IntRange(0, 7).Draw(t, "missing") == 0 {
		delete(vars, rapid.SampledFrom([]string{"v0", "count", "people"}).Draw(t, "which"))
	}
	return vars
}

var (
	flowTarget = regexp.MustCompile(`targetRef="[A-Za-z]+[0-9]+"`)
	anyNode    = regexp.MustCompile(`<(?:userTask|serviceTask|parallelGateway|exclusiveGateway|inclusiveGateway|endEvent) id="([A-Za-z]+[0-9]+)"`)
	gateway    = regexp.MustCompile(`<(?:parallel|exclusive|inclusive)Gateway id="([A-Z][0-9]+)"( default="f[0-9]+")?(?:/>| gov:unit="u"></(?:parallel|exclusive|inclusive)Gateway>)`)
	task       = regexp.MustCompile(`<userTask id="a[0-9]+"`)
)

// Spoil changes a file at a few random places, so that it may not be sound any more.
func Spoil(t *rapid.T, src []byte) []byte {
	text := string(src)
	spot := func(re *regexp.Regexp) []int {
		all := re.FindAllStringSubmatchIndex(text, -1)
		if len(all) == 0 {
			return nil
		}
		return all[rapid.IntRange(0, len(all)-1).Draw(t, "spot")]
	}
	for range rapid.IntRange(1, 3).Draw(t, "changes") {
		if rapid.Bool().Draw(t, "target") {
			if at, to := spot(flowTarget), spot(anyNode); at != nil && to != nil {
				text = text[:at[0]] + `targetRef="` + text[to[2]:to[3]] + `"` + text[at[1]:]
			}
			continue
		}
		at := spot(gateway)
		if at == nil {
			continue
		}
		id, kind := text[at[2]:at[3]], rapid.SampledFrom([]string{"parallel", "exclusive", "inclusive"}).Draw(t, "gateway")
		byDefault := ""
		if at[4] >= 0 && kind != "parallel" {
			byDefault = text[at[4]:at[5]]
		}
		text = text[:at[0]] + fmt.Sprintf(`<%sGateway id="%s"%s/>`, kind, id, byDefault) + text[at[1]:]
		if kind == "parallel" {
			asked := regexp.MustCompile(`(sourceRef="` + id + `" targetRef="[A-Za-z0-9]+">)<conditionExpression>[^<]*</conditionExpression>`)
			text = asked.ReplaceAllString(text, "$1")
		}
	}
	return []byte(text)
}

// Empower gives tasks acts of the law [small].
func Empower(t *rapid.T, src []byte) []byte {
	return task.ReplaceAllFunc(src, func(tag []byte) []byte {
		act := rapid.SampledFrom([]string{"", "", "look", "once", "undo", "once|undo"}).Draw(t, "act")
		return fmt.Appendf(nil, `%s gov:act="%s"`, tag, act)
	})
}
