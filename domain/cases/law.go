package cases

import (
	"slices"
	"strings"
	"time"

	"onedoor.app/engine/calendar"
)

// State is where a case stands in law. A workflow may draw finer steps inside one state, never around it.
type State string

// The closed list of states.
const (
	StateNone              State = "-"                  // 无案
	StateReceived          State = "received"           // 已收件
	StateCorrecting        State = "correcting"         // 待补正
	StateAccepted          State = "accepted"           // 已受理
	StateReviewing         State = "reviewing"          // 审查中
	StateSpecial           State = "special"            // 特别程序中
	StateGranted           State = "granted"            // 准予许可
	StateCertified         State = "certified"          // 已制证
	StateDelivered         State = "delivered"          // 已送达
	StateRefused           State = "refused"            // 不予许可
	StateNotRequired       State = "not_required"       // 不受理（不需许可）
	StateNotAccepted       State = "not_accepted"       // 不予受理
	StateReturned          State = "returned"           // 退件/视为撤回
	StateWithdrawn         State = "withdrawn"          // 已撤回
	StateTerminated        State = "terminated"         // 终止办理
	StateAcceptanceRevoked State = "acceptance_revoked" // 撤销受理
	StateReferred          State = "referred"           // 已转报
	StateSimReview         State = "sim_review"         // 模拟审查
	StateSimOpinion        State = "sim_opinion"        // 模拟意见
	StateSimClosed         State = "sim_closed"         // 模拟终止
)

// States lists every state in the order of a case's life.
var States = []State{
	StateNone, StateReceived, StateCorrecting, StateAccepted, StateReviewing, StateSpecial, StateGranted,
	StateCertified, StateDelivered, StateRefused, StateNotRequired, StateNotAccepted, StateReturned, StateWithdrawn,
	StateTerminated, StateAcceptanceRevoked, StateReferred, StateSimReview, StateSimOpinion, StateSimClosed,
}

// Ended reports whether nothing but records may follow.
func (s State) Ended() bool {
	switch s {
	case StateDelivered, StateRefused, StateNotRequired, StateNotAccepted, StateReturned, StateWithdrawn,
		StateTerminated, StateAcceptanceRevoked, StateReferred, StateSimClosed:
		return true
	default:
		return false
	}
}

// Counting reports whether the statutory clock of Art. 42 runs in this state.
func (s State) Counting() bool { return s == StateAccepted || s == StateReviewing }

// Role is the capacity in which somebody acts.
type Role string

// The closed list of capacities.
const (
	RoleApplicant  Role = "applicant"
	RoleAgent      Role = "agent" // with a mandate
	RoleParty      Role = "party" // 利害关系人
	RoleReceiver   Role = "receiver"
	RoleReviewer   Role = "reviewer"
	RoleDecider    Role = "decider"
	RoleHead       Role = "head"     // of the agency
	RoleSuperior   Role = "superior" // of the receiving section: its chief, or the head of the agency
	RoleIssuer     Role = "issuer"
	RoleChair      Role = "chair" // of a hearing
	RoleSupervisor Role = "supervisor"
	RoleSystem     Role = "system" // the timer, and entry online
)

// Act is something that changes, or is recorded in, the legal situation of a case.
type Act string

// Receipt and acceptance.
const (
	ActReceive          Act = "receive"
	ActTakeReferral     Act = "take_referral"
	ActRemand           Act = "remand"
	ActFixOnSpot        Act = "fix_on_spot"
	ActNotifyCorrection Act = "notify_correction"
	ActCorrect          Act = "correct"
	ActNotifyAgain      Act = "notify_again"
	ActAllowAgain       Act = "allow_again"
	ActExtendCorrection Act = "extend_correction"
	ActReturnLapsed     Act = "return_lapsed"
	ActAccept           Act = "accept"
	ActDeemAccepted     Act = "deem_accepted"
	ActNotRequired      Act = "not_required"
	ActNotAccept        Act = "not_accept"
	ActGrantOnSpot      Act = "grant_on_spot"
	ActSeeOriginal      Act = "see_original" // a record, while the case is open
)

