package workflow

import (
	"encoding/binary"
	"slices"
)

// mark is one state of the exploration: tokens and the state of the law.
type mark struct {
	state  State
	law    string
	known  []byte // what gateways have answered that others ask too, by question
	from   *mark
	hop    Hop
	ended  bool // an end event was reached on the way here
	sealed bool // cut off after a fault: nothing is asked of what follows
	done   bool
	index  int
}

// move is one thing that can happen next.
type move struct {
	to      *mark
	touched []*Flow // flows travelled
	killed  bool    // a terminate end withdrew other tokens
	bad     []Finding
}

// explorer walks all marks breadth first, so the first way found to a fault is a
// shortest one among those followed.
//
// To keep parallel work small it uses the classical ample set: at a mark it may
// follow the moves of one token only, or of a few that belong together, if nothing
// the other tokens could do before it matters to them (no common place, no common way
// into a join, no inclusive join that looks at both, no end that withdraws them, acts
// that commute under the law) and if it leads to a mark not seen before, so that no
// token is put off for ever.
type explorer struct {
	def        *Def
	set        Checker
	limit      int
	everyOrder bool

	marks    []*mark
	index    map[string]*mark
	before   [][]int // predecessors of each mark, for Endless
	moved    int     // how many moves were followed
	tooLarge bool

	found     map[string]Finding
	order     []string
	reached   map[*Node]bool
	gathering []gathering
	questions *questions
	single    map[*Node]bool            // activities of which one instance is enough
	acts      map[*Node]bool            // activities in which an act is performed
	offered   map[*Node]map[string]bool // acts seen legal at a task
	commute   func(a, b string) bool
	cyclic    []bool
}

func newExplorer(d *Def, set Checker, limit int) *explorer {
	x := &explorer{
		def: d, set: set, limit: limit,
		index: map[string]*mark{}, found: map[string]Finding{},
		reached: map[*Node]bool{}, offered: map[*Node]map[string]bool{},
	}
	x.commute = commutation(d, set.Law)
	x.cyclic, x.acts, x.gathering = cyclic(d), acting(d), gatherings(d)
	x.questions, x.single = newQuestions(d, set.Fixed), singles(d)
	return x
}

func (x *explorer) run() {
	for _, start := range x.def.root.Starts {
		first := &mark{}
		if x.set.Law != nil {
			first.law = x.set.Law.Start()
		}
		r := x.runner(nil, first)
		r.load(State{})
		err := r.begin(start)
		if err == nil {
			first.state, _, err = r.finish(State{})
		}
		if err != nil {
			hop := Hop{Node: start.ID, Name: start.Name}
			x.report(Finding{Kind: Endless, Node: start.ID, Name: start.Name, Trace: []Hop{hop}})
			return
		}
		first.hop = Hop{Node: start.ID, Name: start.Name}
		x.enter(first, -1)
	}
	x.walk()
}

// walk follows the moves of every mark.
func (x *explorer) walk() {
	for i := 0; i < len(x.marks) && !x.tooLarge; i++ {
		x.expand(x.marks[i])
	}
	if !x.tooLarge {
		x.endless()
	}
}

// key names the tokens, whatever their ids and order, and the state of the law.
func (x *explorer) key(m *mark) string {
	return string(append(append(x.places(m.state, 0), m.law...), m.known...))
}

// places writes what stands in a scope, the scopes in it included.
func (x *explorer) places(s State, scope uint32) []byte {
	var tokens []uint64
	for _, t := range s.Tokens {
		if t.Scope != scope {
			continue
		}
		n := x.def.byID[t.Node]
		place := uint64(n.ix) << 32
		if n.joins() && t.Flow != "" {
			place |= uint64(flowByID(n.In, t.Flow).ix) + 1
		}
		tokens = append(tokens, place)
	}
	slices.Sort(tokens)
	b := make([]byte, 0, 8*len(tokens)+8)
	for _, p := range tokens {
		b = binary.BigEndian.AppendUint64(b, p)
	}
	var inner []string
	for _, sc := range s.Scopes {
		if sc.Parent != scope {
			continue
		}
		in := binary.BigEndian.AppendUint32([]byte{'('}, uint32(x.def.byID[sc.Node].ix))                          //nolint:gosec // at most maxNodes
		in = binary.AppendUvarint(binary.AppendUvarint(in, uint64(sc.Total-sc.Ended)), uint64(sc.Total-sc.Begun)) //nolint:gosec // never negative
		in = append(append(in, x.places(s, sc.ID)...), ')')
		inner = append(inner, string(in))
	}
	slices.Sort(inner)
	for _, in := range inner {
		b = append(b, in...)
	}
	return b
}

