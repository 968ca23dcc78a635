package party

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

// The rights of party.
const (
	Own    = "party.own"    // see one's own data, contacts and mandates, and act for others
	Enrol  = "party.enrol"  // add somebody who has come to a window
	Unmask = "party.reveal" // see numbers in full, with a reason, on record
)

// Module is what the application needs to know about party.
func (s *Service) Module() module.Module {
	return module.Module{
		Name:   "party",
		Schema: Schema,
		Texts:  texts,
		Rights: []module.Right{
			{Name: Own, Roles: []string{module.Applicant}},
			{Name: Enrol, Roles: []string{"clerk", "township_clerk"}},
			{Name: Unmask, Roles: []string{"clerk", "township_clerk", "reviewer", "approver", "inspector", "deliverer", "issuer"}},
		},
	}
}
