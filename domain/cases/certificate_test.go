package cases

import (
	"bytes"
	"errors"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"onedoor.app/engine/calendar"
	"onedoor.app/engine/event"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
	"onedoor.app/sample"
)

func TestXKF69And8And70ActsOnACertificate(t *testing.T) { liveOut(t, "certificate") }

// certified is a case whose certificate is made and handed over.
func (w *world) certified(until calendar.Date, change func(*Terms)) int64 {
	w.t.Helper()
	id := w.decided(true, change)
	w.certify(id, until)
	return id
}

func (w *world) certify(id int64, until calendar.Date) {
	w.t.Helper()
	who := w.holder("SPJ-ZZ.issue")
	if err := w.s.DB.Write(w.t.Context(), func(tx *db.Tx) error {
		if _, err := w.s.Certify(tx, who, On{Case: id}, "JY1", until); err != nil {
			return err
		}
		_, err := w.s.Deliver(tx, who, On{Case: id}, "窗口领取")
		return err
	}); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) stance(id int64, want CertificateState) {
	w.t.Helper()
	if c := w.state(id).Matter.Certificate; c == nil || c.State != want {
		w.t.Errorf("the certificate is %+v, want %s", c, want)
	}
}

func (w *world) liveCertificate() {
	dec, iss := w.staff(foodDecider), w.holder("SPJ-ZZ.issue")
	early := w.decided(true, nil)
	lift := answers{"reason": "整改完成"}
	w.wont(dec, early, ActLiftCertificate, lift, "", "cases.when.lift_cert") // nothing is made yet

	id := w.certified(date("2031-03-01"), nil)
	suspend := answers{"ground": "penalty", "basis": "云市监罚〔2026〕12号", "reason": "拒不整改", "until": w.ahead(20)}
	w.wont(w.staff(clerk), id, ActSuspendCertificate, suspend, "", "cases.not_yours")
	w.wont(w.person(firm), id, ActSuspendCertificate, suspend, "", "cases.not_yours")
	w.wont(dec, id, ActSuspendCertificate, answers{"ground": "fraud", "basis": "x", "reason": "拒不整改"}, "ground", "cases.law.missing_input")
	w.perform(dec, id, ActSuspendCertificate, suspend)
	w.stance(id, CertificateSuspended)
	w.stands(id, StateDelivered)
	w.says(id, PaperSuspension, "云市监罚〔2026〕12号", "拒不整改", "六十日")
	w.wont(dec, id, ActSuspendCertificate, suspend, "", "cases.when.suspend_cert")
	w.perform(dec, id, ActLiftCertificate, lift)
	w.stance(id, CertificateValid)
	w.says(id, PaperSuspensionLifted, "恢复有效")

	again := answers{"ground": "lost", "reason": "持证人声明遗失"}
	w.wont(dec, id, ActReissue, again, "", "cases.not_yours")
	w.perform(iss, id, ActReissue, again)
	w.stance(id, CertificateValid)

	// Art. 70(2)(3): the holder is a company.
	w.wont(dec, id, ActCancelCertificate, answers{"ground": "dead", "reason": "持证人死亡"}, "ground", "cases.ground_person")
	past := maps.Clone(suspend)
	past["until"] = w.ahead(0)
	w.wont(dec, id, ActSuspendCertificate, past, "until", "cases.ask_ahead")

	// Art. 70: a ground that speaks of the certificate's state must fit it.
	w.wont(dec, id, ActCancelCertificate, answers{"ground": "annulled", "reason": "已经撤销"}, "ground", "cases.law.ground_state")

	annul := answers{"ground": "procedure", "public_harm": "no", "statement": "持证人认为程序合法", "reason": "没有现场核查"}
	w.wont(dec, id, ActAnnul, annul, "heard", "cases.ask_missing")
	annul["heard"], annul["public_harm"] = "yes", "yes"
	w.wont(dec, id, ActAnnul, annul, "", "cases.law.public_harm") // 69¶3
	annul["public_harm"] = "no"
	w.perform(dec, id, ActAnnul, annul)
	w.stance(id, CertificateAnnulled)
	w.says(id, PaperAnnulment, "第六十九条第一款", "赔偿", "持证人认为程序合法", "六十日")
	w.wont(dec, id, ActReissue, again, "", "cases.not_yours")
	w.wont(iss, id, ActReissue, again, "", "cases.when.reissue")
	w.perform(dec, id, ActCancelCertificate, answers{"ground": "annulled", "reason": "许可已撤销"})
	w.stance(id, CertificateCancelled)
	w.says(id, PaperCancellation, "第七十条", "失效")
	for _, p := range Procedures() { // cancelled is the end
		if p.Group == GroupCert && p.Act != ActReissue {
			w.wont(dec, id, p.Act, answers{}, "", "cases.when."+string(p.Act))
		}
	}

	taken := w.certified(0, nil)
	w.wont(dec, taken, ActTakeBack, answers{"ground": "law_changed", "reason": "规章废止"}, "compensation", "cases.ask_missing")
	w.perform(dec, taken, ActTakeBack, answers{"ground": "law_changed", "reason": "规章废止", "compensation": "按评估结果补偿"})
	w.says(taken, PaperTakingBack, "第八条第二款", "按评估结果补偿", "申请补偿", "六十日") // 8¶2

	gone := w.certified(0, nil)
	w.wont(dec, gone, ActRevokeCertificate, answers{"ground": "penalty", "reason": "情节严重"}, "penalty", "cases.ask_missing")
	w.perform(dec, gone, ActRevokeCertificate, answers{"ground": "penalty", "penalty": "云市监罚〔2026〕20号", "reason": "情节严重"})
	w.stance(gone, CertificateRevoked)
	w.says(gone, PaperRevocation, "云市监罚〔2026〕20号", "六十日")
}

