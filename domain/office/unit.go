package office

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"onedoor.app/engine/number"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

// unitKinds are the kinds of units in the order of forms, each with the first
// letter of the codes that such units are given.
var unitKinds = []struct {
	kind   UnitKind
	letter string
}{{Bureau, "B"}, {Section, "S"}, {Department, "D"}, {Township, "T"}}

// AddUnit adds a unit; it asks for the right office.keep. A unit without a code
// gets one. A section is part of the body above it. Input faults: office.name,
// office.unit_kind, office.unit_code, office.unit_code_taken, office.unit_parent,
// office.unit_section (a section needs a parent), office.unit_division,
// office.uscc_length, office.uscc_characters, office.uscc_check.
func (s *Service) AddUnit(ctx context.Context, who auth.Actor, key string, u Unit) (Unit, error) {
	u.tidy()
	out := u
	err := keep(ctx, s, who, "office.add_unit", key, u, &out, func(tx *db.Tx) error {
		units, err := listUnits(tx)
		if err != nil {
			return err
		}
		out = u
		bad := out.check(units)
		taken := map[string]bool{}
		for _, other := range units {
			taken[other.Code] = true
		}
		if out.Code == "" {
			out.Code = freeCode(out.Kind, taken)
		}
		bad.Need(isCode(out.Code), "code", "office.unit_code")
		bad.Need(!taken[out.Code], "code", "office.unit_code_taken")
		if err := bad.Err(); err != nil {
			return err
		}
		if err := insertUnit(tx, out, len(units)); err != nil {
			return err
		}
		return s.log(tx, who, "office.unit_added", unitChain(out.Code), out)
	})
	return out, err
}

// ChangeUnit changes everything of a unit but its code; it asks for the right
// office.keep. What is part of the unit's body goes with it, and whoever stands in
// across two bodies after that, does so no longer. Input faults are
// those of AddUnit; office.unit_below (its parent would lie below it) and
// office.unit_kind_held (somebody holds a post there, and its roles go by the
// kind of unit).
func (s *Service) ChangeUnit(ctx context.Context, who auth.Actor, key string, u Unit) error {
	u.tidy()
	return keep(ctx, s, who, "office.change_unit", key, u, new(struct{}), func(tx *db.Tx) error {
		before, err := findUnit(tx, u.Code)
		if err != nil {
			return err
		}
		units, err := listUnits(tx)
		if err != nil {
			return err
		}
		bad, now := fault.Fields{}, u
		below := under(units, u.Code)
		bad.Need(u.Parent != u.Code && !below[u.Parent], "parent", "office.unit_below")
		for field, code := range now.check(units) {
			bad.Need(false, field, code)
		}
		held, err := unitHeld(tx, u.Code)
		if err != nil {
			return err
		}
		bad.Need(u.Kind == before.Kind || !held, "kind", "office.unit_kind_held")
		if err := bad.Err(); err != nil {
			return err
		}
		now.Nature = before.Nature
		if err := changeUnit(tx, now); err != nil {
			return err
		}
		if err := s.log(tx, who, "office.unit_changed", unitChain(u.Code), change[Unit]{before, now}); err != nil {
			return err
		}
		for _, part := range partsOf(units, u.Code) {
			was := part
			if part.Body = now.Body; part == was {
				continue
			}
			if err := changeUnit(tx, part); err != nil {
				return err
			}
			if err := s.log(tx, who, "office.unit_changed", unitChain(part.Code), change[Unit]{was, part}); err != nil {
				return err
			}
		}
		return s.dropAcross(tx, who)
	})
}

// RemoveUnit takes a unit back that was added by mistake; it asks for the right
// office.keep. One with posts, people or parts is the Conflict fault
// office.unit_used.
func (s *Service) RemoveUnit(ctx context.Context, who auth.Actor, key, code string) error {
	return keep(ctx, s, who, "office.remove_unit", key, code, new(struct{}), func(tx *db.Tx) error {
		u, err := findUnit(tx, code)
		if err != nil {
			return err
		}
		if used, err := unitUsed(tx, code); err != nil || used {
			if used {
				err = fault.New(fault.Conflict, "office.unit_used")
			}
			return err
		}
		if err := removeUnit(tx, code); err != nil {
			return err
		}
		return s.log(tx, who, "office.unit_removed", unitChain(code), u)
	})
}

