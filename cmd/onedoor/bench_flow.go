package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"text/tabwriter"

	"onedoor.app/app"
)

// benchFlow measures the workflow: in memory, its judgement of drawings, and cases through it beside the same rows written
// bare.
func benchFlow(ctx context.Context, p program, args []string) error {
	fs, over := p.flags("bench flow")
	callers := fs.Int("callers", 256, "how many callers at once")
	n := fs.Int("cases", 2000, "cases that are taken through their approvals")
	asJSON := fs.Bool("json", false, "print JSON")
	if err := fs.Parse(args); err != nil {
		return err
	}
	if *callers < 1 || *n < 1 {
		return fmt.Errorf("--callers and --cases are numbers above 0")
	}
	dir, err := os.MkdirTemp(over["ONEDOOR_DATA"], "onedoor-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir) //nolint:errcheck // a temporary folder
	return p.wholeAndBare(ctx, dir, over["ONEDOOR_DB"], *callers, func(whole, bare *app.App) error {
		f, err := whole.BenchFlow(ctx, bare.DB, *callers, *n)
		if err != nil {
			return err
		}
		if *asJSON {
			return json.NewEncoder(p.stdout).Encode(f)
		}
		return p.printFlow(f)
	})
}

func (p program) printFlow(f app.FlowFigures) error {
	w := tabwriter.NewWriter(p.stdout, 0, 8, 2, ' ', tabwriter.AlignRight)
	fmt.Fprint(w, "in memory, one caller\ttransitions a second\ta second of processor\tbytes a live case\tstored\t\n")
	for _, s := range f.Steps {
		fmt.Fprintf(w, "%s\t%s\t%s\t%d\t%d\t\n", s.Drawing, thousands(int(s.PerSecond)), thousands(int(s.PerCPU)), s.Heap, s.Stored)
	}
	fmt.Fprint(w, "\t\t\t\t\t\njudged whole\tnodes\tstates\tms\t\t\n")
	for _, s := range f.Soundness {
		fmt.Fprintf(w, "%s\t%d\t%d\t%.1f\t\t\n", s.Drawing, s.Nodes, s.States, s.Took)
	}
	c := f.Case
	fmt.Fprintf(w, "\t\t\t\t\t\n%s, %d callers\ta second\tp99 ms\tbare a second\tshare\t\n", c.Engine, c.Callers)
	for _, name := range []string{"start", "review", "consult", "decide"} {
		a := c.Acts[name]
		fmt.Fprintf(w, "%s\t%.0f\t%.1f\t%.0f\t%.0f %%\t\n", name, a.PerSecond, a.P99, a.Bare, 100*a.Share())
	}
	fmt.Fprintf(w, "case of a start and three approvals\t%.0f\t\t%.0f\t%.0f %%\t\n", c.PerSecond, c.Bare, 100*c.Share())
	fmt.Fprintf(w, "transitions stored\t%.0f\t\t%.0f\t\t\n", c.Transitions(), 4*c.Bare)
	return w.Flush()
}
