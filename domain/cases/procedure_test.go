package cases

import (
	"slices"
	"strings"
	"testing"

	"onedoor.app/engine/calendar"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

// The people of the sample city who do procedures on a food licence.
const (
	foodReviewer = "yc1021"
	foodDecider  = "yc1020"
	legalSection = "yc1037"
	bureauHead   = "yc1001"
	supervisor   = "yc1036"
	food         = "food-operation-new"
	owingItem    = "animal-clinic" // one of its materials may come later
)

// lives are what can happen to a case by procedures; each is a test by its own name, and together they make every paper.
var lives = map[string]func(*world){
	"correction": (*world).liveCorrection, "return": (*world).liveReturn, "on the spot": (*world).liveOnSpot,
	"inspectors": (*world).liveInspectors, "opinion": (*world).liveOpinion, "interested": (*world).liveInterested,
	"hearing": (*world).liveHearing, "no hearing": (*world).liveNoHearing, "special": (*world).liveSpecial, "debt": (*world).liveDebt,
	"lapsed debt": (*world).liveLapsedDebt, "referral": (*world).liveReferral, "remand": (*world).liveRemand,
	"termination": (*world).liveTermination, "records": (*world).liveRecords, "late": (*world).liveLate, "pledge": (*world).livePledge,
	"rehearsal": (*world).liveRehearsal, "again": (*world).liveAgain, "supply": (*world).liveSupply,
	"certificate": (*world).liveCertificate,
}

func liveOut(t *testing.T, name string) {
	t.Helper()
	each(t, func(_ *testing.T, w *world) { lives[name](w) })
}

func TestCorrectionTimeIsExtendedOnRequest(t *testing.T)            { liveOut(t, "correction") }
func TestReturnOnlyAfterTheTimeToCorrect(t *testing.T)              { liveOut(t, "return") }
func TestXKF34GrantOnTheSpot(t *testing.T)                          { liveOut(t, "on the spot") }
func TestXKF55TwoInspectorsAreAppointed(t *testing.T)               { liveOut(t, "inspectors") }
func TestXKF26EachUnitGivesItsOpinion(t *testing.T)                 { liveOut(t, "opinion") }
func TestXKF36InterestedPartiesAreToldAndHeard(t *testing.T)        { liveOut(t, "interested") }
func TestXKF47And48HearingFromTheNoticeToTheMinutes(t *testing.T)   { liveOut(t, "hearing") }
func TestXKF47WaivedOrTakenBackThereIsNoHearing(t *testing.T)       { liveOut(t, "no hearing") }
func TestXKF45SpecialProceduresOutsideADrawnStep(t *testing.T)      { liveOut(t, "special") }
func TestADebtIsExtendedOnce(t *testing.T)                          { liveOut(t, "debt") }
func TestALapsedDebtRevokesTheAcceptance(t *testing.T)              { liveOut(t, "lapsed debt") }
func TestXKF35FirstReviewRefersUpAndTheUpperTakesOver(t *testing.T) { liveOut(t, "referral") }
func TestARulingHasTheCaseDoneAgain(t *testing.T)                   { liveOut(t, "remand") }
func TestOnlyTheHeadTerminates(t *testing.T)                        { liveOut(t, "termination") }
func TestXKF44And40RecordsAfterTheEnd(t *testing.T)                 { liveOut(t, "records") }
func TestDelayIsExplainedWithTheWayToReview(t *testing.T)           { liveOut(t, "late") }
func TestAPledgeIsCheckedAfterTheGrant(t *testing.T)                { liveOut(t, "pledge") }
func TestARehearsalHasNoLegalEffect(t *testing.T)                   { liveOut(t, "rehearsal") }

func (w *world) liveCorrection() {
	id, window := w.correcting(nil), w.staff(clerk)
	v := answers{"correct_by": w.ahead(30), "reason": "检测报告还没有出"}
	w.wont(w.person(firm), id, ActExtendCorrection, v, "", "cases.not_yours")
	w.wont(w.staff(foodReviewer), id, ActExtendCorrection, v, "", "cases.not_yours")
	w.wont(window, id, ActExtendCorrection, answers{"correct_by": "soon", "reason": "x"}, "correct_by", "cases.ask_date")
	w.wont(window, id, ActExtendCorrection, answers{"correct_by": w.ahead(3), "reason": "理由充分"}, "correct_by", "cases.law.missing_input")
	other := w.staff("yc1006") // another clerk, who is barred from deciding from now on
	w.perform(other, id, ActExtendCorrection, v)
	if got := w.state(id).Receivers; !slices.Contains(got, other.Staff) {
		w.t.Errorf("received by %v, without %d", got, other.Staff)
	}
	w.owes(id, ClockCorrection, w.ahead(30))
	w.says(id, PaperCorrectionExtended, "检测报告还没有出", "不增加新的要求")
	fresh := w.received(nil)
	w.wont(window, fresh, ActExtendCorrection, v, "", "cases.when.extend_correction")
}

func (w *world) liveReturn() {
	id, window := w.correcting(nil), w.staff(clerk)
	v := answers{"reason": "补正期限届满没有补正"}
	w.wont(window, id, ActReturnLapsed, v, "", "cases.law.correction_open")
	w.pass1(16)
	w.perform(window, id, ActReturnLapsed, v)
	w.stands(id, StateReturned)
	w.says(id, PaperReturn, "六十日", "可以取回")
	w.wont(window, id, ActReturnLapsed, v, "", "cases.when.return_lapsed")

	byTimer := w.correcting(func(t *Terms) { t.Settings.CorrectionLapse = LapseReturn })
	w.pass1(16)
	w.tick()
	w.stands(byTimer, StateReturned)
	w.says(byTimer, PaperReturn, "六十日")
	w.verify()
}

func (w *world) liveOnSpot() {
	id := w.received(func(t *Terms) { t.InspectionRequired = false })
	decider, window := w.staff(foodDecider), w.staff(clerk)
	w.wont(decider, id, ActGrantOnSpot, nil, "", "cases.not_all_judged")
	w.pass(window, id)
	w.wont(window, id, ActGrantOnSpot, nil, "", "cases.not_yours")
	w.perform(decider, id, ActGrantOnSpot, nil)
	w.stands(id, StateGranted)
	w.says(id, PaperGrant, "第三十四条第二款")

	checked := w.received(nil)
	w.pass(window, checked)
	w.wont(decider, checked, ActGrantOnSpot, nil, "", "cases.law.not_on_spot")
}

func (w *world) liveInspectors() {
	id := w.taken(func(t *Terms) { t.InspectionItem = true })
	rev := w.staff(foodReviewer)
	v := answers{"inspectors": "YC1031", "day": w.ahead(2), "task": "加工间布局"}
	w.wont(rev, id, ActAppointInspectors, v, "inspectors", "cases.law.inspectors_two")
	v["inspectors"] = "YC1031 YC9999"
	w.wont(rev, id, ActAppointInspectors, v, "inspectors", "cases.inspector_unknown")
	v["inspectors"] = "yc1031\nYC1032"
	w.perform(rev, id, ActAppointInspectors, v)
	if c, _ := w.state(id).Matter.Clock(ClockInspectAssign); c.Ended.IsZero() {
		w.t.Error("inspectors are still owed")
	}
	w.says(id, PaperInspectorsAppointed, "萧书瑶", "毛沐阳", "第五十五条第二款")
	w.read(func(tx *db.Tx) error {
		seen, err := w.s.View(tx, w.person(firm), id)
		for _, d := range seen.Documents {
			if d.Kind.Inside() {
				w.t.Errorf("the applicant sees %s", d.Kind)
			}
		}
		for _, x := range seen.Trail {
			if x.Act == string(ActAppointInspectors) {
				w.t.Error("the applicant sees who will inspect")
			}
		}
		if _, _, err := w.s.DocumentOf(tx, w.person(firm), w.papers(id)[PaperInspectorsAppointed].ID); fault.Code(err) != "cases.document_unknown" {
			w.t.Errorf("the applicant opens an inside paper: %v", err)
		}
		return err
	})

	visit := answers{"inspectors": "YC1031", "day": w.ahead(1), "result": "布局与图纸一致", "conclusion": Agree}
	w.wont(rev, id, ActInspect, visit, "day", "cases.visit_day") // nobody records a visit to come
	visit["day"] = calendar.DateOf(w.now).String()
	w.wont(rev, id, ActInspect, visit, "inspectors", "cases.law.inspectors_two")
	visit["inspectors"] = "YC1031 YC1032"
	w.perform(rev, id, ActInspect, visit)
	w.says(id, PaperInspectionRecord, "萧书瑶", "毛沐阳", "布局与图纸一致")
	if !w.state(id).Matter.Inspected {
		w.t.Error("the visit is not on record")
	}
}

func (w *world) liveOpinion() {
	id := w.taken(func(t *Terms) { t.Joint, t.Units = true, []int64{UnitNumber("SPJ-SY")} })
	v := answers{"conclusion": Agree, "opinion": "符合消防要求"}
	w.wont(w.staff(legalSection), id, ActGiveOpinion, v, "", "cases.not_yours")
	w.perform(w.staff(foodReviewer), id, ActGiveOpinion, v)
	w.stands(id, StateReviewing)
	w.says(id, PaperOpinion, "建议准予", "第二十六条")
}

func (w *world) liveInterested() {
	id := w.taken(func(t *Terms) { t.ThirdParty = true })
	rev := w.staff(foodReviewer)
	task := w.review(id)
	decide := func() error {
		_, err := w.s.Decide(w.t.Context(), w.holder(task.Post), On{Case: id}, Decision{Task: task.ID, Grant: true})
		return err
	}
	if err := decide(); fault.Code(err) != "cases.law.statement_owed" {
		w.t.Errorf("decided before the interested were told: %v", err)
	}
	w.wont(rev, id, ActTellInterested, answers{"parties": "\n", "interest": "油烟排放", "until": w.ahead(5)}, "parties", "cases.ask_missing")
	w.perform(rev, id, ActTellInterested, answers{"parties": "王小河\n李大山", "interest": "油烟排放影响相邻住户", "until": w.ahead(5)})
	w.perform(rev, id, ActHearStatement, answers{"who": "王小河", "statement": "希望加装油烟净化设施", "opinion": "采纳，已列入许可条件"})
	w.says(id, PaperInterestedNotice, "王小河、李大山", "第三十六条", "陈述和申辩")
	w.says(id, PaperStatementRecord, "希望加装油烟净化设施", "陈述人")
	if err := decide(); err != nil {
		w.t.Error(err)
	}
	w.verify()
}

func (w *world) liveHearing() {
	id, rev := w.taken(nil), w.staff(foodReviewer)
	applicant, chair := w.person(firm), w.staff(legalSection)
	us := w.state(id).PartyName
	w.wont(applicant, id, ActRequestHearing, answers{"who": us}, "", "cases.when.request_hearing")
	w.perform(rev, id, ActTellHearingRight, answers{"parties": us + "\n王小河", "interest": "相邻关系"})
	w.stands(id, StateReviewing)
	w.says(id, PaperHearingRight, "享有要求听证的权利", "第四十七条", "王小河", w.dayIn(5))
	w.owes(id, ClockHearingRequest, w.ahead(5))
	w.wont(applicant, id, ActRequestHearing, answers{"who": "王小河"}, "who", "cases.ask_choice")
	w.perform(applicant, id, ActRequestHearing, answers{"who": us, "reason": "希望说明情况"})
	w.stands(id, StateSpecial)
	w.owes(id, ClockHearingHold, w.ahead(20))
	w.says(id, PaperHearingRequest, "第四十五条", w.dayIn(20))
	v := answers{"day": w.ahead(6), "time": "上午9:00", "place": "听证室", "chair": "法规科 金苏叶"}
	w.wont(rev, id, ActNotifyHearing, v, "day", "cases.law.hearing_notice_short")
	v["day"] = w.ahead(8)
	w.perform(rev, id, ActNotifyHearing, v)
	w.perform(rev, id, ActAnnounceHearing, answers{"day": w.ahead(8), "time": "上午9:00", "place": "听证室"})
	w.says(id, PaperHearingNotice, "听证室", "第四十八条", "申请回避")
	w.says(id, PaperHearingAnnouncement, "公开举行听证")
	told := w.ahead(0)
	w.pass1(8)
	held := answers{"notified": told, "place": "听证室", "attended": us + "\n王小河", "minutes": "双方陈述、举证和质证。", "signed": "yes"}
	w.wont(rev, id, ActHoldHearing, held, "", "cases.not_yours") // a reviewer never chairs
	alsoLegal := rev
	alsoLegal.Roles = append(alsoLegal.Roles[:len(alsoLegal.Roles):len(alsoLegal.Roles)], "legal_supervisor")
	w.wont(alsoLegal, id, ActHoldHearing, held, "", "cases.law.chair_is_reviewer")
	deputy := chair
	deputy.Posts = append(deputy.Posts[:len(deputy.Posts):len(deputy.Posts)], auth.Post{Code: "X", Unit: "SPJ", Deputy: rev.Staff})
	w.wont(deputy, id, ActHoldHearing, held, "", "cases.law.chair_is_reviewer")
	late := answers{"notified": w.ahead(-6), "place": "听证室", "attended": us, "minutes": "双方陈述。", "signed": "yes"}
	w.wont(chair, id, ActHoldHearing, late, "notified", "cases.law.hearing_notice_short")
	unsigned := answers{"notified": told, "place": "听证室", "attended": us, "minutes": "双方陈述。"}
	w.wont(chair, id, ActHoldHearing, unsigned, "signed", "cases.ask_missing")
	w.perform(chair, id, ActHoldHearing, held)
	w.stands(id, StateReviewing)
	w.says(id, PaperHearingMinutes, "双方陈述、举证和质证", "根据听证笔录", "主持人")
	w.decide(id, true)
	w.verify()
}

// dayIn is how papers write the n-th working day from today.
func (w *world) dayIn(n int) string { return day(date(w.ahead(n))) }

func (w *world) liveNoHearing() {
	id, rev, window := w.taken(nil), w.staff(foodReviewer), w.staff(clerk)
	us := w.state(id).PartyName
	w.perform(rev, id, ActTellHearingRight, answers{"parties": us + "\n王小河\n李大山", "interest": "相邻关系"})
	w.wont(w.person(firm), id, ActWaiveHearing, answers{"who": us}, "signed", "cases.ask_missing")
	w.wont(w.person(zhou), id, ActWaiveHearing, answers{"who": us, "signed": "yes"}, "", "cases.not_yours")
	w.perform(w.person(firm), id, ActWaiveHearing, answers{"who": us, "signed": "yes"})
	w.perform(window, id, ActWaiveHearing, answers{"who": "王小河", "signed": "yes"}) // on paper
	w.says(id, PaperHearingWaiver, "声明放弃听证")
	w.perform(window, id, ActRequestHearing, answers{"who": "李大山"})
	w.stands(id, StateSpecial)
	w.pass1(2)
	w.wont(rev, id, ActCancelHearing, answers{"who": "李大山", "reason": "撤回了申请"}, "", "cases.not_yours")
	w.perform(w.staff(legalSection), id, ActCancelHearing, answers{"who": "李大山", "reason": "撤回了听证申请"})
	w.stands(id, StateReviewing)
	w.says(id, PaperHearingCancelled, "终止该项听证", "恢复计算")
	w.pass1(5)
	w.decide(id, true)
	w.verify()
}

func (w *world) liveSpecial() {
	id, rev := w.taken(nil), w.staff(foodReviewer)
	v := answers{"kind": "site_check", "planned": "5", "reason": "水质需要检测"}
	w.wont(rev, id, ActStartSpecial, v, "kind", "cases.law.special_kind") // Art. 45 is a closed list
	v["kind"] = string(StopStatutoryHalt)
	w.wont(rev, id, ActStartSpecial, v, "kind", "cases.law.special_kind")
	v["kind"], v["planned"] = string(StopTesting), "0"
	w.wont(rev, id, ActStartSpecial, v, "planned", "cases.ask_number")
	v["planned"] = "5"
	w.wont(w.staff(clerk), id, ActStartSpecial, v, "", "cases.not_yours")
	w.perform(rev, id, ActStartSpecial, v)
	w.stands(id, StateSpecial)
	w.says(id, PaperSpecialNotice, "需要进行检测", "第四十五条", "不计入办理期限", "12345")
	if got, want := w.state(id).Matter.Stops[0].Notice, w.papers(id)[PaperSpecialNotice].No; got != want {
		w.t.Errorf("the stop names the notice %s, want %s", got, want)
	}
	w.pass1(2)
	w.perform(rev, id, ActReplanSpecial, answers{"kind": string(StopTesting), "planned": "9", "reason": "复检一次"})
	w.owes(id, SpecialClock(StopTesting), w.ahead(7))
	w.says(id, PaperSpecialReplanned, "复检一次", w.dayIn(7))
	w.pass1(3)
	w.perform(rev, id, ActEndSpecial, answers{"kind": string(StopTesting), "result": "水质合格"})
	w.stands(id, StateReviewing)
	w.says(id, PaperSpecialResult, "水质合格", "恢复计算")
	w.wont(rev, id, ActEndSpecial, answers{"kind": string(StopTesting), "result": "水质合格"}, "", "cases.when.end_special")
	w.decide(id, true)
	w.verify()
}

func (w *world) liveDebt() {
	id, material := w.owing(nil)
	task, _ := w.open(id)
	rev := w.holder(task.Post)
	owed, _ := w.state(id).Matter.Clock(DebtClock(material))
	until := w.s.Law.Cal.AddWorkdays(owed.Due, 1).String()
	v := answers{"material": "m1", "until": until, "reason": "正在补办"}
	w.wont(rev, id, ActExtendDebt, v, "material", "cases.ask_choice")
	v["material"] = material
	w.perform(rev, id, ActExtendDebt, v)
	w.owes(id, DebtClock(material), until)
	w.says(id, PaperDebtExtended, "只延长一次", "正在补办")
	w.wont(rev, id, ActExtendDebt, answers{"material": material, "until": w.ahead(9), "reason": "还要时间"}, "", "cases.law.extension_used")
	if _, err := w.s.Supply(w.t.Context(), w.staff(clerk), On{Case: id}, material, true); err != nil {
		w.t.Fatal(err)
	}
	w.says(id, PaperDebtReceipt, "收到补齐的")
	w.verify()
}

func (w *world) liveLapsedDebt() {
	id, _ := w.owing(func(t *Terms) { t.Settings.RongqueLapse = LapseRevoke })
	decider, v := w.staff("yc1026"), answers{"reason": "到期没有补齐"}
	w.wont(decider, id, ActLapseDebt, v, "", "cases.law.debt_running")
	w.pass1(15)
	w.wont(w.staff(clerk), id, ActLapseDebt, v, "", "cases.not_yours")
	w.perform(decider, id, ActLapseDebt, v)
	w.stands(id, StateAcceptanceRevoked)
	w.says(id, PaperAcceptanceRevoked, "撤销受理", "六十日")
	if _, open := w.open(id); open {
		w.t.Error("a step is still open")
	}
}

func (w *world) liveReferral() {
	id := w.taken(func(t *Terms) { t.FirstReview = true })
	task := w.review(id)
	decider := w.holder(task.Post)
	if _, err := w.s.Decide(w.t.Context(), decider, On{Case: id}, Decision{Task: task.ID, Grant: true}); fault.Code(err) != "cases.first_review" {
		w.t.Errorf("the lower agency decided: %v", err)
	}
	w.wont(w.staff(clerk), id, ActTakeReferral, answers{"opinion": "同意上报"}, "", "cases.when.take_referral")
	w.perform(decider, id, ActReferUp, answers{"agency": "省市场监督管理局", "opinion": "初审符合条件"})
	w.stands(id, StateReferred)
	w.says(id, PaperReferral, "第三十五条", "初审符合条件", "省市场监督管理局")
	w.pass1(2)
	out := w.perform(w.staff(clerk), id, ActTakeReferral, answers{"opinion": "初审符合条件"})
	if out.Case == id || out.State != StateAccepted {
		w.t.Fatalf("taken over: %+v", out)
	}
	w.owes(out.Case, ClockStatutory, w.ahead(w.state(out.Case).Matter.Terms.Limit))
	w.says(out.Case, PaperReferralReceipt, "初审符合条件", "第三十五条")
	if c := w.state(out.Case); !c.AcceptedAt.Equal(c.ReceivedAt) || len(c.Receivers) == 0 {
		w.t.Errorf("accepted %s, received by %v", c.AcceptedAt, c.Receivers)
	}
	w.decide(out.Case, true)
	w.verify()
}

func (w *world) liveRemand() {
	id, head := w.decided(false, nil), w.staff(bureauHead)
	v := answers{"basis": "云川市人民政府复议决定书〔2026〕7号", "to": string(StateAccepted), "days": "10"}
	w.wont(w.staff(foodDecider), id, ActRemand, v, "", "cases.not_yours")
	w.wont(head, id, ActRemand, answers{"basis": "复议决定", "to": "granted"}, "to", "cases.ask_choice")
	w.pass1(30)
	out := w.perform(head, id, ActRemand, v)
	if out.Case == id || out.State != StateAccepted || !ValidNumber(out.No) {
		w.t.Fatalf("done again: %+v", out)
	}
	w.stands(id, StateRefused)
	w.owes(out.Case, ClockStatutory, w.ahead(10))
	w.says(out.Case, PaperRemand, "复议决定书〔2026〕7号", "不需要重复提供")
	w.decide(out.Case, true)
	again := w.perform(head, id, ActRemand, answers{"basis": "行政判决书（2026）9号", "to": string(StateReceived)})
	w.stands(again.Case, StateReceived)
	w.pass(w.staff(clerk), again.Case)
	if _, err := w.s.Accept(w.t.Context(), w.staff(clerk), On{Case: again.Case}); err != nil {
		w.t.Error(err)
	}
	running := w.received(nil)
	w.wont(head, running, ActRemand, v, "", "cases.when.remand")
	w.verify()
}

func (w *world) liveTermination() {
	id, head := w.taken(nil), w.staff(bureauHead)
	v := answers{"ground": string(GroundApplicantGone), "reason": "申请人已经注销"}
	w.wont(w.staff(foodDecider), id, ActTerminate, v, "", "cases.not_yours")
	w.wont(head, id, ActTerminate, answers{"ground": string(GroundSettled), "reason": "双方和解"}, "ground", "cases.law.ground_state")
	w.perform(head, id, ActTerminate, v)
	w.stands(id, StateTerminated)
	w.says(id, PaperTermination, "经本机关负责人批准", "六十日")
	if _, open := w.open(id); open {
		w.t.Error("a step is still open")
	}
	w.wont(head, id, ActTerminate, v, "", "cases.when.terminate")
}

func (w *world) liveRecords() {
	id, rev, window := w.decided(false, nil), w.staff(foodReviewer), w.staff(clerk)
	no := w.papers(id)[PaperRefusal].No
	serve := answers{"document": no, "way": "pigeon", "day": w.ahead(0), "receiver": "周叙白"}
	w.wont(window, id, ActServe, serve, "way", "cases.ask_choice")
	serve["way"] = "post"
	w.perform(window, id, ActServe, serve)
	w.says(id, PaperServiceProof, no, "邮寄送达", "受送达人")
	w.wont(rev, id, ActCorrectClerical, answers{"document": "x", "wrong": "甲", "right": "乙"}, "document", "cases.ask_choice")
	w.perform(rev, id, ActCorrectClerical, answers{"document": no, "wrong": "第三十五条", "right": "第三十三条"})
	w.says(id, PaperClerical, "第三十五条”，更正为“第三十三条")
	w.perform(window, id, ActRemedyFiled, answers{"remedy": "review", "agency": "云川市人民政府", "docket": "云政复〔2026〕3号", "day": w.ahead(0)})
	w.wont(rev, id, ActPublish, answers{"place": "政务网"}, "", "cases.when.publish")
	granted := w.decided(true, nil)
	w.perform(rev, granted, ActPublish, answers{"place": "信用云川网站"})
	w.stands(id, StateRefused)

	running := w.taken(nil)
	urge := answers{"reason": "申请人反映进度慢", "until": w.ahead(3)}
	w.wont(rev, running, ActUrge, urge, "", "cases.not_yours")
	w.perform(w.staff(supervisor), running, ActUrge, urge)
	w.says(running, PaperUrge, "第十条", "申请人反映进度慢")
}

func (w *world) liveLate() {
	id, rev := w.taken(nil), w.staff(foodReviewer)
	v := answers{"reason": "检测机构排期延后", "until": ""}
	w.wont(rev, id, ActExplainOverdue, v, "", "cases.when.explain_overdue")
	terms := w.state(id).Matter.Terms
	if terms.Promised >= terms.Limit {
		w.t.Fatalf("promised %d of %d", terms.Promised, terms.Limit)
	}
	w.pass1(terms.Promised + 1) // the promise is late, the law's limit is not: there is no inaction to review
	w.perform(rev, id, ActExplainOverdue, v)
	w.says(id, PaperOverdueExplained, "承诺办结期限", "检测机构排期延后", "法定办理期限至", "12345")
	if text := strings.Join(w.papers(id)[PaperOverdueExplained].words(), ""); strings.Contains(text, "行政复议") {
		w.t.Errorf("a late promise is told as inaction: %s", text)
	}
	w.pass1(25)
	w.perform(rev, id, ActExplainOverdue, v)
	w.says(id, PaperOverdueExplained, "优化营商环境条例", "法定办理期限已于", "可以自该期限届满之日起六十日内")
	w.decide(id, true)
	w.verify()
}

func (w *world) livePledge() {
	ctx := w.t.Context()
	w.settle(nil)
	var code string
	var options map[string]string
	w.read(func(tx *db.Tx) error {
		codes, err := db.All(tx, func(s *string) []any { return []any{s} }, `SELECT code FROM catalog_item ORDER BY code`)
		for _, c := range codes {
			if it := w.item(c); it.Modes.Pledge && it.ForBodies() {
				for _, q := range it.Situations {
					for _, o := range q.Options {
						if a, ok := w.route(c); ok {
							a[q.ID] = o.Value
							if need := it.Resolve(a); need.Complete() && need.Pledge {
								code, options = c, a
							}
						}
					}
				}
			}
		}
		return err
	})
	if code == "" {
		w.t.Fatal("no item of the sample city is decided on a pledge")
	}
	d := w.fill(w.person(firm), code, options)
	out, err := w.s.Submit(ctx, w.person(firm), d.ID, "")
	if err != nil {
		w.t.Fatal(err)
	}
	id := out.Case
	w.pass(w.staff(clerk), id)
	if _, err := w.s.Accept(ctx, w.staff(clerk), On{Case: id}); err != nil {
		w.t.Fatal(err)
	}
	if !w.state(id).Matter.Has(FlagPledged) {
		w.t.Fatalf("%s was not accepted on a pledge", code)
	}
	task, ok := w.open(id)
	for ok && task.Slot != "decide" {
		if _, err := w.s.Opine(ctx, w.holder(task.Post), On{Case: id}, Review{Task: task.ID, Conclusion: Agree, Text: "符合条件。", Inspectors: []string{"YC1031", "YC1032"}}); err != nil {
			w.t.Fatal(err)
		}
		task, ok = w.open(id)
	}
	decider := w.holder(task.Post)
	w.wont(decider, id, ActPostCheck, answers{"finding": "kept", "result": "场所与承诺一致"}, "", "cases.when.post_check")
	if _, err := w.s.Decide(ctx, decider, On{Case: id}, Decision{Task: task.ID, Grant: true}); err != nil {
		w.t.Fatal(err)
	}
	w.wont(decider, id, ActPostCheck, answers{"finding": "unsure", "result": "场所与承诺一致"}, "finding", "cases.ask_choice")
	w.perform(decider, id, ActPostCheck, answers{"finding": "broken", "result": "没有设置专间", "until": w.ahead(10)})
	w.says(id, PaperPostCheck, "没有设置专间", "依法撤销许可", "优化营商环境条例")
	if c, _ := w.state(id).Matter.Clock(ClockPostCheck); c.Ended.IsZero() {
		w.t.Error("the check is still owed")
	}
}

func (w *world) liveRehearsal() {
	ctx, window := w.t.Context(), w.staff(clerk)
	rehearse := func() int64 {
		d, err := w.s.Begin(ctx, window, food, w.person(firm).Party)
		if err != nil {
			w.t.Fatal(err)
		}
		w.complete(ctx, window, d, nil)
		out, err := w.s.Rehearse(ctx, window, d.ID, "")
		if err != nil {
			w.t.Fatal(err)
		}
		return out.Case
	}
	w.settle(nil)
	d, err := w.s.Begin(ctx, window, food, w.person(firm).Party)
	if err != nil {
		w.t.Fatal(err)
	}
	w.complete(ctx, window, d, nil)
	if _, err := w.s.Rehearse(ctx, window, d.ID, ""); fault.Code(err) != "cases.law.setting_off" {
		w.t.Errorf("rehearsed what is not listed: %v", err)
	}
	if err := w.s.Discard(ctx, window, d.ID); err != nil {
		w.t.Fatal(err)
	}
	w.settle(func(t *Terms) { t.Simulable = true })
	id := rehearse()
	w.stands(id, StateSimReview)
	w.wont(window, id, ActConvert, nil, "", "cases.when.convert")
	v := answers{"conclusion": Agree, "opinion": "布局符合要求"}
	w.wont(w.person(firm), id, ActGiveSimOpinion, v, "", "cases.not_yours")
	w.perform(w.staff(foodReviewer), id, ActGiveSimOpinion, v)
	w.says(id, PaperSimOpinion, "不具有行政许可决定的法律效力")
	if !w.papers(id)[PaperSimOpinion].Content.Plain {
		w.t.Error("an opinion without legal effect carries a seal")
	}
	w.pass1(3)
	w.perform(window, id, ActConvert, nil)
	w.stands(id, StateReceived)
	w.owes(id, ClockNotice, w.ahead(5))
	w.says(id, PaperReceipt, "材料清单")
	w.pass(window, id)
	if _, err := w.s.Accept(ctx, window, On{Case: id}); err != nil {
		w.t.Fatal(err)
	}
	w.decide(id, true)
	other := rehearse()
	w.perform(window, other, ActCloseSim, answers{"reason": "申请人不再需要"})
	w.stands(other, StateSimClosed)
	w.verify()
}

// TestTheNoticeOfASecondStopIsNamedByItsNumber: the clock page finds the paper by it.
func TestTheNoticeOfASecondStopIsNamedByItsNumber(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		var code string
		w.read(func(tx *db.Tx) error {
			codes, err := db.All(tx, func(s *string) []any { return []any{s} }, `SELECT code FROM catalog_item ORDER BY code`)
			for _, c := range codes {
				it := w.item(c)
				for _, step := range it.Steps {
					if step.Slot == "test" && it.ForBodies() {
						code = c
					}
				}
			}
			return err
		})
		ctx, window := t.Context(), w.staff(clerk)
		route, _ := w.route(code)
		d := w.fill(w.person(firm), code, route)
		out, err := w.s.Submit(ctx, w.person(firm), d.ID, "")
		if err != nil {
			t.Fatal(err)
		}
		w.pass(window, out.Case)
		if _, err := w.s.Accept(ctx, window, On{Case: out.Case}); err != nil {
			t.Fatal(err)
		}
		task, _ := w.open(out.Case)
		kind := string(StopAppraisal)
		w.perform(w.holder(task.Post), out.Case, ActStartSpecial, answers{"kind": kind, "planned": "3", "reason": "需要鉴定"})
		w.perform(w.holder(task.Post), out.Case, ActEndSpecial, answers{"kind": kind, "result": "鉴定合格"})
		w.review(out.Case)
		numbers := map[string]bool{}
		w.read(func(tx *db.Tx) error {
			list, err := listDocuments(tx, out.Case)
			for _, d := range list {
				numbers[d.No] = d.Kind == PaperSpecialNotice
			}
			return err
		})
		seen := map[string]bool{}
		for _, s := range w.state(out.Case).Matter.Stops {
			if !numbers[s.Notice] || seen[s.Notice] {
				t.Errorf("the stop for %s names the notice %s", s.Kind, s.Notice)
			}
			seen[s.Notice] = true
		}
		if len(seen) < 2 {
			t.Errorf("%s: only %d stops", code, len(seen))
		}
	})
}

