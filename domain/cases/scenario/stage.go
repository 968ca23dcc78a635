package scenario

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"onedoor.app/domain/cases"
	"onedoor.app/engine/calendar"
	"onedoor.app/infra/auth"
)

type handing = func(ctx context.Context, who auth.Actor, draft int64, key string) (cases.Done, error)

// other is something that happens beside the case of the scenario.
type other struct {
	at string
	do func() error
}

// prepare makes what the scenario takes for given, by the same use cases and at the time at which it would have
// happened.
func (p *play) prepare() error {
	if len(p.sc.Events) == 0 {
		return fmt.Errorf("nothing happens in it")
	}
	opens, err := instant(p.sc.Events[0].At)
	if err != nil {
		return err
	}
	switch p.sc.Events[0].Act {
	case cases.ActRemand:
		p.before(opens.AddDate(0, 0, -7), p.refusedBefore)
	case cases.ActTakeReferral:
		p.before(opens.AddDate(0, 0, -7), p.referredBefore)
	}
	for _, b := range p.sc.Item.Bans {
		from, cal := b.From.Start().Add(10*time.Hour), p.Cases.Law.Cal
		switch b.Until {
		case cal.AddMonths(b.From, 12):
			p.before(from, p.falseBefore)
		case cal.AddMonths(b.From, 36):
			p.fraudBefore(from)
		default:
			return fmt.Errorf("a ban from %s until %s: those of the law last one year (78) or three (79)", b.From, b.Until)
		}
	}
	if err := p.certified(opens); err != nil {
		return err
	}
	if q := p.sc.Item.Quota; q != nil {
		if q.Left == 0 {
			p.before(opens.AddDate(0, -1, 0), func() error { return p.by(len(p.party)-2, p.holds) })
		}
		for i, a := range q.Queue {
			if i+1 >= len(p.party)-2 {
				return fmt.Errorf("more than %d in the queue", len(p.party)-3)
			}
			p.others = append(p.others, other{a.Accepted, func() error {
				return p.by(i+1, func() error { return p.queues(a.Qualified) })
			}})
		}
	}
	for i := range p.others { // with an offset, so that moments compare as texts
		at, err := instant(p.others[i].at)
		if err != nil {
			return err
		}
		p.others[i].at = at.In(calendar.Zone).Format(instantLayout)
	}
	slices.SortStableFunc(p.others, func(a, b other) int { return strings.Compare(a.at, b.at) })
	return nil
}

// before has a life played that leads to the earlier case.
func (p *play) before(at time.Time, life func() error) {
	p.others = append(p.others, other{at.In(calendar.Zone).Format(instantLayout), func() error {
		if err := life(); err != nil {
			return err
		}
		p.earlier, p.id, p.task = p.id, 0, 0
		return nil
	}})
}

// meanwhile plays what others do before a moment.
func (p *play) meanwhile(until string) error {
	for len(p.others) > 0 && p.others[0].at < until {
		next := p.others[0]
		p.others = p.others[1:]
		if err := p.wait(next.at); err != nil {
			return err
		}
		if err := next.do(); err != nil {
			return fmt.Errorf("what came before, at %s: %w", next.at, err)
		}
	}
	return nil
}

// by plays something in the name of another party, and returns to the case of the scenario.
func (p *play) by(turn int, do func() error) error {
	id, task, whose := p.id, p.task, p.turn
	defer func() { p.id, p.task, p.turn = id, task, whose }()
	p.id, p.task, p.turn = 0, 0, turn
	return do()
}

// with plays something under other terms of the item.
func (p *play) with(change func(*cases.Terms), do func() error) error {
	terms := p.terms
	defer func() { p.terms = terms }()
	change(&p.terms)
	return do()
}

