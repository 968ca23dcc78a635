package editor

import (
	"reflect"
	"slices"
	"strings"

	"onedoor.app/domain/catalog"
	"onedoor.app/domain/catalog/change"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
	"onedoor.app/infra/i18n"
)

// do does what a button asks for with what the form has brought, and says where that leads.
func (d *doing) do(act string) (string, error) {
	verb, rest, _ := strings.Cut(act, ".")
	switch verb {
	case "add", "remove", "up", "down":
		return d.onList(verb, rest)
	case "base":
		return d.base(rest)
	case "conform":
		return d.conform(catalog.Element(rest))
	case "codes":
		return d.codes()
	case "take":
		return d.take(rest)
	case "layout":
		return d.layout()
	case "condition":
		return d.condition()
	case "import":
		return d.schema()
	case "bare":
		return d.bare(rest)
	case "find":
		return d.find()
	case "redirect":
		return d.another(catalog.OpRedirectItem, rest)
	case "suggest":
		return d.another(catalog.OpSuggestItem, rest)
	}
	return d.here(""), nil
}

// inherited are the elements that an item takes over from its base item when that is chosen.
// Its road is its own, and what it promises.
var inherited = []catalog.Element{
	catalog.ElementCode, catalog.ElementType, catalog.ElementBasis, catalog.ElementConditions, catalog.ElementAudience, catalog.ElementLimit, catalog.ElementResult,
}

// base makes the draft carry out a base item, and takes over what that says.
func (d *doing) base(code string) (string, error) {
	b, _, err := d.Catalog.Base(d.tx, code)
	if err != nil {
		return "", err
	}
	locks, _, err := d.Catalog.LocksOf(d.tx, b.Source())
	if err != nil {
		return "", err
	}
	chosen := *d.it
	chosen.BaseCode = b.Code
	next := &chosen
	for _, e := range inherited {
		next = catalog.Conform(b, next, e, locks)
	}
	if next.MainItem == "" {
		next.MainItem = b.Name
	}
	if next.PowerSource == "" {
		next.PowerSource = b.PowerSource
	}
	if len(next.Duties) == 0 {
		next.Duties = slices.Clone(b.Duties)
	}
	d.took(next)
	return d.here("base"), nil
}

// named takes over from a base item whose code was typed; one that nobody knows is left to be found wrong.
func (d *doing) named(code, to string) (string, error) {
	_, _, err := d.Catalog.Base(d.tx, code)
	if fault.Is(err, fault.Unknown) {
		return to, nil
	}
	if err != nil {
		return "", err
	}
	return d.base(code)
}

// mostNews is how many differences are told of what was taken over.
const mostNews = 4

// took replaces the draft by what it is after taking over from its base item, and tells what came and went.
func (d *doing) took(next *catalog.Item) {
	words := change.Words{Old: d.it, New: next}
	var said []string
	diff := catalog.Diff(d.it, next)
	for _, x := range diff[:min(len(diff), mostNews)] {
		said = append(said, words.Sentence(d.ctx, x))
	}
	if len(diff) > mostNews {
		said = append(said, i18n.T(d.ctx, "change.say.more", "n", len(diff)))
	}
	d.news = strings.Join(said, i18n.T(d.ctx, "change.and"))
	*d.it = *next
}

// conform takes one element over from the base item.
func (d *doing) conform(e catalog.Element) (string, error) {
	b, _, err := d.Catalog.Base(d.tx, d.it.BaseCode)
	if err != nil {
		return "", err
	}
	locks, _, err := d.Catalog.LocksOf(d.tx, b.Source())
	if err != nil {
		return "", err
	}
	d.took(catalog.Conform(b, d.it, e, locks))
	return d.here("base"), nil
}

// codes builds the codes of the implementation and of what is handled.
func (d *doing) codes() (string, error) {
	if d.it.BaseCode == "" || d.it.UseLevel == "" {
		return "", fault.New(fault.Invalid, "editor.codes.first")
	}
	implement, handle, err := d.Catalog.NextItemCodes(d.tx, d.it.Body, d.it.UseLevel, d.it.BaseCode)
	if err != nil {
		return "", err
	}
	d.it.ImplementCode, d.it.HandleCode = implement, handle
	return d.here("codes"), nil
}

// take takes a material of the library into the draft.
func (d *doing) take(code string) (string, error) {
	lib, err := d.Catalog.LibraryMaterial(d.tx, code)
	if err != nil {
		return "", err
	}
	if lib.Retired {
		return "", fault.New(fault.Conflict, "editor.library.retired")
	}
	if len(d.it.Materials) >= mostParts {
		return "", fault.New(fault.Invalid, "editor.wrong.many")
	}
	var taken []string
	for _, m := range d.it.Materials {
		taken = append(taken, m.ID)
	}
	m := catalog.Material{ID: catalog.NewID("m", taken), Library: code, Name: lib.Name, Necessity: "1", Originals: 1, DeferDays: lib.DeferDays}
	d.it.Materials = append(d.it.Materials, m)
	*d.it = *catalog.Refresh(d.it, lib)
	return rowPath(d.id, "materials", "materials", m.ID), nil
}

// layout gives the draft a step for every slot of its flow that has none.
func (d *doing) layout() (string, error) {
	templates, err := d.Catalog.TemplatesFor(d.tx, d.it)
	if err != nil {
		return "", err
	}
	t, ok := templates[d.it.FlowID]
	if !ok {
		return "", fault.New(fault.Invalid, "catalog.item.flow", "where", d.it.FlowID)
	}
	if t.IsDrawn() {
		return d.here("steps"), d.Catalog.TakeFlow(d.tx, d.it)
	}
	posts, err := d.posts(d.tx)
	if err != nil {
		return "", err
	}
	next := d.Catalog.Layout(d.it, t, func(code string) bool { return slices.ContainsFunc(posts, func(p Post) bool { return p.Code == code }) })
	*d.it = *next
	return d.here("steps"), nil
}

// condition adds a comparison to the condition that the form is about: "q1 == \"a\"".
func (d *doing) condition() (string, error) {
	v := at(d.at.value, "when", false)
	one := strings.TrimSpace(d.form.Get("compare"))
	if !v.IsValid() || v.Kind() != reflect.String || one == "" {
		return d.here("when"), nil
	}
	joint := " && "
	if d.form.Get("joint") == "or" {
		joint = " || "
	}
	if was := strings.TrimSpace(v.String()); was != "" {
		if joint == " && " && strings.Contains(was, "||") {
			was = "(" + was + ")"
		}
		one = was + joint + one
	}
	if code := put(v, area, []string{one}); code != "" {
		return "", fault.Fields{"when": code}.Err()
	}
	return d.here("when"), nil
}

// schema takes the fields of a form in that is written as JSON Schema.
func (d *doing) schema() (string, error) {
	fields, err := catalog.FieldsOf([]byte(d.form.Get("schema")))
	if err != nil {
		return "", err
	}
	d.it.Fields = fields
	return d.here("fields"), nil
}

// bare takes the blank or the sample form of a material away, or the sample of the result.
func (d *doing) bare(which string) (string, error) {
	if d.at.section.key == "service" && which == resultSample {
		d.it.Result.Sample = nil
	}
	if m, ok := d.at.value.Addr().Interface().(*catalog.Material); ok {
		if f := fileOf(m, which); f != nil {
			*f = nil
		}
	}
	return d.here("files"), nil
}

// posts are those that steps may be given to.
func (p *Pages) posts(tx *db.Tx) ([]Post, error) {
	if p.Posts == nil {
		return nil, nil
	}
	return p.Posts(tx)
}
