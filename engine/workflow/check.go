package workflow

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Law is the machine that says which acts are legal when. The engine knows its
// states and acts only as words.
//
// A task that names several acts performs, on completion, as many of them as the
// law lets it, one after the other and each at most once: of grant|refuse one,
// of certify|deliver both.
type Law interface {
	Start() string
	// Do returns the state after act, or false when act is not legal in state.
	Do(state, act string) (string, bool)
	// Final reports whether a case may end in this state.
	Final(state string) bool
}

// Finding kinds.
const (
	// Deadlock: tokens wait at joins that can never fire, and no end was reached.
	Deadlock FindingKind = "deadlock"
	// LeftOver: the same, after an end event was reached: a token is left behind.
	LeftOver FindingKind = "left_over"
	// Twice: a task, or a way into a join, can hold two tokens at once.
	Twice FindingKind = "twice"
	// Endless: from here the end cannot be reached any more.
	Endless FindingKind = "endless"
	// OutOfOrder: the task can be open when the law allows none of its acts.
	OutOfOrder FindingKind = "out_of_order"
	// DoubleAct: the same, because another task has performed one of these acts
	// already, as when two desks can both decide.
	DoubleAct FindingKind = "double_act"
	// NotFinal: the case can end in a state of the law that is not final.
	NotFinal FindingKind = "not_final"
	// DeadTask: no way leads to the task.
	DeadTask FindingKind = "dead_task"
	// DeadEnd: no way leads to the end event.
	DeadEnd FindingKind = "dead_end"
	// DeadAct: the task is reached, but this act of it is never legal there.
	DeadAct FindingKind = "dead_act"
	// NoDefault: an exclusive gateway may find no condition true.
	NoDefault FindingKind = "no_default"
	// NoHolder: the task has neither unit nor post.
	NoHolder FindingKind = "no_holder"
	// Missing: the task lacks an attribute that is required.
	Missing FindingKind = "missing"
	// OverLimit: the tasks along the way in Trace may take longer together than the whole may.
	OverLimit FindingKind = "over_limit"
)

// FindingKind is what is wrong with a drawing.
type FindingKind string

// Hop is one step on the way to a fault: a task completed, or a gateway's choice.
type Hop struct {
	Node string   `json:"node"`           // element id
	Name string   `json:"name,omitempty"` // name of the element
	Acts []string `json:"acts,omitempty"` // acts performed, in order
	Flow string   `json:"flow,omitempty"` // id of the flow chosen
}

func (h Hop) String() string {
	s := h.Name
	if s == "" {
		s = h.Node
	}
	if len(h.Acts) > 0 {
		s += " [" + strings.Join(h.Acts, ", ") + "]"
	}
	if h.Flow != "" {
		s += " -> " + h.Flow
	}
	return s
}

// Finding is one thing that is wrong.
type Finding struct {
	Kind FindingKind `json:"kind"`
	Node string      `json:"node,omitempty"` // element id of the node at fault
	Name string      `json:"name,omitempty"`
	Act  string      `json:"act,omitempty"`
	Attr string      `json:"attr,omitempty"` // of Missing
	Days int         `json:"days,omitempty"` // of OverLimit: working days along the way
	Law  string      `json:"law,omitempty"`  // state of the law when it happens
	// Trace is the shortest way found to the fault, from the start; empty for
	// what is wrong with the drawing as it stands.
	Trace []Hop `json:"trace,omitempty"`
}

func (f Finding) String() string {
	var b strings.Builder
	b.WriteString(string(f.Kind))
	for _, s := range []string{f.Node, f.Name, f.Act, f.Attr} {
		if s != "" {
			b.WriteString(" " + s)
		}
	}
	if f.Days > 0 {
		fmt.Fprintf(&b, " of %d days", f.Days)
	}
	if f.Law != "" {
		b.WriteString(" in " + f.Law)
	}
	if len(f.Trace) > 0 {
		hops := make([]string, len(f.Trace))
		for i, h := range f.Trace {
			hops[i] = h.String()
		}
		b.WriteString(" after " + strings.Join(hops, ", "))
	}
	return b.String()
}

// Report is the verdict on a drawing.
type Report struct {
	Findings []Finding `json:"findings,omitempty"`
	// States counts the states explored.
	States int `json:"states"`
	// TooLarge is set when the bound was reached: what was found stands, but
	// nothing is proved about the rest.
	TooLarge bool `json:"too_large,omitempty"`
}

// Sound reports whether the drawing was explored to the end and nothing was found.
func (r *Report) Sound() bool { return !r.TooLarge && len(r.Findings) == 0 }

