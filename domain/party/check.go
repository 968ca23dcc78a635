package party

import (
	"encoding/json"
	"fmt"
	"reflect"

	"onedoor.app/engine/ledger"
	"onedoor.app/infra/db"
	"onedoor.app/module"
)

const checkedAtOnce = 500

// Check opens what is sealed of every party, which opens for nobody else and
// only as it was written, and compares every mandate with the ledger: it was
// given in these words, and ended if and only if the ledger says so. It returns
// the first difference.
func (s *Service) Check(tx *db.Tx, count module.Count) error {
	for after, more := int64(0), true; more; {
		ids, err := db.All(tx, func(id *int64) []any { return []any{id} },
			`SELECT id FROM party_party WHERE id > $1 ORDER BY id LIMIT $2`, after, checkedAtOnce)
		if err != nil {
			return err
		}
		for _, id := range ids {
			after = id
			if err := s.checkParty(tx, id, count); err != nil {
				return fmt.Errorf("party %d: %w", id, err)
			}
		}
		more = len(ids) == checkedAtOnce
	}
	return nil
}

func (s *Service) checkParty(tx *db.Tx, id int64, count module.Count) error {
	p, err := find(tx, s.Box, "id = $1", id)
	if err != nil {
		return err
	}
	kept, err := find(tx, s.Box, "kind = $1 AND number_index = $2", p.Kind, s.numberIndex(p.Number))
	if err != nil {
		return err
	}
	if kept == nil || kept.ID != id {
		return fmt.Errorf("it is found under another number than it has")
	}
	count("parties", 1)
	given, revoked, err := told(tx, id)
	if err != nil {
		return err
	}
	if err := walkMandates(tx, id, func(m Mandate) error {
		if m.Principal != id {
			return nil // looked at with its principal
		}
		was, known := given[m.ID]
		want := m
		want.Revoked = false
		switch {
		case !known || !reflect.DeepEqual(was, want):
			return fmt.Errorf("mandate %d is not the one that the ledger tells", m.ID)
		case m.Revoked != revoked[m.ID]:
			return fmt.Errorf("mandate %d: revoked is %t, the ledger says %t", m.ID, m.Revoked, revoked[m.ID])
		}
		delete(given, m.ID)
		count("mandates", 1)
		return nil
	}); err != nil {
		return err
	}
	for lost := range given {
		return fmt.Errorf("mandate %d is in the ledger only", lost)
	}
	return nil
}

// told returns the mandates that a party gave, by id, and which of them it
// revoked, as the ledger tells.
func told(tx *db.Tx, party int64) (given map[int64]Mandate, revoked map[int64]bool, err error) {
	entries, err := ledger.Chain(tx, Chain(party))
	given, revoked = map[int64]Mandate{}, map[int64]bool{}
	for _, e := range entries {
		if e.Act != "party.entrusted" && e.Act != "party.revoked" {
			continue
		}
		var m Mandate
		if err := json.Unmarshal([]byte(e.Body), &m); err != nil {
			return nil, nil, fmt.Errorf("entry %d: %w", e.Seq, err)
		}
		if e.Act == "party.entrusted" {
			given[m.ID] = m
		} else {
			revoked[m.ID] = true
		}
	}
	return given, revoked, err
}
