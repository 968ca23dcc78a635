package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"

	"onedoor.app/infra/fault"
)

const (
	poolSize = 24 // 16 to 32 is enough on the measured machines
	retries  = 8  // of a unit of work that lost a serialisation conflict
)

// postgres is a PostgreSQL server of version 15 or later.
//
// Units of work run READ COMMITTED: they lock the rows they are about to change
// (Tx.ForUpdate) or change them by version, so that they wait instead of
// failing; deadlocks and serialisation failures are repeated.
type postgres struct {
	pool *pgxpool.Pool
}

func openPostgres(ctx context.Context, url string) (*postgres, error) {
	cfg, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, errors.New("db: the PostgreSQL URL cannot be read") // the error would show its password
	}
	if cfg.MaxConns < poolSize {
		cfg.MaxConns = poolSize
	}
	pool, err := pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		return nil, opError("open", err)
	}
	wait, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	if err := pool.Ping(wait); err != nil {
		pool.Close()
		return nil, opError("open", err)
	}
	return &postgres{pool: pool}, nil
}

func (p *postgres) lock() string { return " FOR UPDATE" }

func (p *postgres) rows() int { return 32 }

func (p *postgres) skip() string { return " FOR UPDATE SKIP LOCKED" }

func (p *postgres) alone() bool { return false }

func (p *postgres) close() error { p.pool.Close(); return nil }

func (p *postgres) size(ctx context.Context) (n int64, err error) {
	err = p.pool.QueryRow(ctx, `SELECT pg_database_size(current_database())`).Scan(&n)
	return n, opError("size", err)
}

func (p *postgres) write(ctx context.Context, now func() time.Time, d *DB, fn func(*Tx) error, _ bool) error {
	for try := 0; ; try++ {
		err := p.once(ctx, pgx.TxOptions{}, now(), d, fn)
		e, ok := errors.AsType[*pgconn.PgError](err)
		if !ok || e.Code != "40001" && e.Code != "40P01" {
			return err
		}
		if try == retries {
			return fmt.Errorf("db: gave up after %d conflicts: %w", retries, fault.New(fault.Unavailable, "db.busy"))
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Duration(rand.IntN(5<<min(try, 5))+1) * time.Millisecond): //nolint:gosec // spreads retries, guards nothing
		}
	}
}

func (p *postgres) read(ctx context.Context, now time.Time, d *DB, fn func(*Tx) error) error {
	return p.once(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, now, d, fn)
}

func (p *postgres) once(ctx context.Context, opts pgx.TxOptions, now time.Time, d *DB, fn func(*Tx) error) error {
	raw, err := p.pool.BeginTx(ctx, opts)
	if err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return errors.Join(fault.New(fault.Unavailable, "db.away"), opError("begin", err))
	}
	defer raw.Rollback(context.WithoutCancel(ctx)) //nolint:errcheck // after Commit this does nothing
	w := &pgTx{tx: raw}
	tx := &Tx{ctx: ctx, raw: w, db: d, now: now}
	if err := guard(fn, tx); err != nil {
		return err
	}
	if err := w.flush(ctx); err != nil {
		return err
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	// From here on a caller who leaves must not make a kept transaction look lost.
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	if err := raw.Commit(last); err != nil {
		return opError("commit", err)
	}
	for _, f := range tx.after {
		f()
	}
	return nil
}

// pgTx is a transaction with the statements that wait for the next round trip.
type pgTx struct {
	tx      pgx.Tx
	pending *pgx.Batch
}

func (t *pgTx) queue(_ context.Context, query string, args []any) error {
	if t.pending == nil {
		t.pending = &pgx.Batch{}
	}
	t.pending.Queue(query, args...)
	return nil
}

func (t *pgTx) flush(ctx context.Context) error {
	if t.pending == nil {
		return nil
	}
	batch := t.pending
	t.pending = nil
	return t.tx.SendBatch(ctx, batch).Close()
}

func (t *pgTx) exec(ctx context.Context, query string, args []any) (int64, error) {
	if t.pending == nil {
		tag, err := t.tx.Exec(ctx, query, args...)
		return tag.RowsAffected(), err
	}
	results, err := t.send(ctx, query, args)
	if err != nil {
		return 0, err
	}
	tag, err := results.Exec()
	return tag.RowsAffected(), errors.Join(err, results.Close())
}

func (t *pgTx) query(ctx context.Context, query string, args []any) (rawRows, error) {
	if t.pending == nil {
		rows, err := t.tx.Query(ctx, query, args...)
		if err != nil {
			return nil, err
		}
		return &pgRows{Rows: rows}, nil
	}
	results, err := t.send(ctx, query, args)
	if err != nil {
		return nil, err
	}
	rows, err := results.Query()
	if err != nil {
		return nil, errors.Join(err, results.Close())
	}
	return &pgRows{Rows: rows, batch: results}, nil
}

// send sends the waiting statements and query in one round trip and reads the
// answers up to query's.
func (t *pgTx) send(ctx context.Context, query string, args []any) (pgx.BatchResults, error) {
	batch := t.pending
	t.pending = nil
	before := batch.Len()
	batch.Queue(query, args...)
	results := t.tx.SendBatch(ctx, batch)
	for range before {
		if _, err := results.Exec(); err != nil {
			return nil, errors.Join(err, results.Close())
		}
	}
	return results, nil
}

type pgRows struct {
	pgx.Rows
	batch pgx.BatchResults
}

func (r *pgRows) done() error {
	r.Close()
	if r.batch != nil {
		return r.batch.Close()
	}
	return nil
}

func (p *postgres) sqlDB() *sql.DB { return stdlib.OpenDBFromPool(p.pool) }

func isUniquePostgres(err error) bool {
	e, ok := errors.AsType[*pgconn.PgError](err)
	return ok && e.Code == "23505"
}

// IsUnique reports whether err is the violation of a unique or primary key.
func IsUnique(err error) bool { return isUniqueLite(err) || isUniquePostgres(err) }
