package delivery

import (
	"context"
	"fmt"
	"strings"
	"time"

	"onedoor.app/engine/calendar"
	"onedoor.app/infra/i18n"
)

// dayWords writes a day in the language of ctx.
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

func chineseDay(d calendar.Date) string {
	y, m, n := d.Date()
	return fmt.Sprintf("%d年%d月%d日", y, m, n)
}

// momentWords writes a moment to the minute, the same in each language.
func momentWords(t time.Time) string { return t.In(calendar.Zone).Format("2006-01-02 15:04") }

// maskName hides all of a name but the first and the last character.
func maskName(name string) string {
	r := []rune(name)
	switch len(r) {
	case 0:
		return ""
	case 1, 2:
		return string(r[0]) + "*"
	}
	return string(r[0]) + strings.Repeat("*", len(r)-2) + string(r[len(r)-1])
}

// maskNumber keeps the first three and the last four characters of a number.
func maskNumber(number string) string {
	if len(number) < 11 {
		return strings.Repeat("*", len(number))
	}
	return number[:3] + strings.Repeat("*", len(number)-7) + number[len(number)-4:]
}
