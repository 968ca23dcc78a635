package flow

import (
	"slices"
	"strconv"
	"strings"

	"onedoor.app/engine/workflow"
)

// Kinds are the kinds of steps that may be drawn, as cases know them; the last one decides.
var Kinds = []string{
	"review", "review2", "check", "consult", "expert", "test", "assess", "eval", "hearing", "publicity", "survey", "town", KindDecide,
}

// StepKinds are the kinds of steps of a list: those of work, and to notify a system, which nobody works on.
var StepKinds = append(slices.Clone(Kinds), KindNotify)

// The kinds that mean something here.
const (
	KindNotify = "notify" // 通知系统
	KindDecide = "decide"
	KindCheck  = "check" // 现场核查: two inspectors at least (行政许可法 Art. 34)
)

// fewestInspectors make a site check.
const fewestInspectors = 2

// When a step is done.
const (
	RunsAlways = ""
	RunsItem   = "item" // where the answers of the item ask for it
	RunsWhen   = "when" // where its conditions hold
)

// Plan is a flow as a list of steps, in their order.
type Plan struct {
	Steps []Step `json:"steps"`
}

// Step is one step of the list. Its time stops the clock where it names a lawful reason for that.
type Step struct {
	ID         string    `json:"id"`
	Name       string    `json:"name"`
	Kind       string    `json:"kind"`
	Post       string    `json:"post"` // "SPJ-SY.rev", or "@township.clerk", known with the applicant's township
	Days       int       `json:"days"` // working days
	Stops      string    `json:"stops,omitempty"`
	Basis      string    `json:"basis,omitempty"` // the law that stops the clock
	Inspectors int       `json:"inspectors,omitempty"`
	With       bool      `json:"with,omitempty"` // begins together with the step before it
	Runs       string    `json:"runs,omitempty"`
	When       []Compare `json:"when,omitempty"`
	Any        bool      `json:"any,omitempty"` // one of the conditions is enough
	Standard   string    `json:"standard,omitempty"`
	System     string    `json:"system,omitempty"` // code of the system that is notified
	Send       []string  `json:"send,omitempty"`   // what goes along: paths of fields of the form
}

// Compare is one condition: a question or field of the form, compared with a value.
type Compare struct {
	Subject string `json:"subject"` // path of a Subject
	Op      string `json:"op"`
	Value   string `json:"value"`
	Number  bool   `json:"number,omitempty"`
}

// ops are the comparisons there are; those by size are for numbers.
var ops = []string{"==", "!=", ">", ">=", "<", "<="}

// Rule writes the condition in CEL. A field that was not filled in fulfils no condition but "!=".
func (c Compare) Rule() string {
	where, key, _ := strings.Cut(c.Subject, ".")
	subject := where + "[" + strconv.Quote(key) + "]"
	switch {
	case c.Number:
		number := c.Value
		if !strings.Contains(number, ".") {
			number += ".0"
		}
		return subject + ` != null && ` + subject + ` != "" && double(` + subject + `) ` + c.Op + ` ` + number
	case c.Value == "true" || c.Value == "false":
		return subject + " " + c.Op + " " + c.Value
	}
	return subject + " " + c.Op + " " + strconv.Quote(c.Value)
}

// rule joins the conditions of a step.
func (s Step) rule() string {
	parts := make([]string, len(s.When))
	for i, c := range s.When {
		parts[i] = "(" + c.Rule() + ")"
	}
	if s.Any {
		return strings.Join(parts, " || ")
	}
	return strings.Join(parts, " && ")
}

// Unit is the unit of the step's post, "" where that is known with the case only.
func (s Step) Unit() string {
	if strings.HasPrefix(s.Post, "@") {
		return ""
	}
	unit, _, _ := strings.Cut(s.Post, ".")
	return unit
}

// Groups parts the list into what runs one after the other; the steps of one group run together.
func (p Plan) Groups() (groups [][]Step) {
	for i, s := range p.Steps {
		if i > 0 && s.With {
			last := len(groups) - 1
			groups[last] = append(groups[last], s)
			continue
		}
		groups = append(groups, []Step{s})
	}
	return groups
}

