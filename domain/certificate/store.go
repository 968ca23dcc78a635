package certificate

import (
	"fmt"
	"strings"

	"onedoor.app/engine/calendar"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
	"onedoor.app/module"
)

const columns = `id, origin, type, name, number, identifier, party, case_id, case_no, item_name, issuer,
	valid_from, valid_until, status, token, face, made_at, made_by, file, sm3, size, file_at, root, version, unit`

func into(c *Certificate) []any {
	return []any{
		&c.ID, &c.Origin, &c.Type, &c.Name, &c.Number, &c.Identifier, &c.Party, &c.Case, &c.CaseNo, &c.ItemName,
		&c.Issuer, day{&c.From}, day{&c.Until}, &c.Status, &c.Token, &c.sealed, &c.MadeAt, &c.MadeBy, &c.File,
		&c.SM3, &c.Size, &c.FileAt, &c.Root, &c.Version, &c.Unit,
	}
}

// insert keeps a new certificate. One with the same number, or for the same
// case, in the same version is a unique violation.
func insert(tx *db.Tx, c Certificate, numberKey string) error {
	open := c.Number
	if c.Origin == Imported {
		open = ""
	}
	return tx.Exec(`INSERT INTO certificate (id, origin, type, name, number, number_key, identifier, version, party,
		case_id, case_no, item_name, unit, issuer, valid_from, valid_until, status, token, face, made_at, made_by,
		file, sm3, size, root) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18,
		$19, $20, $21, '', '', 0, $22)`,
		c.ID, c.Origin, c.Type, c.Name, open, numberKey, c.Identifier, c.Version, c.Party, c.Case, c.CaseNo,
		c.ItemName, c.Unit, c.Issuer, dayText(c.From), dayText(c.Until), c.Status, c.Token, c.sealed, c.MadeAt, c.MadeBy, c.Root)
}

func find(tx *db.Tx, id int64) (c Certificate, err error) {
	c, found, err := first(tx, `id = $1`, id)
	if err == nil && !found {
		err = fault.New(fault.Unknown, "certificate.unknown")
	}
	return c, err
}

// listFiles lists the files that were made, for verify.
func listFiles(tx *db.Tx, after int64, limit int) ([]module.File, error) {
	return db.All(tx, func(f *module.File) []any { return []any{&f.ID, &f.Blob} },
		`SELECT id, file FROM certificate WHERE file <> '' AND id > $1 ORDER BY id LIMIT $2`, after, limit)
}

func findByCase(tx *db.Tx, caseID int64) (Certificate, bool, error) {
	return first(tx, `case_id = $1 AND case_id <> 0`, caseID)
}

func findByToken(tx *db.Tx, token string) (Certificate, bool, error) {
	return first(tx, `token = $1 AND token <> ''`, token)
}

func findByNumber(tx *db.Tx, number string) (Certificate, bool, error) {
	return first(tx, `number = $1 AND number <> ''`, number)
}

func findByIdentifier(tx *db.Tx, identifier string) (Certificate, bool, error) {
	return first(tx, `identifier = $1 AND identifier <> ''`, identifier)
}

func findByFile(tx *db.Tx, sha256 string) (Certificate, bool, error) {
	return first(tx, `file = $1 AND file <> ''`, sha256)
}

// first finds a certificate; of several versions the newest.
func first(tx *db.Tx, where string, arg any) (c Certificate, found bool, err error) {
	found, err = tx.Maybe(`SELECT `+columns+` FROM certificate WHERE `+where+` ORDER BY version DESC LIMIT 1`, []any{arg}, into(&c)...)
	return c, found, err
}

// findCurrent is the newest version of a certificate.
func findCurrent(tx *db.Tx, root int64) (Certificate, bool, error) {
	return first(tx, `root = $1`, root)
}

// listVersions lists the versions of a certificate, the newest first.
func listVersions(tx *db.Tx, root int64) ([]Certificate, error) {
	return db.All(tx, into, `SELECT `+columns+` FROM certificate WHERE root = $1 ORDER BY version DESC`, root)
}

