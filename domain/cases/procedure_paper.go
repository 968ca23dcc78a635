package cases

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"onedoor.app/domain/party"
	"onedoor.app/infra/fault"
)

// form is what all papers of a kind have in common.
type form struct {
	title string
	seal  string
}

// forms are the papers of procedures. Notices of the handling carry the special seal (Art. 32), what decides or ends
// the case the authority's.
var forms = map[Paper]form{
	PaperCorrectionExtended:  {"延期补正通知书", sealWindow},
	PaperAgainAllowed:        {"再次要求补正审批单", sealAuthority},
	PaperReturn:              {"退件通知书", sealWindow},
	PaperInspectorsAppointed: {"现场核查人员指派单", sealAuthority},
	PaperInspectionRecord:    {"现场核查记录", sealAuthority},
	PaperOpinion:             {"部门审查意见", sealAuthority},
	PaperInterestedNotice:    {"利害关系人告知书", sealWindow},
	PaperStatementRecord:     {"陈述申辩笔录", sealAuthority},
	PaperHearingRight:        {"听证告知书", sealWindow},
	PaperHearingWaiver:       {"放弃听证声明", sealWindow},
	PaperHearingRequest:      {"听证申请受理通知书", sealWindow},
	PaperHearingNotice:       {"听证通知书", sealAuthority},
	PaperHearingAnnouncement: {"听证公告", sealAuthority},
	PaperHearingMinutes:      {"听证笔录", sealAuthority},
	PaperHearingCancelled:    {"终止听证通知书", sealAuthority},
	PaperSpecialNotice:       {"特别程序告知书", sealWindow},
	PaperSpecialReplanned:    {"特别程序时间变更告知书", sealWindow},
	PaperSpecialResult:       {"特别程序结果告知书", sealWindow},
	PaperDebtReceipt:         {"容缺材料收件凭证", sealWindow},
	PaperSentBack:            {"补交材料退回通知书", sealWindow},
	PaperDebtExtended:        {"延期补齐通知书", sealWindow},
	PaperAcceptanceRevoked:   {"撤销受理通知书", sealAuthority},
	PaperReferral:            {"行政许可转报函", sealAuthority},
	PaperReferralReceipt:     {"转报接收单", sealWindow},
	PaperRemand:              {"重新办理通知书", sealAuthority},
	PaperTermination:         {"终止办理通知书", sealAuthority},
	PaperServiceProof:        {"送达回证", sealAuthority},
	PaperClerical:            {"更正通知书", sealAuthority},
	PaperUrge:                {"督办单", sealAuthority},
	PaperOverdueExplained:    {"超期说明", sealAuthority},
	PaperPostCheck:           {"事后核查记录", sealAuthority},
	PaperSimOpinion:          {"模拟审批意见书", sealAuthority},
	PaperDeemedRenewal:       {"准予延续决定书（视为准予延续）", sealAuthority},
	PaperSuspension:          {"暂扣许可证件决定书", sealAuthority},
	PaperSuspensionLifted:    {"解除暂扣许可证件决定书", sealAuthority},
	PaperAnnulment:           {"撤销行政许可决定书", sealAuthority},
	PaperTakingBack:          {"撤回行政许可决定书", sealAuthority},
	PaperRevocation:          {"吊销许可证件决定书", sealAuthority},
	PaperCancellation:        {"注销行政许可决定书", sealAuthority},
}

// Inside reports whether a paper is for those who handle the case and not for the applicant.
func (p Paper) Inside() bool {
	return slices.Contains([]Paper{PaperInspectorsAppointed, PaperOpinion, PaperUrge, PaperAgainAllowed}, p)
}

// paper writes the paper of the act with the remedies that the law's table says it must carry.
func (t *telling) paper(kind Paper) *Document {
	t.d = t.ch.formal(kind)
	t.p.write(t)
	for _, r := range t.out.Remedies {
		t.after(t.remedy(r))
	}
	return t.d
}

// formal begins a paper of a kind that forms knows.
func (ch *change) formal(kind Paper) *Document {
	f := forms[kind]
	if kind == PaperGrant {
		f = form{"准予行政许可决定书", sealAuthority}
		if ch.c.Matter.Terms.Kind != KindLicence {
			f.title = "准予决定书"
		}
	}
	if kind == PaperReceipt {
		f = form{"收件凭证", sealWindow}
	}
	return ch.document(kind, f.title, f.seal)
}

