package workflow

import (
	"fmt"
	"maps"
	"slices"
)

// Bounds of one case: the flows that tokens may follow in one event, and the
// tokens and scopes that there may be at the same time.
const (
	maxMoves  = 10_000
	maxTokens = 2_000
)

// Step applies one event. It never changes its arguments; with an error the
// returned state is s and nothing has happened. See the package comment.
func Step(d *Def, s State, e Event) (State, []Effect, error) {
	r := run{def: d, vars: e.Vars}
	return r.apply(s, e)
}

// run is one application of one event.
type run struct {
	def  *Def
	vars map[string]any

	assume *assumption // instead of the variables, for Check
	watch  func(*Flow) // if set, sees every flow that is travelled

	next    uint32
	tokens  []Token
	scopes  []Scope
	decided map[string]any
	fx      []Effect
	queue   []travel
	end     *Node // the end event of the process reached last
}

// travel is a token on its way.
type travel struct {
	flow  *Flow
	scope uint32
}

func (r *run) apply(s State, e Event) (State, []Effect, error) {
	if err := r.admit(s, e); err != nil {
		return s, nil, err
	}
	r.load(s)
	var err error
	switch e.Kind {
	case EventStart:
		err = r.begin(r.def.root.begin())
	case EventComplete:
		err = r.complete(e.Task, e.Outcome)
	case EventRetry:
		err = r.retry()
	case EventCancel:
		r.clear(0)
	case EventFire:
		err = r.fire(e.Task, e.Element)
	case EventMessage:
		err = r.message(s, e.Message)
	case EventReturn:
		err = r.giveBack(e.Task, e.Element)
	case EventRecall:
		err = r.recall(s, e.Back)
	}
	if err != nil {
		return s, nil, err
	}
	return r.finish(s)
}

func (r *run) load(s State) {
	wide := r.def.wide // room for what one event usually adds
	r.tokens = append(make([]Token, 0, len(s.Tokens)+wide), s.Tokens...)
	r.next, r.scopes, r.decided = s.Next, slices.Clone(s.Scopes), s.Decided
	r.queue, r.fx = make([]travel, 0, wide), make([]Effect, 0, wide+1)
}

// begin lets the first token leave a start event.
func (r *run) begin(start *Node) error {
	if start == nil {
		return fmt.Errorf("%w: the case begins by a message", ErrEvent)
	}
	r.next = 1
	r.leave(start, 0)
	return nil
}

// finish lets everything come to rest and closes the event.
func (r *run) finish(s State) (State, []Effect, error) {
	if err := r.drain(); err != nil {
		return s, nil, err
	}
	out := State{Seq: s.Seq + 1, Next: r.next, Tokens: r.tokens, Scopes: r.scopes, Decided: r.decided}
	if len(r.tokens) == 0 && len(r.scopes) == 0 {
		out = State{Seq: out.Seq, Next: out.Next, Done: true, Decided: out.Decided}
		r.fx = append(r.fx, Effect{Kind: Ended, Node: r.end})
	}
	r.stuck(s)
	return out, r.fx, nil
}

// admit refuses events that the state does not allow.
func (r *run) admit(s State, e Event) error {
	switch e.Kind {
	case EventStart, EventComplete, EventRetry, EventCancel, EventFire, EventMessage, EventReturn, EventRecall:
	default:
		return fmt.Errorf("%w: %q", ErrEvent, e.Kind)
	}
	begun := s.Seq > 0
	switch {
	case s.Done && e.Kind != EventRecall:
		return ErrDone
	case e.Kind == EventStart && begun:
		return ErrBegun
	case e.Kind != EventStart && e.Kind != EventMessage && !begun:
		return ErrNotBegun
	case !begun && (len(s.Tokens) > 0 || len(s.Scopes) > 0 || s.Next != 0):
		return fmt.Errorf("%w: it has tokens before its first event", ErrState)
	}
	return r.fits(s)
}

func flowByID(flows []*Flow, id string) *Flow {
	for _, f := range flows {
		if f.ID == id {
			return f
		}
	}
	return nil
}

