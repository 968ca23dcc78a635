package cases

import (
	"testing"
	"time"

	"onedoor.app/engine/calendar"
	"pgregory.net/rapid"
)

// anyCalendar is the official one with a notice for 2027 that nobody would issue:
// any weekdays off, any weekend days worked.
func anyCalendar(t *rapid.T) *calendar.Calendar {
	y := calendar.Year{Year: 2027}
	taken := map[calendar.Date]bool{}
	first := calendar.NewDate(2027, time.January, 1)
	for range rapid.IntRange(0, 12).Draw(t, "breaks") {
		d := first + calendar.Date(rapid.IntRange(0, 364).Draw(t, "day"))
		if taken[d] {
			continue
		}
		taken[d] = true
		_, m, n := d.Date()
		b := calendar.Break{Name: "x", From: int(m)*100 + n, To: int(m)*100 + n}
		w := first + calendar.Date(rapid.IntRange(0, 364).Draw(t, "worked"))
		if k := w.Weekday(); (k == time.Saturday || k == time.Sunday) && !taken[w] {
			taken[w] = true
			_, m, n := w.Date()
			b.Work = []int{int(m)*100 + n}
		}
		y.Breaks = append(y.Breaks, b)
	}
	cal, err := calendar.Official().With(y)
	if err != nil {
		t.Fatal(err)
	}
	return cal
}

// dueByHand counts a limit as a clerk would with a calendar on the wall: day by
// day, leaving out the days after the beginning of a stop up to its end.
func dueByHand(cal *calendar.Calendar, m Matter, c Clock) calendar.Date {
	given := func(d calendar.Date) bool {
		for _, s := range m.Stops {
			if s.From < d && d <= s.To {
				return true
			}
		}
		return false
	}
	resumed := c.From
	for _, s := range m.Stops {
		resumed = max(resumed, s.To)
	}
	left, unit := c.Limit, c.Unit
	d := c.From
	if c.Unit == UnitMonth { // the corresponding day, then the days of stops
		left = int(cal.AddMonths(c.From, c.Limit) - c.From)
	}
	for range 2 { // the limit, then the extension
		for left > 0 {
			d++
			if counts := unit != UnitWorkday || cal.IsWorkday(d); counts && !given(d) {
				left--
			}
		}
		left, unit = c.Extra, m.Terms.ExtendsIn()
	}
	d = max(d, resumed)
	for !cal.IsWorkday(d) { // also a day of resuming with no day left (民法典 203)
		d++
	}
	return d
}

// timed is a case in review with a limit of any unit, stopped and lengthened at
// random, at most until its last day.
func timed(t *rapid.T, l *Law, unit Unit) Matter {
	terms := NewTerms(KindLicence, false)
	terms.Unit, terms.Limit, terms.Extension = unit, rapid.IntRange(1, 30).Draw(t, "limit"), 10
	if rapid.Bool().Draw(t, "own statute") {
		terms.ExtensionUnit = unit
		if unit == UnitMonth {
			terms.ExtensionUnit = UnitDay
		}
	}
	if unit == UnitMonth {
		terms.Limit = rapid.IntRange(1, 6).Draw(t, "months")
	}
	at := calendar.NewDate(2026, time.October, 1+rapid.IntRange(0, 200).Draw(t, "start")).Start().Add(10 * time.Hour)
	m := must(t, l, NewMatter(terms), ActReceive, Input{Role: RoleReceiver}, at)
	m = must(t, l, m, ActAccept, Input{Role: RoleReceiver}, at)
	m = must(t, l, m, ActBeginReview, Input{Role: RoleReviewer}, at)
	extended := false
	for range rapid.IntRange(0, 4).Draw(t, "acts") {
		c := m.clock(ClockStatutory)
		day := calendar.DateOf(at)
		if m.State == StateReviewing && day >= c.Due {
			return m
		}
		room := 6
		if m.State == StateReviewing {
			room = min(room, int(c.Due-day))
		}
		at = at.AddDate(0, 0, rapid.IntRange(0, room).Draw(t, "days"))
		switch {
		case m.State == StateSpecial:
			m = must(t, l, m, ActEndSpecial, Input{Role: RoleReviewer, Kind: StopTesting, Result: "x"}, at)
		case !extended && rapid.Bool().Draw(t, "extend"):
			extended = true
			in := Input{Role: RoleDecider, Days: rapid.IntRange(1, 10).Draw(t, "more"), Reason: "x", Approver: RankAgencyHead}
			m = must(t, l, m, ActExtend, in, at)
		default:
			m = must(t, l, m, ActStartSpecial, Input{Role: RoleReviewer, Kind: StopTesting, Planned: 60, Notice: "x"}, at)
		}
	}
	if m.State == StateSpecial {
		m = must(t, l, m, ActEndSpecial, Input{Role: RoleReviewer, Kind: StopTesting, Result: "x"}, at.AddDate(0, 0, 1))
	}
	return m
}

