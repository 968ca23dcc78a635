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
	"crypto/rand"
	"math/big"

	"onedoor.app/engine/calendar"
	"onedoor.app/engine/once"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

// Make makes the certificate of a granted case. See MakeUntil.
func (s *Service) Make(ctx context.Context, who auth.Actor, caseID, version int64, key string) (Certificate, error) {
	return s.MakeUntil(ctx, who, caseID, version, 0, key)
}

// MakeUntil makes the certificate of a granted case, valid until the day given;
// 0 leaves that to the item's rule. Only an issuer may. The legal act, the
// number, the record, its evidence and the order to render the file are one unit
// of work; key makes it happen once.
//
// Faults: certificate.not_issuer; certificate.none where the item gives no
// certificate; certificate.twice where there is one already;
// certificate.until for a day that has passed; those of Grant and Certify, a stale
// version among them.
func (s *Service) MakeUntil(ctx context.Context, who auth.Actor, caseID, version int64, until calendar.Date, key string) (Certificate, error) {
	if !who.Has(roleIssuer) {
		return Certificate{}, fault.New(fault.Forbidden, "certificate.not_issuer")
	}
	s.Fonts.Missing("证") // unpacks the fonts before the writer waits for them
	var made struct{ ID int64 }
	var c Certificate
	err := s.DB.Write(ctx, func(tx *db.Tx) error {
		made.ID = 0
		err := once.Do(tx, who, "certificate.make", key, []any{caseID, until}, &made, func() (err error) {
			made.ID, err = s.make(tx, who, On{caseID, version}, until)
			return err
		})
		if err != nil {
			return err
		}
		c, err = s.find(tx, made.ID)
		return err
	})
	return c, err
}

func (s *Service) make(tx *db.Tx, who auth.Actor, on On, until calendar.Date) (int64, error) {
	if _, made, err := findByCase(tx, on.Case); err != nil || made {
		return 0, errOr(err, fault.New(fault.Conflict, "certificate.twice"))
	}
	g, err := s.Grant(tx, who, on.Case)
	if err != nil {
		return 0, err
	}
	old, err := s.replaced(tx, g)
	if err != nil {
		return 0, err
	}
	c, err := s.draft(tx, g, until, old)
	if err != nil {
		return 0, err
	}
	c.MadeBy = who.ID
	if old != nil {
		if err := s.replace(tx, who, *old, g.CaseNo); err != nil {
			return 0, err
		}
	}
	if err := s.keep(tx, who, &c); err != nil {
		return 0, err
	}
	if err := s.Certify(tx, who, on, c.Number, c.Until); err != nil {
		return 0, err
	}
	return c.ID, s.made(tx, who, c, old)
}

// replaced is the certificate that the grant's takes the place of, nil for none.
func (s *Service) replaced(tx *db.Tx, g Grant) (*Certificate, error) {
	if g.Replaces == 0 {
		return nil, nil
	}
	c, err := s.current(tx, g.Replaces)
	return &c, err
}

// span is the days of validity of a grant's certificate.
func (s *Service) span(tx *db.Tx, g Grant, t Type, until calendar.Date, old *Certificate) (Span, error) {
	before := calendar.Date(0)
	var err error
	if old != nil {
		before = old.Until
	} else if before, err = lastDay(tx, g.Holder.Party, t.Code, calendar.DateOf(tx.Now())); err != nil {
		return Span{}, err
	}
	switch {
	case g.Until != 0: // the law has counted it (Art. 50)
		return Span{calendar.DateOf(g.Decided), g.Until}, nil
	case g.Same && old != nil:
		return Span{old.From, old.Until}, nil
	}
	cal, err := s.Calendar(tx)
	if err != nil {
		return Span{}, err
	}
	return validity(cal, g.rule(t), calendar.DateOf(g.Decided), until, before), nil
}

// draft is the certificate that a grant leads to, not yet kept: with a new number, or the next version of old.
func (s *Service) draft(tx *db.Tx, g Grant, until calendar.Date, old *Certificate) (Certificate, error) {
	if g.Type == "" {
		return Certificate{}, fault.New(fault.Conflict, "certificate.none")
	}
	t, err := findType(tx, g.Type)
	if err != nil {
		return Certificate{}, err
	}
	today := calendar.DateOf(tx.Now())
	if until != 0 && until < today {
		return Certificate{}, &fault.Error{Kind: fault.Invalid, Code: "input.invalid", Fields: map[string]string{"until": "certificate.until"}}
	}
	span, err := s.span(tx, g, t, until, old)
	if err != nil {
		return Certificate{}, err
	}
	var c Certificate
	if old != nil && old.Origin == MadeHere {
		c, err = s.next(tx, *old)
	} else {
		c, err = s.newVersion(tx, g, t)
	}
	if err != nil {
		return Certificate{}, err
	}
	c.Type, c.Name, c.Party, c.Case, c.CaseNo, c.ItemName = t.Code, t.Name, g.Holder.Party, g.Case, g.CaseNo, g.ItemName
	c.Unit, c.Issuer, c.From, c.Until = g.Unit, g.Body.Name, span.From, span.Until
	id, err := ParseIdentifier(c.Identifier)
	if err != nil {
		return Certificate{}, err
	}
	if g.Same && old != nil && old.Origin == MadeHere {
		c.Face.Identifier, c.Face.URL, c.Face.Date = c.Identifier, s.address(c.Token), today.Chinese()
	} else {
		c.Face = compose(g, t, span, c.Number, id, s.address(c.Token))
		if old != nil {
			if c.Face, err = s.carried(tx, g, c.Face, *old); err != nil {
				return Certificate{}, err
			}
		}
	}
	return c, nil
}

// newVersion is the first version of a new number.
func (s *Service) newVersion(tx *db.Tx, g Grant, t Type) (Certificate, error) {
	today := calendar.DateOf(tx.Now())
	no, draw, err := s.newNumber(tx, t.prefix(), today)
	if err != nil {
		return Certificate{}, err
	}
	y, _, _ := today.Date()
	id := Identifier{Type: t.TypeCode, Issuer: g.Body.USCC, Serial: big.NewInt(int64(y)*drawn + draw).String(), Version: "001"}
	c := Certificate{
		ID: tx.NewID(), Origin: MadeHere, Number: no, Identifier: id.String(), Status: Valid, Version: 1, Token: rand.Text(), MadeAt: tx.Now(),
	}
	c.Root = c.ID
	return c, nil
}

// drawn is how many numbers a year has to draw from.
const drawn = 100_000_000

// newNumber draws a number that nobody has.
func (s *Service) newNumber(tx *db.Tx, prefix string, today calendar.Date) (no string, draw int64, err error) {
	y, _, _ := today.Date()
	for range 100 {
		n, err := rand.Int(rand.Reader, big.NewInt(drawn))
		if err != nil {
			return "", 0, err
		}
		no = number(prefix, s.Region, y, n.Int64())
		if _, taken, err := findByNumber(tx, no); err != nil || !taken {
			return no, n.Int64(), err
		}
	}
	return "", 0, fault.New(fault.Unavailable, "certificate.numbers_used_up")
}
