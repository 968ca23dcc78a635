package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"onedoor.app/infra/fault"
)

const (
	maxGroup  = 128  // units of work that share one commit
	maxQueue  = 4096 // units that wait; more are turned away
	patience  = 15 * time.Second
	walTarget = 16 << 20 // bytes of write-ahead log that start a checkpoint
	walFull   = 64 << 20 // bytes from which the log is to begin anew
	walLimit  = 1 << 30  // bytes that make the writer wait until readers let it
	readers   = 4        // that work at once
)

// lite is an SQLite file: one writer goroutine that groups waiting units of
// work into one durable commit, four readers beside it, and a checkpointer.
type lite struct {
	path    string
	pool    *sql.DB        // for migrations
	conn    *liteConn      // the writer's
	idle    chan *liteConn // readers' that nobody uses now
	check   *liteConn      // the checkpointer's
	queue   chan *unit
	full    atomic.Pointer[string] // how the writer shall finish a checkpoint, nil: not
	stop    chan struct{}
	stopped sync.WaitGroup
	plans   atomic.Pointer[func(query, plan string)]

	attending sync.Mutex
	present   *liteConn // what says that this program attends, nil: it does not
}

// unit is one Write on its way through the writer goroutine.
type unit struct {
	ctx     context.Context //nolint:containedctx // it travels with the caller's request
	db      *DB
	now     func() time.Time
	fn      func(*Tx) error
	undone  bool // whatever it changes is taken back
	after   []func()
	err     error
	started atomic.Bool
	done    chan struct{}
}

func openSQLite(path string) (*lite, error) {
	path, err := filepath.Abs(path) // so that no name means anything else to SQLite
	if err != nil {
		return nil, opError("open", err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, opError("open", err)
	}
	// The write-ahead log and its index take the rights of the file.
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, opError("open", err)
	}
	if err := file.Close(); err != nil {
		return nil, opError("open", err)
	}
	dsn := liteName(path) +
		"?_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=foreign_keys(ON)&_pragma=temp_store(MEMORY)"
	l := &lite{path: path, queue: make(chan *unit, maxQueue), stop: make(chan struct{}), idle: make(chan *liteConn, readers)}
	writing := dsn + "&_pragma=synchronous(FULL)&_pragma=wal_autocheckpoint(0)&_pragma=cache_size(-65536)"
	if l.pool, err = sql.Open("sqlite", writing); err != nil {
		return nil, opError("open", err)
	}
	l.pool.SetMaxOpenConns(1)
	connect := func(dsn string) *liteConn { return &liteConn{driver: l.pool.Driver(), dsn: dsn, plans: &l.plans} }
	l.conn = connect(writing)
	l.check = connect(strings.Replace(dsn, "busy_timeout(10000)", "busy_timeout(200)", 1)) // who closes beside another program leaves the log to it
	if err := l.conn.open(); err != nil {
		return nil, opError("open "+path, errors.Join(err, l.pool.Close()))
	}
	for range readers {
		l.idle <- connect(dsn + "&_pragma=query_only(ON)&_pragma=cache_size(-32768)")
	}
	l.stopped.Go(l.writer)
	l.stopped.Go(l.checkpointer)
	return l, nil
}

// liteName is how SQLite is given a path, before the settings.
func liteName(path string) string {
	return "file:" + strings.NewReplacer("%", "%25", "?", "%3f", "#", "%23").Replace(path)
}

func (l *lite) lock() string { return "" }

// SQLite journals a statement of several rows in memory, and that journal makes a long
// unit of work ever slower.
func (l *lite) rows() int { return 1 }

func (l *lite) skip() string { return "" }

func (l *lite) alone() bool { return true }

func (l *lite) close() error {
	close(l.stop)
	l.stopped.Wait()
	errs := []error{l.conn.close()}
	for range readers {
		c := <-l.idle // the running ones come back first
		errs = append(errs, c.close())
	}
	return errors.Join(append(errs, l.check.close(), l.absent(), l.pool.Close())...)
}

func (l *lite) size(context.Context) (int64, error) {
	info, err := os.Stat(l.path)
	if err != nil {
		return 0, opError("size", err)
	}
	return info.Size(), nil
}

