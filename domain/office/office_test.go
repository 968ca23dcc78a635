package office_test

import (
	"context"
	"io/fs"
	"reflect"
	"slices"
	"testing"
	"time"

	"onedoor.app/domain/office"
	"onedoor.app/engine/calendar"
	"onedoor.app/engine/ledger"
	"onedoor.app/engine/once"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/db/dbtest"
	"onedoor.app/infra/fault"
	"onedoor.app/infra/secret"
	"onedoor.app/sample"
)

var schemas = []dbtest.Schema{
	{Module: "auth", Files: auth.Schema}, {Module: "once", Files: once.Schema}, {Module: "ledger", Files: ledger.Schema},
	{Module: "office", Files: office.Schema},
}

// keeper may keep the office.
var keeper = auth.Actor{ID: 1, Kind: auth.Staff, Rights: []string{office.Keep}}

// city opens the sample city on d.
func city(t *testing.T, d *db.DB) *office.Service {
	t.Helper()
	box, err := secret.NewBox(make([]byte, 32))
	if err != nil {
		t.Fatal(err)
	}
	s := &office.Service{DB: d, Box: box, Calendar: calendar.Compiled, Log: record}
	load(t, s)
	return s
}

// record keeps what happens in the ledger.
func record(tx *db.Tx, who auth.Actor, act, about string, facts any) error {
	return ledger.Log(tx, about, who, ledger.Draft{Act: act, Body: facts})
}

func load(t *testing.T, s *office.Service) {
	t.Helper()
	files, err := fs.Sub(sample.Yunchuan, "yunchuan")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.LoadPackage(t.Context(), files, "no password"); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, s *office.Service, fn func(*db.Tx) error) {
	t.Helper()
	if err := s.DB.Read(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}

func id(t *testing.T, s *office.Service, no string) int64 {
	t.Helper()
	var p office.Staff
	read(t, s, func(tx *db.Tx) (err error) { p, err = s.StaffByNo(tx, no); return err })
	return p.ID
}

func actor(t *testing.T, s *office.Service, no string) auth.Actor {
	t.Helper()
	staff := id(t, s, no)
	var a auth.Actor
	read(t, s, func(tx *db.Tx) (err error) { a, err = s.Actor(tx, staff); return err })
	return a
}

// at is the same service on another day.
func at(t *testing.T, s *office.Service, day string) *office.Service {
	t.Helper()
	d, err := calendar.ParseDate(day)
	if err != nil {
		t.Fatal(err)
	}
	clock := s.DB.WithClock(func() time.Time { return d.Start().Add(10 * time.Hour) })
	return &office.Service{DB: clock, Box: s.Box, Calendar: s.Calendar, Frame: s.Frame, Log: s.Log, Flash: s.Flash}
}

func TestLoadingTwiceChangesNothing(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := city(t, d)
		first := everything(t, s)
		load(t, s)
		if second := everything(t, s); !reflect.DeepEqual(first, second) {
			t.Error("loading the package again changed something")
		}
		if got := [4]int{len(first.Units), len(first.Staff), len(first.Hall.Windows), len(first.Points)}; got != [4]int{52, 102, 10, 18} {
			t.Errorf("units, staff, windows, points = %v", got)
		}
	})
}

type all struct {
	Units  []office.Unit
	Posts  []office.Post
	Roles  []office.Role
	Staff  []auth.Actor
	Hall   office.Hall
	Points []office.Point
}

func everything(t *testing.T, s *office.Service) (a all) {
	t.Helper()
	read(t, s, func(tx *db.Tx) (err error) {
		if a.Units, err = s.Units(tx); err != nil {
			return err
		}
		if a.Posts, err = s.Posts(tx); err != nil {
			return err
		}
		if a.Roles, err = s.Roles(tx); err != nil {
			return err
		}
		if a.Hall, err = s.Hall(tx); err != nil {
			return err
		}
		if a.Points, err = s.Points(tx); err != nil {
			return err
		}
		ids, err := db.All(tx, func(id *int64) []any { return []any{id} }, `SELECT id FROM office_staff ORDER BY staff_no`)
		if err != nil {
			return err
		}
		for _, id := range ids {
			one, err := s.Actor(tx, id)
			if err != nil {
				return err
			}
			a.Staff = append(a.Staff, one)
		}
		return nil
	})
	return a
}

