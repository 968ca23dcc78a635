package app

import (
	"testing"

	"onedoor.app/infra/db"
)

// The sample city opens with life on the pages of oversight: tasks that nobody has received yet, some received, most reported.
func TestSampleOversight(t *testing.T) {
	t.Parallel()
	a := theLived.open(t, testConfig(t, theLived.File(t)))
	if err := a.DB.Read(t.Context(), func(tx *db.Tx) error {
		for _, state := range []string{"told", "received", "done"} {
			var n int
			if err := tx.One(`SELECT COUNT(*) FROM oversight_task WHERE state = $1`, []any{state}, &n); err != nil {
				return err
			}
			if n < 3 {
				t.Errorf("%d tasks are %s", n, state)
			}
		}
		return a.services.oversight.Check(tx, func(string, int) {})
	}); err != nil {
		t.Fatal(err)
	}
}
