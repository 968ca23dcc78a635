package workflow

import "slices"

// before reports whether every way from the start of their body to n passes m.
func (d *Def) before(m, n *Node) bool {
	d.ordered.Do(d.order)
	if m.Body != n.Body || m == n {
		return false
	}
	i := slices.Index(n.Body.Nodes, m)
	return n.above[i/64]&(1<<(i%64)) != 0
}

// order finds, for each node, the nodes that every way to it passes.
func (d *Def) order() {
	done := map[*Body]bool{}
	for _, n := range d.nodes {
		if !done[n.Body] {
			done[n.Body] = true
			n.Body.order()
		}
	}
}

func (b *Body) order() {
	words := (len(b.Nodes) + 63) / 64
	place := map[*Node]int{}
	for i, n := range b.Nodes {
		place[n] = i
		n.above = make([]uint64, words)
		for k := range n.above {
			n.above[k] = ^uint64(0)
		}
		if n.Kind == Start {
			clear(n.above)
		}
	}
	for changed := true; changed; {
		changed = false
		for _, n := range b.Nodes {
			if n.Kind == Start {
				continue
			}
			next := make([]uint64, words)
			for k := range next {
				next[k] = ^uint64(0)
			}
			pass := func(from *Node) {
				for k := range next {
					mask := from.above[k]
					if j := place[from]; j/64 == k {
						mask |= 1 << (j % 64)
					}
					next[k] &= mask
				}
			}
			for _, f := range n.In {
				pass(f.From)
			}
			if n.Host != nil {
				pass(n.Host)
			}
			if !slices.Equal(next, n.above) {
				n.above, changed = next, true
			}
		}
	}
}

// origin returns the node at which everything begins that a return from at to to takes back: to itself
// where every way to at passes it, else the nearest choice behind which both lie. It is nil where to is not earlier
// than at, or where something else may be under way at the same time as to.
func (d *Def) origin(to, at *Node) *Node {
	if d.before(to, at) {
		return to
	}
	var fork *Node
	for _, n := range to.Body.Nodes {
		if n.Kind == Exclusive && d.before(n, to) && d.before(n, at) && (fork == nil || d.before(fork, n)) {
			fork = n
		}
	}
	if fork == nil || at == to || !upstream(fork, at.In)[to] {
		return nil
	}
	for n := range upstream(fork, to.In) {
		if len(n.together(false)) > 1 {
			return nil
		}
	}
	return fork
}

// Undone are the nodes whose work is undone by a return from at to the earlier node to, with all that they hold: to and
// what comes of it.
func (d *Def) Undone(to, at *Node) map[*Node]bool {
	for at.Body != to.Body && at.Body.Owner != nil {
		at = at.Body.Owner
	}
	from := d.origin(to, at)
	undone := map[*Node]bool{}
	var hold, walk func(n *Node)
	hold = func(n *Node) {
		undone[n] = true
		if n.Inner != nil {
			for _, in := range n.Inner.Nodes {
				hold(in)
			}
		}
	}
	walk = func(n *Node) {
		if undone[n] || n != to && (from == nil || !d.before(from, n)) {
			return
		}
		hold(n)
		for _, f := range n.Out {
			walk(f.To)
		}
		for _, b := range n.Boundaries {
			walk(b)
		}
	}
	walk(to)
	return undone
}

// escapes reports whether work that began beside the way from to to at, at the same time, may
// have gone on to where other ways lead too, while at is still to be done: what came of to could
// not be taken back whole, and would come twice. A join that waits for at lets nothing escape.
func (d *Def) escapes(to, at *Node, underWay func(*Node) bool) bool {
	for _, q := range to.Body.Nodes {
		if q != to && !d.before(to, q) {
			continue
		}
		back := upstream(q, at.In)
		leads := func(f *Flow) bool { return f.To == at || f.To != q && back[f.To] }
		var beside []*Flow
		taken := false
		for _, f := range q.together(underWay(q)) {
			if leads(f) {
				taken = true
			} else {
				beside = append(beside, f)
			}
		}
		if taken && d.leaks(to, at, q, beside) {
			return true
		}
	}
	return false
}

// together lists the ways out of a node that are taken at the same time. The ways on from an
// activity under way have not been taken yet; those of the events at it may have been.
func (n *Node) together(underWay bool) []*Flow {
	var flows []*Flow
	if !underWay && n.Kind != Exclusive && n.Kind != EventBased {
		flows = slices.Clone(n.Out)
	}
	for _, b := range n.Boundaries {
		if !b.Interrupting {
			flows = append(flows, b.Out...)
		}
	}
	return flows
}

// leaks follows flows out of q, with at not done, and reports whether they leave what only to
// leads to.
func (d *Def) leaks(to, at, q *Node, flows []*Flow) bool {
	inside := func(n *Node) bool { return n == to || d.before(to, n) }
	filled := map[*Flow]bool{}
	for len(flows) > 0 {
		f := flows[len(flows)-1]
		flows = flows[:len(flows)-1]
		n := f.To
		if filled[f] || n == at || n == q {
			continue
		}
		filled[f] = true
		switch {
		case n.Kind == End || n.Kind == Terminate:
			continue
		case n.joins() && slices.ContainsFunc(n.In, func(in *Flow) bool {
			return !filled[in] && inside(in.From) && (n.Kind == Parallel || upstream(n, []*Flow{in})[at])
		}):
			continue
		case !inside(n):
			return true
		}
		flows = append(flows, n.Out...)
		for _, b := range n.Boundaries {
			flows = append(flows, b.Out...)
		}
	}
	return false
}
