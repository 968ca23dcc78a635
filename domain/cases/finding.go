package cases

import (
	"fmt"
	"strings"
	"time"

	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
)

// Noticed is something about an act that was lawful and that a supervisor should know (监察提醒).
type Noticed struct {
	Case     int64
	Seq      int64 // its entry in the ledger
	No       string
	ItemName string
	Unit     string // the section that decides
	Finding  Finding
	At       time.Time
}

// found keeps what the law found about the entry that was just made.
func (ch *change) found(list []Finding) error {
	for _, f := range list {
		if err := ch.tx.Queue(`INSERT INTO cases_finding (case_id, seq, finding, at) VALUES ($1, $2, $3, $4)
			ON CONFLICT (case_id, seq, finding) DO NOTHING`, ch.c.ID, ch.c.Version, string(f), ch.tx.Now()); err != nil {
			return err
		}
	}
	return nil
}

// Noticed lists what the law found about cases that the actor may see, the newest first, after a key.
func (s *Service) Noticed(tx *db.Tx, who auth.Actor, after Key, limit int) ([]Noticed, Key, error) {
	q := &query{}
	q.scope(who)
	if after != (Key{}) {
		at, rest, _ := strings.Cut(after.Sort, " ")
		seq, finding, _ := strings.Cut(rest, " ")
		q.and(fmt.Sprintf("(f.at, f.case_id, f.seq, f.finding) < (%s, %s, %s, %s)",
			q.place(wholeNumber(at)), q.place(after.ID), q.place(wholeNumber(seq)), q.place(finding)))
	}
	rows, err := db.All(tx, func(n *Noticed) []any {
		return []any{&n.Case, &n.Seq, &n.No, &n.ItemName, &n.Unit, &n.Finding, &n.At}
	}, `SELECT f.case_id, f.seq, c.no, c.item_name, c.unit, f.finding, f.at FROM cases_finding f JOIN cases c ON c.id = f.case_id
		WHERE `+q.text()+` ORDER BY f.at DESC, f.case_id DESC, f.seq DESC, f.finding DESC LIMIT `+q.place(limit+1), q.args...)
	if err != nil || len(rows) <= limit {
		return rows, Key{}, err
	}
	last := rows[limit-1]
	return rows[:limit], Key{fmt.Sprint(last.At.UnixMilli(), " ", last.Seq, " ", last.Finding), last.Case}, nil
}
