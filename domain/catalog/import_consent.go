package catalog

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"time"

	"onedoor.app/engine/job"
	"onedoor.app/engine/once"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

// Doer is who did something, as it is kept: an account, the person whose it is, and their name then.
type Doer struct {
	ID    int64     `json:"id,omitempty"`
	Kind  auth.Kind `json:"kind,omitempty"`
	Staff int64     `json:"staff,omitempty"`
	Name  string    `json:"name,omitempty"`
}

// operator is how evidence names whoever imports at the machine itself, where nobody signs in.
const operator = "operator at the command line"

func doerOf(who auth.Actor) Doer {
	d := Doer{ID: who.ID, Kind: who.Kind, Staff: who.Staff, Name: who.Name}
	if who.Kind == auth.System && d.Name == "" {
		d.Name = operator
	}
	return d
}

func (d Doer) actor() auth.Actor {
	return auth.Actor{ID: d.ID, Kind: d.Kind, Staff: d.Staff, Name: d.Name}
}

// is reports whether two are the same person, by whichever account.
func (d Doer) is(who auth.Actor) bool {
	return (d.Kind == who.Kind || d.Kind == "") && d.ID == who.ID || d.Staff != 0 && d.Staff == who.Staff
}

// Bar says why somebody may not let the import come in force, nil where they may: it takes the right catalog.review over
// all units, because a file may change items of any, and another person than the one who brought it. The operator of the
// machine needs nobody else.
func (i Imported) Bar(who auth.Actor) error {
	switch {
	case who.Kind == auth.System:
		return nil
	case !who.May(Review) || scopeOf(who) != "":
		return fault.New(fault.Forbidden, "catalog.import.right")
	case i.Author.is(who):
		return fault.New(fault.Forbidden, "catalog.import.own")
	}
	return nil
}

// Consent lets a checked import be applied, for whoever Bar does not keep from it. file is the SHA-256 of what the dry run
// was shown of: another one is a Stale fault, as is an import that brings no news. Where something that the file was compared
// with has changed since, it is the Stale fault catalog.import.moved, and the dry run is done anew. Asked twice under one key,
// it is applied once.
func (s *Service) Consent(ctx context.Context, who auth.Actor, id int64, file, key string) error {
	var i Imported
	err := s.DB.Write(ctx, func(tx *db.Tx) (err error) {
		i, err = findImport(tx, id)
		if err != nil {
			return err
		}
		if err := i.Bar(who); err != nil {
			return err
		}
		var done bool
		return once.Do(tx, who, "catalog.import.consent", key, []any{id, file}, &done, func() error {
			if i.State != StateChecked || i.File != file || i.Report.News() == 0 {
				return fault.New(fault.Stale, "catalog.import.stale")
			}
			if err := s.moved(tx, id); err != nil {
				return err
			}
			moved, err := changeImport(tx, id, StateChecked, StateStaging, i.Total)
			if err != nil {
				return err
			}
			if !moved {
				return fault.New(fault.Stale, "catalog.import.stale")
			}
			by := doerOf(who)
			if err := saveConsent(tx, id, by); err != nil {
				return err
			}
			if s.Log != nil {
				if err := s.Log(tx, who, "catalog.import_consented", importChain(id), i.facts(i.Report, by)); err != nil {
					return err
				}
			}
			return job.Add(tx, jobApply, time.Time{}, importJob{id})
		})
	})
	if errors.Is(err, errMoved) {
		if err := s.lookAgain(ctx, i, StateChecked); err != nil {
			return err
		}
		return fault.New(fault.Stale, "catalog.import.moved")
	}
	return err
}

// ImportPath is the page of an import.
func ImportPath(id int64) string { return "/catalog/imports/" + strconv.FormatInt(id, 10) }

// Received is an import with what came of it so far; an unknown id is an Unknown fault.
func (s *Service) Received(tx *db.Tx, id int64) (Imported, error) { return findImport(tx, id) }

// Imports lists the newest imports, up to a limit.
func (s *Service) Imports(tx *db.Tx, limit int) ([]Imported, error) { return listImports(tx, limit) }

// mostAwaiting is how many imports that wait for consent are looked through.
const mostAwaiting = 100

// Awaiting lists the newest imports that wait for the consent of somebody.
func (s *Service) Awaiting(tx *db.Tx, who auth.Actor) ([]Imported, error) {
	list, err := listAwaiting(tx, mostAwaiting)
	return slices.DeleteFunc(list, func(i Imported) bool { return i.Report.News() == 0 || i.Bar(who) != nil }), err
}
