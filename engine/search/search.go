// Package search finds things by their words, in Chinese as it is typed: by parts of
// a name, by words in any order, by pinyin or its first letters, and in spite of a wrong
// character, one left out or two changed round.
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

// ownWeight is the least weight of a text that says what a document is.
const ownWeight = 30

// Field is one text of a document. A hit in it counts for Weight, 1 to 100; from 30 on it
// says what the document is, below that what it mentions.
type Field struct {
	Text   string
	Weight int
	Title  bool // found by single characters and by initials too
	Sound  bool // found by single characters and by how it is read too, in pinyin or in other characters that sound alike
}

// Hit is a document that was found. A higher Score fits better.
type Hit struct {
	Doc   int64
	Score int64
	How   How
}

// How says what brought a hit, the surest first.
type How int

// The ways.
const (
	Literal How = iota // it holds all that was typed, or is spelled or abbreviated by it
	Said               // it holds all of another way to say it
	Sound              // it is read like what was typed
	Near               // it holds the same characters, in another order or with one more between them
	Part               // it holds a part
)

// Document is one thing that can be found. Without fields it cannot.
type Document struct {
	ID     int64
	Fields []Field
}

// Index makes documents findable by their fields and forgets how they were found before. Of one that is given twice the
// last counts.
func Index(tx *db.Tx, kind string, docs ...Document) error {
	was, err := held(tx, kind, docs)
	if err != nil {
		return err
	}
	for _, d := range docs {
		weights := d.weights()
		grams := slices.Sorted(maps.Keys(weights))
		if err := forget(tx, kind, d.ID, was[d.ID]); err != nil {
			return err
		}
		if err := insert(tx, kind, d.ID, grams, weights); err != nil {
			return err
		}
		was[d.ID] = grams
	}
	return nil
}

// weights gives each gram by which a document is found its weight.
func (d Document) weights() map[string]int {
	weights := map[string]int{}
	for _, f := range d.Fields {
		grams := Grams(f.Text)
		if f.Title || f.Sound {
			grams = append(grams, chars(f.Text)...)
		}
		if f.Title {
			for _, letters := range readings(f.Text) {
				grams = append(grams, initialGrams(letters)...)
			}
			grams = append(grams, titleGram(f.Text)...)
		}
		if f.Sound {
			grams = append(grams, soundGrams(f.Text)...)
		}
		// Of two names that hold all that was asked for the shorter one fits better.
		weight := f.Weight*100 - min(len(grams), 99)
		for _, g := range unique(grams) {
			weights[g] = max(weights[g], weight)
		}
	}
	return weights
}

// held returns by which grams documents are found now.
func held(tx *db.Tx, kind string, docs []Document) (map[int64][]string, error) {
	type row struct {
		doc   int64
		grams []string
	}
	was := map[int64][]string{}
	for chunk := range slices.Chunk(docs, 200) {
		args, marks := []any{kind}, make([]string, len(chunk))
		for i, d := range chunk {
			args = append(args, d.ID)
			marks[i] = fmt.Sprintf("$%d", i+2)
		}
		rows, err := db.All(tx, func(r *row) []any { return []any{&r.doc, db.JSON(&r.grams)} },
			`SELECT doc, grams FROM search_document WHERE kind = $1 AND doc IN (`+strings.Join(marks, ", ")+`)`, args...)
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			was[r.doc] = r.grams
		}
	}
	return was, nil
}

// forget takes away the grams of a document.
func forget(tx *db.Tx, kind string, doc int64, grams []string) error {
	if len(grams) == 0 {
		return nil
	}
	for _, g := range grams {
		if err := tx.Queue(`DELETE FROM search_posting WHERE kind = $1 AND gram = $2 AND doc = $3`, kind, g, doc); err != nil {
			return err
		}
	}
	return tx.Queue(`DELETE FROM search_document WHERE kind = $1 AND doc = $2`, kind, doc)
}

