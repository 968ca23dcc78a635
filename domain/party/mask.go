package party

import (
	"log/slog"

	"onedoor.app/infra/secret"
)

// MaskNumber is a number as others may see it: 380***********0117.
func MaskNumber(text string) string { return secret.MaskNumber(text) }

// MaskMobile hides the middle of a mobile number: 154****0001.
func MaskMobile(text string) string { return secret.MaskNumber(text) }

// MaskName is a person's name as others may see it: 周*白, 陈*.
func MaskName(name string) string { return secret.MaskName(name) }

// MaskAddress keeps the first six characters of an address.
func MaskAddress(address string) string { return secret.MaskAddress(address) }

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
