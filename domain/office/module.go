package office

import (
	"embed"

	"onedoor.app/module"
)

// Schema holds the migrations.
//
//go:embed schema/*.sql
var Schema embed.FS

//go:embed text/*.json
var texts embed.FS

// Keep is the right to see and change units, posts, deputies and windows.
const Keep = "office.keep"

// Module is what the application needs to know about office.
func (s *Service) Module() module.Module {
	return module.Module{
		Name:   "office",
		Schema: Schema,
		Texts:  texts,
		Rights: []module.Right{{Name: Keep, Roles: []string{"system_admin"}}},
	}
}
