package holiday

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

// Keep is the right to see the calendar and to publish a notice.
const Keep = "holiday.keep"

// Module is what the application needs to know about holiday.
func (s *Service) Module() module.Module {
	return module.Module{
		Name:   "holiday",
		Schema: Schema,
		Texts:  texts,
		Rights: []module.Right{{Name: Keep, Roles: []string{"system_admin"}}},
		Routes: []web.Route{
			{Pattern: "GET /admin/calendar", Right: Keep, Handle: s.showYear},
			{Pattern: "GET /admin/calendar/enter", Right: Keep, Handle: s.showForm},
			{Pattern: "POST /admin/calendar/enter", Right: Keep, Handle: s.postForm},
			{Pattern: "POST /admin/calendar/publish", Right: Keep, Handle: s.postPublish},
		},
		Menu:  []module.Item{{Group: "office.menu", Text: "holiday.title", Icon: "calendar", Path: calendarPath, Right: Keep}},
		Check: s.Check,
	}
}
