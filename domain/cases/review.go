package cases

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"onedoor.app/engine/calendar"
	"onedoor.app/engine/workflow"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

// Conclusions of a review step.
const (
	Agree    = "agree"
	Disagree = "disagree"
)

// at finds the task at hand and checks that it is open, belongs to the case, stands at a post of the actor and that nobody
// else has it. action is the right that it takes, "" the task's own.
func (ch *change) at(task int64, action string) (Task, error) {
	t, err := ch.task(task)
	if err != nil {
		return t, err
	}
	if err := ch.s.may(ch.tx, ch.who, cmp.Or(action, t.action()), ch.c, t.Post); err != nil {
		return t, err
	}
	return t, ch.free(t)
}

// beginReview turns an accepted case to its review (转审查) when the first
// reviewer acts on it.
func (ch *change) beginReview() error {
	if ch.c.State() != StateAccepted {
		return nil
	}
	in := Input{By: ch.who.Staff, Role: RoleReviewer}
	return ch.do(move{act: string(ActBeginReview), legal: &in, hidden: true})
}

// complete is the event that a task is done with an outcome, which conditions
// after it may ask about.
func (ch *change) complete(t Task, outcome string) *workflow.Event {
	if ch.c.Vars.Result == nil {
		ch.c.Vars.Result = map[string]string{}
	}
	ch.c.Vars.Result[t.Node] = outcome
	return &workflow.Event{Kind: workflow.EventComplete, Task: uint32(t.Token), Outcome: instanceOutcome(t, outcome), Vars: ch.c.Vars.workflow()}
}

// instanceOutcome is the outcome that the engine counts: of one of several instances.
func instanceOutcome(t Task, outcome string) string {
	if t.Instance == 0 {
		return ""
	}
	return outcome
}

// Review is what a reviewer finds at a step.
type Review struct {
	Task       int64
	Conclusion string   // Agree or Disagree
	Text       string   // required
	Inspectors []string // staff numbers of those who visited, for a site check: two at least (Art. 34¶3)
	Visited    string   // the day of the visit, YYYY-MM-DD, for a site check; it stands first in the opinion
	Next       string   // a Taker who gives an opinion after this one, before the case goes on (后加签); "" nobody
}

// Opine writes the opinion of a review step and passes the case on. A step of
// the slot "check" records the site check of two inspectors.
func (s *Service) Opine(ctx context.Context, who auth.Actor, on On, r Review) (Done, error) {
	r.Text = strings.TrimSpace(r.Text)
	return s.change(ctx, who, "opine", on, r, func(ch *change) error {
		t, err := ch.at(r.Task, mayReview)
		if err != nil {
			return err
		}
		if t.Kind != "" {
			return ch.answer(t, r)
		}
		said, err := ch.reviewed(t, r)
		if err != nil {
			return err
		}
		if err := ch.ready(t); err != nil {
			return err
		}
		if err := ch.beginReview(); err != nil {
			return err
		}
		if err := ch.owedOpinion(t, r); err != nil {
			return err
		}
		if t.Slot == slotPublicity && ch.c.Matter.Terms.Kind == KindAward {
			if err := ch.do(move{act: string(ActPublish), legal: &Input{By: who.Staff, Role: RoleReviewer}, hidden: true}); err != nil {
				return err
			}
		}
		if r.Next != "" {
			return ch.signAfter(t, r, said)
		}
		outcome, err := ch.joined(t, r.Conclusion)
		if err != nil {
			return err
		}
		mv := move{act: actOpinion, event: ch.complete(t, outcome), note: t.Name, facts: r.facts(t, who)}
		switch {
		case t.Slot == slotCheck:
			inspectors, err := s.inspectors(ch.tx, r.Inspectors)
			if err != nil {
				return err
			}
			mv.act = string(ActInspect)
			mv.legal = &Input{By: who.Staff, Role: RoleReviewer, Inspectors: inspectors, Record: true}
			if mv.document, err = ch.inspected(r, inspectors); err != nil {
				return err
			}
		case StopsClock(t.Slot) && ch.c.Matter.openStop(stopKind(t.Slot)) != nil:
			stop := stopKind(t.Slot)
			mv.act = string(ActEndSpecial)
			mv.legal = &Input{By: who.Staff, Role: RoleReviewer, Kind: stop, Result: r.Text}
			mv.document = ch.specialResult(*mv.legal)
		}
		if err := ch.opinion(t, r.Conclusion, said); err != nil {
			return err
		}
		return ch.do(mv)
	})
}

