package cases

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"onedoor.app/domain/catalog"
	"onedoor.app/engine/calendar"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
)

const secondPaper = "JY99999999999999"

// finds holds the case against a finding for the supervisor.
func (w *world) finds(id int64, want Finding) {
	w.t.Helper()
	w.read(func(tx *db.Tx) error {
		list, _, err := w.s.Noticed(tx, w.staff("yc1036"), Key{}, 100)
		for _, n := range list {
			if n.Case == id && n.Finding == want {
				return err
			}
		}
		w.t.Errorf("the supervisor is not told %s: %+v", want, list)
		return err
	})
}

// tries tries to hand in an application on an item that declares a paper.
func (w *world) tries(who auth.Actor, item, number, until string) (int64, error) {
	w.t.Helper()
	d := w.apply(who, item)
	another := Another
	if _, err := w.s.Save(w.t.Context(), who, d.ID, Filling{Certificate: &another, Form: map[string]string{"licence_no": number, "expire_on": until}}); err != nil {
		w.t.Fatal(err)
	}
	out, err := w.s.Submit(w.t.Context(), who, d.ID, "")
	return out.Case, err
}

// TestOnePaperIsDeclaredOnce: whatever is to be done with it and however its number is written; once it was granted for good.
func TestOnePaperIsDeclaredOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.register()
		who := w.person(firm)
		id := w.declares(who, foodRenew, oldPaper, "2026-06-30")
		for _, x := range []struct{ item, number string }{{foodRenew, "jy1234 5678-901234"}, {foodChange, oldPaper}, {foodChange, "ＪＹ12345678901234"}} {
			if _, err := w.tries(who, x.item, x.number, "2026-06-30"); fieldsOf(err)["certificate"] != "cases.certificate_busy" {
				t.Errorf("%+v beside the renewal: %v %v", x, err, fieldsOf(err))
			}
		}
		w.pass(w.staff(clerk), id)
		if _, err := w.s.AcceptSeen(t.Context(), w.staff(clerk), On{Case: id}, Original{Seen: true, Until: date("2026-06-30")}); err != nil {
			t.Fatal(err)
		}
		w.decide(id, true)
		w.certify(id, date("2031-06-30"))
		w.stands(id, StateDelivered)
		if _, err := w.tries(who, foodChange, oldPaper, ""); fieldsOf(err)["certificate"] != "cases.certificate_used" {
			t.Errorf("after it was renewed: %v %v", err, fieldsOf(err))
		}
		w.verify()

		again := w.declares(who, foodChange, secondPaper, "") // withdrawn, it is free
		if _, err := w.s.Withdraw(t.Context(), who, On{Case: again}, "不办了"); err != nil {
			t.Fatal(err)
		}
		w.declares(who, foodChange, secondPaper, "")
		w.verify()
	})
}

// TestTwoWhoApplyAtOnceAreNotBothReceived: about a certificate of the register, and about a paper.
func TestTwoWhoApplyAtOnceAreNotBothReceived(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		r := w.register()
		who, window := w.person(firm), w.staff(clerk)
		both := func(number string, about int64) {
			t.Helper()
			route, _ := w.route(foodRenew)
			bd, err := w.s.Begin(t.Context(), window, foodRenew, who.Party)
			if err != nil {
				t.Fatal(err)
			}
			drafts := []Draft{w.fill(who, foodRenew, route), w.complete(t.Context(), window, bd, route)}
			actors, errs := []auth.Actor{who, window}, make([]error, 2)
			var wg sync.WaitGroup
			for i, d := range drafts {
				if _, err := w.s.Save(t.Context(), actors[i], d.ID, Filling{Certificate: &about, Form: map[string]string{"licence_no": number, "expire_on": "2026-06-30"}}); err != nil {
					t.Fatal(err)
				}
				wg.Go(func() { _, errs[i] = w.s.Submit(t.Context(), actors[i], d.ID, "") })
			}
			wg.Wait()
			if (errs[0] == nil) == (errs[1] == nil) {
				t.Errorf("%q: received are %v", number, errs)
			}
			for _, err := range errs {
				if err != nil && fieldsOf(err)["certificate"] != "cases.certificate_busy" {
					t.Errorf("the slower is told %v %v", err, fieldsOf(err))
				}
			}
		}
		both(oldPaper, Another)
		w.licensed(r, "2026-06-30")
		both("", r.held[0].ID)
		w.verify()
	})
}

