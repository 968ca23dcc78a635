package desk

import (
	"context"
	"slices"

	"onedoor.app/domain/catalog"
	"onedoor.app/infra/i18n"
	"onedoor.app/ui"
)

// maxCards is the most answers that are shown as cards; more become a list.
const maxCards = 6

// choices is a field with few answers, ok false for others.
func choices(ctx context.Context, f catalog.Field, value, wrong string) (c ui.Choices, ok bool) {
	c = ui.Choices{Name: "form." + f.Key, Legend: f.Label, Error: wrong, Optional: !f.Required, Columns: 3}
	switch {
	case f.Type == catalog.FieldYesNo:
		c.Options = []ui.Option{
			{Value: "true", Text: i18n.T(ctx, "desk.yes"), On: value == "true"},
			{Value: "false", Text: i18n.T(ctx, "desk.no"), On: value == "false"},
		}
	case f.Type == catalog.FieldMulti, f.Type == catalog.FieldChoice && len(f.Options) <= maxCards:
		c.Multi = f.Type == catalog.FieldMulti
		chosen := catalog.Values(value)
		for _, o := range f.Options {
			c.Options = append(c.Options, ui.Option{Value: o, Text: o, On: slices.Contains(chosen, o)})
		}
	default:
		return c, false
	}
	return c, true
}

// input is any other field.
func input(ctx context.Context, f catalog.Field, value, wrong string) ui.Input {
	in := ui.Input{
		Name: "form." + f.Key, Label: f.Label, Value: value, Error: wrong, Optional: !f.Required, Complete: "off", Max: f.MaxLength,
	}
	switch f.Type {
	case catalog.FieldTextarea:
		in.Kind, in.Wide, in.Rows = "textarea", true, 3
	case catalog.FieldAddress:
		in.Wide = true
	case catalog.FieldDate:
		in.Kind = "date"
	case catalog.FieldMobile:
		in.Kind, in.Max = "tel", 0
	case catalog.FieldInteger:
		in.Mode, in.Max = "numeric", 0
	case catalog.FieldDecimal:
		in.Mode, in.Max = "decimal", 0
	case catalog.FieldChoice:
		in.Kind = "select"
		in.Options = []ui.Option{{Text: i18n.T(ctx, "desk.choose")}}
		for _, o := range f.Options {
			in.Options = append(in.Options, ui.Option{Value: o, Text: o})
		}
	case catalog.FieldIDNo, catalog.FieldUSCC:
		in.Max = 0 // typed with blanks they are longer
	}
	return in
}
