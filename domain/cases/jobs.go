package cases

import (
	"context"
	"log/slog"
	"time"

	"onedoor.app/infra/db"
)

// Tick fires the timers of the law that are due, at most limit cases, and
// returns how many it looked at. It is safe to run on several servers and to
// run twice: a timer that has fired is no longer due.
func (s *Service) Tick(ctx context.Context, limit int) (int, error) {
	var ids []int64
	err := s.DB.Read(ctx, func(tx *db.Tx) (err error) {
		ids, err = listDueTimers(tx, limit)
		return err
	})
	if err != nil {
		return 0, err
	}
	for _, id := range ids {
		err := s.tend(ctx, id)
		if err != nil && ctx.Err() == nil {
			// One damaged case must not keep the others from their rights: it is put
			// off, and says so in the log.
			slog.ErrorContext(ctx, "the timers of a case failed", "case", id, "err", err)
			err = s.DB.Write(ctx, func(tx *db.Tx) error { return setTimer(tx, id, tx.Now().Add(putOff)) })
		}
		if err != nil {
			return 0, err
		}
	}
	return len(ids), nil
}

// putOff is when the timers of a case that failed are tried again.
const putOff = 10 * time.Minute

// Watch runs Tick and Remind until ctx ends.
func (s *Service) Watch(ctx context.Context) {
	const pause = 5 * time.Second
	tick := time.NewTicker(pause)
	defer tick.Stop()
	for {
		for {
			n, err := s.Tick(ctx, 64)
			if err == nil && n == 0 { // what the law ordains comes before what is told about it
				n, err = s.Remind(ctx, 64)
			}
			if err != nil && ctx.Err() == nil {
				slog.ErrorContext(ctx, "timers", "err", err)
			}
			if n == 0 || err != nil {
				break
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}
