package app

import (
	"context"
	"fmt"
	"slices"

	"onedoor.app/domain/cases"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/observe"
)

// LightFigures is what the light totals of all units cost.
type LightFigures struct {
	Engine string  `json:"engine"`
	Tasks  int     `json:"tasks"` // open
	Cases  int     `json:"cases"` // that the lights count
	Units  int     `json:"units"`
	Fill   float64 `json:"fill_s"`
	Latency
}

// BenchLights fills the empty database of a with so many open tasks and asks for
// the light totals of all units n times, as the boards do.
func (a *App) BenchLights(ctx context.Context, tasks, n int) (LightFigures, error) {
	out := LightFigures{Engine: a.engine()}
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
	const first = 4096 // cases with a due date of their own
	if err := b.live(ctx, min(lived, tasks), b.acts()[:1]); err != nil {
		return out, err
	}
	if err := b.copyTo(ctx, min(first, tasks)); err != nil {
		return out, err
	}
	var units []string
	err := a.DB.Read(ctx, func(tx *db.Tx) error {
		list, err := a.services.office.Units(tx)
		for _, u := range list {
			units = append(units, u.Code)
		}
		return err
	})
	if err != nil {
		return out, err
	}
	if err := b.filler.Multiply(ctx, tasks, units); err != nil {
		return out, err
	}
	out.Fill = filled().Seconds()
	supervisor := auth.Actor{Kind: auth.Staff, Roles: []string{"supervisor"}}
	times := make([]float64, n)
	for i := range times {
		one := observe.Stopwatch()
		var list []cases.UnitLights
		if err := a.DB.Read(ctx, func(tx *db.Tx) (err error) {
			list, err = a.services.cases.Lights(tx, supervisor)
			return err
		}); err != nil {
			return out, err
		}
		times[i] = float64(one().Microseconds()) / 1000
		out.Cases, out.Units = 0, len(list)
		for _, u := range list {
			out.Cases += u.Total
		}
	}
	slices.Sort(times)
	out.Latency = Latency{N: n, P50: times[n/2], P99: times[min(n-1, n*99/100)]}
	if err := a.DB.Read(ctx, func(tx *db.Tx) (err error) {
		out.Tasks, err = b.filler.Open(tx)
		return err
	}); err != nil {
		return out, err
	}
	if out.Tasks < tasks || out.Cases != out.Tasks {
		return out, fmt.Errorf("app: %d open tasks, the lights count %d", out.Tasks, out.Cases)
	}
	return out, nil
}
