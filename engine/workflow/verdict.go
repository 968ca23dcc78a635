package workflow

// endless finds marks from which no end can be reached.
func (x *explorer) endless() {
	good := make([]bool, len(x.marks))
	var queue []int
	for i, m := range x.marks {
		// A mark cut off by a fault has been reported already.
		if m.done || m.sealed || x.cut(m) {
			good[i] = true
			queue = append(queue, i)
		}
	}
	for len(queue) > 0 {
		i := queue[0]
		queue = queue[1:]
		for _, p := range x.before[i] {
			if !good[p] {
				good[p] = true
				queue = append(queue, p)
			}
		}
	}
	for i, m := range x.marks {
		if !good[i] {
			last := x.def.byID[m.state.Tokens[0].Node]
			x.fault(m, Finding{Kind: Endless, Node: last.ID, Name: last.Name})
			return // the first is the shortest way; the rest follow from it
		}
	}
}

// cut reports whether some task at m cannot be completed under the law.
func (x *explorer) cut(m *mark) bool {
	for _, t := range m.state.Tokens {
		n := x.def.byID[t.Node]
		if n.Kind == UserTask && len(outcomes(x.set.Law, m.law, n.Acts())) == 0 {
			return true
		}
	}
	return false
}

// findings adds what can only be said at the end.
func (x *explorer) findings() []Finding {
	out := make([]Finding, 0, len(x.order))
	for _, k := range x.order {
		out = append(out, x.found[k])
	}
	// After a fault much is not reached because of it; then only what no way at
	// all leads to is called dead.
	certain := x.reached
	if len(out) > 0 || x.tooLarge {
		certain = flood(x.def.begins(), nil, nil).nodes
	}
	for _, n := range x.def.nodes {
		switch {
		case certain[n] || x.reached[n]:
		case n.Kind == UserTask:
			out = append(out, Finding{Kind: DeadTask, Node: n.ID, Name: n.Name})
		case n.Kind == End || n.Kind == Terminate:
			out = append(out, Finding{Kind: DeadEnd, Node: n.ID, Name: n.Name})
		}
	}
	if len(x.order) > 0 || x.tooLarge {
		return out
	}
	for _, n := range x.def.nodes {
		for _, a := range n.Acts() {
			if seen := x.offered[n]; x.set.Law != nil && seen != nil && !seen[a] {
				out = append(out, Finding{Kind: DeadAct, Node: n.ID, Name: n.Name, Act: a})
			}
		}
	}
	return out
}
