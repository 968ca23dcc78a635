package catalog

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

// standing is what is current for a code.
type standing struct {
	code    string
	item    int64
	version int64
	number  int
	hash    string
	origin  string
	brought string // content of the last version from the origin asked for, "": none
	off     bool   // it is taken from the list
}

// Origins of a version.
const (
	originPackage = "package"
	originImport  = "import"
	originPage    = "page" // the catalogue officer's
)

// listStanding returns what is current for those of the codes that there are, and what
// an origin brought last.
func listStanding(tx *db.Tx, codes []string, origin string) (map[string]standing, error) {
	found := make(map[string]standing, len(codes))
	for chunk := range slices.Chunk(codes, 200) {
		list, err := db.All(tx, func(s *standing) []any {
			return []any{&s.code, &s.item, &s.version, &s.number, &s.hash, &s.origin, &s.brought, &s.off}
		},
			`SELECT i.code, i.id, v.id, v.number, v.hash, v.origin, COALESCE((SELECT b.hash FROM catalog_version b
				WHERE b.code = i.code AND b.origin = $1 ORDER BY b.number DESC LIMIT 1), ''), i.suspended
			FROM catalog_item i JOIN catalog_version v ON v.id = i.version
			WHERE i.code IN (`+marks(2, len(chunk))+`)`, append([]any{origin}, anys(chunk)...)...)
		if err != nil {
			return nil, err
		}
		for _, s := range list {
			found[s.code] = s
		}
	}
	return found, nil
}

func insertFlow(tx *db.Tx, hash string, source []byte) error {
	return tx.Queue(`INSERT INTO catalog_flow (hash, source) VALUES ($1, $2) ON CONFLICT (hash) DO NOTHING`, hash, string(source))
}

func findFlow(tx *db.Tx, hash string) (source string, err error) {
	found, err := tx.Maybe(`SELECT source FROM catalog_flow WHERE hash = $1`, []any{hash}, &source)
	if err == nil && !found {
		err = fault.New(fault.Unknown, "catalog.flow.unknown")
	}
	return source, err
}

