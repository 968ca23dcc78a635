package app

import (
	"context"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"time"

	"onedoor.app/domain/cases"
	"onedoor.app/domain/cases/work"
	"onedoor.app/domain/certificate"
	"onedoor.app/domain/delivery"
	"onedoor.app/engine/calendar"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
	"onedoor.app/infra/i18n"
	"onedoor.app/sample"
)

// house is the sample city with a clock that the test moves, and one food licence in it.
type house struct {
	*testing.T
	a     *App
	d     *director
	s     *services
	owner auth.Actor
	first cases.On
}

func openHouse(t *testing.T) *house {
	t.Helper()
	return openHouseOn(t, "")
}

// loadHouse puts the city's list in force before the first case of a house.
func (a *App) loadHouse(ctx context.Context) error {
	d := a.director(houseBegins.AddDate(6, 0, 0))
	city, err := fs.Sub(sample.Yunchuan, "yunchuan")
	if err != nil {
		return err
	}
	d.clock = houseBegins.AddDate(0, -1, 0)
	if _, err := d.s.catalog.LoadPackage(ctx, city); err != nil {
		return err
	}
	return a.loadCity(ctx)
}

// openHouseOn is openHouse at the address of a copy of the house's city.
func openHouseOn(t *testing.T, url string) *house {
	t.Helper()
	if url == "" {
		url = theHouse.File(t)
	}
	a := theHouse.open(t, testConfig(t, url), trial)
	start := houseBegins
	d := a.director(start.AddDate(6, 0, 0))
	var err error
	if d.cast, err = d.castOf(t.Context()); err != nil {
		t.Fatal(err)
	}
	if d.files, err = sampleFiles(); err != nil {
		t.Fatal(err)
	}
	d.begin(1)
	h := &house{T: t, a: a, d: d, s: d.s}
	r := h.run("food-operation-new", start)
	if err := r.play(); err != nil {
		t.Fatal(err)
	}
	h.owner, h.first = r.who, r.on
	return h
}

func (h *house) run(item string, at time.Time) *run {
	h.Helper()
	r := &run{director: h.d, ctx: h.Context(), f: fate{end: "deliver"}, day: calendar.DateOf(at), who: h.owner}
	h.d.clock = at
	h.read(func(tx *db.Tx) (err error) {
		if r.it, err = h.s.catalog.Current(tx, item); err != nil {
			return err
		}
		r.cal, err = h.s.calendar(tx)
		return err
	})
	return r
}

// made is a food licence that waits at the desk for somebody to collect it.
func (h *house) made() *run {
	h.Helper()
	r := h.run("food-operation-new", h.d.clock)
	r.f.end = "certify"
	if err := r.play(); err != nil {
		h.Fatal(err)
	}
	if r.it.Code != "food-operation-new" {
		h.Fatal("the applicant had one already")
	}
	return r
}

func (h *house) read(fn func(tx *db.Tx) error) {
	h.Helper()
	if err := h.s.cases.DB.Read(h.Context(), fn); err != nil {
		h.Fatal(err)
	}
}

func (h *house) certificate(caseID int64) (c certificate.Certificate) {
	h.Helper()
	h.read(func(tx *db.Tx) (err error) {
		c, _, err = h.s.certificate.OfCase(tx, caseID)
		return err
	})
	return c
}

func (h *house) current(root int64) (c certificate.Certificate) {
	h.Helper()
	h.read(func(tx *db.Tx) (err error) {
		c, err = h.s.certificate.Current(tx, root)
		return err
	})
	return c
}

// apply hands an application on an item in that is about the owner's certificate.
func (h *house) apply(item string, at time.Time, about int64) *run {
	h.Helper()
	r := h.run(item, at)
	d, err := h.s.cases.Begin(h.Context(), h.owner, item, 0)
	if err != nil {
		h.Fatal(err)
	}
	if d.Certificate != about {
		h.Errorf("the draft is about %d, want %d", d.Certificate, about)
	}
	answers, form, agreed := r.cast.routes[item], map[string]string{}, true
	need := r.it.Resolve(answers)
	for _, f := range need.Fields {
		if v := d.Form[f.Key]; v == "" || f.Check(f.Clean(v)) != "" {
			form[f.Key] = f.Example()
		}
	}
	if _, err := h.s.cases.Save(h.Context(), h.owner, d.ID, cases.Filling{
		Answers: answers, Form: form, Pledged: &agreed, Promised: &agreed, Delivery: &cases.Delivery{Way: cases.DeliverWindow},
	}); err != nil {
		h.Fatal(err)
	}
	for _, m := range need.Materials {
		if err := r.attach(h.owner, cases.To{Draft: d.ID, Material: m.ID}, m); err != nil {
			h.Fatal(err)
		}
	}
	out, err := h.s.cases.Submit(h.Context(), h.owner, d.ID, "")
	if err != nil {
		h.Fatal(err)
	}
	r.on = cases.On{Case: out.Case}
	return r
}

