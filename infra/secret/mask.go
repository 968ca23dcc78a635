package secret

import "strings"

// MaskNumber keeps the first three and the last four characters of a number:
// 380***********0117. A short one keeps its last two.
func MaskNumber(text string) string {
	switch n := len(text); {
	case n >= 11:
		return text[:3] + strings.Repeat("*", n-7) + text[n-4:]
	case n > 2:
		return strings.Repeat("*", n-2) + text[n-2:]
	default:
		return strings.Repeat("*", n)
	}
}

// MaskName hides what lies between the first and the last character of a
// person's name: 周*白, 陈*.
func MaskName(name string) string {
	r := []rune(name)
	switch len(r) {
	case 0:
		return ""
	case 1, 2:
		return string(r[0]) + "*"
	}
	return string(r[0]) + strings.Repeat("*", len(r)-2) + string(r[len(r)-1])
}

// MaskAddress keeps the first six characters of an address, or half of a shorter
// one.
func MaskAddress(address string) string {
	const shown = 6
	r := []rune(address)
	if len(r) == 0 {
		return ""
	}
	return string(r[:min(len(r)/2, shown)]) + "****"
}