// TestWhatTheRegisterKnowsIsNotSeenAsAPaper: a certificate that has ended does not come back by being declared, nor does
// somebody else's.
func TestWhatTheRegisterKnowsIsNotSeenAsAPaper(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		r := w.register()
		who, window := w.person(firm), w.staff(clerk)
		r.known["JY10000000000001"] = Held{ID: 1, Type: "CT-FOOD", Party: who.Party, State: CertificateRevoked}
		r.known["JY10000000000002"] = Held{ID: 2, Type: "CT-FOOD", Party: who.Party + 1, State: CertificateValid}
		r.known["JY10000000000003"] = Held{ID: 3, Type: "CT-FOOD", Party: who.Party, State: CertificateValid}
		if _, err := w.tries(who, foodChange, "JY10000000000003", ""); fieldsOf(err)["certificate"] != "cases.certificate_registered" {
			t.Errorf("one of the register was declared: %v %v", err, fieldsOf(err))
		}
		for number, code := range map[string]string{"JY10000000000001": "cases.original_over.revoked", "JY10000000000002": "cases.original_others"} {
			id := w.declares(who, foodRenew, number, "2026-06-30")
			w.pass(window, id)
			if _, err := w.s.AcceptSeen(t.Context(), window, On{Case: id}, Original{Seen: true, Until: date("2026-06-30")}); fieldsOf(err)["original"] != code {
				t.Errorf("%s: %v %v", number, err, fieldsOf(err))
			}
			if _, err := w.s.Perform(t.Context(), window, On{Case: id}, ActSeeOriginal, answers{"original": "yes", "original_until": "2026-06-30"}); fieldsOf(err)["original"] != code {
				t.Errorf("%s: %v %v", number, err, fieldsOf(err))
			}
			w.settle(nil)
			if _, err := w.s.Perform(t.Context(), w.staff(foodDecider), On{Case: id}, ActGrantOnSpot, answers{"original": "yes", "original_until": "2026-06-30"}); fieldsOf(err)["original"] != code {
				t.Errorf("%s on the spot: %v %v", number, err, fieldsOf(err))
			}
			w.read(func(tx *db.Tx) error {
				v, err := w.s.View(tx, window, id)
				if err != nil {
					return err
				}
				x, err := w.s.Comparing(tx, v)
				if x == nil || x.Number != number || len(x.Ended) != 1 || x.Ended[0].State != CertificateRevoked {
					t.Errorf("the window is shown %+v", x)
				}
				return err
			})
		}
		w.verify()
	})
}

// TestTheReadingHasItsEvidenceAndItsBounds: what was declared and what was read are both kept, and where they differ whoever
// decides and the supervisor are told. No certificate of the type lasts as long as a slip of the pen.
func TestTheReadingHasItsEvidenceAndItsBounds(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.register()
		who, window := w.person(firm), w.staff(clerk)
		id := w.declares(who, foodRenew, oldPaper, "2026-07-03")
		w.pass(window, id)
		if _, err := w.s.AcceptSeen(t.Context(), window, On{Case: id}, Original{Seen: true, Until: date("2062-06-30")}); fieldsOf(err)["original_until"] != "cases.original_far" {
			t.Errorf("valid for 36 years: %v %v", err, fieldsOf(err))
		}
		if _, err := w.s.AcceptSeen(t.Context(), window, On{Case: id}, Original{Seen: true, Number: secondPaper, Until: date("2026-06-30")}); err != nil {
			t.Fatalf("%v %v", err, fieldsOf(err))
		}
		w.finds(id, FindingDiffers)
		if !w.state(id).Matter.Has(FlagDiffers) {
			t.Error("whoever decides is not told")
		}
		w.says(id, PaperAcceptance, "编号…9999", "2026年6月30日", "已经核对原件")
		e := w.entryOf(id, "cases.accept")
		facts, _ := e.Facts.(map[string]any)
		at, _ := facts[factOriginal].(map[string]any)
		if at["declared"] != w.s.paperKey("CT-FOOD", oldPaper) || at["paper"] != w.s.paperKey("CT-FOOD", secondPaper) || at["declared_until"] != "2026-07-03" {
			t.Errorf("the evidence is %v", at)
		}
		if _, err := w.tries(who, foodChange, secondPaper, ""); fieldsOf(err)["certificate"] != "cases.certificate_busy" {
			t.Errorf("the paper that was read is declared again: %v %v", err, fieldsOf(err))
		}
		w.verify()
	})
}

