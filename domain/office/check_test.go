package office_test

import (
	"errors"
	"testing"

	"onedoor.app/domain/office"
	"onedoor.app/infra/db"
	"onedoor.app/infra/db/dbtest"
)

// TestTheOfficeIsWhatTheLedgerTells keeps an office in every way, that of the
// package included, and finds each change behind the ledger's back.
func TestTheOfficeIsWhatTheLedgerTells(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := at(t, city(t, d), "2026-03-02")
		chief, other, gone := id(t, s, "YC1020"), id(t, s, "YC1014"), id(t, s, "YC1042")
		var old []office.Arrangement
		read(t, s, func(tx *db.Tx) (err error) { old, err = s.Arrangements(tx, "SPJ-SY.chief", chief); return err })
		for _, err := range []error{
			s.EndDeputy(t.Context(), keeper, "", old[0].ID), set(s, t.Context(), "SPJ-SY.chief", chief, other, "2026-03-09", "2026-03-13"),
			set(s, t.Context(), "SPJ-SY.chief", chief, other, "2026-04-09", "2026-04-13"), s.Leave(t.Context(), keeper, "", gone),
			s.Relieve(t.Context(), keeper, "", "SPJ-ZH.clerk", id(t, s, "YC1005")), s.Appoint(t.Context(), keeper, "", "SPJ-SY.rev", id(t, s, "YC1005")),
			s.ChangePerson(t.Context(), keeper, "", other, office.Newcomer{Name: "汤若云", Unit: "SPJ"}), s.RenamePost(t.Context(), keeper, "", "SPJ-SY.rev", "审查二岗"),
			s.CloseWindow(t.Context(), keeper, "", "W03"),
		} {
			if err != nil {
				t.Fatal(err)
			}
		}
		read(t, s, func(tx *db.Tx) (err error) { old, err = s.Arrangements(tx, "SPJ-SY.chief", chief); return err })
		if err := s.EndDeputy(t.Context(), keeper, "", old[1].ID); err != nil { // not begun: taken back
			t.Fatal(err)
		}
		n := map[string]int{}
		read(t, s, func(tx *db.Tx) error { return s.Check(tx, func(what string, by int) { n[what] += by }) })
		if n["units"] != 52 || n["posts"] != 94 || n["deputies"] == 0 || n["members of staff"] != 102 || n["windows"] != 9 {
			t.Errorf("looked at %v", n)
		}
		thrown := errors.New("thrown away")
		for _, damage := range []string{
			`UPDATE office_deputy SET to_on = '2026-12-31' WHERE to_on = '2026-03-13'`,
			`UPDATE office_deputy SET deputy = holder WHERE from_on = '2026-03-09'`,
			`DELETE FROM office_deputy WHERE from_on = '2026-03-09'`,
			`UPDATE office_staff SET active = FALSE WHERE staff_no = 'YC1044'`,
			`DELETE FROM ledger_entry WHERE act = 'office.left'`,
			`INSERT INTO office_holding (staff, post, place) SELECT id, 'SPJ-XX.sys', 9 FROM office_staff WHERE staff_no = 'YC1044'`,
			`INSERT INTO office_staff_role (staff, role) SELECT id, 'system_admin' FROM office_staff WHERE staff_no = 'YC1044'`,
			`DELETE FROM office_staff_role WHERE role = 'audit_admin'`,
			`INSERT INTO office_staff (id, staff_no, name, unit, active) VALUES (1, 'YC9999', '某某', 'SPJ', TRUE)`,
			`UPDATE office_staff SET unit = 'SPJ' WHERE staff_no = 'YC1044'`,
			`UPDATE office_post SET kind = 'decide' WHERE code = 'SPJ-SY.rev'`,
			`INSERT INTO office_post (code, unit, name, kind, place) VALUES ('SPJ.sys2', 'SPJ', '岗', 'sysadmin', 99)`,
			`UPDATE office_unit SET body = '' WHERE code = 'MZJ'`,
			`INSERT INTO office_unit (code, name, kind, parent, body, division, nature, note, place) VALUES ('X', '局', 'department', '', '', '', '1', '', 99)`,
			`UPDATE office_window SET zone = '二楼' WHERE code = 'W01'`,
			`DELETE FROM office_window WHERE code = 'W01'`,
			`UPDATE office_hall SET address = ''`,
			`DELETE FROM ledger_entry WHERE chain LIKE 'office:staff:%' AND act = 'office.relieved'`,
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
