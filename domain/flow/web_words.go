package flow

import (
	"cmp"
	"context"
	"strconv"
	"strings"

	"onedoor.app/engine/workflow"
	"onedoor.app/infra/i18n"
	"onedoor.app/ui"
)

// words says a finding: what is wrong, and the shortest way there.
func (f Finding) words(ctx context.Context) string {
	text := f.text(ctx)
	if f.Name != "" {
		text = i18n.T(ctx, "flow.at", "step", f.Name, "text", text)
	}
	if f.Line > 0 {
		text = i18n.T(ctx, "flow.line", "n", f.Line, "text", text)
	}
	var hops []string
	for _, h := range f.Trace {
		if h.Name != "" {
			hops = append(hops, h.Name)
		}
	}
	if len(hops) > 0 {
		text += i18n.T(ctx, "flow.trace", "way", strings.Join(hops, " → "))
	}
	return text
}

// text says what is wrong, without where.
func (f Finding) text(ctx context.Context) string {
	switch {
	case f.Days > 0:
		return i18n.T(ctx, f.Code, "n", f.Days)
	case f.Attr != "":
		return i18n.T(ctx, f.Code, "what", i18n.T(ctx, "flow.attr."+f.Attr))
	}
	return i18n.T(ctx, f.Code)
}

// words says a difference.
func (d Difference) words(ctx context.Context, post map[string]string) string {
	say := func(value string) string {
		switch {
		case value == "":
			return i18n.T(ctx, "flow.nothing")
		case d.Code == "flow.diff.kind":
			return i18n.T(ctx, "show.slot."+value)
		case d.Code == "flow.diff.stops":
			return i18n.T(ctx, "show.stop."+value)
		case d.Code == "flow.diff.post" && post[value] != "":
			return post[value]
		}
		return value
	}
	return i18n.T(ctx, d.Code, "step", d.Step, "was", say(d.Was), "now", say(d.Now))
}

// steps is the drawing as a table: what is done, by whom, how long.
func (v oneView) steps(ctx context.Context) ui.Grid {
	g := ui.Grid{Label: i18n.T(ctx, "flow.steps"), Cols: columns(ctx, "step", "kind", "who", "days", "clock")}
	for _, n := range steps(v.Def) {
		if n.Kind == workflow.ServiceTask {
			g.Rows = append(g.Rows, ui.Line{Cells: []ui.Cell{
				{Text: nameWords(ctx, n)}, {Text: kindWords(ctx, KindNotify)}, {Text: cmp.Or(v.systems[n.Service()], n.Service())},
				{Text: dayWords(ctx, n)}, {Text: i18n.T(ctx, "flow.nothing")},
			}})
			continue
		}
		g.Rows = append(g.Rows, ui.Line{Cells: []ui.Cell{
			{Text: nameWords(ctx, n)}, {Text: kindWords(ctx, n.Slot())}, {Text: postWords(v.posts, n.Post())}, {Text: dayWords(ctx, n)}, {Text: clockWords(ctx, n)},
		}})
	}
	return g
}

// nameWords is the name of a step, which a draft may not have yet.
func nameWords(ctx context.Context, n *workflow.Node) string {
	return cmp.Or(n.Name, i18n.T(ctx, "flow.unnamed"))
}

func kindWords(ctx context.Context, slot string) string {
	switch slot {
	case "":
		return i18n.T(ctx, "flow.nothing")
	case KindNotify:
		return i18n.T(ctx, "flow.kind.notify")
	}
	return i18n.T(ctx, "show.slot."+slot)
}

func postWords(posts map[string]string, code string) string {
	if posts[code] != "" {
		return posts[code]
	}
	return code
}

func dayWords(ctx context.Context, n *workflow.Node) string {
	if n.Limit() == 0 {
		return i18n.T(ctx, "flow.nothing")
	}
	return i18n.T(ctx, "flow.days", "n", n.Limit())
}

func clockWords(ctx context.Context, n *workflow.Node) string {
	switch r := n.StopsClock(); {
	case r != "":
		return i18n.T(ctx, "flow.clock.stopped", "why", i18n.T(ctx, "show.stop."+r))
	case n.Clock() == workflow.ClockStatutory:
		return i18n.T(ctx, "flow.clock.counts")
	}
	return i18n.T(ctx, "flow.clock.none")
}

// versions is the table of what was approved.
func (v oneView) versions(ctx context.Context) ui.Grid {
	g := ui.Grid{Label: i18n.T(ctx, "flow.versions"), Cols: columns(ctx, "version", "since", "by", "hash", "status")}
	for _, one := range v.Versions {
		badge := ui.Badge{Text: i18n.T(ctx, "flow.version.older"), Tone: ui.ToneLine}
		switch {
		case one.Withdrawn:
			badge = ui.Badge{Text: i18n.T(ctx, "flow.version.withdrawn"), Tone: ui.ToneBad}
		case one.Number == v.Now:
			badge = ui.Badge{Text: i18n.T(ctx, "flow.version.now"), Tone: ui.ToneGood}
		case one.Since > v.Today:
			badge = ui.Badge{Text: i18n.T(ctx, "flow.version.soon"), Tone: ui.ToneWarn}
		}
		n := strconv.Itoa(one.Number)
		g.Rows = append(g.Rows, ui.Line{Cells: []ui.Cell{
			{Text: versionWords(ctx, one.Number), Href: path(one.Definition) + "/file?version=" + n}, {Text: one.Since.String()},
			{Text: i18n.T(ctx, "flow.by", "author", one.Author.Name, "approver", one.Approver.Name)}, {Text: one.Hash[:12], Code: true}, {Tag: &badge},
		}})
	}
	return g
}

// withdrawable are the versions that may still be taken, for the form.
func (v oneView) withdrawable(ctx context.Context) (all []ui.Option) {
	for _, one := range v.Versions {
		if !one.Withdrawn {
			all = append(all, ui.Option{Value: strconv.Itoa(one.Number), Text: versionWords(ctx, one.Number)})
		}
	}
	return all
}

// summary leads to what is wrong with a form.
func summary(wrong map[string]string, order []string, field, trouble string) (all []ui.Wrong) {
	for _, f := range order {
		if wrong[f] != "" {
			all = append(all, ui.Wrong{Field: f, Text: wrong[f]})
		}
	}
	if len(all) == 0 {
		all = append(all, ui.Wrong{Field: field, Text: trouble})
	}
	return all
}
