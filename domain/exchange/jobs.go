package exchange

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"time"

	"onedoor.app/engine/job"
	"onedoor.app/infra/db"
)

const jobPost = "exchange.post"

// Bounds of one try.
const (
	patience   = 20 * time.Second
	mostAnswer = 64 << 10 // bytes that are read of an answer, and forgotten
)

// The causes why a try did not succeed.
const (
	CauseUnknown = "unknown" // there is no such system
	CauseUnused  = "unused"  // it is not in use
	CauseRefused = "refused" // its answer says that the order is wrong
	CauseAnswer  = "answer"  // its answer says that it could not take it
	CauseTimeout = "timeout" // no answer in time
	CauseAway    = "away"    // no connection
	CauseStopped = "stopped" // tries were begun, but none ended
)

// Jobs are what the module does later.
func (s *Service) Jobs() []job.Kind {
	return []job.Kind{{Name: jobPost, Do: s.post, GivenUp: s.givenUp}}
}

// parcel is one try: all that is needed to post an order.
type parcel struct {
	id      int64
	address string
	at      string
	secret  []byte
	body    []byte
	test    bool
}

// post tries to send an order. The row tells before and after what becomes of it, in units of work of their own: a program
// that dies between them sends it again, under the same key.
func (s *Service) post(ctx context.Context, body []byte) error {
	e, err := job.Decode[errand](body)
	if err != nil {
		return err
	}
	var p *parcel
	if err := s.DB.Write(ctx, func(tx *db.Tx) error {
		p = nil
		err := job.Hold(tx)
		if err == nil {
			p, err = s.claim(tx, e)
		}
		return err
	}); err != nil || p == nil {
		return err
	}
	status, cause := s.deliver(ctx, p)
	if ctx.Err() != nil && status == 0 {
		return ctx.Err() // nobody knows whether it arrived
	}
	again := false
	// What was answered is kept though the program is about to end.
	err = s.DB.Write(context.WithoutCancel(ctx), func(tx *db.Tx) error {
		again = false
		if err := job.Hold(tx); err != nil {
			return err
		}
		o, err := findOrder(tx, e.Order, tx.ForUpdate())
		if err != nil || o.State != Waiting || o.Round != e.Round {
			return err
		}
		o.Status, o.Cause = status, cause
		switch {
		case cause == "":
			err = s.settle(tx, &o, Sent)
		case cause == CauseRefused || p.test:
			err = s.settle(tx, &o, Failed)
		default:
			again = true
		}
		if err != nil {
			return err
		}
		return changeOrder(tx, o)
	})
	if err == nil && again {
		err = fmt.Errorf("exchange: order %d: %s, status %d", e.Order, cause, status)
	}
	return err
}

// claim begins a try; nil where there is none to make.
func (s *Service) claim(tx *db.Tx, e errand) (*parcel, error) {
	o, err := findOrder(tx, e.Order, "")
	if err != nil {
		return nil, err
	}
	waits, err := behind(tx, o)
	if err != nil {
		return nil, err
	}
	if o, err = findOrder(tx, e.Order, tx.ForUpdate()); err != nil || o.State != Waiting || o.Round != e.Round {
		return nil, err
	}
	if waits {
		return nil, park(tx, o.ID, true)
	}
	o.Tries, o.Tried, o.Cause, o.Status = o.Tries+1, tx.Now(), "", 0
	sys, known, err := maybeSystem(tx, o.System)
	if err != nil {
		return nil, err
	}
	if !known || !sys.Used {
		if o.Cause = CauseUnused; !known {
			o.Cause = CauseUnknown
		}
		if err := s.settle(tx, &o, Failed); err != nil {
			return nil, err
		}
		return nil, changeOrder(tx, o)
	}
	p := &parcel{id: o.ID, address: sys.Address, at: tx.Now().UTC().Format(timeLayout), test: o.What == WhatTest}
	if p.secret, err = s.Box.Open(sys.sealed, aboutSecret+sys.Code); err != nil {
		return nil, err
	}
	sealed, err := bodyOf(tx, o.ID)
	if err != nil {
		return nil, err
	}
	if p.body, err = s.Box.Open(sealed, aboutBody+strconv.FormatInt(o.ID, 10)); err != nil {
		return nil, err
	}
	return p, changeOrder(tx, o)
}

// behind reports whether an order has to wait for an earlier one about the same case, which nobody ends until the unit of
// work does: who ends it afterwards sees that this one waits.
func behind(tx *db.Tx, o Stored) (bool, error) {
	if o.About == 0 {
		return false, nil
	}
	for {
		id, found, err := firstOpen(tx, o.About, o.Place)
		if err != nil || !found {
			return false, err
		}
		earlier, err := findOrder(tx, id, tx.ForUpdate())
		if err != nil || !earlier.State.done() {
			return err == nil, err
		}
	}
}

// givenUp is told that the tries of an order are used up.
func (s *Service) givenUp(tx *db.Tx, body []byte) error {
	e, err := job.Decode[errand](body)
	if err != nil {
		return err
	}
	o, err := findOrder(tx, e.Order, tx.ForUpdate())
	if err != nil || o.State != Waiting || o.Round != e.Round {
		return err
	}
	if o.Cause == "" {
		o.Cause = CauseStopped
	}
	if err := s.settle(tx, &o, Failed); err != nil {
		return err
	}
	return changeOrder(tx, o)
}

// deliver posts an order once. status is that of the answer, 0 where none came; cause is "" where it arrived.
func (s *Service) deliver(ctx context.Context, p *parcel) (status int, cause string) {
	ctx, stop := context.WithTimeout(ctx, cmp.Or(s.Patience, patience))
	defer stop()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, p.address, bytes.NewReader(p.body))
	if err != nil {
		return 0, CauseAway
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "OneDoor")
	req.Header.Set(HeaderKey, strconv.FormatInt(p.id, 10))
	req.Header.Set(HeaderTime, p.at)
	req.Header.Set(HeaderSignature, Sign(p.secret, p.at, p.body))
	answer, err := client.Do(req)
	if err != nil {
		if late, ok := errors.AsType[net.Error](err); ok && late.Timeout() {
			return 0, CauseTimeout
		}
		return 0, CauseAway
	}
	defer answer.Body.Close()                                           //nolint:errcheck // nothing was written to it
	_, _ = io.Copy(io.Discard, io.LimitReader(answer.Body, mostAnswer)) // so that the connection can be used again
	return answer.StatusCode, judge(answer.StatusCode)
}

// judge says what an answer means: "" that the order has arrived, now or before.
func judge(status int) (cause string) {
	switch {
	case status >= 200 && status < 300, status == http.StatusConflict:
		return ""
	case status == http.StatusRequestTimeout, status == http.StatusTooEarly, status == http.StatusTooManyRequests:
		return CauseAnswer
	case status >= 400 && status < 500:
		return CauseRefused
	}
	return CauseAnswer
}

// client follows no redirect, whose target nobody has agreed to, and asks no proxy.
var client = &http.Client{
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	Transport: &http.Transport{
		DialContext:         (&net.Dialer{Timeout: 5 * time.Second}).DialContext,
		TLSHandshakeTimeout: 5 * time.Second, IdleConnTimeout: 30 * time.Second, MaxIdleConnsPerHost: 4, MaxResponseHeaderBytes: mostAnswer,
	},
}
