package cases

import (
	"strings"

	"onedoor.app/engine/calendar"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

// Standing is how the clock of a case in a list stands, and how often it stood
// still before.
type Standing struct {
	Light   Light
	Level   Level // to whom it was brought, 0: nobody
	Stopped int   // working days given back by special procedures, those of an open one up to today
}

// Standings tells for the rows of a list how their clocks stand, by the id of
// the case. The rows are those that a list of this service returned.
func (s *Service) Standings(tx *db.Tx, rows []Row) (map[int64]Standing, error) {
	clocks, q := map[int64]ClockName{}, &query{}
	var places []string
	for _, r := range rows {
		if _, twice := clocks[r.ID]; !twice {
			clocks[r.ID] = r.Shown.Clock
			places = append(places, q.place(r.ID))
		}
	}
	if len(places) == 0 {
		return nil, nil
	}
	type legal struct {
		id     int64
		matter Matter
	}
	list, err := db.All(tx, func(l *legal) []any { return []any{&l.id, db.JSON(&l.matter)} },
		`SELECT c.id, c.matter FROM cases c WHERE c.id IN (`+strings.Join(places, ", ")+`)`, q.args...)
	if err != nil {
		return nil, err
	}
	cal, err := s.Cal(tx)
	if err != nil {
		return nil, err
	}
	brought, err := levels(tx, q, places)
	out := make(map[int64]Standing, len(list))
	for _, l := range list {
		out[l.id] = Standing{Level: brought[l.id], Light: l.matter.Light(cal, clocks[l.id], tx.Now()), Stopped: stoppedDays(cal, l.matter, today(tx))}
	}
	return out, err
}

// stoppedDays is how many working days special procedures have given back, those
// of an open one counted up to today.
func stoppedDays(cal *calendar.Calendar, m Matter, today calendar.Date) int {
	n := 0
	for _, stop := range m.Stops {
		end := stop.To
		if stop.Open() {
			end = today
		}
		n += max(0, cal.Workdays(stop.From, end))
	}
	return n
}

// StopHere is the special procedure that is open for a task, nil if none is: the
// step then waits for its result.
func (m Matter) StopHere(t Task) *Stop {
	kind := stopKind(t.Slot)
	if kind == "" {
		return nil
	}
	return m.openStop(kind)
}

// Check says what is still missing in a decision, as Decide would: it lets a
// page ask "are you sure" only about what can be sent.
func (d Decision) Check() error {
	d.Reason, d.Basis = strings.TrimSpace(d.Reason), strings.TrimSpace(d.Basis)
	return d.check()
}

// ExplainExtend says why the limit of a case cannot be lengthened now; nil: it
// can, by up to most days. Faults: Forbidden for those who may not approve it,
// Unknown where the state has nothing to do with it.
func (s *Service) ExplainExtend(tx *db.Tx, who auth.Actor, c *Case) (most int, err error) {
	if err := s.may(tx, who, mayExtend, c, ""); err != nil {
		return 0, err
	}
	most = c.Matter.Terms.Extension
	if _, ok := lawful(c.Matter, ActExtend); !ok || most == 0 {
		return 0, fault.New(fault.Unknown, "cases.law.illegal_pair")
	}
	l := Longer{Days: 1, Reason: "—"}
	if c.Matter.Terms.Joint { // the number of the approval comes with the act
		l.Approval = "—"
	}
	in := l.input(who)
	law, err := s.law(tx)
	if err != nil {
		return 0, err
	}
	if _, _, no := law.Apply(c.Matter, ActExtend, in, tx.Now()); no != nil {
		return most, refused(no)
	}
	return most, nil
}