func (l *lite) write(ctx context.Context, now func() time.Time, d *DB, fn func(*Tx) error, undone bool) error {
	u := &unit{ctx: ctx, db: d, now: now, fn: fn, undone: undone, done: make(chan struct{})}
	select {
	case <-l.stop:
		return fault.New(fault.Unavailable, "db.closed")
	default:
	}
	select {
	case l.queue <- u:
	default:
		return fault.New(fault.Unavailable, "db.busy")
	}
	if err := l.turn(u); err != nil && u.started.CompareAndSwap(false, true) {
		return err // the writer has not begun it and will now skip it
	}
	<-u.done
	if u.err == nil {
		for _, f := range u.after {
			f()
		}
	}
	return u.err
}

// turn waits until u is done, or returns why nobody should wait longer.
func (l *lite) turn(u *unit) error {
	wait := time.NewTimer(patience)
	defer wait.Stop()
	select {
	case <-u.done:
		return nil
	case <-u.ctx.Done():
		return u.ctx.Err()
	case <-wait.C:
		return fmt.Errorf("db: no turn to write after %v (a Write inside a Write?): %w",
			patience, fault.New(fault.Unavailable, "db.busy"))
	case <-l.stop:
		return fault.New(fault.Unavailable, "db.closed")
	}
}

// writer is the only goroutine that changes the file.
func (l *lite) writer() {
	group := make([]*unit, 0, maxGroup)
	for {
		group = group[:0]
		select {
		case u := <-l.queue:
			group = append(group, u)
		case <-l.stop:
			return
		}
		for more := true; more && len(group) < maxGroup; {
			select {
			case u := <-l.queue:
				group = append(group, u)
			default:
				more = false // never wait to fill a group
			}
		}
		l.commit(group)
		if mode := l.full.Swap(nil); mode != nil {
			l.checkpoint(l.conn, *mode)
		}
	}
}

// commit runs the units in one transaction and answers them after the commit is
// durable. What breaks the transaction answers them all.
func (l *lite) commit(group []*unit) {
	ctx := context.Background() // a caller that leaves must not abort its neighbours
	live := group[:0:0]
	for _, u := range group {
		if u.started.CompareAndSwap(false, true) {
			live = append(live, u)
		}
	}
	if len(live) == 0 {
		return
	}
	spoilt, err := l.attempt(ctx, live, false)
	if spoilt {
		_, err = l.attempt(ctx, live, true)
	}
	if err != nil {
		slog.Error("the database refused a group of writes", "units", len(live), "err", err)
	}
	for _, u := range live {
		if err != nil && u.err == nil {
			u.err = opError("commit", err)
		}
		close(u.done)
	}
}

// attempt runs the units in one transaction and commits it. With savepoints the
// failure of a unit stays with it. They make SQLite copy every page that a unit
// writes, so the first attempt does without them: most units that fail have
// changed nothing by then, and one that has spoils the attempt for all.
func (l *lite) attempt(ctx context.Context, units []*unit, savepoints bool) (spoilt bool, err error) {
	l.conn.gone = nil
	err = l.conn.run(ctx, "BEGIN IMMEDIATE")
	for i := 0; i < len(units) && err == nil && !spoilt; i++ {
		spoilt, err = l.one(ctx, units[i], savepoints)
	}
	if err == nil && !spoilt {
		err = l.conn.run(ctx, "COMMIT")
	}
	if err != nil || spoilt {
		// Already rolled back by SQLite in some cases: then this is harmless.
		if e := l.conn.run(ctx, "ROLLBACK"); e != nil && spoilt {
			return false, e
		}
	}
	return spoilt && len(units) > 1, err // what was alone harmed nobody
}

