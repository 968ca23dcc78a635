package office

import (
	"context"
	"fmt"
	"io/fs"
	"reflect"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
)

// pack is office.yaml of a package.
type pack struct {
	Divisions []struct {
		Code   string
		Level  int
		Name   string
		Parent string
	}
	Units []struct {
		Code, Name, Parent, Division, Nature, Note string
		Kind                                       UnitKind
		USCC                                       string `yaml:"uscc"`
	}
	Roles []Role
	Posts []struct {
		Code, Unit, Name string
		Kind             PostKind
	}
	Staff  []packStaff
	Hall   packHall
	Points []struct {
		Code, Name, Division, Unit, Hours, Mode string
		Level, Counters                         int
		Services                                []string
	} `yaml:"service_points"`
}

type packStaff struct {
	ID       string
	StaffNo  string `yaml:"staff_no"`
	Name     string
	Unit     string
	Posts    []string
	Roles    []string
	Mobile   string
	Deputies []struct{ Post, Deputy string }
}

type packHall struct {
	Name, Address, Division string
	Hours                   struct {
		Default struct {
			MonFri []string `yaml:"mon_fri"`
			Sat    []string
			Sun    []string
		}
		Noon struct {
			Windows      []string
			Hours, Scope string
		} `yaml:"noon_service"`
		Appointment struct{ Window, Hours, Note string }
		SelfService string `yaml:"self_service"`
	}
	Zones   []string
	Windows []struct {
		Code, Name, Kind, Zone, Post, Scope string
		Staff                               string `yaml:"default_staff"`
	}
}

// LoadPackage reads office.yaml of a package folder. Regions, units, posts and
// the hall become as the package says; people and deputies who are there
// already stay as they are, so that loading twice changes nothing and undoes
// nobody's work. Each new staff member gets an account whose login is the staff
// number in lower case, with passwordHash (see auth.Hash).
func (s *Service) LoadPackage(ctx context.Context, fsys fs.FS, passwordHash string) error {
	raw, err := fs.ReadFile(fsys, "office.yaml")
	if err != nil {
		return fmt.Errorf("office: %w", err)
	}
	var p pack
	if err := yaml.Unmarshal(raw, &p); err != nil {
		return fmt.Errorf("office: office.yaml: %w", err)
	}
	hours, err := p.Hall.hours()
	if err != nil {
		return err
	}
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		if err := takeTurn(tx); err != nil {
			return err
		}
		if err := s.loadUnits(tx, p); err != nil {
			return err
		}
		ids, err := s.loadStaff(tx, p.Staff, passwordHash)
		if err != nil {
			return err
		}
		return s.loadHall(tx, p, hours, ids)
	})
}

// loadUnits puts the regions, units, roles and posts of a package. What it adds or
// changes is logged.
func (s *Service) loadUnits(tx *db.Tx, p pack) error {
	regions := make([]Region, len(p.Divisions))
	for i, d := range p.Divisions {
		regions[i] = Region(d)
	}
	if err := putRegions(tx, regions); err != nil {
		return err
	}
	units, err := listUnits(tx)
	if err != nil {
		return err
	}
	for i, u := range p.Units {
		unit := Unit{u.Code, u.Name, u.Kind, u.Parent, u.USCC, u.Division, u.Nature, u.Note}
		if err := putUnit(tx, unit, i); err != nil {
			return err
		}
		if slices.Contains(units, unit) {
			continue
		}
		if err := s.log(tx, system, "office.unit_loaded", unitChain(u.Code), unit); err != nil {
			return err
		}
	}
	for i, r := range p.Roles {
		if err := putRole(tx, r, i); err != nil {
			return err
		}
	}
	posts, err := listPosts(tx)
	if err != nil {
		return err
	}
	for i, q := range p.Posts {
		post := Post(q)
		if err := putPost(tx, post, i); err != nil {
			return err
		}
		if slices.Contains(posts, post) {
			continue
		}
		if err := s.log(tx, system, "office.post_loaded", postChain(post.Code), post); err != nil {
			return err
		}
	}
	return nil
}