// Review.
const (
	ActBeginReview       Act = "begin_review"
	ActAppointInspectors Act = "appoint_inspectors"
	ActInspect           Act = "inspect"
	ActGiveOpinion       Act = "give_opinion"
	ActTellInterested    Act = "tell_interested"
	ActHearStatement     Act = "hear_statement"
	ActTellHearingRight  Act = "tell_hearing_right"
	ActWaiveHearing      Act = "waive_hearing"
	ActRequestHearing    Act = "request_hearing"
	ActHoldHearing       Act = "hold_hearing"
	ActCancelHearing     Act = "cancel_hearing"
	ActStartSpecial      Act = "start_special"
	ActReplanSpecial     Act = "replan_special"
	ActEndSpecial        Act = "end_special"
	ActResumeOverrun     Act = "resume_overrun"
	ActExtend            Act = "extend"
	ActSettleDebt        Act = "settle_debt"
	ActExtendDebt        Act = "extend_debt"
	ActLapseDebt         Act = "lapse_debt"
	ActSendBack          Act = "send_back"
)

// Decision and end, and the rehearsal without legal effect.
const (
	ActGrant           Act = "grant"
	ActRefuse          Act = "refuse"
	ActReferUp         Act = "refer_up"
	ActMakeCertificate Act = "make_certificate"
	ActDeliver         Act = "deliver"
	ActDeemRenewed     Act = "deem_renewed"
	ActWithdraw        Act = "withdraw"
	ActTerminate       Act = "terminate"
	ActStartSim        Act = "start_sim"
	ActGiveSimOpinion  Act = "give_sim_opinion"
	ActConvert         Act = "convert"
	ActCloseSim        Act = "close_sim"
)

// Records: no change of state, allowed also after an end.
const (
	ActServe           Act = "serve"
	ActPublish         Act = "publish"
	ActCorrectClerical Act = "correct_clerical"
	ActUrge            Act = "urge"
	ActAssign          Act = "assign"
	ActExplainOverdue  Act = "explain_overdue"
	ActPostCheck       Act = "post_check"
	ActDeliverAgain    Act = "deliver_again"
	ActRemedyFiled     Act = "remedy_filed"
)

// ActMarkOverdue is no act of anybody: it is what the timer reports when a duty's last day has passed.
const ActMarkOverdue Act = "mark_overdue"

// Rule is the law of one act: who may do it, which paper it makes, on which basis.
type Rule struct {
	Act   Act
	Name  string // as the clerk calls it
	Who   []Role
	Paper Paper // "" if the act makes none
	Basis string
}

