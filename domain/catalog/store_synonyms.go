package catalog

import (
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

// thesaurusRow is the id of the only row of catalog_thesaurus.
const thesaurusRow = 1

// findThesaurusVersion is 0 as long as no entry was taken in.
func findThesaurusVersion(tx *db.Tx) (version int64, err error) {
	_, err = tx.Maybe(`SELECT version FROM catalog_thesaurus WHERE id = $1`, []any{thesaurusRow}, &version)
	return version, err
}

func changeThesaurus(tx *db.Tx) error {
	return tx.Exec(`INSERT INTO catalog_thesaurus (id, version) VALUES ($1, 1)
		ON CONFLICT (id) DO UPDATE SET version = catalog_thesaurus.version + 1`, thesaurusRow)
}

func insertSynonym(tx *db.Tx, e Synonym, staff int64) error {
	return tx.Queue(`INSERT INTO catalog_synonym (id, said, meant, retired, lock, staff, at) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		e.ID, db.JSON(e.Said), db.JSON(e.Meant), e.Retired, e.Lock, staff, tx.Now())
}

func updateSynonym(tx *db.Tx, e Synonym, staff int64) error {
	return tx.ExecOne(`UPDATE catalog_synonym SET said = $2, meant = $3, retired = $4, lock = $5, staff = $6, at = $7 WHERE id = $1`,
		e.ID, db.JSON(e.Said), db.JSON(e.Meant), e.Retired, e.Lock, staff, tx.Now())
}

const synonymColumns = `id, said, meant, retired, lock, at`

func synonym(e *Synonym) []any {
	return []any{&e.ID, db.JSON(&e.Said), db.JSON(&e.Meant), &e.Retired, &e.Lock, &e.At}
}

func findSynonym(tx *db.Tx, id int64, lock string) (e Synonym, err error) {
	found, err := tx.Maybe(`SELECT `+synonymColumns+` FROM catalog_synonym WHERE id = $1`+lock, []any{id}, synonym(&e)...)
	if err == nil && !found {
		err = fault.New(fault.Unknown, "catalog.synonym.none")
	}
	return e, err
}

// listSynonyms returns up to limit entries older than one (0: the newest), whose words
// contain text.
func listSynonyms(tx *db.Tx, text string, before int64, limit int) ([]Synonym, error) {
	return db.All(tx, synonym, `SELECT `+synonymColumns+` FROM catalog_synonym
		WHERE ($1 = 0 OR id < $1) AND (`+like(`said`, `$2`)+` OR `+like(`meant`, `$2`)+`) ORDER BY id DESC LIMIT $3`, before, containing(text), limit)
}

func listSynonymsInForce(tx *db.Tx) ([]Synonym, error) {
	return db.All(tx, synonym, `SELECT `+synonymColumns+` FROM catalog_synonym WHERE NOT retired ORDER BY id LIMIT $1`, maxSynonyms)
}

func countSynonyms(tx *db.Tx) (n int, err error) {
	err = tx.One(`SELECT COUNT(*) FROM catalog_synonym`, nil, &n)
	return n, err
}
