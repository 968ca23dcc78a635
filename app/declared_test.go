package app

import (
	"errors"
	"testing"
	"time"

	"onedoor.app/domain/cases"
	"onedoor.app/domain/catalog"
	"onedoor.app/engine/calendar"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

// eachHouse runs fn in a fresh sample city on every engine.
func eachHouse(t *testing.T, fn func(h *house)) {
	t.Helper()
	t.Parallel()
	for engine, url := range theHouse.URLs(t) {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			fn(openHouseOn(t, url))
		})
	}
}

// declare hands in an application of who that declares a paper certificate.
func (h *house) declare(who auth.Actor, item, number, until string, at time.Time) (*run, error) {
	h.Helper()
	r := h.run(item, at)
	r.who, r.desk = who, r.cast.clerks[0]
	d, err := h.s.cases.Begin(h.Context(), who, item, 0)
	if err != nil {
		h.Fatal(err)
	}
	answers, form, agreed, paper := r.cast.routes[item], map[string]string{}, true, cases.Another
	need := r.it.Resolve(answers)
	for _, f := range need.Fields {
		if v := d.Form[f.Key]; v == "" || f.Check(f.Clean(v)) != "" {
			form[f.Key] = f.Example()
		}
		switch f.Element {
		case catalog.ElementCertificateNumber:
			form[f.Key] = number
		case catalog.ElementCertificateUntil:
			form[f.Key] = until
		}
	}
	if _, err := h.s.cases.Save(h.Context(), who, d.ID, cases.Filling{
		Answers: answers, Form: form, Pledged: &agreed, Promised: &agreed, Delivery: &cases.Delivery{Way: cases.DeliverWindow}, Certificate: &paper,
	}); err != nil {
		h.Fatal(err)
	}
	for _, m := range need.Materials {
		if err := r.attach(who, cases.To{Draft: d.ID, Material: m.ID}, m); err != nil {
			h.Fatal(err)
		}
	}
	out, err := h.s.cases.Submit(h.Context(), who, d.ID, "")
	r.on = cases.On{Case: out.Case}
	return r, err
}

// newcomer is an organization that the register holds no food licence of.
func (h *house) newcomer() auth.Actor {
	h.Helper()
	for _, who := range h.d.cast.bodies {
		if who.Party != h.owner.Party && len(h.valid(who.Party, "CT-FOOD")) == 0 {
			return who
		}
	}
	h.Fatal("everybody has one")
	return auth.Actor{}
}

// fieldOf is the code of a fault at a field.
func fieldOf(err error, field string) string {
	if f, ok := errors.AsType[*fault.Error](err); ok {
		return f.Fields[field]
	}
	return ""
}

var somewhen = time.Date(2027, 3, 1, 10, 0, 0, 0, calendar.Zone)

// TestOnePaperBecomesOneCertificate: what was declared, renewed and handed over cannot be declared for another item.
func TestOnePaperBecomesOneCertificate(t *testing.T) {
	eachHouse(t, func(h *house) {
		who := h.newcomer()
		const paper = "JY12345678901234"
		r, err := h.declare(who, "food-operation-renew", paper, "2027-06-30", somewhen)
		if err != nil {
			h.Fatal(err)
		}
		if _, err := h.declare(who, "food-operation-change", paper, "2027-06-30", somewhen.Add(time.Hour)); fieldOf(err, "certificate") != "cases.certificate_busy" {
			h.Errorf("declared for a second item: %v", err)
		}
		h.accepts(r)
		h.grants(r)
		if err := r.hand(); err != nil {
			h.Fatal(err)
		}
		if _, err := h.declare(who, "food-operation-change", "jy 1234-5678-901234", "2027-06-30", h.d.clock.Add(time.Hour)); fieldOf(err, "certificate") == "" {
			h.Errorf("declared once more, written otherwise: %v", err)
		}
		if list := h.valid(who.Party, "CT-FOOD"); len(list) != 1 {
			h.Errorf("one paper became %d certificates", len(list))
		}
		h.sound()
	})
}

