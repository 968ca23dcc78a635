package cases

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"onedoor.app/domain/catalog"
	"onedoor.app/engine/calendar"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/blob"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

// Material is one paper of a case with what the window found (逐件核对).
type Material struct {
	Key      string
	Position int
	Name     string
	Need     catalog.MaterialNeed
	Source   string // how it came: SourceUpload …
	Proof    string // the certificate that stands in for it
	Verdict  Verdict
	Reason   string // why it must be corrected
	Due      string // by when a tolerated one comes, YYYY-MM-DD, once the case is accepted
	Judge    int64
	At       time.Time
	Found    int64 // the entry of the ledger that last said something about it
	Files    []File
	FitBy    int64 // who first found it fit since it came, 0: nobody
	FitAt    time.Time
	Points   []string // the acceptance points that were found good, in the item's order
}

// How a material came.
const (
	SourceNone        = "none"
	SourceUpload      = "upload"
	SourcePaper       = "paper"       // on paper, at the window
	SourceCertificate = "certificate" // 免交: a certificate stands in for it
)

// Verdict is what the window finds about a material.
type Verdict string

// The verdicts.
const (
	Unjudged Verdict = ""
	Pass     Verdict = "pass"     // 合格
	Correct  Verdict = "correct"  // 补正
	Tolerate Verdict = "tolerate" // 容缺
	Unneeded Verdict = "unneeded" // 不适用
	// Missing is no finding of anybody: the agency's silence accepted the case without it, and it is still to come.
	Missing Verdict = "missing" // 欠缺
)

// File is one uploaded file. Its content lies in the blob store.
type File struct {
	ID       int64
	Case     int64
	Draft    int64
	Material string
	Name     string
	Media    string
	Size     int64
	Blob     string // SHA-256
	Giver    int64
	At       time.Time
	Round    int // 1 with the application, 2 after the first correction …
	Replaced bool
	Pending  bool     // uploaded to the case and not handed in yet
	Scanned  bool     // of a pending one: at the window, which may take it in
	Promises []string // of a ScanPromise: the materials that it names
}

// ScanWithdrawal stands in File.Material for a signed application to withdraw: a
// scan that belongs to an act, not to a material.
const ScanWithdrawal = scan0 + "withdrawal"

// ScanPromise stands there for the promise that the applicant has signed on paper.
const ScanPromise = scan0 + "promise"

const scan0 = "scan:"

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

// coming is the number of the entry that is made next.
func (ch *change) coming() int64 { return ch.c.Version + 1 }

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

// Came reports whether a material that was to come later was sent and waits for
// the window to look at it.
func (m Material) Came() bool { return m.later() && m.Source != SourceNone }

// later reports whether the material comes after the acceptance.
func (m Material) later() bool { return m.Verdict == Tolerate || m.Verdict == Missing }

// Later reports whether the material was to come after the acceptance, whether or not it has come since: what is sent then
// is supplied (补交), not corrected (补正).
func (m Material) Later(now Matter) bool {
	return m.later() || slices.ContainsFunc(now.Debts, func(d Debt) bool { return d.Material == m.Key })
}

// Judgement is one verdict of the window.
type Judgement struct {
	Material string
	Verdict  Verdict
	Reason   string
	Paper    bool // it was handed over on paper
	// Due is the day agreed at the window for what comes later, YYYY-MM-DD; "": as
	// many working days after the acceptance as the item gives.
	Due string
	// Seen is Material.Found as the clerk saw it; 0: whatever was found since.
	Seen int64
	// Points are the acceptance points found good; nil: all of a material found fit, else what was found before.
	Points []string
}

// actJudge is the entry of one finding: who found what, and when.
const actJudge = "judge"

