package workflow

import "slices"

// reach is what tokens may come to in the future, taken generously.
type reach struct {
	nodes map[*Node]bool
	flows map[*Flow]bool
}

// flood follows every way from flows, with waiting flows already filled at joins.
// A join lets through only when every way into it can be filled.
func flood(d *Def, flows []*Flow, waiting []*Flow) reach {
	r := reach{map[*Node]bool{}, map[*Flow]bool{}}
	filled := map[*Flow]bool{}
	for _, f := range waiting {
		filled[f] = true
	}
	queue := slices.Clone(flows)
	push := func(n *Node) {
		r.nodes[n] = true
		queue = append(queue, n.Out...)
		for _, b := range n.Boundaries {
			r.nodes[b] = true
			queue = append(queue, b.Out...)
		}
	}
	for len(queue) > 0 {
		f := queue[len(queue)-1]
		queue = queue[:len(queue)-1]
		if r.flows[f] {
			continue
		}
		r.flows[f], filled[f] = true, true
		n := f.To
		if n.Kind == Parallel && slices.ContainsFunc(n.In, func(in *Flow) bool { return !filled[in] }) {
			continue
		}
		push(n)
		if n.Inner != nil {
			for _, s := range n.Inner.Starts {
				queue = append(queue, s.Out...)
			}
		}
		for owner := n.Body.Owner; owner != nil; owner = owner.Body.Owner {
			push(owner) // which may end with this
		}
	}
	return r
}

// begins are the flows out of the start events of the process.
func (d *Def) begins() []*Flow {
	var flows []*Flow
	for _, s := range d.root.Starts {
		flows = append(flows, s.Out...)
	}
	return flows
}

// ample reports whether following token i alone loses nothing; see explorer.
func (x *explorer) ample(m *mark, i int, n *Node, moves []move) bool {
	if len(m.state.Tokens) == 1 {
		return true // there is nothing else to follow
	}
	if x.gathers || x.mayBeEnded(m, i) {
		return false
	}
	var flows, waiting []*Flow
	others := map[*Node]bool{}
	for j, t := range m.state.Tokens {
		if j == i {
			continue
		}
		o := x.def.byID[t.Node]
		if waitsAtJoin(o, t) {
			waiting = append(waiting, flowByID(o.In, t.Flow))
			continue
		}
		others[o] = true
		flows = append(flows, o.Out...)
		for owner := o.Body.Owner; owner != nil; owner = owner.Body.Owner {
			flows = append(flows, owner.Out...)
		}
	}
	if len(others) == 0 {
		return true
	}
	future := flood(x.def, flows, waiting)
	if others[n] || future.nodes[n] || x.conflict(n, others) || x.conflict(n, future.nodes) {
		return false
	}
	for o := range future.nodes {
		if o.Kind == Terminate {
			return false
		}
	}
	for _, mv := range moves {
		if mv.to == nil || mv.killed || crowded(mv.touched, waiting, future) {
			return false
		}
		if x.cyclic[n.ix] && x.index[x.key(mv.to)] != nil {
			return false
		}
	}
	return true
}

// mayBeEnded reports whether an event at an activity may withdraw token i.
func (x *explorer) mayBeEnded(m *mark, i int) bool {
	r := &run{def: x.def, scopes: m.state.Scopes}
	t := m.state.Tokens[i]
	return slices.ContainsFunc(m.state.Tokens, func(o Token) bool {
		return o.ID != t.ID && o.For != 0 && (o.For == t.ID || o.For == t.For || o.ID == t.For || r.within(t.Scope, o.For))
	})
}

// gathers reports whether a drawing has inclusive joins: whether they go on depends on where all
// other tokens are, so every order is followed.
func gathers(d *Def) bool {
	return slices.ContainsFunc(d.nodes, func(n *Node) bool { return n.Kind == Inclusive && n.joins() })
}

// cyclic tells which nodes a token can come back to. Only there can following one
// token put the others off for ever.
func cyclic(d *Def) []bool {
	out := make([]bool, len(d.nodes))
	for i, n := range d.nodes {
		seen := make([]bool, len(d.nodes))
		queue := []*Node{n}
		for len(queue) > 0 && !out[i] {
			at := queue[0]
			queue = queue[1:]
			for _, to := range at.leadsTo() {
				if to == n {
					out[i] = true
				}
				if !seen[to.ix] {
					seen[to.ix] = true
					queue = append(queue, to)
				}
			}
		}
	}
	return out
}

// leadsTo lists the nodes that tokens at n may come to next, into subprocesses and out of them.
func (n *Node) leadsTo() []*Node {
	to := slices.Clone(n.Boundaries)
	for _, f := range n.Out {
		to = append(to, f.To)
	}
	if n.Inner != nil {
		to = append(to, n.Inner.Starts...)
	}
	if n.Body.Owner != nil {
		to = append(to, n.Body.Owner)
	}
	return to
}

// crowded reports whether a way into a join that a move uses, or that is filled
// at the same join, may be filled a second time by others.
func crowded(touched, waiting []*Flow, future reach) bool {
	for _, f := range touched {
		if f.To.Kind != Parallel {
			continue
		}
		for _, in := range f.To.In {
			if future.flows[in] && (in == f || slices.Contains(waiting, in)) {
				return true
			}
		}
	}
	return false
}

// conflict reports whether the order of n's acts and those of others matters.
func (x *explorer) conflict(n *Node, others map[*Node]bool) bool {
	if x.set.Law == nil || len(n.Acts()) == 0 {
		return false
	}
	for o := range others {
		for _, a := range n.Acts() {
			for _, b := range o.Acts() {
				if !x.commute(a, b) {
					return true
				}
			}
		}
	}
	return false
}

// maxLaw bounds the states of the law that are looked at.
const maxLaw = 1000

// commutation returns a function that says whether two acts commute: in every
// state the law can come to by the acts of the drawing, neither changes whether
// the other is legal, and both orders end in the same state.
func commutation(d *Def, law Law) func(a, b string) bool {
	if law == nil {
		return func(a, b string) bool { return true }
	}
	var acts []string
	for _, n := range d.nodes {
		acts = append(acts, n.Acts()...)
	}
	slices.Sort(acts)
	acts = slices.Compact(acts)
	states := []string{law.Start()}
	for i := 0; i < len(states) && len(states) <= maxLaw; i++ {
		for _, a := range acts {
			if next, ok := law.Do(states[i], a); ok && !slices.Contains(states, next) {
				states = append(states, next)
			}
		}
	}
	known := map[[2]string]bool{}
	return func(a, b string) bool {
		if len(states) > maxLaw {
			return false
		}
		k := [2]string{a, b}
		yes, ok := known[k]
		if !ok {
			yes = !slices.ContainsFunc(states, func(s string) bool { return !diamond(law, s, a, b) })
			known[k] = yes
		}
		return yes
	}
}

func diamond(law Law, s, a, b string) bool {
	viaA, okA := law.Do(s, a)
	viaB, okB := law.Do(s, b)
	var ab, ba string
	if okA {
		var ok bool
		if ab, ok = law.Do(viaA, b); ok != okB {
			return false
		}
	}
	if okB {
		var ok bool
		if ba, ok = law.Do(viaB, a); ok != okA {
			return false
		}
	}
	return !okA || !okB || ab == ba
}
