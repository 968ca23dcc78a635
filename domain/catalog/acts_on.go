package catalog

import (
	"slices"

	"onedoor.app/infra/db"
)

// ActsOn says that an item is about a certificate that its applicant has already.
type ActsOn struct {
	Certificate string `yaml:"certificate" json:"certificate"` // its type
	Effect      string `yaml:"effect" json:"effect"`
}

// What a grant of the item does to the certificate.
const (
	EffectChange  = "change"  // 变更: another version takes its place
	EffectRenew   = "renew"   // 延续: its term runs on
	EffectReissue = "reissue" // 补证: another version with the same words
	EffectCancel  = "cancel"  // 注销
)

// Effects lists what an item may do to a certificate, in the order of pages.
var Effects = []string{EffectRenew, EffectChange, EffectReissue, EffectCancel}

// The standard data elements by which the form of such an item asks for a certificate that the register does not hold.
const (
	ElementCertificateNumber = "certificate_number"
	ElementCertificateUntil  = "validate_end"
)

// facetActsOn finds the items about a type of certificate.
const facetActsOn = "acts_on"

// wrongActsOn says what is wrong with it: an item that gives the holder a new version gives that type of certificate.
func (it *Item) wrongActsOn() []Wrong {
	a := it.ActsOn
	if a == nil {
		return nil
	}
	if slices.Contains(Effects, a.Effect) && a.Certificate != "" && (a.Effect == EffectCancel || it.Result.Certificate == a.Certificate) {
		return it.wrongDeclared()
	}
	return []Wrong{{"catalog.item.acts_on", a.Effect + " " + a.Certificate}}
}

// wrongDeclared: who has a certificate from before the register was kept declares its number, and to have it renewed the
// last day from which the law counts.
func (it *Item) wrongDeclared() (w []Wrong) {
	for _, element := range it.certificateUnasked() {
		w = append(w, Wrong{"catalog.item.declared", element})
	}
	return w
}

// certificateUnasked are the elements by which the form should ask for a certificate and does not. What was published before
// they were asked for stays in force, and is received: the window enters what it reads.
func (it *Item) certificateUnasked() (elements []string) {
	if it.ActsOn == nil {
		return nil
	}
	asks := func(element, kind string) bool {
		return slices.ContainsFunc(it.Fields, func(f Field) bool { return f.Element == element && f.Type == kind })
	}
	if !asks(ElementCertificateNumber, FieldText) {
		elements = append(elements, ElementCertificateNumber)
	}
	if it.ActsOn.Effect == EffectRenew && !asks(ElementCertificateUntil, FieldDate) {
		elements = append(elements, ElementCertificateUntil)
	}
	return elements
}

// About lists the items in force that are about certificates of a type, in the order of Effects.
func (s *Service) About(tx *db.Tx, certificate string) (list []*Item, err error) {
	entries, err := listEntries(tx, [][2]string{{facetActsOn, certificate}}, false, "", maxPage)
	for _, e := range entries {
		it, err := s.Version(tx, e.ID)
		if err != nil {
			return nil, err
		}
		list = append(list, it)
	}
	slices.SortStableFunc(list, func(a, b *Item) int {
		return slices.Index(Effects, a.ActsOn.Effect) - slices.Index(Effects, b.ActsOn.Effect)
	})
	return list, err
}
