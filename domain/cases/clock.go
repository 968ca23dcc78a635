package cases

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"onedoor.app/engine/calendar"
)

// ClockName names a clock; those of special procedures and debts carry their kind or material after a colon.
type ClockName string

// The clocks.
const (
	ClockNotice         ClockName = "notice"          // to ask for corrections (32(4))
	ClockCorrection     ClockName = "correction"      // for the applicant to correct
	ClockStatutory      ClockName = "statutory"       // to decide (42)
	ClockPromised       ClockName = "promised"        // 承诺办结时限
	ClockFirstReview    ClockName = "first_review"    // of the lower agency (43)
	ClockHearingRequest ClockName = "hearing_request" // to ask for a hearing (47)
	ClockHearingHold    ClockName = "hearing_hold"    // to hold it (47)
	ClockInspectAssign  ClockName = "inspect_assign"  // to appoint two inspectors (55¶2)
	ClockDelivery       ClockName = "delivery"        // to hand over the certificate (44)
	ClockService        ClockName = "service"         // to serve a refusal
	ClockPublicity      ClockName = "publicity"       // to publish a grant (40)
	ClockRenewApply     ClockName = "renew_apply"     // last day to apply for renewal (50¶1)
	ClockRenewal        ClockName = "renewal"         // to decide on it (50¶2)
	ClockPostCheck      ClockName = "post_check"      // after a grant on a pledge
	ClockSimValid       ClockName = "sim_valid"       // of a rehearsal's opinion
	ClockBan            ClockName = "ban"             // on applying again (78, 79)
)

// SpecialClock is the clock of one special procedure.
func SpecialClock(k StopKind) ClockName { return "special:" + ClockName(k) }

// DebtClock is the clock of one promised material.
func DebtClock(material string) ClockName { return "debt:" + ClockName(material) }

// Clock is one limit in time. An ended clock keeps its last due date.
type Clock struct {
	Name        ClockName     `json:"name"`
	From        calendar.Date `json:"from"`  // the day of the start, which does not count (民法典 201)
	Start       time.Time     `json:"start"` // the instant, for limits in hours
	Begun       Act           `json:"begun"` // why it started
	Limit       int           `json:"limit,omitempty"`
	Unit        Unit          `json:"unit"`
	Extra       int           `json:"extra,omitempty"`      // by which it was lengthened
	ExtraUnit   Unit          `json:"extra_unit,omitempty"` // of Extra; "": Unit
	Due         calendar.Date `json:"due"`                  // last day, until its 24:00; while stopped: as if resumed at once
	DueAt       time.Time     `json:"due_at,omitzero"`      // for limits in hours
	Yellow      calendar.Date `json:"yellow"`               // first day of the yellow light
	Ended       time.Time     `json:"ended,omitzero"`
	EndedBy     Act           `json:"ended_by,omitempty"`
	Stopped     bool          `json:"stopped,omitempty"`
	Late        bool          `json:"late,omitempty"`        // its last day passed, or it ended after it
	Provisional bool          `json:"provisional,omitempty"` // due in a year whose holidays are unknown (暂定)
	Withheld    bool          `json:"withheld,omitempty"`    // its timer waits for the calendar of that year
}

// Running reports whether the clock is open and not stopped.
func (c Clock) Running() bool { return c.Ended.IsZero() && !c.Stopped }

// Passed reports whether the last moment of the clock lies before now. A stopped clock does not pass.
func (c Clock) Passed(now time.Time) bool { return !c.Stopped && !now.Before(c.over()) }

// over is the first instant after the limit.
func (c Clock) over() time.Time {
	if !c.DueAt.IsZero() {
		return c.DueAt.Add(time.Millisecond)
	}
	return (c.Due + 1).Start().UTC()
}

// Mixed reports whether the clock was lengthened in another unit than the one that its limit counts.
func (c Clock) Mixed() bool { return c.Extra > 0 && c.ExtraUnit != "" && c.ExtraUnit != c.Unit }

