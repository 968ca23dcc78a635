// Package ledgertest gives tests a tree with a key of its own.
package ledgertest

import (
	"testing"

	"onedoor.app/engine/ledger"
)

// Tree returns a tree that seals with a fresh key and has no witness.
func Tree(t testing.TB) *ledger.Tree {
	t.Helper()
	text, err := ledger.GenerateKey("onedoor.test", ledger.Ed25519)
	if err != nil {
		t.Fatal(err)
	}
	key, err := ledger.NewKey(text)
	if err != nil {
		t.Fatal(err)
	}
	return &ledger.Tree{Key: key}
}
