package apply

import (
	"context"
	"strings"

	"onedoor.app/domain/cases"
	"onedoor.app/domain/cases/show"
	"onedoor.app/engine/calendar"
	"onedoor.app/infra/i18n"
	"onedoor.app/ui"
)

// mostDays is how many days a clock shows; a longer limit is told in words alone.
const mostDays = 75

// strip is a time limit for the page: the days, and in words why the date is what
// it is.
type strip struct {
	ui.ClockDays
	Why   []string
	Stops []stop
}

// stop is one standstill with the paper that told it.
type stop struct {
	Text  string
	Paper *cases.Document
}

// clockOf shows the clock that counts in a case, or the promise once it is over.
func (p *Pages) clockOf(ctx context.Context, v *cases.View) *strip {
	name, days := v.Light.Clock, v.Days
	if len(days) == 0 {
		for _, over := range []cases.ClockName{cases.ClockPromised, cases.ClockStatutory} {
			if days = v.Matter.Explain(v.Cal, over, v.Now); len(days) > 0 {
				name = over
				break
			}
		}
	}
	clock, ok := v.Matter.Clock(name)
	if !ok || len(days) == 0 {
		return nil
	}
	s := &strip{ClockDays: ui.ClockDays{Legend: true}}
	ended := calendar.Date(0)
	if !clock.Ended.IsZero() {
		ended = calendar.DateOf(clock.Ended)
	}
	counted, stopped, first := 0, 0, calendar.Date(0)
	start := begins(v.Matter, clock)
	for _, d := range days {
		if ended != 0 && d.Date > ended {
			break // what would have come has no meaning any more
		}
		day := dayOf(ctx, d, start, calendar.DateOf(v.Now))
		if d.Role == cases.DayCounted && first == 0 {
			first = d.Date
		}
		switch {
		case d.Date > calendar.DateOf(v.Now):
		case d.Role == cases.DayCounted, d.Role == cases.DayOverdue:
			counted = d.Number
		case d.Role == cases.DayStopped:
			stopped++
		}
		s.Days = append(s.Days, day)
	}
	s.sum(ctx, clock, counted, stopped, ended != 0)
	s.why(ctx, v, clock, first, days[:len(s.Days)])
	if len(s.Days) > mostDays || ended != 0 { // words are enough
		s.Days = nil
	}
	return s
}

// startWords and endWords say what begins and ends at a clock's first and last day;
// other clocks are those of the decision.
var startWords = map[cases.ClockName]string{
	cases.ClockNotice: "received", cases.ClockCorrection: "told", cases.ClockDelivery: "decided",
}

// begins is the key of what starts a clock. The clocks of the decision may begin
// before the acceptance was pronounced: on the day on which everything had come.
func begins(m cases.Matter, c cases.Clock) string {
	switch key := startWords[c.Name]; {
	case key != "":
		return key
	case !m.Accepted.IsZero() && calendar.DateOf(m.Accepted) == c.From:
		return "accepted"
	default:
		return "complete"
	}
}

// deciding reports whether a clock is one of the decision, with a promise or a
// limit of the law.
func deciding(name cases.ClockName) bool {
	return name == cases.ClockPromised || name == cases.ClockStatutory || name == cases.ClockFirstReview
}

// dayOf is one day of a clock as the page draws it; start is the key of what began
// the clock.
func dayOf(ctx context.Context, d cases.ClockDay, start string, today calendar.Date) ui.Day {
	day := ui.Day{Date: d.Date.String(), Today: d.Today}
	last := len(d.Due) > 0
	switch {
	case d.Role == cases.DayStart:
		day.Kind, day.Word = ui.DayStart, i18n.T(ctx, "apply.clock.day."+start)
	case d.Role == cases.DayStopped:
		day.Kind, day.Word = ui.DayStopped, i18n.T(ctx, "apply.clock.day.stopped")
	case d.Role == cases.DayRest || d.Role == cases.DayRolled:
		day.Kind, day.Word = ui.DayRest, d.Name
		if d.Name == "" || i18n.Lang(ctx) == i18n.English {
			day.Word = i18n.T(ctx, "apply.clock.day.rest")
		}
	case d.Role == cases.DayOverdue:
		day.Kind, day.Word = ui.DayOverdue, i18n.T(ctx, "apply.clock.day.over", "n", d.Over)
	case last && has(d.Due, cases.ClockPromised):
		day.Kind, day.Word = ui.DayPromised, i18n.T(ctx, "apply.clock.day.promised")
	case last && has(d.Due, cases.ClockStatutory):
		day.Kind, day.Word = ui.DayLegal, i18n.T(ctx, "apply.clock.day.legal")
	case last:
		day.Kind, day.Word = ui.DayLegal, i18n.T(ctx, "apply.clock.day.last")
	case d.Date > today:
		day.Kind = ui.DayAhead
	default:
		day.Kind, day.Word = ui.DayCounted, i18n.T(ctx, "apply.clock.day.nth", "n", d.Number)
		if d.Kind == calendar.Makeup {
			day.Kind = ui.DayMakeup
		}
	}
	return day
}

