package certificate

import (
	"fmt"
	"strings"

	"onedoor.app/infra/fault"
)

// root begins every identifier of an electronic certificate.
const root = "1.2.156.3005.2"

const alphabet36 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"

const (
	usccLength = 18
	typeLength = usccLength + 3 // the authority that defines the type, and its serial
	maxSerial  = 40
)

// Identifier names a certificate across the country (证照标识, GB/T 36904-2018).
type Identifier struct {
	Type    string // 21 characters: 统一社会信用代码 of whoever defines the type, and three more
	Issuer  string // 统一社会信用代码 of the issuing authority; older systems use shorter codes
	Serial  string // digits and capital letters
	Version string // three digits: 001, 002 … of the same serial
}

// String writes the identifier with its check character.
func (i Identifier) String() string {
	check := checkCharacter(i.Type + i.Issuer + i.Serial + i.Version)
	return strings.Join([]string{root, i.Type, i.Issuer, i.Serial, i.Version, string(check)}, ".")
}

// ParseIdentifier reads an identifier however it was copied: blanks are dropped
// and letters may be small. The root may be left out or abbreviated with an
// ellipsis. Anything else, a wrong check character above all, is the Invalid
// fault certificate.number_wrong.
func ParseIdentifier(text string) (Identifier, error) {
	text = strings.TrimPrefix(tidy(text), root+".")
	text = strings.TrimPrefix(text, "…")
	parts := strings.Split(text, ".")
	wrong := fault.New(fault.Invalid, "certificate.number_wrong")
	if len(parts) != 5 {
		return Identifier{}, wrong
	}
	i := Identifier{Type: parts[0], Issuer: parts[1], Serial: parts[2], Version: parts[3]}
	for _, p := range parts {
		if p == "" || strings.Trim(p, alphabet36) != "" {
			return Identifier{}, wrong
		}
	}
	if len(i.Serial) > maxSerial || len(i.Type) > typeLength || len(i.Issuer) > usccLength || len(i.Version) != 3 ||
		parts[4] != string(checkCharacter(i.Type+i.Issuer+i.Serial+i.Version)) {
		return Identifier{}, wrong
	}
	return i, nil
}

// checkCharacter is ISO 7064 MOD 37,36 over digits and capital letters.
func checkCharacter(text string) byte {
	p := 36
	for _, c := range text {
		p = (p + strings.IndexRune(alphabet36, c)) % 36
		if p == 0 {
			p = 36
		}
		p = p * 2 % 37
	}
	return alphabet36[(37-p)%36]
}

// number makes the number that people read (证照编号): the type's prefix, the
// region, two digits of the year, eight drawn at random and a check character,
// so that neither the next number nor another one can be guessed.
func number(prefix, region string, year int, draw int64) string {
	text := fmt.Sprintf("%s%s%02d%08d", prefix, region, year%100, draw)
	return text + string(checkCharacter(text))
}

// ValidNumber reports whether a tidy text is a number as this program gives
// them. It lets a page answer a slip of the pen without asking the database.
func ValidNumber(text string) bool {
	const least = 1 + 6 + 2 + 8 + 1
	n := len(text)
	return n >= least && n <= least+maxPrefix && strings.Trim(text, alphabet36) == "" &&
		checkCharacter(text[:n-1]) == text[n-1]
}

const maxPrefix = 8

// tidy makes one form of a number however it was typed: full width or half,
// small letters, blanks, hyphens.
func tidy(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '！' && r <= '～':
			r -= '！' - '!'
		case r == '　' || r == '\u200b' || r == '\ufeff':
			return -1
		}
		switch {
		case r == ' ' || r == '\t' || r == '\r' || r == '\n' || r == '-':
			return -1
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		}
		return r
	}, text)
}
