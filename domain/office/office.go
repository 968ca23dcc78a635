// Package office says which authority does what: its units (单位、科室), the
// posts (岗位) in them, who holds a post today and who stands in (A/B 角), and
// where and when the hall (政务服务大厅) is open.
//
// Somebody holds a post by being appointed to it, or as the deputy of somebody
// who is, on the days of that arrangement, both days included. Whoever has left
// holds nothing, and nobody stands in for them. A deputy belongs to the same
// body as the holder, that is, to a unit with the same 统一社会信用代码. The
// three administrators (三员: system, security, audit) never stand in for each
// other, nobody holds two of the three, and there is always a system administrator
// once a centre is open. The roles that rights are given to (角色) come and go with
// posts.
//
// A centre is opened (开办) in the browser with the code that the terminal shows;
// from then on its system administrator keeps all of this.
//
// Units, posts, roles and windows are named by their codes, people by ids.
package office

import (
	"context"
	"slices"
	"strings"

	"onedoor.app/engine/calendar"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
	"onedoor.app/infra/secret"
	"onedoor.app/infra/web"
	"onedoor.app/ui"
)

// Unit is an authority or a part of one.
type Unit struct {
	Code     string
	Name     string
	Kind     UnitKind
	Parent   string // "" at the top
	Body     string // 统一社会信用代码 of the body that it is or is part of
	Division string // twelve digits
	Nature   string // codes.json: 1 administrative organ, 2 institution …
	Note     string
}

// UnitKind tells the sorts of units apart.
type UnitKind string

// The kinds of units.
const (
	Bureau     UnitKind = "bureau"     // 行政审批服务局
	Section    UnitKind = "section"    // a part of the bureau, no body of its own
	Department UnitKind = "department" // another authority with people in the hall
	Township   UnitKind = "township"   // 街道办事处, 乡镇人民政府
)

// Post is a seat to which work is addressed, whoever holds it.
type Post struct {
	Code string
	Unit string
	Name string
	Kind PostKind
}

// PostKind says what a post does in a case.
type PostKind string

// The kinds of posts.
const (
	Leader    PostKind = "leader"
	Decide    PostKind = "decide"
	Review    PostKind = "review"
	Receive   PostKind = "receive"
	Guide     PostKind = "guide"
	Inspect   PostKind = "inspect"
	Issue     PostKind = "issue"
	Deliver   PostKind = "deliver"
	Supervise PostKind = "supervise"
	Legal     PostKind = "legal"
	Catalog   PostKind = "catalog"
	SysAdmin  PostKind = "sysadmin"
	SecAdmin  PostKind = "secadmin"
	Audit     PostKind = "audit"
	Archive   PostKind = "archive"
)

// Role is a sort of work that rights are given to.
type Role struct {
	Code string
	Name string
	Note string
}

// Staff is somebody who works here, or did.
type Staff struct {
	ID     int64
	No     string // 工号, as printed: "YC1005"
	Name   string
	Unit   string
	Active bool     // false: has left, holds nothing
	Posts  []string // codes of the posts that they are appointed to
	Roles  []string // role codes
}

// Holder is somebody who may act in a post today.
type Holder struct {
	Staff  int64
	Name   string
	Deputy bool // stands in for somebody
}

// Service is the use cases of office.
type Service struct {
	DB       *db.DB
	Box      *secret.Box
	Calendar calendar.Source
	Frame    ui.Frame

	// Opening are the posts that a new bureau begins with besides that of its
	// administrator: those that published items will name.
	Opening []Post
	// Waiting returns how many published items name each post, or rule such as
	// "@township.clerk": cases wait where nobody holds it. Nil: none do.
	Waiting func(tx *db.Tx) (map[string]int, error)
	// Items counts the items on offer; nil: none.
	Items func(tx *db.Tx) (int, error)
	// SignIn begins the session of the first administrator; nil leaves them to it.
	SignIn func(ctx context.Context, account auth.Account) error
	// Opened is told after the centre was opened; nil: nobody is.
	Opened func()
	// HallChanged is told after the hall or its windows changed; nil: nobody is.
	HallChanged func()
	// Division is the division that the bureau serves, twelve digits, where one is
	// set.
	Division string
	// Log records an act in the ledger, in the same transaction. Nil records
	// nothing.
	Log func(tx *db.Tx, who auth.Actor, act, about string, facts any) error
	// Flash leaves good news for the next page; nil leaves none.
	Flash func(ctx context.Context, text string)

	hashing auth.Hasher
	knocks  web.Callers
}

