package catalog

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"

	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

// Sides are what a proposal was made on and what it makes of that, each whole: what it does not touch is the same on both.
// Of a proposal each has the part of its kind, nil for what was not there.
type Sides struct {
	Base      [2]*Base
	Locks     [2]Locks
	Material  [2]*LibraryMaterial
	File      [2]*File
	Retired   [2]bool
	Overtaken bool // another version has come in force since, other than by itself
	Unknown   bool // what it was made on was not kept
}

// Sides returns both sides of a proposal. What it was made on stays as it was, whatever has come in force since.
func (s *Service) Sides(tx *db.Tx, p *Proposal) (Sides, error) {
	switch p.Kind {
	case ProposeBase:
		return s.baseSides(tx, p)
	case ProposeLocks:
		return s.lockSides(tx, p)
	}
	return s.librarySides(tx, p)
}

// overtaken reports whether what is in force by a number is neither what the proposal was made on nor what it became.
func (p *Proposal) overtaken(number int) bool {
	return number != p.On && (p.State != ProposalAgreed || number != p.On+1)
}

func (s *Service) baseSides(tx *db.Tx, p *Proposal) (x Sides, err error) {
	_, number, err := findBase(tx, p.code(), "")
	if err != nil {
		return x, err
	}
	x.Overtaken, x.Base[1] = p.overtaken(number), p.Base
	if p.On == 0 {
		return x, nil
	}
	list, err := listBaseVersions(tx, p.code(), p.On+1, 1)
	if err == nil && len(list) > 0 && list[0].Number == p.On {
		x.Base[0] = &list[0].Base
	}
	x.Unknown = x.Base[0] == nil
	return x, err
}

func (s *Service) lockSides(tx *db.Tx, p *Proposal) (x Sides, err error) {
	_, number, err := findLocks(tx, p.code())
	if err != nil {
		return x, err
	}
	x.Overtaken, x.Locks = p.overtaken(number), [2]Locks{DefaultLocks(), DefaultLocks()}
	maps.Copy(x.Locks[1], p.Locks)
	if p.On == 0 {
		return x, nil
	}
	list, err := listLocks(tx, p.code(), p.On+1, 1)
	if err == nil && len(list) > 0 && list[0].Number == p.On {
		maps.Copy(x.Locks[0], list[0].Locks)
	} else {
		x.Unknown = true
	}
	return x, err
}

// librarySides goes by what the proposal itself keeps of the entry, because the library keeps no older version of it.
func (s *Service) librarySides(tx *db.Tx, p *Proposal) (x Sides, err error) {
	now, err := findLibrary(tx, p.code())
	if err != nil && !fault.Is(err, fault.Unknown) {
		return x, err
	}
	was := p.Was
	if was == nil && p.On != 0 && now.Version == p.On { // made before they kept it
		was = &now
	}
	x.Overtaken, x.Unknown = p.overtaken(now.Version), was == nil && p.On != 0
	switch p.Kind {
	case ProposeMaterial:
		next := *p.Material
		if was != nil {
			next.keeps(*was)
		}
		x.Material = [2]*LibraryMaterial{was, &next}
	case ProposeForm:
		x.File[1] = p.File
		if was != nil {
			x.File[0] = *was.form(p.Which)
		}
	case ProposeRetiring:
		x.Unknown = false // only the other use is ever proposed
		x.Retired = [2]bool{!p.Retired, p.Retired}
	}
	return x, nil
}

// keeps takes over from an entry what other words for it do not touch.
func (m *LibraryMaterial) keeps(was LibraryMaterial) {
	m.Retired, m.Blank, m.Sample, m.Former = was.Retired, was.Blank, was.Sample, was.Former
}

// form is where an entry keeps its blank or sample form.
func (m *LibraryMaterial) form(which string) **File {
	if which == SampleForm {
		return &m.Sample
	}
	return &m.Blank
}

// Plain returns the two sides as JSON has them, for whoever compares them place by place; nil for what was not there.
func (x Sides) Plain(k ProposalKind) (was, next any, err error) {
	sides := map[ProposalKind][2]any{
		ProposeBase: {x.Base[0], x.Base[1]}, ProposeLocks: {x.Locks[0], x.Locks[1]}, ProposeMaterial: {x.Material[0], x.Material[1]},
		ProposeForm: {x.File[0], x.File[1]}, ProposeRetiring: {map[string]bool{"retired": x.Retired[0]}, map[string]bool{"retired": x.Retired[1]}},
	}[k]
	for i, to := range []*any{&was, &next} {
		body, err := json.Marshal(sides[i])
		if err == nil {
			err = json.Unmarshal(body, to)
		}
		if err != nil {
			return nil, nil, fmt.Errorf("catalog: a side of a proposal: %w", err)
		}
	}
	return was, next, nil
}

// newly refuses a proposal of what is in force already as the Conflict fault catalog.proposal.same, and notes what it is made
// on where nothing else keeps that.
func (s *Service) newly(tx *db.Tx, p *Proposal) error {
	same := false
	switch p.Kind {
	case ProposeBase:
		now, _, err := findBase(tx, p.Base.Code, "")
		if err != nil || now == nil {
			return err
		}
		before, err := now.hash()
		if err != nil {
			return err
		}
		after, err := p.Base.hash()
		if err != nil {
			return err
		}
		same = before == after
	case ProposeLocks:
		now, _, err := s.LocksOf(tx, p.code())
		if err != nil {
			return err
		}
		next := DefaultLocks()
		maps.Copy(next, p.Locks)
		same = maps.Equal(now, next)
	default:
		now, err := findLibrary(tx, p.code())
		if fault.Is(err, fault.Unknown) {
			return nil // new, or refused as it is tried
		}
		if err != nil {
			return err
		}
		if same, err = p.leaves(now); err != nil {
			return err
		}
		if p.State == "" { // about to be made
			p.Was = &now
		}
	}
	if same {
		return fault.New(fault.Conflict, "catalog.proposal.same")
	}
	return nil
}

// leaves reports whether an entry would be the same afterwards.
func (p *Proposal) leaves(now LibraryMaterial) (bool, error) {
	switch p.Kind {
	case ProposeForm:
		return reflect.DeepEqual(*now.form(p.Which), p.File), nil
	case ProposeRetiring:
		return now.Retired == p.Retired, nil
	}
	next := *p.Material
	next.keeps(now)
	before, err := hashOf(now)
	if err != nil {
		return false, err
	}
	after, err := hashOf(next)
	return before == after && p.On != 0, err
}
