package main

import (
	"context"
	"encoding/json"
	"fmt"
	"text/tabwriter"

	"onedoor.app/app"
)

// benchLights measures the light totals of all units beside so many open tasks.
func benchLights(ctx context.Context, p program, args []string) error {
	fs, over := p.flags("bench lights")
	tasks := fs.Int("tasks", 1_000_000, "open tasks")
	n := fs.Int("times", 1000, "how often to ask")
	asJSON := fs.Bool("json", false, "print JSON")
	if err := fs.Parse(args); err != nil {
		return err
	}
	return p.onFresh(ctx, over, "bench_lights", func(a *app.App) error {
		f, err := a.BenchLights(ctx, *tasks, *n)
		if err != nil {
			return err
		}
		if *asJSON {
			return json.NewEncoder(p.stdout).Encode(f)
		}
		w := tabwriter.NewWriter(p.stdout, 0, 8, 2, ' ', 0)
		fmt.Fprintf(w, "engine\t%s\n", f.Engine)
		fmt.Fprintf(w, "filled in\t%.0f s\n", f.Fill)
		fmt.Fprintf(w, "lights of %d units\t%s open tasks\tp50 %.2f ms\tp99 %.2f ms\t(%d times)\n", f.Units, thousands(f.Tasks), f.P50, f.P99, f.N)
		return w.Flush()
	})
}
