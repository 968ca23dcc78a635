package supervision

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"onedoor.app/domain/cases"
	"onedoor.app/domain/cases/show"
	"onedoor.app/engine/calendar"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/i18n"
	"onedoor.app/infra/web"
	"onedoor.app/ui"
)

// boardView is the board.
type boardView struct {
	ui.Page
	Note   string
	Tiles  []ui.Tile
	Bars   ui.BarChart
	Trend  ui.Chart
	Raised []row // brought to the actor, because it stays red
	Urgent []row
}

const (
	trendDays = 20
	mostFirst = 10 // cases on the board that need somebody first
)

// colours is the order in which lights are spoken of.
var colours = []cases.Colour{cases.LightBlue, cases.LightYellow, cases.LightRed, cases.LightStopped}

func (p *Pages) showBoard(w http.ResponseWriter, r *http.Request) error {
	ctx, who := r.Context(), auth.From(r.Context())
	v := boardView{Page: p.Frame(r, i18n.T(ctx, "supervision.board"))}
	err := p.Cases.DB.Read(ctx, func(tx *db.Tx) error {
		v.Note = i18n.T(ctx, "supervision.note", "now", clock(ctx, tx.Now()))
		lights, err := p.Cases.Lights(tx, who)
		if err != nil {
			return err
		}
		today := cases.Today(tx)
		cal, err := p.Cases.Cal(tx)
		if err != nil {
			return err
		}
		days := weekdays(cal, today, trendDays)
		daily, err := p.Cases.Daily(tx, who, days[0], today)
		if err != nil {
			return err
		}
		v.tiles(ctx, lights, daily, today)
		v.bars(ctx, lights)
		v.trend(ctx, days, daily)
		raised, err := p.Cases.Escalated(tx, who, mostFirst)
		if err != nil {
			return err
		}
		if v.Raised, err = p.rowsOf(ctx, tx, raised); err != nil {
			return err
		}
		v.Urgent, err = p.urgent(ctx, tx, who)
		return err
	})
	if err != nil {
		return err
	}
	return web.Show(w, r, http.StatusOK, boardPage(v))
}

func (v *boardView) tiles(ctx context.Context, lights []cases.UnitLights, daily []cases.Daily, today calendar.Date) {
	sum, total := map[cases.Colour]int{}, 0
	for _, u := range lights {
		for c, n := range u.Count {
			sum[c] += n
		}
		total += u.Total
	}
	unit := i18n.T(ctx, "supervision.unit")
	tile := func(c cases.Colour, note string) ui.Tile {
		return ui.Tile{
			Lamp: show.Lamp(c), Label: show.ColourName(ctx, c), Value: strconv.Itoa(sum[c]), Unit: unit, Note: note,
			Href: casesPath + "?light=" + string(c),
		}
	}
	var now cases.Daily
	if n := len(daily); n > 0 && daily[n-1].Day == today {
		now = daily[n-1]
	}
	online := i18n.T(ctx, "supervision.tile.none")
	if now.Received > 0 {
		online = i18n.T(ctx, "supervision.tile.online", "n", 100*now.Online/now.Received)
	}
	open := i18n.T(ctx, "supervision.tile.blue", "n", total)
	if rest := total - sum[cases.LightRed] - sum[cases.LightYellow] - sum[cases.LightBlue] - sum[cases.LightStopped]; rest > 0 {
		open = i18n.T(ctx, "supervision.tile.rest", "n", total, "rest", rest) // granted and not handed over yet, say
	}
	v.Tiles = []ui.Tile{
		tile(cases.LightRed, i18n.T(ctx, "supervision.tile.red")), tile(cases.LightYellow, i18n.T(ctx, "supervision.tile.yellow")),
		tile(cases.LightBlue, open), tile(cases.LightStopped, i18n.T(ctx, "supervision.tile.stop")),
		{
			Label: i18n.T(ctx, "supervision.tile.received"), Value: strconv.Itoa(now.Received), Unit: unit, Note: online,
			Href: casesPath + "?on=" + string(cases.OnReceipt),
		},
		{
			Label: i18n.T(ctx, "supervision.tile.ended"), Value: strconv.Itoa(now.Ended), Unit: unit,
			Note: i18n.T(ctx, "supervision.tile.ended.note"), Href: casesPath + "?on=" + string(cases.OnEnd),
		},
	}
}

