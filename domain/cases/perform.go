package cases

import (
	"context"
	"hash/fnv"
	"maps"
	"slices"
	"strings"

	"onedoor.app/engine/calendar"
	"onedoor.app/infra/auth"
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
	err    error          // of reading what the paper says
	more   map[string]any // facts besides the answers
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
	if t.settle(); t.err != nil {
		return t.err
	}
	if err := ch.s.known(ch.tx, ch.c, p.Act, &t.in, true); err != nil {
		return err
	}
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
		ch: ch, p: p.asking(ch.c.Matter), v: values, day: map[string]calendar.Date{}, chosen: map[string]string{},
		more: map[string]any{},
		in:   Input{By: ch.who.Staff, Role: role, Remedies: true},
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
		if t.then, t.out, no = ch.law.Apply(ch.c.Matter, p.Act, t.in, ch.tx.Now()); no != nil {
			return t.refused(no)
		}
		mv.legal, paper = &t.in, t.out.Paper
	}
	if p.write != nil {
		if mv.document = t.paper(paper); t.err != nil {
			return t.err
		}
	}
	if t.then.State.Ended() {
		mv.event = ch.cancel()
	}
	if err := t.settlesCheck(&mv); err != nil {
		return err
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
	if p.Act == ActEndSpecial {
		if err := ch.message(MessageSpecialEnd); err != nil {
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
	maps.Copy(facts, t.more)
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
		return t.ch.s.words(t.ch.tx, t.ch.c, refused(no))
	}
}

// notCalled is the fault of a procedure that the situation does not call for; its words say when it does.
func (p Procedure) notCalled() error { return fault.New(fault.Conflict, "cases.when."+string(p.Act)) }

// What the law is told besides the answers.

func (t *telling) ownUnit()   { t.in.Unit = UnitNumber(t.ch.who.Unit) }
func (t *telling) byTheHead() { t.in.Approver = RankAgencyHead }

// UnitNumber is the number by which the terms of a joint case name a unit that owes an opinion.
func UnitNumber(code string) int64 {
	h := fnv.New32a()
	_, _ = h.Write([]byte(code)) // a hash takes everything
	return int64(h.Sum32())
}

func (t *telling) handedOver() { t.in.HandOver = true }

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
	if t.ch.law.Cal.AddWorkdays(t.day["day"], -7) < today(t.ch.tx) {
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
