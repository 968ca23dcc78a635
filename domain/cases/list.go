package cases

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
)

// Row is a case as lists show it.
type Row struct {
	ID        int64
	No        string
	Title     string
	ItemName  string
	PartyName string
	Unit      string
	State     State
	Channel   Channel
	Received  time.Time
	Ended     time.Time
	Version   int64
	Shown     Shown
	Flags     []Flag

	Task *Task  // of a work list: the step that waits
	From string // who passed it on

	itemVersion int64
}

// Key is the place of a row in its list: lists go on after a key.
type Key struct {
	Sort string
	ID   int64
}

// String writes the key for a link; the zero key is "".
func (k Key) String() string {
	if k == (Key{}) {
		return ""
	}
	return fmt.Sprintf("%s.%d", k.Sort, k.ID)
}

// ParseKey reads what String wrote; anything else is the beginning of the list.
func ParseKey(text string) (k Key) {
	sort, id, ok := strings.Cut(text, ".")
	if !ok {
		return Key{}
	}
	if _, err := fmt.Sscan(id, &k.ID); err != nil || len(sort) > 40 {
		return Key{}
	}
	k.Sort = sort
	return k
}

const selectRow = `SELECT c.id, c.no, c.title, c.item_name, c.party_name, c.unit, c.state, c.channel, c.received_at, c.ended_at,
	c.version, c.light_clock, c.light_yellow, c.light_due, c.stopped, c.live, c.item_version, c.matter`

// flagsOnly reads the flags of a matter and what decides whether they show.
type flagsOnly struct {
	Flags []Flag `json:"flags"`
	Debts []Debt `json:"debts"`
}

func (r *Row) columns() []any {
	return []any{
		&r.ID, &r.No, &r.Title, &r.ItemName, &r.PartyName, &r.Unit, &r.State, &r.Channel, &r.Received, &r.Ended, &r.Version,
		&r.Shown.Clock, &r.Shown.Yellow, &r.Shown.Due, &r.Shown.Stopped, &r.Shown.Live, &r.itemVersion, db.JSON((*rowFlags)(&r.Flags)),
	}
}

type rowFlags []Flag

// UnmarshalJSON takes the flags that show out of a matter.
func (f *rowFlags) UnmarshalJSON(text []byte) error {
	var m flagsOnly
	err := json.Unmarshal(text, &m)
	*f = Matter{Flags: m.Flags, Debts: m.Debts}.Showing()
	return err
}

// query builds the condition of a list with numbered placeholders.
type query struct {
	where []string
	args  []any
}

func (q *query) place(v any) string {
	q.args = append(q.args, v)
	return fmt.Sprintf("$%d", len(q.args))
}

func (q *query) and(cond string) { q.where = append(q.where, cond) }

func (q *query) scope(who auth.Actor) {
	cond, args := scope(who, len(q.args)+1)
	q.args = append(q.args, args...)
	q.and(cond)
}

// among keeps the rows whose column is one of the values.
func (q *query) among(column string, values []string) {
	places := make([]string, len(values))
	for i, v := range values {
		places[i] = q.place(v)
	}
	q.and(column + " IN (" + strings.Join(places, ", ") + ")")
}

func (q *query) text() string { return strings.Join(q.where, " AND ") }

