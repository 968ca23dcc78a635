package catalog

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"onedoor.app/engine/calendar"
	"onedoor.app/engine/once"
	"onedoor.app/engine/search"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/db/dbtest"
	"onedoor.app/infra/fault"
)

var measured = []dbtest.Schema{{Module: "search", Files: search.Schema}, {Module: "once", Files: once.Schema}, {Module: "catalog", Files: Schema}}

func TestPercent(t *testing.T) {
	t.Parallel()
	for want, r := range map[string]Rate{
		"": {0, 0}, "0.0": {0, 7}, "100.0": {7, 7}, "33.3": {1, 3}, "66.7": {2, 3}, "50.1": {1001, 2000}, "0.1": {1, 2000}, "-33.3": {-1, 3}, "-50.0": {-1, 2},
	} {
		if got := r.Percent(); got != want {
			t.Errorf("%d of %d: %q, want %q", r.N, r.Of, got, want)
		}
	}
}

// A planned day moves the day of publishing, and never beyond the next version.
func TestDaysOfAVersion(t *testing.T) {
	t.Parallel()
	at := calendar.NewDate(2025, 3, 10).Start().Add(9 * time.Hour)
	for name, c := range map[string]struct {
		from, until, next string
		since, to         string
	}{
		"plain":             {next: lastDay, since: "2025-03-10", to: lastDay},
		"followed":          {next: "2025-05-01", since: "2025-03-10", to: "2025-05-01"},
		"planned":           {from: "2025-04-01", next: lastDay, since: "2025-04-01", to: lastDay},
		"planned long ago":  {from: "2024-04-01", next: lastDay, since: "2025-03-10", to: lastDay},
		"planned to end":    {until: "2025-06-30", next: lastDay, since: "2025-03-10", to: "2025-07-01"},
		"ends after next":   {until: "2025-06-30", next: "2025-05-01", since: "2025-03-10", to: "2025-05-01"},
		"days that are not": {from: "soon", until: "later", next: lastDay, since: "2025-03-10", to: lastDay},
	} {
		it := &Item{Record: Record{From: c.from, Until: c.until}}
		if m := it.measured(at, c.next); m.Since != c.since || m.Until != c.to {
			t.Errorf("%s: %s to %s", name, m.Since, m.Until)
		}
	}
}

// history publishes, reforms and corrects at random, as years pass.
type history struct {
	t   *testing.T
	s   *Service
	now time.Time
	rnd *rand.Rand
}

var system = auth.Actor{Kind: auth.System}

func (h *history) step() {
	h.now = h.now.Add(time.Duration(h.rnd.IntN(20*24)) * time.Hour)
	code := fmt.Sprintf("item-%d", h.rnd.IntN(6))
	var err error
	switch h.rnd.IntN(8) {
	case 0:
		_, err = h.s.EnterReform(h.t.Context(), system, "", h.entry(code))
	case 1:
		err = h.correct()
	case 2:
		err = h.s.Suspend(h.t.Context(), suspender, code, "清理")
	case 3:
		err = h.s.Restore(h.t.Context(), suspender, code)
	default:
		err = h.publish(code)
	}
	if err != nil && !fault.Is(err, fault.Unknown) { // it is not published yet
		h.t.Fatal(err)
	}
}

// suspender may take any item from the list.
var suspender = auth.Actor{ID: 6, Kind: auth.Staff, Staff: 6, Rights: []string{Review}}

func (h *history) entry(code string) Reform {
	r := Reform{Kind: ReformAdjusted, Item: code, Name: code, From: "A", Document: "文", Effective: h.day(-400).String()}
	if h.rnd.IntN(3) > 0 {
		v := h.rnd.IntN(30)
		r.Before.Materials = &v
	}
	if h.rnd.IntN(3) > 0 {
		v := h.rnd.IntN(12)
		r.Before.Steps = &v
	}
	return r
}

// day is one around today.
func (h *history) day(from int) calendar.Date {
	return calendar.DateOf(h.now) + calendar.Date(from+h.rnd.IntN(300))
}

func (h *history) correct() error {
	var list []Reform
	if err := h.s.DB.Read(h.t.Context(), func(tx *db.Tx) (err error) {
		list, _, err = h.s.Reforms(tx, ReformFilter{}, "", 100)
		return err
	}); err != nil || len(list) == 0 {
		return err
	}
	was := list[h.rnd.IntN(len(list))]
	next := h.entry(fmt.Sprintf("item-%d", h.rnd.IntN(6)))
	next.Reason, next.Void = "登记有误", h.rnd.IntN(3) == 0
	_, err := h.s.CorrectReform(h.t.Context(), system, "", was.ID, next)
	return err
}

