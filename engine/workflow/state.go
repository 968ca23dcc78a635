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
	// Scopes are the subprocesses, calls and sets of instances that are under way, the
	// outer ones before the inner ones.
	Scopes []Scope `json:"scopes,omitempty"`
	// Decided holds what decision tables have decided, by output.
	Decided map[string]any `json:"decided,omitempty"`
	// Done is set when the last token is gone. No event applies any more.
	Done bool `json:"done,omitempty"`
}

// Token marks one place where a case stands. Its id is never used again in the
// same case; the id of a token at a user task is the id of the open task.
type Token struct {
	ID uint32 `json:"id"`
	// Scope is 0 for the process itself, else the id of a Scope.
	Scope uint32 `json:"scope,omitempty"`
	// Node is the id of the node the token rests at.
	Node string `json:"node"`
	// Flow is the id of the sequence flow it came by, kept where it could not go on yet:
	// at joins, and before what could not be worked out.
	Flow string `json:"flow,omitempty"`
	// For is, of a boundary event, the token or scope of its activity; of the events
	// behind an event-based gateway, what they have in common.
	For uint32 `json:"for,omitempty"`
	// Index counts the instances of one activity from 1; 0 when it has one only.
	Index int `json:"index,omitempty"`
}

// Scope is one subprocess or call under way, or the set of instances of one activity. Its id
// comes from the same numbers as those of tokens.
type Scope struct {
	ID     uint32 `json:"id"`
	Parent uint32 `json:"parent,omitempty"`
	Node   string `json:"node"`
	Index  int    `json:"index,omitempty"` // as of a Token

	// Of a set of instances: how many there are to be, have begun and are done, the entries of
	// the list that they go over, and how many ended with each outcome.
	Total    int            `json:"total,omitempty"`
	Begun    int            `json:"begun,omitempty"`
	Ended    int            `json:"ended,omitempty"`
	Items    []any          `json:"items,omitempty"`
	Outcomes map[string]int `json:"outcomes,omitempty"`
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
	// EventRetry lets what could not be worked out try again with new Vars.
	EventRetry EventKind = "retry"
	// EventFire says that the time of a timer has come: of the token Task, or of the timer
	// Element that has waited longest.
	EventFire EventKind = "fire"
	// EventMessage brings the message Message: to the event that has waited for it longest,
	// or to the start event of a case that has not begun.
	EventMessage EventKind = "message"
	// EventReturn gives the open task Task back to the earlier node Element: what came of
	// that node since is withdrawn, and it begins anew.
	EventReturn EventKind = "return"
	// EventRecall undoes the last event: the case stands again as in Back, the state before
	// it. Whether that may be is for the caller to know.
	EventRecall EventKind = "recall"
)

// Event is what Step is told. Vars holds the variables of the case as they are
// now, after the act that caused the event; Step only reads them.
type Event struct {
	Kind    EventKind      `json:"kind"`
	Task    uint32         `json:"task,omitempty"`
	Element string         `json:"element,omitempty"` // a node id
	Message string         `json:"message,omitempty"`
	Outcome string         `json:"outcome,omitempty"` // of a completed task that has several instances
	Back    *State         `json:"back,omitempty"`
	Vars    map[string]any `json:"vars,omitempty"`
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
	// WaitBegun: a timer or a message is waited for; Token is its id.
	WaitBegun EffectKind = "wait.begun"
	// WaitEnded: it came.
	WaitEnded EffectKind = "wait.ended"
	// WaitWithdrawn: it is not waited for any more.
	WaitWithdrawn EffectKind = "wait.withdrawn"
	// Ordered: the service of Node is to be called; Token names the order.
	Ordered EffectKind = "ordered"
	// Decided: the table of Node has decided; Values holds what.
	Decided EffectKind = "decided"
	// Finished: the subprocess, the call or all instances of the activity Node are done.
	Finished EffectKind = "finished"
	// Ended: the case is over. Node is the end event of the process reached last, nil when this
	// event reached none.
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
	// ReasonDecision: the decision table could not be worked out.
	ReasonDecision Reason = "decision"
	// ReasonInstances: how many instances there are could not be worked out.
	ReasonInstances Reason = "instances"
	// ReasonRecalled: the token could not go on, did so by an event that was recalled, and waits
	// for a Retry again.
	ReasonRecalled Reason = "recalled"
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
	Index  int    // of a task that has several instances, from 1
	Item   any    // of a task that goes over a list: its entry
	Values map[string]any
}

// OpenTask is a user task that waits for somebody.
type OpenTask struct {
	Task  uint32
	Node  *Node
	Index int // of a task that has several instances, from 1
}

// Open returns the user tasks that wait, oldest first. Tokens at nodes that d
// does not have are passed over.
func (s State) Open(d *Def) []OpenTask {
	var open []OpenTask
	for _, t := range s.Tokens {
		if n := d.byID[t.Node]; n != nil && n.Kind == UserTask && t.Flow == "" {
			open = append(open, OpenTask{t.ID, n, t.Index})
		}
	}
	return open
}

// Wait is a timer or a message that is waited for.
type Wait struct {
	Token uint32
	Node  *Node
}

// Waits returns what is waited for, the oldest first.
func (s State) Waits(d *Def) []Wait {
	var waits []Wait
	for _, t := range s.Tokens {
		if n := d.byID[t.Node]; n != nil && (n.Kind == Catch || n.Kind == Boundary) {
			waits = append(waits, Wait{t.ID, n})
		}
	}
	return waits
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
	// ErrNoWait: nothing waits for this timer or this message.
	ErrNoWait = errors.New("workflow: nothing waits for this")
	// ErrReturn: the task cannot be given back to that node.
	ErrReturn = errors.New("workflow: the case did not pass there on its one way to this task")
	// ErrNothing: nothing waits for another try.
	ErrNothing = errors.New("workflow: nothing waits for a retry")
	// ErrEvent: there is no such kind of event.
	ErrEvent = errors.New("workflow: unknown event")
	// ErrState: the state does not belong to this definition.
	ErrState = errors.New("workflow: the state does not fit the definition")
	// ErrBound: one event would move more tokens than is allowed.
	ErrBound = errors.New("workflow: one event moves too many tokens")
)
