// Package job does later what must not happen inside a transaction: sending,
// rendering, calling out. A job is a row written in the transaction that wants
// it, claimed by one worker at a time, and repeated until it succeeds or its
// tries are used up; then it waits for a person.
//
// A worker holds a job by a short lease that it renews while it works: when its
// program is killed, another program takes the job over within a minute, and the
// one program of an embedded database takes it back as it starts (TakeBack). A
// worker that finds its lease lost stops: what it still does counts for nothing.
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
	renew   = 15 * time.Second // how often one that works says so: a lease bears three that fail
	poll    = 300 * time.Millisecond
)

type claimed struct {
	id    int64
	kind  string
	body  string
	tries int
}

// errLost says that another worker has taken the job over.
var errLost = errors.New("job: its lease was lost")

// TakeBack frees the jobs that a program before this one was at when it was killed, where the database has one program
// alone; call it before Run. With several programs nobody knows which of them are gone: there the leases run out.
func (r *Runner) TakeBack(ctx context.Context) error {
	return r.DB.Write(ctx, func(tx *db.Tx) error {
		if !tx.Alone() {
			return nil
		}
		return tx.Exec(`UPDATE job SET due = $1, leased = FALSE WHERE leased AND id > 0 AND state = 'waiting'`, tx.Now())
	})
}

// Run works jobs off until ctx ends.
func (r *Runner) Run(ctx context.Context) {
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
	due := 0
	// Looking costs a read; only a find costs a write.
	if err := r.DB.Read(ctx, func(tx *db.Tx) error {
		return tx.One(`SELECT COUNT(*) FROM (SELECT id FROM job WHERE state = 'waiting' AND due <= $1 LIMIT 1) AS d`,
			[]any{tx.Now()}, &due)
	}); err != nil || due == 0 {
		return 0, err
	}
	var jobs []claimed
	err := r.DB.Write(ctx, func(tx *db.Tx) (err error) {
		jobs, err = db.All(tx, func(c *claimed) []any { return []any{&c.id, &c.kind, &c.body, &c.tries} },
			`UPDATE job SET due = $1, tries = tries + 1, leased = TRUE WHERE id IN (
				SELECT id FROM job WHERE state = 'waiting' AND due <= $2 ORDER BY due, id LIMIT 16`+tx.SkipLocked()+`)
			 RETURNING id, kind, body, tries`, tx.Now().Add(lease), tx.Now())
		return err
	})
	if err != nil {
		return 0, err
	}
	var wg sync.WaitGroup
	for _, c := range jobs {
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
	if errors.Is(err, errLost) {
		slog.WarnContext(ctx, "job lost", "kind", c.kind, "id", c.id, "try", c.tries)
		return
	}
	if err := r.DB.Write(context.WithoutCancel(ctx), func(tx *db.Tx) error {
		return c.record(tx, err, k.Tries, ctx.Err() != nil)
	}); err != nil {
		slog.ErrorContext(ctx, "job not recorded", "kind", c.kind, "id", c.id, "err", err)
	}
	if err != nil {
		slog.WarnContext(ctx, "job failed", "kind", c.kind, "id", c.id, "try", c.tries, "err", err)
	}
}

// holding does one try and renews the lease meanwhile. It gives errLost where another worker took the job over: the try is
// stopped then.
func (r *Runner) holding(ctx context.Context, c claimed, k Kind) error {
	try, stop := context.WithTimeout(ctx, k.Limit)
	defer stop()
	try, lose := context.WithCancelCause(try)
	var wg sync.WaitGroup
	wg.Go(func() {
		tick := time.NewTicker(cmp.Or(r.renew, renew))
		defer tick.Stop()
		for {
			select {
			case <-try.Done():
				return
			case <-tick.C:
				if held, err := r.extend(try, c); err == nil && !held {
					lose(errLost)
				}
			}
		}
	})
	err := safely(try, k, []byte(c.body))
	lost := errors.Is(context.Cause(try), errLost)
	lose(nil)
	wg.Wait()
	if lost {
		return errLost
	}
	return err
}

// extend renews the lease of a job; false: another worker has it.
func (r *Runner) extend(ctx context.Context, c claimed) (held bool, err error) {
	err = r.DB.Write(ctx, func(tx *db.Tx) error {
		n, err := tx.Change(`UPDATE job SET due = $1 WHERE id = $2 AND tries = $3 AND leased`, tx.Now().Add(lease), c.id, c.tries)
		held = n > 0
		return err
	})
	return held, err
}

// record keeps what became of a try. tries tells this try from a later one: a
// worker that comes back after its lease must not disturb who works on it now.
func (c claimed) record(tx *db.Tx, failure error, most int, stopping bool) error {
	switch {
	case failure == nil:
		return tx.Exec(`DELETE FROM job WHERE id = $1`, c.id)
	case stopping: // the program ends: this try does not count
		return tx.Exec(`UPDATE job SET due = $1, tries = tries - 1, leased = FALSE WHERE id = $2 AND tries = $3`, tx.Now(), c.id, c.tries)
	case c.tries >= most:
		return tx.Exec(`UPDATE job SET state = 'failed', leased = FALSE, fault = $1 WHERE id = $2 AND tries = $3`,
			reason(failure), c.id, c.tries)
	}
	pause := time.Second << min(c.tries, 12)
	return tx.Exec(`UPDATE job SET due = $1, leased = FALSE, fault = $2 WHERE id = $3 AND tries = $4`,
		tx.Now().Add(pause), reason(failure), c.id, c.tries)
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
