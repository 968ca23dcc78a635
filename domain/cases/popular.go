package cases

import (
	"time"

	"onedoor.app/infra/db"
)

// What Popular looks at: so much lately, and of that so many cases at the most,
// so that it costs a city of millions what it costs a small one.
const (
	popularFor  = 30 * 24 * time.Hour
	popularMost = 2000
)

// Popular lists the codes of the items that most of the last cases are about, the
// most frequent first. It tells nothing of anybody and asks for no right.
func (s *Service) Popular(tx *db.Tx, limit int) ([]string, error) {
	return db.All(tx, func(code *string) []any { return []any{code} },
		`SELECT item FROM (SELECT c.item AS item FROM cases c WHERE c.received_at >= $1 ORDER BY c.received_at DESC LIMIT $2) lately
		GROUP BY item ORDER BY COUNT(*) DESC, item LIMIT $3`, tx.Now().Add(-popularFor), popularMost, limit)
}
