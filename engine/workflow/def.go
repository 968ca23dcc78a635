package workflow

import (
	"slices"
	"strconv"
	"strings"

	"onedoor.app/engine/rule"
)

// Namespace is the XML namespace of the extension attributes, by custom bound to
// the prefix "gov".
const Namespace = "https://onedoor.app/bpmn"

// Kind is what a node is.
type Kind string

// The kinds that are executed.
const (
	Start     Kind = "start"
	End       Kind = "end"
	Terminate Kind = "terminate" // an end that withdraws every other token
	UserTask  Kind = "task"
	Exclusive Kind = "exclusive"
	Parallel  Kind = "parallel"
)

// Def is a compiled drawing. It is immutable and safe for use by many goroutines.
type Def struct {
	id, name string
	hash     string
	source   []byte
	nodes    []*Node
	flows    []*Flow
	byID     map[string]*Node
	start    *Node
}

// ID returns the id of the process element.
func (d *Def) ID() string { return d.id }

// Name returns the name of the process, or "" when it has none.
func (d *Def) Name() string { return d.name }

// Hash returns 64 hexadecimal digits that name this drawing: the SHA-256 of its
// file without a byte order mark and with line ends as single line feeds.
func (d *Def) Hash() string { return d.hash }

// Source returns a copy of the file, unchanged.
func (d *Def) Source() []byte { return slices.Clone(d.source) }

// Nodes returns the nodes in the order of the file. They must not be changed.
func (d *Def) Nodes() []*Node { return slices.Clone(d.nodes) }

// Tasks returns the user tasks in the order of the file. They must not be changed.
func (d *Def) Tasks() []*Node {
	var tasks []*Node
	for _, n := range d.nodes {
		if n.Kind == UserTask {
			tasks = append(tasks, n)
		}
	}
	return tasks
}

// Flows returns the sequence flows in the order of the file. They must not be changed.
func (d *Def) Flows() []*Flow { return slices.Clone(d.flows) }

// Node returns the node with this element id, or nil.
func (d *Def) Node(id string) *Node { return d.byID[id] }

// Node is an event, a task or a gateway of a drawing. It must not be changed.
type Node struct {
	ID, Name string
	Kind     Kind
	// Attr holds the attributes of [Namespace] by local name.
	Attr map[string]string
	// In and Out are the sequence flows, in the order of the file.
	In, Out []*Flow
	// Default is the flow an exclusive gateway takes when no condition holds, or nil.
	Default *Flow

	ix int
}

// Flow is a sequence flow. It must not be changed.
type Flow struct {
	ID, Name string
	From, To *Node
	// When is the condition in CEL, or "" when the flow has none.
	When string

	cond *rule.Rule
	ix   int
}

// Clock says what time spent in a task counts as.
type Clock string

// The values of the attribute clock.
const (
	ClockNone      Clock = "none"      // counts for no limit
	ClockStatutory Clock = "statutory" // counts for the limits of the whole
	ClockStopped   Clock = "stopped"   // the limits of the whole stand still
)

// Acts returns the acts that completing the task may perform, in the order
// written; the attribute act separates them by "|" or ",".
func (n *Node) Acts() []string { return splitActs(n.Attr["act"]) }

func splitActs(s string) []string {
	var acts []string
	for _, a := range strings.FieldsFunc(s, func(r rune) bool { return r == '|' || r == ',' }) {
		if a = strings.TrimSpace(a); a != "" && !slices.Contains(acts, a) {
			acts = append(acts, a)
		}
	}
	return acts
}

// Unit returns the attribute unit.
func (n *Node) Unit() string { return n.Attr["unit"] }

// Post returns the attribute post: a post or a rule that finds one.
func (n *Node) Post() string { return n.Attr["post"] }

// Limit returns how long the task may take, in units of [Node.LimitUnit]; 0 when
// it has no limit of its own.
func (n *Node) Limit() int {
	v, _ := strconv.Atoi(n.Attr["limit"])
	return v
}

// LimitUnit returns the attribute limitUnit.
func (n *Node) LimitUnit() string { return n.Attr["limitUnit"] }

// Clock returns what the time in the task counts as: stopped when the task says
// what it stops the clock for, none when nothing is said.
func (n *Node) Clock() Clock {
	switch c := n.Attr["clock"]; {
	case c != "":
		return Clock(c)
	case n.StopsClock() != "":
		return ClockStopped
	}
	return ClockNone
}

// StopsClock returns the reason for which the task stops the clock, or "".
func (n *Node) StopsClock() string { return n.Attr["stopsClock"] }

// Slot returns the attribute slot: the role of the task in a family of drawings.
func (n *Node) Slot() string { return n.Attr["slot"] }

// Standard returns the attribute standard: what the person at the task looks at.
func (n *Node) Standard() string { return n.Attr["standard"] }
