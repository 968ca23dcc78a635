package cases

import (
	"encoding/json"
	"fmt"
	"time"

	"onedoor.app/engine/calendar"
	"onedoor.app/engine/workflow"
	"onedoor.app/infra/fault"
)

// actContinued is what the old case says of the one that was made of it.
const actContinued = "continued"

// anew makes a case of its own out of one that has ended: the upper agency takes a referral, or a ruling has the case
// done again. Form, answers, materials and files come along: the applicant is not asked again (Art. 35).
func (t *telling) anew() error {
	old := t.ch
	if err := old.release(); err != nil {
		return err
	}
	c, err := old.s.copyCase(old, t.p.Act)
	if err != nil {
		return err
	}
	next := &change{s: old.s, tx: old.tx, who: old.who, c: c, law: old.law}
	list, err := listMaterials(old.tx, c.ID)
	if err != nil {
		return err
	}
	it, err := old.s.Catalog.Version(old.tx, c.ItemVersion)
	if err != nil {
		return err
	}
	terms, err := old.s.termsOf(old.tx, it, it.Resolve(c.Answers))
	if err != nil {
		return err
	}
	if t.p.Act == ActTakeReferral {
		terms.FirstReview = false // it is decided here
	}
	if err := old.s.stillAbout(old.tx, it, c, &terms, &t.in); err != nil {
		return err
	}
	t.in.Applied = firstApplied(old.c)
	old.asChecked(&terms, &t.in)
	c.Matter = NewMatter(terms)
	var no *Refusal
	if t.then, t.out, no = old.law.Apply(c.Matter, t.p.Act, t.in, old.tx.Now()); no != nil {
		return t.refused(no)
	}
	t.ch = next
	facts, err := next.receiptFacts()
	if err != nil {
		return err
	}
	facts.Of = old.c.No
	mv := move{
		act: string(t.p.Act), legal: &t.in, terms: &terms, note: t.note(), facts: facts, files: filesOf(list, 0), found: list,
	}
	mv.document = t.paper(t.out.Paper)
	c.Matter = Matter{State: StateNone}
	if t.then.State == StateAccepted {
		mv.event = next.begin()
	}
	if err := next.do(mv); err != nil {
		return err
	}
	// The old case says what became of it.
	if err := old.do(move{act: actContinued, note: c.No, facts: map[string]any{"as": c.No, "by": t.p.Act}}); err != nil {
		return err
	}
	if err := next.keep(); err != nil {
		return err
	}
	old.next = next
	return next.tell(EventReceived, t.in.Basis)
}

// firstApplied is the day on which the application of a case came in, be it in the case that it was made of.
func firstApplied(c *Case) calendar.Date {
	if apply, ok := c.Matter.Clock(ClockRenewApply); ok {
		return apply.From
	}
	if held := c.Matter.Certificate; held != nil && held.Declared != 0 {
		return held.Declared
	}
	return calendar.DateOf(c.ReceivedAt)
}

// asChecked has a certificate that was declared stand in the case made of this one as it stood here: what was read on its
// original holds, and one that nobody has seen is still to be compared.
func (ch *change) asChecked(t *Terms, in *Input) {
	was := ch.c.Matter.Certificate
	switch {
	case in.Certificate == nil || in.Certificate.Declared == 0 || was == nil:
	case was.Declared != 0:
		in.Certificate.Declared = in.Applied
	default:
		in.Certificate.Declared, in.Certificate.Unseen, t.Quota = 0, false, false
		if was.Renewed == "" {
			in.Certificate.Expires = was.Expires
		}
	}
}

// copyCase stores a case like the one at hand, with what was handed in.
func (s *Service) copyCase(from *change, act Act) (*Case, error) {
	tx, was := from.tx, from.c
	no, err := nextNumber(tx, s.Region)
	if err != nil {
		return nil, err
	}
	c := *was
	c.ID, c.No, c.Version, c.Head = tx.NewID(), no, 0, ""
	c.Flow, c.shown, c.Receivers, c.Vars.Result = workflow.State{}, Shown{}, nil, nil
	c.ReceivedAt, c.AcceptedAt, c.DecidedAt, c.EndedAt = tx.Now(), time.Time{}, time.Time{}, time.Time{}
	c.MovedAt, c.Calendar = time.Time{}, s.version(from.law)
	c.Matter = Matter{State: StateNone}
	if c.sealedOriginal != nil {
		it, err := s.Catalog.Version(tx, was.ItemVersion)
		if err != nil {
			return nil, err
		}
		number, err := s.numberOf(it, was)
		if err != nil {
			return nil, err
		}
		s.sealOriginal(&c, number)
	}
	if act == ActTakeReferral {
		c.Receivers = (&change{s: s, tx: tx, who: from.who, c: &c}).signers("")
	}
	var form map[string]string
	var delivery Delivery
	if err := openJSON(s.Box, fmt.Sprintf("cases:%d", was.ID), was.sealedForm, &form, was.sealedDelivery, &delivery); err != nil {
		return nil, err
	}
	if err := s.seal(&c, form, delivery); err != nil {
		return nil, err
	}
	it, err := s.Catalog.Version(tx, c.ItemVersion)
	if err != nil {
		return nil, err
	}
	if c.declared, err = s.paperOf(it, &c); err != nil {
		return nil, err
	}
	if err := insertCase(tx, &c); err != nil {
		return nil, claimed(err)
	}
	list, err := listMaterials(tx, was.ID)
	if err != nil {
		return nil, err
	}
	for _, m := range list {
		files := m.Files
		m.Due = ""
		if m.Verdict == Tolerate || m.Verdict == Correct {
			m.Verdict, m.Reason = Unjudged, ""
		}
		if err := insertMaterial(tx, c.ID, m); err != nil {
			return nil, err
		}
		for _, f := range files {
			if f.Replaced {
				continue
			}
			f.ID, f.Case, f.Round = tx.NewID(), c.ID, 1
			if err := insertFile(tx, f); err != nil {
				return nil, err
			}
		}
	}
	return &c, nil
}

