// Package clocks is the page on which the time of a case can be checked by hand
// (时限账): every clock with each day that counted or did not and why, what stopped
// it, what lengthened it. It prints as A4 and comes as JSON; both say what
// cases.Account says, to the applicant and to staff alike.
package clocks

import (
	"cmp"
	"context"
	"embed"
	"encoding/json"
	"net/http"
	"regexp"
	"strconv"
	"strings"

	"onedoor.app/domain/cases"
	"onedoor.app/domain/cases/show"
	"onedoor.app/engine/calendar"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/i18n"
	"onedoor.app/infra/web"
	"onedoor.app/module"
	"onedoor.app/ui"
)

//go:embed text/*.json
var texts embed.FS

// Read is the right to open these pages; whose cases somebody sees is for the
// policy of cases to say.
const Read = "clocks.read"

// Pages serves the pages. Give it its fields before the first request.
type Pages struct {
	Cases *cases.Service
	Frame ui.Frame
	// Home is the page of a case that somebody of the staff works with.
	Home func(who auth.Actor, caseID int64) string
}

// Module is what the application needs to know.
func (p *Pages) Module() module.Module {
	return module.Module{
		Name:  "clocks",
		Texts: texts,
		Rights: []module.Right{{Name: Read, Roles: []string{
			module.Applicant, "leader", "section_chief", "approver", "reviewer", "clerk", "inspector", "issuer", "deliverer",
			"supervisor", "legal_supervisor", "audit_admin", "chief_representative", "township_chief", "township_clerk",
		}}},
		Routes: []web.Route{
			{Pattern: "GET /clocks/{id}", Right: Read, Handle: p.show},
			{Pattern: "GET /clocks/{id}/account.json", Right: Read, Handle: p.send},
		},
	}
}

// view is the account for people.
type view struct {
	ui.Page
	Back     ui.Link
	JSON     string
	Account  cases.Account
	Clocks   []clock
	Stops    []ui.Line
	Facts    []ui.Fact
	Longer   []ui.Fact
	Recounts []ui.Line
}

// clock is one clock for people.
type clock struct {
	Title string
	Lamp  ui.Lamp
	Words string
	Facts []ui.Fact
	Days  ui.ClockDays
	Runs  []ui.Line
}

func (p *Pages) account(r *http.Request) (a cases.Account, v *cases.View, err error) {
	id, _ := strconv.ParseInt(r.PathValue("id"), 10, 64) // what is no number is no case
	err = p.Cases.DB.Read(r.Context(), func(tx *db.Tx) (err error) {
		a, v, err = p.Cases.Account(tx, auth.From(r.Context()), id)
		return err
	})
	return a, v, err
}

func (p *Pages) send(w http.ResponseWriter, r *http.Request) error {
	a, _, err := p.account(r)
	if err != nil {
		return err
	}
	text, err := json.MarshalIndent(a, "", "  ")
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Cache-Control", "private, no-store")
	_, err = w.Write(append(text, '\n'))
	return err
}

func (p *Pages) show(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	a, c, err := p.account(r)
	if err != nil {
		return err
	}
	v := view{Account: a, JSON: show.AccountPath(a.Case) + "/account.json", Page: p.Frame(r, i18n.T(ctx, "clocks.title"))}
	v.Back = ui.Link{Text: i18n.T(ctx, "clocks.back"), Href: "/watch/" + strconv.FormatInt(a.Case, 10)}
	switch who := auth.From(ctx); {
	case who.Kind == auth.Applicant:
		v.Back.Href = "/my/cases/" + strconv.FormatInt(a.Case, 10)
	case !who.May("supervision.watch") && p.Home != nil:
		v.Back.Href = p.Home(who, a.Case)
	}
	v.Facts = []ui.Fact{
		{Label: i18n.T(ctx, "clocks.no"), Value: a.No, Code: true}, {Label: i18n.T(ctx, "clocks.item"), Value: a.Item},
		{Label: i18n.T(ctx, "clocks.state"), Value: show.State(ctx, a.State)},
		{Label: i18n.T(ctx, "clocks.as_of"), Value: show.Moment(ctx, a.AsOf, c.Now)},
		{Label: i18n.T(ctx, "clocks.calendar"), Value: a.Calendar, Code: true},
	}
	for _, x := range a.Clocks {
		v.Clocks = append(v.Clocks, clockOf(ctx, c, x))
	}
	v.rest(ctx, c)
	return web.Show(w, r, http.StatusOK, accountPage(v))
}

