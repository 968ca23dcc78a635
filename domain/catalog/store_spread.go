package catalog

import (
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

const spreadColumns = `p.id, p.material, p.lib_version, p.chosen, p.reason, p.state, p.reached, p.account, p.staff, p.staff_name, p.at`

func scanSpread(p *Spread) []any {
	return []any{
		&p.ID, &p.Material, &p.On, db.JSON(&p.Chosen), &p.Reason, (*string)(&p.State), &p.reached, &p.account, &p.By.Staff, &p.By.Name, &p.At,
	}
}

func insertSpread(tx *db.Tx, p Spread) error {
	return tx.Exec(`INSERT INTO catalog_spread (id, material, lib_version, chosen, reason, state, reached, account, staff, staff_name, at)
		VALUES ($1, $2, $3, $4, $5, $6, '', $7, $8, $9, $10)`,
		p.ID, p.Material, p.On, db.JSON(p.Chosen), p.Reason, string(p.State), p.account, p.By.Staff, p.By.Name, p.At)
}

func findSpread(tx *db.Tx, id int64, lock string) (p Spread, err error) {
	found, err := tx.Maybe(`SELECT `+spreadColumns+` FROM catalog_spread p WHERE p.id = $1`+lock, []any{id}, scanSpread(&p)...)
	if err == nil && !found {
		err = fault.New(fault.Unknown, "catalog.spread.none")
	}
	return p, err
}

// lockSpread reads a spread and makes others who go on with it wait.
func lockSpread(tx *db.Tx, id int64) (Spread, error) { return findSpread(tx, id, tx.ForUpdate()) }

func changeSpread(tx *db.Tx, id int64, state SpreadState, reached string) error {
	return tx.ExecOne(`UPDATE catalog_spread SET state = $1, reached = $2 WHERE id = $3`, string(state), reached, id)
}

func insertSpreadItem(tx *db.Tx, spread int64, code string, outcome SpreadOutcome, change int64) error {
	return tx.Exec(`INSERT INTO catalog_spread_item (spread, code, outcome, change_id) VALUES ($1, $2, $3, $4)
		ON CONFLICT (spread, code) DO NOTHING`, spread, code, string(outcome), change)
}

func listSpreads(tx *db.Tx, material string, limit int) ([]Spread, error) {
	return db.All(tx, scanSpread, `SELECT `+spreadColumns+` FROM catalog_spread p WHERE p.material = $1 ORDER BY p.id DESC LIMIT $2`, material, limit)
}

// findSpreadOf finds the spread that made a change. One that only met it did not.
func findSpreadOf(tx *db.Tx, change int64) (*Spread, error) {
	p := &Spread{}
	found, err := tx.Maybe(`SELECT `+spreadColumns+` FROM catalog_spread_item x JOIN catalog_spread p ON p.id = x.spread
		WHERE x.change_id = $1 AND x.outcome <> $2`, []any{change, string(SpreadOpen)}, scanSpread(p)...)
	if err != nil || !found {
		return nil, err
	}
	return p, nil
}

func countSpread(tx *db.Tx, id int64) (map[SpreadOutcome]int, error) {
	type row struct {
		outcome string
		n       int
	}
	list, err := db.All(tx, func(r *row) []any { return []any{&r.outcome, &r.n} },
		`SELECT outcome, COUNT(*) FROM catalog_spread_item WHERE spread = $1 GROUP BY outcome`, id)
	counts := map[SpreadOutcome]int{}
	for _, r := range list {
		counts[SpreadOutcome(r.outcome)] = r.n
	}
	return counts, err
}

type spreadRow struct {
	code    string
	outcome SpreadOutcome
	change  int64
}

func listSpreadItems(tx *db.Tx, id int64, after string, limit int) ([]spreadRow, error) {
	return db.All(tx, func(r *spreadRow) []any { return []any{&r.code, (*string)(&r.outcome), &r.change} },
		`SELECT code, outcome, change_id FROM catalog_spread_item WHERE spread = $1 AND code > $2 ORDER BY code LIMIT $3`, id, after, limit)
}

func listSpreadsToReview(tx *db.Tx, staff int64, scope string, limit int) ([]SpreadWaiting, error) {
	return db.All(tx, func(w *SpreadWaiting) []any { return []any{&w.Spread, &w.Name, &w.Waiting} },
		`SELECT p.id, m.name, COUNT(*) FROM catalog_change c JOIN catalog_spread_item x ON x.change_id = c.id
			JOIN catalog_spread p ON p.id = x.spread JOIN catalog_material m ON m.code = p.material
		WHERE `+waiting(1)+` AND x.outcome = $4 GROUP BY p.id, m.name ORDER BY p.id DESC LIMIT $5`,
		string(ChangeSubmitted), staff, scope, string(SpreadSubmitted), limit)
}