func has(all []cases.ClockName, name cases.ClockName) bool {
	for _, n := range all {
		if n == name {
			return true
		}
	}
	return false
}

// sum says in one line how much of the limit is used up.
func (s *strip) sum(ctx context.Context, c cases.Clock, counted, stopped int, over bool) {
	kind := string(c.Name)
	if !deciding(c.Name) && startWords[c.Name] == "" {
		return
	}
	tense := "now"
	switch {
	case over:
		tense = "over"
	case c.Stopped:
		tense = "stopped"
	}
	if c.Name == cases.ClockCorrection || c.Unit == cases.UnitDate {
		s.Legend = false
		s.Sum = i18n.T(ctx, "apply.clock.until", "day", dayWords(ctx, c.Due))
		return
	}
	limit := i18n.T(ctx, "apply.limit."+string(c.Unit), "n", c.Limit+c.Extra)
	if c.Mixed() {
		limit = show.Limit(ctx, c)
	}
	s.Sum = i18n.T(ctx, "apply.clock."+kind) + " " + limit + i18n.T(ctx, "apply.clock.tense."+tense)
	s.Strong = i18n.T(ctx, "apply.clock.strong."+tense, "n", counted)
	if stopped > 0 {
		s.Aside = i18n.T(ctx, "apply.clock.aside", "n", stopped)
	}
}

// why explains the date: from when it runs, what does not count, what moved it.
func (s *strip) why(ctx context.Context, v *cases.View, c cases.Clock, first calendar.Date, days []cases.ClockDay) {
	tell := func(key string, args ...any) { s.Why = append(s.Why, i18n.T(ctx, "apply.why."+key, args...)) }
	if first != 0 {
		tell("start", "what", i18n.T(ctx, "apply.why.what."+begins(v.Matter, c)), "day", shortDay(ctx, first))
	}
	off, makeup, names := 0, []string{}, []string{}
	for _, d := range days {
		switch {
		case d.Kind == calendar.Holiday && d.Role == cases.DayRest:
			off++
			if len(names) == 0 || names[len(names)-1] != d.Name {
				names = append(names, d.Name)
			}
		case d.Kind == calendar.Makeup && d.Role == cases.DayCounted:
			makeup = append(makeup, shortDay(ctx, d.Date))
		}
	}
	if off > 0 {
		tell("holiday", "names", joined(ctx, names), "n", off)
	}
	if len(makeup) > 0 {
		tell("makeup", "days", joined(ctx, makeup))
	}
	if v.Matter.Extension != nil {
		tell("extended", "n", show.Longer(ctx, v.Matter))
	}
	if !c.Ended.IsZero() && deciding(c.Name) {
		tell("due", "day", dayWords(ctx, c.Due))
	} else if law, ok := v.Matter.Clock(cases.ClockStatutory); ok && c.Name == cases.ClockPromised && !law.Stopped {
		tell("legal", "day", dayWords(ctx, law.Due))
	}
	if c.Tentative() {
		year, _, _ := c.Due.Date()
		tell("provisional", "year", year)
	}
	if deciding(c.Name) {
		for _, x := range v.Matter.Stops {
			s.Stops = append(s.Stops, stopOf(ctx, v, x))
		}
	}
}

func stopOf(ctx context.Context, v *cases.View, x cases.Stop) stop {
	kind := show.StopName(ctx, x.Kind)
	from := shortDay(ctx, x.From+1)
	out := stop{Text: i18n.T(ctx, "apply.why.stopping", "from", from, "kind", kind)}
	if !x.Open() {
		out.Text = i18n.T(ctx, "apply.why.stopped", "from", from, "to", shortDay(ctx, x.To), "kind", kind)
		if x.To <= x.From {
			out.Text = i18n.T(ctx, "apply.why.stopless", "kind", kind)
		}
	}
	for i := range v.Documents {
		if v.Documents[i].No == x.Notice {
			out.Paper = &v.Documents[i]
		}
	}
	return out
}

// whole is the reasons as one paragraph.
func (s *strip) whole() string { return strings.Join(s.Why, "") }
