package cases

import (
	"maps"
	"slices"
	"strings"

	"onedoor.app/domain/catalog"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

// A renewal changes no words of the certificate (行政许可法 50): what its form asks for and the certificate says already is
// brought along, and another address is a matter for a change (49).

// saying are the types of fields whose values stand on a certificate as they were typed.
var saying = []string{catalog.FieldText, catalog.FieldTextarea, catalog.FieldAddress}

// onFace is what the certificate named by a renewal says of the fields of the item's form, by their key, but who holds it:
// that is as their record says.
func (s *Service) onFace(tx *db.Tx, it *catalog.Item, certificate int64) (map[string]string, error) {
	if certificate <= 0 || s.Register.Words == nil || it.ActsOn == nil || it.ActsOn.Effect != catalog.EffectRenew {
		return nil, nil
	}
	said, err := s.Register.Words(tx, certificate)
	if err != nil {
		return nil, err
	}
	words := map[string]string{}
	for _, f := range it.Fields {
		if value := f.Clean(said[f.Key]); value != "" && slices.Contains(saying, f.Type) && !slices.Contains(recorded, f.Element) && f.Check(value) == "" {
			words[f.Key] = value
		}
	}
	return words, nil
}

// recorded are the elements that are as the record of the applicant says, or that another check is about.
var recorded = append(slices.Clone(identity), "address", elementNumber, elementUntil)

// bringWords puts what the certificate says into the form of a draft that names it: into what is empty, and what was brought
// from the one that was named before.
func (s *Service) bringWords(tx *db.Tx, it *catalog.Item, d *Draft, before int64) error {
	now, err := s.onFace(tx, it, d.Certificate)
	if err != nil || len(now) == 0 {
		return err
	}
	was := map[string]string{}
	if before > 0 && before != d.Certificate {
		if was, err = s.onFace(tx, it, before); fault.Is(err, fault.Unknown) {
			was, err = nil, nil
		}
		if err != nil {
			return err
		}
	}
	form := maps.Clone(d.Form)
	if form == nil {
		form = map[string]string{}
	}
	for key, value := range now {
		if typed := strings.TrimSpace(form[key]); typed == "" || typed == was[key] {
			form[key] = value
		}
	}
	d.Form = form
	return nil
}

// changesFace lists the fields of a renewal's form that say otherwise than the certificate.
func (s *Service) changesFace(tx *db.Tx, it *catalog.Item, d Draft, fields []catalog.Field) (keys []string, err error) {
	words, err := s.onFace(tx, it, d.Certificate)
	for _, f := range fields {
		if said, ok := words[f.Key]; ok && f.Clean(d.Form[f.Key]) != "" && f.Clean(d.Form[f.Key]) != said {
			keys = append(keys, f.Key)
		}
	}
	return keys, err
}
