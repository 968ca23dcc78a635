package cases

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"path/filepath"
	"slices"
	"strings"

	"onedoor.app/domain/catalog"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/blob"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

// MaxFile is the most that one file may hold, in bytes.
const MaxFile = 20 << 20

// maxFiles is how many files one draft may hold.
const maxFiles = 100

// media are the kinds of files that are taken, by what their first bytes say.
var media = map[string][]string{
	"application/pdf": {".pdf"},
	"image/jpeg":      {".jpg", ".jpeg"},
	"image/png":       {".png"},
	"application/zip": {".ofd"}, // an OFD file is a ZIP archive
}

// sniff returns the media type of a file whose content and name agree and are
// taken, else the Invalid fault cases.file_kind.
func sniff(name string, first []byte) (string, error) {
	kind := http.DetectContentType(first)
	ext := strings.ToLower(filepath.Ext(name))
	if !slices.Contains(media[kind], ext) {
		return "", fault.New(fault.Invalid, "cases.file_kind")
	}
	if kind == "application/zip" {
		return "application/ofd", nil
	}
	return kind, nil
}

// To says where an uploaded file belongs: to a draft, or to a case that waits
// for it.
type To struct {
	Draft    int64
	Case     int64
	Material string
	Promises []string // of a ScanPromise: the materials that it names
}

// Attach keeps an uploaded file with a draft, or with a case that was asked for
// corrections or owes the material; there the upload is an entry of its own, though
// it counts only once it is handed in. Too large is blob.too_large, of another kind
// than its name or not taken is cases.file_kind; a ScanPromise that names no material
// which may come later is the Invalid fault cases.promise_names.
func (s *Service) Attach(ctx context.Context, who auth.Actor, to To, name string, r io.Reader) (File, error) {
	f, err := s.put(ctx, name, r)
	if err != nil {
		return File{}, err
	}
	f.Material, f.Giver = to.Material, who.ID
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		f.ID, f.At = tx.NewID(), tx.Now()
		if to.Draft != 0 {
			return s.attachToDraft(tx, who, to, &f)
		}
		return s.attachToCase(tx, who, to, &f)
	})
	return f, err
}

// put keeps the content of a file, which belongs nowhere yet.
func (s *Service) put(ctx context.Context, name string, r io.Reader) (File, error) {
	first := make([]byte, 512)
	n, err := io.ReadFull(r, first)
	if err == io.EOF {
		return File{}, fault.New(fault.Invalid, "cases.file_empty")
	}
	if err != nil && err != io.ErrUnexpectedEOF {
		return File{}, err
	}
	kind, err := sniff(name, first[:n])
	if err != nil {
		return File{}, err
	}
	key, size, err := s.Blobs.Put(ctx, io.MultiReader(bytes.NewReader(first[:n]), r), MaxFile)
	return File{
		Name: shorten(filepath.Base(strings.ReplaceAll(name, "\\", "/"))), Media: kind, Size: size, Blob: key, Round: 1,
	}, err
}

func shorten(name string) string {
	if r := []rune(name); len(r) > 80 {
		return string(r[:60]) + "…" + string(r[len(r)-12:])
	}
	return name
}

func (s *Service) attachToDraft(tx *db.Tx, who auth.Actor, to To, f *File) error {
	d, err := s.findDraft(tx, to.Draft, true)
	if err != nil {
		return err
	}
	if !d.belongs(who) || d.Case != 0 {
		return fault.New(fault.Unknown, "cases.draft_unknown")
	}
	it, err := s.Catalog.Version(tx, d.ItemVersion)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(it.Materials, func(m catalog.Material) bool { return m.ID == to.Material }) {
		return fault.New(fault.Unknown, "cases.material_unknown")
	}
	files, err := listFiles(tx, "draft_id", d.ID)
	if err != nil {
		return err
	}
	if len(files) >= maxFiles {
		return fault.New(fault.Conflict, "cases.too_many_files", "most", maxFiles)
	}
	f.Draft = d.ID
	return insertFile(tx, *f)
}

// actUpload is the entry of a file that was uploaded to a case: who, when, its
// digest.
const actUpload = "upload"

// attachToCase takes a file for a case that waits for it.
func (s *Service) attachToCase(tx *db.Tx, who auth.Actor, to To, f *File) error {
	ch, err := s.open(tx, who, to.Case)
	if err != nil {
		return err
	}
	if err := s.may(tx, who, maySupply, ch.c, ""); err != nil {
		return err
	}
	if err := ch.fire(); err != nil {
		return err
	}
	mv, err := ch.takeFile(to, f)
	if err != nil {
		return err
	}
	f.Case, f.Round = ch.c.ID, ch.c.Matter.Corrections+1
	if err := insertFile(tx, *f); err != nil {
		return err
	}
	mv.act, mv.hidden, mv.files = actUpload, true, []File{*f}
	if err := ch.do(mv); err != nil {
		return err
	}
	return ch.keep()
}

