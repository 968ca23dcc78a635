package catalog

import (
	"slices"

	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

// The codes of what is said of materials whose entry of the library was retired.
const (
	retiredNew = "catalog.item.library_retired" // it was taken into the draft: that keeps it from being submitted
	retiredOld = "catalog.rule.library_retired" // the version from which the draft began has it already: to be mended some day
)

// RetiredMaterials names the materials of a draft whose entry of the library was retired. Where that was taken into the
// draft it is a problem, also told by Problems; where the item had it before it is advice alone.
func (s *Service) RetiredMaterials(tx *db.Tx, c *Change) (problems, advice []Wrong, err error) {
	var had []string
	if c.Began > 0 {
		was, err := findNumber(tx, c.Code, c.Began)
		if err != nil && !fault.Is(err, fault.Unknown) {
			return nil, nil, err
		}
		if was != nil {
			had = was.libraries()
		}
	}
	for _, m := range c.Item.Materials {
		if m.Library == "" {
			continue
		}
		lib, err := findLibrary(tx, m.Library)
		if fault.Is(err, fault.Unknown) {
			continue // Inherit refuses it
		}
		if err != nil {
			return nil, nil, err
		}
		switch {
		case !lib.Retired:
		case slices.Contains(had, m.Library):
			advice = append(advice, Wrong{retiredOld, m.Name})
		default:
			problems = append(problems, Wrong{retiredNew, m.ID + " " + m.Name})
		}
	}
	return problems, advice, nil
}

func (s *Service) retired(tx *db.Tx, c *Change) ([]Wrong, error) {
	problems, _, err := s.RetiredMaterials(tx, c)
	return problems, err
}

// libraries are the entries of the library that the item has.
func (it *Item) libraries() (codes []string) {
	for _, m := range it.Materials {
		if m.Library != "" && !slices.Contains(codes, m.Library) {
			codes = append(codes, m.Library)
		}
	}
	return codes
}
