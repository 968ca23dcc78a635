package office_test

import (
	"testing"
	"time"

	"onedoor.app/domain/office"
	"onedoor.app/engine/calendar"
	"onedoor.app/infra/db"
	"onedoor.app/infra/db/dbtest"
)

func instant(t *testing.T, text string) time.Time {
	t.Helper()
	got, err := time.ParseInLocation("2006-01-02 15:04", text, calendar.Zone)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestTheHallIsOpenByTheOfficialCalendar(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := city(t, d)
		var h office.Hall
		read(t, s, func(tx *db.Tx) (err error) { h, err = s.Hall(tx); return err })
		if h.Name != "云川市政务服务中心" || len(h.Windows) != 10 || h.Windows[0].Staff != id(t, s, "YC1005") {
			t.Errorf("hall = %+v", h)
		}
		for at, want := range map[string]bool{
			"2026-03-02 09:00": true, // Monday
			"2026-03-02 08:59": false,
			"2026-03-02 11:59": true,
			"2026-03-02 12:00": false,
			"2026-03-02 16:59": true,
			"2026-03-02 17:00": false,
			"2026-03-07 10:00": true, // Saturday morning
			"2026-03-07 14:00": false,
			"2026-03-08 10:00": false, // Sunday
			"2026-10-02 10:00": false, // National Day, a Friday
			"2026-10-03 10:00": false, // and its Saturday
			"2026-10-10 14:00": true,  // a Saturday worked in exchange: weekday hours
		} {
			if got := h.Hours.Open(calendar.Official(), instant(t, at)); got != want {
				t.Errorf("open at %s = %v, want %v", at, got, want)
			}
			then := at
			if got := h.Hours.Open(calendar.Official(), instant(t, then).UTC()); got != want {
				t.Errorf("open at %s told in UTC = %v, want %v", at, got, want)
			}
		}
		for from, want := range map[string]string{
			"2026-03-02 10:30": "2026-03-02 10:30",
			"2026-03-02 12:30": "2026-03-02 13:00",
			"2026-03-02 17:00": "2026-03-03 09:00",
			"2026-03-07 12:00": "2026-03-09 09:00",
			"2026-09-30 18:00": "2026-10-08 09:00",
		} {
			if got := h.Hours.Next(calendar.Official(), instant(t, from)); !got.Equal(instant(t, want)) {
				t.Errorf("after %s opens %v, want %s", from, got, want)
			}
		}
		if got := (office.Hours{}).Next(calendar.Official(), instant(t, "2026-03-02 10:00")); !got.IsZero() {
			t.Errorf("a hall without hours opens %v", got)
		}
	})
}

func FuzzSpan(f *testing.F) {
	for _, seed := range []string{"09:00-12:00", "13:00-24:00", "24:00-24:01", "09:60-10:00", "12:00-09:00", "", "0900-1200", "ab:cd-ef:gh"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var s office.Span
		if err := s.UnmarshalText([]byte(text)); err != nil {
			return
		}
		if s.String() != text || s.From >= s.To || s.From < 0 || s.To > 24*60 {
			t.Errorf("%q was read as %v", text, s)
		}
	})
}
