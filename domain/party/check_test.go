package party_test

import (
	"errors"
	"testing"

	"onedoor.app/domain/party"
	"onedoor.app/engine/ledger"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/db/dbtest"
)

// TestMandatesAreWhatTheLedgerTells gives and revokes mandates, beside those of
// the package, and finds each change behind the ledger's back.
func TestMandatesAreWhatTheLedgerTells(t *testing.T) {
	t.Parallel()
	with := append([]dbtest.Schema{{Module: "ledger", Files: ledger.Schema}}, schemas...)
	dbtest.Each(t, with, func(t *testing.T, d *db.DB) {
		s := on(t, d, "2026-03-02")
		s.Log = func(tx *db.Tx, who auth.Actor, act, about string, facts any) error {
			return ledger.Log(tx, about, who, ledger.Draft{Act: act, Body: facts})
		}
		load(t, s)
		giver := auth.Actor{ID: 5, Kind: auth.Applicant, Party: who(t, s, "p01")}
		m, err := s.Entrust(t.Context(), giver, party.Trust{
			AgentName: "陈念真", AgentNumber: "379900199303050024", From: "2026-03-02", To: "2026-12-31", Document: "授权委托书", Key: "k",
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Revoke(t.Context(), giver, m.ID); err != nil {
			t.Fatal(err)
		}
		n := map[string]int{}
		read(t, s, func(tx *db.Tx) error { return s.Check(tx, func(what string, by int) { n[what] += by }) })
		if n["parties"] != 30 || n["mandates"] != 8 {
			t.Errorf("looked at %v", n)
		}
		thrown := errors.New("thrown away")
		for _, damage := range []string{
			`UPDATE party_mandate SET to_on = '2036-12-31'`,
			`UPDATE party_mandate SET items = '[]' WHERE items <> '[]' AND items <> 'null'`,
			`UPDATE party_mandate SET agent = principal`,
			`UPDATE party_mandate SET revoked_at = NULL`,
			`UPDATE party_mandate SET revoked_at = 1`,
			`DELETE FROM party_mandate WHERE revoked_at IS NULL`,
			`DELETE FROM ledger_entry WHERE act = 'party.entrusted'`,
			`DELETE FROM ledger_entry WHERE act = 'party.revoked'`,
			`UPDATE party_party SET number = mobile WHERE mobile IS NOT NULL`,
			`UPDATE party_party SET number_index = 'x' WHERE pack = 'p01'`,
		} {
			err := s.DB.Write(t.Context(), func(tx *db.Tx) error {
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
