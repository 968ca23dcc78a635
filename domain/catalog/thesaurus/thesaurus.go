// Package thesaurus is the pages on which officials keep what people say beside what items
// are called (同义词), try a change out before it is made, and see what people looked for
// and did not find (未命中检索). What is kept, and the evidence of it, belongs to catalog.
package thesaurus

import (
	"context"
	"crypto/rand"
	"embed"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"onedoor.app/domain/catalog"
	"onedoor.app/engine/calendar"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
	"onedoor.app/infra/i18n"
	"onedoor.app/infra/web"
	"onedoor.app/module"
	"onedoor.app/ui"
)

//go:embed text/*.json
var texts embed.FS

// Keep is the right to keep the synonyms and to see what was not found.
const Keep = "thesaurus.keep"

const (
	listPath   = "/catalog/synonyms"
	newPath    = "/catalog/synonyms/new"
	missedPath = "/catalog/missed"
)

func entryPath(id int64) string { return listPath + "/" + strconv.FormatInt(id, 10) }

// Pages serves the pages. Give it its fields before the first request.
type Pages struct {
	Catalog *catalog.Service
	Frame   ui.Frame
	Flash   func(ctx context.Context, text string)
}

// Module is what the application needs to know.
func (p *Pages) Module() module.Module {
	return module.Module{
		Name:   "thesaurus",
		Texts:  texts,
		Rights: []module.Right{{Name: Keep, Roles: []string{"catalog_officer"}}},
		Routes: []web.Route{
			{Pattern: "GET /catalog/synonyms", Right: Keep, Handle: p.showList},
			{Pattern: "GET /catalog/synonyms/new", Right: Keep, Handle: p.showNew},
			{Pattern: "POST /catalog/synonyms/new", Right: Keep, Handle: p.post},
			{Pattern: "GET /catalog/synonyms/{id}", Right: Keep, Handle: p.showEntry},
			{Pattern: "POST /catalog/synonyms/{id}", Right: Keep, Handle: p.post},
			{Pattern: "GET /catalog/missed", Right: Keep, Handle: p.showMissed},
		},
		Menu: []module.Item{
			{Group: "catalog.menu", Text: "thesaurus.title", Icon: "search", Path: listPath, Right: Keep},
			{Group: "catalog.menu", Text: "thesaurus.missed", Icon: "search", Path: missedPath, Right: Keep},
		},
	}
}

// pageLength is how many entries a page lists.
const pageLength = 50

// listView is the entries.
type listView struct {
	ui.Page
	Query string
	All   []catalog.Synonym
	More  ui.More
}

func (p *Pages) showList(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	v := listView{Page: p.Frame(r, i18n.T(ctx, "thesaurus.title")), Query: asked(r, "q")}
	before, _ := strconv.ParseInt(r.URL.Query().Get("before"), 10, 64)
	var next int64
	err := p.Catalog.DB.Read(ctx, func(tx *db.Tx) (err error) {
		v.All, next, err = p.Catalog.Synonyms(tx, v.Query, before, pageLength)
		return err
	})
	if err != nil {
		return err
	}
	v.More.Note = i18n.T(ctx, "thesaurus.order")
	if next > 0 {
		v.More.Text, v.More.Href = i18n.T(ctx, "thesaurus.more", "n", pageLength), listAt(v.Query, next)
	}
	if before > 0 {
		v.More.First, v.More.FirstHref = i18n.T(ctx, "thesaurus.first"), listAt(v.Query, 0)
	}
	return web.Show(w, r, http.StatusOK, listPage(v))
}

func listAt(query string, before int64) string {
	q := url.Values{}
	if query != "" {
		q.Set("q", query)
	}
	if before > 0 {
		q.Set("before", strconv.FormatInt(before, 10))
	}
	if len(q) == 0 {
		return listPath
	}
	return listPath + "?" + q.Encode()
}

func (v listView) table(ctx context.Context) ui.Grid {
	g := ui.Grid{Label: v.Page.Title, Hover: true, Cols: []ui.Col{
		{Text: i18n.T(ctx, "thesaurus.said"), Row: true}, {Text: i18n.T(ctx, "thesaurus.meant")}, {Text: i18n.T(ctx, "thesaurus.at")}, {Text: i18n.T(ctx, "thesaurus.state")},
	}}
	for _, e := range v.All {
		meant, state := words(ctx, e.Meant), &ui.Badge{Text: i18n.T(ctx, "thesaurus.in_force"), Tone: ui.ToneGood}
		if len(e.Meant) == 0 {
			meant = i18n.T(ctx, "thesaurus.idle")
		}
		if e.Retired {
			state = &ui.Badge{Text: i18n.T(ctx, "thesaurus.retired"), Tone: ui.ToneLine}
		}
		g.Rows = append(g.Rows, ui.Line{Cells: []ui.Cell{{Text: few(ctx, e.Said), Href: entryPath(e.ID)}, {Text: meant}, {Text: calendar.DateOf(e.At).String()}, {Tag: state}}})
	}
	return g
}

func words(ctx context.Context, list []string) string {
	return strings.Join(list, i18n.T(ctx, "thesaurus.comma"))
}

// fewWords is how many words of an entry its line shows.
const fewWords = 12

func few(ctx context.Context, list []string) string {
	if len(list) <= fewWords {
		return words(ctx, list)
	}
	return i18n.T(ctx, "thesaurus.and_more", "words", words(ctx, list[:fewWords]), "n", len(list)-fewWords)
}

func asked(r *http.Request, key string) string {
	return strings.TrimSpace(strings.ReplaceAll(strings.ToValidUTF8(r.URL.Query().Get(key), ""), "\x00", ""))
}

