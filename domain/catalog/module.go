package catalog

import (
	"embed"

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
		Rights: []module.Right{{Name: "catalog.keep", Roles: []string{"catalog_officer"}}},
	}
}
