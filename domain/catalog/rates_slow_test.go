package catalog

import (
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"onedoor.app/engine/calendar"
	"onedoor.app/infra/db"
	"onedoor.app/infra/db/dbtest"
)

// slowSums adds the figures of a day up from every version there ever was, by unit.
func slowSums(tx *db.Tx, day string) ([]UnitSums, error) {
	return db.All(tx, func(u *UnitSums) []any { return summed([]any{&u.Code}, &u.Sums) },
		`SELECT body_unit, `+slowColumns+` FROM catalog_measure m WHERE since_day <= $1 AND until_day > $1
			AND NOT EXISTS (SELECT 1 FROM catalog_suspension x WHERE x.code = m.code AND x.since_day <= $1 AND x.until_day > $1)
			GROUP BY body_unit ORDER BY COUNT(*) DESC, body_unit`, day)
}

const slowColumns = `COUNT(*), SUM(CASE WHEN bare THEN 1 ELSE 0 END), SUM(CASE WHEN NOT bare AND statutory > 0 THEN 1 ELSE 0 END),
	SUM(CASE WHEN bare THEN 0 ELSE statutory END), SUM(CASE WHEN bare OR statutory = 0 THEN 0 ELSE promised END),
	SUM(CASE WHEN bare THEN 0 ELSE materials END), SUM(CASE WHEN bare THEN 0 ELSE materials_before END),
	SUM(CASE WHEN bare THEN 0 ELSE steps END), SUM(CASE WHEN bare THEN 0 ELSE steps_before END),
	SUM(CASE WHEN NOT bare AND online THEN 1 ELSE 0 END), SUM(CASE WHEN NOT bare AND whole THEN 1 ELSE 0 END),
	SUM(CASE WHEN NOT bare AND spot THEN 1 ELSE 0 END), SUM(CASE WHEN NOT bare AND once THEN 1 ELSE 0 END)`

// slowSeries is the series of a unit from every version, by the last day of each month.
func slowSeries(tx *db.Tx, unit string, day calendar.Date) (all []Point, err error) {
	for back := SeriesMonths - 1; back >= 0; back-- {
		month := monthsBefore(day, back)
		first, err := calendar.ParseDate(month + "-01")
		if err != nil {
			return nil, err
		}
		y, m, _ := first.Date()
		list, err := slowSums(tx, min(calendar.NewDate(y, m+1, 1)-1, day).String())
		if err != nil {
			return nil, err
		}
		var sum Sums
		for _, u := range list {
			if unit == "" || unit == u.Code {
				sum = sum.plus(u.Sums, 1)
			}
		}
		if sum.Items > 0 || len(all) > 0 {
			all = append(all, Point{month, sum})
		}
	}
	return all, nil
}

// sameAsSlow compares what is kept by day with what the versions say, for every day of a history.
func sameAsSlow(t *testing.T, h *history, begin calendar.Date) {
	t.Helper()
	now := calendar.DateOf(h.now)
	if err := h.s.DB.Read(t.Context(), func(tx *db.Tx) error {
		for day := begin - 1; day <= now; day++ {
			want, err := slowSums(tx, day.String())
			if err != nil {
				return err
			}
			got, err := listSums(tx, day.String())
			if err != nil || len(got) != len(want) {
				t.Fatalf("%s: %d units, want %d, %v", day, len(got), len(want), err)
			}
			for i := range got {
				if got[i] != want[i] {
					t.Fatalf("%s: %+v, want %+v", day, got[i], want[i])
				}
			}
		}
		for _, unit := range []string{"", "A", "B", "Z"} {
			for day := now; day >= begin; day -= 40 {
				want, err := slowSeries(tx, unit, day)
				if err != nil {
					return err
				}
				got, err := h.s.Series(tx, Scope{Unit: unit}, day)
				if err != nil || len(got) != len(want) {
					t.Fatalf("%q up to %s: %d months, want %d, %v", unit, day, len(got), len(want), err)
				}
				for i := range got {
					if got[i] != want[i] {
						t.Fatalf("%q in %s: %+v, want %+v", unit, got[i].Month, got[i], want[i])
					}
				}
			}
		}
		return sumsWhole(tx)
	}); err != nil {
		t.Fatal(err)
	}
}

// What is kept by day says of every day and month what the versions say, over any history; also when a database from before
// it was kept is brought up to date.
func TestSumsOfEveryDay(t *testing.T) {
	dbtest.Each(t, measured, func(t *testing.T, d *db.DB) {
		seed := rand.Uint64()
		t.Logf("seed %d", seed)
		h := &history{t: t, now: calendar.NewDate(2023, 1, 5).Start(), rnd: rand.New(rand.NewPCG(seed, 2))} //nolint:gosec // a test's dice
		h.s = &Service{DB: d.WithClock(func() time.Time { return h.now })}
		begin := calendar.DateOf(h.now)
		for range 120 {
			h.step()
		}
		sameAsSlow(t, h, begin)
		text, err := Schema.ReadFile("schema/0011_proof.sql")
		if err != nil {
			t.Fatal(err)
		}
		_, fill, _ := strings.Cut(string(text), "VALUES (1, 0);")
		if err := d.Write(t.Context(), func(tx *db.Tx) error {
			if err := tx.Exec(`DELETE FROM catalog_sum WHERE 1 = 1`); err != nil {
				return err
			}
			if err := tx.Exec(`UPDATE catalog_suspension SET since_day = '', until_day = '' WHERE 1 = 1`); err != nil {
				return err
			}
			return tx.Exec(strings.TrimSuffix(strings.TrimSpace(fill), ";"))
		}); err != nil {
			t.Fatal(err)
		}
		if err := h.s.Remeasure(t.Context()); err != nil {
			t.Fatal(err)
		}
		sameAsSlow(t, h, begin)
	})
}

// Sums stay exact while many publish and reform at once.
func TestSumsWhileManyWrite(t *testing.T) {
	dbtest.Each(t, measured, func(t *testing.T, d *db.DB) {
		now := calendar.NewDate(2024, 1, 5).Start()
		s := &Service{DB: d.WithClock(func() time.Time { return now })}
		var wg sync.WaitGroup
		for n := range 6 {
			wg.Go(func() {
				h := &history{t: t, s: s, now: now, rnd: rand.New(rand.NewPCG(uint64(n), 3))} //nolint:gosec // a test's dice
				for range 12 {
					if n%2 == 0 {
						if err := h.publish("item-" + string(rune('a'+n))); err != nil {
							t.Error(err)
						}
						continue
					}
					r := h.entry("item-" + string(rune('a'+n-1)))
					if _, err := s.EnterReform(t.Context(), system, "", r); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		if err := d.Read(t.Context(), sumsWhole); err != nil {
			t.Error(err)
		}
	})
}
