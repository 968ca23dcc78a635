package cases

import (
	"time"

	"onedoor.app/domain/catalog"
	"onedoor.app/engine/calendar"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

// Past lists up to limit cases of an item that were received from one day to another, both
// included, after the one of an id, so that a changed item can be tried on them. It tells
// nothing of anybody.
func (s *Service) Past(tx *db.Tx, item string, from, to calendar.Date, after int64, limit int) ([]catalog.PastCase, error) {
	law, err := s.law(tx)
	if err != nil {
		return nil, err
	}
	rows, err := listPast(tx, item, from.Start(), (to + 1).Start(), after, limit)
	list := make([]catalog.PastCase, 0, len(rows))
	for _, r := range rows {
		list = append(list, catalog.PastCase{
			ID: r.id, No: r.no, Version: r.version, Answers: r.answers,
			Took: func(promised, statutory catalog.Limit) catalog.Lateness {
				return law.lateness(&r.matter, promised, statutory, tx.Now())
			},
			Suits: func(it *catalog.Item) (bool, error) {
				err := s.suits(tx, it, r.party)
				if fault.Is(err, fault.Conflict) || fault.Is(err, fault.Invalid) || fault.Is(err, fault.Forbidden) {
					return false, nil
				}
				return err == nil, err
			},
		})
	}
	return list, err
}

// CountPast is how many cases Past lists in all.
func (s *Service) CountPast(tx *db.Tx, item string, from, to calendar.Date) (int, error) {
	return countPast(tx, item, from.Start(), (to + 1).Start())
}

// lateness says how a case would stand under other limits: the days that were counted, the
// stops and extensions are those that there were.
func (l *Law) lateness(m *Matter, promised, statutory catalog.Limit, now time.Time) (out catalog.Lateness) {
	if promised.OnSpot || promised.Unit == "" {
		promised = catalog.Limit{Value: max(promised.Value, 1), Unit: catalog.Workday}
	}
	over := func(name ClockName, limit catalog.Limit) int {
		c, ok := m.Clock(name)
		if !ok {
			return 0
		}
		out.Begun = true
		if limit.Value > 0 {
			c.Limit, c.Unit = limit.Value, Unit(limit.Unit)
		}
		spans, open := l.stopped(m, c)
		due, at := l.dueWith(m, c, spans)
		end := c.Ended
		switch {
		case end.IsZero() && open:
			return 0 // it stands still
		case end.IsZero():
			end = now
		}
		if !at.IsZero() {
			if end.After(at) {
				return max(1, l.Cal.Workdays(due, calendar.DateOf(end)))
			}
			return 0
		}
		if day := calendar.DateOf(end); day > due {
			return max(1, l.Cal.Workdays(due, day))
		}
		return 0
	}
	out.Promise, out.Law = over(ClockPromised, promised), over(ClockStatutory, statutory)
	return out
}

// past is a case as it is tried again.
type past struct {
	id      int64
	no      string
	version int64
	party   int64
	answers map[string]string
	matter  Matter
}

func listPast(tx *db.Tx, item string, from, before time.Time, after int64, limit int) ([]past, error) {
	return db.All(tx, func(p *past) []any {
		return []any{&p.id, &p.no, &p.version, &p.party, db.JSON(&p.answers), db.JSON(&p.matter)}
	}, `SELECT id, no, item_version, party, answers, matter FROM cases
		WHERE item = $1 AND id > $2 AND received_at >= $3 AND received_at < $4 ORDER BY id LIMIT $5`, item, after, from, before, limit)
}

func countPast(tx *db.Tx, item string, from, before time.Time) (n int, err error) {
	err = tx.One(`SELECT COUNT(*) FROM cases WHERE item = $1 AND received_at >= $2 AND received_at < $3`, []any{item, from, before}, &n)
	return n, err
}
