package catalog

import (
	"context"
	"slices"

	"onedoor.app/engine/calendar"
	"onedoor.app/engine/job"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

// mentions lists the codes of other items and of certificates that an item refers to.
func (it *Item) mentions() []string {
	var codes []string
	add := func(code string) {
		if code != "" && !slices.Contains(codes, code) {
			codes = append(codes, code)
		}
	}
	effects := func(list []Effect) {
		for _, e := range list {
			if e.Op == OpRedirectItem || e.Op == OpSuggestItem {
				add(e.Target)
			}
		}
	}
	for _, q := range it.Situations {
		for _, o := range q.Options {
			effects(o.Effects)
		}
	}
	for _, r := range it.Rules {
		effects(r.Effects)
	}
	for _, m := range it.Materials {
		for _, code := range m.ReplacedBy {
			add(code)
		}
	}
	add(it.Result.Certificate)
	if it.ActsOn != nil {
		add(it.ActsOn.Certificate)
	}
	return codes
}

// Submit hands a change to review with the reason for it, for whoever holds catalog.keep,
// and who has then had a hand in it. What keeps it from being published is the Invalid
// fault catalog.change.problems; Problems tells it all. A change that says nothing new is
// the Conflict fault catalog.change.same.
func (s *Service) Submit(ctx context.Context, who auth.Actor, id int64, lock int, reason string) (*Change, error) {
	reason, err := wordsOf(reason, "reason", true)
	if err != nil {
		return nil, err
	}
	if err := s.tryChange(ctx, id); err != nil {
		return nil, err
	}
	same := func(c *Change) bool { return c.Reason == reason }
	return s.act(ctx, who, id, lock, ActSubmit, same, func(tx *db.Tx, c *Change) (map[string]any, error) {
		wrong, err := s.Problems(tx, c)
		if err != nil {
			return nil, err
		}
		if len(wrong) > 0 {
			return nil, fault.New(fault.Invalid, "catalog.change.problems", "n", len(wrong))
		}
		if !c.New() {
			now, err := s.Current(tx, c.Code)
			if err != nil {
				return nil, err
			}
			if len(Diff(now, c.Item)) == 0 {
				return nil, fault.New(fault.Conflict, "catalog.change.same")
			}
		}
		c.older, c.Overtaken, c.Remark, c.Reason = nil, false, "", reason
		return map[string]any{"reason": reason}, addEditor(tx, c, who)
	})
}

// Return sends a change back with words, for whoever holds catalog.review.
func (s *Service) Return(ctx context.Context, who auth.Actor, id int64, lock int, remark string) (*Change, error) {
	remark, err := wordsOf(remark, "remark", true)
	if err != nil {
		return nil, err
	}
	same := func(c *Change) bool { return c.Remark == remark }
	return s.act(ctx, who, id, lock, ActReturn, same, func(_ *db.Tx, c *Change) (map[string]any, error) {
		c.Remark, c.Reviewer = remark, personOf(who)
		return map[string]any{"remark": remark}, nil
	})
}

// Approve lets a change come into force on a civil day of China, today or later, at
// 00:00, for whoever holds catalog.review and had no hand in it. With the day of today it
// is in force at once. A day that is past or far off is an Invalid fault of the field
// effective.
func (s *Service) Approve(ctx context.Context, who auth.Actor, id int64, lock int, effective calendar.Date, remark string) (*Change, error) {
	remark, err := wordsOf(remark, "remark", false)
	if err != nil {
		return nil, err
	}
	if err := s.tryChange(ctx, id); err != nil {
		return nil, err
	}
	same := func(c *Change) bool { return c.Remark == remark && c.Effective == effective }
	return s.act(ctx, who, id, lock, ActApprove, same, func(tx *db.Tx, c *Change) (map[string]any, error) {
		today := calendar.DateOf(tx.Now())
		bad := fault.Fields{}
		bad.Need(effective >= today && effective <= today+mostAhead, "effective", "catalog.change.effective")
		bad.Need(c.Item.From == "" || c.Item.From <= effective.String(), "effective", "catalog.change.before_from")
		if err := bad.Err(); err != nil {
			return nil, err
		}
		wrong, err := s.Problems(tx, c) // what it refers to may have gone since
		if err != nil {
			return nil, err
		}
		if len(wrong) > 0 {
			return nil, fault.New(fault.Invalid, "catalog.change.problems", "n", len(wrong))
		}
		c.Remark, c.Reviewer, c.Effective = remark, personOf(who), effective
		return map[string]any{"effective": effective, "remark": remark}, nil
	})
}

// WithdrawChange ends a change that is not in force yet, for whoever holds catalog.keep.
func (s *Service) WithdrawChange(ctx context.Context, who auth.Actor, id int64, lock int) (*Change, error) {
	same := func(*Change) bool { return true }
	return s.act(ctx, who, id, lock, ActWithdraw, same, func(*db.Tx, *Change) (map[string]any, error) { return map[string]any{}, nil })
}

// act does one act on a change: once, however often it is sent. same reports whether a change on which the act was done is
// as this sending asks for: one that asks for something else comes too late.
func (s *Service) act(ctx context.Context, who auth.Actor, id int64, lock int, a ChangeAct, same func(*Change) bool, fn func(*db.Tx, *Change) (map[string]any, error)) (c *Change, err error) {
	err = s.DB.Write(ctx, func(tx *db.Tx) (err error) {
		if c, err = lockChange(tx, id); err != nil {
			return err
		}
		if c.done(who, lock, a) && same(c) {
			return nil
		}
		number, err := findCurrentNumber(tx, c.Code)
		if err != nil {
			return err
		}
		if err := c.Bar(who, a, number != c.Began); err != nil {
			return err
		}
		if c.Lock != lock {
			return c.stale()
		}
		facts, err := fn(tx, c)
		if err != nil {
			return err
		}
		if err := s.move(tx, who, c, a); err != nil {
			return err
		}
		if err := s.keepEvidence(tx, who, c, "catalog.change_"+string(a), facts); err != nil || a != ActApprove {
			return err
		}
		if c.Effective <= calendar.DateOf(tx.Now()) {
			return s.enforce(tx, c)
		}
		return job.Add(tx, enforceJob, c.Effective.Start(), dueChange{c.ID})
	})
	if db.IsUnique(err) { // another change made the same new item at the same moment
		err = fault.New(fault.Conflict, "catalog.change.overtaken")
	}
	return c, err
}

// enforceJob brings an approved change in force on its day.
const enforceJob = "catalog.enforce"

type dueChange struct{ Change int64 }

// Enforce brings a change in force if its day has come, and sends it back where something keeps it from that by now; fired
// twice or too early it does nothing. After a stop of the program it catches up.
func (s *Service) Enforce(ctx context.Context, id int64) error {
	if err := s.tryChange(ctx, id); err != nil {
		return err
	}
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		c, err := lockChange(tx, id)
		if err != nil || c.State != ChangeApproved || c.Effective > calendar.DateOf(tx.Now()) {
			return err
		}
		wrong, err := s.Problems(tx, c) // what it refers to may have gone since
		if err != nil {
			return err
		}
		if len(wrong) > 0 {
			return s.sendBack(tx, c, map[string]any{"problems": wrong})
		}
		return s.enforce(tx, c)
	})
}

