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