// TestWhatIsIssuedAgainIsHandedOverOnceAsARecord: reissued, the holder is to get the next version, once, and the case stays
// ended.
func TestWhatIsIssuedAgainIsHandedOverOnceAsARecord(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		id := w.certified(date("2031-03-01"), nil)
		iss, dec := w.holder("SPJ-ZZ.issue"), w.staff(foodDecider)
		hand := func() error {
			return w.s.DB.Write(t.Context(), func(tx *db.Tx) error {
				_, err := w.s.Deliver(tx, iss, On{Case: id}, "寄递：顺丰速运 SF0000000001")
				return err
			})
		}
		if err := hand(); fault.Code(err) != "cases.law.illegal_pair" {
			t.Errorf("the first version handed over twice: %v", err)
		}
		w.perform(iss, id, ActReissue, answers{"ground": "lost", "reason": "持证人声明遗失"})
		if !w.state(id).Matter.Certificate.Owed {
			t.Fatal("the next version is not owed")
		}
		ended := w.state(id).EndedAt
		w.perform(dec, id, ActSuspendCertificate, answers{"ground": "penalty", "basis": "云市监罚〔2026〕12号", "reason": "拒不整改"})
		if err := hand(); fault.Code(err) != "cases.law.conditions_unmet" {
			t.Errorf("a suspended one was handed over: %v", err)
		}
		w.perform(dec, id, ActLiftCertificate, answers{"reason": "整改完成"})
		if err := w.s.DB.Write(t.Context(), func(tx *db.Tx) error {
			_, err := w.s.Deliver(tx, w.staff(clerk), On{Case: id}, "窗口领取")
			return err
		}); !fault.Is(err, fault.Forbidden) && !fault.Is(err, fault.Unknown) {
			t.Errorf("a clerk handed it over: %v", err)
		}
		if err := hand(); err != nil {
			t.Fatal(err)
		}
		w.stands(id, StateDelivered)
		if c := w.state(id); c.Matter.Certificate.Owed || !c.EndedAt.Equal(ended) {
			t.Errorf("owed %v, ended at %s and %s", c.Matter.Certificate.Owed, ended, c.EndedAt)
		}
		w.says(id, PaperServiceProof, "补发", "SF0000000001")
		var last Trail
		w.read(func(tx *db.Tx) error {
			list, err := listTrail(tx, id)
			for _, x := range list {
				if x.Seq > last.Seq {
					last = x
				}
			}
			return err
		})
		if last.Act != string(ActDeliverAgain) || !last.Shown || last.Document == 0 {
			t.Errorf("the trail ends with %+v", last)
		}
		if err := hand(); fault.Code(err) != "cases.law.illegal_pair" {
			t.Errorf("handed over again: %v", err)
		}
		w.verify()
	})
}

// TestAnEntryFromBeforeOwesNoHandOver: a reissue of before said nothing of it, and is repeated as it was.
func TestAnEntryFromBeforeOwesNoHandOver(t *testing.T) {
	w := live(t, func(*Terms) {})
	w.m.State, w.m.Certificate = StateDelivered, &Certificate{State: CertificateValid}
	w.do("2026-03-11 09:00", ActReissue, Input{Ground: "lost"})
	if w.m.Certificate.Owed {
		t.Error("it owes one")
	}
	w.do("2026-03-11 09:00", ActReissue, Input{Ground: "lost", HandOver: true})
	if !w.m.Certificate.Owed {
		t.Error("it owes none")
	}
}

func TestXKF79AnnulledForFraudBansForThreeYears(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		id := w.certified(0, func(terms *Terms) { terms.Safety = true })
		w.perform(w.staff(foodDecider), id, ActAnnul, answers{
			"ground": "fraud", "public_harm": "no", "heard": "yes", "statement": "持证人承认", "reason": "材料系伪造",
		})
		w.says(id, PaperAnnulment, "第六十九条第二款", "不受保护", "三年内")
		w.owes(id, ClockBan, w.s.Law.Cal.AddMonths(calendar.DateOf(w.now), 36).String())
	})
}

// register stands in for the register of certificates: those that the test puts there, as the cases told it last.
type register struct {
	held  []Held
	stood []Stood
	known map[string]Held // by number: what a look-up finds
}

