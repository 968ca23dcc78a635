package office_test

import (
	"testing"

	"onedoor.app/domain/office"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/db/dbtest"
)

func TestAdopt(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := city(t, d)
		adopt := func(name, uscc string) (code string) {
			t.Helper()
			if err := d.Write(t.Context(), func(tx *db.Tx) (err error) {
				code, err = s.Adopt(tx, auth.Actor{Kind: auth.System}, name, uscc, "379900000000")
				return err
			}); err != nil {
				t.Fatal(err)
			}
			return code
		}
		if got := adopt("云川市民政局", ""); got != "MZJ" {
			t.Errorf("a known name is %s, want MZJ", got)
		}
		if got := adopt("民政局（旧名）", "113799009920Y60040"); got != "MZJ" {
			t.Errorf("a known code is %s, want MZJ", got)
		}
		first, other := adopt("区水务局", ""), adopt("区商务局", "")
		if again := adopt("区水务局", ""); first != again || first == other {
			t.Errorf("got %s, %s and again %s", first, other, again)
		}
		read(t, s, func(tx *db.Tx) error {
			for code, kind := range map[string]office.PostKind{".rev": office.Review, ".chief": office.Decide} {
				p, err := s.Post(tx, first+code)
				if err != nil || p.Kind != kind || p.Unit != first {
					t.Errorf("%s%s: %+v, %v", first, code, p, err)
				}
			}
			p, err := s.Post(tx, "MZJ.chief")
			if err != nil || p.Name != "首席代表岗" {
				t.Errorf("the post of a known unit became %+v (%v)", p, err)
			}
			return nil
		})
	})
}
