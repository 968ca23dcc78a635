package db_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"onedoor.app/infra/db"
	"onedoor.app/infra/db/dbtest"
	"onedoor.app/infra/fault"
)

func lite(t *testing.T) *db.DB {
	t.Helper()
	return dbtest.Open(t, filepath.Join(t.TempDir(), "x.db"), thing)
}

// hold begins a Write that stays inside its unit of work until release is
// called; it returns once the Write is under way.
func hold(t *testing.T, d *db.DB) (release func()) {
	t.Helper()
	inside, goOn := make(chan struct{}), make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		if err := d.Write(t.Context(), func(tx *db.Tx) error {
			close(inside)
			<-goOn
			return put(tx, 1, "held")
		}); err != nil {
			t.Error(err)
		}
	})
	<-inside
	return sync.OnceFunc(func() { close(goOn); wg.Wait() })
}

func TestManyReadersWithNewQueriesNeverWaitForEachOther(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, thing, func(t *testing.T, d *db.DB) {
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		var wg sync.WaitGroup
		for i := range 32 {
			wg.Go(func() {
				for j := range 20 {
					var n int
					if err := d.Read(ctx, func(tx *db.Tx) error {
						return tx.One(fmt.Sprintf(`SELECT COUNT(*) + %d FROM thing`, 100*i+j), nil, &n)
					}); err != nil || n != 100*i+j {
						t.Errorf("got %d (%v)", n, err)
					}
				}
			})
		}
		wg.Wait()
	})
}

func TestReadersDoNotWaitForALongWrite(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, thing, func(t *testing.T, d *db.DB) {
		release := hold(t, d)
		if n := count(t, d); n != 0 {
			t.Errorf("%d rows are seen before they are kept", n)
		}
		release()
		if n := count(t, d); n != 1 {
			t.Errorf("%d rows, want 1", n)
		}
	})
}

func TestAReadThatFailsOrLeavesShowsTheNextNothingOld(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, thing, func(t *testing.T, d *db.DB) {
		for i := range 24 {
			ctx, cancel := context.WithCancel(t.Context())
			func() {
				defer func() { _ = recover() }()
				_ = d.Read(ctx, func(tx *db.Tx) error {
					var n int
					if err := tx.One(`SELECT COUNT(*) FROM thing`, nil, &n); err != nil {
						return err
					}
					switch i % 4 {
					case 0:
						cancel()
						return tx.One(`SELECT COUNT(*) FROM thing`, nil, &n)
					case 1:
						panic("boom")
					case 2:
						return tx.Exec(`no SQL at all`)
					}
					return errors.New("no")
				})
			}()
			cancel()
			if err := d.Write(t.Context(), func(tx *db.Tx) error { return put(tx, int64(i), fmt.Sprint(i)) }); err != nil {
				t.Fatal(err)
			}
			if n := count(t, d); n != i+1 {
				t.Fatalf("after %d writes %d rows are seen", i+1, n)
			}
		}
	})
}

func TestAFullQueueTurnsWritersAway(t *testing.T) {
	t.Parallel()
	d := lite(t)
	release := hold(t, d)
	var wg sync.WaitGroup
	away := make(chan error, 5000)
	for range 5000 { // more than may wait
		wg.Go(func() {
			if err := d.Write(t.Context(), func(*db.Tx) error { return nil }); err != nil {
				away <- err
			}
		})
	}
	err := <-away // while nobody can get on
	release()
	wg.Wait()
	if !fault.Is(err, fault.Unavailable) || fault.Code(err) != "db.busy" {
		t.Errorf("got %v, want db.busy", err)
	}
	if err := d.Write(t.Context(), func(tx *db.Tx) error { return put(tx, 2, "later") }); err != nil {
		t.Errorf("after the rush: %v", err)
	}
}

