package editor

import (
	"context"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"onedoor.app/infra/i18n"
	"onedoor.app/ui"
)

// control is an element as the page draws it: one of the three.
type control struct {
	Input   *ui.Input
	Choices *ui.Choices
	Effects []ui.Input
	Wide    bool   // it takes the whole line
	Fold    string // what a long list of answers says while it is folded; "": it is shown
}

// mostOpen is how many answers are shown unasked.
const mostOpen = 12

// controls are the elements of a part of a form. root is what they belong to, prefix comes before their names in the
// form and base before their paths in words.
func (v view) controls(ctx context.Context, root reflect.Value, prefix, base string, all []element) []control {
	var list []control
	for _, e := range all {
		list = append(list, v.control(ctx, root, prefix, base, e))
	}
	return list
}

func (v view) control(ctx context.Context, root reflect.Value, prefix, base string, e element) control {
	name := prefix + e.path
	label, hint := v.label(ctx, base, e), said(ctx, "editor.hint."+base+e.path)
	now := v.shownOf(root, name, e)
	one := ""
	if len(now) > 0 {
		one = now[0]
	}
	switch e.kind {
	case marks:
		return v.marks(ctx, root, prefix, base, e)
	case effects:
		return control{Effects: v.effectInputs(ctx, name, label, now), Wide: true}
	case radio, truth, many:
		c := ui.Choices{Name: name, Legend: label, Hint: hint, Error: v.Wrong[name], Multi: e.kind == many, Columns: 3, Optional: e.optional}
		for _, o := range v.values(ctx, e) {
			o.On = slices.Contains(now, o.Value)
			c.Options = append(c.Options, o)
		}
		if len(c.Options) == 0 {
			c.Hint = i18n.T(ctx, "editor.nothing_to_choose")
		}
		one := control{Choices: &c, Wide: true}
		if len(c.Options) > mostOpen {
			one.Fold = i18n.T(ctx, "editor.chosen", "label", label, "n", len(now))
		}
		return one
	}
	in := ui.Input{Name: name, Label: label, Hint: hint, Error: v.Wrong[name], Optional: e.optional, Value: one, Wide: true}
	switch e.kind {
	case pick:
		in.Kind, in.Options = "select", v.options(ctx, e, one)
	case area, lines:
		in.Kind, in.Value = "textarea", strings.Join(now, "\n")
		in.Rows = min(max(3, strings.Count(in.Value, "\n")+2), 14)
	case tags:
		in.Value = strings.Join(now, i18n.T(ctx, "catalog.list"))
	case date:
		in.Kind = "date"
	case whole, count:
		in.Mode = "numeric"
	case money, decimal:
		in.Mode = "decimal"
	}
	if e.kind == money {
		in.Unit = i18n.T(ctx, "catalog.yuan")
	}
	return control{Input: &in, Wide: e.kind == area || e.kind == lines}
}

// options are what may be picked, first nothing; what stands and is none of them stays.
func (v view) options(ctx context.Context, e element, now string) []ui.Option {
	none := i18n.T(ctx, "editor.choose")
	if e.optional {
		none = i18n.T(ctx, "editor.unset")
	}
	all := append([]ui.Option{{Text: none}}, v.values(ctx, e)...)
	if !slices.ContainsFunc(all, func(o ui.Option) bool { return o.Value == now }) {
		all = append(all, ui.Option{Value: now, Text: now})
	}
	return all
}

// marks are several truths, each a box.
func (v view) marks(ctx context.Context, root reflect.Value, prefix, base string, e element) control {
	c := ui.Choices{Name: prefix + e.path, Legend: v.label(ctx, base, e), Multi: true, Optional: e.optional, Columns: min(3, max(1, len(e.of)))}
	for _, path := range e.of {
		x := at(root, path, false)
		c.Options = append(c.Options, ui.Option{
			Value: path, Text: said(ctx, "editor.mark."+base+path), Note: said(ctx, "editor.hint."+base+path), On: x.IsValid() && x.Bool(),
		})
		o := &c.Options[len(c.Options)-1]
		if o.Text == "" {
			o.Text = i18n.T(ctx, "change.el."+base+path)
		}
	}
	return control{Choices: &c, Wide: len(e.of) > 1}
}

// entry is one row of a list in a form.
type entry struct {
	Prefix   string // "basis.0."
	Legend   string
	ID       string // of entries that have one
	Was      int
	Controls []control
	First    bool
	Remove   ui.Act
	Up       ui.Act
}

// entries are the rows of a list.
func (v view) entries(ctx context.Context, l *list) (all []entry) {
	rows := at(v.at.value, l.path, false)
	if !rows.IsValid() {
		return nil
	}
	for i := range rows.Len() {
		n := strconv.Itoa(i)
		e := entry{Prefix: l.path + "." + n + ".", Legend: i18n.T(ctx, "editor.entry."+v.at.base+l.path, "n", i+1), Was: i, First: i == 0}
		if l.letter != "" {
			e.ID = member(rows.Index(i), l.key).String()
		}
		e.Controls = v.controls(ctx, rows.Index(i), e.Prefix, v.at.base+l.path+".", l.elements)
		e.Remove = ui.Act{Text: i18n.T(ctx, "editor.remove"), Weight: ui.Quiet, Name: "act", Value: "remove." + l.path + "." + n}
		e.Up = ui.Act{Text: i18n.T(ctx, "editor.up"), Weight: ui.Quiet, Name: "act", Value: "up." + l.path + "." + n}
		all = append(all, e)
	}
	return all
}
