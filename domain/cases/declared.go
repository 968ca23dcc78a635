package cases

import (
	"fmt"

	"onedoor.app/domain/catalog"
	"onedoor.app/engine/calendar"
	"onedoor.app/infra/db"
)

// The standard data elements by which a form asks for the certificate that an application is about. What the register holds
// is named and not typed; who has a paper from before the register was kept declares its number and last day, and the
// window compares them with the original when it accepts. From then on the days of Art. 50 are counted.
const (
	elementNumber = catalog.ElementCertificateNumber
	elementUntil  = catalog.ElementCertificateUntil
)

// Another is named by a draft in the place of a certificate of the register: one that its applicant has on paper, and
// declares.
const Another int64 = -1

// NeedOf is what a form asks for where the register of certificates has its part.
type NeedOf struct {
	catalog.Need
	Held     []Held          // certificates of which the application names one
	Chooses  bool            // it names one of Held, or Another
	Declares bool            // it is about none of them: number and last day are declared
	Asks     []catalog.Field // the fields by which one is declared
}

// NeedFor is what the draft's answers ask for. Where one of the register's certificates is named, neither its number nor its
// last day is asked for; where the register holds none, or the draft names Another, both are.
func (s *Service) NeedFor(tx *db.Tx, it *catalog.Item, d Draft) (n NeedOf, err error) {
	n.Need = it.Resolve(d.Answers)
	if it.ActsOn == nil || s.Register.Of == nil {
		return n, nil
	}
	if n.Held, err = s.HeldFor(tx, it, d.Party); err != nil {
		return n, err
	}
	for i := range n.Held {
		if n.Held[i].Opens, err = s.From(tx, it, n.Held[i].Until); err != nil {
			return n, err
		}
	}
	n.Chooses = len(n.Held) > 0 || d.Certificate > 0
	n.Declares = d.Certificate == Another || len(n.Held) == 0
	fields := make([]catalog.Field, 0, len(n.Fields))
	for _, f := range n.Fields {
		if f.Element == elementNumber || f.Element == elementUntil {
			f.Required = f.Required || f.Element == elementNumber || it.ActsOn.Effect == catalog.EffectRenew
			if n.Asks = append(n.Asks, f); !n.Declares {
				continue
			}
		}
		fields = append(fields, f)
	}
	n.Fields = fields
	return n, nil
}

// ofElement is the field of an element, nil if the form has none.
func ofElement(it *catalog.Item, element string) *catalog.Field {
	for i := range it.Fields {
		if it.Fields[i].Element == element {
			return &it.Fields[i]
		}
	}
	return nil
}

// typed is the answer to the field of an element, "" without one.
func typed(it *catalog.Item, form map[string]string, element string) string {
	f := ofElement(it, element)
	if f == nil {
		return ""
	}
	return f.Clean(form[f.Key])
}

// tellHeld fills what the register says of the named certificate into a form.
func tellHeld(it *catalog.Item, form map[string]string, h Held) {
	if f := ofElement(it, elementNumber); f != nil {
		form[f.Key] = h.Number
	}
	if f := ofElement(it, elementUntil); f != nil && h.Until != 0 {
		form[f.Key] = h.Until.String()
	}
}

// declarable says why a draft may not declare a certificate, "" if it may: one paper is declared once, whoever has it and
// whatever is to be done with it, and what the register holds as the party's own is named. A form from before such items had
// to ask for a certificate declares none: the window enters what it reads.
func (s *Service) declarable(tx *db.Tx, it *catalog.Item, d Draft) (code string, err error) {
	number := typed(it, d.Form, elementNumber)
	digest := s.paperKey(it.ActsOn.Certificate, number)
	if digest == "" {
		return "", nil
	}
	if used, err := s.paperUsed(tx, digest); err != nil || used != "" {
		return used, err
	}
	h, found, err := s.registered(tx, it, number)
	if err != nil {
		return "", err
	}
	if found && h.Party == d.Party && !h.over() {
		return "cases.certificate_registered", nil
	}
	others, err := listUnkept(tx, d.Party, it.Code)
	for i := range others {
		form, err := s.formOf(&others[i])
		if err != nil {
			return "", err
		}
		if s.paperKey(it.ActsOn.Certificate, typed(it, form, elementNumber)) == digest {
			return "cases.certificate_busy", nil
		}
	}
	return "", err
}

