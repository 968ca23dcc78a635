package exchange

import (
	"context"
	"crypto/rand"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"onedoor.app/engine/calendar"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
	"onedoor.app/infra/i18n"
	"onedoor.app/infra/web"
	"onedoor.app/ui"
)

func orderPath(id int64) string { return ordersPath + "/" + strconv.FormatInt(id, 10) }

// path is the address of a list of orders.
func (f Filter) path(before int64) string {
	q := url.Values{}
	for name, value := range map[string]string{"state": string(f.State), "system": f.System} {
		if value != "" {
			q.Set(name, value)
		}
	}
	if before != 0 {
		q.Set("before", strconv.FormatInt(before, 10))
	}
	if len(q) == 0 {
		return ordersPath
	}
	return ordersPath + "?" + q.Encode()
}

// mendable reports whether a refusal is the person's to mend on the page that they sent.
func mendable(err error) bool {
	return fault.Is(err, fault.Invalid) || fault.Is(err, fault.Conflict) || fault.Is(err, fault.Stale)
}

func (s *Service) done(w http.ResponseWriter, r *http.Request, key, to string) error {
	if s.Flash != nil && key != "" {
		s.Flash(r.Context(), i18n.T(r.Context(), key))
	}
	return web.SeeOther(w, r, to)
}

// tabs lead to the two lists.
func tabs(ctx context.Context, orders bool, failed int) []ui.Link {
	count := ""
	if failed > 0 {
		count = strconv.Itoa(failed)
	}
	return []ui.Link{
		{Text: i18n.T(ctx, "exchange.tab.systems"), Href: root, Current: !orders},
		{Text: i18n.T(ctx, "exchange.tab.orders"), Href: ordersPath, Count: count, Current: orders},
	}
}

// ordersView is a list of orders.
type ordersView struct {
	ui.Page
	Filter
	Tabs    []ui.Link
	List    []Stored
	Systems []System
	Before  int64
	Next    int64
}

func (s *Service) showOrders(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	v := ordersView{Page: s.Frame(r, i18n.T(ctx, "exchange.orders")), Filter: Filter{State: State(r.FormValue("state")), System: r.FormValue("system")}}
	if !slices.Contains(States, v.State) {
		v.State = ""
	}
	v.Before, _ = strconv.ParseInt(r.FormValue("before"), 10, 64) // what is no id begins at the newest
	v.Before = max(v.Before, 0)
	err := s.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if v.Systems, err = s.Systems(tx); err != nil {
			return err
		}
		if !slices.ContainsFunc(v.Systems, func(sys System) bool { return sys.Code == v.System }) {
			v.System = ""
		}
		failed, err := countFailed(tx)
		if err != nil {
			return err
		}
		v.Tabs = tabs(ctx, true, failed)
		v.List, v.Next, err = s.Orders(tx, v.Filter, v.Before)
		return err
	})
	if err != nil {
		return err
	}
	return web.Show(w, r, http.StatusOK, ordersPage(v))
}

// orderView is the page of an order.
type orderView struct {
	ui.Page
	O       Stored
	System  System
	Known   bool
	Key     string
	Lock    int // that what was typed was meant for
	Reason  string
	Trouble string
	Wrong   map[string]string
}

// moving reports whether a try is on its way, or the next comes within seconds: whoever looks at a test waits for it.
func (v orderView) moving() bool { return v.O.State == Waiting && v.O.What == WhatTest }

func orderID(r *http.Request) (int64, error) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return 0, fault.New(fault.Unknown, "exchange.none")
	}
	return id, nil
}

func (s *Service) showOrder(w http.ResponseWriter, r *http.Request) error {
	return s.order(w, r, http.StatusOK, orderView{})
}

func (s *Service) order(w http.ResponseWriter, r *http.Request, code int, v orderView) error {
	ctx := r.Context()
	id, err := orderID(r)
	if err != nil {
		return err
	}
	if err := s.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if v.O, err = s.Order(tx, id); err != nil {
			return err
		}
		v.System, v.Known, err = maybeSystem(tx, v.O.System)
		return err
	}); err != nil {
		return err
	}
	v.Page, v.Key, v.Lock = s.Frame(r, i18n.T(ctx, "exchange.order")), rand.Text(), v.O.Lock
	v.Page.Path, v.Page.Wrong = orderPath(id), v.Trouble != ""
	return web.Show(w, r, code, orderPage(v))
}

// see does an act on an order that a form of its page asks for.
func (s *Service) see(w http.ResponseWriter, r *http.Request, done string, fn func(ctx context.Context, who auth.Actor, key string, id int64, on int) error) error {
	if err := web.Form(r); err != nil {
		return err
	}
	id, err := orderID(r)
	if err != nil {
		return err
	}
	ctx, f := r.Context(), r.PostForm
	on, _ := strconv.Atoi(f.Get("lock")) // what is no number is an order that has moved
	err = fn(ctx, auth.From(ctx), f.Get("_key"), id, on)
	if mendable(err) {
		return s.order(w, r, web.Status(err), orderView{Trouble: web.Words(ctx, err), Wrong: web.FieldWords(ctx, err), Reason: f.Get("reason")})
	}
	if err != nil {
		return err
	}
	return s.done(w, r, done, orderPath(id))
}

func (s *Service) postAgain(w http.ResponseWriter, r *http.Request) error {
	return s.see(w, r, "exchange.done.again", s.Again)
}

func (s *Service) postGiveUp(w http.ResponseWriter, r *http.Request) error {
	return s.see(w, r, "exchange.done.give_up", func(ctx context.Context, who auth.Actor, key string, id int64, on int) error {
		return s.GiveUp(ctx, who, key, id, on, r.PostForm.Get("reason"))
	})
}

// facts are what there is to know about an order. What it carries is for who receives it alone.
func (v orderView) facts(ctx context.Context) []ui.Fact {
	o := v.O
	name := o.System
	if v.Known {
		name = v.System.Name
	}
	all := []ui.Fact{
		{Label: i18n.T(ctx, "exchange.col.system"), Value: name, Href: systemPath(o.System, v.Known)},
		{Label: i18n.T(ctx, "exchange.col.about"), Value: aboutWords(ctx, o), Code: o.No != ""},
	}
	if o.Name != "" {
		all = append(all, ui.Fact{Label: i18n.T(ctx, "exchange.col.step"), Value: o.Name})
	}
	all = append(all,
		ui.Fact{Label: i18n.T(ctx, "exchange.col.key"), Value: strconv.FormatInt(o.ID, 10), Code: true},
		ui.Fact{Label: i18n.T(ctx, "exchange.col.at"), Value: calendar.Minute(o.At)},
		ui.Fact{Label: i18n.T(ctx, "exchange.col.tries"), Value: strconv.Itoa(o.Tries)},
	)
	if !o.Tried.IsZero() {
		all = append(all, ui.Fact{Label: i18n.T(ctx, "exchange.col.tried"), Value: calendar.Minute(o.Tried)})
	}
	if o.Status != 0 {
		all = append(all, ui.Fact{Label: i18n.T(ctx, "exchange.col.status"), Value: strconv.Itoa(o.Status)})
	}
	return all
}
