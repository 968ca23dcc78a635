package show

import (
	"context"
	"slices"
	"strings"

	"onedoor.app/domain/cases"
	"onedoor.app/infra/i18n"
	"onedoor.app/infra/web"
	"onedoor.app/ui"
)

// Control is one answer that a procedure asks for: a field, or a question with a few answers.
type Control struct {
	Field  ui.Input
	Choice *ui.Choices
	More   *ui.Input // below the choice: what it does not offer
	Label  string
}

// Procedure is a procedure as pages show it.
type Procedure struct {
	Act      cases.Act
	Name     string
	Does     string // what it does to which limit
	Law      string // the article
	Why      string // why it is not possible now, "" if it is
	Final    bool
	Controls []Control
	Answers  []ui.Fact // what was answered, to look at once more
	Hidden   []ui.Hidden
}

// ProcedureOf puts the form of a procedure into words, with what was typed and what is wrong with it.
func ProcedureOf(ctx context.Context, f *cases.Form, typed map[string]string, wrong map[string]string) Procedure {
	p := Procedure{
		Act: f.Procedure.Act, Name: ProcedureName(ctx, f.Procedure.Act), Does: i18n.T(ctx, "cases.does."+string(f.Procedure.Act)),
		Law: Basis(ctx, f.Basis, f.Matter.Terms.Kind), Final: f.Procedure.Final,
	}
	if f.Why != nil {
		p.Why = web.Words(ctx, f.Why)
	}
	for _, a := range f.Procedure.Asks {
		value, given := typed[a.Name]
		if !given {
			value = f.Values[a.Name]
		}
		c := control(ctx, f, a, value, wrong[a.Name])
		p.Controls = append(p.Controls, c)
		p.Hidden = append(p.Hidden, ui.Hidden{Name: a.Name, Value: value})
		if value != "" {
			p.Answers = append(p.Answers, ui.Fact{Label: c.Label, Value: answer(ctx, f, a, value)})
		}
	}
	return p
}

// word is the first of several texts that there is.
func word(ctx context.Context, keys ...string) string {
	for _, key := range keys {
		if text := i18n.T(ctx, key); text != key {
			return text
		}
	}
	return ""
}

func control(ctx context.Context, f *cases.Form, a cases.Asked, value, wrong string) Control {
	act := string(f.Procedure.Act)
	own, plain := "cases.ask."+act+"."+a.Name, "cases.ask."+a.Name
	label, hint := word(ctx, own, plain), word(ctx, own+".hint", plain+".hint")
	in := ui.Input{Name: a.Name, Label: label, Hint: hint, Value: value, Error: wrong, Optional: a.Optional}
	switch a.Kind {
	case cases.AskText:
		in.Kind, in.Wide, in.Max, in.Rows = "textarea", true, a.Most, 4
	case cases.AskStaff:
		return staffControl(ctx, f, in)
	case cases.AskNames:
		in.Kind, in.Wide, in.Rows = "textarea", true, 3
	case cases.AskDate:
		in.Kind, in.Size = "date", "m"
	case cases.AskNumber:
		in.Kind, in.Size, in.Mode = "number", "s", "numeric"
		in.Unit = i18n.T(ctx, "show.workdays")
	case cases.AskLine:
		in.Wide, in.Max = true, a.Most
	case cases.AskWanting:
		c := ui.Choices{Name: a.Name, Legend: label, Hint: hint, Error: wrong, Multi: true}
		for _, o := range f.Options[a.Name] {
			c.Options = append(c.Options, ui.Option{Value: o.Value, Text: o.Text, On: slices.Contains(strings.Fields(value), o.Value)})
		}
		return Control{Label: label, Choice: &c}
	case cases.AskYes:
		return Control{Label: label, Choice: &ui.Choices{
			Name: a.Name, Legend: label, Hint: hint, Error: wrong, Multi: true, HideLegend: true,
			Options: []ui.Option{{Value: "yes", Text: label, On: value == "yes"}},
		}}
	default:
		options := f.Options[a.Name]
		if len(options) <= 3 {
			c := ui.Choices{Name: a.Name, Legend: label, Hint: hint, Error: wrong, Optional: a.Optional}
			for _, o := range options {
				c.Options = append(c.Options, ui.Option{Value: o.Value, Text: optionWord(ctx, a, o), On: o.Value == value})
			}
			return Control{Label: label, Choice: &c}
		}
		in.Kind = "select"
		in.Options = []ui.Option{{Text: i18n.T(ctx, "show.choose")}}
		for _, o := range options {
			in.Options = append(in.Options, ui.Option{Value: o.Value, Text: optionWord(ctx, a, o)})
		}
	}
	return Control{Field: in, Label: label}
}

// numbers are the staff numbers of an answer.
func numbers(text string) (list []string) {
	for _, no := range cases.StaffNumbers(text) {
		list = append(list, strings.ToUpper(no))
	}
	return list
}

// staffControl offers people by name, and leaves room for the numbers of others.
func staffControl(ctx context.Context, f *cases.Form, in ui.Input) Control {
	typed := numbers(in.Value)
	c := ui.Choices{Name: in.Name, Legend: in.Label, Hint: in.Hint, Error: in.Error, Multi: true, Columns: 2}
	for _, s := range f.Staff {
		o := ui.Option{Value: s.No, Text: s.Name + " " + s.No, Note: s.Unit + " " + s.Post}
		if i := slices.Index(typed, s.No); i >= 0 {
			o.On, typed = true, slices.Delete(typed, i, i+1)
		}
		c.Options = append(c.Options, o)
	}
	more := ui.Input{
		Name: in.Name, ID: in.Name + "-others", Label: i18n.T(ctx, "show.staff.others"), Hint: i18n.T(ctx, "show.staff.others.hint"),
		Value: strings.Join(typed, " "), Optional: true, Wide: true, Complete: "off",
	}
	return Control{Label: in.Label, Choice: &c, More: &more}
}

