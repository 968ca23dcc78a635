// Package module is the contract between the application and one capability.
package module

import (
	"io/fs"

	"onedoor.app/engine/event"
	"onedoor.app/engine/job"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/web"
)

// Module is everything the application needs to know about one capability. It
// is plain data with a useful zero value: a capability sets the fields it has,
// and a new field never breaks the others.
type Module struct {
	Name   string          // the prefix of its tables, rights, fault codes, events and jobs
	Schema fs.FS           // schema/*.sql
	Texts  fs.FS           // text/zh.json, text/en.json
	Routes []web.Route     // pages, fragments and API
	Rights []Right         // what its routes and use cases ask for
	Menu   []Item          // where it appears on the workbench
	Jobs   []job.Kind      // what it does later
	Events []event.Handler // what it reacts to, in the same transaction
	Check  Check           // its part of "onedoor verify": invariants over its tables
	Files  []Files         // the files to which its tables refer, which "onedoor verify" looks at too
}

// Check looks at all that a capability stores and returns the first thing that
// does not hold; of a fault the operator reads the words in both languages. It
// tells count what it has looked at, as it goes.
type Check func(tx *db.Tx, count Count) error

// Files lists the files of up to limit rows after an id, in the order of ids; none at the end.
type Files func(tx *db.Tx, after int64, limit int) ([]File, error)

// File is one file that the blob store keeps for a row.
type File struct {
	ID   int64  // of the row
	Blob string // its key there
	Of   string // what it is and to what it belongs, where that says more than the id: other rows may share the file
}

// Count adds n to what has been looked at; what is an English plural: "cases".
type Count func(what string, n int)

// Right is something that may be allowed, and to which roles it is.
type Right struct {
	Name  string
	Roles []string // role codes of office, or Applicant
}

// Applicant is the role of everybody who signs in as a person or organisation.
const Applicant = "applicant"

// Item is one entry of the workbench's menu, shown to whoever holds Right.
type Item struct {
	Group string // text key of the group
	Text  string // text key
	Icon  string
	Path  string
	Right string

	// Count is how much waits there for who, shown beside the entry on every page
	// of staff: one query on an index. Nil shows no number.
	Count func(tx *db.Tx, who auth.Actor) (int, error)
}
