package cases

import (
	"slices"
	"strings"
	"testing"
	"time"

	"onedoor.app/engine/calendar"
)

// life plays a case act by act; timers fire before each, as they do in service.
type life struct {
	t *testing.T
	l *Law
	m Matter
}

func live(t *testing.T, change func(*Terms)) *life {
	t.Helper()
	t.Parallel()
	terms := NewTerms(KindLicence, false)
	if change != nil {
		change(&terms)
	}
	return &life{t: t, l: &Law{Cal: calendar.Official()}, m: NewMatter(terms)}
}

func on(t *testing.T, s string) time.Time {
	t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04", s, calendar.Zone)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func date(s string) calendar.Date {
	d, err := calendar.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

func (w *life) try(at string, act Act, in Input) (Outcome, *Refusal) {
	w.t.Helper()
	w.until(at)
	if in.Role == "" {
		in.Role = mayDo(act)
	}
	m, out, refusal := w.l.Apply(w.m, act, in, on(w.t, at))
	w.m = m
	return out, refusal
}

// mayDo is whoever the law lets do an act, where a test leaves that open.
func mayDo(act Act) Role {
	if rule, ok := RuleOf(act); ok {
		return rule.Who[0]
	}
	i := slices.IndexFunc(certificateRules, func(r certificateRule) bool { return r.Act == act })
	return certificateRules[i].Who
}

func (w *life) do(at string, act Act, in Input) Outcome {
	w.t.Helper()
	out, refusal := w.try(at, act, in)
	if refusal != nil {
		w.t.Fatalf("%s %s: %v (%s)", at, act, refusal, refusal.Field)
	}
	return out
}

func (w *life) refused(at string, act Act, in Input, want Reason) {
	w.t.Helper()
	before := w.m.State
	_, refusal := w.try(at, act, in)
	if refusal == nil {
		w.t.Fatalf("%s %s: done, want %s", at, act, want)
	}
	if refusal.Reason != want || w.m.State != before && w.m.State != refusal.State {
		w.t.Fatalf("%s %s: got %v, want %s", at, act, refusal, want)
	}
}

func (w *life) until(at string) []Fired {
	w.t.Helper()
	m, fired := w.l.Fire(w.m, on(w.t, at))
	w.m = m
	return fired
}

func (w *life) state(want State) {
	w.t.Helper()
	if w.m.State != want {
		w.t.Fatalf("state: got %s, want %s", w.m.State, want)
	}
}

func (w *life) due(name ClockName, want string) {
	w.t.Helper()
	c, ok := w.m.Clock(name)
	if got := c.Due.String(); !ok || got != want {
		w.t.Errorf("%s: got %s, want %s", name, got, want)
	}
}

// reviewed brings a case received on Monday 2 March 2026 into review.
func (w *life) reviewed() *life {
	w.t.Helper()
	w.do("2026-03-02 09:00", ActReceive, Input{By: 1})
	w.do("2026-03-02 09:30", ActAccept, Input{By: 1})
	w.do("2026-03-02 15:00", ActBeginReview, Input{By: 2})
	return w
}

func TestXKF32NoticeWithinFiveWorkdaysElseDeemedAccepted(t *testing.T) {
	w := live(t, nil)
	w.do("2026-02-12 16:40", ActReceive, Input{Lacks: []string{"m2"}})
	w.due(ClockNotice, "2026-02-26")
	if fired := w.until("2026-02-26 23:59"); len(fired) != 0 {
		t.Fatalf("fired inside the five days: %v", fired)
	}
	fired := w.until("2026-02-27 00:00")
	if len(fired) != 1 || fired[0].Act != ActDeemAccepted || fired[0].Outcome.AsOf != date("2026-02-12") {
		t.Fatalf("got %+v", fired)
	}
	w.state(StateAccepted)
	w.due(ClockStatutory, "2026-03-18") // from the day of receipt, not of silence
	if !w.m.Has(FlagDeemed) || fired[0].Outcome.Paper != PaperDeemedAcceptance {
		t.Error("the supervisor is not told")
	}
	// What was never asked for still bars the grant, until it is supplied.
	w.do("2026-02-27 09:00", ActBeginReview, Input{By: 2})
	w.refused("2026-02-27 10:00", ActGrant, Input{By: 3}, ReasonIncomplete)
	w.do("2026-02-28 10:00", ActSettleDebt, Input{Material: "m2"})
	w.do("2026-03-02 10:00", ActGrant, Input{By: 3})
}

func TestXKF32AtOnceMeansTheDayOfReceipt(t *testing.T) {
	w := live(t, nil)
	w.do("2026-03-02 09:00", ActReceive, Input{})
	w.refused("2026-03-03 09:00", ActNotRequired, Input{}, ReasonNoReason)
	out := w.do("2026-03-03 09:00", ActNotRequired, Input{Reason: "依法不需要取得行政许可"})
	if !slices.Contains(out.Findings, FindingNotAtOnce) {
		t.Error("no finding although a day passed")
	}
}

func TestXKF34SiteCheckTakesTwo(t *testing.T) {
	w := live(t, func(x *Terms) { x.InspectionRequired = true }).reviewed()
	w.refused("2026-03-05 09:00", ActInspect, Input{Inspectors: []int64{4, 4}, Record: true}, ReasonInspectorsTwo)
	w.refused("2026-03-05 09:00", ActInspect, Input{Inspectors: []int64{4, 5}}, ReasonMissingInput)
	w.refused("2026-03-05 10:00", ActGrant, Input{By: 3}, ReasonInspectionOwed)
	w.do("2026-03-06 09:00", ActInspect, Input{Inspectors: []int64{4, 5}, Record: true})
	w.due(ClockStatutory, "2026-03-30") // a site check stops nothing
	w.do("2026-03-06 10:00", ActGrant, Input{By: 3})
}

func TestXKF35LowerAgencyReviewsAndRefersUp(t *testing.T) {
	w := live(t, func(x *Terms) { x.FirstReview = true }).reviewed()
	w.due(ClockFirstReview, "2026-03-30")
	w.refused("2026-03-10 09:00", ActGrant, Input{By: 3}, ReasonNotCompetent)
	w.refused("2026-03-10 09:00", ActRefuse, Input{By: 3, Reason: "x", Basis: "y", Remedies: true}, ReasonNotCompetent)
	w.do("2026-03-10 09:00", ActReferUp, Input{By: 3, Opinion: "同意"})
	w.state(StateReferred)
}

func TestXKF35UpperAgencyCountsFromArrival(t *testing.T) {
	w := live(t, nil)
	w.refused("2026-03-12 09:00", ActTakeReferral, Input{}, ReasonMissingInput)
	w.do("2026-03-12 09:00", ActTakeReferral, Input{Opinion: "同意", By: 1})
	w.state(StateAccepted)
	w.due(ClockStatutory, "2026-04-10")
}

func TestXKF36InterestedAreToldBeforeTheDecision(t *testing.T) {
	w := live(t, func(x *Terms) { x.ThirdParty = true }).reviewed()
	w.refused("2026-03-05 09:00", ActGrant, Input{By: 3}, ReasonStatementOwed)
	w.do("2026-03-05 10:00", ActTellInterested, Input{})
	w.do("2026-03-09 10:00", ActHearStatement, Input{})
	w.do("2026-03-10 10:00", ActGrant, Input{By: 3})
}

func TestXKF38RefusalGivesReasonsBasisAndRemedies(t *testing.T) {
	w := live(t, nil).reviewed()
	w.refused("2026-03-05 09:00", ActRefuse, Input{By: 3}, ReasonNoReason)
	w.refused("2026-03-05 09:00", ActRefuse, Input{By: 3, Reason: "x"}, ReasonMissingInput)
	w.refused("2026-03-05 09:00", ActRefuse, Input{By: 3, Reason: "x", Basis: "y"}, ReasonNoRemedies)
	out := w.do("2026-03-05 09:00", ActRefuse, Input{By: 3, Reason: "x", Basis: "y", Remedies: true})
	if !slices.Equal(out.Remedies, []Remedy{RemedyReviewOrSuit}) || out.Paper != PaperRefusal {
		t.Errorf("got %+v", out)
	}
	w.due(ClockService, "2026-03-19")
	w.do("2026-03-09 09:00", ActServe, Input{Served: "邮寄"}) // a record, after the end
	if c, _ := w.m.Clock(ClockService); c.Ended.IsZero() || c.Late {
		t.Errorf("service is still owed: %+v", c)
	}
}

func TestXKF38NoGrantWhileConditionsAreUnmet(t *testing.T) {
	w := live(t, nil).reviewed()
	w.refused("2026-03-05 09:00", ActGrant, Input{By: 3, Unmet: []string{"场所面积"}}, ReasonConditionsUnmet)
}

func TestXKF42TwentyWorkdaysAndTenMoreOnce(t *testing.T) {
	w := live(t, nil).reviewed()
	w.due(ClockStatutory, "2026-03-30")
	in := Input{Days: 10, Reason: "情况复杂", Approver: RankAgencyHead}
	out := w.do("2026-03-30 23:59", ActExtend, in)
	if !slices.Equal(out.Remedies, []Remedy{RemedyComplaint}) {
		t.Errorf("got %v", out.Remedies)
	}
	w.due(ClockStatutory, "2026-04-14")
	w.refused("2026-03-31 09:00", ActExtend, in, ReasonExtensionUsed)
}

func TestXKF42JointFortyFiveAndFifteenByTheGovernment(t *testing.T) {
	w := live(t, func(x *Terms) { *x = NewTerms(KindLicence, true) }).reviewed()
	w.due(ClockStatutory, "2026-05-08")
	w.refused("2026-05-08 09:00", ActExtend, Input{Days: 15, Reason: "x", Approver: RankAgencyHead}, ReasonApproverRank)
	w.do("2026-05-08 09:00", ActExtend, Input{Days: 15, Reason: "x", Approver: RankGovernmentHead})
}

// The extension of Art. 42 counts in working days, whatever another statute lets the limit count (82); that statute's
// own extension counts as its limit does. Every clock of the case is lengthened alike.
func TestXKF42And82TheExtensionCountsInWorkdays(t *testing.T) {
	natural := func(x *Terms) { x.Limit, x.Unit, x.Promised = 14, UnitDay, 2 }
	for name, c := range map[string]struct {
		terms             func(*Terms)
		before, due, soon string // soon: of the promise
	}{
		"natural days":       {natural, "2026-03-16", "2026-03-23", "2026-03-11"},
		"its own statute":    {func(x *Terms) { natural(x); x.MayExtend(10) }, "2026-03-16", "2026-03-23", "2026-03-09"},
		"months":             {func(x *Terms) { x.Limit, x.Unit = 1, UnitMonth }, "2026-04-02", "2026-04-10", ""},
		"months by its own":  {func(x *Terms) { x.Limit, x.Unit = 1, UnitMonth; x.MayExtend(10) }, "2026-04-02", "2026-04-07", ""},
		"hours":              {func(x *Terms) { x.Limit, x.Unit = 48, UnitHour }, "2026-03-04", "2026-03-11", ""},
		"hours by its own":   {func(x *Terms) { x.Limit, x.Unit = 48, UnitHour; x.MayExtend(10) }, "2026-03-04", "2026-03-04", ""},
		"a promise in hours": {func(x *Terms) { x.Promised, x.PromisedUnit = 14, UnitHour }, "2026-03-30", "2026-04-07", "2026-03-11"},
	} {
		t.Run(name, func(t *testing.T) {
			w := live(t, c.terms).reviewed()
			w.due(ClockStatutory, c.before)
			w.do("2026-03-03 10:00", ActExtend, Input{Days: 5, Reason: "情况复杂", Approver: RankAgencyHead})
			w.due(ClockStatutory, c.due)
			if c.soon != "" {
				w.due(ClockPromised, c.soon)
			}
			for _, x := range w.m.Clocks {
				if x.Extra > 0 && x.ExtraUnit != w.m.Terms.ExtendsIn() {
					t.Errorf("%s is lengthened by %d %s", x.Name, x.Extra, x.ExtraUnit)
				}
			}
		})
	}
}

func TestXKF42LatenessGrantsNothing(t *testing.T) {
	w := live(t, nil).reviewed()
	fired := w.until("2026-04-30 09:00")
	if len(fired) != 1 || fired[0].Act != ActMarkOverdue || fired[0].Clock != ClockStatutory {
		t.Fatalf("got %+v", fired)
	}
	w.state(StateReviewing)
	out := w.do("2026-04-30 10:00", ActExplainOverdue, Input{Reason: "设备检修"})
	if !slices.Equal(out.Remedies, []Remedy{RemedyInaction}) {
		t.Errorf("got %v", out.Remedies)
	}
	if out := w.do("2026-04-30 11:00", ActGrant, Input{By: 3}); !slices.Contains(out.Late, ClockStatutory) {
		t.Error("the late decision does not say so")
	}
}

func TestXKF44TenWorkdaysToDeliver(t *testing.T) {
	w := live(t, nil).reviewed()
	w.do("2026-03-10 09:00", ActGrant, Input{By: 3})
	w.due(ClockDelivery, "2026-03-24")
	w.refused("2026-03-11 09:00", ActDeliver, Input{Served: "领取"}, ReasonCertificateOwed)
	w.do("2026-03-11 09:00", ActMakeCertificate, Input{})
	w.refused("2026-03-11 10:00", ActDeliver, Input{}, ReasonMissingInput)
	w.do("2026-03-11 10:00", ActDeliver, Input{Served: "领取"})
	w.state(StateDelivered)
}

func TestXKF45OnlyTheListedProceduresStopTheClock(t *testing.T) {
	w := live(t, nil).reviewed()
	for _, kind := range []StopKind{"site_check", "publicity", "fee", "", StopStatutoryHalt} {
		w.refused("2026-03-06 10:00", ActStartSpecial, Input{Kind: kind, Planned: 5, Notice: "告知书"}, ReasonSpecialKind)
	}
	w.refused("2026-03-06 10:00", ActStartSpecial, Input{Kind: StopTesting, Planned: 5}, ReasonMissingInput)
	w.do("2026-03-06 10:00", ActStartSpecial, Input{Kind: StopTesting, Planned: 5, Notice: "告知书"})
	w.refused("2026-03-06 11:00", ActStartSpecial, Input{Kind: StopTesting, Planned: 5, Notice: "告知书"}, ReasonIllegalPair)
	w.do("2026-03-11 10:00", ActEndSpecial, Input{Kind: StopTesting, Result: "合格"})
	w.due(ClockStatutory, "2026-04-02") // (6, 11]: three working days
}

func TestXKF45OtherKindsMustCiteTheirStatute(t *testing.T) {
	w := live(t, func(x *Terms) { *x = NewTerms(KindConfirmation, false) }).reviewed()
	in := Input{Kind: StopAppraisal, Planned: 5, Notice: "告知书"}
	w.refused("2026-03-06 10:00", ActStartSpecial, in, ReasonSpecialKind)
	in.Basis = "工伤保险条例第二十条"
	w.do("2026-03-06 10:00", ActStartSpecial, in)
	w.refused("2026-03-06 11:00", ActExtend, Input{Days: 5, Reason: "x", Approver: RankAgencyHead}, ReasonSettingOff)
}

func TestXKF47FiveDaysToAskTwentyToHear(t *testing.T) {
	w := live(t, nil).reviewed()
	w.refused("2026-03-09 09:00", ActRequestHearing, Input{Who: "n1"}, ReasonIllegalPair)
	out := w.do("2026-03-09 10:00", ActTellHearingRight, Input{Parties: []string{"applicant", "n1"}})
	if !slices.Contains(out.Remedies, RemedyHearing) {
		t.Error("the notice does not tell the right")
	}
	w.due(ClockHearingRequest, "2026-03-16")
	w.refused("2026-03-16 10:00", ActGrant, Input{By: 3}, ReasonHearingWindowOpen)
	w.refused("2026-03-16 10:00", ActRequestHearing, Input{Who: "n2"}, ReasonNotInRole)
	w.do("2026-03-16 23:59", ActRequestHearing, Input{Who: "n1"})
	w.due(ClockHearingHold, "2026-04-14")
	w.do("2026-03-17 09:00", ActWaiveHearing, Input{Who: "applicant", Signed: true})
	w.refused("2026-03-17 10:00", ActCancelHearing, Input{Who: "applicant"}, ReasonHearingOwed)
	w.do("2026-03-18 10:00", ActCancelHearing, Input{Who: "n1"})
	w.state(StateReviewing)
	w.due(ClockStatutory, "2026-04-01") // (16, 18]
	w.do("2026-03-19 10:00", ActGrant, Input{By: 3})
}

func TestXKF48SevenWorkdaysNoticeAndAnImpartialChair(t *testing.T) {
	w := live(t, nil).reviewed()
	w.do("2026-03-09 10:00", ActTellHearingRight, Input{Parties: []string{"n1"}})
	w.do("2026-03-11 10:00", ActRequestHearing, Input{Who: "n1"})
	in := Input{Notified: date("2026-03-18"), Chair: 2}
	w.refused("2026-03-26 14:00", ActHoldHearing, in, ReasonHearingShort)
	in.Notified = date("2026-03-17")
	w.refused("2026-03-26 14:00", ActHoldHearing, in, ReasonChairIsReviewer)
	in.Chair = 8
	w.refused("2026-03-26 14:00", ActHoldHearing, in, ReasonMissingInput)
	in.Minutes = true
	w.do("2026-03-26 14:00", ActHoldHearing, in)
	w.due(ClockStatutory, "2026-04-15")
}

func renewing(x *Terms) { x.Renewal, x.ValidityMonths = true, 36 }

func (w *life) holds(expires string) *life {
	w.m.Certificate = &Certificate{State: CertificateValid, Expires: date(expires)}
	return w
}

func TestXKF50SilenceUntilExpiryRenews(t *testing.T) {
	w := live(t, renewing).holds("2026-06-30")
	w.do("2026-05-25 09:00", ActReceive, Input{By: 1})
	w.do("2026-05-25 09:30", ActAccept, Input{By: 1})
	w.do("2026-06-29 10:00", ActBeginReview, Input{By: 2})
	w.do("2026-06-29 11:00", ActStartSpecial, Input{Kind: StopTesting, Planned: 20, Notice: "告知书"})
	w.until("2026-07-01 00:00") // 45 does not reach 50
	w.state(StateGranted)
	if c := w.m.Certificate; c.Expires != date("2029-06-30") || c.Renewed != RenewedByLaw || c.State != CertificateValid {
		t.Errorf("got %+v", c)
	}
	if len(w.m.OpenStops()) > 0 {
		t.Error("a stop is still open")
	}
}

func TestXKF50LateApplicationIsNotRenewedBySilence(t *testing.T) {
	w := live(t, renewing).holds("2026-06-30")
	out := w.do("2026-06-01 09:00", ActReceive, Input{By: 1})
	if !slices.Equal(out.Remedies, []Remedy{RemedyLateRenewal}) {
		t.Errorf("got %v", out.Remedies)
	}
	w.do("2026-06-01 09:30", ActNotifyCorrection, Input{List: []string{"m"}, CorrectBy: date("2026-07-20")})
	w.do("2026-07-02 09:30", ActCorrect, Input{Fixes: []string{"m"}})
	if w.m.Certificate.State != CertificateExpired {
		t.Errorf("got %s", w.m.Certificate.State)
	}
	w.refused("2026-07-02 10:00", ActAccept, Input{By: 1}, ReasonCertExpired)
}

func TestXKF55TwoInspectorsWithinFiveDaysAndTheStandardNamed(t *testing.T) {
	w := live(t, func(x *Terms) { x.InspectionItem, x.TestResult = true, true }).reviewed()
	w.due(ClockInspectAssign, "2026-03-09")
	w.refused("2026-03-05 09:00", ActAppointInspectors, Input{Inspectors: []int64{4}}, ReasonInspectorsTwo)
	w.do("2026-03-09 17:00", ActAppointInspectors, Input{Inspectors: []int64{4, 5}})
	in := Input{By: 3, Reason: "不合格", Basis: "XKF 55", Remedies: true}
	w.refused("2026-03-10 09:00", ActRefuse, in, ReasonMissingInput)
	in.Standard = "GB 7588.1-2020"
	w.do("2026-03-10 09:00", ActRefuse, in)
}

func TestXKF57FirstAcceptedFirstGranted(t *testing.T) {
	w := live(t, func(x *Terms) { x.Quota = true }).reviewed()
	w.refused("2026-03-10 09:00", ActGrant, Input{By: 3}, ReasonMissingInput)
	q := &Quota{Left: 1, Queue: []Applicant{{on(t, "2026-03-02 09:29"), true}}}
	w.refused("2026-03-10 09:00", ActGrant, Input{By: 3, Quota: q}, ReasonEarlierApplicant)
	q.Queue[0].Accepted = on(t, "2026-03-02 09:31")
	w.do("2026-03-10 09:00", ActGrant, Input{By: 3, Quota: q})
}

func TestXKF57DeemedAcceptanceRanksFromReceipt(t *testing.T) {
	w := live(t, func(x *Terms) { x.Quota = true })
	w.do("2026-03-02 09:00", ActReceive, Input{})
	w.until("2026-03-10 00:00")
	if !w.m.Accepted.Equal(on(t, "2026-03-02 09:00")) {
		t.Errorf("got %s", w.m.Accepted)
	}
}

func TestXKF69AnnulmentHearsTheHolderAndSparesThePublic(t *testing.T) {
	w := live(t, func(x *Terms) { x.Safety = true }).holds("2030-12-31")
	w.refused("2026-03-10 09:00", ActAnnul, Input{Ground: "dislike", Heard: true, Remedies: true}, ReasonMissingInput)
	w.refused("2026-03-10 09:00", ActAnnul, Input{Ground: "fraud", Remedies: true}, ReasonStatementOwed)
	w.refused("2026-03-10 09:00", ActAnnul, Input{Ground: "fraud", Heard: true, PublicHarm: true, Remedies: true}, ReasonPublicHarm)
	w.refused("2026-03-10 09:00", ActAnnul, Input{Ground: "fraud", Heard: true, Role: RoleReceiver, Remedies: true}, ReasonNotInRole)
	w.do("2026-03-10 09:00", ActAnnul, Input{Ground: "fraud", Heard: true, Remedies: true})
	w.due(ClockBan, "2029-03-10") // 79
	w.refused("2026-03-11 09:00", ActCancelCertificate, Input{Ground: "revoked", Remedies: true}, ReasonGroundState)
	w.do("2026-03-11 09:00", ActCancelCertificate, Input{Ground: "annulled", Remedies: true})
}

func TestXKF8TakingBackSpeaksOfCompensation(t *testing.T) {
	w := live(t, nil).holds("2030-12-31")
	w.refused("2026-03-10 09:00", ActTakeBack, Input{Ground: "law_changed", Remedies: true}, ReasonMissingInput)
	out := w.do("2026-03-10 09:00", ActTakeBack, Input{Ground: "law_changed", Compensated: true, Remedies: true})
	if !slices.Equal(out.Remedies, []Remedy{RemedyReviewOrSuit, RemedyCompensation}) {
		t.Errorf("got %v", out.Remedies)
	}
}

func TestXKF78FalseMaterialsBanForAYear(t *testing.T) {
	w := live(t, func(x *Terms) { x.Safety = true })
	w.do("2026-03-02 09:00", ActReceive, Input{})
	in := Input{Reason: "x", Ground: GroundFalseMaterials, Remedies: true}
	w.do("2026-03-02 10:00", ActNotAccept, in)
	w.due(ClockBan, "2027-03-02")

	again := &life{t: t, l: w.l, m: NewMatter(w.m.Terms)}
	ban := Input{Bans: []Ban{{date("2026-03-02"), date("2027-03-02")}}}
	again.do("2026-04-01 09:00", ActReceive, Input{})
	again.refused("2026-04-01 09:10", ActAccept, ban, ReasonBanned)
	ban.Reason, ban.Ground, ban.Remedies = "x", GroundBanned, true
	again.do("2026-04-01 09:20", ActNotAccept, ban)
}

func TestDebtsAreTolerableDatedAndPromised(t *testing.T) {
	w := live(t, func(x *Terms) {
		x.Promised, x.Materials = 10, map[string]Tolerance{"core": MaterialCore, "m2": MaterialTolerable}
	})
	w.do("2026-03-02 09:00", ActReceive, Input{Lacks: []string{"core", "m2"}})
	if got := w.l.DebtLimit(w.m, on(t, "2026-03-02 09:00")); got != date("2026-03-16") {
		t.Errorf("limit of debts: got %s", got)
	}
	debts := map[string]calendar.Date{"m2": date("2026-03-16")}
	w.refused("2026-03-02 09:10", ActAccept, Input{}, ReasonIncomplete)
	w.refused("2026-03-02 09:10", ActAccept, Input{Debts: debts, Promise: "p"}, ReasonCoreMissing)
	w.do("2026-03-02 09:20", ActFixOnSpot, Input{Fixes: []string{"core"}})
	w.refused("2026-03-02 09:30", ActAccept, Input{Debts: debts}, ReasonMissingInput)
	w.refused("2026-03-02 09:30", ActAccept, Input{Debts: map[string]calendar.Date{"m2": date("2026-03-17")}, Promise: "p"}, ReasonDebtTooLate)
	w.do("2026-03-02 09:30", ActAccept, Input{Debts: debts, Promise: "p"})
	w.refused("2026-03-03 09:30", ActExtendDebt, Input{Material: "m2", Until: date("2026-04-30")}, ReasonDebtTooLate)
	w.do("2026-03-03 09:30", ActExtendDebt, Input{Material: "m2", Until: date("2026-03-20")})
	w.refused("2026-03-03 09:30", ActExtendDebt, Input{Material: "m2", Until: date("2026-03-23")}, ReasonExtensionUsed)
	w.refused("2026-03-23 09:30", ActLapseDebt, Input{Reason: "x", Remedies: true}, ReasonSettingOff)
	if !slices.Contains(w.m.Overdue(), DebtClock("m2")) {
		t.Errorf("overdue: %v", w.m.Overdue())
	}
}

func TestSettings(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		set  func(*Terms)
		play func(*life)
	}{
		"offday_receipt": {
			func(x *Terms) { x.Settings.OffdayReceipt = OffdayLenient },
			func(w *life) {
				w.do("2026-02-15 10:00", ActReceive, Input{Channel: ChannelOnline})
				w.due(ClockNotice, "2026-03-02") // from the 24th, the first working day
			},
		},
		"correction_days": {
			func(x *Terms) { x.Settings.CorrectionDays = 5 },
			func(w *life) {
				w.do("2026-03-02 10:00", ActReceive, Input{})
				w.do("2026-03-02 11:00", ActNotifyCorrection, Input{List: []string{"m"}})
				w.due(ClockCorrection, "2026-03-09")
			},
		},
		"correction_lapse": {
			func(x *Terms) { x.Settings.CorrectionLapse = LapseReturn },
			func(w *life) {
				w.do("2026-03-02 10:00", ActReceive, Input{})
				w.do("2026-03-02 11:00", ActNotifyCorrection, Input{List: []string{"m"}})
				fired := w.until("2026-03-24 00:00")
				w.state(StateReturned)
				if !slices.Equal(fired[0].Outcome.Remedies, []Remedy{RemedyReviewOrSuit}) {
					w.t.Errorf("a return ends the case and carries remedies; got %v", fired)
				}
			},
		},
		"hearing_stop_from": {
			func(x *Terms) { x.Settings.HearingStopFrom = StopFromTold },
			func(w *life) {
				w.reviewed().do("2026-03-09 10:00", ActTellHearingRight, Input{Parties: []string{"n1"}})
				w.state(StateSpecial)
				w.until("2026-03-17 00:00")
				w.state(StateReviewing)
				w.due(ClockStatutory, "2026-04-07")
				if w.m.Has(FlagSpecialOverrun) {
					w.t.Error("a window for requests does not overrun")
				}
			},
		},
		"hearing_stop_from, waived": {
			func(x *Terms) { x.Settings.HearingStopFrom = StopFromTold },
			func(w *life) {
				w.reviewed().do("2026-03-09 10:00", ActTellHearingRight, Input{Parties: []string{"n1"}})
				w.do("2026-03-10 10:00", ActWaiveHearing, Input{Who: "n1", Signed: true})
				w.state(StateReviewing)
				w.due(ClockStatutory, "2026-03-31")
			},
		},
		"hearing_stop_from, asked for": {
			func(x *Terms) { x.Settings.HearingStopFrom = StopFromTold },
			func(w *life) {
				w.reviewed().do("2026-03-09 10:00", ActTellHearingRight, Input{Parties: []string{"n1"}})
				w.do("2026-03-12 10:00", ActRequestHearing, Input{Who: "n1"})
				w.until("2026-03-30 09:00") // the stop outlasts the window
				w.state(StateSpecial)
				w.due(ClockHearingHold, "2026-04-10")
			},
		},
		"hearing_request_unit": {
			func(x *Terms) { x.Settings.HearingRequestUnit = UnitDay },
			func(w *life) {
				w.reviewed().do("2026-03-10 10:00", ActTellHearingRight, Input{Parties: []string{"n1"}})
				w.due(ClockHearingRequest, "2026-03-16") // the 15th is a Sunday
			},
		},
		"renew_unit": {
			func(x *Terms) { renewing(x); x.Settings.RenewUnit = UnitWorkday },
			func(w *life) {
				w.holds("2026-06-30").do("2026-04-20 10:00", ActReceive, Input{})
				w.due(ClockRenewApply, "2026-05-18")
			},
		},
		"deemed_renewal_late, deemed_renewal_term": {
			func(x *Terms) {
				renewing(x)
				x.Settings.DeemedRenewalLate, x.Settings.DeemedRenewalTerm = true, 12
			},
			func(w *life) {
				w.holds("2026-06-30").do("2026-06-29 10:00", ActReceive, Input{})
				w.until("2026-07-01 00:00")
				w.state(StateGranted)
				if got := w.m.Certificate.Expires; got != date("2027-06-30") {
					w.t.Errorf("got %s", got)
				}
			},
		},
		"separate_receive_decide": {
			func(x *Terms) { x.Settings.SeparateReceiveGrant = false },
			func(w *life) { w.reviewed().do("2026-03-05 10:00", ActGrant, Input{By: 1}) },
		},
		"notice of the item": {
			func(x *Terms) { x.Notice = 0 },
			func(w *life) {
				w.do("2026-03-02 10:00", ActReceive, Input{})
				w.until("2026-03-03 00:00")
				w.state(StateAccepted)
			},
		},
	} {
		t.Run(name, func(t *testing.T) { tt.play(live(t, tt.set)) })
	}
}

