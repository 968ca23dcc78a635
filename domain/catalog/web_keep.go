package catalog

import (
	"context"
	"crypto/rand"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"onedoor.app/engine/calendar"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/i18n"
	"onedoor.app/infra/web"
	"onedoor.app/ui"
)

const (
	keepPath   = "/catalog"
	importPath = "/catalog/import"
)

func importedPath(id int64) string { return "/catalog/imports/" + strconv.FormatInt(id, 10) }

// keepView is the list of items of the catalogue officer.
type keepView struct {
	ui.Page
	Query   string
	Filter  Filter
	After   string
	Next    string
	Coming  int // how many the next page has
	Total   int // without any filter
	Found   int
	Bodies  []Facet
	Kinds   []Facet
	Begins  bool // whoever looks may begin a new item
	Lines   []Entry
	Imports []Imported
	names   names
}

func (s *Service) showKeep(w http.ResponseWriter, r *http.Request) error {
	v := keepView{Page: s.Frame(r, i18n.T(r.Context(), "catalog.keep.title")), Query: asked(r, "q"), After: asked(r, "after"), Begins: auth.From(r.Context()).May(Keep)}
	v.Filter = Filter{All: true, Body: asked(r, "body"), Type: asked(r, "type"), State: asked(r, "state")}
	err := s.DB.Read(r.Context(), func(tx *db.Tx) (err error) {
		v.names = s.namesIn(tx)
		if v.Total, err = countKept(tx, Filter{All: true}); err != nil {
			return err
		}
		if v.Bodies, err = listKeptGroups(tx, "body_unit"); err != nil {
			return err
		}
		if v.Kinds, err = listKeptGroups(tx, "type"); err != nil {
			return err
		}
		if v.Imports, err = listImports(tx, 3); err != nil {
			return err
		}
		if v.Lines, v.Next, v.Found, err = s.kept(tx, v.Query, v.Filter, v.After); err != nil {
			return err
		}
		if v.Next != "" {
			coming, _, _, err := s.kept(tx, v.Query, v.Filter, v.Next)
			if err != nil {
				return err
			}
			v.Coming = len(coming)
		}
		for _, e := range v.Lines {
			v.names.of(e.Body)
		}
		for _, b := range v.Bodies {
			v.names.of(b.Value)
		}
		return err
	})
	if err != nil {
		return err
	}
	return web.Show(w, r, http.StatusOK, keepPage(v))
}

// keepLength is how many items a page of the officer's list has.
const keepLength = 50

// kept is one page of the items of the catalogue, those off the list too, with how many all pages have.
func (s *Service) kept(tx *db.Tx, query string, f Filter, after string) (list []Entry, next string, found int, err error) {
	if query == "" {
		if found, err = countKept(tx, f); err == nil {
			list, next, err = s.Browse(tx, f, after, keepLength)
		}
		return list, next, found, err
	}
	hits, next, found, _, err := s.search(tx, query, f, after, keepLength)
	for _, h := range hits {
		list = append(list, h.Entry)
	}
	return list, next, found, err
}

// narrowed reports whether the list has not all items.
func (v keepView) narrowed() bool { return v.Query != "" || v.Filter != Filter{All: true} }

func (v keepView) typeOptions(ctx context.Context) []ui.Option {
	return facetOptions(i18n.T(ctx, "catalog.any.type"), v.Kinds, v.Filter.Type, func(t string) string { return i18n.T(ctx, "catalog.type."+t) })
}

func (v keepView) bodyOptions(ctx context.Context) []ui.Option {
	return facetOptions(i18n.T(ctx, "catalog.any.body"), v.Bodies, v.Filter.Body, v.names.of)
}

func (v keepView) stateOptions(ctx context.Context) []ui.Option {
	list := []ui.Option{{Text: i18n.T(ctx, "catalog.keep.state.any")}}
	for _, s := range ItemStates() {
		list = append(list, ui.Option{Value: s, Text: i18n.T(ctx, "catalog.keep.state."+s), On: s == v.Filter.State})
	}
	return list
}

// hidden is what the search carries along.
func (v keepView) hidden() (list []ui.Hidden) {
	for _, h := range []ui.Hidden{{Name: "body", Value: v.Filter.Body}, {Name: "type", Value: v.Filter.Type}, {Name: "state", Value: v.Filter.State}} {
		if h.Value != "" {
			list = append(list, h)
		}
	}
	return list
}

// page is the address of this list from a place on.
func (v keepView) page(after string) string {
	q := url.Values{}
	for _, h := range append(v.hidden(), ui.Hidden{Name: "q", Value: v.Query}, ui.Hidden{Name: "after", Value: after}) {
		if h.Value != "" {
			q.Set(h.Name, h.Value)
		}
	}
	if len(q) == 0 {
		return keepPath
	}
	return keepPath + "?" + q.Encode()
}

func (v keepView) more(ctx context.Context) ui.More {
	more := itemsView{Query: v.Query, Next: v.Next, After: v.After}.more(ctx)
	if more.Href != "" {
		more.Href = v.page(v.Next)
	}
	if more.FirstHref != "" {
		more.FirstHref = v.page("")
	}
	if v.Next != "" {
		more.Text = i18n.T(ctx, "catalog.more", "count", v.Coming)
	}
	return more
}

