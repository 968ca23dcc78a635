package search

import (
	"fmt"
	"maps"
	"slices"

	"onedoor.app/infra/db"
)

// Check returns the first of some documents that is found by other words than its own, 0 for none. Every 200 of them it reads
// through the postings of the kind once.
func Check(tx *db.Tx, kind string, docs ...Document) (other int64, err error) {
	for chunk := range slices.Chunk(docs, 200) {
		was, err := held(tx, kind, chunk)
		if err != nil {
			return 0, err
		}
		by, err := countPostings(tx, kind, chunk)
		if err != nil {
			return 0, err
		}
		for _, d := range chunk {
			due := d.weights()
			if by[d.ID] != len(due) || !slices.Equal(was[d.ID], slices.Sorted(maps.Keys(due))) {
				return d.ID, nil
			}
			if there, err := listPostings(tx, kind, d.ID, was[d.ID]); err != nil || !maps.Equal(there, due) {
				return d.ID, err
			}
		}
	}
	return 0, nil
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

// countPostings counts by how many grams each of some documents is found.
func countPostings(tx *db.Tx, kind string, docs []Document) (map[int64]int, error) {
	type row struct {
		doc int64
		n   int
	}
	args, marks := []any{kind}, ""
	for i, d := range docs {
		args = append(args, d.ID)
		marks += fmt.Sprintf(", $%d", i+2)
	}
	rows, err := db.All(tx, func(r *row) []any { return []any{&r.doc, &r.n} },
		`SELECT doc, COUNT(*) FROM search_posting WHERE kind = $1 AND doc IN (`+marks[2:]+`) GROUP BY doc`, args...)
	by := map[int64]int{}
	for _, r := range rows {
		by[r.doc] = r.n
	}
	return by, err
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