// enter adds a mark unless it is known, and looks at it once.
func (x *explorer) enter(m *mark, from int) {
	k := x.key(m)
	if old := x.index[k]; old != nil {
		if from >= 0 {
			x.before[old.index] = append(x.before[old.index], from)
		}
		return
	}
	if len(x.marks) >= x.limit {
		x.tooLarge = true
		return
	}
	m.index = len(x.marks)
	x.index[k] = m
	x.marks = append(x.marks, m)
	var before []int
	if from >= 0 {
		before = append(before, from)
	}
	x.before = append(x.before, before)
	x.inspect(m)
}

// inspect finds what is wrong with a mark itself.
func (x *explorer) inspect(m *mark) {
	m.done = m.state.Done
	if m.done {
		if law := x.set.Law; law != nil && !law.Final(m.law) {
			x.fault(m, Finding{Kind: NotFinal})
		}
		return
	}
	seen := map[Token]bool{}
	r := &run{def: x.def}
	for _, t := range m.state.Tokens {
		n := x.def.byID[t.Node]
		place := Token{Scope: t.Scope, Node: t.Node, Flow: t.Flow, Index: t.Index}
		if !n.chooses(t) && seen[place] {
			x.fault(m, Finding{Kind: Twice, Node: n.ID, Name: n.Name})
			m.sealed = true
		}
		seen[place] = true
		if !m.sealed && r.waitsForEver(m.state.Tokens, m.state.Scopes, t) {
			kind := Deadlock
			if m.ended {
				kind = LeftOver
			}
			x.fault(m, Finding{Kind: kind, Node: n.ID, Name: n.Name})
			m.sealed = true
		}
	}
	for _, s := range m.state.Scopes {
		place := Token{Scope: s.Parent, Node: s.Node, Index: s.Index}
		if seen[place] {
			n := x.def.byID[s.Node]
			x.fault(m, Finding{Kind: Twice, Node: n.ID, Name: n.Name})
			m.sealed = true
		}
		seen[place] = true
	}
}

// fault reports something that happens at m.
func (x *explorer) fault(m *mark, f Finding) {
	f.Law = m.law
	f.Trace = m.trace()
	x.report(f)
}

func (x *explorer) report(f Finding) {
	k := f.key()
	if _, known := x.found[k]; !known {
		x.found[k] = f
		x.order = append(x.order, k)
	}
}

func (m *mark) trace() []Hop {
	var hops []Hop
	for ; m != nil; m = m.from {
		if m.hop.Node != "" { // where a case stood when it was carried over, nothing led to it
			hops = append(hops, m.hop)
		}
	}
	slices.Reverse(hops)
	return hops
}

// expand follows the moves of one token if that is enough, else of all.
func (x *explorer) expand(m *mark) {
	if m.done || m.sealed {
		return
	}
	if i := x.urgent(m); i >= 0 {
		x.follow(m, x.moves(m, i, x.def.byID[m.state.Tokens[i].Node]))
		return
	}
	moves := make([][]move, len(m.state.Tokens))
	of := func(i int) []move {
		if moves[i] == nil {
			moves[i] = x.moves(m, i, x.def.byID[m.state.Tokens[i].Node])
		}
		return moves[i]
	}
	some := x.enough(m, of)
	for i, t := range m.state.Tokens {
		if some == nil && !waitsAtJoin(x.def.byID[t.Node], t) || slices.Contains(some, i) {
			x.follow(m, of(i))
		}
	}
}

// enough picks one token, or a few that belong together, whose moves are enough to follow; else
// it returns none.
func (x *explorer) enough(m *mark, moves func(int) []move) []int {
	if x.everyOrder {
		return nil
	}
	tried := map[int]bool{}
	// Newest first: one branch is followed to its end before the next is begun,
	// so that the ways through it meet again early.
	for i, t := range slices.Backward(m.state.Tokens) {
		if tried[i] || waitsAtJoin(x.def.byID[t.Node], t) {
			continue
		}
		// What waits for an event goes with whatever else may end the waiting.
		if one := []int{i}; t.For == 0 && x.ample(m, one, moves) {
			return one
		}
		group := x.group(m, i)
		for _, k := range group {
			tried[k] = true
		}
		if len(group) > 1 && x.ample(m, group, moves) {
			return group
		}
	}
	return nil
}

func (x *explorer) follow(m *mark, moves []move) {
	for _, mv := range moves {
		for _, f := range mv.bad {
			x.report(f)
		}
		if mv.to != nil {
			x.enter(mv.to, m.index)
		}
	}
}
