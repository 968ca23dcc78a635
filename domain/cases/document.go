package cases

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"onedoor.app/domain/catalog"
	"onedoor.app/engine/calendar"
	"onedoor.app/engine/number"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

// Document is a paper (文书) as it was issued: its words never change afterwards.
type Document struct {
	ID      int64
	Case    int64
	Kind    Paper
	No      string
	Content Content
	At      time.Time
	Token   string // unguessable, in its QR code
}

// Content is the words of a document, in the language of the law.
type Content struct {
	Title      string     `json:"title"`
	Addressee  string     `json:"addressee"`
	Paragraphs []string   `json:"paragraphs,omitempty"`
	Items      []string   `json:"items,omitempty"`
	Table      [][]string `json:"table,omitempty"` // first row: headings
	After      []string   `json:"after,omitempty"`
	Issuer     string     `json:"issuer"`
	Date       string     `json:"date"` // YYYY-MM-DD
	Seal       string     `json:"seal"` // foot of the seal: 行政许可专用章 …
	Sign       []string   `json:"sign,omitempty"`
	Plain      bool       `json:"plain,omitempty"` // carries no seal
}

// The seals: acceptance papers carry the special seal (Art. 32), decisions the
// authority's.
const (
	sealWindow    = "政务服务专用章"
	sealAuthority = ""
)

func (d *Document) digest() string {
	text, err := json.Marshal(d.Content)
	if err != nil {
		panic(err) // plain strings
	}
	return digestText(string(text))
}

