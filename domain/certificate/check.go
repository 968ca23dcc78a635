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
		e := entries[0]
		if here, known := made[e.Chain]; !known || here != (e.Act == EventMade) {
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
	entries, err := ledger.Chain(tx, chain(c.ID))
	if err != nil {
		return err
	}
	if err := checkHistory(tx, c, changesOf(entries)); err != nil {
		return err
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
	if id.Version != fmt.Sprintf("%03d", c.Version) {
		return fmt.Errorf("identifier %s is not that of version %d", c.Identifier, c.Version)
	}
	return c.registered(entries)
}

// checkHistory compares the lines of the history with the acts in the ledger, and what the certificate is now with where
// they lead. An imported one came without a last day; how that of one made here began is for registered.
func checkHistory(tx *db.Tx, c Certificate, kept []changed) error {
	list, err := listChanges(tx, c.ID)
	if err != nil {
		return err
	}
	if len(list) != len(kept) {
		return fmt.Errorf("has %d lines of history, the ledger %d acts", len(list), len(kept))
	}
	status, until := Valid, c.Until
	if c.Origin == Imported {
		until = 0
	}
	for i, x := range list {
		if kept[i] != (changed{x.Act, x.Before, x.After, x.Ground, x.Until, x.Paper}) {
			return fmt.Errorf("line %d of its history is not what was done", i+1)
		}
		status = x.After
		if x.Until != 0 {
			until = x.Until
		}
	}
	if until != c.Until {
		return fmt.Errorf("runs to %s, its history to %s", c.Until, until)
	}
	if status != c.Status {
		return fmt.Errorf("is %s, its history leads to %s", c.Status, status)
	}
	return nil
}
