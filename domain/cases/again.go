package cases

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"onedoor.app/engine/calendar"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
)

// One notice names everything (一次性告知, 行政许可法 Art. 32(4), 优化营商环境条例 Art. 36).
// A second one may name what the first named and what is still wanting. Whatever else
// it would ask for could have been asked the first time: that takes leave, with a
// written reason, of a superior of the receiving section who has not worked on the
// case at the window (ActAllowAgain), and is counted either way.

// noticeInput is what a notice of all that was found wanting tells the law.
func (ch *change) noticeInput(list []Material, by calendar.Date) (Act, Input) {
	in := Input{By: ch.who.Staff, Role: RoleReceiver, List: keysOf(Correct, list), CorrectBy: by}
	m := ch.c.Matter
	if !m.Has(FlagCorrected) {
		return ActNotifyCorrection, in
	}
	for _, x := range in.List {
		if slices.Contains(m.Told, x) && !slices.Contains(m.Lacking, x) { // it came and does not do
			in.Faulty = append(in.Faulty, x)
		}
	}
	return ActNotifyAgain, in
}

// second says in the paper that it is a second notice, why, and who gave leave to it.
func (ch *change) second(d *Document, list []Material, in Input) error {
	d.Content.Title = "补正材料告知书（再次）"
	m := ch.c.Matter
	var still, fresh []string
	for _, x := range list {
		switch {
		case x.Verdict != Correct:
		case slices.Contains(m.Told, x.Key):
			still = append(still, x.Name)
		default:
			fresh = append(fresh, x.Name)
		}
	}
	d.Content.Paragraphs = []string{
		ch.applied() + "，本机关已经告知过补正内容。这是再次告知。" + ch.under("第三十二条第一款第四项") + "现将仍需补正的内容告知如下：",
	}
	if len(still) > 0 {
		d.Content.Paragraphs = append(d.Content.Paragraphs, "第一次告知后仍未补正，或者补正的材料不符合要求的："+strings.Join(still, "、")+"。")
	}
	if len(fresh) == 0 {
		return nil
	}
	text := "第一次告知时没有提出的：" + strings.Join(fresh, "、") + "。"
	if m.Again != nil {
		p, err := ch.s.Office.Staff(ch.tx, m.Again.By)
		if err != nil {
			return err
		}
		text += fmt.Sprintf("经%s%s于%s批准再次要求，理由：%s", ch.s.unitName(ch.tx, p.Unit), p.Name, day(calendar.DateOf(m.Again.At)), m.Again.Reason)
	}
	d.Content.Paragraphs = append(d.Content.Paragraphs, text)
	return nil
}

// wantLeave are the materials found wanting that a notice may not name without leave.
func (m Matter) wantLeave(list []Material) (out []Material) {
	if !m.Has(FlagCorrected) {
		return nil
	}
	for _, x := range list {
		if x.Verdict == Correct && !slices.Contains(m.Told, x.Key) {
			out = append(out, x)
		}
	}
	return out
}

// againAllowed writes the superior's leave.
func (t *telling) againAllowed() {
	t.to(t.ch.s.unitName(t.ch.tx, t.ch.who.Unit))
	t.say("%s，窗口已经一次性告知补正内容，现发现下列材料第一次告知时没有提出：", t.about())
	list, err := listMaterials(t.ch.tx, t.ch.c.ID)
	if err != nil {
		list = nil // the act reads it again and reports it
	}
	for _, m := range list {
		if slices.Contains(t.in.List, m.Key) {
			t.d.Content.Items = append(t.d.Content.Items, m.Name+"："+m.Reason)
		}
	}
	t.after("准许就上述材料再次要求补正。理由：" + t.in.Reason)
	t.after("本次再次告知计入该事项和办理人员的再次告知次数。")
	t.sign("批准人", "日期")
}

// SecondNotice is a notice after the first.
type SecondNotice struct {
	Case     int64
	Seq      int64 // its entry in the ledger
	No       string
	Item     string
	ItemName string
	Unit     string // of whoever asked
	Staff    int64
	Named    int // materials
	Fresh    int // those of them that the first notice could have named
	Approver int64
	Reason   string // the approver's
	At       time.Time
}

// countAgain counts a notice after the first against the item and whoever gave it.
func (ch *change) countAgain(in Input, leave *Leave) error {
	n := SecondNotice{
		Case: ch.c.ID, Seq: ch.c.Version, Item: ch.c.Item, Unit: ch.who.Unit, Staff: ch.who.Staff, Named: len(in.List), At: ch.tx.Now(),
	}
	if leave != nil {
		for _, x := range in.List {
			if slices.Contains(leave.Materials, x) {
				n.Fresh++
			}
		}
		if n.Fresh > 0 {
			n.Approver, n.Reason = leave.By, leave.Reason
		}
	}
	return insertAgain(ch.tx, n)
}

// AgainFilter narrows the list of second notices. The zero filter shows all.
type AgainFilter struct {
	Item  string
	Unit  string
	Staff int64
}

