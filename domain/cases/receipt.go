package cases

import (
	"context"
	"encoding/json"

	"onedoor.app/engine/ledger"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

// Receipt proves to whoever may see a case that it was handed in at its moment,
// with its files: the first entry of its chain in the sealed tree (存证回执).
// Whoever holds the result needs neither this program nor its database to check
// it, only the public key. In the second after the act, before the record is
// sealed, it is the Conflict fault ledger.waits.
func (s *Service) Receipt(ctx context.Context, who auth.Actor, id int64) (r ledger.Receipt, err error) {
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		c, err := findCase(tx, id)
		if err != nil {
			return err
		}
		if err := s.may(tx, who, maySee, c, ""); err != nil {
			return err
		}
		first, err := ledger.First(tx, Chain(id))
		if err != nil {
			return err
		}
		r, err = s.Tree.Prove(tx, first)
		return err
	})
	return r, err
}

// Received is what the receipt of a case says.
type Received struct {
	No    string  // of the case
	Item  string  // its code
	Files []Proof // what was handed in, by digest
}

// ReadReceipt reads what the receipt of a case says. It checks nothing: see
// ledger.Receipt.Check. ok is false for a receipt without its contents, which is
// what a QR code holds, and for that of anything but the receiving of a case.
func ReadReceipt(r ledger.Receipt) (got Received, ok bool) {
	var body struct {
		Facts receipt
		Files []Proof
	}
	if r.Entry.Act != "cases."+string(ActReceive) || json.Unmarshal([]byte(r.Entry.Body), &body) != nil {
		return Received{}, false
	}
	return Received{No: body.Facts.No, Item: body.Facts.Item, Files: body.Files}, true
}

// StandsToday reports whether the ledger still holds what a receipt proves, and
// the number of its case. A receipt that it no longer holds tells that the ledger
// was changed behind it.
func (s *Service) StandsToday(tx *db.Tx, r ledger.Receipt) (no string, ok bool, err error) {
	if ok, err = s.Tree.Holds(tx, r); !ok || err != nil {
		return "", ok, err
	}
	id, ours := caseOf(r.Entry.Chain)
	if !ours {
		return "", true, nil
	}
	c, err := findCase(tx, id)
	if fault.Is(err, fault.Unknown) {
		return "", true, nil
	}
	if err != nil {
		return "", true, err
	}
	return c.No, true, nil
}