func (w *world) register() *register {
	r := &register{known: map[string]Held{}}
	w.s.Register = Register{
		Of: func(_ *db.Tx, _ int64, typ string) (list []Held, err error) {
			for _, h := range r.held {
				if h.Type == typ {
					list = append(list, h)
				}
			}
			return list, nil
		},
		Now: func(_ *db.Tx, id int64) (Held, error) {
			if i := slices.IndexFunc(r.held, func(h Held) bool { return h.ID == id }); i >= 0 {
				return r.held[i], nil
			}
			return Held{}, fault.New(fault.Unknown, "try.unknown")
		},
		From: func(_ *db.Tx, id int64) (Held, bool, error) {
			i := slices.IndexFunc(r.held, func(h Held) bool { return h.Case == id })
			if i < 0 {
				return Held{}, false, nil
			}
			return r.held[i], true, nil
		},
		ByNumber: func(_ *db.Tx, _, number string) (Held, bool, error) {
			h, ok := r.known[plainNumber(number)]
			return h, ok, nil
		},
		Ended: func(_ *db.Tx, party int64, typ string) (list []Held, err error) {
			for _, h := range r.known {
				if h.Party == party && h.Type == typ && h.over() {
					list = append(list, h)
				}
			}
			return list, nil
		},
		Term: func(_ *db.Tx, _, words string) (int, bool, error) {
			return 60, strings.HasPrefix(words, "自准予"), nil
		},
	}
	w.s.Events.Add(event.Handler{On: EventStanding, Do: func(_ *db.Tx, e event.Event) error {
		r.stood = append(r.stood, e.Body.(Stood))
		return nil
	}})
	return r
}

// licensed is a food licence that the firm holds until a day.
func (w *world) licensed(r *register, until string) int64 {
	w.t.Helper()
	id := w.certified(date(until), nil)
	r.held = append(r.held, Held{
		ID: 900 + int64(len(r.held)), Current: 900 + int64(len(r.held)), Case: id, Type: "CT-FOOD", Name: "食品经营许可证", Number: "JY1",
		From: date("2021-06-01"), Until: date(until), State: CertificateValid,
	})
	return id
}

// rewrite publishes the catalogue anew with other words in one of its files.
func (w *world) rewrite(name, old, words string) {
	w.t.Helper()
	pack, err := fs.Sub(sample.Yunchuan, "yunchuan")
	if err != nil {
		w.t.Fatal(err)
	}
	files := fstest.MapFS{}
	names, err := fs.Glob(pack, "items/*.yaml")
	if err != nil {
		w.t.Fatal(err)
	}
	forms, err := fs.Glob(pack, "forms/*")
	if err != nil {
		w.t.Fatal(err)
	}
	for _, f := range slices.Concat(names, forms, []string{"flows.yaml", "standards.yaml", "materials.yaml"}) {
		text, err := fs.ReadFile(pack, f)
		if err != nil {
			w.t.Fatal(err)
		}
		if f == name {
			text = bytes.Replace(text, []byte(old), []byte(words), 1)
		}
		files[f] = &fstest.MapFile{Data: text}
	}
	if report, err := w.s.Catalog.LoadPackage(w.t.Context(), files); err != nil || len(report.Refused) > 0 {
		w.t.Fatal(err, report.Refused)
	}
}

// apply fills an item in by answers that lead to an application.
func (w *world) apply(who auth.Actor, item string) Draft {
	w.t.Helper()
	a, ok := w.route(item)
	if !ok {
		w.t.Fatalf("no answers lead to %s", item)
	}
	return w.fill(who, item, a)
}

func (w *world) hand(who auth.Actor, d Draft) int64 {
	w.t.Helper()
	out, err := w.s.Submit(w.t.Context(), who, d.ID, "")
	if err != nil {
		w.t.Fatalf("%v %v", err, fieldsOf(err))
	}
	return out.Case
}

const foodRenew, foodChange = "food-operation-renew", "food-operation-change"

func TestXKF50UndecidedAtExpiryTheLawRenewsTheCertificate(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		r := w.register()
		who := w.person(firm)
		old := w.licensed(r, "2026-06-30")
		d := w.apply(who, foodRenew)
		if d.Certificate != r.held[0].ID {
			t.Errorf("the draft is about %d, want the only one, %d", d.Certificate, r.held[0].ID)
		}
		id := w.hand(who, d)
		c := w.state(id)
		if !c.Matter.Terms.Renewal || c.Matter.Terms.ValidityMonths != 60 || c.Matter.Certificate == nil || c.Matter.Certificate.Expires != date("2026-06-30") {
			t.Errorf("the law was told %+v %+v", c.Matter.Terms, c.Matter.Certificate)
		}
		w.says(id, PaperReceipt, "2026年6月30日", "2026年5月31日以前提出", "视为准予延续")
		if _, err := w.s.Submit(t.Context(), who, w.apply(who, foodRenew).ID, ""); fieldsOf(err)["certificate"] != "cases.certificate_busy" {
			t.Errorf("a second renewal of the same certificate: %v", err)
		}
		w.now = time.Date(2026, 6, 30, 23, 0, 0, 0, calendar.Zone)
		w.tick()
		w.stance(old, CertificateValid)
		w.now = w.now.Add(2 * time.Hour)
		w.tick()
		w.tick()
		w.stands(id, StateGranted)
		c = w.state(id)
		if got := c.Matter.Certificate; got.Expires != date("2031-06-30") || got.Renewed != RenewedByLaw || got.State != CertificateValid {
			t.Errorf("renewed to %+v", got)
		}
		if c.DecidedAt.IsZero() {
			t.Error("the decision by law has no date")
		}
		w.says(id, PaperDeemedRenewal, "第五十条第二款", "2031年6月30日")
		w.stance(old, CertificateReplaced)
		if _, open := w.open(id); open {
			t.Error("a step still waits for what the law has decided")
		}
		if clock, ok := c.Matter.Clock(ClockDelivery); !ok || !clock.Running() {
			t.Error("no certificate is owed")
		}
		if n := len(r.stood); n != 1 || r.stood[0].Act != ActRenewCertificate || r.stood[0].Until != date("2031-06-30") || r.stood[0].Paper == "" {
			t.Errorf("the register was told %+v", r.stood)
		}
		w.certify(id, date("2031-06-30"))
		w.stance(id, CertificateValid)
		w.verify()
	})
}

