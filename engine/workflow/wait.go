package workflow

import (
	"cmp"
	"fmt"
	"slices"
)

// wait begins to wait for an event.
func (r *run) wait(n *Node, scope, common uint32) {
	id := r.rest(Token{Scope: scope, Node: n.ID, For: common})
	r.fx = append(r.fx, Effect{Kind: WaitBegun, Token: id, Node: n})
}

// arm begins to wait for the boundary events of an activity under way.
func (r *run) arm(n *Node, scope, activity uint32) {
	for _, b := range n.Boundaries {
		r.wait(b, scope, activity)
	}
}

// disarm ends the waiting for the boundary events of an activity, or for those that have
// something in common.
func (r *run) disarm(common uint32) {
	if common != 0 {
		r.withdraw(func(t Token) bool { return t.For == common })
	}
}

// fire lets a timer come.
func (r *run) fire(token uint32, element string) error {
	for i, t := range r.tokens {
		n := r.def.byID[t.Node]
		if n.Trigger == OnTimer && (token != 0 && t.ID == token || token == 0 && n.ID == element) {
			r.came(i)
			return nil
		}
	}
	return fmt.Errorf("%w: timer %s", ErrNoWait, cmp.Or(element, fmt.Sprint(token)))
}

// message lets a message come, or begins the case by it.
func (r *run) message(s State, name string) error {
	if s.Seq == 0 {
		for _, n := range r.def.root.Starts {
			if n.Trigger == OnMessage && n.Message == name {
				return r.begin(n)
			}
		}
		return ErrNotBegun
	}
	for i, t := range r.tokens {
		if n := r.def.byID[t.Node]; n.Trigger == OnMessage && n.Message == name {
			r.came(i)
			return nil
		}
	}
	return fmt.Errorf("%w: message %q", ErrNoWait, name)
}

// came goes on from an event that has come.
func (r *run) came(i int) {
	t := r.tokens[i]
	n := r.def.byID[t.Node]
	r.tokens = slices.Delete(r.tokens, i, i+1)
	r.fx = append(r.fx, Effect{Kind: WaitEnded, Token: t.ID, Node: n})
	switch {
	case n.Kind == Boundary && n.Interrupting:
		r.withdraw(func(o Token) bool { return o.ID == t.For })
		if r.scope(t.For) != nil {
			r.clear(t.For)
			r.drop(t.For)
		}
		r.disarm(t.For)
	case n.Kind == Catch:
		r.disarm(t.For)
	case n.Trigger == OnMessage:
		r.wait(n, t.Scope, t.For) // for the next, behind others who wait for the same
	}
	r.leave(n, t.Scope)
}
