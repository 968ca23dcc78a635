package cases

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"onedoor.app/engine/workflow"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/fault"
)

// move is one entry of a case's ledger in the making.
type move struct {
	act      string          // names it in the ledger and the timeline
	legal    *Input          // what the law is told; nil: the act is none of the law's
	terms    *Terms          // on receipt
	timer    time.Time       // when a timer of the law fires
	event    *workflow.Event // nil: the flow stays where it is
	note     string          // words of the actor, shown in the timeline
	document *Document       // the paper that the act makes
	facts    any             // what else belongs to the evidence
	files    []File          // handed in with the act
	found    []Material      // as the window found them
	hidden   bool            // from the applicant
	work     []worked        // what it does to tasks besides what the flow does
	undone   []int64         // opinions that stand no longer
	again    *Task           // the task that opens once more, as it stood
	carried  *carried        // to another drawing
	to       *workflow.Def   // that drawing
}

// entry is the body of a ledger entry: all that is needed to repeat its effect.
type entry struct {
	Act   Act       `json:"act,omitempty"`
	Legal *Input    `json:"legal,omitempty"`
	Terms *Terms    `json:"terms,omitempty"`
	Timer time.Time `json:"timer,omitzero"`
	Def   string    `json:"def,omitempty"`
	// Calendar is the version by which it was counted, "" for the notices compiled in.
	Calendar string          `json:"calendar,omitempty"`
	Event    *workflow.Event `json:"event,omitempty"`
	Paper    string          `json:"paper,omitempty"` // digest of the document
	Note     string          `json:"note,omitempty"`  // digest of the actor's words
	Facts    any             `json:"facts,omitempty"`
	Files    []Proof         `json:"files,omitempty"` // what was handed in with the act
	Found    []Found         `json:"found,omitempty"` // what the window found about each material
	// Findings are kept for the supervisor, a row each. Entries from before cases_finding name none and have none.
	Findings []Finding `json:"findings,omitempty"`
	// Receivers are those whom the separation of receiving and deciding bars.
	Receivers []int64 `json:"receivers,omitempty"`
	// Work is what becomes of tasks besides what the drawing says, Undone the opinions that stand no longer.
	Work   []worked `json:"work,omitempty"`
	Undone []int64  `json:"undone,omitempty"`
	// Carried says that the case goes on in the drawing Def.
	Carried *carried `json:"carried,omitempty"`
	State   string   `json:"state"` // digest of what it led to
}

// advanced is what an entry leads to.
type advanced struct {
	matter   Matter
	flow     workflow.State
	effects  []workflow.Effect
	findings []Finding
}

// advance is the whole effect of an entry on the state of a case. Acts and their
// later verification call the same function, so that they cannot differ. to is the
// drawing that the case is carried over to, def where it does not change.
func advance(l *Law, def, to *workflow.Def, m Matter, f workflow.State, e entry, at time.Time) (advanced, error) {
	if e.Terms != nil {
		m = NewMatter(*e.Terms)
	}
	next := advanced{matter: m, flow: f}
	switch {
	case !e.Timer.IsZero():
		var fired []Fired
		if next.matter, fired = l.Fire(m, e.Timer); len(fired) == 0 {
			return next, fmt.Errorf("cases: no timer is due at %s", e.Timer)
		}
		for _, x := range fired {
			next.findings = append(next.findings, x.findings()...)
		}
		slices.Sort(next.findings)
		next.findings = slices.Compact(next.findings) // several timers of one moment
	case e.Act == actStands:
		if e.Legal == nil || e.Legal.Certificate == nil {
			return next, errors.New("cases: it does not say where the certificate stands")
		}
		next.matter = l.Stands(m, *e.Legal.Certificate, at)
	case e.Act == actRecount:
		next.matter, _ = l.Recount(m)
	case e.Legal != nil:
		after, out, refusal := l.Apply(m, e.Act, *e.Legal, at)
		if refusal != nil {
			return next, refused(refusal)
		}
		next.matter, next.findings = after, out.Findings
	}
	var err error
	switch {
	case e.Carried != nil:
		next.flow, next.effects, err = e.Carried.carry(def, to, f)
		return next, err
	case e.Event == nil:
		return next, nil
	}
	if next.flow, next.effects, err = workflow.Step(def, f, *e.Event); err != nil {
		if errors.Is(err, workflow.ErrNoTask) || errors.Is(err, workflow.ErrDone) {
			err = fault.New(fault.Stale, "cases.task_done")
		}
		return next, err
	}
	if slices.ContainsFunc(next.effects, func(e workflow.Effect) bool { return e.Kind == workflow.Incident }) {
		next.matter = next.matter.clone()
		next.matter.mark(FlagIncident)
		next.matter.unmark(FlagWithheld)
		next.findings = append(next.findings, FindingStuck)
	} else if mends(e.Event.Kind) && freed(def, next.flow) && next.matter.Has(FlagIncident) && !next.matter.Has(FlagWithheld) {
		next.matter = next.matter.clone()
		next.matter.unmark(FlagIncident)
	}
	return next, nil
}

// mends reports whether an event may set right what could not move.
func mends(k workflow.EventKind) bool {
	return k == workflow.EventRetry || k == workflow.EventReturn || k == workflow.EventRecall
}

// refused turns the law's no into a fault whose words name the reason.
func refused(r *Refusal) error { return fault.New(fault.Conflict, "cases.law."+string(r.Reason)) }

func digestState(m Matter, f workflow.State) string {
	text, err := json.Marshal([]any{m, f})
	if err != nil {
		panic(err) // both are plain data
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// chain0 begins the names of the ledger's chains of cases.
const chain0 = "cases:"

// Chain is the ledger's chain of a case.
func Chain(id int64) string { return fmt.Sprint(chain0, id) }

// caseOf is the case that a chain is about; ok is false for chains of others.
func caseOf(chain string) (id int64, ok bool) {
	text, ours := strings.CutPrefix(chain, chain0)
	if !ours {
		return 0, false
	}
	id, err := strconv.ParseInt(text, 10, 64)
	return id, err == nil
}

// behalf is whom the actor stands in for: the party whose case it is, for an
// agent. For whom a deputy signs is part of the facts of the act.
func (ch *change) behalf() int64 {
	if ch.who.Kind == auth.Applicant && ch.who.Party != ch.c.Party {
		return ch.c.Party
	}
	return 0
}

// stamp keeps the moments by which lists sort and filter.
func (ch *change) stamp(act Act) {
	c, now := ch.c, ch.tx.Now()
	switch act {
	case ActAccept, ActTakeReferral, ActRemand:
		if c.State() == StateAccepted {
			c.AcceptedAt = now
		}
	case ActDeemAccepted:
		c.AcceptedAt = c.Matter.Accepted // the law dates it back to the receipt (Art. 32(4))
	case ActGrant, ActRefuse, ActGrantOnSpot, ActDeemRenewed:
		c.DecidedAt = now
	}
	if c.State().Ended() && c.EndedAt.IsZero() {
		c.EndedAt = now
	}
}
