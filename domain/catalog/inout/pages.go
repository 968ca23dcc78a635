package inout

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"onedoor.app/domain/catalog"
	"onedoor.app/engine/calendar"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
	"onedoor.app/infra/i18n"
	"onedoor.app/infra/web"
	"onedoor.app/ui"
)

// view is the page of the upload and of what may be taken away.
type view struct {
	ui.Page
	Key     string
	Trouble string
	Last    []catalog.Imported
	Bodies  []ui.Option
}

func (p *Pages) show(w http.ResponseWriter, r *http.Request) error {
	return p.showForm(w, r, http.StatusOK, "")
}

func (p *Pages) showForm(w http.ResponseWriter, r *http.Request, code int, trouble string) error {
	v := view{Page: p.Frame(r, i18n.T(r.Context(), "inout.title")), Key: rand.Text(), Trouble: trouble}
	if trouble != "" {
		v.Page.Wrong, v.Page.Path = true, path
	}
	err := p.Catalog.DB.Read(r.Context(), func(tx *db.Tx) (err error) {
		if v.Last, err = p.Catalog.Imports(tx, 10); err != nil {
			return err
		}
		bodies, err := p.Catalog.Facets(tx, catalog.FacetBody)
		v.Bodies = []ui.Option{{Value: "", Text: i18n.T(r.Context(), "inout.export.all")}}
		for _, b := range bodies[:min(len(bodies), 500)] {
			name := b.Value
			if p.Catalog.UnitName != nil {
				name = p.Catalog.UnitName(tx, b.Value)
			}
			v.Bodies = append(v.Bodies, ui.Option{Value: b.Value, Text: name + "（" + strconv.Itoa(b.Items) + "）"})
		}
		return err
	})
	if err != nil {
		return err
	}
	return web.Show(w, r, code, formPage(v))
}

func (p *Pages) receive(w http.ResponseWriter, r *http.Request) error {
	id, err := p.upload(r)
	if _, large := errors.AsType[*http.MaxBytesError](err); large {
		err = fault.New(fault.TooLarge, "catalog.import.too_large", "megabytes", catalog.MaxImport>>20)
	}
	if fault.Is(err, fault.Invalid) || fault.Is(err, fault.TooLarge) {
		return p.showForm(w, r, web.Status(err), web.Words(r.Context(), err))
	}
	if err != nil {
		return err
	}
	return web.SeeOther(w, r, importPath(id))
}

// upload takes the file out of the posted form as it arrives; the key comes before it.
func (p *Pages) upload(r *http.Request) (int64, error) {
	parts, err := r.MultipartReader()
	if err != nil {
		return 0, fault.New(fault.Invalid, "request.malformed")
	}
	key := ""
	for {
		part, err := parts.NextPart()
		if _, large := errors.AsType[*http.MaxBytesError](err); large {
			return 0, err
		}
		if err != nil {
			return 0, fault.New(fault.Invalid, "catalog.import.no_file")
		}
		switch {
		case part.FormName() == "_key":
			buf := make([]byte, 100)
			n, _ := part.Read(buf)
			key = string(buf[:n])
		case part.FormName() != "file":
		case part.FileName() == "":
			return 0, fault.New(fault.Invalid, "catalog.import.no_file")
		default:
			return p.Catalog.Receive(r.Context(), auth.From(r.Context()), key, part.FileName(), part)
		}
	}
}

// shownProblems is how many problems the page lists; the file to take away has all.
const shownProblems = 200

// importView is one import, wherever it is.
type importView struct {
	ui.Page
	catalog.Imported
	Key     string
	Trouble string
	Bar     error // why the reader may not consent; nil: they may
}

func (p *Pages) find(r *http.Request) (i catalog.Imported, err error) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return i, fault.New(fault.Unknown, "catalog.import.none")
	}
	err = p.Catalog.DB.Read(r.Context(), func(tx *db.Tx) (err error) {
		i, err = p.Catalog.Received(tx, id)
		return err
	})
	return i, err
}

func (p *Pages) showImport(w http.ResponseWriter, r *http.Request) error {
	return p.showImportAs(w, r, http.StatusOK, "")
}

