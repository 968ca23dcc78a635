package cases

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"onedoor.app/infra/auth"
	"onedoor.app/infra/fault"
)

// Supply hands in a material that is still to come after the acceptance: one that was
// promised (容缺补齐), or one that lacks since the agency's silence accepted (Art.
// 32(4): accepted, and no grant while it lacks). What an applicant sends waits until
// the window has looked at it; the window settles the debt with what was sent, or
// with paper that was brought, or sends it back.
func (s *Service) Supply(ctx context.Context, who auth.Actor, on On, material string, paper bool) (Done, error) {
	return s.change(ctx, who, "supply", on, []any{material, paper}, func(ch *change) error {
		if err := s.may(ch.tx, who, maySupply, ch.c, ""); err != nil {
			return err
		}
		m, err := ch.owed(material)
		if err != nil {
			return err
		}
		window, sent := who.Kind == auth.Staff, slices.ContainsFunc(m.Files, func(f File) bool { return !f.Replaced })
		if window {
			sent = m.Handed() // what the applicant uploaded is theirs until they hand it in
		}
		if !sent && (!paper || !window) {
			return fault.Fields{"material." + material: "cases.material_missing"}.Err()
		}
		if !window && m.Source != SourceNone {
			return fault.New(fault.Conflict, "cases.supplied")
		}
		m.Source, m.Reason, m.At, m.Found = SourceUpload, "", ch.tx.Now(), ch.coming()
		if !sent {
			m.Source = SourcePaper
		}
		if ch.c.Matter.openDebt(material) == nil {
			m.Verdict = Missing
		}
		files := m.handedBy(who, 0)
		mv := move{act: "supply", note: m.Name, files: files}
		if window {
			mv.document = ch.debtReceipt(m)
			m.Verdict, m.Due, m.Judge = Pass, "", who.Staff
			ch.c.Receivers = ch.signers("")
			mv.act = string(ActSettleDebt)
			mv.legal = &Input{By: who.Staff, Role: RoleReceiver, Material: material}
		}
		mv.found = []Material{m}
		if err := changeMaterial(ch.tx, ch.c.ID, m); err != nil {
			return err
		}
		if err := handFiles(ch.tx, ch.c.ID, m.Key, files); err != nil {
			return err
		}
		if err := ch.do(mv); err != nil {
			return err
		}
		return ch.message(MessageSupplement)
	})
}

// SendBack finds what was sent later unfit (退回补交材料): it stays owed, its day does
// not move, and the applicant is told why by a paper. Faults: Forbidden for who is not
// at the window; cases.material_not_asked; cases.nothing_sent; a reason of fewer than
// four characters is cases.reason_missing.
func (s *Service) SendBack(ctx context.Context, who auth.Actor, on On, material, reason string) (Done, error) {
	reason = strings.TrimSpace(reason)
	return s.change(ctx, who, "send_back", on, []any{material, reason}, func(ch *change) error {
		if err := s.may(ch.tx, who, maySupply, ch.c, ""); err != nil {
			return err
		}
		if who.Kind != auth.Staff {
			return fault.New(fault.Forbidden, "cases.not_yours")
		}
		m, err := ch.owed(material)
		if err != nil {
			return err
		}
		if !m.Came() {
			return fault.New(fault.Conflict, "cases.nothing_sent")
		}
		if len([]rune(reason)) < 4 {
			return fault.Fields{"why." + material: "cases.reason_missing"}.Err()
		}
		m.Source, m.Reason, m.Judge, m.At, m.Found = SourceNone, reason, who.Staff, ch.tx.Now(), ch.coming()
		if err := changeMaterial(ch.tx, ch.c.ID, m); err != nil {
			return err
		}
		if err := replaceFiles(ch.tx, ch.c.ID, material, ch.c.Matter.Corrections+2); err != nil {
			return err
		}
		ch.c.Receivers = ch.signers("")
		in := Input{By: who.Staff, Role: RoleReceiver, Material: material, Reason: reason}
		if err := ch.do(move{act: string(ActSendBack), legal: &in, note: clip(m.Name + "：" + reason), found: []Material{m}, document: ch.sentBack(m)}); err != nil {
			return err
		}
		return ch.tell(EventTold, reason)
	})
}

// owed is a material that is still to come.
func (ch *change) owed(material string) (Material, error) {
	if !ch.c.Matter.owes(material) {
		return Material{}, fault.New(fault.Conflict, "cases.material_not_asked")
	}
	list, err := listMaterials(ch.tx, ch.c.ID)
	if err != nil {
		return Material{}, err
	}
	i := slices.IndexFunc(list, func(m Material) bool { return m.Key == material })
	if i < 0 {
		return Material{}, fault.New(fault.Unknown, "cases.material_unknown")
	}
	return list[i], nil
}

// Owing lists the materials that are still to come: promised, or lacking since the
// agency's silence accepted. An ended or decided case waits for nothing.
func (v *View) Owing() (list []Material) {
	if !v.State().Counting() && v.State() != StateSpecial {
		return nil
	}
	for _, m := range v.Materials {
		if v.Matter.owes(m.Key) {
			list = append(list, m)
		}
	}
	return list
}

// silent says of each material that lacks when silence accepts how it stands: what was
// promised comes by its day, the rest is missing.
func (ch *change) silent(list []Material, after Matter) error {
	for i := range list {
		m := &list[i]
		switch d := after.openDebt(m.Key); {
		case d != nil && m.Verdict != Pass: // promised online
			m.Verdict, m.Reason, m.Due = Tolerate, "", d.Due.String()
		case slices.Contains(after.Lacking, m.Key) && m.Verdict != Pass && m.Verdict != Unneeded:
			m.Verdict, m.Source = Missing, SourceNone // what came before was found wanting
			if err := replaceFiles(ch.tx, ch.c.ID, m.Key, ch.c.Matter.Corrections+2); err != nil {
				return err
			}
		}
	}
	return ch.keepDays(list)
}

// sentBack tells the applicant that what they sent does not do.
func (ch *change) sentBack(m Material) *Document {
	d := ch.formal(PaperSentBack)
	d.Content.Paragraphs = []string{
		fmt.Sprintf("%s，本机关已收到你（单位）补交的《%s》，经核对不符合要求，现予退回。", ch.applied(), m.Name), "理由：" + m.Reason,
	}
	d.Content.After = []string{"请按上述理由重新补交。受理不因此撤销；补齐之前，不能作出准予决定。"}
	if debt := ch.c.Matter.openDebt(m.Key); debt != nil {
		d.Content.After = []string{"补齐期限不变，仍为" + day(debt.Due) + "，请在此前重新补交；补齐之前，不能作出准予决定。"}
	}
	d.Content.After = append(d.Content.After, ch.remedy(RemedyComplaint, d.Content.Title, ""))
	return d
}
