package once_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"onedoor.app/engine/once"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/db/dbtest"
	"onedoor.app/infra/fault"
)

var schemas = []dbtest.Schema{
	{Module: "once", Files: once.Schema},
	{Module: "t", Files: fstest.MapFS{"schema/0001_t.sql": {Data: []byte("-- +goose Up\nCREATE TABLE t_case (id BIGINT PRIMARY KEY, title TEXT NOT NULL);\n")}}},
}

type receipt struct {
	Case  int64
	Title string
}

// receive is a use case as the capabilities write them.
func receive(d *db.DB, who auth.Actor, key, title string, fail error) (out receipt, err error) {
	err = d.Write(context.Background(), func(tx *db.Tx) error {
		return once.Do(tx, who, "t.receive", key, title, &out, func() error {
			out = receipt{tx.NewID(), title}
			if err := tx.Exec(`INSERT INTO t_case (id, title) VALUES ($1, $2)`, out.Case, title); err != nil {
				return err
			}
			return fail
		})
	})
	return out, err
}

func cases(t *testing.T, d *db.DB) (n int) {
	t.Helper()
	if err := d.Read(t.Context(), func(tx *db.Tx) error { return tx.One(`SELECT COUNT(*) FROM t_case`, nil, &n) }); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestTheSameKeyDoesItOnce(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		who := auth.Actor{ID: 5}
		first, err := receive(d, who, "k1", "饭店", nil)
		if err != nil {
			t.Fatal(err)
		}
		for range 3 {
			if again, err := receive(d, who, "k1", "饭店", nil); err != nil || again != first {
				t.Errorf("got %v (%v), want %v", again, err, first)
			}
		}
		if n := cases(t, d); n != 1 {
			t.Errorf("%d cases, want 1", n)
		}
	})
}

func TestAKeyBelongsToItsActorUseCaseAndRequest(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		who := auth.Actor{ID: 5}
		first, err := receive(d, who, "k1", "饭店", nil)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := receive(d, who, "k1", "旅馆", nil); fault.Code(err) != "once.key_reused" || got != (receipt{}) {
			t.Errorf("another request: got %v (%v), want once.key_reused", got, err)
		}
		if got, err := receive(d, auth.Actor{ID: 6}, "k1", "饭店", nil); err != nil || got == first {
			t.Errorf("another actor: got %v (%v)", got, err)
		}
		ran := false
		err = d.Write(t.Context(), func(tx *db.Tx) error {
			ran = false
			return once.Do(tx, who, "t.withdraw", "k1", "饭店", new(int), func() error { ran = true; return nil })
		})
		if err != nil || !ran {
			t.Errorf("another use case: ran %t (%v)", ran, err)
		}
		if n := cases(t, d); n != 2 {
			t.Errorf("%d cases, want 2", n)
		}
	})
}

func TestWithoutAKeyItIsDoneEachTime(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		for range 2 {
			if _, err := receive(d, auth.Actor{}, "", "饭店", nil); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := receive(d, auth.Actor{}, strings.Repeat("k", 201), "饭店", nil); !fault.Is(err, fault.Invalid) {
			t.Errorf("a key of 201 characters: %v", err)
		}
		if _, err := receive(d, auth.Actor{}, strings.Repeat("k", 200), "饭店", nil); err != nil {
			t.Errorf("a key of 200 characters: %v", err)
		}
		if n := cases(t, d); n != 3 {
			t.Errorf("%d cases, want 3", n)
		}
	})
}

func TestAFailureLeavesTheKeyFree(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		no := fault.New(fault.Conflict, "t.no")
		if _, err := receive(d, auth.Actor{}, "k", "饭店", no); !errors.Is(err, no) || cases(t, d) != 0 {
			t.Errorf("the refusal: %v, %d cases", err, cases(t, d))
		}
		if _, err := receive(d, auth.Actor{}, "k", "旅馆", nil); err != nil || cases(t, d) != 1 {
			t.Errorf("the second try, corrected: %v, %d cases", err, cases(t, d))
		}
	})
}

func TestOfManyAtOnceOneDoesItAndAllAreTold(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		var wg sync.WaitGroup
		got := make([]receipt, 12)
		for i := range got {
			wg.Go(func() {
				var err error
				if got[i], err = receive(d, auth.Actor{ID: 1}, "k", "饭店", nil); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		for _, r := range got {
			if r != got[0] || r.Case == 0 {
				t.Errorf("answers differ: %v and %v", r, got[0])
			}
		}
		if n := cases(t, d); n != 1 {
			t.Errorf("%d cases, want 1", n)
		}
	})
}

// TestTheSecondWaitsForTheFirst holds the first writer inside its unit of work
// while the second arrives with the same key: when the first fails after all,
// the second does it.
func TestTheSecondWaitsForTheFirst(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		inside, goOn := make(chan struct{}), make(chan struct{})
		gaveUp := errors.New("gave up")
		var wg sync.WaitGroup
		wg.Go(func() {
			err := d.Write(t.Context(), func(tx *db.Tx) error {
				return once.Do(tx, auth.Actor{}, "t.receive", "k", "饭店", new(receipt), func() error {
					close(inside)
					<-goOn
					return gaveUp
				})
			})
			if !errors.Is(err, gaveUp) {
				t.Errorf("the first: %v", err)
			}
		})
		<-inside
		second := make(chan error, 1)
		wg.Go(func() { _, err := receive(d, auth.Actor{}, "k", "饭店", nil); second <- err })
		close(goOn)
		wg.Wait()
		if err := <-second; err != nil || cases(t, d) != 1 {
			t.Errorf("the second: %v, %d cases, want 1", err, cases(t, d))
		}
	})
}

func TestOldKeysAreForgotten(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		who := auth.Actor{ID: 5}
		now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
		d = d.WithClock(func() time.Time { return now })
		for _, key := range []string{"old", "new"} {
			if _, err := receive(d, who, key, "饭店", nil); err != nil {
				t.Fatal(err)
			}
			now = now.Add(5 * 24 * time.Hour)
		}
		if err := once.Sweep(t.Context(), d, 7*24*time.Hour); err != nil {
			t.Fatal(err)
		}
		for _, key := range []string{"old", "new"} {
			if _, err := receive(d, who, key, "饭店", nil); err != nil {
				t.Fatal(err)
			}
		}
		if got := cases(t, d); got != 3 {
			t.Errorf("%d cases, want 3: the old key runs again, the new one does not", got)
		}
	})
}
