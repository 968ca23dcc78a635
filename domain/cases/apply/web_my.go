package apply

import (
	"context"
	"net/http"
	"net/url"
	"slices"

	"onedoor.app/domain/cases"
	"onedoor.app/domain/cases/show"
	"onedoor.app/engine/calendar"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/i18n"
	"onedoor.app/infra/web"
	"onedoor.app/ui"
)

// How many cases a page lists.
const (
	mostLive     = 100 // looked through for what waits for the applicant
	mostShown    = 12
	mostFinished = 10
	mostListed   = 20
)

// line is one case in a list of the applicant's own.
type line struct {
	cases.Row
	Tag   string  // where it stands
	Lamp  ui.Lamp // "" where no clock counts
	Light string
	Note  string // in whose name, when it came in
	Todo  *ui.Act
	Why   string // of Todo
}

// sketch is a draft in the list.
type sketch struct {
	cases.Draft
	Name string
	Note string
}

// mineView is the applicant's own page.
type mineView struct {
	ui.Page
	Actor    auth.Actor
	Name     string // of the party acted for, "" for oneself
	Todo     []line // waits for the applicant
	Live     []line
	More     bool // more under way than shown
	Drafts   []sketch
	Finished []line
	Next     string // address of the following finished cases
	First    string
}

func (p *Pages) showMine(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	v := mineView{Page: p.page(r, i18n.T(ctx, "apply.my"), ui.ShapePage), Actor: auth.From(ctx)}
	err := p.read(r, func(tx *db.Tx, who auth.Actor) error {
		rows, next, err := p.Cases.Recent(tx, who, cases.Filter{Live: true}, cases.Key{}, mostLive)
		if err != nil {
			return err
		}
		for _, row := range rows {
			l, err := p.line(ctx, tx, who, row)
			if err != nil {
				return err
			}
			if l.Todo != nil {
				v.Todo = append(v.Todo, l)
			} else {
				v.Live = append(v.Live, l)
			}
		}
		v.More = next != (cases.Key{}) || len(v.Live) > mostShown
		v.Live = v.Live[:min(len(v.Live), mostShown)]
		if err := p.drafts(ctx, tx, who, &v); err != nil {
			return err
		}
		return p.finished(ctx, tx, who, cases.ParseKey(r.URL.Query().Get("after")), &v)
	})
	if err != nil {
		return err
	}
	return web.Show(w, r, http.StatusOK, minePage(v))
}

func (p *Pages) drafts(ctx context.Context, tx *db.Tx, who auth.Actor, v *mineView) error {
	list, err := p.Cases.Drafts(tx, who)
	if err != nil {
		return err
	}
	slices.SortFunc(list, func(a, b cases.Draft) int { return b.Changed.Compare(a.Changed) })
	for _, d := range list {
		it, err := p.Cases.Catalog.Version(tx, d.ItemVersion)
		if err != nil {
			return err
		}
		v.Drafts = append(v.Drafts, sketch{d, it.Name, i18n.T(ctx, "apply.draft.changed", "when", momentWords(ctx, d.Changed))})
	}
	if who.For != 0 {
		names, err := p.Cases.Party.Names(tx, who.For)
		v.Name = names[who.For]
		return err
	}
	return nil
}

func (p *Pages) finished(ctx context.Context, tx *db.Tx, who auth.Actor, after cases.Key, v *mineView) error {
	rows, next, err := p.Cases.Finished(tx, who, after, mostFinished)
	if err != nil {
		return err
	}
	for _, row := range rows {
		l, err := p.line(ctx, tx, who, row)
		if err != nil {
			return err
		}
		v.Finished = append(v.Finished, l)
	}
	if next != (cases.Key{}) {
		v.Next = "/my?after=" + url.QueryEscape(next.String()) + "#finished"
	}
	if after != (cases.Key{}) {
		v.First = "/my#finished"
	}
	return nil
}

