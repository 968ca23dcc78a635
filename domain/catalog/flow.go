package catalog

import (
	"fmt"
	"slices"
	"strings"

	"onedoor.app/engine/workflow"
)

// The flows that the program itself speaks of.
const (
	FlowStandard = "standard" // 一审一核
	FlowPledge   = "pledge"   // 告知承诺
)

// Slots that the law itself carries out, before the drawing begins or after it has
// ended, or that come later; they are shown on the guide page but not drawn.
var outside = []string{"accept", "issue", "print", "pay", "postcheck"}

// stops names what stands still the clock in a slot, in the words of the law table
// (行政许可法 Art. 45; statutory_halt: what a special law leaves out).
var stops = map[string]string{
	"test": "testing", "expert": "expert_review", "hearing": "hearing", "assess": "appraisal",
	"eval": "statutory_halt", "consult": "statutory_halt", "publicity": "statutory_halt",
}

// Template is a reusable flow: the order in which the slots of an item come.
type Template struct {
	ID   string   `yaml:"id"`
	Name string   `yaml:"name"`
	Root flowNode `yaml:"root"`

	drawn *Drawn           // a drawing of its own, which is taken as it is
	tasks []*workflow.Node // of that drawing
}

// flowNode is one of: sequence, parallel, condition, task.
type flowNode struct {
	Sequence  []flowNode     `yaml:"sequence"`
	Parallel  *flowParallel  `yaml:"parallel"`
	Condition *flowCondition `yaml:"condition"`
	Task      string         `yaml:"task"`
	Optional  bool           `yaml:"optional"` // of a task: an item may do without it
}

type flowParallel struct {
	Join     string     `yaml:"join"`
	Branches []flowNode `yaml:"branches"`
}

type flowCondition struct {
	Branches []struct {
		When string   `yaml:"when"`
		Then flowNode `yaml:"then"`
	} `yaml:"branches"`
}

// standard is the flow of items that come without one.
func standard() Template {
	return Template{ID: FlowStandard, Name: "一审一核流程", Root: flowNode{Sequence: []flowNode{
		{Task: "accept"}, {Task: "review"}, {Task: "decide"}, {Task: "issue"},
	}}}
}

// slots lists the tasks of a flow in order.
func (n flowNode) slots() []string {
	var list []string
	if n.Task != "" {
		list = append(list, n.Task)
	}
	for _, k := range n.kids() {
		list = append(list, k.slots()...)
	}
	return list
}

func (n flowNode) kids() []flowNode {
	kids := slices.Clone(n.Sequence)
	if n.Parallel != nil {
		kids = append(kids, n.Parallel.Branches...)
	}
	if n.Condition != nil {
		for _, b := range n.Condition.Branches {
			kids = append(kids, b.Then)
		}
	}
	return kids
}

// drawing makes the BPMN of an item from the order of a flow and the item's steps,
// and returns it with its hash. A case enters it when it is accepted and leaves it
// with the decision: acceptance, certificate and delivery belong to the law.
func (it *Item) drawing(t Template) (source []byte, hash string, err error) {
	if t.drawn != nil {
		return t.drawn.Source, t.drawn.Hash, nil
	}
	root := (&drawer{Item: it, done: map[string]bool{}}).block(t.Root, false)
	if root == nil {
		root = workflow.Sequence{}
	}
	def, err := workflow.Encode(t.ID, t.Name, root)
	if err != nil {
		return nil, "", fmt.Errorf("catalog: flow %s of %s: %w", t.ID, it.Code, err)
	}
	return def.Source(), def.Hash(), nil
}

// drawer draws one flow of an item.
type drawer struct {
	*Item
	done map[string]bool // steps that stand in the drawing already
}

// block turns one node into a block, or nil when the item has no step in it. What a
// flow leaves to a condition is up to the item: its optional steps run when the
// answers ask for them, the others always. beside tells that the flow itself lets the
// node run beside others.
func (d *drawer) block(n flowNode, beside bool) workflow.Block {
	switch {
	case n.Task != "":
		return d.tasks(n.Task, beside)
	case n.Parallel != nil:
		var branches []workflow.Block
		for _, b := range n.Parallel.Branches {
			if k := d.block(b, true); k != nil {
				branches = append(branches, k)
			}
		}
		return concurrent(branches)
	}
	var seq workflow.Sequence
	for _, k := range n.kids() {
		if b := d.block(k, beside); b != nil {
			seq = append(seq, b)
		}
	}
	return sequence(seq)
}

