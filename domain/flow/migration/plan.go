package migration

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"onedoor.app/domain/flow"
	"onedoor.app/engine/calendar"
	"onedoor.app/engine/job"
	"onedoor.app/engine/once"
	"onedoor.app/engine/workflow"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

// mostWords bounds what people write, mostAhead how far ahead a plan may begin, in days.
const (
	mostWords = 120
	mostAhead = 366
)

// Begin makes a plan between two versions of a definition, with the steps that go on under the same id matched, for whoever
// holds migration.keep. Versions that there are not, one and the same, the older one as the newer, or a newer one that was
// withdrawn are an Invalid fault by field (was, now); another plan for the same older version that is not over is the Conflict fault migration.twice.
func (s *Service) Begin(ctx context.Context, who auth.Actor, key, flowID string, was, now int) (id int64, err error) {
	if !who.May(Keep) {
		return 0, fault.New(fault.Forbidden, "right.missing")
	}
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		return once.Do(tx, who, "migration.begin", key, []any{flowID, was, now}, &id, func() error {
			d, err := s.Flows.Definition(tx, flowID)
			if err != nil {
				return err
			}
			p := &Plan{
				ID: tx.NewID(), Flow: d.ID, Was: was, Now: now, Since: calendar.DateOf(tx.Now()), State: Drafted, Lock: 1,
				Author: personOf(who), Moved: tx.Now(),
			}
			from, to, first, err := s.versions(tx, p)
			if err != nil {
				return err
			}
			p.Since = max(p.Since, first)
			if open, err := isOpen(tx, flowID, was); err != nil {
				return err
			} else if open {
				return fault.New(fault.Conflict, "migration.twice")
			}
			p.WasHash, p.NowHash, p.Nodes = from.Hash(), to.Hash(), workflow.Match(from, to, nil)
			if err := insert(tx, p); err != nil {
				return err
			}
			id = p.ID
			if err := insertEditor(tx, p.ID, who.Staff); err != nil {
				return err
			}
			return s.evidence(tx, who, "migration.begin", p, map[string]any{"was": was, "now": now})
		})
	})
	return id, err
}

func personOf(who auth.Actor) flow.Person { return flow.Person{Staff: who.Staff, Name: who.Name} }

// versions reads the drawings that a plan is about; first is the day on which the newer one comes into force.
func (s *Service) versions(tx *db.Tx, p *Plan) (from, to *workflow.Def, first calendar.Date, err error) {
	bad := fault.Fields{}
	read := func(field string, number int) *workflow.Def {
		v, other := s.Flows.Version(tx, p.Flow, number)
		if other != nil && !fault.Is(other, fault.Unknown) {
			err = other
		}
		def, wrong := workflow.Compile(v.Source)
		bad.Need(other == nil && wrong == nil && (field == "was" || !v.Withdrawn), field, "migration.wrong."+field)
		if field == "now" {
			first = v.Since
		}
		return def
	}
	from, to = read("was", p.Was), read("now", p.Now)
	bad.Need(p.Was <= p.Now, "now", "migration.wrong.older")
	bad.Need(p.Was != p.Now, "now", "migration.wrong.same")
	if err == nil {
		err = bad.Err()
	}
	return from, to, first, err
}

func (s *Service) evidence(tx *db.Tx, who auth.Actor, act string, p *Plan, facts map[string]any) error {
	if s.Log == nil {
		return nil
	}
	facts["plan"], facts["lock"], facts["staff"] = p.ID, p.Lock, who.Staff
	return s.Log(tx, who, act, flow.Chain(p.Flow), facts)
}

// act does something to a plan once, however often it is sent, and keeps the evidence. on is the lock of what was looked at,
// and another one is the Stale fault migration.stale.
func (s *Service) act(ctx context.Context, who auth.Actor, right, act, key string, id int64, on int, fn func(*db.Tx, *Plan) (map[string]any, error), asked ...any) error {
	if !who.May(right) {
		return fault.New(fault.Forbidden, "right.missing")
	}
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		var done struct{}
		return once.Do(tx, who, act, key, append(asked, id, on), &done, func() error {
			p, err := find(tx, id, tx.ForUpdate())
			if err != nil {
				return err
			}
			if p.Lock != on {
				return fault.New(fault.Stale, "migration.stale")
			}
			facts, err := fn(tx, p)
			if err != nil {
				return err
			}
			p.Lock++
			p.Moved = tx.Now()
			if err := change(tx, p); err != nil {
				return err
			}
			return s.evidence(tx, who, act, p, facts)
		})
	})
}