func insertVersion(tx *db.Tx, it *Item, hash, origin string, staff int64, since time.Time) error {
	return tx.Queue(`INSERT INTO catalog_version
		(id, code, number, name, type, project_type, unit, body_unit, hash, body, origin, staff, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
		it.ID, it.Code, it.Version, it.Name, it.Type, it.ProjectType, it.Unit, it.Body, hash, db.JSON(it), origin, staff, since)
}

// changeCurrent makes a version the one that new cases take. off says that the item is
// taken from the list, and stays so.
func changeCurrent(tx *db.Tx, id int64, it *Item, place string, off bool) error {
	if err := tx.Queue(`INSERT INTO catalog_item (id, code, version, place, body_unit, type) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (code) DO UPDATE SET version = excluded.version, place = excluded.place, body_unit = excluded.body_unit, type = excluded.type`,
		id, it.Code, it.ID, place, it.Body, it.Type); err != nil {
		return err
	}
	if err := tx.Queue(`DELETE FROM catalog_facet WHERE item = $1`, id); err != nil || off {
		return err
	}
	return saveFacets(tx, id, it, place)
}

func saveFacets(tx *db.Tx, id int64, it *Item, place string) error {
	for _, f := range it.facets() {
		if err := tx.Queue(`INSERT INTO catalog_facet (kind, value, place, item) VALUES ($1, $2, $3, $4)`, f[0], f[1], place, id); err != nil {
			return err
		}
	}
	return nil
}

// scanned is a version as its row has it.
type scanned struct {
	id     int64
	number int
	it     Item
}

const versionColumns = `v.id, v.number, v.body`

func findVersion(tx *db.Tx, where string, arg any) (*Item, error) {
	it, _, err := findSized(tx, where, arg)
	return it, err
}

// findSized also returns about how many bytes the version takes in memory.
func findSized(tx *db.Tx, where string, arg any) (*Item, int, error) {
	var s scanned
	var length int
	found, err := tx.Maybe(`SELECT `+versionColumns+`, LENGTH(v.body) FROM catalog_version v `+where, []any{arg}, &s.id, &s.number, db.JSON(&s.it), &length)
	if err == nil && !found {
		err = fault.New(fault.Unknown, "catalog.item.none")
	}
	if err != nil {
		return nil, 0, err
	}
	s.it.ID, s.it.Version = s.id, s.number
	return &s.it, bytesOf(length), nil
}

// bytesOf is about how much memory a version takes whose JSON has a number of characters: up to
// three bytes each, and half as much again for what holds them together.
func bytesOf(length int) int { return 2048 + length*9/2 }

// lockItem makes others who change the item wait until the unit of work ends.
func lockItem(tx *db.Tx, code string) error {
	var id int64
	err := tx.One(`SELECT id FROM catalog_item WHERE code = $1`+tx.ForUpdate(), []any{code}, &id)
	if fault.Is(err, fault.Unknown) {
		return fault.New(fault.Unknown, "catalog.item.none")
	}
	return err
}

// lockItems is lockItem for those of several that there are, in the order of their codes.
func lockItems(tx *db.Tx, codes []string) error {
	for chunk := range slices.Chunk(slices.Sorted(slices.Values(codes)), 200) {
		if _, err := db.All(tx, func(id *int64) []any { return []any{id} },
			`SELECT id FROM catalog_item WHERE code IN (`+marks(1, len(chunk))+`) ORDER BY code`+tx.ForUpdate(), anys(chunk)...); err != nil {
			return err
		}
	}
	return nil
}

func findCurrentID(tx *db.Tx, code string) (id int64, err error) {
	found, err := tx.Maybe(`SELECT version FROM catalog_item WHERE code = $1`, []any{code}, &id)
	if err == nil && !found {
		err = fault.New(fault.Unknown, "catalog.item.none")
	}
	return id, err
}

const entryColumns = `i.id, v.id, i.code, v.number, v.name, v.type, v.project_type, v.unit, v.body_unit, i.place, v.at`

func entry(e *Entry) []any {
	return []any{&e.item, &e.ID, &e.Code, &e.Version, &e.Name, &e.Type, &e.ProjectType, &e.Unit, &e.Body, &e.Place, &e.At}
}

// listEntries returns up to limit items after a place, those that have every facet; with
// all also those that nobody may apply for today.
func listEntries(tx *db.Tx, facets [][2]string, all bool, after string, limit int) ([]Entry, error) {
	from, where, place, args := withFacets(facets, all, today(tx), after, limit)
	return db.All(tx, entry, `SELECT `+entryColumns+` FROM `+from+` JOIN catalog_version v ON v.id = i.version
		WHERE `+where+` AND `+place+` > $2 ORDER BY `+place+` LIMIT $3`, args...)
}

// withFacets begins a query for the items that have every facet and may be applied for on a
// day, with all: on any. The day is $1; the query's own arguments come after args.
func withFacets(facets [][2]string, all bool, day string, args ...any) (from, where, place string, list []any) {
	from, where, place, list = `catalog_item i`, offered, `i.place`, append([]any{day}, args...)
	if all {
		where = anyDay
	}
	for n, f := range facets {
		k := len(list) + 1
		list = append(list, f[0], f[1])
		if n == 0 {
			from, place = `catalog_facet f JOIN catalog_item i ON i.id = f.item`, `f.place`
			where = fmt.Sprintf(`f.kind = $%d AND f.value = $%d AND `, k, k+1) + where
		} else {
			where += fmt.Sprintf(` AND EXISTS (SELECT 1 FROM catalog_facet g WHERE g.item = i.id AND g.kind = $%d AND g.value = $%d)`, k, k+1)
		}
	}
	return from, where, place, list
}

// listEntriesOf returns the items with these ids, in no order.
func listEntriesOf(tx *db.Tx, items []int64) (map[int64]Entry, error) {
	found := make(map[int64]Entry, len(items))
	for chunk := range slices.Chunk(items, 200) {
		list, err := db.All(tx, entry, `SELECT `+entryColumns+` FROM catalog_item i JOIN catalog_version v ON v.id = i.version
			WHERE i.id IN (`+marks(1, len(chunk))+`)`, anys(chunk)...)
		if err != nil {
			return nil, err
		}
		for _, e := range list {
			found[e.item] = e
		}
	}
	return found, nil
}

// listWith returns which of the items have a facet.
func listWith(tx *db.Tx, items []int64, f [2]string) (map[int64]bool, error) {
	with := make(map[int64]bool, len(items))
	for chunk := range slices.Chunk(items, 200) {
		list, err := db.All(tx, func(id *int64) []any { return []any{id} }, `SELECT item FROM catalog_facet
			WHERE kind = $1 AND value = $2 AND item IN (`+marks(3, len(chunk))+`)`, append([]any{f[0], f[1]}, anys(chunk)...)...)
		if err != nil {
			return nil, err
		}
		for _, id := range list {
			with[id] = true
		}
	}
	return with, nil
}

// listFacet counts the items that may be applied for today by one kind of facet.
func listFacet(tx *db.Tx, kind string) ([]Facet, error) {
	return db.All(tx, func(f *Facet) []any { return []any{&f.Value, &f.Items} },
		`SELECT f.value, COUNT(*) FROM catalog_facet f`+inForce+`WHERE f.kind = $2 GROUP BY f.value ORDER BY COUNT(*) DESC, f.value`, today(tx), kind)
}

// countItems counts the items that have every facet and may be applied for today.
func countItems(tx *db.Tx, facets [][2]string) (n int, err error) {
	from, where, _, args := withFacets(facets, false, today(tx))
	err = tx.One(`SELECT COUNT(*) FROM `+from+` WHERE `+where, args, &n)
	return n, err
}

func listVersions(tx *db.Tx, code string) ([]Entry, error) {
	return db.All(tx, func(e *Entry) []any {
		return []any{&e.ID, &e.Code, &e.Version, &e.Name, &e.Type, &e.ProjectType, &e.Unit, &e.Body, &e.At}
	}, `SELECT id, code, number, name, type, project_type, unit, body_unit, at FROM catalog_version
		WHERE code = $1 ORDER BY number DESC LIMIT 200`, code)
}

func saveCertificateTypes(tx *db.Tx, list []CertificateType) error {
	for _, c := range list {
		if err := tx.Queue(`INSERT INTO catalog_certificate_type (code, name, issuer, holder, validity) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (code) DO UPDATE SET name = excluded.name, issuer = excluded.issuer, holder = excluded.holder,
			validity = excluded.validity`, c.Code, c.Name, c.Issuer, c.Holder, c.Validity); err != nil {
			return err
		}
	}
	return nil
}

func listCertificateTypes(tx *db.Tx, limit int) ([]CertificateType, error) {
	return db.All(tx, func(c *CertificateType) []any { return []any{&c.Code, &c.Name, &c.Issuer, &c.Holder, &c.Validity} },
		`SELECT code, name, issuer, holder, validity FROM catalog_certificate_type ORDER BY code LIMIT $1`, limit)
}

func findCertificateType(tx *db.Tx, code string) (c CertificateType, err error) {
	found, err := tx.Maybe(`SELECT code, name, issuer, holder, validity FROM catalog_certificate_type WHERE code = $1`,
		[]any{code}, &c.Code, &c.Name, &c.Issuer, &c.Holder, &c.Validity)
	if err == nil && !found {
		err = fault.New(fault.Unknown, "catalog.certificate.none")
	}
	return c, err
}

// marks writes n placeholders from $first on.
func marks(first, n int) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "$%d", first+i)
	}
	return b.String()
}

func anys[T any](list []T) []any {
	out := make([]any, len(list))
	for i, v := range list {
		out[i] = v
	}
	return out
}
