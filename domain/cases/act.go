package cases

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"onedoor.app/engine/event"
	"onedoor.app/engine/ledger"
	"onedoor.app/engine/once"
	"onedoor.app/engine/workflow"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

// Done tells who acted what became of the case.
type Done struct {
	Case     int64  `json:"case"`
	No       string `json:"no"`
	State    State  `json:"state"`
	Version  int64  `json:"version"`
	Document int64  `json:"document"` // the paper that the act made, 0: none
}

// change is one unit of work on one case.
type change struct {
	s    *Service
	tx   *db.Tx
	who  auth.Actor
	c    *Case
	law  *Law          // under the calendar in force
	def  *workflow.Def // nil until the flow begins
	out  Done
	next *change // the case that was made of this one, if any
	was  int64   // the version when it was loaded

	before []column // its seldom columns then, nil if it was not loaded
	paper  string   // number of the last paper that it made
	by     *change  // the one of another case that this one is part of, if any
}

// On says which case an act is meant for and which version of it the person
// saw. Key makes the act happen once, however often it is sent.
type On struct {
	Case    int64
	Version int64 // 0: whatever it is now
	Key     string
}

// change loads the case on names, fires what its timers owe, runs do and keeps
// the result. A version that has moved on is the Stale fault cases.stale.
func (s *Service) change(ctx context.Context, who auth.Actor, what string, on On, request any, do func(*change) error) (Done, error) {
	var out Done
	err := s.DB.Write(ctx, func(tx *db.Tx) error {
		out = Done{}
		return once.Do(tx, who, "cases."+what, on.Key, []any{on.Case, request}, &out, func() error {
			ch, err := s.open(tx, who, on.Case)
			if err != nil {
				return err
			}
			if on.Version != 0 && on.Version != ch.c.Version {
				return fault.New(fault.Stale, "cases.stale")
			}
			if err := ch.fire(); err != nil {
				return err
			}
			if err := do(ch); err != nil {
				return err
			}
			if err := ch.keep(); err != nil {
				return err
			}
			if out = ch.out; ch.next != nil {
				out = ch.next.out
			}
			return nil
		})
	})
	return out, err
}

// open loads a case to change it and locks it until the unit of work ends.
func (s *Service) open(tx *db.Tx, who auth.Actor, id int64) (*change, error) {
	c, err := lockCase(tx, id)
	if err != nil {
		return nil, err
	}
	if err := follow(tx, c.MovedAt); err != nil {
		return nil, err
	}
	law, err := s.law(tx)
	if err != nil {
		return nil, err
	}
	ch := &change{s: s, tx: tx, who: who, c: c, law: law, was: c.Version, before: c.seldom()}
	if c.Flow.Seq > 0 {
		if ch.def, err = s.flow(tx, c.FlowHash); err != nil {
			return nil, err
		}
	}
	return ch, nil
}

// skew is by how much the clocks of servers may differ.
const skew = 5 * time.Minute

// follow dates a unit of work no earlier than what happened before. A clock that
// was put back by more than skew is the Unavailable fault cases.clock_back: to
// date an act by it would be false, and to wait for it is safe.
func follow(tx *db.Tx, last time.Time) error {
	if last.Sub(tx.Now()) > skew {
		return fault.New(fault.Unavailable, "cases.clock_back")
	}
	tx.NotBefore(last)
	return nil
}

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
	State     string  `json:"state"` // digest of what it led to
}

// advanced is what an entry leads to.
type advanced struct {
	matter   Matter
	flow     workflow.State
	effects  []workflow.Effect
	findings []Finding
}

// advance is the whole effect of an entry on the state of a case. Acts and their
// later verification call the same function, so that they cannot differ.
func advance(l *Law, def *workflow.Def, m Matter, f workflow.State, e entry, at time.Time) (advanced, error) {
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
	if e.Event == nil {
		return next, nil
	}
	var err error
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
	}
	return next, nil
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

