package cases

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"onedoor.app/domain/catalog"
	"onedoor.app/engine/calendar"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
)

// View is a case with everything that its pages show.
type View struct {
	*Case
	Item      *catalog.Item
	Need      catalog.Need
	Form      []Value
	Delivery  Delivery // open: pages mask it
	Materials []Material
	Opinions  []Opinion
	Trail     []Trail // newest first; for applicants only what is shown to them
	Documents []Document
	Tasks     []Task // oldest first
	Results   []Result
	Escalated []Escalation // newest first; for staff only
	Light     Light
	Days      []ClockDay         // of the main clock, see Matter.Explain
	Cal       *calendar.Calendar // by which its clocks were counted
	UnitName  string
	BodyName  string
	Now       time.Time
}

// Value is one filled-in field. Sensitive ones (numbers of people, phones,
// addresses) are masked by pages until somebody asks and is recorded.
type Value struct {
	Key, Label, Text string
	Kind             string // type of the field, as the catalogue names it
	Sensitive        bool
}

// Open returns the tasks that wait.
func (v *View) Open() (list []Task) {
	for _, t := range v.Tasks {
		if t.Closed.IsZero() {
			list = append(list, t)
		}
	}
	return list
}

// Waiting returns the open tasks of a case to whoever may see it.
func (s *Service) Waiting(tx *db.Tx, who auth.Actor, id int64) ([]Task, error) {
	c, err := findCase(tx, id)
	if err != nil {
		return nil, err
	}
	if err := s.may(tx, who, maySee, c, ""); err != nil {
		return nil, err
	}
	list, err := listTasks(tx, id)
	return slices.DeleteFunc(list, func(t Task) bool { return !t.Closed.IsZero() }), err
}

// View returns a case to whoever may see it, else the Unknown fault
// cases.unknown.
func (s *Service) View(tx *db.Tx, who auth.Actor, id int64) (*View, error) {
	c, err := findCase(tx, id)
	if err != nil {
		return nil, err
	}
	return s.view(tx, who, c)
}

// ViewByNo is View by case number.
func (s *Service) ViewByNo(tx *db.Tx, who auth.Actor, no string) (*View, error) {
	c, err := findCaseByNo(tx, strings.ToUpper(strings.TrimSpace(no)))
	if err != nil {
		return nil, err
	}
	return s.view(tx, who, c)
}

func (s *Service) view(tx *db.Tx, who auth.Actor, c *Case) (*View, error) {
	if err := s.may(tx, who, maySee, c, ""); err != nil {
		return nil, err
	}
	v := &View{Case: c, Now: tx.Now()}
	var err error
	if v.Item, err = s.Catalog.Version(tx, c.ItemVersion); err != nil {
		return nil, err
	}
	v.Need = v.Item.Resolve(c.Answers)
	var form map[string]string
	if err = openJSON(s.Box, fmt.Sprintf("cases:%d", c.ID), c.sealedForm, &form, c.sealedDelivery, &v.Delivery); err != nil {
		return nil, err
	}
	v.Form = valuesOf(v.Need.Fields, form)
	if v.Materials, err = listMaterials(tx, c.ID); err != nil {
		return nil, err
	}
	if v.Trail, err = listTrail(tx, c.ID); err != nil {
		return nil, err
	}
	if v.Documents, err = listDocuments(tx, c.ID); err != nil {
		return nil, err
	}
	if v.Tasks, err = listTasks(tx, c.ID); err != nil {
		return nil, err
	}
	if who.Kind == auth.Applicant {
		v.Trail = slices.DeleteFunc(v.Trail, func(t Trail) bool { return !t.Shown })
	} else {
		if v.Opinions, err = listOpinions(tx, c.ID); err != nil {
			return nil, err
		}
		if v.Escalated, err = listEscalations(tx, c.ID); err != nil {
			return nil, err
		}
	}
	if s.Results != nil {
		if v.Results, err = s.Results(tx, c.ID); err != nil {
			return nil, err
		}
	}
	law, err := s.lawOf(tx, c.Calendar)
	if err != nil {
		return nil, err
	}
	v.Cal = law.Cal
	v.Light = c.Matter.Light(v.Cal, c.shown.Clock, tx.Now())
	v.Days = c.Matter.Explain(v.Cal, c.shown.Clock, tx.Now())
	v.UnitName, v.BodyName = s.unitName(tx, c.Unit), s.unitName(tx, c.Body)
	return v, nil
}

func (s *Service) unitName(tx *db.Tx, code string) string {
	if u, err := s.Office.Unit(tx, code); err == nil {
		return u.Name
	}
	return code
}

