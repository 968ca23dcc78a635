package cases

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"onedoor.app/engine/calendar"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
	"onedoor.app/infra/secret"
)

// idList is a list of ids as text, ",1,2,": LIKE finds one in it on both engines.
type idList []int64

func (l idList) text() string {
	var b strings.Builder
	b.WriteByte(',')
	for _, id := range l {
		fmt.Fprintf(&b, "%d,", id)
	}
	return b.String()
}

func parseIDs(text string) (list []int64) {
	for part := range strings.SplitSeq(strings.Trim(text, ","), ",") {
		var id int64
		if _, err := fmt.Sscan(part, &id); err == nil {
			list = append(list, id)
		}
	}
	return list
}

const selectCase = `SELECT c.id, c.no, c.item, c.item_version, c.item_name, c.unit, c.body, c.division, c.channel, c.party,
	c.party_name, c.agent, c.title, c.version, c.head, c.matter, c.flow_hash, c.flow, c.vars, c.answers, c.form, c.delivery,
	c.receivers, c.received_at, c.accepted_at, c.decided_at, c.ended_at, c.light_clock, c.light_yellow, c.light_due,
	c.stopped, c.live, c.moved_at, c.calendar FROM cases c`

// caseRow scans a row of selectCase.
type caseRow struct {
	Case
	receivers string
}

func (c *caseRow) columns() []any {
	return []any{
		&c.ID, &c.No, &c.Item, &c.ItemVersion, &c.ItemName, &c.Unit, &c.Body, &c.Division, &c.Channel, &c.Party,
		&c.PartyName, &c.Agent, &c.Title, &c.Version, &c.Head, db.JSON(&c.Matter), &c.FlowHash, db.JSON(&c.Flow),
		db.JSON(&c.Vars), db.JSON(&c.Answers), &c.sealedForm, &c.sealedDelivery, &c.receivers, &c.ReceivedAt,
		&c.AcceptedAt, &c.DecidedAt, &c.EndedAt, &c.shown.Clock, &c.shown.Yellow, &c.shown.Due, &c.shown.Stopped,
		&c.shown.Live, &c.MovedAt, &c.Calendar,
	}
}

func oneCase(tx *db.Tx, where string, args ...any) (*Case, error) {
	var row caseRow
	if err := tx.One(selectCase+where, args, row.columns()...); err != nil {
		if fault.Is(err, fault.Unknown) {
			return nil, fault.New(fault.Unknown, "cases.unknown")
		}
		return nil, err
	}
	row.Receivers = parseIDs(row.receivers)
	return &row.Case, nil
}

func findCase(tx *db.Tx, id int64) (*Case, error) { return oneCase(tx, ` WHERE c.id = $1`, id) }

func lockCase(tx *db.Tx, id int64) (*Case, error) {
	return oneCase(tx, ` WHERE c.id = $1`+tx.ForUpdate(), id)
}

func findCaseByNo(tx *db.Tx, no string) (*Case, error) { return oneCase(tx, ` WHERE c.no = $1`, no) }

func insertCase(tx *db.Tx, c *Case) error {
	return tx.Exec(`INSERT INTO cases (id, no, item, item_version, item_name, unit, body, division, channel, party,
		party_name, agent, title, state, version, head, matter, flow_hash, flow, vars, answers, form, delivery, receivers,
		received_at, light_due, light_yellow, light_clock, stopped, live)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23,
		$24, $25, '', '', '', $26, $27)`,
		c.ID, c.No, c.Item, c.ItemVersion, c.ItemName, c.Unit, c.Body, c.Division, string(c.Channel), c.Party,
		c.PartyName, c.Agent, c.Title, string(c.State()), c.Version, c.Head, db.JSON(c.Matter), c.FlowHash,
		db.JSON(c.Flow), db.JSON(c.Vars), db.JSON(c.Answers), c.sealedForm, c.sealedDelivery,
		idList(c.Receivers).text(), c.ReceivedAt, false, false)
}

