package migration

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"log/slog"
	"time"

	"onedoor.app/domain/cases"
	"onedoor.app/engine/calendar"
	"onedoor.app/engine/job"
	"onedoor.app/engine/workflow"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
)

// jobRun looks at the cases of a plan: the dry run, or carrying them over.
const jobRun = "migration.run"

// task is the body of the job.
type task struct {
	Plan int64 `json:"plan"`
}

const (
	batch = 200 // cases that are looked at in one go
	turns = 20  // batches in one try; then the jobs of others come first
)

// run is the job. It may be killed anywhere and begin again, and two may run beside each other: a batch of the dry run is
// counted by whoever keeps it first, and a case is carried over by whoever comes to it first.
func (s *Service) run(ctx context.Context, body []byte) error {
	t, err := job.Decode[task](body)
	if err != nil {
		return err
	}
	var p *Plan
	var v *cases.Mover
	for range turns {
		if p, v, err = s.next(ctx, t.Plan, p, v); errors.Is(err, errWithdrawn) {
			return s.withdrawn(ctx, p)
		} else if err != nil || v == nil {
			return err
		}
		if p.Run == Trying {
			err = s.try(ctx, p, v)
		} else {
			err = s.carry(ctx, p, v)
		}
		if err != nil {
			return err
		}
	}
	return s.DB.Write(ctx, func(tx *db.Tx) error { return job.Add(tx, jobRun, time.Time{}, t) })
}

// errWithdrawn says that the newer version of a plan was withdrawn before all of its cases were carried over.
var errWithdrawn = errors.New("migration: the newer version was withdrawn")

// withdrawn ends a plan to whose newer version no case is to come any more.
func (s *Service) withdrawn(ctx context.Context, p *Plan) error {
	return s.step(ctx, p, func(tx *db.Tx, now *Plan) error {
		now.State, now.Run, now.Lock, now.Moved = Stopped, Idle, now.Lock+1, tx.Now()
		return s.evidence(tx, auth.Actor{Kind: auth.System}, "migration.stop", now, map[string]any{"withdrawn": now.Now})
	})
}

// next reads where the plan stands; no mover means that nothing is to be done, which is so before the day of the plan. Where
// the newer version was withdrawn it is errWithdrawn. The mover with its proofs is kept while nobody
// changes the plan.
func (s *Service) next(ctx context.Context, id int64, was *Plan, v *cases.Mover) (p *Plan, out *cases.Mover, err error) {
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		if p, err = find(tx, id, ""); err != nil {
			return err
		}
		if p.Run == Running {
			if to, err := s.Flows.Version(tx, p.Flow, p.Now); err != nil {
				return err
			} else if to.Withdrawn {
				return errWithdrawn
			}
		}
		switch {
		case p.Run != Trying && p.Run != Running:
		case p.early(tx):
		case v != nil && was.Lock == p.Lock:
			out = v
		default:
			out, err = s.Cases.Mover(tx, p.migration())
		}
		return err
	})
	return p, out, err
}

// try adds a batch to the report.
func (s *Service) try(ctx context.Context, p *Plan, v *cases.Mover) error {
	var looked []cases.Examined
	err := s.DB.Read(ctx, func(tx *db.Tx) (err error) {
		looked, err = v.Look(tx, p.cursor, batch)
		return err
	})
	if err != nil {
		return err
	}
	places := map[string]*Place{}
	var order []string
	for _, l := range looked {
		key, err := placeOf(l)
		if err != nil {
			return err
		}
		if places[key] == nil {
			places[key] = &Place{Stands: l.Stands, Prospect: l.Prospect}
			order = append(order, key)
		}
		places[key].Cases++
	}
	return s.step(ctx, p, func(tx *db.Tx, now *Plan) error {
		for _, key := range order {
			if err := addPlace(tx, p.ID, key, *places[key]); err != nil {
				return err
			}
		}
		if now.Seen += len(looked); len(looked) < batch {
			now.Run, now.Tried = Tried, tx.Now()
			return nil
		}
		now.cursor = looked[len(looked)-1].Case
		return nil
	})
}

