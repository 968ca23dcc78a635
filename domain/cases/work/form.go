package work

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"onedoor.app/domain/cases"
	"onedoor.app/domain/cases/show"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
	"onedoor.app/infra/i18n"
	"onedoor.app/infra/web"
	"onedoor.app/ui"
)

// chooseTask finds the tasks that wait at the actor's posts and takes the one
// asked for, else the first.
func (v *caseView) chooseTask(ctx context.Context, asked string) {
	var mine []cases.Task
	for _, t := range v.V.Open() {
		if _, ok := v.Who.Holds(t.Post); ok {
			mine = append(mine, t)
		}
	}
	if len(mine) == 0 {
		return
	}
	v.Task = &mine[0]
	if i := slices.IndexFunc(mine, func(t cases.Task) bool { return strconv.FormatInt(t.ID, 10) == asked }); i >= 0 {
		v.Task = &mine[i]
	}
	if len(mine) < 2 {
		return
	}
	for _, t := range mine {
		v.TaskLinks = append(v.TaskLinks, ui.Link{
			Text: show.Step(ctx, t), Href: casePath(v.V.ID) + "?task=" + strconv.FormatInt(t.ID, 10), Current: t.ID == v.Task.ID,
		})
	}
}

// fillForm prepares the form at hand and says why an act in it is not possible.
func (p *Pages) fillForm(ctx context.Context, tx *db.Tx, v *caseView, r *http.Request) error {
	if err := p.fillExtend(ctx, tx, v); err != nil {
		return err
	}
	choices, err := p.Cases.Explain(tx, v.Who, v.V.Case)
	if err != nil {
		return err
	}
	v.Now, v.Later = show.Mores(ctx, v.V.Case, choices, func(a cases.Act) string { return actPath(v.V.ID, a) })
	if v.Task == nil {
		return nil
	}
	if held, err := p.Cases.HeldByOther(tx, v.Who, *v.Task); err != nil || held {
		return err
	}
	v.Form, v.Stop = formOpinion, v.V.Matter.StopHere(*v.Task)
	switch {
	case v.Task.Slot == "decide":
		v.Form = formDecide
		v.fillDecide(ctx, choices)
		return nil
	case v.Task.Slot == "check":
		if v.Trouble == "" && v.Typed.Visited == "" {
			v.Typed.Visited = cases.Today(tx).String()
		}
		return p.fillInspectors(ctx, tx, v)
	case cases.StopsClock(v.Task.Slot) && v.Task.Slot != "hearing" && v.Stop == nil && r.FormValue("form") != formOpinion:
		v.Form = formSpecial
		v.prefillSpecial()
	}
	return nil
}

func (v *caseView) fillDecide(ctx context.Context, choices []cases.Choice) {
	v.Choice = map[cases.Act]string{}
	for _, c := range choices {
		v.Choice[c.Act] = ""
		if c.Why != nil {
			v.Choice[c.Act] = web.Words(ctx, c.Why)
		}
	}
	v.Bases = append(v.Bases, ui.Option{Text: i18n.T(ctx, "work.decide.basis.choose")})
	for _, b := range v.V.Item.Basis {
		if !citable(b.Article) {
			continue
		}
		text := "《" + b.Law + "》" + b.Article
		v.Bases = append(v.Bases, ui.Option{Value: text, Text: text})
	}
}

// citable reports whether a decision may cite an article: it is known, and the
// catalogue does not say that its number is still to be verified (条号待核).
func citable(article string) bool {
	return strings.TrimSpace(article) != "" && !strings.Contains(article, "待核")
}

// barred says why neither decision is possible for the actor, "" if one is.
func (v *caseView) barred() string {
	grant, known := v.Choice[cases.ActGrant]
	refuse, also := v.Choice[cases.ActRefuse]
	if known && also && grant != "" && refuse != "" {
		return grant
	}
	return ""
}

// stopped names the special procedures that are under way: nothing is decided before they end (Art. 45).
func (v *caseView) stopped(ctx context.Context) string {
	var kinds []string
	for _, stop := range v.V.Matter.OpenStops() {
		kinds = append(kinds, show.StopName(ctx, stop.Kind))
	}
	return strings.Join(kinds, i18n.T(ctx, "show.comma"))
}

