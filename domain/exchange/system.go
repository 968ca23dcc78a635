package exchange

import (
	"context"
	"net/url"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"onedoor.app/engine/once"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

// Draft is what is to be kept about a system.
type Draft struct {
	Name    string
	Address string
	Secret  string // "" keeps the one that there is
	Used    bool
}

// Bounds of what is kept.
const (
	mostName     = 40
	mostAddress  = 500
	mostReason   = 300
	fewestSecret = 16
	mostSecret   = 200
	aboutSecret  = "exchange:secret:"
	aboutBody    = "exchange:order:"
)

// systemCode is what a system may be called: drawings of other tools name services so too.
var systemCode = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9._-]{1,39}$`)

// wrong says what of a draft cannot be, by field: name, address, secret.
func (d *Draft) wrong(fresh bool) fault.Fields {
	d.Name, d.Address = strings.TrimSpace(d.Name), strings.TrimSpace(d.Address)
	bad := fault.Fields{}
	bad.Need(d.Name != "" && utf8.RuneCountInString(d.Name) <= mostName && !strings.ContainsFunc(d.Name, unicode.IsControl), "name", "exchange.wrong.name")
	bad.Need(goodAddress(d.Address), "address", "exchange.wrong.address")
	bad.Need(d.Secret != "" || !fresh, "secret", "exchange.wrong.secret_missing")
	printable := !strings.ContainsFunc(d.Secret, func(r rune) bool { return r <= ' ' || r > '~' })
	bad.Need(d.Secret == "" || printable && len(d.Secret) >= fewestSecret && len(d.Secret) <= mostSecret, "secret", "exchange.wrong.secret")
	return bad
}

// goodAddress reports whether orders can be posted to an address: nobody's password stands in it.
func goodAddress(text string) bool {
	u, err := url.Parse(text)
	return err == nil && len(text) <= mostAddress && (u.Scheme == "http" || u.Scheme == "https") && u.Hostname() != "" && u.User == nil &&
		u.Fragment == "" && !strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r == 0x7f })
}

// kept is the evidence of a system as it stands from then on. Secret is a keyed digest.
type kept struct {
	Code    string `json:"code"`
	Name    string `json:"name"`
	Address string `json:"address"`
	Secret  string `json:"secret"`
	Used    bool   `json:"used"`
	Lock    int    `json:"lock"`
}

func (s *Service) kept(sys System) (kept, error) {
	plain, err := s.Box.Open(sys.sealed, aboutSecret+sys.Code)
	return kept{sys.Code, sys.Name, sys.Address, s.Box.Index(aboutSecret + string(plain)), sys.Used, sys.Lock}, err
}

// Add begins to keep a system, for whoever holds exchange.keep. What cannot be is an Invalid fault by field (code, name,
// address, secret), a code that is taken the Conflict fault exchange.taken. Each act runs once under its key.
func (s *Service) Add(ctx context.Context, who auth.Actor, key, code string, d Draft) error {
	return s.write(ctx, who, "exchange.add", key, []any{code, s.asked(d)}, func(tx *db.Tx) error {
		bad := d.wrong(true)
		bad.Need(systemCode.MatchString(code), "code", "exchange.wrong.code")
		if err := bad.Err(); err != nil {
			return err
		}
		all, err := s.Systems(tx)
		if err != nil {
			return err
		}
		if len(all) >= mostSystems {
			return fault.New(fault.Conflict, "exchange.full", "n", mostSystems)
		}
		sys := System{Code: code, Lock: 1}
		s.put(tx, &sys, d)
		if err := insertSystem(tx, sys); db.IsUnique(err) {
			return fault.New(fault.Conflict, "exchange.taken")
		} else if err != nil {
			return err
		}
		return s.evidence(tx, who, "exchange.add", sys)
	})
}

// Change changes a system, for whoever holds exchange.keep; on is the lock of what was looked at, and another one is the
// Stale fault exchange.stale. Orders that still wait go to the new address, under the new secret. Faults as for Add.
func (s *Service) Change(ctx context.Context, who auth.Actor, key, code string, on int, d Draft) error {
	return s.write(ctx, who, "exchange.change", key, []any{code, on, s.asked(d)}, func(tx *db.Tx) error {
		sys, err := findSystem(tx, code, tx.ForUpdate())
		if err != nil {
			return err
		}
		if sys.Lock != on {
			return fault.New(fault.Stale, "exchange.stale")
		}
		if err := d.wrong(false).Err(); err != nil {
			return err
		}
		s.put(tx, &sys, d)
		sys.Lock++
		if err := changeSystem(tx, sys); err != nil {
			return err
		}
		return s.evidence(tx, who, "exchange.change", sys)
	})
}

// put takes a draft over.
func (s *Service) put(tx *db.Tx, sys *System, d Draft) {
	sys.Name, sys.Address, sys.Used, sys.Moved = d.Name, d.Address, d.Used, tx.Now()
	if d.Secret != "" {
		sys.sealed = s.Box.Seal([]byte(d.Secret), aboutSecret+sys.Code)
	}
}

// asked is a draft as it may be compared with an earlier one: without the secret itself.
func (s *Service) asked(d Draft) Draft {
	if d.Secret != "" {
		d.Secret = s.Box.Index(aboutSecret + d.Secret)
	}
	return d
}

func (s *Service) evidence(tx *db.Tx, who auth.Actor, act string, sys System) error {
	facts, err := s.kept(sys)
	if err != nil {
		return err
	}
	return s.Log(tx, who, act, Chain(sys.Code), facts)
}

// Try sends a test order to a system, for whoever holds exchange.keep, and returns its id. It is tried once.
func (s *Service) Try(ctx context.Context, who auth.Actor, key, code string) (id int64, err error) {
	if !who.May(Keep) {
		return 0, fault.New(fault.Forbidden, "right.missing")
	}
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		return once.Do(tx, who, "exchange.try", key, code, &id, func() error {
			sys, err := findSystem(tx, code, "")
			if err != nil {
				return err
			}
			if !sys.Used {
				return fault.New(fault.Conflict, "exchange.unused")
			}
			if id, err = s.send(tx, Order{System: code, What: WhatTest, Body: struct{}{}}); err != nil {
				return err
			}
			return s.Log(tx, who, "exchange.try", Chain(code), acted{Order: id})
		})
	})
	return id, err
}

// write does an act once, however often it is sent.
func (s *Service) write(ctx context.Context, who auth.Actor, act, key string, asked any, fn func(*db.Tx) error) error {
	if !who.May(Keep) {
		return fault.New(fault.Forbidden, "right.missing")
	}
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		var done struct{}
		return once.Do(tx, who, act, key, asked, &done, func() error { return fn(tx) })
	})
}