func (h *house) sound() {
	h.Helper()
	h.read(func(tx *db.Tx) error {
		count := func(string, int) {}
		if err := h.s.cases.Verify(tx, count); err != nil {
			return err
		}
		if err := h.s.delivery.Check(tx, count); err != nil {
			return err
		}
		return h.s.certificate.Check(tx, count)
	})
}

// Art. 50¶2 from the holder's page to the next version: nobody decides until the last day has passed, the law renews,
// whoever checks the certificate is told the new day at once, and the issuer makes the next version of the same number.
func TestXKF50SilenceRenewsInTheRegisterToo(t *testing.T) {
	t.Parallel()
	h := openHouse(t)
	c := h.certificate(h.first.Case)
	r := h.apply("food-operation-renew", (c.Until - 60).Start().Add(10*time.Hour), c.Root)
	h.d.clock = (c.Until + 1).Start().Add(time.Minute)
	for range 3 {
		if _, err := h.s.cases.Tick(h.Context(), 100); err != nil {
			t.Fatal(err)
		}
	}
	want := r.cal.AddMonths(c.Until, 60)
	now := h.current(c.Root)
	if now.Until != want || now.StatusOn(calendar.DateOf(h.d.clock)) != certificate.Valid || now.ID != c.ID {
		t.Errorf("the register has %s until %s, want %s", now.Status, now.Until, want)
	}
	if v, err := h.s.certificate.VerifyNumber(t.Context(), c.Number); err != nil || v.Status != certificate.Valid || !v.Genuine || v.Until != want {
		t.Errorf("whoever checks it is told %s until %s, genuine %v, %v", v.Status, v.Until, v.Genuine, err)
	}
	h.sound()
	h.d.clock = h.d.clock.Add(9 * time.Hour)
	if err := r.certify(); err != nil {
		t.Fatal(err)
	}
	next := h.current(c.Root)
	if next.Version != 2 || next.Number != c.Number || next.Until != want || next.Case != r.on.Case {
		t.Errorf("the next version is %+v", next)
	}
	if err := r.deliver(); err != nil {
		t.Fatal(err)
	}
	h.sound()

	// The certificate has its life in the case that renewed it.
	decider := r.cast.holders["SPJ-SY.chief"][0]
	lift := map[string]string{"ground": "penalty", "penalty": "云市监罚〔2031〕3号", "reason": "情节严重"}
	if _, err := h.s.cases.Perform(t.Context(), decider, h.first, cases.ActRevokeCertificate, lift); fault.Code(err) != "cases.when.revoke_cert" {
		t.Errorf("the old case revoked it: %v", err)
	}
	if _, err := h.s.cases.Perform(t.Context(), decider, r.on, cases.ActRevokeCertificate, lift); err != nil {
		t.Fatal(err)
	}
	if got := h.current(c.Root).Status; got != certificate.Revoked {
		t.Errorf("the register says %s", got)
	}
	h.sound()
}

// Art. 49: a change, decided and made, leaves number and last day as they were.
func TestXKF49AChangeKeepsNumberAndLastDay(t *testing.T) {
	t.Parallel()
	h := openHouse(t)
	c := h.certificate(h.first.Case)
	r := h.apply("food-operation-change", time.Date(2026, 9, 1, 10, 0, 0, 0, calendar.Zone), c.Root)
	r.desk = r.cast.clerks[0]
	if err := r.window(); err != nil {
		t.Fatal(err)
	}
	if decided, err := r.review(); err != nil || !decided {
		t.Fatal(decided, err)
	}
	if err := r.hand(); err != nil {
		t.Fatal(err)
	}
	next := h.current(c.Root)
	if next.Version != 2 || next.Number != c.Number || next.Until != c.Until || next.Status != certificate.Valid {
		t.Errorf("the changed certificate is %+v", next)
	}
	h.sound()

	// Lost and issued again: the next version, by the case that made the last one.
	issuer := r.cast.holders["SPJ-ZZ.issue"][0]
	if _, err := h.s.cases.Perform(t.Context(), issuer, r.on, cases.ActReissue, map[string]string{"ground": "lost", "reason": "持证人声明遗失"}); err != nil {
		t.Fatal(err)
	}
	if got := h.current(c.Root); got.Version != 3 || got.Face.Holder != next.Face.Holder {
		t.Errorf("issued again: %+v", got)
	}
	h.sound()
}

