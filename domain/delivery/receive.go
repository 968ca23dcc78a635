package delivery

import (
	"context"
	"encoding/json"
	"errors"
	"slices"

	"onedoor.app/engine/calendar"
	"onedoor.app/engine/ledger"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

// Signers are the words for who signs for a parcel at the door. No name is kept: the courier has it.
var Signers = []string{"self", "family", "colleague", "reception", "locker", "other"}

// Signed is what the courier says of a parcel that arrived.
type Signed struct {
	On
	Day calendar.Date // of delivery: not before it was sent, not after today
	By  string        // one of Signers
}

func (r Signed) check(p Parcel, today calendar.Date) error {
	bad := fault.Fields{}
	bad.Need(r.Day != 0, "day", "delivery.received_day")
	bad.Need(r.Day >= calendar.DateOf(p.DoneAt), "day", "delivery.received_early")
	bad.Need(r.Day <= today, "day", "delivery.received_late")
	bad.Need(slices.Contains(Signers, r.By), "by", "delivery.received_by_missing")
	return bad.Err()
}

// evidence is what the ledger keeps of it.
func (r Signed) evidence(caseID int64) any {
	return map[string]any{"case": caseID, "day": r.Day, "by": r.By}
}

// Receive records that a sent parcel was signed for, when and by whom. Faults: delivery.not_desk, delivery.unknown,
// delivery.not_sent; a day or a signer that cannot be is an Invalid fault at "day" or "by".
func (s *Service) Receive(ctx context.Context, who auth.Actor, r Signed) error {
	if !atDesk(who) {
		return fault.New(fault.Forbidden, "delivery.not_desk")
	}
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		p, err := s.lock(tx, r.On)
		if err != nil {
			return err
		}
		if p.State != Sent {
			return fault.New(fault.Conflict, "delivery.not_sent")
		}
		if err := r.check(p, calendar.DateOf(tx.Now())); err != nil {
			return err
		}
		if err := changeReceived(tx, p.ID, r); err != nil {
			return err
		}
		return ledger.Log(tx, chain(p.ID), who, ledger.Draft{Act: "delivery.received", Body: r.evidence(r.Case)})
	})
}

// checkReceived compares what is kept of the receipt of a parcel with the ledger. What was recorded before the day was asked
// has none.
func (p Parcel) checkReceived(e ledger.Entry) error {
	if !e.At.Equal(p.ReceivedAt) {
		return errors.New("the ledger does not know that it was received")
	}
	var body any = map[string]any{"case": p.Result.Case}
	if p.ReceivedOn != 0 || p.ReceivedBy != "" {
		r := Signed{Day: p.ReceivedOn, By: p.ReceivedBy}
		if err := r.check(p, calendar.DateOf(p.ReceivedAt)); err != nil {
			return errors.New("was received on a day or by somebody that cannot be")
		}
		body = r.evidence(p.Result.Case)
	}
	want, err := json.Marshal(body)
	if err == nil && e.Body != string(want) {
		err = errors.New("the ledger has another receipt of it")
	}
	return err
}
