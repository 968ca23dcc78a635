package apply

import (
	"context"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"onedoor.app/domain/catalog"
	"onedoor.app/infra/i18n"
	"onedoor.app/ui"
)

// group is a headed part of the form.
type group struct {
	Key    string // of its heading: "who" or "what"
	Fields []catalog.Field
}

// groups parts the form into who applies and what for, each in the item's order.
func (f filled) groups(fields []catalog.Field) []group {
	all := []group{{Key: "who"}, {Key: "what"}}
	for _, x := range fields {
		at := 1
		if catalog.DataElementOf(x.Element).Who {
			at = 0
		}
		all[at].Fields = append(all[at].Fields, x)
	}
	return slices.DeleteFunc(all, func(g group) bool { return len(g.Fields) == 0 })
}

var unitRE = regexp.MustCompile(`^(.+)（([^（）]{1,4})）$`)

// unitOf takes the unit of a figure out of its label: 经营场所面积（平方米）.
func unitOf(f catalog.Field) (label, unit string) {
	if f.Type == catalog.FieldInteger || f.Type == catalog.FieldDecimal {
		if m := unitRE.FindStringSubmatch(f.Label); m != nil {
			return m[1], m[2]
		}
	}
	return f.Label, ""
}

func number(n *float64) string {
	if n == nil {
		return ""
	}
	return strconv.FormatFloat(*n, 'f', -1, 64)
}

// mostCards is how many answers are shown as cards; more become a list.
const mostCards = 4

// asChoices reports whether a field is answered by choosing a card.
func asChoices(f catalog.Field) bool {
	return f.Type == catalog.FieldYesNo || f.Type == catalog.FieldMulti || f.Type == catalog.FieldChoice && len(f.Options) <= mostCards
}

// choices is a field whose answers are cards.
func choices(ctx context.Context, f catalog.Field, value, wrong string) ui.Choices {
	c := ui.Choices{
		Name: "form." + f.Key, Legend: f.Label, Error: wrong, Multi: f.Type == catalog.FieldMulti, Optional: !f.Required, Columns: 2,
	}
	values := []string{value}
	if c.Multi {
		values = catalog.Values(value)
		c.Hint = i18n.T(ctx, "apply.hint.multi")
	}
	if f.Type == catalog.FieldYesNo {
		for _, v := range []string{"true", "false"} {
			c.Options = append(c.Options, ui.Option{Value: v, Text: i18n.T(ctx, "apply.yesno."+v), On: v == value})
		}
		return c
	}
	for _, o := range f.Options {
		c.Options = append(c.Options, ui.Option{Value: o, Text: o, On: slices.Contains(values, o)})
		if len([]rune(o)) > 14 {
			c.Columns = 1
		}
	}
	return c
}

// input is any other field.
func input(ctx context.Context, f catalog.Field, value, wrong string, brought bool) ui.Input {
	in := ui.Input{
		Name: "form." + f.Key, Error: wrong, Value: value, Optional: !f.Required, Max: f.MaxLength, Hint: hint(ctx, f, brought),
	}
	in.Label, in.Unit = unitOf(f)
	if in.Unit != "" {
		in.Size = "m"
	}
	switch f.Type {
	case catalog.FieldTextarea:
		in.Kind, in.Wide = "textarea", true
	case catalog.FieldChoice:
		in.Kind, in.Options = "select", []ui.Option{{Text: i18n.T(ctx, "apply.choose")}}
		for _, o := range f.Options {
			in.Options = append(in.Options, ui.Option{Value: o, Text: o, On: o == value})
		}
	case catalog.FieldDate:
		in.Kind, in.Size = "date", "m"
	case catalog.FieldMobile:
		in.Kind, in.Mode, in.Size = "tel", "tel", "m"
		in.Max = 0 // spaces and dashes may be typed
	case catalog.FieldInteger:
		in.Mode, in.Size = "numeric", "m"
	case catalog.FieldDecimal:
		in.Mode, in.Size = "decimal", "m"
	case catalog.FieldIDNo, catalog.FieldUSCC:
		in.Max = 0
	}
	in.Complete = complete[f.Element]
	return in
}

// fixedInput is a field that says who applies: it shows what the record says.
func fixedInput(ctx context.Context, f catalog.Field, value string) ui.Input {
	return ui.Input{
		Name: "form." + f.Key, Label: f.Label, Hint: i18n.T(ctx, "apply.fixed"), Value: value, ReadOnly: true, Complete: "off",
	}
}

// complete are the elements that browsers fill in by themselves.
var complete = map[string]string{
	"contact_mobile": "tel", "contact_name": "name", "address": "street-address",
}

// hint is the help below a label, where it helps.
func hint(ctx context.Context, f catalog.Field, brought bool) string {
	var all []string
	if brought {
		all = append(all, i18n.T(ctx, "apply.brought"))
	}
	switch f.Type {
	case catalog.FieldIDNo, catalog.FieldUSCC, catalog.FieldAddress:
		if !brought {
			all = append(all, i18n.T(ctx, "apply.hint."+f.Type))
		}
	case catalog.FieldMobile:
		if !brought {
			all = append(all, i18n.T(ctx, "apply.hint.mobile"))
		}
	case catalog.FieldInteger, catalog.FieldDecimal:
		if f.Min != nil && f.Max != nil && *f.Max < 1e6 {
			all = append(all, i18n.T(ctx, "apply.hint.between", "min", number(f.Min), "max", number(f.Max)))
		}
	case catalog.FieldText:
		if f.Pattern != "" {
			all = append(all, i18n.T(ctx, "apply.hint.example", "example", f.Example()))
		}
	}
	return strings.Join(all, i18n.T(ctx, "apply.mark.stop"))
}

// posted takes the fields of a form out of what was sent. A field that is not
// there was left empty: unchecked boxes send nothing.
func posted(fields []catalog.Field, form url.Values) map[string]string {
	values := map[string]string{}
	for _, f := range fields {
		sent := form["form."+f.Key]
		if f.Type == catalog.FieldMulti {
			values[f.Key] = strings.Join(sent, catalog.MultiSep)
		} else if len(sent) > 0 {
			values[f.Key] = sent[0]
		} else {
			values[f.Key] = ""
		}
	}
	return values
}

// answered takes the answers to the questions out of what was sent.
func answered(it *catalog.Item, form url.Values) map[string]string {
	answers := map[string]string{}
	for _, q := range it.Situations {
		if v := form.Get("answer." + q.ID); q.Option(v) != nil {
			answers[q.ID] = v
		}
	}
	return answers
}