func TestXKF50LateRenewalIsToldSoAndSilenceRenewsNothing(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		r := w.register()
		w.licensed(r, "2026-03-20")
		who, window := w.person(firm), w.staff(clerk)
		id := w.hand(who, w.apply(who, foodRenew))
		w.says(id, PaperReceipt, "不视为准予延续")
		w.now = time.Date(2026, 3, 5, 10, 0, 0, 0, calendar.Zone)
		w.pass(window, id)
		if _, err := w.s.Accept(t.Context(), window, On{Case: id}); err != nil {
			t.Fatal(err)
		}
		w.now = time.Date(2026, 3, 23, 10, 0, 0, 0, calendar.Zone)
		w.tick()
		w.stands(id, StateAccepted) // silence renews nothing that was asked for late
		w.verify()
	})
}

// TestXKF50TheReceiptOfALateRenewalSaysWhatIsSettled: its words are those of the case's own settings.
func TestXKF50TheReceiptOfALateRenewalSaysWhatIsSettled(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		admin := auth.Actor{ID: 1, Kind: auth.Staff}
		for i, x := range [][2]string{{"renew_unit", string(UnitWorkday)}, {"renew_apply_before", "20"}, {"deemed_renewal_late", "true"}} {
			if _, err := w.s.Settle(t.Context(), admin, "", int64(i), x[0], x[1], "依据本市许可延续办法"); err != nil {
				t.Fatal(err)
			}
		}
		r := w.register()
		w.licensed(r, "2026-03-20")
		id := w.hand(w.person(firm), w.apply(w.person(firm), foodRenew))
		w.says(id, PaperReceipt, "届满20个工作日前提出", "届满前未作出决定的，仍视为准予延续")
		w.read(func(tx *db.Tx) error {
			by, late, err := w.s.RenewBy(tx, date("2026-06-30"))
			if by != w.s.Law.Cal.AddWorkdays(date("2026-06-30"), -20) || !late {
				t.Errorf("to be asked for by %s, late too %v", by, late)
			}
			return err
		})
		w.verify()
	})
}

func TestXKF50ExpiredCertificatesAreNotRenewed(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		r := w.register()
		w.licensed(r, "2026-03-03")
		who, window := w.person(firm), w.staff(clerk)
		id := w.hand(who, w.apply(who, foodRenew))
		w.now = time.Date(2026, 3, 4, 10, 0, 0, 0, calendar.Zone)
		w.pass(window, id)
		if _, err := w.s.Accept(t.Context(), window, On{Case: id}); fault.Code(err) != "cases.law.certificate_expired" {
			t.Errorf("accepted after expiry: %v", err)
		}
		w.verify()
	})
}

func TestXKF50ADecidedRenewalRunsOnInItsOwnCase(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		r := w.register()
		w.s.Local = nil
		w.rewrite("items/"+foodRenew+".yaml", "validity: 自准予延续之日起5年", "validity: 5年")
		who := w.person(firm)
		old := w.licensed(r, "2026-06-30")
		id := w.hand(who, w.apply(who, foodRenew))
		w.admit(id)
		w.decide(id, true)
		w.stance(old, CertificateReplaced)
		if got := w.state(id).Matter.Certificate.Expires; got != date("2031-06-30") {
			t.Errorf("renewed until %s", got)
		}
		w.wont(w.staff(foodDecider), old, ActSuspendCertificate, answers{}, "", "cases.when.suspend_cert")
		w.verify()
	})
}

// admit finds everything fit and accepts.
func (w *world) admit(id int64) {
	w.t.Helper()
	w.pass(w.staff(clerk), id)
	if _, err := w.s.Accept(w.t.Context(), w.staff(clerk), On{Case: id}); err != nil {
		w.t.Fatal(err)
	}
}

func TestXKF49AChangeMakesTheNextVersionInItsOwnCase(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		r := w.register()
		who := w.person(firm)
		old := w.licensed(r, "2031-03-01")
		id := w.hand(who, w.apply(who, foodChange))
		w.admit(id)
		w.decide(id, true)
		w.stance(old, CertificateValid) // until the new version is made
		w.certify(id, date("2031-03-01"))
		if err := w.s.DB.Write(t.Context(), func(tx *db.Tx) error {
			return w.s.Replace(tx, w.holder("SPJ-ZZ.issue"), old, id)
		}); err != nil {
			t.Fatal(err)
		}
		w.stance(old, CertificateReplaced)
		w.stance(id, CertificateValid)
		w.verify()
	})
}