func TestKindsKnowOnlyTheirActs(t *testing.T) {
	t.Parallel()
	for kind, acts := range absent {
		w := &life{t: t, l: &Law{Cal: calendar.Official()}, m: NewMatter(NewTerms(kind, false))}
		w.do("2026-03-02 09:00", ActReceive, Input{})
		for _, a := range acts {
			w.refused("2026-03-02 09:00", a, Input{Role: RoleDecider}, ReasonIllegalPair)
		}
	}
	w := &life{t: t, l: &Law{Cal: calendar.Official()}, m: NewMatter(NewTerms(KindService, false))}
	w.m.Terms.Promised = 3
	w.do("2026-03-02 09:00", ActReceive, Input{})
	w.do("2026-03-02 09:00", ActAccept, Input{})
	if _, ok := w.m.Clock(ClockStatutory); ok {
		t.Error("a public service knows its promise only")
	}
	w.due(ClockPromised, "2026-03-05")
}

func TestProvisionalDateWaitsForItsCalendar(t *testing.T) {
	w := live(t, nil)
	w.do("2026-12-25 10:00", ActReceive, Input{})
	fired := w.until("2027-01-04 09:00")
	if len(fired) != 1 || !fired[0].Waits || !w.m.Has(FlagIncident) {
		t.Fatalf("got %+v", fired)
	}
	w.state(StateReceived)
	if _, _, ok := w.l.Due(w.m); ok {
		t.Error("a waiting timer is offered again")
	}
	cal, err := calendar.New("", calendar.Year{Year: 2026}, calendar.Year{
		Year: 2027, Breaks: []calendar.Break{{Name: "元旦", From: 101, To: 103}},
	})
	if err != nil {
		t.Fatal(err)
	}
	w.l = &Law{Cal: cal}
	m, moved := w.l.Recount(w.m)
	if len(moved) != 1 || moved[0].Clock != ClockNotice || !moved[0].Certain {
		t.Fatalf("moved: %v", moved)
	}
	w.m = m
	w.due(ClockNotice, "2027-01-04")
	if w.m.Has(FlagIncident) {
		t.Error("nothing waits any more, and the case is still called an incident")
	}
	w.until("2027-01-05 00:00")
	w.state(StateAccepted)
}

