package job

import (
	"cmp"
	"context"
	"errors"
	"sync"
	"time"

	"onedoor.app/infra/db"
)

// sighting is a lease as a runner saw it.
type sighting struct {
	tries   int
	counter int64
	since   func() time.Duration // when it was first seen so
}

// mostLeases is how many leases are looked at: a program holds at most 16.
const mostLeases = 1000

// look counts the jobs that are due, up to one, and lists those whose leases nobody renews. Looking costs two reads; only a
// find costs a write.
//
// Of a leased job due is the counter that its worker moves on with each renewal. What clock it was taken from means nothing
// to anybody else: a lease has run out when the observer has seen one counter for the length of a lease.
func (r *Runner) look(ctx context.Context) (due int, left []sightedJob, err error) {
	var leases []sightedJob
	if err := r.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if err := tx.One(`SELECT COUNT(*) FROM (SELECT id FROM job WHERE state = 'waiting' AND NOT leased AND due <= $1 LIMIT 1) AS d`,
			[]any{tx.Now()}, &due); err != nil {
			return err
		}
		leases, err = db.All(tx, func(j *sightedJob) []any { return []any{&j.id, &j.tries, &j.counter} },
			`SELECT id, tries, due FROM job WHERE leased AND id > 0 AND state = 'waiting' ORDER BY id LIMIT $1`, mostLeases)
		return err
	}); err != nil {
		return 0, nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	seen := make(map[int64]sighting, len(leases))
	for _, j := range leases {
		was, ok := r.seen[j.id]
		if !ok || was.tries != j.tries || was.counter != j.counter {
			was = sighting{j.tries, j.counter, r.DB.Stopwatch()}
		}
		if seen[j.id] = was; was.since() >= lease && len(left) < most {
			left = append(left, j)
		}
	}
	r.seen = seen
	return due, left, nil
}

// sightedJob is a job that somebody works on.
type sightedJob struct {
	try
	counter int64
}

func claimedColumns(c *claimed) []any { return []any{&c.id, &c.kind, &c.body, &c.tries} }

// takeOver claims the jobs whose leases have run out, unless they were renewed at the last moment.
func takeOver(tx *db.Tx, left []sightedJob) (jobs []claimed, err error) {
	for _, j := range left {
		some, err := db.All(tx, claimedColumns, `UPDATE job SET due = $1, tries = tries + 1
			WHERE id = $2 AND tries = $3 AND due = $4 AND leased AND state = 'waiting' RETURNING id, kind, body, tries`,
			tx.Now().Add(lease), j.id, j.tries, j.counter)
		if err != nil {
			return nil, err
		}
		jobs = append(jobs, some...)
	}
	return jobs, nil
}

// holding does one try and renews the lease meanwhile. It gives ErrLost where another worker took the job over, or may do
// so because the lease could not be renewed: the try is stopped then.
func (r *Runner) holding(ctx context.Context, c claimed, k Kind) error {
	doing, stop := context.WithTimeout(context.WithValue(ctx, tryKey{}, c.try), k.Limit)
	defer stop()
	doing, lose := context.WithCancelCause(doing)
	var wg sync.WaitGroup
	wg.Go(func() {
		every := cmp.Or(r.renew, renew)
		for next := time.NewTimer(every); ; next.Reset(max(0, min(every, keep-c.held()))) {
			select {
			case <-doing.Done():
				next.Stop()
				return
			case <-next.C:
				if !r.renewed(doing, &c) {
					lose(ErrLost)
				}
			}
		}
	})
	err := safely(doing, k, []byte(c.body))
	lost := errors.Is(context.Cause(doing), ErrLost) || errors.Is(err, ErrLost)
	lose(nil)
	wg.Wait()
	if lost {
		return ErrLost
	}
	return err
}

// renewed renews the lease of a job; false: another worker has it, or may have it soon.
func (r *Runner) renewed(ctx context.Context, c *claimed) bool {
	left := keep - c.held()
	if left <= 0 {
		return false
	}
	ctx, stop := context.WithTimeout(ctx, left)
	defer stop()
	begun, held := r.DB.Stopwatch(), false
	err := r.DB.Write(ctx, func(tx *db.Tx) error {
		n, err := tx.Change(`UPDATE job SET due = CASE WHEN due < $1 THEN $1 ELSE due + 1 END WHERE id = $2 AND tries = $3 AND leased`,
			tx.Now().Add(lease), c.id, c.tries)
		held = n > 0
		return err
	})
	if err != nil {
		return c.held() < keep
	}
	c.held = begun
	return held
}

// tryKey is under which the context of a try has it.
type tryKey struct{}

// Hold makes a unit of work that belongs to a try of a job, by its context, fail with ErrLost where another worker has taken
// the job over; until the unit of work ends nobody can, and the lease is not renewed, so it should be short. What belongs to
// no try goes on.
func Hold(tx *db.Tx) error {
	t, ok := tx.Context().Value(tryKey{}).(try)
	if !ok {
		return nil
	}
	var tries int
	held, err := tx.Maybe(`SELECT tries FROM job WHERE id = $1 AND tries = $2 AND leased`+tx.ForUpdate(), []any{t.id, t.tries}, &tries)
	if err == nil && !held {
		err = ErrLost
	}
	return err
}

// record keeps what became of a try, or gives ErrLost and keeps nothing: a worker that comes back after its lease must not
// disturb who works on the job now.
func (c claimed) record(tx *db.Tx, failure error, k Kind, stopping bool) error {
	const mine = ` WHERE id = $1 AND tries = $2 AND leased`
	var n int64
	var err error
	switch {
	case failure == nil:
		n, err = tx.Change(`DELETE FROM job`+mine, c.id, c.tries)
	case stopping: // the program ends: this try does not count
		n, err = tx.Change(`UPDATE job SET due = $3, tries = tries - 1, leased = FALSE`+mine, c.id, c.tries, tx.Now())
	case c.tries >= k.Tries && k.GivenUp != nil:
		if n, err = tx.Change(`DELETE FROM job`+mine, c.id, c.tries); err == nil && n > 0 {
			err = k.GivenUp(tx, []byte(c.body))
		}
	case c.tries >= k.Tries:
		n, err = tx.Change(`UPDATE job SET state = 'failed', leased = FALSE, fault = $3`+mine, c.id, c.tries, reason(failure))
	default:
		pause := time.Second << min(c.tries, 12)
		n, err = tx.Change(`UPDATE job SET due = $3, leased = FALSE, fault = $4`+mine, c.id, c.tries, tx.Now().Add(pause), reason(failure))
	}
	if err == nil && n == 0 {
		err = ErrLost
	}
	return err
}