// Block draws the list. The drawing has one way in and one way out whatever the list says.
func (p Plan) Block() workflow.Block {
	var all workflow.Sequence
	for i, g := range p.Groups() {
		var branches []workflow.Block
		for _, s := range g {
			beside := ""
			if len(g) > 1 {
				beside = "g" + strconv.Itoa(i+1)
			}
			branches = append(branches, s.block(beside))
		}
		if len(branches) == 1 {
			all = append(all, branches[0])
		} else {
			all = append(all, workflow.Concurrent{Branches: branches})
		}
	}
	return all
}

func (s Step) block(beside string) workflow.Block {
	if s.Kind == KindNotify {
		return s.only(workflow.Notify{ID: s.ID, Name: s.Name, Service: s.System, Send: s.Send})
	}
	t := workflow.Task{
		ID: s.ID, Name: s.Name, Slot: s.Kind, Act: s.act(), Unit: s.Unit(), Post: s.Post, Limit: s.Days,
		LimitUnit: "workday", Clock: workflow.ClockStatutory, Standard: s.Standard, Optional: s.Runs == RunsItem, Attr: map[string]string{},
	}
	if t.Limit == 0 {
		t.LimitUnit = ""
	}
	if s.Stops != "" {
		t.Clock, t.StopsClock = workflow.ClockStopped, s.Stops
	}
	for name, value := range map[string]string{"basis": s.Basis, "parallel": beside} {
		if value != "" {
			t.Attr[name] = value
		}
	}
	if s.Inspectors > 0 {
		t.Attr["inspectors"] = strconv.Itoa(s.Inspectors)
	}
	return s.only(t)
}

// only has a block done where the conditions of the step hold.
func (s Step) only(b workflow.Block) workflow.Block {
	if s.Runs != RunsWhen || len(s.When) == 0 {
		return b
	}
	return workflow.Choice{ID: "gw_" + s.ID, Branches: []workflow.Branch{{When: s.rule(), Then: b}}}
}

// act is what completing the step may do under the law.
func (s Step) act() string {
	switch {
	case s.Kind == KindDecide:
		return "grant|refuse"
	case s.Stops != "":
		return "special"
	}
	return "opinion"
}

// Draw makes the drawing of a list. The error is one of the engine's when it cannot be executed.
func (p Plan) Draw(id, name string) (*workflow.Def, error) {
	return workflow.Encode(id, name, p.Block())
}

// Step returns the step with an id, or nil.
func (p *Plan) Step(id string) *Step {
	if p == nil {
		return nil
	}
	if i := slices.IndexFunc(p.Steps, func(s Step) bool { return s.ID == id }); i >= 0 {
		return &p.Steps[i]
	}
	return nil
}

// last reports whether nobody works on a case after the step at i: systems may be notified then, not beside it.
func (p Plan) last(i int) bool {
	after := p.Steps[i+1:]
	return !slices.ContainsFunc(after, func(s Step) bool { return s.Kind != KindNotify }) && (len(after) == 0 || !after[0].With)
}

// Add puts a new step before the deciding one that ends the work, else at the end of the list, and returns it.
func (p *Plan) Add() *Step {
	id := ""
	for n := 1; id == "" || p.Step(id) != nil; n++ {
		id = "t" + strconv.Itoa(n) // unlike those of the steps that items write themselves
	}
	at := len(p.Steps)
	if i := slices.IndexFunc(p.Steps, func(s Step) bool { return s.Kind == KindDecide }); i >= 0 && p.last(i) {
		at = i
	}
	p.Steps = slices.Insert(p.Steps, at, Step{ID: id, Kind: Kinds[0], Days: 1})
	return &p.Steps[at]
}

// Move carries a step up or down by one place, Remove takes it out.
func (p *Plan) Move(id string, by int) {
	i := slices.IndexFunc(p.Steps, func(s Step) bool { return s.ID == id })
	if j := i + by; i >= 0 && j >= 0 && j < len(p.Steps) {
		p.Steps[i], p.Steps[j] = p.Steps[j], p.Steps[i]
	}
}

// Remove takes a step out of the list.
func (p *Plan) Remove(id string) {
	p.Steps = slices.DeleteFunc(p.Steps, func(s Step) bool { return s.ID == id })
}
