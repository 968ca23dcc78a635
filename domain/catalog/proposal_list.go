package catalog

import (
	"math"

	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

// mostProposals is how many proposals are counted, and read at once, at most.
const mostProposals = 100

// SentBack returns a proposal that was sent back or taken back, to be opened again in its form; any other is the Unknown
// fault catalog.proposal.none.
func (s *Service) SentBack(tx *db.Tx, id int64, about string) (*Proposal, error) {
	p, err := findProposal(tx, id, "")
	switch {
	case err != nil:
		return nil, err
	case about != "" && p.About != about, !p.Again():
		return nil, fault.New(fault.Unknown, "catalog.proposal.none")
	}
	return p, nil
}

// Again reports whether the proposal can be opened again in a form: it changes nothing any more, and was typed.
func (p *Proposal) Again() bool {
	ended := p.State == ProposalReturned || p.State == ProposalWithdrawn
	return ended && (p.Base != nil || p.Locks != nil || p.Material != nil)
}

// ProposalsToDecide lists up to limit proposals that wait for somebody, the newest on top, below an id, 0 being the first
// page; next is the id for the page after, 0 for none.
func (s *Service) ProposalsToDecide(tx *db.Tx, who auth.Actor, before int64, limit int) (list []*Proposal, next int64, err error) {
	if !who.May(Review) || scopeOf(who) != "" {
		return nil, 0, nil
	}
	return pickProposals(tx, before, limit, func(p *Proposal) bool { return p.Bar(who) == nil }, ProposalWaits)
}

// CountToDecide counts the proposals that wait for somebody, up to a hundred.
func (s *Service) CountToDecide(tx *db.Tx, who auth.Actor) (int, error) {
	list, _, err := s.ProposalsToDecide(tx, who, 0, mostProposals)
	return len(list), err
}

// ProposalsOf lists the proposals of somebody that wait or were sent back, in pages like ProposalsToDecide. A page may be
// shorter than limit, and empty, before the last.
func (s *Service) ProposalsOf(tx *db.Tx, who auth.Actor, before int64, limit int) (list []*Proposal, next int64, err error) {
	return pickProposals(tx, before, limit, func(p *Proposal) bool { return p.By.is(who) }, ProposalWaits, ProposalReturned)
}

// farthest is how many batches of proposals one page looks through for those that it picks.
const farthest = 10

// pickProposals looks through proposals, the newest first, until a page is full.
func pickProposals(tx *db.Tx, before int64, limit int, pick func(*Proposal) bool, states ...ProposalState) (list []*Proposal, next int64, err error) {
	if before <= 0 {
		before = math.MaxInt64
	}
	for range farthest {
		found, err := listProposals(tx, before, mostProposals, states...)
		if err != nil {
			return nil, 0, err
		}
		for _, p := range found {
			if !pick(p) {
				before = p.ID
				continue
			}
			if len(list) == limit {
				return list, before, nil
			}
			list, before = append(list, p), p.ID
		}
		if len(found) < mostProposals {
			return list, 0, nil
		}
	}
	return list, before, nil
}
