package cases

import (
	"strings"
	"testing"

	"onedoor.app/infra/db"
)

// TestTownshipsAreThoseOfTheServedCity: the table may hold the whole country.
func TestTownshipsAreThoseOfTheServedCity(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		file := "code6,level,name,parent6\n370000,1,山东省,\n370200,2,青岛市,370000\n370202,3,市南区,370200\n"
		if _, err := w.s.Office.ImportRegions(t.Context(), strings.NewReader(file)); err != nil {
			t.Fatal(err)
		}
		w.read(func(tx *db.Tx) error {
			list, err := w.s.Townships(tx)
			if err != nil || len(list) < 4 {
				t.Errorf("%d townships, %v", len(list), err)
			}
			for _, d := range list {
				if !strings.HasPrefix(d.Code, "3799") {
					t.Errorf("%+v is elsewhere", d)
				}
				if known, err := w.s.Township(tx, d.Code); !known || err != nil {
					t.Errorf("%s: %t, %v", d.Code, known, err)
				}
			}
			for _, code := range []string{"370202000000", "379999999999", "379900000000", "x"} {
				if known, err := w.s.Township(tx, code); known || err != nil {
					t.Errorf("%s: %t, %v", code, known, err)
				}
			}
			return nil
		})
	})
}
