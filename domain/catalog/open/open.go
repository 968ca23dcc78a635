// Package open is the pages on which a centre publishes what the law wants to be public: the lists of approvals, powers,
// duties, proofs and the rest (公开清单), each made from the records of the items, with downloads; and the ledger of
// reform (改革台账) with its retired seals and the rates by which reform is measured, for the public to read and for those
// who keep the catalogue to write.
//
// What is on a list, and what a rate is, belongs to catalog; here it is said in words.
package open

import (
	"context"
	"embed"
	"net/http"
	"net/url"
	"strings"

	"onedoor.app/domain/catalog"
	"onedoor.app/infra/db"
	"onedoor.app/infra/i18n"
	"onedoor.app/infra/web"
	"onedoor.app/module"
	"onedoor.app/ui"
)

//go:embed text/*.json
var texts embed.FS

// Keep is the right to open the pages on which the ledger of reform is written; the use cases ask for catalog.Keep.
const Keep = "open.keep"

const (
	listsPath  = "/lists"
	ledgerPath = "/lists/reforms"
	ratesPath  = "/lists/rates"
	keepPath   = "/catalog/reforms"
	sealsPath  = "/catalog/reforms/seals"
)

func listPath(kind string) string { return listsPath + "/" + url.PathEscape(kind) }

// Pages serves the pages. Give it its fields before the first request.
type Pages struct {
	Catalog *catalog.Service
	Frame   ui.Frame
	Flash   func(ctx context.Context, text string)
	// Units lists the units of the place, code and name, for the forms; nil lists none.
	Units func(tx *db.Tx) ([]ui.Option, error)

	making  chan struct{} // who makes a workbook holds a place
	callers web.Callers
}

// Module is what the application needs to know.
func (p *Pages) Module() module.Module {
	p.making = make(chan struct{}, atOnce)
	return module.Module{
		Name:   "open",
		Texts:  texts,
		Rights: []module.Right{{Name: Keep, Roles: []string{"catalog_officer"}}},
		Routes: []web.Route{
			{Pattern: "GET /lists", Right: web.Public, Handle: p.showLists},
			{Pattern: "GET /lists/{kind}", Right: web.Public, Handle: p.showList},
			{Pattern: "GET /lists/reforms", Right: web.Public, Handle: p.showReforms},
			{Pattern: "GET /lists/rates", Right: web.Public, Handle: p.showRates},
			{Pattern: "GET /catalog/reforms", Right: Keep, Handle: p.showKeep},
			{Pattern: "GET /catalog/reforms/new", Right: Keep, Handle: p.askReform},
			{Pattern: "POST /catalog/reforms/new", Right: Keep, Handle: p.postReform},
			{Pattern: "GET /catalog/reforms/{id}", Right: Keep, Handle: p.showEntry},
			{Pattern: "GET /catalog/reforms/correct/{id}", Right: Keep, Handle: p.askCorrection},
			{Pattern: "POST /catalog/reforms/correct/{id}", Right: Keep, Handle: p.postCorrection},
			{Pattern: "GET /catalog/reforms/seals/new", Right: Keep, Handle: p.askSeal},
			{Pattern: "POST /catalog/reforms/seals/new", Right: Keep, Handle: p.postSeal},
			{Pattern: "GET /catalog/reforms/seals/{id}", Right: Keep, Handle: p.showSeal},
			{Pattern: "POST /catalog/reforms/seals/{id}", Right: Keep, Handle: p.postSealAct},
			{Pattern: "GET /catalog/reforms/seals/{id}/impression", Right: Keep, Handle: p.sendImpression},
			{Pattern: "POST /catalog/reforms/seals/{id}/impression", Right: Keep, Handle: p.postImpression, Body: catalog.MaxImpression + 1<<20},
		},
		Menu: []module.Item{{Group: "catalog.menu", Text: "open.reforms.title", Icon: "chart", Path: keepPath, Right: Keep}},
	}
}

// asked is one value of the query, without what is no text.
func asked(r *http.Request, key string) string {
	return strings.TrimSpace(strings.ReplaceAll(strings.ToValidUTF8(r.URL.Query().Get(key), ""), "\x00", ""))
}

// at is an address with what is not empty of a query.
func at(path string, query ...string) string {
	q := url.Values{}
	for i := 0; i+1 < len(query); i += 2 {
		if query[i+1] != "" {
			q.Set(query[i], query[i+1])
		}
	}
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

func say(ctx context.Context, key string, args ...any) string {
	return i18n.T(ctx, "open."+key, args...)
}

// count says how many of something there are: "1 entry", "3 entries".
func count(ctx context.Context, key string, n int) string {
	if n == 1 {
		return say(ctx, key+".one", "n", n)
	}
	return say(ctx, key, "n", n)
}