func changeCase(tx *db.Tx, c *Case) error {
	return tx.Exec(`UPDATE cases SET state = $1, version = $2, head = $3, matter = $4, flow = $5, vars = $6,
		receivers = $7, accepted_at = $8, decided_at = $9, ended_at = $10, light_due = $11, light_yellow = $12,
		light_clock = $13, stopped = $14, live = $15, delivery = $16, moved_at = $17, calendar = $18, counting = $19
		WHERE id = $20`,
		string(c.State()), c.Version, c.Head, db.JSON(c.Matter), db.JSON(c.Flow), db.JSON(c.Vars),
		idList(c.Receivers).text(), c.AcceptedAt, c.DecidedAt, c.EndedAt, c.shown.Due, c.shown.Yellow,
		string(c.shown.Clock), c.shown.Stopped, c.shown.Live, c.sealedDelivery, c.MovedAt, c.Calendar, c.Matter.counting(), c.ID)
}

// ── tasks ────────────────────────────────────────────────────────────────────

// Task is one step of a case that waits for a post, or did.
type Task struct {
	ID      int64
	Case    int64
	Token   uint32
	Node    string
	Name    string
	Slot    string
	Unit    string
	Post    string
	Opened  time.Time
	Due     string // of the step itself, YYYY-MM-DD
	Closed  time.Time
	Closer  int64
	Outcome string
}

const selectTask = `SELECT id, case_id, token, node, name, slot, unit, post, opened, due, closed, closer, outcome FROM cases_task`

func taskColumns(t *Task) []any {
	return []any{
		&t.ID, &t.Case, &t.Token, &t.Node, &t.Name, &t.Slot, &t.Unit, &t.Post, &t.Opened, &t.Due, &t.Closed,
		&t.Closer, &t.Outcome,
	}
}

func insertTask(tx *db.Tx, t Task) error {
	return tx.Queue(`INSERT INTO cases_task (id, case_id, token, node, name, slot, unit, post, opened, due, sort, stopped,
		closer, outcome) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, '', $11, 0, '')`,
		t.ID, t.Case, int64(t.Token), t.Node, t.Name, t.Slot, t.Unit, t.Post, t.Opened, t.Due, false)
}

func closeTask(tx *db.Tx, id int64, token uint32, staff int64, outcome string) error {
	return tx.ExecOne(`UPDATE cases_task SET closed = $1, closer = $2, outcome = $3
		WHERE case_id = $4 AND token = $5 AND closed IS NULL`, tx.Now(), staff, outcome, id, int64(token))
}

func findTask(tx *db.Tx, id int64) (t Task, err error) {
	if err = tx.One(selectTask+` WHERE id = $1`, []any{id}, taskColumns(&t)...); fault.Is(err, fault.Unknown) {
		err = fault.New(fault.Unknown, "cases.task_unknown")
	}
	return t, err
}

func listTasks(tx *db.Tx, caseID int64) ([]Task, error) {
	return db.All(tx, taskColumns, selectTask+` WHERE case_id = $1 ORDER BY id`, caseID)
}

func postsOf(tx *db.Tx, caseID int64) ([]string, error) {
	list, err := db.All(tx, func(s *string) []any { return []any{s} },
		`SELECT DISTINCT post FROM cases_task WHERE case_id = $1`, caseID)
	return noNil(list), err
}

// ── timers and lights ────────────────────────────────────────────────────────

func setTimer(tx *db.Tx, caseID int64, at time.Time) error {
	if at.IsZero() {
		return tx.Queue(`DELETE FROM cases_timer WHERE case_id = $1`, caseID)
	}
	return tx.Queue(`INSERT INTO cases_timer (case_id, at) VALUES ($1, $2)
		ON CONFLICT (case_id) DO UPDATE SET at = excluded.at`, caseID, at)
}