// listOf lists the newest certificates of a party, of a type and in one of some states where these are given.
func listOf(tx *db.Tx, party int64, typ string, states []Status, limit int) ([]Certificate, error) {
	where, args := `party = $1 AND ($2 = '' OR type = $2)`, []any{party, typ, limit}
	if len(states) > 0 {
		marks := make([]string, len(states))
		for i, s := range states {
			args = append(args, string(s))
			marks[i] = fmt.Sprintf("$%d", len(args))
		}
		where += ` AND status IN (` + strings.Join(marks, ", ") + `)`
	}
	return db.All(tx, into, `SELECT `+columns+` FROM certificate WHERE `+where+` ORDER BY id DESC LIMIT $3`, args...)
}

// findValid is the newest certificate of a type that a party holds and that is valid on a day.
func findValid(tx *db.Tx, party int64, typ string, today calendar.Date) (c Certificate, found bool, err error) {
	found, err = tx.Maybe(`SELECT `+columns+` FROM certificate WHERE party = $1 AND type = $2 AND status = 'valid'
		AND (valid_until = '' OR valid_until >= $3) ORDER BY id DESC LIMIT 1`, []any{party, typ, today.String()}, into(&c)...)
	return c, found, err
}

// place is where a certificate stands on its holder's page: what is good first, the soonest to end on top, then what is
// over, the newest on top. Standing sorts by text, ID by number.
type place struct {
	Standing string
	ID       int64
}

// ownPlace is the place in SQL, of a day that is the argument $2.
const ownPlace = `CASE WHEN status IN ('valid', 'suspended') AND (valid_until = '' OR valid_until >= $2)
		THEN '0' || CASE WHEN valid_until = '' THEN '9999-12-31' ELSE valid_until END ELSE '1' END`

// listOwn lists what a party holds or held, without the versions that another took the place of, after a place.
func listOwn(tx *db.Tx, party int64, today calendar.Date, after place, limit int) ([]Certificate, []place, error) {
	type row struct {
		Certificate
		place
	}
	rows, err := db.All(tx, func(r *row) []any { return append(into(&r.Certificate), &r.place.Standing, &r.place.ID) },
		`SELECT * FROM (SELECT `+columns+`, `+ownPlace+` AS standing, -id AS newest FROM certificate WHERE party = $1 AND status <> 'replaced') c
		WHERE c.standing > $3 OR c.standing = $3 AND c.newest > $4 ORDER BY c.standing, c.newest LIMIT $5`,
		party, today.String(), after.Standing, after.ID, limit)
	list, places := make([]Certificate, len(rows)), make([]place, len(rows))
	for i, r := range rows {
		list[i], places[i] = r.Certificate, r.place
	}
	return list, places, err
}

// listAfter walks all certificates by id.
func listAfter(tx *db.Tx, after int64, limit int) ([]Certificate, error) {
	return db.All(tx, into, `SELECT `+columns+` FROM certificate WHERE id > $1 ORDER BY id LIMIT $2`, after, limit)
}

// lastDay is the last day of the certificate of a type that a party holds now,
// 0 for none.
func lastDay(tx *db.Tx, party int64, typ string, today calendar.Date) (last calendar.Date, err error) {
	_, err = tx.Maybe(`SELECT valid_until FROM certificate WHERE party = $1 AND type = $2 AND status = 'valid'
		AND valid_until >= $3 ORDER BY valid_until DESC LIMIT 1`, []any{party, typ, today.String()}, day{&last})
	return last, err
}

// findByKey finds a certificate by the key of its number.
func findByKey(tx *db.Tx, numberKey string) (Certificate, bool, error) {
	return first(tx, `number_key = $1`, numberKey)
}

func hasNumber(tx *db.Tx, numberKey string) (bool, error) {
	var id int64
	return tx.Maybe(`SELECT id FROM certificate WHERE number_key = $1`, []any{numberKey}, &id)
}

