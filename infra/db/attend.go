package db

import (
	"context"
	"errors"
	"os"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// Attend says that this program works on the database until it closes it, or dies. Where no other program does, alone is
// run before any other can: what it finds begun was begun by programs that are gone. On a server nobody can tell, so there
// alone is never run, nor is it where this program attends already.
func (d *DB) Attend(ctx context.Context, alone func() error) error {
	return opError("attend", d.engine.attend(ctx, alone))
}

// Stopwatch tells how long ago it was made, by the clock of d. That of the machine counts on steadily while somebody sets
// it.
func (d *DB) Stopwatch() func() time.Duration {
	begun := d.now()
	return func() time.Duration { return d.now().Sub(begun) }
}

func (p *postgres) attend(context.Context, func() error) error { return nil }

// attend holds a lock on an empty database beside the file, which the system takes away from a program that dies: an
// exclusive one while alone runs, then a shared one.
func (l *lite) attend(ctx context.Context, alone func() error) (err error) {
	l.attending.Lock()
	defer l.attending.Unlock()
	if l.present != nil {
		return nil
	}
	path := l.path + "-attended"
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	if err := file.Close(); err != nil {
		return err
	}
	c := &liteConn{driver: l.pool.Driver(), dsn: liteName(path), plans: &l.plans} // it waits for nobody
	defer func() {
		if err != nil {
			err = errors.Join(err, c.close())
		}
	}()
	if err := c.open(); err != nil {
		return err
	}
	switch err := c.run(ctx, "BEGIN EXCLUSIVE"); {
	case isBusyLite(err): // another program attends
	case err != nil:
		return err
	default:
		if err := errors.Join(alone(), c.run(context.WithoutCancel(ctx), "COMMIT")); err != nil {
			return err
		}
	}
	for _, query := range []string{"PRAGMA busy_timeout = 10000", "BEGIN"} { // another may be alone for a moment
		if err := c.run(ctx, query); err != nil {
			return err
		}
	}
	if err := c.run(ctx, "SELECT COUNT(*) FROM sqlite_master"); err != nil { // a transaction holds nothing before it reads
		return err
	}
	l.present = c
	return nil
}

// absent gives up what attend holds.
func (l *lite) absent() error {
	l.attending.Lock()
	defer l.attending.Unlock()
	if l.present == nil {
		return nil
	}
	err := l.present.close()
	l.present = nil
	return err
}

func isBusyLite(err error) bool {
	e, ok := errors.AsType[*sqlite.Error](err)
	return ok && e.Code()&0xff == sqlite3.SQLITE_BUSY
}