// rules is the table of acts. XKF is the Administrative Licence Law (行政许可法), 营商 the Regulation on Improving the
// Business Environment (优化营商环境条例), J3/J6 the judicial interpretation 法释〔2009〕20号; "practice" and "choice"
// mark what no statute says.
var rules = func() []Rule {
	who := func(r ...Role) []Role { return r }
	const (
		app, agt, pty, rcv, rev = RoleApplicant, RoleAgent, RoleParty, RoleReceiver, RoleReviewer
		dec, head, iss, chr     = RoleDecider, RoleHead, RoleIssuer, RoleChair
		chief                   = RoleSuperior
		sup, sys                = RoleSupervisor, RoleSystem
	)
	return []Rule{
		// Receipt and acceptance
		{ActReceive, "收件", who(rcv, sys), PaperReceipt, "XKF 29, 32"},
		{ActTakeReferral, "接收转报", who(rcv), PaperReferralReceipt, "XKF 35"},
		{ActRemand, "重新办理", who(head), PaperRemand, "choice; 复议法 / 行诉法 decisions"},
		{ActFixOnSpot, "当场更正", who(app, agt), "", "XKF 32(3)"},
		{ActNotifyCorrection, "一次性告知补正", who(rcv), PaperCorrectionNotice, "XKF 32(4), 72(4)"},
		{ActCorrect, "提交补正", who(app, agt), PaperCorrectionReceipt, "XKF 32(5)"},
		{ActNotifyAgain, "再次告知", who(rcv), PaperCorrectionNotice, "practice"},
		{ActAllowAgain, "准许再次要求补正", who(chief), PaperAgainAllowed, "XKF 32(4); 营商 36"},
		{ActExtendCorrection, "延长补正期限", who(rcv), PaperCorrectionExtended, "choice"},
		{ActReturnLapsed, "退件", who(rcv, sys), PaperReturn, "practice; J3"},
		{ActAccept, "受理", who(rcv), PaperAcceptance, "XKF 32(5)"},
		{ActDeemAccepted, "视为受理", who(sys), PaperDeemedAcceptance, "XKF 32(4)"},
		{ActNotRequired, "不受理", who(rcv), PaperNotRequired, "XKF 32(1)"},
		{ActNotAccept, "不予受理", who(rcv), PaperNonAcceptance, "XKF 32(2), 78"},
		{ActGrantOnSpot, "当场决定", who(dec), PaperGrant, "XKF 34¶2, 55, 56"},
		{ActSeeOriginal, "核对证件原件", who(rcv, rev), "", "XKF 34, 50; choice"},
		// Review
		{ActBeginReview, "转审查", who(rev), "", "XKF 34"},
		{ActAppointInspectors, "指派核查人员", who(rev), PaperInspectorsAppointed, "XKF 55¶2"},
		{ActInspect, "现场核查", who(rev), PaperInspectionRecord, "XKF 34¶3"},
		{ActGiveOpinion, "部门意见", who(rev), PaperOpinion, "XKF 26"},
		{ActTellInterested, "告知利害关系人", who(rev), PaperInterestedNotice, "XKF 36"},
		{ActHearStatement, "听取陈述申辩", who(rev), PaperStatementRecord, "XKF 36"},
		{ActTellHearingRight, "告知听证权", who(rev), PaperHearingRight, "XKF 47"},
		{ActWaiveHearing, "放弃听证", who(app, agt, pty), PaperHearingWaiver, "choice"},
		{ActRequestHearing, "申请听证", who(app, agt, pty), PaperHearingRequest, "XKF 45, 47"},
		{ActHoldHearing, "举行听证", who(chr), PaperHearingMinutes, "XKF 48"},
		{ActCancelHearing, "终止听证", who(chr), PaperHearingCancelled, "choice"},
		{ActStartSpecial, "特别程序", who(rev), PaperSpecialNotice, "XKF 45"},
		{ActReplanSpecial, "变更特别程序时间", who(rev), PaperSpecialReplanned, "choice"},
		{ActEndSpecial, "特别程序结束", who(rev), PaperSpecialResult, "XKF 45"},
		{ActResumeOverrun, "特别程序超期恢复计时", who(sys), "", "choice"},
		{ActExtend, "延长期限", who(rev, dec), PaperExtension, "XKF 42"},
		{ActSettleDebt, "补齐", who(rcv, rev), PaperDebtReceipt, "practice"},
		{ActSendBack, "退回补交材料", who(rcv, rev), PaperSentBack, "practice"},
		{ActExtendDebt, "延长补齐期限", who(rev), PaperDebtExtended, "choice"},
		{ActLapseDebt, "容缺失效", who(dec, sys), PaperAcceptanceRevoked, "practice"},
		// Decision and end
		{ActGrant, "准予", who(dec), PaperGrant, "XKF 37, 38¶1, 40, 57"},
		{ActRefuse, "不予", who(dec), PaperRefusal, "XKF 38¶2, 55¶3, 72(7)"},
		{ActReferUp, "转报", who(dec), PaperReferral, "XKF 35, 43"},
		{ActMakeCertificate, "制证", who(iss), PaperCertificate, "XKF 39"},
		{ActDeliver, "颁发送达", who(iss), PaperServiceProof, "XKF 44"},
		{ActDeemRenewed, "视为准予延续", who(sys), PaperDeemedRenewal, "XKF 50¶2"},
		{ActWithdraw, "撤回申请", who(app, agt), PaperWithdrawal, "practice"},
		{ActTerminate, "终止", who(dec), PaperTermination, "practice"},
		// The rehearsal (模拟审批): no legal effect
		{ActStartSim, "模拟申报", who(rcv), "", "practice"},
		{ActGiveSimOpinion, "模拟意见", who(rev), PaperSimOpinion, "practice"},
		{ActConvert, "转正式申请", who(rcv, sys), PaperReceipt, "XKF 29, 32; practice"},
		{ActCloseSim, "模拟终止", who(rcv, rev, sys), "", "practice"},
		// Records
		{ActServe, "送达", who(rcv, rev, dec, iss), PaperServiceProof, "XKF 44; choice"},
		{ActPublish, "公开", who(rev, dec, iss, sys), "", "XKF 40"},
		{ActCorrectClerical, "更正笔误", who(rcv, rev, dec), PaperClerical, "choice"},
		{ActUrge, "督办", who(sup), PaperUrge, "XKF 10"},
		{ActAssign, "指派A/B角", who(rcv, rev, dec, head), "", "practice"},
		{ActExplainOverdue, "超期说明", who(rev, dec), PaperOverdueExplained, "营商 36"},
		{ActPostCheck, "事后核查", who(rev), PaperPostCheck, "营商 40; practice"},
		{ActDeliverAgain, "补发送达", who(iss), PaperServiceProof, "practice"},
		{ActRemedyFiled, "复议诉讼登记", who(rcv, rev, dec), "", "XKF 7"},
	}
}()

