package certificate

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/emmansun/gmsm/sm3"

	"onedoor.app/engine/calendar"
	"onedoor.app/engine/ledger"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

// maxFile bounds the files of certificates and the files that are compared.
const maxFile = 20 << 20

const actFile = "certificate.rendered"

// chain0 begins the names of the ledger's chains of certificates.
const chain0 = "certificate:"

// chain names the ledger's chain of a certificate.
func chain(id int64) string { return fmt.Sprint(chain0, id) }

// record is what the ledger keeps of a new certificate: every column that never
// changes, and the digest of all that stands on it.
type record struct {
	Number     string        `json:"number"`
	Identifier string        `json:"identifier"`
	Type       string        `json:"type"`
	Party      int64         `json:"party"`
	Case       int64         `json:"case"`
	From       calendar.Date `json:"from"`
	Until      calendar.Date `json:"until"`
	Face       string        `json:"face"` // SM3
	Name       string        `json:"name"`
	Issuer     string        `json:"issuer"`
	CaseNo     string        `json:"case_no"`
	Item       string        `json:"item"`
	Token      string        `json:"token"` // SHA-256: who reads the ledger learns no address
	MadeAt     int64         `json:"made_at"`
	MadeBy     int64         `json:"made_by"`
}

func (c Certificate) record() record {
	token := sha256.Sum256([]byte(c.Token))
	return record{
		c.Number, c.Identifier, c.Type, c.Party, c.Case, c.From, c.Until, c.Face.digest(),
		c.Name, c.Issuer, c.CaseNo, c.ItemName, hex.EncodeToString(token[:]), c.MadeAt.UnixMilli(), c.MadeBy,
	}
}

// digests are of a file.
type digests struct {
	SHA256 string `json:"sha256"`
	SM3    string `json:"sm3"`
	Size   int64  `json:"size"`
}

// digest reads r to its end.
func digest(r io.Reader) (digests, error) {
	a, b := sha256.New(), sm3.New()
	n, err := io.Copy(io.MultiWriter(a, b), r)
	return digests{hex.EncodeToString(a.Sum(nil)), hex.EncodeToString(b.Sum(nil)), n}, err
}

func (c Certificate) digests() digests { return digests{c.File, c.SM3, c.Size} }

func about(id int64) string { return fmt.Sprintf("certificate:%d:face", id) }

func (s *Service) seal(c Certificate) ([]byte, error) {
	text, err := json.Marshal(c.Face)
	return s.Box.Seal(text, about(c.ID)), err
}

func (s *Service) unseal(c *Certificate) error {
	text, err := s.Box.Open(c.sealed, about(c.ID))
	if err != nil {
		return err
	}
	if err := json.Unmarshal(text, &c.Face); err != nil {
		return fmt.Errorf("certificate: face of %d: %w", c.ID, err)
	}
	if c.Origin == Imported {
		c.Number = c.Face.Number
	}
	return nil
}

// render draws the file of a certificate. The same certificate gives the same
// bytes.
func (s *Service) render(c Certificate) ([]byte, error) {
	var b bytes.Buffer
	draw := c.Face.paper()
	draw.Created = c.MadeAt
	err := s.Fonts.Certificate(&b, draw)
	return b.Bytes(), err
}

// Render makes the file of a certificate, keeps it and records its digests,
// unless that was done before.
func (s *Service) Render(ctx context.Context, id int64) error {
	var c Certificate
	if err := s.DB.Read(ctx, func(tx *db.Tx) (err error) { c, err = s.find(tx, id); return err }); err != nil {
		return err
	}
	_, err := s.filed(ctx, c)
	return err
}

// filed returns the certificate with its file made and kept.
func (s *Service) filed(ctx context.Context, c Certificate) (Certificate, error) {
	if c.Origin != MadeHere {
		return c, fault.New(fault.Unknown, "certificate.no_file")
	}
	if c.File != "" {
		return c, nil
	}
	file, err := s.render(c)
	if err != nil {
		return c, err
	}
	d, err := digest(bytes.NewReader(file))
	if err != nil {
		return c, err
	}
	if _, _, err := s.Blobs.Put(ctx, bytes.NewReader(file), maxFile); err != nil {
		return c, err
	}
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		first, err := changeFile(tx, c.ID, d.SHA256, d.SM3, d.Size)
		if err != nil || !first { // somebody else made it in the meantime: the same bytes
			return err
		}
		return ledger.Log(tx, chain(c.ID), auth.Actor{Kind: auth.System}, ledger.Draft{Act: actFile, Body: d})
	})
	if err != nil {
		return c, err
	}
	err = s.DB.Read(ctx, func(tx *db.Tx) (err error) { c, err = s.find(tx, c.ID); return err })
	return c, err
}

