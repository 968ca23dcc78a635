package library

import (
	"context"
	"crypto/rand"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"onedoor.app/domain/catalog"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
	"onedoor.app/infra/i18n"
	"onedoor.app/infra/web"
	"onedoor.app/ui"
)

// formView is an entry to write.
type formView struct {
	ui.Page
	New     bool
	M       catalog.LibraryMaterial
	Points  string // as typed, a line each
	Defer   string // as typed
	Why     string // as typed
	Types   []catalog.CertificateType
	On      int
	Key     string
	Trouble string
	Wrong   map[string]string
}

func (p *Pages) askNew(w http.ResponseWriter, r *http.Request) error {
	v := formView{New: true, M: catalog.LibraryMaterial{Kind: "1", Source: "10", Trust: "D", Form: "3"}}
	if id := again(r); id != 0 {
		if err := p.Catalog.DB.Read(r.Context(), func(tx *db.Tx) error { return p.reopen(tx, id, "", &v) }); err != nil {
			return err
		}
	}
	return p.form(w, r, http.StatusOK, v)
}

func (p *Pages) askEdit(w http.ResponseWriter, r *http.Request) error {
	v := formView{}
	err := p.Catalog.DB.Read(r.Context(), func(tx *db.Tx) (err error) {
		if v.M, err = p.Catalog.LibraryMaterial(tx, r.PathValue("code")); err != nil {
			return err
		}
		v.On = v.M.Version
		v.typed()
		if id := again(r); id != 0 {
			return p.reopen(tx, id, catalog.AboutMaterial(v.M.Code), &v)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return p.form(w, r, http.StatusOK, v)
}

// typed writes what is no line of its own as the form holds it.
func (v *formView) typed() {
	v.Points, v.Defer = strings.Join(v.M.Points, "\n"), ""
	if v.M.DeferDays > 0 {
		v.Defer = strconv.Itoa(v.M.DeferDays)
	}
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
	if old.Kind != catalog.ProposeMaterial {
		return fault.New(fault.Unknown, "catalog.proposal.none")
	}
	v.M, v.On, v.Why = *old.Material, old.On, old.Why
	v.typed()
	return nil
}

func (p *Pages) form(w http.ResponseWriter, r *http.Request, code int, v formView) error {
	ctx := r.Context()
	if err := p.Catalog.DB.Read(ctx, func(tx *db.Tx) (err error) {
		v.Types, err = p.Catalog.CertificateTypes(tx)
		return err
	}); err != nil {
		return err
	}
	title := i18n.T(ctx, "library.new")
	at := root + "/new"
	if !v.New {
		title, at = i18n.T(ctx, "library.edit.title", "name", v.M.Name), path(v.M.Code)+"/edit"
	}
	v.Page = p.Frame(r, title)
	v.Page.Path, v.Page.Wrong, v.Key = at, v.Trouble != "", rand.Text()
	return web.Show(w, r, code, formPage(v))
}

// posted reads an entry out of a form.
func posted(form url.Values, code string) formView {
	text := func(name string) string { return strings.TrimSpace(form.Get(name)) }
	v := formView{New: code == "", Points: form.Get("points"), Defer: text("defer_days"), Why: form.Get("why")}
	v.On, _ = strconv.Atoi(form.Get("on"))
	v.M = catalog.LibraryMaterial{
		Code: code, Name: text("name"), Kind: text("kind"), Source: text("source"), SourceNote: text("source_note"), Trust: text("trust"), Form: text("form"),
		Spec: text("spec"), ReplacedBy: form["replaced_by"], Issuer: text("issuer"), Age: text("age"), Basis: text("basis"),
		Pledge: slices.Contains(form["marks"], "pledge"), Proof: slices.Contains(form["marks"], "proof"), FillNote: text("fill_note"), Plain: text("plain"),
	}
	if code == "" {
		v.M.Code = text("code")
	}
	for line := range strings.Lines(v.Points) {
		if line = strings.TrimSpace(line); line != "" {
			v.M.Points = append(v.M.Points, line)
		}
	}
	if v.Defer != "" {
		days, err := strconv.Atoi(v.Defer)
		if err != nil {
			days = -1 // refused with the rest
		}
		v.M.DeferDays = days
	}
	return v
}

func (p *Pages) postNew(w http.ResponseWriter, r *http.Request) error { return p.post(w, r, "") }

func (p *Pages) postEdit(w http.ResponseWriter, r *http.Request) error {
	return p.post(w, r, r.PathValue("code"))
}

func (p *Pages) post(w http.ResponseWriter, r *http.Request, code string) error {
	ctx := r.Context()
	if err := web.Form(r); err != nil {
		return err
	}
	v := posted(r.PostForm, code)
	if v.New {
		v.On = 0
	}
	proposal, err := p.Catalog.ProposeForLibrary(ctx, actor(r), r.PostForm.Get("_key"), v.On, v.M, v.Why)
	if told(err) {
		v.Trouble, v.Wrong = web.Words(ctx, err), web.FieldWords(ctx, err)
		if fault.Is(err, fault.Stale) { // what was typed stands, and goes on what is there now
			if bad := p.Catalog.DB.Read(ctx, func(tx *db.Tx) error {
				now, err := p.Catalog.LibraryMaterial(tx, code)
				v.On = now.Version
				return err
			}); bad != nil {
				return bad
			}
		}
		return p.form(w, r, web.Status(err), v)
	}
	if err != nil {
		return err
	}
	return p.done(w, r, "library.done", v.M.Name, catalog.ProposalPath(proposal))
}

var fields = []string{"code", "name", "kind", "plain", "source", "source_note", "issuer", "age", "form", "spec", "trust", "replaced_by", "points", "defer_days", "basis", "fill_note", "why"}

// summary lists what is wrong, in the order of the form.
func (v formView) summary() (all []ui.Wrong) {
	for _, field := range fields {
		if words := v.Wrong[field]; words != "" {
			all = append(all, ui.Wrong{Field: field, Text: words})
		}
	}
	if len(all) == 0 {
		all = append(all, ui.Wrong{Field: "name", Text: v.Trouble})
	}
	return all
}

// line is a field of one line.
func (v formView) line(ctx context.Context, name, value string, optional bool) ui.Input {
	return ui.Input{Name: name, Label: i18n.T(ctx, "library."+name), Hint: i18n.T(ctx, "library."+name+".hint"), Value: value, Error: v.Wrong[name], Optional: optional, Max: 300, Wide: true}
}

// choose is a question with the values of a code list.
func (v formView) choose(ctx context.Context, name, value string, values ...string) ui.Choices {
	c := ui.Choices{Name: name, Legend: i18n.T(ctx, "library."+name), Error: v.Wrong[name], Columns: min(len(values), 3)}
	for _, one := range values {
		c.Options = append(c.Options, ui.Option{Value: one, Text: i18n.T(ctx, "library."+name+"."+one), On: one == value})
	}
	return c
}

func (v formView) instead(ctx context.Context) ui.Choices {
	c := ui.Choices{Name: "replaced_by", Legend: i18n.T(ctx, "library.instead"), Hint: i18n.T(ctx, "library.instead.hint"), Error: v.Wrong["replaced_by"], Multi: true, Optional: true, Columns: 3}
	for _, t := range v.Types {
		c.Options = append(c.Options, ui.Option{Value: t.Code, Text: t.Name, On: slices.Contains(v.M.ReplacedBy, t.Code)})
	}
	return c
}

func (v formView) marks(ctx context.Context) ui.Choices {
	return ui.Choices{Name: "marks", Legend: i18n.T(ctx, "library.marks"), Multi: true, Optional: true, Columns: 2, Options: []ui.Option{
		{Value: "pledge", Text: i18n.T(ctx, "library.pledge"), Note: i18n.T(ctx, "library.pledge.note"), On: v.M.Pledge},
		{Value: "proof", Text: i18n.T(ctx, "library.proof"), Note: i18n.T(ctx, "library.proof.note"), On: v.M.Proof},
	}}
}

func (v formView) action() string {
	if v.New {
		return root
	}
	return path(v.M.Code)
}
