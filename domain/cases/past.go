package cases

import (
	"encoding/json"
	"fmt"
	"time"

	"onedoor.app/engine/ledger"
	"onedoor.app/engine/workflow"
	"onedoor.app/infra/db"
)

// past are the clocks of a case that gave way to another of their name, such as the days to tell of corrections (32(4))
// once what was asked for has come in. The matter keeps the newest only; its ledger, repeated, says how each of the
// others stood when it gave way.
func (s *Service) past(tx *db.Tx, id int64) ([]Clock, error) {
	entries, err := ledger.Chain(tx, Chain(id))
	if err != nil {
		return nil, err
	}
	var all []Clock
	laws, m := map[string]*Law{}, Matter{State: StateNone}
	for _, e := range entries {
		var facts json.RawMessage
		b := entry{Facts: &facts}
		if err := json.Unmarshal([]byte(e.Body), &b); err != nil {
			return nil, fmt.Errorf("cases: entry %d of %s cannot be read: %w", e.Seq, e.Chain, err)
		}
		law := laws[b.Calendar]
		if law == nil {
			if law, err = s.lawOf(tx, b.Calendar); err != nil {
				return nil, err
			}
			laws[b.Calendar] = law
		}
		b.Event, b.Carried = nil, nil // where the flow stands starts and ends no clock
		next, err := advance(law, nil, nil, m, workflow.State{}, b, e.At)
		if err != nil {
			return nil, fmt.Errorf("cases: entry %d of %s cannot be repeated: %w", e.Seq, e.Chain, err)
		}
		all = append(all, gaveWay(m, next.matter, b.Act, e.At)...)
		m = next.matter
	}
	return all, nil
}

// gaveWay are the clocks of a matter that are not the same in what it became. One that still ran ends there.
func gaveWay(was, is Matter, act Act, at time.Time) (gone []Clock) {
	for _, c := range was.Clocks {
		if now, ok := is.Clock(c.Name); ok && now.Begun == c.Begun && now.Start.Equal(c.Start) {
			continue
		}
		if c.Ended.IsZero() {
			c.Ended, c.EndedBy, c.Stopped = at, act, false
		}
		gone = append(gone, c)
	}
	return gone
}
