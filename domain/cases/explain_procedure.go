package cases

import (
	"slices"

	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

// reviews reports whether the case turns to its review (转审查) by the act, as it does when a reviewer first works on it.
func (p Procedure) reviews(m Matter, role Role) bool {
	if m.State != StateAccepted || role != RoleReviewer || !p.inLaw() {
		return false
	}
	if _, now := lawful(m, p.Act); now {
		return false
	}
	m.State = StateReviewing
	_, later := lawful(m, p.Act)
	return later
}

// capacity is the one in which the actor may do a procedure, by the law's rule and the policy.
func (s *Service) capacity(p Procedure, who auth.Actor, may func(action string) error) (Role, error) {
	no := fault.New(fault.Forbidden, "cases.not_yours")
	for _, role := range p.Rule().Who {
		action := p.action(role)
		if action == "" || who.Kind == auth.Applicant && action != mayBeHeard {
			continue
		}
		err := may(action)
		if err == nil {
			return role, nil
		}
		if !fault.Is(err, fault.Forbidden) {
			return "", err
		}
		if fault.Code(err) != "cases.not_yours" { // the separation of people has a reason to tell
			no = err
		}
	}
	return "", no
}

// asks puts each question to the policy once.
func (s *Service) asks(tx *db.Tx, who auth.Actor, c *Case) func(action string) error {
	answers := map[string]error{}
	return func(action string) error {
		if err, known := answers[action]; known {
			return err
		}
		post := ""
		if action == mayDecide {
			var err error
			if post, err = s.decidePost(tx, c); err != nil {
				return err
			}
			if _, mine := who.Holds(post); !mine { // the separation of people is told to those whom it keeps from their post
				return fault.New(fault.Forbidden, "cases.not_yours")
			}
		}
		answers[action] = s.may(tx, who, action, c, post)
		return answers[action]
	}
}

// decidePost is the post that decides the case, "" if the item has no such step or nobody set the post up.
func (s *Service) decidePost(tx *db.Tx, c *Case) (string, error) {
	it, err := s.Catalog.Version(tx, c.ItemVersion)
	if err != nil {
		return "", err
	}
	step := it.Step("decide")
	if step == nil {
		return "", nil
	}
	post := step.Post
	if other := it.Resolve(c.Answers).Posts[step.ID]; other != "" {
		post = other
	}
	found, err := s.Office.Resolve(tx, post, c.Division)
	if fault.Is(err, fault.Unknown) || fault.Is(err, fault.Conflict) {
		return "", nil
	}
	return found.Code, err
}

// called says why a procedure is not possible in this situation whatever is answered; nil: it is. The same law answers
// here and when the act is done.
func (s *Service) called(tx *db.Tx, who auth.Actor, c *Case, p Procedure, role Role) error {
	if p.ready != nil && !p.ready(c.Matter) {
		return p.notCalled()
	}
	law, err := s.law(tx)
	if err != nil {
		return err
	}
	copied := *c // nothing of it changes
	t := newTelling(&change{s: s, tx: tx, who: who, c: &copied, law: law}, p, role, nil)
	for _, a := range t.p.Asks {
		options, err := s.options(tx, who, c, a)
		if err != nil {
			return err
		}
		if a.chosen() && len(options) == 0 {
			if p.Act == ActEndSpecial && hearingOpen(c.Matter) {
				return fault.New(fault.Conflict, "cases.hearing_open")
			}
			return p.notCalled()
		}
		t.suppose(a, options)
	}
	if !p.inLaw() || p.anew() {
		return nil
	}
	if t.settle(); t.err != nil {
		return t.err
	}
	if err := s.known(tx, c, p.Act, &t.in, false); err != nil {
		return err
	}
	m := c.Matter
	if p.reviews(m, role) {
		if begun, _, no := law.Apply(m, ActBeginReview, Input{By: who.Staff, Role: RoleReviewer}, tx.Now()); no == nil {
			m = begun
		}
	}
	_, _, no := law.Apply(m, p.Act, t.in, tx.Now())
	if no == nil || no.Reason == ReasonMissingInput || no.Reason == ReasonNoReason {
		return nil
	}
	if err := t.refused(no); !fault.Is(err, fault.Invalid) {
		return err
	}
	return nil
}

// chosen reports whether the answer comes from what the case itself has.
func (a Asked) chosen() bool {
	switch a.Kind {
	case AskTold, AskRequested, AskStop, AskOpenStop, AskTimedStop, AskDebt, AskWanting, AskGround, AskPaper, AskStandingGround:
		return true
	default:
		return false
	}
}

// suppose fills in an answer that could be given, to ask the law before anybody has answered.
func (t *telling) suppose(a Asked, options []Option) {
	const something = "—"
	switch a.Kind {
	case AskLine, AskText:
		t.words(a.Name, something)
	case AskDate:
		t.day[a.Name] = today(t.ch.tx) + 1
	case AskNumber:
		t.number(a.Name, max(a.Least, 1))
	case AskYes:
		t.agree(a.Name)
	case AskNames:
		t.in.Parties = []string{t.ch.c.PartyName}
	case AskStaff:
		t.in.Inspectors = []int64{1, 2}
	case AskWanting:
		t.in.List = []string{options[0].Value}
	default:
		t.words(a.Name, options[0].Value)
	}
}

// explainProcedures adds the procedures that are the actor's business on this case.
func (s *Service) explainProcedures(tx *db.Tx, who auth.Actor, c *Case) ([]Choice, error) {
	var out []Choice
	may := s.asks(tx, who, c)
	for _, p := range procedures {
		role, err := s.capacity(p, who, may)
		if fault.Is(err, fault.Forbidden) && fault.Code(err) == "cases.not_yours" {
			continue
		}
		if err == nil {
			err = s.called(tx, who, c, p, role)
		}
		if err != nil && fault.Code(err) == "internal" {
			return nil, err
		}
		if slices.Contains(absent[c.Matter.Terms.Kind], p.Act) || fault.Code(err) == "cases.law.setting_off" || !p.belongs(c.Matter) {
			continue // the item does not know it
		}
		out = append(out, Choice{Act: p.Act, Why: err, Basis: p.Rule().BasisOf(c.Matter.Terms.Kind), Procedure: true})
	}
	return out, nil
}

// belongs reports whether pages speak of the procedure for a case of this sort: rehearsals for rehearsals, what may no
// longer follow an end not after it, acts on a certificate where there is one.
func (p Procedure) belongs(m Matter) bool {
	rehearsal := m.State == StateSimReview || m.State == StateSimOpinion || m.State == StateSimClosed
	switch {
	case p.Group == GroupSim || rehearsal:
		return p.Group == GroupSim && rehearsal && !m.State.Ended()
	case p.Group == GroupCert:
		return m.carries() && m.Certificate.State != CertificateReplaced
	case p.Act == ActTakeReferral:
		return m.State == StateReferred
	case p.Act == ActRemand:
		return m.concluded()
	case m.State.Ended():
		return p.Act.Record()
	case m.Decider != 0 || m.State == StateGranted || m.State == StateCertified:
		return p.Act.Record()
	default:
		return true
	}
}
