package flow

import (
	"encoding/json"

	"onedoor.app/engine/calendar"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

const selectDefinition = `SELECT id, name, item, plan, source, state, reason, remark, author, author_name, number, lock, moved FROM flow_definition`

func definitionColumns(d *Definition) []any {
	return []any{&d.ID, &d.Name, &d.Item, db.JSON(&d.Plan), (*text)(&d.Source), (*string)(&d.State), &d.Reason, &d.Remark,
		&d.Author.Staff, &d.Author.Name, &d.Number, &d.Lock, &d.Moved}
}

// text is a drawing that is kept as text.
type text []byte

// Scan implements sql.Scanner.
func (t *text) Scan(src any) error {
	switch v := src.(type) {
	case string:
		*t = []byte(v)
	case []byte:
		*t = append((*t)[:0], v...)
	}
	return nil
}

// find reads a definition; lock makes others who change it wait.
func find(tx *db.Tx, id, lock string) (*Definition, error) {
	d := &Definition{}
	ok, err := tx.Maybe(selectDefinition+` WHERE id = $1`+lock, []any{id}, definitionColumns(d)...)
	if err == nil && !ok {
		err = fault.New(fault.Unknown, "flow.none")
	}
	return d, err
}

func listAfter(tx *db.Tx, after string, limit int) ([]Definition, error) {
	return db.All(tx, definitionColumns, selectDefinition+` WHERE id > $1 ORDER BY id LIMIT $2`, after, limit)
}

func insert(tx *db.Tx, d *Definition) error {
	return tx.Exec(`INSERT INTO flow_definition (id, name, item, plan, source, state, reason, remark, author, author_name, number, lock, moved)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
		d.ID, d.Name, d.Item, db.JSON(d.Plan), string(d.Source), string(d.State), d.Reason, d.Remark, d.Author.Staff, d.Author.Name, d.Number, d.Lock, d.Moved)
}

func change(tx *db.Tx, d *Definition) error {
	return tx.ExecOne(`UPDATE flow_definition SET name = $1, item = $2, plan = $3, source = $4, state = $5, reason = $6, remark = $7,
		author = $8, author_name = $9, number = $10, lock = $11, moved = $12 WHERE id = $13`,
		d.Name, d.Item, db.JSON(d.Plan), string(d.Source), string(d.State), d.Reason, d.Remark, d.Author.Staff, d.Author.Name, d.Number, d.Lock, d.Moved, d.ID)
}

func insertEditor(tx *db.Tx, id string, staff int64) error {
	return tx.Exec(`INSERT INTO flow_editor (definition, staff) VALUES ($1, $2) ON CONFLICT (definition, staff) DO NOTHING`, id, staff)
}

func removeEditors(tx *db.Tx, id string) error {
	return tx.Exec(`DELETE FROM flow_editor WHERE definition = $1`, id)
}

func isEditor(tx *db.Tx, id string, staff int64) (yes bool, err error) {
	var one int
	return tx.Maybe(`SELECT 1 FROM flow_editor WHERE definition = $1 AND staff = $2`, []any{id, staff}, &one)
}

const selectVersion = `SELECT definition, number, hash, name, plan, source, since, reason, author, author_name, approver, approver_name, at, withdrawn, why FROM flow_version`

func versionColumns(v *Version) []any {
	return []any{&v.Definition, &v.Number, &v.Hash, &v.Name, db.JSON(&v.Plan), (*text)(&v.Source), &v.Since, &v.Reason, &v.Author.Staff, &v.Author.Name,
		&v.Approver.Staff, &v.Approver.Name, &v.At, &v.Withdrawn, &v.Why}
}

func insertVersion(tx *db.Tx, v Version) error {
	return tx.Exec(`INSERT INTO flow_version (definition, number, hash, name, plan, source, since, reason, author, author_name, approver, approver_name, at, withdrawn, why)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
		v.Definition, v.Number, v.Hash, v.Name, db.JSON(v.Plan), string(v.Source), v.Since, v.Reason, v.Author.Staff, v.Author.Name,
		v.Approver.Staff, v.Approver.Name, v.At, v.Withdrawn, v.Why)
}

func withdrawVersion(tx *db.Tx, id string, number int, why string) error {
	return tx.ExecOne(`UPDATE flow_version SET withdrawn = TRUE, why = $1 WHERE definition = $2 AND number = $3`, why, id, number)
}

func findVersion(tx *db.Tx, id string, number int) (v Version, err error) {
	ok, err := tx.Maybe(selectVersion+` WHERE definition = $1 AND number = $2`, []any{id, number}, versionColumns(&v)...)
	if err == nil && !ok {
		err = fault.New(fault.Unknown, "flow.none")
	}
	return v, err
}

func listVersions(tx *db.Tx, id string, limit int) ([]Version, error) {
	return db.All(tx, versionColumns, selectVersion+` WHERE definition = $1 ORDER BY number DESC LIMIT $2`, id, limit)
}

// listOffered returns of each definition the latest version that has begun and was not withdrawn.
func listOffered(tx *db.Tx, day calendar.Date, limit int) ([]Version, error) {
	return db.All(tx, versionColumns, selectVersion+` v WHERE number = (SELECT MAX(o.number) FROM flow_version o
		WHERE o.definition = v.definition AND o.since <= $1 AND NOT o.withdrawn) ORDER BY definition LIMIT $2`, day, limit)
}

// listEvery returns versions after one, in the order of their definitions, for Check.
func listEvery(tx *db.Tx, after string, number, limit int) ([]keptVersion, error) {
	columns := func(k *keptVersion) []any {
		list := versionColumns(&k.Version)
		list[4] = &k.plan
		return list
	}
	return db.All(tx, columns, selectVersion+` WHERE (definition, number) > ($1, $2) ORDER BY definition, number LIMIT $3`, after, number, limit)
}

// otherDraft finds an approved draft that is not the version that it became.
func otherDraft(tx *db.Tx) (id string, found bool, err error) {
	found, err = tx.Maybe(`SELECT d.id FROM flow_definition d LEFT JOIN flow_version v ON v.definition = d.id AND v.number = d.number
		WHERE d.number <> (SELECT COUNT(*) FROM flow_version n WHERE n.definition = d.id)
			OR d.state = $1 AND (v.number IS NULL OR v.source <> d.source OR v.name <> d.name)
		ORDER BY d.id LIMIT 1`, []any{string(Approved)}, &id)
	return id, found, err
}

func findSource(tx *db.Tx, hash string) ([]byte, error) {
	var source string
	ok, err := tx.Maybe(`SELECT source FROM flow_version WHERE hash = $1 ORDER BY definition, number LIMIT 1`, []any{hash}, &source)
	if err != nil || !ok {
		return nil, err
	}
	return []byte(source), nil
}

// approval is what the ledger keeps of an approval.
type approval struct {
	Number   int            `json:"number"`
	Hash     string         `json:"hash"`
	Since    string         `json:"since"`
	Approver int64          `json:"approver"`
	Words    *approvedWords `json:"words"` // nil in older entries
}

// approvedWords are what an approval says of the words of a version, and of whose they are.
type approvedWords struct {
	Name     string `json:"name"`
	Plan     string `json:"plan"` // the digest of the step list
	Reason   string `json:"reason"`
	Author   Person `json:"author"`
	Approver string `json:"approver"`  // the name
	At       int64  `json:"at,string"` // Unix milliseconds: the entry itself may be dated later, not to precede another
}

// withdrawal is what the ledger keeps of a version that was withdrawn.
type withdrawal struct {
	Number int    `json:"number"`
	Why    string `json:"why"`
}

func approvalOf(body string) (a approval, err error) {
	err = json.Unmarshal([]byte(body), &a)
	return a, err
}
