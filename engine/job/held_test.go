package job_test

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"onedoor.app/engine/job"
	"onedoor.app/infra/db"
	"onedoor.app/infra/db/dbtest"
)

// TestClocksThatDifferTakeNoJobAway: a program whose clock is ahead, or behind, leaves alone what another renews, and takes
// over what nobody does after a minute of its own.
func TestClocksThatDifferTakeNoJobAway(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		for _, ahead := range []time.Duration{61 * time.Second, time.Hour, -time.Hour} {
			now, here := clocked(d)
			done := 0
			other := runner(d.WithClock(func() time.Time { return now.now().Add(ahead) }),
				job.Kind{Name: "x", Do: func(context.Context, []byte) error { done++; return nil }})
			r := runner(here, job.Kind{Name: "x", Do: func(context.Context, []byte) error {
				expect(t, other, 0, 1, 0)
				now.pass(time.Minute - time.Millisecond)
				expect(t, other, 0, 1, 0)
				now.pass(time.Millisecond)
				expect(t, other, 1, 0, 0)
				return nil
			}})
			add(t, here, "x", time.Time{}, nil)
			expect(t, r, 1, 0, 0)
			if done != 1 {
				t.Errorf("%v ahead: done %d times", ahead, done)
			}
		}
	})
}

// TestATryEndsBeforeItsLease where the lease cannot be renewed: its job is another's by then.
func TestATryEndsBeforeItsLease(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		now, d := clocked(d)
		rename := func(from, to string) {
			if err := d.Write(context.Background(), func(tx *db.Tx) error { return tx.Exec(`ALTER TABLE ` + from + ` RENAME TO ` + to) }); err != nil {
				t.Error(err)
			}
		}
		r := runner(d, job.Kind{Name: "x", Limit: 4 * time.Minute, Do: func(ctx context.Context, _ []byte) error {
			rename("job", "job_away") // no renewal succeeds
			defer rename("job_away", "job")
			now.pass(54 * time.Second)
			select {
			case <-ctx.Done():
				t.Error("it ends though its lease goes on")
			case <-time.After(100 * time.Millisecond):
			}
			now.pass(time.Second)
			select {
			case <-ctx.Done():
			case <-time.After(10 * time.Second):
				t.Error("it goes on without a lease")
			}
			return nil
		}})
		r.RenewEvery(5 * time.Millisecond)
		add(t, d, "x", time.Time{}, nil)
		expect(t, r, 1, 1, 0)
	})
}

// TestALostTryThatSucceedsCountsForNothing: the job is that of who works on it now.
func TestALostTryThatSucceedsCountsForNothing(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		_, d = clocked(d)
		var held, lost error
		r := runner(d, job.Kind{Name: "x", Do: func(ctx context.Context, _ []byte) error {
			hold := func() error { return d.Write(context.WithoutCancel(ctx), job.Hold) }
			held = hold()
			if err := d.Write(ctx, func(tx *db.Tx) error { return tx.ExecOne(`UPDATE job SET tries = tries + 1`) }); err != nil {
				t.Error(err) // another worker has taken it
			}
			lost = hold()
			return nil
		}})
		add(t, d, "x", time.Time{}, nil)
		expect(t, r, 1, 1, 0)
		if held != nil || !errors.Is(lost, job.ErrLost) {
			t.Errorf("held: %v; lost: %v", held, lost)
		}
		if err := d.Write(t.Context(), job.Hold); err != nil {
			t.Errorf("of no try: %v", err)
		}
	})
}

// TestTwoProgramsOnOneFile: the second that starts does not take the first one's jobs for those of a dead program.
func TestTwoProgramsOnOneFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "one.db")
	first, second := dbtest.Open(t, path, schemas), dbtest.Open(t, path, schemas)
	done := 0
	count := job.Kind{Name: "x", Do: func(context.Context, []byte) error { done++; return nil }}
	late := runner(second, count)
	r := runner(first, job.Kind{Name: "x", Do: func(context.Context, []byte) error {
		if err := late.TakeBack(t.Context()); err != nil {
			t.Error(err)
		}
		expect(t, late, 0, 1, 0)
		done++
		return nil
	}})
	if err := r.TakeBack(t.Context()); err != nil {
		t.Fatal(err)
	}
	add(t, first, "x", time.Time{}, nil)
	expect(t, r, 1, 0, 0)
	if done != 1 {
		t.Errorf("done %d times", done)
	}
}
