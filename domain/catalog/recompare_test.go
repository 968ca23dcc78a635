package catalog_test

import (
	"testing"

	"onedoor.app/domain/catalog"
	"onedoor.app/infra/db"
	"onedoor.app/infra/db/dbtest"
)

// What was compared before bodies were compared is compared anew when the program starts, and until then verify does not
// hold it against the rules of today.
func TestRecompare(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := loaded(t, d)
		it := current(t, s, foodItem)
		b, on := baseOf(t, s, it.BaseCode)
		b.Bodies = []string{"ANOTHER"}
		if err := s.PutBase(t.Context(), keeper, on, b, "行使主体另有规定"); err != nil {
			t.Fatal(err)
		}
		off := func() (n int) {
			read(t, d, func(tx *db.Tx) error {
				list, _, err := s.Implementations(tx, it.BaseCode, "", 50)
				for _, x := range list {
					for _, dev := range x.Deviations {
						if dev.Element == catalog.ElementBody {
							n++
						}
					}
				}
				return err
			})
			return n
		}
		want := off()
		if want == 0 {
			t.Fatal("nobody carries the power out in another name than that of the base")
		}
		if err := d.Write(t.Context(), func(tx *db.Tx) error {
			if err := tx.Exec(`DELETE FROM catalog_deviation WHERE element = 'body'`); err != nil {
				return err
			}
			return tx.Exec(`UPDATE catalog_carried SET rules = 0, off = 0 WHERE 1 = 1`)
		}); err != nil {
			t.Fatal(err)
		}
		check := func() {
			t.Helper()
			if err := d.Read(t.Context(), func(tx *db.Tx) error { return s.Check(tx, func(string, int) {}) }); err != nil {
				t.Error(err)
			}
		}
		check()
		if err := s.Recompare(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := off(); got != want {
			t.Errorf("%d deviate, want %d", got, want)
		}
		check()
	})
}
