package cases

import (
	"context"
	"hash/fnv"
	"maps"
	"slices"
	"strings"

	"onedoor.app/engine/calendar"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

// Perform does a procedure of the table on a case (办理程序性事项): values are the answers by the names of Procedure.Asks.
// Faults: cases.act_unknown for an act that is no procedure; Forbidden for whose business it is not; cases.when.<act>
// where the situation does not call for it; cases.law.<reason> where the law says no; Invalid with a code for each
// answer that is missing or wrong. What is refused leaves no trace.
func (s *Service) Perform(ctx context.Context, who auth.Actor, on On, act Act, values map[string]string) (Done, error) {
	p, ok := ProcedureOf(act)
	if !ok {
		return Done{}, fault.New(fault.Unknown, "cases.act_unknown")
	}
	return s.change(ctx, who, string(act), on, values, func(ch *change) error { return ch.perform(p, maps.Clone(values)) })
}

// telling is a procedure under way: the answers, what the law makes of them and the paper.
type telling struct {
	ch     *change
	p      Procedure
	v      map[string]string        // the answers
	day    map[string]calendar.Date // those that are days
	chosen map[string]string        // the words of those that were chosen from the case
	people []string                 // the staff who are named
	in     Input
	out    Outcome
	then   Matter // the situation after the act
	d      *Document
}

func (ch *change) perform(p Procedure, values map[string]string) error {
	role, err := ch.s.capacity(p, ch.who, ch.s.asks(ch.tx, ch.who, ch.c))
	if err != nil {
		return err
	}
	if err := ch.s.called(ch.tx, ch.who, ch.c, p, role); err != nil {
		return err
	}
	t := newTelling(ch, p, role, values)
	if err := t.read(); err != nil {
		return err
	}
	t.settle()
	if p.check != nil {
		if err := p.check(t); err != nil {
			return err
		}
	}
	if p.anew() {
		return t.anew()
	}
	if t.in.Role == RoleReceiver && ch.c.Matter.Accepted.IsZero() { // who works on it at the window never decides it
		ch.c.Receivers = ch.signers("")
	}
	if p.reviews(ch.c.Matter, role) {
		if err := ch.beginReview(); err != nil {
			return err
		}
	}
	return t.do()
}

func newTelling(ch *change, p Procedure, role Role, values map[string]string) *telling {
	if values == nil {
		values = map[string]string{}
	}
	return &telling{
		ch: ch, p: p, v: values, day: map[string]calendar.Date{}, chosen: map[string]string{},
		in: Input{By: ch.who.Staff, Role: role, Remedies: true},
	}
}

// settle completes what the law is told from what the answers and the actor say.
func (t *telling) settle() {
	t.dates()
	t.in.Minutes = t.in.Minutes && t.in.Signed
	if t.p.action(t.in.Role) == mayBeHeard {
		t.in.Mandate, t.in.Role = t.ch.who.For != 0, t.ch.applicantRole()
		if t.in.Who != t.ch.c.PartyName {
			t.in.Role = RoleParty
		}
	}
	if t.p.input != nil {
		t.p.input(t)
	}
}

// do applies the law, writes the paper and makes the entry.
func (t *telling) do() error {
	ch, p := t.ch, t.p
	mv := move{act: string(p.Act), note: t.note(), hidden: p.Inside, facts: t.facts()}
	t.then = ch.c.Matter
	paper := p.Paper
	if p.inLaw() {
		var no *Refusal
		if t.then, t.out, no = ch.s.Law.Apply(ch.c.Matter, p.Act, t.in, ch.tx.Now()); no != nil {
			return t.refused(no)
		}
		mv.legal, paper = &t.in, t.out.Paper
	}
	if p.write != nil {
		mv.document = t.paper(paper)
	}
	if t.then.State.Ended() {
		mv.event = ch.cancel()
	}
	was := ch.c.State()
	if err := ch.do(mv); err != nil {
		return err
	}
	if p.after != nil {
		if err := p.after(t); err != nil {
			return err
		}
	}
	switch {
	case ch.c.State().Ended() && !was.Ended():
		return ch.tell(EventEnded, t.in.Reason)
	case mv.document != nil && !p.Inside:
		return ch.tell(EventTold, t.in.Reason)
	}
	return nil
}

// facts are what the evidence holds besides the law's input: a digest of every answer, and for whom a deputy signs.
func (t *telling) facts() any {
	facts := map[string]any{"answers": digestForm(t.v)}
	for _, post := range t.ch.who.Posts {
		if post.Deputy != 0 {
			facts["deputy_for"] = post.Deputy
		}
	}
	return facts
}

// note is the line of the timeline.
func (t *telling) note() string {
	var parts []string
	for _, text := range []string{t.in.Served, t.v["who"], t.v["reason"], t.v["result"], t.v["place"], t.v["agency"], t.v["docket"], t.v["basis"]} {
		if text != "" {
			parts = append(parts, text)
		}
	}
	if len(parts) == 0 {
		parts = append(parts, t.v["opinion"])
	}
	return clip(strings.Join(parts, "，"))
}

func clip(text string) string {
	if r := []rune(text); len(r) > 200 {
		return string(r[:199]) + "…"
	}
	return text
}

// refused says why the law says no: at the answer that is at fault where there is one.
func (t *telling) refused(no *Refusal) error {
	asked := slices.ContainsFunc(t.p.Asks, func(a Asked) bool { return a.Name == no.Field })
	switch {
	case asked:
		return fault.Fields{no.Field: "cases.law." + string(no.Reason)}.Err()
	case no.Reason == ReasonIllegalPair:
		return t.p.notCalled()
	default:
		return refused(no)
	}
}

// notCalled is the fault of a procedure that the situation does not call for; its words say when it does.
func (p Procedure) notCalled() error { return fault.New(fault.Conflict, "cases.when."+string(p.Act)) }

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
	copied := *c // nothing of it changes
	t := newTelling(&change{s: s, tx: tx, who: who, c: &copied}, p, role, nil)
	for _, a := range p.Asks {
		options, err := s.options(tx, who, c, a)
		if err != nil {
			return err
		}
		if a.chosen() && len(options) == 0 {
			return p.notCalled()
		}
		t.suppose(a, options)
	}
	if !p.inLaw() || p.anew() {
		return nil
	}
	t.settle()
	m := c.Matter
	if p.reviews(m, role) {
		if begun, _, no := s.Law.Apply(m, ActBeginReview, Input{By: who.Staff, Role: RoleReviewer}, tx.Now()); no == nil {
			m = begun
		}
	}
	_, _, no := s.Law.Apply(m, p.Act, t.in, tx.Now())
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
	case AskTold, AskRequested, AskStop, AskOpenStop, AskDebt, AskGround, AskPaper:
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
		t.in.Signed = true
	case AskNames:
		t.in.Parties = []string{t.ch.c.PartyName}
	case AskStaff:
		t.in.Inspectors = []int64{1, 2}
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
		out = append(out, Choice{Act: p.Act, Why: err, Basis: p.Rule().Basis, Procedure: true})
	}
	return out, nil
}

