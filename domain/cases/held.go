package cases

import (
	"slices"

	"onedoor.app/domain/catalog"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

// What the centre has itself it does not ask for (免交): a valid certificate of the
// party, or what it has granted them and not made the certificate of yet. Once a
// certificate has lapsed, the paper may be asked for like any other.

// holds asks whether the centre has itself what makes a material unnecessary, and
// what proves it.
func (s *Service) holds(tx *db.Tx, party int64, m catalog.Material) (proof string, ok bool, err error) {
	if len(m.ReplacedBy) == 0 {
		return "", false, nil
	}
	if s.Holds != nil {
		if proof, ok, err = s.Holds(tx, party, m.ReplacedBy); ok || err != nil {
			return proof, ok, err
		}
	}
	return s.approved(tx, party, m.ReplacedBy)
}

// approved looks among the party's cases that are granted and wait for their
// certificate: the decision stands in for a certificate of these types.
func (s *Service) approved(tx *db.Tx, party int64, types []string) (proof string, ok bool, err error) {
	type granted struct{ id, version int64 }
	list, err := db.All(tx, func(g *granted) []any { return []any{&g.id, &g.version} },
		`SELECT id, item_version FROM cases WHERE party = $1 AND state = $2 ORDER BY id DESC LIMIT 20`, party, string(StateGranted))
	if err != nil {
		return "", false, err
	}
	for _, g := range list {
		it, err := s.Catalog.Version(tx, g.version)
		if err != nil {
			return "", false, err
		}
		if !slices.Contains(types, it.Result.Certificate) {
			continue
		}
		papers, err := listDocuments(tx, g.id)
		if err != nil {
			return "", false, err
		}
		for _, d := range papers {
			if d.Kind == PaperGrant {
				return d.Content.Title + " " + d.No, true, nil
			}
		}
	}
	return "", false, nil
}

// spare keeps a material that the centre has itself from being asked for, now or
// later; found fit, it needs no paper.
func (ch *change) spare(m *Material, need catalog.Need, found Verdict) error {
	wanted := need.Material(m.Key)
	if wanted == nil || found == Unjudged || found == Unneeded {
		return nil
	}
	proof, held, err := ch.s.holds(ch.tx, ch.c.Party, *wanted)
	switch {
	case err != nil || !held:
		return err
	case found == Correct || found == Tolerate:
		return fault.New(fault.Conflict, "cases.held", "proof", proof)
	case m.Source == SourceNone:
		m.Source, m.Proof = SourceCertificate, proof
	}
	return nil
}

// askable refuses to ask for what the centre has come to hold since it was found
// wanting.
func (ch *change) askable(list []Material) error {
	it, err := ch.s.Catalog.Version(ch.tx, ch.c.ItemVersion)
	if err != nil {
		return err
	}
	need := it.Resolve(ch.c.Answers)
	for _, m := range list {
		if m.Verdict != Correct {
			continue
		}
		if err := ch.spare(&m, need, Correct); err != nil {
			return err
		}
	}
	return nil
}
