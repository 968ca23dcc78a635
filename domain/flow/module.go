package flow

import (
	"embed"

	"onedoor.app/infra/web"
	"onedoor.app/module"
)

// Schema holds the migrations.
//
//go:embed schema/*.sql
var Schema embed.FS

//go:embed text/*.json
var texts embed.FS

const root = "/catalog/flows"

// Module is what the application needs to know.
func (s *Service) Module() module.Module {
	return module.Module{
		Name:   "flow",
		Schema: Schema,
		Texts:  texts,
		Rights: []module.Right{
			{Name: Keep, Roles: []string{"catalog_officer"}},
			{Name: Approve, Roles: []string{"catalog_officer", "section_chief", "leader"}},
		},
		Routes: []web.Route{
			{Pattern: "GET /catalog/flows", Right: Keep, Handle: s.showList},
			{Pattern: "GET /catalog/flows/new", Right: Keep, Handle: s.askNew},
			{Pattern: "POST /catalog/flows", Right: Keep, Handle: s.postNew},
			{Pattern: "POST /catalog/flows/import", Right: Keep, Handle: s.postImport, Body: mostSource + 1<<16},
			{Pattern: "GET /catalog/flows/{id}", Right: Approve, Handle: s.showOne},
			{Pattern: "GET /catalog/flows/{id}/steps", Right: Keep, Handle: s.askSteps},
			{Pattern: "POST /catalog/flows/{id}/steps", Right: Keep, Handle: s.postSteps},
			{Pattern: "GET /catalog/flows/{id}/draw", Right: Keep, Handle: s.showDraw},
			{Pattern: "POST /catalog/flows/{id}/draw", Right: Keep, Handle: s.postDraw, Body: 2*mostSource + 1<<16},
			{Pattern: "POST /catalog/flows/{id}/check", Right: Keep, Handle: s.postCheck, Body: mostSource + 1<<12},
			{Pattern: "POST /catalog/flows/{id}/play", Right: Keep, Handle: s.postPlay, Body: 2*mostSource + 1<<16},
			{Pattern: "GET /catalog/flows/{id}/trial", Right: Approve, Handle: s.showTrial},
			{Pattern: "GET /catalog/flows/{id}/file", Right: Approve, Handle: s.sendFile},
			{Pattern: "POST /catalog/flows/{id}/submit", Right: Keep, Handle: s.postSubmit},
			{Pattern: "POST /catalog/flows/{id}/retract", Right: Keep, Handle: s.postRetract},
			{Pattern: "POST /catalog/flows/{id}/withdraw", Right: Keep, Handle: s.postWithdraw},
			{Pattern: "POST /catalog/flows/{id}/return", Right: Approve, Handle: s.postReturn},
			{Pattern: "POST /catalog/flows/{id}/approve", Right: Approve, Handle: s.postApprove},
		},
		Menu:  []module.Item{{Group: "catalog.menu", Text: "flow.title", Icon: "list", Path: root, Right: Keep}},
		Check: s.Verify,
	}
}