// fillInspectors offers those who inspect, those of the unit at which the step waits first.
func (p *Pages) fillInspectors(ctx context.Context, tx *db.Tx, v *caseView) error {
	list, err := p.Cases.Candidates(tx, v.Task.Unit)
	if err != nil {
		return err
	}
	typed := cases.StaffNumbers(strings.ToUpper(strings.Join(v.Typed.Inspectors, " ")))
	v.Inspectors = ui.Choices{
		Name: "inspectors", Legend: i18n.T(ctx, "work.inspectors"), Hint: i18n.T(ctx, "work.inspectors.hint"), Error: v.Wrong["inspectors"], Multi: true,
	}
	for _, c := range list {
		o := ui.Option{Value: c.No, Text: c.Name + " " + c.No, Note: c.Unit + " " + c.Post}
		if i := slices.Index(typed, c.No); i >= 0 {
			o.On, typed = true, slices.Delete(typed, i, i+1)
		}
		v.Inspectors.Options = append(v.Inspectors.Options, o)
	}
	v.Others = strings.Join(typed, " ")
	return nil
}

// prefillSpecial takes the planned days and the ground from the item, if it
// knows them.
func (v *caseView) prefillSpecial() {
	if v.Trouble != "" {
		return
	}
	for _, s := range v.V.Item.Special {
		if s.Stops && (len(v.V.Item.Special) == 1 || s.Kind == v.Task.Slot) {
			v.Typed.Basis = s.Basis
			if s.Days > 0 {
				v.Typed.Planned = strconv.Itoa(s.Days)
			}
		}
	}
}

func (p *Pages) fillExtend(ctx context.Context, tx *db.Tx, v *caseView) error {
	v.Asked = v.V.LongerAsked()
	most, err := p.Cases.ExplainExtend(tx, v.Who, v.V.Case)
	switch {
	case fault.Is(err, fault.Forbidden):
		return p.fillAskLonger(ctx, tx, v)
	case fault.Is(err, fault.Unknown):
		return nil
	case fault.Code(err) == "internal":
		return err
	}
	v.Extend = &extend{Most: most, Unit: v.V.Matter.Terms.ExtendsIn(), Joint: v.V.Matter.Terms.Joint}
	if err != nil {
		v.Extend.Why = web.Words(ctx, err)
	}
	return nil
}

// fillAskLonger lets those who review ask the head for an extension, or says why not.
func (p *Pages) fillAskLonger(ctx context.Context, tx *db.Tx, v *caseView) error {
	err := p.Cases.ExplainAskLonger(tx, v.Who, v.V.Case)
	switch {
	case fault.Is(err, fault.Forbidden), fault.Is(err, fault.Unknown):
		return nil
	case fault.Code(err) == "internal":
		return err
	}
	v.Ask = &extend{Joint: v.V.Matter.Terms.Joint}
	if err != nil {
		v.Ask.Why = web.Words(ctx, err)
	}
	return nil
}

// asked says who asked the head for an extension, when and why.
func (v *caseView) asked(ctx context.Context) string {
	return i18n.T(ctx, "work.longer.asked", "name", v.Asked.ActorName, "day", show.When(ctx, v.Asked.At, v.V.Now), "reason", v.Asked.Note)
}

// conditions are those of the item, to tick what the application does not meet.
func (v *caseView) conditions() (list []ui.Option) {
	for _, c := range v.V.Item.Conditions {
		list = append(list, ui.Option{Value: c, Text: c, On: slices.Contains(v.Typed.Unmet, c)})
	}
	return list
}

// phrases are sentences that one presses instead of typing them.
func (v *caseView) phrases() []string {
	switch {
	case v.Task.Slot == "check":
		return []string{"check.fit", "check.unfit"}
	case v.Stop != nil || cases.StopsClock(v.Task.Slot):
		return []string{"test.fit", "test.unfit"}
	case v.Form == formDecide:
		return []string{"decide.grant", "decide.refuse"}
	default:
		return []string{"fit", "complete", "unfit"}
	}
}

