package certificate

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"time"

	"onedoor.app/engine/calendar"
	"onedoor.app/engine/ledger"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

// Test is one thing that a verification looks at.
type Test string

// The tests, in the order in which they are told.
const (
	TestSeal     Test = "seal"     // who sealed it, and with what
	TestContent  Test = "content"  // the stored file is the recorded one
	TestRegister Test = "register" // the record is the one in the ledger
	TestStanding Test = "standing" // not revoked, not cancelled, not expired
)

// Tested is the result of one test.
type Tested struct {
	Test Test
	OK   bool
	At   time.Time // the moment that it speaks of
	Note string    // the digest, the entry in the ledger
}

// Verdict is what anybody may know about a certificate.
type Verdict struct {
	Name    string
	Issuer  string
	Number  string
	Face    Face // as the public may see it
	From    calendar.Date
	Until   calendar.Date
	Status  Status
	Since   time.Time // it stands so; zero where it was never otherwise, or is as its days tell
	Genuine bool      // content and register are in order
	Tests   []Tested
	MadeAt  time.Time

	certificate Certificate
}

// VerifyToken answers what the code on a certificate leads to. An unknown token
// is the Unknown fault certificate.not_found.
func (s *Service) VerifyToken(ctx context.Context, token string) (Verdict, error) {
	return s.verify(ctx, func(tx *db.Tx) (Certificate, bool, error) { return findByToken(tx, token) })
}

// VerifyNumber answers for a number or an identifier, however it was typed.
// Faults: the Invalid certificate.number_wrong when the check character or the
// form is wrong, the Unknown certificate.not_found.
func (s *Service) VerifyNumber(ctx context.Context, text string) (Verdict, error) {
	text = tidy(text)
	if ValidNumber(text) {
		return s.verify(ctx, func(tx *db.Tx) (Certificate, bool, error) { return findByNumber(tx, text) })
	}
	id, err := ParseIdentifier(text)
	if err != nil {
		return Verdict{}, err
	}
	return s.verify(ctx, func(tx *db.Tx) (Certificate, bool, error) { return findByIdentifier(tx, id.String()) })
}

// VerifyFile answers whether a file is one that was made here, unchanged: the
// Unknown fault certificate.file_unknown says that it is not.
func (s *Service) VerifyFile(ctx context.Context, r io.Reader) (Verdict, error) {
	d, err := digest(r)
	if err != nil {
		return Verdict{}, err
	}
	if d.Size == 0 {
		return Verdict{}, fault.New(fault.Invalid, "certificate.file_missing")
	}
	v, err := s.verify(ctx, func(tx *db.Tx) (Certificate, bool, error) {
		c, found, err := findByFile(tx, d.SHA256)
		return c, found && c.SM3 == d.SM3, err
	})
	if fault.Code(err) == "certificate.not_found" {
		err = fault.New(fault.Unknown, "certificate.file_unknown")
	}
	return v, err
}

func (s *Service) verify(ctx context.Context, look func(*db.Tx) (Certificate, bool, error)) (Verdict, error) {
	var c Certificate
	err := s.DB.Read(ctx, func(tx *db.Tx) (err error) {
		var found bool
		if c, found, err = look(tx); err != nil {
			return err
		}
		if !found || c.Origin != MadeHere {
			return fault.New(fault.Unknown, "certificate.not_found")
		}
		return s.unseal(&c)
	})
	if err != nil {
		return Verdict{}, err
	}
	if c, err = s.filed(ctx, c); err != nil {
		return Verdict{}, err
	}
	var entries []ledger.Entry
	var now, from time.Time
	if err := s.DB.Read(ctx, func(tx *db.Tx) (err error) {
		now = tx.Now()
		if entries, err = ledger.Chain(tx, chain(c.ID)); err != nil {
			return err
		}
		from, err = since(tx, c)
		return err
	}); err != nil {
		return Verdict{}, err
	}
	content, err := s.intact(ctx, c)
	if err != nil {
		return Verdict{}, err
	}
	status := c.StatusOn(calendar.DateOf(now))
	registered := c.registered(entries)
	v := Verdict{
		Name: c.Name, Issuer: c.Issuer, Number: c.Number, Face: c.Face.public(), From: c.From, Until: c.Until,
		Status: status, Since: from, MadeAt: c.MadeAt, Genuine: content && registered == nil, certificate: c,
	}
	v.Tests = []Tested{
		{Test: TestSeal, OK: true, At: c.MadeAt},
		{Test: TestContent, OK: content, At: c.FileAt, Note: c.SM3},
		{Test: TestRegister, OK: registered == nil, At: c.MadeAt, Note: c.Identifier},
		{Test: TestStanding, OK: status == Valid, At: now},
	}
	return v, nil
}

// intact reports whether the stored file is the recorded one. A lost file that
// can be made again is restored.
func (s *Service) intact(ctx context.Context, c Certificate) (bool, error) {
	body, err := s.stored(ctx, c)
	switch {
	case err == nil:
		return true, body.Close()
	case !errors.Is(err, errDamaged):
		return false, err
	}
	lost, err := s.Blobs.Open(ctx, c.File)
	if err == nil { // it is there, and it is another
		return false, lost.Close()
	}
	if err := s.restore(ctx, c); fault.Code(err) == "certificate.damaged" {
		return false, nil
	} else if err != nil {
		return false, err
	}
	return true, nil
}

var (
	errNoEntry   = errors.New("certificate: the ledger has no entry of it")
	errOtherFile = errors.New("certificate: the ledger names another file")
	errOther     = errors.New("certificate: the ledger has another record of it")
)

// changesOf are the acts that the ledger keeps about a certificate, the oldest first.
func changesOf(entries []ledger.Entry) (list []changed) {
	for _, e := range entries {
		var x changed
		if e.Act == actChanged && json.Unmarshal([]byte(e.Body), &x) == nil {
			list = append(list, x)
		}
	}
	return list
}

// registered checks the record against what the ledger keeps about it.
func (c Certificate) registered(entries []ledger.Entry) error {
	made := slices.IndexFunc(entries, func(e ledger.Entry) bool { return e.Act == EventMade })
	if made < 0 {
		return errNoEntry
	}
	var kept record
	if err := json.Unmarshal([]byte(entries[made].Body), &kept); err != nil {
		return errOther
	}
	status := Valid
	for _, x := range changesOf(entries) {
		status = x.After
		if x.Until != 0 {
			kept.Until = x.Until
		}
	}
	if kept != c.record() || status != c.Status {
		return errOther
	}
	if c.File == "" {
		return nil
	}
	filed := slices.IndexFunc(entries, func(e ledger.Entry) bool { return e.Act == actFile })
	if filed < 0 {
		return errNoEntry
	}
	var d digests
	if err := json.Unmarshal([]byte(entries[filed].Body), &d); err != nil || d != c.digests() {
		return errOtherFile
	}
	return nil
}