// bars draws who holds what, those with late cases first.
func (v *boardView) bars(ctx context.Context, lights []cases.UnitLights) {
	v.Bars = ui.BarChart{Title: i18n.T(ctx, "supervision.bars"), Head: i18n.T(ctx, "supervision.col.unit")}
	for _, c := range colours {
		v.Bars.Parts = append(v.Bars.Parts, ui.Part{Name: show.ColourName(ctx, c), Lamp: show.Lamp(c)})
	}
	slices.SortFunc(lights, func(a, b cases.UnitLights) int {
		return cmp.Or(b.Count[cases.LightRed]-a.Count[cases.LightRed], b.Total-a.Total, cmp.Compare(a.Unit, b.Unit))
	})
	for _, u := range lights {
		row := ui.BarRow{
			Name: u.Name, Href: casesPath + "?unit=" + url.QueryEscape(u.Unit), Words: i18n.T(ctx, "supervision.count", "n", u.Total),
		}
		for _, c := range colours {
			row.Values = append(row.Values, float64(u.Count[c]))
		}
		if n := u.Count[cases.LightRed]; n > 0 {
			row.Red = strconv.Itoa(n)
		}
		v.Bars.Rows = append(v.Bars.Rows, row)
	}
}

// trend draws what came in and what ended on the last working days, today left
// out since it is not over.
func (v *boardView) trend(ctx context.Context, days []calendar.Date, daily []cases.Daily) {
	by := map[calendar.Date]cases.Daily{}
	for _, d := range daily {
		by[d.Day] = d
	}
	ended := ui.Series{Name: i18n.T(ctx, "supervision.trend.ended")}
	received := ui.Series{Name: i18n.T(ctx, "supervision.trend.received")}
	v.Trend = ui.Chart{
		Title: i18n.T(ctx, "supervision.trend"), Unit: i18n.T(ctx, "supervision.trend.unit", "n", trendDays),
		Head: i18n.T(ctx, "supervision.trend.day"), Lines: true, Tall: true,
	}
	for _, d := range days {
		_, m, n := d.Date()
		v.Trend.Labels = append(v.Trend.Labels, strconv.Itoa(int(m))+"/"+strconv.Itoa(n))
		ended.Values = append(ended.Values, float64(by[d].Ended))
		received.Values = append(received.Values, float64(by[d].Received))
	}
	v.Trend.Series = []ui.Series{ended, received}
}

// urgent are the cases that need somebody first: those overdue, then those due soon.
func (p *Pages) urgent(ctx context.Context, tx *db.Tx, who auth.Actor) (list []row, err error) {
	var rows []cases.Row
	for _, c := range []cases.Colour{cases.LightRed, cases.LightYellow} {
		more, _, err := p.Cases.Board(tx, who, cases.Filter{Light: c, Live: true}, cases.Key{}, mostFirst-len(rows))
		if err != nil {
			return nil, err
		}
		if rows = append(rows, more...); len(rows) >= mostFirst {
			break
		}
	}
	return p.rowsOf(ctx, tx, rows)
}

// rowsOf makes the rows of a list of cases.
func (p *Pages) rowsOf(ctx context.Context, tx *db.Tx, rows []cases.Row) ([]row, error) {
	standings, err := p.Cases.Standings(tx, rows)
	if err != nil {
		return nil, err
	}
	units, err := p.unitNames(tx)
	list := make([]row, 0, len(rows))
	for _, r := range rows {
		list = append(list, rowOf(ctx, r, standings[r.ID], units, tx.Now()))
	}
	return list, err
}

func (p *Pages) unitNames(tx *db.Tx) (map[string]string, error) {
	list, err := p.Cases.Office.Units(tx)
	names := make(map[string]string, len(list))
	for _, u := range list {
		names[u.Code] = u.Name
	}
	return names, err
}