// BasisOwn is what an act of another kind than a licence rests on where the Licence Law is cited for licences.
const BasisOwn = "item's statute"

// BasisOf is what the act rests on for a kind of matter. The Licence Law reaches licences only (its Art. 2); what other
// kinds share with them rests on the statutes of the item, and the one-time notice on 营商 36.
func (r Rule) BasisOf(kind ItemKind) string {
	if kind == KindLicence {
		return r.Basis
	}
	if r.Act == ActNotifyCorrection || r.Act == ActNotifyAgain {
		return "营商 36"
	}
	var parts []string
	for part := range strings.SplitSeq(r.Basis, "; ") {
		if strings.HasPrefix(part, "XKF ") {
			part = BasisOwn
		}
		parts = append(parts, part)
	}
	return strings.Join(slices.Compact(parts), "; ")
}

// pair says that an act is lawful in a state, and where it may lead. Of several results the act's input, a setting or
// another open stop decides.
type pair struct {
	From State
	Act  Act
	To   []State
}

// pairs is the whole of the lawful life of a case: what is not listed is refused.
var pairs = func() []pair {
	to := func(s ...State) []State { return s }
	return []pair{
		{StateNone, ActReceive, to(StateReceived)},
		{StateNone, ActTakeReferral, to(StateAccepted)},
		{StateNone, ActRemand, to(StateReceived, StateAccepted)},
		{StateNone, ActStartSim, to(StateSimReview)},

		{StateReceived, ActFixOnSpot, to(StateReceived)},
		{StateReceived, ActNotifyCorrection, to(StateCorrecting)},
		{StateReceived, ActNotifyAgain, to(StateCorrecting)},
		{StateReceived, ActAllowAgain, to(StateReceived)},
		{StateReceived, ActAccept, to(StateAccepted)},
		{StateReceived, ActDeemAccepted, to(StateAccepted)},
		{StateReceived, ActNotRequired, to(StateNotRequired)},
		{StateReceived, ActNotAccept, to(StateNotAccepted)},
		{StateReceived, ActGrantOnSpot, to(StateGranted)},
		{StateReceived, ActDeemRenewed, to(StateGranted)},
		{StateReceived, ActWithdraw, to(StateWithdrawn)},
		{StateReceived, ActTerminate, to(StateTerminated)},

		{StateCorrecting, ActCorrect, to(StateReceived)},
		{StateCorrecting, ActExtendCorrection, to(StateCorrecting)},
		{StateCorrecting, ActReturnLapsed, to(StateReturned)},
		{StateCorrecting, ActWithdraw, to(StateWithdrawn)},
		{StateCorrecting, ActTerminate, to(StateTerminated)},

		{StateAccepted, ActBeginReview, to(StateReviewing)},
		{StateAccepted, ActStartSpecial, to(StateSpecial)},
		{StateAccepted, ActExtend, to(StateAccepted)},
		{StateAccepted, ActSettleDebt, to(StateAccepted)},
		{StateAccepted, ActSendBack, to(StateAccepted)},
		{StateAccepted, ActExtendDebt, to(StateAccepted)},
		{StateAccepted, ActAppointInspectors, to(StateAccepted)},
		{StateAccepted, ActGrant, to(StateGranted)}, // with a pledge only
		{StateAccepted, ActDeemRenewed, to(StateGranted)},
		{StateAccepted, ActWithdraw, to(StateWithdrawn)},
		{StateAccepted, ActTerminate, to(StateTerminated)},
		{StateAccepted, ActLapseDebt, to(StateAcceptanceRevoked, StateReturned)},

		{StateReviewing, ActExtend, to(StateReviewing)},
		{StateReviewing, ActSettleDebt, to(StateReviewing)},
		{StateReviewing, ActSendBack, to(StateReviewing)},
		{StateReviewing, ActExtendDebt, to(StateReviewing)},
		{StateReviewing, ActAppointInspectors, to(StateReviewing)},
		{StateReviewing, ActInspect, to(StateReviewing)},
		{StateReviewing, ActGiveOpinion, to(StateReviewing)},
		{StateReviewing, ActTellInterested, to(StateReviewing)},
		{StateReviewing, ActHearStatement, to(StateReviewing)},
		{StateReviewing, ActTellHearingRight, to(StateReviewing, StateSpecial)}, // special if hearing_stop_from=told
		{StateReviewing, ActWaiveHearing, to(StateReviewing)},
		{StateReviewing, ActStartSpecial, to(StateSpecial)},
		{StateReviewing, ActRequestHearing, to(StateSpecial)},
		{StateReviewing, ActGrant, to(StateGranted)},
		{StateReviewing, ActDeemRenewed, to(StateGranted)},
		{StateReviewing, ActRefuse, to(StateRefused)},
		{StateReviewing, ActReferUp, to(StateReferred)},
		{StateReviewing, ActWithdraw, to(StateWithdrawn)},
		{StateReviewing, ActTerminate, to(StateTerminated)},
		{StateReviewing, ActLapseDebt, to(StateAcceptanceRevoked, StateReturned)},

		{StateSpecial, ActStartSpecial, to(StateSpecial)},
		{StateSpecial, ActReplanSpecial, to(StateSpecial)},
		{StateSpecial, ActRequestHearing, to(StateSpecial)},
		{StateSpecial, ActExtend, to(StateSpecial)},
		{StateSpecial, ActSettleDebt, to(StateSpecial)},
		{StateSpecial, ActSendBack, to(StateSpecial)},
		{StateSpecial, ActExtendDebt, to(StateSpecial)},
		{StateSpecial, ActAppointInspectors, to(StateSpecial)},
		{StateSpecial, ActInspect, to(StateSpecial)},
		{StateSpecial, ActGiveOpinion, to(StateSpecial)},
		{StateSpecial, ActTellInterested, to(StateSpecial)},
		{StateSpecial, ActHearStatement, to(StateSpecial)},
		{StateSpecial, ActTellHearingRight, to(StateSpecial)},
		{StateSpecial, ActWaiveHearing, to(StateSpecial, StateReviewing)}, // reviewing if hearing_stop_from=told
		{StateSpecial, ActEndSpecial, to(StateReviewing, StateSpecial)},
		{StateSpecial, ActHoldHearing, to(StateReviewing, StateSpecial)},
		{StateSpecial, ActCancelHearing, to(StateReviewing, StateSpecial)},
		{StateSpecial, ActResumeOverrun, to(StateReviewing, StateSpecial)},
		{StateSpecial, ActDeemRenewed, to(StateGranted)},
		{StateSpecial, ActWithdraw, to(StateWithdrawn)},
		{StateSpecial, ActTerminate, to(StateTerminated)},
		{StateSpecial, ActLapseDebt, to(StateAcceptanceRevoked, StateReturned)},

		{StateGranted, ActMakeCertificate, to(StateCertified)},
		{StateGranted, ActDeliver, to(StateDelivered)},
		{StateCertified, ActDeliver, to(StateDelivered)},

		{StateSimReview, ActGiveSimOpinion, to(StateSimOpinion)},
		{StateSimReview, ActCloseSim, to(StateSimClosed)},
		{StateSimOpinion, ActConvert, to(StateReceived)},
		{StateSimOpinion, ActCloseSim, to(StateSimClosed)},
	}
}()

