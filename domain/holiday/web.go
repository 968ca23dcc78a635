package holiday

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"onedoor.app/domain/cases"
	"onedoor.app/domain/cases/show"
	"onedoor.app/engine/calendar"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
	"onedoor.app/infra/i18n"
	"onedoor.app/infra/web"
	"onedoor.app/ui"
)

const (
	calendarPath = "/admin/calendar"
	enterPath    = "/admin/calendar/enter"
	publishPath  = "/admin/calendar/publish"
)

// yearView is one year of the calendar in force.
type yearView struct {
	ui.Page
	Year     int
	Known    bool
	Years    []ui.Link
	Facts    []ui.Fact
	Notices  []ui.Link
	Months   []month
	Versions []ui.Line
	Left     int // cases that still carry the dates of an older calendar
}

// month is one of the twelve, to look at.
type month struct {
	Title string
	Days  ui.ClockDays
}

func (s *Service) showYear(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	v := yearView{Page: s.Frame(r, i18n.T(ctx, "holiday.title"))}
	err := s.DB.Read(ctx, func(tx *db.Tx) error {
		today := calendar.DateOf(tx.Now())
		v.Year = yearOf(r, today)
		cal, err := s.Calendar(tx)
		if err != nil {
			return err
		}
		v.year(ctx, cal, today)
		if v.Left, err = s.Cases.Uncounted(tx); err != nil {
			return err
		}
		all, err := list(tx)
		for i := len(all) - 1; i >= 0; i-- {
			v.Versions = append(v.Versions, all[i].line(ctx, tx.Now()))
		}
		return err
	})
	if err != nil {
		return err
	}
	return web.Show(w, r, http.StatusOK, yearPage(v))
}

// yearOf is the year asked for, this year if that is none of ours.
func yearOf(r *http.Request, today calendar.Date) int {
	year, err := strconv.Atoi(r.FormValue("year"))
	if err != nil || year < FirstYear || year > LastYear {
		year, _, _ = today.Date()
	}
	return year
}

func yearPath(path string, year int) string { return path + "?year=" + strconv.Itoa(year) }

func (v *yearView) year(ctx context.Context, cal *calendar.Calendar, today calendar.Date) {
	this, _, _ := today.Date()
	last := this + 1
	for _, y := range cal.Years() {
		last = max(last, y)
	}
	for y := last; y >= max(FirstYear, last-7); y-- {
		v.Years = append(v.Years, ui.Link{Text: i18n.T(ctx, "holiday.year.name", "year", y), Href: yearPath(calendarPath, y), Current: y == v.Year})
	}
	known, ok := cal.Year(v.Year)
	v.Known = ok
	for _, n := range known.Notices {
		v.Notices = append(v.Notices, ui.Link{Text: n, Href: hrefOf(n)})
	}
	v.Months = monthsOf(ctx, cal, v.Year, today)
	v.Facts = factsOf(ctx, cal, v.Year)
}

// hrefOf is the address of a notice that is kept by its address.
func hrefOf(notice string) string {
	if strings.HasPrefix(notice, "https://") {
		return notice
	}
	return ""
}

// factsOf counts the days of a year.
func factsOf(ctx context.Context, cal *calendar.Calendar, year int) []ui.Fact {
	count := map[calendar.DayKind]int{}
	for _, d := range cal.Span(calendar.NewDate(year, 1, 1), calendar.NewDate(year, 12, 31)) {
		count[d.Kind]++
	}
	fact := func(key string, n int) ui.Fact {
		return ui.Fact{Label: i18n.T(ctx, "holiday.fact."+key), Value: i18n.T(ctx, "holiday.days", "n", n)}
	}
	return []ui.Fact{
		fact("off", count[calendar.Holiday]), fact("makeup", count[calendar.Makeup]),
		fact("work", count[calendar.Workday]+count[calendar.Makeup]),
	}
}

// monthsOf draws the days of a year.
func monthsOf(ctx context.Context, cal *calendar.Calendar, year int, today calendar.Date) (all []month) {
	for m := time.January; m <= time.December; m++ {
		out := month{Title: i18n.T(ctx, "holiday.month", "n", int(m)), Days: ui.ClockDays{Narrow: true}}
		for _, d := range cal.Span(calendar.NewDate(year, m, 1), calendar.NewDate(year, m+1, 0)) {
			day := ui.Day{Date: d.Date.String(), Kind: ui.DayStart, Today: d.Date == today}
			switch d.Kind {
			case calendar.Holiday:
				day.Kind, day.Word = ui.DayStopped, i18n.T(ctx, "holiday.day.off")
			case calendar.Makeup:
				day.Kind, day.Word = ui.DayMakeup, i18n.T(ctx, "holiday.day.makeup")
			case calendar.Weekend:
				day.Kind = ui.DayRest
			case calendar.Workday:
			}
			out.Days.Days = append(out.Days.Days, day)
		}
		all = append(all, out)
	}
	return all
}

func (v Version) line(ctx context.Context, now time.Time) ui.Line {
	return ui.Line{Cells: []ui.Cell{
		{Text: strconv.FormatInt(v.Number, 10)}, {Text: i18n.T(ctx, "holiday.year.name", "year", v.Year), Href: yearPath(calendarPath, v.Year)},
		{Text: v.No}, {Text: v.ActorName}, {Text: show.Moment(ctx, v.At, now)}, {Text: v.Version, Code: true},
	}}
}

func versionColumns(ctx context.Context) (all []ui.Col) {
	for _, key := range []string{"number", "year", "no", "who", "at", "version"} {
		all = append(all, ui.Col{Text: i18n.T(ctx, "holiday.col."+key), Row: key == "number"})
	}
	return all
}

