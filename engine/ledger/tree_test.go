package ledger

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/db/dbtest"
	"onedoor.app/infra/fault"
)

func testKey(t testing.TB, alg Algorithm) *Key {
	t.Helper()
	text, err := GenerateKey("onedoor.379900", alg)
	if err != nil {
		t.Fatal(err)
	}
	k, err := NewKey(text)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// logged writes n entries over three chains, one unit of work each.
func logged(t testing.TB, d *db.DB, n int) {
	t.Helper()
	for i := range n {
		err := d.Write(t.Context(), func(tx *db.Tx) error {
			return Log(tx, fmt.Sprint("t:", i%3), auth.Actor{ID: 7}, Draft{Act: "test.done", Body: map[string]int{"n": i}})
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func sealed(t testing.TB, tree *Tree, d *db.DB) (n int64, err error) {
	t.Helper()
	seen, err := tree.Seen()
	if err != nil {
		return 0, err
	}
	err = d.Read(t.Context(), func(tx *db.Tx) (err error) {
		n, err = tree.Verify(tx, seen)
		return err
	})
	return n, err
}

func receipts(t testing.TB, tree *Tree, d *db.DB) (list []Receipt) {
	t.Helper()
	err := d.Read(t.Context(), func(tx *db.Tx) error {
		for _, chain := range []string{"t:0", "t:1", "t:2"} {
			entries, err := Chain(tx, chain)
			if err != nil {
				return err
			}
			for _, e := range entries {
				r, err := tree.Prove(tx, e)
				if err != nil {
					return err
				}
				list = append(list, r)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestEveryEntryIsProvedAtEverySize(t *testing.T) {
	for _, alg := range []Algorithm{Ed25519, SM2} {
		t.Run(string(alg), func(t *testing.T) {
			dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
				tree := &Tree{Key: testKey(t, alg), Witness: &Witness{filepath.Join(t.TempDir(), "checkpoint")}}
				var before Checkpoint
				for _, more := range []int{1, 1, 2, 5, 150, 3} {
					logged(t, d, more)
					if err := tree.CatchUp(t.Context(), d); err != nil {
						t.Fatal(err)
					}
					if err := d.Read(t.Context(), func(tx *db.Tx) error {
						now, err := tree.Latest(tx)
						if err != nil {
							return err
						}
						if before.Size > 0 {
							if err := continues(before, now, &hashes{tx: tx}); err != nil {
								return err
							}
						}
						before = now
						return nil
					}); err != nil {
						t.Fatal(err)
					}
				}
				if n, err := sealed(t, tree, d); n != 162 || err != nil {
					t.Fatalf("%d sealed, want 162 (%v)", n, err)
				}
				for _, r := range receipts(t, tree, d) {
					if err := r.Check(tree.Key.Verifier()); err != nil {
						t.Fatal(err)
					}
				}
			})
		})
	}
}

func TestAnEntryThatWaitsHasNoProofYet(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		tree := &Tree{Key: testKey(t, Ed25519)}
		logged(t, d, 1)
		err := d.Read(t.Context(), func(tx *db.Tx) error {
			entries, err := Chain(tx, "t:0")
			if err != nil {
				return err
			}
			_, err = tree.Prove(tx, entries[0])
			return err
		})
		if !fault.Is(err, fault.Conflict) {
			t.Errorf("got %v, want a Conflict", err)
		}
	})
}

// An insider with the database in hand changes it so that every chain is whole
// again, and still cannot hide it: he has no key, and the receipts and the
// checkpoint outside remember.
func TestWhatAnInsiderRewritesIsFound(t *testing.T) {
	rewrite := func(tx *db.Tx) error { // one entry with other facts, every hash after it made anew
		list, err := Chain(tx, "t:1")
		if err != nil {
			return err
		}
		prev := ""
		for i, e := range list {
			if i == 1 {
				e.Body = `{"n":4711}`
			}
			e.Prev = prev
			prev = e.sum()
			if err := tx.Exec(`UPDATE ledger_entry SET body = $1, prev = $2, hash = $3 WHERE id = $4`, e.Body, e.Prev, prev, e.ID); err != nil {
				return err
			}
		}
		return tx.Exec(`UPDATE ledger_head SET hash = $1 WHERE chain = 't:1'`, prev)
	}
	cut := func(tx *db.Tx) error { // the newest chain gone, with its leaves
		for _, q := range []string{
			`DELETE FROM ledger_leaf WHERE entry IN (SELECT id FROM ledger_entry WHERE chain = 't:2')`,
			`DELETE FROM ledger_entry WHERE chain = 't:2'`, `DELETE FROM ledger_head WHERE chain = 't:2'`,
		} {
			if err := tx.Exec(q); err != nil {
				return err
			}
		}
		return nil
	}
	forget := func(tx *db.Tx) error { // the tree thrown away, to be built and sealed anew
		for _, q := range []string{
			`DELETE FROM ledger_leaf`, `DELETE FROM ledger_block`, `UPDATE ledger_checkpoint SET size = 0, note = ''`,
			`INSERT INTO ledger_pending (entry) SELECT id FROM ledger_entry`,
		} {
			if err := tx.Exec(q); err != nil {
				return err
			}
		}
		return nil
	}
	for name, damage := range map[string]func(*db.Tx) error{
		"rewritten": rewrite,
		"cut":       cut,
		"forgotten": forget,
		"rewritten and forgotten": func(tx *db.Tx) error {
			return errors.Join(rewrite(tx), forget(tx))
		},
		"rewritten under its old hash": func(tx *db.Tx) error { // found by the chains, and by the receipt
			return tx.Exec(`UPDATE ledger_entry SET body = '{"n":4711}' WHERE chain = 't:1' AND seq = 2`)
		},
		"a block too many": func(tx *db.Tx) error {
			return tx.Exec(`INSERT INTO ledger_block (n, data) VALUES ($1, $2)`, 7, []byte("x"))
		},
		"a flipped bit in the tree": func(tx *db.Tx) error {
			var data []byte
			if err := tx.One(`SELECT data FROM ledger_block WHERE n = 0`, nil, &data); err != nil {
				return err
			}
			data[40] ^= 1
			return tx.Exec(`UPDATE ledger_block SET data = $1 WHERE n = 0`, data)
		},
		"leaves exchanged": func(tx *db.Tx) error {
			return errors.Join(tx.Exec(`UPDATE ledger_leaf SET place = 99 WHERE place = 1`),
				tx.Exec(`UPDATE ledger_leaf SET place = 1 WHERE place = 2`), tx.Exec(`UPDATE ledger_leaf SET place = 2 WHERE place = 99`))
		},
		"sealed with another key": func(tx *db.Tx) error {
			text, err := GenerateKey("onedoor.379900", Ed25519)
			if err != nil {
				return err
			}
			k, err := NewKey(text)
			if err != nil {
				return err
			}
			root := emptyRoot()
			note, err := k.seal(Checkpoint{Size: 9, Root: root})
			return errors.Join(err, tx.Exec(`UPDATE ledger_checkpoint SET note = $1`, note))
		},
	} {
		t.Run(name, func(t *testing.T) {
			dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
				tree := &Tree{Key: testKey(t, Ed25519), Witness: &Witness{filepath.Join(t.TempDir(), "checkpoint")}}
				logged(t, d, 9)
				if err := tree.CatchUp(t.Context(), d); err != nil {
					t.Fatal(err)
				}
				before := receipts(t, tree, d)
				if err := d.Write(t.Context(), damage); err != nil {
					t.Fatal(err)
				}
				if n, err := sealed(t, tree, d); err == nil && name != "rewritten under its old hash" {
					t.Errorf("the tree finds nothing in %d entries", n)
				} else if _, chains := verify(t, d); err == nil && chains == nil {
					t.Errorf("neither the chains nor the tree find anything")
				}
				logged(t, d, 1)
				// Growth looks at the edge of the tree alone: damage further in is for verify.
				if err := tree.CatchUp(t.Context(), d); err == nil && strings.Contains(name, "forgotten") {
					t.Error("a tree begun anew is sealed")
				}
				held := 0
				for _, r := range before {
					if err := r.Check(tree.Key.Verifier()); err != nil {
						t.Errorf("the receipt outside no longer proves what was: %v", err)
					}
					if err := d.Read(t.Context(), func(tx *db.Tx) error {
						same, err := tree.Holds(tx, r)
						if same {
							held++
						}
						return err
					}); err != nil {
						t.Fatal(err)
					}
				}
				if strings.Contains(name, "rewritten") && held == len(before) {
					t.Error("no receipt outside notices")
				}
			})
		})
	}
}

// Whoever keeps a fresh entry from being sealed, to change it later, is found.
func TestNoEntryIsKeptOutOfTheTree(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		tree := &Tree{Key: testKey(t, Ed25519)}
		logged(t, d, 3)
		if err := tree.CatchUp(t.Context(), d); err != nil {
			t.Fatal(err)
		}
		logged(t, d, 1)
		if err := d.Write(t.Context(), func(tx *db.Tx) error { return tx.Exec(`UPDATE ledger_pending SET entry = 4711`) }); err != nil {
			t.Fatal(err)
		}
		if _, err := sealed(t, tree, d); err == nil || !strings.Contains(err.Error(), "kept out") {
			t.Errorf("verify: %v", err)
		}
		if err := tree.CatchUp(t.Context(), d); err == nil || !strings.Contains(err.Error(), "does not exist") {
			t.Errorf("what waits for nothing: %v", err)
		}
	})
}

// A check that takes its time beside a tree that grows finds nothing wrong.
func TestTheTreeGrowsWhileItIsChecked(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		tree := &Tree{Key: testKey(t, Ed25519), Witness: &Witness{filepath.Join(t.TempDir(), "checkpoint")}}
		logged(t, d, 3)
		if err := tree.CatchUp(t.Context(), d); err != nil {
			t.Fatal(err)
		}
		seen, err := tree.Seen()
		if err != nil {
			t.Fatal(err)
		}
		if err := d.Read(t.Context(), func(tx *db.Tx) error {
			if _, err := tree.Latest(tx); err != nil { // the snapshot is open
				return err
			}
			logged(t, d, 2)
			if err := tree.CatchUp(t.Context(), d); err != nil {
				return err
			}
			_, err := tree.Verify(tx, seen)
			return err
		}); err != nil {
			t.Error(err)
		}
	})
}

