package office_test

import (
	"testing"

	"onedoor.app/infra/db"
	"onedoor.app/infra/db/dbtest"
)

// TestDaysPastStayWhenAPostIsLost keeps who stood in until yesterday when the holder is relieved, and
// takes back what had not begun.
func TestDaysPastStayWhenAPostIsLost(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		first := at(t, opened(t, d), "2026-03-02")
		clerk, ctx := "SPJ-ZH.clerk", t.Context()
		holder, deputy := person(t, first, "YC1005", "SPJ"), person(t, first, "YC1006", "SPJ")
		for _, err := range []error{
			first.Appoint(ctx, keeper, "", clerk, holder),
			set(first, ctx, clerk, holder, deputy, "2026-03-02", "2026-03-03"),
			set(first, ctx, clerk, holder, deputy, "2026-03-05", "2026-03-13"),
			set(first, ctx, clerk, holder, deputy, "2026-03-20", ""),
		} {
			if err != nil {
				t.Fatal(err)
			}
		}
		later := at(t, first, "2026-03-09")
		if err := later.Relieve(ctx, keeper, "", clerk, holder); err != nil {
			t.Fatal(err)
		}
		for day, want := range map[string]bool{"2026-03-03": true, "2026-03-04": false, "2026-03-08": true, "2026-03-09": false, "2026-03-21": false} {
			if _, got := actor(t, at(t, first, day), "YC1006").Holds(clerk); got != want {
				t.Errorf("%s: stands in = %v, want %v", day, got, want)
			}
		}
		// Appointed again and relieved again, nothing comes back and nothing is lost.
		for _, err := range []error{later.Appoint(ctx, keeper, "", clerk, holder), later.Leave(ctx, keeper, "", holder)} {
			if err != nil {
				t.Fatal(err)
			}
		}
		read(t, later, func(tx *db.Tx) error {
			if got, err := later.Arrangements(tx, clerk, holder); err != nil || len(got) != 0 {
				t.Errorf("still to come: %v (%v)", got, err)
			}
			return later.Check(tx, func(string, int) {})
		})
		if n := count(t, later, `SELECT COUNT(*) FROM office_deputy`); n != 2 {
			t.Errorf("%d arrangements are kept, want 2", n)
		}
	})
}
