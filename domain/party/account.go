package party

import (
	"context"
	"crypto/rand"
	"strconv"

	"onedoor.app/engine/number"
	"onedoor.app/engine/once"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

// Issued is a first password (初始密码) for a party that stands at a window, to be
// handed over there and changed when it first signs in.
//
// It is kept nowhere but as a hash. It is made of the installation's key and the
// key of the form, so that a form that arrives twice is answered twice alike; once
// it has been changed or replaced, Password is empty.
type Issued struct {
	Party    int64
	Password string `json:"-"`
	Renewed  int64  // of the account
}

// IssueAccount gives a party that a window has met an account, or its account
// another password, which ends its sessions; it is for a member of staff who has
// seen the paper and asks for the right party.enrol. typed is the number on that
// paper: another than the party's is the input fault "number" party.other_number.
// A party that has only declared who it is is the Conflict fault party.not_seen.
func (s *Service) IssueAccount(ctx context.Context, who auth.Actor, key string, party int64, typed string) (out Issued, err error) {
	if key == "" {
		key = rand.Text()
	}
	typed = number.Tidy(typed)
	password := s.Box.Code("party.account\x00" + strconv.FormatInt(who.ID, 10) + "\x00" + key)
	hash, err := s.hashing.Hash(ctx, password)
	if err != nil {
		return Issued{}, err
	}
	request := s.Box.Index("account:" + strconv.FormatInt(party, 10) + "\x00" + typed)
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		out = Issued{}
		return once.Do(tx, who, "party.account", key, request, &out, func() error {
			p, err := find(tx, s.Box, `id = $1`+tx.ForUpdate(), party)
			if err != nil {
				return err
			}
			if err := mayIssue(p, typed); err != nil {
				return err
			}
			if err := s.issue(tx, who, *p, hash); err != nil {
				return err
			}
			out.Party = p.ID
			out.Renewed, _, err = auth.Waits(tx, auth.Applicant, p.ID)
			return err
		})
	})
	if err != nil {
		return Issued{}, err
	}
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		renewed, waits, err := auth.Waits(tx, auth.Applicant, out.Party)
		if waits && renewed == out.Renewed {
			out.Password = password
		}
		return err
	})
	return out, err
}

// mayIssue reports why a party gets no account at a window.
func mayIssue(p *Party, typed string) error {
	switch {
	case p == nil:
		return fault.New(fault.Unknown, "row.unknown")
	case p.Assurance == Declared:
		return fault.New(fault.Conflict, "party.not_seen")
	}
	bad := fault.Fields{}
	bad.Need(typed == p.Number, "number", "party.other_number")
	return bad.Err()
}

// issue opens the accounts of a party that has none, and gives them the password
// of hash. A mobile number by which somebody else signs in stays theirs.
func (s *Service) issue(tx *db.Tx, who auth.Actor, p Party, hash string) error {
	if !p.Registered {
		taken, err := mobileTaken(tx, s.mobileIndex(p.Mobile))
		if err != nil {
			return err
		}
		logins := []string{p.Number}
		if p.Kind == Person && p.Mobile != "" && !taken {
			logins = append(logins, p.Mobile)
		}
		for _, login := range logins {
			if _, err := auth.Open(tx, auth.Applicant, s.Login(login), p.ID, hash); err != nil {
				return err
			}
		}
		if err := changeRegistered(tx, p.ID); err != nil {
			return err
		}
	}
	if err := auth.Issue(tx, auth.Applicant, p.ID, hash); err != nil {
		return err
	}
	return s.log(tx, who, "party.account_issued", Chain(p.ID), map[string]bool{"opened": !p.Registered})
}