// absent lists the acts that kinds of matter other than licences do not know. What they share rests on other law, see
// Rule.BasisOf; deemed acceptance, extension and a limit to deliver they have only where their own statutes grant them,
// see NewTerms.
var absent = map[ItemKind][]Act{
	KindBenefit:      {ActDeemRenewed},
	KindAward:        {ActExtend, ActDeemRenewed},
	KindAdjudication: {ActGrantOnSpot, ActDeemRenewed},
	KindOther: {
		ActTellHearingRight, ActWaiveHearing, ActRequestHearing, ActHoldHearing, ActCancelHearing, ActDeemRenewed,
	},
	KindService: {
		ActTakeReferral, ActReferUp, ActStartSpecial, ActExtend, ActTellHearingRight, ActWaiveHearing,
		ActRequestHearing, ActHoldHearing, ActCancelHearing, ActDeemRenewed,
	},
}

// Law applies the table. It is pure: it reads no clock and no database, and the same input gives the same answer.
type Law struct {
	Cal *calendar.Calendar
}

// Refusal says why an act is not lawful. It is no failure of the program.
type Refusal struct {
	Act    Act    `json:"act"`
	State  State  `json:"state"` // in which the act was tried
	Reason Reason `json:"reason"`
	Field  string `json:"field,omitempty"` // the input that is missing or wrong
}

