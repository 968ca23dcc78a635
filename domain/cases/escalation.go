package cases

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"onedoor.app/engine/calendar"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

// Level is to whom the time of a case was brought.
type Level int

// The levels, each after the one before it.
const (
	Reminded  Level = iota + 1 // whoever holds the case: the light turned yellow
	ToChief                    // the chief of the section: it is red
	ToHead                     // the head of the authority and the supervisors: it stays red
	lastLevel = ToHead
)

// Escalation is one time that a clock was brought to somebody's attention.
type Escalation struct {
	Clock   ClockName
	Due     calendar.Date
	Level   Level
	At      time.Time // when it was due
	Noticed time.Time // when the program got to it
}

// reminder is what comes next for a case.
type reminder struct {
	id          int64
	clock       ClockName
	yellow, due string
	level       Level
	at          time.Time
}

// when is the moment of a level.
func (s *Service) when(tx *db.Tx, r reminder, level Level) (time.Time, error) {
	yellow, err := calendar.ParseDate(r.yellow)
	if err != nil {
		return time.Time{}, err
	}
	due, err := calendar.ParseDate(r.due)
	if err != nil {
		return time.Time{}, err
	}
	switch level {
	case Reminded:
		return yellow.Start(), nil
	default:
		cal, err := s.Cal(tx)
		if err != nil {
			return time.Time{}, err
		}
		settled, _, err := s.InForce(tx)
		if err != nil {
			return time.Time{}, err
		}
		n := settled.ChiefAfter
		if level == ToHead {
			n = settled.HeadAfter
		}
		if n == 0 {
			return (due + 1).Start(), nil
		}
		return (cal.AddWorkdays(due, n) + 1).Start(), nil
	}
}

// remindOf begins anew with the clock that a case shows from now on.
func (ch *change) remindOf(now Shown) error {
	if !now.Live || now.Stopped || now.Due == "" {
		return ch.tx.Queue(`DELETE FROM cases_reminder WHERE case_id = $1`, ch.c.ID)
	}
	at, err := ch.s.when(ch.tx, reminder{yellow: now.Yellow, due: now.Due}, Reminded)
	if err != nil {
		return err
	}
	return ch.tx.Queue(`INSERT INTO cases_reminder (case_id, clock, yellow, due, level, at) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (case_id) DO UPDATE SET clock = excluded.clock, yellow = excluded.yellow, due = excluded.due,
		level = excluded.level, at = excluded.at`, ch.c.ID, string(now.Clock), now.Yellow, now.Due, int64(Reminded), at)
}

// Remind brings up to limit cases to the attention of whoever must know by now,
// and returns how many it looked at. What was missed while nothing ran is caught
// up with the moments at which it was due; run twice it does nothing twice.
func (s *Service) Remind(ctx context.Context, limit int) (int, error) {
	var ids []int64
	err := s.DB.Read(ctx, func(tx *db.Tx) (err error) {
		ids, err = db.All(tx, func(id *int64) []any { return []any{id} },
			`SELECT case_id FROM cases_reminder WHERE at <= $1 ORDER BY at LIMIT $2`, tx.Now(), limit)
		return err
	})
	if err != nil {
		return 0, err
	}
	for _, id := range ids {
		err := s.DB.Write(ctx, func(tx *db.Tx) error { return s.remind(tx, id) })
		if err != nil && ctx.Err() == nil {
			slog.ErrorContext(ctx, "a case could not be brought to attention", "case", id, "err", err)
			err = s.DB.Write(ctx, func(tx *db.Tx) error {
				return tx.Exec(`UPDATE cases_reminder SET at = $1 WHERE case_id = $2`, tx.Now().Add(putOff), id)
			})
		}
		if err != nil {
			return 0, err
		}
	}
	return len(ids), nil
}

func (s *Service) remind(tx *db.Tx, id int64) error {
	r := reminder{id: id}
	err := tx.One(`SELECT clock, yellow, due, level, at FROM cases_reminder WHERE case_id = $1`+tx.ForUpdate(), []any{id},
		&r.clock, &r.yellow, &r.due, &r.level, &r.at)
	if fault.Is(err, fault.Unknown) {
		return nil // an act in between has ended it
	}
	if err != nil {
		return err
	}
	for ; r.level <= lastLevel; r.level++ {
		at, err := s.when(tx, r, r.level)
		if err != nil {
			return err
		}
		if at.After(tx.Now()) {
			return tx.Exec(`UPDATE cases_reminder SET level = $1, at = $2 WHERE case_id = $3`, int64(r.level), at, id)
		}
		if err := tx.Queue(`INSERT INTO cases_escalation (case_id, clock, due, level, at, noticed) VALUES ($1, $2, $3, $4, $5, $6)
			ON CONFLICT (case_id, clock, due, level) DO NOTHING`, id, string(r.clock), r.due, int64(r.level), at, tx.Now()); err != nil {
			return err
		}
	}
	return tx.Exec(`DELETE FROM cases_reminder WHERE case_id = $1`, id)
}

// listEscalations returns what was brought to attention about a case, newest first.
func listEscalations(tx *db.Tx, id int64) ([]Escalation, error) {
	return db.All(tx, func(e *Escalation) []any { return []any{&e.Clock, &e.Due, &e.Level, &e.At, &e.Noticed} },
		`SELECT clock, due, level, at, noticed FROM cases_escalation WHERE case_id = $1 ORDER BY at DESC, level DESC`, id)
}

// standingLevel is an escalation that still stands: of the clock that the case
// shows, with the due date that it has.
const standingLevel = `e.case_id = c.id AND e.clock = c.light_clock AND e.due = c.light_due`

// levels are the highest standing levels of cases; places are those of their ids in q.
func levels(tx *db.Tx, q *query, places []string) (map[int64]Level, error) {
	type one struct {
		id    int64
		level Level
	}
	list, err := db.All(tx, func(o *one) []any { return []any{&o.id, &o.level} },
		`SELECT c.id, MAX(e.level) FROM cases c JOIN cases_escalation e ON `+standingLevel+
			` WHERE c.live AND NOT c.stopped AND c.id IN (`+strings.Join(places, ", ")+`) GROUP BY c.id`, q.args...)
	out := make(map[int64]Level, len(list))
	for _, o := range list {
		out[o.id] = o.level
	}
	return out, err
}

// Escalated lists the cases that were brought to the actor: to the chief of a
// section those of it that are red, to the head and the supervisors those that
// stay red, the one due first on top.
func (s *Service) Escalated(tx *db.Tx, who auth.Actor, limit int) ([]Row, error) {
	q := &query{}
	q.scope(who)
	level := ToHead
	switch {
	case slices.ContainsFunc(who.Roles, func(r string) bool { return r == "leader" || r == "supervisor" || r == "legal_supervisor" }):
	case slices.Contains(who.Roles, "section_chief"):
		level = ToChief
		q.and("c.unit = " + q.place(who.Unit))
	default:
		return nil, nil
	}
	q.and("c.live AND NOT c.stopped")
	q.and(fmt.Sprintf("EXISTS (SELECT 1 FROM cases_escalation e WHERE %s AND e.level = %s)", standingLevel, q.place(int64(level))))
	return db.All(tx, (*Row).columns, selectRow+` FROM cases c WHERE `+q.text()+` ORDER BY c.light_due, c.id LIMIT `+q.place(limit), q.args...)
}