func TestAWriteInsideAWriteIsGuessed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) { // the wait of 15 seconds passes at once
		d, err := db.Open(context.Background(), filepath.Join(t.TempDir(), "x.db"))
		if err != nil {
			t.Fatal(err)
		}
		defer d.Close()
		err = d.Write(context.Background(), func(*db.Tx) error {
			return d.Write(context.Background(), func(*db.Tx) error { return nil })
		})
		if !fault.Is(err, fault.Unavailable) || !strings.Contains(err.Error(), "a Write inside a Write?") {
			t.Errorf("got %v", err)
		}
	})
}

func TestWhoLeavesWhileWaitingWaitsNoLonger(t *testing.T) {
	t.Parallel()
	d := lite(t)
	release := hold(t, d)
	defer release()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Millisecond)
	defer cancel()
	began := time.Now()
	err := d.Write(ctx, func(tx *db.Tx) error { return put(tx, 2, "late") })
	if took := time.Since(began); !errors.Is(err, context.DeadlineExceeded) || took > 5*time.Second {
		t.Errorf("after %v: %v", took, err)
	}
	release()
	if n := count(t, d); n != 1 {
		t.Errorf("%d rows, want that of the long write alone", n)
	}
}

func TestTextThatOneEngineCannotKeepIsRefusedByBoth(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, thing, func(t *testing.T, d *db.DB) {
		for i, text := range []string{"a\x00b", "\xff", "营\xe8"} {
			err := d.Write(t.Context(), func(tx *db.Tx) error { return put(tx, int64(i), text) })
			if !fault.Is(err, fault.Invalid) {
				t.Errorf("%q: %v", text, err)
			}
		}
		if n := count(t, d); n != 0 {
			t.Errorf("%d rows, want 0", n)
		}
	})
}

func TestOddFileNames(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"政务 数据.db", "a?b=c&d.db", "50%41.db", "x#y.db", "+;'\"$.db", ":memory:", "file:x.db", "deep/er/x.db"} {
		path := filepath.Join(t.TempDir(), name)
		d := dbtest.Open(t, path, thing)
		if err := d.Write(t.Context(), func(tx *db.Tx) error { return put(tx, 1, "a") }); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if n := count(t, d); n != 1 { // readers see the same file
			t.Errorf("%s: %d rows, want 1", name, n)
		}
		if _, err := os.Stat(path); err != nil {
			t.Error(err)
		}
		if size, err := d.Size(t.Context()); err != nil || size == 0 {
			t.Errorf("%s: %d bytes (%v)", name, size, err)
		}
	}
}

// word scans a setting, a number or a word, as text.
type word string

// Scan implements sql.Scanner.
func (w *word) Scan(src any) error {
	*w = word(fmt.Sprint(src))
	return nil
}

func TestCommitsAreDurable(t *testing.T) {
	t.Parallel()
	d := lite(t)
	pragma := func(run func(context.Context, func(*db.Tx) error) error, name string) (v word) {
		t.Helper()
		if err := run(t.Context(), func(tx *db.Tx) error { return tx.One(`PRAGMA `+name, nil, &v) }); err != nil {
			t.Error(err)
		}
		return v
	}
	for name, want := range map[string]word{"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1"} {
		if got := pragma(d.Write, name); got != want {
			t.Errorf("%s of the writer: got %s, want %s", name, got, want)
		}
	}
	for name, want := range map[string]word{"journal_mode": "wal", "query_only": "1"} {
		if got := pragma(d.Read, name); got != want {
			t.Errorf("%s of a reader: got %s, want %s", name, got, want)
		}
	}
}

func TestWhatWasKeptIsThereAfterOpeningAgain(t *testing.T) {
	t.Parallel()
	for engine, url := range dbtest.URLs(t) {
		d := dbtest.Open(t, url, thing)
		if err := d.Write(t.Context(), func(tx *db.Tx) error { return put(tx, 1, "a") }); err != nil {
			t.Fatal(err)
		}
		if n := count(t, dbtest.Open(t, url, thing)); n != 1 { // beside the first
			t.Errorf("%s: %d rows, want 1", engine, n)
		}
	}
}

