package cases

import (
	"slices"
	"strings"
	"testing"

	"onedoor.app/domain/catalog"
	"onedoor.app/engine/calendar"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

// of is a case of a kind of matter.
func of(t *testing.T, kind ItemKind, change func(*Terms)) *life {
	t.Helper()
	terms := NewTerms(kind, false)
	if change != nil {
		change(&terms)
	}
	return &life{t: t, l: &Law{Cal: calendar.Official()}, m: NewMatter(terms)}
}

// What all kinds share: one notice that names everything, written reasons and remedies, two who check on the spot, and
// that who received does not decide. What only licences have is silence as acceptance, an extension, ten days to deliver.
func TestEveryKindSharesTheOneNoticeReasonsAndTheSeparation(t *testing.T) {
	for _, kind := range []ItemKind{KindConfirmation, KindBenefit, KindAward, KindAdjudication, KindOther, KindService} {
		w := of(t, kind, func(x *Terms) { x.Promised = 10 })
		if x := w.m.Terms; x.Deem || x.Extension != 0 || x.Delivery != 0 || x.Notice != 5 {
			t.Errorf("%s: %+v", kind, x)
		}
		w.do("2026-03-02 09:00", ActReceive, Input{By: 1, Lacks: []string{"m1"}})
		out := w.do("2026-03-02 09:10", ActNotifyCorrection, Input{By: 1, List: []string{"m1"}})
		if out.Basis != "营商 36" {
			t.Errorf("%s: the notice rests on %q", kind, out.Basis)
		}
		w.do("2026-03-02 10:00", ActCorrect, Input{Role: RoleApplicant, Fixes: []string{"m1"}})
		w.refused("2026-03-02 10:10", ActNotifyCorrection, Input{By: 1, List: []string{"m2"}}, ReasonSecondNotice)
		w.until("2026-03-12 09:00")
		if w.m.State != StateReceived { // silence is late, nothing more
			t.Errorf("%s: silence led to %s", kind, w.m.State)
		}
		if !slices.Contains(w.m.Overdue(), ClockNotice) {
			t.Errorf("%s: silence is not marked", kind)
		}
		w.do("2026-03-12 10:00", ActAccept, Input{By: 1})
		w.do("2026-03-12 11:00", ActBeginReview, Input{By: 2})
		w.refused("2026-03-12 12:00", ActInspect, Input{By: 2, Inspectors: []int64{4}, Record: true}, ReasonInspectorsTwo)
		w.refused("2026-03-13 09:00", ActRefuse, Input{By: 1, Reason: "x", Basis: "y", Remedies: true}, ReasonSamePerson)
		w.refused("2026-03-13 09:00", ActRefuse, Input{By: 3, Basis: "y", Remedies: true}, ReasonNoReason)
		w.refused("2026-03-13 09:00", ActRefuse, Input{By: 3, Reason: "x", Basis: "y"}, ReasonNoRemedies)
		if out := w.do("2026-03-13 09:00", ActRefuse, Input{By: 3, Reason: "x", Basis: "y", Remedies: true}); !slices.Equal(out.Remedies, []Remedy{RemedyReviewOrSuit}) || strings.Contains(out.Basis, "XKF") {
			t.Errorf("%s: refused with %v on %q", kind, out.Remedies, out.Basis)
		}
	}
}

func TestConfirmationWithoutARefusalOnTheSpotIsAccepted(t *testing.T) { // 不动产登记暂行条例 17: notice 0
	w := of(t, KindConfirmation, func(x *Terms) { x.Deem, x.Notice = true, 0 })
	w.do("2026-03-02 09:00", ActReceive, Input{By: 1})
	w.due(ClockNotice, "2026-03-02")
	if fired := w.until("2026-03-02 23:59"); len(fired) != 0 {
		t.Fatalf("before the day was over: %+v", fired)
	}
	fired := w.until("2026-03-03 00:00")
	if len(fired) != 1 || fired[0].Act != ActDeemAccepted || fired[0].Outcome.AsOf != date("2026-03-02") {
		t.Fatalf("fired %+v", fired)
	}
	w.state(StateAccepted)
}

func TestConfirmationHasWhatItsStatuteGrants(t *testing.T) {
	w := of(t, KindConfirmation, func(x *Terms) { x.Limit, x.Unit, x.Extension = 60, UnitDay, 10 }).reviewed()
	w.refused("2026-03-06 10:00", ActStartSpecial, Input{Kind: StopStatutoryHalt, Planned: 5, Notice: "告知书"}, ReasonSpecialKind)
	w.do("2026-03-06 10:00", ActStartSpecial, Input{Kind: StopStatutoryHalt, Planned: 5, Notice: "告知书", Basis: "工伤保险条例第二十条第三款"})
	w.do("2026-03-09 10:00", ActEndSpecial, Input{Kind: StopStatutoryHalt, Result: "司法机关已有结论"})
	w.do("2026-03-09 11:00", ActExtend, Input{Days: 10, Reason: "案情复杂", Approver: RankAgencyHead})
	ten := 10
	x := NewTerms(KindConfirmation, false)
	x.legal(&catalog.Item{Type: catalog.TypeConfirm, Legal: catalog.Legal{Deem: true, Extension: &ten, Delivery: 5}}, catalog.Need{})
	if !x.Deem || x.Extension != 10 || x.Delivery != 5 {
		t.Errorf("its own statute grants %+v", x)
	}
}

func TestBenefitIsNeverRenewedByTheLawItself(t *testing.T) {
	w := of(t, KindBenefit, func(x *Terms) { x.Renewal = true })
	w.m.Certificate = &Certificate{State: CertificateValid, Expires: date("2026-03-31")}
	w.do("2026-03-02 09:00", ActReceive, Input{By: 1})
	if _, ok := w.m.Clock(ClockRenewal); ok {
		t.Error("the clock of Art. 50 runs for a benefit")
	}
	w.until("2026-04-02 09:00")
	w.state(StateReceived)
	w.refused("2026-04-02 09:00", ActDeemRenewed, Input{Role: RoleSystem}, ReasonIllegalPair)
}

func TestAwardIsMadePublicBeforeItIsDecided(t *testing.T) {
	w := of(t, KindAward, nil).reviewed()
	w.refused("2026-03-06 10:00", ActExtend, Input{Days: 5, Reason: "x", Approver: RankAgencyHead}, ReasonIllegalPair)
	w.refused("2026-03-06 10:00", ActGrant, Input{By: 3}, ReasonMissingInput)
	w.do("2026-03-06 11:00", ActPublish, Input{By: 2})
	w.do("2026-03-16 10:00", ActGrant, Input{By: 3})
}

func TestAwardIsAppliedForInItsSeason(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		l := catalog.Legal{Opens: "03-03", Closes: "03-31"}
		for day, open := range map[string]bool{"2026-03-02": false, "2026-03-03": true, "2026-03-31": true, "2026-04-01": false} {
			if l.Open(date(day)) != open {
				t.Errorf("on %s it is open: %v", day, !open)
			}
		}
		if over := (catalog.Legal{Opens: "12-01", Closes: "01-31"}); !over.Open(date("2026-01-15")) || over.Open(date("2026-02-01")) {
			t.Error("a season over the end of the year")
		}
		w.award(l)
		who := w.person(zhou)
		d := w.fill(who, awardItem, nil)
		if _, err := w.s.Submit(t.Context(), who, d.ID, ""); fault.Code(err) != "cases.out_of_season" {
			t.Errorf("before the season: %v", err)
		}
		w.now = date("2026-03-03").Start().Add(10 * 3600e9)
		out, err := w.s.Submit(t.Context(), who, d.ID, "")
		if err != nil {
			t.Fatal(err)
		}
		w.pass(w.staff(clerk), out.Case)
		if _, err := w.s.Accept(t.Context(), w.staff(clerk), On{Case: out.Case}); err != nil {
			t.Fatal(err)
		}
		task := w.review(out.Case)
		decider := w.holder(task.Post)
		if _, err := w.s.Decide(t.Context(), decider, On{Case: out.Case}, Decision{Task: task.ID, Grant: true}); fault.Code(err) != "cases.publicity_owed" {
			t.Errorf("before it was made public: %v", err)
		}
		w.perform(decider, out.Case, ActPublish, answers{"place": "政府门户网站"})
		if _, err := w.s.Decide(t.Context(), decider, On{Case: out.Case}, Decision{Task: task.ID, Grant: true}); err != nil {
			t.Error(err)
		}
		w.verify()
	})
}