func TestADatabasePutBackIsNotSealed(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		w := &Witness{filepath.Join(t.TempDir(), "checkpoint")}
		tree := &Tree{Key: testKey(t, Ed25519), Witness: w}
		logged(t, d, 3)
		if err := tree.CatchUp(t.Context(), d); err != nil {
			t.Fatal(err)
		}
		// The witness has seen a longer tree than the database holds now.
		later, err := tree.Key.seal(Checkpoint{Size: 5})
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Keep(later); err != nil {
			t.Fatal(err)
		}
		logged(t, d, 1)
		if err := tree.CatchUp(t.Context(), d); !errors.Is(err, ErrRolledBack) {
			t.Errorf("got %v, want ErrRolledBack", err)
		}
		if _, err := sealed(t, tree, d); !errors.Is(err, ErrRolledBack) {
			t.Errorf("verify: %v, want ErrRolledBack", err)
		}
		if err := os.Remove(w.Path); err != nil { // the operator has restored a backup, and says so
			t.Fatal(err)
		}
		if err := tree.CatchUp(t.Context(), d); err != nil {
			t.Error(err)
		}
	})
}

func TestReceiptsRefuseEveryChange(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		tree := &Tree{Key: testKey(t, SM2)}
		logged(t, d, 9)
		if err := tree.CatchUp(t.Context(), d); err != nil {
			t.Fatal(err)
		}
		key := tree.Key.Verifier()
		for _, r := range receipts(t, tree, d) {
			for name, change := range map[string]func(*Receipt){
				"time":   func(r *Receipt) { r.Entry.At-- },
				"body":   func(r *Receipt) { r.Entry.Body += " " },
				"digest": func(r *Receipt) { r.Entry.Body, r.Entry.Digest = "", digest("{}") },
				"act":    func(r *Receipt) { r.Entry.Act = "test.undone" },
				"place":  func(r *Receipt) { r.Place = (r.Place + 1) % 9 },
				"proof":  func(r *Receipt) { r.Proof[0][0] ^= 1 },
				"size":   func(r *Receipt) { r.Checkpoint = strings.Replace(r.Checkpoint, "\n9\n", "\n8\n", 1) },
			} {
				changed := r
				changed.Proof = append(changed.Proof[:0:0], r.Proof...)
				change(&changed)
				if err := changed.Check(key); err == nil {
					t.Errorf("%s changed, and the receipt still holds", name)
				}
			}
			if err := r.Check(testKey(t, Ed25519).Verifier()); !errors.Is(err, ErrForeign) {
				t.Errorf("another key: %v", err)
			}
			text, err := r.Compact(key)
			if err != nil {
				t.Fatal(err)
			}
			back, err := ExpandReceipt(text, key)
			if err != nil {
				t.Fatal(err)
			}
			if err := back.Check(key); err != nil || back.Entry.Body != "" || back.Entry.Seq != r.Entry.Seq {
				t.Errorf("short form: %v %+v", err, back)
			}
		}
	})
}