func TestAClosedDatabaseSaysSo(t *testing.T) {
	t.Parallel()
	d, err := db.Open(t.Context(), filepath.Join(t.TempDir(), "x.db"))
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	none := func(*db.Tx) error { return nil }
	for what, err := range map[string]error{"write": d.Write(t.Context(), none), "read": d.Read(t.Context(), none)} {
		if fault.Code(err) != "db.closed" {
			t.Errorf("%s: %v, want db.closed", what, err)
		}
	}
}

func TestAfterRunsEvenWhenTheDatabaseCloses(t *testing.T) {
	t.Parallel()
	for range 30 {
		d, err := db.Open(t.Context(), filepath.Join(t.TempDir(), "x.db"))
		if err != nil {
			t.Fatal(err)
		}
		inside := make(chan struct{})
		closed := make(chan error, 1)
		go func() { <-inside; closed <- d.Close() }()
		ran := false
		err = d.Write(t.Context(), func(tx *db.Tx) error {
			tx.After(func() { ran = true })
			close(inside)
			return nil
		})
		if ran != (err == nil) {
			t.Fatalf("After ran: %t, the write: %v", ran, err)
		}
		if err := <-closed; err != nil {
			t.Fatal(err)
		}
	}
}

func TestAnUnreachableServerDoesNotGiveThePasswordAway(t *testing.T) {
	t.Parallel()
	urls := []string{"postgres://onedoor:hunter2@127.0.0.1:1/x?connect_timeout=1", "postgres://onedoor:hunter2@127.0.0.1:port/x",
		"postgresql://u:hunter2@[::1/x"}
	if test := os.Getenv(dbtest.Postgres); test != "" {
		user, rest, _ := strings.Cut(strings.TrimPrefix(test, "postgres://"), "@")
		name, _, _ := strings.Cut(user, ":")
		host, _, _ := strings.Cut(rest, "/")
		urls = append(urls, "postgres://"+name+":hunter2@"+host+"/no_such_database?sslmode=disable")
	}
	for _, url := range urls {
		d, err := db.Open(t.Context(), url)
		if err == nil {
			_ = d.Close()
			t.Errorf("a server let anybody in")
		} else if strings.Contains(err.Error(), "hunter2") {
			t.Errorf("the error shows the password: %v", err)
		}
	}
}

func TestNobodyElseReadsTheFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "city.db")
	d := dbtest.Open(t, path, thing)
	if err := d.Write(t.Context(), func(tx *db.Tx) error { return put(tx, 1, "a") }); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{path, path + "-wal", path + "-shm"} {
		info, err := os.Stat(file)
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v (%v), want 0600", file, info.Mode(), err)
		}
	}
}

const numbers = `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1) `

func TestAReadThatIsCalledOffEnds(t *testing.T) {
	t.Parallel()
	const many = 400_000
	dbtest.Each(t, thing, func(t *testing.T, d *db.DB) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		seen := 0
		err := d.Read(ctx, func(tx *db.Tx) error {
			_, err := db.All(tx, func(n *int64) []any {
				if seen++; seen == 10 {
					cancel()
				}
				return []any{n}
			}, numbers+`SELECT i FROM n`, many)
			return err
		})
		if !errors.Is(err, context.Canceled) || seen >= many {
			t.Errorf("between rows: %v after %d rows", err, seen)
		}
		ctx, cancel = context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		err = d.Read(ctx, func(tx *db.Tx) error {
			var n int64
			return tx.One(numbers+`SELECT COUNT(*) FROM n`, []any{int64(1e9)}, &n)
		})
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("within one long step: %v", err)
		}
		for range 8 { // whoever gets the connection next
			if n := count(t, d); n != 0 {
				t.Errorf("%d rows, want 0", n)
			}
		}
	})
}

