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
		r.nodes[n] = true
		queue = append(queue, n.Out...)
	}
	return r
}

// ample reports whether following token i alone loses nothing; see explorer.
func (x *explorer) ample(m *mark, i int, n *Node, moves []move) bool {
	if len(m.state.Tokens) == 1 {
		return true // there is nothing else to follow
	}
	var flows, waiting []*Flow
	others := map[*Node]bool{}
	for j, t := range m.state.Tokens {
		if j == i {
			continue
		}
		o := x.def.byID[t.Node]
		if o.Kind == Parallel {
			waiting = append(waiting, flowByID(o.In, t.Flow))
			continue
		}
		others[o] = true
		flows = append(flows, o.Out...)
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
			for _, f := range at.Out {
				if f.To == n {
					out[i] = true
				}
				if !seen[f.To.ix] {
					seen[f.To.ix] = true
					queue = append(queue, f.To)
				}
			}
		}
	}
	return out
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
