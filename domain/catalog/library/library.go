// Package library is where the catalogue officer keeps the papers that items share
// (材料库): what each of them is, said once, with its blank and sample forms, and which
// items in force still carry older words. The rules and the evidence belong to catalog.
package library

import (
	"context"
	"embed"
	"net/http"
	"net/url"
	"strings"

	"onedoor.app/domain/catalog"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
	"onedoor.app/infra/i18n"
	"onedoor.app/infra/web"
	"onedoor.app/module"
	"onedoor.app/ui"
)

//go:embed text/*.json
var texts embed.FS

// Keep is the right to keep the library.
const Keep = "library.keep"

const root = "/catalog/materials"

func path(code string) string { return root + "/" + url.PathEscape(code) }

// Pages serves the pages. Give it its fields before the first request.
type Pages struct {
	Catalog *catalog.Service
	Frame   ui.Frame
	Flash   func(ctx context.Context, text string)
}

// Module is what the application needs to know.
func (p *Pages) Module() module.Module {
	return module.Module{
		Name:   "library",
		Texts:  texts,
		Rights: []module.Right{{Name: Keep, Roles: []string{"catalog_officer"}}},
		Routes: []web.Route{
			{Pattern: "GET /catalog/materials", Right: Keep, Handle: p.list},
			{Pattern: "GET /catalog/materials/new", Right: Keep, Handle: p.askNew},
			{Pattern: "POST /catalog/materials", Right: Keep, Handle: p.postNew},
			{Pattern: "GET /catalog/materials/{code}", Right: Keep, Handle: p.show},
			{Pattern: "GET /catalog/materials/{code}/edit", Right: Keep, Handle: p.askEdit},
			{Pattern: "POST /catalog/materials/{code}", Right: Keep, Handle: p.postEdit},
			{Pattern: "POST /catalog/materials/{code}/retire", Right: Keep, Handle: p.postRetire},
			{Pattern: "POST /catalog/materials/{code}/propose", Right: Keep, Handle: p.postSpread},
			{Pattern: "POST /catalog/materials/{code}/files/{which}", Right: Keep, Handle: p.postFile, Body: catalog.MaxFile + 1<<20},
			{Pattern: "GET /catalog/materials/{code}/files/{which}", Right: Keep, Handle: p.sendFile},
		},
		Menu: []module.Item{{Group: "catalog.menu", Text: "library.title", Icon: "file", Path: root, Right: Keep}},
	}
}

// listView is a page of the library.
type listView struct {
	ui.Page
	Query, After, Next string
	Entries            []catalog.LibraryMaterial
}

func (p *Pages) list(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	v := listView{Page: p.Frame(r, i18n.T(ctx, "library.title")), Query: strings.TrimSpace(r.FormValue("q")), After: r.FormValue("after")}
	err := p.Catalog.DB.Read(ctx, func(tx *db.Tx) (err error) {
		v.Entries, v.Next, err = p.Catalog.Library(tx, v.Query, v.After)
		return err
	})
	if err != nil {
		return err
	}
	return web.Show(w, r, http.StatusOK, listPage(v))
}

func (v listView) at(after string) string {
	q := url.Values{}
	if v.Query != "" {
		q.Set("q", v.Query)
	}
	if after != "" {
		q.Set("after", after)
	}
	if len(q) == 0 {
		return root
	}
	return root + "?" + q.Encode()
}

func (v listView) more(ctx context.Context) ui.More {
	more := ui.More{Note: i18n.T(ctx, "library.order")}
	if v.Next != "" {
		more.Text, more.Href = i18n.T(ctx, "library.more"), v.at(v.Next)
	}
	if v.After != "" {
		more.First, more.FirstHref = i18n.T(ctx, "library.first"), v.at("")
	}
	return more
}

func columns(ctx context.Context, keys ...string) (all []ui.Col) {
	for i, key := range keys {
		all = append(all, ui.Col{Text: i18n.T(ctx, "library."+key), Row: i == 0})
	}
	return all
}

func (v listView) table(ctx context.Context) ui.Grid {
	g := ui.Grid{Label: i18n.T(ctx, "library.title"), Hover: true, Cols: columns(ctx, "name", "code", "kind", "source", "trust", "instead", "forms")}
	for _, m := range v.Entries {
		name := ui.Cell{Text: m.Name, Href: path(m.Code)}
		if m.Retired {
			name = ui.Cell{Body: retiredName(m)}
		}
		g.Rows = append(g.Rows, ui.Line{Cells: []ui.Cell{
			name, {Text: m.Code, Code: true}, {Text: i18n.T(ctx, "library.kind."+m.Kind)}, {Text: i18n.T(ctx, "library.source."+m.Source)},
			{Text: m.Trust}, {Text: yes(ctx, len(m.ReplacedBy) > 0)}, {Text: formsOf(ctx, m)},
		}})
	}
	return g
}

func yes(ctx context.Context, on bool) string {
	if on {
		return i18n.T(ctx, "library.yes")
	}
	return i18n.T(ctx, "library.no")
}

// formsOf names the files that an entry has.
func formsOf(ctx context.Context, m catalog.LibraryMaterial) string {
	var list []string
	if m.Blank != nil {
		list = append(list, i18n.T(ctx, "library.blank"))
	}
	if m.Sample != nil {
		list = append(list, i18n.T(ctx, "library.sample"))
	}
	if len(list) == 0 {
		return i18n.T(ctx, "library.no")
	}
	return strings.Join(list, i18n.T(ctx, "library.and"))
}

// told reports whether a refusal is the person's to mend in the form that they sent.
func told(err error) bool {
	return fault.Is(err, fault.Invalid) || fault.Is(err, fault.Conflict) || fault.Is(err, fault.Stale) || fault.Is(err, fault.TooLarge)
}

func (p *Pages) done(w http.ResponseWriter, r *http.Request, key, name, to string) error {
	if p.Flash != nil {
		p.Flash(r.Context(), i18n.T(r.Context(), key, "name", name))
	}
	return web.SeeOther(w, r, to)
}

func actor(r *http.Request) auth.Actor { return auth.From(r.Context()) }
