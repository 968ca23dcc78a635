package show

import (
	"testing"

	"onedoor.app/domain/cases"
)

// TestANoticeThatBeginsAnewDoesNotSpeakOfTheApplication: what came in on its first day is what was to be corrected.
func TestANoticeThatBeginsAnewDoesNotSpeakOfTheApplication(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		begun cases.Act
		deem  bool
		want  string
	}{
		{cases.ActReceive, true, "show.why.notice"},
		{cases.ActReceive, false, "show.why.notice.plain"},
		{cases.ActCorrect, true, "show.why.notice.again"},
		{cases.ActCorrect, false, "show.why.notice.plain.again"},
	} {
		m := cases.Matter{Terms: cases.Terms{Deem: c.deem}, Clocks: []cases.Clock{{Name: cases.ClockNotice, Begun: c.begun}}}
		got := Reasons(t.Context(), &cases.View{Case: &cases.Case{Matter: m}})
		if len(got) == 0 || got[0].Text != c.want {
			t.Errorf("%s, deemed %t: %+v, want %s", c.begun, c.deem, got, c.want)
		}
	}
}