// paperUsed says why a paper may not be declared, "" if it may: an application about it is under way, or was granted.
func (s *Service) paperUsed(tx *db.Tx, digest string) (code string, err error) {
	var state State
	found, err := tx.Maybe(`SELECT state FROM cases WHERE declared = $1 AND declared <> ''`, []any{digest}, &state)
	switch {
	case err != nil || !found:
		return "", err
	case state == StateGranted || state == StateCertified || state == StateDelivered:
		return "cases.certificate_used", nil
	}
	return "cases.certificate_busy", nil
}

func (s *Service) formOf(c *Case) (form map[string]string, err error) {
	var wish Delivery
	return form, openJSON(s.Box, fmt.Sprintf("cases:%d", c.ID), c.sealedForm, &form, c.sealedDelivery, &wish)
}

// Declared is the certificate that the applicant of a case declared: its number, and its last day, 0 for none.
func (s *Service) Declared(it *catalog.Item, c *Case) (number string, until calendar.Date, err error) {
	form, err := s.formOf(c)
	if err != nil {
		return "", 0, err
	}
	if text := typed(it, form, elementUntil); text != "" {
		if until, err = calendar.ParseDate(text); err != nil {
			return "", 0, err
		}
	}
	return typed(it, form, elementNumber), until, nil
}

// declares tells the law of the certificate that the applicant of a case declared, and of a renewal for how long.
func (s *Service) declares(tx *db.Tx, it *catalog.Item, c *Case, t *Terms, in *Input) error {
	if it.ActsOn == nil || s.Register.Of == nil {
		return nil
	}
	_, until, err := s.Declared(it, c)
	if err != nil {
		return err
	}
	in.Certificate = &Certificate{State: CertificateValid, Expires: until, Declared: today(tx), Unseen: true}
	if it.ActsOn.Effect != catalog.EffectRenew {
		return nil
	}
	t.Renewal = true
	t.ValidityMonths, t.FromDecision, err = s.Register.Term(tx, it.ActsOn.Certificate, it.Result.Validity)
	return err
}

// declaredWords tell on a paper which certificate was declared, and what follows once it was compared with its original.
func (ch *change) declaredWords(d *Document, then Matter) error {
	c := then.Certificate
	if ch.c.Certificate != 0 || c == nil {
		return nil
	}
	it, err := ch.s.Catalog.Version(ch.tx, ch.c.ItemVersion)
	if err != nil || it.ActsOn == nil {
		return err
	}
	number, err := ch.s.numberOf(it, ch.c)
	if err != nil {
		return err
	}
	if number == "" {
		d.Content.After = append(d.Content.After, "申请办理的证件：登记中没有记载。请带上原件，窗口核对后登记编号和届满日期。")
		return nil
	}
	until := "长期有效"
	if c.Expires != 0 {
		until = "有效期至" + day(c.Expires)
	}
	what := "申请办理的证件：编号" + TailOf(number) + "，" + until
	if c.Declared == 0 {
		d.Content.After = append(d.Content.After, what+"，已经核对原件。")
		return ch.renewalTerm(d, then)
	}
	text := what + "（由你（单位）声明，本机关登记中没有记载）。请带上原件，受理时核对原件。"
	if then.Terms.Renewal {
		text += "核对无误后，延续的期限以证件载明的届满日期为准计算。"
	}
	d.Content.After = append(d.Content.After, text)
	return nil
}
