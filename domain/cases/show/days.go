package show

import (
	"context"
	"slices"
	"strings"
	"time"

	"onedoor.app/domain/cases"
	"onedoor.app/engine/calendar"
	"onedoor.app/infra/i18n"
	"onedoor.app/ui"
)

// longRest is from how many days on a holiday is told in words instead of being
// drawn day by day.
const longRest = 4

// Days is the clock of a case day by day. near leaves out what lies far from
// today and what comes after the clock's own due date, as in a side pane.
func Days(ctx context.Context, v *cases.View, near bool) ui.ClockDays {
	list := shortened(v.Days)
	if near {
		list = around(list, v.Light.Due, calendar.DateOf(v.Now))
	}
	out := ui.ClockDays{Narrow: true, Legend: !near}
	for i := 0; i < len(list); i++ {
		if n := restFrom(list, i); n >= longRest {
			i += n - 1
			continue
		}
		out.Days = append(out.Days, day(ctx, list[i], v))
	}
	return out
}

// around keeps five weeks at most: those up to the due date, or around today.
func around(list []cases.ClockDay, due, today calendar.Date) []cases.ClockDay {
	const most = 35
	for len(list) > 0 && due != 0 && list[len(list)-1].Date > max(due, today) {
		list = list[:len(list)-1]
	}
	for len(list) > most && list[0].Date < today-14 {
		list = list[1:]
	}
	if len(list) > most {
		list = list[:most]
	}
	return list
}

// fewOver is how many of the first and of the last days overdue are drawn.
const fewOver = 10

// shortened leaves out what lies between the first and the last days overdue, but for days on which something was due;
// the light says how many they are.
func shortened(list []cases.ClockDay) []cases.ClockDay {
	from := slices.IndexFunc(list, func(d cases.ClockDay) bool { return d.Over > fewOver })
	if from < 0 {
		return list
	}
	first, last := list[from].Date, list[len(list)-1].Date
	return slices.DeleteFunc(slices.Clone(list), func(d cases.ClockDay) bool {
		return d.Date >= first && d.Date <= last-2*fewOver && len(d.Due) == 0
	})
}

// restFrom is how many days of rest follow each other from the i-th on.
func restFrom(list []cases.ClockDay, i int) (n int) {
	for i+n < len(list) && list[i+n].Role == cases.DayRest && len(list[i+n].Due) == 0 && !list[i+n].Today {
		n++
	}
	return n
}

func day(ctx context.Context, d cases.ClockDay, v *cases.View) ui.Day {
	out := ui.Day{Date: d.Date.String(), Today: d.Today}
	switch d.Role {
	case cases.DayStart:
		out.Kind, out.Word = ui.DayStart, i18n.T(ctx, "show.day.start."+string(v.Light.Clock))
	case cases.DayStopped:
		out.Kind, out.Word = ui.DayStopped, i18n.T(ctx, "show.light.stop")
	case cases.DayRest, cases.DayRolled:
		out.Kind, out.Word = ui.DayRest, rest(ctx, d)
	case cases.DayCounted:
		out.Kind, out.Word = ui.DayCounted, i18n.T(ctx, "show.day.n", "n", d.Number)
		if d.Kind == calendar.Makeup {
			out.Kind = ui.DayMakeup
		}
		if d.Date > calendar.DateOf(v.Now) {
			out.Kind = ui.DayAhead
			if d.Number > limit(v) { // only the law's limit is still to come
				out.Word = ""
			}
		}
	case cases.DayOverdue:
		out.Kind, out.Word = ui.DayOverdue, i18n.T(ctx, "show.day.over", "n", d.Over)
		if slices.Contains(d.Due, cases.ClockStatutory) {
			out.Word = i18n.T(ctx, "show.day.law")
		}
		return out
	}
	for _, name := range d.Due {
		if name == v.Light.Clock {
			out.Kind, out.Word = ui.DayPromised, i18n.T(ctx, "show.day.due")
		}
	}
	if len(d.Due) == 1 && d.Due[0] == cases.ClockStatutory {
		out.Kind, out.Word = ui.DayLegal, i18n.T(ctx, "show.day.law")
	}
	return out
}

// limit is how many days the clock of the case has.
func limit(v *cases.View) int {
	c, _ := v.Matter.Clock(v.Light.Clock)
	return c.Limit + c.Extra
}

