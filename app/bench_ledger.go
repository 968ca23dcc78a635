package app

import (
	"context"
	"fmt"

	"onedoor.app/domain/cases"
	"onedoor.app/domain/cases/casesbench"
	"onedoor.app/infra/db"
	"onedoor.app/infra/observe"
)

// VerifyFigures is what checking a ledger cost.
type VerifyFigures struct {
	Engine    string  `json:"engine"`
	Entries   int     `json:"entries"`
	Cases     int     `json:"cases"`
	Fill      float64 `json:"fill_s"` // filling the database
	Seconds   float64 `json:"verify_s"`
	PerSecond float64 `json:"entries_per_second"`
	CPU       float64 `json:"cpu_s"`
	Parts     []Part  `json:"parts"`
}

// Part is what one capability's check took.
type Part struct {
	Name    string  `json:"name"`
	Seconds float64 `json:"seconds"`
}

// lived is how many cases of a benchmark live their own lives; the others are
// copies of them.
const lived = 200

// BenchVerify fills the ledger of the empty database of a with at least so many
// entries of cases that came to their decision, and checks everything as "verify"
// does. The first cases go through the use cases, the others are copies of them
// with ledgers of their own: the check cannot tell the difference.
func (a *App) BenchVerify(ctx context.Context, entries int) (VerifyFigures, error) {
	out := VerifyFigures{Engine: a.engine()}
	filled := observe.Stopwatch()
	b := a.actBench(benchItem, 64, "")
	if err := b.fillable(ctx); err != nil {
		return out, err
	}
	if err := a.loadCity(ctx); err != nil {
		return out, err
	}
	if err := b.cast(ctx); err != nil {
		return out, err
	}
	if err := b.live(ctx, lived, b.acts()); err != nil {
		return out, err
	}
	if err := b.copyActs(ctx, entries); err != nil {
		return out, err
	}
	if err := a.tree.CatchUp(ctx, a.DB); err != nil {
		return out, err
	}
	out.Fill = filled().Seconds()
	cpu, whole, part := observe.CPU(), observe.Stopwatch(), observe.Stopwatch()
	err := a.Verify(ctx, func(v Verified) {
		if !v.Done {
			return
		}
		out.Parts = append(out.Parts, Part{v.Name, part().Seconds()})
		part = observe.Stopwatch()
		for _, c := range v.Counts {
			switch {
			case v.Name == "ledger" && c.What == "entries":
				out.Entries = c.N
			case v.Name == "cases" && c.What == "cases":
				out.Cases = c.N
			}
		}
	})
	out.Seconds, out.CPU = whole().Seconds(), (observe.CPU() - cpu).Seconds()
	out.PerSecond = float64(out.Entries) / out.Seconds
	return out, err
}

// fillable has what fills the database with copies look that it is empty.
func (b *actBench) fillable(ctx context.Context) (err error) {
	b.filler, err = casesbench.Begin(ctx, b.a.services.cases)
	return err
}

// live takes n cases through acts.
func (b *actBench) live(ctx context.Context, n int, acts []benchAct) error {
	if err := b.receive(ctx, n); err != nil {
		return err
	}
	for _, act := range acts {
		steps, err := b.steps(ctx)
		if err != nil {
			return err
		}
		if err := b.each(ctx, act.name, steps, act.do); err != nil {
			return fmt.Errorf("app: %s: %w", act.name, err)
		}
	}
	return nil
}

// copyTo copies the cases until there are n of them.
func (b *actBench) copyTo(ctx context.Context, n int) error {
	lives, err := b.lives(ctx)
	if err != nil {
		return err
	}
	return inParallel(b.callers, n-len(lives), func(i int) error { return b.filler.Copy(ctx, lives[i%len(lives)]) })
}

func (b *actBench) lives(ctx context.Context) ([]*cases.Life, error) {
	lives := make([]*cases.Life, len(b.ids))
	return lives, b.a.DB.Read(ctx, func(tx *db.Tx) (err error) {
		for i, id := range b.ids {
			if lives[i], err = b.filler.Life(tx, id); err != nil {
				return err
			}
		}
		return nil
	})
}

// copyActs copies the cases until there are so many entries of their acts.
func (b *actBench) copyActs(ctx context.Context, entries int) error {
	lives, err := b.lives(ctx)
	if err != nil {
		return err
	}
	n := 0
	for ; entries > 0; n++ {
		entries -= lives[n%len(lives)].Acts()
	}
	return b.copyTo(ctx, n)
}
