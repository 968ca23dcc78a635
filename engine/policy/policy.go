// Package policy decides whether an actor may do something to a resource, by
// rules written in Cedar that a lawyer can read. What no rule permits is
// refused, and one rule that forbids outweighs all that permit.
package policy

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/cedar-policy/cedar-go"
	"github.com/cedar-policy/cedar-go/types"
)

// Set is the rules of one capability. It may be used by many at once.
type Set struct {
	policies *cedar.PolicySet
	names    map[cedar.PolicyID]string
}

// Parse reads rules. name stands in errors; each rule carries an @id.
func Parse(name string, text []byte) (*Set, error) {
	set, err := cedar.NewPolicySetFromBytes(name, text)
	if err != nil {
		return nil, fmt.Errorf("policy: %w", err)
	}
	s := &Set{policies: set, names: map[cedar.PolicyID]string{}}
	for id, p := range set.All() {
		label, ok := p.Annotations()["id"]
		if !ok {
			return nil, fmt.Errorf("policy: %s: a rule has no @id", name)
		}
		s.names[id] = string(label)
	}
	return s, nil
}

// Entity is a principal or a resource with its attributes: strings, int64,
// bool, []string, []int64.
type Entity struct {
	Type, ID string
	Attrs    map[string]any
}

// Decision is the answer with the @ids of the rules that made it.
type Decision struct {
	Allowed bool
	By      []string
}

// Decide answers whether principal may do action to resource. A rule that
// cannot be evaluated (an attribute is missing, say) is an error, not a yes.
func (s *Set) Decide(principal Entity, action string, resource Entity) (Decision, error) {
	p, err := principal.cedar()
	if err != nil {
		return Decision{}, err
	}
	r, err := resource.cedar()
	if err != nil {
		return Decision{}, err
	}
	entities := cedar.EntityMap{p.UID: p, r.UID: r}
	answer, why := cedar.Authorize(s.policies, entities, cedar.Request{
		Principal: p.UID, Action: cedar.NewEntityUID("Action", cedar.String(action)), Resource: r.UID,
	})
	if len(why.Errors) > 0 {
		e := why.Errors[0]
		return Decision{}, fmt.Errorf("policy: rule %s: %s", s.names[e.PolicyID], e.Message)
	}
	d := Decision{Allowed: answer == cedar.Allow}
	for _, reason := range why.Reasons {
		d.By = append(d.By, s.names[reason.PolicyID])
	}
	slices.Sort(d.By)
	return d, nil
}

func (e Entity) cedar() (cedar.Entity, error) {
	attrs := make(cedar.RecordMap, len(e.Attrs))
	for name, v := range e.Attrs {
		value, err := value(v)
		if err != nil {
			return cedar.Entity{}, fmt.Errorf("policy: %s.%s: %w", e.Type, name, err)
		}
		attrs[cedar.String(name)] = value
	}
	return cedar.Entity{
		UID:        cedar.NewEntityUID(cedar.EntityType(e.Type), cedar.String(e.ID)),
		Attributes: cedar.NewRecord(attrs),
	}, nil
}

func value(v any) (types.Value, error) {
	switch v := v.(type) {
	case string:
		return cedar.String(v), nil
	case int64:
		return cedar.Long(v), nil
	case int:
		return cedar.Long(v), nil
	case bool:
		return cedar.Boolean(v), nil
	case []string:
		list := make([]types.Value, len(v))
		for i, s := range v {
			list[i] = cedar.String(s)
		}
		return cedar.NewSet(list...), nil
	case []int64:
		list := make([]types.Value, len(v))
		for i, n := range v {
			list[i] = cedar.Long(n)
		}
		return cedar.NewSet(list...), nil
	}
	return nil, fmt.Errorf("%T is no attribute", v)
}

// ID renders an id as an entity's.
func ID(id int64) string { return strconv.FormatInt(id, 10) }
