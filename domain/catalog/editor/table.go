package editor

import (
	"context"
	"strconv"
	"strings"

	"onedoor.app/domain/catalog"
	"onedoor.app/domain/catalog/change"
	"onedoor.app/infra/i18n"
)

// tableLine is an entry of a list in its table, which leads to the page of the entry.
type tableLine struct {
	ID    string
	Name  string
	Href  string
	Texts []string // below the columns of the list
	Below []string // lines under the name
	Code  string   // as it is written, under that
	Wrong []change.Trouble
}

// columnsOf are the heads of a list's table after the name.
var columnsOf = map[string][]string{
	"situations": {"options", "when"},
	"rules":      {"then"},
	"materials":  {"necessity", "copies", "origin"},
	"fields":     {"type", "needed", "element"},
	"steps":      {"slot", "who", "days", "clock"},
}

// table lists the entries of a list.
func (v view) table(ctx context.Context, l *list) (all []tableLine) {
	add := func(id, name string, texts ...string) *tableLine {
		if name == "" {
			name = i18n.T(ctx, "editor.unnamed")
		}
		t := tableLine{ID: id, Name: name, Href: rowPath(v.Change.ID, v.Section, l.path, id), Texts: texts}
		for _, x := range v.Troubles {
			if x.Row == l.path+"."+id && !x.Advice {
				t.Wrong = append(t.Wrong, x)
			}
		}
		all = append(all, t)
		return &all[len(all)-1]
	}
	it, value := v.Item, v.words.Value
	switch l.path {
	case "situations":
		for _, q := range it.Situations {
			t := add(q.ID, q.Question, "", i18n.T(ctx, "editor.always"))
			if q.When != "" {
				t.Texts[1] = change.SayCondition(ctx, it, q.When)
			}
			var labels []string
			for _, o := range q.Options {
				labels = append(labels, o.Label)
				if says := v.words.Then(ctx, o.Effects, o.Notice); says != "" {
					t.Below = append(t.Below, i18n.T(ctx, "change.cond.option", "answer", o.Label, "then", says))
				}
			}
			t.Texts[0] = strings.Join(labels, " / ")
		}
	case "rules":
		for _, r := range it.Rules {
			t := add(r.ID, i18n.T(ctx, "editor.rule", "id", r.ID), v.words.Then(ctx, r.Effects, r.Notice))
			t.Below, t.Code = []string{i18n.T(ctx, "change.cond.rule", "when", change.SayCondition(ctx, it, r.When), "then", v.words.Then(ctx, r.Effects, r.Notice))}, r.When
		}
	case "materials":
		for _, m := range it.Materials {
			origin := i18n.T(ctx, "editor.origin.own")
			if m.Library != "" {
				origin = i18n.T(ctx, "editor.origin.library")
			}
			add(m.ID, m.Name, value(ctx, "materials.necessity", m.Necessity), i18n.T(ctx, "editor.copies", "originals", m.Originals, "copies", m.Copies), origin)
		}
	case "fields":
		for _, f := range it.Fields {
			add(f.Key, f.Label, value(ctx, "fields.type", f.Type), i18n.T(ctx, "editor.needed."+strconv.FormatBool(f.Required)), catalog.DataElementOf(f.Element).Called(i18n.Lang(ctx)))
		}
	case "steps":
		for _, s := range it.Steps {
			t := add(s.ID, s.Name, slotName(ctx, s.Slot), v.unitName(s.Unit)+" · "+v.postName(ctx, s.Post), workdays(ctx, s.Days), value(ctx, "steps.clock", s.Clock))
			if s.Optional {
				t.Below = append(t.Below, i18n.T(ctx, "catalog.step.perhaps"))
			}
		}
	}
	return all
}

// workdays says a number of working days.
func workdays(ctx context.Context, days int) string {
	key := "catalog.limit.workday"
	if days == 1 {
		key += ".one"
	}
	return i18n.T(ctx, key, "n", days)
}

func (v view) postName(ctx context.Context, code string) string {
	if code == "" {
		return i18n.T(ctx, "editor.no_post")
	}
	if end, ok := strings.CutPrefix(code, "@"); ok {
		return i18n.T(ctx, "catalog.post."+end)
	}
	for _, p := range v.posts {
		if p.Code == code {
			return p.Name
		}
	}
	return code
}
