package cases

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"onedoor.app/domain/catalog"
	"onedoor.app/domain/party"
	"onedoor.app/engine/ledger"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

// Draft is an application that has not been handed in: data without legal
// effect. It lies on the server, so that another device goes on where the first
// one stopped.
type Draft struct {
	ID          int64
	Party       int64 // in whose name
	Agent       int64 // who fills it in for them, 0: themselves
	Staff       int64 // the clerk who fills it in for a walk-in, 0: nobody
	Item        string
	ItemVersion int64
	Answers     map[string]string
	Form        map[string]string
	Delivery    Delivery
	Pledged     bool   // the text of 告知承诺 was agreed to
	Promised    bool   // to hand in later what may come later (容缺)
	Division    string // where the applicant lives, for items that a township receives
	Certificate int64  // that it is about, see Held; 0: none named
	Version     int64
	Changed     time.Time
	Case        int64 // once it was handed in
}

// Begin opens a draft of an item for the applicant, or returns the one that is
// already open. party is in whose name a clerk fills it in for a walk-in; an
// applicant leaves it 0.
func (s *Service) Begin(ctx context.Context, who auth.Actor, item string, party int64) (d Draft, err error) {
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		it, err := s.Catalog.Offered(tx, item)
		if err != nil {
			return err
		}
		d = Draft{ID: tx.NewID(), Party: who.Principal(), Item: it.Code, ItemVersion: it.ID, Changed: tx.Now(), Version: 1}
		if who.Kind == auth.Staff {
			d.Party, d.Staff = party, who.Staff
		} else if who.For != 0 {
			d.Agent = who.Party
			if _, err := s.Party.Mandate(tx, who.Party, who.For, it.Code); err != nil {
				return err
			}
		}
		if d.Party == 0 {
			return fault.New(fault.Forbidden, "cases.no_party")
		}
		if err := s.suits(tx, it, d.Party); err != nil {
			return err
		}
		open, found, err := s.openDraft(tx, d.Party, d.Agent, d.Staff, d.Item)
		if err != nil {
			return err
		}
		if found {
			d = open
			return nil
		}
		if d.Form, d.Division, err = s.prefill(tx, it, d); err != nil {
			return err
		}
		if d.Staff != 0 { // the clerk is shown what the centre knows about the applicant: that is kept
			if err := ledger.Log(tx, fmt.Sprintf("walkin:%d", d.ID), who, ledger.Draft{
				Act: "cases.walk_in", OnBehalf: d.Party, Body: map[string]any{"item": d.Item},
			}); err != nil {
				return err
			}
		}
		if d.Certificate, err = s.onlyOne(tx, it, d.Party); err != nil {
			return err
		}
		if err := s.bringWords(tx, it, &d, 0); err != nil {
			return err
		}
		d.Answers = map[string]string{}
		return s.insertDraft(tx, d)
	})
	return d, err
}

// suits refuses an item that is not for people, or not for organisations.
func (s *Service) suits(tx *db.Tx, it *catalog.Item, applicant int64) error {
	p, err := s.Party.Find(tx, applicant)
	switch {
	case err != nil:
		return err
	case p.Kind == party.Person && !it.ForPersons():
		return fault.New(fault.Conflict, "cases.for_bodies")
	case p.Kind == party.Organization && !it.ForBodies():
		return fault.New(fault.Conflict, "cases.for_persons")
	}
	return nil
}

// prefill takes what the centre already knows about the applicant into the form,
// so that nobody types it again, and where they live.
func (s *Service) prefill(tx *db.Tx, it *catalog.Item, d Draft) (form map[string]string, division string, err error) {
	p, err := s.Party.Find(tx, d.Party)
	if err != nil {
		return nil, "", err
	}
	known := elements(p)
	if d.Agent != 0 {
		a, err := s.Party.Find(tx, d.Agent)
		if err != nil {
			return nil, "", err
		}
		known["contact_name"], known["contact_mobile"] = a.Name, a.Mobile
	}
	form = map[string]string{}
	for _, f := range it.Fields {
		if v := f.Clean(known[f.Element]); v != "" && f.Check(v) == "" { // a person's number is no credit code
			form[f.Key] = v
		}
	}
	return form, p.Division, nil
}