// family is the name before the colon.
func (n ClockName) family() ClockName {
	f, _, _ := strings.Cut(string(n), ":")
	return ClockName(f)
}

// duty reports whether the agency, or a promise to it, is late when the clock passes.
func (n ClockName) duty() bool {
	switch n.family() {
	case ClockCorrection, ClockHearingRequest, ClockRenewApply, ClockSimValid, ClockBan:
		return false
	default:
		return true
	}
}

// stoppable reports whether special procedures stop the clock. Art. 45 speaks of "本节" only, so renewal (50) runs on.
func (n ClockName) stoppable() bool {
	return n == ClockStatutory || n == ClockPromised || n == ClockFirstReview
}

// Clock returns the clock of that name, ended or not.
func (m Matter) Clock(name ClockName) (Clock, bool) {
	i := slices.IndexFunc(m.Clocks, func(c Clock) bool { return c.Name == name })
	if i < 0 {
		return Clock{}, false
	}
	return m.Clocks[i], true
}

func (m *Matter) clock(name ClockName) *Clock {
	for i := range m.Clocks {
		if m.Clocks[i].Name == name {
			return &m.Clocks[i]
		}
	}
	return nil
}

// running returns the clock if it has not ended.
func (m *Matter) running(name ClockName) *Clock {
	if c := m.clock(name); c != nil && c.Ended.IsZero() {
		return c
	}
	return nil
}

// span is the days after From up to and including To.
type span struct {
	From, To       calendar.Date
	Opened, Closed time.Time
}

// stopped returns the time that stops give back to a clock, overlaps joined, and whether a stop is still open. A stop
// begun after the clock's due date never cures it. An open stop counts up to the day of its beginning.
func (l *Law) stopped(m *Matter, c Clock) (spans []span, open bool) {
	if !c.Name.stoppable() {
		return nil, false
	}
	for _, s := range m.Stops {
		end, closed := s.To, s.Closed
		if s.Open() {
			end, closed = s.From, s.Opened
		} else if end <= c.From {
			continue
		}
		from, opened := max(s.From, c.From), s.Opened
		switch n := len(spans) - 1; {
		case open || n >= 0 && from <= spans[n].To:
			if end > spans[n].To || closed.After(spans[n].Closed) {
				spans[n].To, spans[n].Closed = end, closed
			}
		default:
			if due, at := l.dueWith(m, c, spans); from > due || !at.IsZero() && opened.After(at) {
				continue
			}
			spans = append(spans, span{from, max(from, end), opened, closed})
		}
		open = open || s.Open()
	}
	return spans, open
}

// dueWith returns the last day of a clock to which the given stops are added, and for hours and minutes also the instant.
func (l *Law) dueWith(m *Matter, c Clock, spans []span) (calendar.Date, time.Time) {
	if c.Unit.Momentary() {
		at, long := c.Start, time.Duration(c.Limit)*c.Unit.span()
		if c.Name == ClockPromised {
			at = l.addBusiness(m.Terms.Hours, c.Start, long, spans)
		} else {
			at = at.Add(long)
			for _, s := range spans {
				at = at.Add(s.Closed.Sub(s.Opened))
			}
		}
		at = l.lengthenMoment(c, at)
		return calendar.DateOf(at), at
	}
	if c.Mixed() {
		return l.lengthenDays(c, spans), time.Time{}
	}
	back, resumed := 0, c.From
	for _, s := range spans {
		if c.Unit == UnitWorkday {
			back += l.Cal.Workdays(s.From, s.To)
		} else {
			back += int(s.To - s.From)
		}
		resumed = s.To
	}
	var due calendar.Date
	switch c.Unit {
	case UnitDate:
		return c.Due, time.Time{}
	case UnitMonth: // days of extension and of stops are natural days
		due = l.Cal.AddMonths(c.From, c.Limit) + calendar.Date(c.Extra+back)
	case UnitDay:
		due = c.From + calendar.Date(c.Limit+c.Extra+back)
	default:
		due = l.Cal.AddWorkdays(c.From, c.Limit+c.Extra+back)
		if due == c.From || due >= resumed {
			return max(due, resumed), time.Time{}
		}
	}
	return l.Cal.NextWorkday(max(due, resumed)), time.Time{}
}

