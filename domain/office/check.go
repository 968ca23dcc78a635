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

// Check repeats from the ledger what units, posts and windows there are, who
// works here, what they were appointed to and who stands in for them, and
// compares it with what is stored; and nobody holds two of the three
// administrators' posts. It returns the first difference.
func (s *Service) Check(tx *db.Tx, count module.Count) error {
	for _, check := range []func(*db.Tx, module.Count) error{checkUnits, checkPosts, checkDeputies, checkStaff, checkHall} {
		if err := check(tx, count); err != nil {
			return err
		}
	}
	return checkApart(tx)
}

func checkUnits(tx *db.Tx, count module.Count) error {
	told, err := retell(tx, unitChain(""), tellUnit)
	if err != nil {
		return err
	}
	units, err := listUnits(tx)
	if err != nil {
		return err
	}
	stored := make(map[string]Unit, len(units))
	for _, u := range units {
		stored[u.Code] = u
	}
	count("units", len(stored))
	return compare("unit", stored, told)
}

func checkPosts(tx *db.Tx, count module.Count) error {
	told, err := retell(tx, postChain(""), tellPost)
	if err != nil {
		return err
	}
	posts, err := listPosts(tx)
	if err != nil {
		return err
	}
	stored := make(map[string]Post, len(posts))
	for _, p := range posts {
		stored[p.Code] = p
	}
	count("posts", len(stored))
	return compare("post", stored, told)
}

func checkDeputies(tx *db.Tx, count module.Count) error {
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
	}
	count("deputies", len(rows))
	return nil
}

// checkStaff compares the unit, the posts and the roles of everybody.
func checkStaff(tx *db.Tx, count module.Count) error {
	told, err := retell(tx, staffPrefix, tellRecord)
	if err != nil {
		return err
	}
	staff, err := db.All(tx, staffInto, `SELECT id, staff_no, name, unit, active FROM office_staff`)
	if err != nil {
		return err
	}
	stored := make(map[string]record, len(staff))
	for _, p := range staff {
		r := record{Unit: p.Unit, Active: p.Active}
		if r.Posts, err = listPostsOf(tx, p.ID); err != nil {
			return err
		}
		if r.Roles, err = listRolesOf(tx, p.ID); err != nil {
			return err
		}
		stored[strconv.FormatInt(p.ID, 10)] = r.sorted()
	}
	count("members of staff", len(staff))
	return compare("staff", stored, told)
}

func checkHall(tx *db.Tx, count module.Count) error {
	entries, err := ledger.Chain(tx, hallChain)
	if err != nil {
		return err
	}
	hall, windows := "", map[string]Window{}
	for _, e := range entries {
		var w Window
		switch e.Act {
		case "office.hall_set", "office.hall_loaded":
			hall = e.Body
		case "office.window_added", "office.window_loaded", "office.window_changed":
			if err := json.Unmarshal([]byte(e.Body), &w); err != nil {
				return fmt.Errorf("entry %d of %s: %w", e.Seq, e.Chain, err)
			}
			windows[w.Code] = w
		case "office.window_closed":
			if err := json.Unmarshal([]byte(e.Body), &w); err != nil {
				return fmt.Errorf("entry %d of %s: %w", e.Seq, e.Chain, err)
			}
			delete(windows, w.Code)
		}
	}
	h, known, err := maybeHall(tx)
	if err != nil {
		return err
	}
	now, err := json.Marshal(h)
	if err != nil {
		return fmt.Errorf("office: %w", err)
	}
	if known != (hall != "") || known && string(now) != hall {
		return fmt.Errorf("the hall is not what the ledger tells")
	}
	list, err := listWindows(tx)
	if err != nil {
		return err
	}
	stored := make(map[string]Window, len(list))
	for _, w := range list {
		stored[w.Code] = w
	}
	count("windows", len(stored))
	return compare("window", stored, windows)
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
	entries, err := ledger.Chain(tx, postChain(post))
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
		if day := calendar.DateOf(e.At); a.From < day.String() {
			a.To = (day - 1).String()
			now[a]++
		}
	}
	return now, nil
}