// seal closes form and delivery under the id of their case.
func (s *Service) seal(c *Case, values map[string]string, wish Delivery) error {
	form, err := json.Marshal(values)
	if err != nil {
		return err
	}
	delivery, err := json.Marshal(wish)
	if err != nil {
		return err
	}
	about := fmt.Sprintf("cases:%d", c.ID)
	c.sealedForm, c.sealedDelivery = s.Box.Seal(form, about), s.Box.Seal(delivery, about)
	return nil
}

// receiptFacts are what the first entry of a case's ledger says besides the law.
func (ch *change) receiptFacts() (receipt, error) {
	c := ch.c
	var form map[string]string
	var wish Delivery
	if err := openJSON(ch.s.Box, fmt.Sprintf("cases:%d", c.ID), c.sealedForm, &form, c.sealedDelivery, &wish); err != nil {
		return receipt{}, err
	}
	delivered, err := json.Marshal(wish)
	if err != nil {
		return receipt{}, err
	}
	return receipt{
		No: c.No, Item: c.Item, Version: c.ItemVersion, Party: c.Party, Agent: c.Agent, Unit: c.Unit,
		Certificate: c.Certificate, Paper: c.declared, Form: ch.keyed("form", digestForm(form)), Delivery: ch.keyed("delivery", string(delivered)), Place: ch.keyed("place", c.Division),
	}, nil
}

func (t *telling) referralTaken() {
	t.to(t.ch.issuer())
	t.say("%s，%s下级行政机关于%s报送的初步审查意见和全部申请材料，本机关已经收到。", t.about(), t.ch.under("第三十五条"), day(today(t.ch.tx)))
	t.say("初步审查意见：%s", t.in.Opinion)
	t.after("办理期限自收到之日起计算，法定期限至" + t.due(ClockStatutory) + "。本机关不要求申请人重复提供申请材料。")
}

func (t *telling) remanded() {
	where, due := "受理环节，受理与否的决定", t.due(ClockNotice)
	if t.in.To == StateAccepted {
		where, due = "审查环节，决定", t.due(ClockStatutory)
	}
	t.say("“%s”一案，根据%s，本机关重新办理，办件编号为%s。", t.ch.c.ItemName, t.in.Basis, t.ch.c.No)
	t.say("本案自%s回到%s将于%s前作出。已交的材料继续有效，不需要重复提供。", day(today(t.ch.tx)), where, due)
}

// asReceived tells the law what a rehearsal lacks when it becomes an application, and which certificate it is about.
func (t *telling) asReceived() { t.err = t.receivedAnew() }

func (t *telling) receivedAnew() error {
	t.in.Channel = ChannelWindow
	it, err := t.ch.s.Catalog.Version(t.ch.tx, t.ch.c.ItemVersion)
	if err != nil {
		return err
	}
	terms := t.ch.c.Matter.Terms // they were told with the rehearsal
	if err := t.ch.s.stillAbout(t.ch.tx, it, t.ch.c, &terms, &t.in); err != nil {
		return err
	}
	if t.ch.c.declared, err = t.ch.s.paperOf(it, t.ch.c); err != nil {
		return err
	}
	if used, err := paperTaken(t.ch.tx, t.ch.c.declared, t.ch.c.ID); err != nil || used {
		return errOr(err, fault.New(fault.Conflict, "cases.certificate_busy"))
	}
	if t.ch.c.declared != "" {
		t.more["paper"] = t.ch.c.declared
	}
	list, err := listMaterials(t.ch.tx, t.ch.c.ID)
	if err != nil {
		return err
	}
	for _, m := range list {
		if m.Source == SourceNone && m.Verdict != Unneeded && m.Need != "optional" {
			t.in.Lacks = append(t.in.Lacks, m.Key)
		}
	}
	t.ch.c.ReceivedAt = t.ch.tx.Now()
	return nil
}

func (t *telling) convertedReceipt() {
	list, err := listMaterials(t.ch.tx, t.ch.c.ID)
	if err != nil {
		list = nil
	}
	t.d = t.ch.receiptDocument(list, t.ch.c.Matter.Terms)
}

func (t *telling) nowReceived() error { return t.ch.tell(EventReceived, "") }

// allFit: what is decided on the spot has been looked at, all of it, and nothing lacks (Art. 34¶2).
func (t *telling) allFit() error {
	list, err := listMaterials(t.ch.tx, t.ch.c.ID)
	if err != nil {
		return err
	}
	for _, m := range list {
		if m.Verdict == Unjudged {
			return fault.New(fault.Conflict, "cases.not_all_judged")
		}
		if m.Verdict != Pass && m.Verdict != Unneeded {
			return fault.New(fault.Conflict, "cases.law.incomplete")
		}
	}
	if err := t.ch.settleOnSpot(list); err != nil {
		return err
	}
	return t.compared()
}

// nowGranted publishes the grant (Art. 40) and tells of it.
func (t *telling) nowGranted() error {
	in := Input{Role: RoleDecider, By: t.ch.who.Staff}
	if err := t.ch.do(move{act: string(ActPublish), legal: &in, hidden: true}); err != nil {
		return err
	}
	if err := t.ch.conclude(); err != nil {
		return err
	}
	return t.ch.tell(EventGranted, t.in.Reason)
}
