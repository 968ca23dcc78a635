package scenario

import (
	"bytes"
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	"onedoor.app/domain/cases"
	"onedoor.app/engine/calendar"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

type answers = map[string]string

// acts says by which use cases each act of the law is done.
var acts = map[cases.Act]func(*play, event) error{
	// Receipt and acceptance
	cases.ActReceive:          (*play).receive,
	cases.ActStartSim:         (*play).rehearse,
	cases.ActFixOnSpot:        (*play).fix,
	cases.ActNotifyCorrection: (*play).notify,
	cases.ActNotifyAgain:      (*play).notify,
	cases.ActCorrect:          (*play).correct,
	cases.ActAccept:           (*play).accept,
	cases.ActNotRequired:      (*play).notAccept,
	cases.ActNotAccept:        (*play).notAccept,
	cases.ActGrantOnSpot:      (*play).grantOnSpot,
	cases.ActExtendCorrection: func(p *play, e event) error {
		return p.perform(p.as(e, clerk), e.Act, answers{"correct_by": date(e.CorrectBy), "reason": otherwise(e.Reason, "申请人要求延长")})
	},
	cases.ActReturnLapsed: func(p *play, e event) error {
		return p.perform(p.as(e, clerk), e.Act, answers{"reason": words(e.Reason)})
	},
	cases.ActDeemAccepted: func(p *play, e event) error { return p.perform(p.as(e, clerk), e.Act, nil) },
	cases.ActDeemRenewed:  func(p *play, e event) error { return p.perform(p.as(e, clerk), e.Act, nil) },

	// Review
	cases.ActBeginReview: (*play).review,
	cases.ActAppointInspectors: func(p *play, e event) error {
		return p.perform(p.as(e, reviewer), e.Act, answers{"inspectors": p.inspectors(e), "day": p.day(), "task": "核查现场情况"})
	},
	cases.ActInspect: func(p *play, e event) error {
		result := ""
		if e.Record {
			result = "现场情况已经记录"
		}
		return p.perform(p.as(e, reviewer), e.Act, answers{"inspectors": p.inspectors(e), "day": p.day(), "result": result, "conclusion": cases.Agree})
	},
	cases.ActGiveOpinion: (*play).opinion,
	cases.ActTellInterested: func(p *play, e event) error {
		return p.perform(p.as(e, reviewer), e.Act, answers{"parties": cmp.Or(p.parties(e), "相邻住户"), "interest": "涉及相邻权益", "until": p.ahead(5)})
	},
	cases.ActHearStatement: func(p *play, e event) error {
		return p.perform(p.as(e, reviewer), e.Act, answers{"who": cmp.Or(p.name(e.Who), "相邻住户"), "statement": "担心噪声影响", "opinion": "已要求采取降噪措施"})
	},
	cases.ActTellHearingRight: func(p *play, e event) error {
		return p.perform(p.as(e, reviewer), e.Act, answers{"parties": p.parties(e), "interest": "涉及重大利益关系"})
	},
	cases.ActWaiveHearing:   (*play).speak,
	cases.ActRequestHearing: (*play).speak,
	cases.ActHoldHearing:    (*play).hear,
	cases.ActCancelHearing: func(p *play, e event) error {
		return p.perform(p.as(e, lawyer), e.Act, answers{"who": p.name(e.Who), "reason": otherwise(e.Reason, "撤回了听证申请")})
	},
	cases.ActStartSpecial: (*play).special,
	cases.ActReplanSpecial: func(p *play, e event) error {
		return p.perform(p.as(e, reviewer), e.Act, answers{"kind": string(e.Kind), "planned": number(e.Planned), "reason": words(e.Reason)})
	},
	cases.ActEndSpecial: func(p *play, e event) error {
		return p.perform(p.as(e, reviewer), e.Act, answers{"kind": string(e.Kind), "result": words(e.Result)})
	},
	cases.ActExtend: (*play).extend,
	cases.ActSettleDebt: func(p *play, e event) error {
		_, err := p.Cases.Supply(p.ctx, p.as(e, clerk), p.on(), e.Material, true)
		return err
	},
	cases.ActExtendDebt: func(p *play, e event) error {
		return p.perform(p.as(e, reviewer), e.Act, answers{"material": e.Material, "until": date(e.Until), "reason": otherwise(e.Reason, "出具机关延后")})
	},
	cases.ActLapseDebt: func(p *play, e event) error {
		return p.perform(p.as(e, decider), e.Act, answers{"reason": words(e.Reason)})
	},

	// Decision and end
	cases.ActGrant:  (*play).decide,
	cases.ActRefuse: (*play).decide,
	cases.ActReferUp: func(p *play, e event) error {
		return p.perform(p.as(e, decider), e.Act, answers{"agency": cmp.Or(e.Agency, "省级主管部门"), "opinion": words(e.Opinion)})
	},
	cases.ActMakeCertificate: func(p *play, e event) error { return p.Make(p.ctx, p.as(e, issuer), p.id, e.Until) },
	cases.ActDeliver: func(p *play, e event) error {
		return p.Cases.DB.Write(p.ctx, func(tx *db.Tx) error {
			_, err := p.Cases.Deliver(tx, p.as(e, issuer), p.on(), e.Served)
			return err
		})
	},
	cases.ActWithdraw: (*play).withdraw,
	cases.ActTerminate: func(p *play, e event) error {
		who := p.as(e, head)
		if e.Approver != cases.RankAgencyHead {
			who = p.who("", decider)
		}
		return p.perform(who, e.Act, answers{"ground": string(e.Ground), "reason": otherwise(e.Reason, "情况属实，予以终止")})
	},
	cases.ActRemand: func(p *play, e event) error {
		to := cases.StateReceived
		if len(e.To) == 1 {
			to = cases.State(e.To[0])
		}
		return p.anew(p.as(e, head), e.Act, answers{"basis": e.Basis, "to": string(to), "days": number(e.Days)})
	},
	cases.ActTakeReferral: func(p *play, e event) error {
		return p.anew(p.as(e, clerk), e.Act, answers{"opinion": words(e.Opinion)})
	},

	// On a certificate
	cases.ActSuspendCertificate: func(p *play, e event) error {
		return p.perform(p.as(e, decider), e.Act, answers{"ground": string(e.Ground), "basis": cmp.Or(e.Penalty, e.Basis, "罚〔2026〕1号"), "reason": otherwise(e.Reason, "处罚期间暂扣")})
	},
	cases.ActLiftCertificate: func(p *play, e event) error {
		return p.perform(p.as(e, decider), e.Act, answers{"reason": otherwise(e.Reason, "暂扣期满")})
	},
	cases.ActAnnul: func(p *play, e event) error {
		v := answers{"ground": string(e.Ground), "public_harm": "no", "statement": "持证人陈述了意见", "reason": otherwise(e.Reason, "依法应当撤销")}
		if e.Heard {
			v["heard"] = "yes"
		}
		if e.PublicHarm {
			v["public_harm"] = "yes"
		}
		return p.perform(p.as(e, decider), e.Act, v)
	},
	cases.ActTakeBack: func(p *play, e event) error {
		v := answers{"ground": string(e.Ground), "reason": otherwise(e.Reason, "所依据的法律已经修改")}
		if e.Compensate {
			v["compensation"] = "依法给予补偿"
		}
		return p.perform(p.as(e, decider), e.Act, v)
	},
	cases.ActRevokeCertificate: func(p *play, e event) error {
		return p.perform(p.as(e, decider), e.Act, answers{"ground": string(e.Ground), "penalty": e.Penalty, "reason": otherwise(e.Reason, "依法予以吊销")})
	},
	cases.ActCancelCertificate: func(p *play, e event) error {
		return p.perform(p.as(e, decider), e.Act, answers{"ground": string(e.Ground), "reason": otherwise(e.Reason, "依法予以注销")})
	},
	cases.ActReissue: func(p *play, e event) error {
		return p.perform(p.as(e, issuer), e.Act, answers{"ground": cmp.Or(string(e.Ground), "lost"), "reason": otherwise(e.Reason, "证件遗失，已经声明")})
	},
	cases.ActChangeCertificate: (*play).change,

	// Records
	cases.ActServe: func(p *play, e event) error {
		return p.perform(p.as(e, clerk), e.Act, answers{"document": p.paper(), "way": "direct", "day": p.day(), "receiver": p.applicant().Name})
	},
	cases.ActPublish: func(p *play, e event) error {
		return p.perform(p.as(e, reviewer), e.Act, answers{"place": "政务公开网站"})
	},
	cases.ActCorrectClerical: func(p *play, e event) error {
		return p.perform(p.as(e, reviewer), e.Act, answers{"document": p.paper(), "wrong": "甲", "right": "乙"})
	},
	cases.ActUrge: func(p *play, e event) error {
		return p.perform(p.as(e, watcher), e.Act, answers{"reason": otherwise(e.Reason, "请尽快办理"), "until": p.ahead(3)})
	},
	cases.ActExplainOverdue: func(p *play, e event) error {
		return p.perform(p.as(e, reviewer), e.Act, answers{"reason": words(e.Reason), "until": date(e.Until)})
	},
	cases.ActPostCheck: func(p *play, e event) error {
		return p.perform(p.as(e, reviewer), e.Act, answers{"finding": "kept", "result": otherwise(e.Result, "与承诺一致")})
	},
	cases.ActRemedyFiled: func(p *play, e event) error {
		return p.perform(p.as(e, reviewer), e.Act, answers{"remedy": "review", "agency": "市人民政府", "docket": cmp.Or(e.Basis, "复受〔2026〕1号"), "day": p.day()})
	},

	// The rehearsal
	cases.ActGiveSimOpinion: func(p *play, e event) error {
		return p.perform(p.as(e, reviewer), e.Act, answers{"conclusion": cases.Agree, "opinion": otherwise(e.Opinion, "具备申请条件")})
	},
	cases.ActConvert: func(p *play, e event) error { return p.perform(p.as(e, clerk), e.Act, nil) },
	cases.ActCloseSim: func(p *play, e event) error {
		return p.perform(p.as(e, clerk), e.Act, answers{"reason": otherwise(e.Reason, "不再需要")})
	},
}

// paper is the number of the latest paper of the case.
func (p *play) paper() string {
	docs := p.view().Documents
	if len(docs) == 0 {
		return ""
	}
	return docs[len(docs)-1].No
}

var pdf = []byte("%PDF-1.4\n1 0 obj <<>> endobj\ntrailer <<>>\n%%EOF\n")

func date(d calendar.Date) string {
	if d == 0 {
		return ""
	}
	return d.String()
}

func number(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// ahead is the n-th working day after today.
func (p *play) ahead(n int) string {
	return p.Cases.Law.Cal.AddWorkdays(calendar.DateOf(p.now), n).String()
}

func (p *play) inspectors(e event) string {
	var list []string
	for _, name := range e.Inspectors {
		list = append(list, p.no[p.who(name, inspector).Staff])
	}
	return strings.Join(list, " ")
}

func (p *play) parties(e event) string {
	var list []string
	for _, name := range e.To {
		list = append(list, p.name(name))
	}
	return strings.Join(list, "\n")
}

func (p *play) receive(e event) error  { return p.handIn(e, p.Cases.Submit) }
func (p *play) rehearse(e event) error { return p.handIn(e, p.Cases.Rehearse) }

// handIn fills a draft in and hands it in. Online nothing can be left out: what lacks turns out to be unfit.
func (p *play) handIn(e event, submit handing) error {
	who, of := p.as(e, clerk), p.applicant().Party
	online := e.Channel == cases.ChannelOnline
	if online {
		who, of = p.applicant(), 0
	}
	d, err := p.Cases.Begin(p.ctx, who, p.code+p.variant, of)
	if err != nil {
		return err
	}
	filling, err := p.filling()
	if err != nil {
		return err
	}
	if _, err := p.Cases.Save(p.ctx, who, d.ID, filling); err != nil {
		return err
	}
	for _, key := range p.sc.materials() {
		if !online && slices.Contains(e.Lacks, key) {
			continue
		}
		if _, err := p.Cases.Attach(p.ctx, who, cases.To{Draft: d.ID, Material: key}, key+".pdf", bytes.NewReader(pdf)); err != nil {
			return err
		}
	}
	out, err := submit(p.ctx, who, d.ID, "")
	if err == nil {
		p.id = out.Case
	}
	return err
}

// filling is what is filled in: the pledge, and the certificate that the application is about.
func (p *play) filling() (f cases.Filling, err error) {
	pledged := true
	f.Pledged = &pledged
	err = p.Cases.DB.Read(p.ctx, func(tx *db.Tx) error {
		it, err := p.Cases.Catalog.Current(tx, p.code+p.variant)
		if err != nil {
			return err
		}
		held, err := p.Cases.HeldFor(tx, it, p.applicant().Party)
		if len(held) > 0 {
			f.Certificate = &held[0].ID
		}
		return err
	})
	return f, err
}

func (p *play) judge(who auth.Actor, key string, verdict cases.Verdict, reason string, paper bool) error {
	_, err := p.Cases.Judge(p.ctx, who, p.on(), cases.Judgement{Material: key, Verdict: verdict, Reason: reason, Paper: paper})
	return err
}

// fix: what was missing is handed over at the window.
func (p *play) fix(e event) error {
	for _, key := range e.Fixes {
		if err := p.judge(p.who(e.By, clerk), key, cases.Pass, "", true); err != nil {
			return err
		}
	}
	return nil
}

// notify looks at everything and sends the one notice of what the scenario lists. What it does not list is taken for fit.
func (p *play) notify(e event) error {
	who := p.as(e, clerk)
	for _, m := range p.view().Materials {
		verdict, reason := cases.Pass, ""
		if slices.Contains(e.List, m.Key) {
			verdict, reason = cases.Correct, "不符合要求"
		}
		if err := p.judge(who, m.Key, verdict, reason, verdict == cases.Pass && m.Source == cases.SourceNone); err != nil {
			return err
		}
	}
	_, err := p.Cases.Notify(p.ctx, who, p.on(), e.CorrectBy)
	return err
}

// correct hands in what the notice asked for; what the scenario does not count as fixed comes and is still unfit.
func (p *play) correct(e event) error {
	who := p.as(e, clerk)
	if e.Channel == cases.ChannelOnline {
		who = p.applicant()
	}
	for _, key := range p.matter().Told {
		_, err := p.Cases.Attach(p.ctx, who, cases.To{Case: p.id, Material: key}, key+".pdf", bytes.NewReader(pdf))
		if err != nil && fault.Code(err) != "cases.material_not_asked" {
			return err
		}
	}
	if _, err := p.Cases.Correction(p.ctx, who, p.on(), nil); err != nil {
		return err
	}
	return p.fit(e.Fixes)
}

// fit: the window looks at what came and finds it fit.
func (p *play) fit(materials []string) error {
	for _, key := range materials {
		if err := p.judge(p.who("", clerk), key, cases.Pass, "", false); err != nil {
			return err
		}
	}
	return nil
}

// accept looks at everything and accepts: what lacks may come later where the scenario says by when.
func (p *play) accept(e event) error {
	who := p.as(e, clerk)
	if who.Kind == auth.Staff {
		if err := p.lookOver(who, e); err != nil {
			return err
		}
	}
	_, err := p.Cases.Accept(p.ctx, who, p.on())
	return err
}

func (p *play) lookOver(who auth.Actor, e event) error {
	if p.matter().State != cases.StateReceived {
		return nil // Accept says so
	}
	for _, m := range p.view().Materials {
		verdict := cases.Pass
		due, later := e.Debts[m.Key]
		switch {
		case later:
			verdict = cases.Tolerate
		case m.Source == cases.SourceNone || m.Verdict == cases.Correct:
			continue
		}
		_, err := p.Cases.Judge(p.ctx, who, p.on(), cases.Judgement{Material: m.Key, Verdict: verdict, Due: date(due)})
		if err != nil {
			return err
		}
	}
	if e.Promise == "" {
		return nil
	}
	_, err := p.Cases.Attach(p.ctx, who, cases.To{
		Case: p.id, Material: cases.ScanPromise, Promises: slices.Collect(maps.Keys(e.Debts)),
	}, e.Promise+".pdf", bytes.NewReader(pdf))
	return err
}

func (p *play) notAccept(e event) error {
	_, err := p.Cases.NotAccept(p.ctx, p.as(e, clerk), p.on(), e.Ground, words(e.Reason), e.Basis, e.Agency)
	return err
}

func (p *play) grantOnSpot(e event) error {
	if err := p.lookOver(p.who("", clerk), event{}); err != nil {
		return err
	}
	return p.perform(p.as(e, decider), e.Act, answers{"reason": words(e.Reason)})
}

// review passes the step of the reviewer, which turns the case to its review.
func (p *play) review(e event) error { return p.conclude(e, cases.Agree) }

func (p *play) conclude(e event, conclusion string) error {
	who := p.as(e, reviewer)
	for _, t := range p.view().Open() {
		if t.Slot == "decide" || t.Post != reviewer && t.Slot == "review" {
			continue
		}
		_, err := p.Cases.Opine(p.ctx, who, p.on(), cases.Review{Task: t.ID, Conclusion: conclusion, Text: "材料符合要求"})
		return err
	}
	return fault.New(fault.Conflict, "cases.task_done")
}

// opinion: a department gives its opinion at its own step. One that owes none has none.
func (p *play) opinion(e event) error {
	at := slices.Index(p.sc.Item.Units, e.Unit)
	for _, t := range p.view().Open() {
		if at < 0 || t.Unit != p.sc.units()[at] {
			continue
		}
		_, err := p.Cases.Opine(p.ctx, p.who("", t.Post), p.on(), cases.Review{Task: t.ID, Conclusion: cases.Agree, Text: otherwise(e.Opinion, "同意办理")})
		return err
	}
	return p.perform(p.who("", departments[len(departments)-1]+".rev"), e.Act, answers{"conclusion": cases.Agree, "opinion": otherwise(e.Opinion, "同意办理")})
}

// speak: the applicant speaks for themselves, others on paper at the window.
func (p *play) speak(e event) error {
	who := p.who("", clerk)
	if e.Who == "applicant" {
		who = p.applicant()
	}
	v := answers{"who": p.name(e.Who), "signed": "yes"}
	if e.Signed != nil && !*e.Signed {
		delete(v, "signed")
	}
	return p.perform(who, e.Act, v)
}

func (p *play) hear(e event) error {
	v := answers{"notified": date(e.Notified), "place": "政务服务中心二楼会议室", "attended": "申请人、利害关系人", "signed": "yes"}
	if e.Minutes {
		v["minutes"] = "双方陈述、质证，笔录经核对无误"
	}
	return p.perform(p.who(e.Chair, lawyer), e.Act, v)
}

// special: the program itself writes the notice, from the reason and the days. Whoever gives no notice gives neither.
func (p *play) special(e event) error {
	v := answers{"kind": string(e.Kind), "planned": number(e.Planned), "reason": otherwise(e.Reason, "依法需要进行"), "basis": e.Basis}
	if e.Notice == "" {
		delete(v, "reason")
	}
	return p.perform(p.as(e, reviewer), e.Act, v)
}

func (p *play) extend(e event) error {
	who, long := p.who("", head), cases.Longer{Days: e.Days, Reason: words(e.Reason)}
	switch e.Approver {
	case cases.RankGovernmentHead:
		long.Approval = "政批〔2026〕1号"
	case cases.RankAgencyHead:
	default:
		who = p.who("", decider)
	}
	_, err := p.Cases.Extend(p.ctx, who, p.on(), long)
	return err
}

// decide: where the step to decide has not opened nobody can, whatever they try.
func (p *play) decide(e event) error {
	open := p.view().Open()
	for _, t := range open {
		if t.Slot == "decide" {
			p.task = t.ID
		}
	}
	task := p.task
	if task == 0 && len(open) > 0 {
		task = open[0].ID
	}
	_, err := p.Cases.Decide(p.ctx, p.as(e, decider), p.on(), cases.Decision{
		Task: task, Grant: e.Act == cases.ActGrant, Reason: words(e.Reason), Basis: e.Basis, Standard: e.Standard,
		FalseMaterials: e.Ground == cases.GroundFalseMaterials, Unmet: e.Unmet,
	})
	if err != nil && p.task == 0 && fault.Code(err) == "cases.not_yours" {
		return fault.New(fault.Conflict, "cases.not_a_decision")
	}
	return err
}

func (p *play) withdraw(e event) error {
	signed := e.Signed == nil || *e.Signed
	switch {
	case !signed: // nothing to scan
		_, err := p.Cases.Withdraw(p.ctx, p.who("", clerk), p.on(), "不办了")
		return err
	case e.Role == "":
		e.Role = cases.RoleApplicant
	}
	who := p.as(e, clerk)
	if who.Kind == auth.Applicant {
		_, err := p.Cases.Withdraw(p.ctx, who, p.on(), otherwise(e.Reason, "不办了"))
		return err
	}
	_, err := p.Cases.WithdrawSigned(p.ctx, who, p.on(), "不办了", "撤回申请书.pdf", bytes.NewReader(pdf))
	return err
}
