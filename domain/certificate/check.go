package certificate

import (
	"fmt"

	"onedoor.app/engine/ledger"
	"onedoor.app/infra/db"
	"onedoor.app/module"
)

const checkedAtOnce = 200

// Check walks every certificate and returns the first one that breaks a promise
// of this package, or that the ledger knows and the register does not. It does
// not open files; a verification does.
func (s *Service) Check(tx *db.Tx, count module.Count) error {
	made := map[string]bool{} // by the name of its chain
	if err := s.checkRows(tx, count, made); err != nil {
		return err
	}
	return ledger.Chains(tx, chain0, func(entries []ledger.Entry) error {
		if e := entries[0]; e.Act != EventMade || !made[e.Chain] {
			return fmt.Errorf("%s is in the ledger and not in the register", e.Chain)
		}
		return nil
	})
}

func (s *Service) checkRows(tx *db.Tx, count module.Count, made map[string]bool) error {
	after := int64(0)
	for {
		list, err := listAfter(tx, after, checkedAtOnce)
		if err != nil {
			return err
		}
		for _, c := range list {
			after = c.ID
			made[chain(c.ID)] = c.Origin == MadeHere
			count("certificates", 1)
			if err := s.checkOne(tx, c); err != nil {
				return fmt.Errorf("certificate %d: %w", c.ID, err)
			}
		}
		if len(list) < checkedAtOnce {
			return nil
		}
	}
}

func (s *Service) checkOne(tx *db.Tx, c Certificate) error {
	if err := s.unseal(&c); err != nil {
		return err
	}
	if c.Status != Valid {
		n, err := countChanges(tx, c.ID)
		if err != nil {
			return err
		}
		if n == 0 {
			return fmt.Errorf("is %s without history", c.Status)
		}
	}
	if c.Origin == Imported {
		return nil
	}
	id, err := ParseIdentifier(c.Identifier)
	if err != nil || id.String() != c.Identifier {
		return fmt.Errorf("identifier %s is not well formed", c.Identifier)
	}
	if !ValidNumber(c.Number) {
		return fmt.Errorf("number %s is not well formed", c.Number)
	}
	if c.Face.Number != c.Number || c.Face.Identifier != c.Identifier {
		return fmt.Errorf("shows another number than it has")
	}
	entries, err := ledger.Chain(tx, chain(c.ID))
	if err != nil {
		return err
	}
	return c.registered(entries)
}