// TestXKF34ADeclaredMatterIsDecidedOnTheSpotWithItsOriginal: and a renewed certificate has its last day from there.
func TestXKF34ADeclaredMatterIsDecidedOnTheSpotWithItsOriginal(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.register()
		w.settle(nil)
		id := w.declares(w.person(firm), foodRenew, oldPaper, "2026-06-30")
		w.s.Local = nil
		who, today := w.staff(foodDecider), calendar.DateOf(w.now)
		w.pass(w.staff(clerk), id)
		if _, err := w.s.Perform(t.Context(), who, On{Case: id}, ActGrantOnSpot, answers{}); fieldsOf(err)["original"] != "cases.ask_missing" {
			t.Errorf("decided without the original: %v %v", err, fieldsOf(err))
		}
		if _, err := w.s.Perform(t.Context(), who, On{Case: id}, ActGrantOnSpot, answers{"original": "yes"}); fieldsOf(err)["original_until"] != "cases.law.missing_input" {
			t.Errorf("renewed without a last day: %v %v", err, fieldsOf(err))
		}
		w.perform(who, id, ActGrantOnSpot, answers{"original": "yes", "original_until": "2026-06-30"})
		w.stands(id, StateGranted)
		if c := w.state(id).Matter.Certificate; c.Unseen || c.Declared != 0 || c.Expires != w.s.Law.Cal.AddMonths(today, 60)-1 {
			t.Errorf("it is %+v", c)
		}
		w.certify(id, w.s.Law.Cal.AddMonths(today, 60)-1)
		w.now = time.Date(2031, 7, 1, 9, 0, 0, 0, calendar.Zone)
		w.tick()
		w.stance(id, CertificateExpired)
		w.verify()
	})
}

// TestWhoHasOneInTheRegisterMayDeclareAnother: the paper of a second shop.
func TestWhoHasOneInTheRegisterMayDeclareAnother(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		r := w.register()
		w.licensed(r, "2031-03-01")
		who := w.person(firm)
		if _, err := w.tries(who, foodRenew, "", ""); fieldsOf(err)["form.licence_no"] == "" || fieldsOf(err)["form.expire_on"] == "" {
			t.Errorf("nothing was asked for: %v %v", err, fieldsOf(err))
		}
		id, err := w.tries(who, foodRenew, oldPaper, "2026-06-30")
		if err != nil {
			t.Fatal(err, fieldsOf(err))
		}
		c := w.state(id)
		if c.Certificate != 0 || !c.Unseen() || c.Matter.Certificate.Expires != date("2026-06-30") {
			t.Errorf("the case is about %d, %+v", c.Certificate, c.Matter.Certificate)
		}
		w.hand(who, w.apply(who, foodChange)) // about the other one
		w.verify()
	})
}

// TestNoPaperTellsTheWholeNumber: it may be a person's own; its end stands on the papers, the whole in the form, sealed, and
// whoever looks it up is kept.
func TestNoPaperTellsTheWholeNumber(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.register()
		window := w.staff(clerk)
		id := w.declares(w.person(firm), foodRenew, oldPaper, "2026-06-30")
		w.pass(window, id)
		if _, err := w.s.AcceptSeen(t.Context(), window, On{Case: id}, Original{Seen: true, Until: date("2026-06-30")}); err != nil {
			t.Fatal(err)
		}
		for kind, d := range w.papers(id) {
			if strings.Contains(strings.Join(d.words(), "\n"), oldPaper) {
				t.Errorf("%s tells it", kind)
			}
		}
		w.read(func(tx *db.Tx) error {
			v, err := w.s.View(tx, window, id)
			for _, x := range v.Form {
				if x.Text == oldPaper && !x.Sensitive {
					t.Error("pages show it unmasked")
				}
			}
			return err
		})
	})
}

// TestAFormThatAsksForNoCertificateIsReceivedAsBefore: an item of before declares nothing; the window enters what it
// reads, and one paper still leads to one certificate.
func TestAFormThatAsksForNoCertificateIsReceivedAsBefore(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.register()
		who, window := w.person(firm), w.staff(clerk)
		w.forget(foodRenew)
		id := w.hand(who, w.apply(who, foodRenew))
		w.says(id, PaperReceipt, "登记中没有记载")
		w.pass(window, id)
		if _, err := w.s.AcceptSeen(t.Context(), window, On{Case: id}, Original{Seen: true, Until: date("2026-06-30")}); fieldsOf(err)["original_number"] != "cases.original_number" {
			t.Errorf("without a number: %v %v", err, fieldsOf(err))
		}
		if _, err := w.s.AcceptSeen(t.Context(), window, On{Case: id}, Original{Seen: true, Number: oldPaper, Until: date("2026-06-30")}); err != nil {
			t.Fatal(err, fieldsOf(err))
		}
		w.owes(id, ClockRenewal, "2026-06-30")
		w.says(id, PaperAcceptance, "编号"+TailOf(oldPaper), "已经核对原件")
		if w.state(id).Matter.Has(FlagDiffers) {
			t.Error("nothing was declared that it could differ from")
		}
		if _, err := w.tries(who, foodChange, oldPaper, ""); fieldsOf(err)["certificate"] != "cases.certificate_busy" {
			t.Errorf("it is declared again: %v %v", err, fieldsOf(err))
		}
		w.verify()
	})
}

