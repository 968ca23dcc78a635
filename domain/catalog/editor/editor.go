// Package editor is the pages on which a draft of an item is written (事项编辑): its elements, situations, materials,
// form and road, each on a page of its own, with what is still wrong in it. Nothing takes effect here: a draft goes
// through the review of package change.
//
// Every page is a plain form. What is saved may be incomplete; a form that cannot be read, or that somebody else was
// quicker with, comes back as it was typed.
package editor

import (
	"context"
	"embed"
	"net/http"
	"net/url"
	"strconv"

	"onedoor.app/domain/catalog"
	"onedoor.app/infra/db"
	"onedoor.app/infra/i18n"
	"onedoor.app/infra/web"
	"onedoor.app/module"
	"onedoor.app/ui"
)

//go:embed text/*.json
var texts embed.FS

// Write is the right to these pages; to save needs catalog.Keep as well, which goes to the same people.
const Write = "editor.write"

// Post is a post that steps may be given to (岗位).
type Post struct{ Code, Unit, Name string }

// Pages serves the pages. Give it its fields before the first request.
type Pages struct {
	Catalog *catalog.Service
	Frame   ui.Frame
	Flash   func(ctx context.Context, text string)

	// Units and Posts are those of the office, to be chosen by name; nil: none to choose from.
	Units func(tx *db.Tx) ([]ui.Option, error)
	Posts func(tx *db.Tx) ([]Post, error)
}

// Module is what the application needs to know.
func (p *Pages) Module() module.Module {
	return module.Module{
		Name:   "editor",
		Texts:  texts,
		Rights: []module.Right{{Name: Write, Roles: []string{"catalog_officer"}}},
		Routes: []web.Route{
			{Pattern: "GET /catalog/changes/{id}/edit", Right: Write, Handle: p.overview},
			{Pattern: "GET /catalog/changes/{id}/edit/{section}", Right: Write, Handle: p.show},
			{Pattern: "POST /catalog/changes/{id}/edit/{section}", Right: Write, Handle: p.post},
			{Pattern: "GET /catalog/changes/{id}/edit/form/schema.json", Right: Write, Handle: p.sendSchema},
			{Pattern: "GET /catalog/changes/{id}/edit/service/sample", Right: Write, Handle: p.sendSample},
			{Pattern: "POST /catalog/changes/{id}/edit/service/sample", Right: Write, Handle: p.postSample, Body: catalog.MaxFile + 1<<20},
			{Pattern: "GET /catalog/changes/{id}/edit/materials/{row}/{which}", Right: Write, Handle: p.sendFile},
			{Pattern: "POST /catalog/changes/{id}/edit/materials/{row}/{which}", Right: Write, Handle: p.postFile, Body: catalog.MaxFile + 1<<20},
		},
	}
}

// Path is the page on which a draft is edited.
func Path(id int64) string { return catalog.ChangePath(id) + "/edit" }

func sectionPath(id int64, section string) string { return Path(id) + "/" + section }

// rowPath is the page of an entry of a list.
func rowPath(id int64, section, list, row string) string {
	return sectionPath(id, section) + "?row=" + url.QueryEscape(list+"."+row)
}

func idOf(r *http.Request) int64 {
	id, _ := strconv.ParseInt(r.PathValue("id"), 10, 64) // what is no number is no change
	return id
}

func (p *Pages) tell(ctx context.Context, key string, args ...any) {
	if p.Flash != nil {
		p.Flash(ctx, i18n.T(ctx, key, args...))
	}
}

// said are words that need not be there, "" where they are not.
func said(ctx context.Context, key string) string {
	if words := i18n.T(ctx, key); words != key {
		return words
	}
	return ""
}
