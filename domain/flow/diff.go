package flow

import (
	"slices"
	"strconv"
	"strings"

	"onedoor.app/engine/workflow"
)

// Difference is one thing that another version says of a step.
type Difference struct {
	Code     string // of its words: "flow.diff." and what
	Step     string // name of the step
	Was, Now string
}

// Differences lists what a drawing says otherwise than an older one, in the order of the new one,
// what is gone at the end. A step is the same where its id is.
func Differences(was, now *workflow.Def) (all []Difference) {
	old := map[string]*workflow.Node{}
	for _, n := range steps(was) {
		old[n.ID] = n
	}
	for _, n := range steps(now) {
		o := old[n.ID]
		delete(old, n.ID)
		if o == nil {
			all = append(all, Difference{Code: "flow.diff.added", Step: n.Name})
			continue
		}
		for _, e := range []struct{ code, was, now string }{
			{"name", o.Name, n.Name}, {"kind", o.Slot(), n.Slot()}, {"post", o.Post(), n.Post()}, {"limit", days(o), days(n)},
			{"stops", o.StopsClock(), n.StopsClock()}, {"basis", o.Attr["basis"], n.Attr["basis"]}, {"inspectors", o.Attr["inspectors"], n.Attr["inspectors"]},
			{"service", o.Service(), n.Service()}, {"send", strings.Join(o.Send(), " "), strings.Join(n.Send(), " ")},
			{"standard", o.Standard(), n.Standard()}, {"condition", condition(o), condition(n)}, {"before", before(o), before(n)},
		} {
			if e.was != e.now {
				all = append(all, Difference{Code: "flow.diff." + e.code, Step: n.Name, Was: e.was, Now: e.now})
			}
		}
	}
	for _, o := range steps(was) {
		if old[o.ID] != nil {
			all = append(all, Difference{Code: "flow.diff.removed", Step: o.Name})
		}
	}
	return all
}

// steps are what somebody does and what other systems are told, in the order in which the drawing comes to them.
func steps(d *workflow.Def) []*workflow.Node {
	return slices.DeleteFunc(d.Sequence(), func(n *workflow.Node) bool { return n.Kind != workflow.UserTask && n.Kind != workflow.ServiceTask })
}

func days(n *workflow.Node) string {
	if n.Limit() == 0 {
		return ""
	}
	return strconv.Itoa(n.Limit())
}

// condition is what the flows that lead to a task ask.
func condition(n *workflow.Node) string {
	var all []string
	for _, f := range n.In {
		if f.When != "" {
			all = append(all, f.When)
		}
	}
	return strings.Join(all, " || ")
}

// before names the steps that come straight before one.
func before(n *workflow.Node) string {
	var names []string
	seen := map[*workflow.Node]bool{}
	var back func(*workflow.Node)
	back = func(n *workflow.Node) {
		for _, f := range n.In {
			switch from := f.From; {
			case seen[from]:
			case from.Kind == workflow.UserTask, from.Kind == workflow.ServiceTask:
				seen[from] = true
				names = append(names, from.Name)
			default:
				seen[from] = true
				back(from)
			}
		}
	}
	back(n)
	slices.Sort(names)
	return strings.Join(names, "、")
}