func TestAdjudicationHearsTheOtherPartyAndMayBeSettled(t *testing.T) {
	it := &catalog.Item{Type: catalog.TypeRuling, PromisedLimit: catalog.Limit{Value: 10, Unit: catalog.Workday}}
	w := of(t, KindAdjudication, func(x *Terms) { x.ThirdParty = false; x.legal(it, catalog.Need{}) })
	w.do("2026-03-02 09:00", ActReceive, Input{By: 1})
	w.refused("2026-03-02 09:10", ActGrantOnSpot, Input{By: 3}, ReasonIllegalPair)
	w.do("2026-03-02 09:30", ActAccept, Input{By: 1})
	w.do("2026-03-02 15:00", ActBeginReview, Input{By: 2})
	w.refused("2026-03-06 10:00", ActGrant, Input{By: 3}, ReasonStatementOwed)
	w.do("2026-03-06 10:00", ActTellInterested, Input{By: 2, Parties: []string{"被申请人"}})
	settled := *w
	settled.do("2026-03-09 10:00", ActTerminate, Input{Ground: GroundSettled, Approver: RankAgencyHead, Remedies: true})
	settled.state(StateTerminated)
	w.do("2026-03-09 10:00", ActGrant, Input{By: 3})
	licence := of(t, KindLicence, nil).reviewed()
	licence.refused("2026-03-09 10:00", ActTerminate, Input{Ground: GroundSettled, Approver: RankAgencyHead, Remedies: true}, ReasonGroundState)
}