// certified gives the applicant the certificate that the scenario takes for given, as long before its last day as it is
// valid. Unless it is to be renewed the scenario happens to that certificate and to no case of its own.
func (p *play) certified(opens time.Time) error {
	c := p.sc.Item.Certificate
	if c == nil {
		return nil
	}
	at := opens.AddDate(-1, 0, 0)
	if n := p.sc.Item.ValidityMonths; n > 0 && c.Expires != 0 {
		at = p.Cases.Law.Cal.AddMonths(c.Expires+1, -n).Start().Add(10 * time.Hour)
	}
	if !at.Before(opens) {
		return fmt.Errorf("a certificate valid for %d months until %s would be younger than what happens", p.sc.Item.ValidityMonths, c.Expires)
	}
	p.others = append(p.others, other{at.In(calendar.Zone).Format(instantLayout), func() error {
		plain := func(t *cases.Terms) { t.Renewal, t.Quota = false, false }
		err := p.with(plain, func() error {
			p.variant = first
			defer func() { p.variant = "" }()
			return p.all(
				event{Act: cases.ActReceive}, event{Act: cases.ActAccept}, event{Act: cases.ActBeginReview}, event{Act: cases.ActGrant},
				event{Act: cases.ActMakeCertificate, Until: c.Expires},
			)
		})
		if err != nil || !p.sc.Item.Renewal {
			p.bare = err == nil
			return err
		}
		p.id, p.task = 0, 0
		return nil
	}})
	switch c.State {
	case "", cases.CertificateValid:
		return nil
	case cases.CertificateSuspended:
		p.others = append(p.others, other{opens.Add(-time.Hour).In(calendar.Zone).Format(instantLayout), func() error {
			return p.all(event{Act: cases.ActSuspendCertificate, Ground: "penalty"})
		}})
		return nil
	default:
		return fmt.Errorf("a certificate that is %s at the beginning", c.State)
	}
}

// change applies for another version of the certificate and has it granted and made within the moment. The certificate
// lives on in the case that made it.
func (p *play) change(event) (err error) {
	id, task := p.id, p.task
	p.variant = change
	defer func() {
		if p.variant = ""; err != nil {
			p.id, p.task = id, task
		}
	}()
	p.task = 0
	for _, do := range []func(event) error{p.receive, p.accept, p.review, p.decide} {
		if err := do(event{Act: cases.ActGrant}); err != nil {
			return err
		}
	}
	return p.Make(p.ctx, p.who("", issuer), p.id, 0)
}

// refusedBefore: a case that a ruling may have done again.
func (p *play) refusedBefore() error {
	return p.all(event{Act: cases.ActReceive}, event{
		Act: cases.ActNotAccept, Ground: cases.GroundOtherStatute, Reason: "不符合专门规定", Basis: "有关专门规定",
	})
}

// referredBefore: a case that the lower agency has examined and sent up.
func (p *play) referredBefore() error {
	return p.with(func(t *cases.Terms) { t.FirstReview = true }, func() error {
		return p.all(
			event{Act: cases.ActReceive}, event{Act: cases.ActAccept}, event{Act: cases.ActBeginReview},
			event{Act: cases.ActReferUp, Opinion: "初步审查符合条件"},
		)
	})
}

// falseBefore: an application with false materials, which bars the applicant (78).
func (p *play) falseBefore() error {
	return p.all(event{Act: cases.ActReceive}, event{
		Act: cases.ActNotAccept, Ground: cases.GroundFalseMaterials, Reason: "提供虚假材料",
	})
}

// fraudBefore: a certificate got by fraud, which was annulled at the moment (79).
func (p *play) fraudBefore(annulled time.Time) {
	var id int64
	p.before(annulled.AddDate(-1, 0, 0), func() error {
		err := p.all(
			event{Act: cases.ActReceive}, event{Act: cases.ActAccept}, event{Act: cases.ActBeginReview}, event{Act: cases.ActGrant},
			event{Act: cases.ActMakeCertificate},
		)
		id = p.id
		return err
	})
	p.before(annulled, func() error {
		p.id = id
		return p.all(event{Act: cases.ActAnnul, Ground: "fraud", Heard: true})
	})
}

// holds: somebody who was granted one of a limited number.
func (p *play) holds() error {
	return p.all(event{Act: cases.ActReceive}, event{Act: cases.ActAccept}, event{Act: cases.ActBeginReview}, event{Act: cases.ActGrant})
}

// queues: somebody who was accepted and waits for the decision.
func (p *play) queues(qualified bool) error {
	if err := p.all(event{Act: cases.ActReceive}, event{Act: cases.ActAccept}); err != nil || qualified {
		return err
	}
	return p.conclude(event{}, cases.Disagree)
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
