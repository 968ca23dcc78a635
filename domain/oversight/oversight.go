// Package oversight tells those who supervise what was granted, and keeps what they did about it (审管联动).
//
// With each grant, in the same unit of work, every regulator that the item names gets a task: to receive it (签收) and to
// report what was done (反馈), within the working days that the item sets.
//
// Invariants, checked by Check:
//   - a case gives a regulator each task of its item once, however often it is granted;
//   - the last day of an open task follows from the calendar in force; each time that a new notice moved it is in the ledger;
//   - who received a task and who reported it, and when, is in the ledger as it is here, and the report by its words.
package oversight

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"onedoor.app/engine/calendar"
	"onedoor.app/engine/ledger"
	"onedoor.app/engine/once"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
	"onedoor.app/ui"
)

// State is where a task stands.
type State string

// The states.
const (
	Told     State = "told"
	Received State = "received" // 已签收
	Done     State = "done"     // 已反馈
)

// Duty is what a regulator has to do after a grant.
type Duty struct {
	Unit  string // code
	Task  string // "": to take note
	Basis string
	Days  int // working days after the grant; 0: none set
}

// Grant is what was granted, and whom it is to be told.
type Grant struct {
	Case                 int64
	No, ItemName, Holder string
	At                   time.Time
	Duties               []Duty
}

// Task is one duty of one grant.
type Task struct {
	ID       int64
	Case     int64
	Place    int
	Unit     string
	No       string
	ItemName string
	Holder   string
	Task     string
	Basis    string
	Granted  time.Time
	Due      calendar.Date // last day, 0: none
	Days     int           // working days after the grant that Due follows from, 0: none set
	State    State

	ReceivedAt   time.Time
	ReceivedBy   int64
	ReceivedName string
	DoneAt       time.Time
	DoneBy       int64
	DoneName     string
	What         string
}

// Service is the use cases of the module.
type Service struct {
	DB       *db.DB
	Calendar calendar.Source
	Frame    ui.Frame
	Flash    func(ctx context.Context, text string)
	// UnitName is the name of a unit; Above are the units that it is a part of, the nearest first.
	UnitName func(tx *db.Tx, code string) string
	Above    func(tx *db.Tx, code string) ([]string, error)
	// Certificate is the certificate that the case has made, "" while there is none.
	Certificate func(tx *db.Tx, caseID int64) (name, number string, err error)
	// CaseHref is where the actor reads the case, "" if nowhere.
	CaseHref func(who auth.Actor, caseID int64) string
}

// Tell gives every regulator of a grant its tasks, within the unit of work that grants. What was told before stays as it is.
func (s *Service) Tell(tx *db.Tx, who auth.Actor, g Grant) error {
	if len(g.Duties) == 0 {
		return nil
	}
	cal, err := s.Calendar(tx)
	if err != nil {
		return err
	}
	for place, d := range g.Duties {
		t := Task{
			ID: tx.NewID(), Case: g.Case, Place: place, Unit: d.Unit, No: g.No, ItemName: g.ItemName, Holder: g.Holder,
			Task: d.Task, Basis: d.Basis, Granted: g.At, State: Told,
		}
		if d.Days > 0 {
			t.Due, t.Days = cal.AddWorkdays(calendar.DateOf(g.At), d.Days), d.Days
		}
		added, err := insert(tx, t)
		if err != nil {
			return err
		}
		if !added {
			continue
		}
		if err := ledger.Log(tx, chain(t.ID), who, ledger.Draft{Act: "oversight.told", Body: t.told()}); err != nil {
			return err
		}
	}
	return nil
}

// Receive says that the regulator has the task. Received before, it stays with whoever was first. Faults: those of find, and
// oversight.not_yours for whoever does not work there.
func (s *Service) Receive(ctx context.Context, who auth.Actor, key string, id int64) (t Task, err error) {
	return s.act(ctx, who, "oversight.receive", key, id, "", func(tx *db.Tx, t *Task) error {
		if t.State != Told {
			return nil
		}
		return s.receive(tx, who, t)
	})
}