func (t *telling) remedy(r Remedy) string {
	title := t.d.Content.Title
	kind := "通知"
	if strings.Contains(title, "决定") {
		kind = "决定"
	}
	facts := t.ch.s.Remedies.facts(title, kind)
	facts.Term, facts.Silence = t.then.Terms.Settings.renewWords()
	if c := t.ch.c.Matter.lateDecision(); c != nil {
		facts.Date = day(c.Due)
	}
	text, err := r.Text(facts)
	if err != nil {
		panic(err) // Remedies is checked when the program starts; the act is done only where a date was missed
	}
	return text
}

// say adds a paragraph, after one below the list or table.
// It ends with a full stop, also where somebody wrote none.
func (t *telling) say(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if last, _ := utf8.DecodeLastRuneInString(text); !strings.ContainsRune("。！？：；.", last) {
		text += "。"
	}
	t.d.Content.Paragraphs = append(t.d.Content.Paragraphs, text)
}

func (t *telling) after(text string) { t.d.Content.After = append(t.d.Content.After, text) }

func (t *telling) to(names string)      { t.d.Content.Addressee = names }
func (t *telling) sign(slots ...string) { t.d.Content.Sign = slots }

// about is how papers that are not addressed to the applicant name the case.
func (t *telling) about() string {
	return fmt.Sprintf("%s申请“%s”一案（办件编号%s）", t.ch.c.PartyName, t.ch.c.ItemName, t.ch.c.No)
}

// due is the last day of a clock as the act leaves it.
func (t *telling) due(name ClockName) string {
	c, _ := t.then.Clock(name)
	return day(c.Due)
}

// resumes says when the case is to be decided now, "" where no clock runs.
func (t *telling) resumes() string {
	c, ok := t.then.Clock(ClockStatutory)
	if !ok || !c.Running() {
		return ""
	}
	return "办理期限自次日起恢复计算，法定期限至" + day(c.Due) + "。"
}

// 补正与受理

func (t *telling) correctionExtended() {
	t.say("%s，本机关已告知需要补正的内容。经你（单位）请求，补正期限延长至%s。", t.ch.applied(), day(t.in.CorrectBy))
	t.say("理由：%s", t.in.Reason)
	t.after("需要补正的内容以《补正材料一次性告知书》为准，不增加新的要求。")
}

func (t *telling) returned() {
	t.say("%s，经一次性告知补正，至补正期限%s届满仍未补正，本机关予以退件，所交材料可以取回。", t.ch.applied(), dueBefore(t.ch.c.Matter, ClockCorrection))
	t.say("理由：%s", t.in.Reason)
	t.after("材料备齐后可以重新申请。")
}

// dueBefore is the last day of a clock as it stood before the act.
func dueBefore(m Matter, name ClockName) string {
	c, _ := m.Clock(name)
	return day(c.Due)
}

func (t *telling) grantedOnSpot() {
	law := t.ch.under("第三十四条第二款、第三十八条第一款")
	t.say("%s，材料齐全、符合法定形式，能够当场作出决定。%s决定准予“%s”。", t.ch.applied(), law, t.ch.c.ItemName)
	if t.in.Reason != "" {
		t.say("%s", t.in.Reason)
	}
	if !t.ch.c.Matter.Terms.NoCertificate {
		t.after("本机关自作出决定之日起十个工作日内向你（单位）颁发、送达证件。")
	}
}

// 核查与陈述

func (t *telling) inspectorsAppointed() {
	t.to(strings.Join(t.people, "、"))
	t.say("%s，需要进行核查。%s指派上列人员于%s前往。", t.about(), t.ch.under("第三十四条第三款、第五十五条第二款"), day(t.day["day"]))
	t.say("核查内容：%s", t.v["task"])
	t.after("核查人员应当不少于两人，出示证件，如实记录并签名。")
	t.sign("指派人", "核查人员")
}

// visited: a record speaks of a visit that has been made.
func (t *telling) visited() error {
	if _, err := t.ch.visitedOn(t.v["day"]); err != nil {
		return fault.Fields{"day": fault.Code(err)}.Err()
	}
	return nil
}

func (t *telling) recorded() { t.in.Record = true }

func (t *telling) siteInspected() {
	t.d = t.ch.inspectionDocument(Review{Conclusion: t.v["conclusion"], Text: t.in.Result, Visited: t.v["day"]}, t.people)
}