// takeFile looks whether the case waits for the file. What was asked for or is owed
// stays pending until Correction or Supply hands it in; what comes at the window is
// there at once, and what was found about the material before falls.
func (ch *change) takeFile(to To, f *File) (mv move, err error) {
	m, atWindow := ch.c.Matter, ch.c.State() == StateReceived && ch.who.Kind == auth.Staff
	if to.Material == ScanPromise {
		if !atWindow {
			return mv, fault.New(fault.Conflict, "cases.material_not_asked")
		}
		f.Promises = to.Promises
		mv.facts = agreed{to.Promises, signedOnPaper}
		return mv, ch.checkPromise(to.Promises)
	}
	if to.Material == ScanOriginal {
		if ch.who.Kind != auth.Staff || !ch.c.Unseen() {
			return mv, fault.New(fault.Conflict, "cases.material_not_asked")
		}
		return mv, nil
	}
	row, err := findMaterial(ch.tx, ch.c.ID, to.Material)
	if fault.Is(err, fault.Unknown) {
		return mv, fault.New(fault.Conflict, "cases.material_not_asked")
	}
	if err != nil {
		return mv, err
	}
	mv.note = row.Name
	asked := m.State == StateCorrecting && row.Verdict == Correct
	if f.Pending = asked || m.owes(to.Material); f.Pending {
		return mv, nil // Correction or Supply says how it came
	}
	if !atWindow {
		return mv, fault.New(fault.Conflict, "cases.material_not_asked")
	}
	row.Source, row.Verdict, row.Reason, row.Points, row.Found = SourceUpload, Unjudged, "", nil, ch.coming()
	mv.found = []Material{row}
	return mv, changeMaterial(ch.tx, ch.c.ID, row)
}

// Detach removes a file from a draft, or puts one out of force that was uploaded to a case by the same account and is not
// handed in yet. What was handed in stays: cases.file_kept.
func (s *Service) Detach(ctx context.Context, who auth.Actor, id int64) error {
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		f, err := findFile(tx, id)
		if err != nil {
			return err
		}
		if f.Draft == 0 {
			return s.detachFromCase(tx, who, f)
		}
		d, err := s.findDraft(tx, f.Draft, true)
		if err != nil {
			return err
		}
		if !d.belongs(who) || d.Case != 0 {
			return fault.New(fault.Unknown, "cases.draft_unknown")
		}
		return removeFile(tx, id)
	})
}

// actDrop is the entry of a file that whoever uploaded it took back before it was handed in. The file itself stays: its
// upload is evidence.
const actDrop = "drop_file"

func (s *Service) detachFromCase(tx *db.Tx, who auth.Actor, f File) error {
	ch, err := s.open(tx, who, f.Case)
	if err != nil {
		return err
	}
	if err := s.may(tx, who, maySupply, ch.c, ""); err != nil {
		return err
	}
	switch {
	case !f.Pending || f.Giver != who.ID:
		return fault.New(fault.Conflict, "cases.file_kept")
	case f.Replaced: // pressed twice
		return nil
	}
	if err := ch.fire(); err != nil {
		return err
	}
	if err := dropFile(tx, f.ID); err != nil {
		return err
	}
	row, err := findMaterial(tx, ch.c.ID, f.Material)
	if err != nil {
		return err
	}
	if err := ch.do(move{act: actDrop, hidden: true, files: []File{f}, note: row.Name}); err != nil {
		return err
	}
	return ch.keep()
}

// Fetch returns a file to whoever may see its draft or case; that staff have seen
// a file of a case is kept in the ledger, see Saw.
func (s *Service) Fetch(ctx context.Context, who auth.Actor, id int64) (f File, body io.ReadSeekCloser, err error) {
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		if f, err = findFile(tx, id); err != nil {
			return err
		}
		if f.Case == 0 {
			_, _, err := s.DraftOf(tx, who, f.Draft)
			return err
		}
		c, err := findCase(tx, f.Case)
		if err != nil {
			return err
		}
		if err := s.may(tx, who, maySee, c, ""); err != nil || who.Kind != auth.Staff || f.Handed() {
			return err
		}
		if s.may(tx, who, maySupply, c, "") != nil { // only the window, which reminds, may look at what was not handed in
			return fault.New(fault.Unknown, "cases.file_unknown")
		}
		return nil
	})
	if err != nil {
		return f, nil, err
	}
	if f.Case != 0 {
		if err := s.saw(ctx, who, f.Case, look{Staff: who.Staff, Sight: SightFile, File: f.ID}); err != nil {
			return f, nil, err
		}
	}
	body, err = blob.Whole(ctx, s.Blobs, f.Blob)
	return f, body, err
}
