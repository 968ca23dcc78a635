package app

import (
	"onedoor.app/domain/cases"
	"onedoor.app/domain/exchange"
	"onedoor.app/domain/flow"
	"onedoor.app/infra/db"
)

// newExchange ties the other systems to the cases, whose drawings have them told.
func (s *services) newExchange(b Base) {
	s.exchange = &exchange.Service{DB: b.DB, Box: b.Box, Log: record, Frame: b.Frame, Flash: b.Flash}
	s.cases.Systems = cases.Systems{
		Order: func(tx *db.Tx, o cases.Order) error {
			return s.exchange.Send(tx, exchange.Order{
				System: o.System, What: exchange.WhatStep, About: o.Case, No: o.No, Entry: o.Entry, Step: o.Step, Name: o.Name, Body: o.Says,
			})
		},
		Orders: s.ordered,
		Count:  s.exchange.CountAbout,
	}
}

// ordered lists what other systems were told about cases.
func (s *services) ordered(tx *db.Tx, ids []int64) (list []cases.Ordered, err error) {
	all, err := s.exchange.About(tx, ids)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	systems, err := s.exchange.Systems(tx)
	names := map[string]string{}
	for _, sys := range systems {
		names[sys.Code] = sys.Name
	}
	for _, o := range all {
		list = append(list, cases.Ordered{
			Case: o.About, Entry: o.Entry, System: o.System, SystemName: names[o.System], Step: o.Step, Name: o.Name, State: string(o.State),
		})
	}
	return list, err
}

// flowSystems are the systems that a drawing may name.
func (s *services) flowSystems(tx *db.Tx) (list []flow.System, err error) {
	all, err := s.exchange.Systems(tx)
	for _, sys := range all {
		if sys.Used {
			list = append(list, flow.System{Code: sys.Code, Name: sys.Name})
		}
	}
	return list, err
}

// flowFields are the fields of the form of an item, which an order may take along.
func (s *services) flowFields(tx *db.Tx, item string) (list []flow.Choice, err error) {
	it, err := s.catalog.Current(tx, item)
	if err != nil {
		return nil, err
	}
	for _, f := range it.Fields {
		list = append(list, flow.Choice{Value: "form." + f.Key, Text: f.Label})
	}
	return list, nil
}