// title is the head of the form.
func (v *caseView) title(ctx context.Context) string {
	switch v.Form {
	case formDecide:
		return i18n.T(ctx, "work.form.decide")
	case formSpecial:
		return i18n.T(ctx, "work.form.special")
	case formOpinion:
		switch {
		case v.Task.Kind != "":
			return i18n.T(ctx, "cases.aside."+string(v.Task.Kind))
		case v.Task.Slot == "check":
			return i18n.T(ctx, "work.form.check")
		case v.Stop != nil || cases.StopsClock(v.Task.Slot):
			return i18n.T(ctx, "work.form.result")
		}
		return i18n.T(ctx, "work.form.opinion")
	}
	return i18n.T(ctx, "work.form.none")
}

// acts is the bar at the bottom, the main act first.
func (v *caseView) acts(ctx context.Context) []ui.Act {
	main := ui.Act{Weight: ui.Primary, Form: "form", Key: "Ctrl ↵", WhyID: "why-main"}
	back := ui.Act{Text: i18n.T(ctx, "work.back"), Weight: ui.Quiet, Href: inboxPath, Attrs: map[string]any{"data-back": ""}}
	switch v.Form {
	case formOpinion:
		main.Text = i18n.T(ctx, "work.act.opinion")
		switch {
		case v.Answers != nil:
			main.Text = i18n.T(ctx, "work.act.answer")
		case v.Stop != nil:
			main.Text = i18n.T(ctx, "work.act.result")
		case v.Decides != "" && v.lastReview():
			main.Text = i18n.T(ctx, "work.act.decider", "name", v.Decides)
		}
	case formSpecial:
		main.Text = i18n.T(ctx, "work.act.special")
		skip := ui.Act{Text: i18n.T(ctx, "work.act.skip"), Href: v.link("", "") + "&form=" + formOpinion}
		return []ui.Act{main, skip, back}
	case formDecide:
		main.Text, main.Why = i18n.T(ctx, "work.act.decide"), v.barred()
	default:
		return []ui.Act{back}
	}
	return []ui.Act{main, back}
}

// lastReview reports whether the decision is what comes after the task at hand.
func (v *caseView) lastReview() bool { return len(v.V.Open()) == 1 && v.Task.Slot == "review2" }

// remark is the line at the right of the bar.
func (v *caseView) remark(ctx context.Context) string {
	if v.Other {
		return i18n.T(ctx, "work.held", "who", v.Holder)
	}
	if v.Task == nil {
		if v.Extend != nil && v.Extend.Why == "" {
			return i18n.T(ctx, "work.approves")
		}
		return i18n.T(ctx, "work.readonly")
	}
	if deputy, _ := v.Who.Holds(v.Task.Post); deputy != 0 {
		return i18n.T(ctx, "work.deputy")
	}
	if v.Form == formDecide {
		return i18n.T(ctx, "work.decide.final")
	}
	return ""
}

// summary lists what is wrong with the form, field by field in its order.
func (v *caseView) summary() []ui.Wrong {
	var all []ui.Wrong
	for _, f := range []string{"visited", "inspectors", "conclusion", "text", "next", "planned", "reason", "basis", "standard", "days", "purpose"} {
		if words := v.Wrong[f]; words != "" {
			all = append(all, ui.Wrong{Field: f, Text: words})
		}
	}
	if len(all) == 0 && v.Trouble != "" {
		all = append(all, ui.Wrong{Text: v.Trouble})
	}
	return all
}

func (v *caseView) version() string { return strconv.FormatInt(v.V.Version, 10) }

func (v *caseView) taskID() string { return strconv.FormatInt(v.Task.ID, 10) }

