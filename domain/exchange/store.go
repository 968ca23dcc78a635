package exchange

import (
	"fmt"
	"strings"

	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

const selectSystem = `SELECT code, name, address, secret, used, lock, moved FROM exchange_system`

func systemColumns(s *System) []any {
	return []any{&s.Code, &s.Name, &s.Address, &s.sealed, &s.Used, &s.Lock, &s.Moved}
}

func maybeSystem(tx *db.Tx, code string) (s System, found bool, err error) {
	found, err = tx.Maybe(selectSystem+` WHERE code = $1`, []any{code}, systemColumns(&s)...)
	return s, found, err
}

// findSystem reads a system; lock makes others who change it wait.
func findSystem(tx *db.Tx, code, lock string) (s System, err error) {
	found, err := tx.Maybe(selectSystem+` WHERE code = $1`+lock, []any{code}, systemColumns(&s)...)
	if err == nil && !found {
		err = fault.New(fault.Unknown, "exchange.none")
	}
	return s, err
}

func listSystems(tx *db.Tx, limit int) ([]System, error) {
	return db.All(tx, systemColumns, selectSystem+` ORDER BY code LIMIT $1`, limit)
}

func insertSystem(tx *db.Tx, s System) error {
	return tx.Exec(`INSERT INTO exchange_system (code, name, address, secret, used, lock, moved) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		s.Code, s.Name, s.Address, s.sealed, s.Used, s.Lock, s.Moved)
}

func changeSystem(tx *db.Tx, s System) error {
	return tx.ExecOne(`UPDATE exchange_system SET name = $1, address = $2, secret = $3, used = $4, lock = $5, moved = $6 WHERE code = $7`,
		s.Name, s.Address, s.sealed, s.Used, s.Lock, s.Moved, s.Code)
}

const selectOrder = `SELECT id, system, what, about, place, entry, no, step, name, state, parked, round, tries, status, cause, reason, lock, at,
	tried, ended FROM exchange_order`

func orderColumns(o *Stored) []any {
	return []any{&o.ID, &o.System, &o.What, &o.About, &o.Place, &o.Entry, &o.No, &o.Step, &o.Name, (*string)(&o.State), &o.parked, &o.Round,
		&o.Tries, &o.Status, &o.Cause, &o.Reason, &o.Lock, &o.At, &o.Tried, &o.Ended}
}

// findOrder reads an order; lock makes others who change it wait.
func findOrder(tx *db.Tx, id int64, lock string) (o Stored, err error) {
	found, err := tx.Maybe(selectOrder+` WHERE id = $1`+lock, []any{id}, orderColumns(&o)...)
	if err == nil && !found {
		err = fault.New(fault.Unknown, "exchange.none")
	}
	return o, err
}

func insertOrder(tx *db.Tx, o Stored, sealed []byte) error {
	return tx.Exec(`INSERT INTO exchange_order (id, system, what, about, place, entry, no, step, name, body, state, parked, round, tries, status,
		cause, reason, lock, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, FALSE, $12, 0, 0, '', '', $13, $14)`,
		o.ID, o.System, o.What, o.About, o.Place, o.Entry, o.No, o.Step, o.Name, sealed, string(o.State), o.Round, o.Lock, o.At)
}

// changeOrder keeps what became of an order; its lock moves on.
func changeOrder(tx *db.Tx, o Stored) error {
	return tx.ExecOne(`UPDATE exchange_order SET state = $1, round = $2, tries = $3, status = $4, cause = $5, reason = $6, tried = $7, ended = $8,
		lock = lock + 1 WHERE id = $9`, string(o.State), o.Round, o.Tries, o.Status, o.Cause, o.Reason, o.Tried, o.Ended, o.ID)
}

// park keeps whether an order waits for an earlier one, without a job.
func park(tx *db.Tx, id int64, yes bool) error {
	return tx.ExecOne(`UPDATE exchange_order SET parked = $1 WHERE id = $2`, yes, id)
}

func bodyOf(tx *db.Tx, id int64) (sealed []byte, err error) {
	err = tx.One(`SELECT body FROM exchange_order WHERE id = $1`, []any{id}, &sealed)
	return sealed, err
}

// lastPlace is the number of the last order about a case, 0 while there is none.
func lastPlace(tx *db.Tx, about int64) (place int64, err error) {
	err = tx.One(`SELECT COALESCE(MAX(place), 0) FROM exchange_order WHERE about = $1`, []any{about}, &place)
	return place, err
}

// firstOpen is the first order about a case before a place that is neither sent nor given up.
func firstOpen(tx *db.Tx, about, place int64) (id int64, found bool, err error) {
	found, err = tx.Maybe(`SELECT id FROM exchange_order WHERE about = $1 AND place < $2 AND state IN ('waiting', 'failed') ORDER BY place LIMIT 1`,
		[]any{about, place}, &id)
	return id, found, err
}

// nextParked is the first order about a case after a place that waits without a job.
func nextParked(tx *db.Tx, about, place int64) (o Stored, found bool, err error) {
	if about == 0 {
		return o, false, nil
	}
	found, err = tx.Maybe(selectOrder+` WHERE about = $1 AND place > $2 AND parked AND state = 'waiting' ORDER BY place LIMIT 1`,
		[]any{about, place}, orderColumns(&o)...)
	return o, found, err
}

func listOrders(tx *db.Tx, f Filter, before int64, limit int) ([]Stored, error) {
	var where []string
	var args []any
	and := func(condition string, value any) {
		args = append(args, value)
		where = append(where, fmt.Sprintf(condition, len(args)))
	}
	and("id < $%d", before)
	if before == 0 {
		args[0] = int64(1<<63 - 1)
	}
	if f.State != "" {
		and("state = $%d", string(f.State))
	}
	if f.System != "" {
		and("system = $%d", f.System)
	}
	return db.All(tx, orderColumns, fmt.Sprintf(`%s WHERE %s ORDER BY id DESC LIMIT %d`, selectOrder, strings.Join(where, " AND "), limit), args...)
}

func listAbout(tx *db.Tx, ids []int64) ([]Stored, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	marks, args := make([]string, len(ids)), make([]any, len(ids))
	for i, id := range ids {
		marks[i], args[i] = fmt.Sprintf("$%d", i+1), id
	}
	return db.All(tx, orderColumns, selectOrder+` WHERE about IN (`+strings.Join(marks, ", ")+`) ORDER BY about, place`, args...)
}

func countAbout(tx *db.Tx) (n int, err error) {
	err = tx.One(`SELECT COUNT(*) FROM exchange_order WHERE about <> 0`, nil, &n)
	return n, err
}

// countFailed is how many orders somebody must see to.
func countFailed(tx *db.Tx) (n int, err error) {
	err = tx.One(`SELECT COUNT(*) FROM exchange_order WHERE state = 'failed'`, nil, &n)
	return n, err
}

// listEvery lists all orders by id, a page at a time.
func listEvery(tx *db.Tx, after int64, limit int) ([]Stored, error) {
	return db.All(tx, orderColumns, selectOrder+` WHERE id > $1 ORDER BY id LIMIT $2`, after, limit)
}

// misplaced is a case whose orders have a gap, or of which one has arrived before an earlier one was done; 0: none.
func misplaced(tx *db.Tx) (about int64, err error) {
	if _, err = tx.Maybe(`SELECT about FROM exchange_order WHERE about <> 0 GROUP BY about HAVING MAX(place) <> COUNT(*) OR MIN(place) <> 1 LIMIT 1`,
		nil, &about); err != nil || about != 0 {
		return about, err
	}
	_, err = tx.Maybe(`SELECT o.about FROM exchange_order o WHERE o.state IN ('waiting', 'failed') AND o.about <> 0 AND EXISTS (
		SELECT 1 FROM exchange_order l WHERE l.about = o.about AND l.place > o.place AND l.state = 'sent') LIMIT 1`, nil, &about)
	return about, err
}
