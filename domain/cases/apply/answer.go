package apply

import (
	"context"
	"slices"
	"strings"

	"onedoor.app/domain/cases"
	"onedoor.app/domain/cases/show"
	"onedoor.app/engine/calendar"
	"onedoor.app/infra/i18n"
	"onedoor.app/ui"
)

// answer is what the applicant wants to know first: by when, and what to do now.
type answer struct {
	Head string
	Text string
	Act  *ui.Act
}

// answerOf says it for a case in whatever state it is.
func answerOf(ctx context.Context, v *cases.View) answer {
	state := string(v.State())
	if v.State() == cases.StateGranted && v.Matter.Terms.NoCertificate {
		state = "granted_plain"
	}
	args := []any{
		"day", dueWords(ctx, v), "n", len(wanted(v)), "works", works(ctx, v), "stops", stopsWords(ctx, v.Matter),
		"way", i18n.T(ctx, "apply.way."+way(v)),
	}
	a := answer{
		Head: i18n.T(ctx, "apply.answer."+state, args...),
		Text: i18n.T(ctx, "apply.answer."+state+".text", args...),
	}
	switch v.State() {
	case cases.StateReceived, cases.StateAccepted, cases.StateReviewing, cases.StateGranted, cases.StateCertified, cases.StateCorrecting:
		if v.Light.Colour == cases.LightRed {
			a.Head = worded(ctx, "apply.late."+string(v.State()), "apply.late", args...)
			a.Text = worded(ctx, "apply.late."+string(v.State())+".text", "apply.late.text", args...)
		} else if v.Light.Due == 0 {
			a.Head = worded(ctx, "apply.open."+string(v.State()), "apply.answer."+state, args...)
		}
	default:
	}
	if v.State() == cases.StateCorrecting {
		a.Act = &ui.Act{Text: i18n.T(ctx, "apply.todo.correct"), Href: casePath(v.ID, "/correct"), Weight: ui.Primary, Large: true}
	}
	debts, missing := owedBy(v), lacking(v)
	switch v.State() {
	case cases.StateReceived:
		if v.Promised() {
			a.Text += i18n.T(ctx, "apply.idle.promised")
		} else if v.Light.Colour != cases.LightRed {
			a.Text += i18n.T(ctx, "apply.idle")
		}
	case cases.StateAccepted, cases.StateReviewing, cases.StateSpecial:
		if len(debts)+len(missing) == 0 && v.Light.Colour != cases.LightRed {
			a.Text += i18n.T(ctx, "apply.idle")
		}
	default:
	}
	if len(debts) > 0 && !v.State().Ended() {
		a.Text += i18n.T(ctx, "apply.answer.owed", "n", len(debts), "day", dayWords(ctx, firstDue(debts)))
		a.Act = &ui.Act{Text: i18n.T(ctx, "apply.todo.supply"), Href: "#owed", Weight: ui.Primary, Large: true}
	}
	if len(missing) > 0 {
		a.Text += i18n.T(ctx, "apply.answer.missing", "n", len(missing))
		a.Act = &ui.Act{Text: i18n.T(ctx, "apply.todo.supply"), Href: "#owed", Weight: ui.Primary, Large: true}
	}
	return a
}

// lacking are the materials that nobody promised, that lack since silence accepted and
// that the applicant has not sent.
func lacking(v *cases.View) (list []cases.Material) {
	for _, m := range v.Owing() {
		if m.Verdict != cases.Tolerate && m.Source == cases.SourceNone {
			list = append(list, m)
		}
	}
	return list
}

// owedBy are the promised materials that the applicant has not sent; what was sent
// waits for the window.
func owedBy(v *cases.View) (list []cases.Debt) {
	for _, d := range v.Matter.OpenDebts() {
		if slices.ContainsFunc(v.Materials, func(m cases.Material) bool { return m.Key == d.Material && m.Source == cases.SourceNone }) {
			list = append(list, d)
		}
	}
	return list
}

func dueWords(ctx context.Context, v *cases.View) string {
	if v.Light.Due == 0 {
		return ""
	}
	return dayWords(ctx, v.Light.Due)
}