// lengthenMoment adds the extension to the end of a limit that runs to the moment: days end at the same time of day.
func (l *Law) lengthenMoment(c Clock, at time.Time) time.Time {
	day := calendar.DateOf(at)
	switch {
	case c.ExtraUnit.Momentary():
		return at.Add(time.Duration(c.Extra) * c.ExtraUnit.span())
	case c.Extra > 0 && c.ExtraUnit == UnitWorkday:
		return at.AddDate(0, 0, int(l.Cal.AddWorkdays(day, c.Extra)-day))
	case c.Extra > 0 && c.ExtraUnit != "":
		return at.AddDate(0, 0, int(l.Cal.NextWorkday(day+calendar.Date(c.Extra))-day))
	default:
		return at
	}
}

// lengthenDays is the last day of a mixed clock: first the days of the limit are counted, then those of the extension,
// each in its own unit, and none of a stop.
func (l *Law) lengthenDays(c Clock, spans []span) calendar.Date {
	d, resumed := c.From, c.From
	if len(spans) > 0 {
		resumed = spans[len(spans)-1].To
	}
	count := func(n int, unit Unit) {
		for n > 0 {
			d++
			given := slices.ContainsFunc(spans, func(s span) bool { return s.From < d && d <= s.To })
			if !given && (unit != UnitWorkday || l.Cal.IsWorkday(d)) {
				n--
			}
		}
	}
	count(l.days(c), c.Unit)
	if !c.ExtraUnit.Momentary() { // hours of another clock lengthen no days
		count(c.Extra, c.ExtraUnit)
	}
	return l.Cal.NextWorkday(max(d, resumed))
}

// days is how many days the limit of a clock has without its extension; those of months are natural ones.
func (l *Law) days(c Clock) int {
	if c.Unit == UnitMonth {
		return int(l.Cal.AddMonths(c.From, c.Limit) - c.From)
	}
	return c.Limit
}

// recount sets the due date, the yellow day and the marks of every open clock.
func (l *Law) recount(m *Matter) {
	for i := range m.Clocks {
		c := &m.Clocks[i]
		if !c.Ended.IsZero() {
			continue
		}
		spans, open := l.stopped(m, *c)
		c.Due, c.DueAt = l.dueWith(m, *c, spans)
		c.Stopped = open
	}
	// A promise is never later than the law (营商 36).
	if p, s := m.running(ClockPromised), m.running(ClockStatutory); p != nil && s != nil && !s.Stopped {
		p.Due = min(p.Due, s.Due)
		if end := (s.Due + 1).Start().UTC(); p.DueAt.After(end) {
			p.DueAt = end
		}
		if !s.DueAt.IsZero() && p.DueAt.After(s.DueAt) {
			p.DueAt = s.DueAt
		}
	}
	for i := range m.Clocks {
		c := &m.Clocks[i]
		if !c.Ended.IsZero() {
			continue
		}
		c.Yellow = l.yellowFrom(m.Terms, *c)
		c.Provisional = l.Cal.Provisional(c.Due)
		c.Withheld = c.Withheld && c.Tentative()
	}
}

// Tentative reports whether the due date may move once the calendar of its year is known: a fixed day never does.
func (c Clock) Tentative() bool { return c.Provisional && c.Unit != UnitDate }

// Moved is what a change of the calendar did to an open clock.
type Moved struct {
	Clock   ClockName     `json:"clock"`
	Was     calendar.Date `json:"was"`
	Is      calendar.Date `json:"is"`
	Certain bool          `json:"certain,omitempty"` // its due date was provisional and is no longer
}

