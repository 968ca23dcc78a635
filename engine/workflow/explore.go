package workflow

import (
	"encoding/binary"
	"slices"
	"strings"

	"onedoor.app/engine/rule"
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
	for i := 0; i < len(x.marks) && !x.tooLarge; i++ {
		x.expand(x.marks[i])
	}
	if !x.tooLarge {
		x.endless()
	}
}

// runner prepares one use of Step's machinery: gateways with a choice rest.
func (x *explorer) runner(touched *[]*Flow, to *mark) *run {
	return &run{
		def: x.def,
		assume: &assumption{
			choose: func(n *Node) decision {
				if ways := x.ways(n, to.known); len(ways) == 1 {
					to.known = x.questions.learn(n, ways[0], to.known)
					return decision{flows: ways[0]}
				}
				return decision{pause: true}
			},
			count:  x.instances,
			enough: func(n *Node) bool { return x.single[n] },
		},
		watch: func(f *Flow) {
			x.reached[f.To] = true
			if touched != nil {
				*touched = append(*touched, f)
			}
			switch f.To.Kind {
			case End, Terminate:
				to.ended = true
			case RuleTask:
				to.known = nil
			}
		},
	}
}

// instances is how many instances of an activity are looked at: one stands for all, but for two
// where an act could be done twice.
func (x *explorer) instances(n *Node) int {
	if x.set.Law != nil && x.acts[n] {
		return 2
	}
	return 1
}

// singles finds the activities that are over as soon as one instance is done, however many there
// are: one of several decides (或签).
func singles(d *Def) map[*Node]bool {
	found := map[*Node]bool{}
	for _, n := range d.nodes {
		if n.Instances == nil || n.Instances.Until == nil {
			continue
		}
		names, err := rule.Names(n.Instances.Until.Text())
		if err != nil || slices.ContainsFunc(names, func(s string) bool { return s != "instances" && !strings.HasPrefix(s, "nrOf") }) {
			continue
		}
		found[n] = true
		for total := 2; total <= maxTried; total++ {
			vars := map[string]any{}
			n.Instances.tell(vars, &Scope{Total: total, Begun: total, Ended: 1}, 0)
			if enough, err := n.Instances.Until.Bool(vars); err != nil || !enough {
				found[n] = false
			}
		}
	}
	return found
}

// maxTried is up to how many instances a condition of completion is tried.
const maxTried = 20

// acting finds the activities in which an act is performed.
func acting(d *Def) map[*Node]bool {
	found := map[*Node]bool{}
	for _, n := range d.nodes {
		if len(n.Acts()) == 0 {
			continue
		}
		for at := n; at != nil; at = at.Body.Owner {
			found[at] = true
		}
	}
	return found
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
		in := binary.BigEndian.AppendUint32([]byte{'('}, uint32(x.def.byID[sc.Node].ix)) //nolint:gosec // at most maxNodes
		in = append(in, byte(sc.Total-sc.Ended), byte(sc.Total-sc.Begun))                //nolint:gosec // at most two
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
		hops = append(hops, m.hop)
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
