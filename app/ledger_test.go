package app

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"onedoor.app/engine/ledger"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
)

// TestNoOtherKeyGoesOnWithTheLedger: a lost or exchanged ledger.key is told at the
// start and never replaced in silence, and a checkpoint that somebody kept proves
// that the ledger goes on from it.
func TestNoOtherKeyGoesOnWithTheLedger(t *testing.T) {
	t.Parallel()
	cfg := testConfig(t, "")
	a, err := New(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := a.DB.Write(t.Context(), func(tx *db.Tx) error {
			return ledger.Log(tx, "test:1", auth.Actor{Kind: auth.System}, ledger.Draft{Act: "test.done"})
		}); err != nil {
			t.Fatal(err)
		}
		if err := a.tree.CatchUp(t.Context(), a.DB); err != nil {
			t.Fatal(err)
		}
	}
	seen, err := a.tree.Seen()
	if err != nil || seen.Size != 2 {
		t.Fatalf("the witness has seen %d entries (%v)", seen.Size, err)
	}
	if err := a.Verify(t.Context(), func(Verified) {}, seen); err != nil {
		t.Error(err)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(cfg.Data, "ledger.key")
	right, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if _, err := New(t.Context(), cfg); err == nil || !strings.Contains(err.Error(), "put the key back") {
		t.Errorf("without its key: %v", err)
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("another key was made")
	}
	if _, err := ledger.OpenKey(path, "onedoor.379900", ledger.SM2); err != nil {
		t.Fatal(err)
	}
	if _, err := New(t.Context(), cfg); err == nil || !strings.Contains(err.Error(), "another key") {
		t.Errorf("with another key: %v", err)
	}
	if err := os.WriteFile(path, right, 0o600); err != nil {
		t.Fatal(err)
	}
	if a, err = New(t.Context(), cfg); err != nil {
		t.Fatal(err)
	}
	if err := a.Close(); err != nil {
		t.Error(err)
	}
}
