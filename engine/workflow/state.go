package workflow

import "errors"

// State is where one case stands in its drawing. Its JSON is compact and stable.
// The zero State is a case that has not begun. Callers store it and never build
// or change one.
type State struct {
	// Seq counts the events applied so far.
	Seq uint32 `json:"seq"`
	// Next is the id that the next token will get.
	Next uint32 `json:"next,omitempty"`
	// Tokens are what rests: at open tasks, at joins, at gateways that could not
	// decide. They stand in the order in which they came to rest.
	Tokens []Token `json:"tokens,omitempty"`
	// Done is set when the last token is gone. No event applies any more.
	Done bool `json:"done,omitempty"`
}

// Token marks one place where a case stands. Its id is never used again in the
// same case; the id of a token at a user task is the id of the open task.
type Token struct {
	ID uint32 `json:"id"`
	// Scope is 0 for the process itself; each instance of a subprocess will have
	// a scope of its own.
	Scope uint32 `json:"scope,omitempty"`
	// Node is the element id of the node the token rests at.
	Node string `json:"node"`
	// Flow is the element id of the sequence flow it came by, kept at gateways.
	Flow string `json:"flow,omitempty"`
}

// EventKind is what happened.
type EventKind string

// The events.
const (
	// EventStart begins a case; only the zero State takes it.
	EventStart EventKind = "start"
	// EventComplete says that the open task Task is done.
	EventComplete EventKind = "complete"
	// EventCancel ends the case: every token is withdrawn.
	EventCancel EventKind = "cancel"
	// EventRetry lets gateways that could not decide try again with new Vars.
	EventRetry EventKind = "retry"
)

// Event is what Step is told. Vars holds the variables of the case as they are
// now, after the act that caused the event; Step only reads them.
type Event struct {
	Kind EventKind      `json:"kind"`
	Task uint32         `json:"task,omitempty"`
	Vars map[string]any `json:"vars,omitempty"`
}

// EffectKind is what follows from an event.
type EffectKind string

// The effects.
const (
	// TaskOpened: a user task waits for somebody; Token is its id.
	TaskOpened EffectKind = "task.opened"
	// TaskClosed: the task was completed.
	TaskClosed EffectKind = "task.closed"
	// TaskWithdrawn: the task is gone without having been completed.
	TaskWithdrawn EffectKind = "task.withdrawn"
	// Ended: the case is over. Node is the end event reached last, nil after a cancel.
	Ended EffectKind = "ended"
	// Incident: something needs mending before the token at Node can go on.
	Incident EffectKind = "incident"
)

// Reason says what an Incident is about.
type Reason string

// The reasons.
const (
	// ReasonCondition: the condition of Flow could not be worked out.
	ReasonCondition Reason = "condition"
	// ReasonNoWay: no condition holds and the gateway has no default flow.
	ReasonNoWay Reason = "no_way"
	// ReasonStuck: the token waits at a join that can never fire.
	ReasonStuck Reason = "stuck"
)

// Effect is one thing that follows from an event, in the order in which they
// must be carried out. Node and Flow belong to the Def.
type Effect struct {
	Kind   EffectKind
	Token  uint32
	Node   *Node
	Flow   *Flow  // the flow an Incident is about, if it is one flow
	Reason Reason // of an Incident
	Detail string // of an Incident: for the log, may quote the condition
}

// OpenTask is a user task that waits for somebody.
type OpenTask struct {
	Task uint32
	Node *Node
}

// Open returns the user tasks that wait, oldest first. Tokens at nodes that d
// does not have are passed over.
func (s State) Open(d *Def) []OpenTask {
	var open []OpenTask
	for _, t := range s.Tokens {
		if n := d.byID[t.Node]; n != nil && n.Kind == UserTask {
			open = append(open, OpenTask{t.ID, n})
		}
	}
	return open
}

// What Step refuses. Errors wrap one of these.
var (
	// ErrBegun: the case has begun already.
	ErrBegun = errors.New("workflow: the case has begun already")
	// ErrNotBegun: the case has not begun.
	ErrNotBegun = errors.New("workflow: the case has not begun")
	// ErrDone: the case is over.
	ErrDone = errors.New("workflow: the case is over")
	// ErrNoTask: no such task is open; it may just have been completed.
	ErrNoTask = errors.New("workflow: no such task is open")
	// ErrNothing: no gateway waits for another try.
	ErrNothing = errors.New("workflow: nothing waits for a retry")
	// ErrEvent: there is no such kind of event.
	ErrEvent = errors.New("workflow: unknown event")
	// ErrState: the state does not belong to this definition.
	ErrState = errors.New("workflow: the state does not fit the definition")
	// ErrBound: one event would move more tokens than is allowed.
	ErrBound = errors.New("workflow: one event moves too many tokens")
)
