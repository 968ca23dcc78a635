package delivery

import (
	"errors"
	"fmt"

	"onedoor.app/infra/db"
)

const checkedAtOnce = 500

// Check walks every parcel and returns the first one that breaks a promise of
// this package.
func (s *Service) Check(tx *db.Tx) error {
	after := int64(0)
	for {
		list, err := listAfter(tx, after, checkedAtOnce)
		if err != nil {
			return err
		}
		for _, p := range list {
			after = p.ID
			if err := s.unseal(&p); err != nil {
				return err
			}
			if err := p.check(); err != nil {
				return fmt.Errorf("delivery %d: %w", p.ID, err)
			}
		}
		if len(list) < checkedAtOnce {
			return nil
		}
	}
}

func (p Parcel) check() error {
	collected, sent := p.Collector.Name != "" && p.Collector.Number != "", p.Company != "" && p.Waybill != ""
	switch p.State {
	case Waiting:
		if collected || sent || !p.DoneAt.IsZero() {
			return errors.New("waits and was handed over")
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
