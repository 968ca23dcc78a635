// Package certificate makes the papers that say what somebody was granted
// (证照), keeps them, and tells anybody who asks whether one is genuine.
//
// A certificate is made once for a granted case, by an issuer, in the same unit
// of work as the legal act 制证 (行政许可法 Art. 39). What stands on it is sealed
// in the database and never changes; the file is made from that alone, so that
// making it again gives the same bytes. Certificates of other authorities are
// taken over as records (imported): they stand in for papers that applicants
// would have to hand in, but have no file and are not verified here.
//
// Invariants, checked by Check:
//   - numbers and identifiers (GB/T 36904) are unique and their check characters
//     right; a case makes at most one version of a certificate, and reissues;
//   - the record of a certificate is the one that is in the ledger, and so are the
//     digests of its file; the ledger knows no certificate that is not here;
//   - status and last day are those to which the ledger leads, and the history tells the same acts.
//
// The public sees names of people partly hidden, and no number of theirs.
//
// Event: certificate.made, with a Made as its body.
package certificate

import (
	"context"
	"time"

	"onedoor.app/engine/calendar"
	"onedoor.app/engine/event"
	"onedoor.app/engine/paper"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/blob"
	"onedoor.app/infra/db"
	"onedoor.app/infra/secret"
	"onedoor.app/infra/web"
	"onedoor.app/ui"
)

// Kind tells people and organisations apart.
type Kind string

// The kinds of holders.
const (
	Person       Kind = "person"
	Organization Kind = "organization"
)

// Status is where a certificate stands.
type Status string

// The statuses. Expired is never stored: the days tell it.
const (
	Valid     Status = "valid"
	Expired   Status = "expired"
	Suspended Status = "suspended"  // 暂扣
	Replaced  Status = "replaced"   // another version took its place
	Annulled  Status = "annulled"   // 撤销
	TakenBack Status = "taken_back" // 撤回
	Revoked   Status = "revoked"    // 吊销
	Cancelled Status = "cancelled"  // 注销
)

// Origin says where a certificate comes from.
type Origin string

// The origins.
const (
	MadeHere Origin = "made"
	Imported Origin = "imported"
)

// Certificate is one certificate. What is personal is in its Face and never
// becomes JSON.
type Certificate struct {
	ID         int64
	Origin     Origin
	Type       string // code of its type
	Name       string // of the type
	Number     string `json:"-"` // 证照编号; of imported ones it may be a person's own number
	Identifier string // 证照标识, "" of imported ones
	Party      int64  // who holds it
	Case       int64  // 0 of imported ones
	CaseNo     string
	ItemName   string
	Unit       string        // code of the section that decided
	Issuer     string        // name of the issuing authority
	From       calendar.Date // first day of validity; 0: not known
	Until      calendar.Date // last day of validity; 0: none
	Status     Status        // as stored: see StatusOn
	Root       int64         // id of the first version of this number
	Version    int           // of this number, from 1
	Token      string        `json:"-"` // unguessable, in its code
	MadeAt     time.Time
	MadeBy     int64     // account of the issuer
	File       string    // SHA-256 of the file, "" until it is made
	SM3        string    // of the file
	Size       int64     // of the file, bytes
	FileAt     time.Time // when the file was made
	Face       Face      `json:"-"`

	sealed []byte
}

// StatusOn is where the certificate stands on a day.
func (c Certificate) StatusOn(day calendar.Date) Status {
	if c.Status == Valid && c.Until != 0 && day > c.Until {
		return Expired
	}
	return c.Status
}

// Holder is whom a certificate is made for.
type Holder struct {
	Party  int64
	Kind   Kind
	Name   string
	Number string // opened: it stands on the certificate and enters no log
}

// Body is the authority in whose name a certificate is made.
type Body struct{ Code, Name, USCC string }

// Row is one line of a case's form. Kind is the field's type as the catalogue
// names them (text, idno, mobile, address, yesno…).
type Row struct{ Key, Label, Value, Kind string }

// Grant is what a certificate is made from: a granted case.
type Grant struct {
	Case     int64
	Version  int64 // of the case, as the issuer sees it
	CaseNo   string
	Item     string // code
	ItemName string
	Type     string // code of the certificate's type; "": the decision itself is the result
	Result   string // what the item says it gives
	Validity string // what the item says about the term; "": as the type says
	Holder   Holder
	Body     Body
	Unit     string // code of the section that decided
	Decided  time.Time
	Basis    string // number of the decision
	Rows     []Row  // the form, in its order, as people read it

	Replaces int64         // first version of the certificate that the case is about; 0: none
	Same     bool          // the words stay those of the one that it replaces (补证)
	Renews   bool          // its term runs on, and what stands on it stays as it was granted (延续)
	Applied  time.Time     // when it was applied for: what stood on the certificate then was known to its applicant
	Until    calendar.Date // last day as the law counts it for a renewal; 0: by the rule
}

func (g Grant) rule(t Type) string {
	if g.Validity != "" {
		return g.Validity
	}
	return t.Validity
}

// Waiting is a granted case without its certificate, as the queue shows it.
type Waiting struct {
	Case     int64
	CaseNo   string
	ItemName string
	Result   string
	Holder   string
	Decided  time.Time
	Due      calendar.Date // last day to hand it over; 0: ten working days after the decision (Art. 44)
	Left     int           // working days after today until Due
}

// Offer is something to apply for about a certificate.
type Offer struct {
	Effect string // renew, change, reissue or cancel
	Name   string // of the item
	Href   string
	From   calendar.Date // the first day on which it may be applied for; 0: today
}

// Coming is the next version of a certificate, granted and not made yet: until it is made the one before it stands.
type Coming struct {
	Effect string // renew, change or reissue
	Case   int64
	CaseNo string
	Day    calendar.Date // of the decision
}

