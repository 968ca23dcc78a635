package workflow

import "slices"

// enter begins an activity, with all its instances if it has several. What cannot begin yet
// rests before it as the token at.
func (r *run) enter(n *Node, at Token) {
	if n.Instances == nil {
		if id := r.instance(n, at, at.Scope, 0); id != 0 {
			r.arm(n, at.Scope, id)
		}
		return
	}
	total, items, why := r.count(n, at.Scope)
	if why != "" {
		r.incident(r.rest(at), n, decision{reason: ReasonInstances, detail: why})
		return
	}
	if total == 0 {
		r.leave(n, at.Scope)
		return
	}
	set := Scope{ID: r.id(), Parent: at.Scope, Node: n.ID, Total: total, Items: items}
	r.scopes = append(r.scopes, set)
	r.arm(n, at.Scope, set.ID)
	r.more(set.ID)
}

// more begins the next instance of a set, or all of them.
func (r *run) more(id uint32) {
	n := r.def.byID[r.scope(id).Node]
	for {
		set := r.scope(id)
		if set == nil || set.Begun == set.Total || n.Instances.Sequential && set.Begun > set.Ended {
			return
		}
		set.Begun++
		r.instance(n, Token{Scope: set.Parent, Node: n.ID}, id, set.Begun)
	}
}

// instance begins one instance of an activity, in scope, and returns the id of what is under way
// then, 0 when it is done already. The activity itself stands in the scope of at.
func (r *run) instance(n *Node, at Token, scope uint32, index int) uint32 {
	switch n.Kind {
	case UserTask:
		t := Token{Scope: scope, Node: n.ID, Index: index}
		t.ID = r.rest(t)
		r.opened(n, t)
		return t.ID
	case Subprocess, Call:
		s := Scope{ID: r.id(), Parent: scope, Node: n.ID, Index: index}
		r.scopes = append(r.scopes, s)
		r.leave(n.Inner.begin(), s.ID)
		return s.ID
	case RuleTask:
		var set *Scope
		if index > 0 {
			set = r.scope(scope)
		}
		values, err := r.table(n, at.Scope, set, index)
		switch {
		case err != nil && index == 0:
			r.incident(r.rest(at), n, decision{reason: ReasonDecision, detail: err.Error()})
			return 0
		case err != nil: // one of several: it decides nothing, and somebody is told
			r.fx = append(r.fx, Effect{Kind: Incident, Token: scope, Node: n, Reason: ReasonDecision, Detail: err.Error()})
		}
		r.put(values)
		r.fx = append(r.fx, Effect{Kind: Decided, Node: n, Index: index, Values: values})
	case ServiceTask:
		r.fx = append(r.fx, Effect{Kind: Ordered, Token: r.id(), Node: n, Index: index})
	}
	if index > 0 {
		r.instanceDone(scope, "")
	} else {
		r.leave(n, scope)
	}
	return 0
}

// opened tells that a task waits for somebody, and what it is about.
func (r *run) opened(n *Node, t Token) {
	fx := Effect{Kind: TaskOpened, Token: t.ID, Node: n, Index: t.Index}
	if set := r.scope(t.Scope); t.Index > 0 && t.Index <= len(set.Items) {
		fx.Item = set.Items[t.Index-1]
	}
	r.fx = append(r.fx, fx)
}

// instanceDone counts one instance of a set. The set is done when all are, or when its condition
// says so; instances that are still under way are withdrawn then.
func (r *run) instanceDone(id uint32, outcome string) {
	set := r.scope(id)
	n := r.def.byID[set.Node]
	set.Ended++
	if outcome != "" {
		outcomes := map[string]int{outcome: 1}
		for k, v := range set.Outcomes {
			outcomes[k] += v
		}
		set.Outcomes = outcomes
	}
	if set.Ended < set.Total && !r.enough(n, set) {
		if n.Instances.Sequential {
			r.more(id)
		}
		return
	}
	parent := set.Parent
	r.clear(id)
	r.drop(id)
	r.disarm(id)
	r.fx = append(r.fx, Effect{Kind: Finished, Node: n})
	r.leave(n, parent)
}

// closeScope ends one subprocess or call in which nothing is left.
func (r *run) closeScope() bool {
	for i := range slices.Backward(r.scopes) {
		s := r.scopes[i]
		n := r.def.byID[s.Node]
		if s.Total > 0 || slices.ContainsFunc(r.tokens, func(t Token) bool { return t.Scope == s.ID }) ||
			slices.ContainsFunc(r.scopes, func(o Scope) bool { return o.Parent == s.ID }) {
			continue
		}
		r.drop(s.ID)
		if s.Index > 0 {
			r.instanceDone(s.Parent, "")
			return true
		}
		r.disarm(s.ID)
		r.fx = append(r.fx, Effect{Kind: Finished, Node: n})
		r.leave(n, s.Parent)
		return true
	}
	return false
}

// scope returns the scope with this id, which may be changed until the next one begins.
func (r *run) scope(id uint32) *Scope {
	for i := range r.scopes {
		if r.scopes[i].ID == id {
			return &r.scopes[i]
		}
	}
	return nil
}

func (r *run) drop(id uint32) {
	r.scopes = slices.DeleteFunc(r.scopes, func(s Scope) bool { return s.ID == id })
}

// within reports whether a scope lies in another, or is it.
func (r *run) within(id, outer uint32) bool {
	for id != outer {
		s := r.scope(id)
		if s == nil {
			return false
		}
		id = s.Parent
	}
	return true
}

// clear withdraws everything in a scope, which stays itself.
func (r *run) clear(scope uint32) {
	r.withdraw(func(t Token) bool { return r.within(t.Scope, scope) })
	r.queue = slices.DeleteFunc(r.queue, func(t travel) bool { return r.within(t.scope, scope) })
	var gone []uint32
	for _, s := range r.scopes {
		if s.ID != scope && r.within(s.ID, scope) {
			gone = append(gone, s.ID)
		}
	}
	r.scopes = slices.DeleteFunc(r.scopes, func(s Scope) bool { return slices.Contains(gone, s.ID) })
}

// withdraw takes tokens away.
func (r *run) withdraw(which func(Token) bool) {
	r.tokens = slices.DeleteFunc(r.tokens, func(t Token) bool {
		if !which(t) {
			return false
		}
		switch n := r.def.byID[t.Node]; {
		case n.Kind == UserTask && t.Flow == "":
			r.fx = append(r.fx, Effect{Kind: TaskWithdrawn, Token: t.ID, Node: n, Index: t.Index})
		case n.Kind == Catch || n.Kind == Boundary:
			r.fx = append(r.fx, Effect{Kind: WaitWithdrawn, Token: t.ID, Node: n})
		}
		return true
	})
}
