package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"text/tabwriter"

	"onedoor.app/app"
	"onedoor.app/infra/db"
)

// benchActs measures acts on cases, each number of callers on a database of its
// own, beside the ceiling of the same rows written bare in the same run.
func benchActs(ctx context.Context, p program, args []string) error {
	fs, over := p.flags("bench acts")
	callers := fs.String("callers", "1,64,256", "how many callers at once; several numbers make several runs")
	n := fs.Int("cases", 2000, "cases that each run takes through its acts")
	profiles := fs.String("profile", "", "folder for CPU profiles, one for each act")
	asJSON := fs.Bool("json", false, "print JSON, one object a run")
	if err := fs.Parse(args); err != nil {
		return err
	}
	dir, err := os.MkdirTemp(over["ONEDOOR_DATA"], "onedoor-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir) //nolint:errcheck // a temporary folder
	for _, text := range strings.Split(*callers, ",") {
		many, err := strconv.Atoi(strings.TrimSpace(text))
		if err != nil || many < 1 {
			return fmt.Errorf("--callers: %q is not a number above 0", text)
		}
		f, err := p.runActs(ctx, filepath.Join(dir, text), over["ONEDOOR_DB"], many, *n, *profiles)
		if err != nil {
			return err
		}
		if *asJSON {
			err = json.NewEncoder(p.stdout).Encode(f)
		} else {
			err = p.printActs(f)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (p program) runActs(ctx context.Context, dir, dbURL string, callers, n int, profiles string) (f app.ActFigures, err error) {
	err = p.wholeAndBare(ctx, dir, dbURL, callers, func(whole, bare *app.App) (err error) {
		f, err = whole.BenchActs(ctx, bare.DB, callers, n, profiles)
		return err
	})
	return f, err
}

// wholeAndBare opens the program on two empty databases: one for what is measured, one for the same rows written bare.
func (p program) wholeAndBare(ctx context.Context, dir, dbURL string, callers int, do func(whole, bare *app.App) error) error {
	var open [2]*app.App
	for i, name := range []string{"whole", "bare"} {
		a, closed, err := p.fresh(ctx, filepath.Join(dir, name), dbURL, fmt.Sprintf("bench_%d_%s", callers, name))
		if err != nil {
			return err
		}
		defer closed()
		open[i] = a
	}
	return do(open[0], open[1])
}

// fresh opens the program on an empty database: a file in dir, or a schema in a
// PostgreSQL database. What was measured there is thrown away by closed.
func (p program) fresh(ctx context.Context, dir, dbURL, schema string) (a *app.App, closed func(), err error) {
	at, drop := settings{"ONEDOOR_DATA": dir}, func() {}
	if db.IsPostgres(dbURL) {
		if drop, err = freshSchema(ctx, dbURL, schema); err != nil {
			return nil, nil, err
		}
		at["ONEDOOR_DB"] = inSchema(dbURL, schema)
	}
	if a, err = p.open(ctx, at); err != nil {
		drop()
		return nil, nil, err
	}
	return a, func() { _ = a.Close(); drop() }, nil
}

// freshSchema makes an empty schema in a PostgreSQL database; drop takes it away.
func freshSchema(ctx context.Context, dbURL, schema string) (drop func(), err error) {
	d, err := db.Open(ctx, dbURL)
	if err != nil {
		return nil, err
	}
	run := func(ctx context.Context, query string) error {
		return d.Write(ctx, func(tx *db.Tx) error { return tx.Exec(query) })
	}
	if err := run(ctx, "CREATE SCHEMA "+schema); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	return func() {
		_ = run(context.WithoutCancel(ctx), "DROP SCHEMA "+schema+" CASCADE")
		_ = d.Close()
	}, nil
}

func inSchema(dbURL, schema string) string {
	u, err := url.Parse(dbURL)
	if err != nil {
		return dbURL
	}
	q := u.Query()
	q.Set("search_path", schema)
	u.RawQuery = q.Encode()
	return u.String()
}

func (p program) printActs(f app.ActFigures) error {
	w := tabwriter.NewWriter(p.stdout, 0, 8, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(w, "%s, %d callers\ta second\tp50 ms\tp99 ms\tCPU ms\tbare a second\tCPU ms\tshare\t\n", f.Engine, f.Callers)
	for _, name := range []string{"accept", "opinion", "decide"} {
		a := f.Acts[name]
		fmt.Fprintf(w, "%s\t%.0f\t%.1f\t%.1f\t%.2f\t%.0f\t%.2f\t%.0f %%\t\n", name, a.PerSecond, a.P50, a.P99, a.CPU, a.Bare, a.BareCPU, 100*a.Share())
	}
	return w.Flush()
}
