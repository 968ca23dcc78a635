package rule

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Hit says which rows of a [Table] count when several fit.
type Hit string

// The hit policies, named as in DMN.
const (
	HitUnique  Hit = "unique"  // at most one row may fit; two are an error
	HitFirst   Hit = "first"   // the first that fits
	HitCollect Hit = "collect" // all that fit; each output is a list, in the order of the rows
)

// Table is a decision table as people write it. Every row has as many cells as there are inputs
// and outputs.
//
// A cell under an input is a test: nothing or "-" fits always, "> 300" compares, "[1..5]" and
// "(1..5)" are ranges with and without their ends, "A", "B" fits one of several, not(…) turns a
// test round, anything else is compared with ==. A cell under an output is an expression in CEL.
type Table struct {
	Hit     Hit
	Inputs  []string // expressions in CEL
	Outputs []string // names of what is decided
	Rows    []Row
}

// Row is one rule of a table.
type Row struct {
	When, Then []string
	Note       string // for people
}

// Bounds of a table.
const (
	maxRows    = 1000
	maxColumns = 50
)

// Decision is a compiled table; it is immutable.
type Decision struct {
	table Table
	rows  []compiledRow
}

type compiledRow struct {
	when *Rule // nil fits always
	then []*Rule
}

// ErrHits is wrapped by the error of a decision for which several rows fit where one may.
var ErrHits = errors.New("rule: several rows fit")

// Table returns the table as it was written. It must not be changed.
func (d *Decision) Table() Table { return d.table }

// Compile checks a table. The error joins one *[CellError] for each cell that is wrong.
func (t Table) Compile(env *Env) (*Decision, error) {
	if t.Hit == "" {
		t.Hit = HitUnique
	}
	if err := t.shape(); err != nil {
		return nil, err
	}
	d := &Decision{table: t}
	var wrong []error
	for i, row := range t.Rows {
		var c compiledRow
		if text := t.test(row); text != "" {
			var err error
			if c.when, err = CompileBool(env, text); err != nil {
				wrong = append(wrong, t.blame(env, i, row)...)
			}
		}
		for k, text := range row.Then {
			r, err := Compile(env, text)
			if err != nil {
				wrong = append(wrong, &CellError{Row: i + 1, Column: len(t.Inputs) + k + 1, Err: err})
			}
			c.then = append(c.then, r)
		}
		d.rows = append(d.rows, c)
	}
	if len(wrong) > 0 {
		return nil, errors.Join(wrong...)
	}
	return d, nil
}

// CellError says which cell is wrong, counting rows and columns from 1.
type CellError struct {
	Row, Column int
	Err         error
}

func (e *CellError) Error() string {
	return fmt.Sprintf("rule: row %d, column %d: %v", e.Row, e.Column, e.Err)
}

func (e *CellError) Unwrap() error { return e.Err }

func (t Table) shape() error {
	switch {
	case !slices.Contains([]Hit{HitUnique, HitFirst, HitCollect}, t.Hit):
		return &Error{Text: fmt.Sprintf("the hit policy %q is not one of unique, first and collect", t.Hit)}
	case len(t.Outputs) == 0:
		return &Error{Text: "the table decides nothing: it has no output"}
	case len(t.Rows) > maxRows || len(t.Inputs)+len(t.Outputs) > maxColumns:
		return &Error{Text: fmt.Sprintf("the table has more than %d rows or %d columns", maxRows, maxColumns)}
	}
	for _, name := range t.Outputs {
		if !namePattern.MatchString(name) {
			return &Error{Text: fmt.Sprintf("%q cannot be the name of an output", name)}
		}
	}
	for i, row := range t.Rows {
		if len(row.When) != len(t.Inputs) || len(row.Then) != len(t.Outputs) {
			return &Error{Text: fmt.Sprintf("row %d has %d and %d cells, the table has %d inputs and %d outputs", i+1, len(row.When), len(row.Then), len(t.Inputs), len(t.Outputs))}
		}
	}
	return nil
}