func (t *telling) unitOpinion() {
	t.to(t.ch.issuer())
	t.say("%s，%s%s提出审查意见如下。", t.about(), t.ch.under("第二十六条第二款"), t.ch.s.unitName(t.ch.tx, t.ch.who.Unit))
	t.say("意见：%s。%s", conclusions[t.v["conclusion"]], t.in.Opinion)
	t.sign("经办人", "负责人")
}

var conclusions = map[string]string{Agree: "建议准予", Disagree: "建议不予"}

func (t *telling) interestedTold() {
	t.to(strings.Join(t.in.Parties, "、"))
	t.say("本机关正在审查%s。经审查，该事项直接关系你（单位）的重大利益：%s", t.about(), t.v["interest"])
	t.say("%s现予告知。你（单位）有权进行陈述和申辩，请于%s（含当日）前提出，可以书面提出，也可以到本机关当面陈述，本机关如实记录。", t.ch.under("第三十六条"), day(t.day["until"]))
	t.after("对办理过程有异议的，可向" + t.ch.s.Remedies.Supervisor + t.ch.s.Remedies.Phone + "反映。")
}

func (t *telling) statementHeard() {
	t.to(t.in.Who)
	t.say("%s，%s本机关于%s听取了%s的陈述和申辩。", t.about(), t.ch.under("第三十六条"), day(today(t.ch.tx)), t.in.Who)
	t.say("陈述申辩内容：%s", t.v["statement"])
	t.say("处理意见：%s", t.in.Opinion)
	t.sign("陈述人", "记录人", "日期")
}

// 听证

func (t *telling) hearingRight() {
	t.to(strings.Join(t.in.Parties, "、"))
	t.say("本机关正在审查%s。该行政许可直接涉及申请人与他人之间的重大利益关系：%s", t.about(), t.v["interest"])
	t.say("%s在作出行政许可决定前，告知你（单位）享有要求听证的权利。听证申请应当在%s（含当日）前提出。", t.ch.under("第四十七条"), t.due(ClockHearingRequest))
}

func (t *telling) hearingWaived() {
	t.to(t.ch.issuer())
	t.say("%s，声明人%s已收到《听证告知书》，知悉享有要求听证的权利，现声明放弃听证。", t.about(), t.in.Who)
	t.after("本机关于" + day(today(t.ch.tx)) + "收到本声明。")
	t.sign("声明人", "日期")
}

func (t *telling) hearingRequested() {
	t.to(t.in.Who)
	t.say("%s，你（单位）于%s提出听证申请，本机关已经收到。", t.about(), day(today(t.ch.tx)))
	if t.in.Reason != "" {
		t.say("申请理由：%s", t.in.Reason)
	}
	t.say("%s本机关在%s前组织听证，于举行听证的七日前将时间、地点通知申请人、利害关系人，必要时予以公告。听证不收取费用。", t.ch.under("第四十七条、第四十八条"), t.due(ClockHearingHold))
	t.after(t.ch.under("第四十五条") + "听证所需时间不计算在办理期限内。")
}

func (t *telling) hearingNotified() {
	t.to(strings.Join(t.ch.c.Matter.Hearing.Told, "、"))
	t.say("%s，本机关定于%s%s在%s举行听证，由%s主持。", t.about(), day(t.day["day"]), t.v["time"], t.v["place"], t.v["chair"])
	t.say("%s听证公开举行。你（单位）可以亲自参加，也可以委托一至二名代理人参加；认为主持人与该行政许可事项有直接利害关系的，有权申请回避。举行听证时，审查人员应当提供审查意见的证据、理由，申请人、利害关系人可以提出证据，并进行申辩和质证。", t.ch.under("第四十八条"))
	t.after("无正当理由不参加的，视为放弃听证。听证不收取费用。")
}

func (t *telling) hearingAnnounced() {
	t.to("")
	t.say("%s，本机关定于%s%s在%s公开举行听证。", t.about(), day(t.day["day"]), t.v["time"], t.v["place"])
	t.say("%s现予公告。需要旁听的，请凭有效身份证件于举行前到场登记。", t.ch.under("第四十六条、第四十八条"))
}

func (t *telling) hearingHeld() {
	t.to("")
	t.say("案由：%s。", t.about())
	t.say("时间：%s。地点：%s。主持人：%s。", day(today(t.ch.tx)), t.v["place"], t.ch.who.Name)
	t.say("听证通知于%s送达。%s听证公开举行。", day(t.in.Notified), t.ch.under("第四十八条"))
	t.say("参加人：%s", strings.Join(lines(t.v["attended"]), "、"))
	t.say("听证内容：%s", t.v["minutes"])
	t.after("本笔录已交听证参加人确认无误后签字或者盖章。行政机关应当根据听证笔录，作出行政许可决定。")
	t.sign("主持人", "记录人", "申请人", "利害关系人", "审查人员", "日期")
}

