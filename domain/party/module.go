package party

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

// The rights of party.
const (
	Own    = "party.own"    // see one's own data, contacts and mandates, and act for others
	Enrol  = "party.enrol"  // add somebody who has come to a window, and open their account
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
		Routes: []web.Route{
			{Pattern: "GET /register", Right: web.Public, Handle: s.showRegister},
			{Pattern: "POST /register", Right: web.Public, Handle: s.postRegister, Body: registerBody},
			{Pattern: "GET /my/profile", Right: Own, Handle: s.showProfile},
			{Pattern: "POST /my/act-for", Right: Own, Handle: s.postActFor},
			{Pattern: "POST /my/contacts", Right: Own, Handle: s.postContact},
			{Pattern: "POST /my/contacts/{id}/remove", Right: Own, Handle: s.postRemoveContact},
			{Pattern: "GET /my/mandates/new", Right: Own, Handle: s.showTrust},
			{Pattern: "POST /my/mandates", Right: Own, Handle: s.postTrust},
			{Pattern: "GET /my/mandates/{id}/revoke", Right: Own, Handle: s.askRevoke},
			{Pattern: "POST /my/mandates/{id}/revoke", Right: Own, Handle: s.postRevoke},
			{Pattern: "GET /parties/{id}", Right: Unmask, Handle: s.showReveal},
			{Pattern: "POST /parties/{id}", Right: Unmask, Handle: s.postReveal},
			{Pattern: "GET /parties/{id}/account", Right: Enrol, Handle: s.showAccount},
			{Pattern: "POST /parties/{id}/account", Right: Enrol, Handle: s.postAccount},
		},
		Check: s.Check,
	}
}