// Renewal is what the place has settled about asking for the renewal of a certificate (Art. 50).
type Renewal struct {
	By   calendar.Date // last day to ask for it in time
	Late bool          // asked for later, it is deemed granted by silence all the same
}

// Deed is an act on a certificate, as a page for staff lists it.
type Deed struct {
	Name, Href string
	Why        string // why it is not possible now, "" if it is
	Law        string // the article
}

// On says which case an act is meant for and which version of it the person saw.
type On struct{ Case, Version int64 }

// Made is the body of certificate.made; About is the certificate's id.
type Made struct {
	Certificate Certificate
	Replaced    *Certificate // the version before it, nil for a first one
}

// EventMade tells that a certificate was made.
const EventMade = "certificate.made"

const roleIssuer = "issuer"

// Service is the use cases of the module.
type Service struct {
	DB       *db.DB
	Box      *secret.Box
	Blobs    blob.Store
	Fonts    *paper.Fonts
	Calendar calendar.Source
	Events   *event.Bus
	Frame    ui.Frame
	Public   string // public address of the site, for the code on each certificate
	Region   string // six digits, part of the numbers

	// Grant returns a granted case as a certificate needs it, with its numbers
	// opened. A case that who may not see is an Unknown fault, one that is not
	// granted a Conflict fault.
	Grant func(tx *db.Tx, who auth.Actor, caseID int64) (Grant, error)
	// Granted lists granted cases that wait for a certificate, by id, from the
	// first one after the id after.
	Granted func(tx *db.Tx, who auth.Actor, after int64, limit int) ([]Waiting, error)
	// CountGranted counts what Granted lists.
	CountGranted func(tx *db.Tx, who auth.Actor) (int, error)
	// Certify does the legal act 制证 in tx; until is the last day of validity, from
	// which the law counts renewal and expiry (Art. 50, 70), 0 for none.
	Certify func(tx *db.Tx, who auth.Actor, on On, number string, until calendar.Date) error
	// Party finds a party by its number, for certificates that come with a package.
	Party func(tx *db.Tx, number string) (int64, bool, error)
	// MaySee reports whether a member of staff may see a case.
	MaySee func(tx *db.Tx, who auth.Actor, caseID int64) (bool, error)
	// Saw keeps in the ledger that a member of staff has seen what is printed on the
	// certificate of a case, numbers of people included.
	Saw func(ctx context.Context, who auth.Actor, caseID int64) error
	// CaseHref is the address of a case's page for a member of staff, "" for whom it
	// has none; nil leaves the link out.
	CaseHref func(who auth.Actor, caseID int64) string
	// RenewBy is what is settled about the renewal of a certificate with this last day.
	RenewBy func(tx *db.Tx, until calendar.Date) (Renewal, error)
	// Offers lists what the holder of a certificate may apply for about it; nil: nothing.
	Offers func(tx *db.Tx, c Certificate) ([]Offer, error)
	// Coming is the next version of a certificate that was granted and is not made yet, nil if none is; nil: none ever.
	Coming func(tx *db.Tx, root int64) (*Coming, error)
	// Deeds lists the acts on a certificate that are the actor's business: possible now, and not; nil: none.
	Deeds func(ctx context.Context, tx *db.Tx, who auth.Actor, root int64) (now, later []Deed, err error)
	// Flash leaves good news, in the reader's language, for the next page; nil
	// leaves none.
	Flash func(ctx context.Context, text string)

	callers web.Callers
}

// address is where the code of a certificate leads.
func (s *Service) address(token string) string { return s.Public + "/verify/" + token }

// Holds reports whether a party holds a certificate of one of the types that is
// valid at the moment of tx, and what proves it: its name and the end of its
// number.
func (s *Service) Holds(tx *db.Tx, party int64, types []string) (proof string, ok bool, err error) {
	today := calendar.DateOf(tx.Now())
	for _, want := range types {
		c, found, err := findValid(tx, party, want, today)
		if err != nil {
			return "", false, err
		}
		if found {
			if err := s.unseal(&c); err != nil {
				return "", false, err
			}
			return c.Name + "（尾号 " + tail(c.Number) + "）", true, nil
		}
	}
	return "", false, nil
}

// mostOfType is how many certificates of a type that a party has are looked at.
const mostOfType = 100

// Of returns the newest hundred certificates of a type that a party has or had, the newest first, with their faces; no type
// means all. Those that stand otherwise than in one of the states, where any is given, are left out.
func (s *Service) Of(tx *db.Tx, party int64, typ string, states ...Status) ([]Certificate, error) {
	list, err := listOf(tx, party, typ, states, mostOfType)
	if err != nil {
		return nil, err
	}
	for i := range list {
		if err := s.unseal(&list[i]); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// find returns a certificate with its face.
func (s *Service) find(tx *db.Tx, id int64) (Certificate, error) {
	c, err := find(tx, id)
	if err != nil {
		return c, err
	}
	return c, s.unseal(&c)
}

// Result is what a case led to, for its pages.
type Result struct {
	Kind, Name, Number, Href, About, Note string
	At                                    time.Time
}

// Results lists the certificate of a case, if it has one.
func (s *Service) Results(tx *db.Tx, caseID int64) ([]Result, error) {
	c, made, err := findByCase(tx, caseID)
	if err != nil || !made {
		return nil, err
	}
	return []Result{{
		Kind: "certificate", Name: c.Name, Number: c.Number, Href: filePath(c.ID), About: lifePath(c.ID), At: c.MadeAt,
		Note: validWords(tx.Context(), c.Until),
	}}, nil
}

func errOr(err, other error) error {
	if err != nil {
		return err
	}
	return other
}
