package cases

import (
	"slices"
	"strings"
)

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
