// Package migration lets cases that are under way go on in a newer version of their flow (在办件改用新版): an
// officer says which step goes on as which, a dry run says what would become of every case, another person approves, and a
// job carries the cases over one by one.
//
// A plan names two versions of one definition and a map between their steps. Invariants, checked by Check:
//
//   - nobody who had a hand in a plan approves it;
//   - what is approved does not change: the ledger has its hash in the entry of its approval, and every case that is
//     carried over has the same hash in its own;
//   - a case is carried over only where it is proved that it can be completed from there; others stay as they are, and are
//     listed with the reasons.
//
// The rules of carrying over are those of cases and engine/workflow.
package migration

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"time"

	"onedoor.app/domain/cases"
	"onedoor.app/domain/flow"
	"onedoor.app/engine/calendar"
	"onedoor.app/engine/workflow"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
	"onedoor.app/ui"
)

// The rights.
const (
	Keep    = "migration.keep"    // make plans
	Approve = "migration.approve" // approve what another has planned
)

// State is where a plan stands.
type State string

// The states of a plan.
const (
	Drafted   State = "drafted"   // 草稿
	Submitted State = "submitted" // 待审核
	Returned  State = "returned"  // 已退回
	Approved  State = "approved"  // 已批准: its cases are carried over, or will be
	Done      State = "done"      // 已办完
	Stopped   State = "stopped"   // 已停止: what was carried over stays so
)

// editable reports whether the plan may be written on.
func (s State) editable() bool { return s == Drafted || s == Returned }

// over reports whether nothing more will come of the plan by itself.
func (s State) over() bool { return s == Done || s == Stopped }

// Run is what the job of a plan is at.
type Run string

// What the job is at.
const (
	Idle    Run = ""
	Trying  Run = "trying"  // the dry run
	Tried   Run = "tried"   // its report is there
	Running Run = "running" // the cases are carried over
)

// Plan is a plan.
type Plan struct {
	ID       int64
	Flow     string // id of the definition
	Was, Now int    // numbers of its versions
	WasHash  string
	NowHash  string
	Nodes    workflow.Map
	Reason   string
	Since    calendar.Date // the first day on which it is carried out
	State    State
	Run      Run
	Total    int // cases when the job began
	Seen     int // that the job has looked at
	Tried    time.Time
	Author   flow.Person
	Approver flow.Person
	Remark   string // why it was returned, or stopped
	Hash     string // of what was approved, "" before
	Lock     int
	Moved    time.Time

	cursor int64
}

// Busy reports whether the job of the plan is at work, or will be at once.
func (p *Plan) Busy(today calendar.Date) bool {
	return p.Run == Trying || p.Run == Running && p.Since <= today
}

// hash names what is approved.
func (p *Plan) hash() string {
	text, err := json.Marshal([]any{p.ID, p.Flow, p.Was, p.Now, p.WasHash, p.NowHash, p.Nodes, p.Reason, p.Since.String()})
	if err != nil {
		panic(err) // it is plain data
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// migration is the plan as cases need it.
func (p *Plan) migration() cases.Migration {
	return cases.Migration{
		Plan: p.Hash, From: p.WasHash, To: p.NowHash, Number: p.Now, Nodes: p.Nodes, Reason: p.Reason, Approver: p.Approver.Staff,
	}
}

// Place is where some cases stand alike, with what becomes of them.
type Place struct {
	Cases    int
	Stands   []string // names of the steps that are open
	Prospect cases.Prospect
}

// Left is a case that could not be carried over.
type Left struct {
	Case     int64
	No       string
	Stands   []string
	Prospect cases.Prospect
	At       time.Time
}

// Sums are how many cases a plan concerns.
type Sums struct {
	Fit, Unfit    int // by the dry run
	Carried, Left int // by the job
}

// Service is the use cases of the module.
type Service struct {
	DB    *db.DB
	Flows *flow.Service
	Cases *cases.Service
	Log   func(tx *db.Tx, who auth.Actor, act, about string, facts any) error
	Frame ui.Frame
	Flash func(ctx context.Context, text string)
}

// Plan returns a plan of a definition; an unknown one is the Unknown fault migration.none.
func (s *Service) Plan(tx *db.Tx, flowID string, id int64) (*Plan, error) {
	p, err := find(tx, id, "")
	if err == nil && p.Flow != flowID {
		err = fault.New(fault.Unknown, "migration.none")
	}
	return p, err
}

// mostPlans is how many plans of a definition a page lists.
const mostPlans = 50

// Plans lists the plans of a definition, the newest first, before one; next is where the following page begins, 0 at the end.
func (s *Service) Plans(tx *db.Tx, flowID string, before int64) (list []Plan, next int64, err error) {
	list, err = listPlans(tx, flowID, before, mostPlans+1)
	if len(list) > mostPlans {
		list = list[:mostPlans]
		next = list[mostPlans-1].ID
	}
	return list, next, err
}

// mostPlaces is how many places a report shows, those with the most cases.
const mostPlaces = 200

// Places is the report of the dry run: what cannot be carried over first, then by the number of cases.
func (s *Service) Places(tx *db.Tx, plan int64) ([]Place, error) {
	return listPlaces(tx, plan, mostPlaces)
}

// Sums counts the cases of a plan.
func (s *Service) Sums(tx *db.Tx, plan int64) (Sums, error) { return sums(tx, plan) }

// leftLength is how many cases a page of those that stay lists.
const leftLength = 50

// Left lists the cases that could not be carried over, in the order of their ids, after one; next is where the following page
// begins, 0 at the end.
func (s *Service) Left(tx *db.Tx, plan, after int64) (list []Left, next int64, err error) {
	list, err = listLeft(tx, plan, after, leftLength+1)
	if len(list) > leftLength {
		list = list[:leftLength]
		next = list[leftLength-1].Case
	}
	return list, next, err
}
