package holiday

import (
	"fmt"
	"regexp"
	"strconv"
	"time"

	"onedoor.app/engine/calendar"
	"onedoor.app/infra/fault"
)

// The years for which a notice may be entered.
const (
	FirstYear = 2016
	LastYear  = 2099
)

// The bounds of what a notice says; no notice since 2008 has come near them.
const (
	longestBreak = 16 // days; 2020 had 10
	mostOff      = 40
	farthestWork = 21 // days between a day worked and its holiday
)

// fixed are the days that are holidays of every year by the date alone
// (全国年节及纪念日放假办法 2).
var fixed = []int{101, 501, 1001, 1002, 1003}

var numberForm = regexp.MustCompile(`^\S{2,20}〔\d{4}〕\d{1,4}号$`)

// check finds what no notice would say.
func (n Notice) check() error {
	bad := fault.Fields{}
	bad.Need(n.Year >= FirstYear && n.Year <= LastYear, "year", "holiday.year")
	bad.Need(numberForm.MatchString(n.No), "no", "holiday.no")
	issued, _, _ := n.Issued.Date()
	bad.Need(n.Issued != 0 && (issued == n.Year || issued == n.Year-1), "issued", "holiday.issued")
	bad.Need(len(n.Breaks) > 0, "name-0", "holiday.empty")
	off, kind := 0, map[calendar.Date]string{}
	for i, b := range n.Breaks {
		at := func(part string) string { return part + "-" + strconv.Itoa(i) }
		bad.Need(b.Name != "" && len([]rune(b.Name)) <= 20, at("name"), "holiday.name")
		from, ok := dayOf(n.Year, b.From)
		bad.Need(ok, at("from"), "holiday.day")
		to, ok2 := dayOf(n.Year, b.To)
		bad.Need(ok2, at("to"), "holiday.day")
		if !ok || !ok2 {
			continue
		}
		bad.Need(from <= to, at("to"), "holiday.order")
		bad.Need(to-from < longestBreak, at("to"), "holiday.long")
		for d := from; d <= to && d-from < longestBreak; d++ {
			bad.Need(kind[d] == "", at("from"), "holiday.twice")
			kind[d] = "off"
			off++
		}
	}
	for i, b := range n.Breaks {
		at := "work-" + strconv.Itoa(i)
		from, _ := dayOf(n.Year, b.From)
		to, _ := dayOf(n.Year, b.To)
		for _, w := range b.Work {
			d, ok := dayOf(n.Year, w)
			bad.Need(ok, at, "holiday.day")
			if !ok {
				continue
			}
			day := d.Weekday()
			bad.Need(day == time.Saturday || day == time.Sunday, at, "holiday.weekend")
			bad.Need(kind[d] == "", at, "holiday.both")
			bad.Need(from-d <= farthestWork && d-to <= farthestWork, at, "holiday.far")
			kind[d] = "work"
		}
	}
	bad.Need(off <= mostOff, "name-0", "holiday.too_many")
	for _, f := range fixed {
		d, _ := dayOf(n.Year, f)
		bad.Need(len(n.Breaks) == 0 || kind[d] == "off", "name-0", "holiday.fixed")
	}
	return bad.Err()
}

func dayOf(year, md int) (calendar.Date, bool) {
	d, err := calendar.ParseDate(fmt.Sprintf("%04d-%02d-%02d", year, md/100, md%100))
	return d, err == nil
}
