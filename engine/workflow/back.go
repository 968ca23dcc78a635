package workflow

import (
	"fmt"
	"slices"
)

// giveBack lets the case begin anew at an earlier node: the task's own branch only, if the node lies
// in it, else all branches that came of it. Every way to the open task passes the node, or it lies
// behind a choice that every way passes.
func (r *run) giveBack(task uint32, element string) error {
	i := slices.IndexFunc(r.tokens, func(t Token) bool { return t.ID == task })
	if i < 0 || r.def.byID[r.tokens[i].Node].Kind != UserTask || r.tokens[i].Flow != "" {
		return fmt.Errorf("%w: %d", ErrNoTask, task)
	}
	to := r.def.byID[element]
	if to == nil || !to.Activity() {
		return fmt.Errorf("%w: %q", ErrReturn, element)
	}
	// The activity around the task that stands beside the node, and the scope of both.
	at, scope := r.def.byID[r.tokens[i].Node], r.tokens[i].Scope
	for at.Body != to.Body || r.scopeOf(scope) == at {
		s := r.scope(scope)
		if s == nil {
			return fmt.Errorf("%w: %q", ErrReturn, element)
		}
		at, scope = r.def.byID[s.Node], s.Parent
	}
	under := func(n *Node) bool {
		return slices.ContainsFunc(r.tokens, func(t Token) bool { return t.Node == n.ID && t.Scope == scope && t.Flow == "" }) ||
			slices.ContainsFunc(r.scopes, func(s Scope) bool { return s.Node == n.ID && s.Parent == scope })
	}
	from := r.def.origin(to, at)
	if from == nil || r.def.escapes(from, at, under) {
		return fmt.Errorf("%w: %q", ErrReturn, element)
	}
	after := func(n *Node) bool { return n == from || r.def.before(from, n) }
	came := func(t Token) bool {
		n := r.def.byID[t.Node]
		if f := flowByID(n.In, t.Flow); f != nil {
			n = f.From // others may wait at the same join, which came another way
		}
		return t.Scope == scope && after(n)
	}
	var gone []uint32
	for _, s := range r.scopes {
		if s.Parent == scope && after(r.def.byID[s.Node]) {
			gone = append(gone, s.ID)
		}
	}
	for _, id := range gone {
		r.clear(id)
		r.drop(id)
	}
	r.withdraw(came)
	r.enter(to, Token{Scope: scope, Node: to.ID, Flow: to.In[0].ID})
	return nil
}

// scopeOf returns the activity that a scope is of, nil for the process.
func (r *run) scopeOf(id uint32) *Node {
	if s := r.scope(id); s != nil {
		return r.def.byID[s.Node]
	}
	return nil
}

// recall puts the tokens back where they stood before the last event. What is open again has a
// new id; what was open all the time keeps its own.
func (r *run) recall(s State, back *State) error {
	if back == nil {
		return fmt.Errorf("%w: it does not say where the case stood", ErrEvent)
	}
	if back.Done || back.Seq == 0 {
		return fmt.Errorf("%w: nothing was open then", ErrEvent)
	}
	if back.Seq >= s.Seq || back.Next > s.Next {
		return fmt.Errorf("%w: the case has not stood there yet", ErrEvent)
	}
	if err := r.fits(*back); err != nil {
		return err
	}
	stays := func(t Token) bool { return slices.Contains(back.Tokens, t) }
	r.withdraw(func(t Token) bool { return !stays(t) })
	was := r.tokens
	r.tokens, r.scopes, r.decided = nil, slices.Clone(back.Scopes), back.Decided
	renamed := map[uint32]uint32{}
	for _, t := range back.Tokens {
		if !slices.Contains(was, t) {
			renamed[t.ID] = r.id()
		}
	}
	for _, t := range back.Tokens {
		if id := renamed[t.ID]; id != 0 {
			t.ID = id
		}
		if id := renamed[t.For]; id != 0 {
			t.For = id
		}
		r.tokens = append(r.tokens, t)
		if slices.Contains(was, t) {
			continue
		}
		switch n := r.def.byID[t.Node]; {
		case n.Kind == UserTask && t.Flow == "":
			r.opened(n, t)
		case n.Kind == Catch || n.Kind == Boundary:
			r.fx = append(r.fx, Effect{Kind: WaitBegun, Token: t.ID, Node: n})
		case n.halts(t):
			r.incident(t.ID, n, decision{reason: ReasonRecalled})
		}
	}
	return nil
}
