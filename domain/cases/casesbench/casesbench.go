// Package casesbench fills the database of a benchmark with cases, many times faster than the acts that make them. It
// knows neither actor nor right and writes what nobody did, so it refuses a database that was not empty when it began;
// arch.txt lets nothing but the benchmarks of app import it.
package casesbench

import (
	"context"

	"onedoor.app/domain/cases"
	"onedoor.app/domain/cases/internal/blank"
	"onedoor.app/infra/db"
)

// Filler fills one database.
type Filler struct {
	cases *cases.Service
	blank blank.Database
}

// Begin looks at the database of s before anything is done in it, and refuses it if it holds a case, a draft or a ledger.
func Begin(ctx context.Context, s *cases.Service) (*Filler, error) {
	d, err := blank.New(ctx, s.DB, s.Empty)
	if err != nil {
		return nil, err
	}
	return &Filler{s, d}, nil
}

// Life reads a case for Copy.
func (f *Filler) Life(tx *db.Tx, id int64) (*cases.Life, error) { return f.cases.Life(tx, f.blank, id) }

// Copy writes a life again as that of another case: see cases.Service.Copy.
func (f *Filler) Copy(ctx context.Context, l *cases.Life) error { return f.cases.Copy(ctx, f.blank, l) }

// Multiply makes n open cases of those that are there: see cases.Service.Multiply.
func (f *Filler) Multiply(ctx context.Context, n int, units []string) error {
	return f.cases.Multiply(ctx, f.blank, n, units)
}

// Open counts the open tasks.
func (f *Filler) Open(tx *db.Tx) (int, error) { return f.cases.Open(tx, f.blank) }
