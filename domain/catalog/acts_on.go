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

// facetActsOn finds the items about a type of certificate.
const facetActsOn = "acts_on"

// wrongActsOn says what is wrong with it: an item that gives the holder a new version gives that type of certificate.
func (it *Item) wrongActsOn() []Wrong {
	a := it.ActsOn
	if a == nil || slices.Contains(Effects, a.Effect) && a.Certificate != "" && (a.Effect == EffectCancel || it.Result.Certificate == a.Certificate) {
		return nil
	}
	return []Wrong{{"catalog.item.acts_on", a.Effect + " " + a.Certificate}}
}

// About lists the items in force that are about certificates of a type, in the order of Effects.
func (s *Service) About(tx *db.Tx, certificate string) (list []*Item, err error) {
	entries, err := listEntries(tx, [][2]string{{facetActsOn, certificate}}, "", maxPage)
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
