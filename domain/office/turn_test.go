package office_test

import (
	"fmt"
	"sync"
	"testing"

	"onedoor.app/domain/office"
	"onedoor.app/infra/db"
	"onedoor.app/infra/db/dbtest"
	"onedoor.app/infra/fault"
)

// atOnce runs n calls at the same time and returns their errors.
func atOnce(n int, do func(i int) error) []error {
	errs := make([]error, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { errs[i] = do(i) })
	}
	wg.Wait()
	return errs
}

func TestWhatIsAddedAtOnceIsAllThere(t *testing.T) {
	t.Parallel()
	const n = 8
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s, ctx := opened(t, d), t.Context()
		units, posts := count(t, s, `SELECT COUNT(*) FROM office_unit`), count(t, s, `SELECT COUNT(*) FROM office_post`)
		for _, errs := range [][]error{
			atOnce(n, func(i int) error {
				_, err := s.AddUnit(ctx, keeper, "", office.Unit{Name: fmt.Sprintf("第%d局", i), Kind: office.Department})
				return err
			}),
			atOnce(n, func(i int) error {
				_, err := s.AddPost(ctx, keeper, "", office.Post{Unit: "SPJ", Name: fmt.Sprintf("%d号岗", i), Kind: office.Review})
				return err
			}),
		} {
			for _, err := range errs {
				if err != nil {
					t.Error(err)
				}
			}
		}
		if got := count(t, s, `SELECT COUNT(*) FROM office_unit`) - units; got != n {
			t.Errorf("%d units were added, want %d", got, n)
		}
		if got := count(t, s, `SELECT COUNT(*) FROM office_post`) - posts; got != n {
			t.Errorf("%d posts were added, want %d", got, n)
		}
		won := map[string]int{}
		for _, err := range atOnce(n, func(i int) error {
			_, err := s.AddUnit(ctx, keeper, "", office.Unit{Code: "MZJ", Name: fmt.Sprintf("民政%d局", i), Kind: office.Department})
			return err
		}) {
			won[flaw(err, "code")]++
		}
		for _, err := range atOnce(n, func(i int) error {
			return s.AddWindow(ctx, keeper, "", office.Window{Code: "A01", Name: fmt.Sprintf("综合%d窗", i), Kind: "generic", Zone: "一楼", Post: "SPJ-ZH.clerk"})
		}) {
			won[flaw(err, "code")]++
		}
		if won[""] != 2 || won["office.unit_code_taken"] != n-1 || won["office.window_taken"] != n-1 {
			t.Errorf("got %v", won)
		}
		checked(t, s)
	})
}

// TestWhoLeavesWhileADeputyIsArranged lets both happen at once and takes the holder back:
// no arrangement comes back with them.
func TestWhoLeavesWhileADeputyIsArranged(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s, ctx := opened(t, d), t.Context()
		deputy := person(t, s, "YC1006", "SPJ")
		for i := range 4 {
			holder := person(t, s, fmt.Sprintf("YC20%02d", i), "SPJ")
			if err := s.Appoint(ctx, keeper, "", "SPJ-ZH.clerk", holder); err != nil {
				t.Fatal(err)
			}
			atOnce(2, func(i int) error {
				if i == 0 {
					return s.Leave(ctx, keeper, "", holder)
				}
				return set(s, ctx, "SPJ-ZH.clerk", holder, deputy, "", "")
			})
			if _, err := s.Return(ctx, keeper, "", holder); err != nil {
				t.Fatal(err)
			}
		}
		if a := actor(t, s, "YC1006"); len(a.Posts) != 0 {
			t.Errorf("the deputy of who left stands in again: %v", a.Posts)
		}
		checked(t, s)
	})
}

func TestDeputiesAskForTheRightAndTakeAFormOnce(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s, ctx := at(t, city(t, d), "2026-03-02"), t.Context()
		a := office.Arrangement{Post: "SPJ-SY.chief", Holder: id(t, s, "YC1020"), Deputy: id(t, s, "YC1014"), From: "2026-03-09", To: "2026-03-13"}
		var old []office.Arrangement
		read(t, s, func(tx *db.Tx) (err error) { old, err = s.Arrangements(tx, a.Post, a.Holder); return err })
		nobody := keeper
		nobody.Rights = nil
		if err := s.SetDeputy(ctx, nobody, "", a); fault.Code(err) != "right.missing" {
			t.Errorf("setting: %v", err)
		}
		if err := s.EndDeputy(ctx, nobody, "", old[0].ID); fault.Code(err) != "right.missing" {
			t.Errorf("ending: %v", err)
		}
		for range 2 {
			if err := s.EndDeputy(ctx, keeper, "k1", old[0].ID); err != nil {
				t.Error(err)
			}
		}
		for range 2 {
			if err := s.SetDeputy(ctx, keeper, "k2", a); err != nil {
				t.Errorf("the same form again: %v", err)
			}
		}
	})
}
