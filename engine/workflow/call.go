package workflow

import (
	"slices"
	"strings"

	"onedoor.app/engine/rule"
)

// maxCalls bounds how deep calls may go, and maxNodes how large a drawing may be with all that it calls.
const (
	maxCalls = 10
	maxNodes = 5000
)

// call reads the called process in the place of its call: from the same file, or from the
// one that [Compiler.Callee] gives.
func (f *file) call(n *Node, e *elem) {
	id := local(e.get("calledElement"))
	if id == "" {
		id = zeebeCallee(e)
	}
	called := f.process
	if called == "" {
		called = f.def.id
		if called == "" && f.main != nil {
			called = f.main.get("id")
		}
	}
	chain := append(slices.Clone(f.calls), called)
	switch {
	case id == "":
		f.add(e, FaultReference, "the call does not name a process")
		return
	case slices.Contains(chain, id):
		f.add(e, FaultRefused, "the process %q would call itself", id)
		return
	case len(chain) > maxCalls || len(f.def.nodes) > maxNodes:
		f.add(e, FaultShape, "calls go deeper than %d processes", maxCalls)
		return
	}
	g := &file{
		reader: f.reader, process: id, prefix: f.prefix + e.get("id") + "/", calls: chain,
		seen: map[string]bool{}, outside: map[string]bool{}, named: f.named,
	}
	for _, p := range f.root.all("process") {
		if p.get("id") == id {
			g.process, g.root, g.main = f.process, f.root, p
		}
	}
	if g.main == nil && f.set.Callee != nil {
		if src := f.set.Callee(id); src != nil {
			g.named = map[string]string{}
			g.open(src)
			f.files = append(f.files, hashOf(src))
		}
	}
	switch {
	case g.main != nil:
		g.calls, g.elements = append(chain, id), elementsOf(g.main, map[string]bool{})
		n.Inner = g.body(g.main, n)
	case g.root == nil:
		f.add(e, FaultReference, "the process %q is neither in this file nor known", id)
	}
}

func zeebeCallee(e *elem) string {
	if ext := e.first("extensionElements"); ext != nil {
		for _, k := range ext.kids {
			if k.name.Local == "calledElement" {
				return k.get("processId")
			}
		}
	}
	return ""
}

// table reads the decision table of a business rule task: an element table of [Namespace]
// among its extensions.
func (f *file) table(n *Node, e *elem) {
	var found *elem
	if ext := e.first("extensionElements"); ext != nil {
		for _, k := range ext.kids {
			if k.name.Space == Namespace && k.name.Local == "table" {
				found = k
			}
		}
	}
	if found == nil {
		if !f.set.Plain {
			f.add(e, FaultReference, "it has no decision table")
		}
		return
	}
	t := readTable(found)
	f.ownTable(&t)
	env := conditions()
	if f.set.Plain {
		texts := slices.Clone(t.Inputs)
		for _, r := range t.Rows {
			texts = append(texts, r.Then...)
		}
		env = rule.Open(texts...)
	}
	d, err := t.Compile(env)
	if err != nil {
		f.add(e, FaultCondition, "its decision table: %v", strings.ReplaceAll(err.Error(), "\n", "; "))
		return
	}
	n.Table = d
}

// ownTable writes all that a table asks with full ids.
func (f *file) ownTable(t *rule.Table) {
	each := func(texts []string) {
		for i := range texts {
			texts[i] = f.own(texts[i])
		}
	}
	each(t.Inputs)
	for _, row := range t.Rows {
		each(row.When)
		each(row.Then)
	}
}

// readTable reads <table hit="…"><input>…</input><output>…</output><row note="…"><when>…</when><then>…</then></row></table>.
func readTable(e *elem) (t rule.Table) {
	t.Hit = rule.Hit(e.get("hit"))
	for _, k := range e.kids {
		switch k.name.Local {
		case "input":
			t.Inputs = append(t.Inputs, k.words())
		case "output":
			t.Outputs = append(t.Outputs, k.words())
		case "row":
			row := rule.Row{Note: k.get("note")}
			for _, cell := range k.kids {
				switch cell.name.Local {
				case "when":
					row.When = append(row.When, cell.words())
				case "then":
					row.Then = append(row.Then, cell.words())
				}
			}
			t.Rows = append(t.Rows, row)
		}
	}
	return t
}
