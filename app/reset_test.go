package app

import (
	"strings"
	"testing"

	"onedoor.app/domain/office"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

// TestAPasswordIsResetAtTheConsole does so for somebody of the sample city.
func TestAPasswordIsResetAtTheConsole(t *testing.T) {
	t.Parallel()
	cfg := testConfig(t, theLived.File(t))
	cfg.Demo = true
	a := theLived.open(t, cfg, trial)
	if _, err := a.ResetPassword(t.Context(), "379900198706120117"); !fault.Is(err, fault.Unknown) {
		t.Errorf("nobody of the staff: %v", err)
	}
	password, err := a.ResetPassword(t.Context(), "yc1005")
	if err != nil || password == "" {
		t.Fatalf("%q, %v", password, err)
	}
	got, err := auth.NewAccounts(a.DB).Check(t.Context(), "yc1005", password)
	if err != nil || !got.MustChange || got.Renewed == 0 {
		t.Errorf("signs in as %+v, %v", got, err)
	}
	var body string
	if err := a.DB.Read(t.Context(), func(tx *db.Tx) error {
		return tx.One(`SELECT body FROM ledger_entry WHERE act = 'office.password_reset' AND chain = $1`, []any{office.StaffChain(got.Subject)}, &body)
	}); err != nil || !strings.Contains(body, "console") || strings.Contains(body, password) {
		t.Errorf("the ledger says %s, %v", body, err)
	}
}