// elements are the standard data elements that a party's record answers.
func elements(p party.Party) map[string]string {
	known := map[string]string{
		"applyer_name": p.Name, "applyer_page_code": p.Number, "address": p.Address, "contact_name": p.Name,
		"contact_mobile": p.Mobile,
	}
	if p.Kind == party.Organization {
		known["legal"], known["yc.legal_id"], known["contact_name"] = p.LegalName, p.LegalNumber, p.LegalName
		known["yc.business_scope"] = ""
	} else if birth, ok := p.Birth(); ok {
		known["yc.birth_date"] = birth.String()
	}
	return known
}

// DraftOf returns a draft to whoever may fill it in.
func (s *Service) DraftOf(tx *db.Tx, who auth.Actor, id int64) (Draft, *catalog.Item, error) {
	d, err := s.findDraft(tx, id, false)
	if err != nil {
		return Draft{}, nil, err
	}
	if !d.belongs(who) {
		return Draft{}, nil, fault.New(fault.Unknown, "cases.draft_unknown")
	}
	it, err := s.Catalog.Version(tx, d.ItemVersion)
	if err == nil && d.Case == 0 {
		err = s.identify(tx, it, &d)
	}
	return d, it, err
}

func (d Draft) belongs(who auth.Actor) bool {
	switch who.Kind {
	case auth.Applicant:
		return d.Staff == 0 && who.Covers(d.Party, d.Item)
	case auth.Staff:
		return d.Staff != 0 && d.Staff == who.Staff
	default:
		return false
	}
}

// Filling is what a person put into one step of a draft; nil leaves a part as it
// is.
type Filling struct {
	Answers  map[string]string
	Form     map[string]string
	Delivery *Delivery
	Pledged  *bool
	Promised *bool
	Division *string

	Certificate *int64
}

// Save keeps what a person has filled in so far, however unfinished: nothing is
// judged here and nothing is lost. It returns the draft as it is now.
func (s *Service) Save(ctx context.Context, who auth.Actor, id int64, f Filling) (d Draft, err error) {
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		if d, err = s.findDraft(tx, id, true); err != nil {
			return err
		}
		if !d.belongs(who) {
			return fault.New(fault.Unknown, "cases.draft_unknown")
		}
		if d.Case != 0 {
			return fault.New(fault.Conflict, "cases.draft_handed_in", "case", d.Case)
		}
		it, err := s.renew(tx, &d)
		if err != nil {
			return err
		}
		if f.Answers != nil {
			d.Answers = f.Answers
		}
		if f.Form != nil {
			merged := maps.Clone(d.Form)
			if merged == nil {
				merged = map[string]string{}
			}
			maps.Copy(merged, f.Form)
			d.Form = merged
		}
		if err := s.identify(tx, it, &d); err != nil {
			return err
		}
		if f.Delivery != nil {
			d.Delivery = *f.Delivery
		}
		if f.Pledged != nil {
			d.Pledged = *f.Pledged
		}
		if f.Promised != nil {
			d.Promised = *f.Promised
		}
		if f.Division != nil {
			d.Division = *f.Division
		}
		if before := d.Certificate; f.Certificate != nil && *f.Certificate != before {
			d.Certificate = *f.Certificate
			if err := s.bringWords(tx, it, &d, before); err != nil && !fault.Is(err, fault.Unknown) {
				return err // nonsense is kept: Check says so
			}
		}
		d.Version, d.Changed = d.Version+1, tx.Now()
		return s.changeDraft(tx, d)
	})
	return d, err
}

// renew moves a draft to the item's current version: an application is made on
// what is in force when it is handed in.
func (s *Service) renew(tx *db.Tx, d *Draft) (*catalog.Item, error) {
	it, err := s.Catalog.Offered(tx, d.Item)
	if err != nil {
		return nil, err
	}
	d.ItemVersion = it.ID
	return it, nil
}

// Discard removes a draft and its files.
func (s *Service) Discard(ctx context.Context, who auth.Actor, id int64) error {
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		d, err := s.findDraft(tx, id, true)
		if err != nil {
			return err
		}
		if !d.belongs(who) || d.Case != 0 {
			return fault.New(fault.Unknown, "cases.draft_unknown")
		}
		return removeDraft(tx, id)
	})
}

