package office

import (
	"encoding/json"
	"fmt"
	"maps"
	"strconv"

	"onedoor.app/engine/calendar"
	"onedoor.app/engine/ledger"
	"onedoor.app/infra/db"
	"onedoor.app/module"
)

// Check repeats the arrangements of deputies from the ledger, post by post, and
// compares them with what is stored; whoever has left has an entry that says so,
// and nobody holds two of the three administrators' posts. It returns the first difference.
func (s *Service) Check(tx *db.Tx, count module.Count) error {
	posts, err := listPosts(tx)
	if err != nil {
		return err
	}
	rows, err := db.All(tx, deputyInto, `SELECT id, post, holder, deputy, from_on, to_on FROM office_deputy`)
	if err != nil {
		return err
	}
	stored := map[string]map[Arrangement]int{}
	for _, a := range rows {
		a.ID = 0
		if stored[a.Post] == nil {
			stored[a.Post] = map[Arrangement]int{}
		}
		stored[a.Post][a]++
	}
	for _, post := range posts {
		logged, err := replayDeputies(tx, post.Code)
		if err != nil {
			return err
		}
		if !maps.Equal(logged, stored[post.Code]) {
			return fmt.Errorf("the deputies of %s are not those that the ledger tells", post.Code)
		}
		count("posts", 1)
	}
	count("deputies", len(rows))
	if err := checkApart(tx); err != nil {
		return err
	}
	return checkLeft(tx, count)
}

// checkApart finds somebody who holds two of the three administrators' posts.
func checkApart(tx *db.Tx) error {
	two, err := db.All(tx, func(id *int64) []any { return []any{id} },
		`SELECT h.staff FROM office_holding h JOIN office_post p ON p.code = h.post JOIN office_staff s ON s.id = h.staff
		WHERE s.active AND p.kind IN ('sysadmin', 'secadmin', 'audit') GROUP BY h.staff HAVING COUNT(DISTINCT p.kind) > 1`)
	if err == nil && len(two) > 0 {
		err = fmt.Errorf("%d people hold posts of two of the three administrators, staff %d first", len(two), two[0])
	}
	return err
}

// replayDeputies repeats what was arranged for a post.
func replayDeputies(tx *db.Tx, post string) (map[Arrangement]int, error) {
	entries, err := ledger.Chain(tx, post)
	if err != nil {
		return nil, err
	}
	var now map[Arrangement]int
	for _, e := range entries {
		if e.Act != "office.deputy_set" && e.Act != "office.deputy_ended" && e.Act != "office.deputy_dropped" {
			continue
		}
		var a Arrangement
		if err := json.Unmarshal([]byte(e.Body), &a); err != nil {
			return nil, fmt.Errorf("entry %d of %s: %w", e.Seq, post, err)
		}
		if now == nil {
			now = map[Arrangement]int{}
		}
		if e.Act == "office.deputy_set" {
			now[a]++
			continue
		}
		if now[a]--; now[a] <= 0 {
			delete(now, a)
		}
		if day := calendar.DateOf(e.At); e.Act == "office.deputy_ended" && a.From < day.String() {
			a.To = (day - 1).String()
			now[a]++
		}
	}
	return now, nil
}

// checkLeft finds somebody who left without an entry, or has an entry and is here.
func checkLeft(tx *db.Tx, count module.Count) error {
	type member struct {
		id     int64
		active bool
	}
	staff, err := db.All(tx, func(m *member) []any { return []any{&m.id, &m.active} }, `SELECT id, active FROM office_staff ORDER BY id`)
	if err != nil {
		return err
	}
	for _, m := range staff {
		entries, err := ledger.Chain(tx, strconv.FormatInt(m.id, 10))
		if err != nil {
			return err
		}
		left := false
		for _, e := range entries {
			left = e.Act == "office.left" || left && e.Act != "office.returned"
		}
		if m.active == left {
			return fmt.Errorf("staff %d: whether they have left is not what the ledger tells", m.id)
		}
	}
	count("members of staff", len(staff))
	return nil
}
