package catalog

import (
	"fmt"
	"slices"
	"time"

	"onedoor.app/infra/db"
)

// changeListed makes a version the one that new cases take, on the lists too: those that it leaves and those that it joins
// have changed. since is from when it is in force.
func changeListed(tx *db.Tx, id int64, it *Item, place string, off bool, since time.Time) error {
	if err := touchLists(tx, id, tx.Now()); err != nil {
		return err
	}
	if err := changeCurrent(tx, id, it, place, off); err != nil {
		return err
	}
	if err := touchLists(tx, id, tx.Now()); err != nil {
		return err
	}
	return keepMeasure(tx, id, it, since, lastDay)
}

// touchLists notes that the lists on which an item stands were changed at a time.
func touchLists(tx *db.Tx, item int64, at time.Time) error {
	return tx.Queue(`INSERT INTO catalog_list (kind, changed) SELECT value, $2 FROM catalog_facet WHERE item = $1 AND kind = 'list'
		ON CONFLICT (kind) DO UPDATE SET changed = excluded.changed WHERE catalog_list.changed < excluded.changed`, item, at.UnixMilli())
}

// replaceListFacets puts the item on the lists of today's rules and on no others.
func replaceListFacets(tx *db.Tx, item int64, place string, it *Item) error {
	if err := tx.Queue(`DELETE FROM catalog_facet WHERE item = $1 AND kind = 'list'`, item); err != nil {
		return err
	}
	for _, f := range it.listFacets() {
		if err := tx.Queue(`INSERT INTO catalog_facet (kind, value, place, item) VALUES ($1, $2, $3, $4)`, f[0], f[1], place, item); err != nil {
			return err
		}
	}
	return nil
}

func listChanged(tx *db.Tx) (map[string]time.Time, error) {
	type row struct {
		kind string
		at   time.Time
	}
	list, err := db.All(tx, func(r *row) []any { return []any{&r.kind, &r.at} }, `SELECT kind, changed FROM catalog_list`)
	found := make(map[string]time.Time, len(list))
	for _, r := range list {
		found[r.kind] = r.at
	}
	return found, err
}

// inForce is the one condition under which an item is on a public list today; its argument is the day, on which one version
// of an item is in force at most. The page of a list, its count, its search and its downloads all go through it.
const inForce = ` JOIN catalog_measure m ON m.item = f.item AND m.until_day > $1 AND m.since_day <= $1 `

// members is a query for the items on a list. It has the arguments $1 to $4.
const members = ` FROM catalog_facet f` + inForce +
	`WHERE f.kind = 'list' AND f.value = $2 AND ($3 = '' OR m.body_unit = $3) AND ($4 = '' OR m.type = $4)`

// listMembers returns up to limit items of a list after a place.
func listMembers(tx *db.Tx, kind string, f ListFilter, after string, limit int) ([]Entry, error) {
	return db.All(tx, func(e *Entry) []any { return []any{&e.item, &e.ID, &e.Place} },
		`SELECT f.item, m.version, f.place`+members+` AND f.place > $5 ORDER BY f.place LIMIT $6`,
		today(tx), kind, f.Body, f.Type, after, limit)
}

// listMembersOf returns those of the items that are on a list.
func listMembersOf(tx *db.Tx, kind string, f ListFilter, items []int64) (map[int64]Entry, error) {
	found := make(map[int64]Entry, len(items))
	for chunk := range slices.Chunk(items, 200) {
		list, err := db.All(tx, func(e *Entry) []any { return []any{&e.item, &e.ID} },
			`SELECT f.item, m.version`+members+` AND f.item IN (`+marks(5, len(chunk))+`)`, append([]any{today(tx), kind, f.Body, f.Type}, anys(chunk)...)...)
		if err != nil {
			return nil, err
		}
		for _, e := range list {
			found[e.item] = e
		}
	}
	return found, nil
}

func countMembers(tx *db.Tx, kind string, f ListFilter) (n int, err error) {
	err = tx.One(`SELECT COUNT(*)`+members, []any{today(tx), kind, f.Body, f.Type}, &n)
	return n, err
}

// listWhole returns a whole list: a number and a code for each entry.
func listWhole(tx *db.Tx, kind string) ([]Member, error) {
	type row struct {
		version int64
		body    string
	}
	list, err := db.All(tx, func(r *row) []any { return []any{&r.version, &r.body} },
		`SELECT m.version, m.body_unit`+members+` ORDER BY f.place`, today(tx), kind, "", "")
	all := make([]Member, len(list))
	for i, r := range list {
		all[i] = Member{Version: r.version, Bodies: []string{r.body}}
	}
	return all, err
}

// findListMark is what changes with a list: how many items it holds, the newest of their versions, and the same of the base
// catalogue.
func findListMark(tx *db.Tx, kind string) (mark [4]int64, err error) {
	if err = tx.One(`SELECT COUNT(*), COALESCE(MAX(m.version), 0)`+members, []any{today(tx), kind, "", ""}, &mark[0], &mark[1]); err != nil {
		return mark, err
	}
	err = tx.One(`SELECT COUNT(*), COALESCE(MAX(version), 0) FROM catalog_base`, nil, &mark[2], &mark[3])
	return mark, err
}

// countLists counts the items on each list.
func countLists(tx *db.Tx) (map[string]int, error) {
	list, err := db.All(tx, func(f *Facet) []any { return []any{&f.Value, &f.Items} },
		`SELECT f.value, COUNT(*) FROM catalog_facet f`+inForce+`WHERE f.kind = 'list' GROUP BY f.value`, today(tx))
	count := make(map[string]int, len(list))
	for _, f := range list {
		count[f.Value] = f.Items
	}
	return count, err
}

// listGroup is how many entries of a list one body has of one type.
type listGroup struct {
	body, kind string
	n          int
}

func listGroups(tx *db.Tx, kind string) ([]listGroup, error) {
	return db.All(tx, func(g *listGroup) []any { return []any{&g.body, &g.kind, &g.n} },
		`SELECT m.body_unit, m.type, COUNT(*)`+members+` GROUP BY m.body_unit, m.type`, today(tx), kind, "", "")
}

// listItems reads versions by their ids.
func listItems(tx *db.Tx, ids []int64) (map[int64]*Item, error) {
	found := make(map[int64]*Item, len(ids))
	for chunk := range slices.Chunk(ids, 200) {
		list, err := db.All(tx, func(s *scanned) []any { return []any{&s.id, &s.number, db.JSON(&s.it)} },
			`SELECT `+versionColumns+` FROM catalog_version v WHERE v.id IN (`+marks(1, len(chunk))+`)`, anys(chunk)...)
		if err != nil {
			return nil, fmt.Errorf("catalog: %w", err)
		}
		for i := range list {
			list[i].it.ID, list[i].it.Version = list[i].id, list[i].number
			found[list[i].id] = &list[i].it
		}
	}
	return found, nil
}