func (r *run) complete(task uint32, outcome string) error {
	i := slices.IndexFunc(r.tokens, func(t Token) bool { return t.ID == task })
	if i < 0 {
		return fmt.Errorf("%w: %d", ErrNoTask, task)
	}
	t := r.tokens[i]
	n := r.def.byID[t.Node]
	if n.Kind != UserTask || t.Flow != "" {
		return fmt.Errorf("%w: %d", ErrNoTask, task)
	}
	r.tokens = slices.Delete(r.tokens, i, i+1)
	r.fx = append(r.fx, Effect{Kind: TaskClosed, Token: task, Node: n, Index: t.Index})
	if n.Instances != nil {
		r.instanceDone(t.Scope, outcome)
		return nil
	}
	r.disarm(task)
	r.leave(n, t.Scope)
	return nil
}

// retry lets every token that could not go on try again. One that still cannot keeps its id.
func (r *run) retry() error {
	waiting := r.tokens
	r.tokens = nil
	tried := false
	for _, t := range waiting {
		n := r.def.byID[t.Node]
		switch {
		case !n.halts(t):
			r.tokens = append(r.tokens, t)
			continue
		case n.Activity():
			r.enter(n, t)
		default:
			r.decide(n, t)
		}
		tried = true
	}
	if !tried {
		r.tokens = waiting
		return ErrNothing
	}
	return nil
}

// halts reports whether a token rests at the node because something could not be worked out.
func (n *Node) halts(t Token) bool {
	return n.chooses(t) || n.Activity() && t.Flow != ""
}

// chooses reports whether a token stands before a choice of the node.
func (n *Node) chooses(t Token) bool {
	return n.Kind == Exclusive || n.Kind == Inclusive && (t.Flow == "" || !n.joins())
}

// leave sends a token along every way out of a node.
func (r *run) leave(n *Node, scope uint32) { r.send(n.Out, scope) }

func (r *run) send(flows []*Flow, scope uint32) {
	for _, f := range flows {
		r.queue = append(r.queue, travel{f, scope})
	}
}

// drain lets travelling tokens arrive until all rest.
func (r *run) drain() error {
	moves := 0
	for {
		for ; len(r.queue) > 0; moves++ {
			if moves >= maxMoves || len(r.tokens)+len(r.scopes) > maxTokens {
				return ErrBound
			}
			t := r.queue[0]
			r.queue = r.queue[1:]
			if r.watch != nil {
				r.watch(t.flow)
			}
			r.arrive(t)
		}
		if moves++; moves >= maxMoves {
			return ErrBound
		}
		if !r.gather() && !r.closeScope() {
			return nil
		}
	}
}

func (r *run) arrive(t travel) {
	n := t.flow.To
	switch n.Kind {
	case UserTask, RuleTask, ServiceTask, Subprocess, Call:
		r.enter(n, Token{Scope: t.scope, Node: n.ID, Flow: t.flow.ID})
	case Inclusive:
		if n.joins() {
			r.rest(Token{Scope: t.scope, Node: n.ID, Flow: t.flow.ID})
			return
		}
		fallthrough
	case Exclusive:
		r.decide(n, Token{Scope: t.scope, Node: n.ID, Flow: t.flow.ID})
	case Parallel:
		r.join(n, t)
	case EventBased:
		common := r.id()
		for _, f := range n.Out {
			if r.watch != nil {
				r.watch(f)
			}
			r.wait(f.To, t.scope, common)
		}
	case Catch:
		r.wait(n, t.scope, 0)
	case Terminate:
		r.clear(t.scope)
		fallthrough
	case End:
		if t.scope == 0 {
			r.end = n
		}
	}
}

// decide sends a token on where a gateway says, or lets it rest.
func (r *run) decide(n *Node, t Token) {
	d := r.choose(n, t.Scope)
	if d.flows != nil {
		r.send(d.flows, t.Scope)
		return
	}
	r.incident(r.rest(t), n, d)
}

func (r *run) id() uint32 {
	r.next++
	return r.next - 1
}

// rest puts a token down and returns its id; a new one gets one here.
func (r *run) rest(t Token) uint32 {
	if t.ID == 0 {
		t.ID = r.id()
	}
	r.tokens = append(r.tokens, t)
	return t.ID
}

func (r *run) incident(token uint32, n *Node, d decision) {
	if !d.pause {
		r.fx = append(r.fx, Effect{Kind: Incident, Token: token, Node: n, Flow: d.about, Reason: d.reason, Detail: d.detail})
	}
}

// put keeps what a table has decided.
func (r *run) put(values map[string]any) {
	if len(values) == 0 {
		return
	}
	decided := maps.Clone(r.decided)
	if decided == nil {
		decided = map[string]any{}
	}
	maps.Copy(decided, values)
	r.decided = decided
}
