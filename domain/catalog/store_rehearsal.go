package catalog

import (
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

const rehearsalColumns = `id, change, hash, since, until, state, reached, total, result, staff, staff_name, at`

func scanRehearsal(r *Rehearsal) []any {
	return []any{
		&r.ID, &r.Change, &r.hash, &r.From, &r.To, (*string)(&r.State), &r.reached, &r.Total, db.JSON(&r.Result), &r.By.Staff, &r.By.Name, &r.At,
	}
}

func insertRehearsal(tx *db.Tx, r Rehearsal) error {
	return tx.Exec(`INSERT INTO catalog_rehearsal (`+rehearsalColumns+`) VALUES ($1, $2, $3, $4, $5, $6, 0, $7, $8, $9, $10, $11)`,
		r.ID, r.Change, r.hash, r.From.String(), r.To.String(), string(r.State), r.Total, db.JSON(r.Result), r.By.Staff, r.By.Name, r.At)
}

func findRehearsal(tx *db.Tx, id int64) (r Rehearsal, err error) {
	found, err := tx.Maybe(`SELECT `+rehearsalColumns+` FROM catalog_rehearsal WHERE id = $1`, []any{id}, scanRehearsal(&r)...)
	if err == nil && !found {
		err = fault.New(fault.Unknown, "catalog.rehearsal.none")
	}
	return r, err
}

func listRehearsals(tx *db.Tx, change int64, limit int) ([]Rehearsal, error) {
	return db.All(tx, scanRehearsal, `SELECT `+rehearsalColumns+` FROM catalog_rehearsal WHERE change = $1 ORDER BY id DESC LIMIT $2`, change, limit)
}

// keepTried keeps one page of a rehearsal, unless another worker has kept it already.
func keepTried(tx *db.Tx, r Rehearsal, found []tried, last int64) error {
	result := r.Result
	result.Cases = map[RehearsalEffect]int{}
	for e, n := range r.Result.Cases {
		result.Cases[e] = n
	}
	for _, t := range found {
		result.Looked++
		for i, late := range t.late {
			if late {
				result.Late[i]++
			}
		}
		for e := range t.effects {
			result.Cases[e]++
		}
	}
	n, err := tx.Change(`UPDATE catalog_rehearsal SET state = $1, reached = $2, result = $3 WHERE id = $4 AND reached = $5 AND state = $6`,
		string(r.State), max(last, r.reached), db.JSON(result), r.ID, r.reached, string(RehearsalRuns))
	if err != nil || n == 0 {
		return err
	}
	for _, t := range found {
		for e, facts := range t.effects {
			if err := tx.Queue(`INSERT INTO catalog_rehearsal_case (rehearsal, effect, case_id, no, facts) VALUES ($1, $2, $3, $4, $5)
				ON CONFLICT (rehearsal, effect, case_id) DO NOTHING`, r.ID, string(e), t.id, t.no, db.JSON(facts)); err != nil {
				return err
			}
		}
	}
	return nil
}

func listTried(tx *db.Tx, rehearsal int64, e RehearsalEffect, after int64, limit int) ([]RehearsedCase, error) {
	return db.All(tx, func(c *RehearsedCase) []any { return []any{&c.Case, &c.No, db.JSON(&c.Facts)} },
		`SELECT case_id, no, facts FROM catalog_rehearsal_case WHERE rehearsal = $1 AND effect = $2 AND case_id > $3 ORDER BY case_id LIMIT $4`,
		rehearsal, string(e), after, limit)
}