// XKF 45: a special procedure ends by its own result. An opinion at another step leaves it open.
func TestXKF45AnOpinionElsewhereEndsNoSpecialProcedure(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		id, rev := w.taken(nil), w.staff(foodReviewer)
		w.perform(rev, id, ActStartSpecial, answers{"kind": string(StopTesting), "planned": "5", "reason": "水质需要检测"})
		step, _ := w.open(id)
		if _, err := w.s.Opine(t.Context(), rev, On{Case: id}, Review{Task: step.ID, Conclusion: Agree, Text: "书面材料符合要求"}); err != nil {
			t.Fatal(err)
		}
		w.stands(id, StateSpecial)
		w.verify()
	})
}

// XKF 45: what was told of a special procedure can be changed while its days run. Once they have run out nobody is
// offered the change, and whoever tries it is told when it is possible.
func TestXKF45WhatRanOutIsNotPlannedAnew(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		id, rev := w.taken(func(terms *Terms) { terms.Settings.SpecialOverrun = OverrunStay }), w.staff(foodReviewer)
		w.perform(rev, id, ActStartSpecial, answers{"kind": string(StopTesting), "planned": "1", "reason": "水质需要检测"})
		offered := func() bool {
			var why error
			w.read(func(tx *db.Tx) error {
				choices, err := w.s.Explain(tx, rev, w.state(id))
				i := slices.IndexFunc(choices, func(c Choice) bool { return c.Act == ActReplanSpecial })
				why = choices[i].Why
				return err
			})
			return why == nil
		}
		w.pass1(1)
		if !offered() {
			t.Error("on the last day the plan can still be changed")
		}
		w.pass1(1)
		w.tick()
		w.stands(id, StateSpecial)
		if offered() {
			t.Error("what ran out yesterday is offered to be planned anew")
		}
		w.wont(rev, id, ActReplanSpecial, answers{"kind": string(StopTesting), "planned": "9", "reason": "复检一次"}, "", "cases.when.replan_special")
	})
}
