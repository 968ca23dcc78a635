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
)

// Registration is what a person enters to open an account of their own.
type Registration struct {
	Name     string
	Number   string
	Mobile   string
	Password string
	Key      string // the same key again is the same registration
}

// Login returns the login under which an account is kept for what an applicant
// types: their number, their mobile number, or the id of a sample party. It is
// a keyed digest, so that the table of accounts names nobody.
func (s *Service) Login(typed string) string {
	return s.Box.Index("login:" + strings.ToLower(number.TidyMobile(typed)))
}

// Register opens an account for a person, who then signs in by number or
// mobile number, and returns the account's id. The number of somebody whom a
// window has met before, under the same name and mobile number, becomes theirs.
// A known number otherwise, and a mobile number by which somebody signs in, are
// both the Conflict fault party.not_here: strangers learn of neither. Input
// faults: party.name, the faults of ParseIDNumber, party.mobile,
// those of auth.Weak.
func (s *Service) Register(ctx context.Context, who auth.Actor, r Registration) (account int64, err error) {
	in := Input{Kind: Person, Name: r.Name, Number: r.Number, Mobile: r.Mobile}
	in.tidy()
	bad := in.check(calendar.DateOf(s.DB.Now()))
	bad.Need(in.Mobile != "", "mobile", "party.mobile")
	if why := auth.Weak(r.Password, in.Number, in.Mobile); why != "" {
		bad.Need(false, "password", why)
	}
	if err := bad.Err(); err != nil {
		return 0, err
	}
	// The request is kept as a keyed digest: a plain one could be guessed back.
	request := s.Box.Index("register:" + in.Name + "\x00" + in.Number + "\x00" + in.Mobile + "\x00" + r.Password)
	hash, err := s.hashing.Hash(ctx, r.Password)
	if err != nil {
		return 0, err
	}
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		account = 0
		return once.Do(tx, who, "party.register", r.Key, request, &account, func() (err error) {
			account, err = s.register(tx, in, hash)
			return err
		})
	})
	return account, err
}

func (s *Service) register(tx *db.Tx, in Input, hash string) (int64, error) {
	taken, err := mobileTaken(tx, s.mobileIndex(in.Mobile))
	if err != nil {
		return 0, err
	}
	p := in.party(tx.NewID(), Declared)
	p.Registered = true
	added, err := insert(tx, s, p, "")
	if err != nil {
		return 0, err
	}
	if !added {
		before, err := find(tx, s.Box, `number_index = $1 AND kind = $2`, s.numberIndex(in.Number), in.Kind)
		if err != nil {
			return 0, err
		}
		if before == nil || before.Registered || before.Name != in.Name || before.Mobile != in.Mobile {
			return 0, fault.New(fault.Conflict, "party.not_here")
		}
		p = *before
		if err := changeRegistered(tx, p.ID); err != nil {
			return 0, err
		}
	}
	if taken {
		return 0, fault.New(fault.Conflict, "party.not_here")
	}
	if _, err := auth.Open(tx, auth.Applicant, s.Login(in.Mobile), p.ID, hash); err != nil {
		return 0, err
	}
	return auth.Open(tx, auth.Applicant, s.Login(in.Number), p.ID, hash)
}