// belongs reports whether pages speak of the procedure for a case of this sort: rehearsals for rehearsals, what may no
// longer follow an end not after it.
func (p Procedure) belongs(m Matter) bool {
	rehearsal := m.State == StateSimReview || m.State == StateSimOpinion || m.State == StateSimClosed
	switch {
	case p.Group == GroupSim || rehearsal:
		return p.Group == GroupSim && rehearsal && !m.State.Ended()
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

// What the law is told besides the answers.

func (t *telling) ownUnit()   { t.in.Unit = UnitNumber(t.ch.who.Unit) }
func (t *telling) byTheHead() { t.in.Approver = RankAgencyHead }

// UnitNumber is the number by which the terms of a joint case name a unit that owes an opinion.
func UnitNumber(code string) int64 {
	h := fnv.New32a()
	_, _ = h.Write([]byte(code)) // a hash takes everything
	return int64(h.Sum32())
}

func (t *telling) inTheChair() { t.in.Chair = t.ch.who.Staff }

// numbered gives the law the number that the notice will have.
func (t *telling) numbered() {
	kind := t.p.Rule().Paper
	n, err := countDocuments(t.ch.tx, t.ch.c.ID, kind)
	if err != nil {
		return // the law then misses the notice, and the act is refused
	}
	t.in.Notice = t.ch.paperNo(kind, n)
}

func (t *telling) served() {
	t.in.Served = ways[t.v["way"]]
	if d := t.day["day"]; d != 0 && t.in.Served != "" {
		t.in.Served += "，" + day(d) + "，" + t.chosen["document"]
	}
}

// ownVoice: an applicant speaks for nobody else.
func (t *telling) ownVoice() error {
	if t.ch.who.Kind == auth.Applicant && t.in.Who != t.ch.c.PartyName {
		return fault.Fields{"who": "cases.law.not_in_role"}.Err()
	}
	return nil
}

// sevenDays: time and place are told seven working days before the hearing (Art. 48(1)).
func (t *telling) sevenDays() error {
	if t.ch.s.Law.Cal.AddWorkdays(t.day["day"], -7) < today(t.ch.tx) {
		return fault.Fields{"day": "cases.law.hearing_notice_short"}.Err()
	}
	return nil
}

// moveDebt shows the new day beside the material.
func (t *telling) moveDebt() error {
	m, err := findMaterial(t.ch.tx, t.ch.c.ID, t.in.Material)
	if err != nil {
		return err
	}
	m.Due = t.in.Until.String()
	return changeMaterial(t.ch.tx, t.ch.c.ID, m)
}
