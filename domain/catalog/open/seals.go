package open

import (
	"crypto/rand"
	"net/http"
	"strconv"
	"strings"

	"onedoor.app/domain/catalog"
	"onedoor.app/engine/calendar"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/web"
	"onedoor.app/ui"
)

// sealView is one seal with what may be done with it next, or the form that registers one (ID 0).
type sealView struct {
	ui.Page
	Seal    catalog.Seal
	Reform  catalog.Reform
	Typed   map[string]string
	Key     string
	Today   calendar.Date
	Units   []ui.Option
	Entries []ui.Option // entries of the ledger that may have ended its use
	Trouble string
	Wrong   map[string]string
	words   words
}

func (v sealView) action() string {
	if v.Seal.ID == 0 {
		return sealsPath + "/new"
	}
	return sealPath(v.Seal.ID)
}

func (p *Pages) askSeal(w http.ResponseWriter, r *http.Request) error {
	return p.sealPage(w, r, http.StatusOK, sealView{Typed: map[string]string{}})
}

func (p *Pages) showSeal(w http.ResponseWriter, r *http.Request) error {
	return p.sealPage(w, r, http.StatusOK, sealView{Seal: catalog.Seal{ID: numberOf(r)}, Typed: map[string]string{}, Key: ""})
}

// sealPage reads how the seal stands now and shows it with the form.
func (p *Pages) sealPage(w http.ResponseWriter, r *http.Request, code int, v sealView) error {
	ctx := r.Context()
	v.words, v.Key = words{ctx, map[string]string{}}, rand.Text()
	err := p.Catalog.DB.Read(ctx, func(tx *db.Tx) (err error) {
		v.Today = calendar.DateOf(tx.Now())
		if v.Seal.ID == 0 {
			return p.sealChoices(tx, &v)
		}
		if v.Seal, err = p.Catalog.Seal(tx, numberOf(r)); err != nil {
			return err
		}
		p.units(tx, v.words.names, v.Seal.Unit)
		if v.Seal.Reform != 0 {
			v.Reform, err = p.Catalog.Reform(tx, v.Seal.Reform)
		}
		return err
	})
	if err != nil {
		return err
	}
	title := v.Seal.Name
	if v.Seal.ID == 0 {
		title = say(ctx, "seal.new")
	}
	v.Page = p.Frame(r, title)
	v.Page.Path, v.Page.Wrong = v.action(), v.Trouble != ""
	return web.Show(w, r, code, sealPage(v))
}

// sealChoices are the units and the latest transfers that a seal may belong to.
func (p *Pages) sealChoices(tx *db.Tx, v *sealView) (err error) {
	if p.Units != nil {
		if v.Units, err = p.Units(tx); err != nil {
			return err
		}
	}
	list, _, err := p.Catalog.Reforms(tx, catalog.ReformFilter{}, "", 100)
	v.Entries = []ui.Option{{Text: say(v.words.ctx, "seal.no_reform")}}
	for _, x := range list {
		id := strconv.FormatInt(x.ID, 10)
		v.Entries = append(v.Entries, ui.Option{Value: id, Text: x.Effective + " " + x.Name, On: v.Typed["reform"] == id})
	}
	return err
}

func (p *Pages) postSeal(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	if err := web.Form(r); err != nil {
		return err
	}
	v := sealView{Typed: typedOf(r, "name", "number", "unit", "reform")}
	seal := catalog.Seal{Name: v.Typed["name"], Number: v.Typed["number"], Unit: v.Typed["unit"]}
	seal.Reform, _ = strconv.ParseInt(v.Typed["reform"], 10, 64) // what is no number is no entry
	if p.Units != nil {
		var units []ui.Option
		if err := p.Catalog.DB.Read(ctx, func(tx *db.Tx) (err error) { units, err = p.Units(tx); return err }); err != nil {
			return err
		}
		for _, u := range units {
			if u.Text == seal.Unit {
				seal.Unit = u.Value
			}
		}
	}
	id, err := p.Catalog.EnterSeal(ctx, auth.From(ctx), r.PostForm.Get("_key"), seal)
	if refused(err) {
		v.Trouble, v.Wrong = web.Words(ctx, err), web.FieldWords(ctx, err)
		return p.sealPage(w, r, web.Status(err), v)
	}
	if err != nil {
		return err
	}
	p.flash(ctx, "seal.done")
	return web.SeeOther(w, r, sealPath(id))
}