// conclusions are the answers of the form at hand.
func (v *caseView) conclusions(ctx context.Context) []ui.Option {
	if v.Form == formDecide {
		return []ui.Option{
			{
				Value: string(cases.ActGrant), Text: i18n.T(ctx, "work.decide.grant"), On: v.Typed.Conclusion == string(cases.ActGrant),
				Note: v.why(ctx, cases.ActGrant, "work.decide.grant.note"), Disabled: v.Choice[cases.ActGrant] != "",
			},
			{
				Value: string(cases.ActRefuse), Text: i18n.T(ctx, "work.decide.refuse"), On: v.Typed.Conclusion == string(cases.ActRefuse),
				Note: v.why(ctx, cases.ActRefuse, "work.decide.refuse.note"), Disabled: v.Choice[cases.ActRefuse] != "",
			},
		}
	}
	agree := ""
	if v.Decides != "" {
		agree = i18n.T(ctx, "work.agree.note", "name", v.Decides)
	}
	return []ui.Option{
		{Value: cases.Agree, Text: i18n.T(ctx, "cases.conclusion.agree"), Note: agree, On: v.Typed.Conclusion == cases.Agree},
		{Value: cases.Disagree, Text: i18n.T(ctx, "cases.conclusion.disagree"), Note: i18n.T(ctx, "work.disagree.note"), On: v.Typed.Conclusion == cases.Disagree},
	}
}

func (v *caseView) why(ctx context.Context, act cases.Act, otherwise string) string {
	if words := v.Choice[act]; words != "" {
		return words
	}
	return i18n.T(ctx, otherwise)
}

// findings are the facts that the reviewer would otherwise look up.
func (v *caseView) findings(ctx context.Context) (all []ui.Mark) {
	pass := 0
	for _, m := range v.V.Materials {
		if m.Verdict == cases.Pass || m.Verdict == cases.Unneeded {
			pass++
		}
	}
	if n := len(v.V.Materials); n > 0 && pass == n {
		all = append(all, ui.Mark{Tone: ui.ToneGood, Text: i18n.T(ctx, "work.finding.materials", "n", n)})
	} else if n > 0 {
		all = append(all, ui.Mark{Tone: ui.ToneWarn, Text: i18n.T(ctx, "work.finding.some", "n", n, "pass", pass)})
	}
	for _, d := range v.V.Matter.OpenDebts() {
		name, key := d.Material, "work.finding.debt"
		if i := slices.IndexFunc(v.V.Materials, func(m cases.Material) bool { return m.Key == d.Material }); i >= 0 {
			if name = v.V.Materials[i].Name; v.V.Materials[i].Came() {
				key = "work.finding.came"
			}
		}
		all = append(all, ui.Mark{Tone: ui.ToneWarn, Text: i18n.T(ctx, key, "name", name, "day", show.Date(ctx, d.Due, v.V.Now))})
	}
	if v.V.Unseen() {
		all = append(all, ui.Mark{Tone: ui.ToneWarn, Text: i18n.T(ctx, "work.finding.unseen")})
	}
	if v.V.Matter.Has(cases.FlagDiffers) {
		all = append(all, ui.Mark{Tone: ui.ToneWarn, Text: i18n.T(ctx, "work.finding.differs")})
	}
	for _, c := range v.V.Beside {
		all = append(all, ui.Mark{Tone: ui.ToneWarn, Text: i18n.T(ctx, "work.finding.beside", "item", c.ItemName, "no", c.No, "state", i18n.T(ctx, "cases.state."+string(c.State())))})
	}
	if v.V.Matter.Inspected {
		all = append(all, ui.Mark{Tone: ui.ToneGood, Text: i18n.T(ctx, "work.finding.inspected")})
	}
	if l := v.V.Limited; l != nil {
		tone := ui.ToneNone
		if l.Left == 0 {
			tone = ui.ToneWarn
		}
		all = append(all, ui.Mark{Tone: tone, Text: i18n.T(ctx, "work.finding.limited", "n", l.Number, "left", l.Left)})
	}
	for _, key := range v.owed() {
		all = append(all, ui.Mark{Tone: ui.ToneWarn, Text: i18n.T(ctx, "work.finding.owed."+key)})
	}
	against, agreed := 0, 0
	for _, o := range v.V.Opinions {
		switch {
		case o.Undone != "":
		case o.Conclusion == cases.Disagree:
			against++
		default:
			agreed++
		}
	}
	if against > 0 {
		all = append(all, ui.Mark{Tone: ui.ToneWarn, Text: i18n.T(ctx, "work.finding.against", "n", against)})
	} else if n := agreed; n > 0 {
		all = append(all, ui.Mark{Tone: ui.ToneGood, Text: i18n.T(ctx, "work.finding.for", "n", n)})
	}
	return all
}

