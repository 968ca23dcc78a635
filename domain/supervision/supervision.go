// Package supervision is the pages of those who watch over time and law (督查):
// a board of what is late and who holds it, the lists behind its numbers, and
// each case with every day and every entry of its ledger.
//
// It only reads. No page here has a form that changes a case, and no figure is
// counted here: all come from cases, under what the actor may see.
package supervision

import (
	"context"
	"strconv"
	"time"

	"onedoor.app/domain/cases"
	"onedoor.app/domain/cases/show"
	"onedoor.app/engine/calendar"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/i18n"
	"onedoor.app/ui"
)

// Pages serves the pages. Give it its fields before the first request.
type Pages struct {
	Cases *cases.Service
	Frame ui.Frame
	// Act is where the actor may act on a case, "" if nowhere; nil: nobody may. The
	// head of the authority extends limits there.
	Act func(who auth.Actor, id int64) string
	// Overseen is what regulators were told of a case that was granted; nil: nobody is told.
	Overseen func(tx *db.Tx, id int64) ([]ui.Fact, error)
}

// The addresses of the pages.
const (
	boardPath   = "/watch"
	casesPath   = "/watch/cases"
	againPath   = "/watch/again"
	findingPath = "/watch/findings"
)

// Path is where a supervisor reads a case.
func Path(id int64) string { return casePath(id) }

func casePath(id int64) string { return boardPath + "/" + strconv.FormatInt(id, 10) }

// few is how many rows a list shows before it goes on.
const few = 20

// clock writes the moment of a page: 10月15日 10:42.
func clock(ctx context.Context, now time.Time) string { return show.Moment(ctx, now, now) }

// row is a case in a list: its light, who and what, its state, whose it is, its
// due date. An ended case has no light.
type row struct {
	ui.Row
	State, Unit string
}

func rowOf(ctx context.Context, r cases.Row, st cases.Standing, units map[string]string, now time.Time) row {
	out := row{Row: show.Row(ctx, r, st, now), State: show.State(ctx, r.State), Unit: units[r.Unit]}
	out.Href = casePath(r.ID)
	if out.Unit == "" {
		out.Unit = r.Unit
	}
	if !r.Shown.Live {
		out.Lamp, out.Words, out.Due = "", i18n.T(ctx, "supervision.over"), show.When(ctx, r.Ended, now)
	}
	return out
}

// weekdays are the working days before a day, oldest first.
func weekdays(cal *calendar.Calendar, before calendar.Date, n int) []calendar.Date {
	var days []calendar.Date
	for d := before - 1; len(days) < n; d-- {
		if cal.IsWorkday(d) {
			days = append([]calendar.Date{d}, days...)
		}
	}
	return days
}
