package cases

import (
	"time"

	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

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
	Undone     string // the act by which it stands no longer, "" while it stands
	Added      bool   // given at a step that was handed over, or asked for beside one
}

func insertOpinion(tx *db.Tx, o Opinion) error {
	return tx.Queue(`INSERT INTO cases_opinion (id, case_id, node, step, unit, staff, staff_name, deputy_for, conclusion, body, at, added)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`, o.ID, o.Case, o.Node, o.Step, o.Unit, o.Staff, o.StaffName,
		o.DeputyFor, o.Conclusion, o.Text, o.At, o.Added)
}

func listOpinions(tx *db.Tx, caseID int64) ([]Opinion, error) {
	return db.All(tx, func(o *Opinion) []any {
		return []any{&o.ID, &o.Case, &o.Node, &o.Step, &o.Unit, &o.Staff, &o.StaffName, &o.DeputyFor, &o.Conclusion, &o.Text, &o.At, &o.Undone, &o.Added}
	}, `SELECT id, case_id, node, step, unit, staff, staff_name, deputy_for, conclusion, body, at, undone, added FROM cases_opinion
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

const selectTrail = `SELECT case_id, seq, at, act, actor, actor_name, unit, note, paper, shown FROM cases_trail`

func trailColumns(t *Trail) []any {
	return []any{&t.Case, &t.Seq, &t.At, &t.Act, &t.Actor, &t.ActorName, &t.Unit, &t.Note, &t.Document, &t.Shown}
}

func listTrail(tx *db.Tx, caseID int64) ([]Trail, error) {
	return db.All(tx, trailColumns, selectTrail+` WHERE case_id = $1 ORDER BY seq DESC`, caseID)
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
