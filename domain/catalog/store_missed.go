package catalog

import (
	"maps"
	"slices"

	"onedoor.app/engine/calendar"
	"onedoor.app/infra/db"
)

// addMissed counts what was asked for on a day, as far as the day has room for new words, and
// forgets what is old.
func addMissed(tx *db.Tx, day calendar.Date, all map[string]missing) error {
	var n int
	if err := tx.One(`SELECT COUNT(*) FROM catalog_missed WHERE day = $1`, []any{day.String()}, &n); err != nil {
		return err
	}
	if n == 0 {
		if err := tx.Exec(`DELETE FROM catalog_missed WHERE day < $1`, (day - missedKept).String()); err != nil {
			return err
		}
	}
	for _, words := range slices.Sorted(maps.Keys(all)) {
		one := all[words]
		changed, err := tx.Change(`UPDATE catalog_missed SET asked = asked + $3, poor = poor + $4 WHERE day = $1 AND words = $2`, day.String(), words, one.asked, one.poor)
		if err != nil {
			return err
		}
		if changed > 0 || n >= maxMissedDay {
			continue
		}
		n++
		if err := tx.Exec(`INSERT INTO catalog_missed (day, words, asked, poor) VALUES ($1, $2, $3, $4)
			ON CONFLICT (day, words) DO UPDATE SET asked = catalog_missed.asked + excluded.asked, poor = catalog_missed.poor + excluded.poor`,
			day.String(), words, one.asked, one.poor); err != nil {
			return err
		}
	}
	return nil
}

// listMissed sums up the days since one. There are few rows: a day adds at most maxMissedDay.
func listMissed(tx *db.Tx, since calendar.Date, after MissedKey, limit int) ([]Missing, error) {
	type row struct {
		Missing
		last string
	}
	rows, err := db.All(tx, func(r *row) []any { return []any{&r.Words, &r.Asked, &r.Poor, &r.last} },
		`SELECT words, SUM(asked), SUM(poor), MAX(day) FROM catalog_missed WHERE day >= $1 AND words <> '' GROUP BY words
		HAVING $2 = 0 OR SUM(asked) < $2 OR SUM(asked) = $2 AND words > $3
		ORDER BY SUM(asked) DESC, words LIMIT $4`, since.String(), after.Asked, after.Words, limit)
	list := make([]Missing, len(rows))
	for i, r := range rows {
		list[i] = r.Missing
		if err == nil {
			list[i].Last, err = calendar.ParseDate(r.last)
		}
	}
	return list, err
}

// countOthers counts what was not kept: its words are ”.
func countOthers(tx *db.Tx, since calendar.Date) (n int, err error) {
	err = tx.One(`SELECT COALESCE(SUM(asked), 0) FROM catalog_missed WHERE day >= $1 AND words = ''`, []any{since.String()}, &n)
	return n, err
}
