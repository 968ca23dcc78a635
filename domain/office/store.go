package office

import (
	"strconv"
	"strings"

	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

const unitColumns = `code, name, kind, parent, body, division, nature, note`

func unitInto(u *Unit) []any {
	return []any{&u.Code, &u.Name, &u.Kind, &u.Parent, &u.Body, &u.Division, &u.Nature, &u.Note}
}

func findUnit(tx *db.Tx, code string) (u Unit, err error) {
	err = tx.One(`SELECT `+unitColumns+` FROM office_unit WHERE code = $1`, []any{code}, unitInto(&u)...)
	return u, err
}

func listUnits(tx *db.Tx) ([]Unit, error) {
	return db.All(tx, unitInto, `SELECT `+unitColumns+` FROM office_unit ORDER BY place`)
}

func putUnit(tx *db.Tx, u Unit, place int) error {
	return tx.Queue(`INSERT INTO office_unit (`+unitColumns+`, place) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
		ON CONFLICT (code) DO UPDATE SET name = excluded.name, kind = excluded.kind, parent = excluded.parent,
		body = excluded.body, division = excluded.division, nature = excluded.nature, note = excluded.note, place = excluded.place`,
		u.Code, u.Name, u.Kind, u.Parent, u.Body, u.Division, u.Nature, u.Note, place)
}

// insertUnit adds a unit; a code that is taken is the input fault
// office.unit_code_taken.
func insertUnit(tx *db.Tx, u Unit, place int) error {
	err := tx.Exec(`INSERT INTO office_unit (`+unitColumns+`, place) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		u.Code, u.Name, u.Kind, u.Parent, u.Body, u.Division, u.Nature, u.Note, place)
	return codeTaken(err, "office.unit_code_taken")
}

// codeTaken makes an input fault against the code of an insertion that found it taken.
func codeTaken(err error, why string) error {
	if !db.IsUnique(err) {
		return err
	}
	bad := fault.Fields{}
	bad.Need(false, "code", why)
	return bad.Err()
}

func postInto(p *Post) []any { return []any{&p.Code, &p.Unit, &p.Name, &p.Kind} }

func findPost(tx *db.Tx, code string) (p Post, err error) {
	err = tx.One(`SELECT code, unit, name, kind FROM office_post WHERE code = $1`, []any{code}, postInto(&p)...)
	return p, err
}

func listPosts(tx *db.Tx) ([]Post, error) {
	return db.All(tx, postInto, `SELECT code, unit, name, kind FROM office_post ORDER BY place`)
}

func putPost(tx *db.Tx, p Post, place int) error {
	return tx.Queue(`INSERT INTO office_post (code, unit, name, kind, place) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (code) DO UPDATE SET unit = excluded.unit, name = excluded.name, kind = excluded.kind, place = excluded.place`,
		p.Code, p.Unit, p.Name, p.Kind, place)
}

// insertPost adds a post unless it is there and reports which.
func insertPost(tx *db.Tx, p Post, place int) (bool, error) {
	n, err := tx.Change(`INSERT INTO office_post (code, unit, name, kind, place) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (code) DO NOTHING`, p.Code, p.Unit, p.Name, p.Kind, place)
	return n == 1, err
}

func listRoles(tx *db.Tx) ([]Role, error) {
	return db.All(tx, func(r *Role) []any { return []any{&r.Code, &r.Name, &r.Note} },
		`SELECT code, name, note FROM office_role ORDER BY place`)
}

func putRole(tx *db.Tx, r Role, place int) error {
	return tx.Queue(`INSERT INTO office_role (code, name, note, place) VALUES ($1, $2, $3, $4)
		ON CONFLICT (code) DO UPDATE SET name = excluded.name, note = excluded.note, place = excluded.place`,
		r.Code, r.Name, r.Note, place)
}

// candidate is a post of a township, among which a rule may choose.
type candidate struct {
	Post
	division string // of its unit
}

// listCandidates returns the posts of one kind in townships.
func listCandidates(tx *db.Tx, kind PostKind) ([]candidate, error) {
	return db.All(tx, func(c *candidate) []any { return append(postInto(&c.Post), &c.division) },
		`SELECT p.code, p.unit, p.name, p.kind, u.division FROM office_post p JOIN office_unit u ON u.code = p.unit
		WHERE u.kind = $1 AND p.kind = $2 ORDER BY p.place, p.code`, Township, kind)
}

func staffInto(p *Staff) []any { return []any{&p.ID, &p.No, &p.Name, &p.Unit, &p.Active} }

func findStaff(tx *db.Tx, id int64) (p Staff, err error) {
	err = tx.One(`SELECT id, staff_no, name, unit, active FROM office_staff WHERE id = $1`, []any{id}, staffInto(&p)...)
	return p, err
}

func findStaffNo(tx *db.Tx, no string) (id int64, err error) {
	err = tx.One(`SELECT id FROM office_staff WHERE staff_no = $1`, []any{no}, &id)
	return id, err
}

// insertStaff adds somebody unless their number is taken and reports which.
func insertStaff(tx *db.Tx, p Staff, pack string, mobile []byte) (bool, error) {
	n, err := tx.Change(`INSERT INTO office_staff (id, pack, staff_no, name, unit, mobile, active)
		VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (staff_no) DO NOTHING`,
		p.ID, db.Null(pack), p.No, p.Name, p.Unit, mobile, p.Active)
	return n == 1, err
}

func insertHolding(tx *db.Tx, staff int64, post string, place int) error {
	return tx.Queue(`INSERT INTO office_holding (staff, post, place) VALUES ($1, $2, $3)`, staff, post, place)
}

func insertStaffRole(tx *db.Tx, staff int64, role string) error {
	return tx.Queue(`INSERT INTO office_staff_role (staff, role) VALUES ($1, $2)`, staff, role)
}

func changeActive(tx *db.Tx, staff int64, active bool) error {
	return tx.ExecOne(`UPDATE office_staff SET active = $1 WHERE id = $2`, active, staff)
}

func listPostsOf(tx *db.Tx, staff int64) ([]string, error) {
	return db.All(tx, text, `SELECT post FROM office_holding WHERE staff = $1 ORDER BY place`, staff)
}

func listRolesOf(tx *db.Tx, staff int64) ([]string, error) {
	return db.All(tx, text, `SELECT role FROM office_staff_role WHERE staff = $1 ORDER BY role`, staff)
}

func text(s *string) []any { return []any{s} }

// listPackStaff returns the ids of everybody who came with a package, by their
// id in it.
func listPackStaff(tx *db.Tx) (map[string]int64, error) {
	type row struct {
		pack string
		id   int64
	}
	rows, err := db.All(tx, func(r *row) []any { return []any{&r.pack, &r.id} },
		`SELECT pack, id FROM office_staff WHERE pack > ''`)
	ids := make(map[string]int64, len(rows))
	for _, r := range rows {
		ids[r.pack] = r.id
	}
	return ids, err
}

func listNames(tx *db.Tx, ids []int64) (map[int64]string, error) {
	names := make(map[int64]string, len(ids))
	if len(ids) == 0 {
		return names, nil
	}
	args := make([]any, len(ids))
	for i, id := range ids {
		args[i] = id
	}
	rows, err := db.All(tx, func(p *Staff) []any { return []any{&p.ID, &p.Name} },
		`SELECT id, name FROM office_staff WHERE id IN (`+places(1, len(ids))+`)`, args...)
	for _, p := range rows {
		names[p.ID] = p.Name
	}
	return names, err
}

// places writes "$from, … $from+n-1".
func places(from, n int) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString("$" + strconv.Itoa(from+i))
	}
	return b.String()
}

// held is a post that somebody may act in; holder is 0 for their own.
type held struct {
	Post
	holder int64
	place  int
}

// during is the condition that an arrangement d is in force on the day $2.
const during = ` (d.from_on = '' OR d.from_on <= $2) AND (d.to_on = '' OR d.to_on >= $2) `

func listHeld(tx *db.Tx, staff int64, on string) ([]held, error) {
	return db.All(tx, func(h *held) []any { return append(postInto(&h.Post), &h.holder, &h.place) },
		`SELECT p.code, p.unit, p.name, p.kind, 0 AS holder, h.place AS place FROM office_holding h
			JOIN office_post p ON p.code = h.post WHERE h.staff = $1
		UNION ALL
		SELECT p.code, p.unit, p.name, p.kind, d.holder, p.place FROM office_deputy d
			JOIN office_post p ON p.code = d.post JOIN office_staff a ON a.id = d.holder
			WHERE d.deputy = $1 AND a.active AND`+during+`
		ORDER BY holder, place`, staff, on)
}

func listHolders(tx *db.Tx, post, on string) ([]Holder, error) {
	rows, err := db.All(tx, func(h *Holder) []any { return []any{&h.Staff, &h.Name, &h.Deputy} },
		`SELECT s.id, s.name, 1 = 2 AS deputy FROM office_holding h JOIN office_staff s ON s.id = h.staff
			WHERE h.post = $1 AND s.active
		UNION
		SELECT s.id, s.name, 1 = 1 FROM office_deputy d JOIN office_staff s ON s.id = d.deputy
			JOIN office_staff a ON a.id = d.holder
			WHERE d.post = $1 AND s.active AND a.active AND`+during+`
		ORDER BY deputy, id`, post, on)
	seen := map[int64]bool{}
	list := rows[:0]
	for _, h := range rows {
		if !seen[h.Staff] {
			seen[h.Staff] = true
			list = append(list, h)
		}
	}
	return list, err
}
