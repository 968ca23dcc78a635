package exchange

import (
	"cmp"
	"context"
	"strconv"

	"onedoor.app/engine/calendar"
	"onedoor.app/infra/i18n"
	"onedoor.app/ui"
)

// StateMark is how the state of an order shows: colour, shape and word.
func StateMark(ctx context.Context, state State) ui.Mark {
	m := ui.Mark{Text: i18n.T(ctx, "exchange.state."+string(state))}
	switch state {
	case Sent:
		m.Tone = ui.ToneGood
	case Failed:
		m.Tone = ui.ToneBad
	case GivenUp:
		m.Icon = "cross"
	case Waiting:
		m.Icon = "clock"
	}
	return m
}

// aboutWords says what an order is about: a case by its number.
func aboutWords(ctx context.Context, o Stored) string {
	if o.What == WhatTest {
		return i18n.T(ctx, "exchange.test")
	}
	return o.No
}

func columns(ctx context.Context, keys ...string) (all []ui.Col) {
	for i, key := range keys {
		all = append(all, ui.Col{Text: i18n.T(ctx, "exchange.col."+key), Row: i == 0})
	}
	return all
}

func (v systemsView) table(ctx context.Context) ui.Grid {
	g := ui.Grid{Label: i18n.T(ctx, "exchange.title"), Hover: true, Cols: columns(ctx, "name", "code", "address", "used")}
	for _, sys := range v.List {
		mark := ui.Mark{Text: i18n.T(ctx, "exchange.used.yes"), Tone: ui.ToneGood}
		if !sys.Used {
			mark = ui.Mark{Text: i18n.T(ctx, "exchange.used.no"), Icon: "pause"}
		}
		g.Rows = append(g.Rows, ui.Line{Cells: []ui.Cell{
			{Text: sys.Name, Href: systemPath(sys.Code, true)}, {Text: sys.Code, Code: true}, {Text: sys.Address, Code: true}, {Body: ui.Verdict(mark)},
		}})
	}
	return g
}

// table lists orders; names are those of systems by code.
func table(ctx context.Context, list []Stored, names map[string]string) ui.Grid {
	g := ui.Grid{Label: i18n.T(ctx, "exchange.orders"), Hover: true, Cols: columns(ctx, "at", "system", "about", "step", "state", "answer")}
	for _, o := range list {
		g.Rows = append(g.Rows, ui.Line{Cells: []ui.Cell{
			{Text: calendar.Minute(o.At), Href: orderPath(o.ID)}, {Text: cmp.Or(names[o.System], o.System)}, {Text: aboutWords(ctx, o), Code: o.No != ""},
			{Text: cmp.Or(o.Name, i18n.T(ctx, "exchange.nothing"))}, {Body: ui.Verdict(StateMark(ctx, o.State))}, {Text: answerWords(ctx, o)},
		}})
	}
	return g
}

// answerWords says in a few words what came of the last try.
func answerWords(ctx context.Context, o Stored) string {
	switch {
	case o.Status != 0:
		return strconv.Itoa(o.Status)
	case o.Cause != "":
		return i18n.T(ctx, "exchange.cause."+o.Cause+".short")
	}
	return i18n.T(ctx, "exchange.nothing")
}

// causeWords says why an order has not arrived, then what to do.
func causeWords(ctx context.Context, o Stored) string {
	return i18n.T(ctx, "exchange.cause."+cmp.Or(o.Cause, CauseStopped), "status", o.Status)
}

func (v ordersView) names() map[string]string {
	names := map[string]string{}
	for _, sys := range v.Systems {
		names[sys.Code] = sys.Name
	}
	return names
}

// states are the chips that narrow a list.
func (v ordersView) states(ctx context.Context) []ui.Link {
	all := []ui.Link{{Text: i18n.T(ctx, "exchange.all"), Href: Filter{System: v.System}.path(0), Current: v.State == ""}}
	for _, state := range States {
		all = append(all, ui.Link{
			Text: i18n.T(ctx, "exchange.state."+string(state)), Href: Filter{State: state, System: v.System}.path(0), Current: v.State == state,
		})
	}
	return all
}

func (v ordersView) systems(ctx context.Context) ui.Input {
	i := ui.Input{
		Name: "system", Kind: "select", Size: "m", Label: i18n.T(ctx, "exchange.col.system"), Value: v.System,
		Options: []ui.Option{{Text: i18n.T(ctx, "exchange.all.systems")}},
	}
	for _, sys := range v.Systems {
		i.Options = append(i.Options, ui.Option{Value: sys.Code, Text: sys.Name})
	}
	return i
}

func (v ordersView) more(ctx context.Context) ui.More {
	more := ui.More{Note: i18n.T(ctx, "exchange.order_by")}
	if v.Next != 0 {
		more.Text, more.Href = i18n.T(ctx, "exchange.more"), v.path(v.Next)
	}
	if v.Before != 0 {
		more.First, more.FirstHref = i18n.T(ctx, "exchange.first"), v.path(0)
	}
	return more
}

// moments are the latest orders to a system.
func (v systemView) moments(ctx context.Context) (all []ui.Moment) {
	for _, o := range v.Latest {
		all = append(all, ui.Moment{
			Title: aboutWords(ctx, o), When: calendar.Minute(o.At), Body: ui.Verdict(StateMark(ctx, o.State)),
			Links: []ui.Link{{Text: i18n.T(ctx, "exchange.open"), Href: orderPath(o.ID)}},
		})
	}
	return all
}
