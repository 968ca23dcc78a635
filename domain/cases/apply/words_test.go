package apply

import (
	"testing"
	"time"

	"onedoor.app/engine/calendar"
	"onedoor.app/infra/i18n"
)

// TestADraftOfAnotherDayIsToldWithItsDay: an hour alone is one of today.
func TestADraftOfAnotherDayIsToldWithItsDay(t *testing.T) {
	now := time.Date(2026, 3, 2, 8, 41, 0, 0, calendar.Zone)
	ctx := i18n.With(t.Context(), &i18n.Bundle{}, i18n.English)
	for _, x := range []struct {
		at   time.Time
		want string
	}{{now, "08:41"}, {now.Add(-time.Hour), "07:41"}, {now.AddDate(0, 0, -1), "1 March 08:41"}, {now.AddDate(0, 0, -1).Add(12 * time.Hour), "1 March 20:41"}} {
		if got := savedWords(ctx, x.at, now); got != x.want {
			t.Errorf("%s: %q, want %q", x.at, got, x.want)
		}
	}
}
