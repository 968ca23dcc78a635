package catalog

import (
	"time"

	"onedoor.app/infra/db"
	"onedoor.app/module"
)

// standingItem is an item in force, to be compared with what lists say of it.
type standingItem struct {
	id    int64
	off   bool // taken from the lists
	place string
	body  string // as the list of officials is narrowed by it
	kind  string
	found int // by which rules it was made findable
	rules int // by which it was put on public lists
	it    Item
}

func listStandingItems(tx *db.Tx, after int64, limit int) ([]standingItem, error) {
	return db.All(tx, func(s *standingItem) []any {
		return []any{&s.id, &s.off, &s.place, &s.it.Version, db.JSON(&s.it), &s.rules, &s.body, &s.kind, &s.found}
	},
		`SELECT i.id, i.suspended, i.place, v.number, v.body, COALESCE(m.rules, 0), i.body_unit, i.type, i.indexed FROM catalog_item i JOIN catalog_version v ON v.id = i.version
		LEFT JOIN catalog_measure m ON m.version = v.id WHERE i.id > $1 ORDER BY i.id LIMIT $2`, after, limit)
}

// keptFacet is one place of an item in a list.
type keptFacet struct {
	item               int64
	kind, value, place string
}

// listFacetsOf lists the places in lists of the items of a span of ids.
func listFacetsOf(tx *db.Tx, first, last int64) ([]keptFacet, error) {
	return db.All(tx, func(f *keptFacet) []any { return []any{&f.item, &f.kind, &f.value, &f.place} },
		`SELECT item, kind, value, place FROM catalog_facet WHERE item >= $1 AND item <= $2 ORDER BY item, kind, value, place`, first, last)
}

// keptMeasure is a version with what is kept of it as measured.
type keptMeasure struct {
	version  int64
	at, next time.Time
	it       Item
	known    bool // it is measured
	rules    int
	code     string
	number   int
	kind     string
	body     string
	measure
}

func listMeasures(tx *db.Tx, after int64, limit int) ([]keptMeasure, error) {
	return db.All(tx, func(k *keptMeasure) []any {
		return []any{
			&k.version, &k.at, &k.next, db.JSON(&k.it), &k.it.Version, &k.known, &k.rules, &k.code, &k.number, &k.kind, &k.body, &k.Since, &k.Until, &k.Bare, &k.Statutory,
			&k.Promised, &k.Materials, &k.Steps, &k.Online, &k.Whole, &k.Spot, &k.Visit,
		}
	}, `SELECT v.id, v.at, (SELECT n.at FROM catalog_version n WHERE n.code = v.code AND n.number = v.number + 1), v.body, v.number, m.version IS NOT NULL,
		COALESCE(m.rules, 0), COALESCE(m.code, ''), COALESCE(m.number, 0), COALESCE(m.type, ''), COALESCE(m.body_unit, ''), COALESCE(m.since_day, ''), COALESCE(m.until_day, ''),
		COALESCE(m.bare, FALSE), COALESCE(m.statutory, 0), COALESCE(m.promised, 0), COALESCE(m.materials, 0), COALESCE(m.steps, 0),
		COALESCE(m.online, FALSE), COALESCE(m.whole, FALSE), COALESCE(m.spot, FALSE), COALESCE(m.once, FALSE)
		FROM catalog_version v LEFT JOIN catalog_measure m ON m.version = v.id WHERE v.id > $1 ORDER BY v.id LIMIT $2`, after, limit)
}

