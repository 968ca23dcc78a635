package directory

import (
	"context"
	"crypto/rand"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"onedoor.app/domain/catalog"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
	"onedoor.app/infra/i18n"
	"onedoor.app/infra/web"
	"onedoor.app/ui"
)

// formView is the form of a base item, a new one or one in force.
type formView struct {
	ui.Page
	Code    string // "" of a new one
	On      int
	Key     string
	Base    catalog.Base
	Typed   url.Values // as it was typed
	Trouble string
	Wrong   map[string]string
}

func (p *Pages) askNew(w http.ResponseWriter, r *http.Request) error {
	v := formView{Typed: url.Values{}}
	source := "00"
	if err := p.Catalog.DB.Read(r.Context(), func(tx *db.Tx) error {
		all, err := p.Catalog.Sources(tx)
		if len(all) > 0 {
			source = all[len(all)-1]
		}
		return err
	}); err != nil {
		return err
	}
	v.Typed.Set("source", source)
	if again(r) != 0 {
		if err := p.Catalog.DB.Read(r.Context(), func(tx *db.Tx) error { return p.reopen(tx, again(r), "", &v) }); err != nil {
			return err
		}
	}
	return p.form(w, r, http.StatusOK, v)
}

func (p *Pages) askEdit(w http.ResponseWriter, r *http.Request) error {
	v := formView{}
	if err := p.find(r, &v); err != nil {
		return err
	}
	v.Typed = typed(v.Base)
	if again(r) != 0 {
		if err := p.Catalog.DB.Read(r.Context(), func(tx *db.Tx) error { return p.reopen(tx, again(r), catalog.AboutBase(v.Code), &v) }); err != nil {
			return err
		}
	}
	return p.form(w, r, http.StatusOK, v)
}

// again is the proposal that is to be opened again, 0 for none.
func again(r *http.Request) int64 {
	id, _ := strconv.ParseInt(r.URL.Query().Get("again"), 10, 64) // what is no number opens the form as it is
	return id
}

// reopen fills the form with what a proposal that was sent back said. It stays on the version that it was made on, so that
// whoever sends it again is told of what has come in force since.
func (p *Pages) reopen(tx *db.Tx, id int64, about string, v *formView) error {
	old, err := p.Catalog.SentBack(tx, id, about)
	if err != nil {
		return err
	}
	if old.Base == nil {
		return fault.New(fault.Unknown, "catalog.proposal.none")
	}
	b := *old.Base
	v.On, v.Typed = old.On, typed(b)
	v.Typed.Set("source", b.Source())
	v.Typed.Set("type", b.Type)
	v.Typed.Set("main", b.Main)
	v.Typed.Set("why", old.Why)
	return nil
}

func (p *Pages) find(r *http.Request, v *formView) error {
	return p.Catalog.DB.Read(r.Context(), func(tx *db.Tx) error {
		b, number, err := p.Catalog.Base(tx, r.PathValue("code"))
		if err == nil {
			v.Base, v.On, v.Code = *b, number, b.Code
		}
		return err
	})
}

func (p *Pages) form(w http.ResponseWriter, r *http.Request, status int, v formView) error {
	title, path := i18n.T(r.Context(), "directory.new"), newPath
	if v.Code != "" {
		title, path = i18n.T(r.Context(), "directory.edit.title", "name", v.Base.Name), codePath(v.Code)+"/edit"
	}
	v.Page = p.Frame(r, title)
	v.Page.Path, v.Page.Wrong, v.Key = path, v.Trouble != "", rand.Text()
	return web.Show(w, r, status, formPage(v))
}

// postNew gives the base item the first free code of its source and kind, or below its main item.
func (p *Pages) postNew(w http.ResponseWriter, r *http.Request) error {
	if err := web.Form(r); err != nil {
		return err
	}
	v := formView{Typed: r.PostForm}
	v.Base.Type, v.Base.Main = text(v.Typed, "type"), text(v.Typed, "main")
	err := p.Catalog.DB.Read(r.Context(), func(tx *db.Tx) (err error) {
		v.Base.Code, err = p.Catalog.NextBaseCode(tx, text(v.Typed, "source"), v.Base.Type, v.Base.Main)
		return err
	})
	if fault.Is(err, fault.Invalid) {
		bad := fault.Fields{}
		switch {
		case v.Base.Main != "":
			bad.Need(false, "main", "catalog.base.main")
		case v.Base.Type == "":
			bad.Need(false, "type", "catalog.base.type")
		default:
			bad.Need(false, "source", "catalog.lock.source")
		}
		bad.Need(text(v.Typed, "name") != "", "name", "catalog.base.name")
		bad.Need(text(v.Typed, "why") != "", "why", "catalog.why.short")
		err = bad.Err()
	}
	if err == nil && v.Base.Main != "" {
		v.Base.Type = v.Base.Code[2:4]
	}
	return p.save(w, r, v, err)
}

func (p *Pages) postEdit(w http.ResponseWriter, r *http.Request) error {
	if err := web.Form(r); err != nil {
		return err
	}
	v := formView{}
	if err := p.find(r, &v); err != nil {
		return err
	}
	v.Typed = r.PostForm
	return p.save(w, r, v, nil)
}

