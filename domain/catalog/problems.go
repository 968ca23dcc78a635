package catalog

import (
	"slices"
	"strings"

	"onedoor.app/infra/db"
)

// refusing are the rules of quality that keep an item from being published from a draft:
// what came in with a list is inherited and mended one by one, what is written today must
// not break them.
var refusing = []string{"vague_material", "vague_condition", "licence_over_law", "fee_none", "no_basis", "no_conditions", "code_parts"}

// Problems lists all that keeps a change from being submitted, each with its place: what
// is wrong by itself, what refers to nothing that is known, what the library
// says otherwise by now, rules of quality that what is new must not break, and where it leaves its base item further than
// the version that it began from. The Code of each has words.
func (s *Service) Problems(tx *db.Tx, c *Change) ([]Wrong, error) {
	try := s.trying(c.Item)
	list := append(c.Item.wrong(try), c.Item.untold()...)
	templates, err := s.TemplatesFor(tx, c.Item)
	if err != nil {
		return nil, err
	}
	known, err := listKnown(tx, c.Item.mentions())
	if err != nil {
		return nil, err
	}
	list = append(list, c.Item.dangling(known, templates)...)
	retired, err := s.retired(tx, c)
	if err != nil {
		return nil, err
	}
	list = append(list, retired...)
	older, err := olderWords(tx, c.Item)
	if err != nil {
		return nil, err
	}
	list = append(list, older...)
	for _, f := range c.Item.flaws(try) {
		if slices.Contains(refusing, f.Rule) {
			list = append(list, Wrong{"catalog.rule." + f.Rule, f.Where})
		}
	}
	list = append(list, s.strangers(tx, c.Item, &seen{})...)
	if !slices.ContainsFunc(list, func(w Wrong) bool { return w.Code == "catalog.item.decide" }) { // that is why it is not sound
		list = append(list, s.unsound(c.Item, templates)...)
	}
	taken, err := handleTaken(tx, c.Item)
	if err != nil {
		return nil, err
	}
	if taken {
		list = append(list, Wrong{"catalog.item.handle_taken", c.Item.HandleCode})
	}
	off, err := s.oversteps(tx, c.Began, c.Item)
	for _, d := range off {
		list = append(list, Wrong{"catalog.deviates." + string(d.Element), strings.Join(d.Item, " · ")})
	}
	return list, err
}

// strangers lists the units and posts that an item names and nobody has heard of: its cases would wait for nobody.
func (s *Service) strangers(tx *db.Tx, it *Item, known *seen) (w []Wrong) {
	if s.HasUnit != nil {
		for _, unit := range []string{it.Unit, it.Body, it.Regulator} {
			if unit != "" && !known.unit(s, tx, unit) {
				w = append(w, Wrong{"catalog.item.no_unit", unit})
			}
		}
	}
	for _, step := range it.Steps {
		if s.HasUnit != nil && step.Unit != "" && !known.unit(s, tx, step.Unit) {
			w = append(w, Wrong{"catalog.item.no_unit", step.Unit})
		}
		if s.HasPost != nil && step.Post != "" && !known.post(s, tx, step.Post) {
			w = append(w, Wrong{"catalog.item.no_post", step.Post})
		}
	}
	for _, e := range it.effects() {
		if s.HasPost != nil && e.Op == OpAssignPost && !known.post(s, tx, e.Post) {
			w = append(w, Wrong{"catalog.item.no_post", e.Post})
		}
	}
	slices.SortFunc(w, func(a, b Wrong) int { return strings.Compare(a.Code+a.Where, b.Code+b.Where) })
	return slices.Compact(w)
}

// unsound lists the flows on which the item's steps do not lead to one decision whatever happens.
func (s *Service) unsound(it *Item, templates map[string]Template) (w []Wrong) {
	if s.Sound == nil {
		return nil
	}
	for _, id := range it.flowIDs() {
		if t, ok := templates[id]; ok {
			if drawing := it.Fits(t).Drawing; drawing != nil && !s.Sound(drawing) {
				w = append(w, Wrong{"catalog.item.unsound", id})
			}
		}
	}
	return w
}

// oversteps lists where an item leaves its base item further than the version of a number did, 0 for none: what was
// inherited may stay until it is touched. An item that no longer names its base leaves it too.
func (s *Service) oversteps(tx *db.Tx, began int, it *Item) ([]Deviation, error) {
	var was *Item
	if began > 0 {
		var err error
		if was, err = findNumber(tx, it.Code, began); err != nil {
			return nil, err
		}
	}
	if it.BaseCode == "" && was != nil && was.BaseCode != "" {
		return []Deviation{{ElementCode, Lacking, []string{was.BaseCode}, nil}}, nil
	}
	b, _, err := findBase(tx, it.BaseCode, "")
	if err != nil || b == nil {
		return nil, err
	}
	l, _, err := s.LocksOf(tx, b.Source())
	if err != nil {
		return nil, err
	}
	list := Deviations(b, it, l)
	if was == nil {
		return list, nil
	}
	had := Deviations(b, was, l)
	return slices.DeleteFunc(list, func(d Deviation) bool {
		return slices.ContainsFunc(had, d.within)
	}), nil
}

// within reports whether a deviation goes no further than another of its element.
func (d Deviation) within(o Deviation) bool {
	if d.Element != o.Element {
		return false
	}
	if d.Element == ElementLimit || d.Element == ElementPromise {
		return len(d.Item) == 1 && len(o.Item) == 1 && !ParseLimit(d.Item[0]).exceeds(ParseLimit(o.Item[0]))
	}
	return len(missingFrom(d.Base, o.Base)) == 0 && len(missingFrom(d.Item, o.Item)) == 0
}
