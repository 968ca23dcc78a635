package apply

import (
	"context"

	"github.com/a-h/templ"

	"onedoor.app/domain/cases"
	"onedoor.app/infra/i18n"
	"onedoor.app/ui"
)

// tone is how a state is shown where no light is.
func tone(s cases.State) ui.Tone {
	switch s {
	case cases.StateCorrecting:
		return ui.ToneWarn
	case cases.StateGranted, cases.StateCertified, cases.StateDelivered:
		return ui.ToneGood
	case cases.StateRefused, cases.StateNotAccepted:
		return ui.ToneBad
	}
	return ui.ToneNone
}

// acts is what the applicant may do about a case.
func (v caseView) acts(ctx context.Context) []ui.Act {
	var all []ui.Act
	if v.Mine && v.State() == cases.StateCorrecting {
		all = append(all, ui.Act{Text: i18n.T(ctx, "apply.todo.correct"), Href: casePath(v.ID, "/correct"), Wide: true})
	}
	all = append(all, ui.Act{
		Text: i18n.T(ctx, "apply.print.progress"), Icon: "print", Type: "button", Wide: true, Attrs: templ.Attributes{"data-print": true},
	}, ui.Act{Text: i18n.T(ctx, "apply.receipt.see"), Href: casePath(v.ID, "/receipt"), Wide: true})
	if v.State().Ended() {
		all = append(all, ui.Act{Text: i18n.T(ctx, "apply.again"), Href: beginPath(v.Case.Item), Wide: true})
	}
	if v.Undo {
		all = append(all, ui.Act{Text: i18n.T(ctx, "apply.withdraw"), Href: casePath(v.ID, "/withdraw"), Weight: ui.Quiet, Wide: true})
	}
	return all
}

// fresh reports whether the application has only just come in.
func (v receiptView) fresh() bool { return v.State() == cases.StateReceived && v.By != "" }

// slip is what stands on the slip to take home.
func (v receiptView) slip(ctx context.Context) []ui.Fact {
	all := []ui.Fact{
		{Label: i18n.T(ctx, "apply.no"), Value: v.No, Code: true},
		{Label: i18n.T(ctx, "apply.inquiry.item"), Value: v.ItemName},
		{Label: i18n.T(ctx, "apply.slip.who"), Value: v.PartyName},
		{Label: i18n.T(ctx, "apply.inquiry.received"), Value: momentWords(ctx, v.ReceivedAt)},
		{Label: i18n.T(ctx, "apply.slip.got"), Value: i18n.T(ctx, "apply.slip.papers", "n", v.View.Handed())},
	}
	if v.By != "" {
		all = append(all, ui.Fact{Label: i18n.T(ctx, "apply.slip.by"), Value: v.By})
	}
	return all
}

// unsentNames are the materials that were uploaded and not handed in.
func unsentNames(ctx context.Context, v caseView) string {
	var names []string
	for _, m := range v.View.Unsent() {
		names = append(names, m.Name)
	}
	return joined(ctx, names)
}