// strays are queries for what belongs to nothing, or to something else than it says, and for what stands in force and is not
// the newest; of is the last part of the key of the words for it.
var strays = []struct{ of, query string }{
	{"measure_none", `SELECT m.code FROM catalog_measure m LEFT JOIN catalog_version v ON v.id = m.version
		LEFT JOIN catalog_item i ON i.code = m.code WHERE v.id IS NULL OR i.id IS NULL OR i.id <> m.item ORDER BY m.version LIMIT 1`},
	{"list_none", `SELECT f.value FROM catalog_facet f LEFT JOIN catalog_item i ON i.id = f.item WHERE i.id IS NULL ORDER BY f.item, f.value LIMIT 1`},
	{"measure_past", `SELECT code FROM catalog_measure WHERE materials_before <> ` + materialsBefore + ` OR steps_before <> ` + stepsBefore + ` ORDER BY code LIMIT 1`},
	{"reform_corrects", `SELECT r.name FROM catalog_reform r LEFT JOIN catalog_reform w ON w.id = r.corrects
		WHERE r.corrects <> 0 AND (w.id IS NULL OR w.corrected_by <> r.id) ORDER BY r.id LIMIT 1`},
	{"reform_corrected", `SELECT r.name FROM catalog_reform r LEFT JOIN catalog_reform n ON n.id = r.corrected_by
		WHERE r.corrected_by <> 0 AND (n.id IS NULL OR n.corrects <> r.id) ORDER BY r.id LIMIT 1`},
	{"picture_none", `SELECT p.file FROM catalog_seal_picture p LEFT JOIN catalog_seal s ON s.id = p.seal WHERE s.id IS NULL ORDER BY p.id LIMIT 1`},
	{"act_none", `SELECT a.act FROM catalog_seal_act a LEFT JOIN catalog_seal s ON s.id = a.seal WHERE s.id IS NULL ORDER BY a.seal, a.seq LIMIT 1`},
	{"item_newest", `SELECT i.code FROM catalog_item i LEFT JOIN catalog_version v ON v.id = i.version AND v.code = i.code
		WHERE v.id IS NULL OR v.number <> (SELECT MAX(n.number) FROM catalog_version n WHERE n.code = i.code) ORDER BY i.code LIMIT 1`},
	{"item_none", `SELECT v.code FROM catalog_version v LEFT JOIN catalog_item i ON i.code = v.code WHERE i.id IS NULL ORDER BY v.code LIMIT 1`},
	{"item_gap", `SELECT code FROM catalog_version GROUP BY code HAVING COUNT(*) <> MAX(number) ORDER BY code LIMIT 1`},
	{"import_none", `SELECT v.code FROM catalog_version v LEFT JOIN catalog_import i ON i.id = v.import
		WHERE v.import <> 0 AND i.id IS NULL ORDER BY v.code LIMIT 1`},
	{"base_newest", `SELECT b.code FROM catalog_base b LEFT JOIN catalog_base_version v ON v.id = b.version AND v.code = b.code
		WHERE v.id IS NULL OR v.number <> b.number OR b.number <> (SELECT MAX(n.number) FROM catalog_base_version n WHERE n.code = b.code) ORDER BY b.code LIMIT 1`},
	{"base_none", `SELECT v.code FROM catalog_base_version v LEFT JOIN catalog_base b ON b.code = v.code WHERE b.code IS NULL ORDER BY v.code LIMIT 1`},
	{"base_gap", `SELECT code FROM catalog_base_version GROUP BY code HAVING COUNT(*) <> MAX(number) ORDER BY code LIMIT 1`},
	{"locks_gap", `SELECT source FROM catalog_lock GROUP BY source HAVING COUNT(*) <> MAX(number) ORDER BY source LIMIT 1`},
	{"power_none", `SELECT p.base FROM catalog_power p LEFT JOIN catalog_base b ON b.code = p.base WHERE b.code IS NULL ORDER BY p.base LIMIT 1`},
}

func checkStrays(tx *db.Tx, _ module.Count) error {
	for _, s := range strays {
		var name string
		if found, err := tx.Maybe(s.query, nil, &name); err != nil {
			return err
		} else if found {
			return differs("stray."+s.of, "name", name)
		}
	}
	return nil
}

// newestListed is when the newest version on each public list was published.
func newestListed(tx *db.Tx) (map[string]time.Time, error) {
	type row struct {
		kind string
		at   time.Time
	}
	list, err := db.All(tx, func(r *row) []any { return []any{&r.kind, &r.at} }, `SELECT f.value, MAX(v.at) FROM catalog_facet f
		JOIN catalog_item i ON i.id = f.item JOIN catalog_version v ON v.id = i.version WHERE f.kind = 'list' GROUP BY f.value`)
	newest := make(map[string]time.Time, len(list))
	for _, r := range list {
		newest[r.kind] = r.at
	}
	return newest, err
}

// keptReform is an entry of the ledger with who wrote it.
type keptReform struct {
	Reform
	staff int64
}

func listKeptReforms(tx *db.Tx, after int64, limit int) ([]keptReform, error) {
	return db.All(tx, func(k *keptReform) []any { return append(reform(&k.Reform), &k.staff) },
		`SELECT `+reformColumns+`, staff FROM catalog_reform WHERE id > $1 ORDER BY id LIMIT $2`, after, limit)
}

// provedSeal is a seal with who registered it and when.
type provedSeal struct {
	Seal
	staff int64
	at    time.Time
}

func listProvedSeals(tx *db.Tx, after int64, limit int) ([]provedSeal, error) {
	return db.All(tx, func(k *provedSeal) []any { return append(sealInto(&k.Seal), &k.staff, &k.at) },
		`SELECT `+sealColumns+`, staff, at FROM catalog_seal WHERE id > $1 ORDER BY id LIMIT $2`, after, limit)
}

// provedStep is an act on a seal with its number and who did it.
type provedStep struct {
	SealStep
	seq   int
	staff int64
}

func listProvedSteps(tx *db.Tx, seal int64) ([]provedStep, error) {
	return db.All(tx, func(p *provedStep) []any {
		return []any{&p.Act, &p.Day, &p.Document, &p.Place, &p.Keeper, &p.At, &p.seq, &p.staff}
	}, `SELECT act, day, document, place, keeper, at, seq, staff FROM catalog_seal_act WHERE seal = $1 ORDER BY seq`, seal)
}
