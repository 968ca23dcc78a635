package workflow

import (
	"maps"
	"slices"
)

// reach is what tokens may come to in the future, taken generously.
type reach struct {
	nodes map[*Node]bool
	flows map[*Flow]bool
}

// flood follows every way from flows, with waiting flows already filled at joins.
// A join lets through only when every way into it can be filled. What holds something that does
// not move meanwhile is not left.
func flood(flows, waiting []*Flow, holding map[*Node]bool) reach {
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
		for owner := n.Body.Owner; owner != nil && !holding[owner]; owner = owner.Body.Owner {
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

// group lists, in order, the tokens that must be followed together with token i: what an event
// ends and the events that wait at it, and events of which only one can come.
func (x *explorer) group(m *mark, i int) []int {
	r := &run{def: x.def, scopes: m.state.Scopes}
	tokens := m.state.Tokens
	in := map[int]bool{i: true}
	for grown := true; grown; {
		grown = false
		for a := range tokens {
			for b := range tokens {
				if in[a] && !in[b] && (tied(r, tokens[a], tokens[b]) || tied(r, tokens[b], tokens[a])) {
					in[b], grown = true, true
				}
			}
		}
	}
	group := make([]int, 0, len(in))
	for a := range tokens {
		if in[a] && !waitsAtJoin(x.def.byID[tokens[a].Node], tokens[a]) {
			group = append(group, a)
		}
	}
	return group
}

// tied reports whether a waits at what b is, or is in, or for the same as b.
func tied(r *run, a, b Token) bool {
	return a.For != 0 && (a.For == b.ID || a.For == b.For || r.within(b.Scope, a.For))
}

// ample reports whether following the tokens of a group alone loses nothing; see explorer.
func (x *explorer) ample(m *mark, group []int, moves func(int) []move) bool {
	var flows, waiting []*Flow
	others, holding := map[*Node]bool{}, x.holding(m, group)
	for j, t := range m.state.Tokens {
		o := x.def.byID[t.Node]
		switch {
		case slices.Contains(group, j):
			continue
		case waitsAtJoin(o, t):
			waiting = append(waiting, flowByID(o.In, t.Flow))
			if o.Kind == Inclusive { // it goes on as soon as the others leave it nothing to wait for
				others[o] = true
				flows = append(flows, o.Out...)
			}
			continue
		}
		others[o] = true
		flows = append(flows, o.Out...)
		for owner := o.Body.Owner; owner != nil && !holding[owner]; owner = owner.Body.Owner {
			flows = append(flows, owner.Out...)
		}
	}
	future := flood(flows, waiting, holding)
	maps.Copy(future.nodes, others)
	for _, i := range group {
		n := x.def.byID[m.state.Tokens[i].Node]
		if future.nodes[n] || x.conflict(n, future.nodes) || !x.independent(m, i, group, moves(i), future, waiting) {
			return false
		}
	}
	return true
}

// holding lists the activities that go on for as long as the tokens of a group do not move, unless
// another of their instances is enough to end them.
func (x *explorer) holding(m *mark, group []int) map[*Node]bool {
	owners := map[*Node]bool{}
	for _, i := range group {
		for owner := x.def.byID[m.state.Tokens[i].Node].Body.Owner; owner != nil && !x.single[owner]; owner = owner.Body.Owner {
			owners[owner] = true
		}
	}
	return owners
}

// independent reports whether nothing that the others can do matters to where the moves of token i
// lead, nor the other way round.
func (x *explorer) independent(m *mark, i int, group []int, moves []move, future reach, waiting []*Flow) bool {
	n := x.def.byID[m.state.Tokens[i].Node]
	enders := x.enders(m, i, group)
	stopped := len(enders) > 0
	for o := range future.nodes {
		stopped = stopped || o.Kind == Terminate && o.Body.around(n)
	}
	for _, mv := range moves {
		switch {
		case mv.to == nil || crowded(mv.touched, waiting, future):
			return false
		case mv.killed && !x.killedWithin(m, group, mv):
			return false
		case stopped && (mv.to.law != m.law || x.undecided(m, mv)):
			return false
		case len(enders) > 0 && !(stillThere(mv.to.state, enders) && x.staysOpen(m, mv)):
			return false
		case x.joinsMind(m, i, mv, future), x.questions.sways(n, mv, future):
			return false
		case x.cyclic[n.ix] && x.index[x.key(mv.to)] != nil:
			return false
		}
	}
	return true
}

// enders are the events outside the group that may withdraw token i with all around it. They may
// be put off: they lead to the same whether i has moved before or not, if i moves within what
// they end and performs no act. It must not come to a join or an end either: there others could
// end what the events wait at, which they could not before.
func (x *explorer) enders(m *mark, i int, group []int) []Token {
	r := &run{def: x.def, scopes: m.state.Scopes}
	var found []Token
	for j, o := range m.state.Tokens {
		if !slices.Contains(group, j) && (tied(r, o, m.state.Tokens[i]) || tied(r, m.state.Tokens[i], o)) {
			found = append(found, o)
		}
	}
	return found
}

// undecided reports whether a move leads to a gateway that has still to choose, in the same event.
func (x *explorer) undecided(m *mark, mv move) bool {
	return slices.ContainsFunc(mv.to.state.Tokens, func(t Token) bool {
		return t.ID >= m.state.Next && x.def.byID[t.Node].chooses(t)
	})
}

// staysOpen reports whether a move leads to something that is still to be done.
func (x *explorer) staysOpen(m *mark, mv move) bool {
	return slices.ContainsFunc(mv.to.state.Tokens, func(t Token) bool {
		n := x.def.byID[t.Node]
		return t.ID >= m.state.Next && t.Flow == "" && (n.Kind == UserTask || n.Kind == Catch)
	})
}

func stillThere(s State, tokens []Token) bool {
	return !slices.ContainsFunc(tokens, func(t Token) bool { return !slices.Contains(s.Tokens, t) })
}

// killedWithin reports whether a move withdraws nothing but tokens of the group, and stops nothing
// that might come later.
func (x *explorer) killedWithin(m *mark, group []int, mv move) bool {
	for _, f := range mv.touched {
		if f.To.Kind == Terminate {
			return false
		}
	}
	for j, t := range m.state.Tokens {
		if !slices.Contains(group, j) && !slices.Contains(mv.to.state.Tokens, t) {
			return false
		}
	}
	return true
}
