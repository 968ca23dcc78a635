package catalog

import (
	"bytes"
	"context"
	"errors"
	"io"
	"path"
	"time"

	"onedoor.app/domain/catalog/exchange"
	"onedoor.app/engine/job"
	"onedoor.app/engine/once"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

// Keep is the right to read in lists and packages.
const Keep = "catalog.keep"

// MaxImport is how many bytes a file that is read in may have.
const MaxImport = exchange.MaxFile

// The states of an import.
const (
	StateReading    = "reading"    // to be checked
	StateUnreadable = "unreadable" // no list of items
	StateChecked    = "checked"    // waits for consent
	StateStaging    = "staging"    // made ready; nobody sees anything of it
	StateIndexing   = "indexing"   // in force; being made findable
	StateDone       = "done"
	StateDropped    = "dropped" // broke off before anything of it was in force
)

// Imported is a file that was brought, with what came of it.
type Imported struct {
	ID        int64
	Name      string // of the file
	Author    Doer   // who brought it
	Consenter Doer   // who let it be applied; the zero Doer: nobody yet
	Report    Report
	At        time.Time
	State     string
	File      string // SHA-256
	Problems  string // of the blob that lists all problems
	Done      int    // of Total entries, in this state
	Total     int
	Versions  string // digest over the versions that it brought in force: see VersionsDigest

	units  []plannedUnit // nil: not planned yet
	worker int64         // who goes on with it: see takeUp
}

// Moving reports whether the import goes on by itself.
func (i Imported) Moving() bool {
	return i.State == StateReading || i.State == StateStaging || i.State == StateIndexing
}

// Progress is told of how far an import is.
type Progress func(state string, done, total int)

// The jobs.
const (
	jobCheck = "catalog.import.check"
	jobApply = "catalog.import.apply"
)

type importJob struct {
	ID int64 `json:"id"`
}

// importJobs are what an import does later.
func (s *Service) importJobs() []job.Kind {
	of := func(name string, do func(ctx context.Context, id int64) error) job.Kind {
		return job.Kind{Name: name, Limit: 4 * time.Minute, Do: func(ctx context.Context, body []byte) error {
			j, err := job.Decode[importJob](body)
			if err != nil {
				return err
			}
			return do(ctx, j.ID)
		}}
	}
	return []job.Kind{of(jobCheck, s.CheckReceived), of(jobApply, s.Apply)}
}

// A table of up to smallImport bytes is checked at once, while the person waits. tryFirst is how
// long its job leaves it to the request, which may end with the browser. Packages unpack to more
// than anybody should wait for.
const (
	smallImport = 128 << 10
	tryFirst    = 10 * time.Second
)

// Receive keeps a file and has it checked: the first step of an import, which changes
// nothing in the catalogue. It needs the right catalog.keep and returns the id under which
// the import goes on. A small file that is no list of items is an Invalid fault at once.
func (s *Service) Receive(ctx context.Context, who auth.Actor, key, name string, r io.Reader) (id int64, err error) {
	if err := mayKeep(who); err != nil {
		return 0, err
	}
	text, err := readAll(r)
	if err != nil {
		return 0, err
	}
	format, err := exchange.FormatOf(name, text)
	if err != nil {
		return 0, err
	}
	small := format != exchange.Package && len(text) <= smallImport
	if small {
		if _, err := readFile(name, text); err != nil {
			return 0, err
		}
	}
	file, err := s.keepBlob(ctx, text)
	if err != nil {
		return 0, err
	}
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		return once.Do(tx, who, "catalog.import", key, []string{name, file}, &id, func() error {
			id = tx.NewID()
			if err := insertImport(tx, Imported{ID: id, Name: path.Base(name), Author: doerOf(who), State: StateReading, File: file}); err != nil {
				return err
			}
			due := tx.Now()
			if small {
				due = due.Add(tryFirst)
			}
			return job.Add(tx, jobCheck, due, importJob{id})
		})
	})
	if err == nil && small {
		_ = s.CheckReceived(ctx, id) // what keeps it from being done keeps its job, which tries again
	}
	return id, err
}

func readAll(r io.Reader) ([]byte, error) {
	text, err := io.ReadAll(io.LimitReader(r, MaxImport+1))
	if err == nil && len(text) > MaxImport {
		err = fault.New(fault.TooLarge, "catalog.import.too_large", "megabytes", MaxImport>>20)
	}
	return text, err
}

// CheckReceived does the dry run of a file that was received: what would be added, changed
// and refused, with every problem. Done twice it changes nothing.
func (s *Service) CheckReceived(ctx context.Context, id int64) error {
	i, text, err := s.received(ctx, id)
	if err != nil || i.State != StateReading {
		return err
	}
	to := StateChecked
	report, err := s.check(ctx, i.Name, text, s.progress(ctx, id))
	if f, told := errors.AsType[*fault.Error](err); told {
		to, report = StateUnreadable, unreadable(f)
	} else if err != nil {
		return err
	}
	problems, err := s.keepProblems(ctx, report)
	if err != nil {
		return err
	}
	if err := s.keepNews(ctx, &report); err != nil {
		return err
	}
	report.Again = i.Report.Again
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		if moved, err := changeImport(tx, id, StateReading, to, report.Total()); err != nil || !moved {
			return err
		}
		if err := saveCompared(tx, id, report.compared); err != nil {
			return err
		}
		return saveReport(tx, id, report, problems)
	})
}

// unreadable is the report of a file of which nothing could be read.
func unreadable(f *fault.Error) Report {
	r := Report{Fault: f.Code}
	for _, v := range f.Args {
		if n, ok := v.(int); ok {
			r.Bound = n
		}
	}
	return r
}

// Reason is why nothing of the file could be read, as a fault; nil where it could.
func (r Report) Reason() error {
	if r.Fault == "" {
		return nil
	}
	return fault.New(fault.Invalid, r.Fault, "megabytes", r.Bound, "rows", r.Bound)
}

// received finds an import with its file.
func (s *Service) received(ctx context.Context, id int64) (i Imported, text []byte, err error) {
	if err = s.DB.Read(ctx, func(tx *db.Tx) (err error) { i, err = findImport(tx, id); return err }); err != nil || !i.Moving() || i.State == StateIndexing {
		return i, nil, err
	}
	f, err := s.Blobs.Open(ctx, i.File)
	if err != nil {
		return i, nil, err
	}
	defer f.Close()
	text, err = readAll(f)
	return i, text, err
}

// ImportProblems tells all problems of an import one by one, as ImportNews does: a report may hold only the first of them.
func (s *Service) ImportProblems(ctx context.Context, i Imported, tell func(Refusal) error) error {
	return eachKept(ctx, s.Blobs, i.Problems, i.Report.Refused, tell)
}

// keepProblems keeps the problems of a report that cannot list all of them.
func (s *Service) keepProblems(ctx context.Context, r Report) (string, error) {
	if len(r.Refused) <= keptRefusals || s.Blobs == nil {
		return "", nil
	}
	body, err := allProblems(r.Refused)
	if err != nil {
		return "", err
	}
	key, _, err := s.Blobs.Put(ctx, body, 1<<30)
	return key, err
}

// progress keeps how far an import is.
func (s *Service) progress(ctx context.Context, id int64) Progress {
	return func(_ string, done, total int) {
		_ = s.DB.Write(ctx, func(tx *db.Tx) error { return saveProgress(tx, id, done, total) }) // only for the eye
	}
}

func (s *Service) keepBlob(ctx context.Context, text []byte) (string, error) {
	key, _, err := s.Blobs.Put(ctx, bytes.NewReader(text), MaxImport)
	return key, err
}
