package cases

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"onedoor.app/infra/db"
)

// storedCase is what the database says about a case, to be compared.
type storedCase struct {
	caseRow
	state     string
	timer     time.Time
	ban       string
	holds     string
	queued    time.Time
	papers    []storedPaper
	files     []File
	materials []Material
	again     []int64 // the entries of the notices after the first
	findings  []entryFinding
	trail     []Trail
	tasks     []Task
	waits     []drawnWait
	undone    []int64 // the opinions that stand no longer
	orders    []Ordered
}

// entryFinding is a finding of an entry for the supervisor.
type entryFinding struct {
	Seq     int64
	Finding Finding
}

type storedFinding struct {
	entryFinding
	caseID int64
}

// storedMaterial is a material with its case.
type storedMaterial struct {
	Material
	caseID int64
}

// storedPaper is a paper with its words as they are stored.
type storedPaper struct {
	caseID   int64
	no, body string
}

// storedCases reads cases with all that belongs to them, a query for each table.
func storedCases(tx *db.Tx, ids []int64) (map[int64]*storedCase, error) {
	args, marks := make([]any, len(ids)), make([]string, len(ids))
	for i, id := range ids {
		args[i], marks[i] = id, fmt.Sprintf("$%d", i+1)
	}
	among := " IN (" + strings.Join(marks, ", ") + ")"
	list, err := db.All(tx, func(c *storedCase) []any {
		return append([]any{&c.state, &c.timer, &c.ban, &c.holds, &c.queued}, c.columns()...)
	},
		strings.Replace(selectCase, "SELECT ", "SELECT c.state, t.at, c.ban_until, c.holds, c.queued, ", 1)+` LEFT JOIN cases_timer t ON t.case_id = c.id WHERE c.id`+among,
		slices.Clone(args)...)
	if err != nil {
		return nil, err
	}
	rows := make(map[int64]*storedCase, len(list))
	for i := range list {
		list[i].Receivers = parseIDs(list[i].receivers)
		rows[list[i].ID] = &list[i]
	}
	papers, err := db.All(tx, func(p *storedPaper) []any { return []any{&p.caseID, &p.no, &p.body} },
		`SELECT case_id, no, body FROM cases_paper WHERE case_id`+among+` ORDER BY case_id, id`, slices.Clone(args)...)
	if err != nil {
		return nil, err
	}
	for _, p := range papers {
		if c := rows[p.caseID]; c != nil {
			c.papers = append(c.papers, p)
		}
	}
	files, err := db.All(tx, fileColumns, selectFile+` WHERE case_id <> 0 AND case_id`+among, slices.Clone(args)...)
	if err != nil {
		return nil, err
	}
	for _, f := range files {
		if c := rows[f.Case]; c != nil {
			c.files = append(c.files, f)
		}
	}
	materials, err := db.All(tx, func(m *storedMaterial) []any { return append([]any{&m.caseID}, materialColumns(&m.Material)...) },
		strings.Replace(selectMaterial, "SELECT ", "SELECT case_id, ", 1)+` WHERE case_id`+among+` ORDER BY case_id, position`, slices.Clone(args)...)
	if err != nil {
		return nil, err
	}
	for _, m := range materials {
		if c := rows[m.caseID]; c != nil {
			c.materials = append(c.materials, m.Material)
		}
	}
	again, err := db.All(tx, func(n *[2]int64) []any { return []any{&n[0], &n[1]} },
		`SELECT case_id, seq FROM cases_again WHERE case_id`+among+` ORDER BY case_id, seq`, slices.Clone(args)...)
	if err != nil {
		return nil, err
	}
	for _, n := range again {
		if c := rows[n[0]]; c != nil {
			c.again = append(c.again, n[1])
		}
	}
	seen, err := db.All(tx, func(n *storedFinding) []any { return []any{&n.caseID, &n.Seq, &n.Finding} },
		`SELECT case_id, seq, finding FROM cases_finding WHERE case_id`+among+` ORDER BY case_id, seq, finding`, slices.Clone(args)...)
	if err != nil {
		return nil, err
	}
	for _, n := range seen {
		if c := rows[n.caseID]; c != nil {
			c.findings = append(c.findings, n.entryFinding)
		}
	}
	trail, err := db.All(tx, trailColumns, selectTrail+` WHERE case_id`+among, slices.Clone(args)...)
	if err != nil {
		return nil, err
	}
	for _, t := range trail {
		if c := rows[t.Case]; c != nil {
			c.trail = append(c.trail, t)
		}
	}
	tasks, err := db.All(tx, taskColumns, selectTask+` WHERE closed IS NULL AND case_id`+among, slices.Clone(args)...)
	for _, t := range tasks {
		if c := rows[t.Case]; c != nil {
			c.tasks = append(c.tasks, t)
		}
	}
	if err != nil {
		return nil, err
	}
	return rows, storedWork(tx, rows, among, args)
}

// storedWork adds what a drawing waits for and which opinions stand no longer.
func storedWork(tx *db.Tx, rows map[int64]*storedCase, among string, args []any) error {
	type storedWait struct {
		drawnWait
		caseID int64
	}
	waits, err := db.All(tx, func(w *storedWait) []any { return append([]any{&w.caseID}, w.columns()...) },
		strings.Replace(selectWait, "SELECT ", "SELECT case_id, ", 1)+` WHERE ended IS NULL AND case_id`+among+` ORDER BY case_id, token`, slices.Clone(args)...)
	if err != nil {
		return err
	}
	for _, w := range waits {
		if c := rows[w.caseID]; c != nil {
			c.waits = append(c.waits, w.drawnWait)
		}
	}
	undone, err := db.All(tx, func(n *[2]int64) []any { return []any{&n[0], &n[1]} },
		`SELECT case_id, id FROM cases_opinion WHERE undone <> '' AND case_id`+among+` ORDER BY case_id, id`, slices.Clone(args)...)
	for _, n := range undone {
		if c := rows[n[0]]; c != nil {
			c.undone = append(c.undone, n[1])
		}
	}
	return err
}

// says reports whether the words of a paper have this digest: as they are stored,
// or as this version of the program would store them.
func (p storedPaper) says(digest string) bool {
	if digestText(p.body) == digest {
		return true
	}
	var d Document
	return json.Unmarshal([]byte(p.body), &d.Content) == nil && d.digest() == digest
}
