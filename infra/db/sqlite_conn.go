package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strconv"
	"strings"
	"sync/atomic"
)

// liteConn is a connection with its statements, prepared once each. One unit of
// work uses it at a time, so none ever waits for a second connection, and it
// speaks to the driver itself: the locks of database/sql guard what nobody shares.
type liteConn struct {
	driver driver.Driver
	dsn    string
	conn   driver.Conn // nil until it is needed
	stmts  map[string]*liteStmt
	plans  *atomic.Pointer[func(query, plan string)] // see DB.Plans
	gone   error                                     // with which SQLite gave the transaction up
}

// liteStmt is a statement with the values of its last run, which the driver has
// copied when a run returns.
type liteStmt struct {
	run interface {
		driver.Stmt
		driver.StmtExecContext
		driver.StmtQueryContext
	}
	args []driver.NamedValue
}

const maxStatements = 1024

func (c *liteConn) open() (err error) {
	c.stmts = map[string]*liteStmt{}
	c.conn, err = c.driver.Open(c.dsn)
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
		_ = s.run.Close()
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
		_ = c.close()
	}
}

// seen keeps an error with which SQLite has given up the transaction, so that a unit
// of work that hides it deceives nobody.
func (c *liteConn) seen(err error) error {
	if c.gone == nil && lost(err) {
		c.gone = err
	}
	return err
}

func (c *liteConn) run(ctx context.Context, query string) error {
	_, err := c.exec(ctx, query, nil)
	return err
}

// steady keeps a statement as it was prepared: SQLite plans one whose LIMIT is a bare
// parameter for the value of that, and prepares it again whenever a value is bound. It
// does not know text in quotes, which belongs in an argument anyway.
var steady = strings.NewReplacer("LIMIT $", "LIMIT +$")

func (c *liteConn) prepare(query string) (*liteStmt, error) {
	if strings.Contains(query, ";") { // the driver would run them all, whatever the first one is
		return nil, errors.New("db: more than one statement")
	}
	raw, err := c.conn.Prepare(steady.Replace(query))
	if err != nil {
		return nil, err
	}
	s := &liteStmt{}
	s.run = raw.(interface { //nolint:forcetypeassert // this driver's statements are
		driver.Stmt
		driver.StmtExecContext
		driver.StmtQueryContext
	})
	return s, nil
}

func (c *liteConn) stmt(ctx context.Context, query string) (*liteStmt, error) {
	if c.conn == nil {
		if err := c.open(); err != nil {
			return nil, err
		}
	}
	if s, ok := c.stmts[query]; ok {
		return s, nil
	}
	if len(c.stmts) >= maxStatements { // queries with lists of varying length: start afresh
		c.forget()
	}
	s, err := c.prepare(query)
	if each := c.plans.Load(); err == nil && each != nil {
		(*each)(query, c.plan(ctx, query))
	}
	if err != nil {
		return nil, c.seen(err)
	}
	c.stmts[query] = s
	return s, nil
}

// bind turns args into the driver's values.
func (s *liteStmt) bind(args []any) ([]driver.NamedValue, error) {
	s.args = s.args[:0]
	for i, a := range args {
		v, err := driver.DefaultParameterConverter.ConvertValue(a)
		if err != nil {
			return nil, err
		}
		s.args = append(s.args, driver.NamedValue{Ordinal: i + 1, Value: v})
	}
	return s.args, nil
}