// owed is what the law asks for before the decision and has not been done, by its words.
func (v *caseView) owed() (keys []string) {
	m, t := v.V.Matter, v.V.Matter.Terms
	for _, x := range []struct {
		owed bool
		key  string
	}{
		{t.FirstReview, "first_review"}, {t.ThirdParty && !m.Interested, "third_party"},
		{t.HearingRequired && !m.Hearing.Held, "hearing"}, {m.OwesInspectors(), "inspectors"},
	} {
		if x.owed {
			keys = append(keys, x.key)
		}
	}
	return keys
}

// falseMaterials asks whether a refusal is for false materials, which bars the applicant for a year.
func (v *caseView) falseMaterials(ctx context.Context) ui.Choices {
	return ui.Choices{
		Name: "false", Legend: i18n.T(ctx, "work.decide.false"), HideLegend: true, Multi: true, Optional: true,
		Options: []ui.Option{{Value: "yes", Text: i18n.T(ctx, "work.decide.false"), Note: i18n.T(ctx, "work.decide.false.note"), On: v.Typed.False}},
	}
}

// queue is the order of acceptance of those who wait for one of a limited number.
func (v *caseView) queue(ctx context.Context) ui.Grid {
	t := func(key string) string { return i18n.T(ctx, "work.queue."+key) }
	g := ui.Grid{Label: t("title"), Tight: true, Cols: []ui.Col{{Text: t("place"), Row: true}, {Text: t("case")}, {Text: t("accepted")}, {Text: t("stands")}}}
	for i, q := range v.V.Limited.Queue {
		stands := t("qualified")
		switch {
		case q.This:
			stands = t("this")
		case !q.Qualified:
			stands = t("against")
		}
		g.Rows = append(g.Rows, ui.Line{Cells: []ui.Cell{
			{Text: strconv.Itoa(i + 1)}, {Text: q.No, Code: true}, {Text: show.Moment(ctx, q.Accepted, v.V.Now)}, {Text: stands},
		}})
	}
	return g
}

// stepDue is the day by which the step at hand is due.
func (v *caseView) stepDue(ctx context.Context) string {
	return show.DateText(ctx, v.Task.Due, v.V.Now)
}

// facts sums up what is about to be decided.
func (v *sureView) facts(ctx context.Context) []ui.Fact {
	all := []ui.Fact{
		{Label: i18n.T(ctx, "work.sure.item"), Value: v.Item}, {Label: i18n.T(ctx, "work.head.applicant"), Value: v.Party},
		{Label: i18n.T(ctx, "work.col.no"), Value: v.No, Code: true},
	}
	if v.Decision.Reason != "" {
		all = append(all, ui.Fact{Label: i18n.T(ctx, "work.decide.reason"), Value: v.Decision.Reason})
	}
	if v.Decision.Basis != "" {
		all = append(all, ui.Fact{Label: i18n.T(ctx, "work.decide.basis"), Value: v.Decision.Basis})
	}
	if len(v.Decision.Unmet) > 0 {
		all = append(all, ui.Fact{Label: i18n.T(ctx, "work.decide.unmet"), Value: strings.Join(v.Decision.Unmet, i18n.T(ctx, "show.comma"))})
	}
	if v.Decision.Standard != "" {
		all = append(all, ui.Fact{Label: i18n.T(ctx, "work.decide.standard"), Value: v.Decision.Standard})
	}
	if v.Decision.FalseMaterials && !v.Decision.Grant {
		all = append(all, ui.Fact{Label: i18n.T(ctx, "work.decide.false"), Value: i18n.T(ctx, "work.decide.false.note")})
	}
	return all
}
