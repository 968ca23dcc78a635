package cases

import (
	"maps"
	"slices"

	"onedoor.app/domain/catalog"
	"onedoor.app/infra/db"
)

// Prefilled returns the fields of a form that the centre fills in by itself, by
// key, so that a page can say which values were brought along.
func (s *Service) Prefilled(tx *db.Tx, it *catalog.Item, d Draft) (map[string]string, error) {
	form, _, err := s.prefill(tx, it, d)
	return form, err
}

// Proof returns the certificate that makes a material unnecessary for a party
// (免交); ok is false when it has to be handed in.
func (s *Service) Proof(tx *db.Tx, party int64, m catalog.Material) (proof string, ok bool, err error) {
	return s.holds(tx, party, m)
}

// identity are the standard data elements that say who applies. A field of another
// person (a seller, a child) has another element.
var identity = []string{"applyer_name", "applyer_page_code", "legal", "yc.legal_id"}

// Identity returns the fields of a form that say who applies, by key, as far as the
// record of the party in whose name it is made holds them. They are as the record
// says whatever is typed: what is granted is granted to the party of the record.
func (s *Service) Identity(tx *db.Tx, it *catalog.Item, d Draft) (map[string]string, error) {
	form, _, err := s.prefill(tx, it, d)
	maps.DeleteFunc(form, func(key, _ string) bool {
		return !slices.ContainsFunc(it.Fields, func(f catalog.Field) bool { return f.Key == key && slices.Contains(identity, f.Element) })
	})
	return form, err
}

// identify puts the identity of the applicant's record into a draft's form.
func (s *Service) identify(tx *db.Tx, it *catalog.Item, d *Draft) error {
	own, err := s.Identity(tx, it, *d)
	form := maps.Clone(d.Form)
	if form == nil {
		form = map[string]string{}
	}
	maps.Copy(form, own)
	d.Form = form
	return err
}
