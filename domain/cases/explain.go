package cases

import (
	"onedoor.app/engine/calendar"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

// Choice is one act that a page offers, with the reason why it is not possible
// now; Why is nil when it is. It is answered by the same code that performs the
// act, so that a button never lies.
type Choice struct {
	Act       Act
	Why       error
	Basis     string // of the law's rule
	Procedure bool   // done by Perform
}

// Explain says which acts of the window, the reviewer or the applicant are
// possible on a case now, for whoever asks. Acts that are not the actor's
// business are left out.
func (s *Service) Explain(tx *db.Tx, who auth.Actor, c *Case) ([]Choice, error) {
	list, err := listMaterials(tx, c.ID)
	if err != nil {
		return nil, err
	}
	law, err := s.law(tx)
	if err != nil {
		return nil, err
	}
	var out []Choice
	add := func(act Act, action, post string, in Input, before error) error {
		why := s.may(tx, who, action, c, post)
		if fault.Is(why, fault.Forbidden) && fault.Code(why) != "cases.same_person" {
			return nil
		}
		if why == nil {
			why = before
		}
		if why == nil {
			if err := s.known(tx, c, act, &in, false); err != nil {
				return err
			}
			if _, _, refusal := law.Apply(c.Matter, act, in, tx.Now()); refusal != nil {
				why = s.words(tx, c, refused(refusal))
			}
		}
		if _, ok := lawful(c.Matter, act); !ok && why != nil {
			return nil // the state has nothing to do with this act
		}
		rule, _ := RuleOf(act)
		out = append(out, Choice{Act: act, Why: why, Basis: rule.BasisOf(c.Matter.Terms.Kind)})
		return nil
	}
	if who.Kind == auth.Applicant {
		role := RoleApplicant
		if err := add(ActWithdraw, mayWithdraw, "", Input{Role: role, Signed: true}, nil); err != nil {
			return nil, err
		}
		more, err := s.explainProcedures(tx, who, c)
		return append(out, more...), err
	}
	it, err := s.Catalog.Version(tx, c.ItemVersion)
	if err != nil {
		return nil, err
	}
	law.date(c, it.Resolve(c.Answers), list, tx.Now())
	accept, why := acceptInput(list)
	accept.By, accept.Role = who.Staff, RoleReceiver
	if held := c.Matter.Certificate; held != nil { // as if its original said what was declared
		read := Original{Seen: true, Until: held.Expires}
		if read.Until == 0 && c.Matter.Terms.Renewal {
			read.Until = today(tx)
		}
		read.input(c.Matter, &accept)
	}
	fixed := c.Matter.clone()
	if why == nil { // what came at the window is struck off first, as Accept does
		for _, m := range list {
			if m.Verdict == Pass || m.Verdict == Unneeded {
				fixed.Lacking = without(fixed.Lacking, m.Key)
			}
		}
	}
	real := c.Matter
	c.Matter = fixed
	err = add(ActAccept, mayAccept, "", accept, why)
	c.Matter = real
	if err != nil {
		return nil, err
	}
	ch := &change{s: s, tx: tx, who: who, c: c, law: law}
	notice, in := ch.noticeInput(list, 0)
	var notYet error
	if len(in.List) == 0 {
		notYet = fault.New(fault.Conflict, "cases.nothing_to_correct")
	}
	if len(keysOf(Unjudged, list)) > 0 {
		notYet = fault.New(fault.Conflict, "cases.not_all_judged")
	}
	if err := add(notice, mayAccept, "", in, notYet); err != nil {
		return nil, err
	}
	reason := Input{Role: RoleReceiver, Reason: "—", Ground: GroundFalseMaterials, Remedies: true}
	if err := add(ActNotAccept, mayAccept, "", reason, nil); err != nil {
		return nil, err
	}
	if err := s.explainTasks(tx, who, c, add); err != nil {
		return nil, err
	}
	more, err := s.explainProcedures(tx, who, c)
	return append(out, more...), err
}

// explainTasks adds the decisions at the tasks that wait at the actor's posts.
func (s *Service) explainTasks(tx *db.Tx, who auth.Actor, c *Case, add func(Act, string, string, Input, error) error) error {
	tasks, err := listTasks(tx, c.ID)
	if err != nil {
		return err
	}
	law, err := s.law(tx)
	if err != nil {
		return err
	}
	for _, t := range tasks {
		if _, mine := who.Holds(t.Post); !t.Closed.IsZero() || !mine || t.Slot != "decide" {
			continue
		}
		real := c.Matter
		if c.State() == StateAccepted && !c.Matter.Has(FlagPledged) { // Decide begins the review first
			if m, _, no := law.Apply(c.Matter, ActBeginReview, Input{By: who.Staff, Role: RoleReviewer}, tx.Now()); no == nil {
				c.Matter = m
			}
		}
		err := add(ActGrant, mayDecide, t.Post, Input{By: who.Staff, Role: RoleDecider}, nil)
		if err == nil {
			err = add(ActRefuse, mayDecide, t.Post, Input{By: who.Staff, Role: RoleDecider, Reason: "—", Basis: "—", Standard: "—", Remedies: true}, nil)
		}
		c.Matter = real
		if err != nil {
			return err
		}
	}
	return nil
}

// acceptInput is what Accept tells the law, or why it cannot.
func acceptInput(list []Material) (Input, error) {
	in := Input{}
	for _, m := range list {
		switch m.Verdict {
		case Unjudged:
			return in, fault.New(fault.Conflict, "cases.not_all_judged")
		case Correct:
			return in, fault.New(fault.Conflict, "cases.still_to_correct")
		case Tolerate:
			due, err := calendar.ParseDate(m.Due)
			if err != nil {
				return in, err
			}
			if in.Debts == nil {
				in.Debts, in.Promise = map[string]calendar.Date{}, PromiseTitle
			}
			in.Debts[m.Key] = due
		case Pass, Unneeded:
		}
	}
	return in, nil
}

func without(list []string, x string) (out []string) {
	for _, y := range list {
		if y != x {
			out = append(out, y)
		}
	}
	return out
}
