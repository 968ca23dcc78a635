package dbtest

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"onedoor.app/infra/db"
)

// Template is a database that is made once in a run and copied for each test
// that begins with it: no test sees what another did. What is copied on SQLite
// is the file; on PostgreSQL it is a database, which needs Main.
type Template struct {
	// Fill makes what the copies begin with, at the address of an empty database.
	// It leaves nothing open.
	Fill func(ctx context.Context, url string) error

	lite, postgres struct {
		once sync.Once
		err  error
		file []byte // the whole SQLite database
		name string // of the PostgreSQL database
	}
}

// URLs returns the URL of a copy for each engine under test.
func (tp *Template) URLs(t testing.TB) map[string]string {
	t.Helper()
	urls := map[string]string{}
	for engine, copied := range tp.engines(t) {
		urls[engine] = copied(t)
	}
	return urls
}

// Each runs fn on a copy for every engine, in parallel.
func (tp *Template) Each(t *testing.T, fn func(t *testing.T, d *db.DB)) {
	t.Helper()
	for engine, copied := range tp.engines(t) {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			fn(t, Open(t, copied(t), nil))
		})
	}
}

// engines is how a copy is made on each engine under test.
func (tp *Template) engines(t testing.TB) map[string]func(t testing.TB) string {
	t.Helper()
	all := map[string]func(t testing.TB) string{"sqlite": tp.File}
	if pg := server(t); pg != "" {
		all["postgres"] = func(t testing.TB) string { return tp.copyDatabase(t, pg) }
	}
	return all
}

// File makes a copy on SQLite and returns its path.
func (tp *Template) File(t testing.TB) string {
	t.Helper()
	tp.lite.once.Do(func() { tp.lite.file, tp.lite.err = tp.fillFile() })
	if tp.lite.err != nil {
		t.Fatal(tp.lite.err)
	}
	path := filepath.Join(t.TempDir(), "test.db")
	if err := os.WriteFile(path, tp.lite.file, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func (tp *Template) fillFile() (file []byte, err error) {
	dir, err := os.MkdirTemp("", "onedoor-template-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	path := filepath.Join(dir, "test.db")
	if err := tp.Fill(context.Background(), path); err != nil {
		return nil, err
	}
	if log, err := os.Stat(path + "-wal"); err == nil && log.Size() > 0 {
		return nil, fmt.Errorf("dbtest: %d bytes of the template are not in its file", log.Size())
	}
	return os.ReadFile(path)
}

func (tp *Template) copyDatabase(t testing.TB, server string) string {
	t.Helper()
	if !kept.running() { // nobody would drop the template: each test fills its own
		own := freshSchema(t, server)
		if err := tp.Fill(t.Context(), own); err != nil {
			t.Fatal(err)
		}
		return own
	}
	tp.postgres.once.Do(func() {
		tp.postgres.name = freshName()
		kept.add(server, tp.postgres.name)
		if tp.postgres.err = administer(server, `CREATE DATABASE `+tp.postgres.name); tp.postgres.err == nil {
			tp.postgres.err = tp.Fill(context.Background(), inDatabase(server, tp.postgres.name))
		}
	})
	if tp.postgres.err != nil {
		t.Fatal(tp.postgres.err)
	}
	name := freshName()
	if err := administer(server, `CREATE DATABASE `+name+` TEMPLATE `+tp.postgres.name); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := administer(server, `DROP DATABASE `+name+` WITH (FORCE)`); err != nil {
			t.Error(err)
		}
	})
	return inDatabase(server, name)
}

// freshName is lower case because unquoted names are folded.
func freshName() string { return "t" + strings.ToLower(rand.Text()) }

// inDatabase is the URL of another database of a server.
func inDatabase(server, name string) string {
	u, err := url.Parse(server)
	if err != nil {
		panic(err) // the server was reached under it
	}
	u.Path = "/" + name
	return u.String()
}

// kept are the templates on the server, which outlive the tests that copy them.
var kept templates

type templates struct {
	mu   sync.Mutex
	main bool
	list [][2]string // server and name
}

func (k *templates) running() bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.main
}

func (k *templates) add(server, name string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.list = append(k.list, [2]string{server, name})
}

// Main runs the tests of a package and drops the templates they used. It returns
// the code to exit with. A package that copies templates on PostgreSQL calls it
// in its TestMain; in another each test fills a database of its own.
func Main(m *testing.M) int {
	kept.mu.Lock()
	kept.main = true
	kept.mu.Unlock()
	code := m.Run()
	for _, at := range kept.list {
		if err := administer(at[0], `DROP DATABASE IF EXISTS `+at[1]+` WITH (FORCE)`); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = max(code, 1)
		}
	}
	return code
}
