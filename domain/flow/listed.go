package flow

import (
	"encoding/xml"
	"errors"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"

	"onedoor.app/engine/workflow"
)

// PlanOf reads a drawing as a list of steps; false where a list cannot say everything that the
// drawing says. What the list draws then differs from it by the diagram and by the ids of gateways
// and flows alone.
func PlanOf(def *workflow.Def) (*Plan, bool) {
	if !plainFile(def.Source()) {
		return nil, false
	}
	l := &lister{}
	starts := slices.DeleteFunc(def.Nodes(), func(n *workflow.Node) bool { return n.Kind != workflow.Start })
	if len(starts) != 1 || starts[0].Trigger != "" || starts[0].Name != "" || len(starts[0].Out) != 1 || !l.list(starts[0].Out[0].To) {
		return nil, false
	}
	if l.plan.wrong() || !l.plan.draws(def) {
		return nil, false
	}
	return &l.plan, true
}

// lister goes along a drawing from its start and writes down the steps.
type lister struct{ plan Plan }

// list reads from a node to the end of the drawing.
func (l *lister) list(n *workflow.Node) bool {
	for n.Kind != workflow.End {
		if n.Kind == workflow.Parallel {
			var ok bool
			if n, ok = l.beside(n); !ok {
				return false
			}
			continue
		}
		step, next := read(n)
		if next == nil {
			return false
		}
		l.plan.Steps = append(l.plan.Steps, step)
		n = next
	}
	return n.Name == "" && len(n.In) == 1
}

// beside reads a group of steps that run together, from the gateway that divides, and returns what
// follows the one that joins.
func (l *lister) beside(split *workflow.Node) (*workflow.Node, bool) {
	var join *workflow.Node
	if split.Name != "" || len(split.In) != 1 || len(split.Out) < 2 {
		return nil, false
	}
	for i, f := range split.Out {
		step, next := read(f.To)
		if next == nil || next.Kind != workflow.Parallel || join != nil && next != join {
			return nil, false
		}
		join = next
		step.With = i > 0
		l.plan.Steps = append(l.plan.Steps, step)
	}
	if join.Name != "" || len(join.In) != len(split.Out) || len(join.Out) != 1 {
		return nil, false
	}
	return join.Out[0].To, true
}

// read reads one step, with the choice around it where it has one, and returns what follows; nil
// where there is no step.
func read(n *workflow.Node) (Step, *workflow.Node) {
	if n.Kind == workflow.UserTask {
		return stepOf(n)
	}
	if n.Kind != workflow.Exclusive || len(n.In) != 1 || len(n.Out) != 2 || n.Default == nil {
		return Step{}, nil
	}
	way := n.Out[0]
	if way == n.Default {
		way = n.Out[1]
	}
	step, join := stepOf(way.To)
	if join == nil || join.Kind != workflow.Exclusive || join != n.Default.To || join.Name != "" || len(join.In) != 2 || len(join.Out) != 1 {
		return Step{}, nil
	}
	switch {
	case way.When == `step["`+step.ID+`"]` && (n.Name == "" || n.Name == step.Name+"?"):
		step.Runs = RunsItem
	case n.Name == "" && step.asks(way.When):
		step.Runs = RunsWhen
	default:
		return Step{}, nil
	}
	return step, join.Out[0].To
}

// stepOf reads what a task says of itself.
func stepOf(n *workflow.Node) (Step, *workflow.Node) {
	if n.Kind != workflow.UserTask || len(n.In) != 1 || len(n.Out) != 1 || n.Out[0].When != "" || n.Instances != nil || len(n.Boundaries) > 0 {
		return Step{}, nil
	}
	return Step{
		ID: n.ID, Name: n.Name, Kind: n.Slot(), Post: n.Post(), Days: n.Limit(), Stops: n.StopsClock(), Basis: n.Attr["basis"],
		Inspectors: number0or(n.Attr["inspectors"]), Standard: n.Standard(),
	}, n.Out[0].To
}

func number0or(text string) int {
	if n := number0(text); text != "" && n <= mostPeople {
		return n
	}
	return 0 // what it was shows when the list is drawn and compared
}