func (t *telling) hearingCancelled() {
	t.to(t.in.Who)
	t.say("%s，%s提出的听证申请已经撤回，本机关终止该项听证。", t.about(), t.in.Who)
	t.say("理由：%s", t.in.Reason)
	if text := t.resumes(); text != "" {
		t.after(text)
	}
}

// 特别程序

// stopWords are the grounds of Art. 45 in the words of papers.
var stopWords = map[StopKind]string{
	StopHearing: "听证", StopTender: "招标", StopAuction: "拍卖", StopInspection: "检验", StopTesting: "检测", StopQuarantine: "检疫",
	StopAppraisal: "鉴定", StopExpertReview: "专家评审", StopStatutoryHalt: "依法中止",
}

// legal is the ground of a special procedure: the statute that is cited, else Art. 45.
func (t *telling) legal() string {
	if t.in.Basis != "" {
		return "依据" + t.in.Basis + "，"
	}
	return t.ch.under("第四十五条")
}

func (t *telling) specialStarted() {
	end := t.ch.law.Cal.AddWorkdays(today(t.ch.tx), t.in.Planned)
	t.say("%s，需要进行%s，预计%d个工作日，至%s。%s所需时间不计入办理期限。", t.ch.applied(), stopWords[t.in.Kind], t.in.Planned, day(end), t.legal())
	t.say("理由：%s", t.in.Reason)
}

func (t *telling) specialReplanned() {
	stop := t.then.openStop(t.in.Kind)
	t.say("%s，正在进行%s。所需时间由至%s变更为至%s，共%d个工作日。%s所需时间不计入办理期限。", t.ch.applied(), stopWords[t.in.Kind],
		day(t.ch.c.Matter.openStop(t.in.Kind).Planned), day(stop.Planned), t.in.Planned, t.legal())
	t.say("理由：%s", t.in.Reason)
}

func (t *telling) specialEnded() {
	t.say("%s，%s已于%s结束。", t.ch.applied(), stopWords[t.in.Kind], day(today(t.ch.tx)))
	t.say("结果：%s", t.in.Result)
	if text := t.resumes(); text != "" {
		t.after(text)
	}
}

// 容缺

func (t *telling) debtExtended() {
	t.say("%s，已按容缺受理。《%s》的补齐期限延长至%s，只延长一次；到期未补齐的，不能作出准予决定。", t.ch.applied(), t.chosen["material"], day(t.in.Until))
	t.say("理由：%s", t.in.Reason)
}

func (t *telling) debtLapsed() {
	ends := "撤销受理"
	if t.then.State == StateReturned {
		ends = "予以退件"
	}
	var names []string
	if list, err := listMaterials(t.ch.tx, t.ch.c.ID); err == nil {
		for _, m := range list {
			if t.ch.c.Matter.openDebt(m.Key) != nil {
				names = append(names, "《"+m.Name+"》")
			}
		}
	}
	t.say("%s，已按容缺受理，承诺补齐的%s至期限届满仍未补齐，本机关%s。", t.ch.applied(), strings.Join(names, "、"), ends)
	t.say("理由：%s", t.in.Reason)
	t.after("所交材料可以取回，材料备齐后可以重新申请。")
}

// 决定与终结

func (t *telling) referredUp() {
	t.to(t.in.Agency)
	t.say("%s，依法应当先经本机关审查后报你机关决定。%s本机关已审查完毕，现将初步审查意见和全部申请材料报送你机关。", t.about(), t.ch.under("第三十五条、第四十三条"))
	t.say("初步审查意见：%s", t.in.Opinion)
	t.after("上级行政机关不得要求申请人重复提供申请材料。")
}

// grounds are the reasons to terminate in the words of papers.
var grounds = map[Ground]string{
	GroundApplicantGone: "申请人死亡或者终止，没有依法承受其权利的人", GroundItemAbolished: "办理事项已被依法取消",
	GroundObjectGone: "申请的标的已经不存在", GroundCertificateExpired: "拟办理的许可已经届满失效",
	GroundCourtOrder: "人民法院的裁判要求终止", GroundPledgeFailed: "承诺的事项经核查未能履行", GroundSettled: "当事人已经达成和解或者调解",
}

