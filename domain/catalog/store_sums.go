package catalog

import (
	"strings"

	"onedoor.app/infra/db"
)

// figure is one column of catalog_sum: its name, and what one version adds to it.
type figure struct{ name, of string }

// figures are the columns of catalog_sum, in the order of the fields of Sums.
var figures = []figure{
	{"items", "1"},
	{"bare", "CASE WHEN bare THEN 1 ELSE 0 END"},
	{"limited", "CASE WHEN NOT bare AND statutory > 0 THEN 1 ELSE 0 END"},
	{"statutory", "CASE WHEN bare THEN 0 ELSE statutory END"},
	{"promised", "CASE WHEN bare OR statutory = 0 THEN 0 ELSE promised END"},
	{"materials", "CASE WHEN bare THEN 0 ELSE materials END"},
	{"materials_before", "CASE WHEN bare THEN 0 ELSE materials_before END"},
	{"steps", "CASE WHEN bare THEN 0 ELSE steps END"},
	{"steps_before", "CASE WHEN bare THEN 0 ELSE steps_before END"},
	{"online", "CASE WHEN NOT bare AND online THEN 1 ELSE 0 END"},
	{"whole", "CASE WHEN NOT bare AND whole THEN 1 ELSE 0 END"},
	{"spot", "CASE WHEN NOT bare AND spot THEN 1 ELSE 0 END"},
	{"once", "CASE WHEN NOT bare AND once THEN 1 ELSE 0 END"},
}

// eachFigure writes something of every figure, with commas between.
func eachFigure(write func(f figure) string) string {
	list := make([]string, len(figures))
	for i, f := range figures {
		list[i] = write(f)
	}
	return strings.Join(list, ", ")
}

var (
	sumNames  = eachFigure(func(f figure) string { return f.name })
	sumTotals = eachFigure(func(f figure) string { return "CAST(SUM(" + f.name + ") AS BIGINT)" })
	// sumsOf is the query for the sums of some versions, times a sign: each comes in on one day and goes out on another, and
	// the days on which its item was off the list go out and come in alike. Those that lasted no day are in neither.
	sumsOf = func(sign, where string) string {
		const day = `CASE WHEN side.k = 1 THEN since_day ELSE until_day END`
		return `SELECT body_unit, ` + day + ` AS day, ` + eachFigure(func(f figure) string { return sign + "SUM(counts * side.k * (" + f.of + ")) AS " + f.name }) +
			` FROM (` + spans(where) + `) span CROSS JOIN (SELECT 1 AS k UNION ALL SELECT -1 AS k) side WHERE since_day < until_day GROUP BY body_unit, ` + day
	}
	sumMore = eachFigure(func(f figure) string { return f.name + " = catalog_sum." + f.name + " + excluded." + f.name })
)

// spanned are the columns of catalog_measure that figures are made of.
const spanned = `m.body_unit, m.bare, m.statutory, m.promised, m.materials, m.materials_before, m.steps, m.steps_before, m.online, m.whole, m.spot, m.once`

// spans is the query for the days that some versions count, once, and for those of them on which their items were off the
// list, once less.
func spans(where string) string {
	picked := `(SELECT * FROM catalog_measure WHERE since_day < until_day` + where + `) m`
	return `SELECT ` + spanned + `, 1 AS counts, m.since_day, m.until_day FROM ` + picked + `
		UNION ALL SELECT ` + spanned + `, -1, CASE WHEN m.since_day < x.since_day THEN x.since_day ELSE m.since_day END,
			CASE WHEN m.until_day < x.until_day THEN m.until_day ELSE x.until_day END
		FROM ` + picked + ` JOIN catalog_suspension x ON x.code = m.code AND x.since_day < m.until_day AND x.until_day > m.since_day`
}

// resum lets change alter the measures that a condition picks, or when their items were off the list, and alters the sums
// alike. Whoever else would change measures
// waits until the unit of work ends: what is taken out of the sums is what is in them.
func resum(tx *db.Tx, where string, args []any, change func() error) error {
	if err := tx.Queue(`UPDATE catalog_sum_turn SET turns = turns + 1 WHERE id = 1`); err != nil {
		return err
	}
	if err := addSums(tx, "-", where, args); err != nil {
		return err
	}
	if err := change(); err != nil {
		return err
	}
	return addSums(tx, "", where, args)
}

func addSums(tx *db.Tx, sign, where string, args []any) error {
	return tx.Queue(`INSERT INTO catalog_sum (body_unit, day, `+sumNames+`) `+sumsOf(sign, ` AND `+where)+
		` ON CONFLICT (body_unit, day) DO UPDATE SET `+sumMore, args...)
}

// listSums adds up what was in force on a day, by unit.
func listSums(tx *db.Tx, day string) ([]UnitSums, error) {
	return db.All(tx, func(u *UnitSums) []any { return summed([]any{&u.Code}, &u.Sums) },
		`SELECT body_unit, `+sumTotals+` FROM catalog_sum WHERE day <= $1 GROUP BY body_unit HAVING SUM(items) > 0 ORDER BY SUM(items) DESC, body_unit`, day)
}

// flow is what came into force in a month less what ended, of one unit.
type flow struct {
	unit, month string
	Sums
}

// listFlow adds up the flow by month, up to a day.
func listFlow(tx *db.Tx, day string) ([]flow, error) {
	return db.All(tx, func(f *flow) []any { return summed([]any{&f.unit, &f.month}, &f.Sums) },
		`SELECT body_unit, substr(day, 1, 7), `+sumTotals+` FROM catalog_sum WHERE day <= $1 GROUP BY body_unit, substr(day, 1, 7)`, day)
}

func summed(first []any, s *Sums) []any {
	for _, f := range s.fields() {
		first = append(first, f)
	}
	return first
}

// sumsWhole says the first unit and day of which catalog_sum does not say what the versions and the suspensions say.
func sumsWhole(tx *db.Tx) error {
	var unit, day string
	found, err := tx.Maybe(`SELECT body_unit, day FROM (SELECT body_unit, day, `+sumNames+` FROM catalog_sum
		UNION ALL SELECT body_unit, day, `+sumNames+` FROM (`+sumsOf("-", "")+`) measured) told
		GROUP BY body_unit, day HAVING `+strings.ReplaceAll(eachFigure(func(f figure) string { return "SUM(" + f.name + ") <> 0" }), ", ", " OR ")+`
		ORDER BY body_unit, day LIMIT 1`, nil, &unit, &day)
	if err == nil && found {
		err = differs("figures", "unit", unit, "day", day)
	}
	return err
}
