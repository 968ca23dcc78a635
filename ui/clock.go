package ui

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// DayKind is what one day is to a time limit.
type DayKind string

const (
	DayStart    DayKind = "mark"  // the day of receipt or acceptance; not counted
	DayCounted  DayKind = "count" // a working day that counts
	DayMakeup   DayKind = "work"  // a Saturday or Sunday that is worked for a holiday; counts
	DayRest     DayKind = "off"   // weekend or holiday
	DayStopped  DayKind = "stop"  // the clock stands still
	DayAhead    DayKind = "ahead" // a working day to come
	DayPromised DayKind = "due"   // the promised day
	DayLegal    DayKind = "law"   // the last day that the law allows
	DayOverdue  DayKind = "over"  // past the last day, and not done
)

// Day is one cell of a clock.
type Day struct {
	Date  string // "2026-10-16"
	Kind  DayKind
	Word  string // 第 5 天, 国庆, 受理; may be empty for days ahead
	Today bool
}

// ClockDays is a time limit shown day by day, from acceptance to the last day that the law allows.
type ClockDays struct {
	Sum    string // 承诺 6 个工作日，今天是
	Strong string // 第 5 天
	Aside  string // 另有 2 天停表：自备水源水质检测
	Days   []Day
	Narrow bool // always a calendar, as in a side pane; otherwise a strip where there is room
	Legend bool
}

// longStrip is the most days that fit beside each other and still read.
const longStrip = 26

func (c ClockDays) class() string {
	switch {
	case c.Narrow:
		return "days"
	case len(c.Days) > longStrip:
		return "days days--pair"
	default:
		return "days days--strip"
	}
}

// pair is the same weekday in the left or the right of two weeks side by side, and only the first cell of
// a row needs it: cells follow each other.
func (c ClockDays) dayClass(i int, d Day) string {
	class := "day day--" + string(d.Kind)
	if date, err := time.Parse(time.DateOnly, d.Date); err == nil {
		class += " day--" + strings.ToLower(date.Weekday().String()[:3])
		if c.week(i)%2 == 1 {
			class += " day--right"
		}
	}
	if d.Today {
		class += " day--today"
	}
	return class
}

// week counts the weeks, from Monday, since the first day shown.
func (c ClockDays) week(i int) int {
	first, err1 := time.Parse(time.DateOnly, c.Days[0].Date)
	date, err2 := time.Parse(time.DateOnly, c.Days[i].Date)
	if err1 != nil || err2 != nil {
		return 0
	}
	offset := (int(first.Weekday()) + 6) % 7
	return (int(date.Sub(first).Hours()/24) + offset) / 7
}

// top is the line above the number: the month where it begins, the weekday elsewhere.
func (c ClockDays) top(ctx context.Context, i int) string {
	date, err := time.Parse(time.DateOnly, c.Days[i].Date)
	if err != nil {
		return ""
	}
	if i == 0 || date.Day() == 1 {
		return monthWord(ctx, date)
	}
	return weekdayWord(ctx, date.Weekday())
}

func (d Day) number() string {
	date, err := time.Parse(time.DateOnly, d.Date)
	if err != nil {
		return d.Date
	}
	return fmt.Sprint(date.Day())
}

// spoken is the whole date, for screen readers.
func (d Day) spoken(ctx context.Context) string {
	date, err := time.Parse(time.DateOnly, d.Date)
	if err != nil {
		return d.Date
	}
	day := date.Format("January 2") + ", "
	if !page(ctx).english() {
		day = fmt.Sprintf("%d月%d日 ", date.Month(), date.Day())
	}
	day += weekdayWord(ctx, date.Weekday()) + " "
	if d.Today {
		day = say(ctx, "ui.today") + " " + day
	}
	return day
}

func monthWord(ctx context.Context, date time.Time) string {
	if page(ctx).english() {
		return date.Format("Jan")
	}
	return fmt.Sprintf("%d月", date.Month())
}

var weekdayKeys = [7]string{"ui.day.sun", "ui.day.mon", "ui.day.tue", "ui.day.wed", "ui.day.thu", "ui.day.fri", "ui.day.sat"}

func weekdayWord(ctx context.Context, day time.Weekday) string { return say(ctx, weekdayKeys[day]) }

var weekHeads = [7]string{"ui.week.mon", "ui.week.tue", "ui.week.wed", "ui.week.thu", "ui.week.fri", "ui.week.sat", "ui.week.sun"}

// legend lists the kinds of day that occur, in a fixed order.
func (c ClockDays) legend() (kinds []DayKind) {
	for _, kind := range []DayKind{DayCounted, DayMakeup, DayRest, DayStopped, DayAhead, DayPromised, DayLegal, DayOverdue} {
		for _, d := range c.Days {
			if d.Kind == kind {
				kinds = append(kinds, kind)
				break
			}
		}
	}
	return kinds
}

func (k DayKind) word(ctx context.Context) string {
	switch k {
	case DayCounted:
		return say(ctx, "ui.clock.counted")
	case DayMakeup:
		return say(ctx, "ui.clock.makeup")
	case DayRest:
		return say(ctx, "ui.clock.rest")
	case DayStopped:
		return say(ctx, "ui.clock.stopped")
	case DayAhead:
		return say(ctx, "ui.clock.ahead")
	case DayPromised:
		return say(ctx, "ui.clock.promised")
	case DayLegal:
		return say(ctx, "ui.clock.legal")
	case DayOverdue:
		return say(ctx, "ui.clock.over")
	default:
		return ""
	}
}

// Meter is the gauge of a case's head: how much of a limit is used up.
type Meter struct {
	Head     string  // 承诺 6 天，第 5 天
	HeadSide string  // 法定 10 天
	Foot     string  // 10月16日到期
	FootSide string  // 停过 2 天
	Percent  float64 // 0 to 100; more is drawn as full
	Lamp     Lamp
}

func (m Meter) width() string { return percent(min(max(m.Percent, 0), 100)) }

// percent writes a share with two digits at most.
func percent(value float64) string {
	text := strings.TrimRight(strings.TrimRight(fmt.Sprintf("%.2f", value), "0"), ".")
	return text + "%"
}
