package office_test

import (
	"errors"
	"testing"

	"onedoor.app/domain/office"
	"onedoor.app/engine/ledger"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/db/dbtest"
)

// TestDeputiesAreWhatTheLedgerTells arranges deputies in every way, those of the
// package included, and finds each change behind the ledger's back.
func TestDeputiesAreWhatTheLedgerTells(t *testing.T) {
	t.Parallel()
	with := append([]dbtest.Schema{{Module: "ledger", Files: ledger.Schema}}, schemas...)
	dbtest.Each(t, with, func(t *testing.T, d *db.DB) {
		s := city(t, d) // loaded without a ledger: nothing is known of its deputies
		check := func(tx *db.Tx) error { return s.Check(tx, func(string, int) {}) }
		if err := d.Read(t.Context(), check); err == nil {
			t.Error("deputies without a record are not found")
		}
	})
	dbtest.Each(t, with, func(t *testing.T, d *db.DB) {
		box := city(t, dbtest.Open(t, t.TempDir()+"/other.db", with)).Box
		s := &office.Service{DB: d, Box: box, Log: func(tx *db.Tx, who auth.Actor, act, about string, facts any) error {
			return ledger.Log(tx, about, who, ledger.Draft{Act: act, Body: facts})
		}}
		load(t, s)
		s = at(t, s, "2026-03-02")
		chief, other, gone := id(t, s, "YC1020"), id(t, s, "YC1014"), id(t, s, "YC1042")
		var old []office.Arrangement
		read(t, s, func(tx *db.Tx) (err error) { old, err = s.Arrangements(tx, "SPJ-SY.chief", chief); return err })
		for _, err := range []error{
			s.EndDeputy(t.Context(), keeper, old[0].ID), set(s, t.Context(), "SPJ-SY.chief", chief, other, "2026-03-09", "2026-03-13"),
			set(s, t.Context(), "SPJ-SY.chief", chief, other, "2026-04-09", "2026-04-13"), s.Leave(t.Context(), keeper, "", gone),
		} {
			if err != nil {
				t.Fatal(err)
			}
		}
		read(t, s, func(tx *db.Tx) (err error) { old, err = s.Arrangements(tx, "SPJ-SY.chief", chief); return err })
		if err := s.EndDeputy(t.Context(), keeper, old[1].ID); err != nil { // not begun: taken back
			t.Fatal(err)
		}
		n := map[string]int{}
		read(t, s, func(tx *db.Tx) error { return s.Check(tx, func(what string, by int) { n[what] += by }) })
		if n["posts"] != 81 || n["deputies"] != 87 || n["members of staff"] != 87 {
			t.Errorf("looked at %v", n)
		}
		thrown := errors.New("thrown away")
		for _, damage := range []string{
			`UPDATE office_deputy SET to_on = '2026-12-31' WHERE to_on = '2026-03-13'`,
			`UPDATE office_deputy SET deputy = holder WHERE from_on = '2026-03-09'`,
			`DELETE FROM office_deputy WHERE from_on = '2026-03-09'`,
			`UPDATE office_staff SET active = FALSE WHERE staff_no = 'YC1044'`,
			`DELETE FROM ledger_entry WHERE act = 'office.left'`,
			`DELETE FROM ledger_entry WHERE act = 'office.deputy_ended'`,
		} {
			err := d.Write(t.Context(), func(tx *db.Tx) error {
				if n, err := tx.Change(damage); err != nil || n == 0 {
					t.Errorf("%s: %d rows, %v", damage, n, err)
					return err
				}
				if err := s.Check(tx, func(string, int) {}); err == nil {
					t.Errorf("not found: %s", damage)
				}
				return thrown
			})
			if !errors.Is(err, thrown) {
				t.Fatalf("%s: %v", damage, err)
			}
		}
	})
}