// Checker explores a drawing. The zero value checks tokens only.
type Checker struct {
	// Law is the machine the acts must obey; nil checks tokens only.
	Law Law
	// Steps fixes which optional steps apply: where it has an entry for X, the
	// condition step["X"] is known; all other conditions are left open.
	Steps map[string]bool
	// Fixed names the variables that stay the same for as long as the case runs, such as "step":
	// gateways that ask the same of them answer alike. Outcomes and what is asked within one
	// event are known to do so without being named.
	Fixed []string
	// Limit is how many working days the whole may take, 0 leaves it open: the limits of the
	// tasks along the longest way are compared with it.
	Limit int
	// Require names the attributes that every task must have, such as limit, unit, post and deputy.
	Require []string
	// MaxStates bounds the exploration; 0 means 200,000.
	MaxStates int
	// MaxMoves bounds it too, by the moves that are followed from one state to another; 0 leaves them open.
	MaxMoves int
}

// Check explores all ways through a drawing, with every gateway free to choose
// and every open task free to be next. See [Checker] for what can be set.
//
// Free choice sees more ways than the data allows: questions that are put in different words
// are taken to be answered independently. See [Checker.Fixed] for those in the same words.
func Check(d *Def, law Law) *Report { return Checker{Law: law}.Check(d) }

// Check is [Check] with the settings of c.
//
// Where the order of open tasks cannot matter, only one order is followed, so
// work in parallel costs the sum and not the product of its branches.
func (c Checker) Check(d *Def) *Report {
	limit := cmp.Or(c.MaxStates, 200_000)
	x := newExplorer(d, c, limit)
	x.run()
	report := &Report{Findings: x.findings(), States: len(x.marks), TooLarge: x.tooLarge}
	if slices.ContainsFunc(report.Findings, func(f Finding) bool { return len(f.Trace) > 0 }) {
		c.everyOrder(d, report, limit)
	}
	report.Findings = append(report.Findings, c.overLimit(d)...)
	for _, n := range d.nodes {
		for _, attr := range c.Require {
			if n.Kind == UserTask && n.Attr[attr] == "" {
				report.Findings = append(report.Findings, Finding{Kind: Missing, Node: n.ID, Name: n.Name, Attr: attr})
			}
		}
		if n.Kind == UserTask && n.Unit() == "" && n.Post() == "" {
			report.Findings = append(report.Findings, Finding{Kind: NoHolder, Node: n.ID, Name: n.Name})
		}
		if n.mayFindNoWay() {
			report.Findings = append(report.Findings, Finding{Kind: NoDefault, Node: n.ID, Name: n.Name})
		}
	}
	return report
}

// mayFindNoWay reports whether all flows out of a gateway have conditions.
func (n *Node) mayFindNoWay() bool {
	return (n.Kind == Exclusive && len(n.Out) > 1 || n.Kind == Inclusive) && n.Default == nil && len(n.Out) > 0 &&
		!slices.ContainsFunc(n.Out, func(f *Flow) bool { return f.When == "" })
}

// everyOrder looks at every order, within a small bound, for shorter ways to what
// was found and for what else is wrong near it.
func (c Checker) everyOrder(d *Def, report *Report, limit int) {
	x := newExplorer(d, c, min(limit, 20_000))
	x.everyOrder = true
	x.run()
	for _, f := range x.findings() {
		i := slices.IndexFunc(report.Findings, func(g Finding) bool { return g.key() == f.key() })
		switch {
		case i < 0 && len(f.Trace) > 0:
			report.Findings = append(report.Findings, f)
		case i >= 0 && len(f.Trace) > 0 && len(f.Trace) <= len(report.Findings[i].Trace):
			report.Findings[i] = f
		}
	}
}

// outcome is one way in which a task's acts may go under the law.
type outcome struct {
	state string
	acts  []string
}

// outcomes follows the acts as far as the law allows. Nothing legal gives none.
func outcomes(law Law, state string, acts []string) []outcome {
	if law == nil || len(acts) == 0 {
		return []outcome{{state: state}}
	}
	var out []outcome
	var follow func(state string, left, done []string)
	follow = func(state string, left, done []string) {
		last := true
		for i, a := range left {
			if next, ok := law.Do(state, a); ok {
				last = false
				rest := slices.Delete(slices.Clone(left), i, i+1)
				follow(next, rest, append(slices.Clone(done), a))
			}
		}
		if last && len(done) > 0 {
			out = append(out, outcome{state, done})
		}
	}
	follow(state, acts, nil)
	return out
}

func (f Finding) key() string { return fmt.Sprintf("%s\x00%s\x00%s", f.Kind, f.Node, f.Act) }
