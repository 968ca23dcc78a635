package apply

import (
	"cmp"
	"context"
	"errors"
	"strings"

	"onedoor.app/domain/cases/show"
	"onedoor.app/domain/catalog"
	"onedoor.app/infra/fault"
	"onedoor.app/infra/i18n"
	"onedoor.app/infra/web"
	"onedoor.app/ui"
)

func asFault(err error) (*fault.Error, bool) { return errors.AsType[*fault.Error](err) }

// tell turns what is wrong in this step into the summary above the page, in the
// order of the page.
func (v *draftView) tell(ctx context.Context) {
	if !v.Check {
		return
	}
	mine := v.wrongIn(v.Step)
	for _, field := range v.order() {
		if code := mine[field]; code != "" {
			at := field
			if field == "place" {
				at = v.openLevel()
			}
			v.Errors = append(v.Errors, ui.Wrong{Field: at, Text: v.label(ctx, field) + i18n.T(ctx, "apply.mark.colon") + v.words(ctx, field, code)})
		}
	}
	v.Page.Wrong = len(v.Errors) > 0
}

// order is every field that a step may hold, as the pages show them.
func (f filled) order() []string {
	var all []string
	for _, q := range f.Item.Situations {
		all = append(all, "answer."+q.ID)
	}
	all = append(all, "place")
	all = append(all, show.HeldName)
	for _, group := range f.groups(f.Need.Fields) {
		for _, field := range group.Fields {
			all = append(all, "form."+field.Key)
		}
	}
	for _, m := range f.Need.Materials {
		all = append(all, "material."+m.ID)
	}
	return append(all, "delivery.name", "delivery.phone", "delivery.address", "promised", "pledged")
}

// error is what is wrong with a field, in words, "" while nothing is told.
func (v draftView) error(ctx context.Context, field string) string {
	if code := v.Faults[field]; v.Check && code != "" {
		return v.words(ctx, field, code)
	}
	return ""
}

// label is what a field is called.
func (f filled) label(ctx context.Context, field string) string {
	_, key, _ := strings.Cut(field, ".")
	switch stepOf(field) {
	case stepQuestions:
		if q := f.Item.Situation(key); q != nil {
			return q.Question
		}
	case stepForm:
		if x := f.field(key); x != nil {
			label, _ := unitOf(*x)
			return label
		}
	case stepMaterials:
		if m := f.Need.Material(key); m != nil {
			return m.Name
		}
	}
	return i18n.T(ctx, "apply."+field)
}

func (f filled) field(key string) *catalog.Field {
	for i := range f.Need.Fields {
		if f.Need.Fields[i].Key == key {
			return &f.Need.Fields[i]
		}
	}
	return nil
}

// words says what is wrong with a field, then how to mend it.
func (f filled) words(ctx context.Context, field, code string) string {
	_, key, _ := strings.Cut(field, ".")
	x := f.field(key)
	rule, ours := strings.CutPrefix(code, "catalog.field.")
	if !ours || x == nil || stepOf(field) != stepForm {
		return web.FieldWords(ctx, &fault.Error{Kind: fault.Invalid, Fields: fault.Fields{field: code}, Args: f.Said})[field]
	}
	switch rule {
	case "required":
		switch x.Type {
		case catalog.FieldChoice, catalog.FieldMulti, catalog.FieldYesNo:
			rule = "choose"
		case catalog.FieldDate:
			rule = "day"
		}
	case "min", "max":
		if x.Min != nil && x.Max != nil {
			rule = "between"
		}
	}
	return i18n.T(ctx, "apply.field."+rule, "min", number(x.Min), "max", number(x.Max), "least", x.MinLength,
		"most", cmp.Or(x.MaxLength, 2000), "places", x.Scale, "example", x.Example(), "must", mustWords(ctx, *x), "other", f.labelOf(x.NotBefore))
}

// labelOf is what a field of the form is called.
func (f filled) labelOf(key string) string {
	if x := f.field(key); x != nil {
		label, _ := unitOf(*x)
		return label
	}
	return ""
}

func mustWords(ctx context.Context, f catalog.Field) string {
	if f.Type == catalog.FieldYesNo {
		return i18n.T(ctx, "apply.yesno."+f.Must)
	}
	return f.Must
}