// Recount computes every open clock anew after the calendar has changed, and tells which of them it changed. A duty
// that was late only by the old calendar is late no longer. Clocks that have ended keep their dates, and what followed
// from them stands.
func (l *Law) Recount(m Matter) (Matter, []Moved) {
	after := m.clone()
	l.recount(&after)
	var moved []Moved
	for i := range after.Clocks {
		b, c := m.Clocks[i], &after.Clocks[i]
		if c.Late && c.Ended.IsZero() && c.Due > b.Due {
			c.Late = false
			after.unmark(flagOverdue + Flag(c.Name))
		}
		if !c.same(b) {
			moved = append(moved, Moved{Clock: c.Name, Was: b.Due, Is: c.Due, Certain: b.Provisional && !c.Provisional})
		}
	}
	if after.Has(FlagWithheld) && !slices.ContainsFunc(after.Clocks, func(c Clock) bool { return c.Withheld }) {
		after.unmark(FlagWithheld)
		after.unmark(FlagIncident)
	}
	return after, moved
}

// same reports whether the calendar made no difference to a clock.
func (c Clock) same(b Clock) bool {
	return c.Due == b.Due && c.DueAt.Equal(b.DueAt) && c.Yellow == b.Yellow && c.Stopped == b.Stopped &&
		c.Provisional == b.Provisional && c.Withheld == b.Withheld && c.Late == b.Late
}

// counting reports whether a clock is open.
func (m Matter) counting() bool {
	return slices.ContainsFunc(m.Clocks, func(c Clock) bool { return c.Ended.IsZero() })
}

func (l *Law) yellowFrom(t Terms, c Clock) calendar.Date {
	n := max(1, (c.Limit+4)/5)
	if c.Name == ClockStatutory || c.Name == ClockPromised {
		if t.Yellow > 0 {
			n = t.Yellow
		}
	}
	switch c.Unit {
	case UnitWorkday:
		return max(c.From, l.Cal.AddWorkdays(c.Due, -n))
	case UnitHour, UnitMinute:
		return c.Due
	case UnitMonth:
		n = max(1, int(c.Due-c.From+4)/5)
	}
	return max(c.From, c.Due-calendar.Date(n))
}

// defaultHours are the usual opening hours of a service centre.
var defaultHours = [][2]string{{"09:00", "12:00"}, {"13:30", "17:00"}}

// addBusiness counts d of business time from start, leaving out the given stops.
func (l *Law) addBusiness(hours [][2]string, start time.Time, d time.Duration, spans []span) time.Time {
	if len(hours) == 0 {
		hours = defaultHours
	}
	for _, s := range spans {
		l.eachOpening(hours, s.Opened, func(from, to time.Time) bool {
			if to.After(s.Closed) {
				to = s.Closed
			}
			d += max(0, to.Sub(from))
			return to.Before(s.Closed)
		})
	}
	end := start
	l.eachOpening(hours, start, func(from, to time.Time) bool {
		if open := to.Sub(from); open < d {
			d -= open
			return true
		}
		end = from.Add(d)
		return false
	})
	return end.UTC()
}

// eachOpening calls do with every opening of the window after start, in order, until do returns false.
func (l *Law) eachOpening(hours [][2]string, start time.Time, do func(from, to time.Time) bool) {
	const horizon = 3 * 366 // days; no promise in hours reaches so far
	first := calendar.DateOf(start)
	for day := first; day < first+horizon; day++ {
		if !l.Cal.IsWorkday(day) {
			continue
		}
		for _, h := range hours {
			from, to := timeOn(day, h[0]), timeOn(day, h[1])
			if from.Before(start) {
				from = start
			}
			if from.Before(to) && !do(from, to) {
				return
			}
		}
	}
}

func timeOn(day calendar.Date, hhmm string) time.Time {
	var h, m int
	if _, err := fmt.Sscanf(hhmm, "%d:%d", &h, &m); err != nil {
		return day.Start()
	}
	return day.Start().Add(time.Duration(h)*time.Hour + time.Duration(m)*time.Minute)
}
