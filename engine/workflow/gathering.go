package workflow

import "slices"

// around reports whether a node stands in the body or in one within it.
func (b *Body) around(n *Node) bool { return b.project(n) != nil }

// project is the node of the body that n is, or is within; nil when it stands outside.
func (b *Body) project(n *Node) *Node {
	for n != nil && n.Body != b {
		n = n.Body.Owner
	}
	return n
}

// joinsMind reports whether a move matters to an inclusive join that others can matter to as well.
// Whether such a join goes on depends on where every token of its body stands, but only as far as
// ways lead from there to the flows into it: a move between places that are alike in this, and
// a join that no way leads to from where the others are or may come to, change nothing.
func (x *explorer) joinsMind(m *mark, i int, mv move, future reach) bool {
	for _, j := range x.gathering {
		if x.noticed(m, i, mv, j) {
			for o := range future.nodes {
				if at := j.node.Body.project(o); at == j.node || len(j.leads[at]) > 0 {
					return true
				}
			}
		}
	}
	return false
}

// noticed reports whether a move changes what an inclusive join sees.
func (x *explorer) noticed(m *mark, i int, mv move, j gathering) bool {
	t := m.state.Tokens[i]
	n := x.def.byID[t.Node]
	body := j.node.Body
	for _, f := range mv.touched {
		if f.To == j.node {
			return true
		}
	}
	var was []*Flow
	if at := body.project(n); at != nil && at.Kind != Boundary {
		was = j.leads[at]
	}
	if n.Body != body && body.around(n) && slices.ContainsFunc(mv.to.state.Scopes, func(s Scope) bool { return s.ID == t.Scope }) {
		return false // it moves within a subprocess that goes on
	}
	landed := false
	for _, to := range mv.to.state.Tokens {
		at := body.project(x.def.byID[to.Node])
		if to.ID < m.state.Next || at == nil || at.Kind == Boundary {
			continue
		}
		landed = true
		if !slices.Equal(j.leads[at], was) {
			return true
		}
	}
	return !landed && len(was) > 0
}

// gathering is an inclusive join, with the flows into it that a way leads to from each node.
type gathering struct {
	node  *Node
	leads map[*Node][]*Flow
}

// gatherings lists the inclusive joins of a drawing.
func gatherings(d *Def) []gathering {
	var list []gathering
	for _, n := range d.nodes {
		if n.Kind != Inclusive || !n.joins() {
			continue
		}
		g := gathering{n, map[*Node][]*Flow{}}
		for _, f := range n.In {
			for from := range upstream(n, []*Flow{f}) {
				g.leads[from] = append(g.leads[from], f)
			}
		}
		list = append(list, g)
	}
	return list
}
