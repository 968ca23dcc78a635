package catalog

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"onedoor.app/infra/db"
	"onedoor.app/infra/i18n"
	"onedoor.app/infra/web"
	"onedoor.app/ui"
)

const (
	itemsPath  = "/items"
	pageLength = 20
)

func guidePath(code string) string { return itemsPath + "/" + url.PathEscape(code) }

// audiences turns the word of an address into a facet.
var audiences = map[string]string{"person": WhoPerson, "company": WhoBody}

// itemsView is a page of the list of items, browsed or searched.
type itemsView struct {
	ui.Page
	Query    string
	Audience string // "", person or company
	Filter   Filter
	Lines    []itemLine
	Next     string
	After    string
	Total    int // items on offer
	Found    int // of them, for this search and filter
	Reading  Reading
	Indexing bool      // some items are not yet findable: what is not found may be there
	Off      []offLine // what was asked for and is not offered at present
	Themes   []Facet
	theme    func(ctx context.Context, name string) string
	Bodies   []Facet
	names    names
}

// itemLine is an item with what its line says about it.
type itemLine struct {
	Entry
	Item *Item
}

// offLine is an item that was looked for and is taken from the list.
type offLine struct {
	Entry
	Suspension
}

// showItems answers GET /items and GET /search.
func (s *Service) showItems(w http.ResponseWriter, r *http.Request) error {
	v := itemsView{
		Page:  s.Frame(r, i18n.T(r.Context(), "catalog.items")),
		Query: asked(r, "q"), Audience: asked(r, "audience"), After: asked(r, "after"),
		theme:  s.Theme,
		Filter: Filter{Theme: asked(r, "theme"), Body: asked(r, "body"), Type: asked(r, "type")},
	}
	if v.Filter.Who = audiences[v.Audience]; v.Filter.Who == "" {
		v.Audience = ""
	}
	err := s.DB.Read(r.Context(), func(tx *db.Tx) error { return s.fillItems(tx, &v) })
	if err != nil {
		return err
	}
	err = web.Show(w, r, http.StatusOK, itemsPage(v))
	s.noteMissed(r, v)
	return err
}

// asked is one value of the query, without what is no text.
func asked(r *http.Request, key string) string {
	return strings.TrimSpace(strings.ReplaceAll(strings.ToValidUTF8(r.URL.Query().Get(key), ""), "\x00", ""))
}

func (s *Service) fillItems(tx *db.Tx, v *itemsView) (err error) {
	v.names = s.namesIn(tx)
	if v.Total, err = s.Count(tx); err != nil {
		return err
	}
	if v.Themes, err = s.Facets(tx, FacetTheme); err != nil {
		return err
	}
	if v.Bodies, err = s.Facets(tx, FacetBody); err != nil {
		return err
	}
	var found []Entry
	if v.Query == "" {
		if v.Found, err = countItems(tx, v.Filter.facets()); err != nil {
			return err
		}
		found, v.Next, err = s.Browse(tx, v.Filter, v.After, pageLength)
	} else {
		var hits []Hit
		hits, v.Next, v.Found, v.Reading, err = s.search(tx, v.Query, v.Filter, v.After, pageLength)
		for _, h := range hits {
			found = append(found, h.Entry)
		}
		if err == nil {
			v.Indexing, err = anyUnindexed(tx)
		}
	}
	if err != nil {
		return err
	}
	if v.Off, err = whyOff(tx, v.Reading.off); err != nil {
		return err
	}
	for _, e := range found {
		it, err := s.Version(tx, e.ID)
		if err != nil {
			return err
		}
		v.Lines = append(v.Lines, itemLine{e, it})
		v.names.of(e.Body)
	}
	for _, b := range v.Bodies {
		v.names.of(b.Value)
	}
	return nil
}

