package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"onedoor.app/app"
	"onedoor.app/infra/i18n"
)

// exportItems writes the items in force, or an empty template, to a file or to the output.
func exportItems(ctx context.Context, p program, args []string) (err error) {
	fs, over := p.flags("export items")
	format := fs.String("format", "", "csv, xlsx or package; empty: as the name of the file ends, else csv")
	body := fs.String("body", "", "code of the body whose items are wanted; empty: all")
	out := fs.String("o", "-", "file to write; - is the output")
	empty := fs.Bool("template", false, "an empty workbook with headings, hints and lists to choose from")
	if err := fs.Parse(args); err != nil {
		return err
	}
	if fs.NArg() != 0 {
		return errors.New("export items wants no more than its flags: the file is named by -o")
	}
	if *format, err = formatOf(*format, *out, *empty); err != nil {
		return err
	}
	if *empty {
		return p.writeFile(*out, app.ItemsTemplate)
	}
	if err := p.exists(over); err != nil {
		return err
	}
	a, err := p.open(ctx, over)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	return a.Explain(i18n.English, p.writeFile(*out, func(w io.Writer) error {
		return a.ExportItems(ctx, *format, *body, w, p.progress())
	}))
}

// formatOf is the format that is asked for, that the name of the file says, or the usual one. The two do not contradict each
// other, and a template is a workbook.
func formatOf(asked, file string, template bool) (string, error) {
	named := map[string]string{".csv": "csv", ".xlsx": "xlsx", ".zip": "package"}[strings.ToLower(filepath.Ext(file))]
	if template {
		asked = cmp.Or(asked, "xlsx")
		if asked != "xlsx" {
			return "", errors.New("a template is a workbook: --format xlsx")
		}
	}
	if asked != "" && named != "" && asked != named {
		return "", fmt.Errorf("%s names a %s, and --format says %s", filepath.Base(file), named, asked)
	}
	return cmp.Or(asked, named, "csv"), nil
}

// writeFile writes a file whole or not at all, or the output.
func (p program) writeFile(name string, write func(io.Writer) error) (err error) {
	if name == "-" {
		return write(p.stdout)
	}
	f, err := os.CreateTemp(filepath.Dir(name), ".onedoor-*")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, ignoreMissing(os.Remove(f.Name()))) }()
	if err := errors.Join(write(f), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), name)
}

func ignoreMissing(err error) error {
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	return err
}

// errProblems makes the program end with 1.
var errProblems = errors.New("the package has problems")

// aPackage says what a package is, and what to do where there is none.
const aPackage = "a package is a folder with its items in items/, one YAML file each, or a zip of it; choose that folder"

func isFile(name string) bool {
	info, err := os.Stat(name)
	return err == nil && !info.IsDir()
}

// catalogCheck reads a package without a database and prints all that is wrong with it, with
// the place and the remedy, and the quality of each item.
func catalogCheck(_ context.Context, p program, args []string) error {
	fs := flag.NewFlagSet("onedoor catalog check", flag.ContinueOnError)
	fs.SetOutput(p.stderr)
	if err := fs.Parse(args); err != nil {
		return err
	}
	if fs.NArg() != 1 {
		return errors.New("catalog check wants one folder or zip")
	}
	name := fs.Arg(0)
	switch ext := strings.ToLower(filepath.Ext(name)); {
	case ext == ".csv" || ext == ".xlsx":
		return fmt.Errorf("%s is a list, no package: onedoor import items --dry-run %s checks it", filepath.Base(name), name)
	case ext != ".zip" && isFile(name):
		return fmt.Errorf("%s is no package: %s", filepath.Base(name), aPackage)
	}
	got, err := app.CheckPackage(name, i18n.English)
	if err != nil {
		return err
	}
	if got.Items == 0 && len(got.Problems) == 0 {
		return fmt.Errorf("there is no item in %s: %s", name, aPackage)
	}
	for _, x := range got.Problems {
		fmt.Fprintf(p.stdout, "problem  %s: %s\n", where(x), x.Why)
	}
	for _, s := range got.Scores {
		fmt.Fprintf(p.stdout, "quality %3d  %s  %s\n", s.Score, s.Code, s.Name)
		for _, f := range s.Flaws {
			fmt.Fprintf(p.stdout, "             %s\n", f)
		}
	}
	fmt.Fprintf(p.stdout, "%d items are right, %d problems\n", got.Items, len(got.Problems))
	if len(got.Problems) > 0 {
		return errProblems
	}
	return nil
}