// do makes one entry: it moves the law and the flow, writes the paper, the
// tasks, the ledger and the timeline.
func (ch *change) do(mv move) error {
	c := ch.c
	e := entry{
		Act: Act(mv.act), Legal: mv.legal, Terms: mv.terms, Timer: mv.timer, Event: mv.event, Facts: mv.facts,
		Files: proofs(mv.files), Found: findings(mv.found), Receivers: c.Receivers, Calendar: ch.s.version(ch.law),
	}
	if mv.note != "" {
		e.Note = digestText(mv.note)
	}
	if mv.event != nil && mv.event.Kind == workflow.EventStart {
		var err error
		if ch.def, err = ch.s.flow(ch.tx, c.FlowHash); err != nil {
			return err
		}
		e.Def = c.FlowHash
	}
	next, err := advance(ch.law, ch.def, c.Matter, c.Flow, e, ch.tx.Now())
	if err != nil {
		return err
	}
	c.Matter, c.Flow = next.matter, next.flow
	var paper int64
	if mv.document != nil {
		if paper, err = ch.issue(mv.document); err != nil {
			return err
		}
		e.Paper = mv.document.digest()
	}
	if err := ch.tasks(next.effects, mv); err != nil {
		return err
	}
	e.State, e.Findings = digestState(c.Matter, c.Flow), next.findings
	head, err := ledger.Extend(ch.tx, Chain(c.ID), ledger.Head{Seq: c.Version, Hash: c.Head}, ch.who,
		ledger.Draft{Act: "cases." + mv.act, OnBehalf: ch.behalf(), Body: e})
	if err != nil {
		return err
	}
	c.Version, c.Head, c.MovedAt = head.Seq, head.Hash, ch.tx.Now()
	ch.stamp(Act(mv.act))
	if err := ch.found(next.findings); err != nil {
		return err
	}
	return insertTrail(ch.tx, Trail{
		Case: c.ID, Seq: c.Version, At: ch.tx.Now(), Act: mv.act, Actor: ch.who.ID, ActorName: ch.who.Name,
		Unit: ch.who.Unit, Note: mv.note, Document: paper, Shown: !mv.hidden,
	})
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

// tasks keeps the rows of cases_task in step with the flow.
func (ch *change) tasks(effects []workflow.Effect, mv move) error {
	for _, fx := range effects {
		switch fx.Kind {
		case workflow.TaskOpened:
			if err := ch.openTask(fx.Token, fx.Node); err != nil {
				return err
			}
		case workflow.TaskClosed:
			if err := closeTask(ch.tx, ch.c.ID, fx.Token, ch.who.Staff, mv.act); err != nil {
				return err
			}
		case workflow.TaskWithdrawn:
			if err := closeTask(ch.tx, ch.c.ID, fx.Token, 0, "withdrawn"); err != nil {
				return err
			}
		case workflow.Incident, workflow.Ended:
			// The matter carries the incident's flag; an ended flow has no rows.
		}
	}
	return nil
}

func (ch *change) openTask(token uint32, n *workflow.Node) error {
	item, err := ch.s.Catalog.Version(ch.tx, ch.c.ItemVersion)
	if err != nil {
		return err
	}
	post := n.Post()
	if p, ok := item.Resolve(ch.c.Answers).Posts[n.ID]; ok { // the answers gave the step to another post
		post = p
	}
	found, err := ch.s.Office.Resolve(ch.tx, post, ch.c.Division)
	if err != nil {
		return fmt.Errorf("cases: the post of step %s: %w", n.ID, err)
	}
	due := ""
	if n.Limit() > 0 {
		due = ch.law.Cal.AddWorkdays(today(ch.tx), n.Limit()).String()
	}
	return insertTask(ch.tx, Task{
		ID: ch.tx.NewID(), Case: ch.c.ID, Token: token, Node: n.ID, Name: n.Name, Slot: n.Slot(),
		Unit: found.Unit, Post: found.Code, Opened: ch.tx.Now(), Due: due,
	})
}

// begin is the event that starts the flow of an accepted case.
func (ch *change) begin() *workflow.Event {
	return &workflow.Event{Kind: workflow.EventStart, Vars: ch.c.Vars.workflow()}
}

// cancel is the event that ends the flow of a case that ends, nil if none runs.
func (ch *change) cancel() *workflow.Event {
	if ch.c.Flow.Seq == 0 || ch.c.Flow.Done {
		return nil
	}
	return &workflow.Event{Kind: workflow.EventCancel}
}

// fire counts the open clocks by the calendar in force and runs the timers of the
// law that are due, an entry each.
func (ch *change) fire() error {
	who := ch.who
	defer func() { ch.who = who }()
	ch.who = auth.Actor{Kind: auth.System}
	if err := ch.recount(); err != nil {
		return err
	}
	for {
		at, act, ok := ch.law.Due(ch.c.Matter)
		if !ok || at.After(ch.tx.Now()) {
			return nil
		}
		if err := ch.fireOne(at, act); err != nil {
			return err
		}
		if again, same, ok := ch.law.Due(ch.c.Matter); ok && same == act && again.Equal(at) {
			return fmt.Errorf("cases: %s: the timer %s of %s stays due after it fired", ch.c.No, act, at)
		}
	}
}

// fireOne does one timer. What follows from an act follows only if the law did
// it: a timer on a provisional date waits, and says so.
func (ch *change) fireOne(at time.Time, act Act) error {
	was := ch.c.State()
	after, fired := ch.law.Fire(ch.c.Matter, at)
	accepted := ch.c.State() == StateReceived && after.State == StateAccepted
	mv := move{act: string(act), timer: at, hidden: act == ActMarkOverdue}
	if slices.ContainsFunc(fired, func(f Fired) bool { return f.Waits }) {
		mv.act, mv.hidden = "timer_waits", true
	}
	if accepted {
		list, err := listMaterials(ch.tx, ch.c.ID)
		if err != nil {
			return err
		}
		if err := ch.silent(list, after); err != nil {
			return err
		}
		ch.c.Receivers = ch.signers("", judges(list)...) // who had looked at it has received it
		mv.event, mv.document, mv.found = ch.begin(), ch.deemedDocument(at, list), list
	} else if after.State != ch.c.State() {
		mv.document = ch.lapsed(after)
	}
	if err := ch.do(mv); err != nil {
		return err
	}
	if accepted {
		if err := ch.tell(EventAccepted, ""); err != nil {
			return err
		}
	}
	switch {
	case was != StateGranted && ch.c.State() == StateGranted:
		return ch.renewedByLaw()
	case !ch.c.State().Ended():
		return nil
	}
	if err := ch.closeFlow(); err != nil {
		return err
	}
	return ch.tell(EventEnded, "")
}

// renewedByLaw follows a renewal that silence has granted (Art. 50¶2): nobody reviews it any longer, it is published as
// other grants are (40), and the certificate runs on.
func (ch *change) renewedByLaw() error {
	if err := ch.closeFlow(); err != nil {
		return err
	}
	if err := ch.do(move{act: string(ActPublish), legal: &Input{Role: RoleSystem}, hidden: true}); err != nil {
		return err
	}
	if err := ch.conclude(); err != nil {
		return err
	}
	return ch.tell(EventGranted, "")
}

// closeFlow ends the flow of a case that is decided otherwise than at its step.
func (ch *change) closeFlow() error {
	if ev := ch.cancel(); ev != nil {
		return ch.do(move{act: "close_flow", event: ev, hidden: true})
	}
	return nil
}

// keep writes the case back with its timer and its light.
func (ch *change) keep() error {
	ch.out = Done{Case: ch.c.ID, No: ch.c.No, State: ch.c.State(), Version: ch.c.Version, Document: ch.out.Document}
	if ch.c.Version == ch.was {
		return nil // a finding, say: nothing of the case itself has changed
	}
	shown := ch.s.shown(ch.c)
	if err := moveLight(ch.tx, ch.c.Unit, ch.c.shown, shown); err != nil {
		return err
	}
	if err := changeTasksLight(ch.tx, ch.c.ID, shown); err != nil {
		return err
	}
	if ch.c.shown != shown {
		if err := ch.remindOf(shown); err != nil {
			return err
		}
	}
	ch.c.shown, ch.c.counting = shown, ch.c.Matter.counting()
	var at time.Time
	if due, _, ok := ch.law.Due(ch.c.Matter); ok {
		at = due
	}
	if err := setTimer(ch.tx, ch.c.ID, at); err != nil {
		return err
	}
	return changeCase(ch.tx, ch.c, ch.before)
}

// tell emits an event of this capability.
func (ch *change) tell(name, reason string) error {
	return ch.s.Events.Emit(ch.tx, event.Event{
		Name: name, About: ch.c.ID, Who: ch.who, Body: Happened{Case: *ch.c, Reason: reason, Document: ch.out.Document},
	})
}

// defCache keeps compiled drawings: they never change under their hash.
type defCache struct {
	mu   sync.Mutex
	defs map[string]*workflow.Def
}

func (c *defCache) find(hash string) (*workflow.Def, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	def, ok := c.defs[hash]
	return def, ok
}

// flow returns the drawing of a hash.
func (s *Service) flow(tx *db.Tx, hash string) (*workflow.Def, error) {
	def, ok := s.defs.find(hash)
	if ok {
		return def, nil
	}
	src, err := s.Catalog.Flow(tx, hash)
	if err != nil {
		return nil, err
	}
	if def, err = workflow.Compile(src); err != nil {
		return nil, err
	}
	s.defs.mu.Lock()
	defer s.defs.mu.Unlock()
	if s.defs.defs == nil {
		s.defs.defs = map[string]*workflow.Def{}
	}
	s.defs.defs[hash] = def
	return def, nil
}
