package catalog

import (
	"errors"
	"fmt"
	"maps"

	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
	"onedoor.app/module"
)

// checkProposals tells the first proposal that was decided by nobody, or agreed to or sent back by whoever made it.
func checkProposals(tx *db.Tx, count module.Count) error {
	for after := int64(0); ; {
		list, err := listDecided(tx, after, maxPage)
		if err != nil {
			return err
		}
		for _, p := range list {
			after = p.ID
			own := p.By.is(p.Decider.actor())
			switch {
			case p.State == ProposalWaits && p.Decided.IsZero(), p.State == ProposalWithdrawn && own:
			case (p.State == ProposalAgreed || p.State == ProposalReturned) && !own && p.Decider != Doer{} && !p.Decided.IsZero():
			default:
				return fmt.Errorf("catalog: proposal %d is %s, and that by nobody else", p.ID, p.State)
			}
		}
		count("proposals for the base catalogue and the library", len(list))
		if len(list) < maxPage {
			return nil
		}
	}
}

// newly refuses a proposal of what is in force already as the Conflict fault catalog.proposal.same.
func (s *Service) newly(tx *db.Tx, p *Proposal) error {
	same := false
	switch p.Kind {
	case ProposeBase:
		now, _, err := findBase(tx, p.Base.Code, "")
		if err != nil || now == nil {
			return err
		}
		before, err := now.hash()
		if err != nil {
			return err
		}
		after, err := p.Base.hash()
		if err != nil {
			return err
		}
		same = before == after
	case ProposeLocks:
		now, _, err := s.LocksOf(tx, p.code())
		if err != nil {
			return err
		}
		next := DefaultLocks()
		maps.Copy(next, p.Locks)
		same = maps.Equal(now, next)
	}
	if same {
		return fault.New(fault.Conflict, "catalog.proposal.same")
	}
	return nil
}

// reasoned adds to what is wrong with a proposal that it lacks its reason, where other words or another form of an entry
// of the library need one; all other kinds ask for theirs when they are tried.
func (p *Proposal) reasoned(wrong error) error {
	if p.Kind != ProposeForm && (p.Kind != ProposeMaterial || p.On == 0) {
		return wrong
	}
	bad := fault.Fields{}
	checkReason(bad, p.Why)
	if wrong == nil {
		return bad.Err()
	}
	if f, ok := errors.AsType[*fault.Error](wrong); ok && f.Kind == fault.Invalid && f.Fields != nil {
		maps.Copy(f.Fields, bad)
	}
	return wrong
}