// owedOpinion records that a unit which owes an opinion on a joint case (Art. 26) has given it with its step.
func (ch *change) owedOpinion(t Task, r Review) error {
	m, unit := ch.c.Matter, UnitNumber(t.Unit)
	if !m.Terms.Joint || !slices.Contains(m.Terms.Units, unit) || slices.Contains(m.Opinions, unit) {
		return nil
	}
	in := Input{By: ch.who.Staff, Role: RoleReviewer, Unit: unit}
	return ch.do(move{act: string(ActGiveOpinion), legal: &in, note: t.Name, document: ch.unitOpinion(t, r), hidden: true})
}

// visitedOn reads the day of a visit: one that has been made since the application came in.
func (ch *change) visitedOn(text string) (calendar.Date, error) {
	on, err := calendar.ParseDate(text)
	if err != nil || on > today(ch.tx) || on < calendar.DateOf(ch.c.ReceivedAt) {
		return 0, fault.New(fault.Invalid, "cases.visit_day")
	}
	return on, nil
}

// reviewed is the text of the opinion as it is kept. Whatever is wrong with the form is told at once.
func (ch *change) reviewed(t Task, r Review) (string, error) {
	bad, said := r.check(t), r.Text
	if t.Slot != slotCheck {
		return said, bad.Err()
	}
	if r.Visited != "" {
		on, err := ch.visitedOn(r.Visited)
		bad.Need(err == nil, "visited", fault.Code(err))
		said = "核查日期：" + day(on) + "。" + said
	}
	if _, err := ch.s.inspectors(ch.tx, r.Inspectors); err != nil {
		if !fault.Is(err, fault.Invalid) {
			return "", err
		}
		bad.Need(false, "inspectors", "cases.inspector_unknown")
	}
	return said, bad.Err()
}

func (r Review) check(t Task) fault.Fields {
	bad := fault.Fields{}
	bad.Need(r.Conclusion == Agree || r.Conclusion == Disagree, "conclusion", "cases.conclusion_missing")
	bad.Need(len([]rune(r.Text)) >= 2, "text", "cases.opinion_missing")
	bad.Need(len([]rune(r.Text)) <= 2000, "text", "cases.text_too_long")
	if t.Slot == slotCheck {
		distinct := slices.Compact(slices.Sorted(slices.Values(r.Inspectors)))
		bad.Need(len(distinct) >= 2, "inspectors", "cases.law.inspectors_two")
	}
	return bad
}

func (r Review) facts(t Task, who auth.Actor) any {
	deputyFor, _ := who.Holds(t.Post)
	return map[string]any{"task": t.ID, "node": t.Node, "conclusion": r.Conclusion, "text": digestText(r.Text), "deputy_for": deputyFor}
}

// inspectors turns staff numbers into ids; an unknown number is an Invalid fault.
func (s *Service) inspectors(tx *db.Tx, numbers []string) ([]int64, error) {
	var ids []int64
	for _, no := range numbers {
		p, err := s.Office.StaffByNo(tx, no)
		if fault.Is(err, fault.Unknown) {
			return nil, &fault.Error{Kind: fault.Invalid, Code: "input.invalid", Fields: map[string]string{"inspectors": "cases.inspector_unknown"}}
		}
		if err != nil {
			return nil, err
		}
		ids = append(ids, p.ID)
	}
	return ids, nil
}

// inspected is the record of a site check with the names of those who visited.
func (ch *change) inspected(r Review, inspectors []int64) (*Document, error) {
	known, err := ch.s.Office.Names(ch.tx, inspectors...)
	if err != nil {
		return nil, err
	}
	names := make([]string, len(inspectors))
	for i, id := range inspectors {
		names[i] = known[id]
	}
	return ch.inspectionDocument(r, names), nil
}