// wanted are the materials that must be corrected.
func wanted(v *cases.View) (list []cases.Material) {
	for _, m := range v.Materials {
		if m.Verdict == cases.Correct {
			list = append(list, m)
		}
	}
	return list
}

// works names what is being done now: 现场核查、写审查意见.
func works(ctx context.Context, v *cases.View) string {
	var names []string
	for _, t := range v.Open() {
		names = append(names, show.Step(ctx, t))
	}
	if len(names) == 0 {
		return i18n.T(ctx, "apply.works.none")
	}
	return joined(ctx, names)
}

func stopsWords(ctx context.Context, m cases.Matter) string {
	var kinds []string
	for _, s := range m.OpenStops() {
		kinds = append(kinds, show.StopName(ctx, s.Kind))
	}
	return joined(ctx, kinds)
}

func way(v *cases.View) string {
	if v.Delivery.Way == cases.DeliverCourier {
		return cases.DeliverCourier
	}
	return cases.DeliverWindow
}

// lamp is the light of a case in words: 正在审查 · 还有 3 个工作日.
func lamp(ctx context.Context, v *cases.View) (ui.Lamp, string) {
	state := i18n.T(ctx, "cases.state."+string(v.State()))
	if v.Light.Colour == cases.LightNone {
		return "", state
	}
	return show.Lamp(v.Light.Colour), state + " · " + show.Left(ctx, v.Light, true)
}

// moments is what happened, newest first, with what is being done and what comes
// next above it.
func (p *Pages) moments(ctx context.Context, v *cases.View) []ui.Moment {
	var all []ui.Moment
	all = append(all, ahead(ctx, v)...)
	papers := map[int64]cases.Document{}
	for _, d := range v.Documents {
		papers[d.ID] = d
	}
	for _, t := range v.Trail {
		m := ui.Moment{
			Title: worded(ctx, "apply.trail."+t.Act, "cases.act."+t.Act, "note", show.Note(ctx, v, t)),
			Text:  worded(ctx, "apply.trail."+t.Act+".text", "", "note", show.Note(ctx, v, t), "n", v.Handed()),
			When:  momentWords(ctx, t.At), At: show.Machine(t.At),
		}
		if t.Act == string(cases.ActAccept) && len(v.Matter.Debts) > 0 {
			m.Text = i18n.T(ctx, "apply.trail.accept.owed", "n", len(v.Matter.Debts), "day", dayWords(ctx, firstDue(v.Matter.Debts)))
		}
		if t.Note == "" {
			m.Title, m.Text = strings.TrimSpace(m.Title), strings.TrimSpace(m.Text)
		}
		if d, ok := papers[t.Document]; ok {
			m.Links = []ui.Link{{Text: show.Title(ctx, d), Href: paperPath(v.ID, d.ID)}}
		}
		all = append(all, m)
	}
	return all
}

// ahead is what is being done now and what comes after it.
func ahead(ctx context.Context, v *cases.View) []ui.Moment {
	var all []ui.Moment
	next := func(key string, due calendar.Date) {
		m := ui.Moment{Title: i18n.T(ctx, "apply.next."+key), Text: i18n.T(ctx, "apply.next."+key+".text"), State: "next"}
		if due != 0 {
			m.When = i18n.T(ctx, "apply.next.by", "day", shortDay(ctx, due))
		}
		all = append(all, m)
	}
	certificate := !v.Matter.Terms.NoCertificate
	switch v.State() {
	case cases.StateReceived:
		next("decide", 0)
		next("accept", v.Light.Due)
	case cases.StateCorrecting:
		next("check", 0)
	case cases.StateAccepted, cases.StateReviewing, cases.StateSpecial:
		if certificate {
			next("certificate", 0)
		}
		next("decide", v.Light.Due)
	case cases.StateGranted:
		next("deliver", 0)
		if certificate {
			next("certificate", v.Light.Due)
		}
	case cases.StateCertified:
		next("deliver", v.Light.Due)
	default:
	}
	for _, t := range v.Open() {
		all = append(all, ui.Moment{
			Title: show.Step(ctx, t), When: i18n.T(ctx, "apply.since", "when", momentWords(ctx, t.Opened)), State: "now",
			At: show.Machine(t.Opened),
		})
	}
	return all
}