// form is one entry to add or to change, with what a trial shows.
type form struct {
	ui.Page
	Entry   catalog.Synonym
	Said    string // as typed, a word a line
	Meant   string
	Try     string
	Tried   bool
	Now     []catalog.Hit
	Then    []catalog.Hit
	Key     string
	Trouble string
	Wrong   map[string]string

	Pointless []string // meanings that no item holds: a second press keeps them all the same
}

func (p *Pages) showNew(w http.ResponseWriter, r *http.Request) error {
	said := asked(r, "said")
	return p.form(w, r, http.StatusOK, form{Said: said, Try: said})
}

func (p *Pages) showEntry(w http.ResponseWriter, r *http.Request) error {
	v := form{}
	if err := p.find(r, &v); err != nil {
		return err
	}
	v.Said, v.Meant = strings.Join(v.Entry.Said, "\n"), strings.Join(v.Entry.Meant, "\n")
	return p.form(w, r, http.StatusOK, v)
}

// find reads the entry that the address names, if it names one.
func (p *Pages) find(r *http.Request, v *form) error {
	if r.PathValue("id") == "" {
		return nil
	}
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return fault.New(fault.Unknown, "catalog.synonym.none")
	}
	return p.Catalog.DB.Read(r.Context(), func(tx *db.Tx) (err error) {
		v.Entry, err = p.Catalog.Synonym(tx, id)
		return err
	})
}

func (p *Pages) form(w http.ResponseWriter, r *http.Request, code int, v form) error {
	title := "thesaurus.change"
	if v.Entry.ID == 0 {
		title = "thesaurus.new"
	}
	v.Page = p.Frame(r, i18n.T(r.Context(), title))
	v.Page.Wrong = v.Trouble != ""
	if v.Page.Path = newPath; v.Entry.ID != 0 {
		v.Page.Path = entryPath(v.Entry.ID)
	}
	if v.Key == "" {
		v.Key = rand.Text()
	}
	return web.Show(w, r, code, entryPage(v))
}

// post keeps an entry, tries it out, or takes it out of force; the button says which.
func (p *Pages) post(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	if err := web.Form(r); err != nil {
		return err
	}
	v := form{}
	if err := p.find(r, &v); err != nil {
		return err
	}
	get := func(name string) string { return strings.TrimSpace(r.PostForm.Get(name)) }
	v.Said, v.Meant, v.Try, v.Key = get("said"), get("meant"), get("try"), get("_key")
	changed := v.Entry
	changed.Said, changed.Meant = lines(v.Said), lines(v.Meant)
	changed.Lock, _ = strconv.Atoi(get("lock"))
	var err error
	done := "thesaurus.kept"
	switch get("do") {
	case "try":
		return p.try(w, r, v, changed)
	case "retire", "restore":
		done = "thesaurus." + get("do") + "d"
		err = p.Catalog.RetireSynonym(ctx, auth.From(ctx), v.Entry.ID, changed.Lock, get("do") == "retire")
	default:
		if told, err := p.pointless(r, &v, changed); told || err != nil {
			if err != nil {
				return err
			}
			return p.try(w, r, v, changed)
		}
		_, err = p.Catalog.KeepSynonym(ctx, auth.From(ctx), v.Key, changed)
	}
	if fault.Is(err, fault.Invalid) || fault.Is(err, fault.Conflict) || fault.Is(err, fault.Stale) {
		v.Trouble, v.Wrong, v.Key = web.Words(ctx, err), web.FieldWords(ctx, err), ""
		return p.form(w, r, web.Status(err), v) // with the lock of today: to send it again means it
	}
	if err != nil {
		return err
	}
	if p.Flash != nil {
		p.Flash(ctx, i18n.T(ctx, done))
	}
	return web.SeeOther(w, r, listPath)
}

// pointless tells of meanings that lead nowhere, once: whoever presses again means it.
func (p *Pages) pointless(r *http.Request, v *form, changed catalog.Synonym) (told bool, err error) {
	if changed.Lock != v.Entry.Lock {
		return false, nil // somebody else was faster: that is told first
	}
	err = p.Catalog.DB.Read(r.Context(), func(tx *db.Tx) (err error) {
		v.Pointless, err = p.Catalog.Pointless(tx, changed)
		return err
	})
	return err == nil && len(v.Pointless) > 0 && strings.Join(v.Pointless, "\n") != strings.ReplaceAll(r.PostForm.Get("told"), "\r", ""), err
}

// try shows what a search finds now and would find.
func (p *Pages) try(w http.ResponseWriter, r *http.Request, v form, changed catalog.Synonym) error {
	v.Entry.Lock = changed.Lock // trying takes no notice of what others did meanwhile
	if v.Try == "" && len(changed.Said) > 0 {
		v.Try = changed.Said[0]
	}
	v.Tried = v.Try != ""
	err := p.Catalog.DB.Read(r.Context(), func(tx *db.Tx) (err error) {
		if v.Pointless, err = p.Catalog.Pointless(tx, changed); err != nil {
			return err
		}
		v.Now, v.Then, err = p.Catalog.TrySynonym(tx, v.Try, changed)
		return err
	})
	if err != nil {
		return err
	}
	return p.form(w, r, http.StatusOK, v)
}

// lines parts a text area; commas of both kinds part words too.
func lines(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune("\r\n,，、;；", r) })
}

// summary lists what is wrong, in the order of the form.
func (v form) summary() (all []ui.Wrong) {
	for _, field := range []string{"said", "meant"} {
		if words := v.Wrong[field]; words != "" {
			all = append(all, ui.Wrong{Field: field, Text: words})
		}
	}
	if len(all) == 0 {
		all = append(all, ui.Wrong{Field: "said", Text: v.Trouble})
	}
	return all
}
