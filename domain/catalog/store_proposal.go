package catalog

import (
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

const selectProposal = `SELECT id, kind, about, name, made_on, body, why, state, author, decider, remark, at, decided FROM catalog_proposal `

func (p *Proposal) columns() []any {
	return []any{&p.ID, (*string)(&p.Kind), &p.About, &p.Name, &p.On, db.JSON(&p.Proposed), &p.Why, (*string)(&p.State), db.JSON(&p.By), db.JSON(&p.Decider), &p.Remark, &p.At, &p.Decided}
}

func insertProposal(tx *db.Tx, p *Proposal) error {
	return tx.Exec(`INSERT INTO catalog_proposal (id, kind, about, name, made_on, body, why, state, author, decider, remark, at, decided)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
		p.ID, string(p.Kind), p.About, p.Name, p.On, db.JSON(p.Proposed), p.Why, string(p.State), db.JSON(p.By), db.JSON(p.Decider), p.Remark, p.At, p.Decided)
}

// changeProposal writes what somebody decided.
func changeProposal(tx *db.Tx, p *Proposal) error {
	return tx.ExecOne(`UPDATE catalog_proposal SET state = $1, decider = $2, remark = $3, decided = $4 WHERE id = $5`,
		string(p.State), db.JSON(p.Decider), p.Remark, p.Decided, p.ID)
}

// findProposal returns a proposal. lock is what ForUpdate gives, or "".
func findProposal(tx *db.Tx, id int64, lock string) (*Proposal, error) {
	p := &Proposal{}
	found, err := tx.Maybe(selectProposal+`WHERE id = $1`+lock, []any{id}, p.columns()...)
	if err == nil && !found {
		err = fault.New(fault.Unknown, "catalog.proposal.none")
	}
	return p, err
}

// findWaiting returns the proposal about something that waits, nil for none.
func findWaiting(tx *db.Tx, about string) (*Proposal, error) {
	return maybeProposal(tx, `WHERE about = $1 AND state = $2`, about, string(ProposalWaits))
}

// findLatest returns the latest proposal about something, nil for none.
func findLatest(tx *db.Tx, about string) (*Proposal, error) {
	return maybeProposal(tx, `WHERE about = $1 ORDER BY id DESC LIMIT 1`, about)
}

func maybeProposal(tx *db.Tx, where string, args ...any) (*Proposal, error) {
	p := &Proposal{}
	found, err := tx.Maybe(selectProposal+where, args, p.columns()...)
	if err != nil || !found {
		return nil, err
	}
	return p, nil
}

// listProposals returns the newest proposals below an id in one of one or two states, up to a limit.
func listProposals(tx *db.Tx, before int64, limit int, states ...ProposalState) ([]*Proposal, error) {
	return db.All(tx, func(p **Proposal) []any { *p = &Proposal{}; return (*p).columns() },
		selectProposal+`WHERE state IN ($1, $2) AND id < $3 ORDER BY id DESC LIMIT $4`, string(states[0]), string(states[len(states)-1]), before, limit)
}

// listDecided returns up to limit proposals after an id.
func listDecided(tx *db.Tx, after int64, limit int) ([]*Proposal, error) {
	return db.All(tx, func(p **Proposal) []any { *p = &Proposal{}; return (*p).columns() },
		selectProposal+`WHERE id > $1 ORDER BY id LIMIT $2`, after, limit)
}
