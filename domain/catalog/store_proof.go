package catalog

import (
	"time"

	"onedoor.app/infra/db"
)

// The rows that Check holds against the evidence, as they are kept: content is compared as the very text.

// keptVersion is a version of an item.
type keptVersion struct {
	id, staff, brought       int64 // brought is the import
	code, hash, body, origin string
	name, kind, project      string
	unit, carrier            string
	number                   int
	at                       time.Time
}

func (k *keptVersion) columns() []any {
	return []any{&k.id, &k.code, &k.number, &k.name, &k.kind, &k.project, &k.unit, &k.carrier, &k.hash, &k.body, &k.origin, &k.staff, &k.at, &k.brought}
}

func (k *keptVersion) sum() string {
	return rowSum(k.code, k.number, k.hash, k.body, k.origin, k.staff, k.at.UnixMilli(), k.brought)
}

const selectKeptVersion = `SELECT id, code, number, name, type, project_type, unit, body_unit, hash, body, origin, staff, at, import FROM catalog_version `

func listKeptVersions(tx *db.Tx, after int64, limit int) ([]keptVersion, error) {
	return db.All(tx, (*keptVersion).columns, selectKeptVersion+`WHERE id > $1 ORDER BY id LIMIT $2`, after, limit)
}

// keptBase is a version of a base item.
type keptBase struct {
	id, staff                           int64
	code, hash, body, origin, why, name string
	number                              int
	at                                  time.Time
}

func (k *keptBase) columns() []any {
	return []any{&k.id, &k.code, &k.number, &k.hash, &k.body, &k.origin, &k.why, &k.staff, &k.name, &k.at}
}

func (k *keptBase) sum() string {
	return rowSum(k.code, k.number, k.hash, k.body, k.origin, k.why, k.staff, k.name, k.at.UnixMilli())
}

const selectKeptBase = `SELECT id, code, number, hash, body, origin, why, staff, name, at FROM catalog_base_version `

// listKeptBases returns up to limit versions of base items after one, by their codes and numbers.
func listKeptBases(tx *db.Tx, code string, number, limit int) ([]keptBase, error) {
	return db.All(tx, (*keptBase).columns, selectKeptBase+`WHERE (code, number) > ($1, $2) ORDER BY code, number LIMIT $3`, code, number, limit)
}

// keptMaterial is an entry of the library.
type keptMaterial struct {
	code, name, place, body, brought, by string
	version                              int
	retired                              bool
	staff                                int64
	at                                   time.Time
}

func (k *keptMaterial) columns() []any {
	return []any{&k.code, &k.name, &k.place, &k.body, &k.version, &k.retired, &k.brought, &k.at, &k.staff, &k.by}
}

func (k *keptMaterial) sum() string {
	return rowSum(k.code, k.body, k.version, k.retired, k.brought, k.at.UnixMilli(), k.staff, k.by)
}

const selectKeptMaterial = `SELECT code, name, place, body, version, retired, brought, at, staff, staff_name FROM catalog_material `

func listKeptMaterials(tx *db.Tx, after string, limit int) ([]keptMaterial, error) {
	return db.All(tx, (*keptMaterial).columns, selectKeptMaterial+`WHERE code > $1 ORDER BY code LIMIT $2`, after, limit)
}

// keptLock is a change of the locks of a source.
type keptLock struct {
	source, body, why, name string
	number                  int
	staff                   int64
	at                      time.Time
}

func listKeptLocks(tx *db.Tx, source string, number, limit int) ([]keptLock, error) {
	return db.All(tx, func(k *keptLock) []any { return []any{&k.source, &k.number, &k.body, &k.why, &k.staff, &k.name, &k.at} },
		`SELECT source, number, body, why, staff, name, at FROM catalog_lock WHERE (source, number) > ($1, $2) ORDER BY source, number LIMIT $3`, source, number, limit)
}

// keptProposal is a proposal.
type keptProposal struct {
	id                           int64
	on                           int
	kind, about, name, body, why string
	state, remark, hand          string
	author, decider              Doer
	at, decided                  time.Time
}

func listKeptProposals(tx *db.Tx, after int64, limit int) ([]keptProposal, error) {
	return db.All(tx, func(k *keptProposal) []any {
		return []any{&k.id, &k.kind, &k.about, &k.name, &k.on, &k.body, &k.why, &k.state, db.JSON(&k.author), db.JSON(&k.decider), &k.remark, &k.hand, &k.at, &k.decided}
	}, `SELECT id, kind, about, name, made_on, body, why, state, author, decider, remark, hand, at, decided FROM catalog_proposal
		WHERE id > $1 ORDER BY id LIMIT $2`, after, limit)
}

