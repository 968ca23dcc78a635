package catalog

import (
	"embed"
	"time"

	"onedoor.app/engine/job"
	"onedoor.app/infra/web"
	"onedoor.app/module"
)

// Schema holds the migrations.
//
//go:embed schema/*.sql
var Schema embed.FS

// Texts holds the words of the pages and faults.
//
//go:embed text/*.json
var Texts embed.FS

// Reviewers are the roles that may approve what another has written: the officers among
// each other, the heads of the bureau, and those of its sections what their section decides.
func Reviewers() []string { return []string{"catalog_officer", "section_chief", "leader"} }

// Module describes the capability. It needs the table of engine/search.
func (s *Service) Module() module.Module {
	return module.Module{
		Name:   "catalog",
		Schema: Schema,
		Texts:  Texts,
		Rights: []module.Right{{Name: Keep, Roles: []string{"catalog_officer"}}, {Name: Review, Roles: Reviewers()}},
		Jobs: append(s.importJobs(),
			job.Kind{Name: enforceJob, Do: s.runEnforce}, job.Kind{Name: rehearsalJob, Do: s.runRehearsal, Limit: 4 * time.Minute}, job.Kind{Name: jobCompare, Do: s.compareJob},
			job.Kind{Name: spreadJob, Do: s.runSpread, Limit: 4 * time.Minute}),
		Routes: []web.Route{
			{Pattern: "GET /items", Right: web.Public, Handle: s.showItems},
			{Pattern: "GET /search", Right: web.Public, Handle: s.showItems},
			{Pattern: "GET /items/{code}", Right: web.Public, Handle: s.showGuide},
			{Pattern: "GET /items/{code}/list", Right: web.Public, Handle: s.showList},
			{Pattern: "GET /items/{code}/form.json", Right: web.Public, Handle: s.showForm},
			{Pattern: "GET /items/{code}/files/{hash}/{name}", Right: web.Public, Handle: s.showFile},
			{Pattern: "GET /catalog", Right: Keep, Handle: s.showKeep},
			{Pattern: "GET /catalog/items/{code}", Right: Keep, Handle: s.showVersions},
			{Pattern: "GET /catalog/items/{code}/legal", Right: Keep, Handle: s.showLegal},
			{Pattern: "POST /catalog/items/{code}/legal", Right: Keep, Handle: s.postLegal},
			{Pattern: "GET /catalog/quality", Right: Keep, Handle: s.showQuality},
		},
		Check: s.Check,
		Files: []module.Files{listImpressionFiles, listFormsOfVersions, listFormsOfChanges, listFormsOfLibrary, listFormsOfProposals, listImportFiles},
		Menu: []module.Item{
			{Group: "catalog.menu", Text: "catalog.keep.title", Icon: "list", Path: keepPath, Right: Keep},
			{Group: "catalog.menu", Text: "catalog.quality.title", Icon: "check", Path: qualityPath, Right: Keep},
		},
	}
}