func TestAccountIsTheStaffNumberInLowerCase(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := city(t, d)
		var subject int64
		read(t, s, func(tx *db.Tx) error {
			return tx.One(`SELECT subject FROM auth_account WHERE login = 'yc1005' AND kind = 'staff'`, nil, &subject)
		})
		if want := id(t, s, "yc1005"); subject != want {
			t.Errorf("account of %d, want %d", subject, want)
		}
	})
}

func TestActorHoldsOwnPostsThenThoseStoodInFor(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := city(t, d)
		chief, reviewer := actor(t, s, "YC1020"), actor(t, s, "YC1021")
		if want := []auth.Post{{Code: "SPJ-SY.rev", Unit: "SPJ-SY"}, {Code: "SPJ-SY.chief", Unit: "SPJ-SY", Deputy: chief.ID}}; !slices.Equal(reviewer.Posts, want) {
			t.Errorf("posts = %v, want %v", reviewer.Posts, want)
		}
		if want := []string{"approver", "reviewer", "section_chief"}; !slices.Equal(reviewer.Roles, want) {
			t.Errorf("roles = %v, want %v", reviewer.Roles, want)
		}
		if reviewer.Name != "金春梅" || reviewer.Unit != "SPJ-SY" || reviewer.Kind != auth.Staff {
			t.Errorf("actor = %+v", reviewer)
		}
		// The head of legal affairs lends 科长 and 法制审核, and takes the
		// catalogue over, which is not lent on.
		if got, want := actor(t, s, "YC1036").Roles, []string{"section_chief", "supervisor"}; !slices.Equal(got, want) {
			t.Errorf("roles of the watch = %v, want %v", got, want)
		}
		if got, want := actor(t, s, "YC1039").Roles, []string{"section_chief", "system_admin"}; !slices.Equal(got, want) {
			t.Errorf("roles of the administrator = %v, want %v", got, want)
		}
	})
}

func TestWhoLeftHoldsNothingAndNobodyStandsInForThem(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := city(t, d)
		chief := id(t, s, "YC1020")
		if err := s.Leave(t.Context(), keeper, "", chief); err != nil {
			t.Fatal(err)
		}
		if a := actor(t, s, "YC1020"); len(a.Posts) != 0 || len(a.Roles) != 0 {
			t.Errorf("whoever left holds %v %v", a.Posts, a.Roles)
		}
		if _, ok := actor(t, s, "YC1021").Holds("SPJ-SY.chief"); ok {
			t.Error("the deputy of somebody who left still stands in")
		}
		read(t, s, func(tx *db.Tx) error {
			for post, want := range map[string]int{"SPJ-SY.chief": 0, "SPJ-SY.rev": 1} {
				got, err := s.Holders(tx, post)
				if err != nil || len(got) != want {
					t.Errorf("holders of %s = %v, %v, want %d", post, got, err, want)
				}
			}
			return nil
		})
	})
}

func TestHoldersAreListedOnceOwnOnesFirst(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := city(t, d)
		read(t, s, func(tx *db.Tx) error {
			got, err := s.Holders(tx, "SPJ-ZH.clerk")
			if err != nil {
				return err
			}
			if len(got) != 8 || slices.ContainsFunc(got, func(h office.Holder) bool { return h.Deputy }) {
				t.Errorf("clerks = %v", got)
			}
			got, err = s.Holders(tx, "SPJ-SY.rev")
			if err != nil {
				return err
			}
			if len(got) != 2 || got[0].Name != "金春梅" || got[0].Deputy || got[1].Name != "吕志远" || !got[1].Deputy {
				t.Errorf("holders = %v", got)
			}
			return nil
		})
	})
}

func TestResolveFindsTheTownshipAroundTheApplicant(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := city(t, d)
		for _, c := range []struct{ post, division, want, code string }{
			{"@township.clerk", "379902100002", "T902100.clerk", ""},
			{"@township.chief", "379901001000", "T901001.chief", ""},
			{"@township.chief", "379901000000", "", "office.no_unit_there"},
			{"@township.chief", "", "", "office.no_unit_there"},
			{"@township.chief", "110101001001", "", "office.no_unit_there"},
			{"@nobody", "379901001000", "", "row.unknown"},
			{"SPJ-SY.rev", "", "SPJ-SY.rev", ""},
			{"SPJ-XY.rev", "", "", "row.unknown"},
		} {
			read(t, s, func(tx *db.Tx) error {
				got, err := s.Resolve(tx, c.post, c.division)
				if got.Code != c.want || fault.Code(err) != c.code {
					t.Errorf("Resolve(%q, %q) = %q, %v, want %q, %q", c.post, c.division, got.Code, err, c.want, c.code)
				}
				return nil
			})
		}
	})
}

