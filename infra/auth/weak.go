package auth

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// A password has at least minPassword characters and at most maxPassword bytes.
const (
	minPassword = 8
	maxPassword = 128
)

// Weak returns the text key of why a new password is not taken, "" if it is:
// auth.password_short, auth.password_long, auth.password_obvious,
// auth.password_common, auth.password_kinds. Obvious is one character over and
// over, and what is the person's own, or a part of it: a number or a login that
// others may know. Common is what many choose: keys in a row, the same few again
// and again, a well-known word with a number. Staff need two kinds of characters.
func Weak(kind Kind, password string, own ...string) string {
	switch {
	case utf8.RuneCountInString(password) < minPassword:
		return "auth.password_short"
	case len(password) > maxPassword:
		return "auth.password_long"
	}
	bare := fold(password)
	if bare == "" || strings.Trim(bare, string([]rune(bare)[:1])) == "" {
		return "auth.password_obvious"
	}
	if slices.ContainsFunc(own, func(o string) bool { return strings.Contains(fold(o), bare) }) {
		return "auth.password_obvious"
	}
	switch {
	case isCommon(bare):
		return "auth.password_common"
	case kind == Staff && kinds(password) < 2:
		return "auth.password_kinds"
	}
	return ""
}

// fold is what is left of a password when width, case, blanks and hyphens do not
// count.
func fold(text string) string {
	return strings.NewReplacer(" ", "", "\t", "", "-", "").Replace(strings.ToUpper(norm.NFKC.String(text)))
}

// kinds counts the kinds of characters: capitals, small letters, digits, others.
func kinds(password string) int {
	found := map[int]bool{}
	for _, r := range password {
		switch {
		case r >= 'A' && r <= 'Z':
			found[0] = true
		case r >= 'a' && r <= 'z':
			found[1] = true
		case r >= '0' && r <= '9':
			found[2] = true
		default:
			found[3] = true
		}
	}
	return len(found)
}

// rows are characters in an order that everybody knows.
var rows = []string{
	"01234567890123456789", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "QWERTYUIOPASDFGHJKLZXCVBNM",
	"QAZWSXEDCRFVTGBYHNUJMIKOLP", "1QAZ2WSX3EDC4RFV5TGB6YHN7UJM8IK9OL0P", "1Q2W3E4R5T6Y7U8I9O0P", "!@#$%^&*()",
}

// words begin many a password; numbers end it.
var (
	words = strings.Fields("PASSWORD PASSWD PASS PWD ADMIN ADMINISTRATOR ROOT USER TEST DEMO GUEST LOGIN WELCOME HELLO LETMEIN " +
		"ILOVEYOU LOVE WOAINI AINI MONKEY DRAGON SUNSHINE PRINCESS FOOTBALL BASEBALL SUPERMAN BATMAN MASTER SHADOW COMPUTER " +
		"INTERNET CHINA ZHONGGUO BEIJING MIMA ONEDOOR YIMEN SECRET CHANGEME DEFAULT SYSTEM SERVER")
	numbers = strings.Fields("5201314 1314520 520520 1314 520 888 666 88888888 66666666")
)

// isCommon reports whether a folded password is one of those that are tried first.
func isCommon(bare string) bool {
	if inRow(bare) || repeats(bare) {
		return true
	}
	word := strings.TrimFunc(bare, func(r rune) bool { return !unicode.IsLetter(r) })
	number := strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, strings.Replace(bare, word, "", 1))
	if word == "" {
		return slices.Contains(numbers, bare)
	}
	plain := strings.NewReplacer("0", "O", "1", "I", "3", "E", "@", "A", "$", "S").Replace(word)
	if !slices.Contains(words, plain) && !inRow(word) {
		return false
	}
	return len(number) <= 4 || inRow(number) || repeats(number) || slices.Contains(numbers, number)
}

// inRow reports whether text is a piece of a row, forwards or backwards.
func inRow(text string) bool {
	back := []rune(text)
	slices.Reverse(back)
	return slices.ContainsFunc(rows, func(row string) bool { return strings.Contains(row, text) || strings.Contains(row, string(back)) })
}

// repeats reports whether text is at most four characters again and again.
func repeats(text string) bool {
	all := []rune(text)
	for n := 1; n <= 4 && 2*n <= len(all); n++ {
		if strings.HasPrefix(strings.Repeat(string(all[:n]), len(all)/n+1), text) {
			return true
		}
	}
	return false
}
