// Package dbtest gives tests a real, empty, migrated database.
package dbtest

import (
	"context"
	"crypto/rand"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"onedoor.app/infra/db"
)

// Postgres names the environment variable with the URL of a test server, for
// example "postgres://user@localhost/onedoor_test?sslmode=disable".
const Postgres = "ONEDOOR_TEST_POSTGRES"

// Schema is one module's migrations.
type Schema struct {
	Module string
	Files  fs.FS
}

// Each runs fn on a fresh database of every engine, in parallel: always on an
// SQLite file set up as in production, and on PostgreSQL, in a schema of its
// own, if the variable Postgres is set. With ONEDOOR_CI set it must be.
func Each(t *testing.T, schemas []Schema, fn func(t *testing.T, d *db.DB)) {
	t.Helper()
	for engine, url := range URLs(t) {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			fn(t, Open(t, url, schemas))
		})
	}
}

// URLs returns a fresh database URL for each engine under test.
func URLs(t testing.TB) map[string]string {
	t.Helper()
	urls := map[string]string{"sqlite": filepath.Join(t.TempDir(), "test.db")}
	switch pg := os.Getenv(Postgres); {
	case pg != "":
		urls["postgres"] = freshSchema(t, pg)
	case os.Getenv("ONEDOOR_CI") != "":
		t.Errorf("%s is not set: PostgreSQL is never skipped in CI", Postgres)
	}
	return urls
}

// Open opens and migrates the database at url and closes it after the test.
func Open(t testing.TB, url string, schemas []Schema) *db.DB {
	t.Helper()
	d, err := db.Open(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	for _, s := range schemas {
		if err := d.Migrate(t.Context(), s.Module, s.Files); err != nil {
			t.Fatal(err)
		}
	}
	return d
}

// freshSchema makes a PostgreSQL schema and returns a URL that lives in it. The
// name is lower case because unquoted names are folded.
func freshSchema(t testing.TB, url string) string {
	t.Helper()
	name := "t" + strings.ToLower(rand.Text())
	admin := func(query string) {
		d, err := db.Open(context.Background(), url)
		if err != nil {
			t.Fatal(err)
		}
		defer d.Close()
		if err := d.Write(context.Background(), func(tx *db.Tx) error { return tx.Exec(query) }); err != nil {
			t.Error(err)
		}
	}
	admin(`CREATE SCHEMA ` + name)
	t.Cleanup(func() { admin(`DROP SCHEMA ` + name + ` CASCADE`) })
	sep := "?"
	if strings.Contains(url, "?") {
		sep = "&"
	}
	return url + sep + "search_path=" + name
}