func set(s *office.Service, ctx context.Context, post string, holder, deputy int64, from, to string) error {
	return s.SetDeputy(ctx, keeper, "", office.Arrangement{Post: post, Holder: holder, Deputy: deputy, From: from, To: to})
}

func TestDeputyActsOnlyWithinDates(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := at(t, city(t, d), "2026-03-02")
		var logged []string
		s.Log = func(_ *db.Tx, _ auth.Actor, act, about string, _ any) error {
			logged = append(logged, act+" "+about)
			return nil
		}
		chief, other := id(t, s, "YC1020"), id(t, s, "YC1014")
		var old []office.Arrangement
		read(t, s, func(tx *db.Tx) (err error) { old, err = s.Arrangements(tx, "SPJ-SY.chief", chief); return err })
		if len(old) != 1 {
			t.Fatalf("arrangements = %v", old)
		}
		if err := set(s, t.Context(), "SPJ-SY.chief", chief, other, "2026-03-09", "2026-03-13"); fault.Code(err) != "office.deputy_overlap" {
			t.Errorf("overlap: %v", err)
		}
		if err := s.EndDeputy(t.Context(), keeper, "", old[0].ID); err != nil {
			t.Fatal(err)
		}
		if err := s.EndDeputy(t.Context(), keeper, "", old[0].ID); fault.Code(err) != "office.deputy_over" {
			t.Errorf("ending twice: %v", err)
		}
		if err := set(s, t.Context(), "SPJ-SY.chief", chief, other, "2026-03-09", "2026-03-13"); err != nil {
			t.Fatal(err)
		}
		for day, want := range map[string]bool{"2026-03-08": false, "2026-03-09": true, "2026-03-13": true, "2026-03-14": false} {
			a := actor(t, at(t, s, day), "YC1014")
			if deputy, got := a.Holds("SPJ-SY.chief"); got != want || want && deputy != chief {
				t.Errorf("%s: stands in = %v for %d, want %v", day, got, deputy, want)
			}
		}
		if want := []string{"office.deputy_ended office:post:SPJ-SY.chief", "office.deputy_set office:post:SPJ-SY.chief"}; !slices.Equal(logged, want) {
			t.Errorf("ledger = %v, want %v", logged, want)
		}
	})
}

func TestDeputyRules(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := at(t, city(t, d), "2026-03-02")
		legal, catalog, police, sys, sec := id(t, s, "YC1037"), id(t, s, "YC1038"), id(t, s, "YC1044"), id(t, s, "YC1039"), id(t, s, "YC1040")
		gone := id(t, s, "YC1042")
		if err := s.Leave(t.Context(), keeper, "", gone); err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			name, post     string
			holder, deputy int64
			from, to       string
			field, want    string
		}{
			{"another body", "SPJ-FG.legal", legal, police, "", "", "deputy", "office.deputy_body"},
			{"oneself", "SPJ-FG.legal", legal, legal, "", "", "deputy", "office.deputy_self"},
			{"not the holder", "SPJ-FG.legal", catalog, legal, "", "", "holder", "office.not_holder"},
			{"who left", "SPJ-FG.legal", legal, gone, "", "", "deputy", "office.deputy_left"},
			{"the three administrators", "SPJ-XX.sys", sys, sec, "", "", "deputy", "office.deputy_apart"},
			{"no date", "SPJ-FG.legal", legal, catalog, "2026-02-30", "", "from", "office.date"},
			{"order", "SPJ-FG.legal", legal, catalog, "2026-03-05", "2026-03-04", "to", "office.date_order"},
			{"past", "SPJ-FG.legal", legal, catalog, "2026-02-01", "2026-03-01", "to", "office.date_past"},
		} {
			err := set(s, t.Context(), c.post, c.holder, c.deputy, c.from, c.to)
			f, ok := err.(*fault.Error) //nolint:errorlint // faults are not wrapped here
			if !ok || f.Fields[c.field] != c.want {
				t.Errorf("%s: %v, want %s on %s", c.name, err, c.want, c.field)
			}
		}
	})
}
