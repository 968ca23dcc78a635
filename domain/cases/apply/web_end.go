package apply

import (
	"context"
	"strings"

	"onedoor.app/domain/cases"
	"onedoor.app/infra/i18n"
	"onedoor.app/ui"
)

// ended is how a case ended against the applicant: what was refused and why, what
// can be done against it, and what else can be done. Reasons and law are in the
// words of the paper, the way on is in the reader's.
type ended struct {
	Facts    []ui.Fact
	Text     []string // the other paragraphs of the paper
	Remedies []ui.Fact
	Note     string
	Acts     []ui.Act
}

const reasonPrefix = "理由：" // as papers write it

// endPapers are the papers that say no.
var endPapers = map[cases.State]cases.Paper{
	cases.StateRefused: cases.PaperRefusal, cases.StateNotAccepted: cases.PaperNonAcceptance,
	cases.StateNotRequired: cases.PaperNotRequired,
}

// endOf is how v ended, nil unless it was refused.
func (p *Pages) endOf(ctx context.Context, v *cases.View) *ended {
	var d *cases.Document
	for i := range v.Documents {
		if kind, ok := endPapers[v.State()]; ok && v.Documents[i].Kind == kind {
			d = &v.Documents[i]
		}
	}
	if d == nil {
		return nil
	}
	t := func(key string, args ...any) string { return i18n.T(ctx, key, args...) }
	e := &ended{Facts: []ui.Fact{{Label: t("apply.end.what." + string(v.State())), Value: v.ItemName}}}
	for _, text := range d.Content.Paragraphs {
		if reason, ok := strings.CutPrefix(text, reasonPrefix); ok {
			e.Facts = append(e.Facts, ui.Fact{Label: t("apply.end.why"), Value: reason})
		} else {
			e.Text = append(e.Text, text)
		}
	}
	e.Facts = append(e.Facts, ui.Fact{
		Label: t("apply.end.paper"), Value: d.Content.Title, Note: d.No + "　" + legalDay(d.Content.Date), Href: paperPath(v.ID, d.ID),
	})
	r := p.Cases.Remedies
	e.Remedies = []ui.Fact{
		{Label: t("apply.end.review"), Value: t("apply.end.review.days"), Note: t("apply.end.review.text", "who", r.Reviewer, "site", r.Site)},
		{Label: t("apply.end.suit"), Value: t("apply.end.suit.days"), Note: t("apply.end.suit.text", "court", r.Court)},
	}
	e.Note = t("apply.end.text."+string(v.State()), "phone", p.Hotline)
	if v.State() != cases.StateNotRequired {
		e.Acts = append(e.Acts, ui.Act{Text: t("apply.end.again"), Href: beginPath(v.Item.Code), Weight: ui.Primary})
	}
	e.Acts = append(e.Acts,
		ui.Act{Text: t("apply.guide.see"), Href: itemPath(v.Item.Code)},
		ui.Act{Text: t("apply.end.open"), Href: paperPath(v.ID, d.ID), Icon: "print", Weight: ui.Quiet})
	return e
}
