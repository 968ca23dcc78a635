package catalog

import (
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
	"onedoor.app/module"
)

// Check tells the first thing that does not hold, as the Conflict fault catalog.differs.* that names it and what differs.
// First every drawing is the one that items take by its digest (checkFlows), and what there is has its evidence: versions, suspensions, imports, base items, locks, the library and proposals
// (checkProofs), and the ledger of reform with its seals (checkReforms). Then changes and proposals were agreed to by another,
// and what is made from the versions is what they say: deviations from the base catalogue (checkInheritance), lists, measures
// and figures (checkLists), and the search (checkFound).
func (s *Service) Check(tx *db.Tx, count module.Count) error {
	for _, check := range []module.Check{
		checkStrays, checkFlows, s.checkProofs, s.checkReforms, s.checkChanges, checkProposals, s.checkInheritance, s.checkLists, checkFound,
	} {
		if err := check(tx, count); err != nil {
			return err
		}
	}
	return nil
}

// checkChanges looks at every change: what is in force became a version, was approved by somebody who had no hand in it, and
// had a day; what waits for its day has one; what is off the list has no place in lists.
func (s *Service) checkChanges(tx *db.Tx, count module.Count) error {
	for after := int64(0); ; {
		ids, err := listChangeIDs(tx, after, maxPage)
		if err != nil {
			return err
		}
		for _, id := range ids {
			c, err := s.Change(tx, id)
			if err == nil {
				err = c.sound(tx)
			}
			if err != nil {
				return err
			}
			after = id
			count("changes of items", 1)
		}
		if len(ids) < maxPage {
			break
		}
	}
	loose, err := countLoose(tx)
	if err == nil && loose > 0 {
		err = differs("off", "count", loose)
	}
	return err
}

// sound says what does not hold of a change.
func (c *Change) sound(tx *db.Tx) error {
	settled := c.State == ChangeApproved || c.State == ChangeInForce
	switch {
	case !c.EditedBy(c.Author.Staff):
		return differs("change.author", "id", c.ID)
	case settled && (c.Reviewer == Person{} || c.EditedBy(c.Reviewer.Staff)):
		return differs("change.reviewer", "id", c.ID)
	case settled && c.Effective == 0:
		return differs("change.day", "id", c.ID)
	case (c.State == ChangeInForce) != (c.Version != 0):
		return differs("change.version", "id", c.ID)
	case c.State != ChangeInForce:
		return nil
	}
	it, err := findVersion(tx, `WHERE v.id = $1`, c.Version)
	if fault.Is(err, fault.Unknown) {
		return differs("change.version", "id", c.ID)
	}
	if err != nil {
		return err
	}
	if it.Code != c.Code || it.Version != c.Began+1 || len(Diff(c.Item, it)) > 0 && !onlyDrawn(Diff(c.Item, it)) {
		return differs("change.content", "id", c.ID, "number", it.Version, "code", it.Code)
	}
	return nil
}

// onlyDrawn reports whether nothing differs but the drawings, made when it was published.
func onlyDrawn(list []Difference) bool {
	for _, d := range list {
		if !d.derived() {
			return false
		}
	}
	return true
}
