// Package change is the pages on which items are changed (事项变更): a draft with what it
// alters in words, its review by another person, the day from which it is in force, the
// rehearsal on past cases, and taking items off the list. What may be done, and the
// evidence of it, belongs to catalog.
package change

import (
	"context"
	"embed"
	"net/http"

	"onedoor.app/domain/catalog"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/i18n"
	"onedoor.app/infra/web"
	"onedoor.app/module"
	"onedoor.app/ui"
)

//go:embed text/*.json
var texts embed.FS

// The rights to open these pages. What may be done with a change is for catalog.Keep and
// catalog.Review, which go to the same people.
const (
	See   = "change.see"
	Write = "change.write"
)

const (
	listPath    = catalog.ChangesPath
	newPath     = listPath + "/new"
	suspendPath = listPath + "/suspend"
	restorePath = listPath + "/restore"
)

// Pages serves the pages. Give it its fields before the first request.
type Pages struct {
	Catalog *catalog.Service
	Frame   ui.Frame
	Flash   func(ctx context.Context, text string)

	// Case is the page of a case for somebody, "" where they may not look at it; nil
	// shows numbers only.
	Case func(who auth.Actor, id int64) string
	// Edit is the page on which a draft is edited; nil shows no link.
	Edit func(id int64) string
	// Units are those of the office, to be chosen by name; nil: their codes are typed.
	Units func(tx *db.Tx) ([]ui.Option, error)
}

// Module is what the application needs to know.
func (p *Pages) Module() module.Module {
	return module.Module{
		Name:  "change",
		Texts: texts,
		Rights: []module.Right{
			{Name: See, Roles: catalog.Reviewers()},
			{Name: Write, Roles: []string{"catalog_officer"}},
		},
		Routes: []web.Route{
			{Pattern: "GET /catalog/changes", Right: See, Handle: p.list},
			{Pattern: "POST /catalog/changes", Right: Write, Handle: p.begin},
			{Pattern: "GET /catalog/changes/new", Right: Write, Handle: p.showNew},
			{Pattern: "POST /catalog/changes/new", Right: Write, Handle: p.postNew},
			{Pattern: "GET /catalog/changes/suspend", Right: See, Handle: p.showSuspend},
			{Pattern: "POST /catalog/changes/suspend", Right: See, Handle: p.postSuspend},
			{Pattern: "POST /catalog/changes/restore", Right: See, Handle: p.postRestore},
			{Pattern: "GET /catalog/proposals/{id}", Right: See, Handle: p.showProposal},
			{Pattern: "GET /catalog/proposals/{id}/file", Right: See, Handle: p.sendProposed},
			{Pattern: "POST /catalog/proposals/{id}/agree", Right: See, Handle: p.postAgree},
			{Pattern: "POST /catalog/proposals/{id}/return", Right: See, Handle: p.postSendBack},
			{Pattern: "POST /catalog/proposals/{id}/withdraw", Right: Write, Handle: p.postTakeBack},
			{Pattern: "GET /catalog/changes/{id}", Right: See, Handle: p.show},
			{Pattern: "GET /catalog/changes/{id}/guide", Right: See, Handle: p.showGuide},
			{Pattern: "POST /catalog/changes/{id}/submit", Right: Write, Handle: p.postSubmit},
			{Pattern: "POST /catalog/changes/{id}/rebase", Right: Write, Handle: p.postRebase},
			{Pattern: "GET /catalog/changes/{id}/withdraw", Right: Write, Handle: p.askWithdraw},
			{Pattern: "POST /catalog/changes/{id}/withdraw", Right: Write, Handle: p.postWithdraw},
			{Pattern: "POST /catalog/changes/{id}/return", Right: See, Handle: p.postReturn},
			{Pattern: "POST /catalog/changes/{id}/approve", Right: See, Handle: p.postApprove},
			{Pattern: "GET /catalog/changes/spread", Right: See, Handle: p.showSpread},
			{Pattern: "POST /catalog/changes/spread/approve", Right: See, Handle: p.postTogether},
			{Pattern: "POST /catalog/changes/spread/take", Right: Write, Handle: p.postTake},
			{Pattern: "GET /catalog/changes/{id}/rehearsal", Right: See, Handle: p.showRehearsal},
			{Pattern: "POST /catalog/changes/{id}/rehearsal", Right: See, Handle: p.postRehearsal},
		},
		Menu: []module.Item{{
			Group: "catalog.menu", Text: "change.title", Icon: "pen", Path: listPath, Right: See,
			Count: func(tx *db.Tx, who auth.Actor) (int, error) { return p.Catalog.AwaitsReview(tx, who) },
		}},
	}
}

// words says differences with the names of units and posts.
func (p *Pages) words(tx *db.Tx, old, next *catalog.Item) Words {
	w := Words{Old: old, New: next}
	if p.Catalog.UnitName != nil {
		w.Unit = func(code string) string { return p.Catalog.UnitName(tx, code) }
	}
	if p.Catalog.PostName != nil {
		w.Post = func(code string) string { return p.Catalog.PostName(tx, code) }
	}
	w.Item = func(code string) string {
		it, err := p.Catalog.Current(tx, code)
		if err != nil {
			return "" // it is called by its code
		}
		return it.Name
	}
	w.Flow = func(id string) string {
		templates, err := p.Catalog.Templates(tx)
		if err != nil {
			return "" // it is called by its code
		}
		return templates[id].Name
	}
	w.Cert = func(code string) string {
		c, err := p.Catalog.CertificateType(tx, code)
		if err != nil {
			return ""
		}
		return c.Name
	}
	return w
}

func (p *Pages) tell(ctx context.Context, key string, args ...any) {
	if p.Flash != nil {
		p.Flash(ctx, i18n.T(ctx, key, args...))
	}
}

func columns(ctx context.Context, keys ...string) (all []ui.Col) {
	for i, key := range keys {
		all = append(all, ui.Col{Text: i18n.T(ctx, "change."+key), Row: i == 0})
	}
	return all
}

// form reads a posted form.
func form(r *http.Request, key string) string { return r.PostForm.Get(key) }
