package catalog

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"time"

	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

const (
	batch   = 250 // entries that are held against what is in force, or staged, at a time
	indexed = 50  // items that become findable in one unit of work: each has some hundred grams
)

// summary adds verdicts up.
type summary struct {
	r     Report
	left  map[string]bool // names of rows that are left out
	units map[string]bool
}

func newSummary(in *incoming) *summary {
	refused := slices.Concat(in.refused, in.late)
	sum := &summary{r: Report{Refused: refused}, left: map[string]bool{}, units: map[string]bool{}}
	for _, x := range refused {
		sum.left[x.File+"\x00"+x.Sheet+"\x00"+position(x)] = true
	}
	return sum
}

// position tells the entries of problems apart: a file, or a line of a sheet.
func position(x Refusal) string {
	if x.File != "" {
		return ""
	}
	return strconv.Itoa(x.Line)
}

func (sum *summary) add(v verdict) {
	switch v.news {
	case newsAdded:
		sum.r.Added++
	case newsChanged:
		sum.r.Changed++
	case newsNone:
		sum.r.Unchanged++
	case newsRefused:
		sum.r.Left++
		sum.r.Refused = append(sum.r.Refused, v.refused...)
	}
	if v.unit != "" {
		sum.units[v.unit] = true
	}
}

// report is the sum, its problems in the order of the file.
func (sum *summary) report() Report {
	r := sum.r
	r.Left += len(sum.left)
	r.Units = len(sum.units)
	slices.SortStableFunc(r.Refused, func(a, b Refusal) int {
		if a.Sheet != b.Sheet {
			return sheetOrder(a.Sheet) - sheetOrder(b.Sheet)
		}
		return a.Line - b.Line
	})
	return r
}

func sheetOrder(name string) int {
	if name == certificateSheet || name == flowSheet || name == librarySheet {
		return len(partSheets) + 1
	}
	return partOf(name) + 1
}

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
			if v.staged.Item == nil {
				continue
			}
			if lost := s.lacks(ctx, in, formsOf(v.staged.Item)...); lost != nil {
				*v = verdict{news: newsRefused, refused: []Refusal{in.refusal(from+i, "catalog.import.no_form", lost.Name)}}
			}
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
	return s.importAll(ctx, who, Imported{Name: path.Base(name)}, in, tell)
}

func (s *Service) importAll(ctx context.Context, who auth.Actor, i Imported, in *incoming, tell Progress) (Report, error) {
	if err := s.Settle(ctx); err != nil {
		return Report{}, err
	}
	i.State, i.Staff = StateStaging, who.ID
	if err := s.DB.Write(ctx, func(tx *db.Tx) error {
		i.ID = tx.NewID()
		return insertImport(tx, i)
	}); err != nil {
		return Report{}, err
	}
	report, err := s.stage(ctx, who, i, in, tell)
	if err != nil {
		return report, err
	}
	return report, s.index(ctx, who, i, tell)
}

// Apply goes on with an import that has consent, from wherever it was when it stopped. Done
// twice it changes nothing.
func (s *Service) Apply(ctx context.Context, id int64) error {
	i, text, err := s.received(ctx, id)
	if err != nil {
		return err
	}
	who := auth.Actor{ID: i.Staff, Kind: auth.Staff}
	if i.State == StateStaging {
		in, err := readFile(i.Name, text)
		if err != nil {
			return err
		}
		if _, err := s.stage(ctx, who, i, in, s.progress(ctx, id)); err != nil {
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
	if err := errors.Join(s.makeUnits(ctx, in), s.keepFiles(ctx, in.files)); err != nil {
		return Report{}, err
	}
	for range 5 { // each time somebody else changed an item in between
		report, err := s.stageOnce(ctx, i, in, tell)
		if err != nil {
			return report, err
		}
		problems, err := s.keepProblems(ctx, report)
		if err != nil {
			return report, err
		}
		overtaken, err := s.enforceImport(ctx, who, i, in, report, problems)
		if err != nil || len(overtaken) == 0 {
			return report, err
		}
	}
	return Report{}, fault.New(fault.Conflict, "catalog.import.busy")
}

func (s *Service) stageOnce(ctx context.Context, i Imported, in *incoming, tell Progress) (Report, error) {
	there, err := s.stagedCodes(ctx, i.ID)
	if err != nil {
		return Report{}, err
	}
	if err := s.learn(ctx, in); err != nil {
		return Report{}, err
	}
	sum, kept := newSummary(in), map[string]bool{}
	err = s.each(ctx, in, there, func(list []verdict, done int) error {
		for _, v := range list {
			sum.add(v)
		}
		if err := s.DB.Write(ctx, func(tx *db.Tx) error { return insertVerdicts(tx, i.ID, list, kept, done, in.size()) }); err != nil {
			return err
		}
		say(tell, StateStaging, done, in.size())
		return nil
	})
	return sum.report(), err
}

// insertVerdicts stages what is news. kept are the drawings that are there already.
func insertVerdicts(tx *db.Tx, id int64, list []verdict, kept map[string]bool, done, total int) error {
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
		if err := insertStaged(tx, id, st); err != nil {
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
	return saveProgress(tx, id, done, total)
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

// makeUnits makes the departments of a list that are not there yet.
func (s *Service) makeUnits(ctx context.Context, in *incoming) error {
	if in.list == nil || s.Unit == nil {
		return nil
	}
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		in.units = map[string]string{}
		for _, e := range in.list.entries {
			name := in.list.cell(e.cells, headBody)
			if name == "" || in.units[name] != "" || e.state != "" && in.list.cell(e.cells, headBodyUnit) != "" {
				continue
			}
			uscc := in.list.usccOf(&itemRow{uscc: in.list.cell(e.cells, headBodyCode)})
			code, err := s.Unit(tx, name, uscc)
			if err != nil {
				return err
			}
			in.units[name] = code
		}
		return nil
	})
}

// enforceImport is the moment at which an import happens. Codes come back where somebody changed
// an item since it was staged: nothing has happened then, and they are to be staged again.
func (s *Service) enforceImport(ctx context.Context, who auth.Actor, i Imported, in *incoming, report Report, problems string) (overtaken []string, err error) {
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		moved, err := changeImport(tx, i.ID, StateStaging, StateIndexing, report.Added+report.Changed)
		if err != nil || !moved {
			return err
		}
		if overtaken, err = listOvertaken(tx, i.ID); err != nil {
			return err
		}
		if len(overtaken) > 0 {
			return errOvertaken
		}
		if err := s.bring(tx, who, in.brought); err != nil {
			return err
		}
		if err := enforce(tx, i.ID, in.origin, who.ID); err != nil {
			return err
		}
		if err := s.overtakeStaged(tx, i.ID); err != nil {
			return err
		}
		if err := saveReport(tx, i.ID, report, problems); err != nil || s.Log == nil {
			return err
		}
		return s.Log(tx, who, "catalog.imported", importChain(i.ID), importFacts{
			Name: i.Name, File: i.File, Added: report.Added, Changed: report.Changed, Unchanged: report.Unchanged, Refused: report.LeftOut(),
		})
	})
	if errors.Is(err, errOvertaken) {
		return overtaken, s.DB.Write(ctx, func(tx *db.Tx) error { return dropStaged(tx, i.ID, overtaken) })
	}
	return nil, err
}

