package db

import "strings"

// Statement is a change as the engine was given it.
type Statement struct {
	Query string
	Args  []any
}

// Tap hands the changes of every unit of work that commits from now on to each,
// until it is called with nil. It is for measuring: what a unit of work costs
// beside its bare statements.
func (d *DB) Tap(each func([]Statement)) {
	if each == nil {
		d.tap.Store(nil)
		return
	}
	d.tap.Store(&each)
}

// Plans tells each, which many goroutines may call at once, how SQLite answers
// every query that it meets for the first time from now on. It is for the tests
// that no list is found by looking at every row; PostgreSQL tells nothing.
func (d *DB) Plans(each func(query, plan string)) {
	if l, ok := d.engine.(*lite); ok {
		l.plans.Store(&each)
	}
}

// tapped is fn with its changes handed on once they have committed.
func (d *DB) tapped(fn func(*Tx) error) func(*Tx) error {
	each := d.tap.Load()
	if each == nil {
		return fn
	}
	return func(tx *Tx) error {
		tx.taps = true
		if err := fn(tx); err != nil {
			return err
		}
		list := tx.tapped
		tx.After(func() { (*each)(list) })
		return nil
	}
}

// tap keeps a statement that changes something.
func (tx *Tx) tap(query string, args []any) {
	if tx.taps && !strings.HasPrefix(query, "SELECT") && !strings.HasPrefix(query, "WITH") {
		tx.tapped = append(tx.tapped, Statement{query, args})
	}
}
