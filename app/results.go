package app

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"onedoor.app/domain/cases"
	"onedoor.app/domain/cases/show"
	"onedoor.app/domain/cases/work"
	"onedoor.app/domain/catalog"
	"onedoor.app/domain/certificate"
	"onedoor.app/domain/delivery"
	"onedoor.app/domain/oversight"
	"onedoor.app/domain/party"
	"onedoor.app/domain/supervision"
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
		Deliver: s.deliver,
	}
	s.oversight = &oversight.Service{
		DB: b.DB, Calendar: s.calendar, Frame: b.Frame, Flash: b.Flash, UnitName: s.unitName, Above: s.unitsAbove,
		Certificate: func(tx *db.Tx, id int64) (string, string, error) {
			c, _, err := s.certificate.OfCase(tx, id)
			return c.Name, c.ShownNumber(), err
		},
		CaseHref: func(who auth.Actor, id int64) string {
			if who.May(supervision.Watch) {
				return supervision.Path(id)
			}
			return ""
		},
	}
	s.watch.Overseen, s.work.Overseen = s.oversight.Shown, s.oversight.Shown
	s.certificate.Saw = func(ctx context.Context, who auth.Actor, id int64) error {
		return s.cases.Saw(ctx, who, id, cases.SightCertificate)
	}
	s.delivery.Saw = func(ctx context.Context, who auth.Actor, id int64) error {
		return s.cases.Saw(ctx, who, id, cases.SightAddress)
	}
	s.cases.Holds = s.certificate.Holds
	s.cases.Register = cases.Register{
		Of: s.heldOf, Now: s.heldNow, From: s.heldFrom, Term: s.certificate.Term, ByNumber: s.heldByNumber, Ended: s.heldBefore,
		Words: func(tx *db.Tx, id int64) (map[string]string, error) {
			c, err := s.certificate.Current(tx, id)
			return c.Words(), err
		},
	}
	s.certificate.RenewBy = func(tx *db.Tx, until calendar.Date) (r certificate.Renewal, err error) {
		r.By, r.Late, err = s.cases.RenewBy(tx, until)
		return r, err
	}
	s.certificate.Offers, s.certificate.Deeds, s.certificate.CaseHref = s.offers, s.deeds, work.Link
	s.certificate.Coming = func(tx *db.Tx, root int64) (*certificate.Coming, error) {
		next, err := s.cases.ComingOf(tx, root)
		if err != nil || next == nil {
			return nil, err
		}
		return &certificate.Coming{Effect: next.Effect, Case: next.Case, CaseNo: next.No, Day: next.Day}, nil
	}
	s.cases.Results = s.results
}

// held is a certificate as cases look at it.
func held(c certificate.Certificate, today calendar.Date) cases.Held {
	state := map[certificate.Status]cases.CertificateState{
		certificate.Valid: cases.CertificateValid, certificate.Expired: cases.CertificateExpired,
		certificate.Suspended: cases.CertificateSuspended, certificate.Replaced: cases.CertificateReplaced,
		certificate.Annulled: cases.CertificateAnnulled, certificate.TakenBack: cases.CertificateTakenBack,
		certificate.Revoked: cases.CertificateRevoked, certificate.Cancelled: cases.CertificateCancelled,
	}
	return cases.Held{
		ID: c.Root, Current: c.ID, Case: c.Case, Type: c.Type, Name: c.Name, Party: c.Party, Number: c.ShownNumber(), From: c.From,
		Until: c.Until,
		State: state[c.StatusOn(today)],
	}
}

func (s *services) heldOf(tx *db.Tx, party int64, typ string) (list []cases.Held, err error) {
	all, err := s.certificate.InForce(tx, party, typ)
	for _, c := range all {
		list = append(list, held(c, calendar.DateOf(tx.Now())))
	}
	return list, err
}

func (s *services) heldBefore(tx *db.Tx, party int64, typ string) (list []cases.Held, err error) {
	all, err := s.certificate.Ended(tx, party, typ)
	for _, c := range all {
		list = append(list, held(c, calendar.DateOf(tx.Now())))
	}
	return list, err
}

func (s *services) heldByNumber(tx *db.Tx, typ, number string) (cases.Held, bool, error) {
	c, ok, err := s.certificate.ByNumber(tx, typ, number)
	return held(c, calendar.DateOf(tx.Now())), ok, err
}

func (s *services) heldNow(tx *db.Tx, id int64) (cases.Held, error) {
	c, err := s.certificate.Current(tx, id)
	return held(c, calendar.DateOf(tx.Now())), err
}