var errOvertaken = errors.New("catalog: items changed while they were staged")

// importFacts are what is kept of an import as evidence.
type importFacts struct {
	Name      string `json:"name"`
	File      string `json:"file"` // SHA-256; "" for a folder
	Added     int    `json:"added"`
	Changed   int    `json:"changed"`
	Unchanged int    `json:"unchanged"`
	Refused   int    `json:"refused"`
}

func importChain(id int64) string { return "catalog.import:" + strconv.FormatInt(id, 10) }

// index makes what is in force findable, some at a time, so that others can write in
// between. What is done is no longer staged: after a stop it goes on where it was.
func (s *Service) index(ctx context.Context, who auth.Actor, i Imported, tell Progress) error {
	total, done := 0, 0
	if err := s.DB.Read(ctx, func(tx *db.Tx) error {
		now, err := findImport(tx, i.ID)
		done, total = now.Done, now.Total
		return err
	}); err != nil {
		return err
	}
	for {
		var list []enforced
		if err := s.DB.Read(ctx, func(tx *db.Tx) (err error) {
			list, err = listEnforced(tx, i.ID, indexed)
			return err
		}); err != nil {
			return err
		}
		done = min(done+len(list), total)
		if err := s.DB.Write(ctx, func(tx *db.Tx) error {
			if len(list) == 0 {
				_, err := changeImport(tx, i.ID, StateIndexing, StateDone, total)
				return err
			}
			return s.indexSome(tx, who, i.ID, list, done, total)
		}); err != nil || len(list) == 0 {
			return err
		}
		say(tell, StateIndexing, done, total)
	}
}

func (s *Service) indexSome(tx *db.Tx, who auth.Actor, id int64, list []enforced, done, total int) error {
	var codes []string
	for k := range list {
		e := &list[k]
		e.it.ID = e.version
		if err := s.follow(tx, who, e.item, &e.it); err != nil {
			return err
		}
		codes = append(codes, e.code)
	}
	if err := dropStaged(tx, id, codes); err != nil {
		return err
	}
	return saveProgress(tx, id, done, total)
}

// restAfter is how long an import without a job may stand still before it is taken for
// broken off.
const restAfter = 10 * time.Minute

// Settle ends imports that broke off with the program that did them: what is in force
// becomes findable, and what is not is dropped. It is run when the program starts.
func (s *Service) Settle(ctx context.Context) error {
	var half, loose []Imported
	if err := s.DB.Read(ctx, func(tx *db.Tx) (err error) {
		since := tx.Now().Add(-restAfter)
		if half, err = listResting(tx, StateIndexing, since); err != nil {
			return err
		}
		loose, err = listResting(tx, StateStaging, since)
		return err
	}); err != nil {
		return err
	}
	for _, i := range half {
		if err := s.index(ctx, auth.Actor{ID: i.Staff, Kind: auth.Staff}, i, nil); err != nil {
			return err
		}
	}
	for _, i := range loose {
		if s.Blobs != nil && s.hasBlob(ctx, i.File) {
			continue // its job goes on with it
		}
		if err := s.drop(ctx, i.ID); err != nil {
			return err
		}
	}
	return nil
}

// drop forgets an import that nobody saw anything of.
func (s *Service) drop(ctx context.Context, id int64) error {
	for {
		var codes []string
		if err := s.DB.Read(ctx, func(tx *db.Tx) (err error) {
			codes, err = listStagedCodes(tx, id, "", batch)
			return err
		}); err != nil {
			return err
		}
		if err := s.DB.Write(ctx, func(tx *db.Tx) error {
			if len(codes) == 0 {
				_, err := changeImport(tx, id, StateStaging, StateDropped, 0)
				return err
			}
			return dropStaged(tx, id, codes)
		}); err != nil || len(codes) == 0 {
			return err
		}
	}
}

func (s *Service) hasBlob(ctx context.Context, key string) bool {
	f, err := s.Blobs.Open(ctx, key)
	if err == nil {
		err = f.Close()
	}
	return err == nil
}

func (s *Service) keepBlob(ctx context.Context, text []byte) (string, error) {
	key, _, err := s.Blobs.Put(ctx, bytes.NewReader(text), MaxImport)
	return key, err
}
