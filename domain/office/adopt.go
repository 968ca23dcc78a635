package office

import (
	"fmt"
	"strings"

	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
)

// system acts where nobody does: packages and lists.
var system = auth.Actor{Kind: auth.System}

// Adopt returns the code of the department of that name, or of that
// 统一社会信用代码 where one is given, and adds the department in the name of who asks when there is none,
// with a post that reviews, "<code>.rev", and one that decides, "<code>.chief".
// Nobody holds new posts yet. Lists of items from elsewhere name departments;
// this is where they find their place.
func (s *Service) Adopt(tx *db.Tx, who auth.Actor, name, uscc, division string) (code string, err error) {
	if err := takeTurn(tx); err != nil {
		return "", err
	}
	units, err := listUnits(tx)
	if err != nil {
		return "", err
	}
	taken := map[string]bool{}
	for _, u := range units {
		taken[u.Code] = true
		if u.is(name, uscc) {
			code = u.Code
		}
	}
	place := len(units)
	if code == "" {
		for n := 1; code == "" || taken[code]; n++ {
			code = fmt.Sprintf("D%03d", n)
		}
		u := Unit{Code: code, Name: strings.TrimSpace(name), Kind: Department, Body: uscc, Division: division, Nature: "1"}
		if err := insertUnit(tx, u, place); err != nil {
			return "", err
		}
		if err := s.log(tx, who, "office.unit_added", unitChain(code), u); err != nil {
			return "", err
		}
	}
	for i, p := range []Post{
		{Code: code + ".chief", Unit: code, Name: "首席代表岗", Kind: Decide},
		{Code: code + ".rev", Unit: code, Name: "业务审查岗", Kind: Review},
	} {
		if _, err := s.addPost(tx, who, p, place+i); err != nil {
			return "", err
		}
	}
	return code, nil
}

// Adopted is the code of the unit that Adopt would return, "" when it would make one.
func (s *Service) Adopted(tx *db.Tx, name, uscc string) (code string, err error) {
	units, err := listUnits(tx)
	for _, u := range units {
		if u.is(name, uscc) {
			code = u.Code
		}
	}
	return code, err
}

// is reports whether the unit is what a list calls by that name and credit code.
func (u Unit) is(name, uscc string) bool {
	return u.Name == name || uscc != "" && u.Body == uscc && u.Kind == Department
}
