package oversight

import (
	"fmt"
	"strings"

	"onedoor.app/engine/calendar"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

const columns = `id, case_id, place, unit, case_no, item_name, party_name, task, basis, granted, due, days, state, received_at, received_by,
	received_name, done_at, done_by, done_name, what`

func into(t *Task) []any {
	return []any{
		&t.ID, &t.Case, &t.Place, &t.Unit, &t.No, &t.ItemName, &t.Holder, &t.Task, &t.Basis, &t.Granted, day{&t.Due}, &t.Days, &t.State,
		&t.ReceivedAt, &t.ReceivedBy, &t.ReceivedName, &t.DoneAt, &t.DoneBy, &t.DoneName, &t.What,
	}
}

// never is the last day of what has none: it sorts after all others.
const never = "9999-12-31"

// day scans a last day that may not be set.
type day struct{ d *calendar.Date }

// Scan implements sql.Scanner.
func (x day) Scan(src any) error {
	*x.d = 0
	if fmt.Sprintf("%s", src) == never {
		return nil
	}
	return x.d.Scan(src)
}

// last is the last day as it is kept.
func last(d calendar.Date) string {
	if d == 0 {
		return never
	}
	return d.String()
}

// insert keeps a new task; it reports false where the case has given it before.
func insert(tx *db.Tx, t Task) (bool, error) {
	n, err := tx.Change(`INSERT INTO oversight_task (id, case_id, place, unit, case_no, item_name, party_name, task, basis, granted,
		due, days, state, received_by, received_name, done_by, done_name, what)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 0, '', 0, '', '') ON CONFLICT (case_id, unit, place) DO NOTHING`,
		t.ID, t.Case, t.Place, t.Unit, t.No, t.ItemName, t.Holder, t.Task, t.Basis, t.Granted, last(t.Due), t.Days, string(t.State))
	return n > 0, err
}

func change(tx *db.Tx, t Task) error {
	return tx.ExecOne(`UPDATE oversight_task SET state = $1, received_at = $2, received_by = $3, received_name = $4, done_at = $5,
		done_by = $6, done_name = $7, what = $8 WHERE id = $9`, string(t.State), t.ReceivedAt, t.ReceivedBy, t.ReceivedName, t.DoneAt,
		t.DoneBy, t.DoneName, t.What, t.ID)
}

func find(tx *db.Tx, id int64, lock string) (t Task, err error) {
	if err = tx.One(`SELECT `+columns+` FROM oversight_task WHERE id = $1`+lock, []any{id}, into(&t)...); fault.Is(err, fault.Unknown) {
		err = fault.New(fault.Unknown, "oversight.unknown")
	}
	return t, err
}

func listOf(tx *db.Tx, caseID int64) ([]Task, error) {
	return db.All(tx, into, `SELECT `+columns+` FROM oversight_task WHERE case_id = $1 ORDER BY place`, caseID)
}

// among is the condition that a task is of one of the units, nil being all, with its arguments from number from on.
func among(units []string, from int) (cond string, args []any) {
	if units == nil {
		return "", nil
	}
	marks := []string{"''"}
	for i, u := range units {
		marks, args = append(marks, fmt.Sprintf("$%d", from+i)), append(args, u)
	}
	return ` AND unit IN (` + strings.Join(marks, ", ") + `)`, args
}

// listOpen lists what is not done, the first due on top, after the day and id of the last one seen.
func listOpen(tx *db.Tx, units []string, due string, after int64, limit int) ([]Task, error) {
	cond, args := among(units, 4)
	return db.All(tx, into, `SELECT `+columns+` FROM oversight_task WHERE state <> 'done' AND (due > $1 OR due = $1 AND id > $2)`+cond+`
		ORDER BY due, id LIMIT $3`, append([]any{due, after, limit}, args...)...)
}

// listDone lists what is done, the newest grant first, below an id.
func listDone(tx *db.Tx, units []string, before int64, limit int) ([]Task, error) {
	cond, args := among(units, 3)
	return db.All(tx, into, `SELECT `+columns+` FROM oversight_task WHERE state = 'done' AND id < $1`+cond+` ORDER BY id DESC LIMIT $2`,
		append([]any{before, limit}, args...)...)
}

func countOpen(tx *db.Tx, units []string) (n int, err error) {
	cond, args := among(units, 1)
	err = tx.One(`SELECT COUNT(*) FROM oversight_task WHERE state <> 'done'`+cond, args, &n)
	return n, err
}

// listAfter walks all tasks by id.
func listAfter(tx *db.Tx, after int64, limit int) ([]Task, error) {
	return db.All(tx, into, `SELECT `+columns+` FROM oversight_task WHERE id > $1 ORDER BY id LIMIT $2`, after, limit)
}

// listCounted lists tasks that are not done and whose last day was counted, by id, and locks them.
func listCounted(tx *db.Tx, after int64, limit int) ([]Task, error) {
	return db.All(tx, into, `SELECT `+columns+` FROM oversight_task WHERE id > $1 AND state <> 'done' AND days > 0
		ORDER BY id LIMIT $2`+tx.ForUpdate(), after, limit)
}

func changeDue(tx *db.Tx, t Task) error {
	return tx.ExecOne(`UPDATE oversight_task SET due = $1 WHERE id = $2`, last(t.Due), t.ID)
}
