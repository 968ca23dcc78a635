package cases

import (
	"slices"

	"onedoor.app/domain/catalog"
	"onedoor.app/engine/calendar"
	"onedoor.app/engine/event"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

// Held is a certificate that a party has, as the register of certificates tells it.
type Held struct {
	ID      int64 // of its first version: it stays the same in every later one
	Current int64 // of the version that counts
	Case    int64 // that made this version, 0 where it was taken over from elsewhere
	Type    string
	Name    string
	Party   int64  // whose it is
	Number  string // as pages may show it
	From    calendar.Date
	Until   calendar.Date // last day of validity, 0: none
	State   CertificateState
	Opens   calendar.Date // of NeedOf: the first day on which the application may be made about it; 0: any
}

// law is the certificate as the law looks at it.
func (h Held) law() *Certificate { return &Certificate{State: h.State, Expires: h.Until} }

// Register is what cases ask the register of certificates. Without its functions there is none, and no case is about a
// certificate.
type Register struct {
	// Of lists the certificates of a type that a party has, the newest first: valid, suspended and expired ones.
	Of func(tx *db.Tx, party int64, typ string) ([]Held, error)
	// Now is a certificate as it stands, by the id of its first version.
	Now func(tx *db.Tx, id int64) (Held, error)
	// From is the certificate that a case made; ok is false where it made none.
	From func(tx *db.Tx, caseID int64) (h Held, ok bool, err error)
	// ByNumber is the certificate of a type that has a number, however it is written, whosever it is and wherever it stands;
	// nil: none is looked up.
	ByNumber func(tx *db.Tx, typ, number string) (h Held, ok bool, err error)
	// Words are what a certificate says beside its number, its holder and its days, by the key of the field that they came
	// from; nil: nothing is compared.
	Words func(tx *db.Tx, id int64) (map[string]string, error)
	// Ended lists the certificates of a type that a party had and that have ended, the newest first; nil: none.
	Ended func(tx *db.Tx, party int64, typ string) ([]Held, error)
	// Term is how long a certificate of a type is valid by the words of an item, 0 where they do not tell, and whether they
	// count that from the day of the decision.
	Term func(tx *db.Tx, typ, words string) (months int, decided bool, err error)
}

// HeldFor lists the certificates that an application on an item can be about.
func (s *Service) HeldFor(tx *db.Tx, it *catalog.Item, party int64) ([]Held, error) {
	if it.ActsOn == nil || s.Register.Of == nil {
		return nil, nil
	}
	return s.Register.Of(tx, party, it.ActsOn.Certificate)
}

// unfit says why an application on the item may not name a certificate now, "" if it may.
func (s *Service) unfit(tx *db.Tx, it *catalog.Item, h Held) (code string, err error) {
	if h.State == CertificateSuspended {
		return "cases.certificate_suspended", nil
	}
	others, err := listAbout(tx, h.ID)
	if err != nil {
		return "", err
	}
	if it.ActsOn.Effect != catalog.EffectCancel {
		if next, err := s.coming(tx, others); err != nil || next != nil {
			return "cases.certificate_coming", err
		}
	}
	if slices.ContainsFunc(others, func(o Case) bool { return o.Item == it.Code }) {
		return "cases.certificate_busy", nil
	}
	return "", nil
}

// about is the certificate that a draft names; code says what is wrong with the choice. Who declares one on paper names
// none.
func (s *Service) about(tx *db.Tx, it *catalog.Item, d Draft) (h Held, code string, err error) {
	list, err := s.HeldFor(tx, it, d.Party)
	if err != nil || it.ActsOn == nil || s.Register.Of == nil {
		return Held{}, "", err
	}
	i := slices.IndexFunc(list, func(h Held) bool { return h.ID == d.Certificate })
	switch {
	case d.Certificate == Another || d.Certificate == 0 && len(list) == 0:
		code, err = s.declarable(tx, it, d)
		return Held{}, code, err
	case d.Certificate == 0:
		return Held{}, "cases.certificate_missing", nil
	case i < 0:
		return Held{}, "cases.certificate_gone", nil
	}
	code, err = s.unfit(tx, it, list[i])
	return list[i], code, err
}

// onlyOne is the certificate that a new draft is about where there is no choice.
func (s *Service) onlyOne(tx *db.Tx, it *catalog.Item, party int64) (int64, error) {
	list, err := s.HeldFor(tx, it, party)
	list = slices.DeleteFunc(list, func(h Held) bool { return h.State != CertificateValid })
	if err != nil || len(list) != 1 {
		return 0, err
	}
	return list[0].ID, nil
}

// stillAbout tells the law of the certificate that a case is about, and of a renewal what Art. 50 asks: for how long.
func (s *Service) stillAbout(tx *db.Tx, it *catalog.Item, c *Case, t *Terms, in *Input) error {
	if c.Certificate == 0 {
		return s.declares(tx, it, c, t, in)
	}
	h, err := s.Register.Now(tx, c.Certificate)
	if err != nil {
		return err
	}
	in.Certificate = h.law()
	t.Quota = false // its place is held already (57)
	if it.ActsOn.Effect != catalog.EffectRenew {
		return nil
	}
	months, decided, err := s.Register.Term(tx, h.Type, it.Result.Validity)
	if err != nil {
		return err
	}
	if months == 0 { // as long as before
		months = monthsBetween(h.From, h.Until+1)
	}
	t.Renewal, t.ValidityMonths, t.FromDecision = true, months, decided
	return nil
}

// renewalWords tell on the receipt whether a renewal was asked for in time and what follows from that (Art. 50).
func (ch *change) renewalWords(d *Document, then Matter) error {
	if ch.c.Certificate == 0 {
		return ch.declaredWords(d, then)
	}
	if _, ok := then.Clock(ClockRenewApply); !ok {
		return nil
	}
	h, err := ch.s.Register.Now(ch.tx, ch.c.Certificate)
	if err != nil {
		return err
	}
	d.Content.After = append(d.Content.After, "申请延续的证件：《"+h.Name+"》（编号"+h.Number+"），有效期至"+day(h.Until)+"。")
	return ch.renewalTerm(d, then)
}

// renewalTerm tells what follows from the day on which a renewal was asked for.
func (ch *change) renewalTerm(d *Document, then Matter) error {
	apply, ok := then.Clock(ClockRenewApply)
	if !ok {
		return nil
	}
	if then.Has(FlagLateRenewal) {
		facts := ch.s.Remedies.facts(d.Content.Title, "通知")
		facts.Term, facts.Silence = then.Terms.Settings.renewWords()
		text, err := RemedyLateRenewal.Text(facts)
		d.Content.After = append(d.Content.After, text)
		return err
	}
	if _, can := lawful(Matter{State: StateAccepted, Terms: then.Terms}, ActDeemRenewed); can {
		d.Content.After = append(d.Content.After, "本申请在期限"+day(apply.Due)+"以前提出。本机关将在该证件有效期届满前作出是否准予延续的决定；逾期未作决定的，视为准予延续。")
	}
	return nil
}

// actStands tells a case that the certificate it is about stands otherwise now. It is none of the law's acts: what was
// done to the certificate is an act of the case that made it.
const actStands = "certificate_stands"

// Stood is the body of cases.standing: an act that changed where a certificate stands.
type Stood struct {
	Case        Case
	Act         Act
	Certificate int64 // first version of the one that the case is about; 0: the one that it made
	Ground      Ground
	Until       calendar.Date // renew_cert: its new last day
	Paper       string        // number of the paper that says so
}

// standing has the register follow an act on the certificate of the case, and tells the cases about it.
func (t *telling) standing() error {
	ch := t.ch
	x := Stood{Act: t.p.Act, Ground: t.in.Ground, Paper: ch.paper}
	if ch.c.State() == StateGranted { // renewed, and not made anew yet: the version that counts is the one before
		if x.Certificate = ch.c.Certificate; x.Certificate == 0 {
			return nil // it was declared: the register has nothing of it yet
		}
	}
	if err := ch.stood(x); err != nil {
		return err
	}
	if ch.s.Register.From == nil || t.p.Act == ActReissue {
		return nil
	}
	root := x.Certificate
	if root == 0 {
		h, ok, err := ch.s.Register.From(ch.tx, ch.c.ID)
		if err != nil || !ok {
			return err
		}
		root = h.ID
	}
	cases, err := listAbout(ch.tx, root)
	if err != nil {
		return err
	}
	for _, c := range cases {
		if c.ID == ch.c.ID || ch.by != nil && ch.by.c.ID == c.ID || c.State() == StateCertified { // it asked for this, or has a life of its own
			continue
		}
		now := *ch.c.Matter.Certificate
		if err := ch.s.beside(ch.tx, ch.who, c.ID, move{act: actStands, legal: &Input{Certificate: &now}}); err != nil {
			return err
		}
	}
	return nil
}

func (ch *change) stood(x Stood) error {
	x.Case = *ch.c
	return ch.s.Events.Emit(ch.tx, event.Event{Name: EventStanding, About: ch.c.ID, Who: ch.who, Body: x})
}

// beside does one entry on another case in the same unit of work.
func (s *Service) beside(tx *db.Tx, who auth.Actor, id int64, mv move) error {
	other, err := s.open(tx, who, id)
	if err != nil {
		return err
	}
	if err := other.recount(); err != nil {
		return err
	}
	if err := other.do(mv); err != nil {
		return err
	}
	return other.keep()
}

// conclude does to the certificate that the case is about what the grant means for it: a renewed one lives on in this
// case from now on, one that was to be cancelled is cancelled. For a changed one it is the new version that counts: see
// Replace.
func (ch *change) conclude() error {
	c := ch.c
	if c.State() != StateGranted {
		return nil
	}
	if c.Certificate == 0 {
		return ch.concludeDeclared()
	}
	it, err := ch.s.Catalog.Version(ch.tx, c.ItemVersion)
	if err != nil {
		return err
	}
	h, err := ch.s.Register.Now(ch.tx, c.Certificate)
	if err != nil {
		return err
	}
	in := Input{By: ch.who.Staff, Role: RoleDecider, Case: c.No, Remedies: true}
	if ch.who.Staff == 0 {
		in.Role = RoleSystem
	}
	switch it.ActsOn.Effect {
	case catalog.EffectRenew:
		if h.Case != 0 {
			if err := ch.s.beside(ch.tx, ch.who, h.Case, move{act: string(ActRenewCertificate), legal: &in, note: c.No}); err != nil {
				return notStanding(err)
			}
		}
		if err := ch.ranOn(h.ID); err != nil {
			return err
		}
		return ch.stood(Stood{Act: ActRenewCertificate, Certificate: h.ID, Until: c.Matter.Certificate.Expires, Paper: ch.paper})
	case catalog.EffectCancel:
		carrier, err := carrierOf(ch.tx, h)
		if err != nil {
			return err
		}
		if carrier == 0 {
			err = ch.stood(Stood{Act: ActCancelCertificate, Certificate: h.ID, Ground: GroundHolderAsks, Paper: ch.paper})
		} else {
			err = notStanding(ch.cancelOf(carrier))
		}
		if err != nil {
			return err
		}
		now := Certificate{State: CertificateCancelled, Expires: h.Until}
		return ch.do(move{act: actStands, legal: &Input{Certificate: &now}})
	}
	return nil
}

// ranOn tells the other cases about a renewed certificate until when it is valid now: a change that is made of it later does
// not find it expired.
func (ch *change) ranOn(certificate int64) error {
	cases, err := listAbout(ch.tx, certificate)
	if err != nil {
		return err
	}
	for _, c := range cases {
		held := c.Matter.Certificate
		if c.ID == ch.c.ID || c.State() == StateCertified || held == nil || held.Expires == ch.c.Matter.Certificate.Expires {
			continue
		}
		now := *held
		now.State, now.Expires = CertificateValid, ch.c.Matter.Certificate.Expires
		if err := ch.s.beside(ch.tx, ch.who, c.ID, move{act: actStands, legal: &Input{Certificate: &now}}); err != nil {
			return err
		}
	}
	return nil
}

// concludeDeclared: of a certificate that the register does not hold there is nobody else to tell.
func (ch *change) concludeDeclared() error {
	it, err := ch.s.Catalog.Version(ch.tx, ch.c.ItemVersion)
	if err != nil || ch.c.Matter.Certificate == nil || it.ActsOn == nil || it.ActsOn.Effect != catalog.EffectCancel {
		return err
	}
	now := Certificate{State: CertificateCancelled, Expires: ch.c.Matter.Certificate.Expires}
	return ch.do(move{act: actStands, legal: &Input{Certificate: &now}})
}

// Coming is what was granted about a certificate and is being made: its next version. Until that is made the one before it
// stands, and nobody applies for another; what is done to the certificate meanwhile holds for the next version too.
type Coming struct {
	Case   int64
	No     string
	Effect string // of the item: renew, change or reissue
	Day    calendar.Date
}

// ComingOf is the next version of a certificate that was granted and is not made yet, nil if none is.
func (s *Service) ComingOf(tx *db.Tx, certificate int64) (*Coming, error) {
	about, err := listAbout(tx, certificate)
	if err != nil {
		return nil, err
	}
	return s.coming(tx, about)
}

// coming looks for it among the cases about a certificate. Of what was taken from its holder no version comes.
func (s *Service) coming(tx *db.Tx, about []Case) (*Coming, error) {
	for _, c := range about {
		held := c.Matter.Certificate
		if c.State() != StateGranted || held == nil {
			continue
		}
		switch held.State {
		case CertificateValid, CertificateExpired, CertificateSuspended:
		default:
			continue
		}
		it, err := s.Catalog.Version(tx, c.ItemVersion)
		if err != nil {
			return nil, err
		}
		if it.ActsOn.Effect != catalog.EffectCancel {
			return &Coming{Case: c.ID, No: c.No, Effect: it.ActsOn.Effect, Day: calendar.DateOf(c.DecidedAt)}, nil
		}
	}
	return nil, nil
}

// CarrierOf is the case by which a certificate is acted on, 0 where there is none: see carrierOf.
func (s *Service) CarrierOf(tx *db.Tx, certificate int64) (int64, error) {
	h, err := s.Register.Now(tx, certificate)
	if err != nil {
		return 0, err
	}
	return carrierOf(tx, h)
}

// noneComing keeps a certificate from being issued again while its next version is being made. With lock, nobody grants
// that until the unit of work ends.
func (s *Service) noneComing(tx *db.Tx, c *Case, lock bool) error {
	if s.Register.From == nil {
		return nil
	}
	h, ok, err := s.Register.From(tx, c.ID)
	if err != nil || !ok {
		return err
	}
	if lock {
		if err := lockAbout(tx, h.ID); err != nil {
			return err
		}
	}
	next, err := s.ComingOf(tx, h.ID)
	if err == nil && next != nil {
		err = fault.New(fault.Conflict, "cases.certificate_coming")
	}
	return err
}

// carrierOf is the case in which a certificate has its life, 0 where there is none: the one that made it, or that has
// renewed it since and waits for the next version.
func carrierOf(tx *db.Tx, h Held) (int64, error) {
	renewal, err := renewalOf(tx, h.ID)
	if err != nil || renewal == nil {
		return h.Case, err
	}
	return renewal.ID, nil
}

// renewalOf is the case that has renewed a certificate and waits for the next version, nil if none does.
func renewalOf(tx *db.Tx, certificate int64) (*Case, error) {
	about, err := listAbout(tx, certificate)
	for i, c := range about {
		if c.State() == StateGranted && c.Matter.carries() && c.Matter.Certificate.State != CertificateReplaced {
			return &about[i], err
		}
	}
	return nil, err
}

// cancelOf cancels the certificate that another case made, because its holder asked for it in this one (Art. 70).
func (ch *change) cancelOf(id int64) error {
	old, err := ch.s.open(ch.tx, ch.who, id)
	if err != nil {
		return err
	}
	old.by = ch
	if err := old.recount(); err != nil {
		return err
	}
	t := newTelling(old, cancellation(), RoleDecider, map[string]string{
		"ground": string(GroundHolderAsks), "reason": "持证人申请注销，办件编号" + ch.c.No,
	})
	if err := t.read(); err != nil {
		return err
	}
	if err := t.do(); err != nil {
		return err
	}
	return old.keep()
}

// notStanding says that the certificate cannot be acted on any more, for what the law says about the case that made it.
func notStanding(err error) error {
	if fault.Is(err, fault.Conflict) || fault.Is(err, fault.Invalid) {
		return fault.New(fault.Conflict, "cases.certificate_ended")
	}
	return err
}

// Replace tells the case that made a certificate that the version made by another takes its place, inside the unit of
// work that makes it (Art. 49); old is 0 where no case made it. A renewed one went over with the decision already: a version
// that is made between that decision and the making of its own lives on there too.
func (s *Service) Replace(tx *db.Tx, who auth.Actor, old, made int64) error {
	c, err := findCase(tx, made)
	if err != nil || old == made || c.Matter.Terms.Renewal {
		return err
	}
	renewal, err := renewalOf(tx, c.Certificate)
	if err != nil {
		return err
	}
	if renewal != nil {
		in := Input{Role: RoleSystem, Case: renewal.No}
		return notStanding(s.beside(tx, who, made, move{act: string(ActRenewCertificate), legal: &in, note: renewal.No}))
	}
	if old == 0 {
		return nil
	}
	it, err := s.Catalog.Version(tx, c.ItemVersion)
	if err != nil {
		return err
	}
	act := ActChangeCertificate
	if it.ActsOn.Effect == catalog.EffectReissue {
		act = ActReissue
	}
	return notStanding(s.beside(tx, who, old, move{act: string(act), legal: &Input{By: who.Staff, Role: RoleIssuer, Case: c.No}, note: c.No}))
}

// monthsBetween counts the whole months from one day to another.
func monthsBetween(from, to calendar.Date) int {
	if from == 0 || to <= from {
		return 0
	}
	y, m, d := from.Date()
	y2, m2, d2 := to.Date()
	n := (y2-y)*12 + int(m2-m)
	if d2 < d {
		n--
	}
	return n
}