func (p *Pages) showImportAs(w http.ResponseWriter, r *http.Request, code int, trouble string) error {
	i, err := p.find(r)
	if err != nil {
		return err
	}
	v := importView{Page: p.Frame(r, i18n.T(r.Context(), "inout.state."+i.State)), Imported: i, Key: rand.Text(), Trouble: trouble, Bar: i.Bar(auth.From(r.Context()))}
	if trouble != "" {
		v.Page.Wrong, v.Page.Path = true, importPath(i.ID)
	} else if i.Report.Again && (i.State == catalog.StateReading || i.State == catalog.StateChecked) {
		v.Trouble = web.Words(r.Context(), fault.New(fault.Stale, "catalog.import.moved"))
	}
	return web.Show(w, r, code, importPage(v))
}

func (p *Pages) consent(w http.ResponseWriter, r *http.Request) error {
	if err := web.Form(r); err != nil {
		return err
	}
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return fault.New(fault.Unknown, "catalog.import.none")
	}
	err = p.Catalog.Consent(r.Context(), auth.From(r.Context()), id, r.PostFormValue("file"), r.PostFormValue("_key"))
	if fault.Is(err, fault.Stale) {
		return p.showImportAs(w, r, web.Status(err), web.Words(r.Context(), err))
	}
	if err != nil {
		return err
	}
	return web.SeeOther(w, r, importPath(id))
}

// news is how many items would be, or were, added or changed.
func (v importView) news() int { return v.Report.Added + v.Report.Changed }

// beside says what the file brings besides items, "" for nothing.
func (v importView) beside(ctx context.Context) string {
	b := v.Report.Beside
	var list []string
	for _, x := range []struct {
		key string
		n   int
	}{{"bases", b.Bases}, {"certificates", b.Certificates}, {"flows", b.Flows}, {"materials", b.Materials}, {"reforms", b.Reforms}, {"seals", b.Seals}} {
		if x.n > 0 {
			list = append(list, i18n.T(ctx, "inout.beside."+x.key, "n", x.n))
		}
	}
	return strings.Join(list, i18n.T(ctx, "inout.comma"))
}

// name is who somebody is, on a page.
func name(ctx context.Context, d catalog.Doer) string {
	if d.Kind != auth.Staff || d.Name == "" {
		return i18n.T(ctx, "inout.nobody")
	}
	return d.Name
}

// about is the line below the title: the file, the day and who had a hand in it.
func (v importView) about(ctx context.Context) string {
	text := v.Name + " · " + day(v.Imported) + " · " + i18n.T(ctx, "inout.by", "name", name(ctx, v.Author))
	if v.Consenter != (catalog.Doer{}) {
		text += " · " + i18n.T(ctx, "inout.consented", "name", name(ctx, v.Consenter))
	}
	return text
}

func (v importView) facts(ctx context.Context) []ui.Fact {
	var list []ui.Fact
	for _, f := range []struct {
		key string
		n   int
	}{{"added", v.Report.Added}, {"changed", v.Report.Changed}, {"unchanged", v.Report.Unchanged}, {"refused", v.Report.LeftOut()}} {
		list = append(list, ui.Fact{Label: i18n.T(ctx, "inout."+f.key), Big: strconv.Itoa(f.n), Value: i18n.T(ctx, "inout.items")})
	}
	return list
}

func (v importView) problems() int { return max(len(v.Report.Refused), v.Report.RefusedAll) }

func (v importView) busy(ctx context.Context) ui.Work {
	words := ""
	if v.Total > 0 {
		words = i18n.T(ctx, "inout.progress", "done", v.Done, "total", v.Total)
	}
	return ui.Work{Title: i18n.T(ctx, "inout.state."+v.State), Done: v.Done, Total: max(v.Total, 1), Words: words, Note: i18n.T(ctx, "inout.progress."+v.State)}
}

func (v importView) table(ctx context.Context) ui.Grid {
	t := func(key string, args ...any) string { return i18n.T(ctx, key, args...) }
	g := ui.Grid{Label: t("inout.problems"), Cols: []ui.Col{{Text: t("inout.place"), Row: true}, {Text: t("inout.item")}, {Text: t("inout.reason")}}}
	for _, x := range v.Report.Refused[:min(len(v.Report.Refused), shownProblems)] {
		g.Rows = append(g.Rows, ui.Line{Cells: []ui.Cell{{Body: place(x)}, {Text: x.Name}, {Text: x.Words(ctx)}}})
	}
	return g
}

// cell is how a spreadsheet calls the place of a problem: C12.
func cell(x catalog.Refusal) string {
	if x.Line == 0 {
		return x.Column
	}
	return x.Column + strconv.Itoa(x.Line)
}

func day(i catalog.Imported) string { return calendar.DateOf(i.At).String() }