// save proposes what was typed, or shows it again with what is wrong.
func (p *Pages) save(w http.ResponseWriter, r *http.Request, v formView, err error) error {
	ctx := r.Context()
	on, _ := strconv.Atoi(v.Typed.Get("on"))
	bad := fault.Fields{}
	b := v.read(bad)
	var proposal int64
	if err == nil {
		err = bad.Err()
	}
	if err == nil {
		proposal, err = p.Catalog.ProposeForBase(ctx, auth.From(ctx), v.Typed.Get("_key"), on, b, v.Typed.Get("why"))
	}
	if fault.Is(err, fault.Invalid) || fault.Is(err, fault.Stale) || fault.Is(err, fault.Conflict) {
		v.Trouble, v.Wrong = web.Words(ctx, err), web.FieldWords(ctx, err)
		return p.form(w, r, web.Status(err), v) // On is what stands by now: sending again means it
	}
	if err != nil {
		return err
	}
	if p.Flash != nil {
		p.Flash(ctx, i18n.T(ctx, "directory.saved", "name", b.Name))
	}
	return web.SeeOther(w, r, catalog.ProposalPath(proposal))
}

func text(form url.Values, name string) string {
	return strings.TrimSpace(strings.ReplaceAll(strings.ToValidUTF8(form.Get(name), ""), "\x00", ""))
}

func lines(form url.Values, name string) (all []string) {
	for line := range strings.Lines(text(form, name)) {
		if line = strings.TrimSpace(line); line != "" {
			all = append(all, line)
		}
	}
	return all
}

// typed writes a base item as its form holds it.
func typed(b catalog.Base) url.Values {
	f := url.Values{"use_levels": b.UseLevels, "audience": b.Audience, "procedure": b.Procedure}
	for name, value := range map[string]string{
		"name": b.Name, "local_code": b.LocalCode, "power_source": b.PowerSource, "conditions": strings.Join(b.Conditions, "\n"),
		"result": b.Result, "from": b.From, "until": b.Until, "unit": b.StatutoryLimit.Unit,
	} {
		f.Set(name, value)
	}
	if b.StatutoryLimit.Value > 0 {
		f.Set("statutory_limit", number(b.StatutoryLimit.Value))
	}
	var basis, required, optional []string
	for _, x := range b.Basis {
		basis = append(basis, x.Law+" | "+x.Article+" | "+x.Gist)
	}
	for _, m := range b.Materials {
		if m.Required {
			required = append(required, m.Name)
		} else {
			optional = append(optional, m.Name)
		}
	}
	f.Set("basis", strings.Join(basis, "\n"))
	f.Set("materials", strings.Join(required, "\n"))
	f.Set("optional", strings.Join(optional, "\n"))
	return f
}

// read makes the base item that was typed. What the form does not show stays as it is: the rest of a ground or a material
// of the same name too.
func (v formView) read(bad fault.Fields) catalog.Base {
	b := v.Base
	b.Name, b.LocalCode, b.PowerSource = text(v.Typed, "name"), text(v.Typed, "local_code"), text(v.Typed, "power_source")
	b.UseLevels, b.Audience = v.Typed["use_levels"], v.Typed["audience"]
	b.Conditions, b.Result = lines(v.Typed, "conditions"), text(v.Typed, "result")
	b.From, b.Until = text(v.Typed, "from"), text(v.Typed, "until")
	b.Procedure = slices.DeleteFunc(slices.Clone(v.Typed["procedure"]), func(s string) bool {
		return !slices.Contains(catalog.Slots(), s) && !slices.Contains(v.Base.Procedure, s)
	})
	limit := catalog.Limit{}
	if days := text(v.Typed, "statutory_limit"); days != "" {
		n, err := strconv.Atoi(days)
		bad.Need(err == nil && n > 0 && n <= 1000, "statutory_limit", "catalog.base.statutory_limit")
		limit = catalog.Limit{Value: n, Unit: text(v.Typed, "unit")}
	}
	if limit.Value != b.StatutoryLimit.Value || limit.Unit != b.StatutoryLimit.Unit && limit.Value > 0 {
		b.StatutoryLimit = limit
	}
	b.Basis = v.basis()
	b.Materials = nil
	for _, name := range []string{"materials", "optional"} {
		for _, line := range lines(v.Typed, name) {
			b.Materials = append(b.Materials, v.material(line, name == "materials"))
		}
	}
	return b
}

func (v formView) material(name string, required bool) catalog.BaseMaterial {
	m := catalog.BaseMaterial{Name: name}
	if i := slices.IndexFunc(v.Base.Materials, func(m catalog.BaseMaterial) bool { return m.Name == name }); i >= 0 {
		m = v.Base.Materials[i]
	}
	m.Required = required
	return m
}

