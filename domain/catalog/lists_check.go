package catalog

import (
	"slices"

	"onedoor.app/engine/calendar"
	"onedoor.app/infra/db"
	"onedoor.app/module"
)

// checkLists compares what public lists, measures and sums say with the versions that they are made from. What the rules of
// today have not seen yet (Remeasure) is not compared.
func (s *Service) checkLists(tx *db.Tx, count module.Count) error {
	for after := int64(0); ; {
		list, err := listStandingItems(tx, after, maxPage)
		if err != nil {
			return err
		}
		if len(list) > 0 {
			if err := checkPlaces(tx, list); err != nil {
				return err
			}
			after = list[len(list)-1].id
			count("items compared with the lists", len(list))
		}
		if len(list) < maxPage {
			break
		}
	}
	for after := int64(0); ; {
		list, err := listMeasures(tx, after, maxPage)
		if err != nil {
			return err
		}
		for i := range list {
			if err := list[i].sound(); err != nil {
				return err
			}
			after = list[i].version
		}
		count("versions measured", len(list))
		if len(list) < maxPage {
			break
		}
	}
	if err := checkPauses(tx, count); err != nil {
		return err
	}
	if err := sumsWhole(tx); err != nil {
		return err
	}
	return checkListStates(tx)
}

// checkPauses compares the days that are kept of suspensions with when they began and ended. Those that Remeasure has not
// seen yet are not compared.
func checkPauses(tx *db.Tx, count module.Count) error {
	for after := int64(0); ; {
		list, err := listPauses(tx, after, maxPage)
		if err != nil {
			return err
		}
		for _, p := range list {
			after = p.id
			if first, end := p.days(); p.first != "" && (p.first != first || p.end != end) {
				return differs("pause", "code", p.code, "since", first)
			}
		}
		count("suspensions compared with the figures", len(list))
		if len(list) < maxPage {
			return nil
		}
	}
}

// checkPlaces compares the places of items in lists with what their versions in force say.
func checkPlaces(tx *db.Tx, list []standingItem) error {
	kept, err := listFacetsOf(tx, list[0].id, list[len(list)-1].id)
	if err != nil {
		return err
	}
	of := map[int64][]keptFacet{}
	for _, f := range kept {
		of[f.item] = append(of[f.item], f)
	}
	for i := range list {
		x := &list[i]
		seen := func(f keptFacet) bool { return x.rules == measureNumber || f.kind != facetList }
		var due []keptFacet
		if !x.off {
			for _, f := range x.it.facets() {
				due = append(due, keptFacet{x.id, f[0], f[1], x.place})
			}
		}
		due = slices.DeleteFunc(due, func(f keptFacet) bool { return !seen(f) })
		had := slices.DeleteFunc(of[x.id], func(f keptFacet) bool { return !seen(f) })
		same := len(due) == len(had) && !slices.ContainsFunc(had, func(f keptFacet) bool { return !slices.Contains(due, f) })
		listed := x.place == place(&x.it, x.id) && x.body == x.it.Body && x.kind == x.it.Type
		if !listed || x.found > indexNumber || !same { // by older rules it waits for Reindex
			return differs("lists", "code", x.it.Code)
		}
	}
	return nil
}

// sound says what does not hold of a measure.
func (k *keptMeasure) sound() error {
	if !k.known {
		return differs("unmeasured", "code", k.it.Code, "number", k.it.Version)
	}
	next := lastDay
	if !k.next.IsZero() {
		next = calendar.DateOf(k.next).String()
	}
	about := k.code == k.it.Code && k.number == k.it.Version && k.kind == k.it.Type && k.body == k.it.Body
	if k.rules == measureNumber && (!about || k.measure != k.it.measured(k.at, next)) {
		return differs("measured", "code", k.it.Code, "number", k.it.Version)
	}
	return nil
}

// checkListStates compares when lists were changed with what is on them.
func checkListStates(tx *db.Tx) error {
	newest, err := newestListed(tx)
	if err != nil {
		return err
	}
	changed, err := listChanged(tx)
	if err != nil {
		return err
	}
	for _, l := range lists {
		if at := changed[l.Kind]; at.Before(newest[l.Kind]) {
			return differs("list_before", "list", l.Kind)
		} else if at.After(tx.Now()) {
			return differs("list_future", "list", l.Kind)
		}
	}
	return nil
}
