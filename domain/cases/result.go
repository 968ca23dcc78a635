package cases

import (
	"fmt"

	"onedoor.app/domain/party"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

// Grant is a granted case as whoever makes its result needs it.
type Grant struct {
	*View
	Holder   party.Party // opened
	Decision string      // number of the decision
}

// GrantOf returns a granted case to whoever may see it; any other state is the
// Conflict fault cases.not_granted.
func (s *Service) GrantOf(tx *db.Tx, who auth.Actor, id int64) (Grant, error) {
	v, err := s.View(tx, who, id)
	if err != nil {
		return Grant{}, err
	}
	switch v.State() {
	case StateGranted, StateCertified, StateDelivered:
	default:
		return Grant{}, fault.New(fault.Conflict, "cases.not_granted")
	}
	g := Grant{View: v}
	for _, d := range v.Documents {
		if d.Kind == PaperGrant || d.Kind == PaperDeemedRenewal {
			g.Decision = d.No
		}
	}
	g.Holder, err = s.Party.Find(tx, v.Party)
	return g, err
}

// GrantsWaiting lists granted cases that wait for their certificate, in the
// order of their ids, from the first one after the id after.
func (s *Service) GrantsWaiting(tx *db.Tx, who auth.Actor, after int64, limit int) ([]Case, error) {
	var out []Case
	for len(out) < limit {
		q := &query{}
		q.scope(who)
		q.and("c.live AND c.state = 'granted' AND c.id > " + q.place(after))
		rows, err := db.All(tx, (*caseRow).columns, selectCase+` WHERE `+q.text()+` ORDER BY c.id LIMIT `+q.place(limit), q.args...)
		if err != nil {
			return nil, err
		}
		for i := range rows {
			after = rows[i].ID
			if !rows[i].Matter.Terms.NoCertificate && len(out) < limit {
				out = append(out, rows[i].Case)
			}
		}
		if len(rows) < limit {
			break
		}
	}
	return out, nil
}

// CountGrantsWaiting counts what GrantsWaiting lists.
func (s *Service) CountGrantsWaiting(tx *db.Tx, who auth.Actor) (n int, err error) {
	q := &query{}
	q.scope(who)
	q.and(`c.live AND c.state = 'granted' AND c.matter NOT LIKE '%"no_certificate":true%'`)
	err = tx.One(`SELECT COUNT(*) FROM cases c WHERE `+q.text(), q.args, &n)
	return n, err
}

// Find returns a case as it is. It asks for no right: it is for other
// capabilities that have asked for their own.
func (s *Service) Find(tx *db.Tx, id int64) (Case, error) {
	c, err := findCase(tx, id)
	if err != nil {
		return Case{}, err
	}
	return *c, nil
}

// MaySee reports whether the actor may see a case.
func (s *Service) MaySee(tx *db.Tx, who auth.Actor, id int64) (bool, error) {
	c, err := findCase(tx, id)
	if err != nil {
		return false, err
	}
	err = s.may(tx, who, maySee, c, "")
	if fault.Is(err, fault.Unknown) {
		return false, nil
	}
	return err == nil, err
}

// DeliveryOf is how the applicant wants the result of a case, opened.
func (s *Service) DeliveryOf(c Case) (d Delivery, err error) {
	var form map[string]string
	err = openJSON(s.Box, fmt.Sprintf("cases:%d", c.ID), nil, &form, c.sealedDelivery, &d)
	return d, err
}