func (ch *change) opinion(t Task, conclusion, text string) error {
	deputyFor, _ := ch.who.Holds(t.Post)
	return insertOpinion(ch.tx, Opinion{
		ID: ch.tx.NewID(), Case: ch.c.ID, Node: t.Node, Step: t.Name, Unit: t.Unit, Staff: ch.who.Staff,
		StaffName: ch.who.Name, DeputyFor: deputyFor, Conclusion: conclusion, Text: text, At: ch.tx.Now(), Added: t.Handed || t.Kind != "",
	})
}

// Slots of a drawing that the law has something to say about.
const (
	slotCheck     = "check"
	slotDecide    = "decide"
	slotAside     = "aside" // asked beside a step; no drawing has it
	slotPublicity = "publicity"
)

// stopKind is the ground of Art. 45 on which a step stops the clock, "" if it
// does not.
func stopKind(slot string) StopKind {
	switch slot {
	case "test":
		return StopTesting
	case "expert":
		return StopExpertReview
	case "assess":
		return StopAppraisal
	case "hearing":
		return StopHearing
	case "eval":
		return StopStatutoryHalt
	}
	return ""
}

// StopsClock reports whether a step of this slot is a special procedure that
// must be told in writing before it is worked off.
func StopsClock(slot string) bool { return stopKind(slot) != "" }

// StopOf is the ground on which a step of a slot stops the clock, "" where it stops none.
func StopOf(slot string) StopKind { return stopKind(slot) }

// Special starts a special procedure at a step (特别程序, Art. 45): the applicant
// is told in writing how many working days it takes, and the clock stops.
func (s *Service) Special(ctx context.Context, who auth.Actor, on On, task int64, planned int, basis string) (Done, error) {
	return s.change(ctx, who, "special", on, []any{task, planned, basis}, func(ch *change) error {
		t, err := ch.at(task, mayReview)
		if err != nil {
			return err
		}
		kind := stopKind(t.Slot)
		if kind == "" || kind == StopHearing {
			return fault.New(fault.Conflict, "cases.law.special_kind")
		}
		bad := fault.Fields{}
		bad.Need(planned >= 1 && planned <= 120, "planned", "cases.planned_days")
		bad.Need(!citesStatute(ch.c.Matter, kind) || strings.TrimSpace(basis) != "", "basis", "cases.law.special_kind")
		if err := bad.Err(); err != nil {
			return err
		}
		if err := ch.beginReview(); err != nil {
			return err
		}
		in := Input{By: who.Staff, Role: RoleReviewer, Kind: kind, Planned: planned, Basis: strings.TrimSpace(basis)}
		doc, err := ch.specialDocument(t, &in)
		if err != nil {
			return err
		}
		return ch.do(move{act: string(ActStartSpecial), legal: &in, note: t.Name, document: doc})
	})
}

// Decision is what the decider says.
type Decision struct {
	Task   int64
	Grant  bool
	Reason string // required to refuse (Art. 38¶2)
	Basis  string // the article, required to refuse
	// FalseMaterials says that a refusal answers false materials, which bars the
	// applicant for a year where safety is at stake (Art. 78).
	FalseMaterials bool
	Standard       string // the technical standard that a refusal on test results rests on (Art. 55¶3)
	// Unmet are the conditions of the item that the application does not meet; with
	// one of them nothing can be granted (Art. 38¶1).
	Unmet []string
}

