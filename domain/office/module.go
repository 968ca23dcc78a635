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

// Keep is the right to see and change units, posts, people, deputies and the hall.
const Keep = "office.keep"

// Module is what the application needs to know about office.
func (s *Service) Module() module.Module {
	return module.Module{
		Name:   "office",
		Schema: Schema,
		Texts:  texts,
		Rights: []module.Right{{Name: Keep, Roles: []string{"system_admin"}}},
		Check:  s.Check,
		Routes: []web.Route{
			{Pattern: "GET /setup", Right: web.Public, Handle: s.showSetup},
			{Pattern: "POST /setup", Right: web.Public, Handle: s.postSetup},
			{Pattern: "GET /admin/start", Right: Keep, Handle: s.showStart},

			{Pattern: "GET /admin/units", Right: Keep, Handle: s.showUnits},
			{Pattern: "GET /admin/units/new", Right: Keep, Handle: s.showNewUnit},
			{Pattern: "POST /admin/units/new", Right: Keep, Handle: s.postNewUnit},
			{Pattern: "GET /admin/units/{unit}", Right: Keep, Handle: s.showUnit},
			{Pattern: "POST /admin/units/{unit}", Right: Keep, Handle: s.postUnit},
			{Pattern: "POST /admin/units/{unit}/remove", Right: Keep, Handle: s.postRemoveUnit},

			{Pattern: "GET /admin/posts", Right: Keep, Handle: s.showSeats},
			{Pattern: "POST /admin/posts", Right: Keep, Handle: s.findSeats},
			{Pattern: "GET /admin/posts/new", Right: Keep, Handle: s.showNewPost},
			{Pattern: "POST /admin/posts/new", Right: Keep, Handle: s.postNewPost},
			{Pattern: "GET /admin/posts/{post}", Right: Keep, Handle: s.showSeat},
			{Pattern: "POST /admin/posts/{post}/name", Right: Keep, Handle: s.postName},
			{Pattern: "POST /admin/posts/{post}/holders", Right: Keep, Handle: s.postHolder},
			{Pattern: "GET /admin/posts/{post}/holders/{id}/relieve", Right: Keep, Handle: s.askRelieve},
			{Pattern: "POST /admin/posts/{post}/holders/{id}/relieve", Right: Keep, Handle: s.postRelieve},
			{Pattern: "POST /admin/posts/{post}/deputies", Right: Keep, Handle: s.postDeputy},
			{Pattern: "GET /admin/deputies/{id}/end", Right: Keep, Handle: s.askEnd},
			{Pattern: "POST /admin/deputies/{id}/end", Right: Keep, Handle: s.postEnd},

			{Pattern: "GET /admin/people", Right: Keep, Handle: s.showPeople},
			{Pattern: "POST /admin/people", Right: Keep, Handle: s.findPeople},
			{Pattern: "GET /admin/people/new", Right: Keep, Handle: s.showNewPerson},
			{Pattern: "POST /admin/people/new", Right: Keep, Handle: s.postNewPerson},
			{Pattern: "GET /admin/people/{id}", Right: Keep, Handle: s.showPerson},
			{Pattern: "POST /admin/people/{id}", Right: Keep, Handle: s.postPerson},
			{Pattern: "GET /admin/people/{id}/password", Right: Keep, Handle: s.askReset},
			{Pattern: "POST /admin/people/{id}/password", Right: Keep, Handle: s.postReset},
			{Pattern: "GET /admin/people/{id}/left", Right: Keep, Handle: s.askLeft},
			{Pattern: "POST /admin/people/{id}/left", Right: Keep, Handle: s.postLeft},
			{Pattern: "POST /admin/people/{id}/return", Right: Keep, Handle: s.postReturn},

			{Pattern: "GET /admin/hall", Right: Keep, Handle: s.showHall},
			{Pattern: "POST /admin/hall", Right: Keep, Handle: s.postHall},
			{Pattern: "GET /admin/hall/windows/new", Right: Keep, Handle: s.showNewWindow},
			{Pattern: "POST /admin/hall/windows/new", Right: Keep, Handle: s.postNewWindow},
			{Pattern: "GET /admin/hall/windows/{window}", Right: Keep, Handle: s.showWindow},
			{Pattern: "POST /admin/hall/windows/{window}", Right: Keep, Handle: s.postWindow},
			{Pattern: "POST /admin/hall/windows/{window}/close", Right: Keep, Handle: s.postCloseWindow},
		},
		Menu: []module.Item{
			{Group: "office.menu", Text: "office.start.title", Icon: "flag", Path: startPath, Right: Keep},
			{Group: "office.menu", Text: "office.units.title", Icon: "building", Path: unitsPath, Right: Keep},
			{Group: "office.menu", Text: "office.title", Icon: "branch", Path: postsPath, Right: Keep},
			{Group: "office.menu", Text: "office.people.title", Icon: "users", Path: peoplePath, Right: Keep},
			{Group: "office.menu", Text: "office.hall.title", Icon: "door", Path: hallPath, Right: Keep},
		},
	}
}
