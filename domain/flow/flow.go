// Package flow keeps the definitions of flows (流程): the order of steps that officials draw
// themselves, have approved by another, and give to items. The drawing is BPMN; most are made in
// the step list, which always yields a drawing of blocks, others come as files of other tools.
//
// A definition has one draft and any number of versions. Invariants, checked by Check:
//
//   - a version never changes: it is named by the hash of its drawing, and the ledger has the
//     same hash in the entry of its approval;
//   - nobody who had a hand in a draft approves it;
//   - what is approved was checked: every way through it leads to one decision, within the law,
//     and cases can carry it.
//
// A version is in force from a date, for items that take it then. Items keep the version that they
// took until they are themselves changed, and cases the one of their item.
package flow

import (
	"context"
	"time"

	"onedoor.app/engine/calendar"
	"onedoor.app/engine/workflow"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
	"onedoor.app/ui"
)

// The rights.
const (
	Keep    = "flow.keep"    // draw definitions and withdraw versions
	Approve = "flow.approve" // approve what another has drawn
)

// State is where the draft of a definition stands.
type State string

// The states of a draft.
const (
	Drafted   State = "drafted"   // 草稿
	Submitted State = "submitted" // 待审核
	Returned  State = "returned"  // 已退回
	Approved  State = "approved"  // 已批准: the draft is the last version
)

// Editable reports whether the draft may be written on.
func (s State) Editable() bool { return s != Submitted }

// Definition is a flow with its draft.
type Definition struct {
	ID     string // of the process in its drawings, an XML name
	Name   string
	Item   string // code of the item whose questions and fields its conditions ask about, or ""
	Plan   *Plan  // the step list, nil of a drawing from elsewhere
	Source []byte // the drawing, empty while the steps yield none
	State  State
	Reason string // why it was submitted
	Remark string // why it was returned
	Author Person // of the latest words
	Number int    // of the latest version, 0 while there is none
	Lock   int
	Moved  time.Time
}

// Person is somebody of the staff as they were called then.
type Person struct {
	Staff int64
	Name  string
}

func personOf(who auth.Actor) Person { return Person{who.Staff, who.Name} }

// Version is a drawing that was approved. It never changes but for being withdrawn.
type Version struct {
	Definition string
	Number     int
	Hash       string
	Name       string
	Plan       *Plan
	Source     []byte
	Since      calendar.Date // for items that take it on that day or later
	Reason     string
	Author     Person
	Approver   Person
	At         time.Time
	Withdrawn  bool
	Why        string // it was withdrawn
}

// Post is somebody's place of work that steps may be given to.
type Post struct{ Code, Unit, Name string }

// Subject is what a condition may ask about: a question or a field of the form of an item.
type Subject struct {
	Path    string // "answer.q1" or "form.area"
	Name    string
	Number  bool // it is compared by size
	Options []Choice
}

// Choice is one value of a Subject.
type Choice struct{ Value, Text string }

// System is a system that steps may notify.
type System struct{ Code, Name string }

// Service is the use cases of the module. Check and Carries say whether a drawing is lawful, within so many working
// days as the item promises (0 for no promise), and whether cases can run on it; StopOf is the lawful reason for which
// a kind of step may stop the clock, "" for none. Acts are what completing a step may do under the law, and Messages
// what cases can wait for.
type Service struct {
	DB       *db.DB
	Check    func(d *workflow.Def, days int) *workflow.Report
	Acts     []string
	Messages []string
	Carries  func(*workflow.Def) bool
	StopOf   func(kind string) string
	Calendar calendar.Source
	Posts    func(*db.Tx) ([]Post, error)
	UnitName func(tx *db.Tx, code string) string
	// Systems lists the systems in use; nil: there are none.
	Systems func(*db.Tx) ([]System, error)
	// Fields lists the fields of the form of an item, by the path that sends them; an item that is not is an Unknown fault.
	Fields func(tx *db.Tx, item string) ([]Choice, error)
	// Subjects lists what can be asked about an item, with its name; an item that there is not
	// is an Unknown fault.
	Subjects func(tx *db.Tx, item string) (name string, list []Subject, err error)
	// Promised is how many working days an item promises, 0 when it promises none.
	Promised func(tx *db.Tx, item string) (days int, err error)
	Log      func(tx *db.Tx, who auth.Actor, act, about string, facts any) error
	Frame    ui.Frame
	Flash    func(ctx context.Context, text string)
}

// Chain is the chain of evidence of a definition.
func Chain(id string) string { return "flow:" + id }

// Definition returns a definition; an unknown one is the Unknown fault flow.none.
func (s *Service) Definition(tx *db.Tx, id string) (*Definition, error) { return find(tx, id, "") }

// listLength is how many definitions a page lists.
const listLength = 50

// List returns definitions in the order of their ids after one; next is where the following page
// begins, "" at the end.
func (s *Service) List(tx *db.Tx, after string) (list []Definition, next string, err error) {
	list, err = listAfter(tx, after, listLength+1)
	if len(list) > listLength {
		list = list[:listLength]
		next = list[listLength-1].ID
	}
	return list, next, err
}

// mostVersions is how many versions of a definition are shown and offered.
const mostVersions = 100

// Versions returns the latest versions of a definition, the newest first.
func (s *Service) Versions(tx *db.Tx, id string) ([]Version, error) {
	return listVersions(tx, id, mostVersions)
}

// Version returns one version; an unknown one is the Unknown fault flow.none.
func (s *Service) Version(tx *db.Tx, id string, number int) (v Version, err error) {
	return findVersion(tx, id, number)
}

// InForce is the version that items may take on a day: the latest that has begun and was not
// withdrawn. Nothing in force is the Unknown fault flow.none.
func InForce(versions []Version, day calendar.Date) (Version, error) {
	for _, v := range versions {
		if !v.Withdrawn && v.Since <= day {
			return v, nil
		}
	}
	return Version{}, fault.New(fault.Unknown, "flow.none")
}

// mostOffered bounds the definitions that items are offered.
const mostOffered = 500

// Offered calls fn for every definition that has a version in force today, with that version.
func (s *Service) Offered(tx *db.Tx, fn func(Version) error) error {
	list, err := listOffered(tx, calendar.DateOf(tx.Now()), mostOffered)
	if err != nil {
		return err
	}
	for _, v := range list {
		if err := fn(v); err != nil {
			return err
		}
	}
	return nil
}

// Drawing returns the source of the version with a hash, nil when there is none.
func (s *Service) Drawing(tx *db.Tx, hash string) ([]byte, error) { return findSource(tx, hash) }
