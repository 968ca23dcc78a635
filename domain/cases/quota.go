package cases

import (
	"time"

	"onedoor.app/domain/catalog"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

// Limited is where an item of limited number stands (数量限制, 行政许可法 Art. 57): who was accepted first is granted first.
type Limited struct {
	Number int // that may be held at a time
	Left   int
	Queue  []Queued // undecided, in the order of acceptance
}

// Queued is an undecided application for one of a limited number.
type Queued struct {
	Case      int64
	No        string
	Accepted  time.Time
	Qualified bool // no review has found against it
	This      bool // the case at hand
}

// holds is until when a granted case holds one of its licence, "" if it holds none: whether their number is limited or
// will be. A certificate that was replaced is held by the case that made the next one.
func (m Matter) holds() string {
	switch m.State {
	case StateGranted, StateCertified, StateDelivered:
	default:
		return ""
	}
	c := m.Certificate
	switch {
	case c != nil && !m.carries(): // another case holds the place until the next version is made
		return ""
	case c != nil && c.State != CertificateValid && c.State != CertificateSuspended:
		return ""
	case c == nil || c.Expires == 0:
		return never
	}
	return c.Expires.String()
}

// queued is since when the case waits for one of a limited number, zero if it does not.
func (m Matter) queued() time.Time {
	if m.Terms.Quota && (m.State.Counting() || m.State == StateSpecial) {
		return m.Accepted
	}
	return time.Time{}
}

// licenceOf is what a grant of the item is held as: the type of certificate that it gives, be it a new one, a renewed or
// a changed one, else the item itself. To have one cancelled is to hold nothing.
func licenceOf(it *catalog.Item) string {
	if it.Result.Certificate == "" || it.ActsOn != nil && it.ActsOn.Effect == catalog.EffectCancel {
		return it.Code
	}
	return it.Result.Certificate
}

// sameLicence lists what the column licence says of the cases about an item's licence: those from before it was kept have
// the code of their item, this one or another that is about the certificate.
func (s *Service) sameLicence(tx *db.Tx, it *catalog.Item) ([]string, error) {
	licence := licenceOf(it)
	if licence == it.Code {
		return []string{licence}, nil
	}
	list := []string{licence, it.Code}
	about, err := s.Catalog.About(tx, licence)
	for _, other := range about {
		if licenceOf(other) == licence && other.Code != it.Code {
			list = append(list, other.Code)
		}
	}
	return list, err
}

// ofLicence begins a query for the cases about an item's licence.
func (s *Service) ofLicence(tx *db.Tx, it *catalog.Item) (*query, error) {
	same, err := s.sameLicence(tx, it)
	q := &query{}
	q.among("c.licence", same)
	return q, err
}

// Places is how many of an item of limited number may still be granted, whichever item those that are held came by.
func (s *Service) Places(tx *db.Tx, it *catalog.Item) (int, error) {
	q, err := s.ofLicence(tx, it)
	if err != nil {
		return 0, err
	}
	held := 0
	q.and("c.holds <> '' AND c.holds >= " + q.place(today(tx).String()))
	err = tx.One(`SELECT COUNT(*) FROM cases c WHERE `+q.text(), q.args, &held)
	return max(it.Legal.Quota-held, 0), err
}

// numbered is the version of the item that says how many there are: the current one, so that a number that was raised
// counts at once; the case's own where the current one has no limit any more.
func (s *Service) numbered(tx *db.Tx, c *Case) (*catalog.Item, error) {
	it, err := s.Catalog.Current(tx, c.Item)
	if err == nil && it.Legal.Quota == 0 || fault.Is(err, fault.Unknown) {
		return s.Catalog.Version(tx, c.ItemVersion)
	}
	return it, err
}

// mostQueued is how many of those who wait are shown.
const mostQueued = 200

// qualified keeps the applications against which no review has found.
const qualified = `NOT EXISTS (SELECT 1 FROM cases_opinion o WHERE o.case_id = c.id AND o.conclusion = '` + Disagree + `')`

const selectQueued = `SELECT c.id, c.no, c.queued, ` + qualified + ` FROM cases c WHERE c.queued IS NOT NULL AND `

func (q *Queued) columns() []any { return []any{&q.Case, &q.No, &q.Accepted, &q.Qualified} }

// limited is where the case's item stands, nil if its number is not limited.
func (s *Service) limited(tx *db.Tx, c *Case) (*Limited, error) {
	if !c.Matter.Terms.Quota {
		return nil, nil //nolint:nilnil // no limit is no failure
	}
	it, err := s.numbered(tx, c)
	if err != nil {
		return nil, err
	}
	l := &Limited{Number: it.Legal.Quota}
	if l.Left, err = s.Places(tx, it); err != nil {
		return nil, err
	}
	q, err := s.ofLicence(tx, it)
	if err != nil {
		return nil, err
	}
	l.Queue, err = db.All(tx, (*Queued).columns, selectQueued+q.text()+` ORDER BY c.queued, c.id LIMIT `+q.place(mostQueued), q.args...)
	for i := range l.Queue {
		l.Queue[i].This = l.Queue[i].Case == c.ID
	}
	return l, err
}

// first is the qualified applicant who comes before the case at hand, nil: it is the first itself.
func (l *Limited) first() *Queued {
	for i, q := range l.Queue {
		switch {
		case q.This:
			return nil
		case q.Qualified:
			return &l.Queue[i]
		}
	}
	return nil
}

// knownQuota tells the law what is left and who was accepted before the case. With lock, others who decide on the licence
// wait until the unit of work ends: of two deciders at the last one, one wins.
func (s *Service) knownQuota(tx *db.Tx, c *Case, in *Input, lock bool) error {
	if !c.Matter.Terms.Quota {
		return nil
	}
	it, err := s.numbered(tx, c)
	if err != nil {
		return err
	}
	if lock {
		if err := tx.Exec(`INSERT INTO cases_quota (item) VALUES ($1) ON CONFLICT (item) DO NOTHING`, licenceOf(it)); err != nil {
			return err
		}
		var licence string
		if err := tx.One(`SELECT item FROM cases_quota WHERE item = $1`+tx.ForUpdate(), []any{licenceOf(it)}, &licence); err != nil {
			return err
		}
	}
	in.Quota = &Quota{}
	if in.Quota.Left, err = s.Places(tx, it); err != nil {
		return err
	}
	before := c.Matter.Accepted
	if before.IsZero() { // decided on the spot: whoever waits was accepted before
		before = tx.Now()
	}
	q, err := s.ofLicence(tx, it)
	if err != nil {
		return err
	}
	q.and("c.queued < " + q.place(before) + " AND c.id <> " + q.place(c.ID))
	q.and(qualified)
	earlier, err := db.All(tx, (*Queued).columns, selectQueued+q.text()+` ORDER BY c.queued, c.id LIMIT 1`, q.args...) // one is enough
	for _, q := range earlier {
		in.Quota.Queue = append(in.Quota.Queue, Applicant{Accepted: q.Accepted, Qualified: q.Qualified})
	}
	return err
}