// Save keeps the map, the reason and the day, and has the dry run done anew. known says which element goes on as which; what
// it does not name is matched. Elements that there are not are an Invalid fault of the field map, words that are missing of
// reason, a day in the past, far ahead, or before the newer version is in force of since.
func (s *Service) Save(ctx context.Context, who auth.Actor, key string, id int64, on int, known workflow.Map, reason string, since calendar.Date) error {
	reason = strings.TrimSpace(reason)
	return s.act(ctx, who, Keep, "migration.save", key, id, on, func(tx *db.Tx, p *Plan) (map[string]any, error) {
		if !p.State.editable() {
			return nil, fault.New(fault.Conflict, "migration.submitted")
		}
		from, to, first, err := s.versions(tx, p)
		if err != nil {
			return nil, err
		}
		today := calendar.DateOf(tx.Now())
		bad := fault.Fields{}
		bad.Need(fits(from, to, known), "map", "migration.wrong.map")
		bad.Need(reason != "" && utf8.RuneCountInString(reason) <= mostWords, "reason", "migration.wrong.reason")
		bad.Need(since >= today && since <= today+mostAhead, "since", "migration.wrong.since")
		bad.Need(since >= first, "since", "migration.wrong.first")
		if err := bad.Err(); err != nil {
			return nil, err
		}
		p.Nodes, p.Reason, p.Since, p.State, p.Author = workflow.Match(from, to, known), reason, since, Drafted, personOf(who)
		if err := insertEditor(tx, id, who.Staff); err != nil {
			return nil, err
		}
		return map[string]any{"nodes": p.Nodes.Short(), "reason": reason, "since": since.String()}, s.begin(tx, p, Trying, time.Time{})
	}, known, reason, since)
}

// fits reports whether a map names elements that there are.
func fits(from, to *workflow.Def, m workflow.Map) bool {
	for id, at := range m {
		if from.Node(id) == nil || at != "" && to.Node(at) == nil {
			return false
		}
	}
	return true
}

// begin has the job look at every case from the first on.
func (s *Service) begin(tx *db.Tx, p *Plan, run Run, at time.Time) error {
	total, _, err := s.Cases.Pinned(tx, p.WasHash)
	if err != nil {
		return err
	}
	if run == Trying {
		if err := removePlaces(tx, p.ID); err != nil {
			return err
		}
	}
	p.Run, p.Total, p.Seen, p.cursor = run, total, 0, 0
	return job.Add(tx, jobRun, at, task{p.ID})
}

// Submit hands a plan that was tried to approval. While the dry run is not done it is the Conflict fault migration.untried;
// where no case could be carried over, migration.nothing.
func (s *Service) Submit(ctx context.Context, who auth.Actor, key string, id int64, on int) error {
	return s.act(ctx, who, Keep, "migration.submit", key, id, on, func(tx *db.Tx, p *Plan) (map[string]any, error) {
		if !p.State.editable() {
			return nil, fault.New(fault.Conflict, "migration.submitted")
		}
		n, err := sums(tx, id)
		switch {
		case err != nil:
			return nil, err
		case p.Run != Tried:
			return nil, fault.New(fault.Conflict, "migration.untried")
		case n.Fit == 0:
			return nil, fault.New(fault.Conflict, "migration.nothing")
		}
		p.State, p.Remark = Submitted, ""
		return map[string]any{"fit": n.Fit, "unfit": n.Unfit}, insertEditor(tx, id, who.Staff)
	})
}

// Retract takes a submitted plan back, for whoever holds migration.keep.
func (s *Service) Retract(ctx context.Context, who auth.Actor, key string, id int64, on int) error {
	return s.act(ctx, who, Keep, "migration.retract", key, id, on, func(_ *db.Tx, p *Plan) (map[string]any, error) {
		if p.State != Submitted {
			return nil, fault.New(fault.Conflict, "migration.not_submitted")
		}
		p.State = Drafted
		return map[string]any{}, nil
	})
}

