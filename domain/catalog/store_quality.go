package catalog

import (
	"fmt"

	"onedoor.app/infra/db"
)

// keepQuality replaces what the rules say of an item.
func keepQuality(tx *db.Tx, item int64, it *Item, flaws []Flaw) error {
	score := Score(flaws)
	if err := tx.Queue(`INSERT INTO catalog_quality (item, body_unit, score, rules) VALUES ($1, $2, $3, $4)
		ON CONFLICT (item) DO UPDATE SET body_unit = excluded.body_unit, score = excluded.score, rules = excluded.rules`,
		item, it.Body, score, rulesNumber); err != nil {
		return err
	}
	if err := tx.Queue(`DELETE FROM catalog_flaw WHERE item = $1`, item); err != nil {
		return err
	}
	for i := 0; i < len(flaws); {
		var places []string
		rule := flaws[i].Rule
		for ; i < len(flaws) && flaws[i].Rule == rule; i++ {
			if flaws[i].Where != "" {
				places = append(places, flaws[i].Where)
			}
		}
		if err := tx.Queue(`INSERT INTO catalog_flaw (rule, score, item, places) VALUES ($1, $2, $3, $4)`, rule, score, item, db.JSON(places)); err != nil {
			return err
		}
	}
	return nil
}

// outdated is an item in force that the rules of today have not seen.
type outdated struct{ item, version int64 }

func listOutdated(tx *db.Tx, limit int) ([]outdated, error) {
	return db.All(tx, func(o *outdated) []any { return []any{&o.item, &o.version} },
		`SELECT i.id, i.version FROM catalog_item i LEFT JOIN catalog_quality q ON q.item = i.id
		WHERE q.rules IS NULL OR q.rules <> $1 ORDER BY i.id LIMIT $2`, rulesNumber, limit)
}

// Standing is how the items of one body stand, or those of all.
type Standing struct {
	Body    string // code of the unit; "" for all
	Items   int
	Perfect int // without a flaw
	Points  int // of all items together
}

// Average is the score of the body, rounded down: only where nothing is wrong is it a hundred.
func (s Standing) Average() int {
	if s.Items == 0 {
		return 0
	}
	return s.Points / s.Items
}

func listStandings(tx *db.Tx) ([]Standing, error) {
	return db.All(tx, func(s *Standing) []any { return []any{&s.Body, &s.Items, &s.Perfect, &s.Points} },
		`SELECT body_unit, COUNT(*), SUM(CASE WHEN score = 100 THEN 1 ELSE 0 END), SUM(score)
		FROM catalog_quality GROUP BY body_unit ORDER BY SUM(score) / COUNT(*), body_unit`)
}

// countFlaws is how many items break each rule.
func countFlaws(tx *db.Tx) (map[string]int, error) {
	type row struct {
		rule string
		n    int
	}
	list, err := db.All(tx, func(r *row) []any { return []any{&r.rule, &r.n} }, `SELECT rule, COUNT(*) FROM catalog_flaw GROUP BY rule`)
	count := make(map[string]int, len(list))
	for _, r := range list {
		count[r.rule] = r.n
	}
	return count, err
}

// Judged is an item with what the rules say of it.
type Judged struct {
	Entry
	Score  int
	Places []string // where it breaks the rule that was asked for
}

// judgedAfter is the key of a line of judged items.
type judgedAfter struct {
	score int
	item  int64
}

func (j Judged) key() string { return fmt.Sprintf("%d-%d", j.Score, j.item) }

// listJudged returns up to limit items after a place, the worst first: those that break a rule,
// or those of a body, or all that break any.
func listJudged(tx *db.Tx, rule, body string, after judgedAfter, limit int) ([]Judged, error) {
	columns := func(j *Judged) []any { return append(entry(&j.Entry), &j.Score, db.JSON(&j.Places)) }
	const rest = ` JOIN catalog_item i ON i.id = q.item JOIN catalog_version v ON v.id = i.version WHERE `
	const order = ` AND (q.score > $1 OR q.score = $1 AND q.item > $2) ORDER BY q.score, q.item LIMIT $3`
	switch {
	case rule != "":
		return db.All(tx, columns, `SELECT `+entryColumns+`, q.score, q.places FROM catalog_flaw q`+rest+`q.rule = $4`+order, after.score, after.item, limit, rule)
	case body != "":
		return db.All(tx, columns, `SELECT `+entryColumns+`, q.score, '' FROM catalog_quality q`+rest+`q.body_unit = $4`+order, after.score, after.item, limit, body)
	default:
		return db.All(tx, columns, `SELECT `+entryColumns+`, q.score, '' FROM catalog_quality q`+rest+`q.score < 100`+order, after.score, after.item, limit)
	}
}
