package db_test

import (
	"testing"

	"onedoor.app/infra/db"
	"onedoor.app/infra/db/dbtest"
)

func TestNull(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, nil, func(t *testing.T, d *db.DB) {
		err := d.Write(t.Context(), func(tx *db.Tx) error {
			if err := tx.Exec(`CREATE TABLE thing (id BIGINT, boss BIGINT, pack TEXT)`); err != nil {
				return err
			}
			if err := tx.Exec(`INSERT INTO thing VALUES (1, $1, $2)`, db.Null(int64(0)), db.Null("")); err != nil {
				return err
			}
			return tx.Exec(`INSERT INTO thing VALUES (2, $1, $2)`, db.Null(int64(7)), db.Null("p"))
		})
		if err != nil {
			t.Fatal(err)
		}
		err = d.Read(t.Context(), func(tx *db.Tx) error {
			nulls := 0
			if err := tx.One(`SELECT COUNT(*) FROM thing WHERE boss IS NULL AND pack IS NULL`, nil, &nulls); err != nil {
				return err
			}
			if nulls != 1 {
				t.Errorf("got %d rows of NULLs, want 1", nulls)
			}
			for id, want := range map[int64]struct {
				boss int64
				pack string
			}{1: {0, ""}, 2: {7, "p"}} {
				boss, pack := int64(-1), "before"
				if err := tx.One(`SELECT boss, pack FROM thing WHERE id = $1`, []any{id}, db.OrZero(&boss), db.OrZero(&pack)); err != nil {
					return err
				}
				if boss != want.boss || pack != want.pack {
					t.Errorf("%d: got %d %q, want %v", id, boss, pack, want)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}
