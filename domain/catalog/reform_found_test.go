package catalog

import (
	"errors"
	"math/rand/v2"
	"testing"
	"time"

	"onedoor.app/engine/calendar"
	"onedoor.app/engine/ledger"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/db/dbtest"
)

// TestWhatWasThereBeforeEvidenceIsProvedOnce: a database that loaded reforms and seals when nobody kept evidence of them is
// proved after one start of the program, also what is done with them since; what is put into the tables afterwards, or
// changed, is found.
func TestWhatWasThereBeforeEvidenceIsProvedOnce(t *testing.T) {
	dbtest.Each(t, proved, func(t *testing.T, d *db.DB) {
		h := &history{t: t, now: calendar.NewDate(2025, 1, 5).Start(), rnd: rand.New(rand.NewPCG(4, 4))} //nolint:gosec // a test's dice
		h.s = &Service{DB: d.WithClock(func() time.Time { return h.now })}
		tamperReforms(t, h) // without evidence
		h.s.Log = func(tx *db.Tx, who auth.Actor, act, about string, facts any) error {
			return ledger.Log(tx, about, who, ledger.Draft{Act: act, Body: facts})
		}
		check := func(tx *db.Tx) error { return h.s.checkReforms(tx, func(string, int) {}) }
		if err := h.s.DB.Read(t.Context(), check); err == nil {
			t.Fatal("it is proved without evidence")
		}
		for range 2 {
			if err := h.s.BeginEvidence(t.Context()); err != nil {
				t.Fatal(err)
			}
			h.now = h.now.Add(time.Hour)
		}
		if err := h.s.DB.Read(t.Context(), check); err != nil {
			t.Fatal(err)
		}
		var reform, seal int64
		var lock int
		if err := h.s.DB.Read(t.Context(), func(tx *db.Tx) error {
			if err := tx.One(`SELECT MAX(id) FROM catalog_reform WHERE corrected_by = 0`, nil, &reform); err != nil {
				return err
			}
			return tx.One(`SELECT id, version FROM catalog_seal`, nil, &seal, &lock)
		}); err != nil {
			t.Fatal(err)
		}
		if err := h.s.ActOnSeal(t.Context(), officer, "", seal, lock, SealStep{Act: SealDestroy, Day: "2024-05-01", Document: "文"}); err != nil {
			t.Fatal(err)
		}
		better := h.entry("item-9")
		better.Reason = "登记有误"
		if _, err := h.s.CorrectReform(t.Context(), officer, "", reform, better); err != nil {
			t.Fatal(err)
		}
		if err := h.s.DB.Read(t.Context(), check); err != nil {
			t.Fatalf("after more was done with it: %v", err)
		}
		undo := errors.New("undo")
		for _, query := range []string{
			`UPDATE catalog_reform SET name = 'x' WHERE id = (SELECT MIN(id) FROM catalog_reform)`,
			`UPDATE catalog_reform SET staff = 99 WHERE id = (SELECT MIN(id) FROM catalog_reform)`,
			`UPDATE catalog_reform SET at = at - 1 WHERE id = (SELECT MIN(id) FROM catalog_reform)`,
			`DELETE FROM catalog_reform WHERE id = (SELECT MIN(id) FROM catalog_reform)`,
			`INSERT INTO catalog_reform (` + reformColumns + `, staff) SELECT 1, kind, item, 'made up', base, from_unit, to_unit, document, document_day, effective,
				NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, note, '', 0, 0, FALSE, at, staff FROM catalog_reform WHERE id = (SELECT MAX(id) FROM catalog_reform)`,
			`UPDATE catalog_seal SET number = '1' WHERE 1 = 1`,
			`UPDATE catalog_seal_act SET place = 'x' WHERE seq = 2`,
			`UPDATE catalog_seal_act SET staff = 99 WHERE seq = 1`,
			`DELETE FROM catalog_seal_act WHERE seq = 1`,
			`DELETE FROM catalog_seal_act WHERE seq = 3`,
			`DELETE FROM catalog_seal WHERE 1 = 1`,
		} {
			err := h.s.DB.Write(t.Context(), func(tx *db.Tx) error {
				if n, err := tx.Change(query); err != nil || n == 0 {
					t.Errorf("%s: %d rows, %v", query, n, err)
					return undo
				}
				if check(tx) == nil {
					t.Errorf("%s: not found", query)
				}
				return undo
			})
			if !errors.Is(err, undo) {
				t.Fatal(err)
			}
		}
		made := `INSERT INTO catalog_reform (` + reformColumns + `, staff) SELECT 1, kind, item, 'made up', base, from_unit, to_unit, document, document_day, effective,
			NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, note, '', 0, 0, FALSE, at, staff FROM catalog_reform WHERE id = (SELECT MAX(id) FROM catalog_reform)`
		if err := h.s.DB.Write(t.Context(), func(tx *db.Tx) error { return tx.Exec(made) }); err != nil {
			t.Fatal(err)
		}
		if err := h.s.BeginEvidence(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := h.s.DB.Read(t.Context(), check); err == nil {
			t.Error("another start of the program proves what was put there since")
		}
	})
}

// TestWhatHasEvidenceIsNotFound: where evidence was kept from the first day, the first start writes down nothing but that
// it looked.
func TestWhatHasEvidenceIsNotFound(t *testing.T) {
	dbtest.Each(t, proved, func(t *testing.T, d *db.DB) {
		h := &history{t: t, now: calendar.NewDate(2025, 1, 5).Start(), rnd: rand.New(rand.NewPCG(4, 4))} //nolint:gosec // a test's dice
		found := 0
		h.s = &Service{DB: d.WithClock(func() time.Time { return h.now }), Log: func(tx *db.Tx, who auth.Actor, act, about string, facts any) error {
			if act == actReformFound || act == actSealFound {
				found++
			}
			return ledger.Log(tx, about, who, ledger.Draft{Act: act, Body: facts})
		}}
		tamperReforms(t, h)
		if err := h.s.BeginEvidence(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := h.s.DB.Read(t.Context(), func(tx *db.Tx) error { return h.s.checkReforms(tx, func(string, int) {}) }); err != nil || found > 0 {
			t.Errorf("%d found, %v", found, err)
		}
	})
}
