package ui

import (
	"slices"
	"strconv"
	"strings"
	"testing"
)

func TestRefusedActCannotSubmit(t *testing.T) {
	t.Parallel()
	html := render(t, Button(Act{Text: "受理", Href: "/accept", Action: "/elsewhere", Why: "还有 2 份要补正", WhyID: "w"}))
	for _, want := range []string{`type="button"`, `aria-disabled="true"`, `aria-describedby="w"`} {
		if !strings.Contains(html, want) {
			t.Errorf("%s lacks %s", html, want)
		}
	}
	for _, bad := range []string{"<a ", "formaction", "/accept"} {
		if strings.Contains(html, bad) {
			t.Errorf("%s should not have %q", html, bad)
		}
	}
}

func TestFieldTiesErrorAndHintToItsControl(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		in   Input
		want []string
	}{
		{Input{Name: "area", Hint: "h", Error: "e", Kind: "number"}, []string{`aria-describedby="area-h area-e"`, `aria-invalid="true"`, `inputmode="decimal"`, `type="text"`, `for="area"`}},
		{Input{Name: "a", ID: "b", Value: "2", Kind: "select", Options: []Option{{Value: "1"}, {Value: "2"}}}, []string{`for="b"`, `id="b"`, `name="a"`, `value="2" selected`}},
		{Input{Name: "a", Kind: "textarea", Value: "<b>", Rows: 2, Max: 9, Disabled: true, ReadOnly: true}, []string{"&lt;b&gt;", `rows="2"`, `maxlength="9"`, "disabled", "readonly"}},
	} {
		html := render(t, Field(c.in))
		for _, want := range c.want {
			if !strings.Contains(html, want) {
				t.Errorf("%s lacks %s", html, want)
			}
		}
	}
}

func TestScriptAddressesAreNotFollowed(t *testing.T) {
	t.Parallel()
	html := render(t, Button(Act{Text: "x", Href: "javascript:alert(1)"})) +
		render(t, Table(Grid{Rows: []Line{{Cells: []Cell{{Text: "x", Href: "javascript:alert(1)"}}}}}))
	if strings.Contains(html, "javascript:") {
		t.Error(html)
	}
}

func TestClockPlacesDays(t *testing.T) {
	t.Parallel()
	c := ClockDays{Days: []Day{
		{Date: "2026-09-30", Kind: DayStart}, {Date: "2026-10-04", Kind: DayRest},
		{Date: "2026-10-05", Kind: DayRest}, {Date: "2026-10-12", Kind: DayCounted, Today: true}, {Date: "x", Kind: DayAhead},
	}}
	var got []string
	for i, d := range c.Days {
		got = append(got, c.dayClass(i, d))
	}
	want := []string{
		"day day--mark day--wed", "day day--off day--sun", "day day--off day--mon day--right",
		"day day--count day--mon day--today", "day day--ahead",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	if got, want := c.legend(), []DayKind{DayCounted, DayRest, DayAhead}; !slices.Equal(got, want) {
		t.Errorf("legend %v, want %v", got, want)
	}
	if got := c.class(); got != "days days--strip" {
		t.Errorf("class %q", got)
	}
	c.Days = make([]Day, longStrip+1)
	if got := c.class(); got != "days days--pair" {
		t.Errorf("class of a long limit %q", got)
	}
}

func TestCeilingHoldsTheLargest(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ largest, want float64 }{
		{0, 1}, {-3, 1}, {1, 1}, {18.9, 20}, {21, 30}, {437, 500}, {1302, 2000}, {.7, .8}, {1000, 1000},
	} {
		if got := ceiling(c.largest); got != c.want {
			t.Errorf("ceiling(%v) = %v, want %v", c.largest, got, c.want)
		}
	}
}

func TestFigure(t *testing.T) {
	t.Parallel()
	for value, want := range map[float64]string{0: "0", 999: "999", 1204.25: "1,204.3", -12345: "-12,345", 1234567: "1,234,567"} {
		if got := figure(value); got != want {
			t.Errorf("figure(%v) = %q, want %q", value, got, want)
		}
	}
}

func TestColumnsStackFromZero(t *testing.T) {
	t.Parallel()
	c := Chart{Labels: []string{"a"}, Series: []Series{{"x", []float64{6}}, {"y", []float64{4}}, {"none", nil}}}
	got := c.columns()
	if got[0].Y != "36.8%" || got[0].Height != "49.2%" || got[1].Y != "4%" || got[1].Height != "32.8%" || got[2].Height != "0%" {
		t.Errorf("columns %+v", got)
	}
}

type dots []string

func (d dots) Black(x, y int) bool { return d[y][x] == '#' }

func TestCodePathDrawsRuns(t *testing.T) {
	t.Parallel()
	c := Code{Bits: dots{"##.", "...", "#.#"}, Size: 3}
	if got, want := c.path(), "M0 0h2v1h-2zM0 2h1v1h-1zM2 2h1v1h-1z"; got != want {
		t.Errorf("path %q, want %q", got, want)
	}
}

func TestSealSpreadsTheName(t *testing.T) {
	t.Parallel()
	short, long := Stamped{Unit: "云川市财政局"}, Stamped{Unit: "云川市临溪区人力资源和社会保障局"}
	if size, length := short.letters(); size != "13.5" || length != "117.6" {
		t.Errorf("short: size %s length %s", size, length)
	}
	if size, length := long.letters(); size != "9.21" || length != "189" {
		t.Errorf("long: size %s length %s", size, length)
	}
}

// TestOfManyBoxesTheTickedComeFirst: they are seen without looking for them, and a field narrows the others; a few stay as they
// were given.
func TestOfManyBoxesTheTickedComeFirst(t *testing.T) {
	t.Parallel()
	for _, n := range []int{fewChoices, fewChoices + 1} {
		c := Choices{Name: "kind", Legend: "Kinds", Multi: true}
		for i := range n {
			c.Options = append(c.Options, Option{Value: strconv.Itoa(i), Text: "kind " + strconv.Itoa(i), On: i == 3 || i == n-1})
		}
		got := render(t, Choice(c))
		many := n > fewChoices
		if first := strings.Index(got, `value="3" checked`) < strings.Index(got, `value="0"`); first != many {
			t.Errorf("of %d boxes the ticked come first: %t", n, first)
		}
		if strings.Index(got, `value="3"`) > strings.Index(got, `value="`+strconv.Itoa(n-1)+`"`) {
			t.Errorf("of %d boxes the ticked changed places", n)
		}
		if field := strings.Contains(got, "data-narrow"); field != many {
			t.Errorf("%d boxes are narrowed by a field: %t", n, field)
		}
	}
}
