// Package holiday keeps the yearly notices on days off (放假安排): the State
// Council's General Office announces which weekdays of a year are holidays and
// which weekend days are worked for them, and whoever keeps the calendar enters
// it here, or corrects what was entered.
//
// The notices compiled into the program are the ground. Each publication makes a
// new version of the calendar, whole and for ever: what was counted by an older
// one can be repeated from it. A version is named by its content, so that a row
// changed behind the program's back makes no calendar at all.
//
// Invariants, checked by Check: every row makes the calendar that it names, on
// top of the one before it, and is in the ledger with the same days.
package holiday

import (
	"context"
	"fmt"
	"sync"
	"time"

	"onedoor.app/domain/cases"
	"onedoor.app/engine/calendar"
	"onedoor.app/engine/ledger"
	"onedoor.app/engine/once"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
	"onedoor.app/module"
	"onedoor.app/ui"
)

// Service is the use cases of the module.
type Service struct {
	DB    *db.DB
	Cases *cases.Service
	Frame ui.Frame
	Flash func(ctx context.Context, text string)

	// Also has what else is counted in working days counted anew, within the unit of work that publishes; nil: nothing.
	Also func(tx *db.Tx) error

	known calendars
}

// Notice is what one document says about the days of a year.
type Notice struct {
	Year   int              `json:"year"`
	No     string           `json:"no"`
	Issued calendar.Date    `json:"issued"`
	Breaks []calendar.Break `json:"breaks"`
}

// Version is a notice that was published.
type Version struct {
	Notice
	Number    int64
	Version   string // of the calendar that it made
	Prev      string
	At        time.Time
	Actor     int64
	ActorName string
}

// Calendar is the calendar in force; it is a calendar.Source.
func (s *Service) Calendar(tx *db.Tx) (*calendar.Calendar, error) {
	version, err := newest(tx)
	if err != nil {
		return nil, err
	}
	return s.Dated(tx, version)
}

// Dated is the calendar of a version, in force or not.
func (s *Service) Dated(tx *db.Tx, version string) (*calendar.Calendar, error) {
	if cal := s.known.find(version); cal != nil {
		return cal, nil
	}
	all, err := list(tx)
	if err != nil {
		return nil, err
	}
	cal := calendar.Official()
	for _, v := range all {
		if cal, err = v.on(cal); err != nil {
			return nil, err
		}
		s.known.add(cal)
	}
	if cal := s.known.find(version); cal != nil {
		return cal, nil
	}
	return nil, fmt.Errorf("holiday: there is no calendar %s", version)
}

// on is the calendar that a version makes of the one before it.
func (v Version) on(before *calendar.Calendar) (*calendar.Calendar, error) {
	if v.Prev != before.Version() {
		return nil, fmt.Errorf("holiday: version %d follows %s, not %s", v.Number, v.Prev, before.Version())
	}
	cal, err := before.With(v.calendar())
	if err != nil {
		return nil, err
	}
	if cal.Version() != v.Version {
		return nil, fmt.Errorf("holiday: version %d is %s by its days and %s by its name", v.Number, cal.Version(), v.Version)
	}
	return cal, nil
}

func (n Notice) calendar() calendar.Year {
	return calendar.Year{Year: n.Year, Notices: []string{n.No}, Breaks: n.Breaks}
}

// calendars keeps what was built: a calendar never changes under its name.
type calendars struct {
	mu  sync.Mutex
	all map[string]*calendar.Calendar
}

func (c *calendars) find(version string) *calendar.Calendar {
	if official := calendar.Official(); version == "" || version == official.Version() {
		return official
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.all[version]
}

func (c *calendars) add(cal *calendar.Calendar) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.all == nil {
		c.all = map[string]*calendar.Calendar{}
	}
	c.all[cal.Version()] = cal
}

// Try is the calendar that a notice would make of the one in force. A notice that
// cannot be is an Invalid fault with its fields named by part and place: no,
// issued, from-0, to-0, work-0 …; one that changes nothing is the Conflict fault
// holiday.same.
func (s *Service) Try(tx *db.Tx, n Notice) (next, now *calendar.Calendar, err error) {
	if err := n.check(); err != nil {
		return nil, nil, err
	}
	if now, err = s.Calendar(tx); err != nil {
		return nil, nil, err
	}
	if next, err = now.With(n.calendar()); err != nil {
		return nil, nil, err // check has let something through
	}
	if next.Version() == now.Version() {
		return nil, nil, fault.New(fault.Conflict, "holiday.same", "year", n.Year)
	}
	return next, now, nil
}

// published is the evidence of a publication.
type published struct {
	Number  int64  `json:"number"`
	Version string `json:"version"`
	Prev    string `json:"prev"`
	Notice  Notice `json:"notice"`
}

const chain = "holiday"

// Publish brings a notice into force, for whoever holds holiday.keep, and has the
// open clocks of all cases counted anew. prev is the version that the preview was
// made on: if another has come since, it is the Stale fault holiday.stale; the
// same publication sent twice is done once. Other faults as for Try.
func (s *Service) Publish(ctx context.Context, who auth.Actor, prev string, n Notice) (v Version, err error) {
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		if err := n.check(); err != nil {
			return err
		}
		before, err := s.Dated(tx, prev)
		if err != nil {
			return err
		}
		next, err := before.With(n.calendar())
		if err != nil {
			return err
		}
		v = Version{
			Notice: n, Version: next.Version(), Prev: before.Version(), At: tx.Now(), Actor: who.ID, ActorName: who.Name,
		}
		return once.Do(tx, who, "holiday.publish", v.Prev+"/"+v.Version, n, &v, func() error { return s.publish(tx, who, &v) })
	})
	return v, err
}

func (s *Service) publish(tx *db.Tx, who auth.Actor, v *Version) error {
	now, err := s.Calendar(tx)
	switch {
	case err != nil:
		return err
	case now.Version() != v.Prev:
		return fault.New(fault.Stale, "holiday.stale")
	case v.Version == v.Prev:
		return fault.New(fault.Conflict, "holiday.same", "year", v.Year)
	}
	if v.Number, err = count(tx); err != nil {
		return err
	}
	v.Number++
	if err := insert(tx, *v); db.IsUnique(err) { // somebody else's at the same moment
		return fault.New(fault.Stale, "holiday.stale")
	} else if err != nil {
		return err
	}
	facts := published{Number: v.Number, Version: v.Version, Prev: v.Prev, Notice: v.Notice}
	if err := ledger.Log(tx, chain, who, ledger.Draft{Act: "holiday.publish", Body: facts}); err != nil {
		return err
	}
	if s.Also != nil {
		if err := s.Also(tx); err != nil {
			return err
		}
	}
	return cases.AskRecount(tx)
}

// Check repeats every publication from the ledger and compares.
func (s *Service) Check(tx *db.Tx, count module.Count) error {
	all, err := list(tx)
	if err != nil {
		return err
	}
	entries, err := ledger.Chain(tx, chain)
	if err != nil {
		return err
	}
	if len(entries) != len(all) {
		return fmt.Errorf("holiday: %d versions, the ledger knows %d", len(all), len(entries))
	}
	cal := calendar.Official()
	for i, v := range all {
		if cal, err = v.on(cal); err != nil {
			return err
		}
		if err := v.matches(entries[i]); err != nil {
			return err
		}
		count("calendars", 1)
	}
	return nil
}
