package cases

import (
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
)

// Finished lists the cases that have ended, newest first, after a key, under the
// same predicate as the other lists.
func (s *Service) Finished(tx *db.Tx, who auth.Actor, after Key, limit int) ([]Row, Key, error) {
	q := &query{}
	q.scope(who)
	q.and("NOT c.live")
	if after.ID != 0 {
		q.and("c.id < " + q.place(after.ID))
	}
	rows, err := db.All(tx, (*Row).columns, selectRow+` FROM cases c WHERE `+q.text()+
		` ORDER BY c.id DESC LIMIT `+q.place(limit+1), q.args...)
	return cut(rows, limit, func(r Row) Key { return Key{"n", r.ID} }, err)
}
