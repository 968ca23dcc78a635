package catalog

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"onedoor.app/engine/calendar"
	"onedoor.app/engine/ledger"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/db/dbtest"
	"onedoor.app/infra/fault"
)

var proved = append(slices.Clone(measured), dbtest.Schema{Module: "ledger", Files: ledger.Schema})

var officer = auth.Actor{ID: 5, Kind: auth.Staff, Staff: 5, Rights: []string{Keep}}

// Whatever somebody changes in the tables of lists, measures, reforms and seals without the program, Check finds.
func TestCheckFindsTampering(t *testing.T) {
	dbtest.Each(t, proved, func(t *testing.T, d *db.DB) {
		h := provedHistory(t, d)
		for range 40 {
			h.step()
		}
		tamperReforms(t, h)
		if err := h.publish("item-1"); err != nil {
			t.Fatal(err)
		}
		if err := h.s.Suspend(t.Context(), suspender, "item-1", "清理"); err != nil {
			t.Fatal(err)
		}
		h.now = h.now.AddDate(0, 0, 1)
		for n := range 6 { // all items stand on their lists again
			if err := h.s.Restore(t.Context(), suspender, fmt.Sprintf("item-%d", n)); err != nil && !fault.Is(err, fault.Unknown) {
				t.Fatal(err)
			}
		}
		Upgraded(t, h.s) // nobody brought the items in force
		check := func(tx *db.Tx) error { return h.s.Check(tx, func(string, int) {}) }
		if err := h.s.DB.Read(t.Context(), check); err != nil {
			t.Fatalf("nothing was changed: %v", err)
		}
		undo := errors.New("undo")
		for _, query := range []string{
			`UPDATE catalog_reform SET name = 'x' WHERE id = (SELECT MIN(id) FROM catalog_reform)`,
			`UPDATE catalog_reform SET before_materials = 99 WHERE id = (SELECT MAX(id) FROM catalog_reform)`,
			`UPDATE catalog_reform SET staff = 7 WHERE id = (SELECT MAX(id) FROM catalog_reform)`,
			`UPDATE catalog_reform SET at = at - 1 WHERE id = (SELECT MAX(id) FROM catalog_reform)`,
			`UPDATE catalog_reform SET corrected_by = 0 WHERE corrected_by <> 0`,
			`UPDATE catalog_reform SET corrected_by = id + 1 WHERE corrected_by = 0 AND id = (SELECT MAX(id) FROM catalog_reform)`,
			`DELETE FROM catalog_reform WHERE id = (SELECT MAX(id) FROM catalog_reform)`,
			`INSERT INTO catalog_reform (` + reformColumns + `, staff) SELECT 1, kind, item, 'made up', base, from_unit, to_unit, document, document_day, effective,
				NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, note, '', 0, 0, FALSE, at, staff FROM catalog_reform WHERE id = (SELECT MAX(id) FROM catalog_reform)`,
			`UPDATE catalog_seal SET number = '1' WHERE 1 = 1`,
			`UPDATE catalog_seal SET state = 'in_use' WHERE 1 = 1`,
			`UPDATE catalog_seal SET day = '2020-01-01' WHERE 1 = 1`,
			`UPDATE catalog_seal SET version = 1 WHERE 1 = 1`,
			`DELETE FROM catalog_seal WHERE 1 = 1`,
			`UPDATE catalog_seal_act SET place = 'x' WHERE seq = 2`,
			`UPDATE catalog_seal_act SET staff = 7 WHERE seq = 1`,
			`DELETE FROM catalog_seal_act WHERE seq = 2`,
			`UPDATE catalog_seal_act SET seal = seal + 1 WHERE seq = 2`,
			`DELETE FROM catalog_facet WHERE kind = 'list' AND value = 'powers' AND item = (SELECT MIN(id) FROM catalog_item)`,
			`INSERT INTO catalog_facet (kind, value, place, item) SELECT 'list', 'intermediary', place, id FROM catalog_item WHERE id = (SELECT MIN(id) FROM catalog_item)`,
			`INSERT INTO catalog_facet (kind, value, place, item) VALUES ('list', 'powers', 'x', 1)`,
			`UPDATE catalog_facet SET place = 'x' WHERE kind = 'list' AND value = 'powers' AND item = (SELECT MIN(id) FROM catalog_item)`,
			`UPDATE catalog_item SET place = 'x' WHERE id = (SELECT MIN(id) FROM catalog_item)`,
			`UPDATE catalog_list SET changed = 1 WHERE kind = 'powers'`,
			`UPDATE catalog_list SET changed = changed + 9000000000000 WHERE kind = 'powers'`,
			`DELETE FROM catalog_list WHERE kind = 'powers'`,
			`UPDATE catalog_measure SET promised = promised + 1 WHERE version = (SELECT MIN(version) FROM catalog_measure)`,
			`UPDATE catalog_measure SET body_unit = 'C' WHERE version = (SELECT MIN(version) FROM catalog_measure)`,
			`UPDATE catalog_measure SET until_day = '2024-01-01' WHERE version = (SELECT MIN(version) FROM catalog_measure)`,
			`UPDATE catalog_measure SET materials_before = materials_before + 1 WHERE version = (SELECT MIN(version) FROM catalog_measure)`,
			`UPDATE catalog_measure SET steps_before = steps_before + 1 WHERE version = (SELECT MIN(version) FROM catalog_measure)`,
			`UPDATE catalog_measure SET item = item + 1 WHERE version = (SELECT MIN(version) FROM catalog_measure)`,
			`DELETE FROM catalog_measure WHERE version = (SELECT MIN(version) FROM catalog_measure)`,
			`UPDATE catalog_sum SET online = online + 1 WHERE body_unit = 'A' AND day = (SELECT MIN(day) FROM catalog_sum WHERE body_unit = 'A')`,
			`DELETE FROM catalog_sum WHERE body_unit = 'B' AND day = (SELECT MIN(day) FROM catalog_sum WHERE body_unit = 'B')`,
			`UPDATE catalog_suspension SET until_day = since_day WHERE id = (SELECT MAX(id) FROM catalog_suspension)`,
			`UPDATE catalog_suspension SET since_day = '2024-01-01' WHERE id = (SELECT MAX(id) FROM catalog_suspension)`,
			`UPDATE catalog_suspension SET reason = 'x' WHERE id = (SELECT MAX(id) FROM catalog_suspension)`,
			`UPDATE catalog_suspension SET staff = 7 WHERE id = (SELECT MIN(id) FROM catalog_suspension)`,
			`UPDATE catalog_suspension SET staff_name = 'x' WHERE id = (SELECT MIN(id) FROM catalog_suspension)`,
			`DELETE FROM catalog_suspension WHERE id = (SELECT MIN(id) FROM catalog_suspension)`,
			`UPDATE catalog_version SET body = REPLACE(body, '"visits":1', '"visits":2') WHERE body LIKE '%"visits":1%'`,
			`UPDATE catalog_version SET hash = 'x' WHERE number = 1`,
			`UPDATE catalog_version SET at = at + 1 WHERE id = (SELECT MAX(id) FROM catalog_version)`,
			`UPDATE catalog_version SET staff = 7 WHERE id = (SELECT MAX(id) FROM catalog_version)`,
			`INSERT INTO catalog_sum (body_unit, day, ` + sumNames + `) VALUES ('Z', '2025-01-01', 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)`,
		} {
			err := h.s.DB.Write(t.Context(), func(tx *db.Tx) error {
				n, err := tx.Change(query)
				switch {
				case err != nil:
					t.Errorf("%s: %v", query, err)
				case n == 0:
					t.Errorf("%s: changed nothing", query)
				default:
					if err = check(tx); err == nil {
						t.Errorf("%s: not found", query)
					} else {
						t.Log(err)
					}
				}
				return undo
			})
			if !errors.Is(err, undo) {
				t.Fatal(err)
			}
		}
		if err := h.s.DB.Read(t.Context(), check); err != nil {
			t.Errorf("after all was undone: %v", err)
		}
	})
}

