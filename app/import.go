package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"onedoor.app/domain/catalog"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/fault"
	"onedoor.app/infra/i18n"
	"onedoor.app/infra/web"
)

// Report says what an import did with each entry.
type Report struct {
	Added, Changed, Unchanged int
	Refused                   []Refused
}

// Refused is an entry that was left out.
type Refused struct {
	File string // of a package; else ""
	Line int    // of a list, its head is 1; 0 in a package
	Name string
	Why  string // in words, with the remedy
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
	return report, err
}

// system is who acts when the operator of the machine imports.
var system = auth.Actor{Kind: auth.System}

// ImportItems takes items from a CSV or XLSX list, or from a package folder with
// office.yaml and party.yaml left aside. Taking it twice changes nothing; words
// are in lang.
func (a *App) ImportItems(ctx context.Context, path, lang string) (Report, error) {
	ctx = i18n.With(ctx, a.words, lang)
	info, err := os.Stat(path)
	if err != nil {
		return Report{}, err
	}
	var got catalog.Report
	if info.IsDir() {
		got, err = a.services.catalog.LoadPackage(ctx, os.DirFS(path))
	} else {
		got, err = a.importList(ctx, path)
	}
	report := Report{Added: got.Added, Changed: got.Changed, Unchanged: got.Unchanged}
	for _, r := range got.Refused {
		report.Refused = append(report.Refused, Refused{File: r.File, Line: r.Line, Name: r.Name, Why: web.Words(ctx, r.Reason())})
	}
	return report, err
}

func (a *App) importList(ctx context.Context, path string) (got catalog.Report, err error) {
	file, err := os.Open(path) //nolint:gosec // the operator names the file
	if err != nil {
		return got, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	return a.services.catalog.Import(ctx, system, filepath.Base(path), file)
}

// Explain adds to a fault what it means in lang; any other error stays as it is.
func (a *App) Explain(lang string, err error) error {
	if _, ok := errors.AsType[*fault.Error](err); !ok {
		return err
	}
	return fmt.Errorf("%s (%w)", web.Words(i18n.With(context.Background(), a.words, lang), err), err)
}