// Actor returns the staff member as somebody who acts at the moment of tx: own
// posts first, then those of others in which they stand in, with the roles that
// go with both. Whoever has left has neither posts nor roles. Rights are for the
// caller to fill in, and the account in ID, which until then is the staff
// member's id. Unknown staff is the fault row.unknown.
func (s *Service) Actor(tx *db.Tx, staff int64) (auth.Actor, error) {
	p, err := findStaff(tx, staff)
	if err != nil {
		return auth.Actor{}, err
	}
	a := auth.Actor{ID: p.ID, Staff: p.ID, Kind: auth.Staff, Name: p.Name, Unit: p.Unit}
	if !p.Active {
		return a, nil
	}
	held, err := listHeld(tx, staff, today(tx))
	if err != nil {
		return auth.Actor{}, err
	}
	a.Roles, err = listRolesOf(tx, staff)
	if err != nil {
		return auth.Actor{}, err
	}
	for _, h := range held {
		if _, twice := a.Holds(h.Code); !twice {
			a.Posts = append(a.Posts, auth.Post{Code: h.Code, Unit: h.Unit, Deputy: h.holder})
		}
		if h.holder == 0 || apart[h.Kind] {
			continue
		}
		theirs, err := listRolesOf(tx, h.holder)
		if err != nil {
			return auth.Actor{}, err
		}
		for _, role := range theirs {
			if lends(h.Kind, role) {
				a.Roles = append(a.Roles, role)
			}
		}
	}
	slices.Sort(a.Roles)
	a.Roles = slices.Compact(a.Roles)
	return a, nil
}

// Unit returns a unit; an unknown code is the fault row.unknown.
func (s *Service) Unit(tx *db.Tx, code string) (Unit, error) { return findUnit(tx, code) }

// Units returns every unit in the order of the package.
func (s *Service) Units(tx *db.Tx) ([]Unit, error) { return listUnits(tx) }

// Post returns a post; an unknown code is the fault row.unknown.
func (s *Service) Post(tx *db.Tx, code string) (Post, error) { return findPost(tx, code) }

// Posts returns every post, by unit.
func (s *Service) Posts(tx *db.Tx) ([]Post, error) { return listPosts(tx) }

// Roles returns every role.
func (s *Service) Roles(tx *db.Tx) ([]Role, error) { return listRoles(tx) }

// Staff returns a staff member, also one who has left.
func (s *Service) Staff(tx *db.Tx, id int64) (Staff, error) {
	p, err := findStaff(tx, id)
	if err != nil {
		return p, err
	}
	if p.Posts, err = listPostsOf(tx, id); err != nil {
		return p, err
	}
	p.Roles, err = listRolesOf(tx, id)
	return p, err
}

// StaffByNo returns the staff member with a staff number, in either case.
func (s *Service) StaffByNo(tx *db.Tx, no string) (Staff, error) {
	id, err := findStaffNo(tx, strings.ToUpper(strings.TrimSpace(no)))
	if err != nil {
		return Staff{}, err
	}
	return s.Staff(tx, id)
}

// Names returns the name of each staff member, for lists.
func (s *Service) Names(tx *db.Tx, ids ...int64) (map[int64]string, error) { return listNames(tx, ids) }

// Holders returns who may act in a post at the moment of tx: those appointed to
// it first, then deputies; nobody twice.
func (s *Service) Holders(tx *db.Tx, post string) ([]Holder, error) {
	return listHolders(tx, post, today(tx))
}

// Resolve returns the post that a code stands for. A code that begins with "@",
// such as "@township.clerk", stands for the post of the unit whose division is
// the nearest one around division, the twelve digits of where the applicant
// lives. Faults: row.unknown for a code that nobody knows; the Conflict
// office.no_unit_there when no unit serves that place.
func (s *Service) Resolve(tx *db.Tx, post, division string) (Post, error) {
	if !strings.HasPrefix(post, "@") {
		return findPost(tx, post)
	}
	candidates, err := listCandidates(tx, townshipRules[post])
	if err != nil {
		return Post{}, err
	}
	if len(candidates) == 0 {
		return Post{}, fault.New(fault.Unknown, "row.unknown")
	}
	for at := division; at != ""; at = wider(at) {
		for _, c := range candidates {
			if c.division == at {
				return c.Post, nil
			}
		}
	}
	return Post{}, fault.New(fault.Conflict, "office.no_unit_there")
}

// today is the civil day of tx as the database keeps it.
func today(tx *db.Tx) string { return calendar.DateOf(tx.Now()).String() }