// basis reads "law | article | gist". A ground that was not there is to be compared with the text of the law yet.
func (v formView) basis() (all []catalog.Basis) {
	for _, line := range lines(v.Typed, "basis") {
		parts := strings.SplitN(strings.ReplaceAll(line, "｜", "|"), "|", 3)
		for len(parts) < 3 {
			parts = append(parts, "")
		}
		x := catalog.Basis{Law: strings.Trim(strings.TrimSpace(parts[0]), "《》"), Article: strings.TrimSpace(parts[1]), Confidence: "medium"}
		if i := slices.IndexFunc(v.Base.Basis, func(b catalog.Basis) bool { return b.Law == x.Law && b.Article == x.Article }); i >= 0 {
			x = v.Base.Basis[i]
		}
		x.Gist = strings.TrimSpace(parts[2])
		all = append(all, x)
	}
	return all
}

func (v formView) choices(ctx context.Context, name, list string) ui.Choices {
	c := ui.Choices{Name: name, Legend: i18n.T(ctx, "directory.field."+name), Multi: true, Columns: 3, Optional: true, Error: v.Wrong[name]}
	for _, x := range catalog.Codes(list).Codes {
		c.Options = append(c.Options, ui.Option{Value: x.Value, Text: x.Words(i18n.Lang(ctx)), On: slices.Contains(v.Typed[name], x.Value)})
	}
	return c
}

func (v formView) procedure(ctx context.Context) ui.Choices {
	c := ui.Choices{Name: "procedure", Legend: i18n.T(ctx, "directory.element.procedure"), Hint: i18n.T(ctx, "directory.procedure.hint"), Multi: true, Columns: 3, Optional: true}
	all := catalog.Slots()
	for _, s := range v.Base.Procedure {
		if !slices.Contains(all, s) {
			all = append(all, s)
		}
	}
	for _, s := range all {
		c.Options = append(c.Options, ui.Option{Value: s, Text: slotName(ctx, s), On: slices.Contains(v.Typed["procedure"], s)})
	}
	return c
}

// options are a list of codes to choose one of; none may be chosen where empty has words.
func (v formView) options(ctx context.Context, name, list, empty string) []ui.Option {
	options := []ui.Option{{Text: i18n.T(ctx, empty)}}
	for _, x := range catalog.Codes(list).Codes {
		options = append(options, ui.Option{Value: x.Value, Text: x.Words(i18n.Lang(ctx)), On: v.Typed.Get(name) == x.Value})
	}
	return options
}

func (v formView) units(ctx context.Context) (all []ui.Option) {
	for _, u := range []string{catalog.Workday, catalog.Day, catalog.Month, catalog.Hour} {
		all = append(all, ui.Option{Value: u, Text: i18n.T(ctx, "directory.unit."+u), On: v.Typed.Get("unit") == u})
	}
	return all
}

// input is a field of one line, area one of several.
func (v formView) input(ctx context.Context, name string, optional bool) ui.Input {
	return ui.Input{Name: name, Label: i18n.T(ctx, "directory.field."+name), Value: v.Typed.Get(name), Error: v.Wrong[name], Optional: optional}
}

func (v formView) area(ctx context.Context, name, hint string) ui.Input {
	i := v.input(ctx, name, true)
	i.Kind, i.Rows, i.Wide, i.Hint = "textarea", min(max(4, strings.Count(i.Value, "\n")+2), 12), true, i18n.T(ctx, hint)
	return i
}

// fields are those of the form in their order.
var fields = []string{"source", "type", "main", "code", "name", "local_code", "use_levels", "power_source", "basis", "audience", "conditions", "procedure", "materials", "optional", "statutory_limit", "result", "from", "until", "why"}

func (v formView) summary() []ui.Wrong { return summary(v.Wrong, v.Trouble, fields, "name") }

// summary lists what is wrong in the order of the form; what belongs to no field leads to the first.
func summary(wrong map[string]string, trouble string, fields []string, first string) (all []ui.Wrong) {
	for _, f := range fields {
		if wrong[f] != "" {
			all = append(all, ui.Wrong{Field: f, Text: wrong[f]})
		}
	}
	if len(all) == 0 {
		all = append(all, ui.Wrong{Field: first, Text: trouble})
	}
	return all
}

func (v formView) action() string {
	if v.Code == "" {
		return basePath
	}
	return codePath(v.Code) + "/edit"
}

func (v formView) nameInput(ctx context.Context) ui.Input {
	i := v.input(ctx, "name", false)
	i.Max, i.Wide = 300, true
	return i
}

func (v formView) sourceInput(ctx context.Context) ui.Input {
	i := v.input(ctx, "source", false)
	i.Hint, i.Size, i.Mode, i.Max = i18n.T(ctx, "directory.source.hint"), "s", "numeric", 2
	return i
}

func (v formView) mainInput(ctx context.Context) ui.Input {
	i := v.input(ctx, "main", true)
	i.Hint, i.Size, i.Mode, i.Max = i18n.T(ctx, "directory.main.hint"), "m", "numeric", 12
	return i
}

func (v formView) limitInput(ctx context.Context) ui.Input {
	i := v.input(ctx, "statutory_limit", true)
	i.Kind, i.Size, i.Mode = "number", "s", "numeric"
	return i
}

func (v formView) date(ctx context.Context, name string) ui.Input {
	i := v.input(ctx, name, true)
	i.Kind, i.Size = "date", "m"
	return i
}
