package cases

import (
	"time"

	"onedoor.app/domain/catalog"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
	"onedoor.app/infra/i18n"
)

// Task is one step of a case that waits for a post, or did.
type Task struct {
	ID      int64
	Case    int64
	Token   int64 // of the flow; negative for what is asked beside a step
	Node    string
	Name    string
	NameEn  string // in English: of the catalogue, filled where a page asks for it
	Slot    string
	Unit    string
	Post    string
	Opened  time.Time
	Due     string // of the step itself, YYYY-MM-DD
	Closed  time.Time
	Closer  int64
	Outcome string

	Holder   int64 // who has taken it, 0: whoever of the post comes first
	Seen     int64 // who opened it first, 0: nobody yet
	Handed   bool  // it came from another post
	Instance int   // of several at the same step, from 1; 0: it is the only one

	Urged int // how often it was urged: of lists

	Kind   Aside  // of what is asked beside a step; "" for a step
	Parent int64  // token of the step that it was asked at
	Asker  int64  // who asked
	Asked  string // in their words
}

const selectTask = `SELECT id, case_id, token, node, name, slot, unit, post, opened, due, closed, closer, outcome,
	holder, seen, handed, instance, kind, parent, asker, asked FROM cases_task`

func taskColumns(t *Task) []any {
	return []any{
		&t.ID, &t.Case, &t.Token, &t.Node, &t.Name, &t.Slot, &t.Unit, &t.Post, &t.Opened, &t.Due, &t.Closed,
		&t.Closer, &t.Outcome, &t.Holder, &t.Seen, &t.Handed, &t.Instance, &t.Kind, &t.Parent, &t.Asker, &t.Asked,
	}
}

func insertTask(tx *db.Tx, t Task) error {
	return tx.Queue(`INSERT INTO cases_task (id, case_id, token, node, name, slot, unit, post, opened, due, sort, stopped,
		closer, outcome, holder, handed, instance, kind, parent, asker, asked)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, '', $11, 0, '', $12, $13, $14, $15, $16, $17, $18)`,
		t.ID, t.Case, t.Token, t.Node, t.Name, t.Slot, t.Unit, t.Post, t.Opened, t.Due, false,
		t.Holder, t.Handed, t.Instance, string(t.Kind), t.Parent, t.Asker, t.Asked)
}

func closeTask(tx *db.Tx, id, token, staff int64, outcome string) error {
	return tx.ExecOne(`UPDATE cases_task SET closed = $1, closer = $2, outcome = $3
		WHERE case_id = $4 AND token = $5 AND closed IS NULL`, tx.Now(), staff, outcome, id, token)
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

// called gives a task the English name of its step.
func (t *Task) called(it *catalog.Item) {
	if step := it.StepByID(t.Node); step != nil && step.Name == t.Name {
		t.NameEn = step.NameEn
	}
}

// callTasks gives the tasks of rows their English names, for pages in English: the task itself keeps the name of the
// drawing, by which papers call it.
func (s *Service) callTasks(tx *db.Tx, rows []Row) error {
	if i18n.Lang(tx.Context()) != i18n.English {
		return nil
	}
	items := map[int64]*catalog.Item{}
	for _, r := range rows {
		it := items[r.itemVersion]
		if it == nil {
			var err error
			if it, err = s.Catalog.Version(tx, r.itemVersion); err != nil {
				return err
			}
			items[r.itemVersion] = it
		}
		r.Task.called(it)
	}
	return nil
}

// firstRow is the first row of a step: what has a smaller id was there before the step was.
func firstRow(tx *db.Tx, caseID, token int64) (id int64, err error) {
	err = tx.One(`SELECT COALESCE(MIN(id), 0) FROM cases_task WHERE case_id = $1 AND token = $2`, []any{caseID, token}, &id)
	return id, err
}
