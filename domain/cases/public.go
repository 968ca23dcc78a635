package cases

import (
	"fmt"
	"time"

	"onedoor.app/infra/db"
)

// Granted is one grant as everybody may read it (行政许可法 Art. 40): a natural
// person's name is masked.
type Granted struct {
	No       string
	ItemName string
	Holder   string
	Body     string
	At       time.Time
	id       int64
}

// Decisions lists grants, newest first, after a key.
func (s *Service) Decisions(tx *db.Tx, after Key, limit int) ([]Granted, Key, error) {
	q := &query{}
	q.and("c.decided_at IS NOT NULL AND c.state IN ('granted', 'certified', 'delivered')")
	// Art. 40 opens licences; what people receive or have confirmed is nobody's business.
	q.and(`c.matter LIKE '%"terms":{"kind":"licence"%'`)
	if after != (Key{}) {
		var at int64
		if _, err := fmt.Sscan(after.Sort, &at); err == nil {
			q.and(fmt.Sprintf("(c.decided_at, c.id) < (%s, %s)", q.place(at), q.place(after.ID)))
		}
	}
	type row struct {
		Granted
		party int64
		body  string
	}
	rows, err := db.All(tx, func(r *row) []any { return []any{&r.id, &r.No, &r.ItemName, &r.party, &r.body, &r.At} },
		`SELECT c.id, c.no, c.item_name, c.party, c.body, c.decided_at FROM cases c WHERE `+q.text()+
			` ORDER BY c.decided_at DESC, c.id DESC LIMIT `+q.place(limit+1), q.args...)
	if err != nil {
		return nil, Key{}, err
	}
	var next Key
	out := make([]Granted, 0, len(rows))
	for i, r := range rows {
		if i == limit {
			last := rows[i-1]
			next = Key{fmt.Sprint(last.At.UnixMilli()), last.id}
			break
		}
		p, err := s.Party.Find(tx, r.party)
		if err != nil {
			return nil, Key{}, err
		}
		r.Holder, r.Granted.Body = p.MaskedName(), s.unitName(tx, r.body)
		out = append(out, r.Granted)
	}
	return out, next, nil
}
