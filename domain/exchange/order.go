package exchange

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"onedoor.app/engine/calendar"
	"onedoor.app/engine/job"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

// letter is the JSON that is posted.
type letter struct {
	Order string `json:"order"` // its id, as the key has it
	What  string `json:"what"`
	At    string `json:"at"` // when it was given
	Data  any    `json:"data"`
}

// Send gives an order within the unit of work that wants it: it goes out once that has committed, and never if it is undone.
// Whether the system is known and in use is looked at then, so that no drawing that is in force ever stops a case.
func (s *Service) Send(tx *db.Tx, o Order) error {
	_, err := s.send(tx, o)
	return err
}

func (s *Service) send(tx *db.Tx, o Order) (id int64, err error) {
	id = tx.NewID()
	body, err := json.Marshal(letter{Order: strconv.FormatInt(id, 10), What: o.What, At: tx.Now().In(calendar.Zone).Format(time.RFC3339), Data: o.Body})
	if err != nil {
		return 0, fmt.Errorf("exchange: %w", err)
	}
	kept := Stored{Order: o, ID: id, Place: id, State: Waiting, Round: 1, Lock: 1, At: tx.Now()}
	if o.About != 0 {
		if kept.Place, err = lastPlace(tx, o.About); err != nil {
			return 0, err
		}
		kept.Place++
	}
	if err := insertOrder(tx, kept, s.Box.Seal(body, aboutBody+strconv.FormatInt(id, 10))); err != nil {
		return 0, err
	}
	return id, kept.ask(tx)
}

// errand is the body of the job of an order. A person who sends it again begins a round, and jobs of earlier ones do nothing.
type errand struct {
	Order int64 `json:"order"`
	Round int   `json:"round"`
}

// ask has the order posted.
func (o Stored) ask(tx *db.Tx) error { return job.Add(tx, jobPost, time.Time{}, errand{o.ID, o.Round}) }

// acted is the evidence of what a person did about an order.
type acted struct {
	Order  int64  `json:"order"`
	Round  int    `json:"round,omitempty"`
	Reason string `json:"reason,omitempty"`
}

// Again sends an order that failed once more, for whoever holds exchange.keep; on is the lock of what was looked at, and
// another one is the Stale fault exchange.stale. One that has not failed is the Conflict fault exchange.not_failed.
func (s *Service) Again(ctx context.Context, who auth.Actor, key string, id int64, on int) error {
	return s.act(ctx, who, "exchange.again", key, id, on, "", func(tx *db.Tx, o *Stored) (acted, error) {
		o.State, o.Cause = Waiting, ""
		o.Round++
		return acted{Order: id, Round: o.Round}, o.ask(tx)
	})
}

// GiveUp leaves an order that failed unsent for good, with the reason, for whoever holds exchange.keep; those after it go
// on. A reason that is missing or too long is an Invalid fault by field (reason), others are as for Again.
func (s *Service) GiveUp(ctx context.Context, who auth.Actor, key string, id int64, on int, reason string) error {
	reason = strings.TrimSpace(reason)
	return s.act(ctx, who, "exchange.give_up", key, id, on, reason, func(tx *db.Tx, o *Stored) (acted, error) {
		bad := fault.Fields{}
		bad.Need(reason != "" && utf8.RuneCountInString(reason) <= mostReason, "reason", "exchange.wrong.reason")
		if err := bad.Err(); err != nil {
			return acted{}, err
		}
		o.Reason = reason
		return acted{Order: id, Reason: reason}, s.settle(tx, o, GivenUp)
	})
}

// act does something to an order that failed.
func (s *Service) act(ctx context.Context, who auth.Actor, act, key string, id int64, on int, asked string, fn func(*db.Tx, *Stored) (acted, error)) error {
	return s.write(ctx, who, act, key, []any{id, on, asked}, func(tx *db.Tx) error {
		o, err := findOrder(tx, id, tx.ForUpdate())
		switch {
		case err != nil:
			return err
		case o.Lock != on:
			return fault.New(fault.Stale, "exchange.stale")
		case o.State != Failed:
			return fault.New(fault.Conflict, "exchange.not_failed")
		}
		facts, err := fn(tx, &o)
		if err != nil {
			return err
		}
		if err := changeOrder(tx, o); err != nil {
			return err
		}
		return s.Log(tx, who, act, Chain(o.System), facts)
	})
}

// settle brings an order to a state that no try changes. Once it is done, the next one that waits for it goes.
func (s *Service) settle(tx *db.Tx, o *Stored, state State) error {
	o.State = state
	if !state.done() {
		return nil
	}
	o.Ended = tx.Now()
	next, found, err := nextParked(tx, o.About, o.Place)
	if err != nil || !found {
		return err
	}
	if err := park(tx, next.ID, false); err != nil {
		return err
	}
	return next.ask(tx)
}