// rest fills what stopped and lengthened the clocks, and what the calendar moved.
func (v *view) rest(ctx context.Context, c *cases.View) {
	for _, s := range v.Account.Stops {
		to := i18n.T(ctx, "clocks.stop.open")
		if !s.Open() {
			to = show.Date(ctx, s.To, c.Now)
		}
		paper := ui.Cell{Text: s.Notice}
		if s.Paper != 0 {
			paper.Href = show.PaperPath(s.Paper, show.AccountPath(v.Account.Case))
		}
		v.Stops = append(v.Stops, ui.Line{Cells: []ui.Cell{
			{Text: show.StopName(ctx, s.Kind)}, {Text: show.Date(ctx, s.From+1, c.Now)}, {Text: to},
			{Text: show.Length(ctx, s.Days, cases.UnitWorkday)}, paper,
		}})
	}
	if e := v.Account.Extension; e != nil {
		v.Longer = []ui.Fact{
			{Label: i18n.T(ctx, "clocks.longer.days"), Value: show.Longer(ctx, c.Matter)},
			{Label: i18n.T(ctx, "clocks.longer.approver"), Value: i18n.T(ctx, "clocks.rank."+string(e.Approver)), Note: e.By},
			{Label: i18n.T(ctx, "clocks.longer.at"), Value: show.Moment(ctx, e.At, c.Now)},
			{Label: i18n.T(ctx, "clocks.longer.reason"), Value: e.Reason},
		}
		if e.Notice != "" {
			v.Longer = append(v.Longer, ui.Fact{Label: i18n.T(ctx, "clocks.paper"), Value: e.Notice, Href: show.PaperPath(e.Paper, show.AccountPath(v.Account.Case))})
		}
	}
	for _, r := range v.Account.Recounts {
		v.Recounts = append(v.Recounts, ui.Line{Cells: []ui.Cell{{Text: show.Moment(ctx, r.At, c.Now)}, {Text: r.Note}}})
	}
}

// mostDrawn is how many days are drawn; the table below tells longer limits.
const mostDrawn = 75

func clockOf(ctx context.Context, c *cases.View, x cases.ClockAccount) clock {
	out := clock{Title: show.ClockName(ctx, x.Name)}
	for _, m := range c.Materials {
		if x.Name == cases.DebtClock(m.Key) {
			out.Title = i18n.T(ctx, "cases.clock.debt", "name", m.Name)
		}
	}
	if x.Round > 0 {
		out.Title = i18n.T(ctx, "clocks.round", "clock", out.Title, "n", x.Round)
	}
	fact := func(key, value, note string) {
		out.Facts = append(out.Facts, ui.Fact{Label: i18n.T(ctx, "clocks.fact."+key), Value: value, Note: note})
	}
	fact("from", show.Date(ctx, x.From, c.Now), begun(ctx, c, x)+" "+basis(ctx, x.Act))
	if x.Limit > 0 {
		length := show.Length(ctx, x.Limit, x.Unit)
		if x.Extra > 0 {
			length += " + " + show.Length(ctx, x.Extra, cmp.Or(x.ExtraUnit, x.Unit))
		}
		fact("limit", length, basis(ctx, x.Basis))
	} else {
		fact("limit", i18n.T(ctx, "clocks.fixed"), basis(ctx, x.Basis))
	}
	switch {
	case x.Stopped:
		fact("due", i18n.T(ctx, "clocks.stopped"), "")
	case x.Tentative():
		fact("due", show.Date(ctx, x.Due, c.Now), i18n.T(ctx, "clocks.provisional"))
	default:
		fact("due", show.Date(ctx, x.Due, c.Now), "")
	}
	if x.Ended.IsZero() {
		out.Lamp, out.Words = show.Lamp(x.Light.Colour), show.Left(ctx, x.Light, true)
	} else {
		key := "clocks.ended"
		if x.Late {
			key = "clocks.ended.late"
		}
		fact("end", show.Moment(ctx, x.Ended, c.Now), show.Act(ctx, string(x.EndedBy)))
		out.Words = i18n.T(ctx, key)
	}
	out.Days.Narrow = true
	for _, d := range x.Days {
		out.Days.Days = append(out.Days.Days, dayOf(ctx, d, x, calendar.DateOf(c.Now)))
	}
	if len(x.Days) > mostDrawn {
		out.Days.Days = nil
	}
	for _, r := range runs(x.Days, natural(x.Unit)) {
		out.Runs = append(out.Runs, r.line(ctx, c, x))
	}
	return out
}

