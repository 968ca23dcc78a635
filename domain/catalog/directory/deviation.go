package directory

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"onedoor.app/domain/catalog"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
	"onedoor.app/infra/i18n"
	"onedoor.app/infra/web"
	"onedoor.app/ui"
)

// levels are the columns of the matrix (四级).
var levels = []string{catalog.LevelCity, catalog.LevelCounty, catalog.LevelTownship, catalog.LevelVillage}

func fixPath(item string, e catalog.Element) string {
	return deviationPath + "/" + url.PathEscape(item) + "/" + url.PathEscape(string(e))
}

// matrixView is every base item that somebody leaves, with its levels.
type matrixView struct {
	ui.Page
	Filter catalog.DeviationFilter
	After  string
	Next   string
	Sum    catalog.Conformity
	Rows   []catalog.BaseRow
	Units  []catalog.Facet
	names  unitNames
}

func (p *Pages) showDeviations(w http.ResponseWriter, r *http.Request) error {
	ctx, q := r.Context(), r.URL.Query()
	v := matrixView{
		Page: p.Frame(r, i18n.T(ctx, "directory.deviations")), After: asked(q, "after"), names: unitNames{},
		Filter: catalog.DeviationFilter{Element: catalog.Element(asked(q, "element")), Level: asked(q, "level"), Unit: asked(q, "unit"), All: asked(q, "all") != ""},
	}
	err := p.Catalog.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if v.Sum, err = p.Catalog.Conformity(tx); err != nil {
			return err
		}
		if v.Units, err = p.Catalog.OffUnits(tx); err != nil {
			return err
		}
		for _, u := range v.Units {
			p.name(tx, v.names, u.Value)
		}
		v.Rows, v.Next, err = p.Catalog.DeviationMatrix(tx, v.Filter, v.After, pageLength)
		return err
	})
	if err != nil {
		return err
	}
	return web.Show(w, r, http.StatusOK, matrixPage(v))
}

func (v matrixView) at(change map[string]string) string {
	parts := map[string]string{"element": string(v.Filter.Element), "level": v.Filter.Level, "unit": v.Filter.Unit}
	if v.Filter.All {
		parts["all"] = "1"
	}
	for k, x := range change {
		parts[k] = x
	}
	return withQuery(deviationPath, parts)
}

func (v matrixView) narrowed() bool {
	return v.Filter.Element != "" || v.Filter.Level != "" || v.Filter.Unit != ""
}

func (v matrixView) tiles(ctx context.Context) []ui.Tile {
	t := func(key string, args ...any) string { return i18n.T(ctx, key, args...) }
	return []ui.Tile{
		{Label: t("directory.tile.deviations"), Value: number(v.Sum.Deviations), Unit: t("directory.tile.places"), Note: t("directory.tile.deviations.note")},
		{Label: t("directory.tile.off"), Value: number(v.Sum.Off), Unit: t("directory.tile.items"), Note: t("directory.tile.off.note", "n", v.Sum.Items)},
		{Label: t("directory.tile.loose"), Value: number(v.Sum.Loose), Unit: t("directory.tile.items"), Note: t("directory.tile.loose.note")},
	}
}

func (v matrixView) views(ctx context.Context) []ui.Link {
	return []ui.Link{
		{Text: i18n.T(ctx, "directory.only_off"), Href: v.at(map[string]string{"all": ""}), Current: !v.Filter.All},
		{Text: i18n.T(ctx, "directory.every"), Href: v.at(map[string]string{"all": "1", "element": ""}), Current: v.Filter.All},
	}
}

func (v matrixView) elements(ctx context.Context) []ui.Option {
	list := []ui.Option{{Text: i18n.T(ctx, "directory.any.element")}}
	for _, e := range catalog.Elements() {
		list = append(list, ui.Option{Value: string(e), Text: ElementName(ctx, e), On: e == v.Filter.Element})
	}
	return list
}

func (v matrixView) levels(ctx context.Context) []ui.Option {
	list := []ui.Option{{Text: i18n.T(ctx, "directory.any.level")}}
	for _, l := range levels {
		list = append(list, ui.Option{Value: l, Text: coded(ctx, catalog.CodesUseLevel, l), On: l == v.Filter.Level})
	}
	return list
}

