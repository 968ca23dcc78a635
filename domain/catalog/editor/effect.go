package editor

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"onedoor.app/domain/catalog"
	"onedoor.app/infra/i18n"
	"onedoor.app/ui"
)

// An effect stands in a form as one value, "require_material|m1|", so that it is chosen from one list in words.

func tokenOf(e catalog.Effect) string { return e.Op + "|" + e.Target + "|" + e.Post }

func effectOf(token string) (catalog.Effect, bool) {
	parts := strings.Split(token, "|")
	if len(parts) != 3 || parts[0] == "" {
		return catalog.Effect{}, false
	}
	return catalog.Effect{Op: parts[0], Target: parts[1], Post: parts[2]}, true
}

// mostPromised is the longest promise in working days from which shorter ones are offered one by one.
const mostPromised = 60

// effects are all that an answer of the item may change, in the order in which people look for it.
func (v view) effects() []catalog.Effect {
	it := v.Item
	var all []catalog.Effect
	both := func(one, other, target string) {
		all = append(all, catalog.Effect{Op: one, Target: target}, catalog.Effect{Op: other, Target: target})
	}
	for _, m := range it.Materials {
		both(catalog.OpRequireMaterial, catalog.OpDropMaterial, m.ID)
	}
	for _, f := range it.Fields {
		both(catalog.OpRequireField, catalog.OpHideField, f.Key)
	}
	for _, s := range it.Steps {
		if s.Optional {
			both(catalog.OpRequireStep, catalog.OpSkipStep, s.ID)
		}
	}
	if it.PromisedLimit.Unit == catalog.Workday || it.PromisedLimit.Unit == catalog.Month {
		for n := min(it.PromisedLimit.Workdays(), mostPromised); n > 0; n-- {
			all = append(all, catalog.Effect{Op: catalog.OpSetLimit, Target: strconv.Itoa(n) + " " + catalog.Workday})
		}
	}
	for _, f := range it.Fee.Items {
		if f.ID != "" && it.Fee.Charged {
			both(catalog.OpRequireFee, catalog.OpDropFee, f.ID)
		}
	}
	for _, t := range v.flows {
		if t.ID != it.FlowID {
			all = append(all, catalog.Effect{Op: catalog.OpUseFlow, Target: t.ID})
		}
	}
	for _, s := range it.Steps {
		for _, post := range v.posts {
			if post.Unit == s.Unit && post.Code != s.Post {
				all = append(all, catalog.Effect{Op: catalog.OpAssignPost, Target: s.ID, Post: post.Code})
			}
		}
	}
	return append(all, catalog.Effect{Op: catalog.OpNotNeeded})
}

// effectInputs are the boxes of a list of effects: one for each, and one more.
func (v view) effectInputs(ctx context.Context, name, label string, now []string) []ui.Input {
	var inputs []ui.Input
	known := v.effects()
	for i, token := range append(slices.Clone(now), "") {
		in := ui.Input{Name: name, ID: name, Kind: "select", Wide: true, Label: label, Value: token}
		if i > 0 {
			in.ID = name + "-" + strconv.Itoa(i)
			in.Label += " " + strconv.Itoa(i+1)
		}
		in.Options = append(in.Options, ui.Option{Text: i18n.T(ctx, "editor.effect.none")})
		had := token == ""
		for _, e := range known {
			one := tokenOf(e)
			had = had || one == token
			in.Options = append(in.Options, ui.Option{Value: one, Text: v.words.Effect(ctx, e)})
		}
		if e, ok := effectOf(token); ok && !had {
			in.Options = append(in.Options, ui.Option{Value: token, Text: v.words.Effect(ctx, e)})
		}
		inputs = append(inputs, in)
	}
	return inputs
}
