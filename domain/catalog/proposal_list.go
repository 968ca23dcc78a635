package catalog

import (
	"math"
	"strconv"

	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

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
	if !decides(who) {
		return nil, 0, nil
	}
	return proposalPage(tx, who, before, limit, listForeign)
}

// ProposalsOf lists the proposals of somebody that wait or were sent back, in pages like ProposalsToDecide. One that was sent
// back is done with once a later one about the same was agreed to.
func (s *Service) ProposalsOf(tx *db.Tx, who auth.Actor, before int64, limit int) (list []*Proposal, next int64, err error) {
	return proposalPage(tx, who, before, limit, listOwn)
}

func proposalPage(tx *db.Tx, who auth.Actor, before int64, limit int, read func(tx *db.Tx, hand string, before int64, limit int) ([]*Proposal, error)) (list []*Proposal, next int64, err error) {
	if before <= 0 {
		before = math.MaxInt64
	}
	limit = min(max(limit, 1), maxPage)
	list, err = read(tx, doerOf(who).hand(), before, limit+1)
	if err == nil && len(list) > limit {
		list = list[:limit]
		next = list[limit-1].ID
	}
	return list, next, err
}

// AwaitsReview is how much waits for somebody on the page of changes: changes of items, imports, and proposals for the base
// catalogue and the library.
func (s *Service) AwaitsReview(tx *db.Tx, who auth.Actor) (int, error) {
	changes, err := s.ToReview(tx, who)
	if err != nil {
		return 0, err
	}
	imports, err := s.Awaiting(tx, who)
	if err != nil || !decides(who) {
		return changes + len(imports), err
	}
	proposals, err := countForeign(tx, doerOf(who).hand())
	return changes + len(imports) + proposals, err
}

// hand is the key by which the proposals of somebody are listed: of a member of staff the same from whichever account.
func (d Doer) hand() string {
	if d.Staff != 0 {
		return "s" + strconv.FormatInt(d.Staff, 10)
	}
	return string(d.Kind) + strconv.FormatInt(d.ID, 10)
}
