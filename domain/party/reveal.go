package party

import (
	"context"
	"errors"
	"slices"

	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

// Purpose is why somebody needs to see a number, a phone or an address in full.
// It is chosen, not written, so that the ledger holds nothing personal.
type Purpose string

// The purposes.
const (
	PurposeContact   Purpose = "contact"   // to reach the party
	PurposeIdentity  Purpose = "identity"  // to check who it is
	PurposeCompare   Purpose = "compare"   // to compare with a material
	PurposeComplaint Purpose = "complaint" // to answer a complaint
)

// Purposes lists the purposes in the order in which pages offer them.
var Purposes = []Purpose{PurposeContact, PurposeIdentity, PurposeCompare, PurposeComplaint}

// Opened is what Reveal shows.
type Opened struct {
	Number      string
	Mobile      string
	Address     string
	LegalNumber string
}

// Reveal returns what pages otherwise mask and records in the ledger who has
// looked, and why; it asks for the right party.reveal. Without a purpose it is
// the Invalid fault party.purpose; a party of whom who may see no case is the
// fault row.unknown, as if there were none.
func (s *Service) Reveal(ctx context.Context, who auth.Actor, party int64, purpose Purpose) (Opened, error) {
	bad := fault.Fields{}
	bad.Need(slices.Contains(Purposes, purpose), "purpose", "party.purpose")
	if err := bad.Err(); err != nil {
		return Opened{}, err
	}
	if s.Log == nil {
		return Opened{}, errors.New("party: nothing is revealed without a ledger")
	}
	var out Opened
	err := s.DB.Write(ctx, func(tx *db.Tx) error {
		p, err := s.seen(tx, who, party)
		if err != nil {
			return err
		}
		out = Opened{p.Number, p.Mobile, p.Address, p.LegalNumber}
		return s.Log(tx, who, "party.revealed", Chain(party), map[string]Purpose{"purpose": purpose})
	})
	if err != nil {
		return Opened{}, err
	}
	return out, nil
}

// seen finds a party for staff who may see a case of it.
func (s *Service) seen(tx *db.Tx, who auth.Actor, party int64) (Party, error) {
	if s.MaySee == nil {
		return Party{}, fault.New(fault.Unknown, "row.unknown")
	}
	may, err := s.MaySee(tx, who, party)
	if err == nil && !may {
		err = fault.New(fault.Unknown, "row.unknown")
	}
	if err != nil {
		return Party{}, err
	}
	return s.Find(tx, party)
}
