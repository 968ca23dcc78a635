package db

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

// migration is the schema of one module.
type migration struct {
	module string
	files  fs.FS // *.sql at its root
}

// Migrate applies, in order, the files schema/*.sql of one module that the
// database has not seen, each in a transaction. Migrations only go forward; an
// applied file that has changed since is an error, so that the history in the
// repository is what ran.
func (d *DB) Migrate(ctx context.Context, module string, schema fs.FS) error {
	if schema == nil {
		return nil
	}
	files, err := fs.Sub(schema, "schema")
	if err != nil {
		return opError("migrate "+module, err)
	}
	return opError("migrate "+module, d.engine.migrate(ctx, migration{module, files}))
}

func (l *lite) migrate(ctx context.Context, m migration) error {
	return m.run(ctx, goose.DialectSQLite3, l.pool)
}

func (p *postgres) migrate(ctx context.Context, m migration) error {
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 300)) // several servers may start at once: each asks once a second for five minutes
	if err != nil {
		return err
	}
	return m.run(ctx, goose.DialectPostgres, p.sqlDB(), goose.WithSessionLocker(locker))
}

func (m migration) run(ctx context.Context, dialect goose.Dialect, conn *sql.DB, opts ...goose.ProviderOption) error {
	opts = append(opts, goose.WithTableName("goose_"+m.module), goose.WithDisableGlobalRegistry(true))
	provider, err := goose.NewProvider(dialect, conn, m.files, opts...)
	if err != nil {
		return err
	}
	if _, err := conn.ExecContext(ctx, `CREATE TABLE IF NOT EXISTS db_migration (
		module TEXT NOT NULL, name TEXT NOT NULL, sum TEXT NOT NULL, PRIMARY KEY (module, name))`); err != nil {
		return err
	}
	names, err := fs.Glob(m.files, "*.sql")
	if err != nil {
		return err
	}
	applied, err := m.compare(ctx, conn)
	if err != nil || applied == len(names) { // nothing to write: another process may be at it
		return err
	}
	if _, err := provider.Up(ctx); err != nil {
		return err
	}
	return m.record(ctx, conn, names)
}

// compare refuses files that differ from what was applied, and counts those that were.
func (m migration) compare(ctx context.Context, conn *sql.DB) (applied int, err error) {
	rows, err := conn.QueryContext(ctx, `SELECT name, sum FROM db_migration WHERE module = $1`, m.module)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	for ; rows.Next(); applied++ {
		var name, sum string
		if err := rows.Scan(&name, &sum); err != nil {
			return 0, err
		}
		switch now, err := m.sum(name); {
		case err != nil:
			return 0, err
		case now != sum:
			return 0, fmt.Errorf("%s was changed after it was applied", name)
		}
	}
	return applied, rows.Err()
}

func (m migration) record(ctx context.Context, conn *sql.DB, names []string) error {
	for _, name := range names {
		sum, err := m.sum(name)
		if err != nil {
			return err
		}
		if _, err := conn.ExecContext(ctx, `INSERT INTO db_migration (module, name, sum) VALUES ($1, $2, $3)
			ON CONFLICT (module, name) DO NOTHING`, m.module, name, sum); err != nil {
			return err
		}
	}
	return nil
}

func (m migration) sum(name string) (string, error) {
	text, err := fs.ReadFile(m.files, name)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%x", sha256.Sum256(text)), nil
}
