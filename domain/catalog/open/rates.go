package open

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strconv"

	"onedoor.app/domain/catalog"
	"onedoor.app/engine/calendar"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
	"onedoor.app/infra/web"
	"onedoor.app/ui"
)

// ratesView is the rates of a day, of all or of one unit or region.
type ratesView struct {
	ui.Page
	Day     string // as asked for
	Trouble string
	Today   calendar.Date
	Scope   catalog.Scope
	Figures catalog.Figures
	Series  []catalog.Point
	words   words
}

func (p *Pages) showRates(w http.ResponseWriter, r *http.Request) error {
	v, err := p.rates(r, true)
	if err != nil && v.Trouble == "" {
		return err
	}
	code := http.StatusOK
	if v.Trouble != "" {
		code = http.StatusUnprocessableEntity
	}
	return web.Show(w, r, code, ratesPage(v))
}

// rates reads the figures that were asked for. A day that is none, or is still to come, is said in Trouble.
func (p *Pages) rates(r *http.Request, series bool) (v ratesView, err error) {
	ctx := r.Context()
	v = ratesView{
		Page: p.Frame(r, say(ctx, "rates.title")), Day: asked(r, "day"), words: words{ctx, map[string]string{}},
		Scope: catalog.Scope{Unit: asked(r, "unit"), Region: asked(r, "region")},
	}
	err = p.Catalog.DB.Read(ctx, func(tx *db.Tx) (err error) {
		v.Today = calendar.DateOf(tx.Now())
		day := v.Today
		if v.Day != "" {
			if day, err = calendar.ParseDate(v.Day); err != nil {
				return fault.New(fault.Invalid, "catalog.rates.day")
			}
		}
		v.Day = day.String()
		if v.Figures, err = p.Catalog.FiguresAt(tx, day); err != nil {
			return err
		}
		for _, u := range v.Figures.Units {
			p.units(tx, v.words.names, u.Code)
		}
		for code, name := range v.Figures.Names {
			v.words.names[code] = cmp.Or(name, say(ctx, "region.none"))
		}
		if series {
			v.Series, err = p.Catalog.Series(tx, v.Scope, day)
		}
		return err
	})
	if fault.Is(err, fault.Invalid) {
		v.Trouble = web.Words(ctx, err)
	}
	return v, err
}

func (v ratesView) crumbs() []ui.Link {
	return []ui.Link{{Text: say(v.words.ctx, "title"), Href: listsPath}, {Text: say(v.words.ctx, "reforms.title"), Href: ledgerPath}, {Text: v.Title, Current: true}}
}

func (v ratesView) sums() catalog.Sums { return v.Figures.In(v.Scope) }

func (v ratesView) path(scope catalog.Scope) string {
	day := v.Day
	if day == v.Today.String() {
		day = ""
	}
	return at(ratesPath, "day", day, "unit", scope.Unit, "region", scope.Region)
}

// scopes are the units and the regions that the figures may be narrowed to.
func (v ratesView) scopes(list []catalog.UnitSums, chosen, all string) []ui.Option {
	out := []ui.Option{{Text: all}}
	found := chosen == ""
	for _, u := range list {
		if u.Code == "" {
			continue
		}
		found = found || u.Code == chosen
		out = append(out, ui.Option{Value: u.Code, Text: v.words.unit(u.Code), On: u.Code == chosen})
	}
	if !found { // nothing of it was in force on that day
		out = append(out, ui.Option{Value: chosen, Text: v.words.unit(chosen), On: true})
	}
	return out
}

// ratesGrid is each rate with what it is made of and what it means.
func ratesGrid(w words, sums catalog.Sums) ui.Grid {
	t := func(key string) string { return say(w.ctx, "rates."+key) }
	g := ui.Grid{Label: t("title"), Cols: []ui.Col{{Text: t("rate"), Row: true}, {Text: t("value"), Num: true}, {Text: t("made_of")}, {Text: t("means")}}}
	for _, name := range catalog.RateNames() {
		r := sums.Rate(name)
		g.Rows = append(g.Rows, ui.Line{Cells: []ui.Cell{
			{Text: t("of." + name)}, {Body: percent(w.percent(r))}, {Text: w.madeOf(name, r)}, {Text: t("means." + name)},
		}})
	}
	return g
}

func (w words) percent(r catalog.Rate) string {
	if !r.Any() {
		return say(w.ctx, "rates.nothing")
	}
	return r.Percent() + "%"
}

// madeOf says the two whole numbers behind a rate.
func (w words) madeOf(name string, r catalog.Rate) string {
	if !r.Any() {
		return say(w.ctx, "rates.none."+name)
	}
	switch name {
	case catalog.RateLimit, catalog.RateMaterials, catalog.RateSteps:
		return say(w.ctx, "rates.less."+name, "before", r.Of, "now", r.Of-r.N, "n", r.N)
	}
	if r.Of == 1 {
		return say(w.ctx, "rates.share.one", "of", r.Of, "n", r.N)
	}
	return say(w.ctx, "rates.share", "of", r.Of, "n", r.N)
}