func (s *services) heldFrom(tx *db.Tx, caseID int64) (cases.Held, bool, error) {
	c, ok, err := s.certificate.OfCase(tx, caseID)
	return held(c, calendar.DateOf(tx.Now())), ok, err
}

// offers are what the holder of a certificate may apply for about it: while its next version is being made, to have it
// cancelled.
func (s *services) offers(tx *db.Tx, c certificate.Certificate) (list []certificate.Offer, err error) {
	next, err := s.cases.ComingOf(tx, c.Root)
	if err != nil {
		return nil, err
	}
	items, err := s.catalog.About(tx, c.Type)
	for _, it := range items {
		if next != nil && it.ActsOn.Effect != catalog.EffectCancel {
			continue
		}
		from, err := s.cases.From(tx, it, c.Until)
		if err != nil {
			return nil, err
		}
		list = append(list, certificate.Offer{
			Effect: it.ActsOn.Effect, Name: it.Name, From: from,
			Href: "/apply/" + it.Code + "?certificate=" + strconv.FormatInt(c.Root, 10),
		})
	}
	return list, err
}

// deeds are the acts of the law on a certificate that are the actor's business, by the case in which it has its life: the one
// that made it, or that has renewed it since.
func (s *services) deeds(ctx context.Context, tx *db.Tx, who auth.Actor, root int64) (now, later []certificate.Deed, err error) {
	caseID, err := s.cases.CarrierOf(tx, root)
	if err != nil || caseID == 0 {
		return nil, nil, err
	}
	c, err := s.cases.Find(tx, caseID)
	if err != nil {
		return nil, nil, err
	}
	choices, err := s.cases.Explain(tx, who, &c)
	if err != nil {
		return nil, nil, err
	}
	choices = slices.DeleteFunc(choices, func(x cases.Choice) bool { return !cases.IsCertificateAct(x.Act) })
	deeds := func(all []show.More) (list []certificate.Deed) {
		for _, m := range all {
			list = append(list, certificate.Deed{Name: m.Name, Href: m.Href, Why: m.Why, Law: m.Law})
		}
		return list
	}
	can, cannot := show.Mores(ctx, &c, choices, func(a cases.Act) string { return work.ActLink(caseID, a) })
	return deeds(can), deeds(cannot), nil
}

// awaits makes a parcel of each result that is ready to be handed over.
func (s *services) awaits() []event.Handler {
	return []event.Handler{
		{On: certificate.EventMade, Do: func(tx *db.Tx, e event.Event) error {
			made, old := e.Body.(certificate.Made).Certificate, e.Body.(certificate.Made).Replaced
			if old != nil {
				if err := s.giveWay(tx, e.Who, old.Case, made.Case); err != nil {
					return err
				}
			}
			c, err := s.cases.Find(tx, made.Case)
			if err != nil {
				return err
			}
			return s.await(tx, e.Who, c, delivery.Result{Name: made.Name, Number: made.Number, Version: made.Version, Decided: made.MadeAt})
		}},
		{On: cases.EventStanding, Do: func(tx *db.Tx, e event.Event) error {
			x := e.Body.(cases.Stood)
			if err := s.certificate.Follow(tx, e.Who, certificate.Done{
				Act: certificate.Act(x.Act), Case: x.Case.ID, Root: x.Certificate, Ground: string(x.Ground), Until: x.Until, Paper: x.Paper,
			}); err != nil {
				return err
			}
			return s.keepBack(tx, e.Who, x)
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
			return s.await(tx, e.Who, c, delivery.Result{Name: it.Result.Name})
		}},
		{On: cases.EventGranted, Do: s.oversee},
		{On: cases.EventRecounted, Do: func(tx *db.Tx, e event.Event) error {
			c := e.Body.(cases.Happened).Case
			if clock, ok := c.Matter.Clock(cases.ClockDelivery); ok && clock.Running() {
				return s.delivery.Move(tx, c.ID, clock.Due)
			}
			return nil
		}},
	}
}

// oversee tells the regulators of an item what was granted.
func (s *services) oversee(tx *db.Tx, e event.Event) error {
	c := e.Body.(cases.Happened).Case
	it, err := s.catalog.Version(tx, c.ItemVersion)
	if err != nil {
		return err
	}
	g := oversight.Grant{Case: c.ID, No: c.No, ItemName: c.ItemName, Holder: c.PartyName, At: c.DecidedAt}
	for _, o := range it.Regulators() {
		g.Duties = append(g.Duties, oversight.Duty{Unit: o.Unit, Task: o.Task, Basis: o.Source, Days: o.Days})
	}
	return s.oversight.Tell(tx, e.Who, g)
}

