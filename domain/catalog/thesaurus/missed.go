package thesaurus

import (
	"context"
	"net/http"
	"net/url"
	"strconv"

	"onedoor.app/domain/catalog"
	"onedoor.app/engine/calendar"
	"onedoor.app/infra/db"
	"onedoor.app/infra/i18n"
	"onedoor.app/infra/web"
	"onedoor.app/ui"
)

// missedDays is how far back the list looks; fewMissed how many words a page shows, each of
// which is looked for anew.
const (
	missedDays = 90
	fewMissed  = 20
)

// missedView is what people did not find, and whether they would now.
type missedView struct {
	ui.Page
	All    []catalog.Missing
	Others int                    // searches that were counted and not kept
	Now    map[string]catalog.Hit // what is found first by now
	More   ui.More
}

func (p *Pages) showMissed(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	v := missedView{Page: p.Frame(r, i18n.T(ctx, "thesaurus.missed")), Now: map[string]catalog.Hit{}}
	after := catalog.MissedKey{Words: asked(r, "after")}
	after.Asked, _ = strconv.Atoi(r.URL.Query().Get("asked"))
	var more bool
	err := p.Catalog.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if v.All, more, err = p.Catalog.Missed(tx, calendar.DateOf(tx.Now())-missedDays, after, fewMissed); err != nil {
			return err
		}
		if v.Others, err = p.Catalog.MissedOthers(tx, calendar.DateOf(tx.Now())-missedDays); err != nil {
			return err
		}
		for _, m := range v.All {
			hits, sure, err := p.Catalog.Finds(tx, m.Words)
			if err != nil {
				return err
			}
			if sure && len(hits) > 0 {
				v.Now[m.Words] = hits[0]
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	v.More.Note = i18n.T(ctx, "thesaurus.missed.order")
	if more {
		last := v.All[len(v.All)-1].Key()
		v.More.Text = i18n.T(ctx, "thesaurus.more", "n", fewMissed)
		v.More.Href = missedPath + "?" + url.Values{"asked": {strconv.Itoa(last.Asked)}, "after": {last.Words}}.Encode()
	}
	if after.Asked > 0 {
		v.More.First, v.More.FirstHref = i18n.T(ctx, "thesaurus.first"), missedPath
	}
	return web.Show(w, r, http.StatusOK, missedPage(v))
}

func (v missedView) table(ctx context.Context) ui.Grid {
	t := func(key string, args ...any) string { return i18n.T(ctx, key, args...) }
	g := ui.Grid{Label: v.Page.Title, Hover: true, Cols: []ui.Col{
		{Text: t("thesaurus.missed.words"), Row: true}, {Text: t("thesaurus.missed.asked"), Num: true}, {Text: t("thesaurus.missed.poor"), Num: true},
		{Text: t("thesaurus.missed.last")}, {Text: t("thesaurus.missed.now")}, {Text: t("thesaurus.missed.act"), Bare: true},
	}}
	for _, m := range v.All {
		now := ui.Cell{Tag: &ui.Badge{Text: t("thesaurus.missed.none"), Tone: ui.ToneWarn}}
		if hit, ok := v.Now[m.Words]; ok {
			now = ui.Cell{Text: hit.Name}
		}
		g.Rows = append(g.Rows, ui.Line{Cells: []ui.Cell{
			{Text: m.Words}, {Text: strconv.Itoa(m.Asked)}, {Text: strconv.Itoa(m.Poor)}, {Text: m.Last.String()}, now,
			{Text: t("thesaurus.missed.add"), Href: newPath + "?" + url.Values{"said": {m.Words}}.Encode()},
		}})
	}
	return g
}
