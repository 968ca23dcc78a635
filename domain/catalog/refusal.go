package catalog

import (
	"cmp"
	"context"
	"path"
	"slices"
	"strings"

	"onedoor.app/infra/fault"
	"onedoor.app/infra/i18n"
	"onedoor.app/infra/web"
)

// Refusal is one entry that was not taken in.
type Refusal struct {
	File    string `json:",omitempty"` // of a package
	Sheet   string `json:",omitempty"` // of a workbook
	Line    int    `json:",omitempty"` // of a list or file, from 1; the header is a line
	Column  string `json:",omitempty"` // letters of the column, "AB"
	Heading string `json:",omitempty"` // of the column
	Name    string // as far as it could be read
	Code    string // why: a fault code with words
	Where   string // which part of the entry
	Choices string `json:",omitempty"` // what may stand there
	Part    Part   `json:",omitzero"`  // of the item, which Where names by its id
}

// Part is an entry of one of the lists of an item, as people tell it from others.
type Part struct {
	List string `json:",omitempty"` // "materials"
	Nth  int    `json:",omitempty"` // from 1
	Name string `json:",omitempty"` // "" for one that has none
	Rest string `json:",omitempty"` // what is wrong in it
}

// Reason is why the entry was not taken in, as a fault.
func (r Refusal) Reason() error { return r.reason(r.Where) }

func (r Refusal) reason(where string) error {
	if r.Code == "catalog.package.large" {
		where = cmp.Or(where, path.Base(r.File))
	}
	return fault.New(fault.Invalid, r.Code, "where", where, "heading", r.Heading, "choices", r.Choices,
		"sheet", r.Sheet, "part", r.Part.Name, "megabytes", int(boundsOf(r.File).bytes>>20))
}

// Words say why the entry was not taken in and how to mend it.
func (r Refusal) Words(ctx context.Context) string {
	words := web.Words(ctx, r.reason(r.place(ctx)))
	if strings.HasPrefix(r.Code, "catalog.rule.") {
		if r.Where != "" {
			words += i18n.T(ctx, "catalog.import.where", "where", r.Where)
		}
		words += i18n.T(ctx, "catalog.import.mend", "mend", i18n.T(ctx, r.Code+".mend"))
	}
	return words
}

// place is Where as people say it: 材料《营业执照》, 第 3 份材料.
func (r Refusal) place(ctx context.Context) string {
	if r.Part.List == "" {
		if r.Part.Rest != "" {
			return r.Part.Rest
		}
		if key := "catalog.part.el." + r.Where; strings.HasPrefix(r.Code, "catalog.item.") && i18n.T(ctx, key) != key {
			return i18n.T(ctx, key)
		}
		return r.Where
	}
	var words string
	if r.Part.Name != "" {
		words = i18n.T(ctx, "catalog.part."+r.Part.List, "name", r.Part.Name)
	} else {
		words = i18n.T(ctx, "catalog.part."+r.Part.List+".nth", "n", r.Part.Nth)
	}
	if r.Part.Rest != "" {
		words = i18n.T(ctx, "catalog.part.rest", "part", words, "rest", r.Part.Rest)
	}
	return words
}

// partIDs are the lists whose entries problems name by an id, and the ends of the codes that speak of them first.
var partIDs = []struct {
	list  string
	codes []string
	ids   func(it *Item) (ids, names []string)
}{
	{"materials", []string{"material", "library", "certificate", "no_code"}, func(it *Item) (ids, names []string) {
		for _, m := range it.Materials {
			ids, names = append(ids, m.ID), append(names, m.Name)
		}
		return ids, names
	}},
	{"fields", []string{"field", "element"}, func(it *Item) (ids, names []string) {
		for _, f := range it.Fields {
			ids, names = append(ids, f.Key), append(names, f.Label)
		}
		return ids, names
	}},
	{"steps", []string{"step", "stop", "slot"}, func(it *Item) (ids, names []string) {
		for _, s := range it.Steps {
			ids, names = append(ids, s.ID), append(names, s.Name)
		}
		return ids, names
	}},
	{"situations", []string{"question", "option", "effect", "set_limit", "rule", "contradiction", "situation"}, func(it *Item) (ids, names []string) {
		for _, q := range it.Situations {
			ids, names = append(ids, q.ID), append(names, q.Question)
		}
		return ids, names
	}},
	{"rules", []string{"rule", "effect", "set_limit", "contradiction"}, func(it *Item) (ids, names []string) {
		for _, r := range it.Rules {
			ids, names = append(ids, r.ID), append(names, "") // people know rules by their place
		}
		return ids, names
	}},
}

// named says a set of answers, "q1=a q2=b", by the questions and their options; "" for what is none.
func (it *Item) named(answers []string) string {
	var parts []string
	for _, a := range answers {
		id, value, ok := strings.Cut(a, "=")
		q := it.Situation(id)
		if !ok || q == nil || q.Option(value) == nil {
			return ""
		}
		parts = append(parts, q.Question+" "+q.Option(value).Label)
	}
	return strings.Join(parts, " · ")
}

// partOf finds the entry of a list of an item of which a problem speaks; the zero Part: none.
func (it *Item) partOf(w Wrong) Part {
	words := strings.Fields(w.Where)
	end := strings.TrimPrefix(w.Code, "catalog.item.")
	if len(words) == 0 || end == w.Code {
		return Part{}
	}
	if named := it.named(words); strings.HasPrefix(end, "situation_") && named != "" {
		return Part{List: "answers", Name: named}
	}
	if end == "slot" { // the flow stands before the step
		words = words[1:]
	}
	for _, p := range partIDs {
		if len(words) == 0 || !slices.ContainsFunc(p.codes, func(c string) bool { return strings.HasPrefix(end, c) }) {
			continue
		}
		ids, names := p.ids(it)
		at := slices.Index(ids, words[0])
		if at >= 0 && (end == "material" || end == "field" || end == "step" || end == "question") { // the second of two that are called alike
			at += 1 + slices.Index(ids[at+1:], words[0])
		}
		if at < 0 {
			continue
		}
		rest := words[1:]
		if q := it.Situation(words[0]); p.list == "situations" && q != nil && len(rest) > 0 {
			if o := q.Option(rest[0]); o != nil && o.Label != "" {
				rest = append([]string{o.Label}, rest[1:]...)
			}
		}
		return Part{p.list, at + 1, names[at], strings.Join(rest, " ")}
	}
	return Part{}
}
