package catalog

import (
	"sync"
	"time"

	"onedoor.app/engine/calendar"
)

func (l Limit) ok() bool {
	switch l.Unit {
	case Workday, Day, Month, Hour, Minute:
		return l.Value > 0
	}
	return l.Unit == "" && l.Value == 0
}

// workdays is a rough length for figures: five working days to seven days, twenty to a month, and no limit is longer than
// any. Whether one limit may end after another is for exceeds to say.
func (l Limit) workdays() int {
	switch {
	case l.Value == 0:
		return 1 << 20
	case l.Unit == Day:
		return max(1, l.Value*5/7)
	case l.Unit == Month:
		return l.Value * 20
	case l.Unit == Hour:
		return max(1, l.Value/hoursOfDay)
	case l.Unit == Minute:
		return max(1, l.Value/hoursOfDay/60)
	}
	return l.Value
}

// hoursOfDay is how long windows are open.
const hoursOfDay = 8

// minutes is the length of a limit that counts the time in which windows are open; false for those that count all days.
func (l Limit) minutes() (int, bool) {
	switch l.Unit {
	case Minute:
		return l.Value, true
	case Hour:
		return l.Value * 60, true
	case Workday:
		return l.Value * hoursOfDay * 60, true
	}
	return 0, false
}

// plainWeeks is a calendar without holidays.
var plainWeeks = sync.OnceValue(func() *calendar.Calendar {
	cal, err := calendar.New("weeks")
	if err != nil {
		panic(err) // there is no holiday in it to be wrong
	}
	return cal
})

// exceeds reports whether a limit ends after another. What counts alike compares by its number; working days and days
// compare in weeks without holidays, on every day of four years: twenty working days are twenty-eight days and no more.
// In the weeks of Spring Festival they may be more, where the clock of the statute, which runs beside the promise, goes
// first. No limit ends after every other.
func (l Limit) exceeds(o Limit) bool {
	switch {
	case o.Value == 0:
		return false
	case l.Value == 0:
		return true
	case l.Unit == o.Unit:
		return l.Value > o.Value
	}
	if a, working := l.minutes(); working {
		if b, also := o.minutes(); also {
			return a > b
		}
	}
	weeks := plainWeeks()
	for d := calendar.NewDate(2024, time.January, 1); d < calendar.NewDate(2028, time.January, 1); d++ {
		if l.end(weeks, d) > o.end(weeks, d) {
			return true
		}
	}
	return false
}

// end is the last day of a limit that begins after a day (民法典 201, 203).
func (l Limit) end(cal *calendar.Calendar, from calendar.Date) calendar.Date {
	if minutes, working := l.minutes(); working {
		const day = hoursOfDay * 60
		return cal.AddWorkdays(from, (minutes+day-1)/day)
	}
	end := from + calendar.Date(l.Value)
	if l.Unit == Month {
		end = cal.AddMonths(from, l.Value)
	}
	if !cal.IsWorkday(end) {
		end = cal.NextWorkday(end)
	}
	return end
}

// The limits of 行政许可法 42 where no statute says otherwise.
const (
	licenceDays      = 20 // ¶1
	jointLicenceDays = 45 // ¶2
)

// lawfulLimit is the limit that the promise must keep within: the statute's own, else for a licence that of 行政许可法 42.
// None where the law sets none.
func (it *Item) lawfulLimit() Limit {
	switch {
	case it.StatutoryLimit.Value > 0 || it.Type != TypeLicence:
		return it.StatutoryLimit
	case it.Modes.Joint:
		return Limit{Value: jointLicenceDays, Unit: Workday}
	}
	return Limit{Value: licenceDays, Unit: Workday}
}