func (s *Service) runEnforce(ctx context.Context, body []byte) error {
	due, err := job.Decode[dueChange](body)
	if err != nil {
		return err
	}
	return s.Enforce(ctx, due.Change)
}

// enforce publishes what was approved, in the name of who approved it. A change that
// another version has overtaken goes back instead of undoing it.
func (s *Service) enforce(tx *db.Tx, c *Change) error {
	system := auth.Actor{Kind: auth.System}
	if err := lockItem(tx, c.Code); err != nil && !fault.Is(err, fault.Unknown) {
		return err
	}
	before, err := listStanding(tx, []string{c.Code}, originPage)
	if err != nil {
		return err
	}
	now := before[c.Code]
	if now.number != c.Began {
		return s.overtake(tx, c)
	}
	templates, err := s.TemplatesFor(tx, c.Item)
	if err != nil {
		return err
	}
	next, err := clone(c.Item)
	if err != nil {
		return err
	}
	sources, err := next.drawAll(templates)
	if err != nil {
		return err
	}
	hash, err := next.hash()
	if err != nil {
		return err
	}
	by := auth.Actor{ID: c.Reviewer.Staff, Kind: auth.Staff, Staff: c.Reviewer.Staff, Name: c.Reviewer.Name}
	since := c.Effective.Start()
	if calendar.DateOf(tx.Now()) == c.Effective && c.act == ActApprove && c.Moved.Equal(tx.Now()) {
		since = tx.Now() // approved on the very day: not in force before that
	}
	if err := s.publishFrom(tx, by, originPage, next, hash, now, sources, since); err != nil {
		return err
	}
	c.Version = next.ID
	if err := s.move(tx, system, c, ActEnforce); err != nil {
		return err
	}
	if err := s.keepEvidence(tx, system, c, "catalog.change_enforce", map[string]any{"version": next.Version, "since": since.UnixMilli(), "published": hash, "reviewer": by.ID}); err != nil {
		return err
	}
	return s.overtakeAll(tx, []string{c.Code})
}

// overtakeAll sends back what was approved for items of which another version has come in
// force.
func (s *Service) overtakeAll(tx *db.Tx, codes []string) error {
	ids, err := listApproved(tx, codes)
	if err != nil {
		return err
	}
	return s.overtakeThese(tx, ids)
}

// overtakeStaged is overtakeAll for the items of an import.
func (s *Service) overtakeStaged(tx *db.Tx, id int64) error {
	ids, err := listApprovedOf(tx, id)
	if err != nil {
		return err
	}
	return s.overtakeThese(tx, ids)
}

func (s *Service) overtakeThese(tx *db.Tx, ids []int64) error {
	for _, id := range ids {
		c, err := lockChange(tx, id)
		if err == nil {
			err = s.overtake(tx, c)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// overtake sends a change back because another version came in force before its day.
func (s *Service) overtake(tx *db.Tx, c *Change) error {
	c.Overtaken = true
	return s.sendBack(tx, c, map[string]any{"began": c.Began})
}

// sendBack returns what was approved and cannot come in force.
func (s *Service) sendBack(tx *db.Tx, c *Change, facts map[string]any) error {
	system := auth.Actor{Kind: auth.System}
	if err := s.move(tx, system, c, ActOvertake); err != nil {
		return err
	}
	return s.keepEvidence(tx, system, c, "catalog.change_overtake", facts)
}