func (v keepView) table(ctx context.Context) ui.Grid {
	t := func(key string, args ...any) string { return i18n.T(ctx, key, args...) }
	g := ui.Grid{
		Label: t("catalog.keep.title"), Hover: true,
		Cols: []ui.Col{{Text: t("catalog.item"), Row: true}, {Text: t("catalog.kind")}, {Text: t("catalog.body")}, {Text: t("catalog.version")}, {Text: t("catalog.keep.since")}},
	}
	for _, e := range v.Lines {
		g.Rows = append(g.Rows, ui.Line{Cells: []ui.Cell{
			{Text: e.Name, Href: keepItemPath(e.Code)}, {Text: t("catalog.type." + e.Type)}, {Text: v.names.of(e.Body)},
			{Text: strconv.Itoa(e.Version)}, {Text: calendar.DateOf(e.At).String()},
		}})
	}
	return g
}

func keepItemPath(code string) string {
	return "/catalog/items/" + strings.TrimPrefix(guidePath(code), itemsPath+"/")
}

// versionsView is one item with all its versions.
type versionsView struct {
	ui.Page
	Item     *Item
	Versions []Entry
	Open     []ChangeLine // changes that have not ended
	Off      *Suspension  // nil: it is on the list
	Key      string
	names    names
}

func (s *Service) showVersions(w http.ResponseWriter, r *http.Request) error {
	v := versionsView{Key: rand.Text()}
	err := s.DB.Read(r.Context(), func(tx *db.Tx) (err error) {
		v.names = s.namesIn(tx)
		if v.Item, err = s.Current(tx, r.PathValue("code")); err != nil {
			return err
		}
		if v.Open, err = s.OpenChanges(tx, auth.From(r.Context()), v.Item.Code); err != nil {
			return err
		}
		if v.Off, err = s.Suspended(tx, v.Item.Code); err != nil {
			return err
		}
		v.Versions, err = s.Versions(tx, v.Item.Code)
		v.names.of(v.Item.Unit)
		v.names.all(v.Item)
		return err
	})
	if err != nil {
		return err
	}
	v.Page = s.Frame(r, v.Item.Name)
	return web.Show(w, r, http.StatusOK, versionsPage(v))
}

func (v versionsView) table(ctx context.Context) ui.Grid {
	t := func(key string, args ...any) string { return i18n.T(ctx, key, args...) }
	g := ui.Grid{Label: t("catalog.versions"), Cols: []ui.Col{{Text: t("catalog.version"), Row: true}, {Text: t("catalog.item")}, {Text: t("catalog.keep.since")}, {Text: t("catalog.version.back"), Bare: true}}}
	for i, e := range v.Versions {
		c := ui.Cell{Text: calendar.DateOf(e.At).String()}
		if i == 0 {
			c.Text += " · " + t("catalog.version.current")
		}
		g.Rows = append(g.Rows, ui.Line{Cells: []ui.Cell{{Text: strconv.Itoa(e.Version)}, {Text: e.Name}, c, {Body: v.rollBack(e, i == 0)}}})
	}
	return g
}

// rollBack begins a draft whose words are those of an older version.
func (v versionsView) rollBack(e Entry, current bool) templ.Component {
	if current {
		return templ.NopComponent
	}
	return proposeForm(v.Key, v.Item.Code, strconv.Itoa(e.Version), ui.Act{Weight: ui.Quiet})
}

func (v versionsView) steps(ctx context.Context) ui.Grid {
	t := func(key string, args ...any) string { return i18n.T(ctx, key, args...) }
	g := ui.Grid{Label: t("catalog.steps"), Cols: []ui.Col{{Text: t("catalog.step"), Row: true}, {Text: t("catalog.unit")}, {Text: t("catalog.post")}, {Text: t("catalog.step.days")}, {Text: t("catalog.step.standard")}}}
	for _, s := range v.Item.Steps {
		name := s.Called(i18n.Lang(ctx))
		if s.Optional {
			name += " · " + t("catalog.step.perhaps")
		}
		g.Rows = append(g.Rows, ui.Line{Cells: []ui.Cell{{Text: name}, {Text: v.unitOf(ctx, s)}, v.names.seat(ctx, s.Post), {Text: stepDays(ctx, s)}, {Text: s.Standard}}})
	}
	return g
}

// unitOf is the unit of a step, in words where it is known with the applicant's township.
func (v versionsView) unitOf(ctx context.Context, s Step) string {
	if strings.HasPrefix(s.Unit, "@") {
		return i18n.T(ctx, "catalog.township")
	}
	return v.names.of(s.Unit)
}

// importSum says how many items an import brought, or would bring.
func importSum(ctx context.Context, i Imported) string {
	return i18n.T(ctx, "catalog.import.sum", "added", i.Report.Added, "changed", i.Report.Changed, "unchanged", i.Report.Unchanged, "refused", i.Report.LeftOut())
}
