package main

import (
	"cmp"
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
	dry, problems := false, ""
	taken := func(a *app.App, path string) (app.Report, error) {
		if dry {
			fmt.Fprintln(p.stdout, "only looked at, nothing is taken in; it would be:")
			return a.CheckItems(ctx, path, i18n.English, p.progress())
		}
		return a.ImportItems(ctx, path, i18n.English, p.progress())
	}
	return p.importFile(ctx, "import items", args, func(fs *flag.FlagSet) {
		fs.BoolVar(&dry, "dry-run", false, "only say what would be done")
		fs.StringVar(&problems, "problems", "", "CSV `FILE` for every problem, each in a row of its own")
	}, func(a *app.App, path string) (report app.Report, err error) {
		report, err = taken(a, path)
		if err == nil && problems != "" {
			err = p.writeFile(problems, func(w io.Writer) error { return app.WriteProblems(w, report.Refused) })
		}
		return report, err
	})
}

// doing says what a long command is at.
var doing = map[string]string{"reading": "compared", "staging": "made ready", "indexing": "made findable", "writing": "written"}

// progress prints now and then how far a long command is: at every twentieth of the way, and no more often than each two
// thousand.
func (p program) progress() app.Progress {
	const least = 2000
	last := 0
	return func(state string, done, total int) {
		each := max(least, total/20)
		if done < last {
			last = 0
		}
		if done/each != last/each || done == total && total > least {
			fmt.Fprintf(p.stderr, "%s %s of %s\n", cmp.Or(doing[state], state), thousands(done), thousands(total))
		}
		last = done
	}
}

// errRefused makes the program end with 1, so that a script can tell.
var errRefused = errors.New("some of it is refused: see above")

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

// shownNamed is how many of the changed and how many of the new a dry run prints.
const shownNamed = 50

// printNamed names what would be changed, with what differs, and what would be added.
func printNamed(w io.Writer, r app.Report) {
	shown := map[bool]int{}
	for _, n := range r.Named {
		if shown[n.New]++; shown[n.New] > shownNamed {
			continue
		}
		what := map[bool]string{true: "added", false: "changed"}[n.New]
		if n.Kind != "item" {
			what += " " + n.Kind
		}
		line := fmt.Sprintf("%s  %s  %s", what, n.Code, n.Name)
		if n.Words != "" {
			line += ": " + n.Words
		}
		fmt.Fprintln(w, line)
		if n.Older > 0 {
			fmt.Fprintf(w, "  warning: this is the content of version %d: what was changed after it would be undone\n", n.Older)
		}
	}
	for _, isNew := range []bool{false, true} {
		if more := shown[isNew] - shownNamed; more > 0 {
			fmt.Fprintf(w, "and %d more %s\n", more, map[bool]string{true: "added", false: "changed"}[isNew])
		}
	}
	for _, name := range r.Units[:min(len(r.Units), shownNamed)] {
		fmt.Fprintf(w, "new department  %s\n", name)
	}
	if more := len(r.Units) - shownNamed; more > 0 {
		fmt.Fprintf(w, "and %d more new departments\n", more)
	}
}

// alike is from how many problems of one kind on only the first is printed.
const alike = 4

// printRefused names what was refused and why, many problems of one kind in one column by their first.
func printRefused(w io.Writer, list []app.Refused) {
	type kind struct{ kind, sheet, heading string }
	all := map[kind]int{}
	of := func(x app.Refused) kind { return kind{x.Kind, x.Sheet, x.Heading} }
	for _, x := range list {
		all[of(x)]++
	}
	for _, x := range list {
		switch n := all[of(x)]; {
		case n < 0: // told with the first
		case n >= alike:
			fmt.Fprintf(w, "refused  %s problems of one kind, the first: %s  %s: %s\n", thousands(n), where(x), x.Name, x.Why)
			all[of(x)] = -1
		default:
			fmt.Fprintf(w, "refused  %s  %s: %s\n", where(x), x.Name, x.Why)
		}
	}
}

// printReport names the refused entries with their reasons, then the counts. It gives errRefused where there are any.
func printReport(w io.Writer, r app.Report) error {
	printNamed(w, r)
	printRefused(w, r.Refused)
	if _, err := fmt.Fprintf(w, "%d added, %d changed, %d unchanged, %d refused\n", r.Added, r.Changed, r.Unchanged, r.Left); err != nil {
		return err
	}
	if r.Left > 0 {
		return errRefused
	}
	return nil
}
