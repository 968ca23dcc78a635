package cases

import (
	"slices"
	"testing"
	"time"

	"onedoor.app/infra/db"
)

func TestPopularIsWhatPeopleApplyForLately(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		popular := func(want ...string) {
			t.Helper()
			w.read(func(tx *db.Tx) error {
				got, err := w.s.Popular(tx, 2)
				if !slices.Equal(got, want) {
					t.Errorf("popular are %v, want %v", got, want)
				}
				return err
			})
		}
		popular()
		w.submit(w.person(firm), "drainage-permit")
		for range 2 {
			w.submit(w.person(firm), "food-operation-new")
		}
		w.submit(w.person(firm), "social-insurance-open")
		popular("food-operation-new", "drainage-permit")
		w.now = w.now.Add(popularFor + time.Second)
		popular()
		w.submit(w.person(firm), "social-insurance-open")
		popular("social-insurance-open")
	})
}