func optionWord(ctx context.Context, a cases.Asked, o cases.Option) string {
	switch {
	case o.Text != "":
		return o.Text
	case a.Stop():
		return StopName(ctx, cases.StopKind(o.Value))
	default:
		return i18n.T(ctx, "cases.option."+a.Name+"."+o.Value)
	}
}

// answer is a typed value in words.
func answer(ctx context.Context, f *cases.Form, a cases.Asked, value string) string {
	if a.Kind == cases.AskYes {
		return i18n.T(ctx, "show.value.true")
	}
	if a.Kind == cases.AskStaff {
		names := numbers(value)
		for i, no := range names {
			if at := slices.IndexFunc(f.Staff, func(s cases.Candidate) bool { return s.No == no }); at >= 0 {
				names[i] = f.Staff[at].Name + " " + no
			}
		}
		return strings.Join(names, i18n.T(ctx, "show.and"))
	}
	options := f.Options[a.Name]
	if a.Kind == cases.AskWanting {
		var names []string
		for _, o := range options {
			if slices.Contains(strings.Fields(value), o.Value) {
				names = append(names, o.Text)
			}
		}
		return strings.Join(names, i18n.T(ctx, "show.and"))
	}
	if i := slices.IndexFunc(options, func(o cases.Option) bool { return o.Value == value }); i >= 0 {
		return optionWord(ctx, a, options[i])
	}
	return value
}

// Basis says in words what an act rests on: 《行政许可法》第 47 条. The Licensing Law reaches licences only.
func Basis(ctx context.Context, basis string, kind cases.ItemKind) string {
	var parts []string
	for part := range strings.SplitSeq(basis, "; ") {
		if part == cases.BasisOwn {
			parts = append(parts, i18n.T(ctx, "show.basis.own"))
			continue
		}
		law, articles, _ := strings.Cut(part, " ")
		switch law {
		case "XKF":
			if kind == cases.KindLicence {
				parts = append(parts, i18n.T(ctx, "show.basis.xkf", "n", articlesOf(ctx, articles)))
			}
		case "营商":
			parts = append(parts, i18n.T(ctx, "show.basis.business", "n", articlesOf(ctx, articles)))
		case "行政处罚法":
			parts = append(parts, i18n.T(ctx, "show.basis.penalty", "n", articlesOf(ctx, articles)))
		case "J3":
			parts = append(parts, i18n.T(ctx, "show.basis.court"))
		case "practice":
			parts = append(parts, i18n.T(ctx, "show.basis.practice"))
		}
	}
	if len(parts) == 0 {
		return i18n.T(ctx, "show.basis.choice")
	}
	return strings.Join(parts, i18n.T(ctx, "show.semicolon"))
}

// articlesOf writes 32(4), 55¶2 as laws are quoted: 第 32 条第 4 项、第 55 条第 2 款.
func articlesOf(ctx context.Context, articles string) string {
	var all []string
	for a := range strings.SplitSeq(articles, ", ") {
		if n, m, ok := strings.Cut(a, "¶"); ok {
			all = append(all, i18n.T(ctx, "show.basis.paragraph", "n", n, "m", m))
		} else if n, m, ok := strings.Cut(strings.TrimSuffix(a, ")"), "("); ok {
			all = append(all, i18n.T(ctx, "show.basis.item", "n", n, "m", m))
		} else {
			all = append(all, i18n.T(ctx, "show.basis.article", "n", a))
		}
	}
	return strings.Join(all, i18n.T(ctx, "show.and"))
}

// ProcedureName is what a procedure is called where one may do it; the timeline says what was done.
func ProcedureName(ctx context.Context, act cases.Act) string {
	return word(ctx, "cases.procedure."+string(act), "cases.act."+string(act))
}

// More is one procedure in a list: possible, or with the reason why it is not.
type More struct {
	Name, Href, Why, Law string
	Group                string // a heading before it, "" where that of the one before goes on
}

// Mores lists the procedures among what the actor may do, those possible first.
func Mores(ctx context.Context, v *cases.Case, choices []cases.Choice, href func(cases.Act) string) (now, later []More) {
	group := cases.Group("")
	for _, p := range cases.Procedures() { // in the order of the table
		i := slices.IndexFunc(choices, func(c cases.Choice) bool { return c.Procedure && c.Act == p.Act })
		if i < 0 {
			continue
		}
		c := choices[i]
		m := More{Name: ProcedureName(ctx, c.Act), Href: href(c.Act), Law: Basis(ctx, c.Basis, v.Matter.Terms.Kind)}
		if c.Why != nil {
			m.Why = web.Words(ctx, c.Why)
			later = append(later, m)
			continue
		}
		if p.Group != group {
			group, m.Group = p.Group, i18n.T(ctx, "cases.group."+string(p.Group))
		}
		now = append(now, m)
	}
	return now, later
}

// Wrongs lists what is wrong with the answers in the order of the page.
func (p Procedure) Wrongs(ctx context.Context, err error) (all []ui.Wrong) {
	words := web.FieldWords(ctx, err)
	for _, c := range p.Controls {
		name := c.Field.Name
		if c.Choice != nil {
			name = c.Choice.Name
		}
		if text := words[name]; text != "" {
			all = append(all, ui.Wrong{Field: name, Text: c.Label + i18n.T(ctx, "show.colon") + text})
		}
	}
	if len(all) == 0 && err != nil {
		all = []ui.Wrong{{Text: web.Words(ctx, err)}}
	}
	return all
}