// SecondNotices lists the notices after the first on cases that the actor may see,
// newest case first, after a key.
func (s *Service) SecondNotices(tx *db.Tx, who auth.Actor, f AgainFilter, after Key, limit int) ([]SecondNotice, Key, error) {
	q := &query{}
	q.scope(who)
	if f.Item != "" {
		q.and("a.item = " + q.place(f.Item))
	}
	if f.Unit != "" {
		q.and("a.unit = " + q.place(f.Unit))
	}
	if f.Staff != 0 {
		q.and("a.staff = " + q.place(f.Staff))
	}
	if after != (Key{}) {
		q.and(fmt.Sprintf("(a.case_id, a.seq) < (%s, %s)", q.place(after.ID), q.place(wholeNumber(after.Sort))))
	}
	rows, err := db.All(tx, againColumns, selectAgain+` JOIN cases c ON c.id = a.case_id WHERE `+q.text()+
		` ORDER BY a.case_id DESC, a.seq DESC LIMIT `+q.place(limit+1), q.args...)
	if err != nil || len(rows) <= limit {
		return rows, Key{}, err
	}
	last := rows[limit-1]
	return rows[:limit], Key{fmt.Sprint(last.Seq), last.Case}, nil
}

// AgainCount is how many second notices an item had, or a person gave.
type AgainCount struct {
	Item     string
	ItemName string
	Unit     string
	Staff    int64
	N        int
	Fresh    int // those that asked for what the first notice could have named
}

// SecondByItem counts second notices by item, in the order of their codes, after a
// key, on the cases that the actor may see.
func (s *Service) SecondByItem(tx *db.Tx, who auth.Actor, after Key, limit int) ([]AgainCount, Key, error) {
	q := &query{}
	q.scope(who)
	if after != (Key{}) {
		q.and("a.item > " + q.place(after.Sort))
	}
	rows, err := db.All(tx, func(a *AgainCount) []any { return []any{&a.Item, &a.ItemName, &a.N, &a.Fresh} },
		`SELECT a.item, MAX(c.item_name), COUNT(*), SUM(CASE WHEN a.fresh > 0 THEN 1 ELSE 0 END)
		FROM cases_again a JOIN cases c ON c.id = a.case_id WHERE `+q.text()+` GROUP BY a.item ORDER BY a.item LIMIT `+q.place(limit+1), q.args...)
	if err != nil || len(rows) <= limit {
		return rows, Key{}, err
	}
	return rows[:limit], Key{Sort: rows[limit-1].Item}, nil
}

// SecondByPerson counts second notices by unit and who gave them, after a key, on the
// cases that the actor may see.
func (s *Service) SecondByPerson(tx *db.Tx, who auth.Actor, after Key, limit int) ([]AgainCount, Key, error) {
	q := &query{}
	q.scope(who)
	if after != (Key{}) {
		q.and(fmt.Sprintf("(a.unit, a.staff) > (%s, %s)", q.place(after.Sort), q.place(after.ID)))
	}
	rows, err := db.All(tx, func(a *AgainCount) []any { return []any{&a.Unit, &a.Staff, &a.N, &a.Fresh} },
		`SELECT a.unit, a.staff, COUNT(*), SUM(CASE WHEN a.fresh > 0 THEN 1 ELSE 0 END)
		FROM cases_again a JOIN cases c ON c.id = a.case_id WHERE `+q.text()+` GROUP BY a.unit, a.staff
		ORDER BY a.unit, a.staff LIMIT `+q.place(limit+1), q.args...)
	if err != nil || len(rows) <= limit {
		return rows, Key{}, err
	}
	last := rows[limit-1]
	return rows[:limit], Key{last.Unit, last.Staff}, nil
}

// wholeNumber reads a whole number, 0 for what is none.
func wholeNumber(text string) (n int64) {
	if _, err := fmt.Sscan(text, &n); err != nil {
		return 0
	}
	return n
}

const selectAgain = `SELECT a.case_id, a.seq, c.no, a.item, c.item_name, a.unit, a.staff, a.named, a.fresh, a.approver, a.reason, a.at
	FROM cases_again a`

func againColumns(n *SecondNotice) []any {
	return []any{
		&n.Case, &n.Seq, &n.No, &n.Item, &n.ItemName, &n.Unit, &n.Staff, &n.Named, &n.Fresh, &n.Approver, &n.Reason, &n.At,
	}
}

func insertAgain(tx *db.Tx, n SecondNotice) error {
	return tx.Queue(`INSERT INTO cases_again (case_id, seq, item, unit, staff, named, fresh, approver, reason, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`, n.Case, n.Seq, n.Item, n.Unit, n.Staff, n.Named, n.Fresh, n.Approver, n.Reason, n.At)
}

// listAgain returns the second notices of a case, the first of them first.
func listAgain(tx *db.Tx, caseID int64) ([]SecondNotice, error) {
	return db.All(tx, againColumns, selectAgain+` JOIN cases c ON c.id = a.case_id WHERE a.case_id = $1 ORDER BY a.seq`, caseID)
}
