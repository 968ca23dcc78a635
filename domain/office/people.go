package office

import (
	"context"
	"crypto/rand"
	"strconv"
	"strings"

	"onedoor.app/engine/number"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

// Newcomer is what is entered about somebody who works here.
type Newcomer struct {
	Name   string
	No     string // 工号, also the login; never changed
	Unit   string
	Mobile string // optional; of somebody known, empty leaves it as it is
}

// Issued is a first password (初始密码) for a member of staff, to be handed over in
// person and changed when they first sign in.
//
// It is kept nowhere but as a hash. It is made of the installation's key and the
// key of the form, so that a form that arrives twice is answered twice alike; once
// it has been changed or replaced, Password is empty.
type Issued struct {
	Staff    int64
	Password string `json:"-"`
	Renewed  int64  // of the account
}

func (n *Newcomer) tidy() {
	n.Name, n.No = strings.TrimSpace(n.Name), number.Tidy(n.No)
	n.Mobile = number.TidyMobile(n.Mobile)
}

func (n Newcomer) check(tx *db.Tx) (fault.Fields, error) {
	bad := fault.Fields{}
	bad.Need(isLine(n.Name, 2, 30), "name", "office.person_name")
	bad.Need(isCode(n.No), "no", "office.no")
	bad.Need(n.Mobile == "" || number.IsMobile(n.Mobile), "mobile", "office.mobile")
	_, err := findUnit(tx, n.Unit)
	bad.Need(err == nil, "unit", "office.unit_choose")
	if fault.Is(err, fault.Unknown) {
		err = nil
	}
	return bad, err
}

// AddPerson adds somebody with an account and a first password; it asks for the
// right office.keep. Input faults: office.person_name, office.no, office.no_taken,
// office.unit_choose, office.mobile.
func (s *Service) AddPerson(ctx context.Context, who auth.Actor, key string, n Newcomer) (Issued, error) {
	n.tidy()
	return s.issue(ctx, who, "office.add_person", key, n, func(tx *db.Tx, hash string) (int64, error) {
		bad, err := n.check(tx)
		if err != nil {
			return 0, err
		}
		if err := bad.Err(); err != nil {
			return 0, err
		}
		id, err := s.addStaff(tx, n, hash)
		if err != nil {
			return 0, err
		}
		return id, s.log(tx, who, "office.person_added", StaffChain(id), record{Unit: n.Unit})
	})
}

// addStaff adds somebody with an account; a number that is taken is the input
// fault office.no_taken.
func (s *Service) addStaff(tx *db.Tx, n Newcomer, hash string) (int64, error) {
	id := tx.NewID()
	p := Staff{ID: id, No: n.No, Name: n.Name, Unit: n.Unit, Active: true}
	added, err := insertStaff(tx, p, "", s.Box.Seal([]byte(n.Mobile), aboutMobile(id)))
	if err != nil {
		return 0, err
	}
	bad := fault.Fields{}
	bad.Need(added, "no", "office.no_taken")
	if err := bad.Err(); err != nil {
		return 0, err
	}
	_, err = auth.Open(tx, auth.Staff, n.No, id, hash)
	return id, err
}

// ResetPassword gives somebody a first password again, which ends their sessions;
// it asks for the right office.keep. Conflicts: office.staff_left, and
// office.self_reset: one's own is changed with the password so far.
func (s *Service) ResetPassword(ctx context.Context, who auth.Actor, key string, staff int64) (Issued, error) {
	return s.reset(ctx, who, key, staff, nil)
}

// ResetAtConsole is ResetPassword for whoever sits at the machine itself, because
// nobody is left who could sign in and do it; no is the number of the staff member.
func (s *Service) ResetAtConsole(ctx context.Context, no string) (Issued, error) {
	var staff int64
	err := s.DB.Read(ctx, func(tx *db.Tx) (err error) { staff, err = findStaffNo(tx, number.Tidy(no)); return err })
	if err != nil {
		return Issued{}, err
	}
	return s.reset(ctx, auth.Actor{Kind: auth.System, Rights: []string{Keep}}, "", staff, map[string]bool{"console": true})
}

func (s *Service) reset(ctx context.Context, who auth.Actor, key string, staff int64, facts any) (Issued, error) {
	return s.issue(ctx, who, "office.reset_password", key, staff, func(tx *db.Tx, _ string) (int64, error) {
		if who.Staff != 0 && who.Staff == staff {
			return 0, fault.New(fault.Conflict, "office.self_reset")
		}
		p, err := lockStaff(tx, staff)
		if err != nil {
			return 0, err
		}
		if !p.Active {
			return 0, fault.New(fault.Conflict, "office.staff_left")
		}
		return staff, s.log(tx, who, "office.password_reset", StaffChain(staff), facts)
	})
}

// Return takes somebody back who had left (再入职), without any post, and gives
// them a first password; it asks for the right office.keep. Somebody who is here
// is the Conflict fault office.not_left.
func (s *Service) Return(ctx context.Context, who auth.Actor, key string, staff int64) (Issued, error) {
	return s.issue(ctx, who, "office.return", key, staff, func(tx *db.Tx, hash string) (int64, error) {
		p, err := lockStaff(tx, staff)
		if err != nil {
			return 0, err
		}
		if p.Active {
			return 0, fault.New(fault.Conflict, "office.not_left")
		}
		if err := changeActive(tx, staff, true); err != nil {
			return 0, err
		}
		if _, err := auth.Open(tx, auth.Staff, p.No, staff, hash); err != nil {
			return 0, err
		}
		return staff, s.log(tx, who, "office.returned", StaffChain(staff), nil)
	})
}

// issue does something that ends with a first password for somebody, whom do
// returns.
func (s *Service) issue(ctx context.Context, who auth.Actor, what, key string, asked any, do func(tx *db.Tx, hash string) (int64, error)) (out Issued, err error) {
	if key == "" {
		key = rand.Text()
	}
	password := s.Box.Code(what + "\x00" + strconv.FormatInt(who.ID, 10) + "\x00" + key)
	hash, err := s.hashing.Hash(ctx, password)
	if err != nil {
		return Issued{}, err
	}
	err = keep(ctx, s, who, what, key, asked, &out, func(tx *db.Tx) error {
		out = Issued{}
		staff, err := do(tx, hash)
		if err != nil {
			return err
		}
		if err := auth.Issue(tx, auth.Staff, staff, hash); err != nil {
			return err
		}
		out.Staff = staff
		out.Renewed, _, err = auth.Waits(tx, auth.Staff, staff)
		return err
	})
	if err != nil {
		return Issued{}, err
	}
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		renewed, waits, err := auth.Waits(tx, auth.Staff, out.Staff)
		if waits && renewed == out.Renewed {
			out.Password = password
		}
		return err
	})
	return out, err
}