// Error names the act and the reason by their codes.
func (r *Refusal) Error() string { return string(r.Act) + ": " + string(r.Reason) }

// Outcome is what a lawful act did, for the ledger and for the papers.
type Outcome struct {
	Act      Act           `json:"act"`
	From     State         `json:"from"`
	To       State         `json:"to"`
	AsOf     calendar.Date `json:"as_of"` // the day from which the act has effect
	Paper    Paper         `json:"paper,omitempty"`
	Remedies []Remedy      `json:"remedies,omitempty"` // texts that the paper must carry
	Started  []ClockName   `json:"started,omitempty"`
	Ended    []ClockName   `json:"ended,omitempty"`
	Late     []ClockName   `json:"late,omitempty"`     // those of Ended that were overdue
	Findings []Finding     `json:"findings,omitempty"` // lawful, but the supervisor should know
	Basis    string        `json:"basis"`
}

// Finding is something for the supervisor.
type Finding string

// The closed list of findings.
const (
	FindingNotAtOnce Finding = "not_at_once"      // a matter to be told at once was told later (XKF 32(1)(2))
	FindingDeemed    Finding = "deemed"           // the agency kept silent and the law spoke for it
	FindingRestDay   Finding = "provisional_date" // a timer waits for the calendar of its year
	FindingStuck     Finding = "stuck"            // the flow can move no further
	FindingUnseen    Finding = "original_unseen"  // silence accepted an application about a certificate that nobody has seen
	FindingDiffers   Finding = "original_differs" // the original says otherwise than the applicant declared
)