func TestXKF50WhatIsTakenFromItsHolderIsNotRenewed(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		r := w.register()
		who, dec := w.person(firm), w.staff(foodDecider)
		old := w.licensed(r, "2026-06-30")
		id := w.hand(who, w.apply(who, foodRenew))
		w.admit(id)
		w.perform(dec, old, ActRevokeCertificate, answers{"ground": "penalty", "penalty": "云市监罚〔2026〕20号", "reason": "情节严重"})
		w.stance(id, CertificateRevoked) // the case that is about it knows
		task := w.review(id)
		if _, err := w.s.Decide(t.Context(), w.holder(task.Post), On{Case: id}, Decision{Task: task.ID, Grant: true}); fault.Code(err) != "cases.law.conditions_unmet" {
			t.Errorf("a revoked licence was renewed: %v", err)
		}
		w.now = time.Date(2026, 7, 1, 9, 0, 0, 0, calendar.Zone)
		w.tick()
		if st := w.state(id).State(); st == StateGranted {
			t.Error("silence renewed a revoked licence")
		}
		w.verify()
	})
}

func TestXKF70CancelledAtTheHoldersWish(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		r := w.register()
		w.s.Local = nil
		old := w.licensed(r, "2031-03-01")
		w.rewrite("items/"+foodChange+".yaml", "effect: change", "effect: cancel")
		who := w.person(firm)
		id := w.hand(who, w.apply(who, foodChange))
		w.admit(id)
		w.decide(id, true)
		w.stance(old, CertificateCancelled)
		w.stance(id, CertificateCancelled) // the case that asked for it knows
		w.says(old, PaperCancellation, "持证人申请注销", w.state(id).No)
		w.verify()
	})
}

func TestXKF69ARenewedCertificateIsActedOnBeforeTheNextVersionIsMade(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		r := w.register()
		who, dec := w.person(firm), w.staff(foodDecider)
		old := w.licensed(r, "2026-06-30")
		id := w.hand(who, w.apply(who, foodRenew))
		w.admit(id)
		w.decide(id, true)
		w.stance(old, CertificateReplaced)
		w.perform(dec, id, ActSuspendCertificate, answers{"ground": "penalty", "basis": "云市监罚〔2026〕12号", "reason": "拒不整改"})
		w.stance(id, CertificateSuspended)
		w.perform(dec, id, ActLiftCertificate, answers{"reason": "整改完成"})
		w.wont(w.holder("SPJ-ZZ.issue"), id, ActReissue, answers{"ground": "lost", "reason": "持证人声明遗失"}, "", "cases.when.reissue")
		w.perform(dec, id, ActRevokeCertificate, answers{"ground": "penalty", "penalty": "云市监罚〔2026〕20号", "reason": "情节严重"})
		w.stance(id, CertificateRevoked)
		for _, x := range r.stood {
			if x.Certificate != r.held[0].ID {
				t.Errorf("the register was told %s of %d, want the certificate that counts, %d", x.Act, x.Certificate, r.held[0].ID)
			}
		}
		if err := w.s.DB.Write(t.Context(), func(tx *db.Tx) error {
			_, err := w.s.Certify(tx, w.holder("SPJ-ZZ.issue"), On{Case: id}, "JY1", date("2031-06-30"))
			return err
		}); fault.Code(err) != "cases.law.conditions_unmet" {
			t.Errorf("a certificate was made of what was revoked: %v", err)
		}
		w.verify()
	})
}

func TestXKF70ARenewedCertificateIsCancelledBeforeTheNextVersionIsMade(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		r := w.register()
		w.s.Local = nil
		w.licensed(r, "2026-06-30")
		w.rewrite("items/"+foodChange+".yaml", "effect: change", "effect: cancel")
		who := w.person(firm)
		id := w.hand(who, w.apply(who, foodRenew))
		w.admit(id)
		w.decide(id, true)
		end := w.hand(who, w.apply(who, foodChange))
		w.admit(end)
		w.decide(end, true)
		w.stance(id, CertificateCancelled)
		w.verify()
	})
}

func TestXKF50ARenewalDoneAgainIsRenewedBySilenceToo(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		r := w.register()
		who, head := w.person(firm), w.staff(bureauHead)
		old := w.licensed(r, "2026-06-30")
		first := w.hand(who, w.apply(who, foodRenew)) // in March
		w.admit(first)
		w.decide(first, false)
		w.now = time.Date(2026, 6, 10, 10, 0, 0, 0, calendar.Zone) // too late for a first application
		ruling := answers{"basis": "云川市人民政府复议决定书〔2026〕7号", "to": string(StateAccepted)}
		again := w.perform(head, first, ActRemand, ruling).Case
		w.holdsNot(again, FlagLateRenewal)
		w.decide(again, false)
		ruling["to"] = string(StateReceived)
		again = w.perform(head, again, ActRemand, ruling).Case
		w.holdsNot(again, FlagLateRenewal)
		w.now = time.Date(2026, 7, 1, 1, 0, 0, 0, calendar.Zone)
		w.tick()
		w.tick()
		w.stands(again, StateGranted)
		w.stance(old, CertificateReplaced)
		w.says(again, PaperDeemedRenewal, "第五十条第二款", "2031年6月30日")
		w.verify()
	})
}