func rest(ctx context.Context, d cases.ClockDay) string {
	if d.Name != "" && d.Kind == calendar.Holiday {
		return d.Name
	}
	return i18n.T(ctx, "show.day.rest")
}

// Notes tells what the drawing of the days leaves unsaid: long holidays that it
// leaves out, days worked in exchange, a year whose holidays are not known yet.
func Notes(ctx context.Context, v *cases.View) string {
	var all []string
	for i := 0; i < len(v.Days); i++ {
		d := v.Days[i]
		if n := restFrom(v.Days, i); n >= longRest {
			all = append(all, i18n.T(ctx, "show.note.holiday",
				"from", Date(ctx, d.Date, v.Now), "to", Date(ctx, v.Days[i+n-1].Date, v.Now)))
			i += n - 1
			continue
		}
		if d.Kind == calendar.Makeup && d.Role == cases.DayCounted {
			all = append(all, i18n.T(ctx, "show.note.makeup", "day", Date(ctx, d.Date, v.Now)))
		}
	}
	if v.Light.Provisional {
		all = append(all, i18n.T(ctx, "show.note.provisional"))
	}
	return strings.Join(all, i18n.T(ctx, "show.space"))
}

// used is how many counted days have begun by today.
func used(v *cases.View) (n int) {
	for _, d := range v.Days {
		if (d.Role == cases.DayCounted || d.Role == cases.DayOverdue) && d.Date <= calendar.DateOf(v.Now) {
			n = d.Number
		}
	}
	return n
}

// Stopped is how many working days of the case's clock stood still.
func Stopped(v *cases.View) (n int) {
	for _, d := range v.Days {
		if d.Role == cases.DayStopped && d.Date <= calendar.DateOf(v.Now) {
			n++
		}
	}
	return n
}

// Meter is the gauge of the case's clock, nil when none runs.
func Meter(ctx context.Context, v *cases.View) *ui.Meter {
	clock, ok := v.Matter.Clock(v.Light.Clock)
	if !ok {
		return nil
	}
	limit, n := clock.Limit+clock.Extra, used(v)
	m := &ui.Meter{Lamp: Lamp(v.Light.Colour), Head: i18n.T(ctx, "show.meter."+string(clock.Name), "n", Limit(ctx, clock))}
	if n > 0 && limit > 0 && !clock.Unit.Momentary() {
		m.Head += i18n.T(ctx, "show.meter.day", "n", n)
		m.Percent = 100 * float64(n) / float64(limit)
	}
	if clock.Due != 0 && v.Light.Colour != cases.LightStopped {
		m.Foot = i18n.T(ctx, "show.meter.due", "day", Date(ctx, clock.Due, v.Now))
	}
	if law, ok := v.Matter.Clock(cases.ClockStatutory); ok && clock.Name != cases.ClockStatutory {
		m.HeadSide = i18n.T(ctx, "show.meter.law", "n", Limit(ctx, law))
	}
	if n := Stopped(v); n > 0 {
		m.FootSide = plural(ctx, "show.tag.stopped", n)
	}
	return m
}

// Length is a limit with its unit: 6 个工作日.
func Length(ctx context.Context, n int, unit cases.Unit) string {
	return plural(ctx, "show.unit."+string(unit), n)
}

// Limit is how long a clock has with what lengthened it: 7 天 + 5 个工作日 where the two count differently.
func Limit(ctx context.Context, c cases.Clock) string {
	if c.Mixed() {
		return Length(ctx, c.Limit, c.Unit) + " + " + Length(ctx, c.Extra, c.ExtraUnit)
	}
	return Length(ctx, c.Limit+c.Extra, c.Unit)
}

// Longer is by how much the limit of a case was lengthened.
func Longer(ctx context.Context, m cases.Matter) string {
	unit := m.Extension.Unit
	if unit == "" {
		unit = m.Terms.ExtendsIn()
	}
	return Length(ctx, m.Extension.Days, unit)
}

// Pill is the light in the head of a case, "" when there is no clock.
func Pill(ctx context.Context, v *cases.View) (ui.Lamp, string) {
	if v.Light.Colour == cases.LightNone || v.Light.Clock == "" {
		return "", ""
	}
	return Lamp(v.Light.Colour), Left(ctx, v.Light, true)
}

// When writes the day of an instant.
func When(ctx context.Context, at, now time.Time) string {
	if at.IsZero() {
		return ""
	}
	return Date(ctx, calendar.DateOf(at), now)
}