// Check says what still keeps the draft from being handed in: nil if nothing.
// A window may take in what is incomplete, because the law obliges it to.
func (s *Service) Check(tx *db.Tx, d Draft, it *catalog.Item) error {
	need, err := s.NeedFor(tx, it, d)
	if err != nil {
		return err
	}
	if need.NotNeeded || need.Redirect != "" {
		return fault.New(fault.Conflict, "cases.not_this_item")
	}
	if err := s.identify(tx, it, &d); err != nil {
		return err
	}
	bad := fault.Fields{}
	for _, q := range need.Missing {
		bad.Need(false, "answer."+q, "cases.answer_missing")
	}
	for key, code := range need.CheckForm(d.Form) {
		bad.Need(false, "form."+key, code)
	}
	if need.Pledge {
		bad.Need(d.Pledged || d.Staff != 0, "pledged", "cases.pledge_missing")
	}
	about, code, err := s.about(tx, it, d)
	if err != nil {
		return err
	}
	bad.Need(code == "", "certificate", code)
	field, first, err := s.early(tx, it, d, about)
	if err != nil {
		return err
	}
	bad.Need(first == 0, field, "cases.certificate_early")
	changed, err := s.changesFace(tx, it, d, need.Fields)
	if err != nil && !fault.Is(err, fault.Unknown) { // which certificate there is none of is said above
		return err
	}
	for _, key := range changed {
		bad.Need(false, "form."+key, "cases.renewal_changes")
	}
	if d.Delivery.Way == DeliverCourier {
		bad.Need(d.Delivery.Name != "", "delivery.name", "cases.delivery_name_missing")
		bad.Need(mobileRE.MatchString(d.Delivery.Phone), "delivery.phone", "cases.delivery_phone")
		bad.Need(len([]rune(d.Delivery.Address)) >= 6, "delivery.address", "cases.delivery_address")
	}
	if Located(it, need.Need) && d.Staff == 0 { // the window asks those who stand there, and may correct it
		code, err := s.checkPlace(tx, d)
		if err != nil {
			return err
		}
		bad.Need(code == "", "place", code)
	}
	if d.Staff == 0 {
		lacking, err := s.lacking(tx, d, need.Need)
		if err != nil {
			return err
		}
		for _, key := range lacking {
			if m := need.Material(key); m != nil && m.Need == catalog.Required {
				bad.Need(false, "material."+key, "cases.material_missing")
			} else if m != nil && m.Need == catalog.Deferrable {
				bad.Need(d.Promised, "promised", "cases.promise_missing")
			}
		}
	}
	return withDay(bad.Err(), field, first)
}

// lacking lists the materials that should come and have not, deferrable ones
// included.
func (s *Service) lacking(tx *db.Tx, d Draft, need catalog.Need) ([]string, error) {
	files, err := listFiles(tx, "draft_id", d.ID)
	if err != nil {
		return nil, err
	}
	var lacking []string
	for _, m := range need.Materials {
		if m.Need == catalog.Optional || d.HasPaper(m.ID) || slices.ContainsFunc(files, func(f File) bool { return f.Material == m.ID }) {
			continue
		}
		_, held, err := s.holds(tx, d.Party, m)
		if err != nil {
			return nil, err
		}
		if !held {
			lacking = append(lacking, m.ID)
		}
	}
	return lacking, nil
}

func (s *Service) sealDraft(d Draft) (form, delivery []byte, err error) {
	f, err := json.Marshal(d.Form)
	if err != nil {
		return nil, nil, err
	}
	v, err := json.Marshal(d.Delivery)
	about := fmt.Sprintf("cases_draft:%d", d.ID)
	return s.Box.Seal(f, about), s.Box.Seal(v, about), err
}

func (s *Service) unsealDraft(d *Draft, form, delivery []byte) error {
	about := fmt.Sprintf("cases_draft:%d", d.ID)
	return openJSON(s.Box, about, form, &d.Form, delivery, &d.Delivery)
}
