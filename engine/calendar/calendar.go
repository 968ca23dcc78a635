// Package calendar knows which days are working days in China and counts days, working days and months.
//
// A working day is a Monday to Friday that is no holiday, or a weekend day that a notice of the State Council declares
// worked. A year without a notice is provisional: weekdays are taken as working days, without holidays.
//
// Counting follows the Civil Code (民法典 201-203): the day of the start does not count, the last day does, until its
// 24:00. A Calendar is immutable and safe for concurrent use; counting reads two arrays and never walks days.
//
// The notices compiled in are the ground that never changes: what was counted by them must be counted the same for
// ever. A notice that comes later, or corrects one, makes another Calendar with another version, see With.
package calendar

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"
)

// The arrays cover these years; beyond them every answer is still right, but found by walking from day to day.
const (
	firstYear = 1990
	lastYear  = 2100
)

// Year is what the notices say about one calendar year.
type Year struct {
	Year    int
	Notices []string // where the notices were published
	Breaks  []Break
}

// Break is one holiday of a year: its days off, and the weekend days worked in exchange. Days are month*100+day.
type Break struct {
	Name     string
	From, To int
	Work     []int
}

// DayKind says why a day is worked or not.
type DayKind string

// The four kinds of day.
const (
	Workday DayKind = "workday"
	Weekend DayKind = "weekend"
	Holiday DayKind = "holiday"
	Makeup  DayKind = "makeup" // a weekend day worked in exchange for a holiday
)

// Day describes one day for people to read.
type Day struct {
	Date        Date    `json:"date"`
	Work        bool    `json:"work"`
	Kind        DayKind `json:"kind"`
	Name        string  `json:"name,omitempty"` // of the holiday, also on its make-up days
	Provisional bool    `json:"provisional,omitempty"`
}

// Calendar answers questions about working days. Its zero value is not usable: take Official or New.
type Calendar struct {
	version string
	years   map[int]Year // with a notice
	special map[Date]Day // days that differ from the plain week
	first   Date         // of the arrays
	upTo    []int32      // upTo[i]: working days from first to first+i, both included
	nth     []Date       // the working days in order
}

// Official returns the calendar of the State Council's notices known to this program. It is built once.
var Official = sync.OnceValue(func() *Calendar {
	c, err := New("", notices...)
	if err != nil {
		panic(err) // the table is part of the program
	}
	return c
})

// New builds a calendar. An empty version is replaced by a name made of the years and a hash of their content.
// It refuses days that do not exist, a holiday that is also a make-up day, and make-up days that are no weekend days.
func New(version string, years ...Year) (*Calendar, error) {
	c := &Calendar{years: map[int]Year{}, special: map[Date]Day{}, first: NewDate(firstYear, time.January, 1)}
	for _, y := range years {
		if _, twice := c.years[y.Year]; twice {
			return nil, fmt.Errorf("calendar: year %d given twice", y.Year)
		}
		c.years[y.Year] = y
		for _, b := range y.Breaks {
			if err := c.add(y.Year, b); err != nil {
				return nil, fmt.Errorf("calendar: %d %s: %w", y.Year, b.Name, err)
			}
		}
	}
	c.version = cmp.Or(version, c.name())
	c.count()
	return c, nil
}

func (c *Calendar) add(year int, b Break) error {
	from, err := dayOf(year, b.From)
	if err != nil {
		return err
	}
	to, err := dayOf(year, b.To)
	if err != nil {
		return err
	}
	if to < from {
		return fmt.Errorf("ends before it begins")
	}
	for d := from; d <= to; d++ {
		if c.special[d].Kind == Makeup {
			return fmt.Errorf("%s is both holiday and make-up day", d)
		}
		c.special[d] = Day{Date: d, Kind: Holiday, Name: b.Name}
	}
	for _, w := range b.Work {
		d, err := dayOf(year, w)
		if err != nil {
			return err
		}
		if !weekend(d) {
			return fmt.Errorf("make-up day %s is no weekend day", d)
		}
		if c.special[d].Kind == Holiday {
			return fmt.Errorf("%s is both holiday and make-up day", d)
		}
		c.special[d] = Day{Date: d, Work: true, Kind: Makeup, Name: b.Name}
	}
	return nil
}

func (c *Calendar) name() string {
	days := make([]Day, 0, len(c.special))
	for _, d := range c.special {
		days = append(days, d)
	}
	slices.SortFunc(days, func(a, b Day) int { return cmp.Compare(a.Date, b.Date) })
	years := c.Years()
	h := sha256.New()
	fmt.Fprintln(h, years)
	for _, d := range days {
		fmt.Fprintln(h, d.Date, d.Kind, d.Name)
	}
	span := "none"
	if len(years) > 0 {
		span = fmt.Sprintf("%d-%d", years[0], years[len(years)-1])
	}
	return "cn-" + span + "-" + hex.EncodeToString(h.Sum(nil)[:8])
}

