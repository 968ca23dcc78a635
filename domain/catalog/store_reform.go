package catalog

import (
	"fmt"
	"math"
	"strconv"

	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

const reformColumns = `id, kind, item, name, base, from_unit, to_unit, document, document_day, effective,
	before_materials, before_steps, before_days, before_visits, after_materials, after_steps, after_days, after_visits,
	note, reason, corrects, corrected_by, void, at`

func reform(r *Reform) []any {
	return []any{
		&r.ID, &r.Kind, &r.Item, &r.Name, &r.Base, &r.From, &r.To, &r.Document, &r.DocumentDay, &r.Effective,
		spent{&r.Before.Materials}, spent{&r.Before.Steps}, spent{&r.Before.Days}, spent{&r.Before.Visits},
		spent{&r.After.Materials}, spent{&r.After.Steps}, spent{&r.After.Days}, spent{&r.After.Visits},
		&r.Note, &r.Reason, &r.Corrects, &r.CorrectedBy, &r.Void, &r.At,
	}
}

// spent scans a number that may be NULL.
type spent struct{ into **int }

// Scan implements sql.Scanner.
func (s spent) Scan(src any) error {
	if src == nil {
		*s.into = nil
		return nil
	}
	n, ok := src.(int64)
	if !ok {
		return fmt.Errorf("catalog: %T is no number", src)
	}
	v := int(n)
	*s.into = &v
	return nil
}

// orNull binds a number that may be missing.
func orNull(n *int) any {
	if n == nil {
		return nil
	}
	return *n
}

func insertReform(tx *db.Tx, r Reform, staff int64, source string) error {
	return tx.Exec(`INSERT INTO catalog_reform (`+reformColumns+`, staff, source)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26)`,
		r.ID, string(r.Kind), r.Item, r.Name, r.Base, r.From, r.To, r.Document, r.DocumentDay, r.Effective,
		orNull(r.Before.Materials), orNull(r.Before.Steps), orNull(r.Before.Days), orNull(r.Before.Visits),
		orNull(r.After.Materials), orNull(r.After.Steps), orNull(r.After.Days), orNull(r.After.Visits),
		r.Note, r.Reason, r.Corrects, r.CorrectedBy, r.Void, r.At, staff, db.Null(source))
}

func findReform(tx *db.Tx, id int64, lock string) (r Reform, err error) {
	found, err := tx.Maybe(`SELECT `+reformColumns+` FROM catalog_reform WHERE id = $1`+lock, []any{id}, reform(&r)...)
	if err == nil && !found {
		err = fault.New(fault.Unknown, "catalog.reform.none")
	}
	return r, err
}

// lockReform makes others who correct the entry wait until the unit of work ends.
func lockReform(tx *db.Tx, id int64) (Reform, error) { return findReform(tx, id, tx.ForUpdate()) }

// markCorrected is the one change that an entry ever sees: the number of the entry that took its place.
func markCorrected(tx *db.Tx, id, by int64) error {
	return tx.ExecOne(`UPDATE catalog_reform SET corrected_by = $2 WHERE id = $1 AND corrected_by = 0`, id, by)
}

// listReforms returns up to limit entries before a day and id, the latest first.
func listReforms(tx *db.Tx, f ReformFilter, day string, id int64, limit int) ([]Reform, error) {
	where, args := ``, []any{day, id, limit}
	if f.Kind != "" {
		where = ` AND kind = $4`
		args = append(args, string(f.Kind))
	}
	if !f.All {
		where += ` AND corrected_by = 0 AND NOT void`
	}
	return db.All(tx, reform, `SELECT `+reformColumns+` FROM catalog_reform
		WHERE (effective < $1 OR effective = $1 AND id < $2)`+where+` ORDER BY effective DESC, id DESC LIMIT $3`, args...)
}

func countReforms(tx *db.Tx) (map[ReformKind]int, error) {
	type row struct {
		kind ReformKind
		n    int
	}
	list, err := db.All(tx, func(r *row) []any { return []any{&r.kind, &r.n} },
		`SELECT kind, COUNT(*) FROM catalog_reform WHERE corrected_by = 0 AND NOT void GROUP BY kind`)
	count := make(map[ReformKind]int, len(list))
	for _, r := range list {
		count[r.kind] = r.n
	}
	return count, err
}

// findSource returns the row that a package brought under an id, 0 for none. table is catalog_reform or catalog_seal.
func findSource(tx *db.Tx, table, source string) (id int64, err error) {
	found, err := tx.Maybe(`SELECT id FROM `+table+` WHERE source = $1`, []any{source}, &id)
	own, none := strconv.ParseInt(source, 10, 64)
	if err != nil || found || none != nil {
		return id, err
	}
	_, err = tx.Maybe(`SELECT id FROM `+table+` WHERE id = $1 AND source IS NULL`, []any{own}, &id) // it was typed in here
	return id, err
}

// listStandingReforms returns up to limit entries that hold, after an id, with the names that packages gave them.
func listStandingReforms(tx *db.Tx, after int64, limit int) ([]reformEntry, error) {
	return db.All(tx, func(e *reformEntry) []any { return append(reform(&e.Reform), &e.ID) },
		`SELECT `+reformColumns+`, COALESCE(source, '') FROM catalog_reform WHERE id > $1 AND corrected_by = 0 AND NOT void
		ORDER BY id LIMIT $2`, after, limit)
}

// keptSeal is a seal with the name that a package gave it.
type keptSeal struct {
	seal   Seal
	source string
}

func listSealEntries(tx *db.Tx, after int64, limit int) ([]keptSeal, error) {
	return db.All(tx, func(k *keptSeal) []any { return append(sealInto(&k.seal), &k.source) },
		`SELECT `+sealColumns+`, COALESCE(source, '') FROM catalog_seal WHERE id > $1 ORDER BY id LIMIT $2`, after, limit)
}

const sealColumns = `id, name, number, unit, reform, state, day, version`

func sealInto(s *Seal) []any {
	return []any{&s.ID, &s.Name, &s.Number, &s.Unit, &s.Reform, &s.State, &s.Day, &s.Version}
}

func insertSeal(tx *db.Tx, s Seal, staff int64, source string) error {
	return tx.Exec(`INSERT INTO catalog_seal (`+sealColumns+`, staff, at, source) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		s.ID, s.Name, s.Number, s.Unit, s.Reform, string(s.State), s.Day, s.Version, staff, tx.Now(), db.Null(source))
}

func findSeal(tx *db.Tx, id int64, lock string) (s Seal, err error) {
	found, err := tx.Maybe(`SELECT `+sealColumns+` FROM catalog_seal WHERE id = $1`+lock, []any{id}, sealInto(&s)...)
	if err == nil && !found {
		err = fault.New(fault.Unknown, "catalog.seal.none")
	}
	return s, err
}

// insertSealStep keeps an act and how the seal stands after it.
func insertSealStep(tx *db.Tx, s Seal, p SealStep, staff int64) error {
	if err := tx.ExecOne(`UPDATE catalog_seal SET state = $2, day = $3, version = $4 WHERE id = $1 AND version = $4 - 1`,
		s.ID, string(s.State), s.Day, s.Version); err != nil {
		return err
	}
	return tx.Exec(`INSERT INTO catalog_seal_act (seal, seq, act, day, document, place, keeper, staff, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		s.ID, s.Version, string(p.Act), p.Day, p.Document, p.Place, p.Keeper, staff, tx.Now())
}

func listSealSteps(tx *db.Tx, seal int64) ([]SealStep, error) {
	return db.All(tx, func(p *SealStep) []any { return []any{&p.Act, &p.Day, &p.Document, &p.Place, &p.Keeper, &p.At} },
		`SELECT act, day, document, place, keeper, at FROM catalog_seal_act WHERE seal = $1 ORDER BY seq`, seal)
}

func listSeals(tx *db.Tx, after int64, limit int) ([]Seal, error) {
	if after == 0 {
		after = math.MaxInt64
	}
	return db.All(tx, sealInto, `SELECT `+sealColumns+` FROM catalog_seal WHERE id < $1 ORDER BY id DESC LIMIT $2`, after, limit)
}

func ledgerStates(tx *db.Tx) (reforms, seals LedgerState, err error) {
	err = tx.One(`SELECT COALESCE(SUM(CASE WHEN corrected_by = 0 AND NOT void THEN 1 ELSE 0 END), 0), MAX(at) FROM catalog_reform`, nil, &reforms.Entries, &reforms.Changed)
	if err == nil {
		err = tx.One(`SELECT COUNT(*), (SELECT MAX(at) FROM catalog_seal_act) FROM catalog_seal`, nil, &seals.Entries, &seals.Changed)
	}
	return reforms, seals, err
}
