// Package inout is the pages by which lists of items come in and go out (导入导出): the
// upload, the dry run with all its problems, the consent, the progress, and the files to
// take away. The use cases are those of catalog.
package inout

import (
	"embed"

	"onedoor.app/domain/catalog"
	"onedoor.app/infra/web"
	"onedoor.app/module"
	"onedoor.app/ui"
)

//go:embed text/*.json
var texts embed.FS

// Right is the right to open these pages; the use cases ask for catalog.keep.
const Right = "inout.use"

// See is the right to open an import: who may review items may have to consent to it. The use case asks for
// catalog.review.
const See = "inout.see"

// Pages serves the pages. Give it its fields before the first request.
type Pages struct {
	Catalog *catalog.Service
	Frame   ui.Frame
}

// Module is what the application needs to know.
func (p *Pages) Module() module.Module {
	return module.Module{
		Name:   "inout",
		Texts:  texts,
		Rights: []module.Right{{Name: Right, Roles: []string{"catalog_officer"}}, {Name: See, Roles: catalog.Reviewers()}},
		Routes: []web.Route{
			{Pattern: "GET /catalog/import", Right: Right, Handle: p.show},
			{Pattern: "POST /catalog/import", Right: Right, Handle: p.receive, Body: catalog.MaxImport + 1<<20},
			{Pattern: "GET /catalog/imports/{id}", Right: See, Handle: p.showImport},
			{Pattern: "POST /catalog/imports/{id}", Right: See, Handle: p.consent},
			{Pattern: "GET /catalog/imports/{id}/news", Right: See, Handle: p.news},
			{Pattern: "GET /catalog/imports/{id}/problems", Right: See, Handle: p.problems},
			{Pattern: "GET /catalog/imports/{id}/versions", Right: See, Handle: p.versions},
			{Pattern: "GET /catalog/template", Right: Right, Handle: p.template},
			{Pattern: "GET /catalog/export", Right: Right, Handle: p.export},
		},
		Menu: []module.Item{{Group: "catalog.menu", Text: "inout.title", Icon: "upload", Path: path, Right: Right}},
	}
}

const path = "/catalog/import"

func importPath(id int64) string { return catalog.ImportPath(id) }
