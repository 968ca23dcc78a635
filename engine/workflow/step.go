package workflow

import (
	"fmt"
	"slices"
)

// Bounds of one case: the flows that tokens may follow in one event, and the
// tokens that may rest at the same time.
const (
	maxMoves  = 10_000
	maxTokens = 2_000
)

// Step applies one event. It never changes its arguments; with an error the
// returned state is s and nothing has happened. See the package comment.
func Step(d *Def, s State, e Event) (State, []Effect, error) {
	r := &run{def: d, choose: func(n *Node) decision { return evaluate(n, e.Vars) }}
	return r.apply(s, e)
}

// decision is what a gateway answers: a flow, or why not.
type decision struct {
	flow   *Flow
	pause  bool // rest here without an incident
	reason Reason
	about  *Flow
	detail string
}

// evaluate asks the conditions in the order of the file.
func evaluate(n *Node, vars map[string]any) decision {
	for _, f := range n.Out {
		if f == n.Default {
			continue
		}
		if f.cond == nil {
			return decision{flow: f}
		}
		switch yes, err := f.cond.Bool(vars); {
		case err != nil:
			return decision{reason: ReasonCondition, about: f, detail: err.Error()}
		case yes:
			return decision{flow: f}
		}
	}
	if n.Default == nil {
		return decision{reason: ReasonNoWay}
	}
	return decision{flow: n.Default}
}

// run is one application of one event.
type run struct {
	def    *Def
	choose func(*Node) decision
	watch  func(*Flow) // if set, sees every flow that is travelled

	next   uint32
	tokens []Token
	fx     []Effect
	queue  []*Flow // flows that a token is travelling along
	end    *Node   // the end event reached last
}

func (r *run) apply(s State, e Event) (State, []Effect, error) {
	if err := r.admit(s, e); err != nil {
		return s, nil, err
	}
	r.next, r.tokens = s.Next, slices.Clone(s.Tokens)
	var err error
	switch e.Kind {
	case EventStart:
		r.next = 1
		r.queue = append(r.queue, r.def.start.Out...)
	case EventComplete:
		err = r.complete(e.Task)
	case EventRetry:
		err = r.retry()
	case EventCancel:
		r.withdraw()
	}
	if err != nil {
		return s, nil, err
	}
	return r.finish(s)
}

// finish lets everything come to rest and closes the event.
func (r *run) finish(s State) (State, []Effect, error) {
	if err := r.drain(); err != nil {
		return s, nil, err
	}
	out := State{Seq: s.Seq + 1, Next: r.next, Tokens: r.tokens}
	if len(r.tokens) == 0 {
		out.Tokens, out.Done = nil, true
		r.fx = append(r.fx, Effect{Kind: Ended, Node: r.end})
	}
	r.stuck()
	return out, r.fx, nil
}

