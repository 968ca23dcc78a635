package catalog

import (
	"slices"

	"onedoor.app/infra/db"
)

// Left is one element in which a change leaves its base item.
type Left struct {
	Deviation
	Inherited bool // no further than the version that the change began from: it may stay until it is touched
}

// Leaves lists where a change leaves its base item, those first that keep it from being submitted.
func (s *Service) Leaves(tx *db.Tx, c *Change) ([]Left, error) {
	further, err := s.oversteps(tx, c.Began, c.Item)
	if err != nil {
		return nil, err
	}
	var list []Left
	for _, d := range further {
		list = append(list, Left{Deviation: d})
	}
	b, _, err := findBase(tx, c.Item.BaseCode, "")
	if err != nil || b == nil {
		return list, err
	}
	l, _, err := s.LocksOf(tx, b.Source())
	if err != nil {
		return nil, err
	}
	for _, d := range Deviations(b, c.Item, l) {
		if !slices.ContainsFunc(further, func(o Deviation) bool { return o.Element == d.Element }) {
			list = append(list, Left{d, true})
		}
	}
	return list, nil
}

// Narrow turns full-width letters, digits and spaces into half-width ones, as the forms of applicants do.
func Narrow(s string) string { return narrow(s) }
