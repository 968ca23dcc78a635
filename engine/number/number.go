// Package number reads the numbers by which people and organisations are known:
// the identity number (公民身份号码, GB 11643-1999), the unified social credit code
// (统一社会信用代码, GB 32100-2015) and mobile numbers of the mainland.
//
// It says what is wrong with a number and knows no words for it: each capability
// has its own.
package number

import (
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Flaw is what is wrong with a number; "" is nothing.
type Flaw string

// The flaws, the first found counts.
const (
	None       Flaw = ""
	Length     Flaw = "length"     // too few or too many characters
	Characters Flaw = "characters" // one that does not occur there
	Date       Flaw = "date"       // no such day of birth
	Check      Flaw = "check"      // the last character belongs to another number
)

const length = 18 // of both numbers

var idWeights = [length - 1]int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}

// IDCheck returns the last character that belongs to the first seventeen digits
// of an identity number.
func IDCheck(digits string) byte {
	sum := 0
	for i, w := range idWeights {
		sum += int(digits[i]-'0') * w
	}
	return "10X98765432"[sum%11]
}

// CheckID checks a tidy identity number. That the day of birth has come is for
// the caller to check. Residence permits of Hong Kong, Macao and Taiwan (81 to 83)
// and permanent residence cards of foreigners (9) are built alike.
func CheckID(text string) Flaw {
	if utf8.RuneCountInString(text) != length {
		return Length
	}
	digits, last := text[:len(text)-1], text[len(text)-1]
	if len(text) != length || !isDigits(digits) || last != 'X' && (last < '0' || last > '9') || digits[0] == '0' {
		return Characters
	}
	if _, err := time.Parse("20060102", text[6:14]); err != nil || text[6:8] < "18" {
		return Date
	}
	if IDCheck(digits) != last {
		return Check
	}
	return None
}

const usccAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"

var usccWeights = [length - 1]int{1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28}

// USCCCheck returns the last character that belongs to the seventeen before it of
// a unified social credit code.
func USCCCheck(body string) byte {
	sum := 0
	for i, w := range usccWeights {
		sum += strings.IndexByte(usccAlphabet, body[i]) * w
	}
	return usccAlphabet[(31-sum%31)%31]
}

// CheckUSCC checks a tidy unified social credit code. Characters is also said of a
// register that does not exist and of a region that is no number. Codes are in use
// that have the flaw Check and no other, so that one may be taken with a reason.
func CheckUSCC(text string) Flaw {
	if utf8.RuneCountInString(text) != length {
		return Length
	}
	if len(text) != length || strings.Trim(text, usccAlphabet) != "" ||
		!strings.Contains("123456789ANY", text[:1]) || !isDigits(text[2:8]) {
		return Characters
	}
	if USCCCheck(text[:length-1]) != text[length-1] {
		return Check
	}
	return None
}

// IsMobile reports whether a tidy text is a mobile number of the mainland.
func IsMobile(text string) bool {
	return len(text) == 11 && text[0] == '1' && text[1] >= '3' && isDigits(text)
}

// Tidy makes one form of a number however it was typed: half-width, upper case,
// without blanks and hyphens.
func Tidy(typed string) string {
	return strings.Map(func(r rune) rune {
		switch r {
		case ' ', '\t', '\r', '\n', '-', '‐', '–', '—', '\u200b', '\ufeff':
			return -1
		}
		return r
	}, strings.ToUpper(norm.NFKC.String(typed)))
}

// TidyMobile is Tidy without the country's code.
func TidyMobile(typed string) string {
	text := Tidy(typed)
	for _, code := range []string{"+86", "0086", "86"} {
		if rest, ok := strings.CutPrefix(text, code); ok && IsMobile(rest) {
			return rest
		}
	}
	return text
}

func isDigits(text string) bool { return strings.Trim(text, "0123456789") == "" }
