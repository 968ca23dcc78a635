package open

import (
	"context"
	"crypto/rand"
	"net/http"
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

func correctPath(id int64) string { return keepPath + "/correct/" + strconv.FormatInt(id, 10) }

func entryPath(id int64) string { return keepPath + "/" + strconv.FormatInt(id, 10) }

// reformForm is a new entry, or one that takes the place of another.
type reformForm struct {
	ui.Page
	Action  string
	Was     *catalog.Reform // the entry that is corrected, nil for a new one
	Typed   map[string]string
	Key     string
	Trouble string
	Wrong   map[string]string
	Units   []ui.Option
	words   words
}

// reformFields are the fields of the form in its order; the figures follow.
var reformFields = []string{"kind", "item", "name", "base", "from", "to", "document", "document_day", "effective", "note"}

var figureNames = []string{"days", "materials", "steps", "visits"}

func (p *Pages) askReform(w http.ResponseWriter, r *http.Request) error {
	return p.reformForm(w, r, http.StatusOK, reformForm{Action: keepPath + "/new", Typed: map[string]string{"kind": asked(r, "kind")}})
}

func (p *Pages) reformForm(w http.ResponseWriter, r *http.Request, code int, v reformForm) error {
	ctx := r.Context()
	title := say(ctx, "keep.new")
	if v.Was != nil {
		title = say(ctx, "keep.correct")
	}
	v.Page, v.words = p.Frame(r, title), words{ctx, map[string]string{}}
	v.Page.Path, v.Page.Wrong, v.Key = v.Action, v.Trouble != "", rand.Text()
	err := p.Catalog.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if p.Units != nil {
			v.Units, err = p.Units(tx)
		}
		if v.Was != nil {
			p.units(tx, v.words.names, v.Was.From, v.Was.To)
		}
		return err
	})
	if err != nil {
		return err
	}
	for _, field := range []string{"from", "to"} { // people read names
		for _, u := range v.Units {
			if v.Typed[field] == u.Value {
				v.Typed[field] = u.Text
			}
		}
	}
	return web.Show(w, r, code, reformFormPage(v))
}

// typed reads the form. A unit that is typed by its name or code is kept as its code, any other as it was typed.
func (p *Pages) typed(r *http.Request, v *reformForm) (x catalog.Reform, err error) {
	v.Typed = map[string]string{}
	for _, name := range append([]string{"reason", "void"}, reformFields...) {
		v.Typed[name] = strings.TrimSpace(r.PostForm.Get(name))
	}
	var units []ui.Option
	if p.Units != nil {
		if err := p.Catalog.DB.Read(r.Context(), func(tx *db.Tx) (err error) { units, err = p.Units(tx); return err }); err != nil {
			return x, err
		}
	}
	unit := func(typed string) string {
		for _, u := range units {
			if u.Text == typed {
				return u.Value
			}
		}
		return typed
	}
	x = catalog.Reform{
		Kind: catalog.ReformKind(v.Typed["kind"]), Item: v.Typed["item"], Name: v.Typed["name"], Base: v.Typed["base"],
		From: unit(v.Typed["from"]), To: unit(v.Typed["to"]), Document: v.Typed["document"], DocumentDay: v.Typed["document_day"],
		Effective: v.Typed["effective"], Note: v.Typed["note"], Reason: v.Typed["reason"], Void: v.Typed["void"] == "yes",
	}
	bad := fault.Fields{}
	number := func(name string) *int {
		v.Typed[name] = strings.TrimSpace(r.PostForm.Get(name))
		if v.Typed[name] == "" {
			return nil
		}
		n, err := strconv.Atoi(v.Typed[name])
		bad.Need(err == nil, name, "catalog.reform.spent")
		return &n
	}
	x.Before = catalog.Spent{Days: number("before_days"), Materials: number("before_materials"), Steps: number("before_steps"), Visits: number("before_visits")}
	x.After = catalog.Spent{Days: number("after_days"), Materials: number("after_materials"), Steps: number("after_steps"), Visits: number("after_visits")}
	return x, bad.Err()
}

// refused reports whether what was typed can be mended in the form.
func refused(err error) bool {
	return fault.Is(err, fault.Invalid) || fault.Is(err, fault.Stale) || fault.Is(err, fault.Conflict)
}

func (p *Pages) postReform(w http.ResponseWriter, r *http.Request) error {
	return p.post(w, r, reformForm{Action: keepPath + "/new"})
}

// post writes a new entry, or one in the place of another.
func (p *Pages) post(w http.ResponseWriter, r *http.Request, v reformForm) error {
	ctx := r.Context()
	if err := web.Form(r); err != nil {
		return err
	}
	x, err := p.typed(r, &v)
	key, who, id := r.PostForm.Get("_key"), auth.From(ctx), int64(0)
	switch {
	case err != nil && !x.Void:
	case v.Was == nil:
		id, err = p.Catalog.EnterReform(ctx, who, key, x)
	default:
		id, err = p.Catalog.CorrectReform(ctx, who, key, v.Was.ID, x)
	}
	if refused(err) {
		v.Trouble, v.Wrong = web.Words(ctx, err), web.FieldWords(ctx, err)
		return p.reformForm(w, r, web.Status(err), v)
	}
	if err != nil {
		return err
	}
	p.flash(ctx, "keep.done")
	return web.SeeOther(w, r, entryPath(id))
}

