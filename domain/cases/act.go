package cases

import (
	"context"
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

	before    []column // its seldom columns then, nil if it was not loaded
	paper     string   // number of the last paper that it made
	recalling bool     // what is waited for once more keeps its time
	by        *change  // the one of another case that this one is part of, if any
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
	if e.Carried = mv.carried; mv.carried != nil {
		e.Def = mv.to.Hash()
	}
	next, err := advance(ch.law, ch.def, mv.to, c.Matter, c.Flow, e, ch.tx.Now())
	if err != nil {
		return err
	}
	c.Matter, c.Flow = next.matter, next.flow
	if mv.carried != nil {
		ch.def, c.FlowHash = mv.to, mv.to.Hash()
	}
	var paper int64
	if mv.document != nil {
		if paper, err = ch.issue(mv.document); err != nil {
			return err
		}
		e.Paper = mv.document.digest()
	}
	ch.recalling = mv.event != nil && mv.event.Kind == workflow.EventRecall
	more, err := ch.tasks(next.effects, mv)
	if err != nil {
		return err
	}
	if err := undoOpinions(ch.tx, c.ID, mv.undone, mv.act); err != nil {
		return err
	}
	e.Work, e.Undone = append(mv.work, more...), mv.undone
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
	wait, err := ch.nextTimer()
	if err != nil {
		return err
	}
	if wait != nil && (at.IsZero() || wait.at.Before(at)) {
		at = wait.at
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
