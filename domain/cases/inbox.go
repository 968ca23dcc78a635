package cases

import (
	"cmp"
	"fmt"
	"strings"

	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
)

// inbox is the condition on s, the tasks that wait at the actor's posts.
func (q *query) inbox(who auth.Actor, f Filter) {
	var posts []string
	for _, p := range who.Posts {
		if f.Deputy == 0 || p.Deputy == f.Deputy {
			posts = append(posts, q.place(p.Code))
		}
	}
	if len(posts) == 0 {
		q.and("1 = 0")
		return
	}
	q.and("s.closed IS NULL AND s.post IN (" + strings.Join(posts, ", ") + ")")
	if f.Slot != "" {
		q.and("s.slot = " + q.place(f.Slot))
	}
}

// Inbox lists the tasks that wait at the actor's posts: overdue first, then by
// due date, stopped ones last.
func (s *Service) Inbox(tx *db.Tx, who auth.Actor, f Filter, after Key, limit int) ([]Row, Key, error) {
	q := &query{}
	q.inbox(who, f)
	q.filter(f, today(tx).String())
	if after != (Key{}) {
		q.and(fmt.Sprintf("(s.sort, s.id) > (%s, %s)", q.place(after.Sort), q.place(after.ID)))
	}
	type taskRow struct {
		Row
		t    Task
		sort string
	}
	list, err := db.All(tx, func(r *taskRow) []any {
		return append(r.columns(), &r.t.ID, &r.t.Node, &r.t.Name, &r.t.Slot, &r.t.Post, &r.t.Opened, &r.t.Due, &r.t.Holder,
			&r.t.Kind, &r.t.Handed, &r.t.Urged, &r.sort, &r.From)
	}, selectRow+`, s.id, s.node, s.name, s.slot, s.post, s.opened, s.due, s.holder, s.kind, s.handed,
		(SELECT COUNT(*) FROM cases_urge u WHERE u.case_id = s.case_id AND u.token = s.token), s.sort,
		COALESCE((SELECT t.actor_name FROM cases_trail t WHERE t.case_id = c.id AND t.actor_name <> ''
			AND t.act NOT IN ('claim', 'release', 'hasten', 'call_off') ORDER BY t.seq DESC LIMIT 1), '')
		FROM cases_task s JOIN cases c ON c.id = s.case_id WHERE `+q.text()+` ORDER BY s.sort, s.id LIMIT `+q.place(limit+1), q.args...)
	if err != nil {
		return nil, Key{}, err
	}
	rows, next := make([]Row, 0, len(list)), Key{}
	for i, r := range list {
		if i == limit {
			next = Key{list[i-1].sort, list[i-1].t.ID}
			break
		}
		r.t.Case = r.ID
		r.Task = &r.t
		rows = append(rows, r.Row)
	}
	return rows, next, s.callTasks(tx, rows)
}

// InboxCount counts what Inbox lists, by colour.
func (s *Service) InboxCount(tx *db.Tx, who auth.Actor, f Filter) (map[Colour]int, error) {
	q := &query{}
	q.inbox(who, f)
	f.Light = ""
	q.filter(f, "")
	return s.countLights(tx, `FROM cases_task s JOIN cases c ON c.id = s.case_id WHERE `+q.text(), q.args)
}

// InboxSize counts the tasks that wait at the actor's posts.
func (s *Service) InboxSize(tx *db.Tx, who auth.Actor) (n int, err error) {
	q := &query{}
	q.inbox(who, Filter{})
	err = tx.One(`SELECT COUNT(*) FROM cases_task s WHERE `+q.text(), q.args, &n)
	return n, err
}

// InboxSlots counts what waits at the actor's posts by slot, for chips.
func (s *Service) InboxSlots(tx *db.Tx, who auth.Actor) (map[string]int, error) {
	q := &query{}
	q.inbox(who, Filter{})
	type slot struct {
		name string
		n    int
	}
	list, err := db.All(tx, func(x *slot) []any { return []any{&x.name, &x.n} },
		`SELECT s.slot, COUNT(*) FROM cases_task s WHERE `+q.text()+` GROUP BY s.slot`, q.args...)
	out := map[string]int{}
	for _, x := range list {
		out[x.name] = x.n
	}
	return out, err
}

func (s *Service) countLights(tx *db.Tx, from string, args []any) (map[Colour]int, error) {
	type group struct {
		shown Shown
		n     int
	}
	list, err := db.All(tx, func(g *group) []any { return []any{&g.shown.Yellow, &g.shown.Due, &g.shown.Stopped, &g.n} },
		`SELECT c.light_yellow, c.light_due, c.stopped, COUNT(*) `+from+` GROUP BY c.light_yellow, c.light_due, c.stopped`, args...)
	out := map[Colour]int{}
	day := today(tx)
	for _, g := range list {
		g.shown.Live = true
		out[g.shown.LightOn(day)] += g.n
	}
	return out, err
}

// UnitLights is how many live cases of a unit show each colour.
type UnitLights struct {
	Unit  string
	Name  string
	Count map[Colour]int
	Total int
}

// Lights counts the live cases by unit and colour from the buckets that every
// act keeps: it reads no case. It is for those who see all cases.
func (s *Service) Lights(tx *db.Tx, who auth.Actor) ([]UnitLights, error) {
	if cond, _ := scope(who, 1); cond != "1 = 1" {
		return nil, nil
	}
	type row struct {
		unit                                   string
		n, stopped, without, red, yellow, blue int
	}
	// As LightOn says it, summed where the buckets are: a unit has one for each due date.
	list, err := db.All(tx, func(r *row) []any {
		return []any{&r.unit, &r.n, &r.stopped, &r.without, &r.red, &r.yellow, &r.blue}
	}, `SELECT l.unit, SUM(l.n), SUM(CASE WHEN l.colour = 1 THEN l.n ELSE 0 END), SUM(CASE WHEN l.colour = 2 THEN l.n ELSE 0 END),
		SUM(CASE WHEN l.colour = 3 THEN l.n ELSE 0 END), SUM(CASE WHEN l.colour = 4 THEN l.n ELSE 0 END),
		SUM(CASE WHEN l.colour = 5 THEN l.n ELSE 0 END)
		FROM (SELECT unit, n, CASE WHEN yellow = $1 THEN 1 WHEN due = '' THEN 2 WHEN due < $2 THEN 3 WHEN yellow <= $2 THEN 4
			ELSE 5 END AS colour FROM cases_light WHERE n > 0) l
		GROUP BY l.unit ORDER BY l.unit`, standing, today(tx).String())
	if err != nil {
		return nil, err
	}
	names, err := s.unitNames(tx)
	out := make([]UnitLights, len(list))
	for i, r := range list {
		out[i] = UnitLights{Unit: r.unit, Name: cmp.Or(names[r.unit], r.unit), Total: r.n, Count: map[Colour]int{}}
		for colour, n := range map[Colour]int{
			LightStopped: r.stopped, LightNone: r.without, LightRed: r.red, LightYellow: r.yellow, LightBlue: r.blue,
		} {
			if n > 0 {
				out[i].Count[colour] = n
			}
		}
	}
	return out, err
}
