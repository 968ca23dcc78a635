// Package blank tells a database that held nothing from one that serves people.
package blank

import (
	"context"
	"errors"

	"onedoor.app/infra/db"
)

// Database is one that was empty when New looked at it: what it holds now was made for a benchmark, so that nobody loses
// anything when it is filled with what nobody did.
type Database struct{ *db.DB }

// New looks at d and refuses it unless it is empty.
func New(ctx context.Context, d *db.DB, empty func(*db.Tx) (bool, error)) (Database, error) {
	return Database{d}, d.Read(ctx, func(tx *db.Tx) error {
		yes, err := empty(tx)
		if err == nil && !yes {
			err = errors.New("blank: the database is not empty")
		}
		return err
	})
}
