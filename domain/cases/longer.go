package cases

import (
	"context"
	"slices"
	"strings"

	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

// ActAskLonger is no act of the law: whoever reviews a case asks the head of the authority to lengthen its limit (报请延长).
// The limit moves only when the head extends it (Art. 42).
const ActAskLonger Act = "ask_extension"

// AskLonger keeps that somebody who reviews the case asks for an extension, and why; the applicant does not see it.
// Faults: Forbidden for who does not review it; what ExplainAskLonger says; a reason of fewer than four characters is
// cases.reason_missing.
func (s *Service) AskLonger(ctx context.Context, who auth.Actor, on On, reason string) (Done, error) {
	reason = strings.TrimSpace(reason)
	return s.change(ctx, who, string(ActAskLonger), on, reason, func(ch *change) error {
		if err := s.ExplainAskLonger(ch.tx, who, ch.c); err != nil {
			return err
		}
		bad := fault.Fields{}
		bad.Need(len([]rune(reason)) >= 4, "reason", "cases.reason_missing")
		bad.Need(len([]rune(reason)) <= 500, "reason", "cases.ask_long")
		if err := bad.Err(); err != nil {
			return err
		}
		return ch.do(move{act: string(ActAskLonger), note: reason, hidden: true})
	})
}

// ExplainAskLonger says why the actor cannot ask for an extension now; nil: they can. Faults: Forbidden for who does not
// review the case, Unknown where its item is never extended, cases.longer_asked where the head has been asked already,
// else the law's reason.
func (s *Service) ExplainAskLonger(tx *db.Tx, who auth.Actor, c *Case) error {
	if err := s.may(tx, who, mayConduct, c, ""); err != nil {
		return err
	}
	if _, ok := lawful(c.Matter, ActExtend); !ok || c.Matter.Terms.Extension == 0 {
		return fault.New(fault.Unknown, "cases.law.illegal_pair")
	}
	law, err := s.law(tx)
	if err != nil {
		return err
	}
	l := Longer{Days: 1, Reason: "—"}
	if c.Matter.Terms.Joint {
		l.Approval = "—"
	}
	if _, _, no := law.Apply(c.Matter, ActExtend, l.input(who), tx.Now()); no != nil {
		return refused(no)
	}
	trail, err := listTrail(tx, c.ID)
	if err == nil && slices.ContainsFunc(trail, func(t Trail) bool { return t.Act == string(ActAskLonger) }) {
		err = fault.New(fault.Conflict, "cases.longer_asked")
	}
	return err
}

// LongerAsked is the request for an extension that waits for the head, nil if none does. An extension happens once, so
// that one answers every request.
func (v *View) LongerAsked() *Trail {
	if v.Matter.Extension != nil {
		return nil
	}
	i := slices.IndexFunc(v.Trail, func(t Trail) bool { return t.Act == string(ActAskLonger) })
	if i < 0 {
		return nil
	}
	return &v.Trail[i]
}

// LongerWaiting lists the cases of which the actor, as head of the authority, was asked to lengthen the limit and has not,
// the one due first on top.
func (s *Service) LongerWaiting(tx *db.Tx, who auth.Actor, limit int) ([]Row, error) {
	if !who.Has("leader") {
		return nil, nil
	}
	q := &query{}
	q.scope(who)
	bodies := []string{who.Unit}
	for _, p := range who.Posts {
		bodies = append(bodies, p.Unit)
	}
	q.among("c.body", bodies)
	q.among("c.state", []string{string(StateAccepted), string(StateReviewing), string(StateSpecial)})
	q.and("EXISTS (SELECT 1 FROM cases_trail t WHERE t.case_id = c.id AND t.act = " + q.place(string(ActAskLonger)) + ")")
	q.and("NOT EXISTS (SELECT 1 FROM cases_trail t WHERE t.case_id = c.id AND t.act = " + q.place(string(ActExtend)) + ")")
	return db.All(tx, (*Row).columns, selectRow+` FROM cases c WHERE c.live AND `+q.text()+
		` ORDER BY c.light_due, c.id LIMIT `+q.place(limit), q.args...)
}
