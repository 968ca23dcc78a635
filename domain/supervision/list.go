package supervision

import (
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

// listView is a list of cases.
type listView struct {
	ui.Page
	Note   string
	Ask    asked
	Chips  []ui.Link
	Units  []ui.Option
	States []ui.Option
	Rows   []row
	More   ui.More
}

// asked is what a list was asked for.
type asked struct {
	Filter cases.Filter
	All    bool           // also those that have ended
	On     cases.Occasion // what happened on Day; "": the list is of no day
	Day    calendar.Date
}

func (p *Pages) showCases(w http.ResponseWriter, r *http.Request) error {
	ctx, who, q := r.Context(), auth.From(r.Context()), r.URL.Query()
	v := listView{Page: p.Frame(r, i18n.T(ctx, "supervision.cases"))}
	after := cases.ParseKey(q.Get("after"))
	err := p.Cases.DB.Read(ctx, func(tx *db.Tx) error {
		v.Ask = ask(q, cases.Today(tx))
		rows, next, err := p.list(tx, who, v.Ask, after)
		if err != nil {
			return err
		}
		if v.Ask.On == "" {
			n, err := p.Cases.Count(tx, who, v.Ask.Filter)
			if err != nil {
				return err
			}
			v.Note = i18n.T(ctx, "supervision.count", "n", n)
		} else {
			v.Note = i18n.T(ctx, "supervision.on."+string(v.Ask.On), "day", show.Date(ctx, v.Ask.Day, tx.Now()))
		}
		if v.Rows, err = p.rowsOf(ctx, tx, rows); err != nil {
			return err
		}
		v.chips(ctx)
		v.pager(ctx, after, next)
		return p.options(ctx, tx, &v)
	})
	if err != nil {
		return err
	}
	return web.Show(w, r, http.StatusOK, listPage(v))
}

// ask reads what a list is asked for; what it does not know is left out.
func ask(q url.Values, today calendar.Date) asked {
	a := asked{Filter: cases.Filter{Text: q.Get("q"), Unit: q.Get("unit")}, All: q.Get("all") == "1"}
	if c := cases.Colour(q.Get("light")); slices.Contains(colours, c) {
		a.Filter.Light = c
	}
	if s := cases.State(q.Get("state")); slices.Contains(states, s) {
		a.Filter.State = s
		a.All = a.All || s.Ended()
	}
	if on := cases.Occasion(q.Get("on")); on == cases.OnReceipt || on == cases.OnEnd {
		a.On, a.Day = on, today
		if d, err := calendar.ParseDate(q.Get("day")); err == nil {
			a.Day = d
		}
	}
	a.Filter.Live = !a.All && a.On == ""
	return a
}

// states are those that a list may be narrowed to.
var states = []cases.State{
	cases.StateReceived, cases.StateCorrecting, cases.StateAccepted, cases.StateReviewing, cases.StateSpecial,
	cases.StateGranted, cases.StateCertified, cases.StateDelivered, cases.StateRefused, cases.StateNotRequired,
	cases.StateNotAccepted, cases.StateReturned, cases.StateWithdrawn, cases.StateTerminated,
}

// list reads the rows: by due date where a light is asked for, else newest first.
func (p *Pages) list(tx *db.Tx, who auth.Actor, a asked, after cases.Key) ([]cases.Row, cases.Key, error) {
	switch {
	case a.On != "":
		return p.Cases.Occurred(tx, who, a.On, a.Day, a.Filter, after, few)
	case a.Filter.Light != "":
		return p.Cases.Board(tx, who, a.Filter, after, few)
	default:
		return p.Cases.Recent(tx, who, a.Filter, after, few)
	}
}

// address is the list's address with some values changed.
func (a asked) address(more ...string) string {
	q := url.Values{}
	set := func(key, value string) {
		if q.Del(key); value != "" {
			q.Set(key, value)
		}
	}
	set("q", a.Filter.Text)
	set("light", string(a.Filter.Light))
	set("unit", a.Filter.Unit)
	set("state", string(a.Filter.State))
	if a.All {
		set("all", "1")
	}
	if a.On != "" {
		set("on", string(a.On))
		set("day", a.Day.String())
	}
	for i := 0; i+1 < len(more); i += 2 {
		set(more[i], more[i+1])
	}
	if len(q) == 0 {
		return casesPath
	}
	return casesPath + "?" + q.Encode()
}

// kept are the values that the form of the filters carries unseen.
func (a asked) kept() (all []ui.Hidden) {
	if a.Filter.Light != "" {
		all = append(all, ui.Hidden{Name: "light", Value: string(a.Filter.Light)})
	}
	if a.On != "" {
		all = append(all, ui.Hidden{Name: "on", Value: string(a.On)}, ui.Hidden{Name: "day", Value: a.Day.String()})
	}
	if a.All && !a.Filter.State.Ended() {
		all = append(all, ui.Hidden{Name: "all", Value: "1"})
	}
	return all
}

func (v *listView) chips(ctx context.Context) {
	v.Chips = []ui.Link{{
		Text: i18n.T(ctx, "supervision.live"), Href: v.Ask.address("light", "", "all", "", "on", "", "day", "", "state", ""),
		Current: v.Ask.Filter.Light == "" && !v.Ask.All && v.Ask.On == "",
	}}
	for _, c := range []cases.Colour{cases.LightRed, cases.LightYellow, cases.LightBlue, cases.LightStopped} {
		v.Chips = append(v.Chips, ui.Link{
			Text: show.ColourName(ctx, c), Href: v.Ask.address("light", string(c), "all", "", "on", "", "day", ""),
			Current: v.Ask.Filter.Light == c,
		})
	}
	for _, on := range []cases.Occasion{cases.OnReceipt, cases.OnEnd} {
		v.Chips = append(v.Chips, ui.Link{
			Text: i18n.T(ctx, "supervision.tile."+string(on)), Href: v.Ask.address("on", string(on), "light", "", "all", "", "day", "", "state", ""),
			Current: v.Ask.On == on,
		})
	}
	v.Chips = append(v.Chips, ui.Link{
		Text: i18n.T(ctx, "supervision.all"), Href: v.Ask.address("all", "1", "light", "", "on", "", "day", ""),
		Current: v.Ask.All && v.Ask.Filter.Light == "",
	})
}

func (v *listView) pager(ctx context.Context, after, next cases.Key) {
	v.More.Note = i18n.T(ctx, "supervision.sorted.new")
	if v.Ask.Filter.Light != "" && v.Ask.On == "" {
		v.More.Note = i18n.T(ctx, "supervision.sorted.due")
	}
	if after != (cases.Key{}) {
		v.More.First, v.More.FirstHref = i18n.T(ctx, "supervision.first"), v.Ask.address()
	}
	if next != (cases.Key{}) {
		v.More.Text, v.More.Href = i18n.T(ctx, "supervision.more", "n", few), v.Ask.address("after", next.String())
	}
}

// options fills the choices of units and states.
func (p *Pages) options(ctx context.Context, tx *db.Tx, v *listView) error {
	units, err := p.Cases.Office.Units(tx)
	if err != nil {
		return err
	}
	v.Units = []ui.Option{{Text: i18n.T(ctx, "supervision.unit.all")}}
	for _, u := range units {
		v.Units = append(v.Units, ui.Option{Value: u.Code, Text: u.Name, On: u.Code == v.Ask.Filter.Unit})
	}
	v.States = []ui.Option{{Text: i18n.T(ctx, "supervision.state.all")}}
	for _, s := range states {
		v.States = append(v.States, ui.Option{Value: string(s), Text: show.State(ctx, s), On: s == v.Ask.Filter.State})
	}
	return nil
}

func pathID(r *http.Request) int64 {
	id, _ := strconv.ParseInt(r.PathValue("id"), 10, 64)
	return id
}
