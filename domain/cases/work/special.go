package work

import (
	"context"
	"net/http"
	"net/url"
	"strconv"

	"github.com/a-h/templ"

	"onedoor.app/domain/cases"
	"onedoor.app/domain/cases/show"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/i18n"
	"onedoor.app/infra/web"
	"onedoor.app/ui"
)

// specialView is the list of special procedures under way.
type specialView struct {
	ui.Page
	Query string
	Total int
	Rows  []ui.Line
	Empty ui.Nothing
	More  ui.More
}

// specials counts what showSpecial lists.
func (p *Pages) specials(tx *db.Tx, who auth.Actor) (int, error) {
	return p.Cases.Count(tx, who, cases.Filter{State: cases.StateSpecial})
}

// showSpecial lists the special procedures under way in the cases that the actor may see (特别程序), one a line.
func (p *Pages) showSpecial(w http.ResponseWriter, r *http.Request) error {
	ctx, who := r.Context(), auth.From(r.Context())
	v := specialView{Page: p.Frame(r, i18n.T(ctx, "work.special")), Query: r.URL.Query().Get("q")}
	after := cases.ParseKey(r.URL.Query().Get("after"))
	err := p.Cases.DB.Read(ctx, func(tx *db.Tx) error {
		rows, next, err := p.Cases.Specials(tx, who, v.Query, after, few)
		if err != nil {
			return err
		}
		if v.Total, err = p.Cases.Count(tx, who, cases.Filter{Text: v.Query, State: cases.StateSpecial}); err != nil {
			return err
		}
		for _, row := range rows {
			for _, stop := range row.Stops {
				v.Rows = append(v.Rows, specialLine(ctx, row, stop, tx))
			}
		}
		v.pager(ctx, after, next)
		return p.rail(ctx, tx, &v.Page, who, 0)
	})
	if err != nil {
		return err
	}
	v.Empty = ui.Nothing{Title: i18n.T(ctx, "work.special.none"), Text: i18n.T(ctx, "work.special.none.text")}
	if v.Query != "" {
		v.Empty = ui.Nothing{
			Title: i18n.T(ctx, "work.found.none"), Text: i18n.T(ctx, "work.found.none.text"),
			Act: &ui.Act{Text: i18n.T(ctx, "work.special.all"), Href: specialPath},
		}
	}
	return web.Show(w, r, http.StatusOK, specialPage(v))
}

func specialLine(ctx context.Context, row cases.SpecialRow, stop cases.OpenStop, tx *db.Tx) ui.Line {
	until := i18n.T(ctx, "work.special.unset")
	if stop.Light.Due != 0 {
		until = show.Date(ctx, stop.Light.Due, tx.Now())
	}
	title := show.Row(ctx, row.Row, cases.Standing{}, tx.Now()).Title
	return ui.Line{Cells: []ui.Cell{
		{Body: lightOf(ctx, stop)},
		{Body: caseCell(title, row.No, casePath(row.ID))},
		{Text: show.StopName(ctx, stop.Kind)},
		{Text: show.Date(ctx, stop.From, tx.Now())},
		{Text: until},
		{Text: show.Length(ctx, stop.Days, cases.UnitWorkday)},
	}}
}

// lightOf says how many days of a procedure are left, or by how many it ran over.
func lightOf(ctx context.Context, stop cases.OpenStop) templ.Component {
	words := i18n.T(ctx, "work.special.open")
	if stop.Light.Colour != cases.LightStopped {
		words = show.Left(ctx, stop.Light, true)
	}
	return ui.Light(show.Lamp(stop.Light.Colour), words)
}

func (v *specialView) pager(ctx context.Context, after, next cases.Key) {
	to := func(key cases.Key) string {
		q := url.Values{}
		if v.Query != "" {
			q.Set("q", v.Query)
		}
		if key != (cases.Key{}) {
			q.Set("after", key.String())
		}
		if len(q) == 0 {
			return specialPath
		}
		return specialPath + "?" + q.Encode()
	}
	v.More = ui.More{Note: i18n.T(ctx, "work.special.sorted")}
	if after != (cases.Key{}) {
		v.More.First, v.More.FirstHref = i18n.T(ctx, "work.first"), to(cases.Key{})
	}
	if next != (cases.Key{}) {
		v.More.Text, v.More.Href = i18n.T(ctx, "work.more", "n", strconv.Itoa(few)), to(next)
	}
}
