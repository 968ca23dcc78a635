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
	walLimit  = 96 << 20 // bytes that make the writer wait for one
)

// lite is an SQLite file: one writer goroutine that groups waiting units of
// work into one durable commit, four readers beside it, and a checkpointer.
type lite struct {
	path    string
	writes  *sql.DB
	readers *sql.DB
	conn    *sql.Conn // the writer's
	check   *sql.DB   // the checkpointer's
	queue   chan *unit
	stop    chan struct{}
	stopped sync.WaitGroup
	stmts   map[string]*sql.Stmt // of conn
	reads   stmtCache
}

// unit is one Write on its way through the writer goroutine.
type unit struct {
	ctx     context.Context //nolint:containedctx // it travels with the caller's request
	db      *DB
	now     func() time.Time
	fn      func(*Tx) error
	after   []func()
	err     error
	started atomic.Bool
	done    chan struct{}
}

func openSQLite(ctx context.Context, path string) (*lite, error) {
	if dir := filepath.Dir(path); dir != "." {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return nil, opError("open", err)
		}
	}
	dsn := "file:" + strings.NewReplacer("?", "%3f", "#", "%23").Replace(path) +
		"?_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=foreign_keys(ON)&_pragma=temp_store(MEMORY)"
	l := &lite{path: path, queue: make(chan *unit, maxQueue), stop: make(chan struct{}), stmts: map[string]*sql.Stmt{}}
	var err error
	if l.writes, err = sql.Open("sqlite", dsn+"&_pragma=synchronous(FULL)&_pragma=wal_autocheckpoint(0)&_pragma=cache_size(-65536)"); err != nil {
		return nil, opError("open", err)
	}
	l.writes.SetMaxOpenConns(2) // the writer's own connection, and one for migrations
	if l.conn, err = l.writes.Conn(ctx); err != nil {
		return nil, opError("open "+path, errors.Join(err, l.writes.Close()))
	}
	if l.readers, err = sql.Open("sqlite", dsn+"&_pragma=query_only(ON)&_pragma=cache_size(-32768)"); err != nil {
		return nil, opError("open", err)
	}
	l.readers.SetMaxOpenConns(4)
	l.readers.SetMaxIdleConns(4)
	l.reads.prepare = l.readers.PrepareContext
	if l.check, err = sql.Open("sqlite", dsn); err != nil {
		return nil, opError("open", err)
	}
	l.check.SetMaxOpenConns(1)
	l.stopped.Go(l.writer)
	l.stopped.Go(l.checkpointer)
	return l, nil
}

func (l *lite) lock() string { return "" }

func (l *lite) skip() string { return "" }

func (l *lite) close() error {
	close(l.stop)
	l.stopped.Wait()
	for _, s := range l.stmts {
		_ = s.Close()
	}
	l.reads.close()
	return errors.Join(l.conn.Close(), l.readers.Close(), l.check.Close(), l.writes.Close())
}

func (l *lite) size(context.Context) (int64, error) {
	info, err := os.Stat(l.path)
	if err != nil {
		return 0, opError("size", err)
	}
	return info.Size(), nil
}

func (l *lite) write(ctx context.Context, now func() time.Time, d *DB, fn func(*Tx) error) error {
	u := &unit{ctx: ctx, db: d, now: now, fn: fn, done: make(chan struct{})}
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
	wait := time.NewTimer(patience)
	defer wait.Stop()
	for {
		select {
		case <-u.done:
			if u.err == nil {
				for _, f := range u.after {
					f()
				}
			}
			return u.err
		case <-wait.C:
			if u.started.CompareAndSwap(false, true) { // the writer has not begun it and will now skip it
				return fmt.Errorf("db: no turn to write after %v (a Write inside a Write?): %w",
					patience, fault.New(fault.Unavailable, "db.busy"))
			}
		case <-l.stop:
			if u.started.CompareAndSwap(false, true) {
				return fault.New(fault.Unavailable, "db.closed")
			}
			<-u.done
			return u.err
		}
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
	}
}

// commit runs the units in one transaction, a savepoint each, and answers them
// after the commit is durable. What breaks the transaction answers them all.
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
	err := l.run(ctx, "BEGIN IMMEDIATE")
	for _, u := range live {
		if err != nil {
			break
		}
		err = l.one(ctx, u)
	}
	if err == nil {
		err = l.run(ctx, "COMMIT")
	}
	if err != nil {
		_ = l.run(ctx, "ROLLBACK") // already rolled back by SQLite in some cases: then this is harmless
		slog.Error("the database refused a group of writes", "units", len(live), "err", err)
	}
	for _, u := range live {
		if err != nil && u.err == nil {
			u.err = opError("commit", err)
		}
		close(u.done)
	}
}

// one runs one unit inside the open transaction. Its own failure stays with it;
// an error is returned only when the whole transaction is lost.
func (l *lite) one(ctx context.Context, u *unit) error {
	if err := u.ctx.Err(); err != nil {
		u.err = err
		return nil
	}
	if err := l.run(ctx, "SAVEPOINT unit"); err != nil {
		return err
	}
	tx := &Tx{ctx: context.WithoutCancel(u.ctx), raw: liteWrite{l}, db: u.db, now: u.now()}
	u.err = guard(u.fn, tx)
	if u.err != nil {
		if lost(u.err) {
			return u.err
		}
		if err := l.run(ctx, "ROLLBACK TO unit"); err != nil {
			return err
		}
	} else {
		u.after = tx.after
	}
	return l.run(ctx, "RELEASE unit")
}

