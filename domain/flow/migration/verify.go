package migration

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"onedoor.app/domain/flow"
	"onedoor.app/engine/ledger"
	"onedoor.app/infra/db"
	"onedoor.app/module"
)

// verifiedAtOnce is how many rows Verify reads at a time.
const verifiedAtOnce = 100

// history is what the ledger tells of a plan.
type history struct {
	editors  []int64 // the staff who had a hand in it
	accounts []int64 // with which they did
	hash     string  // of what was approved, "" if nobody has
	approver int64
}

// Verify holds the plans, and the cases that were carried over, against the ledger in both directions: each plan is what was
// approved by somebody who had no hand in it, each approval has its plan, and each case was carried over by a plan that was
// approved.
func (s *Service) Verify(tx *db.Tx, count module.Count) error {
	book, approved, err := readBook(tx)
	if err != nil {
		return err
	}
	for after := int64(0); ; {
		page, err := listEvery(tx, after, verifiedAtOnce)
		if err != nil {
			return err
		}
		for _, p := range page {
			if err := s.verify(tx, &p, book[p.ID], count); err != nil {
				return fmt.Errorf("migration: plan %d of %s: %w", p.ID, p.Flow, err)
			}
			delete(book, p.ID)
			after = p.ID
		}
		if len(page) == 0 {
			break
		}
		count("migrations", len(page))
	}
	for id := range book {
		return fmt.Errorf("migration: the ledger tells of a plan %d that there is not", id)
	}
	return s.verifyCases(tx, approved)
}

// readBook reads what the ledger tells of the plans; approved are the hashes of what was.
func readBook(tx *db.Tx) (book map[int64]*history, approved map[string]bool, err error) {
	book, approved = map[int64]*history{}, map[string]bool{}
	err = ledger.Chains(tx, flow.Chain(""), func(entries []ledger.Entry) error {
		for _, e := range entries {
			if err := note(book, approved, e); err != nil {
				return fmt.Errorf("migration: entry %d of %s: %w", e.Seq, e.Chain, err)
			}
		}
		return nil
	})
	return book, approved, err
}

// note adds an entry to what is told.
func note(book map[int64]*history, approved map[string]bool, e ledger.Entry) error {
	switch e.Act {
	case "migration.begin", "migration.save", "migration.submit", "migration.approve":
	default:
		return nil
	}
	var a struct {
		Plan     int64  `json:"plan"`
		Staff    int64  `json:"staff"`
		Hash     string `json:"hash"`
		Approver int64  `json:"approver"`
	}
	if err := json.Unmarshal([]byte(e.Body), &a); err != nil {
		return err
	}
	p := book[a.Plan]
	if p == nil {
		p = &history{}
		book[a.Plan] = p
	}
	if e.Act != "migration.approve" {
		p.accounts = append(p.accounts, e.Actor)
		if a.Staff != 0 {
			p.editors = append(p.editors, a.Staff)
		}
		return nil
	}
	if slices.Contains(p.accounts, e.Actor) || slices.Contains(p.editors, a.Approver) {
		return errors.New("who approved it had a hand in it")
	}
	p.hash, p.approver, approved[a.Hash] = a.Hash, a.Approver, true
	return nil
}

func (s *Service) verify(tx *db.Tx, p *Plan, t *history, count module.Count) error {
	switch {
	case t == nil:
		return errors.New("the ledger does not tell of it")
	case p.Hash != t.hash || p.Approver.Staff != t.approver:
		return errors.New("it is not what was approved, or by another")
	case p.Hash != "" && p.hash() != p.Hash:
		return errors.New("it is not what its hash names")
	case (p.State == Approved || p.State == Done) && p.Hash == "":
		return errors.New("nobody has approved it")
	case p.Hash != "" && p.State != Approved && p.State != Done && p.State != Stopped:
		return errors.New("it was approved and may be written on")
	}
	for _, staff := range t.editors {
		known, err := isEditor(tx, p.ID, staff)
		if err == nil && !known {
			err = errors.New("somebody had a hand in it who could approve it")
		}
		if err != nil {
			return err
		}
	}
	for after := int64(0); ; {
		page, err := listCarried(tx, p.ID, after, verifiedAtOnce)
		if err != nil || len(page) == 0 {
			return err
		}
		for _, id := range page {
			plans, err := s.Cases.CarriedBy(tx, id)
			if err == nil && !slices.Contains(plans, p.Hash) {
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

// verifyCases finds cases that were carried over by what nobody has approved.
func (s *Service) verifyCases(tx *db.Tx, approved map[string]bool) error {
	for after := int64(0); ; {
		page, err := s.Cases.CarriedOver(tx, after, verifiedAtOnce)
		if err != nil || len(page) == 0 {
			return err
		}
		for _, id := range page {
			plans, err := s.Cases.CarriedBy(tx, id)
			if err != nil {
				return err
			}
			for _, plan := range plans {
				if !approved[plan] {
					return fmt.Errorf("migration: case %d was carried over by a plan that nobody has approved", id)
				}
			}
			after = id
		}
	}
}
