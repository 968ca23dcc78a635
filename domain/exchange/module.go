package exchange

import (
	"embed"

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

const (
	root       = "/admin/exchange"
	ordersPath = root + "/orders"
)

// Module is what the application needs to know.
func (s *Service) Module() module.Module {
	return module.Module{
		Name:   "exchange",
		Schema: Schema,
		Texts:  texts,
		Rights: []module.Right{{Name: Keep, Roles: []string{"system_admin"}}},
		Routes: []web.Route{
			{Pattern: "GET " + root, Right: Keep, Handle: s.showSystems},
			{Pattern: "POST " + root, Right: Keep, Handle: s.postNew},
			{Pattern: "GET " + root + "/new", Right: Keep, Handle: s.askNew},
			{Pattern: "GET " + root + "/systems/{code}", Right: Keep, Handle: s.showSystem},
			{Pattern: "POST " + root + "/systems/{code}", Right: Keep, Handle: s.postChange},
			{Pattern: "POST " + root + "/systems/{code}/try", Right: Keep, Handle: s.postTry},
			{Pattern: "GET " + ordersPath, Right: Keep, Handle: s.showOrders},
			{Pattern: "GET " + ordersPath + "/{id}", Right: Keep, Handle: s.showOrder},
			{Pattern: "POST " + ordersPath + "/{id}/again", Right: Keep, Handle: s.postAgain},
			{Pattern: "POST " + ordersPath + "/{id}/give-up", Right: Keep, Handle: s.postGiveUp},
		},
		Menu: []module.Item{{
			Group: "office.menu", Text: "exchange.title", Icon: "link", Path: root, Right: Keep,
			Count: func(tx *db.Tx, _ auth.Actor) (int, error) { return countFailed(tx) },
		}},
		Jobs:  s.Jobs(),
		Check: s.Check,
	}
}