// keptPause is a time that an item was off the list, with who took it off and why.
type keptPause struct {
	id, staff          int64
	code, reason, name string
	since, until       time.Time
}

func listKeptPauses(tx *db.Tx, after int64, limit int) ([]keptPause, error) {
	return db.All(tx, func(k *keptPause) []any {
		return []any{&k.id, &k.code, &k.reason, &k.staff, &k.name, &k.since, &k.until}
	},
		`SELECT id, code, reason, staff, staff_name, since, NULLIF(until, 0) FROM catalog_suspension WHERE id > $1 ORDER BY id LIMIT $2`, after, limit)
}

// keptImport is an import, with the account beside who brought it.
type keptImport struct {
	Imported
	staff int64
}

func (k *keptImport) columns() []any { return append(scanImport(&k.Imported), &k.staff) }

// sum is the digest of an import of which there is no evidence.
func (k *keptImport) sum() string {
	return rowSum(k.ID, k.Name, k.Author, k.Consenter, k.File, k.Report.Added, k.Report.Changed, k.Versions, k.At.UnixMilli())
}

const selectKeptImport = `SELECT ` + importColumns + `, staff FROM catalog_import `

func listKeptImports(tx *db.Tx, after int64, limit int) ([]keptImport, error) {
	return db.All(tx, (*keptImport).columns, selectKeptImport+`WHERE id > $1 ORDER BY id LIMIT $2`, after, limit)
}

// standingBase is a base item in force, as lists have it.
type standingBase struct {
	code, name, kind, main string
	base                   Base
	units                  []string // that hold its power, sorted
}

func listStandingBases(tx *db.Tx, after string, limit int) ([]standingBase, error) {
	return db.All(tx, func(b *standingBase) []any { return []any{&b.code, &b.name, &b.kind, &b.main, db.JSON(&b.base)} },
		`SELECT b.code, b.name, b.type, b.main, v.body FROM catalog_base b JOIN catalog_base_version v ON v.id = b.version
		WHERE b.code > $1 ORDER BY b.code LIMIT $2`, after, limit)
}

// listHeld returns the units that hold the powers of a span of base items, with the codes of these.
func listHeld(tx *db.Tx, first, last string) ([][2]string, error) {
	return db.All(tx, func(p *[2]string) []any { return []any{&p[0], &p[1]} },
		`SELECT base, unit FROM catalog_power WHERE base >= $1 AND base <= $2 ORDER BY base, unit`, first, last)
}

// listFindable returns up to limit items that are findable by the rules of today, leaving out those that an import is at.
func listFindable(tx *db.Tx, after int64, limit int) ([]standingItem, error) {
	return db.All(tx, func(s *standingItem) []any { return []any{&s.id, &s.it.Version, db.JSON(&s.it)} },
		`SELECT i.id, v.number, v.body FROM catalog_item i JOIN catalog_version v ON v.id = i.version
		WHERE i.id > $1 AND i.indexed = $2 AND i.code NOT IN (SELECT code FROM catalog_staged) ORDER BY i.id LIMIT $3`, after, indexNumber, limit)
}

// countUnfindable counts the items that are still to be made findable.
func countUnfindable(tx *db.Tx) (n int, err error) {
	err = tx.One(`SELECT COUNT(*) FROM catalog_item WHERE indexed <> $1 OR code IN (SELECT code FROM catalog_staged)`, []any{indexNumber}, &n)
	return n, err
}

// keptFlow is a drawing that items take.
type keptFlow struct{ hash, source string }

func listKeptFlows(tx *db.Tx, after string, limit int) ([]keptFlow, error) {
	return db.All(tx, func(k *keptFlow) []any { return []any{&k.hash, &k.source} },
		`SELECT hash, source FROM catalog_flow WHERE hash > $1 ORDER BY hash LIMIT $2`, after, limit)
}

func findKept[T any](tx *db.Tx, columns func(*T) []any, query string, id any) (*T, error) {
	var k T
	found, err := tx.Maybe(query, []any{id}, columns(&k)...)
	if err != nil || !found {
		return nil, err
	}
	return &k, nil
}
