package workflow

import (
	"fmt"
	"maps"
	"math"
)

// decision is what a gateway answers: the ways on, or why there is none.
type decision struct {
	flows  []*Flow
	pause  bool // rest here without an incident
	reason Reason
	about  *Flow
	detail string
}

// assumption is what Check puts in the place of all that depends on variables.
type assumption struct {
	choose func(n *Node) decision
	count  func(n *Node) int
	enough func(n *Node) bool
}

// choose asks a gateway for the ways on.
func (r *run) choose(n *Node, scope uint32) decision {
	if r.assume != nil {
		return r.assume.choose(n)
	}
	return r.evaluate(n, scope)
}

// count asks how many instances there are to be, or why that cannot be told.
func (r *run) count(n *Node, scope uint32) (total int, items []any, why string) {
	if r.assume != nil {
		return r.assume.count(n), nil, ""
	}
	return r.evaluateCount(n, scope)
}

// enough asks whether a set of instances is done before all of them are.
func (r *run) enough(n *Node, set *Scope) bool {
	if r.assume != nil {
		return r.assume.enough(n)
	}
	return r.evaluateUntil(n, set)
}

// table asks a decision table, of one of several instances or of the only one.
func (r *run) table(n *Node, around uint32, set *Scope, index int) (map[string]any, error) {
	if r.assume != nil {
		return nil, nil
	}
	return r.evaluateTable(n, around, set, index)
}

// evaluate asks the conditions in the order of the file: an exclusive gateway takes the first
// that holds, an inclusive one all.
func (r *run) evaluate(n *Node, scope uint32) decision {
	vars := r.seen(scope)
	var ways []*Flow
	for _, f := range n.Out {
		if f == n.Default {
			continue
		}
		if f.cond != nil {
			yes, err := f.cond.Bool(vars)
			if err != nil {
				return decision{reason: ReasonCondition, about: f, detail: err.Error()}
			}
			if !yes {
				continue
			}
		}
		if ways = append(ways, f); n.Kind == Exclusive {
			break
		}
	}
	switch {
	case len(ways) > 0:
		return decision{flows: ways}
	case n.Default != nil:
		return decision{flows: []*Flow{n.Default}}
	}
	return decision{reason: ReasonNoWay}
}

// seen are the variables as they are seen in a scope: what the caller gave over what tables have
// decided, and over both what the instances around it are about.
func (r *run) seen(scope uint32) map[string]any {
	if scope == 0 && len(r.decided) == 0 {
		return r.vars
	}
	vars := make(map[string]any, len(r.vars)+8)
	maps.Copy(vars, r.decided)
	maps.Copy(vars, r.vars)
	if len(r.decided) > 0 {
		vars["decision"] = r.decided
	}
	var chain []*Scope
	for at := scope; at != 0; {
		s := r.scope(at)
		chain = append(chain, s)
		at = s.Parent
	}
	for i := len(chain) - 1; i >= 0; i-- { // the innermost says it last
		s := chain[i]
		if s.Index > 0 && i+1 < len(chain) {
			of := chain[i+1]
			r.def.byID[s.Node].Instances.tell(vars, of, s.Index)
		}
	}
	return vars
}

// tell adds what one instance knows: its number and its entry of the list, and how far the
// others are. Index 0 is the set as a whole.
func (l *Instances) tell(vars map[string]any, set *Scope, index int) {
	about := map[string]any{
		"total": float64(set.Total), "done": float64(set.Ended), "active": float64(set.Begun - set.Ended),
	}
	outcome := map[string]any{}
	for k, n := range set.Outcomes {
		outcome[k] = float64(n)
	}
	about["outcome"] = outcome
	vars["nrOfInstances"], vars["nrOfCompletedInstances"] = about["total"], about["done"]
	vars["nrOfActiveInstances"] = about["active"]
	if index > 0 {
		about["counter"] = float64(index)
		vars["loopCounter"] = float64(index - 1)
		if index <= len(set.Items) {
			about["item"] = set.Items[index-1]
			if l.Item != "" {
				vars[l.Item] = set.Items[index-1]
			}
		}
	}
	vars["instances"] = about
}

// evaluateTable works the decision table of a node out, of an instance of a set or of the only one.
func (r *run) evaluateTable(n *Node, around uint32, set *Scope, index int) (map[string]any, error) {
	if n.Table == nil {
		return nil, nil
	}
	vars := r.seen(around)
	if set != nil {
		vars = maps.Clone(vars)
		if vars == nil {
			vars = map[string]any{}
		}
		n.Instances.tell(vars, set, index)
	}
	return n.Table.Decide(vars)
}

// maxInstances bounds the instances of one activity.
const maxInstances = 1000

// evaluateCount works out how many instances of an activity there are, or says why it cannot.
func (r *run) evaluateCount(n *Node, scope uint32) (total int, items []any, why string) {
	l := n.Instances
	ask := l.Count
	if ask == nil {
		ask = l.Over
	}
	v, err := ask.Eval(r.seen(scope))
	if err != nil {
		return 0, nil, err.Error()
	}
	count := math.NaN()
	switch v := v.(type) {
	case []any:
		items, count = v, float64(len(v))
	case float64:
		count = v
	case int64:
		count = float64(v)
	}
	if l.Over != nil && items == nil {
		return 0, nil, fmt.Sprintf("%s gives no list", ask.Text())
	}
	if !(count >= 0 && count <= maxInstances && count == math.Trunc(count)) {
		return 0, nil, fmt.Sprintf("%s gives no number from 0 to %d", ask.Text(), maxInstances)
	}
	return int(count), items, ""
}

// evaluateUntil asks whether a set of instances is done before all of them are. What cannot be
// worked out is not.
func (r *run) evaluateUntil(n *Node, set *Scope) bool {
	if n.Instances.Until == nil {
		return false
	}
	vars := maps.Clone(r.seen(set.Parent))
	if vars == nil {
		vars = map[string]any{}
	}
	n.Instances.tell(vars, set, 0)
	yes, err := n.Instances.Until.Bool(vars)
	if err != nil {
		r.fx = append(r.fx, Effect{Kind: Incident, Token: set.ID, Node: n, Reason: ReasonCondition, Detail: err.Error()})
	}
	return yes && err == nil
}
