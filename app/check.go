package app

import (
	"context"
	"io"
	"slices"

	"onedoor.app/domain/cases"
	"onedoor.app/domain/cases/scenario"
	"onedoor.app/engine/calendar"
	"onedoor.app/engine/ledger"
	"onedoor.app/engine/workflow"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
)

// CheckLaw plays the legal scenarios of r, one JSON object a line, through the
// use cases and writes to w a line about each: its id and "pass", or its id and
// what differed. An error says that some do not hold. The database must be empty:
// it is filled with what the scenarios need.
func (a *App) CheckLaw(ctx context.Context, r io.Reader, w io.Writer) error {
	stage := &scenario.Stage{}
	base := a.base
	base.DB = a.DB.WithClock(stage.Now)
	s := newServices(a, base)
	stage.Cases, stage.Types = s.cases, s.certificate.LoadPackage
	stage.Make = func(ctx context.Context, who auth.Actor, caseID int64, until calendar.Date) error {
		_, err := s.certificate.MakeUntil(ctx, who, caseID, 0, until, "")
		return err
	}
	return stage.Check(ctx, r, w)
}

// Calendar is the calendar in force.
func (a *App) Calendar(ctx context.Context) (cal *calendar.Calendar, err error) {
	err = a.DB.Read(ctx, func(tx *db.Tx) error {
		cal, err = a.services.calendar(tx)
		return err
	})
	return cal, err
}

// ReadReceipt reads what a receipt of a case says; see cases.ReadReceipt.
func ReadReceipt(r ledger.Receipt) (cases.Received, bool) { return cases.ReadReceipt(r) }

// Checkpoint reads a checkpoint that was sealed here.
func (a *App) Checkpoint(note string) (ledger.Checkpoint, error) { return a.tree.Key.Open(note) }

// CheckFlow explores every way through a drawing, under the law that a case is
// decided in it exactly once, and only after that leaves it.
func CheckFlow(d *workflow.Def) *workflow.Report { return flowChecker().Check(d) }

// checkDrawn is CheckFlow for what officials draw and approve: every step has a limit, and within so many
// working days as the item promises the longest way comes to its end; 0 promises nothing.
func checkDrawn(d *workflow.Def, days int) *workflow.Report {
	c := flowChecker()
	c.Limit, c.Require, c.MaxMoves = days, []string{"post", "limit"}, mostMoves
	return c.Check(d)
}

// mostMoves bounds the judgement of a drawing to a second or two: it is judged whenever somebody draws on it. A building
// project of 80 steps takes a few hundred.
const mostMoves = 20_000

// flowChecker knows what stays the same once a case has been handed in: which steps apply to it, and its form.
func flowChecker() workflow.Checker {
	return workflow.Checker{Law: review{}, Fixed: []string{"step", "form"}}
}

// drawnActs are the acts that a drawing may name.
var drawnActs = []string{"opinion", "special", string(cases.ActGrant), string(cases.ActRefuse)}

// review is the part of the life of a case that is drawn: it is entered with the
// acceptance and left with the decision (XKF 34, 37 and 38). Opinions and special
// procedures come before the decision; what precedes and follows is never drawn.
type review struct{}

// Start implements workflow.Law.
func (review) Start() string { return string(cases.StateReviewing) }

// Do implements workflow.Law.
func (review) Do(state, act string) (string, bool) {
	if state != string(cases.StateReviewing) {
		return "", false
	}
	switch act {
	case "opinion", "special":
		return state, true
	case string(cases.ActGrant):
		return string(cases.StateGranted), true
	case string(cases.ActRefuse):
		return string(cases.StateRefused), true
	}
	return "", false
}

// Final implements workflow.Law.
func (review) Final(state string) bool {
	return slices.Contains([]cases.State{cases.StateGranted, cases.StateRefused}, cases.State(state))
}
