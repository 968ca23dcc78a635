package party

import (
	"log/slog"
	"strings"
)

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

// MaskMobile hides the middle of a mobile number: 154****0001.
func MaskMobile(text string) string { return MaskNumber(text) }

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

// MaskAddress keeps the first six characters of an address.
func MaskAddress(address string) string {
	const shown = 6
	r := []rune(address)
	if len(r) == 0 {
		return ""
	}
	return string(r[:min(len(r)/2, shown)]) + "****"
}

// MaskedName is the name as others may see it. Names of organisations are
// public.
func (p Party) MaskedName() string {
	if p.Kind == Organization {
		return p.Name
	}
	return MaskName(p.Name)
}

// MaskedNumber is the number as a page shows it. Codes of organisations are
// public.
func (p Party) MaskedNumber() string {
	if p.IDType == USCC {
		return p.Number
	}
	return MaskNumber(p.Number)
}

// MaskedMobile is the mobile number as a page shows it.
func (p Party) MaskedMobile() string { return MaskMobile(p.Mobile) }

// MaskedAddress is the address as a page shows it; where an organisation has
// its seat is public.
func (p Party) MaskedAddress() string {
	if p.Kind == Organization {
		return p.Address
	}
	return MaskAddress(p.Address)
}

// MaskedLegalNumber is the number of the legal representative as a page shows it.
func (p Party) MaskedLegalNumber() string { return MaskNumber(p.LegalNumber) }

// LogValue keeps everything personal out of logs.
func (p Party) LogValue() slog.Value { return slog.Int64Value(p.ID) }