func TestOtherPowerKnowsNoHearingQuotaOrRenewal(t *testing.T) {
	w := of(t, KindOther, nil).reviewed()
	for _, act := range []Act{ActTellHearingRight, ActWaiveHearing, ActRequestHearing, ActHoldHearing, ActCancelHearing, ActDeemRenewed} {
		w.refused("2026-03-06 10:00", act, Input{Parties: []string{"a"}, Who: "a"}, ReasonIllegalPair)
	}
	it := catalog.Item{Code: "x", Name: "某项备案", Type: catalog.TypeOther, Legal: catalog.Legal{Quota: 3, Hearing: true}}
	var codes []string
	for _, x := range it.Wrong() {
		codes = append(codes, x.Code)
	}
	for _, want := range []string{"catalog.item.legal.quota", "catalog.item.legal.hearing_required"} {
		if !slices.Contains(codes, want) {
			t.Errorf("%s may be published: %v", want, codes)
		}
	}
	spot := of(t, KindOther, func(x *Terms) { x.NoCertificate = true })
	spot.do("2026-03-02 09:00", ActReceive, Input{By: 1})
	spot.do("2026-03-02 09:10", ActGrantOnSpot, Input{By: 1}) // 予以备案
	spot.do("2026-03-02 09:20", ActDeliver, Input{Served: "当场"})
}

func TestServiceRefusesNobodyARightByNotBeingNeeded(t *testing.T) {
	w := of(t, KindService, nil)
	w.do("2026-03-02 09:00", ActReceive, Input{By: 1})
	other := *w
	if out := w.do("2026-03-02 09:10", ActNotRequired, Input{Reason: "不需要办理"}); !slices.Equal(out.Remedies, []Remedy{RemedyComplaint}) {
		t.Errorf("not needed: %v", out.Remedies)
	}
	if out := other.do("2026-03-02 09:10", ActNotAccept, Input{Reason: "不归本机关", Ground: GroundNotCompetent, Agency: "区人社局", Remedies: true}); !slices.Equal(out.Remedies, []Remedy{RemedyReviewOrSuit}) {
		t.Errorf("refused: %v", out.Remedies)
	}
	if out := of(t, KindLicence, nil); out != nil {
		out.do("2026-03-02 09:00", ActReceive, Input{By: 1})
		if got := out.do("2026-03-02 09:10", ActNotRequired, Input{Reason: "不需要许可"}); !slices.Equal(got.Remedies, []Remedy{RemedyReviewOrSuit}) {
			t.Errorf("a licence not needed: %v", got.Remedies)
		}
	}
}

// The Licence Law is cited for licences only.
func TestOtherKindsRestOnOtherLaw(t *testing.T) {
	for _, r := range Rules() {
		if got := r.BasisOf(KindLicence); got != r.Basis {
			t.Errorf("%s: %q for a licence", r.Act, got)
		}
		for _, kind := range []ItemKind{KindConfirmation, KindBenefit, KindAward, KindAdjudication, KindOther, KindService} {
			if got := r.BasisOf(kind); got == "" || strings.Contains(got, "XKF") {
				t.Errorf("%s of %s rests on %q", r.Act, kind, got)
			}
		}
	}
}

// awardItem is an item of the sample city that a test turns into an award.
const awardItem = "elder-card"

// award publishes it as one.
func (w *world) award(l catalog.Legal) {
	w.t.Helper()
	if err := w.s.DB.Write(w.t.Context(), func(tx *db.Tx) error {
		it := w.item(awardItem)
		body := `REPLACE(body, '"type":"` + it.Type + `"', '"type":"` + catalog.TypeReward + `"')`
		for _, code := range []string{it.HandleCode, it.ImplementCode, it.BaseCode} { // they name the kind
			body = `REPLACE(` + body + `, '"` + code + `"', '""')`
		}
		return tx.Exec(`UPDATE catalog_version SET body = `+body+` WHERE code = $1`, awardItem)
	}); err != nil {
		w.t.Fatal(err)
	}
	w.s.Catalog = &catalog.Service{DB: w.s.DB}
	w.elements(awardItem, l)
}
