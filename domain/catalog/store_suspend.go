package catalog

import (
	"slices"
	"time"

	"onedoor.app/engine/calendar"
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

// insertSuspension takes an item out of the lists and of the figures: without facets no narrowed list has it.
func insertSuspension(tx *db.Tx, x Suspension) error {
	if err := resum(tx, `code = $1`, []any{x.Code}, func() error {
		return tx.Queue(`INSERT INTO catalog_suspension (id, code, reason, staff, staff_name, since, until, since_day, until_day) VALUES ($1, $2, $3, $4, $5, $6, 0, $7, $8)`,
			tx.NewID(), x.Code, x.Reason, x.By.Staff, x.By.Name, tx.Now(), today(tx), lastDay)
	}); err != nil {
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

// endSuspension puts the version in force of an item back into the lists and into the figures.
func endSuspension(tx *db.Tx, it *Item) error {
	if err := resum(tx, `code = $1`, []any{it.Code}, func() error {
		return tx.Queue(`UPDATE catalog_suspension SET until = $1, until_day = $3 WHERE code = $2 AND until = 0`, tx.Now(), it.Code, today(tx))
	}); err != nil {
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

// pause is one time that an item was off the list, with the days that are kept of it.
type pause struct {
	id           int64
	code         string
	since, until time.Time // until is zero while it lasts
	first, end   string
}

// days are those on which the item was off the list at their end: from the first up to the day before the end.
func (p pause) days() (first, end string) {
	first, end = calendar.DateOf(p.since).String(), lastDay
	if !p.until.IsZero() {
		end = calendar.DateOf(p.until).String()
	}
	return first, end
}

const selectPause = `SELECT id, code, since, NULLIF(until, 0), since_day, until_day FROM catalog_suspension `

func scanPause(p *pause) []any {
	return []any{&p.id, &p.code, &p.since, &p.until, &p.first, &p.end}
}

// listPauses returns up to limit times that items were off the list, after one of them.
func listPauses(tx *db.Tx, after int64, limit int) ([]pause, error) {
	return db.All(tx, scanPause, selectPause+`WHERE id > $1 ORDER BY id LIMIT $2`, after, limit)
}

// listUndated returns up to limit of them whose days are still to be worked out.
func listUndated(tx *db.Tx, limit int) ([]pause, error) {
	return db.All(tx, scanPause, selectPause+`WHERE since_day = '' ORDER BY id LIMIT $1`, limit)
}

// datePause writes down the days of a time that an item was off the list, and takes them out of the figures.
func datePause(tx *db.Tx, p pause) error {
	first, end := p.days()
	return resum(tx, `code = $1`, []any{p.code}, func() error {
		return tx.Queue(`UPDATE catalog_suspension SET since_day = $1, until_day = $2 WHERE id = $3`, first, end, p.id)
	})
}

// countLoose counts the items whose suspension, mark and place in lists disagree.
func countLoose(tx *db.Tx) (n int, err error) {
	err = tx.One(`SELECT COUNT(*) FROM catalog_item i LEFT JOIN catalog_suspension x ON x.code = i.code AND x.until = 0
		WHERE i.suspended AND x.id IS NULL OR NOT i.suspended AND x.id IS NOT NULL
		OR i.suspended AND EXISTS (SELECT 1 FROM catalog_facet f WHERE f.item = i.id)`, nil, &n)
	return n, err
}
