package cases

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"onedoor.app/engine/workflow"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

// pinned is a case under way that follows a drawing.
type pinned struct {
	id   int64
	no   string
	flow workflow.State
	vars Vars
	bad  bool // what is stored of it cannot be read
}

// past are the elements at which something was done: done are those of its closed steps and opinions.
func (p pinned) past(done []string) []string {
	all := slices.AppendSeq(slices.Clone(done), maps.Keys(p.vars.Result))
	slices.Sort(all)
	return slices.Compact(all)
}

// listPinned lists the cases under way that follow a drawing, those whose flow is over left out, in the order of their ids. It
// reads on until it has found limit of them.
func listPinned(tx *db.Tx, hash string, after int64, limit int) (all []pinned, err error) {
	type row struct {
		pinned
		state, told string
	}
	for len(all) < limit {
		page, err := db.All(tx, func(r *row) []any { return []any{&r.id, &r.no, &r.state, &r.told} },
			`SELECT id, no, flow, vars FROM cases WHERE flow_hash = $1 AND live AND id > $2 ORDER BY id LIMIT $3`, hash, after, limit)
		if err != nil {
			return nil, err
		}
		for _, r := range page {
			// One that is damaged must not keep the others from being looked at.
			r.bad = json.Unmarshal([]byte(r.state), &r.flow) != nil || json.Unmarshal([]byte(r.told), &r.vars) != nil
			if after = r.id; !r.flow.Done && len(all) < limit {
				all = append(all, r.pinned)
			}
		}
		if len(page) < limit {
			break
		}
	}
	return all, nil
}

// listFollowing lists the ids of the cases under way that follow a drawing.
func listFollowing(tx *db.Tx, hash string, after int64, limit int) ([]int64, error) {
	return db.All(tx, func(id *int64) []any { return []any{id} },
		`SELECT id FROM cases WHERE flow_hash = $1 AND live AND id > $2 ORDER BY id LIMIT $3`, hash, after, limit)
}

// numberOf reads the number of a case and nothing else of it.
func numberOf(tx *db.Tx, id int64) (no string, err error) {
	ok, err := tx.Maybe(`SELECT no FROM cases WHERE id = $1`, []any{id}, &no)
	if err == nil && !ok {
		err = fault.New(fault.Unknown, "cases.unknown")
	}
	return no, err
}

func countPinned(tx *db.Tx, hash string) (n int, last int64, err error) {
	err = tx.One(`SELECT COUNT(*), COALESCE(MAX(id), 0) FROM cases WHERE flow_hash = $1 AND live`, []any{hash}, &n, &last)
	return n, last, err
}

// listDone lists the elements of closed steps and of opinions, by case, for the cases under way of a drawing from one id to
// another.
func listDone(tx *db.Tx, from, to int64, hash string) (map[int64][]string, error) {
	type done struct {
		id   int64
		node string
	}
	list, err := db.All(tx, func(d *done) []any { return []any{&d.id, &d.node} },
		`SELECT t.case_id, t.node FROM cases_task t JOIN cases c ON c.id = t.case_id
			WHERE c.id >= $1 AND c.id <= $2 AND c.flow_hash = $3 AND c.live AND t.closed IS NOT NULL AND t.kind = ''
		UNION SELECT o.case_id, o.node FROM cases_opinion o JOIN cases c ON c.id = o.case_id
			WHERE c.id >= $1 AND c.id <= $2 AND c.flow_hash = $3 AND c.live AND o.undone = ''`, from, to, hash)
	all := map[int64][]string{}
	for _, d := range list {
		all[d.id] = append(all[d.id], d.node)
	}
	return all, err
}

// renameNodes lets the rows of a case follow its elements to another drawing, all at once: one may take the id of another.
func renameNodes(tx *db.Tx, caseID int64, nodes workflow.Map) error {
	args, marks, whens := []any{caseID}, []string{}, []string{}
	for _, id := range slices.Sorted(maps.Keys(nodes)) {
		if nodes[id] == "" {
			continue
		}
		args = append(args, id, nodes[id])
		marks = append(marks, fmt.Sprintf("$%d", len(args)-1))
		whens = append(whens, fmt.Sprintf("WHEN $%d THEN $%d", len(args)-1, len(args)))
	}
	if len(marks) == 0 {
		return nil
	}
	for _, table := range []string{"cases_task", "cases_opinion", "cases_wait"} {
		query := `UPDATE ` + table + ` SET node = CASE node ` + strings.Join(whens, " ") + ` ELSE node END WHERE case_id = $1 AND node IN (` + strings.Join(marks, ", ") + `)`
		if err := tx.Exec(query, slices.Clone(args)...); err != nil {
			return err
		}
	}
	return nil
}

// nameTask gives an open step the name that it has from now on.
func nameTask(tx *db.Tx, caseID, token int64, name string) error {
	return tx.Exec(`UPDATE cases_task SET name = $1 WHERE case_id = $2 AND token = $3 AND closed IS NULL AND name <> $1`, name, caseID, token)
}

func listCarriedOver(tx *db.Tx, after int64, limit int) ([]int64, error) {
	return db.All(tx, func(id *int64) []any { return []any{id} },
		`SELECT DISTINCT case_id FROM cases_trail WHERE act = $1 AND case_id > $2 ORDER BY case_id LIMIT $3`, string(actCarried), after, limit)
}
