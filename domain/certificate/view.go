package certificate

import (
	"context"

	"onedoor.app/engine/calendar"
	"onedoor.app/infra/i18n"
	"onedoor.app/ui"
)

func queueFoot(ctx context.Context, v queueView) ui.More {
	m := ui.More{Note: i18n.T(ctx, "certificate.queue.sorted")}
	if v.Next != "" {
		m.Text, m.Href = i18n.T(ctx, "certificate.queue.more", "n", pageSize), v.Next
	}
	if v.Paged {
		m.First, m.FirstHref = i18n.T(ctx, "certificate.queue.first"), "/issue"
	}
	return m
}

func issueNote(ctx context.Context, v issueView) string {
	if v.Made != nil {
		return v.Made.ItemName + "　" + v.Made.CaseNo
	}
	return v.Grant.ItemName + "　" + v.Grant.CaseNo
}

func grantFacts(ctx context.Context, g Grant, page string) []ui.Fact {
	facts := []ui.Fact{
		{Label: i18n.T(ctx, "certificate.holder"), Value: g.Holder.Name},
		{Label: i18n.T(ctx, "certificate.item"), Value: g.ItemName},
		{Label: i18n.T(ctx, "certificate.case"), Value: g.CaseNo, Code: true, Href: page},
		{Label: i18n.T(ctx, "certificate.decided"), Value: calendar.DateOf(g.Decided).Words(ctx)},
	}
	if g.Basis != "" {
		facts = append(facts, ui.Fact{Label: i18n.T(ctx, "certificate.basis"), Value: g.Basis, Code: true})
	}
	return append(facts, ui.Fact{Label: i18n.T(ctx, "certificate.issuer"), Value: g.Body.Name})
}

func statusTag(ctx context.Context, c Certificate, today calendar.Date) ui.Badge {
	status := c.StatusOn(today)
	tone := ui.ToneGood
	if status != Valid {
		tone = ui.ToneWarn
	}
	return ui.Badge{Text: statusWords(ctx, status), Tone: tone}
}

// mineFacts show an imported certificate's number by its end only: it may be
// the number of a person, and a page may lie open.
func mineFacts(ctx context.Context, c Certificate) []ui.Fact {
	facts := []ui.Fact{{Label: i18n.T(ctx, "certificate.number"), Value: c.Number, Code: true}}
	if c.Origin == Imported {
		facts[0].Value = c.ShownNumber()
	}
	facts = append(facts, ui.Fact{Label: i18n.T(ctx, "certificate.issuer"), Value: c.Issuer})
	if c.Origin == MadeHere {
		facts = append(facts, ui.Fact{Label: i18n.T(ctx, "certificate.validity"), Value: validWords(ctx, c.Until)})
	}
	return facts
}

func numberLabel(large bool) string {
	if large {
		return "certificate.verify.number"
	}
	return "certificate.verify.again"
}

func testClass(t Tested) string {
	switch {
	case t.Test == TestSeal:
		return "is-warn" // the seal is a trial one, which is no certified signature
	case t.OK:
		return ""
	case t.Test == TestStanding:
		return "is-warn"
	}
	return "is-bad"
}

func testIcon(t Tested) string {
	switch testClass(t) {
	case "is-warn":
		if t.Test == TestSeal {
			return "info"
		}
		return "alert"
	case "is-bad":
		return "no"
	}
	return "ok"
}

func testTitle(ctx context.Context, t Tested) string {
	if t.OK {
		return i18n.T(ctx, "certificate.test."+string(t.Test)+".ok")
	}
	return i18n.T(ctx, "certificate.test."+string(t.Test)+".bad")
}

func testText(ctx context.Context, t Tested) string {
	return i18n.T(ctx, "certificate.test."+string(t.Test)+".text", "at", calendar.Minute(t.At), "note", t.Note)
}

// shortDigest is the beginning and the end of a digest, as people compare it.
func shortDigest(d string) string {
	if len(d) < 16 {
		return d
	}
	return d[:4] + " " + d[4:8] + " … " + d[len(d)-4:]
}
