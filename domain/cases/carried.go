package cases

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"onedoor.app/engine/workflow"
)

// actCarried is no act of the law: the case goes on in a newer version of its drawing. What the law says of it, its limits and
// who has which step stay as they are.
const actCarried Act = "carry"

// carried is the evidence that a case was carried over to another drawing, which the entry names.
type carried struct {
	Plan    string       `json:"plan"`            // hash of what was approved
	From    string       `json:"from"`            // hash of the drawing until then
	Nodes   workflow.Map `json:"nodes,omitempty"` // elements that go on under another id, or not at all
	Marking string       `json:"marking"`         // where it stood
}

// carry repeats it.
func (c *carried) carry(from, to *workflow.Def, f workflow.State) (workflow.State, []workflow.Effect, error) {
	if f.Seq == 0 { // whatever the drawing, it has not begun
		return f, nil, nil
	}
	if from == nil || to == nil || f.Marking(from) != c.Marking {
		return f, nil, errors.New("cases: it is carried over from where it did not stand")
	}
	next, effects, obstacles := workflow.NewMigration(from, to, c.Nodes).Apply(f)
	if len(obstacles) > 0 {
		return f, nil, fmt.Errorf("cases: it cannot be carried over: %s at %s", obstacles[0].Kind, obstacles[0].Node)
	}
	return next, effects, nil
}

// node is what an element of the older drawing is called in the newer one; what was dropped keeps its name.
func (c *carried) node(id string) string {
	if to := c.Nodes[id]; to != "" {
		return to
	}
	return id
}

// keys renames what is kept by element.
func (c *carried) keys(old map[string]string) map[string]string {
	if old == nil {
		return nil
	}
	kept := map[string]string{}
	for _, id := range slices.Sorted(maps.Keys(old)) { // whatever comes, it is the same for who repeats it
		kept[c.node(id)] = old[id]
	}
	return kept
}

// vars carries over what conditions are told: outcomes go on under the names of the newer drawing, and so do the steps that
// the answers ask for. An answer about a step that was dropped is not taken for one about another.
func (v Vars) carry(c *carried) Vars {
	v.Result = c.keys(v.Result)
	steps, was := map[string]bool{}, map[string]string{}
	for _, id := range slices.Sorted(maps.Keys(v.Step)) {
		if to, named := c.Nodes[id]; !named || to != "" {
			steps[c.node(id)] = v.Step[id]
		}
	}
	for _, id := range slices.Sorted(maps.Keys(c.Nodes)) {
		if to := c.Nodes[id]; to != "" {
			was[to] = v.step(id)
		}
	}
	for id, item := range v.Was {
		if _, named := c.Nodes[id]; !named {
			was[id] = item
		}
	}
	if v.Step != nil {
		v.Step = steps
	}
	if v.Was = was; len(was) == 0 {
		v.Was = nil
	}
	return v
}
