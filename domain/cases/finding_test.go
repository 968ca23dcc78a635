package cases

import (
	"testing"

	"onedoor.app/infra/db"
)

// XKF 32: silence that became an acceptance, and a matter that was not told at once, are brought to the supervisor; the
// page turns by key and strangers see nothing.
func TestXKF32TheSupervisorIsToldOfSilenceAndOfLateWord(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		silent := w.received(nil)
		w.pass1(8)
		if _, err := w.s.Tick(t.Context(), 100); err != nil {
			t.Fatal(err)
		}
		late := w.submit(w.person(zhou), "elder-card").Case
		w.pass1(2)
		if _, err := w.s.NotAccept(t.Context(), w.staff(clerk), On{Case: late}, GroundNotCompetent, "不属于本机关职权", "", "市民政局"); err != nil {
			t.Fatal(err)
		}
		w.read(func(tx *db.Tx) error {
			first, next, err := w.s.Noticed(tx, w.staff(supervisor), Key{}, 1)
			if err != nil || len(first) != 1 || first[0].Case != late || first[0].Finding != FindingNotAtOnce {
				t.Errorf("the first page: %+v %v", first, err)
			}
			rest, next, err := w.s.Noticed(tx, w.staff(supervisor), ParseKey(next.String()), 9)
			if err != nil || len(rest) != 1 || rest[0].Case != silent || rest[0].Finding != FindingDeemed || next != (Key{}) {
				t.Errorf("the second: %+v %v %v", rest, next, err)
			}
			none, _, err := w.s.Noticed(tx, w.person(zhou), Key{}, 9)
			for _, n := range none {
				if n.Case == silent {
					t.Error("a stranger is told of another's case")
				}
			}
			return err
		})
		w.verify()
	})
}