func (h *history) publish(code string) error {
	r := h.rnd
	it := &Item{
		Code: code, Name: "事项", Type: TypeLicence, Unit: "A-1", Body: []string{"A", "B"}[r.IntN(2)], ProjectType: []string{"1", "2"}[r.IntN(2)],
		PromisedLimit: Limit{Value: 1 + r.IntN(10), Unit: []string{Workday, Day, Hour}[r.IntN(3)]}, Visits: r.IntN(3), Bare: r.IntN(5) == 0,
		Offer: Offer{Online: r.IntN(2) == 0}, OnlineDepth: []string{"", "4", "7"}[r.IntN(3)],
	}
	if r.IntN(3) > 0 {
		it.StatutoryLimit = Limit{Value: 1 + r.IntN(60), Unit: []string{Workday, Day, Month}[r.IntN(3)]}
	}
	for i := range r.IntN(9) {
		it.Materials = append(it.Materials, Material{ID: fmt.Sprint(i)})
	}
	for i := range 1 + r.IntN(6) {
		it.Steps = append(it.Steps, Step{ID: fmt.Sprint(i)})
	}
	if r.IntN(6) == 0 {
		it.From = h.day(-50).String()
	}
	if r.IntN(6) == 0 {
		it.Until = h.day(0).String()
	}
	return h.s.DB.Write(h.t.Context(), func(tx *db.Tx) error {
		before, err := listStanding(tx, []string{code}, "")
		if err != nil {
			return err
		}
		hash, err := it.hash()
		if err != nil {
			return err
		}
		return h.s.publish(tx, system, originPage, it, hash, before[code], nil)
	})
}

// recomputed works the sums of a day out from the versions themselves, unit by unit.
func recomputed(versions []published, entries []Reform, off []offTime, day string) map[string]Sums {
	out := map[string]Sums{}
	latest, first := map[string]published{}, map[string]*Item{}
	for _, v := range versions { // oldest first
		if first[v.it.Code] == nil {
			first[v.it.Code] = v.it
		}
		if v.day <= day {
			latest[v.it.Code] = v
		}
	}
	for code, v := range latest {
		it := v.it
		if it.From > day || it.Until != "" && it.Until < day || slices.ContainsFunc(off, func(o offTime) bool { return o.code == code && o.at(day) }) {
			continue
		}
		s := out[it.Body]
		s.Items++
		if it.Bare {
			s.Bare++
			out[it.Body] = s
			continue
		}
		if it.StatutoryLimit.Value > 0 {
			s.Limited++
			s.Statutory += it.StatutoryLimit.workdays()
			s.Promised += it.PromisedLimit.workdays()
		}
		materials, steps := len(first[code].Materials), len(first[code].Steps)
		if r := earliest(entries, code, func(r Reform) *int { return r.Before.Materials }); r != nil {
			materials = *r
		}
		if r := earliest(entries, code, func(r Reform) *int { return r.Before.Steps }); r != nil {
			steps = *r
		}
		s.Materials, s.MaterialsBefore = s.Materials+len(it.Materials), s.MaterialsBefore+materials
		s.Steps, s.StepsBefore = s.Steps+len(it.Steps), s.StepsBefore+steps
		for into, on := range map[*int]bool{&s.Online: it.Offer.Online, &s.Whole: it.wholeOnline(), &s.Spot: it.ProjectType == "1", &s.Once: it.Visits < 2} {
			if on {
				*into++
			}
		}
		out[it.Body] = s
	}
	return out
}

// earliest is what the first entry in effect that holds says of an item.
func earliest(entries []Reform, code string, of func(Reform) *int) *int {
	for _, r := range entries { // in the order of days
		if r.Item == code && r.Standing() && of(r) != nil {
			return of(r)
		}
	}
	return nil
}

type published struct {
	day string
	it  *Item
}

// offTime is a time that an item was off the list.
type offTime struct {
	code         string
	since, until time.Time
}

// at reports whether it was off at the last moment of a day.
func (o offTime) at(day string) bool {
	d, _ := calendar.ParseDate(day)
	night := (d + 1).Start()
	return o.since.Before(night) && (o.until.IsZero() || !o.until.Before(night))
}

