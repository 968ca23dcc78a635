package catalog

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"onedoor.app/infra/i18n"
	"onedoor.app/ui"
)

// coded is a value of a list of codes in the words of the page, "" for none.
func coded(ctx context.Context, list, value string) string {
	if value == "" {
		return ""
	}
	return Codes(list).Words(value, i18n.Lang(ctx))
}

// stations are the steps of the road as they are carried out: by whom, how long, held to what, and how they end. A step
// that only some answers ask for says so.
func (v guideView) stations(ctx context.Context) ui.Grid {
	t := func(key string) string { return i18n.T(ctx, key) }
	g := ui.Grid{Label: t("catalog.steps"), Flush: true, Cols: []ui.Col{
		{Text: t("catalog.step"), Row: true}, {Text: t("catalog.step.days")}, {Text: t("catalog.unit")}, {Text: t("catalog.post")},
		{Text: t("catalog.step.standard")}, {Text: t("catalog.step.outcome")},
	}}
	for _, s := range v.Item.Steps {
		name := s.Called(i18n.Lang(ctx))
		if s.Optional {
			name += i18n.T(ctx, "catalog.list.aside", "text", t("catalog.step.perhaps"))
		}
		unit := v.names.of(s.Unit)
		if unit == "" {
			unit = t("catalog.township")
		}
		g.Rows = append(g.Rows, ui.Line{Cells: []ui.Cell{
			{Text: name}, {Text: stepDays(ctx, s)}, {Text: unit}, v.names.seat(ctx, s.Post), {Text: s.Standard}, {Text: outcomeWords(ctx, s)},
		}})
	}
	return g
}

// endings are the slots that end in something of their own; the others end in an opinion.
var endings = []string{"accept", "decide", "issue", "print", "publicity", "test", "expert", "check", "pay"}

// outcomeWords says how a step ends, in general words where the catalogue has none for it.
func outcomeWords(ctx context.Context, s Step) string {
	if s.Outcome != "" {
		return s.Outcome
	}
	if slices.Contains(endings, s.Slot) {
		return i18n.T(ctx, "catalog.outcome."+s.Slot)
	}
	return i18n.T(ctx, "catalog.outcome")
}

// facts are the elements of the record that say who holds the power and how it is carried out; those that nobody has
// filled in are left out.
func (v guideView) facts(ctx context.Context) []ui.Fact {
	it := v.Item
	var list []ui.Fact
	add := func(key, value string) {
		if value != "" {
			list = append(list, ui.Fact{Label: i18n.T(ctx, key), Value: value})
		}
	}
	var forms []string
	for _, f := range it.HandleForms {
		forms = append(forms, coded(ctx, CodesHandleForm, f))
	}
	add("catalog.kind", coded(ctx, CodesTaskType, it.Type))
	add("catalog.project_type", coded(ctx, CodesProjectType, it.ProjectType))
	add("catalog.power_source", coded(ctx, CodesPowerSource, it.PowerSource))
	add("catalog.use_level", coded(ctx, CodesUseLevel, it.UseLevel))
	add("catalog.body", v.names.of(it.Body))
	add("catalog.body_kind", coded(ctx, CodesBodyKind, it.BodyKind))
	add("catalog.entrusted", it.Entrusted)
	add("catalog.partners", strings.Join(it.Partners, i18n.T(ctx, "catalog.list")))
	add("catalog.handle_forms", strings.Join(forms, i18n.T(ctx, "catalog.list")))
	add("catalog.online_depth", coded(ctx, CodesOnlineDepth, it.OnlineDepth))
	add("catalog.area", coded(ctx, CodesHandleArea, it.Offer.Area))
	add("catalog.system_level", coded(ctx, CodesSystemLevel, it.SystemLevel))
	if it.Visits > 0 {
		add("catalog.visit_reason", it.VisitReason)
	}
	add("catalog.quota_note", it.QuotaNote)
	add("catalog.result_kind", coded(ctx, CodesResultType, it.Result.Kind))
	if a := it.Access; a != nil {
		add("catalog.access", i18n.T(ctx, "catalog.access.text", "number", a.Number, "entry", a.Entry, "measure", a.Measure))
	}
	add("catalog.complaints", it.Complaints)
	add("catalog.from", it.From)
	add("catalog.until", it.Until)
	add("catalog.version", versionWords(it))
	return list
}

func versionWords(it *Item) string {
	if it.Version == 0 {
		return ""
	}
	return strconv.Itoa(it.Version)
}

func (v guideView) codes(ctx context.Context) []ui.Fact {
	var list []ui.Fact
	for _, c := range [][2]string{
		{"catalog.code.base", v.Item.BaseCode}, {"catalog.code.implement", v.Item.ImplementCode}, {"catalog.code.handle", v.Item.HandleCode},
		{"catalog.code.local", v.Item.LocalCode}, {"catalog.code.place", v.Item.Place},
	} {
		if c[1] != "" {
			list = append(list, ui.Fact{Label: i18n.T(ctx, c[0]), Value: c[1], Code: true})
		}
	}
	return list
}

// oversights are those that hear of a grant, and what they do then.
func (v guideView) oversights(ctx context.Context) ui.Grid {
	t := func(key string) string { return i18n.T(ctx, key) }
	g := ui.Grid{Label: t("catalog.oversight"), Flush: true, Cols: []ui.Col{
		{Text: t("catalog.regulator"), Row: true}, {Text: t("catalog.oversight.task")}, {Text: t("catalog.oversight.days")}, {Text: t("catalog.oversight.basis")},
	}}
	for _, o := range v.Item.Regulators() {
		task, days := o.Task, t("catalog.oversight.no_days")
		if task == "" {
			task = t("catalog.oversight.general")
		}
		if o.Days > 0 {
			days = timeWords(ctx, o.Days, Workday)
		}
		g.Rows = append(g.Rows, ui.Line{Cells: []ui.Cell{{Text: v.names.of(o.Unit)}, {Text: task}, {Text: days}, {Text: o.Source}}})
	}
	return g
}

func (v guideView) intermediaries(ctx context.Context) ui.Grid {
	t := func(key string) string { return i18n.T(ctx, key) }
	g := ui.Grid{Label: t("catalog.intermediaries"), Flush: true, Cols: []ui.Col{
		{Text: t("catalog.intermediary"), Row: true}, {Text: t("catalog.intermediary.result")}, {Text: t("catalog.intermediary.payer")}, {Text: t("catalog.intermediary.basis")},
	}}
	for _, x := range v.Item.Intermediaries {
		payer := ""
		if x.Payer != "" {
			payer = t("catalog.payer." + x.Payer)
		}
		g.Rows = append(g.Rows, ui.Line{Cells: []ui.Cell{{Text: x.Name}, {Text: x.Result}, {Text: payer}, {Text: x.Basis}}})
	}
	return g
}

func (v guideView) duties(ctx context.Context) ui.Grid {
	t := func(key string) string { return i18n.T(ctx, key) }
	g := ui.Grid{Label: t("catalog.duty"), Flush: true, Cols: []ui.Col{
		{Text: t("catalog.duty.stage"), Row: true}, {Text: t("catalog.duty")}, {Text: t("catalog.duty.basis")},
	}}
	for _, d := range v.Item.Duties {
		g.Rows = append(g.Rows, ui.Line{Cells: []ui.Cell{{Text: d.Stage}, {Text: d.Text}, {Text: d.Basis}}})
	}
	return g
}
