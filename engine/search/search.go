// Package search finds things by their words, in Chinese as it is typed: by parts of
// a name, by words in any order, and by the first letters of how a name is read.
//
// Texts are cut into overlapping pairs of Han characters, because Chinese puts no
// spaces between words and most words have two characters; whatever is indexed and
// whatever is asked for is cut by the same function.
//
// The index is one plain table of grams with one SQL text for both databases, not
// the full-text engines of each. Two bodies with two rankings would have to be kept
// alike, and neither engine cuts Chinese by itself. What a search reads is one range
// of an index for each gram, so the time grows with how many documents share a gram:
// with 20,000 names an answer takes 4 to 18 ms (BenchmarkFind), with 100,000 five
// times that, and a city's catalogue has a few thousand.
package search

import (
	"cmp"
	"embed"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"onedoor.app/infra/db"
)

// Schema holds the migrations.
//
//go:embed schema/*.sql
var Schema embed.FS

// Most is how many hits one search gives at most.
const Most = 500

// Field is one text of a document. A hit in it counts for Weight, 1 to 100.
type Field struct {
	Text   string
	Weight int
	Title  bool // found by single characters and by initials too
}

// Hit is a document that was found. A higher Score fits better.
type Hit struct {
	Doc   int64
	Score int64
}

// Index makes a document findable by its fields and forgets how it was found before.
func Index(tx *db.Tx, kind string, doc int64, fields ...Field) error {
	weights := map[string]int{}
	for _, f := range fields {
		grams := Grams(f.Text)
		if f.Title {
			grams = append(grams, chars(f.Text)...)
			for _, letters := range readings(f.Text) {
				grams = append(grams, initialGrams(letters)...)
			}
		}
		// Of two names that hold all that was asked for the shorter one fits better.
		weight := f.Weight*100 - min(len(grams), 99)
		for _, g := range unique(grams) {
			weights[g] = max(weights[g], weight)
		}
	}
	if err := Remove(tx, kind, doc); err != nil {
		return err
	}
	return insert(tx, kind, doc, weights)
}

// Remove forgets a document.
func Remove(tx *db.Tx, kind string, doc int64) error {
	return tx.Queue(`DELETE FROM search_posting WHERE kind = $1 AND doc = $2`, kind, doc)
}

// insert brings in one row a statement: SQLite journals a statement of several rows
// in memory, and that journal makes a long unit of work ever slower.
func insert(tx *db.Tx, kind string, doc int64, weights map[string]int) error {
	for _, g := range slices.Sorted(maps.Keys(weights)) {
		if err := tx.Queue(`INSERT INTO search_posting (kind, gram, doc, weight) VALUES ($1, $2, $3, $4)`, kind, g, doc, weights[g]); err != nil {
			return err
		}
	}
	return nil
}

// The ranks of hits: what holds all that was typed, what holds all of another way to
// say it, and what holds a part.
const (
	rankTyped = int64(3) << 40
	rankAlso  = int64(2) << 40
	rankGram  = int64(1) << 24
)

// Find returns up to Most documents for what was typed, best first. also holds other
// ways to say it; they are tried too, but what was typed itself goes first. Only when
// nothing holds all of any of them, documents that hold a part are given.
func Find(tx *db.Tx, kind, typed string, also ...string) ([]Hit, error) {
	best := map[int64]int64{}
	take := func(rank int64, grams []string, least int) error {
		found, err := match(tx, kind, grams, least)
		for _, f := range found {
			score := rank + f.Score
			if least < len(grams) {
				score = f.grams*rankGram + f.Score
			}
			best[f.Doc] = max(best[f.Doc], score)
		}
		return err
	}
	for _, grams := range ways(typed) {
		if err := take(rankTyped, grams, len(grams)); err != nil {
			return nil, err
		}
	}
	for _, text := range also {
		grams := Grams(text)
		if err := take(rankAlso, grams, len(grams)); err != nil {
			return nil, err
		}
	}
	if len(best) == 0 {
		if grams := Grams(typed); len(grams) > 1 {
			// At least a third of what was typed: one pair alone is mere chance.
			if err := take(0, grams, max(1, len(grams)/3)); err != nil {
				return nil, err
			}
		}
	}
	hits := make([]Hit, 0, len(best))
	for doc, score := range best {
		hits = append(hits, Hit{doc, score})
	}
	slices.SortFunc(hits, func(a, b Hit) int { return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.Doc, b.Doc)) })
	return hits[:min(len(hits), Most)], nil
}

// maxGrams is how many grams one search looks up.
const maxGrams = 40

// ways lists the sets of grams that a typed text may stand for: as it is and, when
// it has words of plain letters, with those taken as initials.
func ways(typed string) [][]string {
	var plain, letters []string
	asked := false
	runs(typed, func(run []rune, han bool) {
		word := string(run)
		grams := Grams(word)
		plain = append(plain, grams...)
		if initials := askInitials(word); !han && initials != nil {
			letters, asked = append(letters, initials...), true
		} else {
			letters = append(letters, grams...)
		}
	})
	list := [][]string{telling(unique(plain))}
	if asked {
		list = append(list, telling(unique(letters)))
	}
	return list
}

// telling leaves out single Han characters where there are pairs too: they are what
// is left of how people talk, and only titles are found by them.
func telling(grams []string) []string {
	single := func(g string) bool {
		r, n := utf8.DecodeRuneInString(g)
		return n == len(g) && unicode.Is(unicode.Han, r)
	}
	if !slices.ContainsFunc(grams, func(g string) bool { return !single(g) }) {
		return grams
	}
	return slices.DeleteFunc(grams, single)
}

type match1 struct {
	Hit
	grams int64
}

// match finds the documents that hold at least so many of the grams.
func match(tx *db.Tx, kind string, grams []string, least int) ([]match1, error) {
	if len(grams) == 0 {
		return nil, nil
	}
	if len(grams) > maxGrams {
		grams = grams[:maxGrams]
		least = min(least, maxGrams)
	}
	args := []any{kind, least, Most}
	marks := make([]string, len(grams))
	for i, g := range grams {
		args = append(args, g)
		marks[i] = fmt.Sprintf("$%d", i+4)
	}
	return db.All(tx, func(m *match1) []any { return []any{&m.Doc, &m.grams, &m.Score} },
		// "doc + 0" keeps SQLite from walking the index of documents to group by it.
		`SELECT doc + 0, COUNT(*), SUM(weight) FROM search_posting
		WHERE kind = $1 AND gram IN (`+strings.Join(marks, ", ")+`)
		GROUP BY doc + 0 HAVING COUNT(*) >= $2
		ORDER BY COUNT(*) DESC, SUM(weight) DESC, doc + 0 LIMIT $3`, args...)
}
