package directory

import (
	"context"
	"net/http"

	"onedoor.app/domain/catalog"
	"onedoor.app/infra/db"
	"onedoor.app/infra/i18n"
	"onedoor.app/infra/web"
	"onedoor.app/ui"
)

const pageLength = 50

// basesView is the list of base items.
type basesView struct {
	ui.Page
	Filter  catalog.BaseFilter
	After   string
	Next    string
	Total   int
	Lines   []catalog.BaseEntry
	Sources []string
}

func (p *Pages) showBases(w http.ResponseWriter, r *http.Request) error {
	ctx, q := r.Context(), r.URL.Query()
	v := basesView{Page: p.Frame(r, i18n.T(ctx, "directory.title")), Filter: catalog.BaseFilter{Type: asked(q, "type"), Text: asked(q, "q")}, After: asked(q, "after")}
	err := p.Catalog.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if v.Total, err = p.Catalog.CountBases(tx); err != nil {
			return err
		}
		if v.Sources, err = p.Catalog.Sources(tx); err != nil {
			return err
		}
		v.Lines, v.Next, err = p.Catalog.Bases(tx, v.Filter, v.After, pageLength)
		return err
	})
	if err != nil {
		return err
	}
	return web.Show(w, r, http.StatusOK, basesPage(v))
}

func (v basesView) at(kind, after string) string {
	return withQuery(basePath, map[string]string{"q": v.Filter.Text, "type": kind, "after": after})
}

func (v basesView) kinds(ctx context.Context) []ui.Link {
	list := []ui.Link{{Text: i18n.T(ctx, "directory.all"), Href: v.at("", ""), Current: v.Filter.Type == ""}}
	for _, c := range catalog.Codes(catalog.CodesTaskType).Codes {
		list = append(list, ui.Link{Text: c.Words(i18n.Lang(ctx)), Href: v.at(c.Value, ""), Current: v.Filter.Type == c.Value})
	}
	return list
}

func (v basesView) table(ctx context.Context) ui.Grid {
	t := func(key string) string { return i18n.T(ctx, key) }
	g := ui.Grid{Label: t("directory.title"), Hover: true, Cols: []ui.Col{
		{Text: t("directory.col.name"), Row: true}, {Text: t("directory.col.code")}, {Text: t("directory.col.type")},
		{Text: t("directory.col.items"), Num: true}, {Text: t("directory.col.off")},
	}}
	for _, e := range v.Lines {
		g.Rows = append(g.Rows, ui.Line{Cells: []ui.Cell{
			{Text: e.Name, Href: codePath(e.Code)}, {Text: e.Code, Code: true}, {Text: coded(ctx, catalog.CodesTaskType, e.Type)},
			{Text: number(e.Items)}, {Body: ui.Verdict(standing(ctx, e.Items, e.Off))},
		}})
	}
	return g
}

// standing says in a shape and a word how items stand to their base item.
func standing(ctx context.Context, items, off int) ui.Mark {
	switch {
	case items == 0:
		return ui.Mark{Text: i18n.T(ctx, "directory.none")}
	case off == 0:
		return ui.Mark{Tone: ui.ToneGood, Text: i18n.T(ctx, "directory.same")}
	}
	return ui.Mark{Tone: ui.ToneWarn, Text: i18n.T(ctx, "directory.off", "n", off)}
}

func (v basesView) more(ctx context.Context) ui.More {
	m := ui.More{Note: i18n.T(ctx, "directory.order")}
	if v.Next != "" {
		m.Text, m.Href = i18n.T(ctx, "directory.more", "n", pageLength), v.at(v.Filter.Type, v.Next)
	}
	if v.After != "" {
		m.First, m.FirstHref = i18n.T(ctx, "directory.first"), v.at(v.Filter.Type, "")
	}
	return m
}

func (v basesView) empty(ctx context.Context) ui.Nothing {
	if v.Total == 0 {
		return ui.Nothing{Title: i18n.T(ctx, "directory.empty"), Text: i18n.T(ctx, "directory.empty.text"), Act: &ui.Act{Text: i18n.T(ctx, "directory.new"), Href: newPath}}
	}
	return ui.Nothing{Title: i18n.T(ctx, "directory.unfound"), Text: i18n.T(ctx, "directory.unfound.text"), Act: &ui.Act{Text: i18n.T(ctx, "directory.all.show"), Href: basePath}}
}
