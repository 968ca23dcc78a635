package catalog

import (
	"context"
	"errors"
	"slices"

	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
)

// plannedUnit is a department that an import will make, with the code that it will have.
type plannedUnit struct {
	Name string `json:"name"`
	USCC string `json:"uscc,omitempty"`
	Code string `json:"code"`
}

var errPlanned = errors.New("catalog: departments are planned, not made")

// planUnits finds out which codes the departments will have that the rows to be taken need and that are not there yet: it
// makes them and takes that back. What was planned before a stop is planned still.
func (s *Service) planUnits(ctx context.Context, who auth.Actor, i *Imported, in *incoming) error {
	if in.list == nil || s.Unit == nil {
		return nil
	}
	in.units = map[string]string{}
	if i.units == nil {
		names, err := s.unmade(ctx, in)
		if err != nil {
			return err
		}
		plan := []plannedUnit{}
		if err := s.DB.Write(ctx, func(tx *db.Tx) error {
			plan = plan[:0]
			for _, name := range names {
				u := plannedUnit{Name: name, USCC: in.uscc[name]}
				var err error
				if u.Code, err = s.Unit(tx, who, u.Name, u.USCC); err != nil {
					return err
				}
				plan = append(plan, u)
			}
			return errPlanned
		}); !errors.Is(err, errPlanned) {
			return err
		}
		if err := s.DB.Write(ctx, func(tx *db.Tx) error { return errors.Join(i.hold(tx), saveUnits(tx, i.ID, plan)) }); err != nil {
			return err
		}
		i.units = plan
	}
	for _, u := range i.units {
		in.units[u.Name] = u.Code
	}
	return nil
}

// unmade lists the departments that rows to be taken need and that are not there yet, as they come in the file.
func (s *Service) unmade(ctx context.Context, in *incoming) ([]string, error) {
	if err := s.learn(ctx, in); err != nil {
		return nil, err
	}
	var names []string
	err := s.each(ctx, in, nil, func(list []verdict, _ int) error {
		for _, v := range list {
			if v.unmade && !slices.Contains(names, v.department) {
				names = append(names, v.department)
			}
		}
		return nil
	})
	return names, err
}

var errUnits = errors.New("catalog: departments have other codes than was planned")

// makeUnits makes the departments of the rows that are taken, in the unit of work in which these come in force; those that
// are there get the posts that they lack. Where one has another code by now, nothing has happened.
func (s *Service) makeUnits(tx *db.Tx, who auth.Actor, i Imported, in *incoming, departments []string) error {
	if in.list == nil || s.Unit == nil {
		return nil
	}
	order := make([]string, 0, len(departments))
	for _, u := range i.units { // in the order in which their codes were found
		if slices.Contains(departments, u.Name) {
			order = append(order, u.Name)
		}
	}
	for _, name := range departments {
		if !slices.Contains(order, name) {
			order = append(order, name)
		}
	}
	for _, name := range order {
		code, err := s.Unit(tx, who, name, in.uscc[name])
		if err != nil {
			return err
		}
		if code != in.used[name] {
			return errUnits
		}
	}
	return nil
}
