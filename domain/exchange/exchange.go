// Package exchange tells other systems (对接系统) what happens here: each order (通知) is a row that is written together
// with what it is about, and a job that posts it afterwards as JSON, signed.
//
// An order is sent at least once: it is lost by no crash, and never sent for a unit of work that was undone. Who receives
// it tells repetitions by its key. Those about one case go in their order: a later one waits until the earlier one has
// arrived, or somebody has given it up.
//
// Invariants, checked by Check:
//
//   - the systems are those of the ledger, which knows each change of them;
//   - an order that waits has a job, or an earlier one about the same case that is not done;
//   - the orders about a case are numbered without a gap, and none has arrived before an earlier one was done;
//   - an order was sent again as often as the ledger tells, and is given up only where the ledger tells why.
//
// What orders there must be about a case is for the check of cases.
package exchange

import (
	"context"
	"time"

	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/secret"
	"onedoor.app/ui"
)

// Keep is the right to see and change the systems, and to see to the orders.
const Keep = "exchange.keep"

// System is a program elsewhere that is notified.
type System struct {
	Code    string
	Name    string
	Address string // to which orders are posted
	Used    bool   // drawings may name it, orders go out
	Lock    int
	Moved   time.Time

	sealed []byte // the secret
}

// State is where an order stands.
type State string

// The states of an order.
const (
	Waiting State = "waiting"  // 等待发送
	Sent    State = "sent"     // 已送达
	Failed  State = "failed"   // 未送达: somebody must see to it
	GivenUp State = "given_up" // 已放弃
)

// States are all of them, in the order of lists.
var States = []State{Waiting, Failed, Sent, GivenUp}

// done reports whether orders after it may go.
func (s State) done() bool { return s == Sent || s == GivenUp }

// What orders are about.
const (
	WhatStep = "case.step" // a case has come to a step of its drawing
	WhatTest = "test"      // somebody tries the connection
)

// Order is what a system is to be told.
type Order struct {
	System string // code; one that is not known makes the order fail where people see it
	What   string
	About  int64  // the case, 0: none
	No     string // its number
	Entry  int64  // of its ledger, which gave the order
	Step   string // id of the element of the drawing
	Name   string // of the step
	Body   any    // becomes JSON
}

// Stored is an order that was given, without its body.
type Stored struct {
	Order
	ID     int64
	Place  int64 // 1, 2, 3 … among those about the case
	State  State
	Round  int
	Tries  int
	Status int    // of the last answer, 0: none came
	Cause  string // why the last try did not succeed, see the causes; "" where it did or there was none
	Reason string // why it was given up
	Lock   int
	At     time.Time
	Tried  time.Time // the last time
	Ended  time.Time // when it arrived or was given up

	parked bool
}

// Service is the use cases of the module.
type Service struct {
	DB       *db.DB
	Box      *secret.Box
	Patience time.Duration // for one answer; 0 means 20 seconds
	Log      func(tx *db.Tx, who auth.Actor, act, about string, facts any) error
	Frame    ui.Frame
	Flash    func(ctx context.Context, text string)
}

const chain0 = "exchange:"

// Chain is the chain of evidence of a system.
func Chain(code string) string { return chain0 + code }

// Filter narrows a list of orders; "" is all.
type Filter struct {
	State  State
	System string
}

// listLength is how many orders a page lists.
const listLength = 50

// Orders lists orders, the newest first, before the one named, 0 for the newest; next is where the following page begins,
// 0 at the end.
func (s *Service) Orders(tx *db.Tx, f Filter, before int64) (list []Stored, next int64, err error) {
	list, err = listOrders(tx, f, before, listLength+1)
	if len(list) > listLength {
		list = list[:listLength]
		next = list[listLength-1].ID
	}
	return list, next, err
}

// Order returns one order; an unknown one is the Unknown fault exchange.none.
func (s *Service) Order(tx *db.Tx, id int64) (Stored, error) { return findOrder(tx, id, "") }

// System returns a system; an unknown one is the Unknown fault exchange.none.
func (s *Service) System(tx *db.Tx, code string) (System, error) { return findSystem(tx, code, "") }

// mostSystems bounds the systems that there may be.
const mostSystems = 200

// Systems lists all systems by code.
func (s *Service) Systems(tx *db.Tx) ([]System, error) { return listSystems(tx, mostSystems) }

// About lists the orders about cases, each case's in their order.
func (s *Service) About(tx *db.Tx, ids []int64) ([]Stored, error) { return listAbout(tx, ids) }

// CountAbout counts the orders about any case.
func (s *Service) CountAbout(tx *db.Tx) (int, error) { return countAbout(tx) }
