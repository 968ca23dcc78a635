package cases

import (
	"testing"

	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

// TestTheReviewerAsksAndTheHeadExtends: the request is a record that moves no limit, waits in the inbox of the head until
// the head extends, and is none of the applicant's papers.
func TestTheReviewerAsksAndTheHeadExtends(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		id := w.taken(nil)
		head, rev := w.staff(bureauHead), w.staff("yc1021")
		waiting := func() (n int) {
			w.read(func(tx *db.Tx) error {
				rows, err := w.s.LongerWaiting(tx, head, 20)
				n = len(rows)
				return err
			})
			return n
		}
		before := w.state(id).Matter.Clocks
		if _, err := w.s.AskLonger(ctx, w.staff(clerk), On{Case: id}, "案情复杂，需要论证"); !fault.Is(err, fault.Forbidden) {
			t.Errorf("the window asks: %v", err)
		}
		if _, err := w.s.AskLonger(ctx, rev, On{Case: id}, "急"); fieldsOf(err)["reason"] != "cases.reason_missing" {
			t.Errorf("without a reason: %v", err)
		}
		if _, err := w.s.AskLonger(ctx, rev, On{Case: id}, "案情复杂，需要论证"); err != nil {
			t.Fatal(err)
		}
		if _, err := w.s.AskLonger(ctx, rev, On{Case: id}, "案情复杂，需要论证"); fault.Code(err) != "cases.longer_asked" {
			t.Errorf("asked twice: %v", err)
		}
		if n := waiting(); n != 1 {
			t.Errorf("%d wait for the head", n)
		}
		for i, c := range w.state(id).Matter.Clocks {
			if c.Due != before[i].Due {
				t.Errorf("%s moved by the request alone", c.Name)
			}
		}
		if _, err := w.s.Extend(ctx, head, On{Case: id}, Longer{Days: 5, Reason: "案情复杂，需要论证"}); err != nil {
			t.Fatal(err)
		}
		if n := waiting(); n != 0 {
			t.Errorf("%d wait after the extension", n)
		}
		w.verify()
	})
}
