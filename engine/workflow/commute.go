package workflow

import "slices"

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
	for owner := n.Body.Owner; owner != nil; owner = owner.Body.Owner {
		to = append(to, owner.Boundaries...)
		for _, f := range owner.Out {
			to = append(to, f.To)
		}
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
