package calendar

import (
	"encoding/json"
	"os"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func day(t testing.TB, s string) Date {
	t.Helper()
	d, err := ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestVectors(t *testing.T) {
	t.Parallel()
	var file struct {
		Vectors []struct {
			Start       string
			Workdays    int
			LastDay     *string `json:"last_day"`
			Provisional *string
			Note        string
		}
	}
	b, err := os.ReadFile("testdata/vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &file); err != nil {
		t.Fatal(err)
	}
	if len(file.Vectors) != 10 {
		t.Fatalf("got %d vectors, want 10", len(file.Vectors))
	}
	c := Official()
	for _, v := range file.Vectors {
		want, provisional := v.LastDay, false
		if want == nil {
			want, provisional = v.Provisional, true
		}
		got := c.AddWorkdays(day(t, v.Start), v.Workdays)
		if got.String() != *want || c.Provisional(got) != provisional {
			t.Errorf("%s: got %s (provisional %v), want %s (%v)", v.Note, got, c.Provisional(got), *want, provisional)
		}
	}
}

func TestDays(t *testing.T) {
	t.Parallel()
	c := Official()
	for _, tt := range []struct {
		date string
		want Day
	}{
		{"2026-02-14", Day{Work: true, Kind: Makeup, Name: "春节"}},
		{"2026-10-01", Day{Kind: Holiday, Name: "国庆节"}},
		{"2026-11-21", Day{Kind: Weekend}},
		{"2026-11-23", Day{Work: true, Kind: Workday}},
		{"2020-02-01", Day{Kind: Holiday, Name: "春节"}},
		{"2018-12-29", Day{Work: true, Kind: Makeup, Name: "元旦"}},
		{"2027-10-01", Day{Work: true, Kind: Workday, Provisional: true}},
	} {
		tt.want.Date = day(t, tt.date)
		if got := c.Day(tt.want.Date); got != tt.want {
			t.Errorf("%s: got %+v, want %+v", tt.date, got, tt.want)
		}
		if got := c.IsWorkday(tt.want.Date); got != tt.want.Work {
			t.Errorf("%s: IsWorkday got %v", tt.date, got)
		}
	}
	if got := len(c.Span(day(t, "2026-02-01"), day(t, "2026-02-28"))); got != 28 {
		t.Errorf("Span: got %d days, want 28", got)
	}
}

// A second count of the same notices: 116, 115 and 117 rest days in these years, make-up days taken off.
func TestWorkdaysOfTheYear(t *testing.T) {
	t.Parallel()
	c := Official()
	for year, want := range map[int]int{2023: 365 - 116, 2024: 366 - 115, 2025: 365 - 117} {
		from, to := NewDate(year-1, time.December, 31), NewDate(year, time.December, 31)
		if got := c.Workdays(from, to); got != want {
			t.Errorf("%d: got %d working days, want %d", year, got, want)
		}
	}
}

func TestAddMonths(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		from string
		n    int
		want string
	}{
		{"2026-01-30", 1, "2026-02-28"},
		{"2024-01-31", 1, "2024-02-29"},
		{"2026-03-10", 3, "2026-06-10"},
		{"2026-11-30", 3, "2027-02-28"},
		{"2026-06-30", 36, "2029-06-30"},
		{"2026-03-31", -1, "2026-02-28"},
		{"2026-12-31", 0, "2026-12-31"},
	} {
		if got := Official().AddMonths(day(t, tt.from), tt.n).String(); got != tt.want {
			t.Errorf("%s%+d months: got %s, want %s", tt.from, tt.n, got, tt.want)
		}
	}
}

func TestBackward(t *testing.T) {
	t.Parallel()
	// 行政许可法 48: seven working days before a hearing on 26 March.
	if got := Official().AddWorkdays(day(t, "2026-03-26"), -7).String(); got != "2026-03-17" {
		t.Errorf("got %s, want 2026-03-17", got)
	}
}

func TestDateOf(t *testing.T) {
	t.Parallel()
	d := day(t, "2026-02-27")
	if got := DateOf(d.Start()); got != d {
		t.Errorf("start: got %s", got)
	}
	if got := DateOf(d.Start().Add(-time.Nanosecond)); got != d-1 {
		t.Errorf("instant before: got %s", got)
	}
	if got := DateOf(time.Date(1969, 12, 31, 15, 59, 59, 0, time.UTC)); got != -1 {
		t.Errorf("before 1970: got %d, want -1", got)
	}
	if got, want := d.Start().UTC().String(), "2026-02-26 16:00:00 +0000 UTC"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestRefusedYears(t *testing.T) {
	t.Parallel()
	for name, y := range map[string]Year{
		"no such day":       {Year: 2026, Breaks: []Break{{"x", 230, 230, nil}}},
		"backwards":         {Year: 2026, Breaks: []Break{{"x", 105, 103, nil}}},
		"make-up on Monday": {Year: 2026, Breaks: []Break{{"x", 101, 103, []int{105}}}},
		"both":              {Year: 2026, Breaks: []Break{{"x", 101, 104, []int{104}}}},
		"both, later":       {Year: 2026, Breaks: []Break{{"x", 101, 101, []int{104}}, {"y", 104, 104, nil}}},
	} {
		if _, err := New("", y); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	if _, err := New("", Year{Year: 2026}, Year{Year: 2026}); err == nil {
		t.Error("the same year twice: accepted")
	}
}

func TestVersionFollowsContent(t *testing.T) {
	t.Parallel()
	a, _ := New("", Year{Year: 2027})
	b, _ := New("", Year{Year: 2027, Breaks: []Break{{"元旦", 101, 101, nil}}})
	n, _ := New("named", Year{Year: 2027})
	if a.Version() == b.Version() || a.Version() == "" || n.Version() != "named" {
		t.Errorf("got %q, %q, %q", a.Version(), b.Version(), n.Version())
	}
}

// Entries of ledgers that name no calendar were counted by this one: a notice for another year is entered as data, or
// comes as a version of its own, and never changes these.
func TestTheGroundNeverChanges(t *testing.T) {
	t.Parallel()
	if got, want := Official().Version(), "cn-2016-2026-01194559a390450d"; got != want {
		t.Errorf("the notices compiled in are now %s, not %s", got, want)
	}
}

func TestWith(t *testing.T) {
	t.Parallel()
	c := Official()
	next, err := c.With(Year{Year: 2027, Breaks: []Break{{"元旦", 101, 103, nil}}})
	if err != nil {
		t.Fatal(err)
	}
	if d := day(t, "2027-01-01"); next.IsWorkday(d) || next.Provisional(d) || !c.IsWorkday(d) || !c.Provisional(d) {
		t.Error("the notice of 2027 does not stand where it should, or changed what was there")
	}
	if y, ok := next.Year(2027); !ok || len(y.Breaks) != 1 || next.Version() == c.Version() || len(next.Years()) != len(c.Years())+1 {
		t.Errorf("got %v %v %s", y, ok, next.Version())
	}
	official, _ := c.Year(2026)
	again, err := next.With(official)
	if err != nil || again.Version() != next.Version() {
		t.Errorf("the same days make another version: %s, %s, %v", again.Version(), next.Version(), err)
	}
	if _, err := c.With(Year{Year: 2027, Breaks: []Break{{"x", 230, 230, nil}}}); err == nil {
		t.Error("a day that does not exist was accepted")
	}
}

func TestArraysEqualCountingDayByDay(t *testing.T) {
	t.Parallel()
	c := Official()
	lo, hi := int(NewDate(1989, time.June, 1)), int(NewDate(2101, time.June, 1))
	rapid.Check(t, func(t *rapid.T) {
		d := Date(rapid.IntRange(lo, hi).Draw(t, "day"))
		n := rapid.IntRange(-60, 60).Draw(t, "n")
		if got, want := c.AddWorkdays(d, n), c.walk(d, n); got != want {
			t.Fatalf("AddWorkdays(%s, %d): got %s, want %s", d, n, got, want)
		}
		to := d + Date(rapid.IntRange(-400, 400).Draw(t, "span"))
		want := 0
		for x := min(d, to) + 1; x <= max(d, to); x++ {
			if c.Day(x).Work {
				want++
			}
		}
		if to < d {
			want = -want
		}
		if got := c.Workdays(d, to); got != want {
			t.Fatalf("Workdays(%s, %s): got %d, want %d", d, to, got, want)
		}
		if next := c.NextWorkday(d); next < d || !c.IsWorkday(next) || c.Workdays(d, next) > 1 {
			t.Fatalf("NextWorkday(%s): got %s", d, next)
		}
	})
}

func TestDateRoundTrips(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := Date(rapid.IntRange(-700_000, 2_900_000).Draw(t, "day"))
		b, err := json.Marshal(d)
		if err != nil {
			t.Fatal(err)
		}
		var fromJSON, fromText, fromBytes Date
		if err := json.Unmarshal(b, &fromJSON); err != nil {
			t.Fatal(err)
		}
		v, _ := d.Value()
		if err := fromText.Scan(v); err != nil {
			t.Fatal(err)
		}
		if err := fromBytes.Scan([]byte(d.String())); err != nil {
			t.Fatal(err)
		}
		if fromJSON != d || fromText != d || fromBytes != d || NewDate(d.Date()) != d || DateOf(d.Start()) != d {
			t.Fatalf("%s came back as %s, %s, %s", d, fromJSON, fromText, fromBytes)
		}
	})
	var d Date
	if err := d.Scan(nil); err == nil {
		t.Error("NULL was read as a date")
	}
}

func FuzzParseDate(f *testing.F) {
	f.Add("2026-02-29")
	f.Add("2026-2-9")
	f.Fuzz(func(t *testing.T, s string) {
		if d, err := ParseDate(s); err == nil && d.String() != s {
			t.Errorf("%q was read as %s", s, d)
		}
	})
}

func BenchmarkAddWorkdays(b *testing.B) {
	c, d := Official(), NewDate(2026, time.September, 18)
	for b.Loop() {
		c.AddWorkdays(d, 20)
	}
}
