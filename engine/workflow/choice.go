package workflow

import (
	"slices"
	"strings"
)

// stepName reads the X of a condition that is just step["X"].
func stepName(when string) (string, bool) {
	s, ok := strings.CutPrefix(when, `step["`)
	if !ok {
		return "", false
	}
	s, ok = strings.CutSuffix(s, `"]`)
	return s, ok && !strings.ContainsAny(s, `"\`)
}

// maxFree is how many free conditions of one inclusive gateway are tried in every combination; of
// more, each is tried alone, and all together.
const maxFree = 8

// ways returns what a gateway may choose under the assumed steps and what is known: one flow
// each for an exclusive gateway, sets of them for an inclusive one.
func (x *explorer) ways(n *Node, known []byte) [][]*Flow {
	tell := func(f *Flow) (applies, isKnown bool) {
		if applies, isKnown = x.set.step(f); isKnown {
			return applies, true
		}
		return x.questions.answer(f, known)
	}
	var sets [][]*Flow
	if n.Kind == Exclusive {
		for _, f := range open(n, tell) {
			sets = append(sets, []*Flow{f})
		}
		return sets
	}
	var always, free []*Flow
	for _, f := range n.Out {
		applies, known := tell(f)
		switch {
		case f == n.Default || known && !applies:
		case known || f.When == "":
			always = append(always, f)
		default:
			free = append(free, f)
		}
	}
	switch {
	case len(always) > 0:
		sets = append(sets, always)
	case n.Default != nil:
		sets = append(sets, []*Flow{n.Default})
	}
	if len(free) > maxFree {
		for _, f := range free {
			sets = append(sets, append(slices.Clone(always), f))
		}
		return append(sets, slices.Concat(always, free))
	}
	for mask := 1; mask < 1<<len(free); mask++ {
		set := slices.Clone(always)
		for i, f := range free {
			if mask&(1<<i) != 0 {
				set = append(set, f)
			}
		}
		sets = append(sets, set)
	}
	return sets
}

// step tells whether a condition that asks for one optional step is known to hold.
func (c Checker) step(f *Flow) (applies, known bool) {
	if name, ok := stepName(f.When); ok {
		applies, known = c.Steps[name]
	}
	return applies, known
}

// open returns the flows an exclusive gateway may choose.
func open(n *Node, tell func(*Flow) (applies, known bool)) []*Flow {
	var out []*Flow
	for _, f := range n.Out {
		if f == n.Default {
			continue
		}
		switch applies, known := tell(f); {
		case applies:
			return append(out, f)
		case !known:
			out = append(out, f)
		}
	}
	if n.Default != nil {
		out = append(out, n.Default)
	}
	return out
}
