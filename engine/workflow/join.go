package workflow

import "slices"

// join waits until a token has come by every flow, then takes the oldest of each.
func (r *run) join(n *Node, t travel) {
	if len(n.In) == 1 {
		r.leave(n, t.scope)
		return
	}
	first := make([]int, 0, len(n.In))
	for _, f := range n.In {
		if f == t.flow {
			continue
		}
		i := slices.IndexFunc(r.tokens, func(o Token) bool { return o.Node == n.ID && o.Flow == f.ID && o.Scope == t.scope })
		if i < 0 {
			r.rest(Token{Scope: t.scope, Node: n.ID, Flow: t.flow.ID})
			return
		}
		first = append(first, i)
	}
	r.take(first)
	r.leave(n, t.scope)
}

// take removes the tokens at these places.
func (r *run) take(places []int) {
	slices.Sort(places)
	for _, i := range slices.Backward(places) {
		r.tokens = slices.Delete(r.tokens, i, i+1)
	}
}

// gather lets one inclusive join go on for which nobody is left to wait, when all else has come
// to rest: BPMN 2.0, table 13.3.
func (r *run) gather() bool {
	for _, t := range r.tokens {
		n := r.def.byID[t.Node]
		if n.Kind != Inclusive || t.Flow == "" || !n.joins() || r.awaits(n, t.Scope) {
			continue
		}
		var first []int
		for _, f := range n.In {
			if i := slices.IndexFunc(r.tokens, func(o Token) bool { return o.Node == n.ID && o.Flow == f.ID && o.Scope == t.Scope }); i >= 0 {
				first = append(first, i)
			}
		}
		r.take(first)
		r.decide(n, Token{Scope: t.Scope, Node: n.ID})
		return true
	}
	return false
}

// awaits reports whether a token may still come to an inclusive join by a flow that has none:
// one from which a way leads to such a flow without passing the join, and none to a flow that
// has a token. The wait for an event at an activity is no token: the activity stands for it.
func (r *run) awaits(n *Node, scope uint32) bool {
	held := map[*Flow]bool{}
	for _, t := range r.tokens {
		if t.Node == n.ID && t.Scope == scope && t.Flow != "" {
			held[flowByID(n.In, t.Flow)] = true
		}
	}
	var empty, full []*Flow
	for _, f := range n.In {
		if held[f] {
			full = append(full, f)
		} else {
			empty = append(empty, f)
		}
	}
	if len(empty) == 0 {
		return false
	}
	toEmpty, toFull := upstream(n, empty), upstream(n, full)
	waits := func(at *Node) bool { return at != n && toEmpty[at] && !toFull[at] }
	for _, t := range r.tokens {
		if at := r.def.byID[t.Node]; t.Scope == scope && at.Kind != Boundary && waits(at) {
			return true
		}
	}
	for _, s := range r.scopes {
		if s.Parent == scope && waits(r.def.byID[s.Node]) {
			return true
		}
	}
	return false
}

// upstream lists the nodes from which a way leads to one of the flows without passing n.
func upstream(n *Node, flows []*Flow) map[*Node]bool {
	found := map[*Node]bool{}
	var queue []*Node
	visit := func(m *Node) {
		if m != n && !found[m] {
			found[m] = true
			queue = append(queue, m)
		}
	}
	for _, f := range flows {
		visit(f.From)
	}
	for len(queue) > 0 {
		m := queue[len(queue)-1]
		queue = queue[:len(queue)-1]
		for _, f := range m.In {
			visit(f.From)
		}
		if m.Host != nil {
			visit(m.Host)
		}
	}
	return found
}

// stuck reports tokens that wait at joins of a scope in which nothing else is left: nothing will
// ever come to free them. What was so before the event has been reported then.
func (r *run) stuck(before State) {
	for _, t := range r.tokens {
		if !r.waitsForEver(r.tokens, r.scopes, t) {
			continue
		}
		if slices.Contains(before.Tokens, t) && r.waitsForEver(before.Tokens, before.Scopes, t) {
			continue
		}
		n := r.def.byID[t.Node]
		r.fx = append(r.fx, Effect{Kind: Incident, Token: t.ID, Node: n, Flow: flowByID(n.In, t.Flow), Reason: ReasonStuck})
	}
}

// waitsForEver reports whether a token and all beside it in its scope wait at joins.
func (r *run) waitsForEver(tokens []Token, scopes []Scope, t Token) bool {
	for _, o := range tokens {
		if n := r.def.byID[o.Node]; o.Scope == t.Scope && (n == nil || !n.joins() || o.Flow == "") {
			return false
		}
	}
	return !slices.ContainsFunc(scopes, func(s Scope) bool { return s.Parent == t.Scope })
}
