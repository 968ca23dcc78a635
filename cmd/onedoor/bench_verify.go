package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"runtime/debug"
	"text/tabwriter"

	"onedoor.app/app"
)

// benchVerify measures what "verify" takes on a ledger of so many entries.
func benchVerify(ctx context.Context, p program, args []string) error {
	fs, over := p.flags("bench verify")
	n := fs.Int("entries", 1_000_000, "entries of the ledger")
	asJSON := fs.Bool("json", false, "print JSON")
	if err := fs.Parse(args); err != nil {
		return err
	}
	debug.SetGCPercent(verifyGC)
	return p.onFresh(ctx, over, "bench_verify", func(a *app.App) error {
		f, err := a.BenchVerify(ctx, *n)
		if err != nil {
			return err
		}
		if *asJSON {
			return json.NewEncoder(p.stdout).Encode(f)
		}
		return p.printVerify(f)
	})
}

// onFresh opens an empty database for a benchmark and takes it away after it: a
// temporary folder with a file, or a schema of its own in a PostgreSQL database.
func (p program) onFresh(ctx context.Context, over settings, schema string, do func(*app.App) error) error {
	dir, err := os.MkdirTemp(over["ONEDOOR_DATA"], "onedoor-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir) //nolint:errcheck // a temporary folder
	a, closed, err := p.fresh(ctx, dir, over["ONEDOOR_DB"], schema)
	if err != nil {
		return err
	}
	defer closed()
	return do(a)
}

func (p program) printVerify(f app.VerifyFigures) error {
	w := tabwriter.NewWriter(p.stdout, 0, 8, 2, ' ', 0)
	fmt.Fprintf(w, "engine\t%s\n", f.Engine)
	fmt.Fprintf(w, "filled in\t%.0f s\n", f.Fill)
	fmt.Fprintf(w, "verified\t%s entries of %s cases in %.1f s\t%.0f a second\tCPU %.1f s\n",
		thousands(f.Entries), thousands(f.Cases), f.Seconds, f.PerSecond, f.CPU)
	for _, part := range f.Parts {
		fmt.Fprintf(w, "  %s\t%.1f s\n", part.Name, part.Seconds)
	}
	return w.Flush()
}
