package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"onedoor.app/app"
	"onedoor.app/infra/i18n"
)

// importItems brings in a list of items or a package and prints what became of each entry
// that was refused, and on the way how far it is.
func importItems(ctx context.Context, p program, args []string) error {
	dry := false
	return p.importFile(ctx, "import items", args, func(fs *flag.FlagSet) {
		fs.BoolVar(&dry, "dry-run", false, "only say what would be done")
	}, func(a *app.App, path string) (app.Report, error) {
		if dry {
			fmt.Fprintln(p.stdout, "only looked at, nothing is taken in; it would be:")
			return a.CheckItems(ctx, path, i18n.English, p.progress())
		}
		return a.ImportItems(ctx, path, i18n.English, p.progress())
	})
}

// progress prints now and then how far a long command is.
func (p program) progress() app.Progress {
	const each = 2000
	last := 0
	return func(state string, done, total int) {
		if done/each != last/each || done == total && total > each {
			fmt.Fprintf(p.stderr, "%s %d of %d\n", state, done, total)
		}
		last = done
	}
}

// errRefused makes the program end with 1, so that a script can tell.
var errRefused = errors.New("not everything was taken in")

// importRegions brings in administrative divisions from a CSV file and prints
// what became of its lines.
func importRegions(ctx context.Context, p program, args []string) error {
	return p.importFile(ctx, "import regions", args, func(*flag.FlagSet) {}, func(a *app.App, path string) (app.Report, error) {
		file, err := os.Open(path) //nolint:gosec // the operator names the file
		if err != nil {
			return app.Report{}, err
		}
		report, err := a.ImportRegions(ctx, file, i18n.English)
		return report, errors.Join(err, file.Close())
	})
}

// importFile is what imports have in common: one path, one report.
func (p program) importFile(ctx context.Context, name string, args []string, more func(*flag.FlagSet), do func(*app.App, string) (app.Report, error)) (err error) {
	fs, over := p.flags(name)
	more(fs)
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

// where is the place of a problem: a file and its line, or sheet, line and column.
func where(x app.Refused) string {
	var parts []string
	for _, s := range []string{x.File, x.Sheet} {
		if s != "" {
			parts = append(parts, s)
		}
	}
	if x.Line > 0 {
		parts = append(parts, fmt.Sprintf("line %d", x.Line))
	}
	if x.Column != "" {
		parts = append(parts, "column "+x.Column)
	}
	if x.Heading != "" {
		parts = append(parts, x.Heading)
	}
	return strings.Join(parts, " ")
}

// printReport names every refused entry with its reason, then the counts. It gives errRefused where there are any.
func printReport(w io.Writer, r app.Report) error {
	for _, x := range r.Refused {
		fmt.Fprintf(w, "refused  %s  %s: %s\n", where(x), x.Name, x.Why)
	}
	if _, err := fmt.Fprintf(w, "%d added, %d changed, %d unchanged, %d refused\n", r.Added, r.Changed, r.Unchanged, r.Left); err != nil {
		return err
	}
	if r.Left > 0 {
		return errRefused
	}
	return nil
}
