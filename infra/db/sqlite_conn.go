package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"strconv"
	"strings"
	"sync/atomic"
)

// liteConn is a connection with its statements, prepared once each. One unit of
// work uses it at a time, so none ever waits for a second connection.
type liteConn struct {
	pool  *sql.DB
	conn  *sql.Conn // nil until it is needed
	stmts map[string]*sql.Stmt
	plans *atomic.Pointer[func(query, plan string)] // see DB.Plans
}

const maxStatements = 1024

func (c *liteConn) open(ctx context.Context) (err error) {
	c.stmts = map[string]*sql.Stmt{}
	c.conn, err = c.pool.Conn(ctx)
	return err
}

func (c *liteConn) close() error {
	if c.conn == nil {
		return nil
	}
	c.forget()
	err := c.conn.Close()
	c.conn = nil
	return err
}

func (c *liteConn) forget() {
	for q, s := range c.stmts {
		_ = s.Close()
		delete(c.stmts, q)
	}
}

// leave ends a reader's transaction. A connection on which that fails is not
// used again: it might show an old snapshot for ever.
func (c *liteConn) leave() {
	if c.conn == nil {
		return
	}
	if err := c.run(context.Background(), "ROLLBACK"); err != nil {
		_ = c.conn.Raw(func(any) error { return driver.ErrBadConn }) // ends it instead of giving it back to the pool
		_ = c.close()
	}
}

func (c *liteConn) run(ctx context.Context, query string) error {
	_, err := c.exec(ctx, query, nil)
	return err
}

func (c *liteConn) stmt(ctx context.Context, query string) (*sql.Stmt, error) {
	if c.conn == nil {
		if err := c.open(ctx); err != nil {
			return nil, err
		}
	}
	if s, ok := c.stmts[query]; ok {
		return s, nil
	}
	if len(c.stmts) >= maxStatements { // queries with lists of varying length: start afresh
		c.forget()
	}
	s, err := c.conn.PrepareContext(ctx, query)
	if each := c.plans.Load(); err == nil && each != nil {
		(*each)(query, c.plan(ctx, query))
	}
	if err == nil {
		c.stmts[query] = s
	}
	return s, err
}

// plan is how SQLite will answer a query, a line a step.
func (c *liteConn) plan(ctx context.Context, query string) string {
	args := 0
	for strings.Contains(query, "$"+strconv.Itoa(args+1)) {
		args++
	}
	rows, err := c.conn.QueryContext(ctx, "EXPLAIN QUERY PLAN "+query, make([]any, args)...)
	if err != nil {
		return "" // BEGIN and the like have none
	}
	defer rows.Close() //nolint:errcheck // it is only read
	var lines []string
	for rows.Next() {
		var id, parent, unused int
		var line string
		if rows.Scan(&id, &parent, &unused, &line) == nil {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}

func (c *liteConn) exec(ctx context.Context, query string, args []any) (int64, error) {
	s, err := c.stmt(ctx, query)
	if err != nil {
		return 0, err
	}
	res, err := s.ExecContext(ctx, args...)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

func (c *liteConn) queue(ctx context.Context, query string, args []any) error {
	_, err := c.exec(ctx, query, args)
	return err
}

func (c *liteConn) query(ctx context.Context, query string, args []any) (rawRows, error) {
	s, err := c.stmt(ctx, query)
	if err != nil {
		return nil, err
	}
	rows, err := s.QueryContext(ctx, args...) //nolint:sqlclosecheck // done closes them
	if err != nil {
		return nil, err
	}
	return sqlRows{rows}, nil
}

type sqlRows struct{ *sql.Rows }

func (r sqlRows) done() error { return r.Close() }
