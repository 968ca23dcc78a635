package paper

import (
	"slices"
	"strings"
	"testing"
)

// square gives ideographs one em and the rest half of one.
func square(r rune) float64 {
	if r < 0x2E80 && r != '“' && r != '”' {
		return 0.5
	}
	return 1
}

func TestWrap(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		text          string
		indent, width float64
		want          []string
	}{
		{"", 0, 4, []string{""}},
		{"凉拌菜热菜", 0, 3, []string{"凉拌菜", "热菜"}},
		{"凉拌菜，热菜", 0, 3, []string{"凉拌", "菜，热", "菜"}},
		{"凉拌（菜）热", 0, 3, []string{"凉拌", "（菜）", "热"}},
		{"一二三四", 2, 3, []string{"一", "二三四"}},
		{"编号 A1234 号", 0, 4, []string{"编号 ", "A1234 号"}},
		{"编号 A1234 号", 0, 3, []string{"编号 ", "A1234 ", "号"}},
		{"ABCDEFGH", 0, 2, []string{"ABCD", "EFGH"}},
		{"一\n\n二", 0, 4, []string{"一", "", "二"}},
		{"一", 0, 0.2, []string{"一"}},
	} {
		if got := wrap(tt.text, tt.indent, tt.width, square); !slices.Equal(got, tt.want) {
			t.Errorf("wrap(%q, %v, %v) = %q, want %q", tt.text, tt.indent, tt.width, got, tt.want)
		}
	}
}

func FuzzWrap(f *testing.F) {
	f.Add("你（单位）于 2026年10月15日提出的“食品经营许可（新办）”申请。", uint8(2), uint8(9))
	f.Add("，，，，，\n（（（（ABCDEFGHIJKLMN", uint8(0), uint8(3))
	f.Add("", uint8(0), uint8(0))
	f.Fuzz(func(t *testing.T, text string, indent, width uint8) {
		text = clean(strings.ToValidUTF8(text, ""))
		lines := wrap(text, float64(indent), float64(width), square)
		want := strings.ReplaceAll(text, "\n", "")
		if got := strings.Join(lines, ""); got != want {
			t.Fatalf("lost text: got %q, want %q", got, want)
		}
		for i, line := range lines {
			var ems float64
			for _, r := range strings.TrimRight(line, " ") {
				ems += square(r)
			}
			room := float64(width)
			if i == 0 {
				room -= float64(indent)
			}
			if n := len([]rune(strings.TrimRight(line, " "))); ems > room && n > 1 {
				t.Fatalf("line %d %q is %v ems wide, want at most %v", i, line, ems, room)
			}
		}
	})
}
