// Package desk is the pages of the counter where people hand in applications
// (综合窗口): what waits, receiving for somebody who walks in, checking each
// paper, the one notice of all that is wanting, accepting, and printing.
//
// Invariants:
//   - it decides nothing: every act is a use case of cases, and every button says
//     what cases.Service.Explain says;
//   - one form holds the whole checklist, so that an act sends the findings that
//     the clerk sees, with and without scripts;
//   - what was typed is shown again whenever an act fails, also when somebody
//     else was faster.
package desk

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"onedoor.app/domain/cases"
	"onedoor.app/engine/calendar"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
	"onedoor.app/infra/i18n"
	"onedoor.app/infra/web"
	"onedoor.app/ui"
)

// Pages is the pages of the window.
type Pages struct {
	Cases *cases.Service
	Frame ui.Frame

	// Flash leaves good news for the next page; nil leaves none.
	Flash func(ctx context.Context, text string)
	// Delivery is the address where the result of a case is handed over; nil or
	// "" shows no link.
	Delivery func(caseID int64) string
}

// The rights of desk.
const (
	Receive = "desk.receive" // receive, check and accept applications
	Look    = "desk.look"    // find applications and see how they stand
)

const root = "/desk"

func casePath(id int64) string  { return root + "/" + strconv.FormatInt(id, 10) }
func draftPath(id int64) string { return root + "/drafts/" + strconv.FormatInt(id, 10) }
func filePath(id int64) string  { return "/files/" + strconv.FormatInt(id, 10) }
func paperPath(id int64) string { return "/papers/" + strconv.FormatInt(id, 10) }

// idOf reads the number in a path; what is none is unknown.
func idOf(r *http.Request, unknown string) (int64, error) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil || id <= 0 {
		return 0, fault.New(fault.Unknown, unknown)
	}
	return id, nil
}

// number reads a whole number of a form, 0 for anything else.
func number(text string) int64 {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// newKey names one intended act, so that sending it twice does it once.
func newKey() string { return rand.Text() }

// on says which version of a case the posted page showed.
func on(r *http.Request, id int64) cases.On {
	return cases.On{Case: id, Version: number(r.PostForm.Get("version")), Key: r.PostForm.Get("_key")}
}

// told reports whether err is something to show on the page it came from.
func told(err error) bool {
	for _, kind := range []fault.Kind{fault.Invalid, fault.Conflict, fault.Stale, fault.TooLarge} {
		if fault.Is(err, kind) {
			return true
		}
	}
	return false
}

// done leaves good news and leads on.
func (p *Pages) done(w http.ResponseWriter, r *http.Request, text, path string) error {
	if p.Flash != nil {
		p.Flash(r.Context(), text)
	}
	return web.SeeOther(w, r, path)
}

// frame is the page around, with how much waits at the window beside the menu.
func (p *Pages) frame(r *http.Request, title string) ui.Page {
	page := p.Frame(r, title)
	who := auth.From(r.Context())
	if !who.May(Receive) {
		return page
	}
	count := map[string]int{}
	err := p.Cases.DB.Read(r.Context(), func(tx *db.Tx) (err error) {
		for _, t := range tabs {
			if t.state == "" {
				continue
			}
			if count[t.path], err = p.Cases.Count(tx, who, cases.Filter{State: t.state}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil { // the page says so itself if the database is gone
		return page
	}
	for g := range page.Rail {
		for i := range page.Rail[g].Items {
			if l := &page.Rail[g].Items[i]; count[l.Href] > 0 {
				l.Count = strconv.Itoa(count[l.Href])
			}
		}
	}
	return page
}

// lamps maps the colours of clocks to lights.
var lamps = map[cases.Colour]ui.Lamp{
	cases.LightBlue: ui.Blue, cases.LightYellow: ui.Yellow, cases.LightRed: ui.Red, cases.LightStopped: ui.Stop,
}

// lightWords says what a light means: 正常, 临期.
func lightWords(ctx context.Context, colour cases.Colour) string {
	if lamps[colour] == "" {
		return ""
	}
	return i18n.T(ctx, "desk.light."+string(colour))
}

// leftWords says how much time is left: 剩 1 天, 超 2 天.
func leftWords(ctx context.Context, colour cases.Colour, left int) string {
	switch {
	case colour == cases.LightStopped:
		return i18n.T(ctx, "desk.light.stopped")
	case left < 0:
		return i18n.T(ctx, "desk.left.over", "n", -left)
	case left == 0:
		return i18n.T(ctx, "desk.left.today")
	default:
		return i18n.T(ctx, "desk.left", "n", left)
	}
}

// day writes a day as pages do: 10月22日（周四）.
func day(ctx context.Context, d calendar.Date) string {
	_, m, n := d.Date()
	week := i18n.T(ctx, "desk.week."+strconv.Itoa(int(d.Weekday())))
	if i18n.Lang(ctx) == i18n.English {
		return fmt.Sprintf("%s, %d %s", week, n, m.String()[:3])
	}
	return fmt.Sprintf("%d月%d日（%s）", int(m), n, week)
}

// shortDay is day without the weekday.
func shortDay(ctx context.Context, d calendar.Date) string {
	_, m, n := d.Date()
	if i18n.Lang(ctx) == i18n.English {
		return fmt.Sprintf("%d %s", n, m.String()[:3])
	}
	return fmt.Sprintf("%d月%d日", int(m), n)
}

// shortDate is shortDay of YYYY-MM-DD, the text itself for anything else.
func shortDate(ctx context.Context, text string) string {
	d, err := calendar.ParseDate(text)
	if err != nil {
		return text
	}
	return shortDay(ctx, d)
}

// moment writes an instant: 今天 10:31, 10月14日 16:20.
func moment(ctx context.Context, at, now time.Time) string {
	at = at.In(calendar.Zone)
	if calendar.DateOf(at) == calendar.DateOf(now) {
		return i18n.T(ctx, "desk.today") + at.Format(" 15:04")
	}
	return shortDay(ctx, calendar.DateOf(at)) + at.Format(" 15:04")
}

// size writes how large a file is.
func size(n int64) string {
	if n >= 1<<20 {
		return fmt.Sprintf("%.1f MB", float64(n)/(1<<20))
	}
	return fmt.Sprintf("%d KB", max(n>>10, 1))
}
