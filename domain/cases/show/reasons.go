package show

import (
	"context"
	"slices"
	"strings"

	"onedoor.app/domain/cases"
	"onedoor.app/infra/i18n"
)

// Reason is one sentence of the answer to "why this date?", with the article
// that it rests on.
type Reason struct{ Title, Text, Law string }

// Reasons explains every clock of a case in words: from which day it runs, how
// many days of which kind it has, what stood still and why, where it ends.
func Reasons(ctx context.Context, v *cases.View) (all []Reason) {
	add := func(title, key, law string, args ...any) {
		all = append(all, Reason{Title: title, Text: i18n.T(ctx, key, args...), Law: law})
	}
	date := func(c cases.Clock) string { return Date(ctx, c.Due, v.Now) }
	for _, c := range v.Matter.Clocks {
		key := "show.why." + string(c.Name)
		if c.Name == cases.ClockNotice && !v.Matter.Terms.Deem {
			key += ".plain"
		}
		if c.Name == cases.ClockNotice && c.Begun == cases.ActCorrect { // it began anew with what was asked for
			key += ".again"
		}
		if !slices.Contains(told, c.Name) {
			continue
		}
		length := Limit(ctx, c)
		add(i18n.T(ctx, "cases.clock."+string(c.Name)), key, ground(ctx, v, c), "from", Date(ctx, c.From, v.Now), "n", length, "due", date(c))
		if key := afterwards(c); key != "" {
			all[len(all)-1].Text += i18n.T(ctx, "show.space") + i18n.T(ctx, key, "day", When(ctx, c.Ended, v.Now))
		}
	}
	for _, s := range v.Matter.Stops {
		key := "show.why.stop"
		if s.Open() {
			key = "show.why.stop.open"
		}
		add(StopName(ctx, s.Kind), key, i18n.T(ctx, "show.law.stop"), "from", Date(ctx, s.From, v.Now), "to", Date(ctx, s.To, v.Now),
			"planned", Date(ctx, s.Planned, v.Now), "notice", s.Notice)
	}
	if e := v.Matter.Extension; e != nil {
		add(i18n.T(ctx, "cases.act.extend"), "show.why.extension", i18n.T(ctx, "show.law.extension"), "n", Longer(ctx, v.Matter), "day", When(ctx, e.At, v.Now), "reason", e.Reason)
	}
	for _, d := range v.Days {
		if d.Role == cases.DayRolled {
			add(i18n.T(ctx, "show.why.rolled.title"), "show.why.rolled", i18n.T(ctx, "show.law.rolled"), "day", Date(ctx, d.Date, v.Now))
			break
		}
	}
	for _, d := range v.Matter.Debts {
		key := "show.why.debt"
		if !d.Settled.IsZero() {
			key = "show.why.debt.settled"
		}
		add(i18n.T(ctx, "show.tag.rongque"), key, "", "name", materialName(v, d.Material), "due", Date(ctx, d.Due, v.Now), "day", When(ctx, d.Settled, v.Now))
	}
	return all
}

// ground is the law that a clock rests on. The articles of the Licensing Law
// reach licences only; other items rest on their own statute, or on a promise.
func ground(ctx context.Context, v *cases.View, c cases.Clock) string {
	licence := v.Matter.Terms.Kind == cases.KindLicence
	var parts []string
	switch {
	case c.Name == cases.ClockStatutory && v.Item.StatutoryLimit.Basis != "":
		parts = append(parts, v.Item.StatutoryLimit.Basis)
	case c.Name == cases.ClockPromised:
		parts = append(parts, i18n.T(ctx, "show.law.promised"))
	case licence:
		parts = append(parts, i18n.T(ctx, "show.law."+string(c.Name)))
	}
	if licence && c.Unit == cases.UnitWorkday {
		parts = append(parts, i18n.T(ctx, "show.law.workdays"))
	}
	if c.Name == cases.ClockStatutory || c.Name == cases.ClockPromised {
		parts = append(parts, i18n.T(ctx, "show.law.start"))
	}
	return strings.Join(parts, i18n.T(ctx, "show.semicolon"))
}

// afterwards is what became of a clock, "" while it runs.
func afterwards(c cases.Clock) string {
	switch {
	case c.EndedBy == cases.ActDeemAccepted:
		return "show.why.deemed"
	case !c.Ended.IsZero() && c.Late:
		return "show.why.late"
	case !c.Ended.IsZero():
		return "show.why.ended"
	case c.Stopped:
		return "show.why.stopped"
	default:
		return ""
	}
}

// told are the clocks that Reasons speaks of.
var told = []cases.ClockName{
	cases.ClockNotice, cases.ClockCorrection, cases.ClockPromised, cases.ClockFirstReview, cases.ClockStatutory,
	cases.ClockDelivery,
}

func materialName(v *cases.View, key string) string {
	for _, m := range v.Materials {
		if m.Key == key {
			return m.Name
		}
	}
	return key
}