func TestAPanicBetweenRowsSpoilsNoStatement(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, thing, func(t *testing.T, d *db.DB) {
		for name, do := range map[string]func(tx *db.Tx, place any) error{
			"all": func(tx *db.Tx, place any) error {
				_, err := db.All(tx, func(*int64) []any { return []any{place} }, numbers+`SELECT i FROM n`, int64(10))
				return err
			},
			"one": func(tx *db.Tx, place any) error {
				return tx.One(numbers+`SELECT i FROM n ORDER BY i`, []any{int64(10)}, place)
			},
		} {
			for kind, run := range map[string]func(context.Context, func(*db.Tx) error) error{"write": d.Write, "read": d.Read} {
				func() {
					defer func() { _ = recover() }() // SQLite hands a reader's panic on
					if err := run(t.Context(), func(tx *db.Tx) error { return do(tx, boom{}) }); err == nil {
						t.Errorf("%s, %s: a panic was no error", name, kind)
					}
				}()
				for range 8 { // whoever gets the connection next
					var n int64
					if err := run(t.Context(), func(tx *db.Tx) error { return do(tx, &n) }); err != nil || n == 0 && name == "one" {
						t.Errorf("%s, %s: afterwards %d %v", name, kind, n, err)
					}
				}
			}
		}
	})
}

// boom is a place that no value can be put in.
type boom struct{}

// Scan implements sql.Scanner.
func (boom) Scan(any) error { panic("boom") }

// The write-ahead log begins anew soon after the size from which it shall, however long people write.
func TestTheLogStaysBoundedUnderWrites(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "x.db")
	d := dbtest.Open(t, path, thing)
	const bound = 256 << 20 // four times that size, for slow machines
	var largest, written int64
	for i := int64(0); written < 2*bound; i++ {
		body := strings.Repeat(string(rune('a'+i%26)), 1<<20) // what does not change is not written
		if err := d.Write(t.Context(), func(tx *db.Tx) error {
			return tx.Exec(`INSERT INTO thing (id, name, on_, body) VALUES ($1, $2, $3, $4)
				ON CONFLICT (id) DO UPDATE SET body = excluded.body`, i%8, fmt.Sprint(i%8), true, body)
		}); err != nil {
			t.Fatal(err)
		}
		written += int64(len(body))
		log, err := os.Stat(path + "-wal")
		if err != nil {
			t.Fatal(err)
		}
		largest = max(largest, log.Size())
	}
	if largest > bound {
		t.Errorf("the log grew to %d MB while %d MB were written", largest>>20, written>>20)
	}
}

// together runs units of work as one group and returns their answers.
func together(t *testing.T, d *db.DB, units ...func(*db.Tx) error) []error {
	t.Helper()
	release := hold(t, d)
	errs := make([]error, len(units))
	var wg sync.WaitGroup
	for i, fn := range units {
		wg.Go(func() { errs[i] = d.Write(t.Context(), fn) })
		for d.Waiting() <= i {
			runtime.Gosched()
		}
	}
	release()
	wg.Wait()
	return errs
}