// unitsAbove are the units that one is a part of, the nearest first.
func (s *services) unitsAbove(tx *db.Tx, code string) (above []string, err error) {
	for range 8 { // deeper than any bureau
		unit, err := s.office.Unit(tx, code)
		if fault.Is(err, fault.Unknown) || err == nil && unit.Parent == "" {
			return above, nil
		}
		if err != nil {
			return nil, err
		}
		code = unit.Parent
		above = append(above, code)
	}
	return above, nil
}

// await has r wait as its holder wishes. Its days count from the decision; those of a certificate that is issued again
// from the making, and it waits at the window: the address of the application may be years old.
func (s *services) await(tx *db.Tx, who auth.Actor, c cases.Case, r delivery.Result) error {
	wish, err := s.cases.DeliveryOf(c)
	if err != nil {
		return err
	}
	r.Case, r.CaseNo, r.ItemName, r.Party, r.PartyName = c.ID, c.No, c.ItemName, c.Party, c.PartyName
	if r.Way = delivery.Window; !c.State().Ended() {
		r.Way, r.Wish = delivery.Way(wish.Way), delivery.Wish{Name: wish.Name, Phone: wish.Phone, Address: wish.Address}
		r.Decided = c.DecidedAt
	}
	if clock, ok := c.Matter.Clock(cases.ClockDelivery); ok && clock.Running() {
		r.Due = clock.Due
	}
	return s.delivery.Await(tx, who, r)
}

// giveWay has the version that one case made give way to that of another; of the same case it was issued again. What the
// holder has not collected of the one before is not handed over any more: the new one is, for both cases (Art. 44).
func (s *services) giveWay(tx *db.Tx, who auth.Actor, old, made int64) error {
	if old == made {
		return nil
	}
	if err := s.cases.Replace(tx, who, old, made); err != nil || old == 0 {
		return err
	}
	return s.delivery.Withdraw(tx, who, old)
}

// deliver does the legal act of delivery. With the version of a certificate that the holder gets, they get what cases
// before it granted and nobody collected.
func (s *services) deliver(tx *db.Tx, who auth.Actor, on delivery.On, proof string) error {
	done, err := s.cases.Deliver(tx, who, cases.On{Case: on.Case, Version: on.Version}, proof)
	if err != nil {
		return err
	}
	before, err := s.certificate.Before(tx, on.Case)
	for _, id := range before {
		c, err := s.cases.Find(tx, id)
		if err != nil {
			return err
		}
		if c.State() != cases.StateCertified {
			continue
		}
		if _, err := s.cases.Deliver(tx, who, cases.On{Case: id}, proof+"，随换发后的证件一并送达，办件编号"+done.No); err != nil {
			return err
		}
	}
	return err
}

// keepBack takes back what waits of a certificate that its holder may not have any more.
func (s *services) keepBack(tx *db.Tx, who auth.Actor, x cases.Stood) error {
	switch x.Act {
	case cases.ActAnnul, cases.ActTakeBack, cases.ActRevokeCertificate, cases.ActCancelCertificate:
	default:
		return nil
	}
	made := x.Case.ID
	if x.Certificate != 0 {
		h, err := s.heldNow(tx, x.Certificate)
		if err != nil || h.Case == 0 {
			return err
		}
		made = h.Case
	}
	return s.delivery.Withdraw(tx, who, made)
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
	if g.Certificate != 0 {
		out.Replaces, out.Same = g.Certificate, g.Item.ActsOn.Effect == catalog.EffectReissue
		out.Renews, out.Applied = g.Item.ActsOn.Effect == catalog.EffectRenew, g.ReceivedAt
	}
	if held := g.Matter.Certificate; held != nil && g.State() == cases.StateGranted {
		switch {
		case g.Matter.Terms.Renewal && g.Matter.Terms.ValidityMonths > 0: // the law has counted it
			out.Until = held.Expires
		case !g.Matter.Terms.Renewal && g.Certificate == 0: // as on the original that the window saw
			out.Until = held.Expires
		}
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
		out = append(out, cases.Result{Kind: r.Kind, Name: r.Name, Number: r.Number, Href: r.Href, About: r.About, Note: r.Note, At: r.At})
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
