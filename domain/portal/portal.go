// Package portal holds the pages that belong to no single capability: the hall
// where visitors arrive, signing in and out, and the pages that say what went
// wrong (门户).
//
// It keeps nothing: what it shows comes from other capabilities through the
// fields of Service. What a form carried when its session had expired travels in
// the pages themselves, never in a table, and passwords are never carried.
package portal

import (
	"context"

	"onedoor.app/infra/auth"
	"onedoor.app/infra/i18n"
	"onedoor.app/infra/web"
	"onedoor.app/ui"
)

// Service is the portal. Give it its fields before the first call.
type Service struct {
	Accounts *auth.Accounts
	Frame    ui.Frame
	Words    *i18n.Bundle

	// Begin and End open and close the session of the request.
	Begin func(ctx context.Context, account auth.Account) error
	End   func(ctx context.Context) error
	// WhoIs is the actor that an account acts as today.
	WhoIs func(ctx context.Context, account int64) (auth.Actor, error)
	// MustChange reports whether the request's person was given a password that
	// they have not changed yet.
	MustChange func(ctx context.Context) bool
	// Own are the numbers of a person that make a bad password.
	Own func(ctx context.Context, who auth.Actor) ([]string, error)
	// Flash leaves good news for the next page.
	Flash func(ctx context.Context, text string)
	// Logins are the forms in which accounts may keep what somebody types as their
	// login.
	Logins func(typed string) []string
	// Opens reports whether there is a page at path that who may open.
	Opens func(who auth.Actor, path string) bool
	// Entry is the first page of the workbench's menu that who may open, "/" if
	// there is none.
	Entry func(who auth.Actor) string

	// Hall is what the home page shows of the catalogue and the centre.
	Hall func(ctx context.Context) (Hall, error)
	// Mine is what the signed-in applicant should see first; nil shows nothing.
	Mine func(ctx context.Context, who auth.Actor) ([]Mine, error)
	// Decisions lists grants, newest first, after a key, with the key to go on
	// after; "" at the end.
	Decisions func(ctx context.Context, after string) (list []Decision, next string, err error)
	// Demo lists the accounts of the sample city; nil where it is not loaded.
	Demo func(ctx context.Context) ([]DemoGroup, error)

	knocks web.Callers
}

// Hall is the content of the home page; empty parts are left out.
type Hall struct {
	Popular []ui.Link   // what people often need
	Asked   bool        // people have applied for some of it, it is no mere list
	Bundles []ui.Bundle // 一件事
	Themes  []ui.Theme
	Total   int // items on offer
	Windows []Windows
	Open    bool     // now
	Hours   []string // a line each: days, hours, remarks
	Address string
	Notices []ui.Link
}

// Windows are the windows of one zone of the hall that do the same.
type Windows struct {
	Zone string
	Does string
	Many int
}

// Mine is one case of the visitor's own, as the home page shows it.
type Mine struct {
	Title string
	Href  string
	Lamp  ui.Lamp // empty where no clock runs
	Light string  // the light's words
	Tag   ui.Badge
	Note  string
}

// DemoGroup is the demo accounts that do the same work.
type DemoGroup struct {
	Title    string
	Accounts []DemoAccount
}

// DemoAccount is one account of the sample city. Its password is DemoPassword.
type DemoAccount struct{ Login, Name, Work string }

// DemoPassword opens every account of the sample city. It is printed when the
// demonstration starts and shown on its sign-in page; an installation that is no
// demonstration has no account with it.
const DemoPassword = "yunchuan-2026"

// landings says where people of a role begin their day, the most telling role
// first: a section chief who also decides begins with decisions.
var landings = []struct{ role, path string }{
	{"clerk", "/desk"}, {"township_clerk", "/desk"}, {"guide", "/desk"},
	{"approver", "/work"}, {"chief_representative", "/work"}, {"township_chief", "/work"},
	{"reviewer", "/work"}, {"inspector", "/work"},
	{"issuer", "/issue"}, {"deliverer", "/delivery"},
	{"catalog_officer", "/catalog"}, {"system_admin", "/admin/posts"},
	{"supervisor", "/watch"}, {"leader", "/watch"}, {"legal_supervisor", "/watch"},
	{"section_chief", "/work"}, {"archivist", "/work"},
}

// Landing is the page that who sees first after signing in.
func (s *Service) Landing(who auth.Actor) string {
	if who.Kind == auth.Applicant {
		if s.Opens(who, "/my") {
			return "/my"
		}
		return "/"
	}
	for _, l := range landings {
		if who.Has(l.role) && s.Opens(who, l.path) {
			return l.path
		}
	}
	return s.Entry(who)
}
