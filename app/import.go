package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"onedoor.app/domain/catalog"
	"onedoor.app/domain/catalog/exchange"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
	"onedoor.app/infra/i18n"
	"onedoor.app/infra/web"
)

// Report says what an import did with each entry.
type Report struct {
	Added, Changed, Unchanged int
	Left                      int // entries that were left out; one may have several problems
	Refused                   []Refused
	Named                     []Named  // what would be added and changed, of a dry run: first what would go back to an older version
	Units                     []string // departments that would be added
}

// Named is something that would be added or changed.
type Named struct {
	Kind  string // "item", or what else a file brings
	Code  string
	Name  string
	New   bool
	Words string // how it is changed
	Older int    // the version whose content it would go back to, 0: none
}

// Refused is an entry that was left out.
type Refused struct {
	File    string // of a package; else ""
	Sheet   string // of a workbook
	Line    int    // of a list or file, its head is 1; 0 where none is known
	Column  string // letters of the column
	Heading string // of the column
	Name    string
	Why     string // in words, with the remedy
	Kind    string // of the problem: those of one kind differ in their place and in what stands there
}

// ImportRegions takes administrative divisions from a CSV file. Taking it twice
// changes nothing; words are in lang.
func (a *App) ImportRegions(ctx context.Context, file io.Reader, lang string) (Report, error) {
	ctx = i18n.With(ctx, a.words, lang)
	got, err := a.services.office.ImportRegions(ctx, file)
	report := Report{Added: got.Added, Changed: got.Changed, Unchanged: got.Same}
	for _, r := range got.Refused {
		report.Refused = append(report.Refused, Refused{Line: r.Line, Name: r.Code, Why: i18n.T(ctx, r.Why)})
	}
	report.Left = len(report.Refused)
	return report, err
}

// system is who acts when the operator of the machine imports.
var system = auth.Actor{Kind: auth.System}

// Progress is told of how far a long command is: what it is at, and how many of how many.
type Progress = catalog.Progress

// ImportItems takes items from a CSV or XLSX list, a workbook, or a package: a zip or a
// folder, with office.yaml and party.yaml left aside. Taking it twice changes nothing;
// words are in lang.
func (a *App) ImportItems(ctx context.Context, path, lang string, tell Progress) (Report, error) {
	return a.items(ctx, path, lang, func(ctx context.Context, name string, file io.Reader) (catalog.Report, error) {
		return a.services.catalog.ImportTelling(ctx, system, name, file, tell)
	}, func(ctx context.Context, name string, folder fs.FS) (catalog.Report, error) {
		return a.services.catalog.ImportFolder(ctx, system, name, folder, tell)
	})
}

// CheckItems is a dry run of ImportItems.
func (a *App) CheckItems(ctx context.Context, path, lang string, tell Progress) (Report, error) {
	return a.items(ctx, path, lang, func(ctx context.Context, name string, file io.Reader) (catalog.Report, error) {
		return a.services.catalog.CheckFile(ctx, system, name, file, tell)
	}, func(ctx context.Context, _ string, folder fs.FS) (catalog.Report, error) {
		return a.services.catalog.CheckFolder(ctx, folder, tell)
	})
}

func (a *App) items(ctx context.Context, path, lang string,
	file func(context.Context, string, io.Reader) (catalog.Report, error),
	folder func(context.Context, string, fs.FS) (catalog.Report, error),
) (report Report, err error) {
	ctx = i18n.With(ctx, a.words, lang)
	info, err := os.Stat(path)
	if err != nil {
		return Report{}, err
	}
	var got catalog.Report
	if info.IsDir() {
		got, err = folder(ctx, filepath.Base(path), os.DirFS(path))
	} else {
		f, opening := os.Open(path) //nolint:gosec // the operator names the file
		if opening != nil {
			return Report{}, opening
		}
		got, err = file(ctx, filepath.Base(path), f)
		err = errors.Join(err, f.Close())
	}
	report = Report{Added: got.Added, Changed: got.Changed, Unchanged: got.Unchanged, Left: got.LeftOut()}
	for _, r := range got.Refused {
		report.Refused = append(report.Refused, problem(ctx, r))
	}
	for _, n := range got.Named {
		report.Named = append(report.Named, Named{Kind: n.Kind, Code: n.Code, Name: n.Name, New: n.New, Words: n.Words[lang], Older: n.Older})
	}
	report.Units = got.UnitNames
	return report, err
}

func problem(ctx context.Context, r catalog.Refusal) Refused {
	return Refused{File: r.File, Sheet: r.Sheet, Line: r.Line, Column: r.Column, Heading: r.Heading, Name: r.Name, Why: r.Words(ctx), Kind: r.Code}
}

