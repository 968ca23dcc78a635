package apply

import (
	"context"
	"slices"
	"strconv"

	"onedoor.app/domain/cases"
	"onedoor.app/domain/catalog"
	"onedoor.app/domain/party"
	"onedoor.app/infra/i18n"
	"onedoor.app/ui"
)

// facts is what an application takes, before it begins.
func (v beginView) facts(ctx context.Context) []ui.Fact {
	all := []ui.Fact{{
		Label: i18n.T(ctx, "apply.fact.materials"), Big: strconv.Itoa(len(v.Need.Materials)), Value: i18n.T(ctx, "apply.fact.materials.unit"),
		Note: i18n.T(ctx, "apply.fact.most"),
	}}
	if limit := limitWords(ctx, v.Need.Limit); limit != "" {
		all = append(all, ui.Fact{Label: i18n.T(ctx, "apply.fact.limit"), Value: limit})
	}
	fee := "apply.fact.free"
	switch {
	case !v.Item.SaysFee():
		fee = "apply.fact.unknown" // the list that it came from does not tell
	case v.Need.Free(v.Item.Fee): // none of the charges is made for these answers
	case v.Item.Fee.Charged:
		fee = "apply.fact.charged"
	}
	all = append(all, ui.Fact{Label: i18n.T(ctx, "apply.fact.fee"), Value: i18n.T(ctx, fee)})
	if v.Item.SaysVisits() {
		all = append(all, ui.Fact{Label: i18n.T(ctx, "apply.fact.visits"), Value: i18n.T(ctx, "apply.fact.visits.n", "n", v.Item.Visits)})
	}
	return all
}

// charges lists what is charged for these answers.
func (v draftView) charges(ctx context.Context) ui.Grid {
	t := func(key string, args ...any) string { return i18n.T(ctx, key, args...) }
	g := ui.Grid{Label: t("apply.charge"), Flush: true, Cols: []ui.Col{
		{Text: t("apply.charge.name"), Row: true}, {Text: t("apply.charge.amount"), Num: true}, {Text: t("apply.charge.standard")}, {Text: t("apply.charge.basis")},
	}}
	for _, f := range v.Need.Fees {
		g.Rows = append(g.Rows, ui.Line{Cells: []ui.Cell{{Text: f.Name}, {Text: t("apply.charge.yuan", "yuan", catalog.Yuan(f.Amount))}, {Text: f.Standard}, {Text: f.Basis}}})
	}
	return g
}

// misfit says for whom the item is instead.
func (v beginView) misfit(ctx context.Context) string {
	if v.Kind == party.Organization {
		return i18n.T(ctx, "apply.begin.persons")
	}
	return i18n.T(ctx, "apply.begin.bodies")
}

func (v draftView) backWords(ctx context.Context) string {
	if v.Back == "/my" {
		return i18n.T(ctx, "apply.my")
	}
	return i18n.T(ctx, "apply.back")
}

// bar is the steps above the page: one can go back to what was done, and on to
// what follows it.
func (v draftView) bar(ctx context.Context) []ui.Step {
	var all []ui.Step
	steps := v.steps()
	here := slices.Index(steps, v.Step)
	for i, step := range steps {
		s := ui.Step{Text: i18n.T(ctx, "apply.step."+step), Current: i == here}
		if i < here {
			s.Done, s.Href = len(v.wrongIn(step)) == 0, draftPath(v.Draft.ID, "/"+step)
		}
		all = append(all, s)
	}
	return all
}

// question is a situation as cards.
func (v draftView) question(ctx context.Context, q catalog.Situation) ui.Choices {
	c := ui.Choices{
		Name: "answer." + q.ID, Legend: q.Question, Error: v.error(ctx, "answer."+q.ID),
	}
	chosen := v.Draft.Answers[q.ID]
	for _, o := range q.Options {
		c.Options = append(c.Options, ui.Option{Value: o.Value, Text: o.Label, On: o.Value == chosen})
	}
	return c
}

// brought reports whether the centre filled a field in and it stands as it was.
func (v draftView) brought(f catalog.Field) bool {
	value := v.Draft.Form[f.Key]
	return value != "" && value == v.Brought[f.Key]
}

// ways are the ways to get the result.
func (v draftView) ways(ctx context.Context) ui.Choices {
	c := ui.Choices{Name: "delivery.way", Legend: i18n.T(ctx, "apply.delivery.way"), HideLegend: true, Columns: 2}
	c.Options = []ui.Option{{
		Value: cases.DeliverWindow, Text: i18n.T(ctx, "apply.way.window"), Note: i18n.T(ctx, "apply.way.window.note"),
		On: v.Delivery.Way != cases.DeliverCourier,
	}}
	if v.Item.Offer.Express {
		c.Options = append(c.Options, ui.Option{
			Value: cases.DeliverCourier, Text: i18n.T(ctx, "apply.way.courier"), Note: i18n.T(ctx, "apply.way.courier.note"),
			On: v.Delivery.Way == cases.DeliverCourier,
		})
	}
	return c
}
