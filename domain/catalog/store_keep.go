package catalog

import (
	"fmt"
	"slices"

	"onedoor.app/infra/db"
)

// The states by which the list of all items is narrowed: they exclude each other.
const (
	ItemOffered   = "offered"   // may be applied for today
	ItemSuspended = "suspended" // taken from the list
	ItemOutside   = "outside"   // not yet, or no longer, within the days that it plans
)

// ItemStates are the states of items, in the order in which they are shown.
func ItemStates() []string { return []string{ItemOffered, ItemSuspended, ItemOutside} }

var inState = map[string]string{
	"": anyDay, ItemOffered: offered, ItemSuspended: `i.suspended AND ` + anyDay,
	ItemOutside: `NOT i.suspended AND NOT ` + offered,
}

// keptItems begins a query for items, also for those that nobody may apply for today. The day is $1; the query's own
// arguments come after it. A state that there is not finds nothing.
func keptItems(f Filter, day string, own ...any) (where string, args []any) {
	where, args = inState[f.State], append([]any{day}, own...)
	if where == "" {
		where = `$1 = ''`
	}
	for _, c := range [][2]string{{"body_unit", f.Body}, {"type", f.Type}} {
		if c[1] != "" {
			args = append(args, c[1])
			where += fmt.Sprintf(` AND i.%s = $%d`, c[0], len(args))
		}
	}
	return where, args
}

func listKept(tx *db.Tx, f Filter, after string, limit int) ([]Entry, error) {
	where, args := keptItems(f, today(tx), after, limit)
	return db.All(tx, entry, `SELECT `+entryColumns+` FROM catalog_item i JOIN catalog_version v ON v.id = i.version
		WHERE `+where+` AND i.place > $2 ORDER BY i.place LIMIT $3`, args...)
}

func countKept(tx *db.Tx, f Filter) (n int, err error) {
	where, args := keptItems(f, today(tx))
	err = tx.One(`SELECT COUNT(*) FROM catalog_item i WHERE `+where, args, &n)
	return n, err
}

// listKeptOf returns which of the items the filter takes.
func listKeptOf(tx *db.Tx, f Filter, items []int64) (map[int64]bool, error) {
	kept := make(map[int64]bool, len(items))
	for chunk := range slices.Chunk(items, 200) {
		where, args := keptItems(f, today(tx))
		list, err := db.All(tx, func(id *int64) []any { return []any{id} },
			`SELECT i.id FROM catalog_item i WHERE `+where+` AND i.id IN (`+marks(len(args)+1, len(chunk))+`)`, append(args, anys(chunk)...)...)
		if err != nil {
			return nil, err
		}
		for _, id := range list {
			kept[id] = true
		}
	}
	return kept, nil
}

// listKeptGroups counts all items by their body or by their kind, the most frequent first.
func listKeptGroups(tx *db.Tx, column string) ([]Facet, error) {
	return db.All(tx, func(f *Facet) []any { return []any{&f.Value, &f.Items} },
		`SELECT i.`+column+`, COUNT(*) FROM catalog_item i GROUP BY i.`+column+` ORDER BY COUNT(*) DESC, i.`+column)
}