// loadStaff adds who is new, then the deputies of the new ones, because a
// deputy may come later in the file.
func (s *Service) loadStaff(tx *db.Tx, list []packStaff, passwordHash string) (map[string]int64, error) {
	ids, err := listPackStaff(tx)
	if err != nil {
		return nil, err
	}
	var fresh []packStaff
	for _, m := range list {
		if ids[m.ID] != 0 {
			continue
		}
		id := tx.NewID()
		p := Staff{ID: id, No: strings.ToUpper(m.StaffNo), Name: m.Name, Unit: m.Unit, Active: true}
		added, err := insertStaff(tx, p, m.ID, s.Box.Seal([]byte(m.Mobile), aboutMobile(id)))
		if err != nil {
			return nil, err
		}
		if !added {
			return nil, fmt.Errorf("office: office.yaml: staff number %s is taken", m.StaffNo)
		}
		if err := appoint(tx, id, m.Posts, m.Roles); err != nil {
			return nil, err
		}
		facts := record{Unit: m.Unit, Posts: m.Posts, Roles: m.Roles}
		if err := s.log(tx, system, "office.person_loaded", StaffChain(id), facts); err != nil {
			return nil, err
		}
		if _, err := auth.Open(tx, auth.Staff, m.StaffNo, id, passwordHash); err != nil {
			return nil, err
		}
		ids[m.ID] = id
		fresh = append(fresh, m)
	}
	for _, m := range fresh {
		for _, d := range m.Deputies {
			if ids[d.Deputy] == 0 || !slices.Contains(m.Posts, d.Post) {
				return nil, fmt.Errorf("office: office.yaml: %s: deputy %s for %s", m.ID, d.Deputy, d.Post)
			}
			a := Arrangement{ID: tx.NewID(), Post: d.Post, Holder: ids[m.ID], Deputy: ids[d.Deputy]}
			if err := insertDeputy(tx, a); err != nil {
				return nil, err
			}
			if err := s.log(tx, system, "office.deputy_set", postChain(a.Post), a); err != nil {
				return nil, err
			}
		}
	}
	return ids, nil
}

func appoint(tx *db.Tx, staff int64, posts, roles []string) error {
	for i, post := range posts {
		if err := insertHolding(tx, staff, post, i); err != nil {
			return err
		}
	}
	for _, role := range roles {
		if err := insertStaffRole(tx, staff, role); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) loadHall(tx *db.Tx, p pack, hours Hours, staff map[string]int64) error {
	h := Hall{Name: p.Hall.Name, Address: p.Hall.Address, Division: p.Hall.Division, Hours: hours, Zones: p.Hall.Zones}
	before, _, err := maybeHall(tx)
	if err != nil {
		return err
	}
	if err := putHall(tx, h); err != nil {
		return err
	}
	if !reflect.DeepEqual(before, h) {
		if err := s.log(tx, system, "office.hall_loaded", hallChain, h); err != nil {
			return err
		}
	}
	windows, err := listWindows(tx)
	if err != nil {
		return err
	}
	for i, w := range p.Hall.Windows {
		window := Window{w.Code, w.Name, w.Kind, w.Zone, w.Post, staff[w.Staff], w.Scope}
		if err := putWindow(tx, window, i); err != nil {
			return err
		}
		if slices.Contains(windows, window) {
			continue
		}
		if err := s.log(tx, system, "office.window_loaded", hallChain, window); err != nil {
			return err
		}
	}
	for i, q := range p.Points {
		point := Point{q.Code, q.Name, q.Division, q.Level, q.Unit, q.Hours, q.Counters, q.Mode, q.Services}
		if err := putPoint(tx, point, i); err != nil {
			return err
		}
	}
	return nil
}

func (h packHall) hours() (Hours, error) {
	out := Hours{SelfHelp: h.Hours.SelfService}
	for _, day := range []struct {
		from []string
		into *[]Span
	}{{h.Hours.Default.MonFri, &out.Weekday}, {h.Hours.Default.Sat, &out.Saturday}, {h.Hours.Default.Sun, &out.Sunday}} {
		for _, words := range day.from {
			var span Span
			if err := span.UnmarshalText([]byte(words)); err != nil {
				return out, err
			}
			*day.into = append(*day.into, span)
		}
	}
	if n := h.Hours.Noon; n.Hours != "" {
		out.Noon = strings.TrimSpace(n.Hours + " " + n.Scope)
	}
	if a := h.Hours.Appointment; a.Hours != "" {
		out.Evening = strings.TrimSpace(a.Hours + " " + a.Note)
	}
	return out, nil
}

func aboutMobile(staff int64) string { return fmt.Sprintf("office_staff:%d:mobile", staff) }
