package change

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"onedoor.app/domain/catalog"
	"onedoor.app/domain/catalog/directory"
	"onedoor.app/infra/db"
	"onedoor.app/infra/i18n"
)

// Trouble is one thing that is still wrong with a draft, or could be better, in words and with its place in the editor.
type Trouble struct {
	Section string
	Row     string // of the entry that it lies in, "materials.m1"
	Field   string // id of the field on its page
	Text    string
	Advice  bool // it does not keep the draft from being submitted
}

// Path is where the trouble is put right, below the page on which the draft is edited.
func (t Trouble) Path(editor string) string {
	path := editor + "/" + t.Section
	if t.Row != "" {
		path += "?row=" + url.QueryEscape(t.Row)
	}
	if t.Field != "" {
		path += "#" + t.Field
	}
	return path
}

// Troubles lists what keeps a draft from being submitted, and after it what could be better.
func Troubles(ctx context.Context, tx *db.Tx, s *catalog.Service, c *catalog.Change) ([]Trouble, error) {
	wrong, err := s.Problems(tx, c)
	if err != nil {
		return nil, err
	}
	left, err := s.Leaves(tx, c)
	if err != nil {
		return nil, err
	}
	for i, d := range left {
		left[i].Deviation = directory.Named(d.Deviation, unitsOf(tx, s))
	}
	var all []Trouble
	add := func(x catalog.Wrong, advice bool) {
		t := locate(c.Item, x)
		t.Advice, t.Text = advice, sayWrong(ctx, c.Item, t, x, left)
		all = append(all, t)
	}
	flows, err := s.Templates(tx)
	if err != nil {
		return nil, err
	}
	for _, x := range wrong {
		if t, ok := flows[x.Where]; ok && x.Code == "catalog.item.unsound" {
			x.Where = t.Name
		}
		add(x, false)
	}
	if body := s.Lodged(tx, c.Item); body != "" {
		add(catalog.Wrong{Code: "catalog.item.section_body", Where: unitsOf(tx, s)(body)}, true)
	}
	for _, d := range left {
		if d.Inherited {
			add(catalog.Wrong{Code: "catalog.deviates." + string(d.Element)}, true)
			all[len(all)-1].Text += i18n.T(ctx, "change.left.stays")
		}
	}
	for _, f := range s.FlawsOf(c.Item) {
		if !catalog.Refusing(f.Rule) {
			add(catalog.Wrong{Code: "catalog.rule." + f.Rule, Where: f.Where}, true)
		}
	}
	_, retired, err := s.RetiredMaterials(tx, c)
	for _, x := range retired {
		add(x, true)
	}
	return all, err
}

// unitsOf calls units by their names.
func unitsOf(tx *db.Tx, s *catalog.Service) func(unit string) string {
	return func(unit string) string {
		if s.UnitName == nil {
			return unit
		}
		return s.UnitName(tx, unit)
	}
}

// sayWrong says what is wrong and how to mend it.
func sayWrong(ctx context.Context, it *catalog.Item, t Trouble, x catalog.Wrong, left []catalog.Left) string {
	if strings.HasPrefix(x.Code, "catalog.rule.") {
		text := strings.TrimRight(i18n.T(ctx, x.Code), "。.") + i18n.T(ctx, "change.colon") + i18n.T(ctx, x.Code+".mend")
		if x.Where != "" {
			text = i18n.T(ctx, "change.named", "text", x.Where) + text
		}
		return text
	}
	where := whereWords(ctx, it, t, x)
	if element, ok := strings.CutPrefix(x.Code, "catalog.deviates."); ok {
		for _, d := range left {
			if string(d.Element) == element {
				where = directory.Saying(ctx, d.Deviation)
			}
		}
	}
	first, _, _ := strings.Cut(x.Where, " ")
	if own := x.Code + "." + first; x.Code == "catalog.item.record" && i18n.T(ctx, own) != own {
		return i18n.T(ctx, own, "where", where)
	}
	return i18n.T(ctx, x.Code, "where", where)
}

