package catalog

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"path"

	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

const (
	batch   = 250 // entries that are held against what is in force, or staged, at a time
	indexed = 50  // items that become findable in one unit of work: each has some hundred grams
)

// each judges all entries in batches and hands the verdicts on. skip leaves out codes.
func (s *Service) each(ctx context.Context, in *incoming, skip map[string]bool, take func(list []verdict, done int) error) error {
	for from := 0; from < in.size(); from += batch {
		to := min(from+batch, in.size())
		var list []verdict
		if err := s.DB.Read(ctx, func(tx *db.Tx) (err error) {
			list, err = s.judge(tx, in, from, to)
			return err
		}); err != nil {
			return err
		}
		for i, code := range in.codes(from, to) {
			v := &list[i]
			if skip[code] {
				v.staged = staged{}
			}
		}
		if err := take(list, to); err != nil {
			return err
		}
	}
	return nil
}

// Import takes in a file of items: a CSV or XLSX list, a workbook, or a zipped package.
// One row of the main sheet is one item, with at least its name, kind and department under
// headings of columns. A list without further sheets makes bare items: they have the form,
// materials, steps and limits of their kind, so that a case can be filed on them.
//
// Rows that are not right are refused with their place and the reason; the others are taken
// in, all of them at one moment: an import that breaks off before leaves nothing. Reading
// the same file twice changes nothing, and an item that is already complete is never
// replaced by a bare one. A file that is no such list is an Invalid fault. It needs the
// right catalog.keep.
func (s *Service) Import(ctx context.Context, who auth.Actor, name string, r io.Reader) (Report, error) {
	return s.ImportTelling(ctx, who, name, r, nil)
}

// ImportTelling is Import that tells how far it is.
func (s *Service) ImportTelling(ctx context.Context, who auth.Actor, name string, r io.Reader, tell Progress) (Report, error) {
	if err := mayKeep(who); err != nil {
		return Report{}, err
	}
	text, err := readAll(r)
	if err != nil {
		return Report{}, err
	}
	in, err := readFile(name, text)
	if err != nil {
		return Report{}, err
	}
	return s.importAll(ctx, who, Imported{Name: path.Base(name), File: digest(text)}, in, tell)
}

// ImportFolder is Import of a package that lies in a folder.
func (s *Service) ImportFolder(ctx context.Context, who auth.Actor, name string, fsys fs.FS, tell Progress) (Report, error) {
	if err := mayKeep(who); err != nil {
		return Report{}, err
	}
	in, err := readFolder(fsys)
	if err != nil {
		return Report{}, err
	}
	file, err := in.pack.digest(fsys)
	if err != nil {
		return Report{}, err
	}
	return s.importAll(ctx, who, Imported{Name: path.Base(name), File: file}, in, tell)
}

func (s *Service) importAll(ctx context.Context, who auth.Actor, i Imported, in *incoming, tell Progress) (Report, error) {
	if err := s.Settle(ctx); err != nil {
		return Report{}, err
	}
	i.State, i.Author, i.Consenter = StateStaging, doerOf(who), doerOf(who)
	if err := s.DB.Write(ctx, func(tx *db.Tx) error {
		i.ID = tx.NewID()
		return insertImport(tx, i)
	}); err != nil {
		return Report{}, err
	}
	if err := s.takeUp(ctx, &i); err != nil {
		return Report{}, err
	}
	report, err := s.stage(ctx, who, i, in, tell)
	if err != nil {
		return report, err
	}
	return report, s.index(ctx, who, i, tell)
}