// Return sends a submitted plan back with words, for whoever holds migration.approve.
func (s *Service) Return(ctx context.Context, who auth.Actor, key string, id int64, on int, remark string) error {
	remark, err := words(remark, "remark")
	if err != nil {
		return err
	}
	return s.act(ctx, who, Approve, "migration.return", key, id, on, func(_ *db.Tx, p *Plan) (map[string]any, error) {
		if p.State != Submitted {
			return nil, fault.New(fault.Conflict, "migration.not_submitted")
		}
		p.State, p.Remark = Returned, remark
		return map[string]any{"remark": remark}, nil
	}, remark)
}

// ApprovePlan has the cases carried over from the day of the plan on, for whoever holds migration.approve and had no hand in
// it: else it is the Forbidden fault migration.own.
func (s *Service) ApprovePlan(ctx context.Context, who auth.Actor, key string, id int64, on int) error {
	return s.act(ctx, who, Approve, "migration.approve", key, id, on, func(tx *db.Tx, p *Plan) (map[string]any, error) {
		if p.State != Submitted {
			return nil, fault.New(fault.Conflict, "migration.not_submitted")
		}
		own, err := isEditor(tx, id, who.Staff)
		if err != nil {
			return nil, err
		}
		if own {
			return nil, fault.New(fault.Forbidden, "migration.own")
		}
		_, _, first, err := s.versions(tx, p) // the newer one may have been withdrawn since
		if err != nil {
			return nil, err
		}
		if p.Since < first {
			return nil, fault.Fields{"since": "migration.wrong.first"}.Err()
		}
		p.State, p.Approver, p.Hash = Approved, personOf(who), p.hash()
		at := p.Since.Start()
		if at.Before(tx.Now()) {
			at = tx.Now()
		}
		return map[string]any{"hash": p.Hash, "approver": who.Staff, "from": p.WasHash, "to": p.NowHash}, s.begin(tx, p, Running, at)
	})
}

// MayApprove reports whether somebody may approve a plan as it stands.
func (s *Service) MayApprove(tx *db.Tx, who auth.Actor, p *Plan) (bool, error) {
	if !who.May(Approve) || p.State != Submitted {
		return false, nil
	}
	own, err := isEditor(tx, p.ID, who.Staff)
	return !own, err
}

// Stop ends a plan with words, for whoever holds migration.keep: no further case is carried over. Those that were stay so.
func (s *Service) Stop(ctx context.Context, who auth.Actor, key string, id int64, on int, remark string) error {
	remark, err := words(remark, "remark")
	if err != nil {
		return err
	}
	return s.act(ctx, who, Keep, "migration.stop", key, id, on, func(_ *db.Tx, p *Plan) (map[string]any, error) {
		if p.State.over() {
			return nil, fault.New(fault.Conflict, "migration.over")
		}
		p.State, p.Run, p.Remark = Stopped, Idle, remark
		return map[string]any{"remark": remark}, nil
	}, remark)
}

// Again tries the cases that stayed in the older version once more, and those that came to it since, by the plan as it was
// approved: they may have gone on to where they can be carried over. For whoever holds migration.keep. A newer version that was
// withdrawn since is an Invalid fault of the field now.
func (s *Service) Again(ctx context.Context, who auth.Actor, key string, id int64, on int) error {
	return s.act(ctx, who, Keep, "migration.again", key, id, on, func(tx *db.Tx, p *Plan) (map[string]any, error) {
		if p.State != Done {
			return nil, fault.New(fault.Conflict, "migration.not_done")
		}
		if _, _, _, err := s.versions(tx, p); err != nil {
			return nil, err
		}
		p.State = Approved
		return map[string]any{}, s.begin(tx, p, Running, time.Time{})
	})
}

func words(text, field string) (string, error) {
	text = strings.TrimSpace(text)
	bad := fault.Fields{}
	bad.Need(text != "" && utf8.RuneCountInString(text) <= mostWords, field, "migration.wrong.words")
	return text, bad.Err()
}