// whereWords calls what a fault names as people do: an entry by its name, by its place in the list where it has none.
func whereWords(ctx context.Context, it *catalog.Item, t Trouble, x catalog.Wrong) string {
	if words := sayAnswers(ctx, it, x.Where); words != "" {
		return words
	}
	list, id, ok := strings.Cut(t.Row, ".")
	parts := strings.Split(x.Where, " ")
	at := slices.Index(parts, id)
	if !ok || id == "" && x.Where != "" || id != "" && at < 0 {
		label := known(ctx, "change.el."+parts[0], parts[0])
		return strings.Join(append([]string{label}, parts[1:]...), i18n.T(ctx, "change.colon"))
	}
	name, rest := entryName(ctx, it, list, id), parts[min(max(at, 0)+1, len(parts)):]
	if list == "situations" && len(rest) > 0 && (strings.HasPrefix(x.Code, "catalog.item.option") || slices.Contains([]string{"catalog.item.effect", "catalog.item.set_limit", "catalog.item.contradiction"}, x.Code)) {
		return name + i18n.T(ctx, "change.of") + optionName(ctx, it.Situation(id), rest[0])
	}
	switch x.Code {
	case "catalog.item.rule_value":
		if q := it.Situation(rest[0]); q != nil {
			return name + i18n.T(ctx, "change.colon") + SayAnswer(ctx, q, "==", strings.Join(rest[1:], " "))
		}
	case "catalog.item.certificate":
		return name + i18n.T(ctx, "change.colon") + strings.Join(rest, " ")
	case "catalog.item.no_code":
		return name + i18n.T(ctx, "change.of") + known(ctx, "change.el."+list+"."+rest[0], rest[0]) + i18n.T(ctx, "change.colon") + strings.Join(rest[1:], " ")
	}
	return name
}

// entryName is what people call an entry of a list: 材料《营业执照》, and where it has no name yet 第 3 份材料.
func entryName(ctx context.Context, it *catalog.Item, list, id string) string {
	say := func(i int, name string) string {
		if name == "" {
			return i18n.T(ctx, "change.nth."+list, "n", i+1)
		}
		return i18n.T(ctx, "change.of."+list, "name", name)
	}
	switch list {
	case "materials":
		if i := slices.IndexFunc(it.Materials, func(m catalog.Material) bool { return m.ID == id }); i >= 0 {
			return say(i, it.Materials[i].Name)
		}
	case "fields":
		if i := slices.IndexFunc(it.Fields, func(f catalog.Field) bool { return f.Key == id }); i >= 0 {
			return say(i, it.Fields[i].Label)
		}
	case "situations":
		if i := slices.IndexFunc(it.Situations, func(q catalog.Situation) bool { return q.ID == id }); i >= 0 {
			return say(i, it.Situations[i].Question)
		}
	case "rules":
		if i := slices.IndexFunc(it.Rules, func(r catalog.Rule) bool { return r.ID == id }); i >= 0 {
			return say(i, "") // people know rules by their place
		}
	case "steps":
		if i := slices.IndexFunc(it.Steps, func(s catalog.Step) bool { return s.ID == id }); i >= 0 {
			return say(i, it.Steps[i].Name)
		}
	}
	return i18n.T(ctx, "change.of."+list, "name", id)
}

// optionName is what people call an answer; value is its place in the list where it has none.
func optionName(ctx context.Context, q *catalog.Situation, value string) string {
	n, _ := strconv.Atoi(value) // a value that is no number is found by itself
	for i, o := range q.Options {
		switch {
		case o.Value != value && (o.Value != "" || i+1 != n):
		case o.Label == "":
			return i18n.T(ctx, "change.nth.situations.options", "n", i+1)
		default:
			return i18n.T(ctx, "change.of.situations.options", "name", o.Label)
		}
	}
	return value
}

// sayAnswers says a set of answers, "q1=a q2=b", in words; "" for anything else.
func sayAnswers(ctx context.Context, it *catalog.Item, where string) string {
	var all []string
	for one := range strings.FieldsSeq(where) {
		id, value, ok := strings.Cut(one, "=")
		q := it.Situation(id)
		if !ok || q == nil {
			return ""
		}
		all = append(all, SayAnswer(ctx, q, "==", value))
	}
	return strings.Join(all, i18n.T(ctx, "change.comma"))
}