// ChangePerson changes somebody's name, unit and mobile number; it asks for the
// right office.keep. Their posts stay; whoever stands in across two bodies after
// that, does so no longer. Input faults are those of AddPerson.
func (s *Service) ChangePerson(ctx context.Context, who auth.Actor, key string, staff int64, n Newcomer) error {
	n.tidy()
	return keep(ctx, s, who, "office.change_person", key, []any{staff, n}, new(struct{}), func(tx *db.Tx) error {
		p, err := lockStaff(tx, staff)
		if err != nil {
			return err
		}
		n.No = p.No
		bad, err := n.check(tx)
		if err != nil {
			return err
		}
		if err := bad.Err(); err != nil {
			return err
		}
		if err := changeStaff(tx, staff, n.Name, n.Unit); err != nil {
			return err
		}
		if n.Mobile != "" {
			if err := changeMobile(tx, staff, s.Box.Seal([]byte(n.Mobile), aboutMobile(staff))); err != nil {
				return err
			}
		}
		facts := moved{[2]string{p.Unit, n.Unit}, p.Name != n.Name, n.Mobile != ""}
		if err := s.log(tx, who, "office.person_changed", StaffChain(staff), facts); err != nil {
			return err
		}
		return s.dropAcross(tx, who)
	})
}

// dropAcross ends the arrangements whose people are not of one body any more.
func (s *Service) dropAcross(tx *db.Tx, who auth.Actor) error {
	units, err := listUnits(tx)
	if err != nil {
		return err
	}
	byCode := make(map[string]Unit, len(units))
	for _, u := range units {
		byCode[u.Code] = u
	}
	all, err := listBetweenUnits(tx)
	if err != nil {
		return err
	}
	for _, a := range all {
		if byCode[a.holder].sameBody(byCode[a.deputy]) {
			continue
		}
		if err := s.dropDeputy(tx, who, a.Arrangement); err != nil {
			return err
		}
	}
	return nil
}

// dropAll ends every arrangement that somebody is part of.
func (s *Service) dropAll(tx *db.Tx, who auth.Actor, staff int64) error {
	all, err := listArrangementsOf(tx, staff)
	if err != nil {
		return err
	}
	for _, a := range all {
		if err := s.dropDeputy(tx, who, a); err != nil {
			return err
		}
	}
	return nil
}

// Leave records that somebody has left (已离开单位): they lose every post, stand in
// for nobody, nobody stands in for them, and their account is closed. It asks for
// the right office.keep. Conflicts: office.staff_left, office.last_admin.
func (s *Service) Leave(ctx context.Context, who auth.Actor, key string, staff int64) error {
	return keep(ctx, s, who, "office.leave", key, staff, new(struct{}), func(tx *db.Tx) error {
		p, err := lockStaff(tx, staff)
		if err != nil {
			return err
		}
		if !p.Active {
			return fault.New(fault.Conflict, "office.staff_left")
		}
		held, err := listHeldBy(tx, staff)
		if err != nil {
			return err
		}
		if err := s.mustStay(tx, staff, held); err != nil {
			return err
		}
		if err := s.dropAll(tx, who, staff); err != nil {
			return err
		}
		for i, h := range held {
			if err := s.unseat(tx, who, staff, h, held[i+1:]); err != nil {
				return err
			}
		}
		if err := changeActive(tx, staff, false); err != nil {
			return err
		}
		if _, err := auth.CloseAll(tx, auth.Staff, staff); err != nil {
			return err
		}
		return s.log(tx, who, "office.left", StaffChain(staff), nil)
	})
}

// sameBody reports whether two units are of one body. Where no code is known, a
// unit is a body by itself.
func (u Unit) sameBody(o Unit) bool { return u.Code == o.Code || u.Body != "" && u.Body == o.Body }