// placeOf names cases that stand alike and have the same before them.
func placeOf(l cases.Examined) (string, error) {
	text, err := json.Marshal([]any{l.Marking, l.Prospect})
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:]), err
}

// step keeps what a batch came to, if the plan still stands where it stood before: else another worker, or a person, was
// faster, and it counts for nothing.
func (s *Service) step(ctx context.Context, was *Plan, fn func(*db.Tx, *Plan) error) error {
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		if err := job.Hold(tx); err != nil {
			return err
		}
		p, err := find(tx, was.ID, tx.ForUpdate())
		if err != nil || p.Lock != was.Lock || p.Run != was.Run || p.cursor != was.cursor {
			return err
		}
		if err := fn(tx, p); err != nil {
			return err
		}
		return change(tx, p)
	})
}

// errStopped says that the plan was stopped while its cases were carried over.
var errStopped = errors.New("migration: the plan was stopped")

// carry carries a batch of cases over, each in a unit of work of its own.
func (s *Service) carry(ctx context.Context, p *Plan, v *cases.Mover) error {
	var ids []int64
	err := s.DB.Read(ctx, func(tx *db.Tx) (err error) {
		ids, err = s.Cases.Following(tx, p.WasHash, p.cursor, batch)
		return err
	})
	if err != nil {
		return err
	}
	for _, id := range ids {
		if err := s.one(ctx, p, v, id); errors.Is(err, errStopped) {
			return nil
		} else if err != nil {
			return err
		}
	}
	return s.step(ctx, p, func(tx *db.Tx, now *Plan) error {
		if now.Seen += len(ids); len(ids) == batch {
			now.cursor = ids[len(ids)-1]
			return nil
		}
		now.State, now.Run, now.Lock = Done, Idle, now.Lock+1
		n, err := sums(tx, p.ID)
		if err != nil {
			return err
		}
		return s.evidence(tx, auth.Actor{Kind: auth.System}, "migration.done", now, map[string]any{"hash": now.Hash, "carried": n.Carried, "left": n.Left})
	})
}

// one carries a case over and keeps what became of it. One that is damaged does not keep the others waiting.
func (s *Service) one(ctx context.Context, p *Plan, v *cases.Mover, id int64) error {
	err := v.Migrate(ctx, id, func(tx *db.Tx, out cases.Carried) error {
		if err := s.goesOn(tx, p); err != nil {
			return err
		}
		return putCase(tx, p.ID, out)
	})
	if err == nil || ctx.Err() != nil || errors.Is(err, job.ErrLost) || errors.Is(err, errStopped) {
		return err
	}
	slog.ErrorContext(ctx, "a case could not be carried over", "case", id, "err", err)
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		if err := s.goesOn(tx, p); err != nil {
			return err
		}
		no, err := s.Cases.NumberOf(tx, id)
		if err != nil {
			return err
		}
		out := cases.Carried{Examined: cases.Examined{Case: id, No: no}}
		out.Prospect.Obstacles = []workflow.Obstacle{{Kind: cases.Damaged}}
		return putCase(tx, p.ID, out)
	})
}

// early reports whether the day on which the plan is to be carried out has not come.
func (p *Plan) early(tx *db.Tx) bool { return p.Run == Running && p.Since > calendar.DateOf(tx.Now()) }

// goesOn checks that the plan is still to be carried out, by this worker.
func (s *Service) goesOn(tx *db.Tx, was *Plan) error {
	if err := job.Hold(tx); err != nil {
		return err
	}
	p, err := find(tx, was.ID, "")
	if err == nil && (p.Run != Running || p.Hash != was.Hash || p.early(tx)) {
		err = errStopped
	}
	return err
}
