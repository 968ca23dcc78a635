package migration

import (
	"embed"
	"net/url"
	"strconv"
	"time"

	"onedoor.app/engine/job"
	"onedoor.app/infra/web"
	"onedoor.app/module"
)

// Schema holds the migrations of the database.
//
//go:embed schema/*.sql
var Schema embed.FS

//go:embed text/*.json
var texts embed.FS

// Module is what the application needs to know.
func (s *Service) Module() module.Module {
	const one = "/catalog/flows/{id}/migrations/{plan}"
	return module.Module{
		Name:   "migration",
		Schema: Schema,
		Texts:  texts,
		Rights: []module.Right{
			{Name: Keep, Roles: []string{"catalog_officer"}},
			{Name: Approve, Roles: []string{"catalog_officer", "section_chief", "leader"}},
		},
		Routes: []web.Route{
			{Pattern: "GET /catalog/flows/{id}/migrations", Right: Approve, Handle: s.showList},
			{Pattern: "POST /catalog/flows/{id}/migrations", Right: Keep, Handle: s.postBegin},
			{Pattern: "GET " + one, Right: Approve, Handle: s.showOne},
			{Pattern: "POST " + one, Right: Keep, Handle: s.postSave},
			{Pattern: "POST " + one + "/submit", Right: Keep, Handle: s.postSubmit},
			{Pattern: "POST " + one + "/retract", Right: Keep, Handle: s.postRetract},
			{Pattern: "POST " + one + "/stop", Right: Keep, Handle: s.postStop},
			{Pattern: "POST " + one + "/again", Right: Keep, Handle: s.postAgain},
			{Pattern: "POST " + one + "/return", Right: Approve, Handle: s.postReturn},
			{Pattern: "POST " + one + "/approve", Right: Approve, Handle: s.postApprove},
			{Pattern: "GET " + one + "/left", Right: Approve, Handle: s.showLeft},
		},
		Jobs:  []job.Kind{{Name: jobRun, Limit: 4 * time.Minute, Do: s.run}},
		Check: s.Verify,
	}
}

func flowPath(id string) string { return "/catalog/flows/" + url.PathEscape(id) }

func root(id string) string { return flowPath(id) + "/migrations" }

func path(p *Plan) string { return root(p.Flow) + "/" + strconv.FormatInt(p.ID, 10) }
