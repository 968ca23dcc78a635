package cases

import (
	"slices"
	"time"

	"onedoor.app/engine/calendar"
)

// Colour is what a light shows.
type Colour string

// The colours.
const (
	LightNone    Colour = "none" // no such clock, or it has ended
	LightBlue    Colour = "blue"
	LightYellow  Colour = "yellow" // a fifth of the limit is left, or what the item says
	LightRed     Colour = "red"    // past due
	LightStopped Colour = "stopped"
)

// Light is the state of one clock at a glance.
type Light struct {
	Clock       ClockName     `json:"clock"`
	Colour      Colour        `json:"colour"`
	Left        int           `json:"left"` // days after today until the due date; negative: days past it
	Unit        Unit          `json:"unit"` // of Left: workday or day
	Due         calendar.Date `json:"due,omitzero"`
	DueAt       time.Time     `json:"due_at,omitzero"`
	Provisional bool          `json:"provisional,omitempty"` // 暂定
}

// Main is the clock that matters most now: the promise, else the law's limit, before acceptance the notice, and after
// the decision what is still owed. It is "" if none runs.
func (m Matter) Main() ClockName {
	for _, name := range []ClockName{
		ClockPromised, ClockStatutory, ClockFirstReview, ClockNotice, ClockCorrection, ClockDelivery, ClockService,
	} {
		if c, ok := m.Clock(name); ok && c.Ended.IsZero() {
			return name
		}
	}
	return ""
}

// Light tells how the clock stands at the instant now.
func (m Matter) Light(cal *calendar.Calendar, name ClockName, now time.Time) Light {
	c, ok := m.Clock(name)
	light := Light{Clock: name, Colour: LightNone, Unit: UnitWorkday}
	if !ok || !c.Ended.IsZero() {
		return light
	}
	if c.Stopped {
		light.Colour = LightStopped
		return light
	}
	today := calendar.DateOf(now)
	light.Due, light.DueAt, light.Provisional = c.Due, c.DueAt, c.Tentative()
	light.Left = cal.Workdays(today, c.Due)
	if c.Unit == UnitDay || c.Unit == UnitMonth || c.Unit == UnitDate {
		light.Unit, light.Left = UnitDay, int(c.Due-today)
	}
	switch {
	case c.Passed(now):
		light.Colour = LightRed
	case today >= c.Yellow:
		light.Colour = LightYellow
	default:
		light.Colour = LightBlue
	}
	return light
}

// DayRole says what a day does to a clock.
type DayRole string

// The roles of a day.
const (
	DayStart   DayRole = "start"   // does not count (民法典 201)
	DayCounted DayRole = "counted" // the n-th day
	DayRest    DayRole = "rest"    // weekend or holiday, not counted in working days
	DayStopped DayRole = "stopped" // given back for a special procedure
	DayRolled  DayRole = "rolled"  // the last day was a rest day: moved forward (民法典 203)
	DayOverdue DayRole = "overdue" // past the last day of a duty that was not done yet (超期)
)

// ClockDay is one day of the answer to "why this date?".
type ClockDay struct {
	calendar.Day
	Role   DayRole     `json:"role"`
	Number int         `json:"number,omitempty"` // of a counted or overdue day, from 1
	Over   int         `json:"over,omitempty"`   // of an overdue day: how many days past the last one, from 1
	Stop   StopKind    `json:"stop,omitempty"`
	Notice string      `json:"notice,omitempty"` // the paper that opened the stop
	Due    []ClockName `json:"due,omitempty"`    // clocks whose last day this is
	Today  bool        `json:"today,omitempty"`
}

// Explain tells day by day how the clock came to its due date, from the start to the later of its own and the
// statutory due date, or to today while it is stopped. What was not done in time goes on to today or to the day on which
// it was done, and those days are overdue. It returns nothing for an unknown clock.
func (m Matter) Explain(cal *calendar.Calendar, name ClockName, now time.Time) []ClockDay {
	c, ok := m.Clock(name)
	if !ok {
		return nil
	}
	today, end := calendar.DateOf(now), c.Due
	if s, ok := m.Clock(ClockStatutory); ok && name == ClockPromised && !s.Stopped {
		end = max(end, s.Due)
	}
	if c.Stopped {
		end = max(end, today)
	}
	late := c.lateUntil(now)
	end = max(end, late)
	law := &Law{Cal: cal}
	first := law.days(c)
	spans, standing := law.stopped(&m, c)
	need, n, over := c.Limit+c.Extra, 0, 0
	var days []ClockDay
	for d := c.From; d <= end; d++ {
		unit := c.Unit
		if c.Mixed() && n >= first {
			unit = c.ExtraUnit
		}
		day := ClockDay{Day: cal.Day(d), Role: DayCounted, Today: d == today}
		stop := m.stopOn(d)
		given := slices.ContainsFunc(spans, func(s span) bool { return s.From < d && d <= s.To }) ||
			standing && stop != nil && stop.Open()
		switch {
		case d == c.From:
			day.Role = DayStart
		case given && stop != nil && (day.Work || unit != UnitWorkday):
			day.Role, day.Stop, day.Notice = DayStopped, stop.Kind, stop.Notice
		case !day.Work && (unit == UnitWorkday || c.Name == ClockPromised && c.Unit.Momentary()):
			day.Role = DayRest
		case c.Due < d && d <= late:
			n, over = n+1, over+1
			day.Role, day.Number, day.Over = DayOverdue, n, over
		case unit == UnitDay && n >= need:
			day.Role = DayRolled
		default:
			n++
			day.Number = n
		}
		for _, x := range m.Clocks {
			if x.Due == d && !x.Stopped && (x.Name == name || x.Name == ClockStatutory || x.Name == ClockPromised) {
				day.Due = append(day.Due, x.Name)
			}
		}
		days = append(days, day)
	}
	return days
}

// lateUntil is the last day on which a duty was overdue: today while it is still to be done, else the day on which it was
// done; 0 for what is or was in time.
func (c Clock) lateUntil(now time.Time) calendar.Date {
	if !c.Ended.IsZero() {
		if now = c.Ended; !c.Late {
			return 0 // as the law sees it: what it deems done when the last day ends was not late
		}
	}
	if !c.Name.duty() || !c.Passed(now) {
		return 0
	}
	return calendar.DateOf(now)
}

// stopOn returns the special procedure that covers the day.
func (m Matter) stopOn(d calendar.Date) *Stop {
	for i := range m.Stops {
		if s := &m.Stops[i]; s.From < d && (s.Open() || d <= s.To) {
			return s
		}
	}
	return nil
}
