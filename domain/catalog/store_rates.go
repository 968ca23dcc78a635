package catalog

import (
	"time"

	"onedoor.app/engine/calendar"
	"onedoor.app/infra/db"
)

// keepMeasure keeps the figures of a version that was published at a time, and ends the version before it on that day. What
// there was before reform is what the ledger says, else what the item's first version had.
func keepMeasure(tx *db.Tx, id int64, it *Item, at time.Time, next string) error {
	m := it.measured(at, next)
	return resum(tx, `code = $1`, []any{it.Code}, func() error { return replaceMeasure(tx, id, it, m, calendar.DateOf(at).String()) })
}

// replaceMeasure writes the figures of a version that ends the one before it on a day.
func replaceMeasure(tx *db.Tx, id int64, it *Item, m measure, day string) error {
	if err := tx.Queue(`UPDATE catalog_measure SET until_day = $3 WHERE code = $1 AND number = $2 AND until_day > $3`,
		it.Code, it.Version-1, day); err != nil {
		return err
	}
	if err := tx.Queue(`INSERT INTO catalog_measure (version, item, code, number, type, body_unit, since_day, until_day, bare, statutory, promised,
			materials, materials_before, steps, steps_before, online, whole, spot, once, rules)
		VALUES ($1, $18, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11, $12, $12, $13, $14, $15, $16, $17)
		ON CONFLICT (version) DO UPDATE SET type = excluded.type, body_unit = excluded.body_unit, since_day = excluded.since_day,
			until_day = excluded.until_day, bare = excluded.bare, statutory = excluded.statutory, promised = excluded.promised,
			materials = excluded.materials, steps = excluded.steps, online = excluded.online, whole = excluded.whole,
			spot = excluded.spot, once = excluded.once, rules = excluded.rules`,
		it.ID, it.Code, it.Version, it.Type, it.Body, m.Since, m.Until, m.Bare, m.Statutory, m.Promised,
		m.Materials, m.Steps, m.Online, m.Whole, m.Spot, m.Visit, measureNumber, id); err != nil {
		return err
	}
	return tx.Queue(measuredBefore+` WHERE code = $1`, it.Code)
}

// changeBefore works out anew what an item had before reform, after the ledger or the versions have changed.
func changeBefore(tx *db.Tx, code string) error {
	if code == "" {
		return nil
	}
	return resum(tx, `code = $1`, []any{code}, func() error { return tx.Queue(measuredBefore+` WHERE code = $1`, code) })
}

// measuredBefore works out what items had before reform: what the ledger says first, else what the first version had.
const measuredBefore = `UPDATE catalog_measure SET materials_before = ` + materialsBefore + `, steps_before = ` + stepsBefore

const (
	materialsBefore = `COALESCE((SELECT r.before_materials FROM catalog_reform r WHERE r.item = catalog_measure.code AND r.corrected_by = 0 AND NOT r.void
			AND r.before_materials IS NOT NULL ORDER BY r.effective, r.id LIMIT 1),
		(SELECT f.materials FROM catalog_measure f WHERE f.code = catalog_measure.code ORDER BY f.number LIMIT 1))`
	stepsBefore = `COALESCE((SELECT r.before_steps FROM catalog_reform r WHERE r.item = catalog_measure.code AND r.corrected_by = 0 AND NOT r.void
			AND r.before_steps IS NOT NULL ORDER BY r.effective, r.id LIMIT 1),
		(SELECT f.steps FROM catalog_measure f WHERE f.code = catalog_measure.code ORDER BY f.number LIMIT 1))`
)

// unmeasured is a version that the rules of today have not measured.
type unmeasured struct {
	version, item int64
	latest        bool // no other has followed
	off           bool // the item is taken from the lists
	place         string
	at, next      time.Time // when it was published, and the one after it
}

// listUnmeasured returns up to limit of them, older versions before newer ones: what an item had before is told by its first.
func listUnmeasured(tx *db.Tx, limit int) ([]unmeasured, error) {
	return db.All(tx, func(u *unmeasured) []any {
		return []any{&u.version, &u.item, &u.latest, &u.off, &u.place, &u.at, &u.next}
	},
		`SELECT v.id, i.id, i.version = v.id, i.suspended, i.place, v.at,
			(SELECT n.at FROM catalog_version n WHERE n.code = v.code AND n.number = v.number + 1)
		FROM catalog_version v LEFT JOIN catalog_measure m ON m.version = v.id JOIN catalog_item i ON i.code = v.code
		WHERE m.rules IS NULL OR m.rules <> $1 ORDER BY v.number, v.id LIMIT $2`, measureNumber, limit)
}
