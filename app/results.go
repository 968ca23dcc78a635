package app

import (
	"context"
	"strings"

	"onedoor.app/domain/cases"
	"onedoor.app/domain/catalog"
	"onedoor.app/domain/certificate"
	"onedoor.app/domain/delivery"
	"onedoor.app/domain/party"
	"onedoor.app/engine/calendar"
	"onedoor.app/engine/event"
	"onedoor.app/engine/number"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

// newResults connects what follows a grant: certificates are made from cases and
// do their legal act there, parcels wait from the moment a result is ready.
func (s *services) newResults(b Base) {
	s.certificate = &certificate.Service{
		DB: b.DB, Box: b.Box, Blobs: b.Blobs, Fonts: b.Fonts, Calendar: s.calendar, Events: b.Bus, Frame: b.Frame,
		Public: b.Config.PublicURL, Region: b.Config.Region, Flash: b.Flash,
		Grant: s.grant, Granted: s.granted, CountGranted: s.cases.CountGrantsWaiting, MaySee: s.cases.MaySee,
		Certify: func(tx *db.Tx, who auth.Actor, on certificate.On, number string, until calendar.Date) error {
			_, err := s.cases.Certify(tx, who, cases.On{Case: on.Case, Version: on.Version}, number, until)
			return err
		},
		Party: func(tx *db.Tx, number string) (int64, bool, error) {
			p, err := s.party.FindByNumber(tx, number)
			if fault.Is(err, fault.Unknown) {
				return 0, false, nil
			}
			return p.ID, err == nil, err
		},
	}
	s.delivery = &delivery.Service{
		DB: b.DB, Box: b.Box, Calendar: s.calendar, Frame: b.Frame, Flash: b.Flash, Collectors: s.collectors,
		CheckNumber: func(typed string) (string, error) {
			tidy := number.Tidy(typed)
			_, err := party.ParseIDNumber(tidy)
			return tidy, err
		},
		Licence: func(tx *db.Tx, id int64) (bool, error) {
			c, err := s.cases.Find(tx, id)
			return c.Matter.Terms.Kind == cases.KindLicence, err
		},
		Deliver: func(tx *db.Tx, who auth.Actor, on delivery.On, proof string) error {
			_, err := s.cases.Deliver(tx, who, cases.On{Case: on.Case, Version: on.Version}, proof)
			return err
		},
	}
	s.certificate.Saw = func(ctx context.Context, who auth.Actor, id int64) error {
		return s.cases.Saw(ctx, who, id, cases.SightCertificate)
	}
	s.delivery.Saw = func(ctx context.Context, who auth.Actor, id int64) error {
		return s.cases.Saw(ctx, who, id, cases.SightAddress)
	}
	s.cases.Holds = s.certificate.Holds
	s.cases.Results = s.results
}

// awaits makes a parcel of each result that is ready to be handed over.
func (s *services) awaits() []event.Handler {
	return []event.Handler{
		{On: certificate.EventMade, Do: func(tx *db.Tx, e event.Event) error {
			made := e.Body.(certificate.Made).Certificate
			c, err := s.cases.Find(tx, made.Case)
			if err != nil {
				return err
			}
			return s.await(tx, c, made.Name, made.Number)
		}},
		{On: cases.EventGranted, Do: func(tx *db.Tx, e event.Event) error {
			c := e.Body.(cases.Happened).Case
			if !c.Matter.Terms.NoCertificate {
				return nil // waits for its certificate
			}
			it, err := s.catalog.Version(tx, c.ItemVersion)
			if err != nil {
				return err
			}
			return s.await(tx, c, it.Result.Name, "")
		}},
		{On: cases.EventRecounted, Do: func(tx *db.Tx, e event.Event) error {
			c := e.Body.(cases.Happened).Case
			if clock, ok := c.Matter.Clock(cases.ClockDelivery); ok {
				return s.delivery.Move(tx, c.ID, clock.Due)
			}
			return nil
		}},
	}
}

func (s *services) await(tx *db.Tx, c cases.Case, name, number string) error {
	wish, err := s.cases.DeliveryOf(c)
	if err != nil {
		return err
	}
	r := delivery.Result{
		Case: c.ID, CaseNo: c.No, ItemName: c.ItemName, Name: name, Number: number, Party: c.Party, PartyName: c.PartyName,
		Way: delivery.Way(wish.Way), Wish: delivery.Wish{Name: wish.Name, Phone: wish.Phone, Address: wish.Address},
		Decided: c.DecidedAt,
	}
	if clock, ok := c.Matter.Clock(cases.ClockDelivery); ok {
		r.Due = clock.Due
	}
	return s.delivery.Await(tx, r)
}

// grant is a granted case as a certificate needs it.
func (s *services) grant(tx *db.Tx, who auth.Actor, id int64) (certificate.Grant, error) {
	g, err := s.cases.GrantOf(tx, who, id)
	if err != nil {
		return certificate.Grant{}, err
	}
	body, err := s.office.Unit(tx, g.Body)
	if err != nil {
		return certificate.Grant{}, err
	}
	out := certificate.Grant{
		Case: g.ID, Version: g.Version, CaseNo: g.No, Item: g.Item.Code, ItemName: g.ItemName, Type: g.Item.Result.Certificate,
		Result: g.Item.Result.Name, Validity: g.Item.Result.Validity,
		Holder: certificate.Holder{
			Party: g.Holder.ID, Kind: certificate.Kind(g.Holder.Kind), Name: g.Holder.Name, Number: g.Holder.Number,
		},
		Body: certificate.Body{Code: body.Code, Name: body.Name, USCC: body.Body}, Unit: g.Unit, Decided: g.DecidedAt,
		Basis: g.Decision,
	}
	for _, v := range g.Form {
		out.Rows = append(out.Rows, certificate.Row{Key: v.Key, Label: v.Label, Value: v.Text, Kind: v.Kind})
	}
	return out, nil
}

// granted lists what waits for a certificate.
func (s *services) granted(tx *db.Tx, who auth.Actor, after int64, limit int) ([]certificate.Waiting, error) {
	list, err := s.cases.GrantsWaiting(tx, who, after, limit)
	if err != nil {
		return nil, err
	}
	out := make([]certificate.Waiting, 0, len(list))
	for _, c := range list {
		it, err := s.catalog.Version(tx, c.ItemVersion)
		if err != nil {
			return nil, err
		}
		w := certificate.Waiting{
			Case: c.ID, CaseNo: c.No, ItemName: c.ItemName, Result: it.Result.Name, Holder: c.PartyName, Decided: c.DecidedAt,
		}
		if clock, ok := c.Matter.Clock(cases.ClockDelivery); ok {
			w.Due = clock.Due
		}
		out = append(out, w)
	}
	return out, nil
}

// collectors are the people who may collect the result of a case: the holder or
// its legal representative, and the agent who handed the case in.
func (s *services) collectors(tx *db.Tx, id int64) ([]delivery.Collector, error) {
	c, err := s.cases.Find(tx, id)
	if err != nil {
		return nil, err
	}
	holder, err := s.party.Find(tx, c.Party)
	if err != nil {
		return nil, err
	}
	out := []delivery.Collector{{Relation: delivery.Self, Name: holder.Name, Number: holder.Number}}
	if holder.Kind == party.Organization {
		out = []delivery.Collector{{Relation: delivery.Legal, Name: holder.LegalName, Number: holder.LegalNumber}}
	}
	if c.Agent != 0 {
		if _, err := s.party.Mandate(tx, c.Agent, c.Party, c.Item); fault.Is(err, fault.Forbidden) {
			return out, nil // the mandate has ended: the agent shows a new one or does not collect
		} else if err != nil {
			return nil, err
		}
		agent, err := s.party.Find(tx, c.Agent)
		if err != nil {
			return nil, err
		}
		out = append(out, delivery.Collector{Relation: delivery.Agent, Name: agent.Name, Number: agent.Number})
	}
	return out, nil
}

// results lists what a case has produced, for its pages.
func (s *services) results(tx *db.Tx, id int64) ([]cases.Result, error) {
	made, err := s.certificate.Results(tx, id)
	if err != nil {
		return nil, err
	}
	parcels, err := s.delivery.Results(tx, id)
	if err != nil {
		return nil, err
	}
	var out []cases.Result
	for _, r := range made {
		out = append(out, cases.Result{Kind: r.Kind, Name: r.Name, Number: r.Number, Href: r.Href, Note: r.Note, At: r.At})
	}
	for _, r := range parcels {
		out = append(out, cases.Result{Kind: r.Kind, Name: r.Name, Number: r.Number, Href: r.Href, Note: r.Note, At: r.At})
	}
	return out, nil
}

// itemName and itemCode let mandates speak of items by their names.
func (s *services) itemName(tx *db.Tx, code string) (string, error) {
	it, err := s.catalog.Current(tx, code)
	if err != nil {
		return "", err
	}
	return it.Name, nil
}

func (s *services) itemCode(tx *db.Tx, typed string) (code string, known bool, err error) {
	it, err := s.catalog.Current(tx, strings.TrimSpace(typed))
	if err == nil {
		return it.Code, true, nil
	}
	if !fault.Is(err, fault.Unknown) {
		return "", false, err
	}
	hits, _, err := s.catalog.Search(tx, typed, catalog.Filter{}, "", 1)
	if err != nil || len(hits) == 0 || hits[0].Name != strings.TrimSpace(typed) {
		return "", false, err
	}
	return hits[0].Code, true, nil
}

// hand hands a result over in the sample city.
func (s *services) hand(ctx context.Context, who auth.Actor, id int64) error {
	var to []delivery.Collector
	if err := s.delivery.DB.Read(ctx, func(tx *db.Tx) (err error) {
		to, err = s.collectors(tx, id)
		return err
	}); err != nil {
		return err
	}
	return s.delivery.Hand(ctx, who, delivery.Handover{On: delivery.On{Case: id}, Name: to[0].Name, Number: to[0].Number})
}
