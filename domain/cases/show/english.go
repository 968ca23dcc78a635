package show

import (
	"context"
	"strings"

	"onedoor.app/domain/cases"
	"onedoor.app/infra/i18n"
)

// Papers, proofs and the names of steps are kept in Chinese: they are what the law knows. Pages in English say them in
// English too.

// Title is the title of a paper; in English with the official one beside it.
func Title(ctx context.Context, d cases.Document) string {
	key := "show.paper." + string(d.Kind)
	if i18n.Lang(ctx) == i18n.Chinese {
		return d.Content.Title
	}
	name := i18n.T(ctx, key)
	if name == key {
		return d.Content.Title
	}
	return name + " " + d.Content.Title
}

// served are the words of a proof of delivery at the window, by the text that says them.
var served = []struct{ word, key string }{
	{"本人", "show.served.self"}, {"法定代表人（负责人）", "show.served.legal"}, {"办件代办人", "show.served.agent"},
	{"持授权委托书的受托人", "show.served.mandate"},
}

// judged is the act of one finding on a material; found are its conclusions, by the text that says them.
const judged = "judge"

var found = []struct{ word, key string }{
	{"合格", "show.found.pass"}, {"补正", "show.found.correct"}, {"容缺", "show.found.tolerate"}, {"不适用", "show.found.unneeded"},
	{"欠缺", "show.found.missing"}, {"未下结论", "show.found.open"},
}

// byCourier begins the proof of what was sent: the company and the waybill follow.
const byCourier = "寄递："

// carriedOver reads what the timeline says of a case that goes on in a newer version of its flow.
func carriedOver(note string) (number, reason string, ok bool) {
	rest, ours := strings.CutPrefix(note, "流程已改为第 ")
	number, reason, ok = strings.Cut(rest, " 版：")
	return number, reason, ours && ok
}

// finding says in English what was found of a material; its name and the reason stay.
func finding(ctx context.Context, note string) (string, bool) {
	name, rest, ok := strings.Cut(note, "：")
	if !ok {
		return "", false
	}
	for _, f := range found {
		if why, ok := strings.CutPrefix(rest, f.word); ok && (why == "" || strings.HasPrefix(why, "，")) {
			said := i18n.T(ctx, f.key, "name", name)
			if why = strings.TrimPrefix(why, "，"); why != "" {
				said += "; " + why
			}
			return said, true
		}
	}
	return "", false
}

// Note is what an entry of the timeline says. In English the names of steps, findings and proofs of delivery are said
// in English; what people wrote stays as they wrote it.
func Note(ctx context.Context, v *cases.View, t cases.Trail) string {
	if i18n.Lang(ctx) == i18n.Chinese || t.Note == "" {
		return t.Note
	}
	if t.Act == string(cases.ActDeliver) || t.Act == string(cases.ActDeliverAgain) {
		if sent, ok := strings.CutPrefix(t.Note, byCourier); ok {
			return i18n.T(ctx, "show.served.courier", "waybill", sent)
		}
		for _, s := range served {
			if strings.HasPrefix(t.Note, "窗口领取（"+s.word+"）") {
				return i18n.T(ctx, "show.served.window", "who", i18n.T(ctx, s.key))
			}
		}
	}
	if t.Act == "carry" {
		if number, reason, ok := carriedOver(t.Note); ok {
			return i18n.T(ctx, "show.carried", "n", number, "reason", reason)
		}
	}
	if t.Act == judged {
		if said, ok := finding(ctx, t.Note); ok {
			return said
		}
	}
	for _, s := range v.Item.Steps {
		if s.Name == t.Note {
			return s.Called(i18n.Lang(ctx))
		}
	}
	return t.Note
}
