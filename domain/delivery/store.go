package delivery

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"

	"onedoor.app/engine/calendar"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

const columns = `id, case_id, version, case_no, item_name, result, number, party, party_name, way, state, wish, shelf, since,
	due, collector, relation, company, waybill, done_at, done_by, done_name, received_at, received_on, received_by`

func into(p *Parcel) []any {
	r := &p.Result
	return []any{
		&p.ID, &r.Case, &r.Version, &r.CaseNo, &r.ItemName, &r.Name, &r.Number, &r.Party, &r.PartyName, &r.Way, &p.State, &p.wish,
		&p.Shelf, &p.Since, &r.Due, &p.collector, &p.Collector.Relation, &p.Company, &p.Waybill, &p.DoneAt, &p.DoneBy,
		&p.DoneName, &p.ReceivedAt, day{&p.ReceivedOn}, &p.ReceivedBy,
	}
}

// day scans a day that may be missing.
type day struct{ d *calendar.Date }

func (x day) Scan(src any) error {
	var text string
	if err := db.OrZero(&text).(sql.Scanner).Scan(src); err != nil || text == "" {
		*x.d = 0
		return err
	}
	return x.d.Scan(text)
}

// insert keeps a new parcel.
func insert(tx *db.Tx, p Parcel) error {
	r := p.Result
	return tx.Exec(`INSERT INTO delivery (id, case_id, version, case_no, item_name, result, number, party, party_name, way, state,
		wish, shelf, since, due, relation, company, waybill, done_by, done_name)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, '', $13, $14, '', '', '', 0, '')`,
		p.ID, r.Case, r.Version, r.CaseNo, r.ItemName, r.Name, r.Number, r.Party, r.PartyName, r.Way, p.State, p.wish, p.Since, r.Due)
}

func move(tx *db.Tx, caseID int64, due calendar.Date) error {
	return tx.Exec(`UPDATE delivery SET due = $1 WHERE case_id = $2 AND state = 'waiting'`, due, caseID)
}

func find(tx *db.Tx, on On) (Parcel, error) { return one(tx, on, "") }

func lock(tx *db.Tx, on On) (Parcel, error) { return one(tx, on, tx.ForUpdate()) }

// newest is the newest parcel of a case.
func newest(tx *db.Tx, caseID int64) (p Parcel, found bool, err error) {
	p, err = lock(tx, On{Case: caseID})
	if fault.Is(err, fault.Unknown) {
		return p, false, nil
	}
	return p, err == nil, err
}

// listOf lists the parcels of a case, the newest first.
func listOf(tx *db.Tx, caseID int64) ([]Parcel, error) {
	return db.All(tx, into, `SELECT `+columns+` FROM delivery WHERE case_id = $1 ORDER BY version DESC`, caseID)
}

func one(tx *db.Tx, on On, forUpdate string) (p Parcel, err error) {
	found, err := tx.Maybe(`SELECT `+columns+` FROM delivery WHERE case_id = $1 AND (id = $2 OR $2 = 0) ORDER BY version DESC LIMIT 1`+forUpdate,
		[]any{on.Case, on.Parcel}, into(&p)...)
	if err == nil && !found {
		err = fault.New(fault.Unknown, "delivery.unknown")
	}
	return p, err
}

// listWaiting lists what waits, by way, the first due on top, after the day and
// id of the last one seen.
func listWaiting(tx *db.Tx, way Way, due calendar.Date, after int64, limit int) ([]Parcel, error) {
	return db.All(tx, into, `SELECT `+columns+` FROM delivery WHERE state = 'waiting' AND way = $1
		AND (due > $2 OR due = $2 AND id > $3) ORDER BY due, id LIMIT $4`, way, due, after, limit)
}

// listSent lists what is with a courier, the oldest first.
func listSent(tx *db.Tx, after int64, limit int) ([]Parcel, error) {
	return db.All(tx, into, `SELECT `+columns+` FROM delivery WHERE state = 'sent' AND id > $1 ORDER BY id LIMIT $2`, after, limit)
}

// finder finds parcels; what waits comes first, then the newest.
type finder func(tx *db.Tx, text string, limit int) ([]Parcel, error)

