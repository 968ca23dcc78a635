package catalog

import (
	"slices"
	"time"

	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

// keptRefusals is how many problems a kept report lists.
const keptRefusals = 2000

// shortened is a report as it is kept.
func (r Report) shortened() Report {
	if len(r.Refused) > keptRefusals {
		r.RefusedAll, r.Refused = len(r.Refused), r.Refused[:keptRefusals]
	}
	if r.NamedAll == 0 {
		for _, n := range r.Named {
			if r.NamedAll++; n.New {
				r.NamedNew++
			}
		}
	}
	r.Named = firstNews(r.Named)
	r.UnitNames = r.UnitNames[:min(len(r.UnitNames), keptNews)]
	return r
}

const importColumns = `id, name, staff, report, at, state, file, problems, done, total, author, consenter, units, versions`

func scanImport(i *Imported) []any {
	return []any{&i.ID, &i.Name, &i.Author.ID, db.JSON(&i.Report), &i.At, &i.State, &i.File, &i.Problems, &i.Done, &i.Total,
		db.JSON(&i.Author), db.JSON(&i.Consenter), db.JSON(&i.units), &i.Versions}
}

func insertImport(tx *db.Tx, i Imported) error {
	return tx.Exec(`INSERT INTO catalog_import (id, name, staff, report, at, state, file, since, author, consenter) VALUES ($1, $2, $3, $4, $5, $6, $7, $5, $8, $9)`,
		i.ID, i.Name, i.Author.ID, db.JSON(i.Report), tx.Now(), i.State, i.File, db.JSON(i.Author), db.JSON(i.Consenter))
}

func findImport(tx *db.Tx, id int64) (i Imported, err error) {
	found, err := tx.Maybe(`SELECT `+importColumns+` FROM catalog_import WHERE id = $1`, []any{id}, scanImport(&i)...)
	if err == nil && !found {
		err = fault.New(fault.Unknown, "catalog.import.none")
	}
	return i, err
}

// listImports lists the newest imports, up to a limit.
func listImports(tx *db.Tx, limit int) ([]Imported, error) {
	return db.All(tx, scanImport, `SELECT `+importColumns+` FROM catalog_import ORDER BY id DESC LIMIT $1`, limit)
}

// listResting lists imports in a state that have not gone on since.
func listResting(tx *db.Tx, state string, since time.Time) ([]Imported, error) {
	return db.All(tx, scanImport, `SELECT `+importColumns+` FROM catalog_import WHERE state = $1 AND since < $2 ORDER BY since LIMIT 20`, state, since)
}

// changeImport moves an import on; false: it was in another state.
func changeImport(tx *db.Tx, id int64, from, to string, total int) (bool, error) {
	n, err := tx.Change(`UPDATE catalog_import SET state = $1, done = 0, total = $2, since = $3 WHERE id = $4 AND state = $5`, to, total, tx.Now(), id, from)
	return n > 0, err
}

// claimImport gives an import a worker with a number of its own.
func claimImport(tx *db.Tx, id int64) (worker int64, err error) {
	err = tx.One(`UPDATE catalog_import SET worker = worker + 1, since = $1 WHERE id = $2 RETURNING worker`, []any{tx.Now(), id}, &worker)
	return worker, err
}

// holdImport reports whether a worker is the last that took an import up; nobody takes it up before the unit of work ends.
func holdImport(tx *db.Tx, id, worker int64) (bool, error) {
	n, err := tx.Change(`UPDATE catalog_import SET since = $1 WHERE id = $2 AND worker = $3`, tx.Now(), id, worker)
	return n > 0, err
}

func saveReport(tx *db.Tx, id int64, r Report, problems string) error {
	return tx.Exec(`UPDATE catalog_import SET report = $1, problems = $2, since = $3 WHERE id = $4`, db.JSON(r.shortened()), problems, tx.Now(), id)
}

func saveUnits(tx *db.Tx, id int64, plan []plannedUnit) error {
	return tx.Exec(`UPDATE catalog_import SET units = $1 WHERE id = $2`, db.JSON(plan), id)
}

// saveConsent keeps who lets an import be applied.
func saveConsent(tx *db.Tx, id int64, by Doer) error {
	return tx.Exec(`UPDATE catalog_import SET consenter = $1 WHERE id = $2`, db.JSON(by), id)
}

func saveVersions(tx *db.Tx, id int64, digest string) error {
	return tx.Exec(`UPDATE catalog_import SET versions = $1 WHERE id = $2`, digest, id)
}

func saveProgress(tx *db.Tx, id int64, done, total int) error {
	return tx.Queue(`UPDATE catalog_import SET done = $1, total = $2, since = $3 WHERE id = $4`, done, total, tx.Now(), id)
}

// staged is a version that is not in force yet.
type staged struct {
	*Item
	item   int64
	base   int64
	hash   string
	place  string
	flows  map[string][]byte
	origin string
}

func insertStaged(tx *db.Tx, id int64, s staged) error {
	for hash, source := range s.flows {
		if err := insertFlow(tx, hash, source); err != nil {
			return err
		}
	}
	m := s.planned()
	if err := tx.Queue(`INSERT INTO catalog_staged (import, code, item, version, base, number, name, type, project_type, unit, body_unit, hash, place, body,
			since_day, until_day, bare, statutory, promised, materials, steps, online, whole, spot, once)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25)
		ON CONFLICT (import, code) DO NOTHING`,
		id, s.Code, s.item, s.ID, s.base, s.Version, s.Name, s.Type, s.ProjectType, s.Unit, s.Body, s.hash, s.place, db.JSON(s.Item),
		m.Since, m.Until, m.Bare, m.Statutory, m.Promised, m.Materials, m.Steps, m.Online, m.Whole, m.Spot, m.Visit); err != nil {
		return err
	}
	for _, f := range s.facets() {
		// Where the row above was there already its item has another id, and these places are nobody's.
		if err := tx.Queue(`INSERT INTO catalog_staged_facet (import, item, kind, value, place)
			SELECT import, item, CAST($4 AS TEXT), CAST($5 AS TEXT), place FROM catalog_staged WHERE import = $1 AND code = $2 AND item = $3
			ON CONFLICT (import, item, kind, value) DO NOTHING`, id, s.Code, s.item, f[0], f[1]); err != nil {
			return err
		}
	}
	return nil
}

// listOvertaken lists the staged codes whose item has changed since they were staged. Who would change one of the others
// waits until the unit of work ends.
func listOvertaken(tx *db.Tx, id int64) ([]string, error) {
	if _, err := db.All(tx, func(item *int64) []any { return []any{item} }, `SELECT id FROM catalog_item
		WHERE code IN (SELECT code FROM catalog_staged WHERE import = $1) ORDER BY id`+tx.ForUpdate(), id); err != nil {
		return nil, err
	}
	return db.All(tx, func(code *string) []any { return []any{code} }, `SELECT s.code FROM catalog_staged s
		LEFT JOIN catalog_item i ON i.code = s.code WHERE s.import = $1 AND COALESCE(i.version, 0) <> s.base`, id)
}

// enforce makes the staged versions those in force: new cases take them, lists have them, figures count them. What is taken
// from the list stays so.
func enforce(tx *db.Tx, id int64, origin string, staff int64) error {
	if err := tx.Queue(`INSERT INTO catalog_version (id, code, number, name, type, project_type, unit, body_unit, hash, body, origin, staff, at, import)
		SELECT version, code, number, name, type, project_type, unit, body_unit, hash, body, $2, $3, $4, import FROM catalog_staged WHERE import = $1`,
		id, origin, staff, tx.Now()); err != nil {
		return err
	}
	if err := touchStaged(tx, id); err != nil {
		return err
	}
	if err := tx.Queue(`DELETE FROM catalog_facet WHERE item IN (SELECT item FROM catalog_staged WHERE import = $1 AND base <> 0)`, id); err != nil {
		return err
	}
	if err := tx.Queue(`INSERT INTO catalog_item (id, code, version, place, body_unit, type)
		SELECT item, code, version, place, body_unit, type FROM catalog_staged WHERE import = $1
		ON CONFLICT (code) DO UPDATE SET version = excluded.version, place = excluded.place, body_unit = excluded.body_unit, type = excluded.type`, id); err != nil {
		return err
	}
	if err := tx.Queue(`INSERT INTO catalog_facet (kind, value, place, item) SELECT f.kind, f.value, f.place, f.item FROM catalog_staged_facet f
		WHERE f.import = $1 AND f.item IN (SELECT item FROM catalog_staged WHERE import = $1) AND f.item NOT IN (SELECT id FROM catalog_item WHERE suspended)`, id); err != nil {
		return err
	}
	if err := touchStaged(tx, id); err != nil {
		return err
	}
	return measureStaged(tx, id)
}

// VersionHash is one version by its content.
type VersionHash struct {
	Code   string
	Number int
	Hash   string
}

// markImported notes by which import versions came in force.
func markImported(tx *db.Tx, id int64, versions []VersionHash) error {
	for _, v := range versions {
		if err := tx.Queue(`UPDATE catalog_version SET import = $1 WHERE code = $2 AND number = $3`, id, v.Code, v.Number); err != nil {
			return err
		}
	}
	return nil
}

// listStagedHashes returns the versions that an import is about to bring in force, in no order.
func listStagedHashes(tx *db.Tx, id int64) ([]VersionHash, error) {
	return db.All(tx, versionHash, `SELECT code, number, hash FROM catalog_staged WHERE import = $1`, id)
}

// listImported returns up to limit versions that an import brought in force, after a code in the order of the database.
func listImported(tx *db.Tx, id int64, after string, limit int) ([]VersionHash, error) {
	return db.All(tx, versionHash, `SELECT code, number, hash FROM catalog_version WHERE import = $1 AND import <> 0 AND code > $2
		ORDER BY code LIMIT $3`, id, after, limit)
}

func versionHash(v *VersionHash) []any { return []any{&v.Code, &v.Number, &v.Hash} }

// listAwaiting lists the newest imports that wait for consent, up to a limit.
func listAwaiting(tx *db.Tx, limit int) ([]Imported, error) {
	return db.All(tx, scanImport, `SELECT `+importColumns+` FROM catalog_import WHERE state = $1 ORDER BY id DESC LIMIT $2`, StateChecked, limit)
}

// touchStaged notes that the lists on which items of an import stand have changed.
func touchStaged(tx *db.Tx, id int64) error {
	return tx.Queue(`INSERT INTO catalog_list (kind, changed) SELECT DISTINCT value, CAST($2 AS BIGINT) FROM catalog_facet
		WHERE kind = 'list' AND item IN (SELECT item FROM catalog_staged WHERE import = $1)
		ON CONFLICT (kind) DO UPDATE SET changed = excluded.changed WHERE catalog_list.changed < excluded.changed`, id, tx.Now().UnixMilli())
}

// measureStaged keeps the figures of the staged versions from today on, and ends the versions before them.
func measureStaged(tx *db.Tx, id int64) error {
	return resum(tx, `code IN (SELECT code FROM catalog_staged WHERE import = $1)`, []any{id}, func() error { return replaceStaged(tx, id, today(tx)) })
}

func replaceStaged(tx *db.Tx, id int64, day string) error {
	if err := tx.Queue(`UPDATE catalog_measure SET until_day = $2 WHERE until_day > $2 AND code IN (SELECT code FROM catalog_staged WHERE import = $1 AND base <> 0)
		AND number = (SELECT s.number - 1 FROM catalog_staged s WHERE s.import = $1 AND s.code = catalog_measure.code)`, id, day); err != nil {
		return err
	}
	if err := tx.Queue(`INSERT INTO catalog_measure (version, item, code, number, type, body_unit, since_day, until_day, bare, statutory, promised,
			materials, materials_before, steps, steps_before, online, whole, spot, once, rules)
		SELECT version, item, code, number, type, body_unit, CASE WHEN since_day > $2 THEN since_day ELSE $2 END, until_day, bare, statutory, promised,
			materials, materials, steps, steps, online, whole, spot, once, CAST($3 AS INTEGER) FROM catalog_staged WHERE import = $1`,
		id, day, measureNumber); err != nil {
		return err
	}
	return tx.Exec(measuredBefore+` WHERE code IN (SELECT s.code FROM catalog_staged s WHERE s.import = $1
		AND (s.base <> 0 OR s.code IN (SELECT r.item FROM catalog_reform r)))`, id)
}

// dropStaged forgets what was staged of these codes.
func dropStaged(tx *db.Tx, id int64, codes []string) error {
	for chunk := range slices.Chunk(codes, 200) {
		args := append([]any{id}, anys(chunk)...)
		in := ` AND code IN (` + marks(2, len(chunk)) + `)`
		if err := tx.Exec(`DELETE FROM catalog_staged_facet WHERE import = $1 AND item IN (SELECT item FROM catalog_staged WHERE import = $1`+in+`)`, args...); err != nil {
			return err
		}
		if err := tx.Exec(`DELETE FROM catalog_staged WHERE import = $1`+in, args...); err != nil {
			return err
		}
	}
	return nil
}

// saveCompared keeps what a dry run rests on, in place of what was kept before.
func saveCompared(tx *db.Tx, id int64, list []compared) error {
	if err := tx.Queue(`DELETE FROM catalog_compared WHERE import = $1`, id); err != nil {
		return err
	}
	rows := make([][]any, len(list))
	for i, c := range list {
		rows[i] = []any{id, c.kind, c.code, c.version, c.digest}
	}
	return tx.QueueRows(`INSERT INTO catalog_compared (import, kind, code, version, digest)`, rows, "")
}

// anyMoved reports whether an item that an import was compared with has another version in force.
func anyMoved(tx *db.Tx, id int64) (bool, error) {
	var n int
	err := tx.One(`SELECT COUNT(*) FROM (SELECT c.code FROM catalog_compared c LEFT JOIN catalog_item i ON i.code = c.code
		WHERE c.import = $1 AND c.kind = '`+NewsItem+`' AND COALESCE(i.version, 0) <> c.version LIMIT 1) AS d`, []any{id}, &n)
	return n > 0, err
}

// listCompared lists what else an import was compared with.
func listCompared(tx *db.Tx, id int64) ([]compared, error) {
	return db.All(tx, func(c *compared) []any { return []any{&c.kind, &c.code, &c.digest} },
		`SELECT kind, code, digest FROM catalog_compared WHERE import = $1 AND kind <> '`+NewsItem+`' ORDER BY kind, code`, id)
}

// endStaged forgets what else was kept of an import while it was made ready.
func endStaged(tx *db.Tx, id int64) error {
	if err := tx.Queue(`DELETE FROM catalog_compared WHERE import = $1`, id); err != nil {
		return err
	}
	return tx.Queue(`DELETE FROM catalog_staged_facet WHERE import = $1`, id)
}

// listStagedCodes lists up to limit codes of an import that are staged, after one.
func listStagedCodes(tx *db.Tx, id int64, after string, limit int) ([]string, error) {
	return db.All(tx, func(code *string) []any { return []any{code} },
		`SELECT code FROM catalog_staged WHERE import = $1 AND code > $2 ORDER BY code LIMIT $3`, id, after, limit)
}

// enforced is a version of an import that is in force and cannot be searched for yet.
type enforced struct {
	item    int64
	version int64
	code    string
	it      Item
}

// listInForce returns the version in force of each item. Who would change one of them waits until the unit of work ends.
func listInForce(tx *db.Tx, items []int64) (map[int64]int64, error) {
	now := make(map[int64]int64, len(items))
	for chunk := range slices.Chunk(items, 200) {
		list, err := db.All(tx, func(e *enforced) []any { return []any{&e.item, &e.version} },
			`SELECT id, version FROM catalog_item WHERE id IN (`+marks(1, len(chunk))+`) ORDER BY id`+tx.ForUpdate(), anys(chunk)...)
		if err != nil {
			return nil, err
		}
		for _, e := range list {
			now[e.item] = e.version
		}
	}
	return now, nil
}

func listEnforced(tx *db.Tx, id int64, limit int) ([]enforced, error) {
	return db.All(tx, func(e *enforced) []any { return []any{&e.item, &e.version, &e.code, &e.it.Version, db.JSON(&e.it)} },
		`SELECT item, version, code, number, body FROM catalog_staged WHERE import = $1 ORDER BY code LIMIT $2`, id, limit)
}

// listOlder returns, of each content that an item had before its version in force, the last number of it.
func listOlder(tx *db.Tx, codes []string) (map[VersionHash]int, error) {
	found := map[VersionHash]int{}
	for chunk := range slices.Chunk(codes, 200) {
		list, err := db.All(tx, versionHash, `SELECT v.code, v.number, v.hash FROM catalog_version v
			JOIN catalog_item i ON i.code = v.code AND i.version <> v.id
			WHERE v.code IN (`+marks(1, len(chunk))+`) ORDER BY v.number`, anys(chunk)...)
		if err != nil {
			return nil, err
		}
		for _, v := range list {
			found[VersionHash{Code: v.Code, Hash: v.Hash}] = v.Number
		}
	}
	return found, nil
}

// listBodies returns the versions in force of the codes; they are the caller's to change.
func listBodies(tx *db.Tx, codes []string) (map[string]*Item, error) {
	found := make(map[string]*Item, len(codes))
	for chunk := range slices.Chunk(codes, 200) {
		list, err := db.All(tx, func(s *scanned) []any { return []any{&s.id, &s.number, db.JSON(&s.it)} },
			`SELECT v.id, v.number, v.body FROM catalog_item i JOIN catalog_version v ON v.id = i.version
			WHERE i.code IN (`+marks(1, len(chunk))+`)`, anys(chunk)...)
		if err != nil {
			return nil, err
		}
		for _, s := range list {
			s.it.ID, s.it.Version = s.id, s.number
			found[s.it.Code] = &s.it
		}
	}
	return found, nil
}

// listCodesOut returns up to limit codes of items in force after one, in the order of the database: those of a body, or all.
func listCodesOut(tx *db.Tx, body, after string, limit int) ([]string, error) {
	from, args := `catalog_item i`, []any{after, limit}
	if body != "" {
		from, args = `catalog_item i JOIN catalog_version v ON v.id = i.version AND v.body_unit = $3`, append(args, body)
	}
	return db.All(tx, func(code *string) []any { return []any{code} }, `SELECT i.code FROM `+from+` WHERE i.code > $1 ORDER BY i.code LIMIT $2`, args...)
}
