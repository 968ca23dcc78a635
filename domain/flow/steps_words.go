package flow

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"onedoor.app/infra/i18n"
	"onedoor.app/ui"
)

// findingsOf are those of one step, or of none.
func (v stepsView) findingsOf(id string) (all []Finding) {
	for _, f := range v.Findings {
		if own := v.D.Plan.Step(f.Step) != nil; f.Step == id || id == "" && !own {
			all = append(all, f)
		}
	}
	return all
}

// opens reports whether the fields of a step are shown from the start.
func (v stepsView) opens(st Step) bool {
	if v.Open == st.ID || st.Name == "" {
		return true
	}
	for name := range v.Wrong {
		if strings.HasPrefix(name, st.ID+".") {
			return true
		}
	}
	return false
}

// line is a step in one line.
func (v stepsView) line(ctx context.Context, st Step) string {
	var parts []string
	add := func(text string) { parts = append(parts, text) }
	add(kindWords(ctx, st.Kind))
	if st.Kind == KindNotify && st.System != "" {
		add(v.systemName(st.System))
	}
	if st.Post != "" {
		add(postWords(v.names, st.Post))
	}
	if st.Kind != KindNotify {
		add(i18n.T(ctx, "flow.days", "n", st.Days))
	}
	if st.Stops != "" {
		add(i18n.T(ctx, "flow.clock.stopped", "why", i18n.T(ctx, "show.stop."+st.Stops)))
	}
	if st.Runs != RunsAlways {
		add(i18n.T(ctx, "flow.runs."+st.Runs+".short"))
	}
	return strings.Join(parts, " · ")
}

func (v stepsView) input(ctx context.Context, st Step, field, value string) ui.Input {
	name := st.ID + "." + field
	if v.typed != nil && v.typed.unread[name] != "" {
		value = v.typed.unread[name]
	}
	return ui.Input{Name: name, Label: i18n.T(ctx, "flow.step."+field), Value: value, Error: v.Wrong[name], Wide: true}
}

func (v stepsView) number(ctx context.Context, st Step, field string, n int) ui.Input {
	value := ""
	if n > 0 {
		value = strconv.Itoa(n)
	}
	i := v.input(ctx, st, field, value)
	i.Kind, i.Mode, i.Unit = "number", "numeric", i18n.T(ctx, "flow.unit."+field)
	return i
}

func (v stepsView) choose(ctx context.Context, st Step, field, value string, options []ui.Option) ui.Input {
	i := v.input(ctx, st, field, value)
	i.Kind, i.Options = "select", options
	return i
}

func kindOptions(ctx context.Context) (all []ui.Option) {
	for _, k := range StepKinds {
		all = append(all, ui.Option{Value: k, Text: kindWords(ctx, k)})
	}
	return all
}

func (v stepsView) stopOptions(ctx context.Context) []ui.Option {
	all := []ui.Option{{Text: i18n.T(ctx, "flow.stops.no")}}
	for _, k := range v.reasons {
		all = append(all, ui.Option{Value: k, Text: i18n.T(ctx, "flow.stops.yes", "why", i18n.T(ctx, "show.stop."+k))})
	}
	return all
}

// reasons are those for which some kind of step stops the clock.
func (s *Service) reasons() (all []string) {
	for _, k := range Kinds {
		if why := s.StopOf(k); why != "" {
			all = append(all, why)
		}
	}
	return all
}

func runOptions(ctx context.Context) (all []ui.Option) {
	for _, k := range []string{RunsAlways, RunsItem, RunsWhen} {
		word := k
		if k == RunsAlways {
			word = "always"
		}
		all = append(all, ui.Option{Value: k, Text: i18n.T(ctx, "flow.runs."+word)})
	}
	return all
}

// compares are the conditions to choose from; those about a figure are completed by one.
func (v stepsView) compares(ctx context.Context) []ui.Option {
	all := []ui.Option{{Text: i18n.T(ctx, "flow.choose")}}
	for _, sub := range v.subjects {
		if sub.Number {
			for _, op := range []string{">", ">=", "<", "<="} {
				c := Compare{Subject: sub.Path, Op: op, Number: true}
				all = append(all, ui.Option{Value: c.token(), Text: i18n.T(ctx, "flow.compare"+opWord(op), "subject", sub.Name, "value", "…")})
			}
			continue
		}
		for _, o := range sub.Options {
			for _, op := range []string{"==", "!="} {
				c := Compare{Subject: sub.Path, Op: op, Value: o.Value}
				all = append(all, ui.Option{Value: c.token(), Text: v.say(ctx, c)})
			}
		}
	}
	return all
}

// opWord is the end of the key of the words of a comparison.
func opWord(op string) string {
	return map[string]string{"==": ".is", "!=": ".not", ">": ".over", ">=": ".least", "<": ".under", "<=": ".most"}[op]
}

// say puts a condition in words.
func (v stepsView) say(ctx context.Context, c Compare) string {
	name, value := c.Subject, c.Value
	if i := slices.IndexFunc(v.subjects, func(s Subject) bool { return s.Path == c.Subject }); i >= 0 {
		name = v.subjects[i].Name
		for _, o := range v.subjects[i].Options {
			if o.Value == c.Value {
				value = o.Text
			}
		}
	}
	return i18n.T(ctx, "flow.compare"+opWord(c.Op), "subject", name, "value", value)
}
