package search

import (
	"fmt"
	"maps"
	"slices"

	"onedoor.app/infra/db"
)

// Check compares by what documents are found with what they should be found by, and says the first that is not so.
func Check(tx *db.Tx, kind string, docs ...Document) error {
	was, err := held(tx, kind, docs)
	if err != nil {
		return err
	}
	for _, d := range docs {
		due := d.weights()
		if !slices.Equal(was[d.ID], slices.Sorted(maps.Keys(due))) {
			return fmt.Errorf("search: %s %d is written down with other words than it has", kind, d.ID)
		}
		there, err := listPostings(tx, kind, d.ID, was[d.ID])
		if err != nil {
			return err
		}
		if !maps.Equal(there, due) {
			return fmt.Errorf("search: %s %d is found by other words than it has", kind, d.ID)
		}
	}
	return nil
}

// Count counts the documents of a kind that can be found.
func Count(tx *db.Tx, kind string) (n int, err error) {
	err = tx.One(`SELECT COUNT(*) FROM search_document WHERE kind = $1`, []any{kind}, &n)
	return n, err
}

// Stray is a document of a kind that something finds and that is not written down, 0 for none.
func Stray(tx *db.Tx, kind string) (doc int64, err error) {
	_, err = tx.Maybe(`SELECT p.doc FROM search_posting p WHERE p.kind = $1
		AND NOT EXISTS (SELECT 1 FROM search_document d WHERE d.kind = p.kind AND d.doc = p.doc) LIMIT 1`, []any{kind}, &doc)
	return doc, err
}

// listPostings returns by which of the grams a document is found, with their weights.
func listPostings(tx *db.Tx, kind string, doc int64, grams []string) (map[string]int, error) {
	type row struct {
		gram   string
		weight int
	}
	there := map[string]int{}
	for chunk := range slices.Chunk(grams, 200) {
		args, marks := []any{kind, doc}, ""
		for i, g := range chunk {
			args = append(args, g)
			marks += fmt.Sprintf(", $%d", i+3)
		}
		rows, err := db.All(tx, func(r *row) []any { return []any{&r.gram, &r.weight} },
			`SELECT gram, weight FROM search_posting WHERE kind = $1 AND doc = $2 AND gram IN (`+marks[2:]+`)`, args...)
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			there[r.gram] += r.weight // twice is too much
		}
	}
	return there, nil
}
