package delivery

import (
	"encoding/json"
	"errors"
	"fmt"

	"onedoor.app/engine/ledger"
	"onedoor.app/infra/db"
	"onedoor.app/module"
)

const checkedAtOnce = 500

// Check walks every parcel and returns the first one that breaks a promise of
// this package.
func (s *Service) Check(tx *db.Tx, count module.Count) error {
	switch id, err := findOutrun(tx); {
	case err != nil:
		return err
	case id != 0:
		return fmt.Errorf("delivery %d: waits and is not the newest of its case", id)
	}
	done := map[string]bool{} // by the name of its chain
	if err := s.checkRows(tx, count, done); err != nil {
		return err
	}
	return ledger.Chains(tx, chain0, func(entries []ledger.Entry) error {
		if e := entries[0]; !done[e.Chain] {
			return fmt.Errorf("%s is in the ledger and was not handed over", e.Chain)
		}
		return nil
	})
}

func (s *Service) checkRows(tx *db.Tx, count module.Count, done map[string]bool) error {
	after := int64(0)
	for {
		list, err := listAfter(tx, after, checkedAtOnce)
		if err != nil {
			return err
		}
		for _, p := range list {
			after = p.ID
			count("parcels", 1)
			relation := p.Collector.Relation // of the column; the sealed one counts
			if err := s.unseal(&p); err != nil {
				return err
			}
			if relation != p.Collector.Relation {
				return fmt.Errorf("delivery %d: the relation was changed", p.ID)
			}
			if err := errors.Join(p.check(), s.checkEvidence(tx, p)); err != nil {
				return fmt.Errorf("delivery %d: %w", p.ID, err)
			}
			done[chain(p.ID)] = p.State != Waiting
		}
		if len(list) < checkedAtOnce {
			return nil
		}
	}
}

// checkEvidence compares a parcel that was handed over with the ledger.
func (s *Service) checkEvidence(tx *db.Tx, p Parcel) error {
	if p.State == Waiting {
		return nil
	}
	entries, err := ledger.Chain(tx, chain(p.ID))
	if err != nil {
		return err
	}
	want, err := json.Marshal(s.evidence(p))
	if err != nil {
		return err
	}
	act := "delivery." + string(p.State) // of one taken back too
	if p.State == Received {
		act = "delivery." + string(Sent)
	}
	if len(entries) == 0 || entries[0].Act != act || entries[0].Body != string(want) ||
		entries[0].Actor != p.DoneBy || !entries[0].At.Equal(p.DoneAt) {
		return errors.New("the ledger has another record of it")
	}
	if p.State != Received {
		return nil
	}
	if len(entries) < 2 {
		return errors.New("the ledger does not know that it was received")
	}
	return p.checkReceived(entries[1])
}

func (p Parcel) check() error {
	collected, sent := p.Collector.Name != "" && p.Collector.Number != "", p.Company != "" && p.Waybill != ""
	switch p.State {
	case Waiting:
		if collected || sent || !p.DoneAt.IsZero() {
			return errors.New("waits and was handed over")
		}
		return nil
	case Withdrawn:
		if collected || sent || p.DoneAt.IsZero() {
			return errors.New("was taken back and was handed over")
		}
		return nil
	case Handed:
		if !collected || sent {
			return errors.New("was handed over to nobody")
		}
		if p.Collector.Relation == ByMandate && p.Collector.Mandate == "" {
			return errors.New("was collected without a right to")
		}
	case Sent, Received:
		if collected || !sent || (p.State == Received) == p.ReceivedAt.IsZero() {
			return errors.New("was sent without a waybill")
		}
	default:
		return fmt.Errorf("is in the state %q", p.State)
	}
	if p.DoneAt.IsZero() || p.DoneBy == 0 {
		return errors.New("was handed over by nobody")
	}
	return nil
}
