package catalog

import (
	"iter"
	"slices"
	"strconv"
	"strings"

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

// table is the conditions of an item as they are read once, to be worked out for many sets of
// answers. work counts what that took.
type table struct {
	it    *Item
	asks  []*rule.Choice // by question; nil: it is always asked
	rules []*rule.Choice // by rule
	work  int
}

// never is the condition that does not hold: of one that cannot be read, which was refused when
// the item was published.
var never = func() *rule.Choice { c, _ := rule.ParseChoice("false"); return c }()

func (it *Item) table() *table {
	read := func(text string) *rule.Choice {
		c, err := rule.ParseChoice(text)
		if err != nil {
			return never
		}
		return c
	}
	t := &table{it: it, asks: make([]*rule.Choice, len(it.Situations)), rules: make([]*rule.Choice, len(it.Rules))}
	for i, q := range it.Situations {
		if q.When != "" {
			t.asks[i] = read(q.When)
		}
	}
	for i, r := range it.Rules {
		t.rules[i] = read(r.When)
	}
	return t
}

// asked reports whether a question is asked after the answers to those before it.
func (t *table) asked(i int, answers map[string]string) bool {
	t.work++
	return t.asks[i] == nil || t.asks[i].HoldsCounting(answers, &t.work)
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
	r, err := rule.ParseChoice(c.text)
	if err != nil {
		return []Wrong{{"catalog.item.rule", where + placeOf(err)}}
	}
	var w []Wrong
	for _, name := range r.Names() {
		i := slices.IndexFunc(it.Situations, func(q Situation) bool { return q.ID == name })
		if i < 0 || i >= c.earlier {
			w = append(w, Wrong{"catalog.item.rule_question", where + " " + name})
		}
	}
	if len(w) > 0 {
		return w
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