func everything(t *testing.T, d *db.DB) (versions []published, entries []Reform, off []offTime) {
	t.Helper()
	err := d.Read(t.Context(), func(tx *db.Tx) (err error) {
		type row struct {
			at time.Time
			it Item
		}
		rows, err := db.All(tx, func(r *row) []any { return []any{&r.at, db.JSON(&r.it)} }, `SELECT at, body FROM catalog_version ORDER BY number, id`)
		for i := range rows {
			versions = append(versions, published{calendar.DateOf(rows[i].at).String(), &rows[i].it})
		}
		if err != nil {
			return err
		}
		if off, err = db.All(tx, func(o *offTime) []any { return []any{&o.code, &o.since, &o.until} }, `SELECT code, since, NULLIF(until, 0) FROM catalog_suspension`); err != nil {
			return err
		}
		entries, err = db.All(tx, reform, `SELECT `+reformColumns+` FROM catalog_reform ORDER BY effective, id`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return versions, entries, off
}

// What the figures of a day say is what somebody with a pencil gets from the versions and the ledger, for every day of
// a random history; also after everything has been measured anew.
func TestFiguresOfEveryDay(t *testing.T) {
	dbtest.Each(t, measured, func(t *testing.T, d *db.DB) {
		seed := rand.Uint64()
		t.Logf("seed %d", seed)
		h := &history{t: t, now: calendar.NewDate(2023, 1, 5).Start(), rnd: rand.New(rand.NewPCG(seed, 1))} //nolint:gosec // a test's dice
		h.s = &Service{DB: d.WithClock(func() time.Time { return h.now })}
		begin := calendar.DateOf(h.now)
		for range 90 {
			h.step()
		}
		check(t, h, begin)
		if err := d.Write(t.Context(), func(tx *db.Tx) error {
			if err := tx.Exec(`DELETE FROM catalog_sum WHERE 1 = 1`); err != nil {
				return err
			}
			if err := tx.Exec(`UPDATE catalog_suspension SET since_day = '', until_day = '' WHERE 1 = 1`); err != nil {
				return err
			}
			return tx.Exec(`DELETE FROM catalog_measure WHERE 1 = 1`)
		}); err != nil {
			t.Fatal(err)
		}
		if err := h.s.Remeasure(t.Context()); err != nil {
			t.Fatal(err)
		}
		check(t, h, begin)
	})
}

func check(t *testing.T, h *history, begin calendar.Date) {
	t.Helper()
	versions, entries, off := everything(t, h.s.DB)
	now := calendar.DateOf(h.now)
	if err := h.s.DB.Read(t.Context(), func(tx *db.Tx) error {
		for day := begin - 1; day <= now; day += 3 {
			f, err := h.s.FiguresAt(tx, day)
			if err != nil {
				return err
			}
			want := recomputed(versions, entries, off, day.String())
			var all Sums
			for _, s := range want {
				all = all.plus(s, 1)
			}
			if f.All != all || len(f.Units) != len(want) {
				t.Fatalf("%s: %+v, want %+v", day, f.All, all)
			}
			for _, u := range f.Units {
				if u.Sums != want[u.Code] {
					t.Fatalf("%s of %s: %+v, want %+v", day, u.Code, u.Sums, want[u.Code])
				}
			}
		}
		for _, scope := range []Scope{{}, {Unit: "A"}, {Unit: "Z"}} {
			series, err := h.s.Series(tx, scope, now)
			if err != nil {
				return err
			}
			checkSeries(t, series, versions, entries, off, scope.Unit, now)
		}
		_, err := h.s.FiguresAt(tx, now+1)
		if !fault.Is(err, fault.Invalid) {
			t.Errorf("tomorrow: %v", err)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

func checkSeries(t *testing.T, series []Point, versions []published, entries []Reform, off []offTime, unit string, now calendar.Date) {
	t.Helper()
	if unit == "Z" {
		if len(series) > 0 {
			t.Errorf("the series of nobody: %+v", series)
		}
		return
	}
	if len(series) < 2 || len(series) > SeriesMonths || series[len(series)-1].Month != now.String()[:7] {
		t.Fatalf("%d months, the last %+v", len(series), series)
	}
	for _, p := range series {
		first, err := calendar.ParseDate(p.Month + "-01")
		if err != nil {
			t.Fatal(err)
		}
		y, m, _ := first.Date()
		var want Sums
		for body, s := range recomputed(versions, entries, off, min(calendar.NewDate(y, m+1, 1)-1, now).String()) {
			if unit == "" || unit == body {
				want = want.plus(s, 1)
			}
		}
		if p.Sums != want {
			t.Errorf("%s of %q: %+v, want %+v", p.Month, unit, p.Sums, want)
		}
	}
}

// What was published before there were lists is on them once the program has started, and what the rules of today no longer
// put there is not.
func TestRemeasurePutsOnLists(t *testing.T) {
	dbtest.Each(t, measured, func(t *testing.T, d *db.DB) {
		h := &history{t: t, now: calendar.NewDate(2025, 1, 5).Start(), rnd: rand.New(rand.NewPCG(7, 7))} //nolint:gosec // a test's dice
		h.s = &Service{DB: d.WithClock(func() time.Time { return h.now })}
		for range 8 {
			h.step()
		}
		count := func() map[string]int {
			var c map[string]int
			if err := h.s.DB.Read(context.Background(), func(tx *db.Tx) (err error) { c, err = countLists(tx); return err }); err != nil {
				t.Fatal(err)
			}
			return c
		}
		want := count()
		if want[ListPowers] == 0 {
			t.Fatalf("nothing is listed: %v", want)
		}
		if err := d.Write(t.Context(), func(tx *db.Tx) error {
			if err := tx.Exec(`DELETE FROM catalog_facet WHERE kind = 'list'`); err != nil {
				return err
			}
			if err := tx.Exec(`INSERT INTO catalog_facet (kind, value, place, item) SELECT 'list', 'access', place, id FROM catalog_item WHERE 1 = 1`); err != nil {
				return err
			}
			return tx.Exec(`UPDATE catalog_measure SET rules = 0 WHERE 1 = 1`)
		}); err != nil {
			t.Fatal(err)
		}
		if err := h.s.Remeasure(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := count(); len(got) != len(want) || !slices.Equal(counts(got), counts(want)) {
			t.Errorf("%v, want %v", got, want)
		}
	})
}

func counts(m map[string]int) (all []string) {
	for k, v := range m {
		all = append(all, fmt.Sprint(k, v))
	}
	slices.Sort(all)
	return all
}
