package certificate

import (
	"regexp"
	"slices"
	"strings"

	"onedoor.app/infra/secret"
)

// How much of a line the public may see. What the holder is by law known for
// (the name of a business, where it is, what it may do) stays open.
const (
	showAll     = ""        // everything
	showName    = "name"    // of a person: 周*桐
	showNumber  = "number"  // of a person: left out
	showPhone   = "phone"   // left out
	showAddress = "address" // where a person lives: the beginning only
	showOpen    = "all"     // in layouts: everything, also of a person's form
)

// Numbers of people hide in free text too.
var (
	idInText     = regexp.MustCompile(`[0-9]{17}[0-9Xx]|[0-9]{15}`)
	mobileInText = regexp.MustCompile(`1[3-9][0-9]{9}`)
)

// official lists the lines whose long numbers are nobody's own: the number of
// the certificate, the credit code of a business, the number of the decision.
var official = []string{"number", "holder_number", "basis"}

// public is the face as anybody may see it: names of people partly hidden, their
// numbers and telephones left out.
func (f Face) public() Face {
	hidden := f
	hidden.Rows = nil
	name := f.Holder
	if f.Kind == Person {
		hidden.Holder = secret.MaskName(f.Holder)
	}
	hidden.HolderNumber = ""
	for _, r := range f.Rows {
		switch r.Show {
		case showNumber, showPhone:
			continue
		case showName:
			r.Value = secret.MaskName(r.Value)
		case showAddress:
			r.Value = secret.MaskAddress(r.Value)
		case showAll:
			if f.Kind == Person && len([]rune(name)) > 1 {
				r.Value = strings.ReplaceAll(r.Value, name, secret.MaskName(name))
			}
			if !slices.Contains(official, r.Key) {
				r.Value = maskNumbers(r.Value)
			}
		}
		hidden.Rows = append(hidden.Rows, r)
	}
	return hidden
}

func maskNumbers(text string) string {
	hide := func(n string) string { return n[:3] + strings.Repeat("*", len(n)-3) }
	return mobileInText.ReplaceAllStringFunc(idInText.ReplaceAllStringFunc(text, hide), hide)
}

// tail is the end of a number that tells it from others without giving it away.
func tail(number string) string {
	if len(number) <= 4 {
		return number
	}
	return number[len(number)-4:]
}
