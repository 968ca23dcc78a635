package party

import (
	"strings"

	"golang.org/x/text/unicode/norm"

	"onedoor.app/engine/calendar"
	"onedoor.app/infra/fault"
)

// IDType says what kind of number a party is known by.
type IDType string

// The kinds of numbers.
const (
	IDCard   IDType = "id_card"  // 公民身份号码, also of residence permits built like it
	USCC     IDType = "uscc"     // 统一社会信用代码
	Passport IDType = "passport" // and other papers without a check character
)

// Sex is as the number tells it.
type Sex string

// The values of Sex.
const (
	Male   Sex = "M"
	Female Sex = "F"
)

// Number is what a 公民身份号码 (GB 11643-1999) tells.
type Number struct {
	Text   string // eighteen characters, X in upper case
	Region string // six digits: where it was given
	Birth  calendar.Date
	Sex    Sex
}

// Tidy makes one form of a number however it was typed: half-width, upper case,
// without blanks and hyphens.
func Tidy(number string) string {
	number = strings.ToUpper(norm.NFKC.String(number))
	return strings.Map(func(r rune) rune {
		switch r {
		case ' ', '\t', '\r', '\n', '-', '‐', '–', '—', '\u200b', '\ufeff':
			return -1
		}
		return r
	}, number)
}

const idLength = 18

var idWeights = [idLength - 1]int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}

// idCheck returns the last character that belongs to the seventeen digits.
func idCheck(digits string) byte {
	sum := 0
	for i, w := range idWeights {
		sum += int(digits[i]-'0') * w
	}
	return "10X98765432"[sum%11]
}

// ParseIDNumber checks a tidy 公民身份号码. Invalid faults: party.id_length,
// party.id_characters, party.id_date (no such day), party.id_check (the last
// character belongs to another number). That the day of birth has come is for
// the caller to check. Residence permits of Hong Kong, Macao and Taiwan (81 to
// 83) and permanent residence cards of foreigners (9) are built alike.
func ParseIDNumber(text string) (Number, error) {
	if len([]rune(text)) != idLength {
		return Number{}, fault.New(fault.Invalid, "party.id_length")
	}
	digits, last := text[:len(text)-1], text[len(text)-1]
	if len(text) != idLength || strings.Trim(digits, "0123456789") != "" || last != 'X' && (last < '0' || last > '9') || digits[0] == '0' {
		return Number{}, fault.New(fault.Invalid, "party.id_characters")
	}
	birth, err := calendar.ParseDate(text[6:10] + "-" + text[10:12] + "-" + text[12:14])
	if err != nil || text[6:8] < "18" {
		return Number{}, fault.New(fault.Invalid, "party.id_date")
	}
	if idCheck(digits) != last {
		return Number{}, fault.New(fault.Invalid, "party.id_check")
	}
	n := Number{Text: text, Region: text[:6], Birth: birth, Sex: Female}
	if (text[16]-'0')%2 == 1 {
		n.Sex = Male
	}
	return n, nil
}

const (
	usccLength   = 18
	usccAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
)

var usccWeights = [usccLength - 1]int{1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28}

// usccCheck returns the last character that belongs to the seventeen before it.
func usccCheck(body string) byte {
	sum := 0
	for i, w := range usccWeights {
		sum += strings.IndexByte(usccAlphabet, body[i]) * w
	}
	return usccAlphabet[(31-sum%31)%31]
}

// CheckUSCC checks a tidy 统一社会信用代码 (GB 32100-2015). Invalid faults:
// party.uscc_length, party.uscc_characters (also for a register that does not
// exist and a region that is no number), and party.uscc_check when only the
// last character is wrong: there are such codes in use, so that one may be
// taken with a reason.
func CheckUSCC(text string) error {
	if len([]rune(text)) != usccLength {
		return fault.New(fault.Invalid, "party.uscc_length")
	}
	if len(text) != usccLength || strings.Trim(text, usccAlphabet) != "" ||
		!strings.Contains("123456789ANY", text[:1]) || strings.Trim(text[2:8], "0123456789") != "" {
		return fault.New(fault.Invalid, "party.uscc_characters")
	}
	if usccCheck(text[:usccLength-1]) != text[usccLength-1] {
		return fault.New(fault.Invalid, "party.uscc_check")
	}
	return nil
}

// checkPassport takes what passports and the like have in common.
func checkPassport(text string) error {
	if len(text) < 5 || len(text) > 20 || strings.Trim(text, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
		return fault.New(fault.Invalid, "party.passport")
	}
	return nil
}

// IsMobile reports whether a tidy text is a mobile number of the mainland.
func IsMobile(text string) bool {
	return len(text) == 11 && text[0] == '1' && text[1] >= '3' && strings.Trim(text, "0123456789") == ""
}

// tidyMobile is Tidy without the country's code.
func tidyMobile(text string) string {
	text = Tidy(text)
	for _, code := range []string{"+86", "0086", "86"} {
		if rest, ok := strings.CutPrefix(text, code); ok && IsMobile(rest) {
			return rest
		}
	}
	return text
}
