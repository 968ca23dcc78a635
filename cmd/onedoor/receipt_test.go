package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"onedoor.app/engine/ledger"
	"onedoor.app/engine/ledger/ledgertest"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/db/dbtest"
)

// TestVerifyReceipt checks receipts with the file alone.
func TestVerifyReceipt(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	handed := filepath.Join(dir, "in")
	if err := os.MkdirAll(handed, 0o700); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"licence.pdf": "licence", "other.txt": "other"} {
		if err := os.WriteFile(filepath.Join(handed, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	const sum = "24361a5c5f1ba3c1b3a2e9a4b9d4d4f0a6e5b0b9b1a3f0c9d5d2f6c1f0d1e2a3"
	good, key := receiptOf(t, sum)
	real, realKey := receiptOf(t, digestOf(t, filepath.Join(handed, "licence.pdf")))
	write := func(name string, text []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	foreign := ledgertest.Tree(t).Key.Verifier()
	for _, tt := range []struct {
		name string
		args []string
		want string
		fine bool
	}{
		{"with the key", []string{"--key", key, write("good.json", good)}, "holds     cases.receive of 2", true},
		{"with its own key", []string{write("own.json", good)}, "give the published key", false},
		{"said by its own key", []string{write("said.json", good)}, "unproved  cases.receive of 2", false},
		{"with another key", []string{"--key", foreign, write("foreign.json", good)}, "not sealed with this key", false},
		{"changed", []string{"--key", key, write("changed.json", bytes.Replace(good, []byte("379900202611220000012"), []byte("379900202611220000020"), 1))}, "not those that were recorded", false},
		{"with its files", []string{"--key", realKey, "--files", handed, write("files.json", real)}, "licence.pdf is what was handed in", true},
		{"without its files", []string{"--key", key, "--files", handed, write("missing.json", good)}, "1 files of the receipt are not in", false},
		{"without its contents", []string{"--key", key, "--files", handed, write("bare.json", bare(t, good))}, "does not say which files", false},
		{"nonsense", []string{write("bad.json", []byte("{}"))}, "no receipt", false},
		{"no file", nil, "wants one FILE", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			out, err := commandLine(t, t.TempDir(), append([]string{"verify-receipt"}, tt.args...)...)
			if (err == nil) != tt.fine {
				t.Fatalf("got error %v, want fine=%t", err, tt.fine)
			}
			if err != nil {
				out += err.Error()
			}
			if !strings.Contains(out, tt.want) {
				t.Errorf("got %q, want %q", out, tt.want)
			}
		})
	}
}

// receiptOf is the receipt of a case with one file of a digest, and the public key.
func receiptOf(t *testing.T, sum string) (text []byte, key string) {
	t.Helper()
	tree := ledgertest.Tree(t)
	d := dbtest.Open(t, filepath.Join(t.TempDir(), "ledger.db"), []dbtest.Schema{{Module: "ledger", Files: ledger.Schema}})
	var r ledger.Receipt
	err := d.Write(t.Context(), func(tx *db.Tx) error {
		return ledger.Log(tx, "cases:1", auth.Actor{ID: 1}, ledger.Draft{Act: "cases.receive", Body: map[string]any{
			"facts": map[string]string{"no": "379900202611220000012", "item": "animal-clinic"},
			"files": []map[string]string{{"material": "licence", "sha256": sum}},
		}})
	})
	if err == nil {
		err = tree.CatchUp(t.Context(), d)
	}
	if err == nil {
		err = d.Read(t.Context(), func(tx *db.Tx) error {
			e, err := ledger.First(tx, "cases:1")
			if err == nil {
				r, err = tree.Prove(tx, e)
			}
			return err
		})
	}
	if err == nil {
		text, err = json.Marshal(r)
	}
	if err != nil {
		t.Fatal(err)
	}
	return text, tree.Key.Verifier()
}

func digestOf(t *testing.T, path string) string {
	t.Helper()
	sum, err := digestFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return sum
}

// bare is a receipt without its contents, as a code holds it.
func bare(t *testing.T, text []byte) []byte {
	t.Helper()
	r, err := ledger.ParseReceipt(text)
	if err != nil {
		t.Fatal(err)
	}
	r.Entry.Body = ""
	if text, err = json.Marshal(r); err != nil {
		t.Fatal(err)
	}
	return text
}
