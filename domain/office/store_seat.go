package office

import "onedoor.app/infra/db"

// sitting is somebody appointed to a post.
type sitting struct {
	Person
	post string
}

func listSitting(tx *db.Tx) ([]sitting, error) {
	return db.All(tx, func(r *sitting) []any { return []any{&r.post, &r.ID, &r.No, &r.Name, &r.Unit} },
		`SELECT h.post, s.id, s.staff_no, s.name, s.unit FROM office_holding h JOIN office_staff s ON s.id = h.staff
		WHERE s.active ORDER BY s.staff_no`)
}

// standing is an arrangement with its deputy's name.
type standing struct {
	Arrangement
	name string
}

// listStanding returns the arrangements that are not over on a day and whose
// people are both still here.
func listStanding(tx *db.Tx, day string) ([]standing, error) {
	return db.All(tx, func(r *standing) []any { return append(deputyInto(&r.Arrangement), &r.name) },
		`SELECT d.id, d.post, d.holder, d.deputy, d.from_on, d.to_on, b.name FROM office_deputy d
			JOIN office_staff a ON a.id = d.holder JOIN office_staff b ON b.id = d.deputy
		WHERE a.active AND b.active AND (d.to_on = '' OR d.to_on >= $1) ORDER BY a.staff_no, d.from_on, d.id`, day)
}

func listColleagues(tx *db.Tx, of Unit) ([]Person, error) {
	return db.All(tx, func(p *Person) []any { return []any{&p.ID, &p.No, &p.Name, &p.Unit} },
		`SELECT s.id, s.staff_no, s.name, u.name FROM office_staff s JOIN office_unit u ON u.code = s.unit
		WHERE (u.code = $1 OR u.body = $2 AND u.body <> '') AND s.active ORDER BY u.place, s.staff_no`, of.Code, of.Body)
}
