package scenario

import (
	"context"
	"fmt"
	"time"

	"onedoor.app/domain/cases"
	"onedoor.app/infra/auth"
)

type handing = func(ctx context.Context, who auth.Actor, draft int64, key string) (cases.Done, error)

// prepare makes what the scenario takes for given, by the same use cases and before its first day.
func (p *play) prepare() error {
	if len(p.sc.Events) == 0 {
		return fmt.Errorf("nothing happens in it")
	}
	first, err := instant(p.sc.Events[0].At)
	if err != nil {
		return err
	}
	switch p.sc.Events[0].Act {
	case cases.ActRemand:
		return p.before(first.AddDate(0, 0, -7), p.refusedBefore)
	case cases.ActTakeReferral:
		return p.before(first.AddDate(0, 0, -7), p.referredBefore)
	default:
		return nil
	}
}

// before plays a life that leads to the earlier case.
func (p *play) before(at time.Time, life func() error) error {
	if err := p.wait(at.Format(instantLayout)); err != nil {
		return err
	}
	if err := life(); err != nil {
		return fmt.Errorf("what came before: %w", err)
	}
	p.earlier, p.id, p.task = p.id, 0, 0
	return nil
}

// refusedBefore: a case that a ruling may have done again.
func (p *play) refusedBefore() error {
	if err := p.receive(event{}); err != nil {
		return err
	}
	return p.notAccept(event{Ground: cases.GroundOtherStatute, Reason: "不符合专门规定", Basis: "有关专门规定"})
}

// referredBefore: a case that the lower agency has examined and sent up.
func (p *play) referredBefore() error {
	terms := p.terms
	defer func() { p.terms = terms }()
	p.terms.FirstReview = true
	return p.all(
		event{Act: cases.ActReceive}, event{Act: cases.ActAccept}, event{Act: cases.ActBeginReview},
		event{Act: cases.ActReferUp, Opinion: "初步审查符合条件"},
	)
}

// all does one act after the other.
func (p *play) all(list ...event) error {
	for _, e := range list {
		if err := acts[e.Act](p, e); err != nil {
			return fmt.Errorf("%s: %w", e.Act, err)
		}
	}
	return nil
}