// hands hands the newest parcel of a case over to its owner.
func (h *house) hands(caseID int64) error {
	who := h.d.cast.holders["SPJ-ZZ.hand"]
	if len(who) == 0 {
		who = h.d.cast.holders["SPJ-ZZ.issue"]
	}
	return h.s.hand(h.Context(), who[0], caseID)
}

// parcels are the parcels of a case as its pages show them, the newest first.
func (h *house) parcels(caseID int64) (all []delivery.Shown) {
	h.Helper()
	h.read(func(tx *db.Tx) (err error) {
		all, err = h.s.delivery.Results(tx, caseID)
		return err
	})
	return all
}

// A certificate that was lost is issued again, waits at the desk, and is signed for as the first one was. The case has
// ended and stays so.
func TestWhatIsIssuedAgainIsHandedOverAtTheDesk(t *testing.T) {
	t.Parallel()
	h := openHouse(t)
	issuer := h.d.cast.holders["SPJ-ZZ.issue"][0]
	decider := h.d.cast.holders["SPJ-SY.chief"][0]
	reissue := func() {
		h.d.clock = h.d.clock.Add(24 * time.Hour)
		if _, err := h.s.cases.Perform(t.Context(), issuer, h.first, cases.ActReissue, map[string]string{"ground": "lost", "reason": "持证人声明遗失"}); err != nil {
			t.Fatal(err)
		}
	}
	if err := h.hands(h.first.Case); fault.Code(err) != "delivery.done" {
		t.Errorf("the first version was handed over twice: %v", err)
	}
	reissue()
	find := func() (p delivery.Parcel) {
		h.read(func(tx *db.Tx) (err error) {
			p, err = h.s.delivery.Find(tx, h.first.Case)
			return err
		})
		return p
	}
	due := func() calendar.Date { // the tenth working day after the making
		cal := h.run("food-operation-new", h.d.clock).cal
		return cal.AddWorkdays(calendar.DateOf(h.d.clock), 10)
	}
	if p := find(); p.State != delivery.Waiting || p.Result.Version != 2 || p.Result.Way != delivery.Window || p.Result.Due != due() {
		t.Errorf("what waits is %+v, due on %s", p.Result, due())
	}
	if err := h.hands(h.first.Case); err != nil {
		t.Fatal(err)
	}
	h.sound()
	h.read(func(tx *db.Tx) error {
		c, err := h.s.cases.Find(tx, h.first.Case)
		if c.State() != cases.StateDelivered {
			t.Errorf("the case is %s", c.State())
		}
		v, err2 := h.s.cases.View(tx, issuer, h.first.Case)
		if err2 != nil {
			return err2
		}
		proofs := 0
		for _, d := range v.Documents {
			if d.Kind == cases.PaperServiceProof {
				proofs++
			}
		}
		if proofs != 2 {
			t.Errorf("%d proofs of service, want one for each version", proofs)
		}
		return err
	})
	if got := h.parcels(h.first.Case); len(got) != 2 {
		t.Errorf("the case shows %+v", got)
	}

	// Lost again, and revoked before anybody came for it: it is not handed over.
	reissue()
	if _, err := h.s.cases.Perform(t.Context(), decider, h.first, cases.ActRevokeCertificate, map[string]string{
		"ground": "penalty", "penalty": "云市监罚〔2026〕3号", "reason": "情节严重",
	}); err != nil {
		t.Fatal(err)
	}
	if err := h.hands(h.first.Case); fault.Code(err) != "delivery.withdrawn" {
		t.Errorf("a revoked one was handed over: %v", err)
	}
	h.sound()
}

// A certificate that is revoked while it waits at the desk is not handed over, and nobody is late with it (Art. 44, 80).
func TestXKF44WhatIsRevokedBeforeItIsCollectedStaysInTheHouse(t *testing.T) {
	t.Parallel()
	h := openHouse(t)
	r := h.made()
	h.d.clock = h.d.clock.Add(time.Hour)
	if _, err := h.s.cases.Perform(t.Context(), h.d.cast.holders["SPJ-SY.chief"][0], r.on, cases.ActRevokeCertificate, map[string]string{
		"ground": "penalty", "penalty": "云市监罚〔2026〕3号", "reason": "情节严重",
	}); err != nil {
		t.Fatal(err)
	}
	if err := h.hands(r.on.Case); fault.Code(err) != "delivery.withdrawn" {
		t.Errorf("a revoked certificate was handed over: %v", err)
	}
	h.read(func(tx *db.Tx) error {
		c, err := h.s.cases.Find(tx, r.on.Case)
		if clock, _ := c.Matter.Clock(cases.ClockDelivery); clock.Running() {
			t.Error("the days of Art. 44 run on")
		}
		return err
	})
	h.sound()
}

