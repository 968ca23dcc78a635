package db_test

import (
	"path/filepath"
	"testing"
	"testing/fstest"

	"onedoor.app/infra/db"
)

// TestNothingToMigrateWaitsForNobody: a second program that opens a database writes nothing where there is nothing to
// apply, however busy the writer is.
func TestNothingToMigrateWaitsForNobody(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "x.db")
	schema := fstest.MapFS{"schema/0001_x.sql": {Data: []byte("-- +goose Up\nCREATE TABLE x_one (id BIGINT PRIMARY KEY);\n")}}
	first, err := db.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer first.Close()
	if err := first.Migrate(t.Context(), "x", schema); err != nil {
		t.Fatal(err)
	}
	err = first.Write(t.Context(), func(tx *db.Tx) error { // the lock is held while the other opens
		if err := tx.Exec(`INSERT INTO x_one (id) VALUES (1)`); err != nil {
			return err
		}
		second, err := db.Open(t.Context(), path)
		if err != nil {
			return err
		}
		defer second.Close()
		return second.Migrate(t.Context(), "x", schema)
	})
	if err != nil {
		t.Fatal(err)
	}
}
