package ledger

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/db/dbtest"
)

var schemas = []dbtest.Schema{{Module: "ledger", Files: Schema}}

func verify(t *testing.T, d *db.DB) (n int, err error) {
	t.Helper()
	err = d.Read(t.Context(), func(tx *db.Tx) (err error) {
		n, _, err = Verify(tx, nil)
		return err
	})
	return n, err
}

func TestChainsStayWholeUnderConcurrency(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		var wg sync.WaitGroup
		for i := range 20 {
			wg.Go(func() {
				err := d.Write(t.Context(), func(tx *db.Tx) error {
					return Log(tx, fmt.Sprint("t:", i%2), auth.Actor{ID: 7}, Draft{Act: "test.done", Body: i})
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if n, err := verify(t, d); n != 20 || err != nil {
			t.Errorf("%d entries, want 20 (%v)", n, err)
		}
	})
}

func TestEveryDamageBreaksTheChain(t *testing.T) {
	for _, damage := range []string{
		`UPDATE ledger_entry SET body = '999' WHERE seq = 3`,
		`UPDATE ledger_entry SET actor = 8 WHERE seq = 1`,
		`UPDATE ledger_entry SET at = at + 1 WHERE seq = 5`,
		`UPDATE ledger_entry SET on_behalf = 1 WHERE seq = 2`,
		`DELETE FROM ledger_entry WHERE seq = 3`,
		`DELETE FROM ledger_entry WHERE seq = 1`,
		`UPDATE ledger_entry SET seq = 9 WHERE seq = 5`,
		`DELETE FROM ledger_entry WHERE seq > 3`,
		`DELETE FROM ledger_entry`,
		`DELETE FROM ledger_head`,
		`UPDATE ledger_head SET seq = 4`,
	} {
		t.Run(damage, func(t *testing.T) {
			dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
				var head Head
				err := d.Write(t.Context(), func(tx *db.Tx) (err error) {
					for i := range 5 {
						if head, err = Extend(tx, "t:1", head, auth.Actor{ID: 7}, Draft{Act: "test.done", Body: i}); err != nil {
							return err
						}
					}
					return nil
				})
				if err != nil {
					t.Fatal(err)
				}
				if err := d.Write(t.Context(), func(tx *db.Tx) error { return tx.Exec(damage) }); err != nil {
					t.Fatal(err)
				}
				if _, err := verify(t, d); !errors.As(err, new(*Broken)) {
					t.Errorf("not found: %v", err)
				}
			})
		})
	}
}

func TestChainsComeOnceAndWhole(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		err := d.Write(t.Context(), func(tx *db.Tx) error {
			for _, chain := range []string{"t:1", "u:1", "t:2", "t:1", "tt:1"} {
				if err := Log(tx, chain, auth.Actor{ID: 7}, Draft{Act: "test.done"}); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		err = d.Read(t.Context(), func(tx *db.Tx) error {
			return Chains(tx, "t:", func(entries []Entry) error {
				for _, e := range entries {
					got = append(got, fmt.Sprint(e.Chain, " ", e.Seq))
				}
				return nil
			})
		})
		if want := []string{"t:1 1", "t:1 2", "t:2 1"}; err != nil || !slices.Equal(got, want) {
			t.Errorf("got %v (%v), want %v", got, err, want)
		}
	})
}