func TestHoursAreBusinessHours(t *testing.T) {
	w := live(t, func(x *Terms) {
		x.Promised, x.PromisedUnit = 4, UnitHour
	})
	w.do("2026-04-30 09:00", ActReceive, Input{})
	w.do("2026-04-30 15:00", ActAccept, Input{})
	at := func(want string) {
		t.Helper()
		if c, _ := w.m.Clock(ClockPromised); !c.DueAt.Equal(on(t, want)) {
			t.Errorf("got %s, want %s", c.DueAt.In(calendar.Zone), want)
		}
	}
	at("2026-05-06 11:00") // two hours before the holiday, two after it
	w.do("2026-04-30 16:00", ActStartSpecial, Input{Kind: StopTesting, Planned: 2, Notice: "告知书"})
	w.do("2026-05-06 10:00", ActEndSpecial, Input{Kind: StopTesting, Result: "合格"})
	at("2026-05-06 14:30") // an hour of each day is given back
	if got := w.m.Light(w.l.Cal, ClockPromised, on(t, "2026-05-06 14:30")).Colour; got != LightYellow {
		t.Errorf("at the last minute: got %s", got)
	}
	if got := w.m.Light(w.l.Cal, ClockPromised, on(t, "2026-05-06 14:31")).Colour; got != LightRed {
		t.Errorf("after it: got %s", got)
	}
}

