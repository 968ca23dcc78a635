package catalog

import (
	"embed"

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

// Module describes the capability. It needs the table of engine/search.
func (s *Service) Module() module.Module {
	return module.Module{
		Name:   "catalog",
		Schema: Schema,
		Texts:  Texts,
		Rights: []module.Right{{Name: Keep, Roles: []string{"catalog_officer"}}},
		Routes: []web.Route{
			{Pattern: "GET /items", Right: web.Public, Handle: s.showItems},
			{Pattern: "GET /search", Right: web.Public, Handle: s.showItems},
			{Pattern: "GET /items/{code}", Right: web.Public, Handle: s.showGuide},
			{Pattern: "GET /catalog", Right: Keep, Handle: s.showKeep},
			{Pattern: "GET /catalog/items/{code}", Right: Keep, Handle: s.showVersions},
			{Pattern: "GET /catalog/items/{code}/legal", Right: Keep, Handle: s.showLegal},
			{Pattern: "POST /catalog/items/{code}/legal", Right: Keep, Handle: s.postLegal},
			{Pattern: "GET /catalog/quality", Right: Keep, Handle: s.showQuality},
		},
		Jobs: s.jobs(),
		Menu: []module.Item{
			{Group: "catalog.menu", Text: "catalog.keep.title", Icon: "list", Path: keepPath, Right: Keep},
			{Group: "catalog.menu", Text: "catalog.quality.title", Icon: "check", Path: qualityPath, Right: Keep},
		},
	}
}