// tasks draws the steps of a slot. Steps that the item groups run beside each other
// also in a flow that would take one after the other.
func (d *drawer) tasks(slot string, beside bool) workflow.Block {
	if slices.Contains(outside, slot) {
		return nil
	}
	var seq workflow.Sequence
	for _, s := range d.Steps {
		if s.Slot != slot || d.done[s.ID] {
			continue
		}
		var group []workflow.Block
		for _, o := range d.Steps {
			if o.ID == s.ID || !beside && s.Parallel != "" && o.Parallel == s.Parallel {
				group, d.done[o.ID] = append(group, d.task(o)), true
			}
		}
		seq = append(seq, concurrent(group))
	}
	return sequence(seq)
}

func sequence(list workflow.Sequence) workflow.Block {
	switch len(list) {
	case 0:
		return nil
	case 1:
		return list[0]
	}
	return list
}

func concurrent(list []workflow.Block) workflow.Block {
	switch len(list) {
	case 0:
		return nil
	case 1:
		return list[0]
	}
	return workflow.Concurrent{Branches: list}
}

func (it *Item) task(s Step) workflow.Task {
	t := workflow.Task{
		ID: s.ID, Name: s.Name, Slot: s.Slot, Act: act(s), Unit: s.Unit, Post: s.Post,
		Limit: s.Days, LimitUnit: Workday, Clock: workflow.Clock(s.Clock), Standard: s.Standard, Optional: s.Optional,
	}
	if t.Clock == workflow.ClockStopped {
		t.StopsClock = stops[s.Slot]
		if p := it.special(s); p != nil {
			t.Attr = map[string]string{"basis": p.Basis}
		}
	}
	return t
}

func act(s Step) string {
	switch {
	case s.Slot == "decide":
		return "grant|refuse"
	case s.Clock == string(workflow.ClockStopped):
		return "special"
	}
	return "opinion"
}

// special finds the special procedure that a step carries out: the one of its name,
// else the one that takes as long.
func (it *Item) special(s Step) *Special {
	for _, fits := range []func(Special) bool{
		func(p Special) bool { return p.Kind == s.Name },
		func(p Special) bool { return p.Days == s.Days },
	} {
		if i := slices.IndexFunc(it.Special, func(p Special) bool { return p.Stops && fits(p) }); i >= 0 {
			return &it.Special[i]
		}
	}
	return nil
}

// drawAll draws every flow that the item's answers may lead to and notes the
// hashes in the item. The result holds the sources by hash.
func (it *Item) drawAll(templates map[string]Template) (map[string][]byte, error) {
	sources := map[string][]byte{}
	it.FlowHashes = map[string]string{}
	for _, id := range it.flowIDs() {
		t, ok := templates[id]
		if !ok {
			return nil, fmt.Errorf("catalog: %s: no flow %q", it.Code, id)
		}
		source, hash, err := it.drawing(t)
		if err != nil {
			return nil, err
		}
		sources[hash], it.FlowHashes[id] = source, hash
	}
	it.FlowHash = it.FlowHashes[it.FlowID]
	if templates[it.FlowID].drawn != nil {
		it.Drawn = it.FlowHash
	}
	return sources, nil
}

// flowIDs lists the flows that the item's answers may lead to, its own first.
func (it *Item) flowIDs() []string {
	ids := []string{it.FlowID}
	for _, e := range it.effects() {
		if e.Op == OpUseFlow && !slices.Contains(ids, e.Target) {
			ids = append(ids, e.Target)
		}
	}
	return ids
}

// postUnit is the unit part of a post's code: "SPJ-SY.rev" is of SPJ-SY.
func postUnit(post string) string {
	unit, _, _ := strings.Cut(post, ".")
	return unit
}