const (
	foundByNumber = `SELECT ` + columns + ` FROM delivery WHERE (case_no LIKE $1 ESCAPE '\' OR waybill = $2)`
	foundOrder    = ` ORDER BY CASE WHEN state = 'waiting' THEN 0 ELSE 1 END, id DESC LIMIT `
)

// byNumber finds by the beginning of the case's number, or by the waybill.
func byNumber(tx *db.Tx, text string, limit int) ([]Parcel, error) {
	upper := strings.ToUpper(text)
	return db.All(tx, into, foundByNumber+foundOrder+`$3`, literal(upper)+"%", upper, limit)
}

// byAll finds by a part of the holder's name too.
func byAll(tx *db.Tx, text string, limit int) ([]Parcel, error) {
	upper := strings.ToUpper(text)
	return db.All(tx, into, foundByNumber+` OR party_name LIKE $3 ESCAPE '\'`+foundOrder+`$4`,
		literal(upper)+"%", upper, "%"+literal(text)+"%", limit)
}

// literal is text without the meaning that LIKE gives to some characters.
func literal(text string) string {
	return strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(text)
}

func countWaiting(tx *db.Tx) (window, courier, sent int, err error) {
	err = tx.One(`SELECT (SELECT COUNT(*) FROM delivery WHERE state = 'waiting' AND way = 'window'),
		(SELECT COUNT(*) FROM delivery WHERE state = 'waiting' AND way = 'courier'),
		(SELECT COUNT(*) FROM delivery WHERE state = 'sent')`, nil, &window, &courier, &sent)
	return window, courier, sent, err
}

// countAll counts what waits to be handed over or sent.
func countAll(tx *db.Tx) (n int, err error) {
	err = tx.One(`SELECT COUNT(*) FROM delivery WHERE state = 'waiting'`, nil, &n)
	return n, err
}

func changeDone(tx *db.Tx, p Parcel) error {
	return tx.ExecOne(`UPDATE delivery SET state = $1, way = $2, collector = $3, relation = $4, company = $5, waybill = $6,
		done_at = $7, done_by = $8, done_name = $9, shelf = '' WHERE id = $10 AND state = 'waiting'`,
		p.State, p.Result.Way, p.collector, p.Collector.Relation, p.Company, p.Waybill, p.DoneAt, p.DoneBy, p.DoneName, p.ID)
}

func changeReceived(tx *db.Tx, id int64, r Signed) error {
	return tx.ExecOne(`UPDATE delivery SET state = 'received', received_at = $1, received_on = $2, received_by = $3
		WHERE id = $4 AND state = 'sent'`, tx.Now(), r.Day, r.By, id)
}

func changeShelf(tx *db.Tx, id int64, shelf string) error {
	return tx.ExecOne(`UPDATE delivery SET shelf = $1 WHERE id = $2`, shelf, id)
}

// findOutrun finds a parcel that waits although a later version of its result has one; 0: none.
func findOutrun(tx *db.Tx) (id int64, err error) {
	_, err = tx.Maybe(`SELECT p.id FROM delivery p WHERE p.state = 'waiting'
		AND EXISTS (SELECT 1 FROM delivery l WHERE l.case_id = p.case_id AND l.version > p.version) LIMIT 1`, nil, &id)
	return id, err
}

// listAfter walks all parcels by id.
func listAfter(tx *db.Tx, after int64, limit int) ([]Parcel, error) {
	return db.All(tx, into, `SELECT `+columns+` FROM delivery WHERE id > $1 ORDER BY id LIMIT $2`, after, limit)
}

func aboutWish(id int64) string      { return fmt.Sprintf("delivery:%d:wish", id) }
func aboutCollector(id int64) string { return fmt.Sprintf("delivery:%d:collector", id) }

func (s *Service) seal(v any, about string) ([]byte, error) {
	text, err := json.Marshal(v)
	return s.Box.Seal(text, about), err
}

func (s *Service) unseal(p *Parcel) error {
	if err := s.openJSON(p.wish, aboutWish(p.ID), &p.Result.Wish); err != nil {
		return err
	}
	if len(p.collector) == 0 {
		return nil
	}
	return s.openJSON(p.collector, aboutCollector(p.ID), &p.Collector)
}

func (s *Service) openJSON(sealed []byte, about string, into any) error {
	text, err := s.Box.Open(sealed, about)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(text, into); err != nil {
		return fmt.Errorf("delivery: %s: %w", about, err)
	}
	return nil
}
