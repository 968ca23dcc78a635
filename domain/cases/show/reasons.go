package show

import (
	"context"
	"slices"

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
		r := Reason{Title: title, Text: i18n.T(ctx, key, args...)}
		if law != "" {
			r.Law = i18n.T(ctx, "show.law."+law)
		}
		all = append(all, r)
	}
	date := func(c cases.Clock) string { return Date(ctx, c.Due, v.Now) }
	for _, c := range v.Matter.Clocks {
		key := "show.why." + string(c.Name)
		if !slices.Contains(told, c.Name) {
			continue
		}
		length := Length(ctx, c.Limit+c.Extra, c.Unit)
		add(i18n.T(ctx, "cases.clock."+string(c.Name)), key, string(c.Name), "from", Date(ctx, c.From, v.Now), "n", length, "due", date(c))
		if key := afterwards(c); key != "" {
			all[len(all)-1].Text += i18n.T(ctx, "show.space") + i18n.T(ctx, key, "day", When(ctx, c.Ended, v.Now))
		}
	}
	for _, s := range v.Matter.Stops {
		key := "show.why.stop"
		if s.Open() {
			key = "show.why.stop.open"
		}
		add(StopName(ctx, s.Kind), key, "stop", "from", Date(ctx, s.From, v.Now), "to", Date(ctx, s.To, v.Now),
			"planned", Date(ctx, s.Planned, v.Now), "notice", s.Notice)
	}
	if e := v.Matter.Extension; e != nil {
		add(i18n.T(ctx, "cases.act.extend"), "show.why.extension", "extension", "n", e.Days, "day", When(ctx, e.At, v.Now), "reason", e.Reason)
	}
	for _, d := range v.Days {
		if d.Role == cases.DayRolled {
			add(i18n.T(ctx, "show.why.rolled.title"), "show.why.rolled", "rolled", "day", Date(ctx, d.Date, v.Now))
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

// afterwards is what became of a clock, "" while it runs.
func afterwards(c cases.Clock) string {
	switch {
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
