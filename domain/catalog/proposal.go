package catalog

import (
	"context"
	"strconv"
	"strings"
	"time"

	"onedoor.app/engine/once"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

// Proposal is what one officer proposes for the base catalogue, its locks or the library of materials. Each of them reaches
// many items, so nothing changes before another person agrees to it; that person may send it back with words instead.
// There is no lesser road for corrections of words: what a base item says of conditions, or an entry of the library of its
// points, is nothing but words, and no rule tells those that bind from those that do not.
type Proposal struct {
	ID    int64
	Kind  ProposalKind
	About string // "base:370199001000", "locks:37", "material:id-card"
	Name  string // what people call it
	On    int    // the version that it was made on, 0 for something new
	Proposed
	Why   string
	State ProposalState
	By    Doer
	At    time.Time

	Decider Doer // who agreed or sent it back
	Remark  string
	Decided time.Time
}

// Proposed is what is to be: of each kind its own part.
type Proposed struct {
	Base     *Base            `json:"base,omitempty"`
	Locks    Locks            `json:"locks,omitempty"`
	Material *LibraryMaterial `json:"material,omitempty"`
	Which    string           `json:"which,omitempty"` // BlankForm or SampleForm
	File     *File            `json:"file,omitempty"`  // nil: to be taken away
	Retired  bool             `json:"retired,omitempty"`
	Was      *LibraryMaterial `json:"was,omitempty"` // the entry that it was made on: the library keeps no older ones
}

// ProposalKind says what a proposal changes.
type ProposalKind string

// The kinds.
const (
	ProposeBase     ProposalKind = "base"
	ProposeLocks    ProposalKind = "locks"
	ProposeMaterial ProposalKind = "material"
	ProposeForm     ProposalKind = "form"
	ProposeRetiring ProposalKind = "retire"
)

// ProposalState says how far a proposal is.
type ProposalState string

// The states.
const (
	ProposalWaits     ProposalState = "waiting"
	ProposalAgreed    ProposalState = "agreed"
	ProposalReturned  ProposalState = "returned"
	ProposalWithdrawn ProposalState = "withdrawn"
)

// ProposalPath is the page of a proposal.
func ProposalPath(id int64) string { return "/catalog/proposals/" + strconv.FormatInt(id, 10) }

// AboutBase, AboutLocks and AboutMaterial name what a proposal is about.
func AboutBase(code string) string     { return "base:" + code }
func AboutLocks(source string) string  { return "locks:" + source }
func AboutMaterial(code string) string { return "material:" + code }

// code is the code of what the proposal is about.
func (p *Proposal) code() string {
	_, code, _ := strings.Cut(p.About, ":")
	return code
}

// ProposeForBase proposes a base item, for whoever holds catalog.keep. on is the number of the version that was looked at, 0
// for a new one. All that would keep it from being in force is told at once, with the same faults; of one thing at most one
// proposal waits, another one is the Conflict fault catalog.proposal.waits; what is in force already is
// catalog.proposal.same. The same key gives the same proposal, and so does the same asked for twice.
func (s *Service) ProposeForBase(ctx context.Context, who auth.Actor, key string, on int, b Base, why string) (int64, error) {
	return s.propose(ctx, who, key, Proposal{Kind: ProposeBase, About: AboutBase(b.Code), Name: b.Name, On: on, Proposed: Proposed{Base: &b}, Why: why})
}

// ProposeForLocks proposes the locks of a source: see ProposeForBase.
func (s *Service) ProposeForLocks(ctx context.Context, who auth.Actor, key, source string, on int, l Locks, why string) (int64, error) {
	return s.propose(ctx, who, key, Proposal{Kind: ProposeLocks, About: AboutLocks(source), Name: source, On: on, Proposed: Proposed{Locks: l}, Why: why})
}

// ProposeForLibrary proposes an entry of the library, a new one where on is 0, which needs no reason: see ProposeForBase.
func (s *Service) ProposeForLibrary(ctx context.Context, who auth.Actor, key string, on int, m LibraryMaterial, why string) (int64, error) {
	return s.propose(ctx, who, key, Proposal{Kind: ProposeMaterial, About: AboutMaterial(m.Code), Name: m.Name, On: on, Proposed: Proposed{Material: &m}, Why: why})
}

// ProposeForm proposes the blank or sample form of an entry, which KeepFile has kept; nil takes it away. See ProposeForBase.
func (s *Service) ProposeForm(ctx context.Context, who auth.Actor, key string, on int, code, which string, f *File, why string) (int64, error) {
	return s.propose(ctx, who, key, Proposal{Kind: ProposeForm, About: AboutMaterial(code), On: on, Proposed: Proposed{Which: which, File: f}, Why: why})
}

// ProposeRetirement proposes to take an entry of the library out of use, or back into it. See ProposeForBase.
func (s *Service) ProposeRetirement(ctx context.Context, who auth.Actor, key string, on int, code string, retired bool, why string) (int64, error) {
	return s.propose(ctx, who, key, Proposal{Kind: ProposeRetiring, About: AboutMaterial(code), On: on, Proposed: Proposed{Retired: retired}, Why: why})
}

// propose tries whether the proposal could be in force now, takes that back and keeps the proposal.
func (s *Service) propose(ctx context.Context, who auth.Actor, key string, p Proposal) (id int64, err error) {
	if !who.May(Keep) {
		return 0, fault.New(fault.Forbidden, "right.missing")
	}
	p.Why = strings.TrimSpace(p.Why)
	if err := p.reasoned(s.DB.Try(ctx, func(tx *db.Tx) error {
		if err := s.newly(tx, &p); err != nil {
			return err
		}
		return s.enact(tx, writer{Actor: who}, &p)
	})); err != nil {
		return s.proposedBefore(ctx, who, key, &p, err)
	}
	err = s.DB.Write(ctx, func(tx *db.Tx) error { return s.keepProposal(tx, who, key, &p, &id) })
	if db.IsUnique(err) {
		err = fault.New(fault.Conflict, "catalog.proposal.waits")
	}
	return id, err
}

// proposedBefore is the proposal that was made under the key already, where what it asks for has come in force since; else
// the refusal stands.
func (s *Service) proposedBefore(ctx context.Context, who auth.Actor, key string, p *Proposal, refusal error) (id int64, err error) {
	if key == "" {
		return 0, refusal
	}
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		return once.Do(tx, who, "catalog.propose", key, p.asked(), &id, func() error { return refusal })
	})
	return id, err
}

