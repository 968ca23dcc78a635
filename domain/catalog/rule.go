package catalog

import (
	"iter"
	"slices"
	"strconv"
	"strings"
	"sync"

	"onedoor.app/engine/rule"
)

// parseLimit reads the target of OpSetLimit, "3 workday": a whole number above zero and
// a unit of limits.
func parseLimit(text string) (Limit, bool) {
	value, unit, _ := strings.Cut(text, " ")
	n, err := strconv.Atoi(value)
	l := Limit{Value: n, Unit: unit}
	return l, err == nil && n > 0 && l.ok()
}

// shorter reports whether the target of OpSetLimit keeps the item's promise: an answer
// may promise more speed and never less.
func (it *Item) shorter(target string) (Limit, bool) {
	l, ok := parseLimit(target)
	return l, ok && !l.exceeds(it.PromisedLimit)
}

// effects goes through all that answers and rules may change, with where each stands.
func (it *Item) effects() iter.Seq2[string, Effect] {
	return func(yield func(string, Effect) bool) {
		for _, q := range it.Situations {
			for _, o := range q.Options {
				for _, e := range o.Effects {
					if !yield(q.ID+" "+o.Value, e) {
						return
					}
				}
			}
		}
		for _, r := range it.Rules {
			for _, e := range r.Effects {
				if !yield(r.ID, e) {
					return
				}
			}
		}
	}
}

// conditions goes through the expressions of the item: where each stands, its text, and
// how many of the questions it may ask about.
func (it *Item) conditions() iter.Seq2[string, condition] {
	return func(yield func(string, condition) bool) {
		for i, q := range it.Situations {
			if q.When != "" && !yield(q.ID, condition{q.When, i}) {
				return
			}
		}
		for _, r := range it.Rules {
			if !yield(r.ID, condition{r.When, len(it.Situations)}) {
				return
			}
		}
	}
}

type condition struct {
	text    string
	earlier int // of the item's questions
}

// holds works a condition out. One that cannot be worked out does not hold: it was
// refused when the item was published.
func (it *Item) holds(text string, answers map[string]string) bool {
	env := it.environment()
	if env == nil {
		return false
	}
	r, err := rule.CompileBool(env, text)
	if err != nil {
		return false
	}
	vars := make(map[string]any, len(it.Situations))
	for _, q := range it.Situations {
		vars[q.ID] = answers[q.ID]
	}
	ok, err := r.Bool(vars)
	return err == nil && ok
}

// environments remembers, by the questions of an item, what its conditions are compiled
// in; an environment remembers what it compiled. It is a memory of a pure function.
var environments = struct {
	sync.Mutex
	of map[string]*rule.Env
}{of: map[string]*rule.Env{}}

const maxEnvironments = 256

// environment declares the questions of the item, each a text. It is nil where the id of
// a question cannot be a name.
func (it *Item) environment() *rule.Env {
	ids := make([]string, len(it.Situations))
	for i, q := range it.Situations {
		ids[i] = q.ID
	}
	slices.Sort(ids)
	key := strings.Join(ids, " ")
	environments.Lock()
	defer environments.Unlock()
	if env, known := environments.of[key]; known {
		return env
	}
	vars := make(map[string]rule.Type, len(ids))
	for _, id := range ids {
		vars[id] = rule.String
	}
	env, err := rule.NewEnv(vars)
	if err != nil {
		env = nil
	}
	if len(environments.of) >= maxEnvironments {
		clear(environments.of)
	}
	environments.of[key] = env
	return env
}

// wrongRules checks the table of rules and the conditions of questions: that they
// compile, ask only about questions that come before, and compare with answers that there
// are.
func (it *Item) wrongRules() []Wrong {
	var w []Wrong
	seen := map[string]bool{}
	for _, r := range it.Rules {
		if r.ID == "" || seen[r.ID] || len(r.Effects) == 0 && r.Notice == "" {
			w = append(w, Wrong{"catalog.item.rule_shape", r.ID})
		}
		seen[r.ID] = true
		if op := contradicts(r.Effects); op != "" {
			w = append(w, Wrong{"catalog.item.contradiction", r.ID + " " + op})
		}
	}
	for _, q := range it.Situations {
		for _, o := range q.Options {
			if op := contradicts(o.Effects); op != "" {
				w = append(w, Wrong{"catalog.item.contradiction", q.ID + " " + o.Value + " " + op})
			}
		}
	}
	for where, c := range it.conditions() {
		w = append(w, it.wrongCondition(where, c)...)
	}
	return w
}

func (it *Item) wrongCondition(where string, c condition) []Wrong {
	names, err := rule.Names(c.text)
	if err != nil {
		return []Wrong{{"catalog.item.rule", where + placeOf(err)}}
	}
	var w []Wrong
	for _, name := range names {
		i := slices.IndexFunc(it.Situations, func(q Situation) bool { return q.ID == name })
		if i < 0 || i >= c.earlier {
			w = append(w, Wrong{"catalog.item.rule_question", where + " " + name})
		}
	}
	if len(w) > 0 {
		return w
	}
	env := it.environment()
	if env == nil {
		return []Wrong{{"catalog.item.rule", where}}
	}
	r, err := rule.CompileBool(env, c.text)
	if err != nil {
		return []Wrong{{"catalog.item.rule", where + placeOf(err)}}
	}
	for _, l := range r.Literals() {
		if l.Value != "" && it.Situation(l.Name).Option(l.Value) == nil {
			w = append(w, Wrong{"catalog.item.rule_value", where + " " + l.Name + " " + l.Value})
		}
	}
	return w
}

// placeOf is where in a rule its fault stands: " 1:12".
func placeOf(err error) string {
	e, ok := err.(*rule.Error) //nolint:errorlint // engine/rule promises the type itself
	if !ok || e.Line == 0 {
		return ""
	}
	return " " + strconv.Itoa(e.Line) + ":" + strconv.Itoa(e.Column)
}

// opposite pairs the effects that say the contrary of each other.
var opposite = map[string]string{
	OpRequireMaterial: OpDropMaterial, OpRequireField: OpHideField, OpRequireStep: OpSkipStep, OpRequireFee: OpDropFee,
}

// contradicts returns the target about which effects of one answer or rule say two
// contrary things, "" if they do not.
func contradicts(effects []Effect) string {
	for _, e := range effects {
		for _, o := range effects {
			if opposite[e.Op] == o.Op && opposite[e.Op] != "" && e.Target == o.Target ||
				e.Op == o.Op && slices.Contains([]string{OpUseFlow, OpSetLimit, OpRedirectItem}, e.Op) && e.Target != o.Target {
				return e.Target
			}
		}
	}
	return ""
}