func listDueTimers(tx *db.Tx, limit int) ([]int64, error) {
	return db.All(tx, func(id *int64) []any { return []any{id} },
		`SELECT case_id FROM cases_timer WHERE at <= $1 ORDER BY at LIMIT $2`, tx.Now(), limit)
}

// Shown is what the light of a case is computed from, as lists need it.
type Shown struct {
	Clock   ClockName
	Yellow  string // YYYY-MM-DD, "" without a clock
	Due     string
	Stopped bool
	Live    bool
}

// standing is what cases_light says instead of a yellow day where the clock is
// stopped; a case without a clock has neither day.
const standing = "stopped"

// bucket is the row of cases_light that counts a case; a stopped clock has no
// due date.
func (s Shown) bucket() (yellow, due string) {
	if s.Stopped {
		return standing, ""
	}
	return s.Yellow, s.Due
}

// moveLight takes a case out of its old bucket and into its new one.
func moveLight(tx *db.Tx, unit string, old, now Shown) error {
	oy, od := old.bucket()
	ny, nd := now.bucket()
	if old.Live == now.Live && oy == ny && od == nd {
		return nil
	}
	if old.Live {
		if err := tx.Queue(`UPDATE cases_light SET n = n - 1 WHERE unit = $1 AND yellow = $2 AND due = $3`, unit, oy, od); err != nil {
			return err
		}
	}
	if !now.Live {
		return nil
	}
	return tx.Queue(`INSERT INTO cases_light (unit, yellow, due, n) VALUES ($1, $2, $3, 1)
		ON CONFLICT (unit, yellow, due) DO UPDATE SET n = cases_light.n + 1`, unit, ny, nd)
}

const never = "9999-12-31"

func changeTasksLight(tx *db.Tx, caseID int64, s Shown) error {
	sort := s.Due
	if s.Stopped || sort == "" {
		sort = never
	}
	return tx.Queue(`UPDATE cases_task SET sort = $1, stopped = $2 WHERE case_id = $3 AND closed IS NULL`, sort, s.Stopped, caseID)
}

// ── materials and files ──────────────────────────────────────────────────────

const selectMaterial = `SELECT key, position, name, need, source, proof, verdict, reason, due, judge, at FROM cases_material`

func materialColumns(m *Material) []any {
	return []any{&m.Key, &m.Position, &m.Name, &m.Need, &m.Source, &m.Proof, &m.Verdict, &m.Reason, &m.Due, &m.Judge, &m.At}
}

func insertMaterial(tx *db.Tx, caseID int64, m Material) error {
	return tx.Queue(`INSERT INTO cases_material (case_id, key, position, name, need, source, proof, verdict, reason, due, judge, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`, caseID, m.Key, m.Position, m.Name, string(m.Need),
		m.Source, m.Proof, string(m.Verdict), m.Reason, m.Due, m.Judge, m.At)
}

func changeMaterial(tx *db.Tx, caseID int64, m Material) error {
	return tx.ExecOne(`UPDATE cases_material SET source = $1, proof = $2, verdict = $3, reason = $4, due = $5, judge = $6, at = $7
		WHERE case_id = $8 AND key = $9`, m.Source, m.Proof, string(m.Verdict), m.Reason, m.Due, m.Judge, m.At, caseID, m.Key)
}

func findMaterial(tx *db.Tx, caseID int64, key string) (m Material, err error) {
	if err = tx.One(selectMaterial+` WHERE case_id = $1 AND key = $2`, []any{caseID, key}, materialColumns(&m)...); fault.Is(err, fault.Unknown) {
		err = fault.New(fault.Unknown, "cases.material_unknown")
	}
	return m, err
}

// listMaterials returns the materials of a case with the files in force.
func listMaterials(tx *db.Tx, caseID int64) ([]Material, error) {
	list, err := db.All(tx, materialColumns, selectMaterial+` WHERE case_id = $1 ORDER BY position`, caseID)
	if err != nil {
		return nil, err
	}
	files, err := listFiles(tx, "case_id", caseID)
	if err != nil {
		return nil, err
	}
	for i := range list {
		for _, f := range files {
			if f.Material == list[i].Key {
				list[i].Files = append(list[i].Files, f)
			}
		}
	}
	return list, nil
}

