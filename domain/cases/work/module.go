package work

import (
	"embed"

	"onedoor.app/infra/web"
	"onedoor.app/module"
)

//go:embed text/*.json
var texts embed.FS

// Review is the right to open these pages. Which cases may be seen and what may
// be done with them is decided by the policy of cases.
const Review = "work.review"

// Act is the right to open the pages of procedures, for everybody who may have one to do: at the window, under review,
// at the issuing desk and in supervision.
const Act = "work.act"

// Module is what the application needs to know.
func (p *Pages) Module() module.Module {
	return module.Module{
		Name:  "work",
		Texts: texts,
		Rights: []module.Right{{Name: Review, Roles: []string{
			"reviewer", "approver", "section_chief", "chief_representative", "inspector", "leader", "legal_supervisor",
			"township_chief", "township_clerk",
		}}, {Name: Act, Roles: []string{
			"reviewer", "approver", "section_chief", "chief_representative", "inspector", "leader", "legal_supervisor",
			"township_chief", "township_clerk", "clerk", "issuer", "deliverer", "supervisor",
		}}},
		Routes: []web.Route{
			{Pattern: "GET " + inboxPath, Right: Review, Handle: p.showInbox},
			{Pattern: "GET " + specialPath, Right: Review, Handle: p.showSpecial},
			{Pattern: "GET " + donePath, Right: Review, Handle: p.showDone},
			{Pattern: "GET /work/{id}", Right: Review, Handle: p.showCase},
			{Pattern: "POST /work/{id}/opinion", Right: Review, Handle: p.postOpinion},
			{Pattern: "POST /work/{id}/special", Right: Review, Handle: p.postSpecial},
			{Pattern: "POST /work/{id}/decide", Right: Review, Handle: p.postDecide},
			{Pattern: "POST /work/{id}/extend", Right: Review, Handle: p.postExtend},
			{Pattern: "POST /work/{id}/longer", Right: Review, Handle: p.postAskLonger},
			{Pattern: "POST /work/{id}/claim", Right: Review, Handle: p.postSimple("work.did.claim", p.claim)},
			{Pattern: "POST /work/{id}/release", Right: Review, Handle: p.postSimple("work.did.release", p.release)},
			{Pattern: "POST /work/{id}/calloff", Right: Review, Handle: p.postSimple("work.did.calloff", p.callOff)},
			{Pattern: "POST /work/{id}/recall", Right: Review, Handle: p.postSimple("work.did.recall", p.recall)},
			{Pattern: "GET /work/{id}/step/{do}", Right: Act, Handle: p.askStep},
			{Pattern: "POST /work/{id}/step/{do}", Right: Act, Handle: p.postStep},
			{Pattern: "GET /work/{id}/acts", Right: Act, Handle: p.showActs},
			{Pattern: "GET /work/{id}/acts/{act}", Right: Act, Handle: p.askAct},
			{Pattern: "POST /work/{id}/acts/{act}", Right: Act, Handle: p.postAct},
			{Pattern: "GET /work/{id}/reveal", Right: Review, Handle: p.askReveal},
			{Pattern: "POST /work/{id}/reveal", Right: Review, Handle: p.postReveal},
		},
		Menu: []module.Item{
			{Group: "work.menu", Text: "work.inbox", Icon: "inbox", Path: inboxPath, Right: Review, Count: p.waiting},
			{Group: "work.menu", Text: "work.special.menu", Icon: "pause", Path: specialPath, Right: Review, Count: p.specials},
			{Group: "work.menu", Text: "work.done", Icon: "list", Path: donePath, Right: Review},
		},
	}
}