// guard turns a panic of fn into an error, so that one bad unit of work cannot
// take the writer down.
func guard(fn func(*Tx) error, tx *Tx) (err error) {
	defer func() {
		if p := recover(); p != nil {
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
	case sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_BUSY:
		return true
	}
	return false
}

func (l *lite) run(ctx context.Context, query string) error {
	_, err := liteWrite{l}.exec(ctx, query, nil)
	return err
}

func (l *lite) read(ctx context.Context, now time.Time, d *DB, fn func(*Tx) error) error {
	raw, err := l.readers.BeginTx(ctx, nil)
	if err != nil {
		return opError("begin", err)
	}
	defer raw.Rollback() //nolint:errcheck // a reader has nothing to keep
	return fn(&Tx{ctx: ctx, raw: liteRead{raw, &l.reads}, db: d, now: now})
}

// checkpointer moves the write-ahead log into the file in the background, so
// that no writer pays for it, and restarts the log when readers let it.
func (l *lite) checkpointer() {
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-l.stop:
			_, _ = l.check.ExecContext(context.Background(), "PRAGMA wal_checkpoint(TRUNCATE)")
			return
		case <-tick.C:
		}
		info, err := os.Stat(l.path + "-wal")
		if err != nil || info.Size() < walTarget {
			continue
		}
		mode := "PASSIVE"
		if info.Size() > walLimit {
			mode = "RESTART"
		}
		if _, err := l.check.ExecContext(context.Background(), "PRAGMA wal_checkpoint("+mode+")"); err != nil {
			slog.Warn("checkpoint", "err", err)
		}
	}
}

// liteWrite runs statements on the writer's connection, prepared once each.
type liteWrite struct{ *lite }

const maxStatements = 1024

func (w liteWrite) stmt(ctx context.Context, query string) (*sql.Stmt, error) {
	if s, ok := w.stmts[query]; ok {
		return s, nil
	}
	if len(w.stmts) >= maxStatements { // queries with lists of varying length: start afresh
		for q, s := range w.stmts {
			_ = s.Close()
			delete(w.stmts, q)
		}
	}
	s, err := w.conn.PrepareContext(ctx, query)
	if err == nil {
		w.stmts[query] = s
	}
	return s, err
}

func (w liteWrite) exec(ctx context.Context, query string, args []any) (int64, error) {
	s, err := w.stmt(ctx, query)
	if err != nil {
		return 0, err
	}
	res, err := s.ExecContext(ctx, args...)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

func (w liteWrite) queue(ctx context.Context, query string, args []any) error {
	_, err := w.exec(ctx, query, args)
	return err
}

func (w liteWrite) query(ctx context.Context, query string, args []any) (rawRows, error) {
	s, err := w.stmt(ctx, query)
	if err != nil {
		return nil, err
	}
	rows, err := s.QueryContext(ctx, args...) //nolint:sqlclosecheck // done closes them
	if err != nil {
		return nil, err
	}
	return sqlRows{rows}, nil
}

// liteRead runs statements of one reader.
type liteRead struct {
	tx    *sql.Tx
	stmts *stmtCache
}

func (r liteRead) exec(ctx context.Context, query string, args []any) (int64, error) {
	res, err := r.tx.ExecContext(ctx, query, args...)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

func (r liteRead) queue(ctx context.Context, query string, args []any) error {
	_, err := r.exec(ctx, query, args)
	return err
}

func (r liteRead) query(ctx context.Context, query string, args []any) (rawRows, error) {
	s, err := r.stmts.get(ctx, query)
	if err != nil {
		return nil, err
	}
	rows, err := r.tx.StmtContext(ctx, s).QueryContext(ctx, args...) //nolint:sqlclosecheck // done closes them
	if err != nil {
		return nil, err
	}
	return sqlRows{rows}, nil
}

type sqlRows struct{ *sql.Rows }

func (r sqlRows) done() error { return r.Close() }

// stmtCache keeps prepared statements of a pool.
type stmtCache struct {
	mu      sync.RWMutex
	stmts   map[string]*sql.Stmt
	prepare func(context.Context, string) (*sql.Stmt, error)
}

func (c *stmtCache) get(ctx context.Context, query string) (*sql.Stmt, error) {
	c.mu.RLock()
	s, ok := c.stmts[query]
	c.mu.RUnlock()
	if ok {
		return s, nil
	}
	s, err := c.prepare(context.WithoutCancel(ctx), query)
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.stmts == nil {
		c.stmts = map[string]*sql.Stmt{}
	}
	if old, ok := c.stmts[query]; ok {
		_ = s.Close()
		return old, nil
	}
	if len(c.stmts) < maxStatements { // beyond, the rare ones are left to the garbage of their transaction
		c.stmts[query] = s
	}
	return s, nil
}

func (c *stmtCache) close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, s := range c.stmts {
		_ = s.Close()
	}
}

func isUniqueLite(err error) bool {
	e, ok := errors.AsType[*sqlite.Error](err)
	return ok && (e.Code() == sqlite3.SQLITE_CONSTRAINT_UNIQUE || e.Code() == sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY)
}