func (s *Service) keepProposal(tx *db.Tx, who auth.Actor, key string, p *Proposal, id *int64) error {
	return once.Do(tx, who, "catalog.propose", key, p.asked(), id, func() error {
		waits, err := findWaiting(tx, p.About)
		if err != nil {
			return err
		}
		same, err := waits.asks(p)
		if err != nil {
			return err
		}
		if same && waits.By.is(who) { // sent twice
			*id = waits.ID
			return nil
		}
		if waits != nil {
			return fault.New(fault.Conflict, "catalog.proposal.waits")
		}
		if p.Name == "" {
			m, err := findLibrary(tx, p.code())
			if err != nil {
				return err
			}
			p.Name = m.Name
		}
		p.ID, p.State, p.By, p.At = tx.NewID(), ProposalWaits, doerOf(who), tx.Now()
		*id = p.ID
		if err := insertProposal(tx, p); err != nil {
			return err
		}
		return s.log(tx, who, "catalog.proposed", p.chain(), p.facts())
	})
}

// asked is what the author asked for. A new base item is given its code, which is another at the second click.
func (p *Proposal) asked() []any {
	about, proposed := p.About, p.Proposed
	proposed.Was = nil
	if p.Base != nil && p.On == 0 {
		b := *p.Base
		b.Code = ""
		about, proposed.Base = "", &b
	}
	return []any{p.Kind, about, p.On, proposed, p.Why}
}

// asks reports whether a proposal asks for the same as another; none asks for nothing.
func (p *Proposal) asks(o *Proposal) (bool, error) {
	if p == nil {
		return false, nil
	}
	a, err := hashOf(p.asked())
	if err != nil {
		return false, err
	}
	b, err := hashOf(o.asked())
	return a == b, err
}

// chain is where the evidence of a proposal is kept.
func (p *Proposal) chain() string { return "catalog-proposal:" + strconv.FormatInt(p.ID, 10) }

func (p *Proposal) facts() map[string]any {
	return map[string]any{"kind": p.Kind, "about": p.About, "on": p.On, "proposed": p.Proposed, "why": p.Why, "author": p.By, "name": p.Name}
}

// enact brings what is proposed in force.
func (s *Service) enact(tx *db.Tx, who writer, p *Proposal) error {
	switch p.Kind {
	case ProposeBase:
		return s.enactBase(tx, who, p.On, p.Base, p.Why)
	case ProposeLocks:
		return s.enactLocks(tx, who, p.code(), p.On, p.Locks, p.Why)
	case ProposeMaterial:
		return s.enactMaterial(tx, who, p.On, *p.Material, p.Why)
	case ProposeForm:
		return s.enactForm(tx, who, p.On, p.code(), p.Which, p.File, p.Why)
	case ProposeRetiring:
		return s.enactRetirement(tx, who, p.On, p.code(), p.Retired, p.Why)
	}
	return fault.New(fault.Unknown, "catalog.proposal.none")
}

