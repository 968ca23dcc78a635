package cases

import (
	"fmt"
	"slices"
	"strings"
)

// Paper is a legal paper (文书) that an act makes.
type Paper string

// The papers.
const (
	PaperReceipt             Paper = "receipt"              // 收件凭证
	PaperReferralReceipt     Paper = "referral_receipt"     // 转报接收单
	PaperRemand              Paper = "remand"               // 重新办理通知书
	PaperCorrectionNotice    Paper = "correction_notice"    // 补正材料一次性告知书
	PaperCorrectionReceipt   Paper = "correction_receipt"   // 补正材料收件凭证
	PaperCorrectionExtended  Paper = "correction_extended"  // 延期补正通知
	PaperAgainAllowed        Paper = "again_allowed"        // 再次要求补正审批单
	PaperReturn              Paper = "return"               // 退件通知书
	PaperAcceptance          Paper = "acceptance"           // 受理通知书
	PaperDeemedAcceptance    Paper = "deemed_acceptance"    // 受理通知书（视为受理）
	PaperNotRequired         Paper = "not_required"         // 不受理告知书
	PaperNonAcceptance       Paper = "non_acceptance"       // 不予受理决定书
	PaperGrant               Paper = "grant"                // 准予许可决定书
	PaperInspectorsAppointed Paper = "inspectors_appointed" // 指派单
	PaperInspectionRecord    Paper = "inspection_record"    // 现场核查记录
	PaperOpinion             Paper = "opinion"              // 部门审查意见
	PaperInterestedNotice    Paper = "interested_notice"    // 利害关系人告知书
	PaperStatementRecord     Paper = "statement_record"     // 陈述申辩笔录
	PaperHearingRight        Paper = "hearing_right"        // 听证告知书
	PaperHearingWaiver       Paper = "hearing_waiver"       // 放弃听证声明
	PaperHearingRequest      Paper = "hearing_request"      // 听证申请
	PaperHearingNotice       Paper = "hearing_notice"       // 听证通知书
	PaperHearingAnnouncement Paper = "hearing_announcement" // 听证公告
	PaperHearingMinutes      Paper = "hearing_minutes"      // 听证笔录
	PaperHearingCancelled    Paper = "hearing_cancelled"    // 终止听证通知
	PaperSpecialNotice       Paper = "special_notice"       // 特别程序告知书
	PaperSpecialReplanned    Paper = "special_replanned"    // 特别程序时间变更告知书
	PaperSpecialResult       Paper = "special_result"       // 结果文书
	PaperExtension           Paper = "extension"            // 延长期限告知书
	PaperPromise             Paper = "promise"              // 容缺受理告知承诺书
	PaperDebtReceipt         Paper = "debt_receipt"         // 容缺材料收件凭证
	PaperSentBack            Paper = "sent_back"            // 补交材料退回通知
	PaperDebtExtended        Paper = "debt_extended"        // 延期补齐通知
	PaperAcceptanceRevoked   Paper = "acceptance_revoked"   // 撤销受理通知书
	PaperRefusal             Paper = "refusal"              // 不予许可决定书
	PaperReferral            Paper = "referral"             // 转报函
	PaperCertificate         Paper = "certificate"          // 许可证件
	PaperServiceProof        Paper = "service_proof"        // 送达回证
	PaperDeemedRenewal       Paper = "deemed_renewal"       // 准予延续决定书（视为）
	PaperWithdrawal          Paper = "withdrawal"           // 撤回确认
	PaperTermination         Paper = "termination"          // 终止办理通知书
	PaperSimOpinion          Paper = "sim_opinion"          // 模拟审批意见书
	PaperClerical            Paper = "clerical_correction"  // 更正通知
	PaperUrge                Paper = "urge"                 // 督办单
	PaperOverdueExplained    Paper = "overdue_explained"    // 超期说明
	PaperPostCheck           Paper = "post_check"           // 核查记录
	PaperSuspension          Paper = "suspension"           // 暂扣决定
	PaperSuspensionLifted    Paper = "suspension_lifted"    // 解除暂扣决定
	PaperAnnulment           Paper = "annulment"            // 撤销决定书
	PaperTakingBack          Paper = "taking_back"          // 撤回决定书
	PaperRevocation          Paper = "revocation"           // 吊销决定书
	PaperCancellation        Paper = "cancellation"         // 注销决定书
)

// Remedy is a text that tells people what they may do against a paper. Such texts are never typed by hand.
type Remedy string

// The texts.
const (
	RemedyReviewOrSuit Remedy = "R1" // review, or suit directly (复议法 20, 行诉法 46)
	RemedyInaction     Remedy = "R2" // no decision in time: review first (复议法 23(3), 11)
	RemedyReviewFirst  Remedy = "R3" // review first because a statute says so (复议法 23)
	RemedyComplaint    Remedy = "R4" // procedural papers: whom to tell
	RemedyHearing      Remedy = "R5" // the right to a hearing (47)
	RemedyCompensation Remedy = "R6" // taking back (8¶2)
	RemedyLateRenewal  Remedy = "R7" // a late application for renewal
)

