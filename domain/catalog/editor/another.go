package editor

import (
	"net/url"
	"slices"
	"strings"

	"onedoor.app/domain/catalog"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
	"onedoor.app/ui"
)

// An answer or a rule may lead to another item: to apply for it instead, or for it too. Of thousands of items those are
// shown that a search finds; what is typed into the form meanwhile is saved with it.

// mostQuery is how many characters of a search are looked for.
const mostQuery = 60

// others is what a search has found among the items in force.
type others struct {
	Query string
	Found []catalog.Entry
	More  bool
}

func (p *Pages) readOthers(tx *db.Tx, v *view) error {
	v.others = &others{Query: strings.TrimSpace(v.query.Get("item"))}
	if v.Typed.Has("item") {
		v.others.Query = strings.TrimSpace(v.Typed.Get("item"))
	}
	if v.others.Query == "" {
		return nil
	}
	hits, next, err := p.Catalog.Search(tx, v.others.Query, catalog.Filter{}, "", mostFound+1)
	for _, h := range hits {
		if h.Code != v.Change.Code && len(v.others.Found) < mostFound {
			v.others.Found = append(v.others.Found, h.Entry)
		}
	}
	v.others.More = next != ""
	return err
}

// answers are those of the question that the page is about, to be led from; nil on the page of a rule.
func (v view) answers() (all []ui.Option) {
	q, ok := v.at.value.Addr().Interface().(*catalog.Situation)
	if !ok {
		return nil
	}
	chosen := v.query.Get("answer")
	if v.Typed.Has("answer") {
		chosen = v.Typed.Get("answer")
	}
	for _, o := range q.Options {
		text := o.Label
		if text == "" {
			text = o.Value
		}
		all = append(all, ui.Option{Value: o.Value, Text: text, On: o.Value == chosen})
	}
	return all
}

// find saves the form and comes back with what a search finds.
func (d *doing) find() (string, error) {
	text := []rune(strings.TrimSpace(d.form.Get("item")))
	q := url.Values{"row": {d.at.list.path + "." + d.at.row}, "item": {string(text[:min(len(text), mostQuery)])}}
	if answer := d.form.Get("answer"); answer != "" {
		q.Set("answer", answer)
	}
	return sectionPath(d.id, d.at.section.key) + "?" + q.Encode() + "#another", nil
}

// another makes the chosen answer, or the rule, lead to an item.
func (d *doing) another(op, code string) (string, error) {
	if _, err := d.Catalog.Current(d.tx, code); err != nil {
		return "", err
	}
	if code == d.it.Code {
		return "", fault.New(fault.Invalid, "editor.another.itself")
	}
	list := effectsOf(d.at.value.Addr().Interface(), d.form.Get("answer"))
	if list == nil {
		return "", fault.New(fault.Invalid, "editor.another.answer")
	}
	e := catalog.Effect{Op: op, Target: code}
	if slices.Contains(*list, e) {
		return d.here("another"), nil
	}
	if op == catalog.OpRedirectItem { // one can be led to one other item alone
		*list = slices.DeleteFunc(slices.Clone(*list), func(was catalog.Effect) bool { return was.Op == op })
	}
	if len(*list) >= mostParts {
		return "", fault.New(fault.Invalid, "editor.wrong.many")
	}
	*list = append(*list, e)
	return d.here("another"), nil
}

// effectsOf are the effects of a rule, or of one answer of a question; nil where there is no such answer.
func effectsOf(x any, answer string) *[]catalog.Effect {
	switch x := x.(type) {
	case *catalog.Rule:
		return &x.Effects
	case *catalog.Situation:
		if o := x.Option(answer); o != nil {
			return &o.Effects
		}
	}
	return nil
}
