package party

import (
	"context"

	"onedoor.app/infra/auth"
	"onedoor.app/infra/i18n"
	"onedoor.app/ui"
)

// facts is a party in words, masked.
func (c card) facts(ctx context.Context) []ui.Fact {
	p := c.Party
	all := []ui.Fact{{Label: i18n.T(ctx, "party.number."+string(p.IDType)), Value: p.MaskedNumber(), Code: true}}
	add := func(key, value string, code bool) {
		if value != "" {
			all = append(all, ui.Fact{Label: i18n.T(ctx, key), Value: value, Code: code})
		}
	}
	add("party.org_kind.label", p.OrgKind, false)
	add("party.legal.label", p.LegalName, false)
	add("party.scope.label", p.Scope, false)
	add("party.mobile.label", p.MaskedMobile(), true)
	add("party.address.label", p.MaskedAddress(), false)
	add("party.place.label", c.Place, false)
	if p.Override.Reason != "" {
		add("party.override.label", i18n.T(ctx, "party.override.text"), false)
	}
	return all
}

// facts is what was revealed, in full.
func (o *Opened) facts(ctx context.Context, p Party) []ui.Fact {
	all := []ui.Fact{{Label: i18n.T(ctx, "party.number."+string(p.IDType)), Value: o.Number, Code: true}}
	for _, f := range []struct{ key, value string }{
		{"party.mobile.label", o.Mobile}, {"party.address.label", o.Address}, {"party.legal_number.label", o.LegalNumber},
	} {
		if f.value != "" {
			all = append(all, ui.Fact{Label: i18n.T(ctx, f.key), Value: f.value, Code: f.key != "party.address.label"})
		}
	}
	return all
}

// tone says how sure it is that the party is who it says.
func (c card) tone() ui.Tone {
	if c.Assurance == Declared {
		return ui.ToneWarn
	}
	return ui.ToneGood
}

// why is the text key of the right by which who acts for p.
func (p principalView) why(who auth.Actor) string {
	switch {
	case p.ID == who.Party:
		return "party.act_for.self"
	case p.ByLaw:
		return "party.act_for.legal"
	default:
		return "party.act_for.mandate"
	}
}

// badge is where a mandate stands.
func (m mandateView) badge(ctx context.Context) ui.Badge {
	switch {
	case m.Revoked:
		return ui.Badge{Text: i18n.T(ctx, "party.mandates.revoked")}
	case m.Over:
		return ui.Badge{Text: i18n.T(ctx, "party.mandates.past")}
	case m.Now:
		return ui.Badge{Text: i18n.T(ctx, "party.mandates.now"), Tone: ui.ToneGood}
	default:
		return ui.Badge{Text: i18n.T(ctx, "party.mandates.later"), Tone: ui.ToneLine}
	}
}