func (t *telling) terminated() {
	t.say("%s，因%s，经本机关负责人批准，终止办理。", t.ch.applied(), grounds[t.in.Ground])
	t.say("理由：%s", t.in.Reason)
	t.after("所交材料可以取回。")
}

// 送达、公开与记录

// ways are the ways of service in the words of papers.
var ways = map[string]string{
	"direct": "直接送达", "post": "邮寄送达", "electronic": "电子送达", "left": "留置送达", "entrusted": "委托送达", "notice": "公告送达",
}

func (t *telling) serviceProof() {
	t.d.Content.Table = [][]string{
		{"项目", "内容"}, {"案由", t.about()}, {"送达文书", t.chosen["document"]}, {"受送达人", t.v["receiver"]},
		{"送达方式", ways[t.v["way"]]}, {"送达日期", day(t.day["day"])}, {"送达人", t.ch.who.Name},
	}
	t.sign("受送达人", "送达人", "见证人", "日期")
}

func (t *telling) clerical() {
	t.say("%s，本机关作出的%s有文字错误，现更正如下：", t.ch.applied(), t.chosen["document"])
	t.say("原文“%s”，更正为“%s”。", t.v["wrong"], t.v["right"])
	t.after("其他内容不变。本通知书与原文书一并使用。")
}

func (t *telling) urged() {
	t.to(t.ch.s.unitName(t.ch.tx, t.ch.c.Unit))
	t.say("%s，%s现予督办，请于%s前办理并反馈。", t.about(), t.ch.under("第十条"), day(t.in.Until))
	t.say("督办事由：%s", t.in.Reason)
	t.sign("督办人", "承办人", "日期")
}

func (t *telling) overdueExplained() {
	c := t.ch.c.Matter.lateDecision()
	limit := "法定办理期限"
	if c.Name == ClockPromised {
		limit = "承诺办结期限"
	}
	t.say("%s，%s已于%s届满，本机关未能在期限内作出决定。依据《优化营商环境条例》第三十六条，现将超过期限的理由说明如下：", t.ch.applied(), limit, day(c.Due))
	t.say("%s", t.in.Reason)
	if law, ok := t.then.Clock(ClockStatutory); ok && c.Name == ClockPromised && law.Running() {
		t.say("法定办理期限至%s，本机关应当在此之前作出决定。", day(law.Due))
	}
	if t.in.Until != 0 {
		t.say("本机关将在%s前作出决定。", day(t.in.Until))
	}
}

func (t *telling) postChecked() {
	found := "承诺的内容已经履行，符合许可条件。"
	if t.v["finding"] == "broken" {
		found = "承诺的内容未履行，不符合许可条件。"
	}
	t.say("%s，以告知承诺方式准予。依据《优化营商环境条例》第四十条，本机关于%s进行核查。", t.ch.applied(), day(today(t.ch.tx)))
	t.say("核查结论：%s", found)
	t.say("核查情况：%s", t.in.Result)
	if t.v["finding"] == "broken" {
		text := "责令限期整改"
		if t.in.Until != 0 {
			text = "责令于" + day(t.in.Until) + "前整改"
		}
		t.after(text + "；逾期不整改或者整改后仍不符合条件的，由作出决定的机关依法撤销许可。")
	}
	t.sign("核查人员", "被核查人", "日期")
}

// 模拟审批

func (t *telling) simOpinion() {
	t.d.Content.Plain = true
	t.say("你（单位）就“%s”提出的模拟申报（编号%s），经模拟审查，意见为：%s。", t.ch.c.ItemName, t.ch.c.No, conclusions[t.v["conclusion"]])
	t.say("%s", t.in.Opinion)
	t.after("本意见书不具有行政许可决定的法律效力，不加盖印章，不作为从事该项活动的依据。条件具备后可以转为正式申请，本意见书有效期至" + t.due(ClockSimValid) + "。")
}

// fitsHolder: a citizen dies or loses capacity, an organisation is dissolved (Art. 70(2)(3)).
func (t *telling) fitsHolder() error {
	holder, err := t.ch.s.Party.Find(t.ch.tx, t.ch.c.Party)
	if err != nil {
		return err
	}
	person := holder.Kind != party.Organization
	switch t.in.Ground {
	case "dead", "incapable":
		if !person {
			return fault.Fields{"ground": "cases.ground_person"}.Err()
		}
	case "dissolved":
		if person {
			return fault.Fields{"ground": "cases.ground_organization"}.Err()
		}
	}
	return nil
}
