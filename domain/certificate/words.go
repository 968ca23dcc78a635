package certificate

import (
	"context"
	"fmt"
	"time"

	"onedoor.app/engine/calendar"
	"onedoor.app/infra/i18n"
)

// dayWords writes a day in the language of ctx: 2031年10月15日, 15 October 2031.
func dayWords(ctx context.Context, d calendar.Date) string {
	if i18n.Lang(ctx) == i18n.English {
		return d.Start().Format("2 January 2006")
	}
	return chineseDay(d)
}

// nearWords is dayWords without the year where that is today's.
func nearWords(ctx context.Context, d, today calendar.Date) string {
	y, m, n := d.Date()
	if this, _, _ := today.Date(); y != this {
		return dayWords(ctx, d)
	}
	if i18n.Lang(ctx) == i18n.English {
		return d.Start().Format("2 January")
	}
	return fmt.Sprintf("%d月%d日", m, n)
}

// momentWords writes a moment to the minute, the same in each language.
func momentWords(t time.Time) string { return t.In(calendar.Zone).Format("2006-01-02 15:04") }

// validWords says how long a certificate is valid.
func validWords(ctx context.Context, until calendar.Date) string {
	if until == 0 {
		return i18n.T(ctx, "certificate.valid.unlimited")
	}
	return i18n.T(ctx, "certificate.valid.until", "day", dayWords(ctx, until))
}

// statusWords names a status.
func statusWords(ctx context.Context, s Status) string {
	return i18n.T(ctx, "certificate.status."+string(s))
}
