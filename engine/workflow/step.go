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
	r := &run{def: d, vars: e.Vars}
	r.choose, r.count, r.enough, r.table = r.evaluate, r.evaluateCount, r.evaluateUntil, r.evaluateTable
	return r.apply(s, e)
}

// run is one application of one event.
type run struct {
	def  *Def
	vars map[string]any

	// What depends on variables; Check puts its own in their place.
	choose func(n *Node, scope uint32) decision
	count  func(n *Node, scope uint32) (total int, items []any, why string)
	enough func(n *Node, loop *Scope) bool
	table  func(n *Node, around uint32, set *Scope, index int) (map[string]any, error)
	watch  func(*Flow) // if set, sees every flow that is travelled

	next    uint32
	tokens  []Token
	scopes  []Scope
	decided map[string]any
	fx      []Effect
	queue   []travel
	end     *Node // the end event reached last
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
		err = r.recall(e.Back)
	}
	if err != nil {
		return s, nil, err
	}
	return r.finish(s)
}

func (r *run) load(s State) {
	r.next, r.tokens, r.scopes, r.decided = s.Next, slices.Clone(s.Tokens), slices.Clone(s.Scopes), s.Decided
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

// fits checks that a state can belong to the definition.
func (r *run) fits(s State) error {
	scopes := map[uint32]*Node{0: nil}
	for _, sc := range s.Scopes {
		n := r.def.byID[sc.Node]
		owner, known := scopes[sc.Parent]
		switch {
		case n == nil || !n.Activity() || !known:
			return fmt.Errorf("%w: there can be no scope of %q", ErrState, sc.Node)
		case sc.ID == 0 || sc.ID >= s.Next || owner != n && n.Body.Owner != owner:
			return fmt.Errorf("%w: scope %d cannot be", ErrState, sc.ID)
		}
		scopes[sc.ID] = n
	}
	for _, t := range s.Tokens {
		n := r.def.byID[t.Node]
		owner, known := scopes[t.Scope]
		switch {
		case n == nil:
			return fmt.Errorf("%w: there is no element %q", ErrState, t.Node)
		case !known || t.ID == 0 || t.ID >= s.Next || owner != n && n.Body.Owner != owner:
			return fmt.Errorf("%w: token %d cannot be", ErrState, t.ID)
		case t.Flow == "" && (n.Kind == UserTask || n.Kind == Catch || n.Kind == Boundary || n.Kind == Inclusive):
		case (n.Kind == Parallel || n.Kind == Exclusive || n.Kind == Inclusive || n.Activity()) && flowByID(n.In, t.Flow) != nil:
		default:
			return fmt.Errorf("%w: no token can rest at %q", ErrState, t.Node)
		}
	}
	return nil
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
		case n.Kind == Exclusive || n.Kind == Inclusive && (t.Flow == "" || !n.joins()):
			tried = true
			if d := r.choose(n, t.Scope); d.flows != nil {
				r.send(d.flows, t.Scope)
			} else {
				r.tokens = append(r.tokens, t)
				r.incident(t.ID, n, d)
			}
		case n.Activity() && t.Flow != "":
			tried = true
			r.enter(n, t.Scope, flowByID(n.In, t.Flow))
			if last := len(r.tokens) - 1; last >= 0 && r.tokens[last].Node == t.Node && r.tokens[last].Flow == t.Flow {
				r.next = r.tokens[last].ID
				r.tokens[last].ID, r.fx[len(r.fx)-1].Token = t.ID, t.ID
			}
		default:
			r.tokens = append(r.tokens, t)
		}
	}
	if !tried {
		r.tokens = waiting
		return ErrNothing
	}
	return nil
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
		r.enter(n, t.scope, t.flow)
	case Exclusive:
		r.decide(n, t.scope, t.flow.ID)
	case Inclusive:
		if n.joins() {
			r.rest(Token{Scope: t.scope, Node: n.ID, Flow: t.flow.ID})
			return
		}
		r.decide(n, t.scope, t.flow.ID)
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
	case End:
		r.end = n
	case Terminate:
		r.end = n
		r.clear(t.scope)
	}
}

// decide sends a token on where a gateway says, or lets it rest.
func (r *run) decide(n *Node, scope uint32, by string) {
	d := r.choose(n, scope)
	if d.flows != nil {
		r.send(d.flows, scope)
		return
	}
	r.incident(r.rest(Token{Scope: scope, Node: n.ID, Flow: by}), n, d)
}

func (r *run) id() uint32 {
	r.next++
	return r.next - 1
}

// rest puts a new token down and returns its id.
func (r *run) rest(t Token) uint32 {
	t.ID = r.id()
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
