package office

import (
	"context"
	"slices"

	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

// Appoint gives somebody a post and the roles that go with it; it asks for the
// right office.keep. Input faults: office.staff_choose, office.staff_left.
// Conflicts: office.self_appoint (nobody appoints themselves), office.held_already, and office.apart_two for whoever would hold two
// of the three administrators' posts. That one person receives and decides is
// refused case by case, not here.
func (s *Service) Appoint(ctx context.Context, who auth.Actor, key, post string, staff int64) error {
	return keep(ctx, s, who, "office.appoint", key, []any{post, staff}, new(struct{}), func(tx *db.Tx) error {
		if who.Staff != 0 && who.Staff == staff {
			return fault.New(fault.Conflict, "office.self_appoint")
		}
		p, err := findPost(tx, post)
		if err != nil {
			return err
		}
		unit, err := findUnit(tx, p.Unit)
		if err != nil {
			return err
		}
		bad := fault.Fields{}
		person, err := lockStaff(tx, staff)
		if fault.Is(err, fault.Unknown) {
			bad.Need(false, "staff", "office.staff_choose")
			return bad.Err()
		}
		if err != nil {
			return err
		}
		bad.Need(person.Active, "staff", "office.staff_left")
		if err := bad.Err(); err != nil {
			return err
		}
		held, err := listHeldBy(tx, staff)
		if err != nil {
			return err
		}
		for _, h := range held {
			switch {
			case h.Code == post:
				return fault.New(fault.Conflict, "office.held_already")
			case apart[p.Kind] && apart[h.Kind] && h.Kind != p.Kind:
				return fault.New(fault.Conflict, "office.apart_two")
			}
		}
		return s.seat(tx, who, p, unit.Kind, staff, len(held))
	})
}

// seat puts somebody into a post.
func (s *Service) seat(tx *db.Tx, who auth.Actor, p Post, in UnitKind, staff int64, place int) error {
	if err := insertHolding(tx, staff, p.Code, place); err != nil {
		return err
	}
	if err := addRoles(tx); err != nil {
		return err
	}
	roles := gives(p.Kind, in)
	for _, role := range roles {
		if err := addStaffRole(tx, staff, role); err != nil {
			return err
		}
	}
	return s.log(tx, who, "office.appointed", StaffChain(staff), appointment{p.Code, roles})
}

// Relieve takes a post from somebody, with the roles that go with it and that no
// other post of theirs gives, and ends those who stand in for them there; it asks
// for the right office.keep. Conflicts: office.not_holder, and office.last_admin
// for the post of the only system administrator.
func (s *Service) Relieve(ctx context.Context, who auth.Actor, key, post string, staff int64) error {
	return keep(ctx, s, who, "office.relieve", key, []any{post, staff}, new(struct{}), func(tx *db.Tx) error {
		if _, err := lockStaff(tx, staff); err != nil {
			return err
		}
		held, err := listHeldBy(tx, staff)
		if err != nil {
			return err
		}
		at := slices.IndexFunc(held, func(h seated) bool { return h.Code == post })
		if at < 0 {
			return fault.New(fault.Conflict, "office.not_holder")
		}
		if err := s.mustStay(tx, staff, held[at:at+1]); err != nil {
			return err
		}
		return s.unseat(tx, who, staff, held[at], slices.Delete(slices.Clone(held), at, at+1))
	})
}

// unseat takes a post from somebody who keeps others.
func (s *Service) unseat(tx *db.Tx, who auth.Actor, staff int64, from seated, others []seated) error {
	ended, err := listDeputies(tx, from.Code, staff)
	if err != nil {
		return err
	}
	for _, a := range ended {
		if err := s.dropDeputy(tx, who, a); err != nil {
			return err
		}
	}
	if err := removeHolding(tx, staff, from.Code); err != nil {
		return err
	}
	if err := s.clearWindows(tx, who, staff, from.Code); err != nil {
		return err
	}
	roles, err := listRolesOf(tx, staff)
	if err != nil {
		return err
	}
	var lost []string
	for _, role := range roles {
		stays := slices.ContainsFunc(others, func(o seated) bool { return slices.Contains(gives(o.Kind, o.in), role) })
		if stays || len(others) > 0 && !goesWith(from.Kind, role) {
			continue
		}
		lost = append(lost, role)
		if err := removeStaffRole(tx, staff, role); err != nil {
			return err
		}
	}
	return s.log(tx, who, "office.relieved", StaffChain(staff), appointment{from.Code, lost})
}

// clearWindows takes somebody from the windows of a post.
func (s *Service) clearWindows(tx *db.Tx, who auth.Actor, staff int64, post string) error {
	windows, err := listWindows(tx)
	if err != nil {
		return err
	}
	for _, w := range windows {
		if w.Staff != staff || w.Post != post {
			continue
		}
		w.Staff = 0
		if err := changeWindow(tx, w); err != nil {
			return err
		}
		if err := s.log(tx, who, "office.window_changed", hallChain, w); err != nil {
			return err
		}
	}
	return nil
}

// dropDeputy ends an arrangement whose people may not stand in for each other any
// more. One that is over already stays as it is.
func (s *Service) dropDeputy(tx *db.Tx, who auth.Actor, a Arrangement) error {
	if a.over(today(tx)) {
		return nil
	}
	if err := endDeputy(tx, a); err != nil {
		return err
	}
	return s.log(tx, who, "office.deputy_dropped", postChain(a.Post), a)
}

// mustStay refuses to let the last system administrator go: nobody could appoint
// another.
func (s *Service) mustStay(tx *db.Tx, staff int64, losing []seated) error {
	if !slices.ContainsFunc(losing, func(h seated) bool { return h.Kind == SysAdmin }) {
		return nil
	}
	left, err := lockAdministrators(tx)
	if err != nil {
		return err
	}
	for _, h := range left {
		lost := h.staff == staff && slices.ContainsFunc(losing, func(l seated) bool { return l.Code == h.post })
		if !lost {
			return nil
		}
	}
	return fault.New(fault.Conflict, "office.last_admin")
}