func (v matrixView) units(ctx context.Context) []ui.Option {
	list := []ui.Option{{Text: i18n.T(ctx, "directory.any.unit")}}
	for _, u := range v.Units {
		list = append(list, ui.Option{Value: u.Value, Text: v.names[u.Value] + " (" + number(u.Items) + ")", On: u.Value == v.Filter.Unit})
	}
	return list
}

func (v matrixView) table(ctx context.Context) ui.Grid {
	g := ui.Grid{Label: i18n.T(ctx, "directory.matrix"), Hover: true, Cols: []ui.Col{{Text: i18n.T(ctx, "directory.col.name"), Row: true}}}
	for _, l := range levels {
		g.Cols = append(g.Cols, ui.Col{Text: levelName(ctx, l)})
	}
	for _, row := range v.Rows {
		line := ui.Line{Cells: []ui.Cell{{Text: row.Name, Href: codePath(row.Code)}}}
		for _, l := range levels {
			cell := row.Levels[l]
			line.Cells = append(line.Cells, ui.Cell{Body: levelCell(standing(ctx, cell.Items, cell.Off), off(ctx, cell))})
		}
		g.Rows = append(g.Rows, line)
	}
	return g
}

// off names the elements in which a level leaves the base.
func off(ctx context.Context, c catalog.LevelCell) string {
	var list []string
	for _, e := range catalog.Elements() {
		if c.Elements[e] > 0 {
			list = append(list, ElementName(ctx, e))
		}
	}
	return strings.Join(list, i18n.T(ctx, "directory.and"))
}

func (v matrixView) more(ctx context.Context) ui.More {
	m := ui.More{Note: i18n.T(ctx, "directory.order")}
	if v.Next != "" {
		m.Text, m.Href = i18n.T(ctx, "directory.more", "n", pageLength), v.at(map[string]string{"after": v.Next})
	}
	if v.After != "" {
		m.First, m.FirstHref = i18n.T(ctx, "directory.first"), v.at(nil)
	}
	return m
}

func (v matrixView) empty(ctx context.Context) ui.Nothing {
	if v.narrowed() {
		return ui.Nothing{Title: i18n.T(ctx, "directory.unfound"), Text: i18n.T(ctx, "directory.unfound.text"), Act: &ui.Act{Text: i18n.T(ctx, "directory.all.show"), Href: deviationPath}}
	}
	return ui.Nothing{Title: i18n.T(ctx, "directory.conform"), Text: i18n.T(ctx, "directory.conform.text"), Act: &ui.Act{Text: i18n.T(ctx, "directory.title"), Href: basePath}}
}

// postFix puts one element of an item right and shows its base item again, with the reason where it could not.
func (p *Pages) postFix(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	if err := web.Form(r); err != nil {
		return err
	}
	code, e := r.PathValue("item"), catalog.Element(r.PathValue("element"))
	if !slices.Contains(catalog.Elements(), e) {
		return fault.New(fault.Unknown, "catalog.fix.element")
	}
	var it *catalog.Item
	loses := ""
	if err := p.Catalog.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if it, err = p.Catalog.Current(tx, code); err != nil {
			return err
		}
		loses, err = p.loses(ctx, tx, it, e)
		return err
	}); err != nil {
		return err
	}
	c, err := p.Catalog.Fix(ctx, auth.From(ctx), code, e, i18n.T(ctx, "directory.fix.why", "element", ElementName(ctx, e)))
	if fault.Is(err, fault.Invalid) || fault.Is(err, fault.Conflict) {
		return p.base(w, r, web.Status(err), it.BaseCode, web.Words(ctx, err))
	}
	if err != nil {
		return err
	}
	if p.Flash != nil {
		p.Flash(ctx, i18n.T(ctx, "directory.fix.done", "name", it.Name, "element", ElementName(ctx, e))+loses)
	}
	if c == nil { // it agrees already
		return web.SeeOther(w, r, codePath(it.BaseCode))
	}
	return web.SeeOther(w, r, catalog.ChangePath(c.ID))
}

// loses says what an item loses when one element of it is put right; an item without a base item loses nothing.
func (p *Pages) loses(ctx context.Context, tx *db.Tx, it *catalog.Item, e catalog.Element) (string, error) {
	b, _, err := p.Catalog.Base(tx, it.BaseCode)
	if fault.Is(err, fault.Unknown) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	locks, _, err := p.Catalog.LocksOf(tx, b.Source())
	if err != nil {
		return "", err
	}
	return Loses(ctx, it, catalog.Conform(b, it, e, locks)), nil
}
