package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"onedoor.app/app"
	"onedoor.app/infra/i18n"
)

// importItems brings in a list of items or a package folder and prints what
// became of each entry that was refused.
func importItems(ctx context.Context, p program, args []string) error {
	return p.importFile(ctx, "import items", args, func(a *app.App, path string) (app.Report, error) {
		return a.ImportItems(ctx, path, i18n.English)
	})
}

// importRegions brings in administrative divisions from a CSV file and prints
// what became of its lines.
func importRegions(ctx context.Context, p program, args []string) error {
	return p.importFile(ctx, "import regions", args, func(a *app.App, path string) (app.Report, error) {
		file, err := os.Open(path) //nolint:gosec // the operator names the file
		if err != nil {
			return app.Report{}, err
		}
		report, err := a.ImportRegions(ctx, file, i18n.English)
		return report, errors.Join(err, file.Close())
	})
}

// importFile is what imports have in common: one path, one report.
func (p program) importFile(ctx context.Context, name string, args []string, do func(*app.App, string) (app.Report, error)) (err error) {
	fs, over := p.flags(name)
	if err := fs.Parse(args); err != nil {
		return err
	}
	if fs.NArg() != 1 {
		return fmt.Errorf("%s wants one file or folder", name)
	}
	a, err := p.open(ctx, over)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	report, err := do(a, fs.Arg(0))
	if err != nil {
		return a.Explain(i18n.English, err)
	}
	return printReport(p.stdout, report)
}

// printReport names every refused entry with its reason, then the counts.
func printReport(w io.Writer, r app.Report) error {
	for _, x := range r.Refused {
		where := x.File
		if x.Line > 0 {
			where = fmt.Sprintf("line %d", x.Line)
		}
		fmt.Fprintf(w, "refused  %s  %s: %s\n", where, x.Name, x.Why)
	}
	_, err := fmt.Fprintf(w, "%d added, %d changed, %d unchanged, %d refused\n", r.Added, r.Changed, r.Unchanged, len(r.Refused))
	return err
}