// TestADeclaredNumberIsLookedUpInTheRegister: a revoked certificate does not come back, and nobody has another's renewed,
// whatever number was declared at first.
func TestADeclaredNumberIsLookedUpInTheRegister(t *testing.T) {
	eachHouse(t, func(h *house) {
		c := h.certificate(h.first.Case)
		reads := func(who auth.Actor, number string) (*run, string) {
			h.Helper()
			r, err := h.declare(who, "food-operation-change", number, c.Until.String(), h.d.clock.Add(24*time.Hour))
			if err != nil {
				h.Fatal(err)
			}
			if err := r.judge(r.it.Resolve(r.cast.routes[r.it.Code]), ""); err != nil {
				h.Fatal(err)
			}
			_, err = h.s.cases.AcceptSeen(h.Context(), r.desk, r.on, cases.Original{Seen: true, Number: c.Number, Until: c.Until})
			return r, fieldOf(err, "original")
		}
		if _, code := reads(h.newcomer(), "JY10000000000001"); code != "cases.original_others" {
			h.Errorf("another's certificate was seen as the applicant's: %q", code)
		}
		if _, code := reads(h.owner, "JY10000000000002"); code != "cases.original_registered" {
			h.Errorf("one of the register was seen as a paper: %q", code)
		}
		decider := h.d.cast.holders["SPJ-SY.chief"][0]
		if _, err := h.s.cases.Perform(h.Context(), decider, h.first, cases.ActRevokeCertificate, map[string]string{
			"ground": "penalty", "penalty": "云市监罚〔2026〕3号", "reason": "情节严重",
		}); err != nil {
			h.Fatal(err)
		}
		again, code := reads(h.owner, "JY10000000000003")
		if code != "cases.original_over.revoked" {
			h.Errorf("a revoked certificate was seen as one in force: %q", code)
		}
		h.read(func(tx *db.Tx) error { // under another number the window is at least shown that there was one
			v, err := h.s.cases.View(tx, again.desk, again.on.Case)
			if err != nil {
				return err
			}
			x, err := h.s.cases.Comparing(tx, v)
			if x == nil || len(x.Ended) != 1 || x.Ended[0].State != cases.CertificateRevoked {
				h.Errorf("the window is shown %+v", x)
			}
			return err
		})
		if list := h.valid(h.owner.Party, c.Type); len(list) != 0 {
			h.Errorf("in force are %v", list)
		}
		h.sound()
	})
}

// TestSilenceMakesNoCertificateOfALie: accepted by silence, overdue by years, and still nothing is made of what nobody saw.
func TestSilenceMakesNoCertificateOfALie(t *testing.T) {
	eachHouse(t, func(h *house) {
		at := time.Date(2026, 4, 1, 10, 0, 0, 0, calendar.Zone)
		until := calendar.DateOf(at) + 70
		who := h.newcomer()
		r, err := h.declare(who, "food-operation-renew", "JY00000000000000", until.String(), at)
		if err != nil {
			h.Fatal(err)
		}
		for d := at; d.Before((until + 3).Start()); d = d.AddDate(0, 0, 3) {
			h.d.clock = d
			if _, err := h.s.cases.Tick(h.Context(), 100); err != nil {
				h.Fatal(err)
			}
		}
		h.read(func(tx *db.Tx) error {
			c, err := h.s.cases.Find(tx, r.on.Case)
			if c.State() != cases.StateAccepted || !c.Unseen() {
				h.Errorf("it is %s, %+v", c.State(), c.Matter.Certificate)
			}
			return err
		})
		if err := r.certify(); err == nil || len(h.valid(who.Party, "CT-FOOD")) != 0 {
			h.Errorf("a certificate was made: %v", err)
		}
		h.sound()
	})
}