func dayOf(ctx context.Context, d cases.ClockDay, x cases.ClockAccount, today calendar.Date) ui.Day {
	day := ui.Day{Date: d.Date.String(), Today: d.Today}
	switch d.Role {
	case cases.DayStart:
		day.Kind, day.Word = ui.DayStart, i18n.T(ctx, "clocks.day.start")
	case cases.DayStopped:
		day.Kind, day.Word = ui.DayStopped, i18n.T(ctx, "clocks.day.stopped")
	case cases.DayRest, cases.DayRolled:
		day.Kind, day.Word = ui.DayRest, i18n.T(ctx, "clocks.day.rest")
	case cases.DayOverdue:
		day.Kind, day.Word = ui.DayOverdue, i18n.T(ctx, "clocks.day.over", "n", d.Over)
	case cases.DayCounted:
		day.Kind, day.Word = ui.DayCounted, strconv.Itoa(d.Number)
		switch {
		case d.Date == x.Due:
			day.Kind = ui.DayLegal
		case d.Date > today:
			day.Kind = ui.DayAhead
		case d.Kind == calendar.Makeup:
			day.Kind = ui.DayMakeup
		}
	}
	return day
}

// run is days in a row that do the same to a clock for the same reason.
type run struct{ first, last cases.ClockDay }

// runs joins the days of a clock; to one in natural days all kinds of day are alike.
func runs(days []cases.ClockDay, natural bool) (all []run) {
	for _, d := range days {
		if n := len(all) - 1; n >= 0 {
			last := &all[n].last
			alike := natural || last.Kind == d.Kind && last.Name == d.Name
			if alike && last.Role == d.Role && last.Stop == d.Stop && last.Notice == d.Notice {
				*last = d
				continue
			}
		}
		all = append(all, run{d, d})
	}
	return all
}

func (r run) line(ctx context.Context, c *cases.View, x cases.ClockAccount) ui.Line {
	days := show.Date(ctx, r.first.Date, c.Now)
	if r.last.Date != r.first.Date {
		days += i18n.T(ctx, "clocks.to") + show.Date(ctx, r.last.Date, c.Now)
	}
	counts := i18n.T(ctx, "clocks.counts.no")
	switch r.first.Role {
	case cases.DayOverdue:
		counts = i18n.T(ctx, "clocks.counts.over", "n", r.first.Over)
		if r.last.Over != r.first.Over {
			counts = i18n.T(ctx, "clocks.counts.over.many", "from", r.first.Over, "to", r.last.Over)
		}
	case cases.DayCounted:
		counts = i18n.T(ctx, "clocks.counts.yes", "n", r.first.Number)
		if r.last.Number != r.first.Number {
			counts = i18n.T(ctx, "clocks.counts.many", "from", r.first.Number, "to", r.last.Number)
		}
	default:
	}
	return ui.Line{Cells: []ui.Cell{{Text: days}, {Text: counts}, {Text: r.why(ctx, c, x)}}}
}

// why says why the days of a run count or do not.
func (r run) why(ctx context.Context, c *cases.View, x cases.ClockAccount) string {
	d := r.first
	switch d.Role {
	case cases.DayStart:
		return i18n.T(ctx, "clocks.why.start", "act", begun(ctx, c, x))
	case cases.DayStopped:
		return i18n.T(ctx, "clocks.why.stopped", "kind", show.StopName(ctx, d.Stop), "notice", d.Notice)
	case cases.DayRolled:
		return i18n.T(ctx, "clocks.why.rolled")
	case cases.DayOverdue:
		return i18n.T(ctx, "clocks.why.over", "day", show.Date(ctx, x.Due, c.Now))
	default:
	}
	if natural(x.Unit) {
		return i18n.T(ctx, "clocks.why.natural")
	}
	if d.Provisional {
		return i18n.T(ctx, "clocks.why."+string(d.Kind), "name", d.Name) + i18n.T(ctx, "clocks.why.provisional")
	}
	return i18n.T(ctx, "clocks.why."+string(d.Kind), "name", d.Name)
}

// begun says what a clock began with. What came in online counts from its entry into the system, which is not the day on
// which it was accepted (J6).
func begun(ctx context.Context, c *cases.View, x cases.ClockAccount) string {
	if x.Begun == cases.ActAccept && x.From < calendar.DateOf(c.AcceptedAt) {
		return i18n.T(ctx, "clocks.begun.entry")
	}
	return show.Act(ctx, string(x.Begun))
}

func natural(u cases.Unit) bool { return u == cases.UnitDay || u == cases.UnitMonth }

// statutes are the short names of the table of acts.
var statutes = strings.NewReplacer("XKF", "clocks.law.xkf", "营商", "clocks.law.ys", "practice", "clocks.law.practice", "choice", "clocks.law.choice")

var statuteKey = regexp.MustCompile(`clocks\.law\.[a-z]+`)

// basis writes what something rests on with the names of the statutes in full.
func basis(ctx context.Context, text string) string {
	return statuteKey.ReplaceAllStringFunc(statutes.Replace(text), func(key string) string { return i18n.T(ctx, key) })
}

func columns(ctx context.Context, keys ...string) (all []ui.Col) {
	for i, key := range keys {
		all = append(all, ui.Col{Text: i18n.T(ctx, "clocks.col."+key), Row: i == 0})
	}
	return all
}
