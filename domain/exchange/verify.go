package exchange

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"onedoor.app/engine/job"
	"onedoor.app/engine/ledger"
	"onedoor.app/infra/db"
	"onedoor.app/module"
)

// told is what the ledger tells of all systems and orders.
type told struct {
	systems map[string]kept
	rounds  map[int64]int    // orders that were sent again
	reasons map[int64]string // orders that were given up
	tried   map[int64]string // test orders, with the code of their system
}

// verifiedAtOnce is how many orders Check reads at a time.
const verifiedAtOnce = 500

// Check compares the systems and what people did about orders with the ledger, and looks that nothing waits for ever.
func (s *Service) Check(tx *db.Tx, count module.Count) error {
	t := told{map[string]kept{}, map[int64]int{}, map[int64]string{}, map[int64]string{}}
	if err := ledger.Chains(tx, chain0, t.read); err != nil {
		return err
	}
	systems, err := s.Systems(tx)
	if err != nil {
		return err
	}
	for _, sys := range systems {
		is, err := s.kept(sys)
		if err != nil {
			return fmt.Errorf("exchange: %s: %w", sys.Code, err)
		}
		if was, ok := t.systems[sys.Code]; !ok || was != is {
			return fmt.Errorf("exchange: the system %s is not what the ledger tells", sys.Code)
		}
	}
	if len(systems) != len(t.systems) {
		return fmt.Errorf("exchange: %d systems, the ledger knows %d", len(systems), len(t.systems))
	}
	count("systems", len(systems))
	if about, err := misplaced(tx); err != nil || about != 0 {
		if err == nil {
			err = fmt.Errorf("exchange: the orders about case %d are not in their order", about)
		}
		return err
	}
	for after := int64(0); ; {
		page, err := listEvery(tx, after, verifiedAtOnce)
		if err != nil {
			return err
		}
		for _, o := range page {
			if err := t.verify(tx, o); err != nil {
				return err
			}
			after = o.ID
		}
		count("orders", len(page))
		if len(page) < verifiedAtOnce {
			return t.left()
		}
	}
}

// read takes in one chain.
func (t *told) read(entries []ledger.Entry) error {
	code := strings.TrimPrefix(entries[0].Chain, chain0)
	for _, e := range entries {
		var k kept
		var a acted
		into := any(&a)
		if e.Act == "exchange.add" || e.Act == "exchange.change" {
			into = &k
		}
		if err := json.Unmarshal([]byte(e.Body), into); err != nil {
			return fmt.Errorf("exchange: entry %d of %s cannot be read", e.Seq, e.Chain)
		}
		switch e.Act {
		case "exchange.add", "exchange.change":
			if k.Lock != t.systems[code].Lock+1 {
				return fmt.Errorf("exchange: entry %d of %s skips a change", e.Seq, e.Chain)
			}
			t.systems[code] = k
		case "exchange.try":
			t.tried[a.Order] = code
		case "exchange.again":
			if t.rounds[a.Order]++; a.Round != t.rounds[a.Order]+1 {
				return fmt.Errorf("exchange: entry %d of %s skips a round", e.Seq, e.Chain)
			}
		case "exchange.give_up":
			t.reasons[a.Order] = a.Reason
		}
	}
	return nil
}

// verify holds one order against the ledger.
func (t *told) verify(tx *db.Tx, o Stored) error {
	bad := func(text string) error { return fmt.Errorf("exchange: order %d %s", o.ID, text) }
	reason, given := t.reasons[o.ID]
	tried, test := t.tried[o.ID]
	switch {
	case !slices.Contains(States, o.State):
		return bad("is in no state")
	case o.Round != t.rounds[o.ID]+1:
		return bad("was sent again otherwise than the ledger tells")
	case given != (o.State == GivenUp) || reason != o.Reason:
		return bad("was given up otherwise than the ledger tells")
	case test != (o.What == WhatTest) || test && tried != o.System || test == (o.About != 0):
		return bad("is a test otherwise than the ledger tells")
	case o.State.done() == o.Ended.IsZero():
		return bad("has no end, or an end too many")
	case o.parked && o.State != Waiting:
		return bad("waits for another though it does not wait")
	}
	delete(t.rounds, o.ID)
	delete(t.reasons, o.ID)
	delete(t.tried, o.ID)
	if o.State != Waiting {
		return nil
	}
	if o.parked {
		_, open, err := firstOpen(tx, o.About, o.Place)
		if err == nil && !open {
			err = bad("waits for another that is done")
		}
		return err
	}
	waits, err := job.Waits(tx, jobPost, errand{o.ID, o.Round})
	if err == nil && !waits {
		err = bad("waits, and nobody is to send it")
	}
	return err
}

// left tells of entries whose orders there are not.
func (t *told) left() error {
	for what, n := range map[string]int{"sent again": len(t.rounds), "given up": len(t.reasons), "sent as tests": len(t.tried)} {
		if n > 0 {
			return fmt.Errorf("exchange: %d orders that were %s are missing", n, what)
		}
	}
	return nil
}
