package apply

import (
	"context"
	"strconv"
	"strings"
	"time"

	"onedoor.app/domain/catalog"
	"onedoor.app/engine/calendar"
	"onedoor.app/infra/i18n"
)

// dayWords is a day with its weekday: 10月16日（周五）.
func dayWords(ctx context.Context, d calendar.Date) string {
	y, m, n := d.Date()
	if i18n.Lang(ctx) == i18n.English {
		return d.Start().Format("Monday 2 January 2006")
	}
	return i18n.T(ctx, "apply.day", "year", y, "month", int(m), "day", n, "weekday", i18n.T(ctx, "apply.weekday."+strconv.Itoa(int(d.Weekday()))))
}

// shortDay is a day without its weekday: 10月16日.
func shortDay(ctx context.Context, d calendar.Date) string {
	if i18n.Lang(ctx) == i18n.English {
		return d.Start().Format("2 January")
	}
	_, m, n := d.Date()
	return i18n.T(ctx, "apply.day.short", "month", int(m), "day", n)
}

// momentWords is a moment in China: 10月14日 16:20.
func momentWords(ctx context.Context, t time.Time) string {
	return shortDay(ctx, calendar.DateOf(t)) + " " + clockWords(t)
}

// savedWords is when a draft was saved: the hour of today, the day and the hour of another day.
func savedWords(ctx context.Context, at, now time.Time) string {
	if calendar.DateOf(at) == calendar.DateOf(now) {
		return clockWords(at)
	}
	return momentWords(ctx, at)
}

func clockWords(t time.Time) string { return t.In(calendar.Zone).Format("15:04") }

// limitWords is a limit of the catalogue: 5 个工作日.
func limitWords(ctx context.Context, l catalog.Limit) string {
	switch {
	case l.OnSpot:
		return i18n.T(ctx, "apply.limit.spot")
	case l.Value == 0:
		return ""
	}
	return i18n.T(ctx, "apply.limit."+l.Unit, "n", l.Value)
}

func joined(ctx context.Context, all []string) string {
	return strings.Join(all, i18n.T(ctx, "apply.mark.comma"))
}

// worded is the words of a key, or those of another where there are none.
func worded(ctx context.Context, key, otherwise string, args ...any) string {
	if text := i18n.T(ctx, key, args...); text != key {
		return text
	}
	if otherwise == "" {
		return ""
	}
	return i18n.T(ctx, otherwise, args...)
}