// leftOut says which items are in no rate, or not in that of limits.
func leftOut(w words, sums catalog.Sums) (all []string) {
	all = append(all, say(w.ctx, "rates.items", "items", sums.Items, "counted", sums.Counted()))
	if sums.Bare > 0 {
		all = append(all, count(w.ctx, "rates.bare", sums.Bare))
	}
	if n := sums.Counted() - sums.Limited; n > 0 {
		all = append(all, count(w.ctx, "rates.unlimited", n))
	}
	return all
}

// shares is a table of all rates by unit or region.
func (v ratesView) shares(title string, list []catalog.UnitSums, scope func(code string) catalog.Scope) ui.Grid {
	g := ui.Grid{Label: title, Pairs: true, Tight: true, Cols: []ui.Col{{Text: title, Row: true}, {Text: say(v.words.ctx, "rates.count"), Num: true}}}
	for _, name := range catalog.RateNames() {
		g.Cols = append(g.Cols, ui.Col{Text: say(v.words.ctx, "rates.short."+name), Num: true})
	}
	for _, u := range list {
		line := ui.Line{Cells: []ui.Cell{{Text: v.words.unit(u.Code)}, {Text: strconv.Itoa(u.Counted())}}}
		if u.Code == "" {
			line.Cells[0].Text = say(v.words.ctx, "region.none")
		} else {
			line.Cells[0].Href = v.path(scope(u.Code))
		}
		for _, name := range catalog.RateNames() {
			line.Cells = append(line.Cells, ui.Cell{Text: v.words.percent(u.Rate(name))})
		}
		g.Rows = append(g.Rows, line)
	}
	return g
}

func (v ratesView) units() ui.Grid {
	return v.shares(say(v.words.ctx, "col.unit"), v.Figures.Units, func(code string) catalog.Scope { return catalog.Scope{Unit: code} })
}

func (v ratesView) regions() ui.Grid {
	return v.shares(say(v.words.ctx, "rates.region"), v.Figures.Regions, func(code string) catalog.Scope { return catalog.Scope{Region: code} })
}

// charts are the rates over the months: what became less, and what share of items.
func (v ratesView) charts() []ui.Chart {
	less := []string{catalog.RateLimit, catalog.RateMaterials, catalog.RateSteps}
	share := []string{catalog.RateOnline, catalog.RateSpot, catalog.RateOnce}
	all := []ui.Chart{{Title: say(v.words.ctx, "rates.chart.less")}, {Title: say(v.words.ctx, "rates.chart.share")}}
	for i, names := range [][]string{less, share} {
		all[i].Unit, all[i].Head, all[i].Lines = say(v.words.ctx, "rates.per_cent"), say(v.words.ctx, "rates.month"), true
		for _, name := range names {
			s := ui.Series{Name: say(v.words.ctx, "rates.of."+name)}
			for _, point := range v.Series {
				s.Values = append(s.Values, max(point.Rate(name).Value(), 0))
			}
			all[i].Series = append(all[i].Series, s)
		}
		for _, point := range v.Series {
			all[i].Labels = append(all[i].Labels, point.Month[len("20"):])
		}
	}
	return all
}

// ratesFile is the rates of a day by unit, as a file: the whole numbers and the per cent.
func (p *Pages) ratesFile(r *http.Request) (f file, err error) {
	v, err := p.rates(r, false)
	if err != nil {
		return f, err
	}
	ctx := r.Context()
	f = file{kind: kindRates, title: v.Title, day: v.Day, words: v.words, entries: len(v.Figures.Units)}
	keys := []string{"unit", "items", "bare", "limited"}
	for _, name := range catalog.RateNames() {
		keys = append(keys, name+"_n", name+"_of", name+"_percent")
	}
	f.columns = rateColumns(ctx, keys)
	var rows [][]any
	for _, u := range v.Figures.Units {
		row := []any{catalog.UnitCode(u.Code), u.Items, u.Bare, u.Limited}
		for _, name := range catalog.RateNames() {
			x := u.Rate(name)
			row = append(row, x.N, x.Of, x.Percent())
		}
		rows = append(rows, row)
	}
	f.rows = ready(rows)
	f.mark, err = markRows(append(slices.Clone(rows), []any{v.words.names}))
	return f, err
}

func rateColumns(ctx context.Context, keys []string) (all []column) {
	for i, key := range keys {
		width, head := 10, ""
		switch {
		case i == 0:
			width, head = 26, say(ctx, "col.unit")
		case i < 4:
			head = say(ctx, "rates.col."+key)
		default:
			part := []string{"n", "of", "percent"}[(i-4)%3]
			head = say(ctx, "rates.of."+catalog.RateNames()[(i-4)/3]) + say(ctx, "brackets", "text", say(ctx, "rates.col."+part))
		}
		all = append(all, column{key, head, width})
	}
	return all
}