// line is a row with its light in words, and what the applicant must do.
func (p *Pages) line(ctx context.Context, tx *db.Tx, who auth.Actor, row cases.Row) (line, error) {
	l := line{Row: row, Tag: i18n.T(ctx, "cases.state."+string(row.State))}
	today := cases.Today(tx)
	cal, err := p.Cases.Cal(tx)
	if err != nil {
		return l, err
	}
	l.Lamp, l.Light = rowLight(ctx, cal, row, today)
	l.Note = i18n.T(ctx, "apply.came", "when", shortDay(ctx, calendar.DateOf(row.Received)))
	if !row.Ended.IsZero() {
		l.Note = i18n.T(ctx, "apply.ended", "when", shortDay(ctx, calendar.DateOf(row.Ended)))
	}
	due, _ := calendar.ParseDate(row.Shown.Due)
	if row.State == cases.StateCorrecting {
		l.Todo = &ui.Act{Text: i18n.T(ctx, "apply.todo.correct"), Href: casePath(row.ID, "/correct")}
		l.Why = i18n.T(ctx, "apply.todo.correct.why", "day", dayWords(ctx, due))
	}
	if row.Shown.Live && (slices.Contains(row.Flags, cases.FlagRongque) || slices.Contains(row.Flags, cases.FlagDeemed)) {
		view, err := p.Cases.View(tx, who, row.ID)
		if err != nil {
			return l, err
		}
		if debts := owedBy(view); len(debts) > 0 {
			l.Todo = &ui.Act{Text: i18n.T(ctx, "apply.todo.supply"), Href: casePath(row.ID, "#owed")}
			l.Why = i18n.T(ctx, "apply.todo.supply.why", "n", len(debts), "day", dayWords(ctx, firstDue(debts)))
		} else if missing := lacking(view); len(missing) > 0 {
			l.Todo = &ui.Act{Text: i18n.T(ctx, "apply.todo.supply"), Href: casePath(row.ID, "#owed")}
			l.Why = i18n.T(ctx, "apply.todo.missing.why", "n", len(missing))
		}
	}
	return l, nil
}

func firstDue(debts []cases.Debt) calendar.Date {
	due := debts[0].Due
	for _, d := range debts {
		due = min(due, d.Due)
	}
	return due
}

// rowLight is the light of a row in words, "" where no clock counts.
func rowLight(ctx context.Context, cal *calendar.Calendar, row cases.Row, today calendar.Date) (ui.Lamp, string) {
	light := cases.Light{Colour: row.Shown.LightOn(today), Unit: cases.UnitWorkday}
	if light.Colour == cases.LightNone {
		return "", ""
	}
	if due, err := calendar.ParseDate(row.Shown.Due); err == nil {
		light.Due, light.Left = due, cal.Workdays(today, due)
	}
	return show.Lamp(light.Colour), show.Left(ctx, light, true)
}

// allView is every case of the applicant, newest first.
type allView struct {
	ui.Page
	Query string
	Lines []line
	Next  string
	First string
}

func (p *Pages) showAll(w http.ResponseWriter, r *http.Request) error {
	ctx, query := r.Context(), r.URL.Query()
	v := allView{Page: p.page(r, i18n.T(ctx, "apply.my.all"), ui.ShapePage), Query: query.Get("q")}
	after := cases.ParseKey(query.Get("after"))
	err := p.read(r, func(tx *db.Tx, who auth.Actor) error {
		rows, next, err := p.Cases.Recent(tx, who, cases.Filter{Text: v.Query}, after, mostListed)
		if err != nil {
			return err
		}
		for _, row := range rows {
			l, err := p.line(ctx, tx, who, row)
			if err != nil {
				return err
			}
			v.Lines = append(v.Lines, l)
		}
		if next != (cases.Key{}) {
			v.Next = "/my/cases?" + url.Values{"q": {v.Query}, "after": {next.String()}}.Encode()
		}
		return nil
	})
	if err != nil {
		return err
	}
	if after != (cases.Key{}) {
		v.First = "/my/cases?" + url.Values{"q": {v.Query}}.Encode()
	}
	return web.Show(w, r, http.StatusOK, allPage(v))
}
