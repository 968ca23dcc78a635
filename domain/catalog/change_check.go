package catalog

import (
	"fmt"

	"onedoor.app/infra/db"
	"onedoor.app/module"
)

// Check looks at every change: what is in force became a version, was approved by
// somebody who had no hand in it, and had a day; what waits for its day has one; what is
// off the list has no place in lists; proposals for the base catalogue and the library were agreed to by another; and the
// deviations from the base catalogue are those that are kept. What public lists, measures and the sums by day say is what
// the versions say (checkLists). Versions, suspensions, imports, base items, locks, the library and proposals are what the
// evidence says (checkProofs), and so are the ledger of reform and its seals (checkReforms).
func (s *Service) Check(tx *db.Tx, count module.Count) error {
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
		err = fmt.Errorf("catalog: %d items are off the list by one record and on it by another", loose)
	}
	if err != nil {
		return err
	}
	if err := checkProposals(tx, count); err != nil {
		return err
	}
	if err := s.checkInheritance(tx, count); err != nil {
		return err
	}
	if err := s.checkLists(tx, count); err != nil {
		return err
	}
	if err := checkFound(tx, count); err != nil {
		return err
	}
	if err := s.checkProofs(tx, count); err != nil {
		return err
	}
	return s.checkReforms(tx, count)
}

// sound says what does not hold of a change.
func (c *Change) sound(tx *db.Tx) error {
	settled := c.State == ChangeApproved || c.State == ChangeInForce
	switch {
	case !c.EditedBy(c.Author.Staff):
		return fmt.Errorf("catalog: change %d: its author had no hand in it", c.ID)
	case settled && (c.Reviewer == Person{} || c.EditedBy(c.Reviewer.Staff)):
		return fmt.Errorf("catalog: change %d was approved by nobody else", c.ID)
	case settled && c.Effective == 0:
		return fmt.Errorf("catalog: change %d is approved for no day", c.ID)
	case (c.State == ChangeInForce) != (c.Version != 0):
		return fmt.Errorf("catalog: change %d is %s with version %d", c.ID, c.State, c.Version)
	case c.State != ChangeInForce:
		return nil
	}
	it, err := findVersion(tx, `WHERE v.id = $1`, c.Version)
	if err != nil {
		return fmt.Errorf("catalog: change %d: %w", c.ID, err)
	}
	if it.Code != c.Code || it.Version != c.Began+1 || len(Diff(c.Item, it)) > 0 && !onlyDrawn(Diff(c.Item, it)) {
		return fmt.Errorf("catalog: change %d is not what version %d of %s says", c.ID, it.Version, it.Code)
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
