package catalog

import (
	"strconv"

	"onedoor.app/infra/db"
)

// unproved is a row that was there before there was evidence of its kind.
type unproved struct{ source, id string }

// number is the id of a row that has a number for an id.
func (u unproved) number() int64 {
	n, _ := strconv.ParseInt(u.id, 10, 64) // another row than there is, where it is none
	return n
}

// listUnproved takes up to limit of them for oneself.
func listUnproved(tx *db.Tx, limit int) ([]unproved, error) {
	return db.All(tx, func(u *unproved) []any { return []any{&u.source, &u.id} },
		`SELECT source, id FROM catalog_unproved ORDER BY source, id LIMIT $1`+tx.ForUpdate(), limit)
}

// listUnprovedAfter lists up to limit of them after one, for Check.
func listUnprovedAfter(tx *db.Tx, after unproved, limit int) ([]unproved, error) {
	return db.All(tx, func(u *unproved) []any { return []any{&u.source, &u.id} },
		`SELECT source, id FROM catalog_unproved WHERE (source, id) > ($1, $2) ORDER BY source, id LIMIT $3`, after.source, after.id, limit)
}

func removeUnproved(tx *db.Tx, u unproved) error {
	return tx.Queue(`DELETE FROM catalog_unproved WHERE source = $1 AND id = $2`, u.source, u.id)
}
