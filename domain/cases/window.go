package cases

import (
	"context"
	"io"
	"slices"
	"strings"

	"onedoor.app/engine/calendar"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

// atWindow begins an act of the window: the actor may accept cases, and the
// materials with their findings are at hand.
func (ch *change) atWindow() ([]Material, error) {
	if err := ch.s.may(ch.tx, ch.who, mayAccept, ch.c, ""); err != nil {
		return nil, err
	}
	return listMaterials(ch.tx, ch.c.ID)
}

// NoticeText is the notice of Notify as it would go out now, to be read before it
// is sent. by is as for Notify.
func (s *Service) NoticeText(tx *db.Tx, who auth.Actor, v *View, by calendar.Date) (Content, error) {
	law, err := s.law(tx)
	if err != nil {
		return Content{}, err
	}
	ch := &change{s: s, tx: tx, who: who, c: v.Case, law: law}
	_, in := ch.noticeInput(v.Materials, by)
	d, err := ch.correctionDocument(v.Materials, in)
	if err != nil {
		return Content{}, err
	}
	return d.Content, nil
}

func keysOf(verdict Verdict, list []Material) (keys []string) {
	for _, m := range list {
		if m.Verdict == verdict {
			keys = append(keys, m.Key)
		}
	}
	return keys
}

// Notify gives the one notice of all that must be corrected (一次性告知, 行政许可法
// Art. 32(4)), from the materials found wanting. by is the last day to correct;
// the zero value means the usual term. A notice after the first names what that one
// named and is still wanting, else cases.law.not_subset: see ActAllowAgain. It is
// counted against the item and whoever gives it.
func (s *Service) Notify(ctx context.Context, who auth.Actor, on On, by calendar.Date) (Done, error) {
	return s.change(ctx, who, "notify", on, by, func(ch *change) error {
		list, err := ch.atWindow()
		if err != nil {
			return err
		}
		if slices.ContainsFunc(list, func(m Material) bool { return m.Verdict == Unjudged }) {
			return fault.New(fault.Conflict, "cases.not_all_judged") // one notice names everything
		}
		act, in := ch.noticeInput(list, by)
		if len(in.List) == 0 {
			return fault.New(fault.Conflict, "cases.nothing_to_correct")
		}
		if err := ch.askable(list); err != nil {
			return err
		}
		if err := ch.settleOnSpot(list); err != nil {
			return err
		}
		ch.c.Receivers = ch.signers("", judges(list)...)
		mv := move{act: string(act), legal: &in, found: list}
		if mv.document, err = ch.correctionDocument(list, in); err != nil {
			return err
		}
		leave := ch.c.Matter.Again
		if err := ch.do(mv); err != nil || act != ActNotifyAgain {
			return err
		}
		return ch.countAgain(in, leave)
	})
}

// settleOnSpot strikes off what was lacking and has come at the window, or turned
// out not to be needed (当场更正, Art. 32(3)).
func (ch *change) settleOnSpot(list []Material) error {
	var fixes, names []string
	for _, m := range list {
		if slices.Contains(ch.c.Matter.Lacking, m.Key) && (m.Verdict == Pass || m.Verdict == Unneeded) {
			fixes, names = append(fixes, m.Key), append(names, m.Name)
		}
	}
	if len(fixes) == 0 {
		return nil
	}
	in := Input{By: ch.who.Staff, Role: RoleApplicant, Fixes: fixes}
	return ch.do(move{act: string(ActFixOnSpot), legal: &in, note: clip(strings.Join(names, "、")), hidden: true})
}

// Accept accepts the application (受理, Art. 32(5)): every material is found fit
// or not needed, or is tolerable and promised by its day (容缺). The applicant made
// that promise online, or has signed it on paper and its scan was attached as
// ScanPromise; without either it is the Invalid fault cases.promise_missing, and
// cases.promise_uncovered where it does not name every one of them. The statutory and promised clocks run, and
// the first review task opens.
func (s *Service) Accept(ctx context.Context, who auth.Actor, on On) (Done, error) {
	return s.AcceptSeen(ctx, who, on, Original{})
}

// AcceptSeen is Accept of an application whose certificate the register does not hold: what the window read on its original
// counts from then on. Without that it is cases.law.original_unseen; other faults of the reading are those of compare.
func (s *Service) AcceptSeen(ctx context.Context, who auth.Actor, on On, seen Original) (Done, error) {
	var request any
	if seen != (Original{}) {
		request = seen
	}
	return s.change(ctx, who, "accept", on, request, func(ch *change) error {
		list, err := ch.atWindow()
		if err != nil {
			return err
		}
		it, err := s.Catalog.Version(ch.tx, ch.c.ItemVersion)
		if err != nil {
			return err
		}
		need := it.Resolve(ch.c.Answers)
		ch.law.date(ch.c, need, list, ch.tx.Now())
		in, err := acceptInput(list)
		if err != nil {
			return err
		}
		in.By, in.Role, in.Pledged = who.Staff, RoleReceiver, need.Pledge
		var facts any
		compared, err := ch.compare(seen, &in)
		if err != nil {
			return err
		}
		if compared != nil {
			facts = map[string]any{factOriginal: compared}
		}
		if err := ch.settleOnSpot(list); err != nil {
			return err
		}
		if len(in.Debts) > 0 {
			if in.Promise, err = ch.promiseNo(owedOf(list, need)); err != nil {
				return err
			}
		}
		if err := s.known(ch.tx, ch.c, ActAccept, &in, true); err != nil {
			return err
		}
		if err := ch.keepDays(list); err != nil {
			return err
		}
		ch.c.Receivers = ch.signers(s.receivingPost(it), judges(list)...)
		paper := ch.acceptanceDocument(list, in)
		if c := ch.c.Matter.Certificate; c != nil && c.Declared != 0 {
			then, _, no := ch.law.Apply(ch.c.Matter, ActAccept, in, ch.tx.Now())
			if no != nil {
				return s.words(ch.tx, ch.c, unseen(no))
			}
			if err := ch.declaredWords(paper, then); err != nil {
				return err
			}
		}
		if err := ch.do(move{
			act: string(ActAccept), legal: &in, event: ch.begin(), document: paper, found: list,
			files: filesOf(list, 0), facts: facts,
		}); fault.Code(err) == "office.no_unit_there" { // no township known to go to
			return fault.Fields{"place": "cases.place_missing"}.Err()
		} else if err != nil {
			return s.words(ch.tx, ch.c, err)
		}
		return ch.tell(EventAccepted, "")
	})
}

// unseen says at its field what is wrong with what the window read on an original.
func unseen(no *Refusal) error {
	if no.Field == "original" || no.Field == "original_until" {
		return fault.Fields{no.Field: "cases.law." + string(no.Reason)}.Err()
	}
	return refused(no)
}

// keepDays keeps the days that the acceptance gives to what comes later.
func (ch *change) keepDays(list []Material) error {
	for _, m := range list {
		if !m.later() {
			continue
		}
		if err := changeMaterial(ch.tx, ch.c.ID, m); err != nil {
			return err
		}
	}
	return nil
}

// NotAccept refuses to accept (不予受理, Art. 32(2), 78) or tells that no licence
// is needed (不受理, Art. 32(1), ground ""). agency is the competent body where
// the ground is not_competent.
func (s *Service) NotAccept(ctx context.Context, who auth.Actor, on On, ground Ground, reason, basis, agency string) (Done, error) {
	return s.change(ctx, who, "not_accept", on, []string{string(ground), reason, basis, agency}, func(ch *change) error {
		if _, err := ch.atWindow(); err != nil {
			return err
		}
		if len([]rune(strings.TrimSpace(reason))) < 4 {
			return &fault.Error{Kind: fault.Invalid, Code: "input.invalid", Fields: map[string]string{"reason": "cases.reason_missing"}}
		}
		in := Input{
			By: who.Staff, Role: RoleReceiver, Reason: strings.TrimSpace(reason), Ground: ground, Basis: basis,
			Agency: agency, Remedies: true,
		}
		act := ActNotAccept
		if ground == "" {
			act = ActNotRequired
		}
		if err := s.known(ch.tx, ch.c, act, &in, true); err != nil {
			return err
		}
		ch.c.Receivers = ch.signers("")
		if err := ch.do(move{act: string(act), legal: &in, note: in.Reason, document: ch.endDocument(act, in)}); err != nil {
			return err
		}
		return ch.tell(EventEnded, in.Reason)
	})
}

// Withdraw takes the application back (撤回申请), at any time before the decision:
// for the applicant, who is signed in. A window enters what somebody has signed,
// see WithdrawSigned; without that it is the Invalid fault cases.withdrawal_missing.
func (s *Service) Withdraw(ctx context.Context, who auth.Actor, on On, reason string) (Done, error) {
	if who.Kind == auth.Staff {
		return Done{}, fault.Fields{"file": "cases.withdrawal_missing"}.Err()
	}
	return s.withdraw(ctx, who, on, reason, nil)
}

// WithdrawSigned is Withdraw at the window, with the scan of the application that
// the applicant has signed (撤回申请书). The scan stays with the case as evidence of
// the act. Faults about it are those of Attach.
func (s *Service) WithdrawSigned(ctx context.Context, who auth.Actor, on On, reason, name string, scan io.Reader) (Done, error) {
	f, err := s.put(ctx, name, scan)
	if err != nil {
		return Done{}, err
	}
	f.Material, f.Giver = ScanWithdrawal, who.ID
	return s.withdraw(ctx, who, on, reason, &f)
}

func (s *Service) withdraw(ctx context.Context, who auth.Actor, on On, reason string, scan *File) (Done, error) {
	request := []string{reason}
	if scan != nil {
		request = append(request, scan.Blob)
	}
	return s.change(ctx, who, "withdraw", on, request, func(ch *change) error {
		if err := s.may(ch.tx, who, mayWithdraw, ch.c, ""); err != nil {
			return err
		}
		in := Input{
			By: who.Staff, Role: ch.applicantRole(), Signed: true, Mandate: who.For != 0, Reason: strings.TrimSpace(reason),
		}
		mv := move{
			act: string(ActWithdraw), legal: &in, event: ch.cancel(), note: in.Reason, document: ch.endDocument(ActWithdraw, in),
		}
		if scan != nil {
			f := *scan
			f.ID, f.At, f.Case = ch.tx.NewID(), ch.tx.Now(), ch.c.ID
			if err := insertFile(ch.tx, f); err != nil {
				return err
			}
			mv.files = []File{f}
		}
		if err := ch.do(mv); err != nil {
			return err
		}
		return ch.tell(EventEnded, in.Reason)
	})
}

// applicantRole is the capacity of whoever speaks for the applicant: the party,
// or an agent with a mandate; the window enters what the applicant signs.
func (ch *change) applicantRole() Role {
	if ch.who.Kind == auth.Applicant && (ch.who.For != 0 || ch.who.Party == ch.c.Agent) {
		return RoleAgent
	}
	return RoleApplicant
}