func (p *Pages) flash(ctx context.Context, key string) {
	if p.Flash != nil {
		p.Flash(ctx, say(ctx, key))
	}
}

// numberOf reads the id in an address; what is no number is nothing that there is.
func numberOf(r *http.Request) int64 {
	id, _ := strconv.ParseInt(r.PathValue("id"), 10, 64)
	return id
}

func (p *Pages) correcting(r *http.Request) (v reformForm, err error) {
	id := numberOf(r)
	v.Action, v.Was = correctPath(id), &catalog.Reform{}
	err = p.Catalog.DB.Read(r.Context(), func(tx *db.Tx) (err error) {
		*v.Was, err = p.Catalog.Reform(tx, id)
		return err
	})
	return v, err
}

func (p *Pages) askCorrection(w http.ResponseWriter, r *http.Request) error {
	v, err := p.correcting(r)
	if err != nil {
		return err
	}
	x := v.Was
	v.Typed = map[string]string{
		"kind": string(x.Kind), "item": x.Item, "name": x.Name, "base": x.Base, "from": x.From, "to": x.To,
		"document": x.Document, "document_day": x.DocumentDay, "effective": x.Effective, "note": x.Note,
	}
	for _, f := range spent(*x) {
		v.Typed["before_"+f.name], v.Typed["after_"+f.name] = words{}.text(f.before), words{}.text(f.after)
	}
	if !x.Standing() {
		v.Trouble = i18n.T(r.Context(), "catalog.reform.corrected")
	}
	return p.reformForm(w, r, http.StatusOK, v)
}

func (p *Pages) postCorrection(w http.ResponseWriter, r *http.Request) error {
	v, err := p.correcting(r)
	if err != nil {
		return err
	}
	return p.post(w, r, v)
}

// input is a field of the form.
func (v reformForm) input(name string, with ui.Input) ui.Input {
	with.Name, with.Label = name, say(v.words.ctx, "field."+name)
	with.Value, with.Error = v.Typed[name], v.Wrong[name]
	return with
}

func (v reformForm) figure(when, name string) ui.Input {
	field := when + "_" + name
	return ui.Input{
		Name: field, Label: say(v.words.ctx, "field."+when, "what", say(v.words.ctx, "figure."+name)), Kind: "number", Mode: "numeric", Size: "s",
		Optional: true, Value: v.Typed[field], Error: v.Wrong[field],
	}
}

func (v reformForm) kinds() ui.Choices {
	c := ui.Choices{Name: "kind", Legend: say(v.words.ctx, "field.kind"), Columns: 3, Error: v.Wrong["kind"]}
	for _, k := range catalog.ReformKinds() {
		c.Options = append(c.Options, ui.Option{Value: string(k), Text: v.words.text(k), Note: say(v.words.ctx, "reform."+string(k)+".note"), On: v.Typed["kind"] == string(k)})
	}
	return c
}

// summary lists what is wrong, in the order of the form.
func (v reformForm) summary() (all []ui.Wrong) {
	names := append([]string{}, reformFields...)
	for _, f := range figureNames {
		names = append(names, "before_"+f, "after_"+f)
	}
	return wrongOf(v.Wrong, v.Trouble, append(names, "reason")...)
}

func wrongOf(wrong map[string]string, trouble string, names ...string) (all []ui.Wrong) {
	for _, name := range names {
		if text := wrong[name]; text != "" {
			all = append(all, ui.Wrong{Field: name, Text: text})
		}
	}
	if len(all) == 0 {
		all = append(all, ui.Wrong{Field: names[0], Text: trouble})
	}
	return all
}

// entryView is one entry of the ledger, for who keeps it.
type entryView struct {
	ui.Page
	Entry catalog.Reform
	words words
}

func (p *Pages) showEntry(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	v := entryView{words: words{ctx, map[string]string{}}}
	err := p.Catalog.DB.Read(ctx, func(tx *db.Tx) (err error) {
		v.Entry, err = p.Catalog.Reform(tx, numberOf(r))
		p.units(tx, v.words.names, v.Entry.From, v.Entry.To)
		return err
	})
	if err != nil {
		return err
	}
	v.Page = p.Frame(r, v.Entry.Name)
	return web.Show(w, r, http.StatusOK, entryPage(v))
}

func (v entryView) facts() []ui.Fact {
	x, w := v.Entry, v.words
	f := func(key, value string) ui.Fact {
		if value == "" {
			value = say(w.ctx, "none")
		}
		return ui.Fact{Label: say(w.ctx, "field."+key), Value: value}
	}
	all := []ui.Fact{
		f("kind", w.text(x.Kind)), f("effective", x.Effective), f("from", w.unit(x.From)), f("to", w.unit(x.To)),
		f("document", x.Document), f("document_day", x.DocumentDay), f("item", x.Item), f("base", x.Base),
		{Label: say(w.ctx, "col.saved"), Body: several(w.saved(x))}, f("note", x.Note),
	}
	if x.Reason != "" {
		all = append(all, f("reason", x.Reason))
	}
	return all
}
