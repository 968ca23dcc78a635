package db_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"onedoor.app/infra/db"
	"onedoor.app/infra/db/dbtest"
	"onedoor.app/infra/fault"
)

var thing = []dbtest.Schema{{Module: "thing", Files: fstest.MapFS{"schema/0001_thing.sql": {Data: []byte(
	"-- +goose Up\nCREATE TABLE thing (id BIGINT PRIMARY KEY, name TEXT NOT NULL UNIQUE, on_ BOOLEAN NOT NULL, at BIGINT, body TEXT NOT NULL DEFAULT '', raw BYTEA);\n")}}}}

func put(tx *db.Tx, id int64, name string) error {
	return tx.Exec(`INSERT INTO thing (id, name, on_, at) VALUES ($1, $2, $3, $4)`, id, name, true, tx.Now())
}

func count(t *testing.T, d *db.DB) (n int) {
	t.Helper()
	if err := d.Read(t.Context(), func(tx *db.Tx) error { return tx.One(`SELECT COUNT(*) FROM thing`, nil, &n) }); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestValuesSurviveARoundTrip(t *testing.T) {
	dbtest.Each(t, thing, func(t *testing.T, d *db.DB) {
		type pair struct{ A, B string }
		var (
			at   time.Time
			none = time.Now()
			on   bool
			body pair
			raw  []byte
		)
		moment := time.UnixMilli(1_760_000_000_123)
		d = d.WithClock(func() time.Time { return moment })
		err := d.Write(t.Context(), func(tx *db.Tx) error {
			return errors.Join(
				tx.Exec(`INSERT INTO thing (id, name, on_, at, body, raw) VALUES ($1, $2, $3, $4, $5, $6)`,
					1, "饭店", true, tx.Now(), db.JSON(pair{"甲", "乙"}), []byte{0, 1, 255}),
				tx.Queue(`INSERT INTO thing (id, name, on_, at) VALUES ($1, $2, $3, $4)`, 2, "b", false, time.Time{}),
				tx.One(`SELECT on_, at, body, raw FROM thing WHERE id = $1 AND on_`, []any{1}, &on, &at, db.JSON(&body), &raw),
				tx.One(`SELECT at FROM thing WHERE NOT on_`, nil, &none))
		})
		if err != nil {
			t.Fatal(err)
		}
		if !on || !at.Equal(moment) || body != (pair{"甲", "乙"}) || string(raw) != "\x00\x01\xff" || !none.IsZero() {
			t.Errorf("got %v %v %v %v %v", on, at, body, raw, none)
		}
	})
}

func TestManyRowsGoInTogether(t *testing.T) {
	dbtest.Each(t, thing, func(t *testing.T, d *db.DB) {
		for _, n := range []int{0, 1, 31, 32, 33, 100} {
			var rows [][]any
			for i := range n {
				rows = append(rows, []any{1000*n + i, fmt.Sprintf("row %d of %d", i, n), true, time.Time{}})
			}
			var found, wrong int
			err := d.Write(t.Context(), func(tx *db.Tx) error {
				return errors.Join(tx.QueueRows(`INSERT INTO thing (id, name, on_, at)`, rows, ""),
					tx.One(`SELECT COUNT(*) FROM thing WHERE id BETWEEN $1 AND $2`, []any{1000 * n, 1000*n + 999}, &found),
					tx.One(`SELECT COUNT(*) FROM thing WHERE id BETWEEN $1 AND $2 AND name NOT LIKE 'row % of %'`, []any{1000 * n, 1000*n + 999}, &wrong))
			})
			if err != nil || found != n || wrong != 0 {
				t.Errorf("%d rows: %d found, %d wrong, %v", n, found, wrong, err)
			}
		}
		twice := [][]any{{-7, "a", true, time.Time{}}, {-8, "b", true, time.Time{}}, {-7, "c", true, time.Time{}}}
		if err := d.Write(t.Context(), func(tx *db.Tx) error { return tx.QueueRows(`INSERT INTO thing (id, name, on_, at)`, twice, "") }); err == nil {
			t.Error("a row that is there twice went in")
		}
		if err := d.Write(t.Context(), func(tx *db.Tx) error {
			return tx.QueueRows(`INSERT INTO thing (id, name, on_, at)`, twice, `ON CONFLICT DO NOTHING`)
		}); err != nil {
			t.Errorf("a row that is there twice is passed over: %v", err)
		}
	})
}

func TestARefusedUnitLeavesNoTraceAndHarmsNoNeighbour(t *testing.T) {
	dbtest.Each(t, thing, func(t *testing.T, d *db.DB) {
		var wg sync.WaitGroup
		for i := range 60 {
			wg.Go(func() {
				err := d.Write(t.Context(), func(tx *db.Tx) error {
					if err := put(tx, int64(i), string(rune('A'+i))); err != nil {
						return err
					}
					switch i % 3 {
					case 1:
						return fault.New(fault.Conflict, "thing.no")
					case 2:
						panic("boom")
					}
					return nil
				})
				if (err == nil) != (i%3 == 0) {
					t.Errorf("unit %d: %v", i, err)
				}
			})
		}
		wg.Wait()
		if n := count(t, d); n != 20 {
			t.Errorf("%d rows, want 20", n)
		}
	})
}

func TestUniqueViolationIsRecognised(t *testing.T) {
	dbtest.Each(t, thing, func(t *testing.T, d *db.DB) {
		for i, want := range []bool{false, true} {
			err := d.Write(t.Context(), func(tx *db.Tx) error { return put(tx, int64(i), "same") })
			if db.IsUnique(err) != want {
				t.Errorf("insert %d: %v", i, err)
			}
		}
	})
}

func TestReadSeesOneSnapshotAndCannotWrite(t *testing.T) {
	dbtest.Each(t, thing, func(t *testing.T, d *db.DB) {
		err := d.Read(t.Context(), func(tx *db.Tx) error {
			var before, after int
			if err := tx.One(`SELECT COUNT(*) FROM thing`, nil, &before); err != nil {
				return err
			}
			if err := d.Write(t.Context(), func(tx *db.Tx) error { return put(tx, 1, "a") }); err != nil {
				return err
			}
			if err := tx.One(`SELECT COUNT(*) FROM thing`, nil, &after); err != nil {
				return err
			}
			if before != after {
				t.Errorf("the snapshot moved from %d to %d", before, after)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := d.Read(t.Context(), func(tx *db.Tx) error { return put(tx, 2, "b") }); err == nil {
			t.Error("a Read wrote")
		}
		if n := count(t, d); n != 1 {
			t.Errorf("%d rows, want 1", n)
		}
	})
}

func TestLostUpdatesAreImpossible(t *testing.T) {
	dbtest.Each(t, thing, func(t *testing.T, d *db.DB) {
		if err := d.Write(t.Context(), func(tx *db.Tx) error { return put(tx, 1, "0") }); err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		for range 40 {
			wg.Go(func() {
				err := d.Write(t.Context(), func(tx *db.Tx) error {
					var at int64
					if err := tx.One(`SELECT id FROM thing WHERE name = '0'`+tx.ForUpdate(), nil, &at); err != nil {
						return err
					}
					var n int64
					if err := tx.One(`SELECT COALESCE(LENGTH(body), 0) FROM thing WHERE id = $1`, []any{at}, &n); err != nil {
						return err
					}
					return tx.Exec(`UPDATE thing SET body = $1 WHERE id = $2`, strings.Repeat("x", int(n)+1), at)
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		var n int
		if err := d.Read(t.Context(), func(tx *db.Tx) error { return tx.One(`SELECT LENGTH(body) FROM thing`, nil, &n) }); err != nil || n != 40 {
			t.Errorf("%d updates survived, want 40 (%v)", n, err)
		}
	})
}

func TestAfterRunsOnlyOnCommit(t *testing.T) {
	dbtest.Each(t, thing, func(t *testing.T, d *db.DB) {
		ran := 0
		no := errors.New("no")
		for _, want := range []error{no, nil} {
			err := d.Write(t.Context(), func(tx *db.Tx) error { tx.After(func() { ran++ }); return want })
			if !errors.Is(err, want) {
				t.Fatal(err)
			}
		}
		if ran != 1 {
			t.Errorf("After ran %d times, want 1", ran)
		}
	})
}

func TestACancelledCallerChangesNothing(t *testing.T) {
	dbtest.Each(t, thing, func(t *testing.T, d *db.DB) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := d.Write(ctx, func(tx *db.Tx) error { return put(tx, 1, "a") }); err == nil {
			t.Error("a cancelled write succeeded")
		}
		if n := count(t, d); n != 0 {
			t.Errorf("%d rows, want 0", n)
		}
	})
}

func TestMigrateRefusesChangedHistory(t *testing.T) {
	dbtest.Each(t, nil, func(t *testing.T, d *db.DB) {
		files := fstest.MapFS{"schema/0001_a.sql": {Data: []byte("-- +goose Up\nCREATE TABLE a (b TEXT);\n")}}
		for range 2 { // the second run finds nothing to do
			if err := d.Migrate(t.Context(), "a", files); err != nil {
				t.Fatal(err)
			}
		}
		files["schema/0001_a.sql"].Data = []byte("-- +goose Up\nCREATE TABLE a (c TEXT);\n")
		if err := d.Migrate(t.Context(), "a", files); err == nil {
			t.Error("an edited migration was accepted")
		}
	})
}

func TestIDsGrowAndNeverRepeat(t *testing.T) {
	d := dbtest.Open(t, t.TempDir()+"/x.db", nil)
	last := int64(0)
	for range 20_000 {
		id := d.NewID()
		if id <= last {
			t.Fatalf("%d after %d", id, last)
		}
		last = id
	}
}

func TestNoRowIsUnknownAndNoChangeIsStale(t *testing.T) {
	dbtest.Each(t, thing, func(t *testing.T, d *db.DB) {
		var n int
		err := d.Read(t.Context(), func(tx *db.Tx) error { return tx.One(`SELECT id FROM thing WHERE id = $1`, []any{9}, &n) })
		if !fault.Is(err, fault.Unknown) {
			t.Errorf("no row: %v", err)
		}
		err = d.Write(t.Context(), func(tx *db.Tx) error { return tx.ExecOne(`UPDATE thing SET name = 'x' WHERE id = $1`, 9) })
		if !fault.Is(err, fault.Stale) {
			t.Errorf("no change: %v", err)
		}
	})
}

func TestNotBefore(t *testing.T) {
	dbtest.Each(t, nil, func(t *testing.T, d *db.DB) {
		at := time.Date(2026, 3, 2, 2, 0, 0, 0, time.UTC)
		d = d.WithClock(func() time.Time { return at })
		if err := d.Write(t.Context(), func(tx *db.Tx) error {
			tx.NotBefore(at.Add(-time.Second))
			if !tx.Now().Equal(at) {
				t.Errorf("moved back to %s", tx.Now())
			}
			tx.NotBefore(at.Add(time.Second))
			if !tx.Now().Equal(at.Add(time.Second)) {
				t.Errorf("stays at %s", tx.Now())
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	})
}
