package supervision

import (
	"embed"

	"onedoor.app/infra/web"
	"onedoor.app/module"
)

//go:embed text/*.json
var texts embed.FS

// Watch is the right to open these pages. They only read.
const Watch = "supervision.watch"

// Module is what the application needs to know.
func (p *Pages) Module() module.Module {
	return module.Module{
		Name:   "supervision",
		Texts:  texts,
		Rights: []module.Right{{Name: Watch, Roles: []string{"supervisor", "leader", "legal_supervisor"}}},
		Routes: []web.Route{
			{Pattern: "GET " + boardPath, Right: Watch, Handle: p.showBoard},
			{Pattern: "GET " + casesPath, Right: Watch, Handle: p.showCases},
			{Pattern: "GET " + againPath, Right: Watch, Handle: p.showAgain},
			{Pattern: "GET " + findingPath, Right: Watch, Handle: p.showFindings},
			{Pattern: "GET /watch/{id}", Right: Watch, Handle: p.showCase},
		},
		Menu: []module.Item{
			{Group: "supervision.menu", Text: "supervision.board", Icon: "chart", Path: boardPath, Right: Watch},
			{Group: "supervision.menu", Text: "supervision.cases", Icon: "list", Path: casesPath, Right: Watch},
			{Group: "supervision.menu", Text: "supervision.again", Icon: "bell", Path: againPath, Right: Watch},
			{Group: "supervision.menu", Text: "supervision.finding", Icon: "scale", Path: findingPath, Right: Watch},
		},
	}
}
