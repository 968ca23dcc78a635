package delivery

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"onedoor.app/engine/calendar"
	"onedoor.app/infra/i18n"
	"onedoor.app/infra/secret"
	"onedoor.app/ui"
)

func deskFoot(ctx context.Context, v deskView) ui.More {
	m := ui.More{Note: i18n.T(ctx, "delivery.sorted")}
	if v.Next != "" {
		m.Text, m.Href = i18n.T(ctx, "delivery.more", "n", pageSize), v.Next
	}
	if v.Paged {
		m.First, m.FirstHref = i18n.T(ctx, "delivery.first"), "/delivery?list="+v.List
	}
	return m
}

// nothing is an empty list: what will appear here.
func (v deskView) nothing(ctx context.Context) ui.Nothing {
	if v.Query != "" {
		return ui.Nothing{Title: i18n.T(ctx, "delivery.none.found"), Text: i18n.T(ctx, "delivery.none.found.text"),
			Act: &ui.Act{Text: i18n.T(ctx, "delivery.back"), Href: "/delivery"}}
	}
	return ui.Nothing{Title: i18n.T(ctx, "delivery.empty."+v.List), Text: i18n.T(ctx, "delivery.empty.text."+v.List)}
}

func parcelFacts(ctx context.Context, v parcelView) []ui.Fact {
	r := v.Result
	facts := []ui.Fact{
		{Label: i18n.T(ctx, "delivery.what"), Value: r.Name},
		{Label: i18n.T(ctx, "delivery.holder"), Value: r.PartyName},
		{Label: i18n.T(ctx, "delivery.case"), Value: r.CaseNo, Code: true},
		{Label: i18n.T(ctx, "delivery.item"), Value: r.ItemName},
	}
	if r.Number != "" {
		facts = slices.Insert(facts, 1, ui.Fact{Label: i18n.T(ctx, "delivery.number"), Value: r.Number, Code: true})
	}
	if r.Version > 1 {
		facts = append(facts, ui.Fact{Label: i18n.T(ctx, "delivery.issued"), Value: i18n.T(ctx, "delivery.version", "n", r.Version)})
	}
	facts = append(facts, ui.Fact{Label: i18n.T(ctx, "delivery.way"), Value: i18n.T(ctx, "delivery.way."+string(r.Way))})
	if v.State == Waiting {
		facts = append(facts, ui.Fact{Label: i18n.T(ctx, "delivery.due"), Value: r.Due.Words(ctx)})
		if v.Shelf != "" {
			facts = append(facts, ui.Fact{Label: i18n.T(ctx, "delivery.shelf"), Value: v.Shelf})
		}
	}
	return facts
}

// badge is where a parcel that does not wait stands.
func (v parcelView) badge(ctx context.Context) ui.Badge {
	b := ui.Badge{Text: i18n.T(ctx, "delivery.state."+string(v.State)), Tone: ui.ToneGood}
	if v.State == Withdrawn {
		b.Tone = ui.ToneNone
	}
	return b
}

// doneFacts tell how a parcel was handed over.
func doneFacts(ctx context.Context, v parcelView) []ui.Fact {
	facts := []ui.Fact{
		{Label: i18n.T(ctx, "delivery.done.at"), Value: calendar.Minute(v.DoneAt)},
		{Label: i18n.T(ctx, "delivery.done.by"), Value: v.DoneName},
	}
	if v.State == Withdrawn {
		return append(facts, ui.Fact{Label: i18n.T(ctx, "delivery.why"), Value: i18n.T(ctx, "delivery.withdrawn.why")})
	}
	if v.State == Handed {
		facts = append(facts,
			ui.Fact{Label: i18n.T(ctx, "delivery.collector"), Value: v.Collector.Name},
			ui.Fact{Label: i18n.T(ctx, "delivery.collector.number"), Value: secret.MaskNumber(v.Collector.Number), Code: true},
			ui.Fact{Label: i18n.T(ctx, "delivery.relation"), Value: i18n.T(ctx, "delivery.relation."+string(v.Collector.Relation))})
		if v.Collector.Mandate != "" {
			facts = append(facts, ui.Fact{Label: i18n.T(ctx, "delivery.mandate"), Value: v.Collector.Mandate})
		}
		return facts
	}
	facts = append(facts,
		ui.Fact{Label: i18n.T(ctx, "delivery.company"), Value: v.Company},
		ui.Fact{Label: i18n.T(ctx, "delivery.waybill"), Value: v.Waybill, Code: true})
	if v.State == Received {
		facts = append(facts, ui.Fact{Label: i18n.T(ctx, "delivery.received.at"), Value: calendar.Minute(v.ReceivedAt)})
		if v.ReceivedOn != 0 {
			facts = append(facts,
				ui.Fact{Label: i18n.T(ctx, "delivery.received.day"), Value: v.ReceivedOn.Words(ctx)},
				ui.Fact{Label: i18n.T(ctx, "delivery.received.by"), Value: i18n.T(ctx, "delivery.signer."+v.ReceivedBy)})
		}
	}
	return facts
}

