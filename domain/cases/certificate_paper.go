package cases

import "slices"

// certificateGrounds are the grounds of acts on certificates in the words of papers.
var certificateGrounds = map[Ground]string{
	"penalty": "依法给予行政处罚", "statute": "法律、法规规定应当暂扣",

	"abuse": "行政机关工作人员滥用职权、玩忽职守作出准予行政许可决定", "ultra_vires": "超越法定职权作出准予行政许可决定",
	"procedure": "违反法定程序作出准予行政许可决定", "unqualified": "对不具备申请资格或者不符合法定条件的申请人准予行政许可",
	"other_law": "法律、法规规定的其他情形", GroundFraud: "被许可人以欺骗、贿赂等不正当手段取得行政许可",
	GroundPledgeFailed: "承诺的内容未履行，经责令限期整改仍不符合条件",

	"law_changed": "行政许可所依据的法律、法规、规章修改或者废止", "facts_changed": "准予行政许可所依据的客观情况发生重大变化",

	"expired": "有效期届满未延续", "dead": "赋予公民特定资格的行政许可，该公民死亡", "incapable": "赋予公民特定资格的行政许可，该公民丧失行为能力",
	"dissolved": "法人或者其他组织依法终止", "annulled": "行政许可已被依法撤销", "taken_back": "行政许可已被依法撤回",
	"revoked": "行政许可证件已被依法吊销", "force_majeure": "因不可抗力导致行政许可事项无法实施", GroundHolderAsks: "持证人申请注销",

	"lost": "遗失", "damaged": "损毁",
}

// held names the certificate that the act is about, as its holder knows it.
func (t *telling) held() string {
	ch := t.ch
	name, number := ch.c.ItemName, ""
	if it, err := ch.s.Catalog.Version(ch.tx, ch.c.ItemVersion); err == nil {
		name = it.Result.Name
	}
	if ch.s.Results != nil {
		list, err := ch.s.Results(ch.tx, ch.c.ID)
		if i := slices.IndexFunc(list, func(r Result) bool { return r.Kind == ResultCertificate }); err == nil && i >= 0 {
			name, number = list[i].Name, "（编号"+list[i].Number+"）"
		}
	}
	return "你（单位）持有的《" + name + "》" + number
}

func (t *telling) suspended() {
	t.say("%s，因%s，依据%s，本机关决定自%s起暂扣。", t.held(), certificateGrounds[t.in.Ground], t.in.Basis, day(today(t.ch.tx)))
	t.say("理由：%s", t.in.Reason)
	if t.in.Until != 0 {
		t.say("暂扣至%s，期满后由本机关解除。", day(t.in.Until))
	}
	t.after("暂扣期间不得从事该证件准予的活动。")
}

func (t *telling) suspensionLifted() {
	t.say("%s，本机关决定自%s起解除暂扣，证件恢复有效。", t.held(), day(today(t.ch.tx)))
	t.say("理由：%s", t.in.Reason)
}

// annulled cites the paragraph under which the ground falls: fraud must be annulled and protects nothing, the other
// grounds may be, and what the holder then loses is made good (Art. 69¶2, ¶4). A pledge that its holder broke is none of
// them: it was granted on that pledge (优化营商环境条例 Art. 40), and practice withdraws it without making good.
func (t *telling) annulled() {
	law, consequence := t.ch.under("第六十九条第一款"), "撤销该行政许可，你（单位）的合法权益受到损害的，本机关依法给予赔偿。"
	switch t.in.Ground {
	case GroundPledgeFailed:
		law, consequence = "依据《优化营商环境条例》第四十条关于告知承诺的规定和你（单位）签署的承诺，", ""
	case GroundFraud:
		law, consequence = t.ch.under("第六十九条第二款"), "你（单位）基于该行政许可取得的利益不受保护。"
		if t.ch.c.Matter.Terms.Safety {
			consequence += "依据《中华人民共和国行政许可法》第七十九条，你（单位）在三年内不得再次申请该行政许可。"
		}
	}
	t.say("%s，因%s，%s本机关决定予以撤销。", t.held(), certificateGrounds[t.in.Ground], law)
	t.say("理由：%s", t.in.Reason)
	t.say("作出本决定前，本机关听取了你（单位）的陈述和申辩：%s", t.v["statement"])
	if consequence != "" {
		t.after(consequence)
	}
}

func (t *telling) takenBack() {
	t.say("%s，因%s，为了公共利益的需要，%s本机关决定予以撤回。", t.held(), certificateGrounds[t.in.Ground], t.ch.under("第八条第二款"))
	t.say("理由：%s", t.in.Reason)
	t.say("补偿：%s", t.v["compensation"])
}

func (t *telling) revoked() {
	t.say("%s，根据%s，本机关决定予以吊销。", t.held(), t.in.Penalty)
	t.say("理由：%s", t.in.Reason)
	t.after("自本决定送达之日起，不得从事该证件准予的活动。")
}

func (t *telling) cancelled() {
	t.say("%s，因%s，%s本机关办理注销手续，该证件自%s起失效。", t.held(), certificateGrounds[t.in.Ground], t.ch.under("第七十条"), day(today(t.ch.tx)))
	t.say("理由：%s", t.in.Reason)
}