func TestExplainNamesEveryDay(t *testing.T) {
	w := live(t, func(x *Terms) { x.Limit = 6 })
	w.do("2026-09-18 09:00", ActReceive, Input{})
	w.do("2026-09-18 09:30", ActAccept, Input{})
	w.do("2026-09-21 09:30", ActStartSpecial, Input{Kind: StopTesting, Planned: 2, Notice: "特别程序告知书"})
	w.do("2026-09-22 09:30", ActEndSpecial, Input{Kind: StopTesting, Result: "合格"})
	var got []string
	for _, d := range w.m.Explain(w.l.Cal, ClockStatutory, on(t, "2026-09-23 10:00")) {
		line := []string{d.Date.String()[5:], string(d.Role), string(d.Kind), d.Name}
		if d.Number > 0 {
			line = append(line, string(rune('0'+d.Number)))
		}
		if d.Today {
			line = append(line, "today")
		}
		for _, x := range d.Due {
			line = append(line, "due:"+string(x))
		}
		got = append(got, strings.Join(slices.DeleteFunc(append(line, string(d.Stop), d.Notice), func(s string) bool { return s == "" }), " "))
	}
	want := []string{
		"09-18 start workday", "09-19 rest weekend", "09-20 counted makeup 国庆节 1", "09-21 counted workday 2",
		"09-22 stopped workday testing 特别程序告知书", "09-23 counted workday 3 today", "09-24 counted workday 4",
		"09-25 rest holiday 中秋节", "09-26 rest holiday 中秋节", "09-27 rest holiday 中秋节",
		"09-28 counted workday 5", "09-29 counted workday 6 due:statutory",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if w.m.Explain(w.l.Cal, "no_such", time.Time{}) != nil {
		t.Error("an unknown clock was explained")
	}
}

func TestExplainRollsNaturalDaysForward(t *testing.T) {
	w := live(t, func(x *Terms) { x.Limit, x.Unit = 30, UnitDay })
	w.do("2026-04-02 09:00", ActReceive, Input{})
	w.do("2026-04-02 09:30", ActAccept, Input{})
	days := w.m.Explain(w.l.Cal, ClockStatutory, on(t, "2026-04-03 10:00"))
	last := days[len(days)-1]
	if last.Date != date("2026-05-06") || last.Role != DayRolled || days[30].Number != 30 {
		t.Errorf("got %+v, 30th %+v", last, days[30])
	}
}

func TestMainLight(t *testing.T) {
	w := live(t, func(x *Terms) { x.Promised = 7 })
	is := func(want ClockName) {
		t.Helper()
		if got := w.m.Main(); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	is("")
	w.do("2026-03-02 09:00", ActReceive, Input{})
	is(ClockNotice)
	w.do("2026-03-02 10:00", ActAccept, Input{})
	is(ClockPromised)
	w.do("2026-03-02 11:00", ActBeginReview, Input{})
	w.do("2026-03-03 11:00", ActGrant, Input{By: 3})
	is(ClockDelivery)
}

func TestRemedyTexts(t *testing.T) {
	t.Parallel()
	facts := RemedyFacts{
		Kind: "决定", Paper: "决定书", Reviewer: "市人民政府", Site: "https://example.gov.cn", Court: "区人民法院",
		Date: "2026年3月30日", Supervisor: "市行政审批服务局", Phone: "12345",
		Term: "30日", Silence: "不视为准予延续",
	}
	for r := range remedyTexts {
		text, err := r.Text(facts)
		if err != nil || strings.ContainsAny(text, "{}") {
			t.Errorf("%s: %q, %v", r, text, err)
		}
	}
	text, err := RemedyReviewOrSuit.Text(facts)
	if err != nil || !strings.Contains(text, "六十日内，向市人民政府申请行政复议") || !strings.Contains(text, "六个月内") {
		t.Errorf("got %q, %v", text, err)
	}
	facts.Reviewer = ""
	if _, err := RemedyReviewOrSuit.Text(facts); err == nil {
		t.Error("a text with a gap was accepted")
	}
	if _, err := Remedy("R9").Text(facts); err == nil {
		t.Error("an unknown text was accepted")
	}
}

func TestReviewFirstByStatute(t *testing.T) {
	w := live(t, func(x *Terms) { x.ReviewFirst = true }).reviewed()
	out := w.do("2026-03-05 09:00", ActRefuse, Input{By: 3, Reason: "x", Basis: "y", Remedies: true})
	if !slices.Equal(out.Remedies, []Remedy{RemedyReviewFirst}) {
		t.Errorf("got %v", out.Remedies)
	}
}

func TestPossibleActs(t *testing.T) {
	w := live(t, nil)
	now := on(t, "2026-03-02 09:00")
	has := func(act Act, want bool) {
		t.Helper()
		if got := slices.Contains(w.l.Possible(w.m, now), act); got != want {
			t.Errorf("%s in %s: got %v", act, w.m.State, got)
		}
	}
	has(ActReceive, true)
	has(ActUrge, false)
	w.do("2026-03-02 09:00", ActReceive, Input{})
	has(ActAccept, true)
	has(ActDeemAccepted, false) // nobody's to do
	has(ActNotifyAgain, false)  // no first notice yet
	w.do("2026-03-02 09:00", ActAccept, Input{})
	has(ActGrant, false) // without a pledge
	has(ActUrge, true)
	w.do("2026-03-02 09:00", ActBeginReview, Input{})
	has(ActGrant, true)
	has(ActRequestHearing, false)
}

// 民法典 201¶2: a statute's hours and minutes run by the clock from the moment, also at night; a promise of minutes counts
// while the window is open.
func TestCC201HoursAndMinutesRunToTheMoment(t *testing.T) {
	w := live(t, func(x *Terms) { x.Limit, x.Unit, x.Promised, x.PromisedUnit = 4, UnitHour, 90, UnitMinute })
	w.do("2026-04-29 16:30", ActReceive, Input{})
	w.do("2026-04-29 16:30", ActAccept, Input{})
	if c, _ := w.m.Clock(ClockStatutory); !c.DueAt.Equal(on(t, "2026-04-29 20:30")) {
		t.Errorf("the statute: %s", c.DueAt)
	}
	if c, _ := w.m.Clock(ClockPromised); !c.DueAt.Equal(on(t, "2026-04-29 20:30")) { // never later than the law (营商 36)
		t.Errorf("the promise: %s", c.DueAt)
	}
	t.Run("a promise alone", func(t *testing.T) {
		w := live(t, func(x *Terms) { x.Promised, x.PromisedUnit = 90, UnitMinute })
		w.do("2026-04-29 16:30", ActReceive, Input{})
		w.do("2026-04-29 16:30", ActAccept, Input{})
		if c, _ := w.m.Clock(ClockPromised); !c.DueAt.Equal(on(t, "2026-04-30 10:00")) { // half an hour to five, an hour in the morning
			t.Errorf("the promise: %s", c.DueAt)
		}
	})
}