func must(t *rapid.T, l *Law, m Matter, act Act, in Input, at time.Time) Matter {
	after, _, refusal := l.Apply(m, act, in, at)
	if refusal != nil {
		t.Fatalf("%s: %v %s", act, refusal, refusal.Field)
	}
	return after
}

func TestDueDatesEqualCountingByHand(t *testing.T) {
	t.Parallel()
	for _, unit := range []Unit{UnitWorkday, UnitDay, UnitMonth} {
		t.Run(string(unit), func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				l := &Law{Cal: anyCalendar(t)}
				m := timed(t, l, unit)
				c, _ := m.Clock(ClockStatutory)
				if want := dueByHand(l.Cal, m, c); c.Due != want {
					t.Fatalf("due %s, by hand %s: %+v, stops %+v", c.Due, want, c, m.Stops)
				}
				if c.Yellow > c.Due || c.Yellow == c.Due && c.Due > c.From {
					t.Fatalf("yellow from %s, due %s", c.Yellow, c.Due)
				}
			})
		})
	}
}

// Hours are counted minute by minute while the window is open.
func TestHoursEqualCountingByHand(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		l := &Law{Cal: anyCalendar(t)}
		terms := NewTerms(KindLicence, false)
		terms.Promised, terms.PromisedUnit = rapid.IntRange(1, 40).Draw(t, "hours"), UnitHour
		at := calendar.NewDate(2026, time.December, 1).Start().Add(time.Duration(rapid.IntRange(0, 60*24*60).Draw(t, "minute")) * time.Minute)
		m := must(t, l, NewMatter(terms), ActReceive, Input{Role: RoleReceiver}, at)
		m = must(t, l, m, ActAccept, Input{Role: RoleReceiver}, at)
		c, _ := m.Clock(ClockPromised)
		left, by := time.Duration(terms.Promised)*time.Hour, at
		for left > 0 {
			hhmm := by.In(calendar.Zone).Format("15:04")
			if l.Cal.IsWorkday(calendar.DateOf(by)) && (hhmm >= "09:00" && hhmm < "12:00" || hhmm >= "13:30" && hhmm < "17:00") {
				left -= time.Minute
			}
			by = by.Add(time.Minute)
		}
		if !c.DueAt.Equal(by) {
			t.Fatalf("%d hours from %s: due %s, by hand %s", terms.Promised, at.In(calendar.Zone), c.DueAt.In(calendar.Zone), by.In(calendar.Zone))
		}
	})
}

// A special procedure gives back what it took: on resuming as many days are left
// as on stopping.
func TestAStopKeepsTheDaysLeft(t *testing.T) {
	t.Parallel()
	for _, unit := range []Unit{UnitWorkday, UnitDay} {
		t.Run(string(unit), func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				l := &Law{Cal: anyCalendar(t)}
				terms := NewTerms(KindLicence, false)
				terms.Unit, terms.Limit = unit, rapid.IntRange(1, 30).Draw(t, "limit")
				at := calendar.NewDate(2026, time.November, 1+rapid.IntRange(0, 200).Draw(t, "start")).Start().Add(10 * time.Hour)
				m := must(t, l, NewMatter(terms), ActReceive, Input{Role: RoleReceiver}, at)
				m = must(t, l, m, ActAccept, Input{Role: RoleReceiver}, at)
				left := func(d calendar.Date) int { // the limit less the days that have counted
					n := 0
					for _, x := range m.Explain(l.Cal, ClockStatutory, d.Start()) {
						if x.Date <= d {
							n = max(n, x.Number)
						}
					}
					return terms.Limit - n
				}
				c := *m.clock(ClockStatutory)
				from := c.From + calendar.Date(rapid.IntRange(0, int(c.Due-c.From)).Draw(t, "after"))
				before := left(from)
				m = must(t, l, m, ActStartSpecial, Input{Role: RoleReviewer, Kind: StopTesting, Planned: 90, Notice: "x"}, from.Start().Add(11*time.Hour))
				to := from + calendar.Date(rapid.IntRange(0, 40).Draw(t, "stopped"))
				m = must(t, l, m, ActEndSpecial, Input{Role: RoleReviewer, Kind: StopTesting, Result: "x"}, to.Start().Add(12*time.Hour))
				if after := left(to); after != before {
					t.Fatalf("%d days left on stopping %s, %d on resuming %s", before, from, after, to)
				}
			})
		})
	}
}
