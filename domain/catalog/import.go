package catalog

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
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
	ID       int64
	Name     string // of the file
	Staff    int64
	Report   Report
	At       time.Time
	State    string
	File     string // SHA-256
	Problems string // of the blob that lists all problems
	Done     int    // of Total entries, in this state
	Total    int
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

// smallImport is how many bytes are checked at once, while the person waits.
const smallImport = 128 << 10

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
	if _, err := exchange.FormatOf(name, text); err != nil {
		return 0, err
	}
	small := len(text) <= smallImport
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
			if err := insertImport(tx, Imported{ID: id, Name: path.Base(name), Staff: who.ID, State: StateReading, File: file}); err != nil || small {
				return err
			}
			return job.Add(tx, jobCheck, time.Time{}, importJob{id})
		})
	})
	if err == nil && small {
		err = s.CheckReceived(ctx, id)
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
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		if moved, err := changeImport(tx, id, StateReading, to, report.Total()); err != nil || !moved {
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

// CheckFile is a dry run without any trace: what Import would do with a file.
func (s *Service) CheckFile(ctx context.Context, who auth.Actor, name string, r io.Reader, tell Progress) (Report, error) {
	if err := mayKeep(who); err != nil {
		return Report{}, err
	}
	text, err := readAll(r)
	if err != nil {
		return Report{}, err
	}
	return s.check(ctx, name, text, tell)
}

func (s *Service) check(ctx context.Context, name string, text []byte, tell Progress) (Report, error) {
	in, err := readFile(name, text)
	if err != nil {
		return Report{}, err
	}
	return s.dryRun(ctx, in, tell)
}

// CheckFolder is CheckFile for a package that lies in a folder.
func (s *Service) CheckFolder(ctx context.Context, fsys fs.FS, tell Progress) (Report, error) {
	in, err := readFolder(fsys)
	if err != nil {
		return Report{}, err
	}
	return s.dryRun(ctx, in, tell)
}

func (s *Service) dryRun(ctx context.Context, in *incoming, tell Progress) (Report, error) {
	if err := s.learn(ctx, in); err != nil {
		return Report{}, err
	}
	sum := newSummary(in)
	err := s.each(ctx, in, nil, func(list []verdict, done int) error {
		for _, v := range list {
			sum.add(v)
		}
		say(tell, StateReading, done, in.size())
		return nil
	})
	return sum.report(), err
}

func say(tell Progress, state string, done, total int) {
	if tell != nil {
		tell(state, done, total)
	}
}

// Consent lets a checked import be applied. file is the SHA-256 of what the dry run was
// shown of: another one is a Stale fault. It needs the right catalog.keep; asked twice under
// one key, it is applied once.
func (s *Service) Consent(ctx context.Context, who auth.Actor, id int64, file, key string) error {
	if err := mayKeep(who); err != nil {
		return err
	}
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		var done bool
		return once.Do(tx, who, "catalog.import.consent", key, []any{id, file}, &done, func() error {
			i, err := findImport(tx, id)
			if err != nil {
				return err
			}
			if i.State != StateChecked || i.File != file {
				return fault.New(fault.Stale, "catalog.import.stale")
			}
			if _, err := changeImport(tx, id, StateChecked, StateStaging, i.Total); err != nil {
				return err
			}
			return job.Add(tx, jobApply, time.Time{}, importJob{id})
		})
	})
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

// Received is an import with what came of it so far; an unknown id is an Unknown fault.
func (s *Service) Received(tx *db.Tx, id int64) (Imported, error) { return findImport(tx, id) }

// Imports lists the newest imports, up to a limit.
func (s *Service) Imports(tx *db.Tx, limit int) ([]Imported, error) { return listImports(tx, limit) }

// ImportProblems lists all problems of an import: a report may hold only the first of them.
func (s *Service) ImportProblems(ctx context.Context, i Imported) (list []Refusal, err error) {
	if i.Problems == "" {
		return i.Report.Refused, nil
	}
	f, err := s.Blobs.Open(ctx, i.Problems)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return list, json.NewDecoder(f).Decode(&list)
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
