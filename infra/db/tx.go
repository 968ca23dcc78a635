package db

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"onedoor.app/infra/fault"
)

// Tx is one unit of work: a transaction, the moment at which it happens, and
// what to do once it has happened. It carries its own context.
type Tx struct {
	ctx   context.Context //nolint:containedctx // a transaction lives exactly as long as its context
	raw   rawTx
	db    *DB
	now   time.Time
	after []func()

	changed bool // it has run a statement that may have changed something

	taps   bool // see Tap
	tapped []Statement
}

// rawTx is a driver's transaction.
type rawTx interface {
	exec(ctx context.Context, query string, args []any) (int64, error)
	query(ctx context.Context, query string, args []any) (rawRows, error)
	queue(ctx context.Context, query string, args []any) error
}

type rawRows interface {
	Next() bool
	Scan(into ...any) error
	Err() error
	done() error
}

// Now is the single moment at which everything in tx happens, in whole
// milliseconds.
func (tx *Tx) Now() time.Time { return tx.now }

// NotBefore moves the moment of tx on to at, if it lies before it: what follows
// something is not dated before it, though the clocks of two servers differ.
func (tx *Tx) NotBefore(at time.Time) {
	if tx.now.Before(at) {
		tx.now = at
	}
}

// Context is the context of the unit of work, for what must be handed one.
func (tx *Tx) Context() context.Context { return tx.ctx }

// NewID returns a new id, see DB.NewID.
func (tx *Tx) NewID() int64 { return tx.db.ids.next() }

// After runs f if and when tx has committed.
func (tx *Tx) After(f func()) { tx.after = append(tx.after, f) }

// ForUpdate is appended to a SELECT whose rows this unit of work will change,
// so that another one waits instead of reading what is about to be old.
func (tx *Tx) ForUpdate() string { return tx.db.engine.lock() }

// Queue runs a statement whose result nobody needs. PostgreSQL gets it together
// with the next statement, in one round trip; a failure surfaces there or at
// the commit, so a statement whose violation means a fault belongs in Exec.
func (tx *Tx) Queue(query string, args ...any) error {
	tx.changed = true
	args = in(args)
	tx.tap(query, args)
	return tx.raw.queue(tx.ctx, query, args)
}

// QueueRows queues an "INSERT INTO t (a, b)" of rows of as many values, in as few statements
// as suits the database; conflict is what follows the rows, as "ON CONFLICT DO NOTHING", or "".
func (tx *Tx) QueueRows(insert string, rows [][]any, conflict string) error {
	for some := range slices.Chunk(rows, tx.db.engine.rows()) {
		var query strings.Builder
		var args []any
		query.WriteString(insert + " VALUES ")
		for i, row := range some {
			if i > 0 {
				query.WriteString(", ")
			}
			for k, v := range row {
				query.WriteString([]string{"(", ", "}[min(k, 1)])
				args = append(args, v)
				query.WriteString("$" + strconv.Itoa(len(args)))
			}
			query.WriteString(")")
		}
		if err := tx.Queue(query.String()+" "+conflict, args...); err != nil {
			return err
		}
	}
	return nil
}

// Exec runs a statement.
func (tx *Tx) Exec(query string, args ...any) error {
	_, err := tx.Change(query, args...)
	return err
}

// Change runs a statement and returns how many rows it touched.
func (tx *Tx) Change(query string, args ...any) (int64, error) {
	tx.changed = true
	args = in(args)
	tx.tap(query, args)
	return tx.raw.exec(tx.ctx, query, args)
}

// ExecOne runs a statement that must touch a row, else it is a Stale fault.
func (tx *Tx) ExecOne(query string, args ...any) error {
	n, err := tx.Change(query, args...)
	if err == nil && n == 0 {
		return fault.New(fault.Stale, "row.stale")
	}
	return err
}

// query runs a statement that returns rows. Only what begins with SELECT is sure to
// change nothing.
func (tx *Tx) query(query string, args []any) (rawRows, error) {
	tx.changed = tx.changed || !strings.HasPrefix(query, "SELECT")
	args = in(args)
	tx.tap(query, args)
	return tx.raw.query(tx.ctx, query, args)
}

// One scans the first row of a query; no row is an Unknown fault.
func (tx *Tx) One(query string, args []any, into ...any) error {
	found, err := tx.Maybe(query, args, into...)
	if err == nil && !found {
		return fault.New(fault.Unknown, "row.unknown")
	}
	return err
}

// Maybe scans the first row of a query and reports whether there was one.
func (tx *Tx) Maybe(query string, args []any, into ...any) (found bool, err error) {
	rows, err := tx.query(query, args)
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, rows.Err(), rows.done()) }() // a place that panics leaves no query open
	if found = rows.Next(); found {
		err = rows.Scan(out(into)...)
	}
	return found, err
}

// All returns every row of a query; dest names where each column goes.
func All[T any](tx *Tx, dest func(*T) []any, query string, args ...any) (list []T, err error) {
	rows, err := tx.query(query, args)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Err(), rows.done()) }()
	for rows.Next() {
		var v T
		if err = rows.Scan(out(dest(&v))...); err != nil {
			break
		}
		list = append(list, v)
	}
	return list, err
}

// JSON binds v as JSON text, or scans JSON text into v when v is a pointer.
func JSON(v any) any { return jsonValue{v} }

type jsonValue struct{ v any }

// Scan implements sql.Scanner.
func (j jsonValue) Scan(src any) error {
	switch s := src.(type) {
	case nil:
		return nil
	case string:
		if s == "" {
			return nil
		}
		return json.Unmarshal([]byte(s), j.v)
	case []byte:
		if len(s) == 0 {
			return nil
		}
		return json.Unmarshal(s, j.v)
	}
	return fmt.Errorf("db: %T is not JSON text", src)
}

// in turns Go values into column values: instants become Unix milliseconds, the
// zero instant NULL, JSON its text. Text that is not UTF-8 or holds a zero
// character, which PostgreSQL cannot keep, is an Invalid fault on both engines.
func in(args []any) []any {
	for i, a := range args {
		switch v := a.(type) {
		case string:
			if !utf8.ValidString(v) || strings.IndexByte(v, 0) >= 0 {
				args[i] = badValue{fault.New(fault.Invalid, "request.malformed")}
			}
		case time.Time:
			if v.IsZero() {
				args[i] = nil
			} else {
				args[i] = v.UnixMilli()
			}
		case jsonValue:
			text, err := json.Marshal(v.v)
			if err != nil {
				args[i] = badValue{err}
			} else {
				args[i] = string(text)
			}
		}
	}
	return args
}

func out(into []any) []any {
	for i, p := range into {
		if t, ok := p.(*time.Time); ok {
			into[i] = (*instant)(t)
		}
	}
	return into
}

// instant scans Unix milliseconds; NULL is the zero time.
type instant time.Time

// Scan implements sql.Scanner.
func (t *instant) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*t = instant{}
	case int64:
		*t = instant(time.UnixMilli(v))
	default:
		return fmt.Errorf("db: %T is not an instant", src)
	}
	return nil
}

// SkipLocked is appended to the SELECT of a claim, so that workers on several
// servers take different rows instead of waiting for each other.
func (tx *Tx) SkipLocked() string { return tx.db.engine.skip() }

// Alone reports whether a Write has the database to itself, so that what it has read
// stays true without a lock.
func (tx *Tx) Alone() bool { return tx.db.engine.alone() }