func (c *Calendar) count() {
	last := NewDate(lastYear, time.December, 31)
	c.upTo = make([]int32, 0, last-c.first+1)
	for d := c.first; d <= last; d++ {
		if c.work(d) {
			c.nth = append(c.nth, d)
		}
		c.upTo = append(c.upTo, int32(len(c.nth)))
	}
}

// Version names the notices this calendar was built from; it changes with every day that changes.
func (c *Calendar) Version() string { return c.version }

// IsWorkday reports whether d is a working day.
func (c *Calendar) IsWorkday(d Date) bool { return c.work(d) }

func (c *Calendar) work(d Date) bool {
	if s, ok := c.special[d]; ok {
		return s.Work
	}
	return !weekend(d)
}

// AddWorkdays returns the n-th working day after d, d itself not counted; for negative n the working day as many
// before d; for 0 it returns d.
func (c *Calendar) AddWorkdays(d Date, n int) Date {
	switch {
	case n == 0:
		return d
	case !c.covers(d) || !c.covers(d-1):
		return c.walk(d, n)
	}
	k := int(c.rank(d)) + n - 1
	if n < 0 {
		k = int(c.rank(d-1)) + n
	}
	if k < 0 || k >= len(c.nth) {
		return c.walk(d, n)
	}
	return c.nth[k]
}

// Workdays returns how many working days lie in (from, to]; it is negative if to is before from.
func (c *Calendar) Workdays(from, to Date) int {
	if c.covers(from) && c.covers(to) {
		return int(c.rank(to)) - int(c.rank(from))
	}
	if to < from {
		return -c.Workdays(to, from)
	}
	n := 0
	for d := from + 1; d <= to; d++ {
		if c.work(d) {
			n++
		}
	}
	return n
}

// NextWorkday returns d if it is a working day, else the first one after it.
func (c *Calendar) NextWorkday(d Date) Date {
	if c.work(d) {
		return d
	}
	return c.AddWorkdays(d, 1)
}

// AddDays returns the day n days after d, rest days counted like others.
func (c *Calendar) AddDays(d Date, n int) Date { return d + Date(n) }

// AddMonths returns the corresponding day n months after d, or the end of that month if it has no such day
// (民法典 202).
func (c *Calendar) AddMonths(d Date, n int) Date {
	y, m, day := d.Date()
	last := NewDate(y, m+time.Month(n)+1, 0)
	return min(NewDate(y, m+time.Month(n), 1)+Date(day-1), last)
}

// Provisional reports whether the year of d has no notice yet, so that its holidays are unknown.
func (c *Calendar) Provisional(d Date) bool {
	y, _, _ := d.Date()
	_, known := c.years[y]
	return !known
}

// Years lists the years with a notice, oldest first.
func (c *Calendar) Years() []int { return slices.Sorted(maps.Keys(c.years)) }

// Year is what the notices say about a year; ok is false without a notice.
func (c *Calendar) Year(year int) (y Year, ok bool) {
	y, ok = c.years[year]
	return y, ok
}

// With returns the calendar in which y stands instead of what was known about its year. c stays as it is.
func (c *Calendar) With(y Year) (*Calendar, error) {
	years := maps.Clone(c.years)
	years[y.Year] = y
	return New("", slices.Collect(maps.Values(years))...)
}

// Day describes the day d.
func (c *Calendar) Day(d Date) Day {
	day, ok := c.special[d]
	switch {
	case ok:
	case weekend(d):
		day = Day{Date: d, Kind: Weekend}
	default:
		day = Day{Date: d, Work: true, Kind: Workday}
	}
	day.Provisional = c.Provisional(d)
	return day
}

// Span describes every day from from to to, both included.
func (c *Calendar) Span(from, to Date) []Day {
	var days []Day
	for d := from; d <= to; d++ {
		days = append(days, c.Day(d))
	}
	return days
}

func (c *Calendar) covers(d Date) bool { return d >= c.first && int(d-c.first) < len(c.upTo) }

func (c *Calendar) rank(d Date) int32 { return c.upTo[d-c.first] }

func (c *Calendar) walk(d Date, n int) Date {
	step := Date(1)
	if n < 0 {
		step, n = -1, -n
	}
	for n > 0 {
		d += step
		if c.work(d) {
			n--
		}
	}
	return d
}

func weekend(d Date) bool {
	w := d.Weekday()
	return w == time.Saturday || w == time.Sunday
}

func dayOf(year, md int) (Date, error) {
	return ParseDate(fmt.Sprintf("%04d-%02d-%02d", year, md/100, md%100))
}
