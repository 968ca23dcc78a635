package cases

import (
	"cmp"
	"context"
	"regexp"
	"slices"
	"strings"

	"onedoor.app/domain/catalog"
	"onedoor.app/domain/party"
	"onedoor.app/engine/once"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

var mobileRE = regexp.MustCompile(`^1[3-9]\d{9}$`)

// Submit hands a draft in: it becomes a case with a number, and its notice clock
// starts (行政许可法 Art. 29, 32). Handing in the same draft again returns the
// same case. A draft that is not complete is an Invalid fault with a code for
// each field; at the window what is missing is taken in as lacking.
func (s *Service) Submit(ctx context.Context, who auth.Actor, draft int64, key string) (Done, error) {
	return s.handIn(ctx, who, draft, ActReceive, key)
}

// Rehearse takes a draft of the window in as a rehearsal without legal effect
// (模拟申报): no limit runs and nothing is decided until it is turned into an
// application. Faults as for Submit; cases.law.setting_off where the item is not
// listed for it.
func (s *Service) Rehearse(ctx context.Context, who auth.Actor, draft int64, key string) (Done, error) {
	return s.handIn(ctx, who, draft, ActStartSim, key)
}

func (s *Service) handIn(ctx context.Context, who auth.Actor, draft int64, act Act, key string) (Done, error) {
	var out Done
	err := s.DB.Write(ctx, func(tx *db.Tx) error {
		out = Done{}
		return once.Do(tx, who, "cases.submit", key, []any{draft, act}, &out, func() error {
			d, err := s.findDraft(tx, draft, true)
			if err != nil {
				return err
			}
			if !d.belongs(who) {
				return fault.New(fault.Unknown, "cases.draft_unknown")
			}
			if d.Case != 0 { // the double click, the second device
				c, err := findCase(tx, d.Case)
				if err != nil {
					return err
				}
				out = Done{Case: c.ID, No: c.No, State: c.State(), Version: c.Version}
				return nil
			}
			ch, err := s.receive(tx, who, d, act)
			if err != nil {
				return err
			}
			out = ch.out
			return nil
		})
	})
	return out, err
}

func (s *Service) receive(tx *db.Tx, who auth.Actor, d Draft, act Act) (*change, error) {
	it, err := s.renew(tx, &d)
	if err != nil {
		return nil, err
	}
	if act == ActReceive && !it.Legal.Open(today(tx)) {
		return nil, fault.New(fault.Conflict, "cases.out_of_season", "from", it.Legal.Opens, "until", it.Legal.Closes)
	}
	if err := s.identify(tx, it, &d); err != nil {
		return nil, err
	}
	if err := lockAbout(tx, d.Certificate); err != nil {
		return nil, err
	}
	if err := s.Check(tx, d, it); err != nil {
		return nil, err
	}
	asked, err := s.NeedFor(tx, it, d)
	if err != nil {
		return nil, err
	}
	about, _, err := s.about(tx, it, d) // none wrong: see Check
	if err != nil {
		return nil, err
	}
	d.Certificate = about.ID
	need := it.Resolve(d.Answers)
	applicant, err := s.Party.Find(tx, d.Party)
	if err != nil {
		return nil, err
	}
	lacks, err := s.lacking(tx, d, need)
	if err != nil {
		return nil, err
	}
	typed := d // with the marks of what came on paper
	if d.Form = asked.CleanForm(d.Form); about.ID != 0 {
		tellHeld(it, d.Form, about)
	}
	c, err := s.newCase(tx, d, it, need, applicant)
	if err != nil {
		return nil, err
	}
	law, err := s.law(tx)
	if err != nil {
		return nil, err
	}
	c.Calendar = s.version(law)
	ch := &change{s: s, tx: tx, who: who, c: c, law: law}
	if d.Staff != 0 {
		if err := s.may(tx, who, mayReceive, c, ""); err != nil {
			return nil, err
		}
		c.Receivers = ch.signers(s.receivingPost(it))
	}
	if act == ActReceive {
		if c.declared, err = s.paperOf(it, c); err != nil {
			return nil, err
		}
	}
	if err := insertCase(tx, c); err != nil {
		return nil, claimed(err)
	}
	if err := s.takeMaterials(tx, c, typed, need); err != nil {
		return nil, err
	}
	in := Input{Role: RoleSystem, Channel: ChannelOnline, Lacks: lacks}
	if d.Staff != 0 {
		in.Role, in.Channel, in.By = RoleReceiver, ChannelWindow, who.Staff
	}
	var owed []Owed
	if d.Staff == 0 {
		owed = owedBy(lacks, need)
		in.Owed = daysOf(owed)
	}
	terms, err := s.termsOf(tx, it, need)
	if err != nil {
		return nil, err
	}
	if err := s.stillAbout(tx, it, c, &terms, &in); err != nil {
		return nil, err
	}
	list, err := listMaterials(tx, c.ID)
	if err != nil {
		return nil, err
	}
	facts, err := ch.receiptFacts()
	if err != nil {
		return nil, err
	}
	// The chain begins with what was agreed: who asks for what, the digests of the
	// form and of every file, the legal terms.
	mv := move{act: string(act), legal: &in, terms: &terms, files: filesOf(list, 0), found: list, facts: facts}
	if act == ActReceive {
		mv.document = ch.receiptDocument(list, terms)
		if then, _, no := law.Apply(NewMatter(terms), act, in, tx.Now()); no == nil {
			if err := ch.renewalWords(mv.document, then); err != nil {
				return nil, err
			}
		}
	}
	if err := ch.do(mv); err != nil {
		return nil, err
	}
	if len(owed) > 0 {
		if err := ch.promise(owed, signedOnline, nil); err != nil {
			return nil, err
		}
	}
	d.Case, d.Changed = c.ID, tx.Now()
	if err := s.changeDraft(tx, d); err != nil {
		return nil, err
	}
	if err := ch.keep(); err != nil || act != ActReceive {
		return ch, err
	}
	return ch, ch.tell(EventReceived, "")
}

func (s *Service) newCase(tx *db.Tx, d Draft, it *catalog.Item, need catalog.Need, applicant party.Party) (*Case, error) {
	no, err := nextNumber(tx, s.Region)
	if err != nil {
		return nil, err
	}
	c := &Case{
		ID: tx.NewID(), No: no, Item: it.Code, ItemVersion: it.ID, ItemName: it.Name, Unit: it.Unit, Body: it.Body,
		Division: cmp.Or(d.Division, applicant.Division), Channel: Online, Party: d.Party, PartyName: applicant.Name, Agent: d.Agent,
		Title: titleOf(d.Form, applicant.Name), FlowHash: need.FlowHash, Vars: varsOf(need, d), Answers: need.Answers,
		Certificate: d.Certificate, licence: licenceOf(it), ReceivedAt: tx.Now(), Matter: Matter{State: StateNone},
	}
	if d.Staff != 0 {
		c.Channel = Window
	}
	return c, s.seal(c, d.Form, d.Delivery)
}

// titleKeys are the fields that name what an application is about.
var titleKeys = []string{"project_name", "shop_name", "site_name", "school_name", "venue_name", "org_name", "company_name", "trade_name", "name"}

func titleOf(form map[string]string, otherwise string) string {
	for _, key := range titleKeys {
		if v := strings.TrimSpace(form[key]); v != "" {
			return shorten(v)
		}
	}
	return otherwise
}

// varsOf takes what conditions may ask about: switches of steps, answers, and
// the fields that are choices, figures or dates.
func varsOf(need catalog.Need, d Draft) Vars {
	v := Vars{Step: need.Steps, Answer: need.Answers, Form: map[string]any{}, Result: map[string]string{}}
	for _, f := range need.Fields {
		value := d.Form[f.Key]
		switch f.Type {
		case catalog.FieldYesNo:
			v.Form[f.Key] = value == "yes" || value == "true" || value == "是" || value == "1"
		case catalog.FieldChoice, catalog.FieldMulti, catalog.FieldDate, catalog.FieldInteger, catalog.FieldDecimal:
			v.Form[f.Key] = value
		}
	}
	return v
}

func (s *Service) takeMaterials(tx *db.Tx, c *Case, d Draft, need catalog.Need) error {
	files, err := listFiles(tx, "draft_id", d.ID)
	if err != nil {
		return err
	}
	for i, m := range need.Materials {
		row := Material{Key: m.ID, Position: i + 1, Name: m.Name, Need: m.Need, Source: SourceNone}
		if slices.ContainsFunc(files, func(f File) bool { return f.Material == m.ID }) {
			row.Source = SourceUpload
		} else if d.HasPaper(m.ID) {
			row.Source = SourcePaper
		} else if proof, ok, err := s.holds(tx, d.Party, m); err != nil {
			return err
		} else if ok {
			row.Source, row.Proof, row.Verdict, row.At = SourceCertificate, proof, Pass, tx.Now()
		}
		if err := insertMaterial(tx, c.ID, row); err != nil {
			return err
		}
	}
	return moveFiles(tx, d.ID, c.ID)
}

// kinds maps the types of the catalogue to the kinds of the law table.
var kinds = map[string]ItemKind{
	catalog.TypeLicence: KindLicence, catalog.TypeBenefit: KindBenefit, catalog.TypeConfirm: KindConfirmation,
	catalog.TypeReward: KindAward, catalog.TypeRuling: KindAdjudication, catalog.TypeOther: KindOther,
	catalog.TypePublic: KindService,
}

// termsOf freezes the legal settings for a case: the law's own, what the item's statutes say, what this place has
// settled where both are silent.
func (s *Service) termsOf(tx *db.Tx, it *catalog.Item, need catalog.Need) (Terms, error) {
	settled, _, err := s.InForce(tx)
	if err != nil {
		return Terms{}, err
	}
	kind, ok := kinds[it.Type]
	if !ok {
		kind = KindOther
	}
	t := NewTerms(kind, it.Modes.Joint)
	t.Settings = settled.Settings
	switch {
	case it.StatutoryLimit.Value > 0:
		t.Limit, t.Unit = it.StatutoryLimit.Value, Unit(it.StatutoryLimit.Unit)
	case kind != KindLicence: // no law sets one; the promise alone counts
		t.Limit = 0
	}
	t.Promised, t.PromisedUnit = need.Limit.Value, Unit(need.Limit.Unit)
	if need.Limit.OnSpot || t.PromisedUnit == "" {
		t.Promised, t.PromisedUnit = max(t.Promised, 1), UnitWorkday
	}
	t.Pledge, t.Simulable, t.NoCertificate = it.Modes.Pledge, it.Modes.Simulated, it.Result.Certificate == ""
	t.Materials = map[string]Tolerance{}
	for _, m := range need.Materials {
		t.Materials[m.ID] = MaterialCore
		if m.Need == catalog.Deferrable {
			t.Materials[m.ID] = MaterialTolerable
		}
	}
	for _, st := range it.Steps {
		runs, optional := need.Steps[st.ID]
		if st.Slot == "check" && (!optional || runs) {
			t.InspectionRequired = true // the decision waits for the site check (34¶3)
		}
	}
	t.legal(it, need)
	if s.Local != nil {
		s.Local(it, &t)
	}
	return t, nil
}

// legal takes the elements that the item's statutes ask for.
func (t *Terms) legal(it *catalog.Item, need catalog.Need) {
	l := it.Legal
	t.Safety, t.Quota, t.FirstReview = l.Safety, l.Quota > 0, l.FirstReview
	t.ThirdParty = l.ThirdParty || t.Kind == KindAdjudication // the other party of the dispute
	t.HearingRequired, t.InspectionItem, t.TestResult, t.ReviewFirst = l.Hearing, l.InspectionItem, l.TestResult, l.ReviewFirst
	t.Deem = t.Deem || l.Deem
	for _, unit := range it.Owing(need) {
		t.Units = append(t.Units, UnitNumber(unit))
	}
	if l.Delivery > 0 {
		t.Delivery = l.Delivery
	}
	if l.Notice != nil {
		t.Notice = *l.Notice
	}
	if l.Extension != nil {
		t.MayExtend(*l.Extension)
	}
}

// receivingPost is the post at which a case of the item is received.
func (s *Service) receivingPost(it *catalog.Item) string {
	if st := it.Step("accept"); st != nil {
		return st.Post
	}
	return ""
}

// receipt is what the first entry of a case's ledger says besides the law.
type receipt struct {
	No      string `json:"no"`
	Item    string `json:"item"`
	Version int64  `json:"item_version"`
	Party   int64  `json:"party"`
	Agent   int64  `json:"agent,omitempty"`
	Unit    string `json:"unit"`
	// Certificate is the one that it is about, see Held.
	Certificate int64 `json:"certificate,omitempty"`
	// Paper is the digest of the one that it declares, see paperKey.
	Paper string `json:"paper,omitempty"`
	// Digests under the key of the house, see Service.keyed.
	Form     string `json:"form"`
	Delivery string `json:"delivery"`
	Place    string `json:"place"`        // where the applicant lives
	Of       string `json:"of,omitempty"` // number of the case that it continues
}

// keyed is what the evidence keeps of a personal value: a digest under the key of
// the house and bound to the case, because what leaves the house in a receipt could
// be guessed back from a plain one.
func (s *Service) keyed(c *Case, what, value string) string {
	return s.Box.Index("cases:" + c.No + ":" + what + ":" + value)
}

func (ch *change) keyed(what, value string) string { return ch.s.keyed(ch.c, what, value) }

// signers are those who took part in receiving the case, with the actor and, if
// they act in a receiving post as a deputy, whom they stand in for: none of them
// may decide it later (受办分离).
func (ch *change) signers(post string, others ...int64) []int64 {
	list := append(slices.Clone(ch.c.Receivers), others...)
	if ch.who.Kind == auth.Staff {
		list = append(list, ch.who.Staff)
		for _, p := range ch.who.Posts {
			if p.Code == post && p.Deputy != 0 {
				list = append(list, p.Deputy)
			}
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}
