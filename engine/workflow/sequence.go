package workflow

import (
	"cmp"
	"slices"
)

// Sequence returns the nodes in the order in which the drawing comes to them: each behind all that leads to it, those
// that are as many activities and events away from the start in the order of the file. The nodes of subprocesses and
// called processes stand behind what holds them; what no start leads to comes last. Ways back count for nothing.
func (d *Def) Sequence() []*Node { return d.root.sequence(make([]*Node, 0, len(d.nodes))) }

// sequence appends the nodes of a body, each with what it holds.
func (b *Body) sequence(all []*Node) []*Node {
	far := b.distances()
	nodes := slices.Clone(b.Nodes)
	slices.SortStableFunc(nodes, func(m, n *Node) int {
		i, reached := far[m]
		k, also := far[n]
		switch {
		case reached != also && reached:
			return -1
		case reached != also:
			return 1
		}
		return cmp.Or(cmp.Compare(i, k), cmp.Compare(m.ix, n.ix))
	})
	for _, n := range nodes {
		all = append(all, n)
		if n.Inner != nil {
			all = n.Inner.sequence(all)
		}
	}
	return all
}

// distances counts, for each node that a start of the body leads to, the activities and events along the longest way
// to it without the ways back.
func (b *Body) distances() map[*Node]int {
	order := b.forward()
	at := make(map[*Node]int, len(order))
	far := make(map[*Node]int, len(order))
	for i, n := range order {
		at[n], far[n] = i, 0
	}
	for i, n := range order {
		on := far[n]
		if n.Activity() || n.Kind == Catch {
			on++
		}
		for _, to := range n.leads() {
			if at[to] > i { // else it is a way back
				far[to] = max(far[to], on)
			}
		}
	}
	return far
}

// forward orders what the starts of a body lead to so that only ways back lead from a later node to an earlier one.
func (b *Body) forward() []*Node {
	var order []*Node
	seen := map[*Node]bool{}
	var visit func(n *Node)
	visit = func(n *Node) {
		if seen[n] {
			return
		}
		seen[n] = true
		for _, to := range n.leads() {
			visit(to)
		}
		order = append(order, n)
	}
	for _, n := range b.Starts {
		visit(n)
	}
	slices.Reverse(order)
	return order
}

// leads are the nodes to which a token may go on from a node, or from an event at it.
func (n *Node) leads() []*Node {
	to := make([]*Node, 0, len(n.Out)+len(n.Boundaries))
	for _, f := range n.Out {
		to = append(to, f.To)
	}
	return append(to, n.Boundaries...)
}
