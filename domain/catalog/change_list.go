package catalog

import (
	"math"
	"strconv"

	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

// ChangeFilter says which changes a list holds: those of an item, else those that who
// looks had a hand in, else those that wait for their review, else those in a state.
type ChangeFilter struct {
	Code     string
	Mine     bool
	ToReview bool
	State    ChangeState
}

// ChangeFor returns a change for somebody to look at: whoever keeps the catalogue or reviews all
// of it sees every change, others those of the items of their own unit and those in which they had
// a hand. Any other is an Unknown fault, as one that there is not.
func (s *Service) ChangeFor(tx *db.Tx, who auth.Actor, id int64) (*Change, error) {
	if !who.May(Keep) && !who.May(Review) {
		return nil, fault.New(fault.Forbidden, "right.missing")
	}
	seen, err := findVisible(tx, id, who.Staff, scopeOf(who))
	if err == nil && !seen {
		err = fault.New(fault.Unknown, "catalog.change.none")
	}
	if err != nil {
		return nil, err
	}
	return s.Change(tx, id)
}

// Changes lists up to limit of the changes that who may look at (ChangeFor) that were begun before the one of an id (0: all),
// newest first. next is the id to go on with, 0 on the last page.
func (s *Service) Changes(tx *db.Tx, who auth.Actor, f ChangeFilter, before int64, limit int) (list []ChangeLine, next int64, err error) {
	if before == 0 {
		before = math.MaxInt64
	}
	limit = min(max(limit, 1), maxPage)
	list, err = listChanges(tx, f, who.Staff, scopeOf(who), before, limit+1)
	if err == nil && len(list) > limit {
		list = list[:limit]
		next = list[limit-1].ID
	}
	return list, next, err
}

// OpenChanges lists the changes of an item that have not ended and that who may look at
// (ChangeFor), newest first.
func (s *Service) OpenChanges(tx *db.Tx, who auth.Actor, code string) ([]ChangeLine, error) {
	return listOpenChanges(tx, code, who.Staff, scopeOf(who), maxPage)
}

// ToReview is how many changes wait for the review of somebody who had no hand in them.
func (s *Service) ToReview(tx *db.Tx, who auth.Actor) (int, error) {
	return countToReview(tx, who.Staff, scopeOf(who))
}

// ChangesPath is the page of changes.
const ChangesPath = "/catalog/changes"

// ChangePath is the page of a change.
func ChangePath(id int64) string { return ChangesPath + "/" + strconv.FormatInt(id, 10) }

// ItemPath is the page of an item for those who keep it.
func ItemPath(code string) string { return keepItemPath(code) }

// SpreadsPath begins the pages of what was proposed for many items at one act.
const SpreadsPath = ChangesPath + "/spread"

// SpreadPath is the page of a spread.
func SpreadPath(id int64) string { return SpreadsPath + "?id=" + strconv.FormatInt(id, 10) }
