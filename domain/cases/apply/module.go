package apply

import (
	"embed"

	"onedoor.app/domain/cases"
	"onedoor.app/infra/web"
	"onedoor.app/module"
)

//go:embed text/*.json
var texts embed.FS

// The rights of apply.
const (
	RightOwn  = "apply.own"  // apply, and follow one's own cases
	RightRead = "apply.read" // open papers and files of cases that one may see
)

// readers are the roles that work with papers and files of cases; which of them
// sees which case is for the policy of cases to say.
var readers = []string{
	module.Applicant, "leader", "section_chief", "approver", "reviewer", "clerk", "guide", "inspector", "issuer",
	"deliverer", "supervisor", "legal_supervisor", "audit_admin", "chief_representative", "township_chief",
	"township_clerk", "archivist",
}

// uploadBody is what an upload may weigh: more than one file may hold, so that a
// file that is a little too large is answered in words and not by a torn line.
const uploadBody = 3 * cases.MaxFile

// Module is what the application needs to know about apply.
func (p *Pages) Module() module.Module {
	return module.Module{
		Name:  "apply",
		Texts: texts,
		Rights: []module.Right{
			{Name: RightOwn, Roles: []string{module.Applicant}},
			{Name: RightRead, Roles: readers},
		},
		Routes: []web.Route{
			{Pattern: "GET /apply/{item}", Right: web.Public, Handle: p.showBegin},
			{Pattern: "POST /apply/{item}", Right: RightOwn, Handle: p.postBegin},
			{Pattern: "GET /apply/draft/{id}", Right: RightOwn, Handle: p.resume},
			{Pattern: "GET /apply/draft/{id}/questions", Right: RightOwn, Handle: p.showQuestions},
			{Pattern: "POST /apply/draft/{id}/questions", Right: RightOwn, Handle: p.postQuestions},
			{Pattern: "GET /apply/draft/{id}/notices", Right: RightOwn, Handle: p.showNotices},
			{Pattern: "GET /apply/draft/{id}/place", Right: RightOwn, Handle: p.showPlace},
			{Pattern: "POST /apply/draft/{id}/place", Right: RightOwn, Handle: p.postPlace},
			{Pattern: "GET /apply/draft/{id}/places", Right: RightOwn, Handle: p.showPlaces},
			{Pattern: "GET /apply/draft/{id}/form", Right: RightOwn, Handle: p.showForm},
			{Pattern: "POST /apply/draft/{id}/form", Right: RightOwn, Handle: p.postForm},
			{Pattern: "GET /apply/draft/{id}/materials", Right: RightOwn, Handle: p.showMaterials},
			{Pattern: "POST /apply/draft/{id}/materials", Right: RightOwn, Handle: p.postMaterials},
			{Pattern: "POST /apply/draft/{id}/materials/{material}", Right: RightOwn, Handle: p.postFile, Body: uploadBody},
			{Pattern: "POST /apply/draft/{id}/remove", Right: RightOwn, Handle: p.postRemoveFile},
			{Pattern: "GET /apply/draft/{id}/review", Right: RightOwn, Handle: p.showReview},
			{Pattern: "POST /apply/draft/{id}/review", Right: RightOwn, Handle: p.postSubmit},
			{Pattern: "POST /apply/draft/{id}/save", Right: RightOwn, Handle: p.postSave},
			{Pattern: "GET /apply/draft/{id}/discard", Right: RightOwn, Handle: p.askDiscard},
			{Pattern: "POST /apply/draft/{id}/discard", Right: RightOwn, Handle: p.postDiscard},

			{Pattern: "GET /my", Right: RightOwn, Handle: p.showMine},
			{Pattern: "GET /my/cases", Right: RightOwn, Handle: p.showAll},
			{Pattern: "GET /my/cases/{id}", Right: RightOwn, Handle: p.showCase},
			{Pattern: "GET /my/cases/{id}/receipt", Right: RightOwn, Handle: p.showReceipt},
			{Pattern: "GET /my/cases/{id}/proof", Right: RightOwn, Handle: p.showProof},
			{Pattern: "GET /my/cases/{id}/proof.json", Right: RightOwn, Handle: p.sendProof},
			{Pattern: "GET /my/cases/{id}/correct", Right: RightOwn, Handle: p.showCorrect},
			{Pattern: "POST /my/cases/{id}/correct", Right: RightOwn, Handle: p.postCorrect},
			{Pattern: "POST /my/cases/{id}/materials/{material}", Right: RightOwn, Handle: p.postCaseFile, Body: uploadBody},
			{Pattern: "POST /my/cases/{id}/remove", Right: RightOwn, Handle: p.postDropFile},
			{Pattern: "POST /my/cases/{id}/supply", Right: RightOwn, Handle: p.postSupply},
			{Pattern: "GET /my/cases/{id}/withdraw", Right: RightOwn, Handle: p.askWithdraw},
			{Pattern: "POST /my/cases/{id}/withdraw", Right: RightOwn, Handle: p.postWithdraw},
			{Pattern: "GET /my/cases/{id}/acts/{act}", Right: RightOwn, Handle: p.askAct},
			{Pattern: "POST /my/cases/{id}/acts/{act}", Right: RightOwn, Handle: p.postAct},
			{Pattern: "GET /my/cases/{id}/papers/{paper}", Right: RightOwn, Handle: p.showPaper},

			{Pattern: "GET /papers/{paper}", Right: RightRead, Handle: p.showPaper},
			{Pattern: "GET /files/{id}", Right: RightRead, Handle: p.sendFile},
			{Pattern: "GET /verify-document", Right: web.Public, Handle: p.askVerify},
			{Pattern: "GET /verify-document/{token}", Right: web.Public, Handle: p.showVerify},
			{Pattern: "GET /verify-receipt", Right: web.Public, Handle: p.askReceipt},
			{Pattern: "POST /verify-receipt", Right: web.Public, Handle: p.checkReceipt, Body: maxReceipt + 64<<10},
			{Pattern: "GET /ledger/checkpoint", Right: web.Public, Handle: p.sendCheckpoint},
			{Pattern: "GET /progress", Right: web.Public, Handle: p.askProgress},
			{Pattern: "POST /progress", Right: web.Public, Handle: p.postProgress},
		},
	}
}
