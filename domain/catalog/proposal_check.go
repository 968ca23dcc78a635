package catalog

import (
	"encoding/json"
	"errors"
	"fmt"
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
				return fmt.Errorf("catalog: proposal %d is %s, and that by nobody else", p.ID, p.State)
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
	On       int64           `json:"on"`
	Proposed json.RawMessage `json:"proposed"`
	Why      string          `json:"why"`
	Author   json.RawMessage `json:"author"`
	Name     *string         `json:"name"`
	Remark   string          `json:"remark"`
	Decider  json.RawMessage `json:"decider"`
}

// proposals compares proposals, and what became of them, with the evidence.
func (p *prover) proposals() error {
	told, err := p.chains(proposalsOfAll)
	if err != nil {
		return err
	}
	n, err := paged(func(last *keptProposal) ([]keptProposal, error) { return listKeptProposals(p.tx, last.id, maxPage) }, func(k *keptProposal) error {
		id := strconv.FormatInt(k.id, 10)
		entries := told[id]
		delete(told, id)
		if !k.proved(entries) {
			return fmt.Errorf("catalog: the ledger has another record of proposal %d", k.id)
		}
		return nil
	})
	if err != nil {
		return err
	}
	p.count("proposals compared with the evidence", n)
	return unseen(proposalsOfAll, told)
}

// proved reports whether the chain of a proposal says the same of it: how it was made and, where somebody decided, how.
func (k *keptProposal) proved(entries []ledger.Entry) bool {
	decided := k.state != string(ProposalWaits)
	if len(entries) != 1 && !decided || len(entries) != 2 && decided || entries[0].Act != "catalog.proposed" || !entries[0].At.Equal(k.at) {
		return false
	}
	for _, e := range entries {
		var f proposalFacts
		if json.Unmarshal([]byte(e.Body), &f) != nil || f.Kind != k.kind || f.About != k.about || f.On != k.on || string(f.Proposed) != k.body || f.Why != k.why ||
			string(f.Author) != k.author || f.Name != nil && *f.Name != k.name {
			return false
		}
		if e.Seq == 1 {
			continue
		}
		if e.Act != "catalog.proposal_"+k.state || !e.At.Equal(k.decided) || f.Remark != k.remark || string(f.Decider) != k.decider {
			return false
		}
	}
	return decided || k.remark == "" && k.decided.IsZero() && k.decider == "{}"
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
