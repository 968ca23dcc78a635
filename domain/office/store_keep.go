package office

import (
	"strings"

	"onedoor.app/infra/db"
)

// takeTurn waits until nobody else changes the office: what is read after it stays
// true until this unit of work ends.
func takeTurn(tx *db.Tx) error {
	return tx.One(`SELECT id FROM office_turn WHERE id = 1`+tx.ForUpdate(), nil, new(int64))
}

func changeUnit(tx *db.Tx, u Unit) error {
	return tx.ExecOne(`UPDATE office_unit SET name = $1, kind = $2, parent = $3, body = $4, division = $5, nature = $6, note = $7
		WHERE code = $8`, u.Name, u.Kind, u.Parent, u.Body, u.Division, u.Nature, u.Note, u.Code)
}

func removeUnit(tx *db.Tx, code string) error {
	return tx.ExecOne(`DELETE FROM office_unit WHERE code = $1`, code)
}

// unitHeld reports whether somebody holds a post of a unit.
func unitHeld(tx *db.Tx, code string) (bool, error) {
	return tx.Maybe(`SELECT 1 FROM office_holding h JOIN office_post p ON p.code = h.post WHERE p.unit = $1 LIMIT 1`,
		[]any{code}, new(int))
}

// unitUsed reports whether a unit has posts, people or parts.
func unitUsed(tx *db.Tx, code string) (bool, error) {
	return tx.Maybe(`SELECT 1 FROM office_post WHERE unit = $1 UNION ALL SELECT 1 FROM office_staff WHERE unit = $1
		UNION ALL SELECT 1 FROM office_unit WHERE parent = $1 LIMIT 1`, []any{code}, new(int))
}

func changePostName(tx *db.Tx, code, name string) error {
	return tx.ExecOne(`UPDATE office_post SET name = $1 WHERE code = $2`, name, code)
}

// addRole adds a role unless it is there.
func addRole(tx *db.Tx, r Role, place int) error {
	return tx.Queue(`INSERT INTO office_role (code, name, note, place) VALUES ($1, $2, $3, $4) ON CONFLICT (code) DO NOTHING`,
		r.Code, r.Name, r.Note, place)
}

func addStaffRole(tx *db.Tx, staff int64, role string) error {
	return tx.Queue(`INSERT INTO office_staff_role (staff, role) VALUES ($1, $2) ON CONFLICT (staff, role) DO NOTHING`, staff, role)
}

func removeStaffRole(tx *db.Tx, staff int64, role string) error {
	return tx.Queue(`DELETE FROM office_staff_role WHERE staff = $1 AND role = $2`, staff, role)
}

func removeHolding(tx *db.Tx, staff int64, post string) error {
	return tx.ExecOne(`DELETE FROM office_holding WHERE staff = $1 AND post = $2`, staff, post)
}

// lockStaff reads somebody's row and locks it: whoever changes what they hold
// takes turns.
func lockStaff(tx *db.Tx, id int64) (p Staff, err error) {
	err = tx.One(`SELECT id, staff_no, name, unit, active FROM office_staff WHERE id = $1`+tx.ForUpdate(), []any{id}, staffInto(&p)...)
	return p, err
}

func changeStaff(tx *db.Tx, id int64, name, unit string) error {
	return tx.ExecOne(`UPDATE office_staff SET name = $1, unit = $2 WHERE id = $3`, name, unit, id)
}

func changeMobile(tx *db.Tx, id int64, sealed []byte) error {
	return tx.ExecOne(`UPDATE office_staff SET mobile = $1 WHERE id = $2`, sealed, id)
}

func findMobile(tx *db.Tx, id int64) (sealed []byte, err error) {
	err = tx.One(`SELECT mobile FROM office_staff WHERE id = $1`, []any{id}, &sealed)
	return sealed, err
}

// noStaff reports whether nobody works here yet, nor ever did.
func noStaff(tx *db.Tx) (bool, error) {
	some, err := tx.Maybe(`SELECT 1 FROM office_staff LIMIT 1`, nil, new(int))
	return !some, err
}

