package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"text/tabwriter"
	"time"

	"onedoor.app/app"
)

// bench measures on this machine: whole lives of cases through HTTP, or the
// pages that people open most.
func bench(ctx context.Context, p program, args []string) (err error) {
	fs, over := p.flags("bench")
	clients := fs.Int("clients", 64, "how many clients at once")
	long := fs.Duration("for", 20*time.Second, "how long")
	pages := fs.Int("pages", 0, "ask for each page so many times instead")
	asJSON := fs.Bool("json", false, "print JSON")
	if err := fs.Parse(args); err != nil {
		return err
	}
	if over["ONEDOOR_DATA"] == "" {
		dir, err := os.MkdirTemp("", "onedoor-bench-")
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
		over["ONEDOOR_DATA"] = dir
	}
	cfg, err := p.config(over)
	if err != nil {
		return err
	}
	a, err := app.New(ctx, cfg)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	if empty, err := a.Empty(ctx); err != nil || !empty {
		return errors.Join(err, errors.New("a benchmark needs an empty database"))
	}
	var f app.Figures
	if *pages > 0 {
		if err := a.LoadSample(ctx); err != nil {
			return err
		}
		f, err = a.BenchPages(ctx, *pages)
	} else {
		f, err = a.BenchLifecycle(ctx, *clients, *long)
	}
	if err != nil {
		return err
	}
	if *asJSON {
		return json.NewEncoder(p.stdout).Encode(f)
	}
	return p.printFigures(f)
}

func (p program) printFigures(f app.Figures) error {
	w := tabwriter.NewWriter(p.stdout, 0, 8, 2, ' ', 0)
	fmt.Fprintf(w, "engine\t%s\n", f.Engine)
	for _, name := range slices.Sorted(maps.Keys(f.Pages)) {
		l := f.Pages[name]
		fmt.Fprintf(w, "%s\tp50 %.1f ms\tp99 %.1f ms\t(%d times)\n", name, l.P50, l.P99, l.N)
	}
	if f.Cases > 0 {
		fmt.Fprintf(w, "clients\t%d\n", f.Clients)
		fmt.Fprintf(w, "cases, draft to delivery\t%d in %.1f s: %.1f a second\n", f.Cases, f.Seconds, f.PerSecond)
		fmt.Fprintf(w, "requests\t%d: %.0f a second\n", f.Requests, float64(f.Requests)/f.Seconds)
	}
	return w.Flush()
}
