package desk

import (
	"embed"

	"onedoor.app/domain/cases"
	"onedoor.app/infra/web"
	"onedoor.app/module"
)

//go:embed text/*.json
var texts embed.FS

// maxUpload is the largest request that brings a file.
const maxUpload = cases.MaxFile + 1<<20

// Module is what the application needs to know about the window's pages.
func (p *Pages) Module() module.Module {
	return module.Module{
		Name:  "desk",
		Texts: texts,
		Rights: []module.Right{
			{Name: Receive, Roles: []string{"clerk", "township_clerk"}},
			{Name: Look, Roles: []string{"clerk", "township_clerk", "guide"}},
		},
		Routes: []web.Route{
			{Pattern: "GET /desk", Right: Receive, Handle: p.showReceived},
			{Pattern: "GET /desk/correcting", Right: Receive, Handle: p.showCorrecting},
			{Pattern: "GET /desk/came", Right: Receive, Handle: p.showCame},
			{Pattern: "GET /desk/unsent", Right: Receive, Handle: p.showUnsent},
			{Pattern: "GET /desk/drafts", Right: Receive, Handle: p.showDrafts},
			{Pattern: "GET /desk/all", Right: Receive, Handle: p.showAll},
			{Pattern: "GET /desk/find", Right: Look, Handle: p.showFound},

			{Pattern: "GET /desk/new", Right: Receive, Handle: p.askApplicant},
			{Pattern: "POST /desk/new/find", Right: Receive, Handle: p.postFind},
			{Pattern: "POST /desk/new/enrol", Right: Receive, Handle: p.postEnrol},
			{Pattern: "GET /desk/new/item", Right: Receive, Handle: p.askItem},
			{Pattern: "POST /desk/new/begin", Right: Receive, Handle: p.postBegin},
			{Pattern: "GET /desk/new/draft/{id}", Right: Receive, Handle: p.showDraft},
			{Pattern: "POST /desk/new/draft/{id}", Right: Receive, Handle: p.postDraft},
			{Pattern: "POST /desk/new/draft/{id}/materials", Right: Receive, Handle: p.postDraftFile, Body: maxUpload},
			{Pattern: "POST /desk/new/draft/{id}/remove", Right: Receive, Handle: p.postRemoveFile},
			{Pattern: "POST /desk/new/draft/{id}/discard", Right: Receive, Handle: p.postDiscard},

			{Pattern: "GET /desk/{id}", Right: Look, Handle: p.showCase},
			{Pattern: "GET /desk/{id}/original", Right: Look, Handle: p.showOriginal},
			{Pattern: "POST /desk/{id}/judge", Right: Receive, Handle: p.postJudge},
			{Pattern: "POST /desk/{id}/place", Right: Receive, Handle: p.postPlace},
			{Pattern: "GET /desk/{id}/promise", Right: Receive, Handle: p.showPromise},
			{Pattern: "POST /desk/{id}/notify", Right: Receive, Handle: p.postNotify},
			{Pattern: "POST /desk/{id}/accept", Right: Receive, Handle: p.postAccept},
			{Pattern: "GET /desk/{id}/refuse", Right: Receive, Handle: p.askRefuse},
			{Pattern: "POST /desk/{id}/refuse", Right: Receive, Handle: p.postRefuse},
			{Pattern: "GET /desk/{id}/withdraw", Right: Receive, Handle: p.askWithdraw},
			{Pattern: "POST /desk/{id}/withdraw", Right: Receive, Handle: p.postWithdraw, Body: maxUpload},
			{Pattern: "POST /desk/{id}/materials", Right: Receive, Handle: p.postCaseFile, Body: maxUpload},
			{Pattern: "POST /desk/{id}/correct", Right: Receive, Handle: p.postCorrect},
			{Pattern: "POST /desk/{id}/supply", Right: Receive, Handle: p.postSupply},
			{Pattern: "POST /desk/{id}/remind", Right: Receive, Handle: p.postRemind},
			{Pattern: "POST /desk/{id}/send-back", Right: Receive, Handle: p.postSendBack},
		},
		Menu: []module.Item{
			{Group: "desk.menu", Text: "desk.menu.received", Icon: "inbox", Path: "/desk", Right: Receive, Count: p.waiting(cases.Filter{State: cases.StateReceived, Live: true})},
			{Group: "desk.menu", Text: "desk.menu.came", Icon: "file", Path: "/desk/came", Right: Receive, Count: p.waiting(cases.Filter{Came: true})},
			{Group: "desk.menu", Text: "desk.menu.correcting", Icon: "clock", Path: "/desk/correcting", Right: Receive, Count: p.waiting(cases.Filter{State: cases.StateCorrecting, Live: true})},
			{Group: "desk.menu", Text: "desk.menu.new", Icon: "plus", Path: "/desk/new", Right: Receive},
			{Group: "desk.menu.look", Text: "desk.menu.find", Icon: "search", Path: "/desk/find", Right: Look},
			{Group: "desk.menu.look", Text: "desk.menu.guides", Icon: "file", Path: "/items", Right: Look},
		},
	}
}