// formView is the form for a notice, and once it can be read what it would do.
type formView struct {
	ui.Page
	Year    int
	Typed   typed
	Trouble string
	Wrong   map[string]string
}

func (s *Service) showForm(w http.ResponseWriter, r *http.Request) error {
	v := formView{Typed: blank()}
	err := s.DB.Read(r.Context(), func(tx *db.Tx) error {
		v.Year = yearOf(r, calendar.DateOf(tx.Now()))
		cal, err := s.Calendar(tx)
		if err != nil {
			return err
		}
		if known, ok := cal.Year(v.Year); ok {
			n := Notice{Year: v.Year, Breaks: known.Breaks}
			v.Typed = typedOf(n)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return s.form(w, r, http.StatusOK, v)
}

func (s *Service) form(w http.ResponseWriter, r *http.Request, code int, v formView) error {
	v.Page = s.Frame(r, i18n.T(r.Context(), "holiday.enter.title", "year", v.Year))
	v.Page.Path, v.Page.Wrong = yearPath(enterPath, v.Year), v.Trouble != ""
	return web.Show(w, r, code, formPage(v))
}

// previewView is what a notice would do.
type previewView struct {
	ui.Page
	Year     int
	Typed    typed
	Prev     string
	Next     string
	Months   []month
	Facts    []ui.Fact
	Forecast cases.Forecast
	Moved    []ui.Line
}

// The bounds of a preview: cases looked at, and named.
const (
	mostForeseen = 50_000
	fewForeseen  = 30
)

// postForm reads the text that was pasted, or shows what the notice would do.
func (s *Service) postForm(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	if err := web.Form(r); err != nil {
		return err
	}
	v := formView{Typed: typedFrom(r.PostForm)}
	v.Year = yearOf(r, calendar.DateOf(s.DB.Now()))
	switch r.PostForm.Get("do") {
	case "read":
		got := typedOf(Read(v.Typed.Text, v.Year))
		got.Text = v.Typed.Text
		if len(Read(v.Typed.Text, v.Year).Breaks) == 0 {
			v.Trouble, v.Wrong = i18n.T(ctx, "holiday.unread"), map[string]string{"text": i18n.T(ctx, "holiday.unread")}
			return s.form(w, r, http.StatusUnprocessableEntity, v)
		}
		v.Typed = got
		return s.form(w, r, http.StatusOK, v)
	case "edit":
		return s.form(w, r, http.StatusOK, v)
	}
	p := previewView{Year: v.Year, Typed: v.Typed}
	n, err := v.read()
	if err == nil {
		err = s.DB.Read(ctx, func(tx *db.Tx) error { return s.preview(ctx, tx, n, &p) })
	}
	if fault.Is(err, fault.Invalid) || fault.Is(err, fault.Conflict) {
		v.Trouble, v.Wrong = web.Words(ctx, err), web.FieldWords(ctx, err)
		return s.form(w, r, web.Status(err), v)
	}
	if err != nil {
		return err
	}
	p.Page = s.Frame(r, i18n.T(ctx, "holiday.preview.title", "year", p.Year))
	return web.Show(w, r, http.StatusOK, previewPage(p))
}

func (s *Service) preview(ctx context.Context, tx *db.Tx, n Notice, p *previewView) error {
	next, now, err := s.Try(tx, n)
	if err != nil {
		return err
	}
	p.Prev, p.Next = now.Version(), next.Version()
	p.Months, p.Facts = monthsOf(ctx, next, n.Year, calendar.DateOf(tx.Now())), factsOf(ctx, next, n.Year)
	if p.Forecast, err = s.Cases.Foresee(tx, next, mostForeseen, fewForeseen); err != nil {
		return err
	}
	for _, f := range p.Forecast.First {
		for _, m := range f.Moved {
			p.Moved = append(p.Moved, ui.Line{Cells: []ui.Cell{
				{Text: f.No, Code: true}, {Text: f.Item}, {Text: show.ClockName(ctx, m.Clock)},
				{Text: show.Date(ctx, m.Was, tx.Now())}, {Text: becomes(ctx, m, tx.Now())},
			}})
		}
	}
	return nil
}

// becomes says where a clock moves to.
func becomes(ctx context.Context, m cases.Moved, now time.Time) string {
	day := show.Date(ctx, m.Is, now)
	switch {
	case m.Is == m.Was && m.Certain:
		return i18n.T(ctx, "holiday.moved.certain", "day", day)
	case m.Is == m.Was:
		return i18n.T(ctx, "holiday.moved.yellow", "day", day)
	case m.Certain:
		return i18n.T(ctx, "holiday.moved.both", "day", day)
	default:
		return day
	}
}

func movedColumns(ctx context.Context) (all []ui.Col) {
	for _, key := range []string{"case", "item", "clock", "was", "is"} {
		all = append(all, ui.Col{Text: i18n.T(ctx, "holiday.col."+key), Row: key == "case"})
	}
	return all
}

func (s *Service) postPublish(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	if err := web.Form(r); err != nil {
		return err
	}
	v := formView{Typed: typedFrom(r.PostForm)}
	v.Year = yearOf(r, calendar.DateOf(s.DB.Now()))
	n, err := v.read()
	if err == nil {
		_, err = s.Publish(ctx, auth.From(ctx), r.PostForm.Get("prev"), n)
	}
	if fault.Is(err, fault.Invalid) || fault.Is(err, fault.Conflict) || fault.Is(err, fault.Stale) {
		v.Trouble, v.Wrong = web.Words(ctx, err), web.FieldWords(ctx, err)
		return s.form(w, r, web.Status(err), v)
	}
	if err != nil {
		return err
	}
	if s.Flash != nil {
		s.Flash(ctx, i18n.T(ctx, "holiday.done", "year", v.Year))
	}
	return web.SeeOther(w, r, yearPath(calendarPath, v.Year))
}