func digestText(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// digestForm is the digest of a form's values in the order of their keys.
func digestForm(form map[string]string) string {
	var b strings.Builder
	for _, k := range slices.Sorted(maps.Keys(form)) {
		fmt.Fprintf(&b, "%d:%s%d:%s", len(k), k, len(form[k]), form[k])
	}
	return digestText(b.String())
}

// marks shorten each kind of paper in its number.
var marks = map[Paper]string{
	PaperReceipt: "收", PaperCorrectionNotice: "补", PaperCorrectionReceipt: "补收", PaperAcceptance: "受",
	PaperDeemedAcceptance: "视受", PaperNotRequired: "不受", PaperNonAcceptance: "不予受", PaperGrant: "准",
	PaperRefusal: "不准", PaperSpecialNotice: "特", PaperExtension: "延", PaperWithdrawal: "撤", PaperReturn: "退", PaperPromise: "诺",

	PaperReferralReceipt: "转收", PaperRemand: "重", PaperCorrectionExtended: "补延", PaperInspectorsAppointed: "派",
	PaperInspectionRecord: "核", PaperOpinion: "意", PaperInterestedNotice: "利", PaperStatementRecord: "陈",
	PaperHearingRight: "听告", PaperHearingWaiver: "听弃", PaperHearingRequest: "听申", PaperHearingNotice: "听通",
	PaperHearingAnnouncement: "听公", PaperHearingMinutes: "听录", PaperHearingCancelled: "听终",
	PaperSpecialReplanned: "特变", PaperSpecialResult: "特果", PaperDebtReceipt: "容收", PaperDebtExtended: "容延",
	PaperAcceptanceRevoked: "撤受", PaperReferral: "转", PaperServiceProof: "送", PaperDeemedRenewal: "视延",
	PaperTermination: "终", PaperSimOpinion: "模", PaperClerical: "更", PaperUrge: "督", PaperOverdueExplained: "超",
	PaperPostCheck: "后核", PaperAgainAllowed: "准补", PaperSentBack: "容退",
	PaperSuspension: "扣", PaperSuspensionLifted: "解扣", PaperAnnulment: "撤销", PaperTakingBack: "撤回",
	PaperRevocation: "吊", PaperCancellation: "注",
}

// issue gives the document its number and keeps it.
func (ch *change) issue(d *Document) (int64, error) {
	n, err := countDocuments(ch.tx, ch.c.ID, d.Kind)
	if err != nil {
		return 0, err
	}
	d.ID, d.Case, d.At, d.Token = ch.tx.NewID(), ch.c.ID, ch.tx.Now(), rand.Text()
	d.No = ch.paperNo(d.Kind, n)
	ch.out.Document, ch.paper = d.ID, d.No
	return d.ID, insertDocument(ch.tx, d)
}

// paperNo is the number of a paper after n of its kind.
func (ch *change) paperNo(kind Paper, n int) string {
	no := ch.c.No + "-" + marks[kind]
	if n > 0 {
		no += strconv.Itoa(n + 1)
	}
	return no
}

// document begins a paper of the case.
func (ch *change) document(kind Paper, title, seal string) *Document {
	return &Document{Kind: kind, Content: Content{
		Title: title, Addressee: ch.c.PartyName, Issuer: ch.issuer(), Date: today(ch.tx).String(), Seal: seal,
	}}
}

// issuer is the name of the authority in whose name the paper speaks.
func (ch *change) issuer() string {
	if u, err := ch.s.Office.Unit(ch.tx, ch.c.Body); err == nil {
		return u.Name
	}
	return ch.c.Body
}

// day writes a day as papers do: 2026年11月22日.
func day(d calendar.Date) string {
	y, m, n := d.Date()
	return fmt.Sprintf("%d年%d月%d日", y, m, n)
}

func (ch *change) applied() string {
	return fmt.Sprintf("你（单位）于%s提出的“%s”申请（办件编号%s）", day(calendar.DateOf(ch.c.ReceivedAt)), ch.c.ItemName, ch.c.No)
}

func (ch *change) receiptDocument(list []Material, terms Terms) *Document {
	d := ch.document(PaperReceipt, "收件凭证", sealWindow)
	d.Content.Table = [][]string{{"序号", "材料名称", "收到情况"}}
	for i, m := range list {
		got := notHanded
		switch m.Source {
		case SourceUpload:
			got = "已收，电子件"
		case SourcePaper:
			got = "已收，纸质件"
		case SourceCertificate:
			got = "免交，用电子证照"
		default:
			if m.Need == catalog.Optional {
				got = notHanded + "，非必要"
			}
		}
		d.Content.Table = append(d.Content.Table, []string{strconv.Itoa(i + 1), m.Name, got})
	}
	d.Content.Paragraphs = []string{ch.applied() + "，本机关已收到，材料清单如下。"}
	within := "当日内"
	if n := terms.Notice; n > 0 && n < len(numerals) { // five by law (32(4)), fewer where the item says so
		within = "之日起" + numerals[n] + "个工作日内"
	}
	notice := "本机关自收到材料" + within + "作出是否受理的决定，需要补正的一次告知全部内容"
	if terms.Deem {
		notice += "；逾期不告知的，自收到材料之日起即为受理"
	}
	notice += "。"
	d.Content.After = []string{notice, "凭办件编号或者扫描下方二维码可以查询进度。本凭证不是受理通知书。"}
	return d
}

var numerals = []string{"零", "一", "二", "三", "四", "五"}

// notHanded begins what the receipt says of a material that has not come.
const notHanded = "未交"

// Handed is how many materials had come when the application was received, as its receipt says.
func (v *View) Handed() (n int) {
	i := slices.IndexFunc(v.Documents, func(d Document) bool { return d.Kind == PaperReceipt })
	if i < 0 {
		return 0
	}
	for _, row := range v.Documents[i].Content.Table[1:] { // below the heads
		if !strings.HasPrefix(row[len(row)-1], notHanded) {
			n++
		}
	}
	return n
}

// under cites the article of the licence law for licences; the law does not
// reach other kinds of items.
func (ch *change) under(article string) string {
	if ch.c.Matter.Terms.Kind != KindLicence {
		return ""
	}
	return "依据《中华人民共和国行政许可法》" + article + "，"
}

func (ch *change) correctionDocument(list []Material, in Input) (*Document, error) {
	d := ch.document(PaperCorrectionNotice, "补正材料一次性告知书", sealWindow)
	for _, m := range list {
		if m.Verdict == Correct {
			d.Content.Items = append(d.Content.Items, m.Name+"："+m.Reason)
		}
	}
	by := in.CorrectBy
	if by == 0 {
		by = ch.law.Cal.AddWorkdays(today(ch.tx), ch.c.Matter.Terms.Settings.CorrectionDays)
	}
	d.Content.Paragraphs = []string{
		ch.applied() + "，经核对，需要补正。" + ch.under("第三十二条第一款第四项") + "现将需要补正的全部内容一次告知如下：",
	}
	if ch.c.Matter.Has(FlagCorrected) {
		if err := ch.second(d, list, in); err != nil {
			return nil, err
		}
	}
	d.Content.After = []string{
		"请在" + day(by) + "前补正。可以在网上提交，也可以到综合窗口办理。补正后，本机关自收到补正材料之日起五个工作日内决定是否受理。",
		ch.remedy(RemedyComplaint, d.Content.Title, ""),
	}
	return d, nil
}

func (ch *change) correctedDocument(list []Material, fixes []string) *Document {
	d := ch.document(PaperCorrectionReceipt, "补正材料收件凭证", sealWindow)
	var missing []string
	for _, m := range list {
		if slices.Contains(fixes, m.Key) {
			d.Content.Items = append(d.Content.Items, m.Name)
		} else if m.Verdict == Correct {
			missing = append(missing, m.Name)
		}
	}
	d.Content.Paragraphs = []string{ch.applied() + "，本机关于" + day(today(ch.tx)) + "收到下列补正材料："}
	if len(missing) > 0 {
		d.Content.After = []string{"告知书列明的下列材料还没有补正：" + strings.Join(missing, "、") + "。本机关可以就此再告知一次，也可以不予受理。"}
	}
	return d
}

func (ch *change) acceptanceDocument(list []Material, in Input) *Document {
	d := ch.document(PaperAcceptance, "受理通知书", sealWindow)
	text := ch.applied() + "，申请材料齐全、符合规定形式，" + ch.under("第三十二条第一款第五项") + "予以受理。"
	if len(in.Debts) > 0 {
		text = ch.applied() + "，主要材料齐全、符合规定形式，其余材料按容缺受理，" + ch.under("第三十二条第一款第五项") + "予以受理。"
		d.Content.Items = owedLines(list)
	}
	d.Content.Paragraphs = []string{text}
	d.Content.After = ch.limits()
	return d
}

// owedLines names each material that comes later with its day.
func owedLines(list []Material) (lines []string) {
	for _, m := range list {
		if due, err := calendar.ParseDate(m.Due); err == nil && m.Verdict == Tolerate {
			lines = append(lines, fmt.Sprintf("%s：请在%s前补齐；到期未补齐的，不能作出准予决定。", m.Name, day(due)))
		}
	}
	return lines
}

// limits tells the applicant when to expect a decision.
func (ch *change) limits() []string {
	t := ch.c.Matter.Terms
	text := ""
	if t.Promised > 0 {
		text = fmt.Sprintf("本机关承诺自受理之日起%d个%s内办结", t.Promised, unitWords[t.PromisedUnit])
	}
	if t.Limit > 0 {
		if text != "" {
			text += "；"
		}
		text += fmt.Sprintf("法定办结时限为%d个%s", t.Limit, unitWords[t.Unit])
	}
	if text == "" {
		return nil
	}
	return []string{text + "。依法需要听证、招标、拍卖、检验、检测、检疫、鉴定和专家评审的，所需时间另行书面告知，不计入期限。"}
}

var unitWords = map[Unit]string{UnitWorkday: "工作日", UnitDay: "自然日", UnitMonth: "月", UnitHour: "小时", UnitMinute: "分钟"}

func (ch *change) deemedDocument(at time.Time, list []Material) *Document {
	d := ch.document(PaperDeemedAcceptance, "受理通知书（视为受理）", sealWindow)
	d.Content.Paragraphs = []string{
		ch.applied() + "，本机关在法定期限内未作出受理与否的决定，也未告知补正。依据《中华人民共和国行政许可法》第三十二条第一款第四项，自收到申请材料之日起即为受理。",
		"视为受理的时间为" + day(calendar.DateOf(ch.c.Matter.Entered)) + "，系统于" + day(calendar.DateOf(at)) + "零时确认。",
	}
	if d.Content.Items = owedLines(list); len(d.Content.Items) > 0 {
		d.Content.Paragraphs = append(d.Content.Paragraphs, "下列材料按你（单位）的承诺补交：")
	}
	d.Content.After = ch.limits()
	return d
}

// endDocument is the paper of an act that ends the case before a decision.
func (ch *change) endDocument(act Act, in Input) *Document {
	switch act {
	case ActNotRequired:
		d := ch.document(PaperNotRequired, "不受理告知书", sealWindow)
		d.Content.Paragraphs = []string{
			ch.applied() + "，依法不需要办理本事项。" + ch.under("第三十二条第一款第一项") + "告知不受理。",
			"理由：" + in.Reason,
		}
		d.Content.After = []string{ch.remedy(ch.c.Matter.Terms.unserved(), d.Content.Title, "通知")}
		return d
	case ActNotAccept:
		d := ch.document(PaperNonAcceptance, "不予受理决定书", sealWindow)
		law := ch.under("第三十二条")
		if in.Basis != "" {
			law = "依据" + in.Basis + "，"
		}
		d.Content.Paragraphs = []string{ch.applied() + "，" + law + "决定不予受理。", "理由：" + in.Reason}
		if in.Agency != "" {
			d.Content.Paragraphs = append(d.Content.Paragraphs, "请向"+in.Agency+"申请。")
		}
		if in.Ground == GroundFalseMaterials && ch.c.Matter.Terms.Safety {
			d.Content.Paragraphs = append(d.Content.Paragraphs, ch.under("第七十八条")+"你（单位）自本决定作出之日起一年内不得再次申请本事项。")
		}
		d.Content.After = []string{ch.remedy(ch.c.Matter.Terms.against(), d.Content.Title, "决定")}
		return d
	default:
		d := ch.document(PaperWithdrawal, "撤回申请确认书", sealWindow)
		d.Content.Paragraphs = []string{ch.applied() + "，你（单位）于" + day(today(ch.tx)) + "申请撤回。本机关已终止办理，所交材料可以取回。需要时可以重新申请。"}
		return d
	}
}

func (ch *change) specialDocument(t Task, in *Input) (*Document, error) {
	d := ch.document(PaperSpecialNotice, "特别程序告知书", sealWindow)
	end := ch.law.Cal.AddWorkdays(today(ch.tx), in.Planned)
	law := ch.under("第四十五条")
	if in.Basis != "" {
		law = "依据" + in.Basis + "，"
	}
	d.Content.Paragraphs = []string{
		fmt.Sprintf("%s，需要进行%s，预计%d个工作日，至%s。%s所需时间不计入办理期限。", ch.applied(), t.Name, in.Planned, day(end), law),
	}
	d.Content.After = []string{ch.remedy(RemedyComplaint, d.Content.Title, "")}
	n, err := countDocuments(ch.tx, ch.c.ID, PaperSpecialNotice)
	in.Notice = ch.paperNo(PaperSpecialNotice, n)
	return d, err
}

func (ch *change) extensionDocument(in Input) *Document {
	d := ch.document(PaperExtension, "延长期限告知书", sealAuthority)
	approver := "本机关负责人"
	if in.Approver == RankGovernmentHead {
		approver = "本级人民政府负责人（" + in.Basis + "）"
	}
	d.Content.Paragraphs = []string{
		fmt.Sprintf("%s，在法定期限内不能作出决定。%s经%s批准，延长%d个%s。", ch.applied(), ch.under("第四十二条"), approver, in.Days,
			unitWords[ch.c.Matter.Terms.ExtendsIn()]),
		"理由：" + in.Reason,
	}
	d.Content.After = []string{ch.remedy(RemedyComplaint, d.Content.Title, "")}
	return d
}

func (ch *change) decisionDocument(act Act, in Input) *Document {
	if act == ActGrant {
		d := ch.document(PaperGrant, "准予行政许可决定书", sealAuthority)
		if ch.c.Matter.Terms.Kind != KindLicence {
			d.Content.Title = "准予决定书"
		}
		d.Content.Paragraphs = []string{
			ch.applied() + "，经审查，符合法定条件、标准。依据《中华人民共和国行政许可法》第三十八条第一款，决定准予“" + ch.c.ItemName + "”。",
		}
		if ch.c.Matter.Terms.Kind != KindLicence {
			d.Content.Paragraphs = []string{ch.applied() + "，经审查，符合规定条件，决定准予“" + ch.c.ItemName + "”。"}
		}
		if in.Reason != "" {
			d.Content.Paragraphs = append(d.Content.Paragraphs, in.Reason)
		}
		if !ch.c.Matter.Terms.NoCertificate {
			d.Content.After = []string{"本机关自作出决定之日起十个工作日内向你（单位）颁发、送达证件。"}
		}
		return d
	}
	d := ch.document(PaperRefusal, "不予行政许可决定书", sealAuthority)
	if ch.c.Matter.Terms.Kind != KindLicence {
		d.Content.Title = "不予决定书"
	}
	d.Content.Paragraphs = []string{
		ch.applied() + "，经审查，依据" + in.Basis + "，决定不予“" + ch.c.ItemName + "”。", "理由：" + in.Reason,
	}
	if len(in.Unmet) > 0 {
		d.Content.Paragraphs = append(d.Content.Paragraphs, "不符合的条件："+strings.Join(in.Unmet, "；"))
	}
	if in.Standard != "" {
		d.Content.Paragraphs = append(d.Content.Paragraphs, "所依据的技术标准、技术规范："+in.Standard)
	}
	if in.Ground == GroundFalseMaterials && ch.c.Matter.Terms.Safety {
		d.Content.Paragraphs = append(d.Content.Paragraphs, ch.under("第七十八条")+"你（单位）自本决定作出之日起一年内不得再次申请本事项。")
	}
	d.Content.After = []string{ch.remedy(ch.c.Matter.Terms.against(), d.Content.Title, "决定")}
	return d
}

// remedy is a remedies text of the law table with the facts of this authority.
func (ch *change) remedy(r Remedy, paper, kind string) string {
	text, err := r.Text(ch.s.Remedies.facts(paper, kind))
	if err != nil {
		panic(err) // Remedies is checked when the program starts
	}
	return text
}

// Remedies are the bodies that remedies texts name. All are required.
type Remedies struct {
	Reviewer   string // 复议机关
	Site       string // its online channel
	Court      string
	Supervisor string // whom to tell about the handling
	Phone      string
}

func (r Remedies) facts(paper, kind string) RemedyFacts {
	return RemedyFacts{
		Kind: kind, Paper: paper, Reviewer: r.Reviewer, Site: r.Site, Court: r.Court, Supervisor: r.Supervisor, Phone: r.Phone,
	}
}

// Check reports a fact that is missing: a paper with a gap in its remedies
// lengthens every period to a year (复议法 Art. 20).
func (r Remedies) Check() error {
	for _, text := range []Remedy{RemedyReviewOrSuit, RemedyComplaint} {
		if _, err := text.Text(r.facts("文书", "决定")); err != nil {
			return err
		}
	}
	return nil
}

// DocumentOf returns a paper to whoever may see its case.
func (s *Service) DocumentOf(tx *db.Tx, who auth.Actor, id int64) (Document, *Case, error) {
	d, err := findDocument(tx, "id", id)
	if err != nil {
		return d, nil, err
	}
	c, err := findCase(tx, d.Case)
	if err != nil {
		return d, nil, err
	}
	if who.Kind == auth.Applicant && d.Kind.Inside() {
		return d, nil, fault.New(fault.Unknown, "cases.document_unknown")
	}
	return d, c, s.may(tx, who, maySee, c, "")
}

// Code is the token of a paper as it is printed beside the QR code, for those who
// type it: in groups of four.
func (d Document) Code() string {
	var groups []string
	for group := range slices.Chunk([]byte(d.Token), 4) {
		groups = append(groups, string(group))
	}
	return strings.Join(groups, " ")
}

// looksLike are the characters that a code never has and that people type for
// those that it has.
var looksLike = strings.NewReplacer("0", "O", "1", "I", "8", "B")

// TidyCode makes the token of a code however it was typed: blanks, hyphens, wide
// and lower-case letters do no harm.
func TidyCode(typed string) string { return looksLike.Replace(number.Tidy(typed)) }

// DocumentByToken returns a paper to whoever holds its code, scanned or typed, for
// checking.
func (s *Service) DocumentByToken(tx *db.Tx, typed string) (Document, *Case, error) {
	d, err := findDocument(tx, "token", TidyCode(typed))
	if err != nil {
		return d, nil, err
	}
	c, err := findCase(tx, d.Case)
	return d, c, err
}
