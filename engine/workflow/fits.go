package workflow

import (
	"fmt"
	"slices"
)

// fits checks that a case of this definition can have come to a state: what is stored may be
// damaged, or belong to another drawing, and Step must neither panic nor go on from there.
func (r *run) fits(s State) error {
	if len(s.Tokens) == 0 && s.Seq > 0 && !s.Done {
		return fmt.Errorf("%w: nothing is left in it and it is not over", ErrState)
	}
	if len(s.Tokens)+len(s.Scopes) > 2*maxTokens || doubled(s) {
		return fmt.Errorf("%w: two of its ids are the same, or there are too many", ErrState)
	}
	for i, sc := range s.Scopes {
		if !r.possible(s, i) || sc.ID == 0 || sc.ID >= s.Next {
			return fmt.Errorf("%w: scope %d of %q cannot be", ErrState, sc.ID, sc.Node)
		}
	}
	for _, t := range s.Tokens {
		n := r.def.byID[t.Node]
		switch {
		case n == nil:
			return fmt.Errorf("%w: there is no element %q", ErrState, t.Node)
		case t.ID == 0 || t.ID >= s.Next || !stands(s, n, t):
			return fmt.Errorf("%w: token %d cannot be at %q", ErrState, t.ID, t.Node)
		}
	}
	return nil
}

// doubled reports whether two tokens or scopes have one id.
func doubled(s State) bool {
	var room [32]uint32
	ids := room[:0]
	for _, t := range s.Tokens {
		ids = append(ids, t.ID)
	}
	for _, sc := range s.Scopes {
		ids = append(ids, sc.ID)
	}
	slices.Sort(ids)
	for i := 1; i < len(ids); i++ {
		if ids[i] == ids[i-1] {
			return true
		}
	}
	return false
}

// possible checks the scope at place i, which lies in an earlier one, and that something is in it.
func (r *run) possible(s State, i int) bool {
	sc := s.Scopes[i]
	n := r.def.byID[sc.Node]
	outer, known := scopeIn(s.Scopes[:i], sc.Parent)
	if n == nil || !n.Activity() || !known {
		return false
	}
	inside := 0
	for _, t := range s.Tokens {
		if t.Scope == sc.ID {
			inside++
		}
	}
	for _, o := range s.Scopes[i+1:] {
		if o.Parent == sc.ID {
			inside++
		}
	}
	switch {
	case sc.Total > 0:
		return n.Instances != nil && sc.Index == 0 && sc.Total <= maxInstances && holds(outer, n) &&
			sc.Ended >= 0 && sc.Begun <= sc.Total && inside > 0 && inside == sc.Begun-sc.Ended
	case n.Inner == nil || inside == 0:
		return false
	}
	return among(outer, n, sc.Index)
}

// stands checks that a token can rest at a node.
func stands(s State, n *Node, t Token) bool {
	scope, known := scopeIn(s.Scopes, t.Scope)
	if !known {
		return false
	}
	switch {
	case t.Flow != "":
		able := n.Kind == Parallel || n.Kind == Exclusive || n.Kind == Inclusive || n.Activity()
		return able && flowByID(n.In, t.Flow) != nil && holds(scope, n) && t.Index == 0 && t.For == 0
	case n.Kind == UserTask:
		return t.For == 0 && among(scope, n, t.Index)
	case n.Kind == Inclusive:
		return holds(scope, n) && t.Index == 0 && t.For == 0
	case n.Kind == Catch:
		return holds(scope, n) && t.Index == 0
	case n.Kind == Boundary:
		return holds(scope, n) && t.Index == 0 && underWay(s, n.Host, t)
	}
	return false
}

// holds reports whether a scope is one of the body that holds the node; nil is the process.
func holds(scope *Scope, n *Node) bool {
	if scope == nil || n.Body.Owner == nil {
		return scope == nil && n.Body.Owner == nil
	}
	return scope.Total == 0 && scope.Node == n.Body.Owner.ID
}

// among reports whether a scope may hold the instance of a node with this number, or its only one.
func among(scope *Scope, n *Node, index int) bool {
	if n.Instances == nil {
		return index == 0 && holds(scope, n)
	}
	return scope != nil && scope.Total > 0 && scope.Node == n.ID && index >= 1 && index <= scope.Begun
}

// underWay reports whether the activity that an event waits at is under way.
func underWay(s State, host *Node, event Token) bool {
	if scope, known := scopeIn(s.Scopes, event.For); known && scope != nil {
		return scope.Node == host.ID && scope.Parent == event.Scope
	}
	return slices.ContainsFunc(s.Tokens, func(t Token) bool {
		return t.ID == event.For && t.Node == host.ID && t.Flow == "" && t.Scope == event.Scope
	})
}

// scopeIn finds a scope by its id; 0 is the process, which is always there and has none.
func scopeIn(scopes []Scope, id uint32) (*Scope, bool) {
	if id == 0 {
		return nil, true
	}
	for i := range scopes {
		if scopes[i].ID == id {
			return &scopes[i], true
		}
	}
	return nil, false
}
