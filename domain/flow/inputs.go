package flow

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"onedoor.app/infra/i18n"
	"onedoor.app/ui"
)

// itemInput asks for the item whose questions conditions may ask about.
func itemInput(ctx context.Context, value, wrong string) ui.Input {
	return ui.Input{Name: "item", Label: i18n.T(ctx, "flow.item"), Hint: i18n.T(ctx, "flow.item.hint"), Value: value, Error: wrong, Optional: true, Max: 60, Wide: true}
}

// called is the name of a step, or that it has none.
func (v stepsView) called(ctx context.Context, st Step) string {
	return cmp.Or(st.Name, i18n.T(ctx, "flow.unnamed"))
}

func (v stepsView) optionalInput(ctx context.Context, st Step, field, value string) ui.Input {
	i := v.input(ctx, st, field, value)
	i.Optional, i.Max = true, mostWords
	return i
}

// inputs are the fields of a step: what its kind has no use for is not asked.
func (v stepsView) inputs(ctx context.Context, st Step) []ui.Input {
	all := []ui.Input{
		v.input(ctx, st, "name", st.Name), v.choose(ctx, st, "kind", st.Kind, kindOptions(ctx)),
		v.choose(ctx, st, "post", st.Post, v.posts), v.number(ctx, st, "days", st.Days),
		v.choose(ctx, st, "runs", st.Runs, runOptions(ctx)), v.choose(ctx, st, "stops", st.Stops, v.stopOptions(ctx)),
	}
	if st.Stops != "" {
		all = append(all, v.optionalInput(ctx, st, "basis", st.Basis))
	}
	if st.Kind == KindCheck {
		all = append(all, v.inspectors(ctx, st))
	}
	return append(all, v.optionalInput(ctx, st, "standard", st.Standard))
}

// inspectors asks how many people make a site check.
func (v stepsView) inspectors(ctx context.Context, st Step) ui.Input {
	i := v.number(ctx, st, "inspectors", st.Inspectors)
	i.Hint = i18n.T(ctx, "flow.step.inspectors.hint")
	return i
}

// joint asks whether all conditions must hold.
func (v stepsView) joint(ctx context.Context, st Step) ui.Input {
	value := "all"
	if st.Any {
		value = "any"
	}
	return v.choose(ctx, st, "any", value, []ui.Option{{Value: "all", Text: i18n.T(ctx, "flow.joint.all")}, {Value: "any", Text: i18n.T(ctx, "flow.joint.any")}})
}

// summary lists what is wrong with the form, in the order of its steps.
func (v stepsView) summary() []ui.Wrong {
	return summary(v.Wrong, append([]string{"name", "item"}, slices.Sorted(maps.Keys(v.Wrong))...), "name", v.Trouble)
}
