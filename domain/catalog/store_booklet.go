package catalog

import (
	"time"

	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

// savePrinted keeps what was made under an id; a file that it takes the place of is former from now on.
func savePrinted(tx *db.Tx, p Printed) error {
	if err := tx.Queue(`INSERT INTO catalog_booklet_former (blob, since) SELECT blob, $3 FROM catalog_booklet WHERE id = $1 AND blob <> $2
		ON CONFLICT (blob) DO UPDATE SET since = excluded.since`, p.ID, p.Blob, tx.Now()); err != nil {
		return err
	}
	return tx.Exec(`INSERT INTO catalog_booklet (id, hash, blob, size, pages, at) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (id) DO UPDATE SET hash = excluded.hash, blob = excluded.blob, size = excluded.size, pages = excluded.pages, at = excluded.at`,
		p.ID, p.Hash, p.Blob, p.Size, p.Pages, tx.Now())
}

func findPrinted(tx *db.Tx, id string) (p Printed, err error) {
	_, err = tx.Maybe(`SELECT id, hash, blob, size, pages, at FROM catalog_booklet WHERE id = $1`, []any{id},
		&p.ID, &p.Hash, &p.Blob, &p.Size, &p.Pages, &p.At)
	return p, err
}

// dropPrinted lets go of what was made before a moment.
func dropPrinted(tx *db.Tx, before time.Time) error {
	if err := tx.Queue(`INSERT INTO catalog_booklet_former (blob, since) SELECT DISTINCT blob, CAST($1 AS BIGINT) FROM catalog_booklet WHERE at < $1
		ON CONFLICT (blob) DO NOTHING`, before.UnixMilli()); err != nil {
		return err
	}
	return tx.Exec(`DELETE FROM catalog_booklet WHERE at < $1`, before)
}

// listFormer returns up to limit files that were left before a moment and that no booklet has again.
func listFormer(tx *db.Tx, before time.Time, limit int) ([]string, error) {
	return db.All(tx, func(blob *string) []any { return []any{blob} }, `SELECT f.blob FROM catalog_booklet_former f
		WHERE f.since < $1 AND NOT EXISTS (SELECT 1 FROM catalog_booklet b WHERE b.blob = f.blob) ORDER BY f.since, f.blob LIMIT $2`, before, limit)
}

func forgetFormer(tx *db.Tx, blob string) error {
	return tx.Exec(`DELETE FROM catalog_booklet_former WHERE blob = $1`, blob)
}

// volumeAfter is the number of the volume that begins after a place, 0 where no volume ends there.
func volumeAfter(tx *db.Tx, facets [][2]string, after string) (int, error) {
	if after == "" {
		return 1, nil
	}
	var last string
	var n int
	from, where, place, args := withFacets(facets, false, today(tx), after)
	err := tx.One(`SELECT COUNT(*), COALESCE(MAX(`+place+`), '') FROM `+from+` WHERE `+where+` AND `+place+` <= $2`, args, &n, &last)
	if err != nil || last != after || n%bookletItems != 0 {
		return 0, err
	}
	return n/bookletItems + 1, nil
}

// findEntry returns the item in force with a code, if it may be applied for today.
func findEntry(tx *db.Tx, code string) (e Entry, err error) {
	found, err := tx.Maybe(`SELECT `+entryColumns+` FROM catalog_item i JOIN catalog_version v ON v.id = i.version WHERE i.code = $2 AND `+offered,
		[]any{today(tx), code}, entry(&e)...)
	if err == nil && !found {
		err = fault.New(fault.Unknown, "catalog.item.none")
	}
	return e, err
}
