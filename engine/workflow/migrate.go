package workflow

import (
	"maps"
	"regexp"
	"slices"

	"onedoor.app/engine/rule"
)

// Map says how a case of one drawing goes on in another: the id of an element of the old drawing
// to that of an element of the new one, or to "" where nothing stands for it. What the map does not
// name goes on at the element of the same id, if there is one.
type Map map[string]string

// Short leaves out what says no more than that an element keeps its id: it is read alike.
func (m Map) Short() Map {
	short := maps.Clone(m)
	maps.DeleteFunc(short, func(id, to string) bool { return id == to })
	return short
}

// Why a case cannot go on in another drawing.
const (
	// Unmapped: something stands at the element, and nothing in the new drawing stands for it.
	Unmapped ObstacleKind = "unmapped"
	// OtherKind: what stands for it is of another kind, or waits for something else.
	OtherKind ObstacleKind = "kind"
	// OtherNumber: the one is done once, the other by several; or by several otherwise.
	OtherNumber ObstacleKind = "several"
	// Elsewhere: what stands for it lies in another subprocess, or at another activity.
	Elsewhere ObstacleKind = "elsewhere"
	// DoneAgain: the work of a branch is done, and in the new drawing it would come once more.
	DoneAgain ObstacleKind = "again"
	// PastNeeded: what was done at the element is dropped, and the new drawing asks for it or means
	// something else by its id.
	PastNeeded ObstacleKind = "past"
	// Merged: two activities would go on as one, and what was done at the one would pass for the other.
	Merged ObstacleKind = "merged"
	// NothingLeft: nothing of the case would be left.
	NothingLeft ObstacleKind = "empty"
	// NotUnderWay: the case is over, or its state does not belong to the old drawing.
	NotUnderWay ObstacleKind = "over"
)

// ObstacleKind is what keeps a case from going on in another drawing.
type ObstacleKind string

// Obstacle is one reason why a case cannot go on in another drawing. Node and Name are of the old
// drawing, To of the new one.
type Obstacle struct {
	Kind ObstacleKind `json:"kind"`
	Node string       `json:"node,omitempty"`
	Name string       `json:"name,omitempty"`
	To   string       `json:"to,omitempty"`
}

// Migration carries cases of one drawing over to another: every token stands then at what stands
// for the place where it stood, with its id. Nothing moves and nothing is done by it. It is pure as
// [Step] is, never changes, and is safe for use by many goroutines.
type Migration struct {
	from, to *Def
	image    map[*Node]*Node
	meant    map[*Node]bool // the nodes of to that stand for something
	merged   []Obstacle     // activities that would go on as one that another goes on as
}

// NewMigration reads a map between two drawings.
func NewMigration(from, to *Def, m Map) *Migration {
	g := &Migration{from: from, to: to, image: map[*Node]*Node{}, meant: map[*Node]bool{}}
	for _, n := range from.nodes {
		id, named := m[n.ID]
		if !named {
			id = n.ID
		}
		if at := to.byID[id]; at != nil {
			if n.Activity() && g.meant[at] {
				g.merged = append(g.merged, Obstacle{Kind: Merged, Node: n.ID, Name: n.Name, To: at.ID})
			}
			g.image[n], g.meant[at] = at, true
		}
	}
	return g
}

// Image is the element of the new drawing that stands for an element of the old one, nil: none.
func (g *Migration) Image(id string) *Node {
	if n := g.from.byID[id]; n != nil {
		return g.image[n]
	}
	return nil
}

// Apply carries a state over, or says why it cannot be: with obstacles the state is s, and there are
// no effects. The effects are the events that are waited for no longer, whose nodes are those of the
// old drawing, and the ones that are waited for now. Whether the case can be completed from there is
// for [Checker.From] to say. A case that has not begun stays so.
func (g *Migration) Apply(s State) (State, []Effect, []Obstacle) {
	if s.Seq == 0 {
		return s, nil, nil
	}
	if s.Done || (&run{def: g.from}).fits(s) != nil {
		return s, nil, []Obstacle{{Kind: NotUnderWay}}
	}
	if len(g.merged) > 0 {
		return s, nil, slices.Clone(g.merged)
	}
	c := &carrier{Migration: g, run: run{def: g.to, next: s.Next}, was: s}
	c.carry()
	if len(c.obstacles) > 0 {
		return s, nil, c.obstacles
	}
	return State{Seq: s.Seq, Next: c.next, Tokens: c.tokens, Scopes: c.scopes, Decided: s.Decided}, c.fx, nil
}

