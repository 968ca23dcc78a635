package cases

import (
	"slices"
	"time"

	"onedoor.app/engine/calendar"
)

func (s *step) owe(material string, due calendar.Date) {
	s.m.Debts = append(s.m.Debts, Debt{Material: material, Due: due})
	s.startUntil(DebtClock(material), due)
}

// owePromised turns what the applicant promised into debts when the agency's silence accepts. The days count from when
// the acceptance shows, not from the receipt to which it is dated back: nobody could know of it before, and a limit that
// the agency has used up by its silence shortens no promise.
func (s *step) owePromised() {
	s.law.recount(&s.m)
	limit := s.m.limit()
	for _, x := range slices.Clone(s.m.Lacking) {
		days, ok := s.m.Owed[x]
		if !ok {
			continue
		}
		due := s.law.Cal.AddWorkdays(s.today, days)
		if limit > s.today {
			due = min(due, limit)
		}
		s.supply(x)
		s.owe(x, due)
	}
	s.note(FlagRongque, len(s.m.Debts) > 0)
	s.m.Owed = nil
}

// DebtLimit is the day by which a promised material must come if the case is accepted at the instant at; 0 if no limit
// runs then.
func (l *Law) DebtLimit(m Matter, at time.Time) calendar.Date {
	at = at.UTC().Truncate(time.Millisecond)
	day := calendar.DateOf(at)
	s := &step{law: l, m: m, act: ActAccept, at: at, today: day, asOf: day}
	return s.limitIfAcceptedNow()
}

// DebtDue is the day by which a promised material must come if the case is accepted at the instant at: days working
// days later, never after DebtLimit.
func (l *Law) DebtDue(m Matter, days int, at time.Time) calendar.Date {
	due := l.Cal.AddWorkdays(calendar.DateOf(at), days)
	if limit := l.DebtLimit(m, at); limit != 0 && due > limit {
		due = limit
	}
	return due
}

func (s *step) settleDebt() {
	s.supply(s.in.Material)
	if d := s.m.openDebt(s.in.Material); d != nil {
		d.Settled = s.at
		s.end(DebtClock(d.Material))
	}
}

func (s *step) extendDebt() {
	d := s.m.openDebt(s.in.Material)
	d.Due, d.Extended = s.in.Until, true
	s.m.running(DebtClock(d.Material)).Due = s.in.Until
}

func (s *step) lapseDebt() {
	s.m.State = StateAcceptanceRevoked
	if s.m.Terms.Settings.RongqueLapse == LapseReturn {
		s.m.State, s.out.Paper = StateReturned, PaperReturn
	}
	s.endAll()
}
