package job_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"onedoor.app/engine/job"
	"onedoor.app/infra/db"
	"onedoor.app/infra/db/dbtest"
)

var schemas = []dbtest.Schema{{Module: "job", Files: job.Schema}}

// clock is a moment that tests move.
type clock struct{ ms atomic.Int64 }

func clocked(d *db.DB) (*clock, *db.DB) {
	c := &clock{}
	c.ms.Store(1_760_000_000_000)
	return c, d.WithClock(c.now)
}

func (c *clock) now() time.Time       { return time.UnixMilli(c.ms.Load()) }
func (c *clock) pass(d time.Duration) { c.ms.Add(d.Milliseconds()) }

func add(t *testing.T, d *db.DB, kind string, at time.Time, body any) {
	t.Helper()
	if err := d.Write(t.Context(), func(tx *db.Tx) error { return job.Add(tx, kind, at, body) }); err != nil {
		t.Fatal(err)
	}
}

func runner(d *db.DB, kinds ...job.Kind) *job.Runner {
	r := &job.Runner{DB: d}
	r.Register(kinds...)
	return r
}

// expect works off what is due once and compares how many jobs were taken, how
// many wait now and how many failed for good.
func expect(t *testing.T, r *job.Runner, took int, waiting, failed int64) {
	t.Helper()
	n, err := r.Once(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	w, f, err := job.Count(t.Context(), r.DB)
	if err != nil || n != took || w != waiting || f != failed {
		t.Errorf("took %d, %d wait, %d failed (%v); want %d, %d, %d", n, w, f, err, took, waiting, failed)
	}
}

func fault(t *testing.T, d *db.DB) (text string) {
	t.Helper()
	if err := d.Read(t.Context(), func(tx *db.Tx) error { return tx.One(`SELECT fault FROM job`, nil, &text) }); err != nil {
		t.Fatal(err)
	}
	return text
}

func TestAJobRunsOnceAfterCommit(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		type notice struct{ To int64 }
		var got []notice
		r := runner(d, job.Kind{Name: "notice.send", Do: func(_ context.Context, body []byte) error {
			n, err := job.Decode[notice](body)
			got = append(got, n)
			return err
		}})
		expect(t, r, 0, 0, 0)
		gone := errors.New("the act is refused")
		err := d.Write(t.Context(), func(tx *db.Tx) error { return errors.Join(job.Add(tx, "notice.send", time.Time{}, notice{1}), gone) })
		if !errors.Is(err, gone) {
			t.Fatal(err)
		}
		expect(t, r, 0, 0, 0)
		add(t, d, "notice.send", time.Time{}, notice{2})
		expect(t, r, 1, 0, 0)
		expect(t, r, 0, 0, 0)
		if len(got) != 1 || got[0].To != 2 {
			t.Errorf("sent %v, want the committed one alone", got)
		}
	})
}

func TestAJobWaitsForItsMoment(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		now, d := clocked(d)
		r := runner(d, job.Kind{Name: "x", Do: func(context.Context, []byte) error { return nil }})
		add(t, d, "x", now.now().Add(time.Hour), nil)
		expect(t, r, 0, 1, 0)
		now.pass(time.Hour - time.Millisecond)
		expect(t, r, 0, 1, 0)
		now.pass(time.Millisecond)
		expect(t, r, 1, 0, 0)
	})
}

func TestAFailingJobIsRepeatedEverMoreSlowlyThenGivenUp(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		now, d := clocked(d)
		tries := 0
		r := runner(d, job.Kind{Name: "x", Tries: 3, Do: func(context.Context, []byte) error {
			tries++
			return errors.New("the gateway is away \x00\xff")
		}})
		add(t, d, "x", time.Time{}, nil)
		for _, pause := range []time.Duration{2 * time.Second, 4 * time.Second} {
			expect(t, r, 1, 1, 0)
			now.pass(pause - time.Millisecond)
			expect(t, r, 0, 1, 0)
			now.pass(time.Millisecond)
		}
		expect(t, r, 1, 0, 1)
		now.pass(1000 * time.Hour)
		expect(t, r, 0, 0, 1)
		if tries != 3 {
			t.Errorf("%d tries, want 3", tries)
		}
		if got := fault(t, d); got != "the gateway is away " {
			t.Errorf("the reason kept is %q", got)
		}
	})
}

func TestARepeatedJobMaySucceed(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		now, d := clocked(d)
		tries := 0
		r := runner(d, job.Kind{Name: "x", Do: func(context.Context, []byte) error {
			if tries++; tries == 1 {
				return errors.New("not yet")
			}
			return nil
		}})
		add(t, d, "x", time.Time{}, nil)
		expect(t, r, 1, 1, 0)
		now.pass(time.Minute)
		expect(t, r, 1, 0, 0)
	})
}

func TestAPanicHarmsOnlyItsJob(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		var fine atomic.Int32
		r := runner(d,
			job.Kind{Name: "bad", Tries: 1, Do: func(context.Context, []byte) error { panic("no such page") }},
			job.Kind{Name: "good", Do: func(context.Context, []byte) error { fine.Add(1); return nil }})
		for _, kind := range []string{"good", "bad", "good"} {
			add(t, d, kind, time.Time{}, nil)
		}
		expect(t, r, 3, 0, 1)
		if got := fault(t, d); fine.Load() != 2 || !strings.Contains(got, "no such page") {
			t.Errorf("%d of 2 neighbours done; the reason kept is %q", fine.Load(), got)
		}
	})
}