const selectFile = `SELECT id, case_id, draft_id, material, name, media, size, blob, giver, at, round, replaced FROM cases_file`

func fileColumns(f *File) []any {
	return []any{
		&f.ID, &f.Case, &f.Draft, &f.Material, &f.Name, &f.Media, &f.Size, &f.Blob, &f.Giver, &f.At, &f.Round, &f.Replaced,
	}
}

func insertFile(tx *db.Tx, f File) error {
	return tx.Exec(`INSERT INTO cases_file (id, case_id, draft_id, material, name, media, size, blob, giver, at, round, replaced)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`, f.ID, f.Case, f.Draft, f.Material, f.Name, f.Media,
		f.Size, f.Blob, f.Giver, f.At, f.Round, f.Replaced)
}

// listFiles returns the files of a draft or case; column is draft_id or case_id.
func listFiles(tx *db.Tx, column string, id int64) ([]File, error) {
	return db.All(tx, fileColumns, selectFile+` WHERE `+column+` = $1 ORDER BY id`, id)
}

func findFile(tx *db.Tx, id int64) (f File, err error) {
	if err = tx.One(selectFile+` WHERE id = $1`, []any{id}, fileColumns(&f)...); fault.Is(err, fault.Unknown) {
		err = fault.New(fault.Unknown, "cases.file_unknown")
	}
	return f, err
}

func removeFile(tx *db.Tx, id int64) error {
	return tx.Exec(`DELETE FROM cases_file WHERE id = $1`, id)
}

// replaceFiles marks the files of earlier rounds as replaced.
func replaceFiles(tx *db.Tx, caseID int64, material string, round int) error {
	return tx.Queue(`UPDATE cases_file SET replaced = $1 WHERE case_id = $2 AND material = $3 AND round < $4`,
		true, caseID, material, round)
}

func moveFiles(tx *db.Tx, draft, caseID int64) error {
	return tx.Queue(`UPDATE cases_file SET case_id = $1, draft_id = 0 WHERE draft_id = $2`, caseID, draft)
}

// ── opinions, trail, papers ──────────────────────────────────────────────────

// Opinion is what a reviewer or decider wrote at a step.
type Opinion struct {
	ID         int64
	Case       int64
	Node       string
	Step       string
	Unit       string
	Staff      int64
	StaffName  string
	DeputyFor  int64
	Conclusion string
	Text       string
	At         time.Time
}

func insertOpinion(tx *db.Tx, o Opinion) error {
	return tx.Queue(`INSERT INTO cases_opinion (id, case_id, node, step, unit, staff, staff_name, deputy_for, conclusion, body, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`, o.ID, o.Case, o.Node, o.Step, o.Unit, o.Staff, o.StaffName,
		o.DeputyFor, o.Conclusion, o.Text, o.At)
}

func listOpinions(tx *db.Tx, caseID int64) ([]Opinion, error) {
	return db.All(tx, func(o *Opinion) []any {
		return []any{&o.ID, &o.Case, &o.Node, &o.Step, &o.Unit, &o.Staff, &o.StaffName, &o.DeputyFor, &o.Conclusion, &o.Text, &o.At}
	}, `SELECT id, case_id, node, step, unit, staff, staff_name, deputy_for, conclusion, body, at FROM cases_opinion
		WHERE case_id = $1 ORDER BY id`, caseID)
}

// Trail is one line of a case's timeline (办理经过).
type Trail struct {
	Case      int64
	Seq       int64
	At        time.Time
	Act       string
	Actor     int64
	ActorName string
	Unit      string
	Note      string
	Document  int64
	Shown     bool // to the applicant
}

