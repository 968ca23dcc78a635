package cases

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"onedoor.app/domain/party"
	"onedoor.app/engine/calendar"
	"onedoor.app/engine/ledger"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

// Sight is something unmasked that the work itself shows, without a purpose
// being asked for.
type Sight string

// What staff see unmasked.
const (
	SightFile        Sight = "file"        // an uploaded file
	SightCertificate Sight = "certificate" // what is printed on a certificate
	SightAddress     Sight = "address"     // where a result is sent
	SightOriginal    Sight = "original"    // the number of a certificate that is compared with its original
)

// look is the evidence of one look: at a value that was asked for, or a sight.
type look struct {
	Staff   int64         `json:"staff"`
	Field   string        `json:"field,omitempty"`
	Purpose party.Purpose `json:"purpose,omitempty"`
	Sight   Sight         `json:"sight,omitempty"`
	File    int64         `json:"file,omitempty"` // of SightFile
}

// Look is one look at something unmasked of a case: who, when, at what and why.
type Look struct {
	At      time.Time
	Staff   int64
	Field   string // key of the form's field, "" of a sight
	Purpose party.Purpose
	Sight   Sight
	File    int64  // of SightFile
	Hash    string // of the ledger entry
}

func looks(id int64) string { return fmt.Sprintf("reveal:%d", id) }

// Reveal opens one sensitive value of a case's form to staff who may see the
// case, and keeps in the ledger who looked and what for. Faults: cases.unknown,
// purpose_missing on the field "purpose".
func (s *Service) Reveal(ctx context.Context, who auth.Actor, id int64, field string, purpose party.Purpose) (Value, error) {
	var found Value
	if !slices.Contains(party.Purposes, purpose) {
		return found, &fault.Error{Kind: fault.Invalid, Code: "input.invalid", Fields: map[string]string{"purpose": "cases.purpose_missing"}}
	}
	err := s.DB.Write(ctx, func(tx *db.Tx) error {
		if who.Kind != auth.Staff {
			return fault.New(fault.Forbidden, "cases.not_yours")
		}
		v, err := s.View(tx, who, id)
		if err != nil {
			return err
		}
		at := slices.IndexFunc(v.Form, func(x Value) bool { return x.Key == field && x.Sensitive })
		if at < 0 {
			return fault.New(fault.Unknown, "cases.unknown")
		}
		found = v.Form[at]
		return ledger.Log(tx, looks(id), who, ledger.Draft{Act: "cases.reveal", Body: look{Staff: who.Staff, Field: field, Purpose: purpose}})
	})
	return found, err
}

// Saw keeps in the ledger that a member of staff has seen something unmasked of
// a case: each of them on each day once for each kind of sight, and for each file,
// because whoever works on a case opens its files again and again, and what counts
// is who has seen which and when. It is for pages, before they show it, and does
// nothing for others than staff. Files are for Fetch.
func (s *Service) Saw(ctx context.Context, who auth.Actor, id int64, sight Sight) error {
	return s.saw(ctx, who, id, look{Staff: who.Staff, Sight: sight})
}

func (s *Service) saw(ctx context.Context, who auth.Actor, id int64, at look) error {
	if who.Kind != auth.Staff {
		return nil
	}
	var kept bool
	if err := s.DB.Read(ctx, func(tx *db.Tx) (err error) {
		kept, err = sawToday(tx, id, at)
		return err
	}); err != nil || kept {
		return err
	}
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		if kept, err := sawToday(tx, id, at); err != nil || kept {
			return err
		}
		return ledger.Log(tx, looks(id), who, ledger.Draft{Act: "cases.saw", Body: at})
	})
}

func sawToday(tx *db.Tx, id int64, at look) (bool, error) {
	list, err := listLooks(tx, id)
	return slices.ContainsFunc(list, func(l Look) bool {
		return l.Staff == at.Staff && l.Sight == at.Sight && l.File == at.File && calendar.DateOf(l.At) == today(tx)
	}), err
}

// Looks lists the looks at what is unmasked of a case, newest first, to whoever
// may see the case.
func (s *Service) Looks(tx *db.Tx, who auth.Actor, id int64) ([]Look, error) {
	c, err := findCase(tx, id)
	if err != nil {
		return nil, err
	}
	if err := s.may(tx, who, maySee, c, ""); err != nil {
		return nil, err
	}
	return listLooks(tx, id)
}

// listLooks reads the looks at a case, newest first.
func listLooks(tx *db.Tx, id int64) ([]Look, error) {
	entries, err := ledger.Chain(tx, looks(id))
	if err != nil {
		return nil, err
	}
	list := make([]Look, 0, len(entries))
	for _, e := range slices.Backward(entries) {
		var body look
		if err := json.Unmarshal([]byte(e.Body), &body); err != nil {
			return nil, fmt.Errorf("cases: entry %d of %s: %w", e.Seq, e.Chain, err)
		}
		list = append(list, Look{At: e.At, Staff: body.Staff, Field: body.Field, Purpose: body.Purpose, Sight: body.Sight, File: body.File, Hash: e.Hash})
	}
	return list, nil
}

// Hashes returns the hash of each ledger entry of a case by its number in the
// chain, which is the Seq of its Trail, to whoever may see the case.
func (s *Service) Hashes(tx *db.Tx, who auth.Actor, id int64) (map[int64]string, error) {
	c, err := findCase(tx, id)
	if err != nil {
		return nil, err
	}
	if err := s.may(tx, who, maySee, c, ""); err != nil {
		return nil, err
	}
	entries, err := ledger.Chain(tx, Chain(id))
	out := make(map[int64]string, len(entries))
	for _, e := range entries {
		out[e.Seq] = e.Hash
	}
	return out, err
}
