package holiday

import (
	"encoding/json"
	"fmt"
	"reflect"

	"onedoor.app/engine/ledger"
	"onedoor.app/infra/db"
)

// newest is the version in force, "" while nothing was published.
func newest(tx *db.Tx) (version string, err error) {
	_, err = tx.Maybe(`SELECT version FROM holiday_version ORDER BY number DESC LIMIT 1`, nil, &version)
	return version, err
}

func count(tx *db.Tx) (n int64, err error) {
	err = tx.One(`SELECT COUNT(*) FROM holiday_version`, nil, &n)
	return n, err
}

func insert(tx *db.Tx, v Version) error {
	return tx.Exec(`INSERT INTO holiday_version (number, version, prev, year, no, issued, breaks, at, actor, actor_name)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		v.Number, v.Version, v.Prev, v.Year, v.No, v.Issued, db.JSON(v.Breaks), v.At, v.Actor, v.ActorName)
}

// list returns every version, oldest first: they are few, one a year.
func list(tx *db.Tx) ([]Version, error) {
	return db.All(tx, func(v *Version) []any {
		return []any{&v.Number, &v.Version, &v.Prev, &v.Year, &v.No, &v.Issued, db.JSON(&v.Breaks), &v.At, &v.Actor, &v.ActorName}
	}, `SELECT number, version, prev, year, no, issued, breaks, at, actor, actor_name FROM holiday_version ORDER BY number`)
}

// matches compares a row with the entry that was made of it.
func (v Version) matches(e ledger.Entry) error {
	var said published
	if err := json.Unmarshal([]byte(e.Body), &said); err != nil {
		return fmt.Errorf("holiday: entry %d cannot be read", e.Seq)
	}
	if !reflect.DeepEqual(said, published{Number: v.Number, Version: v.Version, Prev: v.Prev, Notice: v.Notice}) ||
		e.Actor != v.Actor || !e.At.Equal(v.At) {
		return fmt.Errorf("holiday: version %d is not what was published", v.Number)
	}
	return nil
}