// plan is how SQLite will answer a query, a line a step.
func (c *liteConn) plan(ctx context.Context, query string) string {
	args := 0
	for strings.Contains(query, "$"+strconv.Itoa(args+1)) {
		args++
	}
	s, err := c.prepare("EXPLAIN QUERY PLAN " + query)
	if err != nil {
		return "" // BEGIN and the like have none
	}
	defer s.run.Close() //nolint:errcheck // it only reads
	rows, err := s.query(ctx, make([]any, args))
	if err != nil {
		return ""
	}
	defer rows.done() //nolint:errcheck // it is only read
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
	values, err := s.bind(args)
	if err != nil {
		return 0, err
	}
	res, err := s.run.ExecContext(ctx, values)
	if err != nil {
		return 0, c.seen(err)
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
	rows, err := s.query(ctx, args)
	if err != nil {
		return nil, c.seen(err)
	}
	rows.conn = c
	return rows, nil
}

func (s *liteStmt) query(ctx context.Context, args []any) (*liteRows, error) {
	values, err := s.bind(args)
	if err != nil {
		return nil, err
	}
	rows, err := s.run.QueryContext(ctx, values)
	if err != nil {
		return nil, err
	}
	return &liteRows{ctx: ctx, rows: rows, row: make([]driver.Value, len(rows.Columns()))}, nil
}

// liteRows are the rows of a query with the one at hand. The driver ends the first
// step of a query that is called off, and nobody but this looks after that.
type liteRows struct {
	ctx  context.Context //nolint:containedctx // rows live no longer than their query
	conn *liteConn       // nil: nobody asks what became of the transaction
	rows driver.Rows
	row  []driver.Value
	n    int
	err  error
}

// rowsUnasked is how many rows are given before the context is asked again.
const rowsUnasked = 256

func (r *liteRows) Next() bool {
	if r.n++; r.n%rowsUnasked == 0 && r.err == nil {
		r.err = r.ctx.Err()
	}
	if r.err == nil {
		if r.err = r.rows.Next(r.row); r.err != nil && r.conn != nil {
			_ = r.conn.seen(r.err)
		}
	}
	return r.err == nil
}

func (r *liteRows) Err() error {
	if r.err == io.EOF { //nolint:errorlint // as drivers promise it
		return nil
	}
	return r.err
}

func (r *liteRows) done() error { return r.rows.Close() }

func (r *liteRows) Scan(into ...any) error {
	if len(into) != len(r.row) {
		return fmt.Errorf("db: %d columns for %d places", len(r.row), len(into))
	}
	for i, v := range r.row {
		if err := assign(into[i], v); err != nil {
			return fmt.Errorf("db: column %s: %w", r.rows.Columns()[i], err)
		}
	}
	return nil
}

// assign puts the value of a column, which SQLite gives as an int64, a float64, a
// string, []byte or nil, where into points to.
func assign(into any, v driver.Value) error {
	switch p := into.(type) {
	case *string:
		if s, ok := v.(string); ok {
			*p = s
			return nil
		}
	case *int64:
		if n, ok := v.(int64); ok {
			*p = n
			return nil
		}
	case *bool:
		if n, ok := v.(int64); ok {
			*p = n != 0
			return nil
		}
	case *[]byte:
		switch b := v.(type) {
		case []byte:
			*p = b
			return nil
		case string:
			*p = []byte(b)
			return nil
		case nil:
			*p = nil
			return nil
		}
	case sql.Scanner:
		return p.Scan(v)
	}
	return assignKind(reflect.ValueOf(into), v)
}

// assignKind is assign for the types that are made of the basic ones.
func assignKind(p reflect.Value, v driver.Value) error {
	if p.Kind() != reflect.Pointer || p.IsNil() {
		return fmt.Errorf("%s is no place", p.Type())
	}
	to := p.Elem()
	switch v := v.(type) {
	case string:
		if to.Kind() == reflect.String {
			to.SetString(v)
			return nil
		}
	case int64:
		switch {
		case to.CanInt() && !to.OverflowInt(v):
			to.SetInt(v)
			return nil
		case to.CanUint() && v >= 0 && !to.OverflowUint(uint64(v)):
			to.SetUint(uint64(v))
			return nil
		case to.CanFloat():
			to.SetFloat(float64(v))
			return nil
		case to.Kind() == reflect.Bool:
			to.SetBool(v != 0)
			return nil
		}
	case float64:
		if to.CanFloat() {
			to.SetFloat(v)
			return nil
		}
	}
	return fmt.Errorf("%T is no %s", v, to.Type())
}
