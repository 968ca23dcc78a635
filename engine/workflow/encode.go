package workflow

import (
	"bytes"
	"cmp"
	"encoding/xml"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// writer writes indented XML.
type writer struct {
	bytes.Buffer
	depth int
}

// escape writes a value that may stand between tags.
func escape(s string) string {
	if !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == '&' || r == '<' || r == '>' || r >= 0xD800 }) {
		return s
	}
	var b bytes.Buffer
	_ = xml.EscapeText(&b, []byte(s)) // a bytes.Buffer takes everything
	return plain.Replace(b.String())
}

var plain = strings.NewReplacer("&#34;", `"`, "&#39;", "'")

// quote writes a value that may stand inside double quotes.
func quote(s string) string { return strings.ReplaceAll(escape(s), `"`, "&quot;") }

func (w *writer) line(format string, args ...any) {
	for range w.depth {
		w.WriteString("  ")
	}
	fmt.Fprintf(w, format, args...)
	w.WriteByte('\n')
}

// attrs writes name="value" pairs, leaving out empty values.
func attrs(pairs ...string) string {
	var b bytes.Buffer
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			fmt.Fprintf(&b, ` %s="%s"`, pairs[i], quote(pairs[i+1]))
		}
	}
	return b.String()
}

// arrange puts shapes into reading order and edges after the shape they leave.
// Edges out of one gateway keep their order: it is the order of the conditions.
func (g *draft) arrange() {
	slices.SortStableFunc(g.shapes, func(a, b *shape) int {
		return cmp.Or(cmp.Compare(a.midX(), b.midX()), cmp.Compare(a.y, b.y))
	})
	rank := map[*shape]int{}
	for i, s := range g.shapes {
		rank[s] = i
	}
	slices.SortStableFunc(g.edges, func(a, b *edge) int { return rank[a.from] - rank[b.from] })
	for i, e := range g.edges {
		e.id = "flow_" + strconv.Itoa(i+1)
	}
}

func (g *draft) xml() []byte {
	g.arrange()
	w := &writer{}
	w.line(`<?xml version="1.0" encoding="UTF-8"?>`)
	w.line(`<bpmn:definitions xmlns:bpmn="%s"`, nsModel)
	w.line(`    xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI"`)
	w.line(`    xmlns:dc="http://www.omg.org/spec/DD/20100524/DC"`)
	w.line(`    xmlns:di="http://www.omg.org/spec/DD/20100524/DI"`)
	w.line(`    xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"`)
	w.line(`    xmlns:gov="%s"`, Namespace)
	w.line(`    id="definitions_%s" targetNamespace="%s">`, g.id, Namespace)
	w.depth = 1
	w.line(`<bpmn:process%s isExecutable="true">`, attrs("id", g.id, "name", g.name))
	w.depth = 2
	for _, s := range g.shapes {
		g.node(w, s)
	}
	for _, e := range g.edges {
		g.flow(w, e)
	}
	w.depth = 1
	w.line(`</bpmn:process>`)
	g.diagram(w)
	w.depth = 0
	w.line(`</bpmn:definitions>`)
	return w.Bytes()
}

func (g *draft) node(w *writer, s *shape) {
	pairs := []string{"id", s.id, "name", s.name}
	if s.byDefault != nil {
		pairs = append(pairs, "default", s.byDefault.id)
	}
	if s.task != nil {
		for _, a := range s.task.attributes() {
			pairs = append(pairs, "gov:"+a[0], a[1])
		}
		for _, k := range slices.Sorted(maps.Keys(s.task.Attr)) {
			pairs = append(pairs, "gov:"+k, s.task.Attr[k])
		}
	}
	w.line(`<bpmn:%s%s>`, s.tag, attrs(pairs...))
	w.depth++
	for _, e := range g.edges {
		if e.to == s {
			w.line(`<bpmn:incoming>%s</bpmn:incoming>`, e.id)
		}
	}
	for _, e := range g.edges {
		if e.from == s {
			w.line(`<bpmn:outgoing>%s</bpmn:outgoing>`, e.id)
		}
	}
	w.depth--
	w.line(`</bpmn:%s>`, s.tag)
}

func (g *draft) flow(w *writer, e *edge) {
	head := attrs("id", e.id, "name", e.name, "sourceRef", e.from.id, "targetRef", e.to.id)
	if e.when == "" {
		w.line(`<bpmn:sequenceFlow%s />`, head)
		return
	}
	w.line(`<bpmn:sequenceFlow%s>`, head)
	w.line(`  <bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">%s</bpmn:conditionExpression>`, escape(e.when))
	w.line(`</bpmn:sequenceFlow>`)
}

func (g *draft) diagram(w *writer) {
	w.line(`<bpmndi:BPMNDiagram id="diagram_%s">`, g.id)
	w.line(`  <bpmndi:BPMNPlane id="plane_%s" bpmnElement="%s">`, g.id, g.id)
	w.depth += 2
	for _, s := range g.shapes {
		marker := ""
		if s.tag == "exclusiveGateway" {
			marker = ` isMarkerVisible="true"`
		}
		w.line(`<bpmndi:BPMNShape id="%s_di" bpmnElement="%s"%s>`, s.id, s.id, marker)
		w.line(`  <dc:Bounds x="%d" y="%d" width="%d" height="%d" />`, s.x, s.y, s.w, s.h)
		if s.task == nil && s.name != "" {
			// Above and to the left, where no edge of a gateway runs.
			width := labelHeight * utf8.RuneCountInString(s.name)
			w.line(`  <bpmndi:BPMNLabel>`)
			w.line(`    <dc:Bounds x="%d" y="%d" width="%d" height="%d" />`, max(0, s.midX()-bypass/2-width), s.y-labelHeight/2, width, labelHeight)
			w.line(`  </bpmndi:BPMNLabel>`)
		}
		w.line(`</bpmndi:BPMNShape>`)
	}
	for _, e := range g.edges {
		w.line(`<bpmndi:BPMNEdge id="%s_di" bpmnElement="%s">`, e.id, e.id)
		for _, p := range e.points {
			w.line(`  <di:waypoint x="%d" y="%d" />`, p.x, p.y)
		}
		w.line(`</bpmndi:BPMNEdge>`)
	}
	w.depth -= 2
	w.line(`  </bpmndi:BPMNPlane>`)
	w.line(`</bpmndi:BPMNDiagram>`)
}