// one runs one unit inside the open transaction. spoilt is true if it failed and
// left changes behind; an error is returned only when the whole transaction is lost.
func (l *lite) one(ctx context.Context, u *unit, savepoint bool) (spoilt bool, err error) {
	if u.err = u.ctx.Err(); u.err != nil {
		return false, nil
	}
	savepoint = savepoint || u.undone
	if savepoint {
		if err := l.conn.run(ctx, "SAVEPOINT unit"); err != nil {
			return false, err
		}
	}
	tx := &Tx{ctx: context.WithoutCancel(u.ctx), raw: l.conn, db: u.db, now: u.now()}
	switch u.err = guard(u.fn, tx); {
	case l.conn.gone != nil: // even if the unit says nothing of it
		u.err = nil
		return false, l.conn.gone
	case u.err == nil:
		u.after = tx.after
	case !savepoint:
		return tx.changed, nil
	default:
		if err := l.conn.run(ctx, "ROLLBACK TO unit"); err != nil {
			return false, err
		}
	}
	if savepoint {
		return false, l.conn.run(ctx, "RELEASE unit")
	}
	return false, nil
}

// guard turns a panic of fn into an error, so that one bad unit of work cannot
// take the writer down.
func guard(fn func(*Tx) error, tx *Tx) (err error) {
	defer func() {
		if p := recover(); p != nil {
			if c, ok := tx.raw.(*liteConn); ok {
				c.forget() // nobody knows in what state its statements are
			}
			err = fmt.Errorf("db: a unit of work panicked: %v\n%s", p, debug.Stack())
		}
	}()
	return fn(tx)
}

// lost reports whether SQLite has given up the whole transaction.
func lost(err error) bool {
	e, ok := errors.AsType[*sqlite.Error](err)
	if !ok {
		return false
	}
	switch e.Code() & 0xff {
	case sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_INTERRUPT:
		return true
	}
	return false
}

func (l *lite) read(ctx context.Context, now time.Time, d *DB, fn func(*Tx) error) error {
	var c *liteConn
	select {
	case c = <-l.idle:
	case <-ctx.Done():
		return ctx.Err()
	case <-l.stop:
		return fault.New(fault.Unavailable, "db.closed")
	}
	defer func() { l.idle <- c }()
	defer c.leave()
	if err := c.run(context.WithoutCancel(ctx), "BEGIN"); err != nil {
		return opError("begin", err)
	}
	panics := true
	defer func() {
		if panics {
			c.forget() // as guard does
		}
	}()
	err := fn(&Tx{ctx: ctx, raw: c, db: d, now: now})
	panics = false
	return err
}

// checkpointer moves the write-ahead log into the file in the background, so
// that no writer pays for it. The log begins anew only when all of it was moved,
// which under load is true for the writer alone and between two groups: it moves
// the little that is left then. A checkpoint that asks for more than that from
// here would hold the writer up for as long as it takes.
func (l *lite) checkpointer() {
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-l.stop:
			l.checkpoint(l.check, "TRUNCATE")
			return
		case <-tick.C:
		}
		info, err := os.Stat(l.path + "-wal")
		if err != nil || info.Size() < walTarget { // it never becomes smaller, so this spares only the idle the next question
			continue
		}
		size, moved := l.checkpoint(l.check, "NOOP")
		if size-moved >= walTarget || size >= walFull && moved < size {
			size, _ = l.checkpoint(l.check, "PASSIVE")
		}
		switch mode := "PASSIVE"; {
		case size >= walLimit:
			mode = "RESTART"
			fallthrough
		case size >= walFull:
			l.checkpoint(l.check, "PASSIVE") // again, so that less is left to the writer
			l.full.Store(&mode)
		}
	}
}

// checkpoint moves what it can of the log into the file and returns the bytes of
// the log and how many of them have been moved.
func (l *lite) checkpoint(c *liteConn, mode string) (size, moved int64) {
	ctx := context.Background()
	s, err := c.stmt(ctx, "PRAGMA wal_checkpoint("+mode+")")
	if err == nil {
		var rows *liteRows
		if rows, err = s.query(ctx, nil); err == nil {
			var busy int64
			if rows.Next() {
				err = rows.Scan(&busy, &size, &moved)
			}
			err = errors.Join(err, rows.Err(), rows.done())
		}
	}
	if err != nil {
		slog.Warn("checkpoint", "err", err)
	}
	return size * pageSize, moved * pageSize
}

// pageSize is that of SQLite unless somebody made the file with another.
const pageSize = 4096

func isUniqueLite(err error) bool {
	e, ok := errors.AsType[*sqlite.Error](err)
	return ok && (e.Code() == sqlite3.SQLITE_CONSTRAINT_UNIQUE || e.Code() == sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY)
}