func typedOf(r *http.Request, names ...string) map[string]string {
	typed := map[string]string{}
	for _, name := range names {
		typed[name] = strings.TrimSpace(r.PostForm.Get(name))
	}
	return typed
}

func (p *Pages) postSealAct(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	if err := web.Form(r); err != nil {
		return err
	}
	v := sealView{Seal: catalog.Seal{ID: numberOf(r)}, Typed: typedOf(r, "act", "day", "document", "place", "keeper", "on")}
	on, _ := strconv.Atoi(v.Typed["on"]) // what is no number is no version
	err := p.Catalog.ActOnSeal(ctx, auth.From(ctx), r.PostForm.Get("_key"), v.Seal.ID, on, catalog.SealStep{
		Act: catalog.SealAct(v.Typed["act"]), Day: v.Typed["day"], Document: v.Typed["document"], Place: v.Typed["place"], Keeper: v.Typed["keeper"],
	})
	if refused(err) {
		v.Trouble, v.Wrong = web.Words(ctx, err), web.FieldWords(ctx, err)
		return p.sealPage(w, r, web.Status(err), v)
	}
	if err != nil {
		return err
	}
	p.flash(ctx, "seal.done")
	return web.SeeOther(w, r, sealPath(v.Seal.ID))
}

func (v sealView) input(name string, with ui.Input) ui.Input {
	with.Name, with.Label = name, say(v.words.ctx, "seal.field."+name)
	with.Value, with.Error = v.Typed[name], v.Wrong[name]
	return with
}

// acts are what may be done with the seal next.
func (v sealView) acts() ui.Choices {
	c := ui.Choices{Name: "act", Legend: say(v.words.ctx, "seal.field.act"), Columns: 2, Error: v.Wrong["act"]}
	acts := v.Seal.State.Acts()
	for _, a := range acts {
		c.Options = append(c.Options, ui.Option{
			Value: string(a), Text: say(v.words.ctx, "seal.act."+string(a)), Note: say(v.words.ctx, "seal.act."+string(a)+".note"),
			On: v.Typed["act"] == string(a) || len(acts) == 1,
		})
	}
	return c
}

func (v sealView) summary() []ui.Wrong {
	if v.Seal.ID == 0 {
		return wrongOf(v.Wrong, v.Trouble, "name", "number", "unit", "reform")
	}
	return wrongOf(v.Wrong, v.Trouble, "picture", "day", "document", "place", "keeper")
}

func (v sealView) facts() []ui.Fact {
	w := v.words
	all := []ui.Fact{
		{Label: say(w.ctx, "seal.field.number"), Value: v.Seal.Number, Code: true}, {Label: say(w.ctx, "seal.field.unit"), Value: w.unit(v.Seal.Unit)},
		{Label: say(w.ctx, "col.state"), Value: w.text(v.Seal.State)},
	}
	if v.Seal.Reform != 0 {
		all = append(all, ui.Fact{Label: say(w.ctx, "seal.field.reform"), Value: v.Reform.Name, Href: entryPath(v.Reform.ID)})
	}
	return all
}

// steps is what was done with the seal.
func (v sealView) steps() ui.Grid {
	w := v.words
	g := ui.Grid{Label: say(w.ctx, "seal.steps"), Cols: []ui.Col{
		{Text: say(w.ctx, "seal.field.act"), Row: true}, {Text: say(w.ctx, "seal.field.day")}, {Text: say(w.ctx, "seal.col.document")},
		{Text: say(w.ctx, "seal.col.place")}, {Text: say(w.ctx, "seal.field.keeper")},
	}}
	or := func(text string) ui.Cell {
		if text == "" {
			text = say(w.ctx, "none")
		}
		return ui.Cell{Text: text}
	}
	for _, s := range v.Seal.Steps {
		g.Rows = append(g.Rows, ui.Line{Cells: []ui.Cell{{Text: say(w.ctx, "seal.act."+string(s.Act))}, {Text: s.Day}, or(s.Document), or(s.Place), or(s.Keeper)}})
	}
	return g
}
