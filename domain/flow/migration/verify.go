package migration

import (
	"encoding/json"
	"errors"
	"fmt"

	"onedoor.app/domain/flow"
	"onedoor.app/engine/ledger"
	"onedoor.app/infra/db"
	"onedoor.app/module"
)

// verifiedAtOnce is how many rows Verify reads at a time.
const verifiedAtOnce = 100

// Verify compares every plan that was approved with the entry of its approval, and every case that it has carried over with
// the ledger of that case.
func (s *Service) Verify(tx *db.Tx, count module.Count) error {
	for after := int64(0); ; {
		page, err := listApproved(tx, after, verifiedAtOnce)
		if err != nil || len(page) == 0 {
			return err
		}
		for _, p := range page {
			if err := s.verify(tx, &p, count); err != nil {
				return fmt.Errorf("migration: plan %d of %s: %w", p.ID, p.Flow, err)
			}
			after = p.ID
		}
		count("migrations", len(page))
	}
}

func (s *Service) verify(tx *db.Tx, p *Plan, count module.Count) error {
	if p.hash() != p.Hash {
		return errors.New("it is not what its hash names")
	}
	own, err := isEditor(tx, p.ID, p.Approver.Staff)
	if err == nil && own {
		err = errors.New("who approved it had a hand in it")
	}
	if err != nil {
		return err
	}
	entries, err := ledger.Chain(tx, flow.Chain(p.Flow))
	if err != nil {
		return err
	}
	known := false
	for _, e := range entries {
		var a struct {
			Plan     int64  `json:"plan"`
			Hash     string `json:"hash"`
			Approver int64  `json:"approver"`
		}
		if e.Act != "migration.approve" || json.Unmarshal([]byte(e.Body), &a) != nil || a.Plan != p.ID {
			continue
		}
		known = known || a.Hash == p.Hash && a.Approver == p.Approver.Staff
	}
	if !known {
		return errors.New("nobody has approved it")
	}
	for after := int64(0); ; {
		page, err := listCarried(tx, p.ID, after, verifiedAtOnce)
		if err != nil || len(page) == 0 {
			return err
		}
		for _, id := range page {
			told, err := s.Cases.CarriedBy(tx, id, p.Hash)
			if err == nil && !told {
				err = fmt.Errorf("the ledger of case %d does not tell that it was carried over", id)
			}
			if err != nil {
				return err
			}
			after = id
		}
		count("cases carried over", len(page))
	}
}