// whyOff says of items that are taken from the list since when, and why.
func whyOff(tx *db.Tx, ids []int64) (list []offLine, err error) {
	if len(ids) == 0 {
		return nil, nil
	}
	entries, err := listEntriesOf(tx, ids)
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		e := entries[id]
		off, err := findSuspension(tx, e.Code)
		if err != nil {
			return nil, err
		}
		if off != nil {
			list = append(list, offLine{e, *off})
		}
	}
	return list, nil
}

// names gives the names of units; every one is asked for while the database is read.
type names struct {
	known map[string]string
	posts map[string]string
	find  func(code string) string
	seek  func(post string) string
}

func (s *Service) namesIn(tx *db.Tx) names {
	unit := func(code string) string {
		if s.UnitName == nil {
			return code
		}
		return s.UnitName(tx, code)
	}
	post := func(code string) string {
		if s.PostName == nil {
			return ""
		}
		return s.PostName(tx, code)
	}
	return names{known: map[string]string{}, posts: map[string]string{}, find: unit, seek: post}
}

func (n names) of(code string) string {
	if code == "" || strings.HasPrefix(code, "@") {
		return ""
	}
	name, ok := n.known[code]
	if !ok {
		name = n.find(code)
		n.known[code] = name
	}
	return name
}

// all asks for the units and the posts of an item's steps.
func (n names) all(it *Item) {
	for _, step := range it.Steps {
		n.of(step.Unit)
		n.post(step.Post)
	}
}

// post is the name of a post, "" for one that the office does not know.
func (n names) post(code string) string {
	if code == "" {
		return ""
	}
	name, ok := n.posts[code]
	if !ok {
		name = n.seek(code)
		n.posts[code] = name
	}
	return name
}

// seat shows a post by its name, and by its code where the office does not know it.
func (n names) seat(ctx context.Context, code string) ui.Cell {
	switch code {
	case "@township.clerk", "@township.chief":
		return ui.Cell{Text: i18n.T(ctx, "catalog.post."+code[1:])}
	}
	if name := n.post(code); name != "" {
		return ui.Cell{Text: name}
	}
	return ui.Cell{Text: code, Code: true}
}

// with is the address of this list with one thing of its query changed; the page
// begins anew.
func (v itemsView) with(key, value string) string {
	q := url.Values{}
	for k, x := range map[string]string{"q": v.Query, "audience": v.Audience, "theme": v.Filter.Theme, "body": v.Filter.Body, "type": v.Filter.Type} {
		if x != "" {
			q.Set(k, x)
		}
	}
	if value == "" {
		q.Del(key)
	} else {
		q.Set(key, value)
	}
	if len(q) == 0 {
		return itemsPath
	}
	return itemsPath + "?" + q.Encode()
}

// hidden is what a form of this list carries besides its own fields.
func (v itemsView) hidden(keys ...string) []ui.Hidden {
	var list []ui.Hidden
	for _, k := range keys {
		x := map[string]string{"q": v.Query, "audience": v.Audience, "theme": v.Filter.Theme, "body": v.Filter.Body, "type": v.Filter.Type}[k]
		if x != "" {
			list = append(list, ui.Hidden{Name: k, Value: x})
		}
	}
	return list
}

func (v itemsView) narrowed() bool { return v.Query != "" || v.Filter != Filter{} }

func (v itemsView) audienceLinks(ctx context.Context) []ui.Link {
	var list []ui.Link
	for _, a := range []string{"", "person", "company"} {
		list = append(list, ui.Link{Text: i18n.T(ctx, "catalog.audience."+a), Href: v.with("audience", a), Current: a == v.Audience})
	}
	return list
}

func (v itemsView) themeOptions(ctx context.Context) []ui.Option {
	return facetOptions(i18n.T(ctx, "catalog.any.theme"), v.Themes, v.Filter.Theme, func(name string) string { return v.theme(ctx, name) })
}

