package job_test

import (
	"context"
	"testing"
	"time"

	"onedoor.app/engine/job"
	"onedoor.app/infra/db"
	"onedoor.app/infra/db/dbtest"
)

// TestALongTryKeepsItsJob: nobody else takes it while its worker says that it is at it.
func TestALongTryKeepsItsJob(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		now, d := clocked(d)
		other := runner(d, job.Kind{Name: "x", Do: func(context.Context, []byte) error { t.Error("taken by another"); return nil }})
		r := runner(d, job.Kind{Name: "x", Do: func(ctx context.Context, _ []byte) error {
			for range 4 {
				now.pass(50 * time.Second)
				var due time.Time
				for due.Before(now.now().Add(time.Minute)) && ctx.Err() == nil {
					if err := d.Read(ctx, func(tx *db.Tx) error { return tx.One(`SELECT due FROM job`, nil, &due) }); err != nil {
						return err
					}
				}
				expect(t, other, 0, 1, 0)
			}
			return ctx.Err()
		}})
		r.RenewEvery(5 * time.Millisecond)
		add(t, d, "x", time.Time{}, nil)
		expect(t, r, 1, 0, 0)
	})
}

// TestALostLeaseStopsTheTry, and what became of it counts for nothing.
func TestALostLeaseStopsTheTry(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		_, d = clocked(d)
		r := runner(d, job.Kind{Name: "x", Do: func(ctx context.Context, _ []byte) error {
			if err := d.Write(ctx, func(tx *db.Tx) error { return tx.ExecOne(`UPDATE job SET tries = tries + 1`) }); err != nil {
				t.Error(err) // another worker has taken it
			}
			select {
			case <-ctx.Done():
			case <-time.After(10 * time.Second):
				t.Error("it goes on")
			}
			return ctx.Err()
		}})
		r.RenewEvery(5 * time.Millisecond)
		add(t, d, "x", time.Time{}, nil)
		expect(t, r, 1, 1, 0)
		if got := fault(t, d); got != "" {
			t.Errorf("it left %q with the other", got)
		}
	})
}

// TestAKilledProgramsJobsAreTakenBack as the one program of an embedded database starts; where there may be several
// programs the leases run out. A job that waits for its moment goes on waiting.
func TestAKilledProgramsJobsAreTakenBack(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		now, d := clocked(d)
		add(t, d, "x", time.Time{}, nil)
		dead, kill := context.WithCancel(t.Context())
		defer kill()
		began, gone := make(chan struct{}), make(chan struct{})
		killed := runner(d, job.Kind{Name: "x", Do: func(context.Context, []byte) error {
			close(began)
			<-gone
			return nil
		}})
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			_, _ = killed.Once(dead)
		}()
		<-began
		add(t, d, "x", now.now().Add(time.Hour), nil)
		alone := false
		done := 0
		r := runner(d, job.Kind{Name: "x", Do: func(context.Context, []byte) error { done++; return nil }})
		if err := r.TakeBack(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := d.Read(t.Context(), func(tx *db.Tx) error { alone = tx.Alone(); return nil }); err != nil {
			t.Fatal(err)
		}
		if !alone {
			expect(t, r, 0, 2, 0)
			now.pass(time.Minute)
		}
		expect(t, r, 1, 1, 0)
		expect(t, r, 0, 1, 0)
		close(gone)
		<-ended
		if done != 1 {
			t.Errorf("done %d times, want 1", done)
		}
	})
}
