package party

import (
	"strings"
	"testing"

	"onedoor.app/engine/number"
	"onedoor.app/infra/fault"
)

func TestIDNumber(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		number, code, birth string
		sex                 Sex
	}{
		{"11010519491231002X", "", "1949-12-31", Female},
		{"440524188001010014", "", "1880-01-01", Male},
		{"379900198706120117", "", "1987-06-12", Male},
		{"379900199303050024", "", "1993-03-05", Female},
		{"379900198706120118", "party.id_check", "", ""},
		{"379900198702300117", "party.id_date", "", ""},
		{"379900178706120117", "party.id_date", "", ""},
		{"11010519491231002x", "party.id_characters", "", ""}, // not tidy
		{"1101051949123100XX", "party.id_characters", "", ""},
		{"079900198706120117", "party.id_characters", "", ""},
		{"110105491231002", "party.id_length", "", ""}, // fifteen digits, out of use
		{"", "party.id_missing", "", ""},
		{strings.Repeat("九", 18), "party.id_characters", "", ""},
	} {
		n, err := ParseIDNumber(c.number)
		if fault.Code(err) != c.code {
			t.Errorf("%q: %v, want %q", c.number, err, c.code)
		} else if err == nil && (n.Birth.String() != c.birth || n.Sex != c.sex) {
			t.Errorf("%q: %v %v, want %v %v", c.number, n.Birth, n.Sex, c.birth, c.sex)
		}
	}
}

func TestUSCC(t *testing.T) {
	t.Parallel()
	for number, want := range map[string]string{
		"91350100M000100Y43": "", // the example of GB 32100
		"113799009901Y1710E": "",
		"92379900MA7YC0110Y": "",
		"91350211M0000XUF46": "party.uscc_check", // in use, fails its check
		"91350100M000100Y44": "party.uscc_check",
		"91350100I000100Y43": "party.uscc_characters",
		"B1350100M000100Y43": "party.uscc_characters",
		"9135A100M000100Y43": "party.uscc_characters",
		"91350100M000100Y4":  "party.uscc_length",
		"":                   "party.uscc_missing",
	} {
		if got := fault.Code(CheckUSCC(number)); got != want {
			t.Errorf("%q: %q, want %q", number, got, want)
		}
	}
}

func TestMasks(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ got, want string }{
		{MaskNumber("379900198706120117"), "379***********0117"},
		{MaskMobile("15400020001"), "154****0001"},
		{MaskNumber("E1234567"), "******67"},
		{MaskNumber(""), ""},
		{MaskName("周叙白"), "周*白"},
		{MaskName("陈念"), "陈*"},
		{MaskName("欧阳念真"), "欧**真"},
		{MaskName(""), ""},
		{MaskAddress("云川市望湖区湖滨街道1号"), "云川市望湖区****"},
		{MaskAddress("东村"), "东****"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

func FuzzNumbers(f *testing.F) {
	for _, seed := range []string{"11010519491231002X", "91350100M000100Y43", "１１０", "", "+86154", "\xff\xfe", strings.Repeat("9", 17) + "万"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		tidy := number.Tidy(typed)
		if n, err := ParseIDNumber(tidy); err == nil && (len(n.Text) != 18 || n.Sex != Male && n.Sex != Female) {
			t.Errorf("%q passes as %+v", tidy, n)
		}
		_ = checkPassport(tidy)
		if masked := MaskNumber(tidy); len(tidy) > 8 && masked == tidy {
			t.Errorf("%q is shown whole", tidy)
		}
		_, _ = MaskName(typed), MaskAddress(typed) // must not panic
	})
}
