package app

import (
	"context"
	"errors"
	"fmt"
	"io"

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

// Explain adds to a fault what it means in lang; any other error stays as it is.
func (a *App) Explain(lang string, err error) error {
	if _, ok := errors.AsType[*fault.Error](err); !ok {
		return err
	}
	return fmt.Errorf("%s (%w)", web.Words(i18n.With(context.Background(), a.words, lang), err), err)
}