// changeFile records the file of a certificate unless there is one, and reports
// whether it did.
func changeFile(tx *db.Tx, id int64, sha256, sm3 string, size int64) (bool, error) {
	n, err := tx.Change(`UPDATE certificate SET file = $1, sm3 = $2, size = $3, file_at = $4 WHERE id = $5 AND file = ''`,
		sha256, sm3, size, tx.Now(), id)
	return n == 1, err
}

func changeStanding(tx *db.Tx, id int64, status Status, until calendar.Date) error {
	return tx.ExecOne(`UPDATE certificate SET status = $1, valid_until = $2 WHERE id = $3`, status, dayText(until), id)
}

func insertChange(tx *db.Tx, id, certificate int64, x Change) error {
	return tx.Exec(`INSERT INTO certificate_change (id, certificate, at, before, after, reason, by_id, act, valid_until, paper)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`, id, certificate, x.At, x.Before, x.After, x.Ground, x.By, x.Act,
		dayText(x.Until), x.Paper)
}

// listChanges lists what was done to one version, the oldest first.
func listChanges(tx *db.Tx, certificate int64) ([]Change, error) {
	return db.All(tx, func(x *Change) []any {
		return []any{&x.At, &x.Before, &x.After, &x.Ground, &x.By, &x.Act, day{&x.Until}, &x.Paper}
	}, `SELECT at, before, after, reason, by_id, act, valid_until, paper FROM certificate_change WHERE certificate = $1 ORDER BY id`, certificate)
}

// insertReminder keeps that the holder was told, once for each last day.
func insertReminder(tx *db.Tx, certificate int64, until calendar.Date) error {
	return tx.Exec(`INSERT INTO certificate_reminder (certificate, valid_until, at) VALUES ($1, $2, $3)
		ON CONFLICT (certificate, valid_until) DO NOTHING`, certificate, until.String(), tx.Now())
}

// reminded reports whether the holder was told of a last day.
func reminded(tx *db.Tx, root int64, until calendar.Date) (bool, error) {
	var at int64
	return tx.Maybe(`SELECT certificate FROM certificate_reminder WHERE certificate = $1 AND valid_until = $2`, []any{root, dayText(until)}, &at)
}

func typeInto(t *Type) []any {
	return []any{&t.Code, &t.Name, &t.Definer, &t.Serial, &t.TypeCode, &t.Issuers, &t.Holders, &t.Validity, db.JSON(&t.Layout)}
}

const typeColumns = `code, name, definer, serial, type_code, issuers, holders, validity, layout`

func findType(tx *db.Tx, code string) (t Type, err error) {
	found, err := tx.Maybe(`SELECT `+typeColumns+` FROM certificate_type WHERE code = $1`, []any{code}, typeInto(&t)...)
	if err == nil && !found {
		err = fault.New(fault.Conflict, "certificate.type_unknown")
	}
	return t, err
}

func listTypes(tx *db.Tx) ([]Type, error) {
	return db.All(tx, typeInto, `SELECT `+typeColumns+` FROM certificate_type ORDER BY code`)
}

func putType(tx *db.Tx, t Type) error {
	return tx.Exec(`INSERT INTO certificate_type (`+typeColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
		ON CONFLICT (code) DO UPDATE SET name = excluded.name, issuers = excluded.issuers, holders = excluded.holders,
		validity = excluded.validity, layout = excluded.layout`,
		t.Code, t.Name, t.Definer, t.Serial, t.TypeCode, t.Issuers, t.Holders, t.Validity, db.JSON(t.Layout))
}

// day scans a civil day of which the empty text means none.
type day struct{ d *calendar.Date }

// Scan implements sql.Scanner.
func (v day) Scan(src any) error {
	switch s := src.(type) {
	case string:
		if s == "" {
			*v.d = 0
			return nil
		}
		return v.d.UnmarshalText([]byte(s))
	case []byte:
		return v.Scan(string(s))
	}
	return fmt.Errorf("certificate: %T is no day", src)
}

func dayText(d calendar.Date) string {
	if d == 0 {
		return ""
	}
	return d.String()
}
