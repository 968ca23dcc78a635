package delivery

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

// RightHand is the right to hand results over and to see what waits.
const RightHand = "delivery.hand"

// Module is what the application needs to know about delivery. Its menu entry
// stands in the group of the certificates.
func (s *Service) Module() module.Module {
	return module.Module{
		Name:   "delivery",
		Schema: Schema,
		Texts:  texts,
		Rights: []module.Right{{Name: RightHand, Roles: []string{"deliverer", "issuer"}}},
		Menu: []module.Item{{
			Group: "certificate.menu", Text: "delivery.title", Icon: "inbox", Path: "/delivery", Right: RightHand,
			Count: func(tx *db.Tx, _ auth.Actor) (int, error) { return countAll(tx) },
		}},
		Routes: []web.Route{
			{Pattern: "GET /delivery", Right: RightHand, Handle: s.desk},
			{Pattern: "POST /delivery", Right: RightHand, Handle: s.search},
			{Pattern: "GET /delivery/{case}", Right: RightHand, Handle: s.show},
			{Pattern: "GET /delivery/{case}/slip", Right: RightHand, Handle: s.slip},
			{Pattern: "POST /delivery/{case}/hand", Right: RightHand, Handle: s.postHand},
			{Pattern: "POST /delivery/{case}/send", Right: RightHand, Handle: s.postSend},
			{Pattern: "POST /delivery/{case}/received", Right: RightHand, Handle: s.postReceived},
			{Pattern: "POST /delivery/{case}/shelf", Right: RightHand, Handle: s.postShelf},
		},
		Check: s.Check,
	}
}
