package cases

import (
	"encoding/json"
	"fmt"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"onedoor.app/domain/catalog"
	"onedoor.app/engine/calendar"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

// Original is what was read on the certificate that an applicant declared.
type Original struct {
	Seen   bool          `json:"seen,omitempty"`
	Number string        `json:"number,omitempty"` // "": as it was declared
	Until  calendar.Date `json:"until,omitzero"`   // its last day, 0: it has none
}

// input tells the law what the window read, of a case whose certificate was declared.
func (o Original) input(m Matter, in *Input) {
	if c := m.Certificate; c != nil && c.Declared != 0 {
		in.Seen, in.Until = o.Seen, o.Until
	}
}

// ScanOriginal stands in the place of a material for the scan of a certificate that was compared with what was declared.
const ScanOriginal = scan0 + "original"

// looked is the evidence of a comparison: what was declared beside what was read. Numbers are digests, see paperKey.
type looked struct {
	Declared string        `json:"declared,omitempty"`
	Until    calendar.Date `json:"declared_until,omitzero"`
	Paper    string        `json:"paper"` // as read
	Scan     int64         `json:"scan,omitempty"`
}

// factOriginal is where the facts of an entry keep it.
const factOriginal = "original"

// paperKey tells one paper certificate from all others, however its number is written: a digest under the key of the house,
// since the number may be a person's own.
func (s *Service) paperKey(typ, number string) string {
	if number = plainNumber(number); number == "" {
		return ""
	}
	return s.Box.Index("cases:paper:" + typ + ":" + number)
}

// plainNumber leaves of a number what tells it from others: letters and digits, in one width and case.
func plainNumber(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, strings.ToUpper(norm.NFKC.String(text)))
}

// TailOf is the end of a number that a paper or a page shows of a certificate that was declared: it may be a person's own
// number, and its end tells it from others. The whole stands in the form, sealed.
func TailOf(number string) string {
	r := []rune(number)
	return "…" + string(r[max(0, len(r)-4):])
}

// claims reports whether a case keeps its declared paper from being declared again: while it is open, and for good once it
// was granted.
func (m Matter) claims() bool {
	switch m.State {
	case StateGranted, StateCertified, StateDelivered:
		return true
	case StateNone, StateSimReview, StateSimOpinion:
		return false
	default:
		return !m.State.Ended()
	}
}

// claim is the digest of the paper that the case keeps now, "" for none.
func (c *Case) claim() string {
	if !c.Matter.claims() {
		return ""
	}
	return c.declared
}

// claimed takes the unique index's no for what it is.
func claimed(err error) error {
	if db.IsUnique(err) {
		return fault.Fields{"certificate": "cases.certificate_busy"}.Err()
	}
	return err
}

// paperOf is the digest of the paper that a case is about, "" for none.
func (s *Service) paperOf(it *catalog.Item, c *Case) (string, error) {
	if it.ActsOn == nil || c.Certificate != 0 || s.Register.Of == nil {
		return "", nil
	}
	number, err := s.numberOf(it, c)
	return s.paperKey(it.ActsOn.Certificate, number), err
}

// release frees the paper that a case keeps for the one that is made of it.
func (ch *change) release() error {
	if ch.c.claim() == "" {
		return nil
	}
	ch.c.declared = ""
	return ch.tx.Exec(`UPDATE cases SET declared = '' WHERE id = $1`, ch.c.ID)
}

// paperTaken reports whether another case than c has the paper of a digest.
func paperTaken(tx *db.Tx, digest string, c int64) (bool, error) {
	if digest == "" {
		return false, nil
	}
	var id int64
	return tx.Maybe(`SELECT id FROM cases WHERE declared = $1 AND declared <> '' AND id <> $2`, []any{digest, c}, &id)
}

// numberOf is the number of the paper that a case is about: as it was read, else as it was declared.
func (s *Service) numberOf(it *catalog.Item, c *Case) (string, error) {
	plain, err := s.Box.Open(c.sealedOriginal, fmt.Sprintf("cases:%d:original", c.ID))
	if err != nil {
		return "", err
	}
	if len(plain) > 0 {
		return string(plain), nil
	}
	number, _, err := s.Declared(it, c)
	return number, err
}

// sealOriginal keeps the number that was read.
func (s *Service) sealOriginal(c *Case, number string) {
	c.sealedOriginal = s.Box.Seal([]byte(number), fmt.Sprintf("cases:%d:original", c.ID))
}

// compare holds what was read on an original against what was declared and against the register, tells the law of it and
// returns the evidence; nil where nothing waits to be compared. Faults, at the fields original, original_number and
// original_until: a number that is missing, that the register holds for another party or as one that has ended, or that is
// used up by another case; a last day that no certificate of the type can have.
func (ch *change) compare(o Original, in *Input) (any, error) {
	c := ch.c
	if o.input(c.Matter, in); !c.Matter.unseen() || !o.Seen {
		return nil, nil //nolint:nilnil // nothing to compare
	}
	it, err := ch.s.Catalog.Version(ch.tx, c.ItemVersion)
	if err != nil {
		return nil, err
	}
	declared, until, err := ch.s.Declared(it, c)
	if err != nil {
		return nil, err
	}
	typ, number := it.ActsOn.Certificate, strings.TrimSpace(o.Number)
	if number == "" {
		number = declared
	}
	at := looked{Declared: ch.s.paperKey(typ, declared), Until: until, Paper: ch.s.paperKey(typ, number)}
	if at.Paper == "" {
		return nil, fault.Fields{"original_number": "cases.original_number"}.Err()
	}
	if err := ch.knownPaper(it, number, at.Paper); err != nil {
		return nil, err
	}
	if err := ch.s.tooFar(ch.tx, ch.law, it, o.Until); err != nil {
		return nil, err
	}
	if at.Declared != "" { // else nothing was declared that it could differ from
		if at.Paper != at.Declared {
			in.Differs = append(in.Differs, "number")
		}
		if o.Until != until {
			in.Differs = append(in.Differs, "until")
		}
	}
	if at.Paper != at.Declared {
		ch.s.sealOriginal(c, number)
	}
	c.declared = at.Paper
	scans, err := listFiles(ch.tx, "case_id", c.ID)
	for _, f := range scans {
		if f.Material == ScanOriginal && !f.Replaced {
			at.Scan = f.ID
		}
	}
	return at, err
}

