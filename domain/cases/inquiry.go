package cases

import (
	"crypto/subtle"
	"strings"
	"time"

	"onedoor.app/engine/calendar"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

// Glimpse is what somebody learns of a case who has its number and the last four
// characters of the applicant's number or phone: where it stands and by when, and
// nobody's name.
type Glimpse struct {
	No       string
	ItemName string
	State    State
	Received time.Time
	Accepted time.Time     // zero before the acceptance
	Ended    time.Time     // zero while it is under way
	Due      calendar.Date // of the clock that counts now, 0 if none runs
	Stopped  bool
}

// Inquire answers an anonymous question about a case. Whether the number or the
// last four characters were wrong is not told: ok is false for both. Callers limit
// how often it may be asked.
func (s *Service) Inquire(tx *db.Tx, no, last4 string) (g Glimpse, ok bool, err error) {
	no, last4 = strings.ToUpper(strings.TrimSpace(no)), strings.ToUpper(strings.TrimSpace(last4))
	if !ValidNumber(no) || len(last4) != 4 {
		return g, false, nil
	}
	c, err := findCaseByNo(tx, no)
	if fault.Is(err, fault.Unknown) {
		return g, false, nil
	}
	if err != nil {
		return g, false, err
	}
	p, err := s.Party.Find(tx, c.Party)
	if err != nil {
		return g, false, err
	}
	if !endsWith(p.Number, last4) && !endsWith(p.Mobile, last4) {
		return g, false, nil
	}
	g = Glimpse{
		No: c.No, ItemName: c.ItemName, State: c.State(), Received: c.ReceivedAt, Accepted: c.AcceptedAt, Ended: c.EndedAt,
		Stopped: c.shown.Stopped,
	}
	if c.shown.Due != "" && !g.Stopped {
		g.Due, err = calendar.ParseDate(c.shown.Due)
	}
	return g, true, err
}

func endsWith(text, last4 string) bool {
	if len(text) < len(last4) {
		return false
	}
	return subtle.ConstantTimeCompare([]byte(text[len(text)-len(last4):]), []byte(last4)) == 1
}
