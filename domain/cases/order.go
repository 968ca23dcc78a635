package cases

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"onedoor.app/engine/workflow"
	"onedoor.app/infra/db"
)

// Order is what another system is told when a case comes to a service task of its drawing (通知系统). It is given for good:
// neither a return nor a recall takes it back, and a way that comes there again gives another one.
type Order struct {
	System string // its code, as the drawing says
	Case   int64
	No     string
	Entry  int64 // of the ledger of the case, which gives it
	Step   string
	Name   string
	Says   Says
}

// Says is what an order tells, as JSON.
type Says struct {
	Case struct {
		No       string `json:"no"`
		Item     string `json:"item"`
		ItemName string `json:"item_name"`
		Division string `json:"division"`
	} `json:"case"`
	Step struct {
		ID       string `json:"id"`
		Name     string `json:"name"`
		Instance int    `json:"instance,omitempty"` // of several, from 1
	} `json:"step"`
	After   string            `json:"after"`             // the act that brought the case there
	Outcome string            `json:"outcome,omitempty"` // OutcomeGranted or OutcomeRefused, once it is decided
	Form    map[string]string `json:"form,omitempty"`    // what the drawing lists, and nothing else
}

// The outcomes that orders tell.
const (
	OutcomeGranted = "granted"
	OutcomeRefused = "refused"
)

// Ordered is an order that was given, as those who take it keep it.
type Ordered struct {
	Case       int64
	Entry      int64
	System     string // its code
	SystemName string
	Step       string
	Name       string
	State      string // OrderedArrived, or another that pages put in words
}

// OrderedArrived is the state of an order that has arrived.
const OrderedArrived = "sent"

// Systems are the other systems that drawings have told.
type Systems struct {
	// Order takes an order, within the unit of work that gives it.
	Order func(*db.Tx, Order) error
	// Orders lists the orders about cases, each case's in the order in which they were given.
	Orders func(tx *db.Tx, cases []int64) ([]Ordered, error)
	// Count counts the orders about all cases.
	Count func(*db.Tx) (int, error)
}

// formPath begins the paths of what the attribute send of a service task may list.
const formPath = "form."

// Sends lists the fields of the form that a service task sends along; ok is false where it lists something else.
func Sends(n *workflow.Node) (fields []string, ok bool) {
	for _, p := range n.Send() {
		field, found := strings.CutPrefix(p, formPath)
		if !found || field == "" {
			return nil, false
		}
		fields = append(fields, field)
	}
	return fields, true
}

// order carries out a service task.
func (ch *change) order(fx workflow.Effect, act string) error {
	n := fx.Node
	if ch.s.Systems.Order == nil {
		return fmt.Errorf("cases: nobody takes the order of %s", n.ID)
	}
	o := Order{System: n.Service(), Case: ch.c.ID, No: ch.c.No, Entry: ch.c.Version + 1, Step: n.ID, Name: n.Name}
	o.Says.Case.No, o.Says.Case.Item, o.Says.Case.ItemName, o.Says.Case.Division = ch.c.No, ch.c.Item, ch.c.ItemName, ch.c.Division
	o.Says.Step.ID, o.Says.Step.Name, o.Says.Step.Instance = n.ID, n.Name, fx.Index
	o.Says.After, o.Says.Outcome = act, ch.c.Matter.State.outcome()
	if fields, _ := Sends(n); len(fields) > 0 {
		var form map[string]string
		if err := openJSON(ch.s.Box, fmt.Sprintf("cases:%d", ch.c.ID), ch.c.sealedForm, &form, nil, nil); err != nil {
			return err
		}
		o.Says.Form = map[string]string{}
		for _, f := range fields {
			if form[f] != "" {
				o.Says.Form[f] = form[f]
			}
		}
	}
	return ch.s.Systems.Order(ch.tx, o)
}

// outcome is how a case in this state was decided, "" for one that is not.
func (s State) outcome() string {
	switch s {
	case StateGranted, StateCertified, StateDelivered:
		return OutcomeGranted
	case StateRefused:
		return OutcomeRefused
	}
	return ""
}

// orders adds to cases the orders that are kept about them, and counts those.
func (s *Service) orders(tx *db.Tx, ids []int64, rows map[int64]*storedCase) (n int, err error) {
	if s.Systems.Orders == nil {
		return 0, nil
	}
	list, err := s.Systems.Orders(tx, ids)
	for _, o := range list {
		if c := rows[o.Case]; c != nil {
			c.orders = append(c.orders, o)
			n++
		}
	}
	return n, err
}

// told is an order as the ledger of a case gives it.
type told struct {
	entry        int64
	system, step string
}

// tell notes the orders that an entry gives.
func (r *replayed) tell(entry int64, effects []workflow.Effect) {
	for _, fx := range effects {
		if fx.Kind == workflow.Ordered {
			r.Orders = append(r.Orders, told{entry, fx.Node.Service(), fx.Node.ID})
		}
	}
}

// verifyOrders holds the orders about a case against those that its ledger gives.
func verifyOrders(row *storedCase, r replayed) error {
	if !slices.EqualFunc(row.orders, r.Orders, func(o Ordered, t told) bool { return told{o.Entry, o.System, o.Step} == t }) {
		return fmt.Errorf("%d orders are about it, of the %d that its ledger gives; or they are others", len(row.orders), len(r.Orders))
	}
	return nil
}

// verifyAllOrders looks that no order is about a case that there is not; n are about those that there are.
func (s *Service) verifyAllOrders(tx *db.Tx, n int) error {
	if s.Systems.Count == nil {
		return nil
	}
	all, err := s.Systems.Count(tx)
	if err == nil && all != n {
		err = errors.New("cases: an order is about a case that there is not")
	}
	return err
}