// knownPaper refuses a paper that another case has used up, or that the register knows: as another party's, as one that has
// ended, or as one that need not be declared.
func (ch *change) knownPaper(it *catalog.Item, number, digest string) error {
	no := func(code string) error { return fault.Fields{"original": code}.Err() }
	if used, err := paperTaken(ch.tx, digest, ch.c.ID); err != nil || used {
		return errOr(err, no("cases.original_used"))
	}
	h, found, err := ch.s.registered(ch.tx, it, number)
	switch {
	case err != nil || !found:
		return err
	case h.Party != ch.c.Party:
		return no("cases.original_others")
	case h.over():
		return no("cases.original_over." + string(h.State))
	}
	return no("cases.original_registered")
}

func errOr(err, other error) error {
	if err != nil {
		return err
	}
	return other
}

// over reports whether a certificate has ended for good.
func (h Held) over() bool {
	switch h.State {
	case CertificateAnnulled, CertificateTakenBack, CertificateRevoked, CertificateCancelled:
		return true
	default:
		return false
	}
}

// registered is the certificate of the item's type that the register holds under a number.
func (s *Service) registered(tx *db.Tx, it *catalog.Item, number string) (h Held, ok bool, err error) {
	if s.Register.ByNumber == nil || number == "" {
		return Held{}, false, nil
	}
	return s.Register.ByNumber(tx, it.ActsOn.Certificate, number)
}

// tooFar refuses a last day that lies further ahead than any certificate of the type is valid.
func (s *Service) tooFar(tx *db.Tx, law *Law, it *catalog.Item, until calendar.Date) error {
	most := 0
	for _, words := range []string{it.Result.Validity, ""} {
		months, _, err := s.Register.Term(tx, it.ActsOn.Certificate, words)
		if err != nil {
			return err
		}
		most = max(most, months)
	}
	last := law.Cal.AddMonths(today(tx), most)
	if most > 0 && until > last {
		return fault.Fields{"original_until": "cases.original_far"}.Err()
	}
	return nil
}

// Comparison is what a page shows to whoever compares a declared certificate with its original.
type Comparison struct {
	Number string        // as declared, in full; "" where the form did not ask
	Until  calendar.Date // as declared
	Ended  []Held        // certificates of the type that the party had, and that have ended
	Scan   *File         // of the original, nil while there is none
	Term   bool          // it must have a last day
}

// Comparing prepares the comparison; nil where nothing waits to be compared. The number is shown in full: whoever shows it
// has asked Saw to keep that.
func (s *Service) Comparing(tx *db.Tx, v *View) (*Comparison, error) {
	if !v.Matter.unseen() || v.State().Ended() {
		return nil, nil //nolint:nilnil // nothing to compare
	}
	number, until, err := s.Declared(v.Item, v.Case)
	if err != nil {
		return nil, err
	}
	x := &Comparison{Number: number, Until: until, Term: v.Matter.Terms.Renewal}
	for i, f := range v.Scans {
		if f.Material == ScanOriginal {
			x.Scan = &v.Scans[i]
		}
	}
	if s.Register.Ended != nil {
		x.Ended, err = s.Register.Ended(tx, v.Party, v.Item.ActsOn.Certificate)
	}
	return x, err
}

// Unseen reports whether the case is about a certificate that nobody has compared with its original.
func (c *Case) Unseen() bool { return c.Matter.unseen() && !c.State().Ended() }

// The procedures that compare.

// originalAsks ask what was read on an original, where one is to be compared.
func originalAsks() []Asked {
	waits := func(m Matter) bool { return m.unseen() }
	return []Asked{
		{Name: "original", Kind: AskYes, When: waits},
		{Name: "original_number", Kind: AskLine, Most: 100, Optional: true, When: waits},
		{Name: "original_until", Kind: AskDate, Optional: true, When: waits},
	}
}

// readOriginal is what the answers say of an original.
func (t *telling) readOriginal() Original {
	return Original{Seen: t.in.Seen, Number: t.v["original_number"], Until: t.day["original_until"]}
}

func (t *telling) original() { t.readOriginal().input(t.ch.c.Matter, &t.in) }

// compared holds the answers against what was declared.
func (t *telling) compared() error {
	seen, err := t.ch.compare(t.readOriginal(), &t.in)
	if seen != nil {
		t.more[factOriginal] = seen
	}
	return err
}

// nowCompared draws what follows from the days of the original: what the law has renewed meanwhile.
func (t *telling) nowCompared() error { return t.ch.fire() }

// sawOriginal reads the evidence of a comparison back.
func sawOriginal(facts json.RawMessage) (paper string, err error) {
	var kept struct {
		Original *looked `json:"original"`
		Paper    string  `json:"paper"`
	}
	if len(facts) == 0 {
		return "", nil
	}
	if err := json.Unmarshal(facts, &kept); err != nil {
		return "", err
	}
	if kept.Original != nil {
		return kept.Original.Paper, nil
	}
	return kept.Paper, nil
}
