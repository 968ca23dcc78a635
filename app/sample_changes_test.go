package app

import (
	"testing"

	"onedoor.app/domain/catalog"
	"onedoor.app/engine/calendar"
	"onedoor.app/infra/db"
)

// The sample city opens with work on its catalogue: one change to review, by the other officer, one to go on writing, one that
// waits for its day, and a deviation from the base catalogue to mend. Opening it twice adds nothing.
func TestSampleChanges(t *testing.T) {
	t.Parallel()
	cfg := testConfig(t, theCity.File(t))
	cfg.Demo = true
	a := theCity.open(t, cfg)
	for range 2 {
		if err := a.loadChanges(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if err := a.DB.Read(t.Context(), func(tx *db.Tx) error {
		count := map[catalog.ChangeState]int{}
		for no, waiting := range map[string]int{firstOfficer: 0, secondOfficer: 1} {
			who, err := a.staffOf(tx, no)
			if err != nil {
				return err
			}
			n, err := a.services.catalog.ToReview(tx, who)
			if err != nil {
				return err
			}
			if n != waiting {
				t.Errorf("%s has %d to review, want %d", no, n, waiting)
			}
			list, _, err := a.services.catalog.Changes(tx, who, catalog.ChangeFilter{Mine: true}, 0, 10)
			if err != nil {
				return err
			}
			for _, line := range list {
				c, err := a.services.catalog.Change(tx, line.ID)
				if err != nil {
					return err
				}
				count[c.State]++
				if c.State == catalog.ChangeApproved && c.Effective <= calendar.DateOf(tx.Now()) {
					t.Errorf("the change of %s is for %s", c.Code, c.Effective)
				}
			}
		}
		if len(count) != 3 || count[catalog.ChangeSubmitted] != 1 || count[catalog.ChangeDrafted] != 1 || count[catalog.ChangeApproved] != 1 {
			t.Errorf("changes: %v", count)
		}
		off, err := a.services.catalog.Conformity(tx)
		if err != nil || off.Off == 0 {
			t.Errorf("no deviation to mend: %+v, %v", off, err)
		}
		return a.services.catalog.Check(tx, func(string, int) {})
	}); err != nil {
		t.Fatal(err)
	}
}
