package ui

import (
	"regexp"
	"sync"
)

// iconNames are the pictures of icons.svg, in its order, without the lights.
var iconNames = sync.OnceValue(func() (names []string) {
	for _, m := range regexp.MustCompile(`<symbol id="i-([a-z-]+)"`).FindAllSubmatch(assets().files["icons.svg"].plain, -1) {
		if name := string(m[1]); name != "mark" && (len(name) < 6 || name[:6] != "light-") {
			names = append(names, name)
		}
	}
	return names
})

// either takes the text in the page's language. Only the living page has its texts in place: they are
// samples, and both languages are read side by side.
func (p Page) either(zh, en string) string {
	if p.english() {
		return en
	}
	return zh
}

// sampleBits is a picture that looks like a code and says nothing.
type sampleBits struct{}

func (sampleBits) Black(x, y int) bool {
	for _, corner := range [][2]int{{0, 0}, {18, 0}, {0, 18}} {
		if dx, dy := x-corner[0], y-corner[1]; dx >= 0 && dx < 7 && dy >= 0 && dy < 7 {
			edge := dx == 0 || dx == 6 || dy == 0 || dy == 6
			heart := dx >= 2 && dx <= 4 && dy >= 2 && dy <= 4
			return edge || heart
		}
		if dx, dy := x-corner[0], y-corner[1]; dx >= -1 && dx < 8 && dy >= -1 && dy < 8 {
			return false
		}
	}
	return (x*x*7+y*y*13+x*y*5)%11 < 5
}

func sampleCode() *Code { return &Code{Bits: sampleBits{}, Size: 25} }

// sampleClock is a limit of six days across a holiday, with a make-up day and a stop.
func sampleClock(p Page) ClockDays {
	word := func(n string) string { return p.either("第 "+n+" 天", "Day "+n) }
	holiday, rest, stop := p.either("国庆", "Holiday"), p.either("休息", "Rest"), p.either("停表", "Stop")
	c := ClockDays{
		Sum: p.either("承诺 6 个工作日，今天是", "6 working days promised; today is "), Strong: p.either("第 5 天", "day 5"),
		Aside: p.either("另有 2 天停表：自备水源水质检测", "2 more days stopped: test of the well's water"),
		Days:  []Day{{Date: "2026-09-30", Kind: DayStart, Word: p.either("受理", "Accepted")}}, Legend: true,
	}
	for _, d := range []string{"01", "02", "03", "04", "05", "06", "07"} {
		c.Days = append(c.Days, Day{Date: "2026-10-" + d, Kind: DayRest, Word: holiday})
	}
	return ClockDays{Sum: c.Sum, Strong: c.Strong, Aside: c.Aside, Legend: true, Days: append(c.Days,
		Day{Date: "2026-10-08", Kind: DayCounted, Word: word("1")},
		Day{Date: "2026-10-09", Kind: DayCounted, Word: word("2")},
		Day{Date: "2026-10-10", Kind: DayMakeup, Word: word("3")},
		Day{Date: "2026-10-11", Kind: DayRest, Word: rest},
		Day{Date: "2026-10-12", Kind: DayCounted, Word: word("4")},
		Day{Date: "2026-10-13", Kind: DayStopped, Word: stop},
		Day{Date: "2026-10-14", Kind: DayStopped, Word: stop},
		Day{Date: "2026-10-15", Kind: DayCounted, Word: word("5"), Today: true},
		Day{Date: "2026-10-16", Kind: DayPromised, Word: p.either("办结日", "Due")},
		Day{Date: "2026-10-17", Kind: DayRest, Word: rest},
		Day{Date: "2026-10-18", Kind: DayRest, Word: rest},
		Day{Date: "2026-10-19", Kind: DayAhead},
		Day{Date: "2026-10-20", Kind: DayAhead},
		Day{Date: "2026-10-21", Kind: DayAhead},
		Day{Date: "2026-10-22", Kind: DayLegal, Word: p.either("法定", "Legal")},
	)}
}

// sampleLong is the same with twenty days more: two weeks stand side by side.
func sampleLong(p Page) ClockDays {
	c := sampleClock(p)
	c.Sum, c.Strong, c.Aside, c.Legend = "", "", "", false
	last := len(c.Days) - 1
	c.Days = append(c.Days[:last:last],
		Day{Date: "2026-10-22", Kind: DayAhead}, Day{Date: "2026-10-23", Kind: DayAhead},
		Day{Date: "2026-10-24", Kind: DayRest, Word: p.either("休息", "Rest")}, Day{Date: "2026-10-25", Kind: DayRest, Word: p.either("休息", "Rest")},
		Day{Date: "2026-10-26", Kind: DayAhead}, Day{Date: "2026-10-27", Kind: DayAhead}, Day{Date: "2026-10-28", Kind: DayAhead},
		Day{Date: "2026-10-29", Kind: DayAhead}, Day{Date: "2026-10-30", Kind: DayAhead},
		Day{Date: "2026-10-31", Kind: DayRest, Word: p.either("休息", "Rest")}, Day{Date: "2026-11-01", Kind: DayRest, Word: p.either("休息", "Rest")},
		Day{Date: "2026-11-02", Kind: DayLegal, Word: p.either("法定", "Legal")},
	)
	return c
}

func sampleStamps(p Page, name, on string) Stamps {
	s := Stamps{Name: name, Label: p.either("结论", "Verdict"), Options: []Stamp{
		{Value: "pass", Text: p.either("合格", "Pass"), Tone: ToneGood, Key: "1"},
		{Value: "mend", Text: p.either("补正", "Mend"), Tone: ToneBad, Key: "2"},
		{Value: "later", Text: p.either("容缺", "Later"), Key: "3"},
		{Value: "none", Text: p.either("不适用", "Not needed"), Key: "4"},
	}}
	for i := range s.Options {
		s.Options[i].On = s.Options[i].Value == on
	}
	return s
}