func TestAJobThatNobodyDoesIsKept(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		_, d = clocked(d)
		add(t, d, "of.a.later.version", time.Time{}, nil)
		expect(t, runner(d), 1, 1, 0)
		if got := fault(t, d); !strings.Contains(got, "of.a.later.version") {
			t.Errorf("the reason kept is %q", got)
		}
	})
}

func TestATryHasALimit(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		_, d = clocked(d)
		r := runner(d, job.Kind{Name: "x", Limit: 20 * time.Millisecond, Do: func(ctx context.Context, _ []byte) error {
			<-ctx.Done()
			return ctx.Err()
		}})
		add(t, d, "x", time.Time{}, nil)
		expect(t, r, 1, 1, 0)
	})
}

// TestADeadWorkersJobIsTakenOver lets a worker come back after its lease: what
// it has to say then counts for nothing while another works on the job.
func TestADeadWorkersJobIsTakenOver(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		now, d := clocked(d)
		began, wake := make(chan struct{}), make(chan struct{})
		asleep := runner(d, job.Kind{Name: "x", Do: func(context.Context, []byte) error {
			close(began)
			<-wake
			return errors.New("woken too late")
		}})
		add(t, d, "x", time.Time{}, nil)
		var wg sync.WaitGroup
		wg.Go(func() {
			if n, err := asleep.Once(t.Context()); n != 1 || err != nil {
				t.Errorf("took %d (%v)", n, err)
			}
		})
		<-began
		done := 0
		other := runner(d, job.Kind{Name: "x", Do: func(context.Context, []byte) error {
			if done++; done == 1 {
				close(wake) // the first worker records its failure while this one works
				wg.Wait()
				if got := fault(t, d); got != "" {
					t.Errorf("the first worker still disturbs: %q", got)
				}
			}
			return nil
		}})
		expect(t, other, 0, 1, 0)
		now.pass(time.Minute - time.Millisecond)
		expect(t, other, 0, 1, 0)
		now.pass(time.Millisecond)
		expect(t, other, 1, 0, 0)
		if done != 1 {
			t.Errorf("done %d times, want 1", done)
		}
	})
}

func TestAJobThatKillsItsWorkersIsGivenUp(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		now, d := clocked(d)
		add(t, d, "x", time.Time{}, nil)
		if err := d.Write(t.Context(), func(tx *db.Tx) error { return tx.ExecOne(`UPDATE job SET tries = 3`) }); err != nil {
			t.Fatal(err) // three workers took it and were never heard of again
		}
		r := runner(d, job.Kind{Name: "x", Tries: 3, Do: func(context.Context, []byte) error { t.Error("begun a fourth time"); return nil }})
		now.pass(time.Hour)
		expect(t, r, 1, 0, 1)
	})
}

func TestStoppingTheProgramCostsNoTry(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		ctx, stop := context.WithCancel(t.Context())
		last := false
		r := runner(d, job.Kind{Name: "x", Tries: 1, Do: func(ctx context.Context, _ []byte) error {
			if last {
				return nil
			}
			stop()
			return ctx.Err()
		}})
		add(t, d, "x", time.Time{}, nil)
		if n, err := r.Once(ctx); n != 1 || err != nil {
			t.Fatalf("took %d (%v)", n, err)
		}
		last = true
		expect(t, r, 1, 0, 0)
	})
}

func TestManyRunnersNeverDoAJobTwice(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		const jobs = 100
		err := d.Write(t.Context(), func(tx *db.Tx) error {
			for i := range jobs {
				if err := job.Add(tx, "x", time.Time{}, i); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		var mu sync.Mutex
		done := map[int]int{}
		ctx, stop := context.WithTimeout(t.Context(), 20*time.Second)
		defer stop()
		var wg sync.WaitGroup
		for range 4 {
			r := runner(d, job.Kind{Name: "x", Do: func(_ context.Context, body []byte) error {
				i, err := job.Decode[int](body)
				mu.Lock()
				defer mu.Unlock()
				if done[i]++; len(done) == jobs {
					stop()
				}
				return err
			}})
			wg.Go(func() { r.Run(ctx) })
		}
		wg.Wait()
		if len(done) != jobs {
			t.Errorf("%d jobs done, want %d", len(done), jobs)
		}
		for i, n := range done {
			if n != 1 {
				t.Errorf("job %d was done %d times", i, n)
			}
		}
	})
}

func TestWhatIsGivenUpGoesToItsOwner(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		now, d := clocked(d)
		var told []string
		refuse := errors.New("the owner cannot be told")
		r := runner(d, job.Kind{
			Name: "x", Tries: 2, Do: func(context.Context, []byte) error { return errors.New("away") },
			GivenUp: func(_ *db.Tx, body []byte) error { told = append(told, string(body)); return refuse },
		})
		add(t, d, "x", time.Time{}, 7)
		expect(t, r, 1, 1, 0)
		if told != nil {
			t.Fatalf("told of %v after the first try", told)
		}
		now.pass(time.Hour)
		expect(t, r, 1, 1, 0) // as the owner was not told, it is not given up
		refuse = nil
		now.pass(time.Hour)
		for range 3 { // once the lease is seen to have run out
			_, _ = r.Once(t.Context())
			now.pass(time.Hour)
		}
		expect(t, r, 0, 0, 0)
		if len(told) != 2 || told[1] != "7" {
			t.Errorf("told of %v", told)
		}
	})
}