// A certificate that is changed while it waits at the desk is handed over as it is now, for both cases (Art. 44, 49).
func TestXKF44WhatIsChangedBeforeItIsCollectedIsHandedOverOnce(t *testing.T) {
	t.Parallel()
	h := openHouse(t)
	first := h.made()
	h.owner = first.who
	change := h.apply("food-operation-change", h.d.clock.Add(time.Hour), h.certificate(first.on.Case).Root)
	change.desk = change.cast.clerks[0]
	if err := change.window(); err != nil {
		t.Fatal(err)
	}
	if decided, err := change.review(); err != nil || !decided {
		t.Fatal(decided, err)
	}
	if err := change.certify(); err != nil {
		t.Fatal(err)
	}
	if err := h.hands(first.on.Case); fault.Code(err) != "delivery.withdrawn" {
		t.Errorf("the version that was replaced was handed over: %v", err)
	}
	h.d.clock = h.d.clock.Add(time.Hour)
	if err := h.hands(change.on.Case); err != nil {
		t.Fatal(err)
	}
	h.read(func(tx *db.Tx) error {
		for _, id := range []int64{first.on.Case, change.on.Case} {
			if c, err := h.s.cases.Find(tx, id); err != nil || c.State() != cases.StateDelivered {
				t.Errorf("the case is %s: %v", c.State(), err)
			}
		}
		return nil
	})
	h.sound()
}

// offered are the effects that the holder of a certificate is offered, and acts what a member of staff may do to it now.
func (h *house) offered(who auth.Actor, root int64) (effects, acts []string) {
	h.Helper()
	h.read(func(tx *db.Tx) error {
		offers, err := h.s.offers(tx, h.current(root))
		for _, o := range offers {
			effects = append(effects, o.Effect)
		}
		if err != nil {
			return err
		}
		now, _, err := h.s.deeds(i18n.With(h.Context(), &i18n.Bundle{}, i18n.Chinese), tx, who, root)
		for _, d := range now {
			acts = append(acts, d.Href)
		}
		return err
	})
	return effects, acts
}

// Between the grant of a renewal and the making of the next version the page of the certificate acts on the case that renewed
// it, and offers its holder nothing that waits for the next version. What is decided then holds for that too.
func TestXKF50BetweenGrantAndMakingTheOldVersionStands(t *testing.T) {
	t.Parallel()
	h := openHouse(t)
	c := h.certificate(h.first.Case)
	decider := h.d.cast.holders["SPJ-SY.chief"][0]
	if effects, acts := h.offered(decider, c.Root); len(effects) != 2 || len(acts) == 0 {
		t.Errorf("a certificate offers %v and %v", effects, acts)
	}
	r := h.apply("food-operation-renew", (c.Until - 60).Start().Add(10*time.Hour), c.Root)
	h.d.clock = (c.Until + 1).Start().Add(time.Minute)
	for range 3 {
		if _, err := h.s.cases.Tick(h.Context(), 100); err != nil {
			t.Fatal(err)
		}
	}
	h.read(func(tx *db.Tx) error {
		next, err := h.s.certificate.Coming(tx, c.Root)
		if next == nil || next.Effect != "renew" || next.Case != r.on.Case {
			t.Errorf("what comes is %+v", next)
		}
		return err
	})
	effects, acts := h.offered(decider, c.Root)
	if len(effects) != 0 {
		t.Errorf("the holder is offered %v", effects)
	}
	suspend := work.ActLink(r.on.Case, cases.ActSuspendCertificate)
	if !slices.Contains(acts, suspend) {
		t.Errorf("staff are offered %v, not %s", acts, suspend)
	}
	for _, a := range acts {
		if strings.HasPrefix(a, work.ActLink(h.first.Case, "")) {
			t.Errorf("an act of the old case is offered: %s", a)
		}
	}
	if _, err := h.s.cases.Perform(t.Context(), decider, r.on, cases.ActSuspendCertificate, map[string]string{
		"ground": "penalty", "basis": "云市监罚〔2031〕3号", "reason": "拒不整改",
	}); err != nil {
		t.Fatal(err)
	}
	h.d.clock = h.d.clock.Add(9 * time.Hour)
	if err := r.certify(); fault.Code(err) != "cases.law.conditions_unmet" && fault.Code(err) != "certificate.ended" {
		t.Errorf("a version was made of a suspended one: %v", err)
	}
	if _, err := h.s.cases.Perform(t.Context(), decider, r.on, cases.ActLiftCertificate, map[string]string{"reason": "整改完成"}); err != nil {
		t.Fatal(err)
	}
	if err := r.certify(); err != nil {
		t.Fatal(err)
	}
	if effects, _ := h.offered(decider, c.Root); len(effects) != 2 {
		t.Errorf("with the next version the holder is offered %v", effects)
	}
	h.sound()
}