func (w *world) holdsNot(id int64, f Flag) {
	w.t.Helper()
	if w.state(id).Matter.Has(f) {
		w.t.Errorf("the case is marked %s", f)
	}
}

// TestAnnulledForABrokenPledgePromisesNoCompensation (优化营商环境条例 40): Art. 69¶1 is about the agency's own faults.
func TestAnnulledForABrokenPledgePromisesNoCompensation(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		id := w.certified(0, nil)
		w.perform(w.staff(foodDecider), id, ActAnnul, answers{
			"ground": "pledge_failed", "public_harm": "no", "heard": "yes", "statement": "持证人承认", "reason": "限期整改后仍不符合条件",
		})
		w.says(id, PaperAnnulment, "《优化营商环境条例》第四十条", "经责令限期整改仍不符合条件", "六十日")
		d := w.papers(id)[PaperAnnulment]
		if all := strings.Join(d.words(), "\n"); strings.Contains(all, "赔偿") || strings.Contains(all, "第六十九条") {
			t.Errorf("the paper says\n%s", all)
		}
	})
}

// TestNoPaperIsSealedWithoutTheNumberOfItsCertificate: where the register cannot be read the act fails, and leaves no trace.
func TestNoPaperIsSealedWithoutTheNumberOfItsCertificate(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		id := w.certified(0, nil)
		broken := errors.New("the register cannot be read")
		w.s.Results = func(*db.Tx, int64) ([]Result, error) { return nil, broken }
		before := w.trace(id)
		if _, err := w.s.Perform(t.Context(), w.staff(foodDecider), On{Case: id}, ActRevokeCertificate, answers{
			"ground": "penalty", "penalty": "云市监罚〔2026〕20号", "reason": "情节严重",
		}); !errors.Is(err, broken) {
			t.Errorf("the act says %v", err)
		}
		if before != w.trace(id) {
			t.Error("what failed left a trace")
		}
	})
}

// declares hands in an application on an item by somebody whose certificate the register does not hold.
func (w *world) declares(who auth.Actor, item, number, until string) int64 {
	w.t.Helper()
	d := w.apply(who, item)
	if _, err := w.s.Save(w.t.Context(), who, d.ID, Filling{Form: map[string]string{"licence_no": number, "expire_on": until}}); err != nil {
		w.t.Fatal(err)
	}
	return w.hand(who, d)
}

const oldPaper = "JY12345678901234"

// TestXKF50WhoHasAPaperDeclaresItAndTheWindowComparesIt: the days of Art. 50 run from what the original says, and from when the
// renewal was asked for.
func TestXKF50WhoHasAPaperDeclaresItAndTheWindowComparesIt(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.register()
		who, window := w.person(firm), w.staff(clerk)
		d := w.apply(who, foodRenew)
		for _, x := range []struct{ number, until, field string }{
			{"", "2026-06-30", "form.licence_no"}, {oldPaper, "", "form.expire_on"},
		} {
			if _, err := w.s.Save(t.Context(), who, d.ID, Filling{Form: map[string]string{"licence_no": x.number, "expire_on": x.until}}); err != nil {
				t.Fatal(err)
			}
			if _, err := w.s.Submit(t.Context(), who, d.ID, ""); fieldsOf(err)[x.field] == "" {
				t.Errorf("%+v: %v %v", x, err, fieldsOf(err))
			}
		}
		id := w.declares(who, foodRenew, oldPaper, "2026-06-03") // the applicant has misread it
		w.says(id, PaperReceipt, TailOf(oldPaper), "2026年6月3日", "受理时核对原件")
		c := w.state(id)
		if held := c.Matter.Certificate; held == nil || held.Declared != date("2026-03-02") || !c.Matter.Terms.Renewal {
			t.Errorf("the law was told %+v", held)
		}
		if _, ok := c.Matter.Clock(ClockRenewal); ok {
			t.Error("its days count before anybody has seen it")
		}
		again := w.apply(who, foodRenew)
		if _, err := w.s.Save(t.Context(), who, again.ID, Filling{Form: map[string]string{"licence_no": oldPaper, "expire_on": "2026-06-30"}}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.s.Submit(t.Context(), who, again.ID, ""); fieldsOf(err)["certificate"] != "cases.certificate_busy" {
			t.Errorf("a second renewal of the same paper: %v %v", err, fieldsOf(err))
		}
		w.pass(window, id)
		if _, err := w.s.Accept(t.Context(), window, On{Case: id}); fieldsOf(err)["original"] != "cases.law.original_unseen" {
			t.Errorf("accepted unseen: %v %v", err, fieldsOf(err))
		}
		if _, err := w.s.AcceptSeen(t.Context(), window, On{Case: id}, Original{Seen: true}); fieldsOf(err)["original_until"] != "cases.law.missing_input" {
			t.Errorf("accepted without a last day: %v %v", err, fieldsOf(err))
		}
		w.now = time.Date(2026, 3, 4, 10, 0, 0, 0, calendar.Zone)
		if _, err := w.s.AcceptSeen(t.Context(), window, On{Case: id}, Original{Seen: true, Until: date("2026-06-30")}); err != nil {
			t.Fatalf("%v %v", err, fieldsOf(err))
		}
		w.owes(id, ClockRenewal, "2026-06-30")
		if apply, ok := w.state(id).Matter.Clock(ClockRenewApply); !ok || apply.From != date("2026-03-02") || apply.Due != date("2026-05-31") {
			t.Errorf("to be asked for %+v", apply)
		}
		w.says(id, PaperAcceptance, TailOf(oldPaper), "2026年6月30日", "已经核对原件", "视为准予延续")
		w.verify()

		w.now = time.Date(2026, 7, 1, 1, 0, 0, 0, calendar.Zone)
		w.tick()
		w.tick()
		w.stands(id, StateGranted)
		if got := w.state(id).Matter.Certificate; got.Expires != date("2031-06-30") || got.Renewed != RenewedByLaw {
			t.Errorf("renewed to %+v", got)
		}
		w.perform(w.staff(foodDecider), id, ActSuspendCertificate, answers{"ground": "penalty", "basis": "云市监罚〔2026〕12号", "reason": "拒不整改"})
		w.perform(w.staff(foodDecider), id, ActLiftCertificate, answers{"reason": "整改完成"})
		w.certify(id, date("2031-06-30"))
		w.stance(id, CertificateValid)
		w.verify()
	})
}

