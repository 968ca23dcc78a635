package catalog

import (
	"cmp"
	"maps"
	"slices"

	"onedoor.app/engine/workflow"
	"onedoor.app/infra/db"
)

// Drawn is a flow that officials have drawn themselves: what all its items run through, step for step.
type Drawn struct {
	ID, Name string
	Hash     string
	Source   []byte // BPMN
}

// template is the drawn flow beside the templates.
func (d Drawn) template() (Template, error) {
	def, err := workflow.Compile(d.Source)
	if err != nil {
		return Template{}, err
	}
	t := Template{ID: d.ID, Name: d.Name, drawn: &d, tasks: def.Tasks()}
	for _, n := range t.tasks {
		t.Root.Sequence = append(t.Root.Sequence, flowNode{Task: n.Slot()})
	}
	return t, nil
}

// TemplatesFor lists the flows that items may be given as Templates does, and where the item has
// taken a drawn one, that one as it was when the item took it.
func (s *Service) TemplatesFor(tx *db.Tx, it *Item) (map[string]Template, error) {
	all, err := s.Templates(tx)
	if err != nil || it.Drawn == "" {
		return all, err
	}
	if t, ok := all[it.FlowID]; ok && (t.drawn == nil || t.drawn.Hash == it.Drawn) || s.Drawing == nil {
		return all, nil
	}
	source, err := s.Drawing(tx, it.Drawn)
	if err != nil || source == nil {
		return all, err
	}
	d := Drawn{ID: it.FlowID, Name: it.FlowID, Hash: it.Drawn, Source: source}
	if def, err := workflow.Compile(source); err == nil {
		d.Name = cmp.Or(def.Name(), d.Name)
	}
	t, err := d.template()
	if err != nil {
		return nil, err
	}
	all = maps.Clone(all)
	all[it.FlowID] = t
	return all, nil
}

// TakeFlow lets an item follow the flow that it names: of a drawn one it takes the version that is
// in force today, with its steps, and what answers ask of steps that it has no more falls away; of a
// template nothing.
func (s *Service) TakeFlow(tx *db.Tx, it *Item) error {
	templates, err := s.Templates(tx)
	if err != nil {
		return err
	}
	t := templates[it.FlowID]
	if t.drawn == nil {
		it.Drawn = ""
		return nil
	}
	it.Drawn, it.Steps = t.drawn.Hash, t.steps(it)
	gone := func(e Effect) bool {
		return (e.Op == OpRequireStep || e.Op == OpSkipStep || e.Op == OpAssignPost) && it.StepByID(e.Target) == nil
	}
	for i := range it.Situations {
		for j := range it.Situations[i].Options {
			o := &it.Situations[i].Options[j]
			o.Effects = slices.DeleteFunc(slices.Clone(o.Effects), gone)
		}
	}
	for i := range it.Rules {
		it.Rules[i].Effects = slices.DeleteFunc(slices.Clone(it.Rules[i].Effects), gone)
	}
	return nil
}

// NewerFlow reports whether another version of the drawn flow of an item is in force than the one
// that it has taken.
func (s *Service) NewerFlow(tx *db.Tx, it *Item) (bool, error) {
	if it.Drawn == "" {
		return false, nil
	}
	templates, err := s.Templates(tx)
	t := templates[it.FlowID]
	return t.drawn != nil && t.drawn.Hash != it.Drawn, err
}

// IsDrawn reports whether officials have drawn the flow: its steps are then those of the drawing.
func (t Template) IsDrawn() bool { return t.drawn != nil }

// steps are those of an item that follows a drawn flow: what the law does before and after the
// drawing stays the item's, between them stands what is drawn. What the item says of a step for
// the public stays where the step has the same id.
func (t Template) steps(it *Item) []Step {
	var before, drawn, after []Step
	for _, n := range t.tasks {
		was := Step{}
		if o := it.StepByID(n.ID); o != nil && !slices.Contains(outside, o.Slot) {
			was = *o
		}
		drawn = append(drawn, Step{
			ID: n.ID, Slot: n.Slot(), Name: n.Name, NameEn: was.NameEn, Unit: cmp.Or(n.Unit(), it.Unit), Post: n.Post(), Days: n.Limit(), Clock: string(n.Clock()),
			Standard: cmp.Or(n.Standard(), was.Standard), Outcome: was.Outcome, Optional: optional(n), Parallel: n.Attr["parallel"],
		})
	}
	taken := func() []Step { return slices.Concat(drawn, before, after) }
	for _, o := range it.Steps {
		if !slices.Contains(outside, o.Slot) {
			continue
		}
		if slices.ContainsFunc(drawn, func(d Step) bool { return d.ID == o.ID }) {
			o.ID = freeID("s", slices.Concat(taken(), it.Steps), func(s Step) string { return s.ID })
		}
		if o.Slot == "accept" {
			before = append(before, o)
		} else {
			after = append(after, o)
		}
	}
	return slices.Concat(before, drawn, after)
}

// optional reports whether a task is done only where the answers of an item ask for it.
func optional(n *workflow.Node) bool {
	return slices.ContainsFunc(n.In, func(f *workflow.Flow) bool { return f.When == `step["`+n.ID+`"]` })
}

// follows reports whether the steps of an item are those of a drawn flow.
func (t Template) follows(it *Item) bool {
	drawn := t.steps(it)
	return slices.EqualFunc(drawn, it.Steps, func(a, b Step) bool {
		a.NameEn, a.Standard, a.Outcome = b.NameEn, b.Standard, b.Outcome
		return a == b
	})
}
