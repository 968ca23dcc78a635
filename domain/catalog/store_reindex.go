package catalog

import "onedoor.app/infra/db"

// unindexed is an item that was made findable by older rules.
type unindexed struct {
	item    int64
	version int64
	place   string
	off     bool // it is taken from the list: it has no facets
}

// listUnindexed returns up to limit of them and makes others who change one wait.
func listUnindexed(tx *db.Tx, limit int) ([]unindexed, error) {
	return db.All(tx, func(o *unindexed) []any { return []any{&o.item, &o.version, &o.place, &o.off} },
		`SELECT id, version, place, suspended FROM catalog_item WHERE indexed < $1 ORDER BY indexed, id LIMIT $2`+tx.ForUpdate(), indexNumber, limit)
}

// anyUnindexed reports whether some items are not yet found by the rules of today.
func anyUnindexed(tx *db.Tx) (some bool, err error) {
	var id int64
	return tx.Maybe(`SELECT id FROM catalog_item WHERE indexed < $1 ORDER BY indexed, id LIMIT 1`, []any{indexNumber}, &id)
}

// markIndexed notes that an item is findable by the rules of today.
func markIndexed(tx *db.Tx, item int64) error {
	return tx.Queue(`UPDATE catalog_item SET indexed = $1 WHERE id = $2`, indexNumber, item)
}

// replaceFacets writes anew by what an item is browsed, but for the lists on which it stands.
func replaceFacets(tx *db.Tx, item int64, it *Item, place string) error {
	if err := tx.Queue(`DELETE FROM catalog_facet WHERE item = $1 AND kind <> $2`, item, facetList); err != nil {
		return err
	}
	for _, f := range it.facets() {
		if f[0] == facetList {
			continue
		}
		if err := tx.Queue(`INSERT INTO catalog_facet (kind, value, place, item) VALUES ($1, $2, $3, $4)`, f[0], f[1], place, item); err != nil {
			return err
		}
	}
	return nil
}
