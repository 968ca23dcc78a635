package editor

import (
	"context"
	"slices"
	"strings"

	"onedoor.app/domain/catalog"
	"onedoor.app/domain/catalog/change"
	"onedoor.app/domain/catalog/directory"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
	"onedoor.app/infra/i18n"
	"onedoor.app/ui"
)

// What stands beside the forms: the base item, the library, the road, the try-out and the preview.

// baseView is the base item of the draft, and those that a search has found.
type baseView struct {
	Base  *catalog.Base // nil: none
	Rows  []inheritedRow
	Query string
	Found []catalog.BaseEntry
	More  bool
}

// inheritedRow is one element that the draft has in common with its base item.
type inheritedRow struct {
	Element catalog.Element
	Says    string // what the base says
	Lock    string
	Off     bool   // the draft leaves it
	Loses   string // what goes when it is taken over
}

// mostFound is how many entries a search shows; more are found by saying more.
const mostFound = 8

func (p *Pages) readBase(ctx context.Context, tx *db.Tx, v *view) error {
	v.base = &baseView{Query: strings.TrimSpace(v.query.Get("base"))}
	if v.base.Query != "" {
		found, next, err := p.Catalog.Bases(tx, catalog.BaseFilter{Text: v.base.Query}, "", mostFound)
		if err != nil {
			return err
		}
		v.base.Found, v.base.More = found, next != ""
	}
	b, _, err := p.Catalog.Base(tx, v.Item.BaseCode)
	if fault.Is(err, fault.Unknown) {
		return nil
	}
	if err != nil {
		return err
	}
	v.base.Base = b
	locks, _, err := p.Catalog.LocksOf(tx, b.Source())
	if err != nil {
		return err
	}
	off := map[catalog.Element]bool{}
	for _, d := range catalog.Deviations(b, v.Item, locks) {
		off[d.Element] = true
	}
	for _, e := range catalog.Elements() {
		if says := p.baseSays(ctx, tx, b, e); says != "" && locks.Of(e) != catalog.LockFree {
			v.base.Rows = append(v.base.Rows, inheritedRow{e, says, i18n.T(ctx, "directory.lock."+string(locks.Of(e))), off[e], directory.Loses(ctx, v.Item, catalog.Conform(b, v.Item, e, locks))})
		}
	}
	return nil
}

// baseSays is what a base item says of an element, "" where it leaves it open.
func (p *Pages) baseSays(ctx context.Context, tx *db.Tx, b *catalog.Base, e catalog.Element) string {
	and := i18n.T(ctx, "catalog.list")
	coded := func(list string, values []string) string {
		var all []string
		for _, x := range values {
			all = append(all, catalog.Codes(list).Words(x, i18n.Lang(ctx)))
		}
		return strings.Join(all, and)
	}
	switch e {
	case catalog.ElementName:
		return b.Name
	case catalog.ElementCode:
		return b.Code
	case catalog.ElementType:
		return coded(catalog.CodesTaskType, []string{b.Type})
	case catalog.ElementAudience:
		return coded(catalog.CodesAudience, b.Audience)
	case catalog.ElementConditions:
		return strings.Join(b.Conditions, and)
	case catalog.ElementResult:
		return b.Result
	case catalog.ElementLimit:
		if b.StatutoryLimit.Value > 0 {
			return change.LimitWords(ctx, b.StatutoryLimit)
		}
	case catalog.ElementBasis:
		var all []string
		for _, x := range b.Basis {
			all = append(all, x.Law+" "+x.Article)
		}
		return strings.Join(all, and)
	case catalog.ElementProcedure:
		var all []string
		for _, s := range b.Procedure {
			all = append(all, slotName(ctx, s))
		}
		return strings.Join(all, and)
	case catalog.ElementMaterials:
		var all []string
		for _, m := range b.Materials {
			all = append(all, m.Name)
		}
		return strings.Join(all, and)
	case catalog.ElementLevel:
		return coded(catalog.CodesUseLevel, b.UseLevels)
	case catalog.ElementBody:
		names := slices.Clone(b.Bodies)
		for i := range names {
			if p.Catalog.UnitName != nil {
				names[i] = p.Catalog.UnitName(tx, names[i])
			}
		}
		return strings.Join(names, and)
	case catalog.ElementPromise: // follows from the limit
	}
	return ""
}

// shelf is what a search has found in the library of materials.
type shelf struct {
	Query string
	Found []catalog.LibraryMaterial
	More  bool
}

func (p *Pages) readShelf(tx *db.Tx, v *view) error {
	v.shelf = &shelf{Query: strings.TrimSpace(v.query.Get("q"))}
	if v.shelf.Query == "" {
		return nil
	}
	found, next, err := p.Catalog.Library(tx, v.shelf.Query, "")
	found = slices.DeleteFunc(found, func(m catalog.LibraryMaterial) bool { return m.Retired })
	if v.shelf.More = next != "" || len(found) > mostFound; len(found) > mostFound {
		found = found[:mostFound]
	}
	v.shelf.Found = found
	return err
}

// road is how the flow suits the steps.
type road struct {
	Legs    []ui.Leg
	Sum     string   // the days against the promise
	Good    bool     // nothing is wrong with it
	Wrong   []string // what is, in words
	Lacking bool     // slots without a step
}