// admit refuses events that the state does not allow.
func (r *run) admit(s State, e Event) error {
	switch e.Kind {
	case EventStart, EventComplete, EventRetry, EventCancel:
	default:
		return fmt.Errorf("%w: %q", ErrEvent, e.Kind)
	}
	begun := s.Seq > 0
	switch {
	case s.Done:
		return ErrDone
	case e.Kind == EventStart && begun:
		return ErrBegun
	case e.Kind != EventStart && !begun:
		return ErrNotBegun
	case !begun && (len(s.Tokens) > 0 || s.Next != 0):
		return fmt.Errorf("%w: it has tokens before its first event", ErrState)
	}
	for _, t := range s.Tokens {
		n := r.def.byID[t.Node]
		switch {
		case n == nil:
			return fmt.Errorf("%w: there is no element %q", ErrState, t.Node)
		case t.Scope != 0 || t.ID == 0 || t.ID >= s.Next:
			return fmt.Errorf("%w: token %d cannot be", ErrState, t.ID)
		case n.Kind == UserTask:
		case n.Kind != Parallel && n.Kind != Exclusive || flowByID(n.In, t.Flow) == nil:
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

func (r *run) complete(task uint32) error {
	i := slices.IndexFunc(r.tokens, func(t Token) bool { return t.ID == task })
	if i < 0 {
		return fmt.Errorf("%w: %d", ErrNoTask, task)
	}
	n := r.def.byID[r.tokens[i].Node]
	if n.Kind != UserTask {
		return fmt.Errorf("%w: %d", ErrNoTask, task)
	}
	r.tokens = slices.Delete(r.tokens, i, i+1)
	r.fx = append(r.fx, Effect{Kind: TaskClosed, Token: task, Node: n})
	r.queue = append(r.queue, n.Out...)
	return nil
}

// retry asks again at every gateway where a token rests. A token that still
// cannot go on keeps its id.
func (r *run) retry() error {
	var rest []Token
	tried := false
	for _, t := range r.tokens {
		n := r.def.byID[t.Node]
		if n.Kind != Exclusive {
			rest = append(rest, t)
			continue
		}
		tried = true
		if d := r.choose(n); d.flow != nil {
			r.queue = append(r.queue, d.flow)
		} else {
			rest = append(rest, t)
			r.incident(t.ID, n, d)
		}
	}
	if !tried {
		return ErrNothing
	}
	r.tokens = rest
	return nil
}

// drain lets travelling tokens arrive until all rest.
func (r *run) drain() error {
	for moves := 0; len(r.queue) > 0; moves++ {
		if moves >= maxMoves || len(r.tokens) > maxTokens {
			return ErrBound
		}
		f := r.queue[0]
		r.queue = r.queue[1:]
		if r.watch != nil {
			r.watch(f)
		}
		r.arrive(f)
	}
	return nil
}

func (r *run) arrive(f *Flow) {
	switch n := f.To; n.Kind {
	case UserTask:
		id := r.rest(n, nil)
		r.fx = append(r.fx, Effect{Kind: TaskOpened, Token: id, Node: n})
	case Exclusive:
		d := r.choose(n)
		if d.flow != nil {
			r.queue = append(r.queue, d.flow)
			return
		}
		r.incident(r.rest(n, f), n, d)
	case Parallel:
		r.join(n, f)
	case End:
		r.end = n
	case Terminate:
		r.end = n
		r.queue = nil
		r.withdraw()
	}
}

// rest puts a new token down and returns its id.
func (r *run) rest(n *Node, by *Flow) uint32 {
	t := Token{ID: r.next, Node: n.ID}
	if by != nil {
		t.Flow = by.ID
	}
	r.next++
	r.tokens = append(r.tokens, t)
	return t.ID
}

// join waits until a token has come by every flow, then takes the oldest of each.
func (r *run) join(n *Node, by *Flow) {
	if len(n.In) == 1 {
		r.queue = append(r.queue, n.Out...)
		return
	}
	first := make([]int, 0, len(n.In))
	for _, f := range n.In {
		if f == by {
			continue
		}
		i := slices.IndexFunc(r.tokens, func(t Token) bool { return t.Node == n.ID && t.Flow == f.ID })
		if i < 0 {
			r.rest(n, by)
			return
		}
		first = append(first, i)
	}
	slices.Sort(first)
	for _, i := range slices.Backward(first) {
		r.tokens = slices.Delete(r.tokens, i, i+1)
	}
	r.queue = append(r.queue, n.Out...)
}

// withdraw takes every token away.
func (r *run) withdraw() {
	for _, t := range r.tokens {
		if n := r.def.byID[t.Node]; n.Kind == UserTask {
			r.fx = append(r.fx, Effect{Kind: TaskWithdrawn, Token: t.ID, Node: n})
		}
	}
	r.tokens = nil
}

func (r *run) incident(token uint32, n *Node, d decision) {
	if !d.pause {
		r.fx = append(r.fx, Effect{Kind: Incident, Token: token, Node: n, Flow: d.about, Reason: d.reason, Detail: d.detail})
	}
}

// stuck reports tokens when all that is left waits at joins: nothing will ever
// come to free them.
func (r *run) stuck() {
	for _, t := range r.tokens {
		if r.def.byID[t.Node].Kind != Parallel {
			return
		}
	}
	for _, t := range r.tokens {
		n := r.def.byID[t.Node]
		r.fx = append(r.fx, Effect{Kind: Incident, Token: t.ID, Node: n, Flow: flowByID(n.In, t.Flow), Reason: ReasonStuck})
	}
}
