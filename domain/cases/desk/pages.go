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
	"net/http"
	"strconv"
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

// Pages is the pages of the window.
type Pages struct {
	Cases *cases.Service
	Frame ui.Frame

	// Flash leaves good news for the next page; nil leaves none.
	Flash func(ctx context.Context, text string)
	// Delivery is the address where this actor hands over the result of a case;
	// nil or "" shows no link.
	Delivery func(who auth.Actor, caseID int64) string
}

// The rights of desk.
const (
	Receive = "desk.receive" // receive, check and accept applications
	Look    = "desk.look"    // find applications and see how they stand
)

const root = "/desk"

func casePath(id int64) string             { return root + "/" + strconv.FormatInt(id, 10) }
func draftPath(id int64) string            { return root + "/new/draft/" + strconv.FormatInt(id, 10) }
func filePath(id int64) string             { return "/files/" + strconv.FormatInt(id, 10) }
func paperPath(caseID, paper int64) string { return show.PaperPath(paper, casePath(caseID)) }

// idOf reads the number in a path; what is none is unknown.
func idOf(r *http.Request, unknown string) (int64, error) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil || id <= 0 {
		return 0, fault.New(fault.Unknown, unknown)
	}
	return id, nil
}

// whole reads a whole number of a form, 0 for anything else.
func whole(text string) int64 {
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
	return cases.On{Case: id, Version: whole(r.PostForm.Get("version")), Key: r.PostForm.Get("_key")}
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

// waiting counts the cases of a list for the menu.
func (p *Pages) waiting(f cases.Filter) func(*db.Tx, auth.Actor) (int, error) {
	return func(tx *db.Tx, who auth.Actor) (int, error) {
		return p.Cases.Count(tx, who, f)
	}
}

// day writes a day with its weekday: 10月22日（周四）.
func day(ctx context.Context, d calendar.Date, now time.Time) string {
	return i18n.T(ctx, "desk.day", "day", show.Date(ctx, d, now), "week", i18n.T(ctx, "desk.week."+strconv.Itoa(int(d.Weekday()))))
}

// moment writes an instant: 今天 10:31, 10月14日 16:20.
func moment(ctx context.Context, at, now time.Time) string {
	if calendar.DateOf(at) == calendar.DateOf(now) {
		return i18n.T(ctx, "desk.today") + at.In(calendar.Zone).Format(" 15:04")
	}
	return show.Moment(ctx, at, now)
}