// Judge records the window's finding about one material as an entry of the case's
// ledger. It has no legal effect until the notice or the acceptance that is made
// from it. A finding that somebody else made since the clerk looked is the Stale
// fault cases.judged_meanwhile: the first stands until who reads of it decides. What
// the centre holds itself is not asked for (优化营商环境条例 Art. 36): to find it
// wanting is the Conflict cases.held, to find it fit needs no paper.
func (s *Service) Judge(ctx context.Context, who auth.Actor, on On, f Judgement) (Done, error) {
	return s.change(ctx, who, "judge", on, f, func(ch *change) error {
		if err := s.may(ch.tx, who, mayAccept, ch.c, ""); err != nil {
			return err
		}
		if ch.c.State() != StateReceived {
			return fault.New(fault.Conflict, "cases.not_at_window")
		}
		was, err := findMaterial(ch.tx, ch.c.ID, f.Material)
		if err != nil {
			return err
		}
		if f.Seen != 0 && f.Seen != was.Found {
			return fault.New(fault.Stale, "cases.judged_meanwhile")
		}
		m := was
		if f.Paper {
			m.Source = SourcePaper
		}
		it, err := s.Catalog.Version(ch.tx, ch.c.ItemVersion)
		if err != nil {
			return err
		}
		need := it.Resolve(ch.c.Answers)
		if err := ch.spare(&m, need, f.Verdict); err != nil {
			return err
		}
		if err := m.check(f); err != nil {
			return err
		}
		if err := m.look(need.Material(m.Key), f); err != nil {
			return err
		}
		told := slices.Contains(ch.c.Matter.Told, m.Key) && !ch.c.Matter.allows(m.Key)
		if told && f.Verdict != Pass && was.fit(who, today(ch.tx)) {
			return fault.New(fault.Conflict, "cases.found_fit") // once means once (32(4))
		}
		if err := ch.agreed(f.Due); err != nil {
			return err
		}
		m.Verdict, m.Reason, m.Due = f.Verdict, strings.TrimSpace(f.Reason), f.Due
		if m.Verdict == was.Verdict && m.Reason == was.Reason && m.Source == was.Source && m.Due == was.Due && slices.Equal(m.Points, was.Points) {
			return nil // found before
		}
		m.Judge, m.At, m.Found = who.Staff, ch.tx.Now(), ch.coming()
		switch {
		case m.Verdict != Pass:
			m.FitBy, m.FitAt = 0, time.Time{}
		case m.FitBy == 0:
			m.FitBy, m.FitAt = who.Staff, m.At
		}
		if m.Due != was.Due {
			if err := voidPromises(ch.tx, ch.c.ID, m.Key); err != nil {
				return err
			}
		}
		if err := changeMaterial(ch.tx, ch.c.ID, m); err != nil {
			return err
		}
		ch.c.Receivers = ch.signers(s.receivingPost(it))
		return ch.do(move{act: actJudge, note: m.finding(), found: []Material{m}, hidden: true})
	})
}

var verdictWords = map[Verdict]string{
	Unjudged: "未下结论", Pass: "合格", Correct: "补正", Tolerate: "容缺", Unneeded: "不适用", Missing: "欠缺",
}

// finding is what was found, for the timeline.
func (m Material) finding() string {
	text := m.Name + "：" + verdictWords[m.Verdict]
	if m.Reason != "" {
		text += "，" + m.Reason
	}
	return clip(text)
}

// agreed checks a day on which the window has agreed for what comes later: after today, and while the case may still be
// decided in time.
func (ch *change) agreed(day string) error {
	due, err := calendar.ParseDate(day)
	if day == "" || err != nil {
		return nil //nolint:nilerr // a wrong date is told with the finding
	}
	last := ch.law.DebtLimit(ch.c.Matter, ch.tx.Now())
	if due <= today(ch.tx) || last != 0 && due > last {
		return fault.New(fault.Invalid, "cases.due_day", "latest", last.String())
	}
	return nil
}

// fit reports whether the material was found fit for good since it came: whoever found it so may still mend a slip on the
// same day.
func (m Material) fit(who auth.Actor, today calendar.Date) bool {
	return m.FitBy != 0 && (m.FitBy != who.Staff || calendar.DateOf(m.FitAt) != today)
}

// check applies the rules of a finding.
func (m Material) check(f Judgement) error {
	bad := fault.Fields{}
	bad.Need(f.Due == "" || f.Verdict == Tolerate, "due", "cases.ask_date")
	switch f.Verdict {
	case Unjudged, Unneeded:
	case Pass:
		bad.Need(m.Source != SourceNone, "verdict", "cases.nothing_to_pass")
	case Correct:
		bad.Need(strings.TrimSpace(f.Reason) != "", "reason", "cases.reason_missing")
	case Tolerate:
		_, err := calendar.ParseDate(f.Due)
		bad.Need(f.Due == "" || err == nil, "due", "cases.ask_date")
		bad.Need(m.Need == catalog.Deferrable && m.Source == SourceNone, "verdict", "cases.not_tolerable")
	default:
		bad.Need(false, "verdict", "cases.verdict_unknown")
	}
	return bad.Err()
}
