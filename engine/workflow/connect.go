package workflow

import (
	"slices"
	"strings"
)

func (f *file) flow(b *Body, e *elem) {
	if !f.unique(e) {
		return
	}
	from, to := f.def.byID[f.prefix+e.get("sourceRef")], f.def.byID[f.prefix+e.get("targetRef")]
	for i, n := range []*Node{from, to} {
		ref := []string{e.get("sourceRef"), e.get("targetRef")}[i]
		switch {
		case n == nil && !f.outside[ref]: // else it has been reported there
			f.add(e, FaultReference, "the flow ends at %q, which is no event, activity or gateway of this process", ref)
		case n != nil && n.Body != b:
			f.add(e, FaultReference, "the flow crosses the edge of a subprocess at %q", ref)
		}
	}
	if from == nil || to == nil || from.Body != b || to.Body != b {
		return
	}
	w := &Flow{ID: f.prefix + e.get("id"), Name: e.get("name"), From: from, To: to, ix: len(f.def.flows)}
	f.condition(w, e)
	from.Out = append(from.Out, w)
	to.In = append(to.In, w)
	f.def.flows = append(f.def.flows, w)
}

func (f *file) condition(w *Flow, e *elem) {
	expr := e.first("conditionExpression")
	text := expr.words()
	if text == "" {
		return // editors leave empty ones behind; a missing condition is reported with the gateway
	}
	switch k := w.From.Kind; {
	case k == Exclusive || k == Inclusive || w.From.Activity():
	default:
		f.add(e, FaultCondition, "only flows out of an exclusive or inclusive gateway or an activity may have a condition")
		return
	}
	if w.cond = f.rule(e, "the condition", text, expr.get("language"), true); w.cond != nil {
		w.When = w.cond.Text()
	}
}

// foreign reports whether a condition is written in a notation other than CEL.
func foreign(text, language string) bool {
	return strings.HasPrefix(text, "${") || strings.HasPrefix(text, "#{") ||
		strings.HasPrefix(text, "=") && !strings.HasPrefix(text, "==") ||
		strings.Contains(strings.ToLower(language), "feel")
}

func (f *file) defaultFlow(n *Node) {
	e := f.elems[n]
	id := e.get("default")
	if id == "" {
		return
	}
	choice := n.Kind == Exclusive || n.Kind == Inclusive || n.Activity()
	i := slices.IndexFunc(n.Out, func(w *Flow) bool { return w.ID == f.prefix+id })
	switch {
	case !choice:
		f.add(e, FaultCondition, "only gateways that choose, and activities, have a default flow")
	case i < 0:
		f.add(e, FaultReference, "its default flow %q does not leave it", id)
	default:
		n.Default = n.Out[i]
	}
}

// divide puts a gateway behind an activity whose ways on have conditions: an inclusive one, or
// for one way only the same.
func (f *file) divide(b *Body, n *Node) {
	if !n.Activity() || !slices.ContainsFunc(n.Out, func(w *Flow) bool { return w.When != "" }) {
		n.Default = onlyOf(n)
		return
	}
	g := &Node{
		ID: n.ID + "#", Element: n.Element, Name: n.Name, Kind: Inclusive, Attr: map[string]string{},
		Out: n.Out, Default: n.Default, Body: b, Implied: true, ix: len(f.def.nodes),
	}
	for _, w := range g.Out {
		w.From = g
	}
	way := &Flow{ID: g.ID, From: n, To: g, ix: len(f.def.flows)}
	n.Out, n.Default, g.In = []*Flow{way}, nil, []*Flow{way}
	f.def.nodes, f.def.flows = append(f.def.nodes, g), append(f.def.flows, way)
	f.def.byID[g.ID] = g
	b.Nodes = append(b.Nodes, g)
}

// onlyOf is the default flow of a gateway; for an activity without conditions it means nothing.
func onlyOf(n *Node) *Flow {
	if n.Activity() {
		return nil
	}
	return n.Default
}
