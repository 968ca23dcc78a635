package catalog

import (
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

func savePrinted(tx *db.Tx, p Printed) error {
	return tx.Exec(`INSERT INTO catalog_booklet (id, hash, blob, size, pages, at) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (id) DO UPDATE SET hash = excluded.hash, blob = excluded.blob, size = excluded.size, pages = excluded.pages, at = excluded.at`,
		p.ID, p.Hash, p.Blob, p.Size, p.Pages, tx.Now())
}

func findPrinted(tx *db.Tx, id string) (p Printed, err error) {
	_, err = tx.Maybe(`SELECT id, hash, blob, size, pages, at FROM catalog_booklet WHERE id = $1`, []any{id},
		&p.ID, &p.Hash, &p.Blob, &p.Size, &p.Pages, &p.At)
	return p, err
}

// findEntry returns the item in force with a code.
func findEntry(tx *db.Tx, code string) (e Entry, err error) {
	found, err := tx.Maybe(`SELECT `+entryColumns+` FROM catalog_item i JOIN catalog_version v ON v.id = i.version WHERE i.code = $1`, []any{code}, entry(&e)...)
	if err == nil && !found {
		err = fault.New(fault.Unknown, "catalog.item.none")
	}
	return e, err
}
