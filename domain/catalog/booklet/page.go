package booklet

import (
	"context"
	"net/http"
	"strconv"

	"rsc.io/qr"

	"onedoor.app/domain/catalog"
	"onedoor.app/engine/calendar"
	"onedoor.app/engine/paper"
	"onedoor.app/infra/db"
	"onedoor.app/infra/i18n"
	"onedoor.app/infra/web"
	"onedoor.app/ui"
)

// listView is the booklets that there are, by kind.
type listView struct {
	ui.Page
	Groups []group
}

// group is the booklets of one kind.
type group struct {
	ID, Title string
	Table     ui.Grid
}

// maxShelf is how many booklets of one kind the list shows; there are fewer themes and units.
const maxShelf = 200

func (p *Pages) showList(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	v := listView{Page: p.Frame(r, i18n.T(ctx, "booklet.title"))}
	err := p.Catalog.DB.Read(ctx, func(tx *db.Tx) error {
		for _, kind := range []string{catalog.FacetTheme, catalog.FacetBody, catalog.FacetZone} {
			facets, err := p.Catalog.Facets(tx, kind)
			if err != nil {
				return err
			}
			if len(facets) == 0 {
				continue
			}
			g := group{ID: kind, Title: i18n.T(ctx, "booklet.by."+kind)}
			g.Table = ui.Grid{Label: g.Title, Hover: true, Pairs: true, Cols: []ui.Col{
				{Text: i18n.T(ctx, "booklet.name"), Row: true}, {Text: i18n.T(ctx, "booklet.items"), Num: true},
				{Text: i18n.T(ctx, "booklet.size")},
			}}
			for _, f := range facets[:min(len(facets), maxShelf)] {
				line, err := p.line(tx, catalog.BookletOf{Kind: kind, Value: f.Value}, f.Items)
				if err != nil {
					return err
				}
				g.Table.Rows = append(g.Table.Rows, line)
			}
			v.Groups = append(v.Groups, g)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return web.Show(w, r, http.StatusOK, listPage(v))
}

func (p *Pages) line(tx *db.Tx, of catalog.BookletOf, items int) (ui.Line, error) {
	ctx := tx.Context()
	name := of.Value
	if of.Kind == catalog.FacetTheme {
		name = p.Catalog.Theme(ctx, of.Value)
	}
	if of.Kind == catalog.FacetBody && p.Catalog.UnitName != nil {
		name = p.Catalog.UnitName(tx, of.Value)
	}
	was, err := p.Catalog.Printed(tx, bookID(of, 1, i18n.Lang(ctx)))
	size := i18n.T(ctx, "booklet.on_demand")
	if was.Hash != "" {
		size = printed(ctx, was) + i18n.T(ctx, "booklet.made_on", "day", calendar.DateOf(was.At).String())
	}
	return ui.Line{Cells: []ui.Cell{{Text: name, Href: volumePath(of)}, {Text: strconv.Itoa(items)}, {Text: size}}}, err
}

// counted says how many there are.
func counted(ctx context.Context, key string, n int) string {
	if n == 1 {
		key += ".one"
	}
	return i18n.T(ctx, key, "n", n)
}

// printed says how large a booklet is.
func printed(ctx context.Context, was catalog.Printed) string {
	return i18n.T(ctx, "booklet.large", "pages", was.Pages, "kb", (was.Size+1023)/1024)
}

// volumeView is one volume: what is in it, and in which forms it comes.
type volumeView struct {
	ui.Page
	Of      catalog.BookletOf
	Booklet *catalog.Booklet
	After   string
	Printed catalog.Printed
}

func (p *Pages) showVolume(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	v := volumeView{Of: catalog.BookletOf{Kind: r.PathValue("kind"), Value: r.PathValue("value")}, After: r.URL.Query().Get("after")}
	err := p.Catalog.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if v.Booklet, err = p.Catalog.Booklet(tx, v.Of, v.After); err != nil {
			return err
		}
		v.Printed, err = p.Catalog.Printed(tx, bookID(v.Of, v.Booklet.Volume, i18n.Lang(ctx)))
		return err
	})
	if err != nil {
		return err
	}
	v.Page = p.Frame(r, v.Booklet.Name)
	return web.Show(w, r, http.StatusOK, volumePage(v))
}

// file is the address of a form of the volume.
func (v volumeView) file(name, size string) string {
	path := withAfter(volumePath(v.Of)+"/"+name, v.After)
	switch {
	case size == "":
		return path
	case v.After == "":
		return path + "?size=" + size
	}
	return path + "&size=" + size
}

// note says how large the booklet is, or that it is made when it is asked for.
func (v volumeView) note(ctx context.Context) string {
	if v.Printed.Hash == "" {
		return i18n.T(ctx, "booklet.on_demand.text")
	}
	return printed(ctx, v.Printed) + i18n.T(ctx, "booklet.made", "day", calendar.DateOf(v.Printed.At).String())
}

func (v volumeView) table(ctx context.Context) ui.Grid {
	g := ui.Grid{Label: v.Booklet.Name, Hover: true, Cols: []ui.Col{{Text: i18n.T(ctx, "booklet.item"), Row: true}, {Text: i18n.T(ctx, "booklet.poster")}}}
	for _, it := range v.Booklet.Items {
		g.Rows = append(g.Rows, ui.Line{Cells: []ui.Cell{{Text: it.Name, Href: "/items/" + it.Code}, {Text: i18n.T(ctx, "booklet.poster.print"), Href: posterPath(it.Code)}}})
	}
	return g
}

// choices lets people take a few items only.
func (v volumeView) choices(ctx context.Context) ui.Choices {
	c := ui.Choices{Name: "item", Legend: i18n.T(ctx, "booklet.items"), Multi: true, Columns: 2, Optional: true}
	for _, it := range v.Booklet.Items {
		c.Options = append(c.Options, ui.Option{Value: it.Code, Text: it.Name})
	}
	return c
}

func (v volumeView) more(ctx context.Context) ui.More {
	more := ui.More{Note: counted(ctx, "booklet.volume", len(v.Booklet.Items))}
	if v.Booklet.Next != "" {
		more.Text, more.Href = i18n.T(ctx, "booklet.volume.next"), withAfter(volumePath(v.Of), v.Booklet.Next)
	}
	if v.After != "" {
		more.First, more.FirstHref = i18n.T(ctx, "booklet.volume.first"), volumePath(v.Of)
	}
	return more
}

func posterPath(code string) string { return "/items/" + code + "/poster" }

// posterView is a poster to print from the browser.
type posterView struct {
	ui.Page
	Code   string
	Poster paper.Poster
	Bits   ui.Code
}

func (p *Pages) showPoster(w http.ResponseWriter, r *http.Request) error {
	poster, err := p.poster(r)
	if err != nil {
		return err
	}
	code, err := qr.Encode(poster.QR, qr.M)
	if err != nil {
		return err
	}
	v := posterView{
		Page: p.Frame(r, poster.Title), Code: r.PathValue("code"), Poster: poster,
		Bits: ui.Code{Bits: code, Size: code.Size, Label: i18n.T(r.Context(), "booklet.poster.code")},
	}
	return web.Show(w, r, http.StatusOK, posterPage(v))
}

// foot is where, when and whom to call, in pairs.
func (v posterView) foot() (facts []ui.Fact) {
	for i := 0; i+1 < len(v.Poster.Foot); i += 2 {
		facts = append(facts, ui.Fact{Label: v.Poster.Foot[i], Value: v.Poster.Foot[i+1]})
	}
	return facts
}
