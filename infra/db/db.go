// Package db opens the database and runs units of work on it.
//
// It is the only package that imports database/sql or a driver. Callers write
// one portable SQL dialect (see CONTRIBUTING.md) and never learn which engine
// answers. A unit of work either commits as a whole, durably, before Write
// returns, or leaves no trace.
package db

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// DB is an open database.
type DB struct {
	*shared
	now func() time.Time
}

// shared is what every clock's view of one database has in common.
type shared struct {
	engine engine
	ids    ids
	tap    atomic.Pointer[func([]Statement)]
}

// engine is what SQLite and PostgreSQL do differently.
type engine interface {
	write(ctx context.Context, now func() time.Time, d *DB, fn func(*Tx) error, undone bool) error
	read(ctx context.Context, now time.Time, d *DB, fn func(*Tx) error) error
	migrate(ctx context.Context, m migration) error
	lock() string // appended to SELECT to lock what it finds
	rows() int    // how many rows one INSERT brings best
	skip() string // the same, leaving out what others hold
	alone() bool  // one unit of work at a time
	attend(ctx context.Context, alone func() error) error
	size(ctx context.Context) (int64, error)
	close() error
}

// Open connects to "postgres://…" or, for anything else, to an SQLite file of
// that path, made if it is missing.
func Open(ctx context.Context, url string) (*DB, error) {
	d := &DB{shared: &shared{}, now: time.Now}
	var err error
	if IsPostgres(url) {
		d.engine, err = openPostgres(ctx, url)
	} else {
		d.engine, err = openSQLite(url)
	}
	if err != nil {
		return nil, err
	}
	var seed [2]byte
	_, _ = rand.Read(seed[:])
	d.ids.shard = int64(binary.BigEndian.Uint16(seed[:])) & (1<<shardBits - 1)
	return d, nil
}

// IsPostgres reports whether url names a PostgreSQL server.
func IsPostgres(url string) bool {
	return strings.HasPrefix(url, "postgres://") || strings.HasPrefix(url, "postgresql://")
}

// WithClock returns the same database seen at the moments that now tells.
// Simulations, the sample city and tests use it; it shares connections with d.
func (d *DB) WithClock(now func() time.Time) *DB { return &DB{shared: d.shared, now: now} }

// Now is the moment that a unit of work begun now would happen at, in whole
// milliseconds. It is the only clock of the program.
func (d *DB) Now() time.Time { return d.now().Truncate(time.Millisecond) }

// Close ends the connections after the running units of work.
func (d *DB) Close() error { return d.engine.close() }

// Size is the number of bytes that the database occupies.
func (d *DB) Size(ctx context.Context) (int64, error) { return d.engine.size(ctx) }

// Write runs fn in one transaction and returns after it is durable, or returns
// fn's error and changes nothing.
//
// fn may run more than once, so it must change nothing but tx and do no I/O;
// whatever happens outside goes through Tx.After, an event or a job. A Write
// inside a Write is a mistake: on SQLite it fails after a wait, with that guess
// in the message. A full queue is an Unavailable fault.
func (d *DB) Write(ctx context.Context, fn func(*Tx) error) error {
	return d.engine.write(ctx, d.Now, d, d.tapped(fn), false)
}

// Try runs fn as Write does and takes back what it changed: nil means that it would
// have been done.
func (d *DB) Try(ctx context.Context, fn func(*Tx) error) error {
	err := d.engine.write(ctx, d.Now, d, func(tx *Tx) error {
		if err := fn(tx); err != nil {
			return err
		}
		return errTried
	}, true)
	if errors.Is(err, errTried) {
		return nil
	}
	return err
}

var errTried = errors.New("db: only tried")

// Read runs fn on one consistent snapshot. fn cannot change anything.
func (d *DB) Read(ctx context.Context, fn func(*Tx) error) error {
	return d.engine.read(ctx, d.Now(), d, fn)
}

// NewID returns a new 63-bit id: it grows with time, so that new rows lie
// together, and differs between processes by its shard bits.
func (d *DB) NewID() int64 { return d.ids.next() }

const (
	shardBits = 10
	seqBits   = 12
)

var idEpoch = time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC).UnixMilli()

// ids makes ids of 41 bits of milliseconds, 10 of shard and 12 of sequence.
type ids struct {
	mu    sync.Mutex
	shard int64
	last  int64 // milliseconds
	seq   int64
}

func (g *ids) next() int64 {
	g.mu.Lock()
	defer g.mu.Unlock()
	ms := time.Now().UnixMilli() - idEpoch
	if ms > g.last {
		g.last, g.seq = ms, 0
	} else if g.seq++; g.seq == 1<<seqBits { // faster than the clock: borrow from the next millisecond
		g.last, g.seq = g.last+1, 0
	}
	return g.last<<(shardBits+seqBits) | g.shard<<seqBits | g.seq
}

func opError(op string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("db: %s: %w", op, err)
}
