package party

import (
	"context"
	"strings"

	"onedoor.app/engine/calendar"
	"onedoor.app/engine/number"
	"onedoor.app/engine/once"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
	"onedoor.app/ui"
)

// Registration is what a person enters to open an account of their own, or of
// the organisation that they speak for.
type Registration struct {
	Kind     Kind // "" takes Person
	Name     string
	Number   string
	Mobile   string
	Division string // optional: where they live or have their seat
	Password string
	Key      string // the same key again is the same registration

	// Of organisations only.
	LegalName   string
	LegalNumber string
}

func (r Registration) input() Input {
	in := Input{Kind: r.Kind, Name: r.Name, Number: r.Number, Mobile: r.Mobile, Division: r.Division}
	if in.Kind == "" {
		in.Kind = Person
	}
	if in.Kind == Organization {
		in.LegalName, in.LegalNumber = r.LegalName, r.LegalNumber
	}
	in.tidy()
	return in
}

// Login returns the login under which an account is kept for what an applicant
// types: their number, their mobile number, or the id of a sample party. It is
// a keyed digest, so that the table of accounts names nobody.
func (s *Service) Login(typed string) string {
	return s.Box.Index("login:" + strings.ToLower(number.TidyMobile(typed)))
}

// Register opens an account and returns its id. A person then signs in by number
// or mobile number; an organisation by its code, for its mobile number is that of
// somebody who may have an account as well. What is declared here proves nothing:
// the party is Declared until a window has seen the papers, and until then the
// legal representative whom an organisation names cannot act for it.
//
// A number that is known, and a mobile number by which somebody signs in, are both
// the Conflict fault party.not_here: strangers learn of neither. So is the number
// of somebody whom a window has met: what others may know about them proves
// nothing, and the window gives them their account, see IssueAccount. Input faults: party.name, the faults of ParseIDNumber and
// CheckUSCC, party.mobile, party.division, party.legal_missing, those of
// auth.Weak.
func (s *Service) Register(ctx context.Context, who auth.Actor, r Registration) (account int64, err error) {
	in := r.input()
	bad := in.check(calendar.DateOf(s.DB.Now()))
	bad.Need(in.Mobile != "", "mobile", "party.mobile")
	if why := auth.Weak(auth.Applicant, r.Password, in.Number, in.LegalNumber, in.Mobile); why != "" {
		bad.Need(false, "password", why)
	}
	if in.Kind == Organization {
		bad.Need(in.LegalName != "", "legal_name", "party.name")
		bad.Need(in.LegalNumber != "", "legal_number", "party.legal_missing")
	}
	if err := bad.Err(); err != nil {
		return 0, err
	}
	// The request is kept as a keyed digest: a plain one could be guessed back.
	request := s.Box.Index("register:" + strings.Join([]string{
		string(in.Kind), in.Name, in.Number, in.Mobile, in.Division, in.LegalName, in.LegalNumber, r.Password,
	}, "\x00"))
	hash, err := s.hashing.Hash(ctx, r.Password)
	if err != nil {
		return 0, err
	}
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		account = 0
		return once.Do(tx, who, "party.register", r.Key, request, &account, func() (err error) {
			account, err = s.register(tx, in, hash)
			if fault.Code(err) == "auth.login_taken" {
				err = fault.New(fault.Conflict, "party.not_here")
			}
			return err
		})
	})
	return account, err
}

func (s *Service) register(tx *db.Tx, in Input, hash string) (int64, error) {
	if known, err := s.knows(tx, in.Division); err != nil {
		return 0, err
	} else if !known {
		return 0, fault.Fields{"division": "party.division"}.Err()
	}
	taken := false
	if in.Kind == Person {
		var err error
		if taken, err = mobileTaken(tx, s.mobileIndex(in.Mobile)); err != nil {
			return 0, err
		}
	}
	p := in.party(tx.NewID(), Declared)
	p.Registered = true
	added, err := insert(tx, s, p, "")
	if err != nil {
		return 0, err
	}
	if taken || !added {
		return 0, fault.New(fault.Conflict, "party.not_here")
	}
	if in.Kind == Person {
		if _, err := auth.Open(tx, auth.Applicant, s.Login(in.Mobile), p.ID, hash); err != nil {
			return 0, err
		}
	}
	return auth.Open(tx, auth.Applicant, s.Login(in.Number), p.ID, hash)
}

// knows reports whether a division may be chosen; none may always.
func (s *Service) knows(tx *db.Tx, division string) (bool, error) {
	if division == "" {
		return true, nil
	}
	if s.Known == nil {
		return false, nil
	}
	return s.Known(tx, division)
}

// places are the divisions to choose from, none where Places is not filled.
func (s *Service) places(tx *db.Tx) ([]ui.Option, error) {
	if s.Places == nil {
		return nil, nil
	}
	return s.Places(tx)
}
