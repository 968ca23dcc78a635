package event_test

import (
	"errors"
	"slices"
	"testing"
	"testing/fstest"
	"time"

	"onedoor.app/engine/event"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/db/dbtest"
	"onedoor.app/infra/fault"
)

var schemas = []dbtest.Schema{{Module: "t", Files: fstest.MapFS{"schema/0001_t.sql": {Data: []byte(
	"-- +goose Up\nCREATE TABLE t_log (id BIGINT PRIMARY KEY, what TEXT NOT NULL);\n")}}}}

func log(what string) func(*db.Tx, event.Event) error {
	return func(tx *db.Tx, _ event.Event) error {
		return tx.Exec(`INSERT INTO t_log (id, what) VALUES ($1, $2)`, tx.NewID(), what)
	}
}

func logged(t *testing.T, d *db.DB) (list []string) {
	t.Helper()
	err := d.Read(t.Context(), func(tx *db.Tx) (err error) {
		list, err = db.All(tx, func(s *string) []any { return []any{s} }, `SELECT what FROM t_log ORDER BY id`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestHandlersRunInTheOrderInWhichTheyWereAdded(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		var bus event.Bus
		bus.Add(event.Handler{On: "cases.granted", Do: log("1")}, event.Handler{On: "cases.refused", Do: log("other")})
		bus.Add(event.Handler{On: "cases.granted", Do: log("2")})
		bus.Add(event.Handler{On: "cases.granted", Do: log("3")})
		if err := d.Write(t.Context(), func(tx *db.Tx) error { return bus.Emit(tx, event.Event{Name: "cases.granted"}) }); err != nil {
			t.Fatal(err)
		}
		if got, want := logged(t, d), []string{"1", "2", "3"}; !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
	})
}

func TestAnErrorUndoesTheActAndStopsTheRest(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		var bus event.Bus
		later := false
		bus.Add(
			event.Handler{On: "cases.granted", Do: log("before")},
			event.Handler{On: "cases.granted", Do: func(*db.Tx, event.Event) error { return fault.New(fault.Conflict, "t.no") }},
			event.Handler{On: "cases.granted", Do: func(*db.Tx, event.Event) error { later = true; return nil }})
		err := d.Write(t.Context(), func(tx *db.Tx) error {
			return errors.Join(log("the act")(tx, event.Event{}), bus.Emit(tx, event.Event{Name: "cases.granted"}))
		})
		if fault.Code(err) != "t.no" || later {
			t.Errorf("got %v, the next handler ran: %t", err, later)
		}
		if got := logged(t, d); len(got) != 0 {
			t.Errorf("left behind: %v", got)
		}
	})
}

func TestAHandlerIsToldWhatHappenedAndWhen(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		moment := time.UnixMilli(1_760_000_000_000)
		d = d.WithClock(func() time.Time { return moment })
		var bus event.Bus
		var got event.Event
		bus.Add(event.Handler{On: "cases.granted", Do: func(_ *db.Tx, e event.Event) error { got = e; return nil }})
		sent := event.Event{Name: "cases.granted", About: 9, Who: auth.Actor{ID: 3}, Body: 20, At: time.UnixMilli(1)}
		if err := d.Write(t.Context(), func(tx *db.Tx) error { return bus.Emit(tx, sent) }); err != nil {
			t.Fatal(err)
		}
		if got.About != 9 || got.Who.ID != 3 || got.Body != 20 || !got.At.Equal(moment) {
			t.Errorf("got %+v at %v, want it at %v", got, got.At, moment)
		}
	})
}

func TestNobodyNeedListen(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, nil, func(t *testing.T, d *db.DB) {
		for _, bus := range []*event.Bus{nil, {}} {
			if err := d.Write(t.Context(), func(tx *db.Tx) error { return bus.Emit(tx, event.Event{Name: "x"}) }); err != nil {
				t.Error(err)
			}
		}
	})
}