func insertTrail(tx *db.Tx, t Trail) error {
	return tx.Queue(`INSERT INTO cases_trail (case_id, seq, at, act, actor, actor_name, unit, note, paper, shown)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`, t.Case, t.Seq, t.At, t.Act, t.Actor, t.ActorName, t.Unit, t.Note,
		t.Document, t.Shown)
}

func listTrail(tx *db.Tx, caseID int64) ([]Trail, error) {
	return db.All(tx, func(t *Trail) []any {
		return []any{&t.Case, &t.Seq, &t.At, &t.Act, &t.Actor, &t.ActorName, &t.Unit, &t.Note, &t.Document, &t.Shown}
	}, `SELECT case_id, seq, at, act, actor, actor_name, unit, note, paper, shown FROM cases_trail
		WHERE case_id = $1 ORDER BY seq DESC`, caseID)
}

const selectDocument = `SELECT id, case_id, kind, no, body, at, token FROM cases_paper`

func documentColumns(d *Document) []any {
	return []any{&d.ID, &d.Case, &d.Kind, &d.No, db.JSON(&d.Content), &d.At, &d.Token}
}

func insertDocument(tx *db.Tx, d *Document) error {
	return tx.Queue(`INSERT INTO cases_paper (id, case_id, kind, no, body, at, token) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		d.ID, d.Case, string(d.Kind), d.No, db.JSON(d.Content), d.At, d.Token)
}

func listDocuments(tx *db.Tx, caseID int64) ([]Document, error) {
	return db.All(tx, documentColumns, selectDocument+` WHERE case_id = $1 ORDER BY id`, caseID)
}

func findDocument(tx *db.Tx, where string, arg any) (d Document, err error) {
	if err = tx.One(selectDocument+` WHERE `+where+` = $1`, []any{arg}, documentColumns(&d)...); fault.Is(err, fault.Unknown) {
		err = fault.New(fault.Unknown, "cases.document_unknown")
	}
	return d, err
}

func countDocuments(tx *db.Tx, caseID int64, kind Paper) (n int, err error) {
	err = tx.One(`SELECT COUNT(*) FROM cases_paper WHERE case_id = $1 AND kind = $2`, []any{caseID, string(kind)}, &n)
	return n, err
}

// ── drafts ───────────────────────────────────────────────────────────────────

const selectDraft = `SELECT id, party, agent, staff, item, item_version, answers, form, delivery, pledged, version, changed,
	case_id FROM cases_draft`

type draftRow struct {
	Draft
	form, delivery []byte
}

func (d *draftRow) columns() []any {
	return []any{
		&d.ID, &d.Party, &d.Agent, &d.Staff, &d.Item, &d.ItemVersion, db.JSON(&d.Answers), &d.form, &d.delivery,
		&d.Pledged, &d.Version, &d.Changed, &d.Case,
	}
}

func (s *Service) findDraft(tx *db.Tx, id int64, lock bool) (Draft, error) {
	var row draftRow
	query := selectDraft + ` WHERE id = $1`
	if lock {
		query += tx.ForUpdate()
	}
	if err := tx.One(query, []any{id}, row.columns()...); err != nil {
		if fault.Is(err, fault.Unknown) {
			return Draft{}, fault.New(fault.Unknown, "cases.draft_unknown")
		}
		return Draft{}, err
	}
	return row.Draft, s.unsealDraft(&row.Draft, row.form, row.delivery)
}

// openDraft finds the draft of an item that these people have not handed in.
func (s *Service) openDraft(tx *db.Tx, party, agent, staff int64, item string) (Draft, bool, error) {
	var row draftRow
	found, err := tx.Maybe(selectDraft+` WHERE party = $1 AND agent = $2 AND staff = $3 AND item = $4 AND case_id = 0
		ORDER BY id DESC LIMIT 1`, []any{party, agent, staff, item}, row.columns()...)
	if err != nil || !found {
		return Draft{}, false, err
	}
	return row.Draft, true, s.unsealDraft(&row.Draft, row.form, row.delivery)
}

func (s *Service) insertDraft(tx *db.Tx, d Draft) error {
	form, delivery, err := s.sealDraft(d)
	if err != nil {
		return err
	}
	return tx.Exec(`INSERT INTO cases_draft (id, party, agent, staff, item, item_version, answers, form, delivery, pledged,
		version, changed, case_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 0)`,
		d.ID, d.Party, d.Agent, d.Staff, d.Item, d.ItemVersion, db.JSON(d.Answers), form, delivery, d.Pledged, d.Version, d.Changed)
}

func (s *Service) changeDraft(tx *db.Tx, d Draft) error {
	form, delivery, err := s.sealDraft(d)
	if err != nil {
		return err
	}
	return tx.ExecOne(`UPDATE cases_draft SET item_version = $1, answers = $2, form = $3, delivery = $4, pledged = $5,
		version = $6, changed = $7, case_id = $8 WHERE id = $9`,
		d.ItemVersion, db.JSON(d.Answers), form, delivery, d.Pledged, d.Version, d.Changed, d.Case, d.ID)
}

func removeDraft(tx *db.Tx, id int64) error {
	if err := tx.Exec(`DELETE FROM cases_file WHERE draft_id = $1`, id); err != nil {
		return err
	}
	return tx.ExecOne(`DELETE FROM cases_draft WHERE id = $1`, id)
}

func (s *Service) listDrafts(tx *db.Tx, column string, id int64) ([]Draft, error) {
	rows, err := db.All(tx, (*draftRow).columns, selectDraft+` WHERE `+column+` = $1 AND case_id = 0 ORDER BY id DESC LIMIT 50`, id)
	if err != nil {
		return nil, err
	}
	list := make([]Draft, len(rows))
	for i := range rows {
		if err := s.unsealDraft(&rows[i].Draft, rows[i].form, rows[i].delivery); err != nil {
			return nil, err
		}
		list[i] = rows[i].Draft
	}
	return list, nil
}

// openJSON opens two sealed JSON texts of one row.
func openJSON(box *secret.Box, about string, a []byte, intoA any, b []byte, intoB any) error {
	for _, p := range []struct {
		sealed []byte
		into   any
	}{{a, intoA}, {b, intoB}} {
		plain, err := box.Open(p.sealed, about)
		if err != nil {
			return err
		}
		if len(plain) == 0 {
			continue
		}
		if err := json.Unmarshal(plain, p.into); err != nil {
			return err
		}
	}
	return nil
}

// ── light ────────────────────────────────────────────────────────────────────

// mainClock is the clock whose light a case shows: at the window the notice
// clock, then the promise or else the statute, after a grant the delivery.
func mainClock(m Matter) (Clock, bool) {
	names := []ClockName{ClockPromised, ClockFirstReview, ClockStatutory}
	switch m.State {
	case StateReceived:
		names = []ClockName{ClockNotice}
	case StateCorrecting:
		names = []ClockName{ClockCorrection}
	case StateGranted, StateCertified:
		names = []ClockName{ClockDelivery}
	default:
	}
	for _, name := range names {
		for i := len(m.Clocks) - 1; i >= 0; i-- {
			if c := m.Clocks[i]; c.Name == name && c.Ended.IsZero() {
				return c, true
			}
		}
	}
	return Clock{}, false
}

func (s *Service) shown(c *Case) Shown {
	out := Shown{Live: !c.State().Ended()}
	if clock, ok := mainClock(c.Matter); ok && out.Live {
		out.Clock, out.Yellow, out.Due, out.Stopped = clock.Name, clock.Yellow.String(), clock.Due.String(), clock.Stopped
	}
	return out
}

// LightOn is the light of what is shown, on a day.
func (s Shown) LightOn(day calendar.Date) Colour {
	d := day.String()
	switch {
	case !s.Live || s.Due == "" && !s.Stopped:
		return LightNone
	case s.Stopped:
		return LightStopped
	case d > s.Due:
		return LightRed
	case d >= s.Yellow:
		return LightYellow
	}
	return LightBlue
}
