package editor

import (
	"context"
	"regexp"

	"onedoor.app/domain/catalog"
	"onedoor.app/infra/i18n"
	"onedoor.app/ui"
)

// The preview draws the form with the parts of which the applicant's page is made, under the same headings. It sends
// nothing.

type previewGroup struct {
	Key    string // of its heading
	Fields []control
}

// previewed parts the form into who applies and what for, each in the item's order.
func (v view) previewed(ctx context.Context) []previewGroup {
	who, what := previewGroup{Key: "apply.group.who"}, previewGroup{Key: "apply.group.what"}
	for _, f := range v.Item.Fields {
		at := &what
		if catalog.DataElementOf(f.Element).Who {
			at = &who
		}
		at.Fields = append(at.Fields, drawn(ctx, f))
	}
	var all []previewGroup
	for _, g := range []previewGroup{who, what} {
		if len(g.Fields) > 0 {
			all = append(all, g)
		}
	}
	return all
}

// mostCards is how many answers are drawn as cards; more become a list.
const mostCards = 4

var unitShape = regexp.MustCompile(`^(.+)（([^（）]{1,4})）$`)

// drawn is one field as applicants see it.
func drawn(ctx context.Context, f catalog.Field) control {
	name := "preview." + f.Key
	if f.Type == catalog.FieldYesNo || f.Type == catalog.FieldMulti || f.Type == catalog.FieldChoice && len(f.Options) <= mostCards {
		c := ui.Choices{Name: name, Legend: f.Label, Multi: f.Type == catalog.FieldMulti, Optional: !f.Required, Columns: 2}
		if f.Type == catalog.FieldYesNo {
			for _, yes := range []string{"true", "false"} {
				c.Options = append(c.Options, ui.Option{Value: yes, Text: i18n.T(ctx, "change.bool."+yes)})
			}
		}
		for _, o := range f.Options {
			c.Options = append(c.Options, ui.Option{Value: o, Text: o})
		}
		return control{Choices: &c}
	}
	in := ui.Input{Name: name, Label: f.Label, Optional: !f.Required, Max: f.MaxLength}
	if in.Label == "" {
		in.Label = f.Key
	}
	switch f.Type {
	case catalog.FieldTextarea:
		in.Kind, in.Wide = "textarea", true
	case catalog.FieldChoice:
		in.Kind, in.Options = "select", []ui.Option{{Text: i18n.T(ctx, "editor.choose")}}
		for _, o := range f.Options {
			in.Options = append(in.Options, ui.Option{Value: o, Text: o})
		}
	case catalog.FieldDate:
		in.Kind, in.Size = "date", "m"
	case catalog.FieldMobile:
		in.Kind, in.Size = "tel", "m"
	case catalog.FieldInteger, catalog.FieldDecimal:
		in.Mode, in.Size = "decimal", "m"
		if m := unitShape.FindStringSubmatch(f.Label); m != nil {
			in.Label, in.Unit = m[1], m[2]
		}
	case catalog.FieldText:
		if f.Pattern != "" {
			in.Hint = i18n.T(ctx, "editor.example", "example", f.Example())
		}
	}
	return control{Input: &in}
}