// Past says why a case cannot be carried over for what was done in it, at the elements with these
// ids: who asks what came of an element must get the answer of that element and of no other.
func (g *Migration) Past(ids ...string) (all []Obstacle) {
	for _, id := range ids {
		if g.Image(id) != nil {
			continue
		}
		o := Obstacle{Kind: PastNeeded, Node: id}
		if n := g.from.byID[id]; n != nil {
			o.Name = n.Name
		}
		if g.to.byID[id] != nil || g.to.asksFor(id) {
			all = append(all, o)
		}
	}
	return all
}

// askedFor finds the elements that an expression asks the outcome of, however it is written.
var askedFor = regexp.MustCompile(`\bresult\s*(?:\[\s*["']([^"'\\]+)["']\s*\]|\.\s*([A-Za-z_]\w*))`)

// anyOutcome finds what is left of an expression that asks for the outcome of an element which only comes out as it runs.
var anyOutcome = regexp.MustCompile(`\bresult\b`)

// asksFor reports whether an expression asks, or may ask, what came of an element.
func (d *Def) asksFor(element string) bool {
	return slices.ContainsFunc(d.expressions(), func(text string) bool {
		known := slices.ContainsFunc(askedFor.FindAllStringSubmatch(text, -1), func(m []string) bool { return m[1]+m[2] == element })
		return known || anyOutcome.MatchString(askedFor.ReplaceAllString(text, ""))
	})
}

// expressions lists all that is written in CEL: conditions, how many instances there are and until when, and the cells of
// decision tables.
func (d *Def) expressions() (all []string) {
	for _, f := range d.flows {
		all = append(all, f.When)
	}
	for _, n := range d.nodes {
		if several := n.Instances; several != nil {
			for _, r := range []*rule.Rule{several.Count, several.Over, several.Until} {
				if r != nil {
					all = append(all, r.Text())
				}
			}
		}
		if n.Table == nil {
			continue
		}
		table := n.Table.Table()
		all = append(all, table.Inputs...)
		for _, row := range table.Rows {
			all = append(append(all, row.When...), row.Then...)
		}
	}
	return all
}

// Outlook compares what may still come to a case before and after it was carried over: the tasks of
// the new drawing that it never comes to, although they are new or would have come before; and those
// that come although they were done, or passed over, before.
func (g *Migration) Outlook(before, after State) (never, again []*Node) {
	if before.Seq == 0 {
		return nil, nil
	}
	was, is := g.from.ahead(before), g.to.ahead(after)
	old := map[*Node][]*Node{}
	for n, at := range g.image {
		old[at] = append(old[at], n)
	}
	for _, n := range g.to.nodes {
		would := slices.ContainsFunc(old[n], func(o *Node) bool { return was[o] })
		switch {
		case n.Kind != UserTask:
		case is[n] && len(old[n]) > 0 && !would:
			again = append(again, n)
		case !is[n] && (would || len(old[n]) == 0):
			never = append(never, n)
		}
	}
	return never, again
}

// ahead lists the nodes that something stands at, or may come to, taken generously.
func (d *Def) ahead(s State) map[*Node]bool {
	var flows, waiting []*Flow
	here := map[*Node]bool{}
	stand := func(n *Node) {
		here[n] = true
		flows = append(flows, n.Out...)
		for _, b := range n.Boundaries {
			here[b] = true
			flows = append(flows, b.Out...)
		}
	}
	for _, sc := range s.Scopes {
		stand(d.byID[sc.Node])
	}
	for _, t := range s.Tokens {
		n := d.byID[t.Node]
		if waitsAtJoin(n, t) {
			waiting = append(waiting, flowByID(n.In, t.Flow))
			if n.Kind == Inclusive {
				flows = append(flows, n.Out...)
			}
			continue
		}
		stand(n)
		if n.Inner != nil && t.Flow != "" {
			for _, b := range n.Inner.Starts {
				flows = append(flows, b.Out...)
			}
		}
	}
	r := flood(flows, waiting, nil)
	maps.Copy(r.nodes, here)
	return r.nodes
}