// seated is a post that somebody is appointed to.
type seated struct {
	Post
	in UnitKind // of its unit
}

func listHeldBy(tx *db.Tx, staff int64) ([]seated, error) {
	return db.All(tx, func(h *seated) []any { return append(postInto(&h.Post), &h.in) },
		`SELECT p.code, p.unit, p.name, p.kind, u.kind FROM office_holding h JOIN office_post p ON p.code = h.post
			JOIN office_unit u ON u.code = p.unit WHERE h.staff = $1 ORDER BY h.place, p.code`, staff)
}

// administrator is somebody in a system administrator's post.
type administrator struct {
	staff int64
	post  string
}

// lockAdministrators lists the system administrators and locks their posts: of two
// who relieve each other at once one waits, and is refused.
func lockAdministrators(tx *db.Tx) ([]administrator, error) {
	return db.All(tx, func(a *administrator) []any { return []any{&a.staff, &a.post} },
		`SELECT staff, post FROM office_holding WHERE post IN (SELECT code FROM office_post WHERE kind = 'sysadmin')
			AND staff IN (SELECT id FROM office_staff WHERE active) ORDER BY staff, post`+tx.ForUpdate())
}

func listArrangementsOf(tx *db.Tx, staff int64) ([]Arrangement, error) {
	return db.All(tx, deputyInto, `SELECT id, post, holder, deputy, from_on, to_on FROM office_deputy
		WHERE holder = $1 OR deputy = $1 ORDER BY id`, staff)
}

// member is somebody in the list of people.
type member struct {
	Person
	active bool
	posts  int
}

// listPeople lists people by staff number, after that of somebody, whose names or
// numbers contain text.
func listPeople(tx *db.Tx, text string, after int64, limit int) ([]member, error) {
	like := "%" + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(text) + "%"
	return db.All(tx, func(m *member) []any { return []any{&m.ID, &m.No, &m.Name, &m.Unit, &m.active, &m.posts} },
		`SELECT s.id, s.staff_no, s.name, u.name, s.active, (SELECT COUNT(*) FROM office_holding h WHERE h.staff = s.id)
		FROM office_staff s JOIN office_unit u ON u.code = s.unit
		WHERE (s.name LIKE $1 ESCAPE '\' OR s.staff_no LIKE $2 ESCAPE '\')
			AND s.staff_no > COALESCE((SELECT staff_no FROM office_staff WHERE id = $3), '')
		ORDER BY s.staff_no LIMIT $4`, like, strings.ToUpper(like), after, limit)
}

func countPeople(tx *db.Tx) (here int, err error) {
	err = tx.One(`SELECT COUNT(*) FROM office_staff WHERE active`, nil, &here)
	return here, err
}

// listActive lists everybody who is here, those of a unit first.
func listActive(tx *db.Tx, unit string) ([]Person, error) {
	return db.All(tx, func(p *Person) []any { return []any{&p.ID, &p.No, &p.Name, &p.Unit} },
		`SELECT s.id, s.staff_no, s.name, u.name FROM office_staff s JOIN office_unit u ON u.code = s.unit
		WHERE s.active ORDER BY CASE WHEN s.unit = $1 THEN 0 ELSE 1 END, u.place, s.staff_no`, unit)
}

func findWindow(tx *db.Tx, code string) (w Window, err error) {
	err = tx.One(`SELECT code, name, kind, zone, post, staff, scope FROM office_window WHERE code = $1`, []any{code},
		&w.Code, &w.Name, &w.Kind, &w.Zone, &w.Post, db.OrZero(&w.Staff), &w.Scope)
	return w, err
}

func changeWindow(tx *db.Tx, w Window) error {
	return tx.ExecOne(`UPDATE office_window SET name = $1, kind = $2, zone = $3, post = $4, staff = $5, scope = $6 WHERE code = $7`,
		w.Name, w.Kind, w.Zone, w.Post, db.Null(w.Staff), w.Scope, w.Code)
}

func removeWindow(tx *db.Tx, code string) error {
	return tx.ExecOne(`DELETE FROM office_window WHERE code = $1`, code)
}
