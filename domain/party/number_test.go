package party

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"onedoor.app/engine/calendar"
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
		{"", "party.id_length", "", ""},
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
		"":                   "party.uscc_length",
	} {
		if got := fault.Code(CheckUSCC(number)); got != want {
			t.Errorf("%q: %q, want %q", number, got, want)
		}
	}
}

func TestTidy(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]string{
		" 11010519491231002x ": "11010519491231002X",
		"１１０１０５ 19491231-002Ｘ": "11010519491231002X",
		"91350100m000100y43\n": "91350100M000100Y43",
	} {
		if got := Tidy(typed); got != want {
			t.Errorf("Tidy(%q) = %q, want %q", typed, got, want)
		}
	}
	for typed, want := range map[string]string{
		"+86 154 0002 0001": "15400020001",
		"8615400020001":     "15400020001",
		"86":                "86",
	} {
		if got := tidyMobile(typed); got != want {
			t.Errorf("tidyMobile(%q) = %q, want %q", typed, got, want)
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

// drawID makes a valid number.
func drawID(t *rapid.T) string {
	from, to := calendar.NewDate(1900, 1, 1), calendar.NewDate(2099, 12, 31)
	birth := calendar.Date(rapid.Int32Range(int32(from), int32(to)).Draw(t, "birth"))
	digits := rapid.StringMatching(`[1-9][0-9]{5}`).Draw(t, "region") +
		strings.ReplaceAll(birth.String(), "-", "") + rapid.StringMatching(`[0-9]{3}`).Draw(t, "serial")
	return digits + string(idCheck(digits))
}

// drawUSCC makes a valid code.
func drawUSCC(t *rapid.T) string {
	body := rapid.StringMatching(`[1-9ANY][1-9][0-9]{6}[`+usccAlphabet+`]{9}`).Draw(t, "body")
	return body + string(usccCheck(body))
}

func TestEveryMadeNumberPassesAndNoOneCharacterMistakeDoes(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		id, uscc := drawID(t), drawUSCC(t)
		if _, err := ParseIDNumber(id); err != nil {
			t.Fatalf("%s: %v", id, err)
		}
		if err := CheckUSCC(uscc); err != nil {
			t.Fatalf("%s: %v", uscc, err)
		}
		at := rapid.IntRange(0, 17).Draw(t, "at")
		if wrong := swap(id, at, rapid.SampledFrom([]byte("0123456789X")).Draw(t, "digit")); wrong != id {
			if _, err := ParseIDNumber(wrong); err == nil {
				t.Fatalf("%s passes for %s", wrong, id)
			}
		}
		if wrong := swap(uscc, at, rapid.SampledFrom([]byte(usccAlphabet)).Draw(t, "character")); wrong != uscc {
			if err := CheckUSCC(wrong); err == nil {
				t.Fatalf("%s passes for %s", wrong, uscc)
			}
		}
	})
}

func swap(text string, at int, with byte) string {
	b := []byte(text)
	b[at] = with
	return string(b)
}

func FuzzNumbers(f *testing.F) {
	for _, seed := range []string{"11010519491231002X", "91350100M000100Y43", "１１０", "", "+86154", "\xff\xfe", strings.Repeat("9", 17) + "万"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		tidy := Tidy(typed)
		if again := Tidy(tidy); again != tidy {
			t.Errorf("Tidy(%q) = %q", tidy, again)
		}
		if n, err := ParseIDNumber(tidy); err == nil && (len(n.Text) != 18 || idCheck(n.Text[:17]) != n.Text[17] || n.Sex != Male && n.Sex != Female) {
			t.Errorf("%q passes as %+v", tidy, n)
		}
		if err := CheckUSCC(tidy); err == nil && usccCheck(tidy[:17]) != tidy[17] {
			t.Errorf("%q passes", tidy)
		}
		_ = checkPassport(tidy)
		if IsMobile(tidyMobile(typed)) && len(tidyMobile(typed)) != 11 {
			t.Errorf("%q passes as a mobile number", typed)
		}
		if masked := MaskNumber(tidy); len(tidy) > 8 && masked == tidy {
			t.Errorf("%q is shown whole", tidy)
		}
		_, _ = MaskName(typed), MaskAddress(typed) // must not panic
	})
}
