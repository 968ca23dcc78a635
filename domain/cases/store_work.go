package cases

import (
	"fmt"
	"strings"
	"time"

	"onedoor.app/infra/db"
)

// holdTask says who has a task from now on, 0: whoever of its post comes first.
func holdTask(tx *db.Tx, id, staff int64) error {
	return tx.ExecOne(`UPDATE cases_task SET holder = $1 WHERE id = $2 AND closed IS NULL`, staff, id)
}

// seeTask keeps who opened a task first.
func seeTask(tx *db.Tx, id, staff int64) error {
	return tx.Exec(`UPDATE cases_task SET seen = $1 WHERE id = $2 AND seen = 0 AND closed IS NULL`, staff, id)
}

// closeAsides ends what was asked at a step that is over and has not been answered.
func closeAsides(tx *db.Tx, caseID, token int64) error {
	return tx.Queue(`UPDATE cases_task SET closed = $1, outcome = 'withdrawn' WHERE case_id = $2 AND parent = $3 AND closed IS NULL`,
		tx.Now(), caseID, token)
}

func undoOpinions(tx *db.Tx, caseID int64, ids []int64, act string) error {
	if len(ids) == 0 {
		return nil
	}
	args, marks := []any{act, caseID}, make([]string, len(ids))
	for i, id := range ids {
		args, marks[i] = append(args, id), fmt.Sprintf("$%d", i+3)
	}
	return tx.Exec(`UPDATE cases_opinion SET undone = $1 WHERE case_id = $2 AND id IN (`+strings.Join(marks, ", ")+`)`, args...)
}

// Urging is a word to whoever has an open step (催办).
type Urging struct {
	Token int64
	Staff int64
	Day   string
	Name  string
	Unit  string
	Words string
	At    time.Time
}

func insertUrging(tx *db.Tx, caseID int64, u Urging) error {
	return tx.Queue(`INSERT INTO cases_urge (case_id, token, staff, day, name, unit, words, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		caseID, u.Token, u.Staff, u.Day, u.Name, u.Unit, u.Words, u.At)
}

func listUrgings(tx *db.Tx, caseID int64) ([]Urging, error) {
	return db.All(tx, func(u *Urging) []any { return []any{&u.Token, &u.Staff, &u.Day, &u.Name, &u.Unit, &u.Words, &u.At} },
		`SELECT token, staff, day, name, unit, words, at FROM cases_urge WHERE case_id = $1 ORDER BY at DESC, token, staff`, caseID)
}

// drawnWait is a timer or a message of a drawing that a case waits for.
type drawnWait struct {
	token         int64
	node, message string
	at            time.Time // of a timer
}

func insertWait(tx *db.Tx, caseID int64, w drawnWait) error {
	var at any
	if !w.at.IsZero() {
		at = w.at
	}
	return tx.Queue(`INSERT INTO cases_wait (case_id, token, node, message, at) VALUES ($1, $2, $3, $4, $5)`, caseID, w.token, w.node, w.message, at)
}

func endWait(tx *db.Tx, caseID, token int64) error {
	return tx.ExecOne(`UPDATE cases_wait SET ended = $1 WHERE case_id = $2 AND token = $3 AND ended IS NULL`, tx.Now(), caseID, token)
}

const selectWait = `SELECT token, node, message, at FROM cases_wait`

func (w *drawnWait) columns() []any { return []any{&w.token, &w.node, &w.message, &w.at} }

// firstTimer is the timer of a drawing that comes next, nil: there is none.
func firstTimer(tx *db.Tx, caseID int64) (*drawnWait, error) {
	list, err := db.All(tx, (*drawnWait).columns,
		selectWait+` WHERE case_id = $1 AND ended IS NULL AND at IS NOT NULL ORDER BY at, token LIMIT 1`, caseID)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return &list[0], nil
}

// lastWait is the last time that a case waited at a node; it is over. nil: it never did.
func lastWait(tx *db.Tx, caseID int64, node string) (*drawnWait, error) {
	list, err := db.All(tx, (*drawnWait).columns,
		selectWait+` WHERE case_id = $1 AND node = $2 AND ended IS NOT NULL ORDER BY token DESC LIMIT 1`, caseID, node)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return &list[0], nil
}