// Bar says why somebody may not decide on the proposal, nil where they may: it takes the right catalog.review over all units,
// because what it changes reaches the items of any, and another person than the one who made it.
func (p *Proposal) Bar(who auth.Actor) error {
	switch {
	case !decides(who):
		return fault.New(fault.Forbidden, "catalog.proposal.right")
	case p.By.is(who):
		return fault.New(fault.Forbidden, "catalog.proposal.own")
	}
	return nil
}

// decides reports whether somebody decides on the proposals of others.
func decides(who auth.Actor) bool { return who.May(Review) && scopeOf(who) == "" }

// Agree brings a proposal in force, for whoever Bar does not keep from it. They act, and answer for it: the author needed
// catalog.keep when they made it and may have moved on since. What is in force already is the Conflict fault
// catalog.proposal.same. Something else that has come in force since it was made is a Stale fault, and the proposal goes on
// waiting to be sent back. The same once more does nothing.
func (s *Service) Agree(ctx context.Context, who auth.Actor, id int64) error {
	return s.decide(ctx, who, id, ProposalAgreed, "", func(p *Proposal) error { return p.Bar(who) }, func(tx *db.Tx, p *Proposal) error {
		if err := s.newly(tx, p); err != nil {
			return err
		}
		return s.enact(tx, writer{Actor: p.By.actor(), decider: who, proposal: p}, p)
	})
}

// writer is whose words come in force, and who made them do so: who agreed to the proposal, nobody where the words were not
// proposed. What comes in force names the writer, who had a hand in the words; evidence names who acted.
type writer struct {
	auth.Actor
	decider  auth.Actor
	proposal *Proposal
}

func (w writer) acts() auth.Actor {
	if w.proposal != nil {
		return w.decider
	}
	return w.Actor
}

func (w writer) facts(facts map[string]any) map[string]any {
	facts["author"] = doerOf(w.Actor)
	if w.proposal != nil {
		facts["proposal"] = w.proposal.ID
	}
	return facts
}

// SendBack returns a proposal with words, for whoever Bar does not keep from it; nothing changes.
func (s *Service) SendBack(ctx context.Context, who auth.Actor, id int64, remark string) error {
	remark, err := wordsOf(remark, "remark", true)
	if err != nil {
		return err
	}
	return s.decide(ctx, who, id, ProposalReturned, remark, func(p *Proposal) error { return p.Bar(who) }, nil)
}

// TakeBack ends a proposal of one's own that nobody has decided on; nothing changes.
func (s *Service) TakeBack(ctx context.Context, who auth.Actor, id int64) error {
	mine := func(p *Proposal) error {
		if !who.May(Keep) || !p.By.is(who) {
			return fault.New(fault.Forbidden, "catalog.proposal.not_own")
		}
		return nil
	}
	return s.decide(ctx, who, id, ProposalWithdrawn, "", mine, nil)
}

func (s *Service) decide(ctx context.Context, who auth.Actor, id int64, to ProposalState, remark string, bar func(*Proposal) error, then func(*db.Tx, *Proposal) error) error {
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		p, err := findProposal(tx, id, tx.ForUpdate())
		if err != nil {
			return err
		}
		if err := bar(p); err != nil {
			return err
		}
		if p.State == to && p.Decider.is(who) && p.Remark == remark {
			return nil
		}
		if p.State != ProposalWaits {
			return fault.New(fault.Stale, "catalog.proposal.decided")
		}
		if then != nil {
			if err := then(tx, p); err != nil {
				return err
			}
		}
		p.State, p.Decider, p.Remark, p.Decided = to, doerOf(who), remark, tx.Now()
		if err := changeProposal(tx, p); err != nil {
			return err
		}
		facts := p.facts()
		facts["remark"], facts["decider"] = remark, p.Decider
		return s.log(tx, who, "catalog.proposal_"+string(to), p.chain(), facts)
	})
}

// Proposal returns a proposal; an unknown id is the Unknown fault catalog.proposal.none.
func (s *Service) Proposal(tx *db.Tx, id int64) (*Proposal, error) { return findProposal(tx, id, "") }

// LatestProposal returns the latest proposal about something, nil for none.
func (s *Service) LatestProposal(tx *db.Tx, about string) (*Proposal, error) {
	return findLatest(tx, about)
}
