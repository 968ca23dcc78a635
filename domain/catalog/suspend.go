package catalog

import (
	"context"
	"time"

	"onedoor.app/engine/calendar"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

// Suspension is an item taken from the list (下架): nobody may apply for it, lists, search
// and counts leave it out, its guide says so; running cases go on.
type Suspension struct {
	Code   string
	Reason string // told to the public
	By     Person
	Since  time.Time
}

// Suspend takes an item from the list, for whoever holds catalog.review. One that is not
// on it stays as it is.
func (s *Service) Suspend(ctx context.Context, who auth.Actor, code, reason string) error {
	if !who.May(Review) {
		return fault.New(fault.Forbidden, "right.missing")
	}
	reason, err := wordsOf(reason, "reason", true)
	if err != nil {
		return err
	}
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		if err := s.lockInScope(tx, who, code); err != nil {
			return err
		}
		if off, err := findSuspension(tx, code); err != nil || off != nil {
			return err
		}
		if err := insertSuspension(tx, Suspension{Code: code, Reason: reason, By: personOf(who)}); err != nil {
			return err
		}
		return s.logItem(tx, who, "catalog.suspended", code, map[string]any{"code": code, "reason": reason, "by": personOf(who)})
	})
}

// Restore puts an item back on the list, for whoever holds catalog.review. One that is on
// it stays as it is.
func (s *Service) Restore(ctx context.Context, who auth.Actor, code string) error {
	if !who.May(Review) {
		return fault.New(fault.Forbidden, "right.missing")
	}
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		if err := s.lockInScope(tx, who, code); err != nil {
			return err
		}
		if off, err := findSuspension(tx, code); err != nil || off == nil {
			return err
		}
		it, err := s.Current(tx, code)
		if err != nil {
			return err
		}
		if err := endSuspension(tx, it); err != nil {
			return err
		}
		return s.logItem(tx, who, "catalog.restored", code, map[string]any{"code": code})
	})
}

// lockInScope keeps others from an item that somebody may review.
func (s *Service) lockInScope(tx *db.Tx, who auth.Actor, code string) error {
	if err := lockItem(tx, code); err != nil {
		return err
	}
	it, err := s.Current(tx, code)
	if err == nil && !inScope(who, it.Unit) {
		err = fault.New(fault.Forbidden, "catalog.change.unit")
	}
	return err
}

// logItem keeps something as evidence in the chain of an item.
func (s *Service) logItem(tx *db.Tx, who auth.Actor, act, code string, facts any) error {
	if s.Log == nil {
		return nil
	}
	return s.Log(tx, who, act, "catalog:"+code, facts)
}

// Suspended says that an item is taken from the list, nil: it is on it.
func (s *Service) Suspended(tx *db.Tx, code string) (*Suspension, error) {
	return findSuspension(tx, code)
}

// SuspendedItems lists what is taken from the list, the latest first, a hundred at most.
func (s *Service) SuspendedItems(tx *db.Tx) ([]Suspension, error) {
	return listSuspensions(tx, maxPage)
}

// Offered is Current for whoever begins a case: an item that is taken from the list is
// the Conflict fault catalog.item.suspended, one whose days do not allow it today
// catalog.item.not_today.
func (s *Service) Offered(tx *db.Tx, code string) (*Item, error) {
	it, err := s.Current(tx, code)
	if err != nil {
		return nil, err
	}
	off, err := findSuspension(tx, code)
	switch {
	case err != nil:
		return nil, err
	case off != nil:
		return it, fault.New(fault.Conflict, "catalog.item.suspended")
	case !it.OfferedOn(calendar.DateOf(tx.Now())):
		return it, fault.New(fault.Conflict, "catalog.item.not_today")
	}
	return it, nil
}
