package catalog

import (
	"errors"
	"math/rand/v2"
	"strings"
	"sync"
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
		h.brought()
		h.s.Log = ledgerLog
		check := func(tx *db.Tx) error { return h.s.checkReforms(tx, func(string, int) {}) }
		if err := h.s.DB.Read(t.Context(), check); err == nil {
			t.Fatal("it is proved without evidence")
		}
		broughtBefore(t, h.s.DB)
		waiting := map[string]int{}
		if err := h.s.DB.Read(t.Context(), func(tx *db.Tx) error {
			return h.s.checkReforms(tx, func(what string, n int) { waiting[what] += n })
		}); err != nil || waiting["entries of reform still to be written down at the next start"] == 0 || waiting["seals still to be written down at the next start"] != 1 {
			t.Errorf("before the first start after an upgrade: %v, told %v", err, waiting)
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

// brought makes what is in the ledger of reform what a package brought.
func (h *history) brought() {
	h.t.Helper()
	if err := h.s.DB.Write(h.t.Context(), func(tx *db.Tx) error {
		if err := tx.Exec(`UPDATE catalog_reform SET source = CAST(id AS TEXT) WHERE source IS NULL`); err != nil {
			return err
		}
		return tx.Exec(`UPDATE catalog_seal SET source = CAST(id AS TEXT) WHERE source IS NULL`)
	}); err != nil {
		h.t.Fatal(err)
	}
}

// provedHistory is one whose acts are kept as evidence.
func provedHistory(t *testing.T, d *db.DB) *history {
	h := &history{t: t, now: calendar.NewDate(2025, 1, 5).Start(), rnd: rand.New(rand.NewPCG(4, 4))} //nolint:gosec // a test's dice
	h.s = &Service{DB: d.WithClock(func() time.Time { return h.now }), Log: ledgerLog}
	return h
}

// TestNothingIsFoundInADatabaseMadeAnew: what somebody puts into the tables of a database that has always had evidence is
// not believed at the first start, nor is what a person entered where a package could have.
func TestNothingIsFoundInADatabaseMadeAnew(t *testing.T) {
	dbtest.Each(t, proved, func(t *testing.T, d *db.DB) {
		h := provedHistory(t, d)
		if _, err := h.s.EnterReform(t.Context(), officer, "", h.entry("item-1")); err != nil {
			t.Fatal(err)
		}
		check := func(tx *db.Tx) error { return h.s.checkReforms(tx, func(string, int) {}) }
		made := `INSERT INTO catalog_reform (` + reformColumns + `, staff) SELECT 1, kind, item, 'made up', base, from_unit, to_unit, document, document_day, effective,
			NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, note, '', 0, 0, FALSE, at, staff FROM catalog_reform WHERE id = (SELECT MAX(id) FROM catalog_reform)`
		if err := h.s.DB.Write(t.Context(), func(tx *db.Tx) error { return tx.Exec(made) }); err != nil {
			t.Fatal(err)
		}
		if err := h.s.BeginEvidence(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := h.s.DB.Read(t.Context(), check); err == nil {
			t.Error("what was made up is believed")
		}
	})
	dbtest.Each(t, proved, func(t *testing.T, d *db.DB) { // and at an upgrade
		h := provedHistory(t, d)
		h.s.Log = nil
		if _, err := h.s.EnterReform(t.Context(), officer, "", h.entry("item-1")); err != nil {
			t.Fatal(err)
		}
		Upgraded(t, h.s)
		if err := h.s.DB.Read(t.Context(), func(tx *db.Tx) error { return h.s.checkReforms(tx, func(string, int) {}) }); err == nil {
			t.Error("what a person entered without evidence is believed")
		}
	})
}

// TestWhatIsFoundIsNamed: more rows than one unit of work takes are all found, once however many programs begin, and whoever
// audits learns how many and which.
func TestWhatIsFoundIsNamed(t *testing.T) {
	dbtest.Each(t, proved, func(t *testing.T, d *db.DB) {
		h := provedHistory(t, d)
		h.s.Log = nil
		const rows = foundBatch + 20
		for range rows {
			if _, err := h.s.EnterReform(t.Context(), system, "", h.entry("item-1")); err != nil {
				t.Fatal(err)
			}
		}
		h.brought()
		broughtBefore(t, h.s.DB)
		h.s.Log = ledgerLog
		var wg sync.WaitGroup
		for range 3 {
			wg.Go(func() {
				if err := h.s.BeginEvidence(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		counts := map[string]int{}
		if err := h.s.DB.Read(t.Context(), func(tx *db.Tx) error {
			b, err := begun(tx)
			if err != nil || b.ends != 1 {
				t.Errorf("not done: %+v, %v", b, err)
			}
			return h.s.checkReforms(tx, func(what string, n int) { counts[what] += n })
		}); err != nil {
			t.Fatal(err)
		}
		named := 0
		for what := range counts {
			if strings.HasPrefix(what, "entries of reform found without evidence: ") {
				named++
			}
		}
		if counts["entries of reform found without evidence"] != rows || named != mostNamed {
			t.Errorf("%d found, %d named", counts["entries of reform found without evidence"], named)
		}
	})
}

// TestWhatWasFoundBesideEvidence: programs wrote down once more, as found, seals of which there was whole evidence. That is
// believed where it says the same, and nothing else is.
func TestWhatWasFoundBesideEvidence(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*sealFound)
		ok     bool
	}{
		"the same":   {func(*sealFound) {}, true},
		"other acts": {func(f *sealFound) { f.Steps = f.Steps[1:] }, false},
		"another":    {func(f *sealFound) { f.Seal["number"] = "1" }, false},
	} {
		t.Run(name, func(t *testing.T) {
			dbtest.Each(t, proved, func(t *testing.T, d *db.DB) {
				h := provedHistory(t, d)
				tamperReforms(t, h)
				var seal int64
				if err := h.s.DB.Write(t.Context(), func(tx *db.Tx) error {
					if err := h.s.Log(tx, finder, actBegun, begunChain, struct{}{}); err != nil {
						return err
					}
					list, err := listProvedSeals(tx, 0, 1)
					if err != nil {
						return err
					}
					seal = list[0].ID
					steps, err := listProvedSteps(tx, seal)
					if err != nil {
						return err
					}
					f := list[0].foundOf(steps)
					c.change(&f)
					return h.s.Log(tx, finder, actSealFound, sealChain(seal), f)
				}); err != nil {
					t.Fatal(err)
				}
				h.now = h.now.Add(time.Hour)
				if err := h.s.BeginEvidence(t.Context()); err != nil {
					t.Fatal(err)
				}
				check := func() error {
					return h.s.DB.Read(t.Context(), func(tx *db.Tx) error { return h.s.checkReforms(tx, func(string, int) {}) })
				}
				if err := check(); (err == nil) != c.ok {
					t.Errorf("believed: %v", err)
				}
				if err := h.s.ActOnSeal(t.Context(), officer, "", seal, 2, SealStep{Act: SealDestroy, Day: "2024-05-01", Document: "文"}); err != nil {
					t.Fatal(err)
				}
				if err := check(); (err == nil) != c.ok {
					t.Errorf("after one more act: %v", err)
				}
			})
		})
	}
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
		h.brought()
		broughtBefore(t, h.s.DB)
		if err := h.s.BeginEvidence(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := h.s.DB.Read(t.Context(), func(tx *db.Tx) error { return h.s.checkReforms(tx, func(string, int) {}) }); err != nil || found > 0 {
			t.Errorf("%d found, %v", found, err)
		}
	})
}