// TestWhatSQLiteGaveUpIsRefusedToAll: a full disk takes the whole transaction with it, and no unit of work can hide that
// from those that share it. The next group works again.
func TestWhatSQLiteGaveUpIsRefusedToAll(t *testing.T) {
	t.Parallel()
	no := fault.New(fault.Conflict, "thing.no")
	fill := func(tx *db.Tx) error {
		if err := tx.Exec(`PRAGMA max_page_count = 20`); err != nil {
			return err
		}
		for i := range 100 {
			if err := put(tx, int64(100+i), strings.Repeat("x", 4000)+strconv.Itoa(i)); err != nil {
				return err
			}
		}
		return errors.New("the disk never fills")
	}
	for name, after := range map[string]func(error) error{
		"swallowed":         func(error) error { return nil },
		"hidden in a fault": func(error) error { return no },
		"returned":          func(err error) error { return err },
		"panic":             func(error) error { panic("boom") },
	} {
		t.Run(name, func(t *testing.T) {
			d := lite(t)
			errs := together(t, d,
				func(tx *db.Tx) error { return put(tx, 2, "a") },
				func(tx *db.Tx) error { return after(fill(tx)) },
				func(tx *db.Tx) error { return put(tx, 4, "c") },
				func(tx *db.Tx) error { return errors.Join(put(tx, 5, "refused"), no) },
			)
			for i, err := range errs {
				if err == nil {
					t.Errorf("unit %d was told that it is kept", i)
				}
			}
			if n := count(t, d); n != 1 { // the row of who held the writer
				t.Errorf("%d rows, want 1", n)
			}
			if err := d.Write(t.Context(), func(tx *db.Tx) error {
				return errors.Join(tx.Exec(`PRAGMA max_page_count = 2000`), put(tx, 9, "later"))
			}); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestTryTakesBack: what is only tried changes nothing, and makes no neighbour run again.
func TestTryTakesBack(t *testing.T) {
	dbtest.Each(t, thing, func(t *testing.T, d *db.DB) {
		no := fault.New(fault.Conflict, "thing.no")
		for _, want := range []error{nil, no} {
			err := d.Try(t.Context(), func(tx *db.Tx) error {
				tx.After(func() { t.Error("what was tried is done afterwards") })
				return errors.Join(put(tx, 2, "tried"), want)
			})
			if !errors.Is(err, want) {
				t.Errorf("got %v, want %v", err, want)
			}
		}
		if n := count(t, d); n != 0 {
			t.Errorf("%d rows, want none", n)
		}
	})
}

// TestOneStatementAtATime: the driver would run what follows a semicolon, whatever stands before it.
func TestOneStatementAtATime(t *testing.T) {
	t.Parallel()
	err := lite(t).Write(t.Context(), func(tx *db.Tx) error { return tx.One(`SELECT 1; DELETE FROM thing RETURNING 1`, nil, new(int)) })
	if err == nil {
		t.Error("two statements were run as one")
	}
}

// TestOnlyAChangeThatMustGoMakesNeighboursRunAgain: units that share a commit run once while those that fail have
// changed nothing; one that has makes all of them run again, each with its own way back. Either way what succeeded is
// there once.
func TestOnlyAChangeThatMustGoMakesNeighboursRunAgain(t *testing.T) {
	d := lite(t)
	no := fault.New(fault.Conflict, "thing.no")
	for name, c := range map[string]struct {
		fail func(tx *db.Tx) error
		runs int64
	}{
		"nothing changed":       {func(*db.Tx) error { return no }, 1},
		"only looked":           {func(tx *db.Tx) error { return errors.Join(tx.One(`SELECT 1`, nil, new(int)), no) }, 1},
		"changed":               {func(tx *db.Tx) error { return errors.Join(put(tx, 900, "spoilt"), no) }, 2},
		"changed and returned":  {func(tx *db.Tx) error { return errors.Join(tx.One(`DELETE FROM thing RETURNING id`, nil, new(int)), no) }, 2},
		"changed, then a panic": {func(tx *db.Tx) error { _ = put(tx, 900, "spoilt"); panic("boom") }, 2},
	} {
		t.Run(name, func(t *testing.T) {
			if err := d.Write(t.Context(), func(tx *db.Tx) error { return tx.Exec(`DELETE FROM thing`) }); err != nil {
				t.Fatal(err)
			}
			release := hold(t, d)
			var runs, after atomic.Int64
			var wg sync.WaitGroup
			for i := range 9 { // the last one fails
				wg.Go(func() {
					err := d.Write(t.Context(), func(tx *db.Tx) error {
						if i == 8 {
							return c.fail(tx)
						}
						runs.Add(1)
						tx.After(func() { after.Add(1) })
						return put(tx, int64(i+2), string(rune('a'+i)))
					})
					if (err != nil) != (i == 8) {
						t.Errorf("unit %d: %v", i, err)
					}
				})
				for d.Waiting() <= i {
					runtime.Gosched()
				}
			}
			release()
			wg.Wait()
			if got := runs.Load(); got != 8*c.runs {
				t.Errorf("the neighbours ran %d times, want %d", got, 8*c.runs)
			}
			if n := count(t, d); n != 8+1 || after.Load() != 8 { // and the row of who held the writer
				t.Errorf("%d rows and %d done afterwards, want 9 and 8", n, after.Load())
			}
		})
	}
}
