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
	all := []ui.Input{v.input(ctx, st, "name", st.Name), v.choose(ctx, st, "kind", st.Kind, kindOptions(ctx))}
	if st.Kind == KindNotify {
		return append(all, v.system(ctx, st), v.choose(ctx, st, "runs", st.Runs, slices.DeleteFunc(runOptions(ctx), func(o ui.Option) bool { return o.Value == RunsItem && st.Runs != RunsItem })))
	}
	all = append(all,
		v.choose(ctx, st, "post", st.Post, v.posts), v.number(ctx, st, "days", st.Days),
		v.choose(ctx, st, "runs", st.Runs, runOptions(ctx)), v.choose(ctx, st, "stops", st.Stops, v.stopOptions(ctx)),
	)
	if st.Stops != "" {
		all = append(all, v.optionalInput(ctx, st, "basis", st.Basis))
	}
	if st.Kind == KindCheck {
		all = append(all, v.inspectors(ctx, st))
	}
	return append(all, v.optionalInput(ctx, st, "standard", st.Standard))
}

// system asks which system is notified; one that is no longer in use is kept in sight.
func (v stepsView) system(ctx context.Context, st Step) ui.Input {
	options := v.systems
	if st.System != "" && !slices.ContainsFunc(options, func(o ui.Option) bool { return o.Value == st.System }) {
		options = append(slices.Clone(options), ui.Option{Value: st.System, Text: st.System})
	}
	i := v.choose(ctx, st, "system", st.System, options)
	i.Hint = i18n.T(ctx, "flow.step.system.hint")
	return i
}

func (v stepsView) systemName(code string) string {
	if i := slices.IndexFunc(v.systems, func(o ui.Option) bool { return o.Value == code && code != "" }); i >= 0 {
		return v.systems[i].Text
	}
	return code
}

// sends are the fields of the form that may go along; those that were chosen stay in sight though the item has changed.
func (v stepsView) sends(ctx context.Context, st Step) ui.Choices {
	c := ui.Choices{Name: st.ID + ".send", Legend: i18n.T(ctx, "flow.step.send"), Hint: i18n.T(ctx, "flow.step.send.hint"), Multi: true, Columns: 3, Optional: true}
	left := slices.Clone(st.Send)
	for _, f := range v.fields {
		c.Options = append(c.Options, ui.Option{Value: f.Value, Text: f.Text, On: slices.Contains(st.Send, f.Value)})
		left = slices.DeleteFunc(left, func(p string) bool { return p == f.Value })
	}
	for _, p := range left {
		c.Options = append(c.Options, ui.Option{Value: p, Text: p, On: true})
	}
	return c
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