// Decide grants or refuses the application (Art. 37, 38) at the deciding step.
// Who received the case cannot decide it: cases.same_person.
func (s *Service) Decide(ctx context.Context, who auth.Actor, on On, d Decision) (Done, error) {
	d.Reason, d.Basis, d.Standard = strings.TrimSpace(d.Reason), strings.TrimSpace(d.Basis), strings.TrimSpace(d.Standard)
	return s.change(ctx, who, "decide", on, d, func(ch *change) error {
		t, err := ch.at(d.Task, mayDecide)
		if err != nil {
			return err
		}
		if err := ch.ready(t); err != nil {
			return err
		}
		if err := ch.decidesApart(t); err != nil {
			return err
		}
		node := ch.def.Node(t.Node)
		act, name, conclusion := ActGrant, EventGranted, Agree
		if !d.Grant {
			act, name, conclusion = ActRefuse, EventRefused, Disagree
		}
		if node == nil || !slices.Contains(node.Acts(), string(act)) {
			return fault.New(fault.Conflict, "cases.not_a_decision")
		}
		if err := d.check(); err != nil {
			return err
		}
		if !d.Grant || !ch.c.Matter.Has(FlagPledged) { // a pledge is decided straight from acceptance
			if err := ch.beginReview(); err != nil {
				return err
			}
		}
		if !d.Grant && d.Standard == "" && ch.c.Matter.Terms.TestResult {
			return fault.Fields{"standard": "cases.standard_missing"}.Err()
		}
		if err := ch.conditions(d.Unmet); err != nil {
			return err
		}
		in := Input{By: who.Staff, Role: RoleDecider, Reason: d.Reason, Basis: d.Basis, Standard: d.Standard, Unmet: d.Unmet, Remedies: true}
		if !d.Grant && d.FalseMaterials {
			in.Ground = GroundFalseMaterials
		}
		if err := s.known(ch.tx, ch.c, act, &in, true); err != nil {
			return err
		}
		if err := ch.opinion(t, conclusion, d.Reason); err != nil {
			return err
		}
		deputyFor, _ := who.Holds(t.Post)
		if err := ch.do(move{
			act: string(act), legal: &in, event: ch.complete(t, string(act)), document: ch.decisionDocument(act, in),
			facts: map[string]any{"task": t.ID, "deputy_for": deputyFor},
		}); err != nil {
			return s.words(ch.tx, ch.c, err)
		}
		if err := ch.closeFlow(); err != nil { // a refusal leaves no parallel review behind
			return err
		}
		if !d.Grant && ch.c.Channel == Online { // the refusal stands on the applicant's page from this moment
			served := Input{Role: RoleDecider, By: who.Staff, Served: "网上送达：决定书已显示在申请人的办件页面"}
			if err := ch.do(move{act: string(ActServe), legal: &served, hidden: true}); err != nil {
				return err
			}
		}
		if d.Grant { // grants are public (Art. 40): listed on the page of decisions from this moment
			if err := ch.do(move{act: string(ActPublish), legal: &Input{Role: RoleDecider, By: who.Staff}, hidden: true}); err != nil {
				return err
			}
		}
		if err := ch.conclude(); err != nil {
			return err
		}
		return ch.tell(name, d.Reason)
	})
}

// conditions checks that what is not met is a condition of the item.
func (ch *change) conditions(unmet []string) error {
	if len(unmet) == 0 {
		return nil
	}
	it, err := ch.s.Catalog.Version(ch.tx, ch.c.ItemVersion)
	if err != nil {
		return err
	}
	for _, text := range unmet {
		if !slices.Contains(it.Conditions, text) {
			return fault.Fields{"unmet": "cases.ask_choice"}.Err()
		}
	}
	return nil
}

func (d Decision) check() error {
	bad := fault.Fields{}
	bad.Need(d.Grant || len([]rune(d.Reason)) >= 4, "reason", "cases.reason_missing")
	bad.Need(!d.Grant || len(d.Unmet) == 0, "unmet", "cases.law.conditions_unmet")
	bad.Need(d.Grant || d.Basis != "", "basis", "cases.basis_missing")
	bad.Need(len([]rune(d.Reason)) <= 2000, "reason", "cases.text_too_long")
	bad.Need(len([]rune(d.Standard)) <= 300, "standard", "cases.text_too_long")
	return bad.Err()
}

// Longer is a lengthening of the limit as the head approves it.
type Longer struct {
	Days     int    // in Terms.ExtendsIn
	Reason   string // told to the applicant
	Approval string // number of the government's approval, which joint handling needs (Art. 42¶2)
}