func (u *Unit) tidy() {
	u.Code = strings.ToUpper(strings.TrimSpace(u.Code))
	u.Name, u.Note = strings.TrimSpace(u.Name), strings.TrimSpace(u.Note)
	u.Body, u.Division = number.Tidy(u.Body), full(number.Tidy(u.Division))
	if u.Nature == "" {
		u.Nature = "1"
	}
}

// check reports what is wrong with a tidy unit, and makes a section part of the
// body above it.
func (u *Unit) check(units []Unit) fault.Fields {
	bad := fault.Fields{}
	bad.Need(isLine(u.Name, 2, 60), "name", "office.name")
	bad.Need(letter(u.Kind) != "", "kind", "office.unit_kind")
	bad.Need(u.Kind != Section || u.Parent != "", "parent", "office.unit_section")
	known := u.Parent == ""
	for _, p := range units {
		if p.Code != u.Parent {
			continue
		}
		known = true
		if u.Kind == Section {
			u.Body = p.Body
			if u.Division == "" {
				u.Division = p.Division
			}
		}
	}
	bad.Need(known, "parent", "office.unit_parent")
	bad.Need(u.Division == "" && u.Kind != Township || isRegionCode(u.Division), "division", "office.unit_division")
	if u.Kind != Section && u.Body != "" {
		if flaw := number.CheckUSCC(u.Body); flaw != number.None {
			bad.Need(false, "body", usccFaults[flaw])
		}
	}
	return bad
}

var usccFaults = map[number.Flaw]string{
	number.Length: "office.uscc_length", number.Characters: "office.uscc_characters", number.Check: "office.uscc_check",
}

// letter is the first letter of the codes of a kind, "" for no kind.
func letter(kind UnitKind) string {
	for _, k := range unitKinds {
		if k.kind == kind {
			return k.letter
		}
	}
	return ""
}

// freeCode is a code for a new unit.
func freeCode(kind UnitKind, taken map[string]bool) string {
	for n := 1; ; n++ {
		if code := fmt.Sprintf("%s%03d", letter(kind), n); !taken[code] {
			return code
		}
	}
}

// under returns the codes of the units below one.
func under(units []Unit, code string) map[string]bool {
	below := map[string]bool{}
	for grown := true; grown; {
		grown = false
		for _, u := range units {
			if !below[u.Code] && u.Parent != "" && (u.Parent == code || below[u.Parent]) && u.Code != code {
				below[u.Code], grown = true, true
			}
		}
	}
	return below
}

// partsOf returns the sections that are part of the same body as a unit above
// them: a department below it is a body by itself, with its sections.
func partsOf(units []Unit, code string) (parts []Unit) {
	for _, u := range units {
		if u.Kind == Section && u.Parent == code && u.Code != code {
			parts = append(parts, u)
			parts = append(parts, partsOf(units, u.Code)...)
		}
	}
	return parts
}

// branch is a unit in the tree of units.
type branch struct {
	Unit
	Depth int // how many units lie above it
}

// tree puts each unit below its parent, and bureaus first.
func tree(units []Unit) (all []branch) {
	known, parts := map[string]bool{}, map[string][]Unit{}
	for _, u := range units {
		known[u.Code] = true
	}
	for _, u := range units {
		above := u.Parent
		if !known[above] {
			above = ""
		}
		parts[above] = append(parts[above], u)
	}
	slices.SortStableFunc(parts[""], func(a, b Unit) int {
		switch {
		case a.Kind == b.Kind || a.Kind != Bureau && b.Kind != Bureau:
			return 0
		case a.Kind == Bureau:
			return -1
		default:
			return 1
		}
	})
	var walk func(parent string, depth int)
	walk = func(parent string, depth int) {
		for _, u := range parts[parent] {
			all = append(all, branch{u, depth})
			walk(u.Code, depth+1)
		}
	}
	walk("", 0)
	return all
}