var remedyTexts = map[Remedy]string{
	RemedyReviewOrSuit: "如不服本{类}，你（单位）可以自收到本{文书}之日起六十日内，向{复议机关}申请行政复议（线上渠道：{网址}）；" +
		"也可以自收到之日起六个月内，直接向{法院}提起行政诉讼。法律另有规定的，从其规定。",
	RemedyInaction: "本机关未在{日期}前作出决定。你（单位）可以自该期限届满之日起六十日内，向{复议机关}申请行政复议；" +
		"对复议决定不服的，可以自收到复议决定书之日起十五日内向人民法院提起行政诉讼。",
	RemedyReviewFirst: "如不服本{类}，你（单位）应当先自收到本{文书}之日起六十日内，向{复议机关}申请行政复议（线上渠道：{网址}）；" +
		"对复议决定不服的，可以自收到复议决定书之日起十五日内向人民法院提起行政诉讼。",
	RemedyComplaint: "对办理过程有异议的，可向{监督机构}{电话}反映。",
	RemedyHearing: "你（单位）享有要求听证的权利。要求听证的，应当自收到本告知书之日起五日（工作日）内提出；" +
		"逾期不提出的，视为放弃。听证不收取费用。",
	RemedyCompensation: "因此造成财产损失的，你（单位）可以向本机关申请补偿。",
	RemedyLateRenewal:  "你（单位）的延续申请未在有效期届满{期限}前提出，届满前未作出决定的，{后果}。",
}

// RemedyFacts fill a remedies text. Each text needs only some of them.
type RemedyFacts struct {
	Kind       string // 类: 决定 or 通知
	Paper      string // 文书: the paper's name
	Reviewer   string // 复议机关
	Site       string // 网址 of the online review channel
	Court      string // 法院
	Date       string // 日期: the last day that was missed
	Supervisor string // 监督机构
	Phone      string // 电话
	Term       string // 期限 before the last day, to ask for a renewal
	Silence    string // 后果 of no decision on a late one
}

// Text returns the text for people to read. A fact that the text needs and that is empty is an error: a paper with a
// gap in its remedies lengthens every period to a year.
func (r Remedy) Text(f RemedyFacts) (string, error) {
	text, ok := remedyTexts[r]
	if !ok {
		return "", fmt.Errorf("cases: no remedies text %q", r)
	}
	for _, gap := range [][2]string{
		{"{类}", f.Kind}, {"{文书}", f.Paper}, {"{复议机关}", f.Reviewer}, {"{网址}", f.Site}, {"{法院}", f.Court},
		{"{日期}", f.Date}, {"{监督机构}", f.Supervisor}, {"{电话}", f.Phone},
		{"{期限}", f.Term}, {"{后果}", f.Silence},
	} {
		if name, fact := gap[0], gap[1]; strings.Contains(text, name) {
			if fact == "" {
				return "", fmt.Errorf("cases: remedies text %s lacks %s", r, name)
			}
			text = strings.ReplaceAll(text, name, fact)
		}
	}
	return text, nil
}

// remedies lists the texts that the paper of this act must carry.
func (s *step) remedies() []Remedy {
	switch s.act {
	case ActNotRequired, ActReturnLapsed:
		return []Remedy{s.m.Terms.unserved()}
	case ActRefuse, ActNotAccept, ActTerminate, ActLapseDebt, ActAnnul, ActCancelCertificate,
		ActSuspendCertificate, ActRevokeCertificate: // the last two as penalties (行政处罚法 59(5))
		return []Remedy{s.against()}
	case ActTakeBack:
		return []Remedy{s.against(), RemedyCompensation}
	case ActExplainOverdue: // a promise that is late leaves the duty of the law in time: nothing to review yet
		if c := s.m.lateDecision(); c != nil && c.Name == ClockPromised {
			return []Remedy{RemedyComplaint}
		}
		return []Remedy{RemedyInaction}
	case ActNotifyCorrection, ActNotifyAgain, ActStartSpecial, ActReplanSpecial, ActExtend, ActSendBack:
		return []Remedy{RemedyComplaint}
	case ActTellHearingRight:
		return []Remedy{RemedyHearing, RemedyComplaint}
	case ActReceive, ActConvert:
		if slices.Contains(s.m.Flags, FlagLateRenewal) {
			return []Remedy{RemedyLateRenewal}
		}
	}
	return nil
}

func (s *step) against() Remedy { return s.m.Terms.against() }

// unserved is the text for an end that decides on no right: a public service that is not needed, or whose papers never
// came, refuses nobody anything.
func (t Terms) unserved() Remedy {
	if t.Kind == KindService {
		return RemedyComplaint
	}
	return t.against()
}

// against is the text about what may be done against a decision.
func (t Terms) against() Remedy {
	if t.ReviewFirst {
		return RemedyReviewFirst
	}
	return RemedyReviewOrSuit
}
