package show

import (
	"testing"

	"onedoor.app/domain/cases"
	"onedoor.app/engine/calendar"
)

// TestOverdueDaysAreDrawnFirstAndLast, and those on which something was due, however long ago it ended.
func TestOverdueDaysAreDrawnFirstAndLast(t *testing.T) {
	var list []cases.ClockDay
	for i := range 60 {
		d := cases.ClockDay{Role: cases.DayOverdue, Over: i + 1}
		d.Date = calendar.Date(1000 + i)
		if i == 30 {
			d.Due = []cases.ClockName{cases.ClockStatutory}
		}
		list = append(list, d)
	}
	drawn := map[int]bool{}
	for _, d := range shortened(list) {
		drawn[d.Over] = true
	}
	for _, over := range []int{1, fewOver, 31, 60 - fewOver, 60} {
		if !drawn[over] {
			t.Errorf("day %d overdue is not drawn", over)
		}
	}
	if drawn[25] || len(drawn) > 3*fewOver+5 {
		t.Errorf("%d days are drawn", len(drawn))
	}
	if n := len(shortened(list[:fewOver])); n != fewOver {
		t.Errorf("%d of %d days are drawn", n, fewOver)
	}
}
