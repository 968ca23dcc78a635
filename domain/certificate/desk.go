package certificate

import (
	"context"
	"slices"

	"onedoor.app/engine/calendar"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

// pageSize is how many cases the queue shows at once.
const pageSize = 20

// serviceDays is the working days from the decision within which the result is
// to be handed over (Art. 44), for cases that bring no date of their own.
const serviceDays = 10

// soonDays is how many working days before its last day a case turns yellow.
const soonDays = 2

// waits lists the granted cases that wait for a certificate, after the case
// after, the one due first on top; more says that the list goes on.
func (s *Service) waits(ctx context.Context, who auth.Actor, after int64) (list []Waiting, today calendar.Date, next int64, err error) {
	var cal *calendar.Calendar
	err = s.DB.Read(ctx, func(tx *db.Tx) (err error) {
		today = calendar.DateOf(tx.Now())
		if cal, err = s.Calendar(tx); err != nil {
			return err
		}
		list, err = s.Granted(tx, who, after, pageSize+1)
		return err
	})
	if len(list) > pageSize {
		list = list[:pageSize]
		next = list[pageSize-1].Case
	}
	for i := range list {
		if list[i].Due == 0 {
			list[i].Due = cal.AddWorkdays(calendar.DateOf(list[i].Decided), serviceDays)
		}
		list[i].Left = cal.Workdays(today, list[i].Due)
	}
	slices.SortStableFunc(list, func(a, b Waiting) int { return int(a.Due - b.Due) })
	return list, today, next, err
}

// Preview is a certificate as it would be, or as it was, made for a case.
type Preview struct {
	Grant Grant // zero once the certificate is there
	Face  Face  // without numbers until it is made
	Made  *Certificate
	// AsksUntil says that no rule tells the last day of validity.
	AsksUntil bool
	Lacking   []rune // characters that the fonts lack: 〓 stands in their place
}

// Preview shows what Make would make. A case that has its certificate shows that
// one. Faults as of Make.
func (s *Service) Preview(ctx context.Context, who auth.Actor, caseID int64) (p Preview, err error) {
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		p = Preview{}
		c, made, err := findByCase(tx, caseID)
		if err != nil {
			return err
		}
		if made {
			return s.previewMade(tx, who, c, &p)
		}
		if p.Grant, err = s.Grant(tx, who, caseID); err != nil {
			return err
		}
		if p.Grant.Type == "" {
			return fault.New(fault.Conflict, "certificate.none")
		}
		t, err := findType(tx, p.Grant.Type)
		if err != nil {
			return err
		}
		old, err := s.replaced(tx, p.Grant)
		if err != nil {
			return err
		}
		span, err := s.span(tx, p.Grant, t, 0, old)
		if err != nil {
			return err
		}
		kind, _ := readTerm(p.Grant.rule(t))
		settled := p.Grant.Until != 0 || p.Grant.Same && old != nil
		p.AsksUntil = !settled && (kind == termOnFace || kind == termUnchanged && span.Until == 0)
		number := numberToCome
		if old != nil && old.Origin == MadeHere {
			number = old.Number
		}
		if p.Face = compose(p.Grant, t, span, number, Identifier{}, ""); p.Grant.Same && old != nil {
			p.Face = old.Face
		}
		return nil
	})
	p.Lacking = s.Fonts.Missing(p.Face.texts())
	return p, err
}

// numberToCome stands where the number will be.
const numberToCome = "制证时生成"

func (s *Service) previewMade(tx *db.Tx, who auth.Actor, c Certificate, p *Preview) error {
	allowed, err := s.MaySee(tx, who, c.Case)
	if err != nil {
		return err
	}
	if !allowed {
		return fault.New(fault.Unknown, "certificate.unknown")
	}
	if err := s.unseal(&c); err != nil {
		return err
	}
	p.Made, p.Face = &c, c.Face
	return nil
}
