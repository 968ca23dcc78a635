package office

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

// Keep is the right to see and change units, posts, deputies and windows.
const Keep = "office.keep"

// Module is what the application needs to know about office.
func (s *Service) Module() module.Module {
	return module.Module{
		Name:   "office",
		Schema: Schema,
		Texts:  texts,
		Rights: []module.Right{{Name: Keep, Roles: []string{"system_admin"}}},
		Routes: []web.Route{
			{Pattern: "GET /admin/posts", Right: Keep, Handle: s.showSeats},
			{Pattern: "GET /admin/posts/{post}", Right: Keep, Handle: s.showSeat},
			{Pattern: "POST /admin/posts/{post}/deputies", Right: Keep, Handle: s.postDeputy},
			{Pattern: "GET /admin/deputies/{id}/end", Right: Keep, Handle: s.askEnd},
			{Pattern: "POST /admin/deputies/{id}/end", Right: Keep, Handle: s.postEnd},
			{Pattern: "GET /admin/staff/{id}/left", Right: Keep, Handle: s.askLeft},
			{Pattern: "POST /admin/staff/{id}/left", Right: Keep, Handle: s.postLeft},
		},
		Menu:  []module.Item{{Group: "office.menu", Text: "office.title", Icon: "users", Path: postsPath, Right: Keep}},
		Check: s.Check,
	}
}