func wishFacts(ctx context.Context, w Wish) []ui.Fact {
	return []ui.Fact{
		{Label: i18n.T(ctx, "delivery.wish.name"), Value: w.Name},
		{Label: i18n.T(ctx, "delivery.wish.phone"), Value: w.Phone, Code: true},
		{Label: i18n.T(ctx, "delivery.wish.address"), Value: w.Address},
	}
}

// wrongs lists the errors of a form in the order of its fields.
func wrongs(errors map[string]string) (all []ui.Wrong) {
	for _, field := range []string{"name", "number", "mandate", "company", "waybill", "shelf"} {
		if errors[field] != "" {
			all = append(all, ui.Wrong{Field: field, Text: errors[field]})
		}
	}
	return all
}

// companies are the couriers that the window hands parcels to.
func companies(chosen string) (options []ui.Option) {
	names := []string{"中国邮政 EMS", "顺丰速运", "京东物流", "中通快递", "圆通速递"}
	if chosen != "" && !slices.Contains(names, chosen) {
		names = append(names, chosen)
	}
	for _, n := range names {
		options = append(options, ui.Option{Value: n, Text: n, On: n == chosen})
	}
	return options
}

// edition tells a certificate that was issued again from the one before it.
func edition(r Result) string {
	if r.Version <= 1 {
		return ""
	}
	return fmt.Sprintf("（第%d版）", r.Version)
}

// slipNotice is the proof of delivery, to be signed on paper.
func slipNotice(p Parcel, licence bool) ui.Notice {
	r := p.Result
	n := ui.Notice{
		Title: "送达回证", No: "办件编号 " + r.CaseNo, Page: true,
		Paras: []string{"受送达人：" + r.PartyName, "送达文书：" + strings.TrimSpace(r.Name+"　"+r.Number) + edition(r), "办理事项：" + r.ItemName},
		Slots: []string{"领取人签名：", "日期："},
	}
	switch p.State {
	case Waiting:
		n.Paras = append(n.Paras, "送达方式：窗口领取")
	case Handed:
		n.Paras = append(n.Paras, "送达方式：窗口领取",
			"领取人："+p.Collector.Name+"（"+relations[p.Collector.Relation]+"），身份证件号码 "+secret.MaskNumber(p.Collector.Number),
			"送达时间："+calendar.Minute(p.DoneAt)+"　送达人："+p.DoneName)
		if p.Collector.Mandate != "" {
			n.Paras = append(n.Paras, "委托材料："+p.Collector.Mandate)
		}
	case Withdrawn: // it has no proof to sign
		n.Slots = nil
	case Sent, Received:
		n.Slots = nil
		n.Paras = append(n.Paras, "送达方式：寄递", "承运单位和单号："+p.Company+" "+p.Waybill,
			"交寄时间："+calendar.Minute(p.DoneAt)+"　交寄人："+p.DoneName)
		if p.State == Received {
			if p.ReceivedOn != 0 {
				n.Paras = append(n.Paras, "签收日期："+p.ReceivedOn.Chinese()+"　签收人与收件人的关系："+signerWords[p.ReceivedBy])
			}
			n.Paras = append(n.Paras, "签收登记时间："+calendar.Minute(p.ReceivedAt))
		}
	}
	if licence {
		n.After = []string{"依据《中华人民共和国行政许可法》第四十四条送达。"}
	}
	if !p.DoneAt.IsZero() {
		n.Date = calendar.DateOf(p.DoneAt).Chinese()
	}
	return n
}

// signerWords are who signed for a parcel, in the language of the law.
var signerWords = map[string]string{
	"self": "本人（本单位）", "family": "家人", "colleague": "同事", "reception": "收发室或者物业", "locker": "快递柜或者驿站代收", "other": "其他人代收",
}

// signers asks who signed.
func (v parcelView) signers(ctx context.Context) (all []ui.Option) {
	all = append(all, ui.Option{Text: i18n.T(ctx, "delivery.received.choose")})
	for _, by := range Signers {
		all = append(all, ui.Option{Value: by, Text: i18n.T(ctx, "delivery.signer."+by), On: v.Form.Get("by") == by})
	}
	return all
}