// insert makes a document findable. Postings that are there already stay: an older program, which keeps no row of what a
// document is found by, may have written them.
func insert(tx *db.Tx, kind string, doc int64, grams []string, weights map[string]int) error {
	if len(grams) == 0 {
		return nil
	}
	rows := make([][]any, len(grams))
	for i, g := range grams {
		rows[i] = []any{kind, g, doc, weights[g]}
	}
	if err := tx.QueueRows(`INSERT INTO search_posting (kind, gram, doc, weight)`, rows, `ON CONFLICT DO NOTHING`); err != nil {
		return err
	}
	return tx.Queue(`INSERT INTO search_document (kind, doc, grams) VALUES ($1, $2, $3)`, kind, doc, db.JSON(grams))
}

// The ranks of hits: what is called just so, what holds all that was typed, what holds all of another way to
// say it, the first way first, and what only comes near.
const (
	rankTitle = int64(4) << 40
	rankTyped = int64(3) << 40
	rankAlso  = int64(2) << 40
	rankWay   = int64(1) << 32
	rankSound = int64(3) << 36
	rankNear  = int64(2) << 36
	rankGram  = int64(1) << 24
)

// Find returns up to Most documents for what was typed, best first. also holds other
// ways to say it, the best first; they are tried too, but what was typed itself goes first.
// Only when nothing holds all of any of them, what sounds alike and then what
// comes near is given.
func Find(tx *db.Tx, kind, typed string, also ...string) ([]Hit, error) {
	for _, look := range []func() ([]Hit, error){
		func() ([]Hit, error) { return Exact(tx, kind, typed, also...) },
		func() ([]Hit, error) { return Alike(tx, kind, typed) },
	} {
		if hits, err := look(); err != nil || len(hits) > 0 {
			return hits, err
		}
	}
	return Loose(tx, kind, typed)
}

// best gathers hits.
type best map[int64]Hit

func (b best) take(h Hit) {
	if was, ok := b[h.Doc]; !ok || h.Score > was.Score {
		b[h.Doc] = h
	}
}

func (b best) sorted() []Hit {
	hits := slices.Collect(maps.Values(b))
	slices.SortFunc(hits, func(a, b Hit) int { return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.Doc, b.Doc)) })
	return hits[:min(len(hits), Most)]
}

// titleMark sets whole titles apart from words.
const titleMark = "="

// titleGram is a whole title, without what stands between its words.
func titleGram(text string) []string {
	var b strings.Builder
	runs(text, func(run []rune, _ bool) { b.WriteString(string(run)) })
	if b.Len() == 0 {
		return nil
	}
	return []string{titleMark + b.String()}
}

// Titled returns the documents whose title is just what was typed. Their scores are above all others.
func Titled(tx *db.Tx, kind, typed string) ([]Hit, error) {
	title := titleGram(typed)
	found, err := match(tx, kind, title, len(title))
	b := best{}
	for _, f := range found {
		b.take(Hit{f.Doc, rankTitle + f.Score, Literal})
	}
	return b.sorted(), err
}

// Exact returns what holds all of what was typed, or all of another way to say it.
func Exact(tx *db.Tx, kind, typed string, also ...string) ([]Hit, error) {
	b := best{}
	whole := func(rank int64, how How, grams []string) error {
		found, err := match(tx, kind, grams, len(grams))
		for _, f := range found {
			b.take(Hit{f.Doc, rank + f.Score, how})
		}
		return err
	}
	for _, grams := range ways(typed) {
		if err := whole(rankTyped, Literal, grams); err != nil {
			return nil, err
		}
	}
	for i, text := range also {
		if err := whole(rankAlso-int64(i)*rankWay, Said, Grams(text)); err != nil {
			return nil, err
		}
	}
	return b.sorted(), nil
}

// maxNear is how many characters a text may have to be looked for by its single ones.
const maxNear = 4

// Alike returns what is read like what was typed, in whatever characters.
func Alike(tx *db.Tx, kind, typed string) ([]Hit, error) {
	sound := askSounds(typed)
	found, err := match(tx, kind, sound, len(sound))
	b := best{}
	for _, f := range found {
		b.take(Hit{f.Doc, rankSound + f.Score, Sound})
	}
	return b.sorted(), err
}