func TestTwoProcessesTakeUpEachEntryOnce(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		tree := &Tree{Key: testKey(t, Ed25519)}
		var wg sync.WaitGroup
		for range 3 {
			wg.Go(func() { logged(t, d, 20) })
			wg.Go(func() {
				for range 10 {
					if err := tree.CatchUp(t.Context(), d); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		if err := tree.CatchUp(t.Context(), d); err != nil {
			t.Fatal(err)
		}
		if n, err := sealed(t, tree, d); n != 60 || err != nil {
			t.Errorf("%d sealed, want 60 (%v)", n, err)
		}
	})
}

func TestKeysAreKept(t *testing.T) {
	for _, alg := range []Algorithm{Ed25519, SM2} {
		path := filepath.Join(t.TempDir(), "ledger.key")
		first, err := OpenKey(path, "onedoor.379900", alg)
		if err != nil {
			t.Fatal(err)
		}
		again, err := OpenKey(path, "onedoor.other", Ed25519)
		if err != nil {
			t.Fatal(err)
		}
		if first.Verifier() != again.Verifier() {
			t.Errorf("%s: %s, then %s", alg, first.Verifier(), again.Verifier())
		}
	}
	if _, err := GenerateKey("x", "rsa"); err == nil {
		t.Error("an unknown algorithm makes a key")
	}
	for _, bad := range []string{"", "PRIVATE+KEY+x", "PRIVATE+KEY+x+00000000+AQ==", "PRIVATE+KEY+x+00000000+/1NNMg=="} {
		if _, err := NewKey(bad); err == nil {
			t.Errorf("%q is taken for a key", bad)
		}
	}
}

func FuzzExpandReceipt(f *testing.F) {
	key := testKey(f, Ed25519).Verifier()
	f.Add("AQ")
	f.Add("AQN0OjEJdGVzdC5kb25lAg")
	f.Fuzz(func(t *testing.T, text string) {
		r, err := ExpandReceipt(text, key)
		if err == nil && r.Check(key) == nil {
			t.Errorf("%q holds", text)
		}
	})
}
