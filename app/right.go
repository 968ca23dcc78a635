package app

import (
	"fmt"
	"slices"
	"strings"

	"onedoor.app/infra/auth"
	"onedoor.app/infra/web"
	"onedoor.app/module"
)

// rights tells which rights each role has, from what the modules declare.
type rights map[string][]string

// newRights collects the rights of every module and refuses a route or a menu
// entry that asks for one which its module does not declare: such a page would
// be closed to everybody, or opened by somebody else's right.
func newRights(modules []module.Module) (rights, error) {
	all := rights{}
	for _, m := range modules {
		declared := map[string]bool{web.Public: true}
		for _, r := range m.Rights {
			if declared[r.Name] {
				return nil, fmt.Errorf("app: %s declares the right %q twice", m.Name, r.Name)
			}
			if !strings.HasPrefix(r.Name, m.Name+".") {
				return nil, fmt.Errorf("app: %s declares the right %q, which does not begin with its name", m.Name, r.Name)
			}
			declared[r.Name] = true
			for _, role := range r.Roles {
				all[role] = append(all[role], r.Name)
			}
		}
		for _, rt := range m.Routes {
			if !declared[rt.Right] {
				return nil, fmt.Errorf("app: %s: route %q asks for the right %q, which it does not declare", m.Name, rt.Pattern, rt.Right)
			}
		}
		for _, item := range m.Menu {
			if !declared[item.Right] {
				return nil, fmt.Errorf("app: %s: menu entry %q asks for the right %q, which it does not declare", m.Name, item.Text, item.Right)
			}
		}
	}
	return all, nil
}

// of returns the actor's rights, sorted as Actor.May wants them.
func (all rights) of(who auth.Actor) []string {
	roles := who.Roles
	if who.Kind == auth.Applicant {
		roles = []string{module.Applicant}
	}
	var got []string
	for _, role := range roles {
		got = append(got, all[role]...)
	}
	slices.Sort(got)
	return slices.Compact(got)
}
