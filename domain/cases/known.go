package cases

import (
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
