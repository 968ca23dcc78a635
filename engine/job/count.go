package job

import (
	"context"

	"onedoor.app/infra/db"
)

// Count returns how many jobs wait to be done and how many failed for good.
func Count(ctx context.Context, d *db.DB) (waiting, failed int64, err error) {
	err = d.Read(ctx, func(tx *db.Tx) error {
		return tx.One(`SELECT COALESCE(SUM(CASE WHEN state = 'waiting' THEN 1 ELSE 0 END), 0),
			COALESCE(SUM(CASE WHEN state = 'failed' THEN 1 ELSE 0 END), 0) FROM job`, nil, &waiting, &failed)
	})
	return waiting, failed, err
}

// Waits reports whether a job of a kind with this body is still to be done, now or later: not whether it failed for good.
func Waits(tx *db.Tx, kind string, body any) (waits bool, err error) {
	var n int
	err = tx.One(`SELECT COUNT(*) FROM job WHERE state = 'waiting' AND kind = $1 AND body = $2`, []any{kind, db.JSON(body)}, &n)
	return n > 0, err
}