// contains matches the number, the title, the item or the applicant.
func (q *query) contains(text string) {
	text = strings.TrimSpace(text)
	if text == "" {
		return
	}
	like := "%" + strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`).Replace(text) + "%"
	p := q.place(like)
	q.and(fmt.Sprintf(`(c.no LIKE %[1]s ESCAPE '\' OR c.title LIKE %[1]s ESCAPE '\' OR c.item_name LIKE %[1]s ESCAPE '\' OR c.party_name LIKE %[1]s ESCAPE '\')`, p))
}

// light keeps the cases of one colour on a day.
func (q *query) light(colour Colour, day string) {
	switch colour {
	case LightStopped:
		q.and("c.stopped AND c.live")
	case LightRed:
		q.and("NOT c.stopped AND c.live AND c.light_due > '' AND c.light_due < " + q.place(day))
	case LightYellow:
		p := q.place(day)
		q.and(fmt.Sprintf("NOT c.stopped AND c.live AND c.light_due >= %[1]s AND c.light_yellow <= %[1]s", p))
	case LightBlue:
		p := q.place(day) // nothing is due before its yellow day: the index on what is due leads there
		q.and(fmt.Sprintf("NOT c.stopped AND c.live AND c.light_due > %[1]s AND c.light_yellow > %[1]s", p))
	case LightNone:
	}
}

// Filter narrows a list. The zero Filter shows everything that the actor may see.
type Filter struct {
	Text   string
	Light  Colour
	State  State
	Unit   string
	Item   string
	Slot   string // of a work list
	Deputy int64  // of a work list: only tasks that the actor has for this staff member
	Live   bool   // only cases that have not ended
	Party  int64  // only cases of this party, or handed in by it
	Came   bool   // only live cases with a material that was sent later and not looked at (待核对补齐)
	Unsent bool   // only live cases with a file that was uploaded and not handed in (已上传未提交)
}

// ofLights reports whether the filter asks for live cases by light and unit alone.
func (f Filter) ofLights() bool {
	rest := f
	rest.Light, rest.Unit, rest.Live = "", "", false
	return rest == Filter{} && (f.Live || f.lit())
}

func (f Filter) lit() bool { return f.Light != "" && f.Light != LightNone }

func (q *query) filter(f Filter, day string) {
	q.contains(f.Text)
	q.light(f.Light, day)
	if f.State != "" {
		q.and("c.state = " + q.place(string(f.State)))
	}
	if f.Unit != "" {
		q.and("c.unit = " + q.place(f.Unit))
	}
	if f.Item != "" {
		q.and("c.item = " + q.place(f.Item))
	}
	if f.Live {
		q.and("c.live")
	}
	if f.Came {
		q.and("c.live AND c.id IN (SELECT m.case_id FROM cases_material m WHERE m.verdict IN ('tolerate', 'missing') AND m.source = 'upload')")
	}
	if f.Unsent {
		q.and("c.live AND c.id IN (SELECT u.case_id FROM cases_file u WHERE u.pending AND NOT u.replaced)")
	}
	if f.Party != 0 {
		p := q.place(f.Party)
		q.and(fmt.Sprintf("(c.party = %[1]s OR c.agent = %[1]s)", p))
	}
}

// Board lists cases by due date, the most urgent first, after a key.
func (s *Service) Board(tx *db.Tx, who auth.Actor, f Filter, after Key, limit int) ([]Row, Key, error) {
	q := &query{}
	q.scope(who)
	q.filter(f, today(tx).String())
	if after != (Key{}) {
		q.and(fmt.Sprintf("(c.light_due, c.id) > (%s, %s)", q.place(after.Sort), q.place(after.ID)))
	}
	rows, err := db.All(tx, (*Row).columns, selectRow+` FROM cases c WHERE `+q.text()+
		` ORDER BY c.light_due, c.id LIMIT `+q.place(limit+1), q.args...)
	return cut(rows, limit, func(r Row) Key { return Key{r.Shown.Due, r.ID} }, err)
}

// Recent lists cases newest first, after a key: for searching and for applicants.
func (s *Service) Recent(tx *db.Tx, who auth.Actor, f Filter, after Key, limit int) ([]Row, Key, error) {
	q := &query{}
	q.scope(who)
	q.filter(f, today(tx).String())
	if after != (Key{}) {
		q.and("c.id < " + q.place(after.ID))
	}
	rows, err := db.All(tx, (*Row).columns, selectRow+` FROM cases c WHERE `+q.text()+
		` ORDER BY c.id DESC LIMIT `+q.place(limit+1), q.args...)
	return cut(rows, limit, func(r Row) Key { return Key{"n", r.ID} }, err)
}

func cut[R any](rows []R, limit int, key func(R) Key, err error) ([]R, Key, error) {
	if err != nil || len(rows) <= limit {
		return rows, Key{}, err
	}
	rows = rows[:limit]
	return rows, key(rows[limit-1]), nil
}

// Count counts what a list shows under the same predicate. Where the buckets of
// the lights know the answer it reads no case.
func (s *Service) Count(tx *db.Tx, who auth.Actor, f Filter) (n int, err error) {
	if cond, _ := scope(who, 1); cond == "1 = 1" && f.ofLights() {
		list, err := s.Lights(tx, who)
		for _, u := range list {
			switch {
			case f.Unit != "" && f.Unit != u.Unit:
			case f.lit():
				n += u.Count[f.Light]
			default:
				n += u.Total
			}
		}
		return n, err
	}
	q := &query{}
	q.scope(who)
	q.filter(f, today(tx).String())
	err = tx.One(`SELECT COUNT(*) FROM cases c WHERE `+q.text(), q.args, &n)
	return n, err
}

// Drafts lists what the actor has begun and not handed in.
func (s *Service) Drafts(tx *db.Tx, who auth.Actor) ([]Draft, error) {
	switch {
	case who.Kind == auth.Staff:
		return s.listDrafts(tx, "staff", who.Staff)
	case who.For != 0:
		list, err := s.listDrafts(tx, "party", who.For)
		return slices.DeleteFunc(list, func(d Draft) bool { return !d.belongs(who) }), err
	default:
		list, err := s.listDrafts(tx, "party", who.Party)
		return slices.DeleteFunc(list, func(d Draft) bool { return !d.belongs(who) }), err
	}
}

// Left counts the cases that somebody handed in, and their open drafts, of a party:
// what is under its name when a window takes over from whoever declared to be it.
func (s *Service) Left(tx *db.Tx, party int64) (cases, drafts int, err error) {
	err = tx.One(`SELECT (SELECT count(*) FROM cases WHERE party = $1), (SELECT count(*) FROM cases_draft WHERE party = $1 AND case_id = 0)`,
		[]any{party}, &cases, &drafts)
	return cases, drafts, err
}

// DraftFiles returns the files of a draft.
func (s *Service) DraftFiles(tx *db.Tx, draft int64) ([]File, error) {
	return listFiles(tx, "draft_id", draft)
}

// Done lists what the actor has worked off lately, newest first.
func (s *Service) Done(tx *db.Tx, who auth.Actor, limit int) ([]Row, error) {
	type doneRow struct {
		Row
		t Task
	}
	list, err := db.All(tx, func(r *doneRow) []any {
		return append(r.columns(), &r.t.ID, &r.t.Node, &r.t.Name, &r.t.Slot, &r.t.Closed, &r.t.Outcome)
	}, selectRow+`, s.id, s.node, s.name, s.slot, s.closed, s.outcome FROM cases_task s JOIN cases c ON c.id = s.case_id
		WHERE s.closer = $1 AND s.closed IS NOT NULL ORDER BY s.closed DESC LIMIT $2`, who.Staff, limit)
	rows := make([]Row, len(list))
	for i, r := range list {
		rows[i], rows[i].Task = r.Row, &r.t
	}
	if err != nil {
		return nil, err
	}
	return rows, s.callTasks(tx, rows)
}
