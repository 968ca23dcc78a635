package show

import (
	"context"
	"slices"
	"strconv"

	"onedoor.app/domain/cases"
	"onedoor.app/domain/catalog"
	"onedoor.app/infra/i18n"
	"onedoor.app/ui"
)

// HeldName is the name of the field in which an application names the certificate that it is about.
const HeldName = "certificate"

// onPaper is the answer of who has another one, on paper.
const onPaper = "paper"

// HeldOf reads the answer to Certificates; ok is false where the page did not ask.
func HeldOf(form map[string][]string) (id int64, ok bool) {
	values, ok := form[HeldName]
	if !ok || len(values) == 0 {
		return 0, false
	}
	if values[0] == onPaper {
		return cases.Another, true
	}
	id, _ = strconv.ParseInt(values[0], 10, 64) // nonsense names none
	return id, true
}

// Certificates asks which certificate an application is about.
func Certificates(ctx context.Context, held []cases.Held, chosen int64, wrong string) ui.Choices {
	c := ui.Choices{Name: HeldName, Legend: i18n.T(ctx, "show.held"), Hint: i18n.T(ctx, "show.held.hint"), Error: wrong}
	for _, h := range held {
		c.Options = append(c.Options, ui.Option{
			Value: strconv.FormatInt(h.ID, 10), Text: HeldTitle(h), Note: HeldNote(ctx, h), On: h.ID == chosen,
		})
	}
	c.Options = append(c.Options, ui.Option{
		Value: onPaper, Text: i18n.T(ctx, "show.held.paper"), Note: i18n.T(ctx, "show.held.paper.note"), On: chosen == cases.Another,
	})
	return c
}

// Asked are the fields by which a certificate is declared, apart from the others where it may be one of the register too.
func Asked(n cases.NeedOf) (paper, others []catalog.Field) {
	if !n.Chooses {
		return nil, n.Fields
	}
	for _, f := range n.Fields {
		if !slices.ContainsFunc(n.Asks, func(a catalog.Field) bool { return a.Key == f.Key }) {
			others = append(others, f)
		}
	}
	return n.Asks, others
}

// Declares says what an application on the item asks for where the register holds no certificate of the type.
func Declares(ctx context.Context, it *catalog.Item) string {
	text := i18n.T(ctx, "show.declared.text")
	if it.ActsOn != nil && it.ActsOn.Effect == catalog.EffectRenew {
		text += i18n.T(ctx, "show.declared.renew")
	}
	return text
}

// HeldTitle names a certificate.
func HeldTitle(h cases.Held) string { return h.Name + "　" + h.Number }

// HeldNote says until when a certificate is valid, and what keeps it from being so.
func HeldNote(ctx context.Context, h cases.Held) string {
	note := i18n.T(ctx, "show.held.unlimited")
	if h.Until != 0 {
		note = i18n.T(ctx, "show.held.until", "day", h.Until.Words(ctx))
	}
	if h.State != cases.CertificateValid {
		note += "　" + i18n.T(ctx, "show.held."+string(h.State))
	}
	if h.Opens != 0 {
		note += "　" + i18n.T(ctx, "show.held.opens", "day", h.Opens.Words(ctx))
	}
	return note
}
