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
