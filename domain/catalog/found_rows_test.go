package catalog

import (
	"strings"
	"testing"

	"onedoor.app/engine/ledger"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
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

// LedgerLog keeps evidence in the ledger, for tests that look at what is told too.
var LedgerLog = ledgerLog
