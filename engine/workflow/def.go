package workflow

import (
	"slices"
	"sync"

	"onedoor.app/engine/rule"
)

// Namespace is the XML namespace of the extension attributes, by custom bound to
// the prefix "gov".
const Namespace = "https://onedoor.app/bpmn"

// Kind is what a node is.
type Kind string

// The kinds that are executed.
const (
	Start       Kind = "start"
	End         Kind = "end"
	Terminate   Kind = "terminate"  // an end that withdraws every other token of its body
	UserTask    Kind = "task"       // somebody does it
	RuleTask    Kind = "rule"       // a decision table does it, at once
	ServiceTask Kind = "service"    // an order to the outbox, at once
	Subprocess  Kind = "subprocess" // a body of its own
	Call        Kind = "call"       // the body of another process
	Exclusive   Kind = "exclusive"
	Parallel    Kind = "parallel"
	Inclusive   Kind = "inclusive"
	EventBased  Kind = "event_based" // whichever of the events behind it comes first
	Catch       Kind = "catch"       // waits for a timer or a message
	Boundary    Kind = "boundary"    // a timer or a message at an activity
)

// Trigger is what an event waits for.
type Trigger string

// The triggers. A start event without one begins when it is told to.
const (
	OnTimer   Trigger = "timer"
	OnMessage Trigger = "message"
)

// Def is a compiled drawing. It is immutable and safe for use by many goroutines.
type Def struct {
	id, name string
	hash     string
	source   []byte
	root     *Body
	nodes    []*Node
	flows    []*Flow
	byID     map[string]*Node
	notes    []Note
	wide     int // of the most ways out of one node

	ordered sync.Once // the first use of before, which fills Node.above
}

// ID returns the id of the process element.
func (d *Def) ID() string { return d.id }

// Name returns the name of the process, or "" when it has none.
func (d *Def) Name() string { return d.name }

// Hash returns 64 hexadecimal digits that name this drawing: the SHA-256 of its
// file without a byte order mark and with line ends as single line feeds, and of the
// files of the processes that it calls.
func (d *Def) Hash() string { return d.hash }

// Source returns a copy of the file, unchanged.
func (d *Def) Source() []byte { return slices.Clone(d.source) }

// Nodes returns the nodes in the order of the file, those of subprocesses and called
// processes behind what holds them. They must not be changed.
func (d *Def) Nodes() []*Node { return slices.Clone(d.nodes) }

// Tasks returns the user tasks in the order of Sequence. They must not be changed.
func (d *Def) Tasks() []*Node {
	var tasks []*Node
	for _, n := range d.Sequence() {
		if n.Kind == UserTask {
			tasks = append(tasks, n)
		}
	}
	return tasks
}

// Flows returns the sequence flows in the order of Nodes. They must not be changed.
func (d *Def) Flows() []*Flow { return slices.Clone(d.flows) }

// Node returns the node with this id, or nil.
func (d *Def) Node(id string) *Node { return d.byID[id] }

// Notes lists what the file says in the words of other tools and could not be translated.
func (d *Def) Notes() []Note { return slices.Clone(d.notes) }

// Note is something in a file that has no effect here.
type Note struct {
	Element string // element id
	Name    string
	Line    int
	What    string // the attribute or element, with its value
}

// Body is what holds nodes: the process itself, a subprocess or a called process.
type Body struct {
	// Owner is the subprocess or the call, nil for the process itself.
	Owner *Node
	// Starts are its start events: one without a trigger at most, others by message.
	Starts []*Node
	Nodes  []*Node
}

// begin is the start event without a trigger, or the only one there is.
func (b *Body) begin() *Node {
	for _, n := range b.Starts {
		if n.Trigger == "" || len(b.Starts) == 1 {
			return n
		}
	}
	return nil
}

// Node is an event, an activity or a gateway of a drawing. It must not be changed.
type Node struct {
	// ID is the id of the element; in a called process the ids of the calls stand before it,
	// each with a "/".
	ID string
	// Element is the id of the element in its own file.
	Element string
	Name    string
	Kind    Kind
	// Attr holds the attributes of [Namespace] by local name, and those of other tools
	// that could be translated.
	Attr map[string]string
	// In and Out are the sequence flows, in the order of the file.
	In, Out []*Flow
	// Default is the flow a gateway takes when no condition holds, or nil.
	Default *Flow

	// Body holds the node; Inner is the body of a subprocess or call, nil for others.
	Body, Inner *Body
	// Trigger, Message and Timer say what an event waits for.
	Trigger Trigger
	Message string // the name of the message
	Timer   Timer
	// Host is the activity of a Boundary event, and Interrupting tells whether it ends it.
	Host         *Node
	Interrupting bool
	// Boundaries are the events at an activity.
	Boundaries []*Node
	// Instances makes several instances of an activity, nil makes one.
	Instances *Instances
	// Table is what a RuleTask decides by, or nil.
	Table *rule.Decision
	// Implied is set for a gateway that is not in the file: it divides the ways behind
	// an activity that have conditions.
	Implied bool

	ix    int
	above []uint64 // the nodes of its body that every way to it passes, as bits
}

// Activity reports whether the node is work: what boundary events and several instances are for.
func (n *Node) Activity() bool {
	switch n.Kind {
	case UserTask, RuleTask, ServiceTask, Subprocess, Call:
		return true
	}
	return false
}

// joins reports whether tokens wait at the node for others.
func (n *Node) joins() bool {
	return (n.Kind == Parallel || n.Kind == Inclusive) && len(n.In) > 1
}

// Timer is when a timer event comes, as the file says it.
type Timer struct {
	Date     string // a moment, as in 2026-05-01T09:00:00+08:00
	Duration string // a span, as in P5D or PT2H
}

// Instances say how many instances of an activity there are.
type Instances struct {
	// Sequential instances come one after the other, others at the same time.
	Sequential bool
	// Count, or else the list Over, says how many; each instance of a list knows its entry as Item.
	Count, Over *rule.Rule
	Item        string
	// Until ends the activity before all instances are done.
	Until *rule.Rule
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
