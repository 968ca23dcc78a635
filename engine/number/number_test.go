package number_test

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"onedoor.app/engine/number"
)

const letters = "0123456789ABCDEFGHJKLMNPQRTUWXY"

func TestTidy(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]string{
		" 11010519491231002x ": "11010519491231002X",
		"１１０１０５ 19491231-002Ｘ": "11010519491231002X",
		"91350100m000100y43\n": "91350100M000100Y43",
	} {
		if got := number.Tidy(typed); got != want {
			t.Errorf("Tidy(%q) = %q, want %q", typed, got, want)
		}
	}
	for typed, want := range map[string]string{
		"+86 154 0002 0001": "15400020001",
		"8615400020001":     "15400020001",
		"86":                "86",
	} {
		if got := number.TidyMobile(typed); got != want {
			t.Errorf("TidyMobile(%q) = %q, want %q", typed, got, want)
		}
	}
}

// drawID makes a valid number.
func drawID(t *rapid.T) string {
	birth := time.Date(1900, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, rapid.IntRange(0, 73_000).Draw(t, "day"))
	digits := rapid.StringMatching(`[1-9][0-9]{5}`).Draw(t, "region") + birth.Format("20060102") + rapid.StringMatching(`[0-9]{3}`).Draw(t, "serial")
	return digits + string(number.IDCheck(digits))
}

// drawUSCC makes a valid code.
func drawUSCC(t *rapid.T) string {
	body := rapid.StringMatching(`[1-9ANY][1-9][0-9]{6}[`+letters+`]{9}`).Draw(t, "body")
	return body + string(number.USCCCheck(body))
}

func TestEveryMadeNumberPassesAndNoOneCharacterMistakeDoes(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		id, uscc := drawID(t), drawUSCC(t)
		if flaw := number.CheckID(id); flaw != number.None {
			t.Fatalf("%s: %v", id, flaw)
		}
		if flaw := number.CheckUSCC(uscc); flaw != number.None {
			t.Fatalf("%s: %v", uscc, flaw)
		}
		at := rapid.IntRange(0, 17).Draw(t, "at")
		if wrong := swap(id, at, rapid.SampledFrom([]byte("0123456789X")).Draw(t, "digit")); wrong != id && number.CheckID(wrong) == number.None {
			t.Fatalf("%s passes for %s", wrong, id)
		}
		if wrong := swap(uscc, at, rapid.SampledFrom([]byte(letters)).Draw(t, "character")); wrong != uscc && number.CheckUSCC(wrong) == number.None {
			t.Fatalf("%s passes for %s", wrong, uscc)
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
		tidy := number.Tidy(typed)
		if again := number.Tidy(tidy); again != tidy {
			t.Errorf("Tidy(%q) = %q", tidy, again)
		}
		if number.CheckID(tidy) == number.None && number.IDCheck(tidy[:17]) != tidy[17] {
			t.Errorf("%q passes as an identity number", tidy)
		}
		if number.CheckUSCC(tidy) == number.None && number.USCCCheck(tidy[:17]) != tidy[17] {
			t.Errorf("%q passes as a code", tidy)
		}
		if m := number.TidyMobile(typed); number.IsMobile(m) && len(m) != 11 {
			t.Errorf("%q passes as a mobile number", typed)
		}
	})
}
