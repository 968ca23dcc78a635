package catalog

import (
	"slices"
	"strings"

	"onedoor.app/infra/db"
)

// unknown lists the units and posts that a row of a list names and nobody has heard of: its cases would wait for nobody. The
// departments that the file itself brings, by their names, and the posts that these get are known. A row that does not say
// in what state its item is names none: its department is found or made. What a package names is for the package's own
// office.yaml to bring, before it or after.
func (s *Service) unknown(tx *db.Tx, in *incoming, i int, it *Item) (refused []Refusal, err error) {
	if in.list == nil || in.list.entries[i].state == "" {
		return nil, nil
	}
	if refused, err = s.another(tx, in, in.list.entries[i]); err != nil || len(refused) > 0 {
		return refused, err
	}
	brings := func(unit string) bool {
		for _, code := range in.used {
			if code == unit {
				return true
			}
		}
		return false
	}
	at := s.Counter
	own := []string{at.Receive, at.Issue, postUnit(at.Receive), postUnit(at.Issue)} // what bare items have by themselves
	for _, w := range s.strangers(tx, it, &in.seen) {
		unit, end, _ := strings.Cut(w.Where, ".")
		if w.Code == "catalog.item.no_unit" && brings(w.Where) || w.Code == "catalog.item.no_post" && brings(unit) && slices.Contains(adopted, end) {
			continue
		}
		if it.Bare && slices.Contains(own, w.Where) {
			continue
		}
		refused = append(refused, in.list.strange(in.list.entries[i], it, w))
	}
	return refused, nil
}

// another refuses a row whose department is one unit by its name and another by its code, as codes of departments that an
// import made mean others elsewhere.
func (s *Service) another(tx *db.Tx, in *incoming, e *listed) ([]Refusal, error) {
	name, code := in.list.cell(e.cells, headBody), in.list.cell(e.cells, headBodyUnit)
	if name == "" || code == "" || s.FindUnit == nil {
		return nil, nil
	}
	found, looked := in.called[name]
	if !looked {
		var err error
		if found, err = s.FindUnit(tx, name, ""); err != nil {
			return nil, err
		}
		in.called[name] = found
	}
	if found == "" || found == code {
		return nil, nil
	}
	r := in.list.refusal(e, "catalog.import.unit_other", headBodyUnit, code)
	r.Part.Name = name
	return []Refusal{r}, nil
}

// adopted are the ends of the codes of the posts that a department gets which an import makes.
var adopted = []string{"rev", "chief"}

// strange names the cell that names a unit or post that is not there.
func (l *list) strange(e *listed, it *Item, w Wrong) Refusal {
	if w.Code == "catalog.item.no_post" {
		r := l.refusal(e, "catalog.import.no_post", "", w.Where)
		for _, at := range [][2]string{{"环节", "办理岗位"}, {"情形", "结果"}, {"规则", "结果"}} {
			if on := l.moved(r, e, at[0], at[1], func(cell string) bool { return cell == w.Where || at[1] == "结果" && strings.Contains(cell, w.Where) }); on.Column != "" {
				return on
			}
		}
		return r
	}
	r := l.refusal(e, "catalog.import.no_unit", "", w.Where)
	switch w.Where {
	case it.Body:
		if it.Unit == it.Body && l.cell(e.cells, headBodyUnit) == "" {
			return l.headed(r, headUnitCode)
		}
		return l.headed(r, headBodyUnit)
	case it.Unit:
		return l.headed(r, headUnitCode)
	case it.Regulator:
		return l.headed(r, "监管机构")
	}
	return l.moved(r, e, "环节", "办理机构", is(w.Where))
}

// seen remembers which units and posts there are, while a file is judged.
type seen struct{ units, posts map[string]bool }

func (m *seen) unit(s *Service, tx *db.Tx, code string) bool {
	return remembered(&m.units, code, func() bool { return s.HasUnit(tx, code) })
}

func (m *seen) post(s *Service, tx *db.Tx, code string) bool {
	return remembered(&m.posts, code, func() bool { return s.HasPost(tx, code) })
}

func remembered(known *map[string]bool, code string, look func() bool) bool {
	there, ok := (*known)[code]
	if !ok {
		if *known == nil {
			*known = map[string]bool{}
		}
		there = look()
		(*known)[code] = there
	}
	return there
}
