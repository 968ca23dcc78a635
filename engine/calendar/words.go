package calendar

import (
	"context"
	"fmt"
	"time"

	"onedoor.app/infra/i18n"
)

// Chinese writes the day as papers do: 2026年10月16日.
func (d Date) Chinese() string {
	y, m, n := d.Date()
	return fmt.Sprintf("%d年%d月%d日", y, m, n)
}

// Words writes the day in the language of ctx: 2031年10月15日, 15 October 2031.
func (d Date) Words(ctx context.Context) string {
	if i18n.Lang(ctx) == i18n.English {
		return d.Start().Format("2 January 2006")
	}
	return d.Chinese()
}

// Near is Words without the year where that is today's.
func (d Date) Near(ctx context.Context, today Date) string {
	y, m, n := d.Date()
	if this, _, _ := today.Date(); y != this {
		return d.Words(ctx)
	}
	if i18n.Lang(ctx) == i18n.English {
		return d.Start().Format("2 January")
	}
	return fmt.Sprintf("%d月%d日", m, n)
}

// Minute writes a moment to the minute, the same in each language.
func Minute(t time.Time) string { return t.In(Zone).Format("2006-01-02 15:04") }
