package workflow

import (
	"regexp"
	"slices"
	"strings"

	"onedoor.app/engine/rule"
)

// question is a condition that several gateways ask, however one of them puts it.
type question struct {
	fixed   bool            // nothing changes the answer while the case runs
	results map[string]bool // elements whose outcome it asks for, if it asks for nothing else that changes
}

// questions are what several gateways of a drawing ask. Where one of them has answered, the
// others answer alike until something happens that may change the answer. That is no guess: Step
// itself evaluates both conditions over the same variables. It holds
//
//   - among gateways that are passed in one event, which has one set of variables;
//   - for an outcome, result["x"], until x is completed again;
//   - for the variables in [Checker.Fixed] for as long as the case runs.
//
// A decision table that is passed ends all of it, and conditions about one of several instances
// are left out. Forgetting an answer only adds ways, so it is done whenever in doubt.
type questions struct {
	list []question
	by   map[*Flow]asked
}

// asked is how a flow puts a question.
type asked struct {
	which   int
	negated bool
}

var outcomeOf = regexp.MustCompile(`\bresult(?:\["([^"\\]+)"\]|\.([A-Za-z_]\w*))`)

func newQuestions(d *Def, fixed []string) *questions {
	type place struct {
		flows    []*Flow
		gateways map[*Node]bool
	}
	places := map[string]*place{}
	var order []string
	for _, f := range d.flows {
		if f.When == "" || f.From.Kind != Exclusive && f.From.Kind != Inclusive {
			continue
		}
		text, _ := plainly(f.When)
		if places[text] == nil {
			places[text] = &place{gateways: map[*Node]bool{}}
			order = append(order, text)
		}
		places[text].flows = append(places[text].flows, f)
		places[text].gateways[f.From] = true
	}
	q := &questions{by: map[*Flow]asked{}}
	for _, text := range order {
		one, usable := about(d, text, fixed)
		if len(places[text].gateways) < 2 || !usable {
			continue
		}
		for _, f := range places[text].flows {
			_, negated := plainly(f.When)
			q.by[f] = asked{len(q.list), negated}
		}
		q.list = append(q.list, one)
	}
	return q
}

// plainly takes a negation off a condition.
func plainly(when string) (text string, negated bool) {
	text = strings.TrimSpace(when)
	if inner, ok := strings.CutPrefix(text, "!("); ok && strings.HasSuffix(inner, ")") && strings.Count(inner, "(") == 0 {
		return strings.TrimSpace(strings.TrimSuffix(inner, ")")), true
	}
	return text, false
}

// about tells what a condition depends on; what differs between instances is not usable.
func about(d *Def, text string, fixed []string) (q question, usable bool) {
	q = question{fixed: true, results: map[string]bool{}}
	known := outcomeOf.ReplaceAllStringFunc(text, func(s string) string {
		m := outcomeOf.FindStringSubmatch(s)
		element := m[1] + m[2]
		if !slices.ContainsFunc(d.nodes, func(n *Node) bool { return n.Kind == UserTask && n.Element == element }) {
			return s // somebody else says what came of it
		}
		q.results[element], q.fixed = true, false
		return `""`
	})
	names, err := rule.Names(known)
	if err != nil {
		return q, false
	}
	for _, name := range names {
		switch {
		case name == "instances" || name == "loopCounter" || strings.HasPrefix(name, "nrOf") || isItem(d, name):
			return q, false
		case !slices.Contains(fixed, name):
			q.fixed, q.results = false, nil
			return q, true
		}
	}
	return q, true
}

func isItem(d *Def, name string) bool {
	return slices.ContainsFunc(d.nodes, func(n *Node) bool { return n.Instances != nil && n.Instances.Item == name })
}

// What is known of a question.
const (
	unknown byte = iota
	no
	yes
)

// answer tells what is known of the condition of a flow.
func (q *questions) answer(f *Flow, known []byte) (applies, isKnown bool) {
	a, ok := q.by[f]
	if !ok || known == nil || known[a.which] == unknown {
		return false, false
	}
	return (known[a.which] == yes) != a.negated, true
}

// learn adds what a gateway has answered by the ways that it chose.
func (q *questions) learn(n *Node, ways []*Flow, known []byte) []byte {
	if len(q.list) == 0 {
		return nil
	}
	known = slices.Clone(known)
	if known == nil {
		known = make([]byte, len(q.list))
	}
	for _, f := range n.Out {
		taken := slices.Contains(ways, f)
		if a, ok := q.by[f]; ok && f != n.Default {
			known[a.which] = no
			if taken != a.negated {
				known[a.which] = yes
			}
		}
		if taken && n.Kind == Exclusive && f != n.Default {
			break // those behind it were not asked
		}
	}
	return known
}

// after forgets what the completion of a node, or the coming of an event, may have changed.
func (q *questions) after(n *Node, known []byte) []byte {
	if known == nil {
		return nil
	}
	known = slices.Clone(known)
	for i := range q.list {
		if q.list[i].changedBy(n) {
			known[i] = unknown
		}
	}
	return known
}

// changedBy reports whether the answer may be another once n is done. What depends on anything
// else than outcomes and fixed variables lasts for one event only.
func (q question) changedBy(n *Node) bool {
	return !q.fixed && (q.results == nil || q.results[n.Element] || q.results[n.ID])
}

// settle forgets what lasts for one event only, when no gateway is left to ask it.
func (q *questions) settle(d *Def, m *mark) {
	if m.known == nil || slices.ContainsFunc(m.state.Tokens, func(t Token) bool { return q.asks(d.byID[t.Node]) }) {
		return
	}
	for i, one := range q.list {
		if !one.fixed && one.results == nil {
			m.known[i] = unknown
		}
	}
}

// asks reports whether a gateway asks what others ask too.
func (q *questions) asks(n *Node) bool {
	return len(q.by) > 0 && (n.Kind == Exclusive || n.Kind == Inclusive) &&
		slices.ContainsFunc(n.Out, func(f *Flow) bool { _, ok := q.by[f]; return ok })
}

// sways reports whether n, on its move, changes answers that others may ask for, or asks for what
// others may change.
func (q *questions) sways(n *Node, mv move, future reach) bool {
	if len(q.by) == 0 {
		return false
	}
	for i, one := range q.list {
		if one.fixed || one.results == nil {
			continue
		}
		changes, asks := one.changedBy(n), slices.ContainsFunc(mv.touched, func(f *Flow) bool { return q.asksFor(f.To, i) })
		for o := range future.nodes {
			if changes && q.asksFor(o, i) || asks && one.changedBy(o) {
				return true
			}
		}
	}
	return false
}

func (q *questions) asksFor(n *Node, which int) bool {
	return slices.ContainsFunc(n.Out, func(f *Flow) bool { a, ok := q.by[f]; return ok && a.which == which })
}