// TestXKF32And50SilenceAcceptsTheApplicationAndNoCertificateUnseen: what silence accepts is the application (32(4)). The days
// of Art. 50 are those of the licence that was lawfully obtained: they run, from when it was asked for, once somebody has seen
// which that is.
func TestXKF32And50SilenceAcceptsTheApplicationAndNoCertificateUnseen(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.register()
		id := w.declares(w.person(firm), foodRenew, oldPaper, "2026-06-30")
		w.now = time.Date(2026, 3, 16, 10, 0, 0, 0, calendar.Zone)
		w.tick()
		w.stands(id, StateAccepted)
		if c := w.state(id); !c.Unseen() || !c.Matter.Has(FlagUnseen) {
			t.Errorf("silence has seen the original: %+v", c.Matter.Certificate)
		}
		w.finds(id, FindingUnseen)
		if clock, ok := w.state(id).Matter.Clock(ClockRenewal); ok {
			t.Errorf("its days count before anybody has seen it: %+v", clock)
		}
		task := w.review(id)
		if _, err := w.s.Decide(t.Context(), w.holder(task.Post), On{Case: id}, Decision{Task: task.ID, Grant: true}); fault.Code(err) != "cases.law.original_unseen" {
			t.Errorf("granted unseen: %v", err)
		}
		w.now = time.Date(2026, 7, 1, 1, 0, 0, 0, calendar.Zone)
		w.tick()
		w.stands(id, StateReviewing) // a lie is not renewed for five years
		w.verify()

		w.now = time.Date(2026, 7, 2, 10, 0, 0, 0, calendar.Zone)
		if _, err := w.s.Perform(t.Context(), w.staff(clerk), On{Case: id}, ActSeeOriginal, answers{"original_until": "2026-06-30"}); fieldsOf(err)["original"] == "" {
			t.Errorf("seen without a word: %v", err)
		}
		w.perform(w.staff(clerk), id, ActSeeOriginal, answers{"original": "yes", "original_until": "2026-06-30"})
		w.stands(id, StateGranted) // by the law, on the day that the original names, since it was asked for in time
		c := w.state(id)
		if got := c.Matter.Certificate; got.Expires != date("2031-06-30") || got.Renewed != RenewedByLaw || got.Unseen {
			t.Errorf("renewed to %+v", got)
		}
		w.holdsNot(id, FlagLateRenewal)
		w.holdsNot(id, FlagUnseen)
		w.certify(id, date("2031-06-30"))
		w.verify()
	})
}

// TestXKF50ALateDeclarationIsLate: what the original says decides whether the renewal was asked for in time.
func TestXKF50ALateDeclarationIsLate(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.register()
		window := w.staff(clerk)
		late, gone := w.declares(w.person(firm), foodRenew, oldPaper, "2026-06-30"), w.declares(w.person(firm), foodRenew, "JY12345678901235", "2026-06-30")
		w.pass(window, late)
		w.pass(window, gone)
		if _, err := w.s.AcceptSeen(t.Context(), window, On{Case: late}, Original{Seen: true, Until: date("2026-03-20")}); err != nil {
			t.Fatal(err)
		}
		if !w.state(late).Matter.Has(FlagLateRenewal) {
			t.Error("it is not late")
		}
		w.says(late, PaperAcceptance, "不视为准予延续")
		if _, err := w.s.AcceptSeen(t.Context(), window, On{Case: gone}, Original{Seen: true, Until: date("2026-02-28")}); fault.Code(err) != "cases.law.certificate_expired" {
			t.Errorf("accepted after expiry: %v", err)
		}
		w.verify()
	})
}

