package oversight

import (
	"embed"

	"onedoor.app/engine/job"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/web"
	"onedoor.app/module"
)

// Schema holds the migrations.
//
//go:embed schema/*.sql
var Schema embed.FS

//go:embed text/*.json
var texts embed.FS

// Oversee is the right to see what a regulator was told and to answer for one's own.
const Oversee = "oversight.oversee"

// Module is what the application needs to know.
func (s *Service) Module() module.Module {
	return module.Module{
		Name:   "oversight",
		Schema: Schema,
		Texts:  texts,
		Rights: []module.Right{{Name: Oversee, Roles: []string{
			"chief_representative", "approver", "reviewer", "township_chief", "supervisor", "leader", "legal_supervisor",
		}}},
		Menu: []module.Item{{
			Group: "supervision.menu", Text: "oversight.title", Icon: "eye", Path: root, Right: Oversee,
			Count: func(tx *db.Tx, who auth.Actor) (int, error) {
				units, err := s.units(tx, who)
				if err != nil || len(units) == 0 {
					return 0, err
				}
				return countOpen(tx, units)
			},
		}},
		Routes: []web.Route{
			{Pattern: "GET " + root, Right: Oversee, Handle: s.showList},
			{Pattern: "GET " + root + "/{id}", Right: Oversee, Handle: s.showTask},
			{Pattern: "POST " + root + "/{id}/receive", Right: Oversee, Handle: s.postReceive},
			{Pattern: "POST " + root + "/{id}/report", Right: Oversee, Handle: s.postReport},
		},
		Jobs:  []job.Kind{{Name: jobRecount, Do: s.recountJob}},
		Check: s.Check,
	}
}
