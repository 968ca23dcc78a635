// Package job does later what must not happen inside a transaction: sending,
// rendering, calling out. A job is a row written in the transaction that wants
// it, claimed by one worker at a time, and repeated until it succeeds or its
// tries are used up; then it waits for a person.
//
// A worker holds a job by a short lease that it renews while it works. No clock of
// another machine is asked: who sees a lease that nobody has renewed for a minute
// of its own takes the job over, and a worker that could not renew its lease for
// nearly as long ends its try before that. The one program of an embedded
// database takes back what a killed one left as it starts (TakeBack). What a
// worker still does of a try that was lost counts for nothing: see Hold.
package job

import (
	"cmp"
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"onedoor.app/infra/db"
)

// Schema holds the migrations.
//
//go:embed schema/*.sql
var Schema embed.FS

// Kind is something that can be done later.
type Kind struct {
	Name  string        // "notice.send"
	Tries int           // at most; 0 means 10
	Limit time.Duration // for one try; 0 means a minute; four are the most
	// Do may be called again after it succeeded, when the machine stops before
	// that is recorded: it must bear repetition.
	Do func(ctx context.Context, body []byte) error
	// GivenUp is told when the tries are used up, in the unit of work that gives the job up; its owner shows it to a person
	// from then on, and the job is forgotten. Nil: the job is kept as failed.
	GivenUp func(tx *db.Tx, body []byte) error
}

// Add asks for a job of kind at the moment at (the zero time: now). It runs
// only if tx commits. body becomes JSON.
func Add(tx *db.Tx, kind string, at time.Time, body any) error {
	if at.IsZero() {
		at = tx.Now()
	}
	return tx.Queue(`INSERT INTO job (id, kind, body, due, tries, state) VALUES ($1, $2, $3, $4, 0, 'waiting')`,
		tx.NewID(), kind, db.JSON(body), at)
}

// Runner works jobs off.
type Runner struct {
	DB    *db.DB
	kinds map[string]Kind
	renew time.Duration // 0: renew

	mu   sync.Mutex
	seen map[int64]sighting // leases, by job
}

// Register makes kinds known. It is called before Run.
func (r *Runner) Register(kinds ...Kind) {
	if r.kinds == nil {
		r.kinds = map[string]Kind{}
	}
	for _, k := range kinds {
		k.Tries = cmp.Or(k.Tries, 10)
		k.Limit = min(cmp.Or(k.Limit, time.Minute), longest)
		r.kinds[k.Name] = k
	}
}

const (
	longest = 4 * time.Minute  // of one try
	lease   = time.Minute      // a worker that died holds its jobs no longer
	keep    = 55 * time.Second // one that cannot renew its leases ends its tries before others begin theirs
	renew   = 15 * time.Second // how often one that works says so: a lease bears three that fail
	poll    = 300 * time.Millisecond
	again   = 5 * time.Second // until a program that could not attend tries to once more
	most    = 16              // jobs at a time
)

// try is one try of a job: the first is 1, and of all that have one number the last alone may hold the job.
type try struct {
	id    int64
	tries int
}

type claimed struct {
	try
	kind string
	body string
	held func() time.Duration // since when it is surely held
}

// ErrLost says that another worker has taken the job over.
var ErrLost = errors.New("job: its lease was lost")

// TakeBack frees the jobs that a program before this one was at when it was killed, where no other program works on the
// database; else nobody knows which of them are gone, and the leases run out. Run begins with it.
func (r *Runner) TakeBack(ctx context.Context) error {
	return r.DB.Attend(ctx, func() error {
		return r.DB.Write(ctx, func(tx *db.Tx) error {
			return tx.Exec(`UPDATE job SET due = $1, leased = FALSE WHERE leased AND id > 0 AND state = 'waiting'`, tx.Now())
		})
	})
}

// Run works jobs off until ctx ends.
func (r *Runner) Run(ctx context.Context) {
	// Who does not attend must not work: others would take its jobs for those of a dead program.
	for err := r.TakeBack(ctx); err != nil && ctx.Err() == nil; err = r.TakeBack(ctx) {
		slog.ErrorContext(ctx, "jobs wait", "err", err)
		select {
		case <-ctx.Done():
		case <-time.After(again):
		}
	}
	tick := time.NewTicker(poll)
	defer tick.Stop()
	for {
		for {
			n, err := r.Once(ctx)
			if err != nil && ctx.Err() == nil {
				slog.ErrorContext(ctx, "jobs", "err", err)
			}
			if n == 0 || ctx.Err() != nil {
				break
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// Once claims and works off what is due, at most 16 jobs, and returns how many.
func (r *Runner) Once(ctx context.Context) (int, error) {
	due, left, err := r.look(ctx)
	if err != nil || due == 0 && len(left) == 0 {
		return 0, err
	}
	held := r.DB.Stopwatch() // before anybody can see the lease
	var jobs []claimed
	err = r.DB.Write(ctx, func(tx *db.Tx) (err error) {
		if jobs, err = takeOver(tx, left); err != nil {
			return err
		}
		more, err := db.All(tx, claimedColumns, `UPDATE job SET due = $1, tries = tries + 1, leased = TRUE WHERE id IN (
				SELECT id FROM job WHERE state = 'waiting' AND NOT leased AND due <= $2 ORDER BY due, id LIMIT $3`+tx.SkipLocked()+`)
			 RETURNING id, kind, body, tries`, tx.Now().Add(lease), tx.Now(), most-len(jobs))
		jobs = append(jobs, more...)
		return err
	})
	if err != nil {
		return 0, err
	}
	var wg sync.WaitGroup
	for _, c := range jobs {
		c.held = held
		wg.Go(func() { r.work(ctx, c) })
	}
	wg.Wait()
	return len(jobs), nil
}

func (r *Runner) work(ctx context.Context, c claimed) {
	k, ok := r.kinds[c.kind]
	var err error
	switch {
	case !ok:
		k.Tries = 10
		err = fmt.Errorf("job: nobody does %q", c.kind)
	case c.tries > k.Tries: // each worker died of it
		err = errors.New("job: it was begun, but never ended")
	default:
		err = r.holding(ctx, c, k)
	}
	recorded := err
	if !errors.Is(err, ErrLost) {
		recorded = r.DB.Write(context.WithoutCancel(ctx), func(tx *db.Tx) error { return c.record(tx, err, k, ctx.Err() != nil) })
	}
	if errors.Is(recorded, ErrLost) {
		slog.WarnContext(ctx, "job lost", "kind", c.kind, "id", c.id, "try", c.tries)
		return
	}
	if err := recorded; err != nil {
		slog.ErrorContext(ctx, "job not recorded", "kind", c.kind, "id", c.id, "err", err)
	}
	if err != nil {
		slog.WarnContext(ctx, "job failed", "kind", c.kind, "id", c.id, "try", c.tries, "err", err)
	}
}

// reason is the text of err as the database can hold it.
func reason(err error) string {
	text := strings.ReplaceAll(err.Error(), "\x00", "")
	return strings.ToValidUTF8(text[:min(len(text), 2000)], "")
}

func safely(ctx context.Context, k Kind, body []byte) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("job: %s panicked: %v", k.Name, p)
		}
	}()
	return k.Do(ctx, body)
}

// Decode reads a job's body.
func Decode[T any](body []byte) (v T, err error) {
	err = json.Unmarshal(body, &v)
	return v, err
}
