package catalog

import (
	"encoding/json"
	"errors"
	"maps"
	"strconv"

	"onedoor.app/engine/ledger"
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
				return differs("proposal_own", "id", p.ID)
			}
		}
		count("proposals for the base catalogue and the library", len(list))
		if len(list) < maxPage {
			return nil
		}
	}
}

const proposalsOfAll = "catalog-proposal:"

// proposalFacts are what the evidence says of a proposal. Older entries do not say what people call it.
type proposalFacts struct {
	Kind     string          `json:"kind"`
	About    string          `json:"about"`
	On       int             `json:"on"`
	Proposed json.RawMessage `json:"proposed"`
	Why      string          `json:"why"`
	Author   Doer            `json:"author"`
	Name     *string         `json:"name"`
	Remark   string          `json:"remark"`
	Decider  Doer            `json:"decider"`
}

// madeOn is what a proposal is about, and the number of the version that it was made on.
type madeOn struct {
	about string
	on    int
}

// proposals compares proposals, and what became of them, with the evidence.
func (p *prover) proposals() error {
	told, err := p.chains(proposalsOfAll)
	if err != nil {
		return err
	}
	n, err := paged(func(last *keptProposal) ([]keptProposal, error) { return listKeptProposals(p.tx, last.id, maxPage) }, func(k *keptProposal) error {
		id := strconv.FormatInt(k.id, 10)
		d := discrepancies{}
		d.unless(k.hand == k.author.hand(), "hand")
		k.compareMade(d, told, id)
		k.compareDecided(d, told, id)
		if k.state == string(ProposalAgreed) {
			p.agreed[madeOn{k.about, k.on}] = k
		}
		return d.of("proposal", "id", id)
	})
	if err != nil {
		return err
	}
	p.count("proposals compared with the evidence", n)
	return unseen(proposalsOfAll, told)
}

// compareMade compares a proposal with the entry of who made it.
func (k *keptProposal) compareMade(d discrepancies, told map[string][]ledger.Entry, id string) {
	e, ok := take(told, id)
	var f proposalFacts
	if ok = ok && e.Act == "catalog.proposed" && json.Unmarshal([]byte(e.Body), &f) == nil; ok {
		k.compare(d, f)
		d.unless(e.At.Equal(k.at), "at")
		d.unless(e.Actor == k.author.ID, "author")
		d.unless(string(f.Proposed) == k.body, "content")
	}
	d.unless(ok, "evidence")
}

// compareDecided compares what became of a proposal with the entry of who decided it; one that waits has none.
func (k *keptProposal) compareDecided(d discrepancies, told map[string][]ledger.Entry, id string) {
	e, ok := take(told, id)
	if !ok {
		d.unless(k.state == string(ProposalWaits), "state")
		d.unless(k.remark == "", "remark")
		d.unless(k.decider == Doer{}, "decider")
		d.unless(k.decided.IsZero(), "decided")
		return
	}
	var f proposalFacts
	d.unless(json.Unmarshal([]byte(e.Body), &f) == nil, "evidence")
	k.compare(d, f)
	d.unless(e.Act == "catalog.proposal_"+k.state, "state")
	d.unless(f.Remark == k.remark, "remark")
	d.unless(f.Decider == k.decider && e.Actor == k.decider.ID, "decider")
	d.unless(e.At.Equal(k.decided), "decided")
	d.unless(sameProposed(f.Proposed, k.body), "content")
}

// compare compares what every entry says of a proposal.
func (k *keptProposal) compare(d discrepancies, f proposalFacts) {
	d.unless(f.Kind == k.kind, "kind")
	d.unless(f.About == k.about, "about")
	d.unless(f.On == k.on, "on")
	d.unless(f.Why == k.why, "why")
	d.unless(f.Author == k.author, "author")
	d.unless(f.Name == nil || *f.Name == k.name, "name")
}

// sameProposed reports whether two texts propose the same: a program of another day may have written the second one.
func sameProposed(a json.RawMessage, b string) bool {
	var x, y Proposed
	return json.Unmarshal(a, &x) == nil && json.Unmarshal([]byte(b), &y) == nil && contentHash(x) == contentHash(y)
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
