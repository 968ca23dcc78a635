// Package dbtest gives tests a real, empty, migrated database.
package dbtest

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

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
// SQLite file set up as in production, and on PostgreSQL if the variable
// Postgres is set. With ONEDOOR_CI set it must be. What the schemas make is made
// once in a run and copied, see Template.
func Each(t *testing.T, schemas []Schema, fn func(t *testing.T, d *db.DB)) {
	t.Helper()
	migrated(t, schemas).Each(t, fn)
}

// migratedOnce are the templates of Each, by what their schemas say.
var migratedOnce sync.Map

func migrated(t testing.TB, schemas []Schema) *Template {
	t.Helper()
	sum := sha256.New()
	for _, s := range schemas {
		fmt.Fprintf(sum, "module %s\n", s.Module)
		if s.Files == nil {
			continue
		}
		err := fs.WalkDir(s.Files, ".", func(path string, e fs.DirEntry, err error) error {
			if err != nil || e.IsDir() {
				return err
			}
			text, err := fs.ReadFile(s.Files, path)
			fmt.Fprintf(sum, "%s %d\n%s", path, len(text), text)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	made, _ := migratedOnce.LoadOrStore(string(sum.Sum(nil)), &Template{Fill: func(ctx context.Context, url string) error {
		d, err := openMigrated(ctx, url, schemas)
		if err != nil {
			return err
		}
		return d.Close()
	}})
	return made.(*Template)
}

// URLs returns the URL of a fresh, empty database for each engine under test.
func URLs(t testing.TB) map[string]string {
	t.Helper()
	urls := map[string]string{"sqlite": filepath.Join(t.TempDir(), "test.db")}
	if pg := server(t); pg != "" {
		urls["postgres"] = freshSchema(t, pg)
	}
	return urls
}

// server is the URL of the PostgreSQL server, "" without one.
func server(t testing.TB) string {
	t.Helper()
	pg := os.Getenv(Postgres)
	if pg == "" && os.Getenv("ONEDOOR_CI") != "" {
		t.Errorf("%s is not set: PostgreSQL is never skipped in CI", Postgres)
	}
	return pg
}

// Open opens and migrates the database at url and closes it after the test.
func Open(t testing.TB, url string, schemas []Schema) *db.DB {
	t.Helper()
	d, err := openMigrated(t.Context(), url, schemas)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	return d
}

func openMigrated(ctx context.Context, url string, schemas []Schema) (*db.DB, error) {
	d, err := db.Open(ctx, url)
	if err != nil {
		return nil, err
	}
	for _, s := range schemas {
		if err := d.Migrate(ctx, s.Module, s.Files); err != nil {
			return nil, errors.Join(err, d.Close())
		}
	}
	return d, nil
}

// freshSchema makes a PostgreSQL schema and returns a URL that lives in it.
func freshSchema(t testing.TB, url string) string {
	t.Helper()
	name := freshName()
	if err := administer(url, `CREATE SCHEMA `+name); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := administer(url, `DROP SCHEMA `+name+` CASCADE`); err != nil {
			t.Error(err)
		}
	})
	sep := "?"
	if strings.Contains(url, "?") {
		sep = "&"
	}
	return url + sep + "search_path=" + name
}

// administer runs what no unit of work may: databases are made and dropped
// outside of transactions.
func administer(url, query string) error {
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return err
	}
	_, err = conn.Exec(ctx, query)
	return errors.Join(err, conn.Close(ctx))
}
