package cases

import (
	"fmt"
	"strings"
)

// Papers of acts that have use cases of their own.

// inspectionDocument is the record of a site check (Art. 34¶3).
func (ch *change) inspectionDocument(r Review, names []string) *Document {
	d := ch.formal(PaperInspectionRecord)
	on, err := ch.visitedOn(r.Visited)
	if err != nil { // none was entered
		on = today(ch.tx)
	}
	d.Content.Paragraphs = []string{
		fmt.Sprintf("%s，%s本机关于%s对申请材料的实质内容进行现场核查。", ch.applied(), ch.under("第三十四条第三款"), day(on)),
		"核查人员：" + strings.Join(names, "、"),
		"核查情况：" + r.Text, "核查意见：" + conclusions[r.Conclusion] + "。",
	}
	d.Content.Sign = []string{"核查人员", "核查人员", "被核查人", "日期"}
	return d
}

// unitOpinion is the opinion that a unit owes on a joint case (Art. 26), given at its step.
func (ch *change) unitOpinion(t Task, r Review) *Document {
	d := ch.formal(PaperOpinion)
	d.Content.Addressee = ch.issuer()
	d.Content.Paragraphs = []string{
		fmt.Sprintf("%s，%s%s提出审查意见如下。", ch.applied(), ch.under("第二十六条第二款"), ch.s.unitName(ch.tx, t.Unit)),
		fmt.Sprintf("意见：%s。%s", conclusions[r.Conclusion], r.Text),
	}
	d.Content.Sign = []string{"经办人", "负责人"}
	return d
}

// specialResult is the paper of a special procedure that ends at its step.
func (ch *change) specialResult(in Input) *Document {
	t := &telling{ch: ch, in: in, d: ch.formal(PaperSpecialResult)}
	if m, _, no := ch.law.Apply(ch.c.Matter, ActEndSpecial, in, ch.tx.Now()); no == nil {
		t.then = m
	}
	t.specialEnded()
	return t.d
}

// debtReceipt confirms that a material which was to come later has come.
func (ch *change) debtReceipt(m Material) *Document {
	d := ch.formal(PaperDebtReceipt)
	accepted := "已按容缺受理"
	if ch.c.Matter.openDebt(m.Key) == nil {
		accepted = "已受理"
	}
	d.Content.Paragraphs = []string{fmt.Sprintf("%s，%s。本机关于%s收到补齐的《%s》，符合要求。", ch.applied(), accepted, day(today(ch.tx)), m.Name)}
	return d
}

// deliveryProof says that the result was handed over (Art. 44).
func (ch *change) deliveryProof(proof string) *Document {
	d := ch.formal(PaperServiceProof)
	d.Content.Paragraphs = []string{fmt.Sprintf("%s的办理结果，%s于%s颁发、送达。", ch.applied(), ch.under("第四十四条"), day(today(ch.tx))), "送达情况：" + proof}
	d.Content.Sign = []string{"受送达人", "送达人", "日期"}
	return d
}

// secondProof says that the next version of a certificate was handed over to its holder.
func (ch *change) secondProof(proof string) (*Document, error) {
	t := &telling{ch: ch, d: ch.formal(PaperServiceProof)}
	t.say("%s，依法补发的新证件于%s送达。", t.held(), day(today(ch.tx)))
	t.say("送达情况：%s", proof)
	t.d.Content.Sign = []string{"受送达人", "送达人", "日期"}
	return t.d, t.err
}

// lapsed is the paper of what the law itself does when a limit passes.
func (ch *change) lapsed(after Matter) *Document {
	t := &telling{ch: ch, then: after}
	switch after.State {
	case StateReturned:
		t.in.Reason, t.d = "补正期限届满，没有收到补正材料。", ch.formal(PaperReturn)
		t.returned()
		t.after(t.remedy(ch.c.Matter.Terms.unserved()))
	case StateGranted: // Art. 50¶2
		t.d = ch.formal(PaperDeemedRenewal)
		t.say("%s，本机关在该行政许可有效期届满前未作出是否准予延续的决定。依据《中华人民共和国行政许可法》第五十条第二款，视为准予延续。", ch.applied())
		if c := after.Certificate; c != nil && c.Expires != 0 {
			t.say("延续后的有效期至%s。", day(c.Expires))
		}
	default:
	}
	return t.d
}