// tamperReforms makes a corrected entry and a seal with two acts, written by a person.
func tamperReforms(t *testing.T, h *history) {
	t.Helper()
	s, ctx := h.s, t.Context()
	id, err := s.EnterReform(ctx, officer, "", h.entry("item-1"))
	if err != nil {
		t.Fatal(err)
	}
	better := h.entry("item-2")
	better.Reason = "登记有误"
	if _, err := s.CorrectReform(ctx, officer, "", id, better); err != nil {
		t.Fatal(err)
	}
	if _, err := s.EnterReform(ctx, officer, "", h.entry("item-3")); err != nil {
		t.Fatal(err)
	}
	seal, err := s.EnterSeal(ctx, officer, "", Seal{Name: "专用章", Number: "3799", Unit: "A", Reform: id})
	if err != nil {
		t.Fatal(err)
	}
	for on, p := range []SealStep{{Act: SealRetire, Day: "2024-04-01", Document: "文"}, {Act: SealKeep, Day: "2024-04-02", Place: "室", Keeper: "岗"}} {
		if err := s.ActOnSeal(ctx, officer, "", seal, on, p); err != nil {
			t.Fatal(err)
		}
	}
}

// An item that is taken from the lists stays off them when the rules of measuring change.
func TestRemeasureLeavesOffWhatIsOff(t *testing.T) {
	dbtest.Each(t, measured, func(t *testing.T, d *db.DB) {
		h := &history{t: t, now: calendar.NewDate(2025, 1, 5).Start(), rnd: rand.New(rand.NewPCG(7, 7))} //nolint:gosec // a test's dice
		h.s = &Service{DB: d.WithClock(func() time.Time { return h.now })}
		if err := h.publish("item-1"); err != nil {
			t.Fatal(err)
		}
		if err := h.s.DB.Write(t.Context(), func(tx *db.Tx) error {
			if err := insertSuspension(tx, Suspension{Code: "item-1", Reason: "清理"}); err != nil {
				return err
			}
			return tx.Exec(`UPDATE catalog_measure SET rules = 0 WHERE 1 = 1`)
		}); err != nil {
			t.Fatal(err)
		}
		if err := h.s.Remeasure(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := h.s.DB.Read(t.Context(), func(tx *db.Tx) error { return h.s.Check(tx, func(string, int) {}) }); err != nil {
			t.Error(err)
		}
	})
}