// TestXKF49AChangeOfADeclaredPaperNeedsNoLastDay: one without an end is changed too.
func TestXKF49AChangeOfADeclaredPaperNeedsNoLastDay(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.register()
		id := w.declares(w.person(firm), foodChange, oldPaper, "")
		w.pass(w.staff(clerk), id)
		if _, err := w.s.AcceptSeen(t.Context(), w.staff(clerk), On{Case: id}, Original{Seen: true}); err != nil {
			t.Fatal(err)
		}
		w.decide(id, true)
		w.certify(id, 0)
		w.stance(id, CertificateValid)
		w.verify()
	})
}

// TestWhatTheRegisterHoldsIsNotTyped: number and last day of the named certificate are taken from it, whatever was typed.
func TestWhatTheRegisterHoldsIsNotTyped(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		r := w.register()
		who := w.person(firm)
		w.licensed(r, "2026-06-30")
		d := w.apply(who, foodRenew)
		asks := func() (n int) {
			w.read(func(tx *db.Tx) error {
				need, err := w.s.NeedFor(tx, w.item(foodRenew), d)
				for _, f := range need.Fields {
					if f.Key == "licence_no" || f.Key == "expire_on" {
						n++
					}
				}
				return err
			})
			return n
		}
		if n := asks(); n != 0 {
			t.Errorf("%d fields ask for what the register says", n)
		}
		if _, err := w.s.Save(t.Context(), who, d.ID, Filling{Form: map[string]string{"licence_no": oldPaper, "expire_on": "2030-01-01"}}); err != nil {
			t.Fatal(err)
		}
		id := w.hand(who, d)
		w.read(func(tx *db.Tx) error {
			v, err := w.s.View(tx, who, id)
			if err != nil {
				return err
			}
			got := map[string]string{}
			for _, x := range v.Form {
				got[x.Key] = x.Text
			}
			if got["licence_no"] != "JY1" || got["expire_on"] != "2026-06-30" {
				t.Errorf("the form says %v", got)
			}
			return nil
		})
		w.owes(id, ClockRenewal, "2026-06-30")
		r.held = nil
		if n := asks(); n != 2 {
			t.Errorf("%d fields ask for what nobody knows", n)
		}
		w.verify()
	})
}

// TestXKF49NothingElseIsAppliedForWhileTheNextVersionIsMade: between the grant of a change and its making the old version
// stands, is not changed, renewed or issued again, and what is done to it holds for the next one.
func TestXKF49NothingElseIsAppliedForWhileTheNextVersionIsMade(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		r := w.register()
		who, dec, iss := w.person(firm), w.staff(foodDecider), w.holder("SPJ-ZZ.issue")
		old := w.licensed(r, "2031-03-01")
		root := r.held[0].ID
		coming := func() (c *Coming) {
			w.read(func(tx *db.Tx) (err error) { c, err = w.s.ComingOf(tx, root); return err })
			return c
		}
		id := w.hand(who, w.apply(who, foodChange))
		w.admit(id)
		if coming() != nil {
			t.Error("it is being made before it is granted")
		}
		w.decide(id, true)
		if c := coming(); c == nil || c.Case != id || c.Effect != "change" || c.Day != calendar.DateOf(w.now) {
			t.Errorf("what comes is %+v", c)
		}
		for _, item := range []string{foodChange, foodRenew} {
			if _, err := w.s.Submit(t.Context(), who, w.apply(who, item).ID, ""); fieldsOf(err)["certificate"] != "cases.certificate_coming" {
				t.Errorf("%s: %v %v", item, err, fieldsOf(err))
			}
		}
		again := answers{"ground": "lost", "reason": "持证人声明遗失"}
		w.wont(iss, old, ActReissue, again, "", "cases.certificate_coming")
		w.read(func(tx *db.Tx) error {
			list, err := w.s.Explain(tx, iss, w.state(old))
			for _, x := range list {
				if x.Act == ActReissue && x.Why == nil {
					t.Error("a page offers to issue it again")
				}
			}
			return err
		})
		w.perform(dec, old, ActSuspendCertificate, answers{"ground": "penalty", "basis": "云市监罚〔2026〕12号", "reason": "拒不整改"})
		w.stance(id, CertificateSuspended)
		if coming() == nil {
			t.Error("a suspended one is not made any more, though the suspension may be lifted")
		}
		w.perform(dec, old, ActRevokeCertificate, answers{"ground": "penalty", "penalty": "云市监罚〔2026〕20号", "reason": "情节严重"})
		w.stance(id, CertificateRevoked)
		if c := coming(); c != nil {
			t.Errorf("of what was revoked comes %+v", c)
		}
		if err := w.s.DB.Write(t.Context(), func(tx *db.Tx) error {
			_, err := w.s.Certify(tx, iss, On{Case: id}, "JY1", date("2031-03-01"))
			return err
		}); fault.Code(err) != "cases.law.conditions_unmet" {
			t.Errorf("a version was made of what was revoked: %v", err)
		}
		w.verify()
	})
}
