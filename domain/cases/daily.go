package cases

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"onedoor.app/engine/calendar"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
)

// Daily is how many cases came in and ended on one day.
type Daily struct {
	Day      calendar.Date
	Received int
	Online   int // of those received
	Ended    int
}

// Daily counts what came in and what ended on each day from the first to the
// last, among the cases that the actor may see. Days without either are left out.
func (s *Service) Daily(tx *db.Tx, who auth.Actor, first, last calendar.Date) ([]Daily, error) {
	days := map[calendar.Date]*Daily{}
	on := func(day int64) *Daily {
		d := calendar.Date(day) //nolint:gosec // a day's number fits
		if days[d] == nil {
			days[d] = &Daily{Day: d}
		}
		return days[d]
	}
	type group struct {
		day     int64
		channel Channel
		n       int
	}
	count := func(column string, add func(group)) error {
		q := &query{}
		q.scope(who)
		q.and("c." + column + " >= " + q.place(first.Start()))
		q.and("c." + column + " < " + q.place((last + 1).Start()))
		zone := q.place(int64(zoneOffset / time.Millisecond))
		list, err := db.All(tx, func(g *group) []any { return []any{&g.day, &g.channel, &g.n} }, fmt.Sprintf(
			`SELECT (c.%[1]s + %[2]s) / 86400000, c.channel, COUNT(*) FROM cases c WHERE %[3]s GROUP BY (c.%[1]s + %[2]s) / 86400000, c.channel`,
			column, zone, q.text()), q.args...)
		for _, g := range list {
			add(g)
		}
		return err
	}
	if err := count("received_at", func(g group) {
		d := on(g.day)
		d.Received += g.n
		if g.channel == Online {
			d.Online += g.n
		}
	}); err != nil {
		return nil, err
	}
	if err := count("ended_at", func(g group) { on(g.day).Ended += g.n }); err != nil {
		return nil, err
	}
	out := make([]Daily, 0, len(days))
	for _, d := range slices.Sorted(maps.Keys(days)) {
		out = append(out, *days[d])
	}
	return out, nil
}

// zoneOffset is the civil time of the whole country before UTC; it has no summer time.
const zoneOffset = 8 * time.Hour

// Occasion is something that happened to a case on a day.
type Occasion string

// The occasions that lists are made of.
const (
	OnReceipt Occasion = "received"
	OnEnd     Occasion = "ended"
)

// Occurred lists the cases that came in or ended on a day, newest first, after a key.
// It shows exactly those that Daily counts.
func (s *Service) Occurred(tx *db.Tx, who auth.Actor, what Occasion, day calendar.Date, f Filter, after Key, limit int) ([]Row, Key, error) {
	column := "c.received_at"
	if what == OnEnd {
		column = "c.ended_at"
	}
	q := &query{}
	q.scope(who)
	q.filter(f, today(tx).String())
	q.and(column + " >= " + q.place(day.Start()))
	q.and(column + " < " + q.place((day + 1).Start()))
	if after != (Key{}) {
		q.and("c.id < " + q.place(after.ID))
	}
	rows, err := db.All(tx, (*Row).columns, selectRow+` FROM cases c WHERE `+q.text()+
		` ORDER BY c.id DESC LIMIT `+q.place(limit+1), q.args...)
	return cut(rows, limit, func(r Row) Key { return Key{"n", r.ID} }, err)
}
