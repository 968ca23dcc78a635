// Package party knows the people and organisations (自然人、法人和其他组织)
// that apply, and who may act for whom.
//
// A number belongs to one party of its kind: whoever enters a known number
// finds the party that is there. Numbers, mobile numbers and addresses are
// sealed in the database and found by a keyed digest; pages show them masked,
// and a member of staff sees them in full only by Reveal, which leaves a record.
// Logins of applicants are kept as digests too, see Login.
//
// An organisation is represented by its legal representative (法定代表人). An
// agent (代理人) acts within a mandate (授权委托): for its items, on its days,
// first and last day included, until it is revoked; a mandate cannot be passed
// on.
package party

import (
	"context"
	"fmt"
	"time"

	"onedoor.app/engine/calendar"
	"onedoor.app/engine/number"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
	"onedoor.app/infra/secret"
	"onedoor.app/infra/web"
	"onedoor.app/module"
	"onedoor.app/ui"
)

// Kind tells people and organisations apart.
type Kind string

// The kinds of parties.
const (
	Person       Kind = "person"
	Organization Kind = "organization"
)

// The levels of assurance that somebody is who they say.
const (
	Declared = "L1" // they said so
	Seen     = "L2" // their paper was seen at a window, or their real name checked
	Faced    = "L3" // and their face compared
)

// Party is a person or an organisation. Its fields are open: whatever shows
// them to others than the party takes the Masked methods, or Reveal.
type Party struct {
	ID        int64
	Kind      Kind
	Name      string
	IDType    IDType
	Number    string `json:"-"`
	Mobile    string `json:"-"` // "" if none is known
	Address   string `json:"-"`
	Division  string // twelve digits of where they live or have their seat, or ""
	Assurance string

	// Of organisations only.
	OrgKind     string
	Capital     int64 // registered, in fen
	Scope       string
	Status      string
	Legal       int64 // the party that is the legal representative, 0 if not known
	LegalName   string
	LegalNumber string `json:"-"`

	Override   Override // set if the number fails its check
	Registered bool     // has an account
	TakenOver  bool     // of Enrol only: accounts that were opened by declaration have just been closed
}

// Override says why a code that fails its check was taken.
type Override struct {
	Reason string
	By     int64 // the staff member
	At     time.Time
}

// Birth is a person's day of birth; ok is false when the number does not tell.
func (p Party) Birth() (day calendar.Date, ok bool) {
	n, err := ParseIDNumber(p.Number)
	return n.Birth, err == nil && p.IDType == IDCard
}

// Sex is a person's sex, "" when the number does not tell.
func (p Party) Sex() Sex {
	if n, err := ParseIDNumber(p.Number); err == nil && p.IDType == IDCard {
		return n.Sex
	}
	return ""
}

// Service is the use cases of party.
type Service struct {
	DB    *db.DB
	Box   *secret.Box
	Frame ui.Frame

	// Log records an act in the ledger, in the same transaction. Nil records
	// nothing, and then Reveal refuses.
	Log func(tx *db.Tx, who auth.Actor, act, about string, facts any) error
	// MaySee reports whether a member of staff may see some case of a party; nil,
	// and nobody sees anything by Reveal.
	MaySee func(tx *db.Tx, who auth.Actor, party int64) (bool, error)
	// Place names a division in words; nil leaves it out.
	Place func(tx *db.Tx, division string) (string, error)
	// Places lists the divisions among which somebody who registers chooses where
	// they live; nil asks for none.
	Places func(tx *db.Tx) ([]ui.Option, error)
	// Known reports whether a division is one of them.
	Known func(tx *db.Tx, division string) (bool, error)
	// ItemName names an item of a mandate; nil shows its code.
	ItemName func(tx *db.Tx, code string) (string, error)
	// ItemCode finds the item that somebody names by code or by name; nil takes
	// whatever is typed as a code.
	ItemCode func(tx *db.Tx, typed string) (code string, known bool, err error)
	// Receive is where a window goes on with a party; nil shows no link.
	Receive func(party int64) string
	// SignIn begins the session of a new account; nil leads to the page where
	// people sign in.
	SignIn func(ctx context.Context, account int64) error
	// Carrier brings a form that was interrupted by signing in through registering.
	Carrier Carrier
	// ActFor keeps in the session for whom the person acts from now on, 0 for
	// themselves; without it nobody can switch.
	ActFor func(ctx context.Context, principal int64) error
	// Flash leaves good news for the next page; nil leaves none.
	Flash func(ctx context.Context, text string)

	hashing auth.Hasher
	callers web.Callers // of the page where people register
}

// Find returns a party; an unknown id is the fault row.unknown.
func (s *Service) Find(tx *db.Tx, id int64) (Party, error) {
	p, err := find(tx, s.Box, `id = $1`, id)
	if err == nil && p == nil {
		return Party{}, fault.New(fault.Unknown, "row.unknown")
	}
	return value(p), err
}

// FindByNumber returns the party with a number, however it is typed; an unknown
// one is the fault row.unknown.
func (s *Service) FindByNumber(tx *db.Tx, typed string) (Party, error) {
	p, err := find(tx, s.Box, `number_index = $1`, s.numberIndex(number.Tidy(typed)))
	if err == nil && p == nil {
		return Party{}, fault.New(fault.Unknown, "row.unknown")
	}
	return value(p), err
}

// Names returns the name of each party, for lists.
func (s *Service) Names(tx *db.Tx, ids ...int64) (map[int64]string, error) { return listNames(tx, ids) }

// Actor returns the party as somebody who acts for themselves; see Acting for
// others. Rights are for the caller to fill in, and the account in ID, which until
// then is the id of the party.
func (s *Service) Actor(tx *db.Tx, party int64) (auth.Actor, error) {
	names, err := listNames(tx, []int64{party})
	if err != nil {
		return auth.Actor{}, err
	}
	name, ok := names[party]
	if !ok {
		return auth.Actor{}, fault.New(fault.Unknown, "row.unknown")
	}
	return auth.Actor{ID: party, Kind: auth.Applicant, Name: name, Party: party, Roles: []string{module.Applicant}}, nil
}

func (s *Service) log(tx *db.Tx, who auth.Actor, act, about string, facts any) error {
	if s.Log == nil {
		return nil
	}
	return s.Log(tx, who, act, about, facts)
}

func (s *Service) numberIndex(number string) string { return s.Box.Index("number:" + number) }

func (s *Service) mobileIndex(mobile string) string {
	if mobile == "" {
		return ""
	}
	return s.Box.Index("mobile:" + mobile)
}

// Chain names a party in the ledger.
func Chain(party int64) string { return fmt.Sprintf("party:%d", party) }

func value(p *Party) Party {
	if p == nil {
		return Party{}
	}
	return *p
}