// Apply does one act at the instant at. It does not change m. Timers that are due must have fired before: see Fire.
// The checks come in this order: the pair of state and act, the role, then the act's own conditions.
func (l *Law) Apply(m Matter, act Act, in Input, at time.Time) (Matter, Outcome, *Refusal) {
	return l.apply(m, act, in, at, calendar.DateOf(at))
}

// apply is Apply with the day from which the act has effect, which for a timer is not the day on which it fires.
func (l *Law) apply(m Matter, act Act, in Input, at time.Time, asOf calendar.Date) (Matter, Outcome, *Refusal) {
	if IsCertificateAct(act) {
		return l.applyCertificate(m, act, in, at)
	}
	rule, known := RuleOf(act)
	p, ok := lawful(m, act)
	refuse := func(r Reason, field string) (Matter, Outcome, *Refusal) {
		return m, Outcome{}, &Refusal{Act: act, State: m.State, Reason: r, Field: field}
	}
	if !known || !ok || m.gated(act, in) {
		return refuse(ReasonIllegalPair, "")
	}
	if !slices.Contains(rule.Who, in.Role) {
		return refuse(ReasonNotInRole, "")
	}
	at = at.UTC().Truncate(time.Millisecond)
	s := &step{law: l, m: m.clone(), in: in, act: act, at: at, today: calendar.DateOf(at), asOf: asOf}
	for _, g := range guards[act] {
		if reason, field := g(s); reason != "" {
			return refuse(reason, field)
		}
	}
	s.out = Outcome{Act: act, From: m.State, AsOf: asOf, Paper: rule.Paper, Basis: rule.BasisOf(m.Terms.Kind)}
	s.m.State = p.To[0]
	if do := effects[act]; do != nil {
		do(s)
	}
	s.close()
	return s.m, s.out, nil
}

// RuleOf returns the rule of an act; ok is false for a name that is no act.
func RuleOf(act Act) (r Rule, ok bool) {
	i := slices.IndexFunc(rules, func(r Rule) bool { return r.Act == act })
	if i < 0 {
		return Rule{}, false
	}
	return rules[i], true
}

// Rules lists every act in the order of the table.
func Rules() []Rule { return slices.Clone(rules) }

// lawful returns the lawful pair, if there is one for this kind of matter. Records are lawful wherever there is a case.
func lawful(m Matter, act Act) (pair, bool) {
	if slices.Contains(absent[m.Terms.Kind], act) {
		return pair{}, false
	}
	if act.Record() {
		return pair{m.State, act, []State{m.State}}, m.State != StateNone
	}
	i := slices.IndexFunc(pairs, func(p pair) bool { return p.From == m.State && p.Act == act })
	if i < 0 {
		return pair{}, false
	}
	return pairs[i], true
}

// Record reports whether the act changes no state and is allowed also after an end.
func (a Act) Record() bool {
	switch a {
	case ActSeeOriginal, ActServe, ActPublish, ActCorrectClerical, ActUrge, ActAssign, ActExplainOverdue, ActPostCheck, ActDeliverAgain, ActRemedyFiled:
		return true
	default:
		return false
	}
}

// Possible lists the acts that people may try in this situation: those whose pair is lawful. Their own conditions are
// not looked at, because they depend on what is put in.
func (l *Law) Possible(m Matter, _ time.Time) []Act {
	var acts []Act
	for _, r := range rules {
		if slices.Equal(r.Who, []Role{RoleSystem}) {
			continue
		}
		if _, ok := lawful(m, r.Act); ok && !m.gated(r.Act, Input{}) {
			acts = append(acts, r.Act)
		}
	}
	return acts
}
