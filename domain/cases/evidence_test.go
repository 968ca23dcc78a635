package cases

import (
	"strings"
	"testing"

	"onedoor.app/engine/ledger"
	"onedoor.app/infra/db"
)

// TestTheEvidenceHoldsNoPlace: where an applicant lives, and what could be guessed
// from a plain digest, stays in the house; the ledger still finds a change.
func TestTheEvidenceHoldsNoPlace(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		window, id := w.staff(clerk), w.submit(w.person(firm), "food-operation-new").Case
		var to string
		w.read(func(tx *db.Tx) error {
			list, err := w.s.Townships(tx)
			to = list[len(list)-1].Code
			return err
		})
		was := w.state(id).Division
		if _, err := w.s.Locate(t.Context(), window, On{Case: id}, to); err != nil {
			t.Fatal(err)
		}
		w.read(func(tx *db.Tx) error {
			entries, err := ledger.Chain(tx, Chain(id))
			for _, e := range entries {
				if strings.Contains(e.Body, to) || was != "" && strings.Contains(e.Body, was) {
					t.Errorf("%s: %s", e.Act, e.Body)
				}
			}
			trail, err2 := listTrail(tx, id)
			for _, line := range trail {
				if line.Act == actPlace && line.Note != "" {
					t.Errorf("the note says %q", line.Note)
				}
			}
			if err == nil {
				err = err2
			}
			return err
		})
		w.verify()
		if err := w.s.DB.Write(t.Context(), func(tx *db.Tx) error {
			return tx.Exec(`UPDATE cases SET division = $1 WHERE id = $2`, "379901001000", id)
		}); err != nil {
			t.Fatal(err)
		}
		w.read(func(tx *db.Tx) error {
			if err := w.s.Verify(tx, func(string, int) {}); err == nil || !strings.Contains(err.Error(), "its place") {
				t.Errorf("another place: %v", err)
			}
			return nil
		})
	})
}