// TestXKF50ARulingMakesNobodySeeAnOriginal: a case done again stands as far as the first one came.
func TestXKF50ARulingMakesNobodySeeAnOriginal(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.register()
		id := w.declares(w.person(firm), foodRenew, oldPaper, "2026-06-30")
		w.now = w.now.AddDate(0, 0, 14)
		w.tick()
		w.stands(id, StateAccepted)
		w.decide(id, false)
		ruling := answers{"basis": "云川市人民政府复议决定书〔2026〕7号", "to": string(StateAccepted)}
		again := w.perform(w.staff(bureauHead), id, ActRemand, ruling).Case
		if !w.state(again).Unseen() {
			t.Fatal("the ruling has seen the original")
		}
		w.perform(w.staff(clerk), again, ActSeeOriginal, answers{"original": "yes", "original_number": secondPaper, "original_until": "2026-06-30"})
		w.owes(again, ClockRenewal, "2026-06-30")
		w.holdsNot(again, FlagLateRenewal)
		w.decide(again, false)
		third := w.perform(w.staff(bureauHead), again, ActRemand, ruling).Case
		if c := w.state(third); c.Unseen() || c.Matter.Certificate.Expires != date("2026-06-30") {
			t.Errorf("what was read does not hold: %+v", c.Matter.Certificate)
		}
		if _, err := w.tries(w.person(firm), foodChange, secondPaper, ""); fieldsOf(err)["certificate"] != "cases.certificate_busy" {
			t.Errorf("the paper is free: %v", fieldsOf(err))
		}
		w.verify()
	})
}

// TestWhatCannotBeReadIsNotReceived: a rehearsal is turned into an application about its certificate, or not at all.
func TestWhatCannotBeReadIsNotReceived(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		r := w.register()
		w.licensed(r, "2026-06-30")
		w.settle(func(x *Terms) { x.Simulable = true })
		who, window := w.person(firm), w.staff(clerk)
		d, err := w.s.Begin(t.Context(), window, foodRenew, who.Party)
		if err != nil {
			t.Fatal(err)
		}
		route, _ := w.route(foodRenew)
		w.complete(t.Context(), window, d, route)
		out, err := w.s.Rehearse(t.Context(), window, d.ID, "")
		if err != nil {
			t.Fatal(err)
		}
		w.now = w.now.Add(time.Hour)
		w.perform(w.staff("yc1021"), out.Case, ActGiveSimOpinion, answers{"conclusion": Agree, "opinion": "材料符合要求"})
		broken := errors.New("the register cannot be read")
		now := w.s.Register.Now
		w.s.Register.Now = func(*db.Tx, int64) (Held, error) { return Held{}, broken }
		if _, err := w.s.Perform(t.Context(), window, On{Case: out.Case}, ActConvert, nil); !errors.Is(err, broken) {
			t.Errorf("turned into an application about nothing: %v", err)
		}
		w.s.Register.Now = now
		w.perform(window, out.Case, ActConvert, nil)
		if c := w.state(out.Case); c.Matter.Certificate == nil || c.Matter.Certificate.Expires != date("2026-06-30") {
			t.Errorf("the law was told %+v", c.Matter.Certificate)
		}
		w.verify()
	})
}

// forget takes from an item in force what asks for a certificate, as items from before had it.
func (w *world) forget(item string) {
	w.t.Helper()
	if err := w.s.DB.Write(w.t.Context(), func(tx *db.Tx) error {
		return tx.Exec(`UPDATE catalog_version SET body = REPLACE(REPLACE(body, '"`+elementNumber+`"', '"x1"'), '"`+elementUntil+`"', '"x2"') WHERE code = $1`, item)
	}); err != nil {
		w.t.Fatal(err)
	}
	w.s.Catalog = &catalog.Service{DB: w.s.DB}
	if ofElement(w.item(item), elementNumber) != nil {
		w.t.Fatal("its form still asks")
	}
}
