package catalog

import (
	"errors"
	"os"
	"strings"
	"testing"

	"onedoor.app/engine/ledger"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/db/dbtest"
)

// ledgerLog keeps evidence in the ledger.
func ledgerLog(tx *db.Tx, who auth.Actor, act, about string, facts any) error {
	return ledger.Log(tx, about, who, ledger.Draft{Act: act, Body: facts})
}

// broughtBefore lists what packages brought as the schema does it when an older database is upgraded.
func broughtBefore(t *testing.T, d *db.DB) {
	t.Helper()
	text, err := Schema.ReadFile("schema/0021_unproved.sql")
	if err != nil {
		t.Fatal(err)
	}
	_, inserts, _ := strings.Cut(string(text), ");\n")
	if err := d.Write(t.Context(), func(tx *db.Tx) error {
		for _, query := range strings.Split(strings.TrimSpace(inserts), ";") {
			if strings.TrimSpace(query) == "" {
				continue
			}
			if err := tx.Exec(query + ` ON CONFLICT (source, id) DO NOTHING`); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

// Upgraded is a service that keeps evidence from now on, of a database that has been served without.
func Upgraded(t *testing.T, s *Service) *Service {
	t.Helper()
	s.Log = ledgerLog
	if err := s.DB.Write(t.Context(), func(tx *db.Tx) error { // nobody wrote down then what an import brought
		if err := tx.Exec(`UPDATE catalog_import SET versions = '' WHERE 1 = 1`); err != nil {
			return err
		}
		return tx.Exec(`UPDATE catalog_version SET import = 0 WHERE 1 = 1`)
	}); err != nil {
		t.Fatal(err)
	}
	broughtBefore(t, s.DB)
	if err := s.BeginEvidence(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s
}

// TestWhatTheNextStartWritesDownIsNoFinding: between an upgrade and the first start of the program, what packages brought is
// told as still to be written down; what nobody listed, or somebody has made up, is found.
func TestWhatTheNextStartWritesDownIsNoFinding(t *testing.T) {
	dbtest.Each(t, proved, func(t *testing.T, d *db.DB) {
		s := &Service{DB: d} // the programs of before kept no evidence
		if _, err := s.LoadPackage(t.Context(), os.DirFS("../../sample/yunchuan")); err != nil {
			t.Fatal(err)
		}
		s.Log = ledgerLog
		check := func() (map[string]int, error) {
			told := map[string]int{}
			err := d.Read(t.Context(), func(tx *db.Tx) error { return s.Check(tx, func(what string, n int) { told[what] += n }) })
			return told, err
		}
		if _, err := check(); err == nil {
			t.Fatal("it is proved without evidence")
		}
		if err := d.Write(t.Context(), func(tx *db.Tx) error {
			if err := tx.Exec(`UPDATE catalog_import SET versions = '' WHERE 1 = 1`); err != nil {
				return err
			}
			return tx.Exec(`UPDATE catalog_version SET import = 0 WHERE 1 = 1`)
		}); err != nil {
			t.Fatal(err)
		}
		broughtBefore(t, d)
		told, err := check()
		if err != nil || told["versions of items still to be written down at the next start"] == 0 {
			t.Errorf("before the next start: %v, told %v", err, told)
		}
		undo := errors.New("undo")
		for _, query := range []string{
			`DELETE FROM catalog_unproved WHERE source = 'version' AND id = (SELECT MIN(id) FROM catalog_unproved WHERE source = 'version')`,
			`UPDATE catalog_version SET name = 'x' WHERE id = (SELECT MIN(id) FROM catalog_version)`,
		} {
			if err := d.Write(t.Context(), func(tx *db.Tx) error {
				if n, err := tx.Change(query); err != nil || n == 0 || s.Check(tx, func(string, int) {}) == nil {
					t.Errorf("%s: %d rows, %v, not found", query, n, err)
				}
				return undo
			}); !errors.Is(err, undo) {
				t.Fatal(err)
			}
		}
		if err := s.BeginEvidence(t.Context()); err != nil {
			t.Fatal(err)
		}
		told, err = check()
		if err != nil || told["versions of items still to be written down at the next start"] != 0 || told["versions of items found without evidence"] == 0 {
			t.Errorf("after it: %v, told %v", err, told)
		}
	})
}

// LedgerLog keeps evidence in the ledger, for tests that look at what is told too.
var LedgerLog = ledgerLog
