package office

import "onedoor.app/infra/db"

func deputyInto(a *Arrangement) []any {
	return []any{&a.ID, &a.Post, &a.Holder, &a.Deputy, &a.From, &a.To}
}

func insertDeputy(tx *db.Tx, a Arrangement) error {
	return tx.Queue(`INSERT INTO office_deputy (id, post, holder, deputy, from_on, to_on) VALUES ($1, $2, $3, $4, $5, $6)`,
		a.ID, a.Post, a.Holder, a.Deputy, a.From, a.To)
}

// findDeputy takes tx.ForUpdate() as lock when the arrangement will change.
func findDeputy(tx *db.Tx, id int64, lock string) (a Arrangement, err error) {
	err = tx.One(`SELECT id, post, holder, deputy, from_on, to_on FROM office_deputy WHERE id = $1`+lock,
		[]any{id}, deputyInto(&a)...)
	return a, err
}

func listDeputies(tx *db.Tx, post string, holder int64) ([]Arrangement, error) {
	return db.All(tx, deputyInto, `SELECT id, post, holder, deputy, from_on, to_on FROM office_deputy
		WHERE post = $1 AND holder = $2 ORDER BY from_on, id`, post, holder)
}

// between is an arrangement with the units of its people.
type between struct {
	Arrangement
	holder, deputy string
}

func listBetweenUnits(tx *db.Tx) ([]between, error) {
	return db.All(tx, func(b *between) []any { return append(deputyInto(&b.Arrangement), &b.holder, &b.deputy) },
		`SELECT d.id, d.post, d.holder, d.deputy, d.from_on, d.to_on, a.unit, b.unit FROM office_deputy d
			JOIN office_staff a ON a.id = d.holder JOIN office_staff b ON b.id = d.deputy
		WHERE a.unit <> b.unit ORDER BY d.id`)
}

func removeDeputy(tx *db.Tx, id int64) error {
	return tx.ExecOne(`DELETE FROM office_deputy WHERE id = $1`, id)
}

func changeDeputyEnd(tx *db.Tx, id int64, to string) error {
	return tx.ExecOne(`UPDATE office_deputy SET to_on = $1 WHERE id = $2`, to, id)
}

// appointed is what the rules of deputies ask about somebody.
type appointed struct {
	unit      Unit
	active    bool
	appointed bool // to the post in question
}

// findAppointed locks the person's row: whoever arranges deputies for the same
// holder takes turns.
func findAppointed(tx *db.Tx, staff int64, post string) (a appointed, err error) {
	var unit string
	err = tx.One(`SELECT unit, active FROM office_staff WHERE id = $1`+tx.ForUpdate(), []any{staff}, &unit, &a.active)
	if err != nil {
		return a, err
	}
	if a.unit, err = findUnit(tx, unit); err != nil {
		return a, err
	}
	a.appointed, err = tx.Maybe(`SELECT post FROM office_holding WHERE staff = $1 AND post = $2`, []any{staff, post}, new(string))
	return a, err
}
