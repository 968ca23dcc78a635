package workflow

import (
	"cmp"
	"slices"
)

// Match completes a map between two drawings: it names every element of the old one but starts and
// ends, with "" where nothing was found. An element goes on at the one of the same id and kind. Ids
// of gateways without a name are made up by whoever draws, and another version numbers them anew:
// such a gateway goes on at the one between the same work. What known says stays as it is.
func Match(from, to *Def, known Map) Map {
	m := Map{}
	taken := map[string]bool{}
	for _, n := range from.nodes {
		if id, ok := known[n.ID]; ok && to.byID[id] != nil {
			m[n.ID], taken[id] = id, true
		} else if ok {
			m[n.ID] = ""
		}
	}
	var gateways []*Node
	for _, n := range from.nodes {
		_, done := m[n.ID]
		switch at := to.byID[n.ID]; {
		case done || n.Kind == Start || n.Kind == End || n.Kind == Terminate:
		case n.gateway() && n.Name == "":
			gateways = append(gateways, n)
		case at != nil && at.Kind == n.Kind && !taken[n.ID]:
			m[n.ID], taken[n.ID] = n.ID, true
		default:
			m[n.ID] = ""
		}
	}
	for _, p := range pairs(from, to, m, gateways) {
		if m[p.was.ID] == "" && !taken[p.is.ID] {
			m[p.was.ID], taken[p.is.ID] = p.is.ID, true
		}
	}
	for _, n := range gateways {
		if _, found := m[n.ID]; !found {
			m[n.ID] = ""
		}
	}
	return m
}

func (n *Node) gateway() bool {
	switch n.Kind {
	case Exclusive, Parallel, Inclusive, EventBased:
		return true
	}
	return false
}

// pair is a gateway and one that may stand for it; weight is how much more of what is around them is
// the same than differs.
type pair struct {
	was, is *Node
	weight  int
}

// pairs lists the gateways that have work around them in common, the surest first.
func pairs(from, to *Def, m Map, gateways []*Node) (all []pair) {
	g := NewMigration(from, to, m)
	for _, was := range gateways {
		for _, is := range to.nodes {
			if unlike(was, is) != "" || is.Name != "" || !g.beside(was, is) {
				continue
			}
			before, aside := g.common(was.near(false), is.near(false))
			behind, astray := g.common(was.near(true), is.near(true))
			if before+behind > 0 {
				all = append(all, pair{was, is, 3*(before+behind) - aside - astray})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b pair) int {
		same := func(p pair) int {
			if p.was.ID == p.is.ID {
				return 0
			}
			return 1
		}
		return cmp.Or(b.weight-a.weight, same(a)-same(b))
	})
	return all
}

// beside reports whether what stands for the body of one node is the body of the other.
func (g *Migration) beside(was, is *Node) bool {
	a, b := was.Body.Owner, is.Body.Owner
	if a == nil || b == nil {
		return a == b
	}
	return g.image[a] == b
}

// common counts the nodes of one set that stand for such of another, and the nodes of both.
func (g *Migration) common(was, is map[*Node]bool) (same, all int) {
	for n := range was {
		if at := g.image[n]; at != nil && is[at] {
			same++
		}
	}
	return same, len(was) + len(is)
}

// near are the events and activities that come straight before a node, or straight behind it.
func (n *Node) near(behind bool) map[*Node]bool {
	found, seen := map[*Node]bool{}, map[*Node]bool{n: true}
	queue := []*Node{n}
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		flows := at.In
		if behind {
			flows = at.Out
		}
		for _, f := range flows {
			to := f.From
			if behind {
				to = f.To
			}
			switch {
			case seen[to]:
			case to.gateway():
				seen[to] = true
				queue = append(queue, to)
			default:
				found[to] = true
			}
		}
	}
	return found
}

// Beside are the activities and events that come straight before a gateway, and straight behind it, in the order of
// the drawing: by them people know a gateway that has no name.
func (n *Node) Beside() (before, behind []*Node) {
	for _, o := range n.Body.Nodes {
		if n.near(false)[o] {
			before = append(before, o)
		}
		if n.near(true)[o] {
			behind = append(behind, o)
		}
	}
	return before, behind
}
