package cases

import (
	"context"
	"slices"
	"strings"
	"time"

	"onedoor.app/domain/catalog"
	"onedoor.app/engine/calendar"
	"onedoor.app/infra/auth"
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

// coming is the number of the entry that is made next.
func (ch *change) coming() int64 { return ch.c.Version + 1 }

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