// Open returns the file of a certificate; the caller closes it. A file that is
// missing from the store is made again. Whoever opens it should have been asked
// by MayOpen. Faults: certificate.unknown; certificate.no_file for imported
// ones; certificate.damaged when the file is not the one that was recorded and
// cannot be made again.
func (s *Service) Open(ctx context.Context, id int64) (Certificate, io.ReadSeekCloser, error) {
	var c Certificate
	if err := s.DB.Read(ctx, func(tx *db.Tx) (err error) { c, err = s.find(tx, id); return err }); err != nil {
		return c, nil, err
	}
	c, err := s.filed(ctx, c)
	if err != nil {
		return c, nil, err
	}
	body, err := s.stored(ctx, c)
	if err == nil {
		return c, body, nil
	}
	if !errors.Is(err, errDamaged) {
		return c, nil, err
	}
	if err := s.restore(ctx, c); err != nil {
		return c, nil, err
	}
	body, err = s.stored(ctx, c)
	if errors.Is(err, errDamaged) { // the store keeps one file of a name: an operator must remove the bad one
		err = fault.New(fault.Unavailable, "certificate.damaged")
	}
	return c, body, err
}

var errDamaged = errors.New("certificate: the stored file is not the recorded one")

// stored opens the kept file at its beginning if it is the recorded one, else
// errDamaged.
func (s *Service) stored(ctx context.Context, c Certificate) (io.ReadSeekCloser, error) {
	body, err := s.Blobs.Open(ctx, c.File)
	if fault.Is(err, fault.Unknown) {
		return nil, errDamaged
	}
	if err != nil {
		return nil, err
	}
	d, err := digest(body)
	if err == nil && d != c.digests() {
		err = errDamaged
	}
	if err == nil {
		_, err = body.Seek(0, io.SeekStart)
	}
	if err != nil {
		return nil, errors.Join(err, body.Close())
	}
	return body, nil
}

// restore makes a lost file again. Another edition of the program may draw it
// differently: then it stays lost.
func (s *Service) restore(ctx context.Context, c Certificate) error {
	file, err := s.render(c)
	if err != nil {
		return err
	}
	d, err := digest(bytes.NewReader(file))
	if err != nil {
		return err
	}
	if d != c.digests() {
		return fault.New(fault.Unavailable, "certificate.damaged")
	}
	_, _, err = s.Blobs.Put(ctx, bytes.NewReader(file), maxFile)
	return err
}

// concerns reports whether a certificate is an applicant's own, or of somebody
// whose mandate covers it: one for certain items covers what came of these.
func (s *Service) concerns(tx *db.Tx, who auth.Actor, c Certificate) (bool, error) {
	switch {
	case c.Party == who.Party:
		return true, nil
	case who.For == 0 || c.Party != who.For:
		return false, nil
	case len(who.Items) == 0:
		return true, nil
	case c.Case == 0:
		return false, nil
	}
	return s.MaySee(tx, who, c.Case)
}

// MayOpen reports whether somebody may have the file: whoever holds the
// certificate or acts for its holder, and staff who may see its case. Others
// are told that there is no such certificate.
func (s *Service) MayOpen(tx *db.Tx, who auth.Actor, id int64) error {
	c, err := find(tx, id)
	if err != nil {
		return err
	}
	allowed := false
	switch who.Kind {
	case auth.Applicant:
		if allowed, err = s.concerns(tx, who, c); err != nil {
			return err
		}
	case auth.Staff:
		if c.Case != 0 {
			if allowed, err = s.MaySee(tx, who, c.Case); err != nil {
				return err
			}
		}
	case auth.Visitor, auth.System:
	}
	if !allowed {
		return fault.New(fault.Unknown, "certificate.unknown")
	}
	return nil
}
