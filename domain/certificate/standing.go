package certificate

import (
	"crypto/rand"
	"fmt"
	"slices"
	"strings"
	"time"

	"onedoor.app/engine/calendar"
	"onedoor.app/engine/event"
	"onedoor.app/engine/job"
	"onedoor.app/engine/ledger"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

// Act is what was done to a certificate, by the name that the law's table gives it.
type Act string

// The acts. All but the last are acts of the case that made it, or of one that is about it.
const (
	ActSuspend  Act = "suspend_cert"
	ActLift     Act = "lift_cert"
	ActAnnul    Act = "annul"
	ActTakeBack Act = "take_back"
	ActRevoke   Act = "revoke_cert"
	ActCancel   Act = "cancel"
	ActRenew    Act = "renew_cert" // it runs on; the next version follows
	ActReissue  Act = "reissue"    // the next version follows at once
	ActReplace  Act = "replace"    // the next version is made
)

// leads is where each act leads; what is not listed leaves the status.
var leads = map[Act]Status{
	ActSuspend: Suspended, ActLift: Valid, ActAnnul: Annulled, ActTakeBack: TakenBack, ActRevoke: Revoked, ActCancel: Cancelled,
	ActReplace: Replaced,
}

// Change is one line of the history of a certificate.
type Change struct {
	Act    Act
	At     time.Time
	Before Status
	After  Status
	Ground string        // code of the ground, "" where none was named
	Until  calendar.Date // since then the last day of validity, 0: as before
	Paper  string        // number of the paper that says so, "" without one
	By     int64         // account, 0: the law itself
}

// Done is an act on a certificate: on the one that a case made, or on the version that counts of Root.
type Done struct {
	Act    Act
	Case   int64
	Root   int64 // 0: see Case
	Ground string
	Until  calendar.Date
	Paper  string
}

const actChanged = "certificate.changed"

// changed is what the ledger keeps of a Change.
type changed struct {
	Act    Act           `json:"act"`
	Before Status        `json:"before"`
	After  Status        `json:"after"`
	Ground string        `json:"ground,omitempty"`
	Until  calendar.Date `json:"until,omitzero"`
	Paper  string        `json:"paper,omitempty"`
}

// Follow keeps the register in step with an act of the law, inside its unit of work: status and last day, the history,
// the certificate's own chain in the ledger, and for a reissue the next version. Fault: certificate.unknown where the
// case made none.
func (s *Service) Follow(tx *db.Tx, who auth.Actor, d Done) error {
	c, err := s.acted(tx, d)
	if err != nil {
		return err
	}
	if d.Act == ActReissue {
		return s.reissue(tx, who, c, d)
	}
	return s.change(tx, who, c, d)
}

// acted is the certificate that an act is about.
func (s *Service) acted(tx *db.Tx, d Done) (Certificate, error) {
	if d.Root != 0 {
		return s.current(tx, d.Root)
	}
	c, made, err := findByCase(tx, d.Case)
	if err == nil && !made {
		err = fault.New(fault.Unknown, "certificate.unknown")
	}
	if err != nil {
		return c, err
	}
	return c, s.unseal(&c)
}

// current is the version of a certificate that counts, with its face.
func (s *Service) current(tx *db.Tx, root int64) (Certificate, error) {
	c, found, err := findCurrent(tx, root)
	if err == nil && !found {
		err = fault.New(fault.Unknown, "certificate.unknown")
	}
	if err != nil {
		return c, err
	}
	return c, s.unseal(&c)
}

func (s *Service) change(tx *db.Tx, who auth.Actor, c Certificate, d Done) error {
	after, ok := leads[d.Act]
	if !ok {
		after = c.Status
	}
	until := c.Until
	if d.Until != 0 {
		until = d.Until
	}
	x := Change{Act: d.Act, At: tx.Now(), Before: c.Status, After: after, Ground: d.Ground, Until: d.Until, Paper: d.Paper, By: who.ID}
	if err := insertChange(tx, tx.NewID(), c.ID, x); err != nil {
		return err
	}
	if err := changeStanding(tx, c.ID, after, until); err != nil {
		return err
	}
	if err := ledger.Log(tx, chain(c.ID), who, ledger.Draft{
		Act: actChanged, Body: changed{x.Act, x.Before, x.After, x.Ground, x.Until, x.Paper},
	}); err != nil {
		return err
	}
	if d.Until == 0 {
		return nil
	}
	return s.remindLater(tx, c.Root, d.Until)
}

// reissue makes the next version with the same words.
func (s *Service) reissue(tx *db.Tx, who auth.Actor, old Certificate, d Done) error {
	next, err := s.next(tx, old)
	if err != nil {
		return err
	}
	next.MadeBy, next.Face = who.ID, old.Face
	next.Face.Identifier, next.Face.URL, next.Face.Date = next.Identifier, s.address(next.Token), calendar.DateOf(tx.Now()).Chinese()
	if err := s.change(tx, who, old, Done{Act: ActReplace, Ground: d.Ground, Paper: d.Paper}); err != nil {
		return err
	}
	if err := s.keep(tx, who, &next); err != nil {
		return err
	}
	return s.made(tx, who, next, &old)
}

// next begins the version after old: the same number, the same serial in its identifier.
func (s *Service) next(tx *db.Tx, old Certificate) (Certificate, error) {
	id, err := ParseIdentifier(old.Identifier)
	if err != nil {
		return Certificate{}, err
	}
	c := old
	c.Version++
	if c.Version > lastVersion {
		return c, fault.New(fault.Unavailable, "certificate.numbers_used_up")
	}
	id.Version = fmt.Sprintf("%03d", c.Version)
	c.ID, c.Identifier, c.Token, c.Status, c.MadeAt = tx.NewID(), id.String(), rand.Text(), Valid, tx.Now()
	c.File, c.SM3, c.Size, c.FileAt = "", "", 0, time.Time{}
	return c, nil
}

// lastVersion is the most that the identifier can tell (GB/T 36904).
const lastVersion = 999

// keep stores a new certificate with its evidence and orders its file.
func (s *Service) keep(tx *db.Tx, who auth.Actor, c *Certificate) (err error) {
	if c.sealed, err = s.seal(*c); err != nil {
		return err
	}
	if err := insert(tx, *c, s.Box.Index(versionKey(*c))); err != nil {
		if db.IsUnique(err) { // another issuer was faster
			return fault.New(fault.Conflict, "certificate.twice")
		}
		return err
	}
	if err := ledger.Log(tx, chain(c.ID), who, ledger.Draft{Act: EventMade, Body: c.record()}); err != nil {
		return err
	}
	if err := s.remindLater(tx, c.Root, c.Until); err != nil {
		return err
	}
	return job.Add(tx, jobRender, time.Time{}, rendering{c.ID})
}

// replace has a certificate that another case makes anew give way to it. One that is no longer valid gives way to none.
func (s *Service) replace(tx *db.Tx, who auth.Actor, old Certificate, by string) error {
	if old.Status != Valid {
		return fault.New(fault.Conflict, "certificate.ended")
	}
	return s.change(tx, who, old, Done{Act: ActReplace, Paper: by})
}

// made emits that a certificate was made in the place of another, if any.
func (s *Service) made(tx *db.Tx, who auth.Actor, c Certificate, old *Certificate) error {
	return s.Events.Emit(tx, event.Event{Name: EventMade, About: c.ID, Who: who, Body: Made{c, old}})
}

// History lists what was done to a certificate, over all its versions, the newest first, and the versions themselves.
func (s *Service) History(tx *db.Tx, root int64) (versions []Certificate, changes []Change, err error) {
	if versions, err = listVersions(tx, root); err != nil {
		return nil, nil, err
	}
	for _, v := range versions {
		list, err := listChanges(tx, v.ID)
		if err != nil {
			return nil, nil, err
		}
		changes = append(changes, list...)
	}
	slices.SortStableFunc(changes, func(a, b Change) int { return b.At.Compare(a.At) })
	return versions, changes, nil
}

// since is when a certificate came to stand as it does, the zero time for one that was always so.
func since(tx *db.Tx, c Certificate) (time.Time, error) {
	list, err := listChanges(tx, c.ID)
	for _, x := range slices.Backward(list) {
		if x.After != x.Before {
			return x.At, err
		}
	}
	return time.Time{}, err
}

// InForce lists the certificates of a type that a party has: valid, suspended and expired ones, the newest first.
func (s *Service) InForce(tx *db.Tx, party int64, typ string) ([]Certificate, error) {
	return s.Of(tx, party, typ, Valid, Suspended)
}

// Current is the version that counts of a certificate, by the id of its first one.
func (s *Service) Current(tx *db.Tx, root int64) (Certificate, error) { return s.current(tx, root) }

// OfCase is the newest certificate that a case made; ok is false where it made none.
func (s *Service) OfCase(tx *db.Tx, caseID int64) (c Certificate, ok bool, err error) {
	if c, ok, err = findByCase(tx, caseID); err != nil || !ok {
		return c, false, err
	}
	return c, true, s.unseal(&c)
}

// Before lists the cases, other than the one given, that made the earlier versions of the certificate that a case made.
func (s *Service) Before(tx *db.Tx, caseID int64) (made []int64, err error) {
	c, ok, err := findByCase(tx, caseID)
	if err != nil || !ok {
		return nil, err
	}
	list, err := listVersions(tx, c.Root)
	for _, v := range list {
		if v.Version < c.Version && v.Case != 0 && v.Case != caseID && !slices.Contains(made, v.Case) {
			made = append(made, v.Case)
		}
	}
	return made, err
}

// Term is how long a certificate of a type is valid by the words of an item, else by those of the type; 0 months where
// neither tells. decided tells that the words count it from the day of the decision.
func (s *Service) Term(tx *db.Tx, typ, words string) (months int, decided bool, err error) {
	if words == "" {
		t, err := findType(tx, typ)
		if err != nil {
			return 0, false, err
		}
		words = t.Validity
	}
	_, months = readTerm(words)
	return months, onDecision.MatchString(strings.Join(strings.Fields(words), "")), nil
}

// ShownNumber is the number as pages may show it: of an imported one its end only, since it may be a person's own.
func (c Certificate) ShownNumber() string {
	if c.Origin == Imported {
		return "…" + tail(c.Number)
	}
	return c.Number
}

// ByNumber is the version that counts of the certificate of a type that has a number, however it is written, whosever it is
// and wherever it stands.
func (s *Service) ByNumber(tx *db.Tx, typ, number string) (c Certificate, ok bool, err error) {
	if c, ok, err = findByKey(tx, s.Box.Index(numberKey(typ, number))); err != nil || !ok {
		return c, false, err
	}
	c, err = s.current(tx, c.Root)
	return c, err == nil, err
}

// Ended lists the certificates of a type that a party had and that have ended, the newest first.
func (s *Service) Ended(tx *db.Tx, party int64, typ string) ([]Certificate, error) {
	return s.Of(tx, party, typ, Annulled, TakenBack, Revoked, Cancelled)
}