func valuesOf(fields []catalog.Field, form map[string]string) []Value {
	var list []Value
	for _, f := range fields {
		text := strings.ReplaceAll(form[f.Key], catalog.MultiSep, "、")
		if text == "" {
			continue
		}
		sensitive := f.Type == catalog.FieldIDNo || f.Type == catalog.FieldMobile || f.Type == catalog.FieldAddress && f.Element == "address" ||
			strings.Contains(f.Element, "bank_account")
		list = append(list, Value{Key: f.Key, Label: f.Label, Text: text, Kind: f.Type, Sensitive: sensitive})
	}
	return list
}

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
	c.version, c.light_clock, c.light_yellow, c.light_due, c.stopped, c.live, c.matter`

// flagsOnly reads the flags of a matter and nothing else of it.
type flagsOnly struct {
	Flags []Flag `json:"flags"`
}

func (r *Row) columns() []any {
	return []any{
		&r.ID, &r.No, &r.Title, &r.ItemName, &r.PartyName, &r.Unit, &r.State, &r.Channel, &r.Received, &r.Ended, &r.Version,
		&r.Shown.Clock, &r.Shown.Yellow, &r.Shown.Due, &r.Shown.Stopped, &r.Shown.Live, db.JSON((*rowFlags)(&r.Flags)),
	}
}

type rowFlags []Flag

// UnmarshalJSON takes the flags out of a matter.
func (f *rowFlags) UnmarshalJSON(text []byte) error {
	var m flagsOnly
	err := json.Unmarshal(text, &m)
	*f = m.Flags
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
		q.and("c.stopped")
	case LightRed:
		q.and("NOT c.stopped AND c.light_due <> '' AND c.light_due < " + q.place(day))
	case LightYellow:
		p := q.place(day)
		q.and(fmt.Sprintf("NOT c.stopped AND c.light_due >= %[1]s AND c.light_yellow <= %[1]s", p))
	case LightBlue:
		q.and("NOT c.stopped AND c.light_yellow > " + q.place(day))
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
}

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

func cut(rows []Row, limit int, key func(Row) Key, err error) ([]Row, Key, error) {
	if err != nil || len(rows) <= limit {
		return rows, Key{}, err
	}
	rows = rows[:limit]
	return rows, key(rows[limit-1]), nil
}

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
		return append(r.columns(), &r.t.ID, &r.t.Node, &r.t.Name, &r.t.Slot, &r.t.Post, &r.t.Opened, &r.t.Due, &r.sort, &r.From)
	}, selectRow+`, s.id, s.node, s.name, s.slot, s.post, s.opened, s.due, s.sort,
		COALESCE((SELECT t.actor_name FROM cases_trail t WHERE t.case_id = c.id AND t.actor_name <> '' ORDER BY t.seq DESC LIMIT 1), '')
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
	return rows, next, nil
}

// InboxCount counts what Inbox lists, by colour.
func (s *Service) InboxCount(tx *db.Tx, who auth.Actor, f Filter) (map[Colour]int, error) {
	q := &query{}
	q.inbox(who, f)
	f.Light = ""
	q.filter(f, "")
	return s.countLights(tx, `FROM cases_task s JOIN cases c ON c.id = s.case_id WHERE `+q.text(), q.args)
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
	type bucket struct {
		unit, yellow, due string
		n                 int
	}
	list, err := db.All(tx, func(b *bucket) []any { return []any{&b.unit, &b.yellow, &b.due, &b.n} },
		`SELECT unit, yellow, due, n FROM cases_light WHERE n > 0 ORDER BY unit`)
	if err != nil {
		return nil, err
	}
	var out []UnitLights
	day := today(tx)
	for _, b := range list {
		if len(out) == 0 || out[len(out)-1].Unit != b.unit {
			out = append(out, UnitLights{Unit: b.unit, Name: s.unitName(tx, b.unit), Count: map[Colour]int{}})
		}
		u := &out[len(out)-1]
		shown := Shown{Yellow: b.yellow, Due: b.due, Stopped: b.yellow == standing, Live: true}
		u.Count[shown.LightOn(day)] += b.n
		u.Total += b.n
	}
	return out, nil
}

// Count counts what a list shows under the same predicate.
func (s *Service) Count(tx *db.Tx, who auth.Actor, f Filter) (n int, err error) {
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
		return append(r.columns(), &r.t.ID, &r.t.Name, &r.t.Slot, &r.t.Closed, &r.t.Outcome)
	}, selectRow+`, s.id, s.name, s.slot, s.closed, s.outcome FROM cases_task s JOIN cases c ON c.id = s.case_id
		WHERE s.closer = $1 AND s.closed IS NOT NULL ORDER BY s.closed DESC LIMIT $2`, who.Staff, limit)
	rows := make([]Row, len(list))
	for i, r := range list {
		rows[i], rows[i].Task = r.Row, &r.t
	}
	return rows, err
}

// Today is the civil day of the transaction, for pages.
func Today(tx *db.Tx) calendar.Date { return today(tx) }