// test is what a row asks in all, or "" when it always fits.
func (t Table) test(row Row) string {
	var parts []string
	for i, cell := range row.When {
		if text := cellTest(t.Inputs[i], cell); text != "" {
			parts = append(parts, "("+text+")")
		}
	}
	return strings.Join(parts, " && ")
}

// blame finds the cells that make a row wrong.
func (t Table) blame(env *Env, i int, row Row) (wrong []error) {
	for k, cell := range row.When {
		if text := cellTest(t.Inputs[k], cell); text != "" {
			if _, err := CompileBool(env, text); err != nil {
				wrong = append(wrong, &CellError{Row: i + 1, Column: k + 1, Err: err})
			}
		}
	}
	if len(wrong) == 0 {
		wrong = append(wrong, &CellError{Row: i + 1, Column: 1, Err: &Error{Text: "the row as a whole is too large"}})
	}
	return wrong
}

// cellTest writes what one cell asks of its input, or "" when it always fits.
func cellTest(input, cell string) string {
	cell = strings.TrimSpace(cell)
	if cell == "" || cell == "-" {
		return ""
	}
	if inner, ok := strings.CutPrefix(cell, "not("); ok && strings.HasSuffix(inner, ")") {
		return "!(" + cellTest(input, strings.TrimSuffix(inner, ")")) + ")"
	}
	var parts []string
	for _, part := range topCommas(cell) {
		parts = append(parts, partTest("("+input+")", strings.TrimSpace(part)))
	}
	return strings.Join(parts, " || ")
}

func partTest(input, part string) string {
	for _, op := range []string{">=", "<=", "!=", "==", ">", "<", "="} {
		if rest, ok := strings.CutPrefix(part, op); ok {
			if op == "=" {
				op = "=="
			}
			return input + " " + op + " " + strings.TrimSpace(rest)
		}
	}
	if low, high, ok := strings.Cut(part, ".."); ok && len(low) > 1 && len(high) > 1 &&
		strings.ContainsAny(low[:1], "[(") && strings.ContainsAny(high[len(high)-1:], "])") {
		from, to := ">=", "<="
		if low[0] == '(' {
			from = ">"
		}
		if high[len(high)-1] == ')' {
			to = "<"
		}
		return input + " " + from + " " + low[1:] + " && " + input + " " + to + " " + high[:len(high)-1]
	}
	return input + " == " + part
}

// topCommas parts a cell at the commas that stand in no bracket and no string.
func topCommas(cell string) []string {
	var parts []string
	depth, from := 0, 0
	var quote byte
	for i := 0; i < len(cell); i++ {
		switch c := cell[i]; {
		case quote != 0:
			if c == '\\' {
				i++
			} else if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '(' || c == '[' || c == '{':
			depth++
		case c == ')' || c == ']' || c == '}':
			depth--
		case c == ',' && depth == 0:
			parts, from = append(parts, cell[from:i]), i+1
		}
	}
	return append(parts, cell[from:])
}

// Decide works the table out. Nothing fits gives nil: what is to be decided then stays unsaid. See
// [Rule.Eval] for the values.
func (d *Decision) Decide(vars map[string]any) (map[string]any, error) {
	var out map[string]any
	for i, row := range d.rows {
		if row.when != nil {
			yes, err := row.when.Bool(vars)
			if err != nil {
				return nil, fmt.Errorf("row %d: %w", i+1, err)
			}
			if !yes {
				continue
			}
		}
		if out != nil && d.table.Hit == HitUnique {
			return nil, fmt.Errorf("%w: row %d beside another", ErrHits, i+1)
		}
		if out == nil {
			out = map[string]any{}
		}
		for k, then := range row.then {
			v, err := then.Eval(vars)
			if err != nil {
				return nil, fmt.Errorf("row %d: %w", i+1, err)
			}
			name := d.table.Outputs[k]
			if d.table.Hit == HitCollect {
				list, _ := out[name].([]any)
				v = append(list, v)
			}
			out[name] = v
		}
		if d.table.Hit == HitFirst {
			break
		}
	}
	return out, nil
}
