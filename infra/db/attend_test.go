package db_test

import (
	"errors"
	"testing"

	"onedoor.app/infra/db"
	"onedoor.app/infra/db/dbtest"
)

// TestAttend: a program is alone where no other attends, be it the first or not; on a server nobody knows.
func TestAttend(t *testing.T) {
	t.Parallel()
	for engine, url := range dbtest.URLs(t) {
		t.Run(engine, func(t *testing.T) {
			open := func() *db.DB {
				d, err := db.Open(t.Context(), url)
				if err != nil {
					t.Fatal(err)
				}
				return d
			}
			attend := func(d *db.DB, want bool) {
				t.Helper()
				alone := false
				if err := d.Attend(t.Context(), func() error { alone = true; return nil }); err != nil || alone != (want && engine == "sqlite") {
					t.Errorf("alone: %v (%v), want %v", alone, err, want)
				}
			}
			leave := func(d *db.DB) {
				t.Helper()
				if err := d.Close(); err != nil {
					t.Fatal(err)
				}
			}
			first, second, third, fourth := open(), open(), open(), open()
			attend(first, true)
			attend(first, false)
			attend(second, false)
			leave(first)
			attend(third, false) // the second goes on
			leave(second)
			leave(third)
			failure := errors.New("not taken back")
			if err := fourth.Attend(t.Context(), func() error { return failure }); engine == "sqlite" && !errors.Is(err, failure) {
				t.Error(err)
			}
			attend(fourth, true)
			leave(fourth)
		})
	}
}
