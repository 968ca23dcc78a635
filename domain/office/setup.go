package office

import (
	"context"
	"crypto/subtle"
	"strings"

	"onedoor.app/engine/number"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

// FirstStart is what the first person enters who opens a centre (开局).
type FirstStart struct {
	Code     string // as the terminal shows it
	Bureau   string
	USCC     string
	Division string // six or twelve digits
	Name     string // of the first system administrator
	No       string
	Password string
}

// SetupCode is what whoever installed the program hands to the first
// administrator. It follows from the installation's key, so that nothing is kept.
func (s *Service) SetupCode() string { return s.Box.Code("office.setup") }

// Unopened reports whether the centre has not been opened: nobody works here yet,
// nor ever did.
func (s *Service) Unopened(tx *db.Tx) (bool, error) { return noStaff(tx) }

// SetUp opens a centre in one unit of work: the bureau, the roles, the posts that
// it begins with, and its first system administrator, whose account it returns.
// The code of the terminal is its right. Of two at once one wins; the other, and
// everybody once somebody works here, is told the Conflict fault
// office.setup_done. Input faults: office.setup_code, office.name, those of
// auth.Weak, office.person_name, office.no, office.unit_division, and
// office.uscc_length, office.uscc_characters and office.uscc_check.
func (s *Service) SetUp(ctx context.Context, f FirstStart) (account auth.Account, err error) {
	n := Newcomer{Name: f.Name, No: f.No}
	n.tidy()
	bureau := Unit{Code: "SPJ", Name: f.Bureau, Kind: Bureau, Body: f.USCC, Division: f.Division}
	bureau.tidy()
	if err := s.checkStart(f, n, bureau); err != nil {
		return account, err
	}
	hash, err := s.hashing.Hash(ctx, f.Password)
	if err != nil {
		return account, err
	}
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		if err := takeTurn(tx); err != nil {
			return err
		}
		for i, r := range standard {
			if err := putRole(tx, r, i); err != nil {
				return err
			}
		}
		if unopened, err := noStaff(tx); err != nil || !unopened {
			if err == nil {
				err = fault.New(fault.Conflict, "office.setup_done")
			}
			return err
		}
		if s.Opened != nil {
			tx.After(s.Opened)
		}
		account, err = s.open(tx, bureau, n, hash)
		return err
	})
	return account, err
}

func (s *Service) checkStart(f FirstStart, n Newcomer, bureau Unit) error {
	bad := fault.Fields{}
	right := subtle.ConstantTimeCompare([]byte(number.Tidy(f.Code)), []byte(number.Tidy(s.SetupCode()))) == 1
	bad.Need(right, "code", "office.setup_code")
	bad.Need(isLine(bureau.Name, 2, 60), "bureau", "office.name")
	if flaw := number.CheckUSCC(bureau.Body); flaw != number.None {
		bad.Need(false, "uscc", usccFaults[flaw])
	}
	bad.Need(isRegionCode(bureau.Division), "division", "office.unit_division")
	if s.Division != "" && len(bureau.Division) >= 6 && bureau.Division[:6] != s.Division[:6] {
		bad.Need(false, "division", "office.setup_division") // numbers of cases begin with it
	}
	bad.Need(isLine(n.Name, 2, 30), "name", "office.person_name")
	bad.Need(isCode(n.No), "no", "office.no")
	if why := auth.Weak(auth.Staff, f.Password, n.No, bureau.Body); why != "" {
		bad.Need(false, "password", why)
	}
	return bad.Err()
}

// open makes the bureau and its first administrator.
func (s *Service) open(tx *db.Tx, bureau Unit, n Newcomer, hash string) (account auth.Account, err error) {
	units, err := listUnits(tx)
	if err != nil {
		return account, err
	}
	known := map[string]bool{}
	for _, u := range units {
		known[u.Code] = true
		if u.Body == bureau.Body || u.Name == bureau.Name { // a list of items named it before
			bureau.Code = u.Code
		}
	}
	if err := putUnit(tx, bureau, len(units)); err != nil {
		return account, err
	}
	known[bureau.Code] = true
	n.Unit = bureau.Code
	staff, err := s.addStaff(tx, n, hash)
	if err != nil {
		return account, err
	}
	account = auth.Account{Kind: auth.Staff, Login: strings.ToLower(n.No), Subject: staff}
	if account.ID, err = auth.FindLogin(tx, account.Login); err != nil {
		return account, err
	}
	who := auth.Actor{ID: account.ID, Kind: auth.Staff, Staff: staff}
	if err := s.log(tx, who, "office.opened", unitChain(bureau.Code), bureau); err != nil {
		return account, err
	}
	if err := s.log(tx, who, "office.person_added", StaffChain(staff), record{Unit: n.Unit}); err != nil {
		return account, err
	}
	admin := Post{Code: bureau.Code + "." + suffix(SysAdmin), Unit: bureau.Code, Name: "系统管理员岗", Kind: SysAdmin}
	posts := append([]Post{admin}, s.Opening...)
	for i, p := range posts {
		section, _, _ := strings.Cut(p.Code, ".")
		if p.Unit = section; p.Unit == "" {
			p.Unit, p.Code = bureau.Code, bureau.Code+p.Code
		}
		if !known[p.Unit] { // its code is settled by what items name; its name may change
			known[p.Unit] = true
			part := Unit{Code: p.Unit, Name: strings.TrimSuffix(p.Name, "岗"), Kind: Section, Parent: bureau.Code,
				Body: bureau.Body, Division: bureau.Division, Nature: bureau.Nature}
			if err := insertUnit(tx, part, len(units)+1+i); err != nil {
				return account, err
			}
			if err := s.log(tx, who, "office.unit_added", unitChain(part.Code), part); err != nil {
				return account, err
			}
		}
		if _, err := s.addPost(tx, who, p, i); err != nil {
			return account, err
		}
	}
	return account, s.seat(tx, who, admin, Bureau, staff, 0)
}