func (l Longer) input(who auth.Actor) Input {
	in := Input{
		By: who.Staff, Role: RoleDecider, Days: l.Days, Reason: strings.TrimSpace(l.Reason), Basis: strings.TrimSpace(l.Approval),
		Approver: RankAgencyHead,
	}
	if in.Basis != "" {
		in.Approver = RankGovernmentHead
	}
	return in
}

// check tells everything that is wrong with it at once. What the situation itself does not allow is for the law to say.
func (l Longer) check(m Matter) error {
	bad, most := fault.Fields{}, m.Terms.Extension
	bad.Need(l.Days >= 1, "days", "cases.ask_number")
	bad.Need(l.Days <= most, "days", "cases.law.extension_too_long")
	bad.Need(len([]rune(strings.TrimSpace(l.Reason))) >= 4, "reason", "cases.reason_missing")
	bad.Need(!m.Terms.Joint || strings.TrimSpace(l.Approval) != "", "approval", "cases.law.approver_rank")
	if len(bad) == 0 || most == 0 {
		return nil
	}
	return &fault.Error{
		Kind: fault.Invalid, Code: "input.invalid", Fields: bad, Args: map[string]any{"days.least": 1, "days.most": most},
	}
}

// Extend lengthens the limit once, with the approval of the head of the
// authority, of the government where departments act jointly, and tells the
// applicant the reason (Art. 42).
func (s *Service) Extend(ctx context.Context, who auth.Actor, on On, l Longer) (Done, error) {
	return s.change(ctx, who, "extend", on, l, func(ch *change) error {
		if err := s.may(ch.tx, who, mayExtend, ch.c, ""); err != nil {
			return err
		}
		in := l.input(who)
		if err := l.check(ch.c.Matter); err != nil {
			return err
		}
		return ch.do(move{act: string(ActExtend), legal: &in, note: in.Reason, document: ch.extensionDocument(in)})
	})
}

// Certify records inside tx that the certificate was made (制证); until is the last
// day of its validity, from which renewal and expiry are counted (Art. 50, 70), 0
// for none. The capability that makes it calls this in its own unit of work.
func (s *Service) Certify(tx *db.Tx, who auth.Actor, on On, number string, until calendar.Date) (Done, error) {
	return s.after(tx, who, on, mayCertify, ActMakeCertificate, EventCertified, Input{Role: RoleIssuer, Result: number, Until: until}, number)
}

// Deliver records inside tx that the result was handed over (颁发送达, Art. 44);
// proof says how: the collector's signature or the waybill. Of a case that has ended with its delivery it records that the
// version made since was handed over too (补发送达); the state stays.
func (s *Service) Deliver(tx *db.Tx, who auth.Actor, on On, proof string) (Done, error) {
	c, err := findCase(tx, on.Case)
	if err != nil {
		return Done{}, err
	}
	act, name := ActDeliver, EventDelivered
	if c.State() == StateDelivered {
		act, name = ActDeliverAgain, EventTold
	}
	return s.after(tx, who, on, mayDeliver, act, name, Input{Role: RoleIssuer, Served: proof}, proof)
}

func (s *Service) after(tx *db.Tx, who auth.Actor, on On, action string, act Act, name string, in Input, note string) (Done, error) {
	ch, err := s.open(tx, who, on.Case)
	if err != nil {
		return Done{}, err
	}
	if on.Version != 0 && on.Version != ch.c.Version {
		return Done{}, fault.New(fault.Stale, "cases.stale")
	}
	if err := ch.fire(); err != nil {
		return Done{}, err
	}
	if err := s.may(tx, who, action, ch.c, ""); err != nil {
		return Done{}, err
	}
	in.By = who.Staff
	mv := move{act: string(act), legal: &in, note: note}
	switch act {
	case ActDeliver:
		mv.document = ch.deliveryProof(in.Served)
	case ActDeliverAgain:
		if mv.document, err = ch.secondProof(in.Served); err != nil {
			return Done{}, err
		}
	default:
	}
	if err := ch.do(mv); err != nil {
		return Done{}, err
	}
	if err := ch.keep(); err != nil {
		return Done{}, err
	}
	return ch.out, ch.tell(name, note)
}