// The conditions as Compare.Rule writes them.
var (
	askedNumber = regexp.MustCompile(`^(answer|form)\["([^"\\]+)"\] != null && (?:answer|form)\["[^"\\]+"\] != "" && double\((?:answer|form)\["[^"\\]+"\]\) (<=|>=|<|>) (-?[0-9.]+)$`)
	askedValue  = regexp.MustCompile(`^(answer|form)\["([^"\\]+)"\] (==|!=) (?:"([^"\\]*)"|(true|false))$`)
)

// asks takes a condition over into the step where it is one that the menu makes.
func (s *Step) asks(when string) bool {
	parts, by := []string{when}, ""
	for _, op := range []string{") && (", ") || ("} {
		if strings.Contains(when, op) {
			if by != "" {
				return false
			}
			by = op
			parts = strings.Split(when, op)
		}
	}
	s.When, s.Any = nil, by == ") || ("
	for i, part := range parts {
		if i == 0 {
			part = strings.TrimPrefix(part, "(")
		}
		if i == len(parts)-1 {
			part = strings.TrimSuffix(part, ")")
		}
		var c Compare
		if m := askedNumber.FindStringSubmatch(part); m != nil {
			c = Compare{Subject: m[1] + "." + m[2], Op: m[3], Value: strings.TrimSuffix(m[4], ".0"), Number: true}
		} else if m := askedValue.FindStringSubmatch(part); m != nil {
			c = Compare{Subject: m[1] + "." + m[2], Op: m[3], Value: m[4] + m[5]}
		} else {
			return false
		}
		s.When = append(s.When, c)
	}
	return s.rule() == when || len(parts) == 1 && s.When[0].Rule() == when
}

// draws reports whether the list draws the same tasks in the same order of work, each with the same
// attributes and conditions.
func (p Plan) draws(def *workflow.Def) bool {
	again, err := p.Draw("x", "")
	if err != nil || len(again.Nodes()) != len(def.Nodes()) || len(again.Flows()) != len(def.Flows()) {
		return false
	}
	for _, n := range def.Tasks() {
		m := again.Node(n.ID)
		if m == nil || m.Name != n.Name || !maps.Equal(m.Attr, n.Attr) {
			return false
		}
	}
	for _, n := range def.Nodes() {
		if n.Kind != workflow.UserTask && len(n.Attr) > 0 {
			return false
		}
	}
	return !slices.ContainsFunc(def.Flows(), func(f *workflow.Flow) bool { return f.Name != "" })
}

// What a file may hold that a list of steps draws too.
var (
	plainTags = []string{
		"definitions", "process", "startEvent", "endEvent", "userTask", "exclusiveGateway", "parallelGateway", "sequenceFlow",
		"conditionExpression", "incoming", "outgoing",
	}
	plainAttrs = []string{"id", "name", "default", "sourceRef", "targetRef", "isExecutable", "targetNamespace", "exporter", "exporterVersion"}
)

// The namespaces of a drawing besides those of the engine and of other tools.
const (
	nsModel    = "http://www.omg.org/spec/BPMN/20100524/MODEL"
	nsDiagram  = "http://www.omg.org/spec/BPMN/20100524/DI"
	nsDrawing  = "http://www.omg.org/spec/DD/20100524/"
	nsInstance = "http://www.w3.org/2001/XMLSchema-instance"
)

// plainFile reports whether a file says nothing, outside of its diagram, that would be lost if it
// were drawn anew from its steps.
func plainFile(source []byte) bool {
	for dec := xml.NewDecoder(strings.NewReader(string(source))); ; {
		token, err := dec.Token()
		if err != nil {
			return errors.Is(err, io.EOF)
		}
		switch t := token.(type) {
		case xml.Comment:
			return false
		case xml.StartElement:
			if t.Name.Space == nsDiagram || strings.HasPrefix(t.Name.Space, nsDrawing) {
				continue
			}
			if t.Name.Space != nsModel || !slices.Contains(plainTags, t.Name.Local) || slices.ContainsFunc(t.Attr, foreignAttr) {
				return false
			}
		}
	}
}

func foreignAttr(a xml.Attr) bool {
	switch a.Name.Space {
	case "":
		return a.Name.Local != "xmlns" && !slices.Contains(plainAttrs, a.Name.Local)
	case "xmlns", nsInstance, workflow.Namespace:
		return false
	}
	return true
}
