package workflow

// shape checks that the drawing hangs together well enough to be executed.
// Whether it always comes to a good end is the matter of Check.
func (r *reader) shape() {
	if len(r.problems) > 0 {
		return // what was refused would only cause more noise here
	}
	if len(r.def.nodes) > maxNodes {
		r.add(nil, FaultShape, "the process has more than %d nodes; draw it in parts", maxNodes)
		return
	}
	r.begins(r.def.root)
	for _, n := range r.def.nodes {
		r.place(n)
	}
	if n := r.idleLoop(); n != nil {
		r.add(r.elems[n], FaultShape, "a loop runs through gateways only; put a task into it")
	}
}

// place checks the flows of one node.
func (r *reader) place(n *Node) {
	end := 1 // an activity may be the end of its way where nobody deploys it
	if r.set.Plain {
		end = 0
	}
	switch {
	case n.Kind == Start:
		r.degree(n, 0, 0, 1, -1)
	case n.Kind == End || n.Kind == Terminate:
		r.degree(n, 1, -1, 0, 0)
	case n.Kind == Boundary:
		r.degree(n, 0, 0, end, -1)
	case n.Activity() || n.Kind == Catch:
		r.degree(n, 1, -1, end, -1)
	default:
		r.degree(n, 1, -1, 1, -1)
	}
	switch n.Kind {
	case Exclusive, Inclusive:
		r.choice(n)
	case EventBased:
		r.events(n)
	}
	if n.Inner != nil {
		r.begins(n.Inner)
	}
}

// begins checks that a body begins in one place.
func (r *reader) begins(b *Body) {
	plain := 0
	named := map[string]bool{}
	for _, n := range b.Starts {
		if n.Trigger == "" {
			plain++
		}
		if plain > 1 && n.Trigger == "" || n.Trigger != "" && named[n.Message] {
			r.add(r.elems[n], FaultShape, "the process has a second start event; a case begins in one place")
		}
		named[n.Message] = true
	}
	var owner *elem
	if b.Owner != nil {
		owner = r.elems[b.Owner]
	}
	if len(b.Starts) == 0 || b.Owner != nil && plain == 0 {
		r.add(owner, FaultShape, "the process has no start event")
	}
}

// events checks that an event-based gateway leads to events only, each with one way in.
func (r *reader) events(n *Node) {
	for _, f := range n.Out {
		if f.To.Kind != Catch || len(f.To.In) != 1 {
			r.add(r.elems[n], FaultShape, "its flow %q must lead straight to an event that nothing else leads to", f.ID)
		}
	}
}

// rests reports whether a token that comes to the node stays there until something happens.
func (n *Node) rests() bool {
	switch n.Kind {
	case UserTask, Subprocess, Call, Catch, EventBased:
		return true
	}
	return n.joins()
}

// degree checks the number of flows in and out; -1 means any number.
func (r *reader) degree(n *Node, minIn, maxIn, minOut, maxOut int) {
	e := r.elems[n]
	switch {
	case len(n.In) < minIn:
		r.add(e, FaultShape, "no flow leads to it")
	case maxIn >= 0 && len(n.In) > maxIn:
		r.add(e, FaultShape, "a flow leads back to the start")
	case len(n.Out) < minOut:
		r.add(e, FaultShape, "no flow leads on; draw an end event")
	case maxOut >= 0 && len(n.Out) > maxOut:
		r.add(e, FaultShape, "a flow leads on after the end")
	}
}

// choice checks that a gateway can tell its flows apart.
func (r *reader) choice(n *Node) {
	if len(n.Out) < 2 {
		return
	}
	for _, f := range n.Out {
		switch {
		case f == n.Default && f.When != "":
			r.add(r.elems[n], FaultCondition, "its default flow %q has a condition that would never be asked", f.ID)
		case f != n.Default && f.When == "" && n.Kind == Exclusive:
			r.add(r.elems[n], FaultCondition, "its flow %q has neither a condition nor the default mark", f.ID)
		}
	}
}

// idleLoop finds a node on a cycle without any task: one event could go round it
// for ever. A cycle through a join is left to the bound of Step, since the join
// may wait for a task on another way.
func (r *reader) idleLoop() *Node {
	const (
		fresh = iota
		active
		finished
	)
	mark := make([]int, len(r.def.nodes))
	var visit func(n *Node) *Node
	visit = func(n *Node) *Node {
		mark[n.ix] = active
		defer func() { mark[n.ix] = finished }()
		for _, f := range n.Out {
			switch {
			case f.To.rests() || mark[f.To.ix] == finished:
			case mark[f.To.ix] == active:
				return f.To
			default:
				if found := visit(f.To); found != nil {
					return found
				}
			}
		}
		return nil
	}
	for _, n := range r.def.nodes {
		if !n.rests() && mark[n.ix] == fresh {
			if found := visit(n); found != nil {
				return found
			}
		}
	}
	return nil
}
