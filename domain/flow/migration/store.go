package migration

import (
	"onedoor.app/domain/cases"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

const selectPlan = `SELECT id, flow, was, now, was_hash, now_hash, nodes, reason, since, state, run, cursor, total, seen, tried, author, author_name,
	approver, approver_name, remark, hash, lock, moved FROM migration_plan`

func planColumns(p *Plan) []any {
	return []any{
		&p.ID, &p.Flow, &p.Was, &p.Now, &p.WasHash, &p.NowHash, db.JSON(&p.Nodes), &p.Reason, &p.Since, (*string)(&p.State), (*string)(&p.Run), &p.cursor, &p.Total, &p.Seen, &p.Tried,
		&p.Author.Staff, &p.Author.Name, &p.Approver.Staff, &p.Approver.Name, &p.Remark, &p.Hash, &p.Lock, &p.Moved,
	}
}

// find reads a plan; lock makes others who change it wait.
func find(tx *db.Tx, id int64, lock string) (*Plan, error) {
	p := &Plan{}
	ok, err := tx.Maybe(selectPlan+` WHERE id = $1`+lock, []any{id}, planColumns(p)...)
	if err == nil && !ok {
		err = fault.New(fault.Unknown, "migration.none")
	}
	return p, err
}

func listPlans(tx *db.Tx, flow string, before int64, limit int) ([]Plan, error) {
	if before == 0 {
		return db.All(tx, planColumns, selectPlan+` WHERE flow = $1 ORDER BY id DESC LIMIT $2`, flow, limit)
	}
	return db.All(tx, planColumns, selectPlan+` WHERE flow = $1 AND id < $2 ORDER BY id DESC LIMIT $3`, flow, before, limit)
}

// listEvery returns plans in the order of their ids, after one, for Check.
func listEvery(tx *db.Tx, after int64, limit int) ([]Plan, error) {
	return db.All(tx, planColumns, selectPlan+` WHERE id > $1 ORDER BY id LIMIT $2`, after, limit)
}

func isOpen(tx *db.Tx, flow string, was int) (yes bool, err error) {
	var one int
	return tx.Maybe(`SELECT 1 FROM migration_plan WHERE flow = $1 AND was = $2 AND state NOT IN ('done', 'stopped') LIMIT 1`, []any{flow, was}, &one)
}

func insert(tx *db.Tx, p *Plan) error {
	return tx.Exec(`INSERT INTO migration_plan (id, flow, was, now, was_hash, now_hash, nodes, reason, since, state, run, cursor, total, seen, author, author_name,
		approver, approver_name, remark, hash, lock, moved)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22)`,
		p.ID, p.Flow, p.Was, p.Now, p.WasHash, p.NowHash, db.JSON(p.Nodes), p.Reason, p.Since, string(p.State), string(p.Run), p.cursor, p.Total, p.Seen,
		p.Author.Staff, p.Author.Name, p.Approver.Staff, p.Approver.Name, p.Remark, p.Hash, p.Lock, p.Moved)
}

func change(tx *db.Tx, p *Plan) error {
	var tried any
	if !p.Tried.IsZero() {
		tried = p.Tried
	}
	return tx.ExecOne(`UPDATE migration_plan SET nodes = $1, reason = $2, since = $3, state = $4, run = $5, cursor = $6, total = $7, seen = $8, tried = $9,
		author = $10, author_name = $11, approver = $12, approver_name = $13, remark = $14, hash = $15, lock = $16, moved = $17 WHERE id = $18`,
		db.JSON(p.Nodes), p.Reason, p.Since, string(p.State), string(p.Run), p.cursor, p.Total, p.Seen, tried,
		p.Author.Staff, p.Author.Name, p.Approver.Staff, p.Approver.Name, p.Remark, p.Hash, p.Lock, p.Moved, p.ID)
}

func insertEditor(tx *db.Tx, plan, staff int64) error {
	return tx.Exec(`INSERT INTO migration_editor (plan, staff) VALUES ($1, $2) ON CONFLICT (plan, staff) DO NOTHING`, plan, staff)
}

func isEditor(tx *db.Tx, plan, staff int64) (yes bool, err error) {
	var one int
	return tx.Maybe(`SELECT 1 FROM migration_editor WHERE plan = $1 AND staff = $2`, []any{plan, staff}, &one)
}

func removePlaces(tx *db.Tx, plan int64) error {
	return tx.Exec(`DELETE FROM migration_place WHERE plan = $1`, plan)
}

func addPlace(tx *db.Tx, plan int64, key string, p Place) error {
	return tx.Queue(`INSERT INTO migration_place (plan, place, fit, cases, prospect, stands) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (plan, place) DO UPDATE SET cases = migration_place.cases + excluded.cases`,
		plan, key, p.Prospect.Good(), p.Cases, db.JSON(p.Prospect), db.JSON(p.Stands))
}

func listPlaces(tx *db.Tx, plan int64, limit int) ([]Place, error) {
	return db.All(tx, func(p *Place) []any { return []any{&p.Cases, db.JSON(&p.Prospect), db.JSON(&p.Stands)} },
		`SELECT cases, prospect, stands FROM migration_place WHERE plan = $1 ORDER BY fit, cases DESC, place LIMIT $2`, plan, limit)
}

func sums(tx *db.Tx, plan int64) (n Sums, err error) {
	err = tx.One(`SELECT COALESCE(SUM(CASE WHEN fit THEN cases ELSE 0 END), 0), COALESCE(SUM(CASE WHEN fit THEN 0 ELSE cases END), 0)
		FROM migration_place WHERE plan = $1`, []any{plan}, &n.Fit, &n.Unfit)
	if err == nil {
		err = tx.One(`SELECT COALESCE(SUM(CASE WHEN carried THEN 1 ELSE 0 END), 0), COALESCE(SUM(CASE WHEN carried THEN 0 ELSE 1 END), 0)
			FROM migration_case WHERE plan = $1`, []any{plan}, &n.Carried, &n.Left)
	}
	return n, err
}

func putCase(tx *db.Tx, plan int64, out cases.Carried) error {
	return tx.Queue(`INSERT INTO migration_case (plan, case_id, no, carried, prospect, stands, at) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (plan, case_id) DO UPDATE SET carried = excluded.carried, prospect = excluded.prospect, stands = excluded.stands, at = excluded.at`,
		plan, out.Case, out.No, out.Moved, db.JSON(out.Prospect), db.JSON(out.Stands), tx.Now())
}

func listLeft(tx *db.Tx, plan, after int64, limit int) ([]Left, error) {
	return db.All(tx, func(l *Left) []any { return []any{&l.Case, &l.No, db.JSON(&l.Stands), db.JSON(&l.Prospect), &l.At} },
		`SELECT case_id, no, stands, prospect, at FROM migration_case WHERE plan = $1 AND NOT carried AND case_id > $2 ORDER BY case_id LIMIT $3`, plan, after, limit)
}

// listCarried lists the cases that a plan has carried over, after one, for Check.
func listCarried(tx *db.Tx, plan, after int64, limit int) ([]int64, error) {
	return db.All(tx, func(id *int64) []any { return []any{id} },
		`SELECT case_id FROM migration_case WHERE plan = $1 AND carried AND case_id > $2 ORDER BY case_id LIMIT $3`, plan, after, limit)
}
