package catalog

import (
	"slices"

	"onedoor.app/infra/db"
)

func findSuspension(tx *db.Tx, code string) (*Suspension, error) {
	x := &Suspension{}
	found, err := tx.Maybe(`SELECT code, reason, staff, staff_name, since FROM catalog_suspension WHERE code = $1 AND until = 0`, []any{code},
		&x.Code, &x.Reason, &x.By.Staff, &x.By.Name, &x.Since)
	if err != nil || !found {
		return nil, err
	}
	return x, nil
}

func listSuspensions(tx *db.Tx, limit int) ([]Suspension, error) {
	return db.All(tx, func(x *Suspension) []any { return []any{&x.Code, &x.Reason, &x.By.Staff, &x.By.Name, &x.Since} },
		`SELECT code, reason, staff, staff_name, since FROM catalog_suspension WHERE until = 0 ORDER BY id DESC LIMIT $1`, limit)
}

// insertSuspension takes an item out of the lists: without facets no narrowed list has it.
func insertSuspension(tx *db.Tx, x Suspension) error {
	if err := tx.Queue(`INSERT INTO catalog_suspension (id, code, reason, staff, staff_name, since, until) VALUES ($1, $2, $3, $4, $5, $6, 0)`,
		tx.NewID(), x.Code, x.Reason, x.By.Staff, x.By.Name, tx.Now()); err != nil {
		return err
	}
	if err := tx.Queue(`UPDATE catalog_item SET suspended = TRUE WHERE code = $1`, x.Code); err != nil {
		return err
	}
	var id int64
	if err := tx.One(`SELECT id FROM catalog_item WHERE code = $1`, []any{x.Code}, &id); err != nil {
		return err
	}
	if err := touchLists(tx, id, tx.Now()); err != nil { // while its facets still say on which lists it stood
		return err
	}
	return tx.Queue(`DELETE FROM catalog_facet WHERE item = $1`, id)
}

// endSuspension puts the version in force of an item back into the lists.
func endSuspension(tx *db.Tx, it *Item) error {
	if err := tx.Queue(`UPDATE catalog_suspension SET until = $1 WHERE code = $2 AND until = 0`, tx.Now(), it.Code); err != nil {
		return err
	}
	var id int64
	var place string
	if err := tx.One(`SELECT id, place FROM catalog_item WHERE code = $1`, []any{it.Code}, &id, &place); err != nil {
		return err
	}
	if err := tx.Queue(`UPDATE catalog_item SET suspended = FALSE WHERE id = $1`, id); err != nil {
		return err
	}
	if err := saveFacets(tx, id, it, place); err != nil {
		return err
	}
	return touchLists(tx, id, tx.Now())
}

// listOffered returns which of the items may be applied for today.
func listOffered(tx *db.Tx, items []int64) (map[int64]bool, error) {
	on := make(map[int64]bool, len(items))
	for chunk := range slices.Chunk(items, 200) {
		list, err := db.All(tx, func(id *int64) []any { return []any{id} },
			`SELECT i.id FROM catalog_item i WHERE `+offered+` AND i.id IN (`+marks(2, len(chunk))+`)`, append([]any{today(tx)}, anys(chunk)...)...)
		if err != nil {
			return nil, err
		}
		for _, id := range list {
			on[id] = true
		}
	}
	return on, nil
}

// countLoose counts the items whose suspension, mark and place in lists disagree.
func countLoose(tx *db.Tx) (n int, err error) {
	err = tx.One(`SELECT COUNT(*) FROM catalog_item i LEFT JOIN catalog_suspension x ON x.code = i.code AND x.until = 0
		WHERE i.suspended AND x.id IS NULL OR NOT i.suspended AND x.id IS NOT NULL
		OR i.suspended AND EXISTS (SELECT 1 FROM catalog_facet f WHERE f.item = i.id)`, nil, &n)
	return n, err
}
