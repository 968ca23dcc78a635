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
	return tx.Exec(`INSERT INTO catalog_proposal (id, kind, about, name, made_on, body, why, state, author, decider, remark, at, decided, hand)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
		p.ID, string(p.Kind), p.About, p.Name, p.On, db.JSON(p.Proposed), p.Why, string(p.State), db.JSON(p.By), db.JSON(p.Decider), p.Remark, p.At, p.Decided, p.By.hand())
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

// listForeign returns up to limit proposals below an id, the newest first, that wait and that another made.
func listForeign(tx *db.Tx, hand string, before int64, limit int) ([]*Proposal, error) {
	return db.All(tx, newProposal, selectProposal+`WHERE state = $1 AND hand <> $2 AND id < $3 ORDER BY id DESC LIMIT $4`,
		string(ProposalWaits), hand, before, limit)
}

func countForeign(tx *db.Tx, hand string) (n int, err error) {
	err = tx.One(`SELECT COUNT(*) FROM catalog_proposal WHERE state = $1 AND hand <> $2`, []any{string(ProposalWaits), hand}, &n)
	return n, err
}

// listOwn returns up to limit proposals of somebody below an id, the newest first, that wait, or were sent back and about
// which no later one was agreed to.
func listOwn(tx *db.Tx, hand string, before int64, limit int) ([]*Proposal, error) {
	return db.All(tx, newProposal, selectProposal+`WHERE hand = $1 AND id < $2 AND (state = $3 OR state = $4 AND NOT EXISTS (
		SELECT 1 FROM catalog_proposal later WHERE later.about = catalog_proposal.about AND later.id > catalog_proposal.id AND later.state = $5))
		ORDER BY id DESC LIMIT $6`, hand, before, string(ProposalWaits), string(ProposalReturned), string(ProposalAgreed), limit)
}

func newProposal(p **Proposal) []any { *p = &Proposal{}; return (*p).columns() }

// listDecided returns up to limit proposals after an id.
func listDecided(tx *db.Tx, after int64, limit int) ([]*Proposal, error) {
	return db.All(tx, newProposal,
		selectProposal+`WHERE id > $1 ORDER BY id LIMIT $2`, after, limit)
}