func (p *Pages) readRoad(ctx context.Context, v *view) {
	it, r := v.Item, &road{}
	v.road = r
	days, most := it.RoadDays(), it.PromisedLimit.Workdays()
	r.Sum = i18n.T(ctx, "editor.road.sum", "days", workdays(ctx, days), "promise", i18n.T(ctx, "catalog.limit.none"))
	if it.PromisedLimit.Value > 0 {
		r.Sum = i18n.T(ctx, "editor.road.sum", "days", workdays(ctx, days), "promise", change.LimitWords(ctx, it.PromisedLimit))
		if days > most {
			r.Wrong = append(r.Wrong, i18n.T(ctx, "editor.road.long", "n", days-most))
		}
	}
	for _, s := range it.Steps {
		r.Legs = append(r.Legs, ui.Leg{Name: s.Name, Note: []string{workdays(ctx, s.Days), v.unitName(s.Unit)}})
	}
	i := slices.IndexFunc(v.flows, func(t catalog.Template) bool { return t.ID == it.FlowID })
	if i < 0 {
		r.Wrong = append(r.Wrong, i18n.T(ctx, "catalog.item.flow", "where", it.FlowID))
		return
	}
	fit := it.Fits(v.flows[i])
	var names []string
	for _, s := range fit.Lacking {
		names = append(names, slotName(ctx, s))
	}
	and := i18n.T(ctx, "catalog.list")
	if r.Lacking = len(names) > 0; r.Lacking {
		r.Wrong = append(r.Wrong, i18n.T(ctx, "editor.road.lacking", "slots", strings.Join(names, and)))
	}
	names = nil
	for _, id := range fit.Outside {
		names = append(names, it.StepByID(id).Name)
	}
	if len(names) > 0 {
		r.Wrong = append(r.Wrong, i18n.T(ctx, "editor.road.outside", "steps", strings.Join(names, and)))
	}
	sound := fit.Drawing != nil && (p.Catalog.Sound == nil || p.Catalog.Sound(fit.Drawing))
	if !sound {
		r.Wrong = append(r.Wrong, i18n.T(ctx, "editor.road.unsound"))
	}
	r.Good = len(r.Wrong) == 0
}

// trialView is what one set of answers asks for.
type trialView struct {
	Questions []ui.Choices
	Facts     []ui.Fact
	Notices   []string
	Open      int // questions without an answer
}

// try answers the questions of the draft as the address says, and tells what follows.
func (v *view) try(ctx context.Context) {
	it, answers := v.Item, map[string]string{}
	for _, q := range it.Situations {
		answers[q.ID] = v.query.Get("t." + q.ID)
	}
	n := it.Resolve(answers)
	t := &trialView{Open: len(n.Missing), Notices: n.Notices}
	v.trial = t
	for _, q := range it.Situations {
		if !n.Asks(q.ID) {
			continue
		}
		c := ui.Choices{Name: "t." + q.ID, Legend: q.Question, Columns: 2}
		for _, o := range q.Options {
			c.Options = append(c.Options, ui.Option{Value: o.Value, Text: o.Label, On: n.Answers[q.ID] == o.Value})
		}
		t.Questions = append(t.Questions, c)
	}
	and := i18n.T(ctx, "catalog.list")
	add := func(key string, all ...string) {
		value := strings.Join(all, and)
		if value == "" {
			value = i18n.T(ctx, "editor.trial.none")
		}
		t.Facts = append(t.Facts, ui.Fact{Label: i18n.T(ctx, "editor.trial."+key), Value: value})
	}
	switch {
	case n.NotNeeded:
		add("end", i18n.T(ctx, "catalog.not_needed"))
		return
	case n.Redirect != "":
		add("end", i18n.T(ctx, "change.op.redirect_item", "target", n.Redirect))
		return
	}
	limit := ""
	if n.Limit.Value > 0 {
		limit = change.LimitWords(ctx, n.Limit)
	}
	add("limit", limit)
	var papers, fields, steps, fees []string
	for _, m := range n.Materials {
		key := "catalog.need." + string(m.Need)
		papers = append(papers, m.Name+i18n.T(ctx, "editor.aside", "text", i18n.T(ctx, key, "n", m.DeferDays)))
	}
	for _, f := range n.Fields {
		fields = append(fields, f.Label)
	}
	for _, s := range it.Steps {
		if runs, optional := n.Steps[s.ID]; !optional || runs {
			steps = append(steps, s.Called(i18n.Lang(ctx)))
		}
	}
	for _, f := range n.Fees {
		fees = append(fees, f.Name+" "+i18n.T(ctx, "change.yuan", "amount", catalog.Yuan(f.Amount)))
	}
	add("materials", papers...)
	add("fields", fields...)
	add("steps", steps...)
	add("fee", fees...)
	add("flow", v.flowName(n.Flow))
}

func (v view) flowName(id string) string {
	for _, t := range v.flows {
		if t.ID == id {
			return t.Name
		}
	}
	return id
}

// compare are the comparisons that a condition may be put together from; those of questions that come later than the one
// that it belongs to are not offered.
func (v view) compare(ctx context.Context) []ui.Option {
	all := []ui.Option{{Text: i18n.T(ctx, "editor.choose")}}
	for _, q := range v.Item.Situations {
		if v.at.list != nil && v.at.list.path == "situations" && q.ID == v.at.row {
			break
		}
		for _, o := range q.Options {
			for _, op := range []string{"==", "!="} {
				all = append(all, ui.Option{Value: q.ID + " " + op + ` "` + o.Value + `"`, Text: change.SayAnswer(ctx, &q, op, o.Value)})
			}
		}
	}
	return all
}

// conditioned reports whether the page is about something that has a condition.
func (v view) conditioned() bool {
	return v.at.list != nil && (v.at.list.path == "situations" || v.at.list.path == "rules")
}

// condition is the condition of the entry in words, "" where it has none.
func (v view) condition(ctx context.Context) string {
	x := at(v.at.value, "when", false)
	if !x.IsValid() || x.String() == "" {
		return ""
	}
	return change.SayCondition(ctx, v.Item, x.String())
}
