package certificate

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

// The rights of certificate.
const (
	RightMake = "certificate.make" // make certificates of granted cases
	RightMine = "certificate.mine" // see one's own certificates
	RightOpen = "certificate.open" // have the file: of one's own, or of a case that one may see
)

// Module is what the application needs to know about certificate.
func (s *Service) Module() module.Module {
	return module.Module{
		Name:   "certificate",
		Schema: Schema,
		Texts:  texts,
		Rights: []module.Right{
			{Name: RightMake, Roles: []string{roleIssuer}},
			{Name: RightMine, Roles: []string{module.Applicant}},
			{Name: RightOpen, Roles: []string{
				module.Applicant, "leader", "section_chief", "approver", "reviewer", "clerk", "guide", "inspector",
				roleIssuer, "deliverer", "supervisor", "legal_supervisor", "audit_admin", "chief_representative",
				"township_chief", "township_clerk", "archivist",
			}},
		},
		Menu: []module.Item{{
			Group: "certificate.menu", Text: "certificate.queue.title", Icon: "seal", Path: "/issue", Right: RightMake, Count: s.CountGranted,
		}},
		Routes: []web.Route{
			{Pattern: "GET /issue", Right: RightMake, Handle: s.queue},
			{Pattern: "GET /issue/{case}", Right: RightMake, Handle: s.showGranted},
			{Pattern: "POST /issue/{case}", Right: RightMake, Handle: s.postMake},
			{Pattern: "GET /my/certificates", Right: RightMine, Handle: s.mine},
			{Pattern: "GET /my/certificates/{id}", Right: RightMine, Handle: s.showOwn},
			{Pattern: "GET /certificates/{file}", Right: RightOpen, Handle: s.download},
			{Pattern: "GET /certificates/{file}/standing", Right: RightOpen, Handle: s.showLife},
			{Pattern: "GET /verify", Right: web.Public, Handle: s.ask},
			{Pattern: "GET /verify/{token}", Right: web.Public, Handle: s.answer},
			{Pattern: "POST /verify/file", Right: web.Public, Handle: s.compare, Body: maxFile + 64<<10},
		},
		Jobs:  s.jobs(),
		Check: s.Check,
		Files: []module.Files{listFiles},
	}
}