// WriteProblems writes problems as a CSV file that a spreadsheet opens as it is.
func WriteProblems(w io.Writer, list []Refused) error {
	t, err := exchange.NewTable(w)
	if err != nil {
		return err
	}
	rows := [][]string{{"file", "sheet", "line", "column", "heading", "item", "problem"}}
	for _, x := range list {
		line := ""
		if x.Line > 0 {
			line = strconv.Itoa(x.Line)
		}
		rows = append(rows, []string{x.File, x.Sheet, line, x.Column, x.Heading, x.Name, x.Why})
	}
	for _, row := range rows {
		if err := t.Write(row); err != nil {
			return err
		}
	}
	return t.Close()
}

// bodiesNamed is how many bodies an error names.
const bodiesNamed = 20

// ExportItems writes the items in force: those of a body, or all. A body that has no items is an error that names those
// that have.
func (a *App) ExportItems(ctx context.Context, format, body string, w io.Writer, tell Progress) error {
	if body != "" {
		if err := a.hasItems(ctx, body); err != nil {
			return err
		}
	}
	return a.services.catalog.Export(ctx, system, exchange.Format(format), body, w, tell)
}

func (a *App) hasItems(ctx context.Context, body string) error {
	var bodies []catalog.Facet
	if err := a.DB.Read(ctx, func(tx *db.Tx) (err error) {
		bodies, err = a.services.catalog.Facets(tx, catalog.FacetBody)
		return err
	}); err != nil {
		return err
	}
	var names []string
	for _, b := range bodies {
		if b.Value == body {
			return nil
		}
		names = append(names, b.Value)
	}
	slices.Sort(names)
	known := "no body has any"
	if len(names) > 0 {
		known = "those that have are " + strings.Join(names[:min(len(names), bodiesNamed)], ", ")
	}
	if more := len(names) - bodiesNamed; more > 0 {
		known += fmt.Sprintf(" and %d more, as /catalog/export lists them", more)
	}
	return fmt.Errorf("app: no items in force are carried out by a body with the code %q; %s", body, known)
}

// ItemsTemplate writes an empty workbook of items.
func ItemsTemplate(w io.Writer) error { return catalog.WriteTemplate(w) }

// CheckedPackage is what a check of a package found.
type CheckedPackage struct {
	Items    int // that are right
	Problems []Refused
	Scores   []ScoredItem
}

// ScoredItem is an item with its quality and what takes points from it.
type ScoredItem struct {
	Code, Name string
	Score      int
	Flaws      []string // what is wrong and how to mend it
}

// CheckPackage reads a package, a folder or a zip, without a database and names all that is
// wrong with it; words are in lang.
func CheckPackage(path, lang string) (CheckedPackage, error) {
	words := &i18n.Bundle{}
	if err := errors.Join(words.Add(texts), words.Add(catalog.Texts)); err != nil {
		return CheckedPackage{}, err
	}
	ctx := i18n.With(context.Background(), words, lang)
	folder, err := openPackage(path)
	if err != nil {
		return CheckedPackage{}, explained(ctx, err)
	}
	got, err := catalog.CheckPackage(folder)
	if err != nil {
		return CheckedPackage{}, explained(ctx, err)
	}
	out := CheckedPackage{Items: got.Items}
	for _, r := range got.Problems {
		out.Problems = append(out.Problems, problem(ctx, r))
	}
	for _, s := range got.Scores {
		scored := ScoredItem{Code: s.Code, Name: s.Name, Score: s.Score}
		for _, f := range s.Flaws {
			what := i18n.T(ctx, "catalog.rule."+f.Rule)
			if f.Where != "" {
				what += " (" + f.Where + ")"
			}
			scored.Flaws = append(scored.Flaws, what+" "+i18n.T(ctx, "catalog.rule."+f.Rule+".mend"))
		}
		out.Scores = append(out.Scores, scored)
	}
	return out, nil
}

func openPackage(path string) (fs.FS, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		return os.DirFS(path), nil
	}
	if info.Size() > catalog.MaxImport {
		return nil, fault.New(fault.TooLarge, "catalog.import.too_large", "megabytes", catalog.MaxImport>>20)
	}
	text, err := os.ReadFile(path) //nolint:gosec // the operator names the file
	if err != nil {
		return nil, err
	}
	return exchange.OpenPackage(text)
}

func explained(ctx context.Context, err error) error {
	if _, ok := errors.AsType[*fault.Error](err); !ok {
		return err
	}
	return fmt.Errorf("%s (%w)", web.Words(ctx, err), err)
}

// Explain adds to a fault what it means in lang; any other error stays as it is.
func (a *App) Explain(lang string, err error) error {
	return explained(i18n.With(context.Background(), a.words, lang), err)
}
