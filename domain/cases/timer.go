package cases

import (
	"slices"
	"time"

	"onedoor.app/engine/calendar"
)

// Fired is what one timer did.
type Fired struct {
	Act     Act       `json:"act"`
	At      time.Time `json:"at"`               // when it was due, not when the program got to it
	Clock   ClockName `json:"clock,omitempty"`  // that passed
	Outcome Outcome   `json:"outcome,omitzero"` // of an act of the table
	Waits   bool      `json:"waits,omitempty"`  // not done: the date is provisional; the supervisor must see to it
}

// findings are what the supervisor should know of it.
func (f Fired) findings() []Finding {
	if f.Waits {
		return []Finding{FindingRestDay}
	}
	return f.Outcome.Findings
}

type timer struct {
	at    time.Time
	act   Act
	clock ClockName
	kind  StopKind
	asOf  calendar.Date
}

// timerOrder decides between timers of the same instant: what the law ordains comes before what is merely late.
var timerOrder = []Act{ActDeemRenewed, ActDeemAccepted, ActResumeOverrun, ActReturnLapsed, ActCloseSim, ActExpireCertificate, ActMarkOverdue}

// Due returns the earliest timer of a matter: its instant, which for days is 00:00 of the day after, and its act.
func (l *Law) Due(m Matter) (at time.Time, act Act, ok bool) {
	t, ok := l.next(&m)
	return t.at, t.act, ok
}

// Fire does every timer due at or before now, in order. A legal timer on a provisional date does not act: the matter is
// flagged as an incident and the timer waits until Recount finds the date certain.
func (l *Law) Fire(m Matter, now time.Time) (Matter, []Fired) {
	var fired []Fired
	m = m.clone()
	for {
		t, ok := l.next(&m)
		if !ok || t.at.After(now) {
			return m, fired
		}
		f := Fired{Act: t.act, At: t.at, Clock: t.clock}
		c := m.clock(t.clock)
		switch {
		case c != nil && c.Tentative():
			c.Withheld, f.Waits = true, true
			if !m.Has(FlagIncident) {
				m.mark(FlagIncident)
				m.mark(FlagWithheld)
			}
		case t.act == ActMarkOverdue:
			m.late(c)
		default:
			in := Input{Role: RoleSystem, Kind: t.kind, Remedies: true, Reason: "期限届满"}
			after, out, refusal := l.apply(m, t.act, in, t.at, t.asOf)
			if refusal != nil { // the matter is damaged: leave it as it is, for people to see
				m.mark(FlagIncident)
				m.unmark(FlagWithheld)
				f.Waits = true
				return m, append(fired, f)
			}
			m, f.Outcome = after, out
		}
		fired = append(fired, f)
	}
}

// next finds the timer that comes first.
func (l *Law) next(m *Matter) (first timer, ok bool) {
	offer := func(t timer) {
		if !ok || t.at.Before(first.at) ||
			t.at.Equal(first.at) && slices.Index(timerOrder, t.act) < slices.Index(timerOrder, first.act) {
			first, ok = t, true
		}
	}
	for _, c := range m.Clocks {
		if !c.Running() || c.Withheld {
			continue
		}
		if t := l.timerOf(m, c); t.act != "" {
			t.at, t.clock = c.over(), c.Name
			offer(t)
		}
	}
	if c := m.Certificate; c != nil && c.Expires != 0 && c.Declared == 0 && (c.State == CertificateValid || c.State == CertificateSuspended) {
		offer(timer{at: (c.Expires + 1).Start().UTC(), act: ActExpireCertificate, asOf: c.Expires + 1})
	}
	return first, ok
}

// timerOf says what happens when the clock passes (the act's own deadline).
func (l *Law) timerOf(m *Matter, c Clock) timer {
	can := func(a Act) bool { _, ok := lawful(*m, a); return ok }
	switch c.Name.family() {
	case ClockNotice:
		if m.Terms.Deem && can(ActDeemAccepted) {
			return timer{act: ActDeemAccepted, asOf: l.receiptDay(*m)} // 32(4): from the day of receipt
		}
	case ClockRenewal:
		if c := m.Certificate; c == nil || c.State != CertificateValid {
			break // what is suspended or taken is not renewed by silence
		}
		if (!m.Has(FlagLateRenewal) || m.Terms.Settings.DeemedRenewalLate) && can(ActDeemRenewed) {
			return timer{act: ActDeemRenewed, asOf: c.Due} // 50¶2
		}
	case ClockCorrection:
		if m.Terms.Settings.CorrectionLapse == LapseReturn && can(ActReturnLapsed) {
			return timer{act: ActReturnLapsed, asOf: c.Due + 1}
		}
	case ClockSimValid:
		return timer{act: ActCloseSim, asOf: c.Due + 1}
	case "special":
		kind := StopKind(c.Name[len("special:"):])
		if m.Terms.Settings.SpecialOverrun == OverrunResume {
			return timer{act: ActResumeOverrun, kind: kind, asOf: c.Due}
		}
	}
	if c.Name.duty() && !c.Late {
		return timer{act: ActMarkOverdue}
	}
	return timer{}
}

// late marks a duty whose last day has passed.
func (m *Matter) late(c *Clock) {
	c.Late = true
	m.mark(flagOverdue + Flag(c.Name))
}