// Loose returns what comes near to what was typed: what holds the same few characters;
// failing that, what holds a third of it or of how it is read; and of a whole sentence, most
// of which says nothing about what is looked for, what holds its most telling words.
func Loose(tx *db.Tx, kind, typed string) ([]Hit, error) {
	b := best{}
	try := func(rank int64, how How, grams []string, least int) (bool, error) {
		found, err := match(tx, kind, grams, least)
		for _, f := range found {
			b.take(Hit{f.Doc, rank + f.grams*rankGram + f.Score, how})
		}
		return len(found) > 0, err
	}
	sound := askSounds(typed)
	grams, single := Grams(typed), chars(typed)
	if len(single) > 1 && len(single) <= maxNear && len([]rune(strings.TrimSpace(typed))) <= maxNear {
		if found, err := try(rankNear, Near, single, len(single)); found || err != nil {
			return b.sorted(), err
		}
	}
	runs(typed, func(run []rune, han bool) {
		if !han {
			sound = append(sound, spelledInPart(string(run))...)
		}
	})
	// What sounds alike counts beside what is written alike, so that one wrong character
	// of four costs little. One pair of many is mere chance.
	grams = telling(grams)
	if all := unique(slices.Concat(grams, sound)); len(all) > 1 {
		if found, err := try(0, Part, all, max(1, len(all)/3)); found || err != nil {
			return b.sorted(), err
		}
	}
	if len(single) >= minSentence {
		words, err := rarest(tx, kind, grams)
		if err != nil {
			return nil, err
		}
		if _, err := try(0, Part, words, 1); err != nil {
			return nil, err
		}
	}
	return b.sorted(), nil
}

// A sentence has so many different characters; of its pairs so many are looked for alone.
const (
	minSentence  = 8
	tellingPairs = 3
	wellHeld     = ownWeight*100 - 99
)

// rarest lists the pairs of a sentence that tell most: held well by a document at all, and
// by the fewest.
func rarest(tx *db.Tx, kind string, grams []string) ([]string, error) {
	if len(grams) == 0 {
		return nil, nil
	}
	grams = grams[:min(len(grams), maxGrams)]
	args := []any{kind, wellHeld, tellingPairs}
	marks := make([]string, len(grams))
	for i, g := range grams {
		args = append(args, g)
		marks[i] = fmt.Sprintf("$%d", i+4)
	}
	return db.All(tx, func(g *string) []any { return []any{g} },
		`SELECT gram FROM search_posting WHERE kind = $1 AND gram IN (`+strings.Join(marks, ", ")+`)
		GROUP BY gram HAVING MAX(weight) >= $2 ORDER BY COUNT(*), gram LIMIT $3`, args...)
}

// maxGrams is how many grams one search looks up.
const maxGrams = 40

// ways lists the sets of grams that a typed text may stand for: as it is and, when
// it has words of plain letters, with those taken as initials or as pinyin.
func ways(typed string) [][]string {
	var plain, letters []string
	spelled := [][]string{nil}
	asked, sounded := false, false
	runs(typed, func(run []rune, han bool) {
		word := string(run)
		grams := Grams(word)
		plain = append(plain, grams...)
		if initials := askInitials(word); !han && initials != nil {
			letters, asked = append(letters, initials...), true
		} else {
			letters = append(letters, grams...)
		}
		ways := [][]string{grams}
		if parts := Spelled(word); !han && len(parts) > 0 && len(parts[0]) > 1 {
			ways, sounded = nil, true
			for _, p := range parts {
				ways = append(ways, pairs(p))
			}
		}
		spelled = each(spelled, ways)
	})
	list := [][]string{telling(unique(plain))}
	if asked {
		list = append(list, telling(unique(letters)))
	}
	if sounded {
		for _, grams := range spelled {
			list = append(list, telling(unique(grams)))
		}
	}
	return list
}

// each puts each of the ways behind each of the lists, as long as there are few.
func each(lists, ways [][]string) (all [][]string) {
	for _, l := range lists {
		for _, w := range ways {
			if len(all) < mostSpelled {
				all = append(all, slices.Concat(l, w))
			}
		}
	}
	return all
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