// Apply goes on with an import that has consent, from wherever it was when it stopped. Done
// twice it changes nothing. Where something that the dry run rests on has changed, nothing
// comes in force and the dry run is done anew.
func (s *Service) Apply(ctx context.Context, id int64) error {
	i, text, err := s.received(ctx, id)
	if err != nil {
		return err
	}
	if i.State != StateStaging && i.State != StateIndexing {
		return nil
	}
	if err := s.takeUp(ctx, &i); err != nil {
		return err
	}
	who := i.Consenter.actor()
	if i.State == StateStaging {
		in, err := readFile(i.Name, text)
		if err != nil {
			return err
		}
		_, err = s.stage(ctx, who, i, in, s.progress(ctx, id))
		if errors.Is(err, errMoved) {
			return errors.Join(s.unstage(ctx, i), s.lookAgain(ctx, i, StateStaging))
		}
		if err != nil {
			return err
		}
		i.State = StateIndexing
	}
	if i.State != StateIndexing {
		return nil
	}
	return s.index(ctx, who, i, nil)
}

// stage makes all versions of an import ready and then, at one moment, those in force.
// What was staged before a stop is not staged again.
func (s *Service) stage(ctx context.Context, who auth.Actor, i Imported, in *incoming, tell Progress) (Report, error) {
	if err := s.keepFiles(ctx, in.files); err != nil {
		return Report{}, err
	}
	for range 5 { // each time somebody else changed something in between
		if err := s.planUnits(ctx, who, &i, in); err != nil {
			return Report{}, err
		}
		sum, err := s.stageOnce(ctx, i, in, tell)
		if err != nil {
			return Report{}, err
		}
		report := sum.report()
		problems, err := s.keepProblems(ctx, report)
		if err != nil {
			return report, err
		}
		switch err := s.enforceImport(ctx, who, i, in, sum, report, problems); {
		case errors.Is(err, errUnits):
			if err := s.unstage(ctx, i); err != nil {
				return report, err
			}
			i.units = nil
		case !errors.Is(err, errOvertaken):
			return report, err
		}
	}
	return Report{}, fault.New(fault.Conflict, "catalog.import.busy")
}

func (s *Service) stageOnce(ctx context.Context, i Imported, in *incoming, tell Progress) (*summary, error) {
	there, err := s.stagedCodes(ctx, i.ID)
	if err != nil {
		return nil, err
	}
	if err := s.learn(ctx, in); err != nil {
		return nil, err
	}
	sum, kept := newSummary(in), map[string]bool{}
	err = s.each(ctx, in, there, func(list []verdict, done int) error {
		for _, v := range list {
			sum.add(v)
		}
		if err := s.DB.Write(ctx, func(tx *db.Tx) error { return insertVerdicts(tx, i, list, kept, done, in.size()) }); err != nil {
			return err
		}
		say(tell, StateStaging, done, in.size())
		return nil
	})
	return sum, err
}

// insertVerdicts stages what is news. kept are the drawings that are there already.
func insertVerdicts(tx *db.Tx, i Imported, list []verdict, kept map[string]bool, done, total int) error {
	if err := i.hold(tx); err != nil {
		return err
	}
	for _, v := range list {
		if v.staged.Item == nil || v.news != newsAdded && v.news != newsChanged {
			continue
		}
		st := v.staged
		st.flows = map[string][]byte{}
		for hash, source := range v.staged.flows {
			if !kept[hash] {
				st.flows[hash] = source
			}
		}
		if err := insertStaged(tx, i.ID, st); err != nil {
			return err
		}
	}
	tx.After(func() {
		for _, v := range list {
			for hash := range v.staged.flows {
				kept[hash] = true
			}
		}
	})
	return saveProgress(tx, i.ID, done, total)
}

func (s *Service) stagedCodes(ctx context.Context, id int64) (map[string]bool, error) {
	there, after := map[string]bool{}, ""
	for {
		var codes []string
		err := s.DB.Read(ctx, func(tx *db.Tx) (err error) {
			codes, err = listStagedCodes(tx, id, after, 5000)
			return err
		})
		if err != nil || len(codes) == 0 {
			return there, err
		}
		for _, c := range codes {
			there[c] = true
		}
		after = codes[len(codes)-1]
	}
}