func (v itemsView) bodyOptions(ctx context.Context) []ui.Option {
	return facetOptions(i18n.T(ctx, "catalog.any.body"), v.Bodies, v.Filter.Body, v.names.of)
}

func facetOptions(all string, facets []Facet, chosen string, name func(string) string) []ui.Option {
	list := []ui.Option{{Text: all}}
	for _, f := range facets {
		list = append(list, ui.Option{Value: f.Value, Text: name(f.Value) + " (" + strconv.Itoa(f.Items) + ")", On: f.Value == chosen})
	}
	return list
}

func (v itemsView) typeOptions(ctx context.Context) []ui.Option {
	list := []ui.Option{{Text: i18n.T(ctx, "catalog.any.type")}}
	for _, t := range Types() {
		list = append(list, ui.Option{Value: t, Text: i18n.T(ctx, "catalog.type."+t), On: t == v.Filter.Type})
	}
	return list
}

// more is the foot of the list.
func (v itemsView) more(ctx context.Context) ui.More {
	m := ui.More{Note: i18n.T(ctx, "catalog.sorted.place")}
	if v.Query != "" {
		m.Note = i18n.T(ctx, "catalog.sorted.fit")
	}
	if v.Next != "" {
		m.Text, m.Href = i18n.T(ctx, "catalog.more", "count", pageLength), v.with("after", v.Next)
	}
	if v.After != "" {
		m.First, m.FirstHref = i18n.T(ctx, "catalog.first"), v.with("", "")
	}
	return m
}

func (v itemsView) table(ctx context.Context) ui.Grid {
	g := ui.Grid{
		Label: i18n.T(ctx, "catalog.items"), Hover: true,
		Cols: []ui.Col{
			{Text: i18n.T(ctx, "catalog.item"), Row: true}, {Text: i18n.T(ctx, "catalog.body")},
			{Text: i18n.T(ctx, "catalog.promised")}, {Text: i18n.T(ctx, "catalog.visits")},
		},
	}
	for _, l := range v.Lines {
		g.Rows = append(g.Rows, ui.Line{Cells: []ui.Cell{
			{Body: itemCell(l)}, {Text: v.names.of(l.Body)},
			{Text: limitWords(ctx, l.Item.PromisedLimit)}, {Text: visitWords(ctx, l.Item)},
		}})
	}
	return g
}

// limitWords says how long something may take: "5 个工作日", "当场".
func limitWords(ctx context.Context, l Limit) string {
	switch {
	case l.OnSpot:
		return i18n.T(ctx, "catalog.spot")
	case l.Value == 0:
		return i18n.T(ctx, "catalog.limit.none")
	}
	return timeWords(ctx, l.Value, l.Unit)
}

// timeWords says how long: "1 个工作日", "1 working day".
func timeWords(ctx context.Context, n int, unit string) string {
	return i18n.T(ctx, plural("catalog.limit."+unit, n), "n", n)
}

// plural is the key of the words for so many.
func plural(key string, n int) string {
	if n == 1 {
		return key + ".one"
	}
	return key
}

func visitWords(ctx context.Context, it *Item) string {
	switch {
	case !it.SaysVisits():
		return ""
	case it.Visits == 0 && it.Offer.Online:
		return i18n.T(ctx, "catalog.visits.none")
	}
	return i18n.T(ctx, "catalog.visits.some", "n", it.Visits)
}

// nothingFound says what to do when a list is empty.
func nothingFound(ctx context.Context, v itemsView) ui.Nothing {
	n := ui.Nothing{Title: i18n.T(ctx, "catalog.none"), Text: i18n.T(ctx, "catalog.none.text")}
	switch {
	case v.Total == 0:
		n.Title, n.Text = i18n.T(ctx, "catalog.empty"), i18n.T(ctx, "catalog.empty.text")
	case v.narrowed():
		n.Act = &ui.Act{Text: i18n.T(ctx, "catalog.filter.clear"), Href: itemsPath}
	}
	return n
}
