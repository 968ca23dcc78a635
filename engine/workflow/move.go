package workflow

import "slices"

// urgent finds a token at a gateway that must go first, or gives -1. In Step a
// gateway answers at once; here it may be put off to keep parallel work small,
// but not until a second token arrives, nor until others wait at it, nor until an event
// withdraws it.
func (x *explorer) urgent(m *mark) int {
	at := map[Token]bool{}
	for i, t := range m.state.Tokens {
		if !x.def.byID[t.Node].chooses(t) {
			continue
		}
		place := Token{Scope: t.Scope, Node: t.Node}
		if at[place] || x.everyOrder || x.def.byID[t.Node].joins() || x.questions.asks(x.def.byID[t.Node]) || len(x.enders(m, i, []int{i})) > 0 {
			return i
		}
		at[place] = true
	}
	return -1
}

// waitsAtJoin reports whether a token waits for others.
func waitsAtJoin(n *Node, t Token) bool { return n.joins() && t.Flow != "" }

// moves lists what token i can do: complete its task, choose its way, or come to pass.
func (x *explorer) moves(m *mark, i int, n *Node) []move {
	t := m.state.Tokens[i]
	switch {
	case n.chooses(t):
		var moves []move
		for _, ways := range x.ways(n, m.known) {
			hop := Hop{Node: n.ID, Name: n.Name}
			for k, f := range ways {
				if k > 0 {
					hop.Flow += "+"
				}
				hop.Flow += f.ID
			}
			known := x.questions.learn(n, ways, m.known)
			moves = append(moves, x.fire(m, n, hop, m.law, known, func(r *run) (State, []Effect, error) {
				r.load(m.state)
				r.tokens = slices.Delete(r.tokens, i, i+1)
				r.send(ways, t.Scope)
				return r.finish(m.state)
			}))
		}
		return moves
	case n.Trigger != "":
		hop := Hop{Node: n.ID, Name: n.Name}
		return []move{x.fire(m, n, hop, m.law, x.questions.after(n, m.known), func(r *run) (State, []Effect, error) {
			r.load(m.state)
			r.came(i)
			r.tokens = slices.DeleteFunc(r.tokens, func(o Token) bool { // once is enough to see what comes of it
				return n.Kind == Boundary && !n.Interrupting && o.Node == n.ID && o.For == t.For
			})
			return r.finish(m.state)
		})}
	}
	task := m.state.Tokens[i].ID
	ways := outcomes(x.set.Law, m.law, n.Acts())
	if len(ways) == 0 {
		return []move{{bad: []Finding{x.illegal(m, n)}}}
	}
	var moves []move
	for _, way := range ways {
		x.offer(n, way.acts)
		hop := Hop{Node: n.ID, Name: n.Name, Acts: way.acts}
		moves = append(moves, x.fire(m, n, hop, way.state, x.questions.after(n, m.known), func(r *run) (State, []Effect, error) {
			return r.apply(m.state, Event{Kind: EventComplete, Task: task})
		}))
	}
	return moves
}

func (x *explorer) fire(m *mark, n *Node, hop Hop, law string, known []byte, do func(*run) (State, []Effect, error)) move {
	if x.moved++; x.set.MaxMoves > 0 && x.moved > x.set.MaxMoves {
		x.tooLarge = true
	}
	to := &mark{law: law, known: known, from: m, hop: hop, ended: m.ended}
	mv := move{to: to}
	s, fx, err := do(x.runner(&mv.touched, to))
	if err != nil { // only the bound on moves can be met here
		f := Finding{Kind: Endless, Node: n.ID, Name: n.Name, Law: m.law, Trace: append(m.trace(), hop)}
		return move{bad: []Finding{f}}
	}
	to.state = s
	x.questions.settle(x.def, to)
	for _, e := range fx {
		mv.killed = mv.killed || e.Kind == TaskWithdrawn || e.Kind == WaitWithdrawn
	}
	for _, f := range mv.touched {
		mv.killed = mv.killed || f.To.Kind == Terminate
	}
	return mv
}

// illegal tells a second decision from an act that comes too early or too late.
func (x *explorer) illegal(m *mark, n *Node) Finding {
	f := Finding{Kind: OutOfOrder, Node: n.ID, Name: n.Name, Act: n.Attr["act"], Law: m.law, Trace: m.trace()}
	for _, hop := range f.Trace {
		if hop.Node == n.ID && !n.several() {
			continue
		}
		if slices.ContainsFunc(hop.Acts, func(a string) bool { return slices.Contains(n.Acts(), a) }) {
			f.Kind = DoubleAct
		}
	}
	return f
}

// several reports whether there are several instances of a node, or of what it stands in.
func (n *Node) several() bool {
	return n != nil && (n.Instances != nil || n.Body.Owner.several())
}

// offer notes that acts of a task have been found legal.
func (x *explorer) offer(n *Node, acts []string) {
	seen := x.offered[n]
	if seen == nil {
		seen = map[string]bool{}
		x.offered[n] = seen
	}
	for _, a := range acts {
		seen[a] = true
	}
}