// Report says what was done about a task, which ends it; it counts as received then. No words, or more than 500 characters,
// is an Invalid fault of the field what; a second report the Conflict oversight.done.
func (s *Service) Report(ctx context.Context, who auth.Actor, key string, id int64, what string) (t Task, err error) {
	what = strings.TrimSpace(what)
	bad, n := fault.Fields{}, utf8.RuneCountInString(what)
	bad.Need(n >= 4, "what", "oversight.what_missing")
	bad.Need(n <= mostWhat, "what", "oversight.what_long")
	if err := bad.Err(); err != nil {
		return t, err
	}
	return s.act(ctx, who, "oversight.report", key, id, what, func(tx *db.Tx, t *Task) error {
		if t.State == Done {
			return fault.New(fault.Conflict, "oversight.done")
		}
		if t.State == Told {
			if err := s.receive(tx, who, t); err != nil {
				return err
			}
		}
		t.State, t.DoneAt, t.DoneBy, t.DoneName, t.What = Done, tx.Now(), who.ID, who.Name, what
		if err := change(tx, *t); err != nil {
			return err
		}
		return ledger.Log(tx, chain(t.ID), who, ledger.Draft{Act: "oversight.done", Body: t.reported()})
	})
}

// mostWhat is the most that a report says, in characters.
const mostWhat = 500

func (s *Service) receive(tx *db.Tx, who auth.Actor, t *Task) error {
	t.State, t.ReceivedAt, t.ReceivedBy, t.ReceivedName = Received, tx.Now(), who.ID, who.Name
	if err := change(tx, *t); err != nil {
		return err
	}
	return ledger.Log(tx, chain(t.ID), who, ledger.Draft{Act: "oversight.received", Body: map[string]int64{"case": t.Case}})
}

// act is what receiving and reporting have in common.
func (s *Service) act(ctx context.Context, who auth.Actor, what, key string, id int64, text string, do func(*db.Tx, *Task) error) (t Task, err error) {
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		return once.Do(tx, who, what, key, []any{id, text}, &t, func() (err error) {
			if t, err = find(tx, id, tx.ForUpdate()); err != nil {
				return err
			}
			units, err := s.units(tx, who)
			if err != nil {
				return err
			}
			switch {
			case !all(who) && !slices.Contains(units, t.Unit):
				return fault.New(fault.Unknown, "oversight.unknown") // they do not see it
			case !slices.Contains(units, t.Unit):
				return fault.New(fault.Forbidden, "oversight.not_yours")
			}
			return do(tx, &t)
		})
	})
	return t, err
}

// Find returns a task that the actor may see: one of their own regulator, or any for those who watch over all. Any other is
// the Unknown fault oversight.unknown.
func (s *Service) Find(tx *db.Tx, who auth.Actor, id int64) (Task, error) {
	t, err := find(tx, id, "")
	if err != nil || all(who) {
		return t, err
	}
	units, err := s.units(tx, who)
	if err == nil && !slices.Contains(units, t.Unit) {
		err = fault.New(fault.Unknown, "oversight.unknown")
	}
	return t, err
}

// Of lists the tasks of a case, in the order of its item.
func (s *Service) Of(tx *db.Tx, caseID int64) ([]Task, error) { return listOf(tx, caseID) }

// all reports whether somebody sees the tasks of every regulator; they act on none but their own.
func all(who auth.Actor) bool {
	return who.Has("supervisor") || who.Has("leader") || who.Has("legal_supervisor")
}

// units are the regulators that somebody works for: their unit, those of their posts, and what these are parts of.
func (s *Service) units(tx *db.Tx, who auth.Actor) ([]string, error) {
	own := []string{who.Unit}
	for _, p := range who.Posts {
		own = append(own, p.Unit)
	}
	slices.Sort(own)
	own = slices.Compact(own)
	var units []string
	for _, u := range own {
		if u == "" {
			continue
		}
		above, err := s.Above(tx, u)
		if err != nil {
			return nil, err
		}
		units = append(append(units, u), above...)
	}
	slices.Sort(units)
	return slices.Compact(units), nil
}

// chain0 begins the names of the ledger's chains of tasks.
const chain0 = "oversight:"

func chain(id int64) string { return fmt.Sprint(chain0, id) }
