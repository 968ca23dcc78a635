package office_test

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"

	"onedoor.app/domain/office"
	"onedoor.app/engine/calendar"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/db/dbtest"
	"onedoor.app/infra/fault"
	"onedoor.app/infra/i18n"
	"onedoor.app/infra/secret"
)

const ownPassword = "a password of my own"

// bare is an installation that nobody has opened.
func bare(t *testing.T, d *db.DB) *office.Service {
	t.Helper()
	box, err := secret.NewBox(make([]byte, 32))
	if err != nil {
		t.Fatal(err)
	}
	return &office.Service{DB: d, Box: box, Calendar: calendar.Compiled, Division: "379900000000", Log: record, Opening: []office.Post{
		{Code: ".catalog", Name: "事项管理岗", Kind: office.Catalog}, {Code: "SPJ-ZH.clerk", Name: "综合窗口岗", Kind: office.Receive},
	}}
}

func start(s *office.Service) office.FirstStart {
	return office.FirstStart{Code: strings.ToLower(s.SetupCode()), Bureau: "云川市行政审批服务局", USCC: "113799009901Y1710E",
		Division: "379900", Name: "潘秀英", No: "yc1039", Password: ownPassword}
}

// opened is one that has been.
func opened(t *testing.T, d *db.DB) *office.Service {
	t.Helper()
	s := bare(t, d)
	if _, err := s.SetUp(t.Context(), start(s)); err != nil {
		t.Fatal(err)
	}
	return s
}

// flaw is the code against a field, else the code of the fault.
func flaw(err error, field string) string {
	if f, ok := errors.AsType[*fault.Error](err); ok && f.Fields[field] != "" {
		return f.Fields[field]
	}
	return fault.Code(err)
}

func wantFlaw(t *testing.T, name string, err error, field, want string) {
	t.Helper()
	if got := flaw(err, field); got != want {
		t.Errorf("%s: got %q (%v), want %q", name, got, err, want)
	}
}

func TestSetUpOpensACentreOnce(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := bare(t, d)
		for field, bad := range map[string]struct {
			spoil func(*office.FirstStart)
			want  string
		}{
			"code":     {func(f *office.FirstStart) { f.Code = "2222-2222-2222" }, "office.setup_code"},
			"bureau":   {func(f *office.FirstStart) { f.Bureau = " " }, "office.name"},
			"uscc":     {func(f *office.FirstStart) { f.USCC = "113799009901Y1710F" }, "office.uscc_check"},
			"division": {func(f *office.FirstStart) { f.Division = "3799" }, "office.unit_division"},
			"name":     {func(f *office.FirstStart) { f.Name = "" }, "office.person_name"},
			"no":       {func(f *office.FirstStart) { f.No = "工号一" }, "office.no"},
			"password": {func(f *office.FirstStart) { f.Password = "short" }, "auth.password_short"},
		} {
			f := start(s)
			bad.spoil(&f)
			_, err := s.SetUp(t.Context(), f)
			wantFlaw(t, field, err, field, bad.want)
		}
		read(t, s, func(tx *db.Tx) error {
			if unopened, err := s.Unopened(tx); err != nil || !unopened {
				t.Errorf("what was refused left a trace (%v)", err)
			}
			return nil
		})

		var won, lost int
		var mu sync.Mutex
		var wg sync.WaitGroup
		for i := range 4 {
			wg.Go(func() {
				f := start(s)
				f.No += string(rune('a' + i))
				_, err := s.SetUp(t.Context(), f)
				mu.Lock()
				defer mu.Unlock()
				switch fault.Code(err) {
				case "":
					won++
				case "office.setup_done":
					lost++
				default:
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if won != 1 || lost != 3 {
			t.Errorf("of four at once %d won and %d were told", won, lost)
		}
		read(t, s, func(tx *db.Tx) error {
			for post, unit := range map[string]string{"SPJ.sys": "SPJ", "SPJ.catalog": "SPJ", "SPJ-ZH.clerk": "SPJ-ZH"} {
				if p, err := s.Post(tx, post); err != nil || p.Unit != unit {
					t.Errorf("%s: %+v (%v)", post, p, err)
				}
			}
			if u, err := s.Unit(tx, "SPJ-ZH"); err != nil || u.Kind != office.Section || u.Body != "113799009901Y1710E" || u.Parent != "SPJ" {
				t.Errorf("the section is %+v (%v)", u, err)
			}
			return nil
		})
	})
}

func TestASetUpTakesTheUnitThatAListNamed(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := bare(t, d)
		var code string
		if err := d.Write(t.Context(), func(tx *db.Tx) (err error) {
			code, err = s.Adopt(tx, auth.Actor{Kind: auth.System}, "云川市行政审批服务局", "", "379900000000")
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if _, err := s.SetUp(t.Context(), start(s)); err != nil {
			t.Fatal(err)
		}
		read(t, s, func(tx *db.Tx) error {
			if u, err := s.Unit(tx, code); err != nil || u.Kind != office.Bureau || u.Body != "113799009901Y1710E" {
				t.Errorf("the bureau is %+v (%v)", u, err)
			}
			if _, err := s.Post(tx, code+".sys"); err != nil {
				t.Error(err)
			}
			return nil
		})
	})
}

func TestEveryActAsksForTheRight(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s, ctx, who := opened(t, d), t.Context(), auth.Actor{ID: 5, Kind: auth.Staff}
		staff := id(t, s, "YC1039")
		_, unit := s.AddUnit(ctx, who, "k", office.Unit{})
		_, post := s.AddPost(ctx, who, "k", office.Post{})
		_, person := s.AddPerson(ctx, who, "k", office.Newcomer{})
		_, reset := s.ResetPassword(ctx, who, "k", staff)
		_, back := s.Return(ctx, who, "k", staff)
		for name, err := range map[string]error{
			"unit": unit, "post": post, "person": person, "reset": reset, "return": back,
			"change unit": s.ChangeUnit(ctx, who, "k", office.Unit{}), "remove unit": s.RemoveUnit(ctx, who, "k", "SPJ"),
			"rename": s.RenamePost(ctx, who, "k", "SPJ.sys", "x"), "change": s.ChangePerson(ctx, who, "k", staff, office.Newcomer{}),
			"appoint": s.Appoint(ctx, who, "k", "SPJ.sys", staff), "relieve": s.Relieve(ctx, who, "k", "SPJ.sys", staff),
			"leave": s.Leave(ctx, who, "k", staff), "hall": s.SetHall(ctx, who, "k", office.Hall{}),
			"window": s.AddWindow(ctx, who, "k", office.Window{}), "change window": s.ChangeWindow(ctx, who, "k", office.Window{}),
			"close": s.CloseWindow(ctx, who, "k", "A01"),
		} {
			if fault.Code(err) != "right.missing" {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

func TestUnits(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s, ctx := opened(t, d), t.Context()
		section, err := s.AddUnit(ctx, keeper, "k1", office.Unit{Name: " 食药审批科 ", Kind: office.Section, Parent: "SPJ"})
		if err != nil || section.Code != "S001" || section.Body != "113799009901Y1710E" || section.Division != "379900000000" {
			t.Fatalf("got %+v (%v)", section, err)
		}
		if again, err := s.AddUnit(ctx, keeper, "k1", office.Unit{Name: " 食药审批科 ", Kind: office.Section, Parent: "SPJ"}); err != nil || again != section {
			t.Errorf("the same form again: %+v (%v)", again, err)
		}
		for _, tt := range []struct {
			name, field, want string
			unit              office.Unit
		}{
			{"no name", "name", "office.name", office.Unit{Kind: office.Department}},
			{"no kind", "kind", "office.unit_kind", office.Unit{Name: "民政局"}},
			{"a section of nothing", "parent", "office.unit_section", office.Unit{Name: "民政科", Kind: office.Section}},
			{"an unknown parent", "parent", "office.unit_parent", office.Unit{Name: "民政科", Kind: office.Section, Parent: "XXX"}},
			{"a wrong code of the body", "body", "office.uscc_length", office.Unit{Name: "民政局", Kind: office.Department, Body: "113"}},
			{"a township of nowhere", "division", "office.unit_division", office.Unit{Name: "柳林镇人民政府", Kind: office.Township}},
			{"a taken code", "code", "office.unit_code_taken", office.Unit{Name: "民政局", Kind: office.Department, Code: "spj"}},
			{"an odd code", "code", "office.unit_code", office.Unit{Name: "民政局", Kind: office.Department, Code: "民政"}},
		} {
			_, err := s.AddUnit(ctx, keeper, "", tt.unit)
			wantFlaw(t, tt.name, err, tt.field, tt.want)
		}
		wantFlaw(t, "below itself", s.ChangeUnit(ctx, keeper, "", office.Unit{Code: "SPJ", Name: "局", Kind: office.Bureau, Parent: section.Code}), "parent", "office.unit_below")
		wantFlaw(t, "a kind with holders", s.ChangeUnit(ctx, keeper, "", office.Unit{Code: "SPJ", Name: "云川市局", Kind: office.Department}), "kind", "office.unit_kind_held")
		wantFlaw(t, "in use", s.RemoveUnit(ctx, keeper, "", "SPJ"), "", "office.unit_used")
		if err := s.ChangeUnit(ctx, keeper, "", office.Unit{Code: "SPJ", Name: "云川市数据局", Kind: office.Bureau, Body: "113799009920Y60040", Division: "379900"}); err != nil {
			t.Fatal(err)
		}
		read(t, s, func(tx *db.Tx) error {
			if u, err := s.Unit(tx, section.Code); err != nil || u.Body != "113799009920Y60040" {
				t.Errorf("the section stayed with the old body: %+v (%v)", u, err)
			}
			return nil
		})
		if err := s.RemoveUnit(ctx, keeper, "", section.Code); err != nil {
			t.Error(err)
		}
	})
}

func TestAPostOfATownshipIsChosenByWhereTheApplicantLives(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s, ctx := opened(t, d), t.Context()
		town, err := s.AddUnit(ctx, keeper, "", office.Unit{Name: "柳林镇人民政府", Kind: office.Township, Division: "379901100000"})
		if err != nil {
			t.Fatal(err)
		}
		first, err := s.AddPost(ctx, keeper, "", office.Post{Unit: town.Code, Name: "便民服务受理岗", Kind: office.Receive})
		if err != nil || first.Code != town.Code+".clerk" {
			t.Fatalf("got %+v (%v)", first, err)
		}
		if second, err := s.AddPost(ctx, keeper, "", office.Post{Unit: town.Code, Name: "受理二岗", Kind: office.Receive}); err != nil || second.Code != town.Code+".clerk2" {
			t.Errorf("got %+v (%v)", second, err)
		}
		read(t, s, func(tx *db.Tx) error {
			if p, err := s.Resolve(tx, "@township.clerk", "379901100002"); err != nil || p.Code != first.Code {
				t.Errorf("got %+v (%v)", p, err)
			}
			return nil
		})
		_, err = s.AddPost(ctx, keeper, "", office.Post{Unit: "XXX", Name: "岗", Kind: "boss"})
		for field, want := range map[string]string{"unit": "office.unit_choose", "name": "office.name", "kind": "office.post_kind"} {
			wantFlaw(t, field, err, field, want)
		}
		if err := s.RenamePost(ctx, keeper, "", first.Code, "受理一岗"); err != nil {
			t.Error(err)
		}
	})
}

func TestAFirstPasswordIsShownUntilItIsChanged(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s, ctx := opened(t, d), t.Context()
		accounts := auth.NewAccounts(d)
		n := office.Newcomer{Name: "金映雪", No: "yc1005", Unit: "SPJ", Mobile: "+86 154 0001 0005"}
		issued, err := s.AddPerson(ctx, keeper, "k1", n)
		if err != nil || len(issued.Password) != 14 {
			t.Fatalf("got %+v (%v)", issued, err)
		}
		if again, err := s.AddPerson(ctx, keeper, "k1", n); err != nil || again != issued {
			t.Errorf("the same form again: %+v (%v)", again, err)
		}
		account, err := accounts.Check(ctx, "YC1005", issued.Password)
		if err != nil || !account.MustChange {
			t.Fatalf("got %+v (%v)", account, err)
		}
		if _, err := accounts.Change(ctx, account.ID, "", ownPassword); err != nil {
			t.Fatal(err)
		}
		if again, err := s.AddPerson(ctx, keeper, "k1", n); err != nil || again.Password != "" {
			t.Errorf("a password that is void is shown: %+v (%v)", again, err)
		}
		reset, err := s.ResetPassword(ctx, keeper, "k2", issued.Staff)
		if err != nil || reset.Password == "" || reset.Password == issued.Password {
			t.Fatalf("got %+v (%v)", reset, err)
		}
		if _, err := accounts.Check(ctx, "yc1005", ownPassword); fault.Code(err) != "auth.refused" {
			t.Errorf("the password so far still opens: %v", err)
		}
		if _, err := s.ResetPassword(ctx, keeper, "k3", issued.Staff); err != nil {
			t.Fatal(err)
		}
		if again, err := s.ResetPassword(ctx, keeper, "k2", issued.Staff); err != nil || again.Password != "" {
			t.Errorf("a password that was replaced is shown: %+v (%v)", again, err)
		}
		_, err = s.AddPerson(ctx, keeper, "", n)
		wantFlaw(t, "a taken number", err, "no", "office.no_taken")
		_, err = s.AddPerson(ctx, keeper, "", office.Newcomer{No: "工", Unit: "XXX", Mobile: "123"})
		for field, want := range map[string]string{"name": "office.person_name", "no": "office.no", "unit": "office.unit_choose", "mobile": "office.mobile"} {
			wantFlaw(t, field, err, field, want)
		}
		if n := count(t, s, `SELECT COUNT(*) FROM once_key WHERE outcome LIKE '%`+issued.Password+`%' OR outcome LIKE '%`+reset.Password+`%'`); n != 0 {
			t.Error("a first password is kept")
		}
	})
}

func count(t *testing.T, s *office.Service, query string) (n int) {
	t.Helper()
	read(t, s, func(tx *db.Tx) error { return tx.One(query, nil, &n) })
	return n
}

// person adds somebody.
func person(t *testing.T, s *office.Service, no, unit string) int64 {
	t.Helper()
	issued, err := s.AddPerson(t.Context(), keeper, "", office.Newcomer{Name: "某某", No: no, Unit: unit})
	if err != nil {
		t.Fatal(err)
	}
	return issued.Staff
}

// post adds a post.
func post(t *testing.T, s *office.Service, unit string, kind office.PostKind) string {
	t.Helper()
	p, err := s.AddPost(t.Context(), keeper, "", office.Post{Unit: unit, Name: "某岗", Kind: kind})
	if err != nil {
		t.Fatal(err)
	}
	return p.Code
}

func TestRolesComeAndGoWithPosts(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s, ctx := opened(t, d), t.Context()
		p, colleague := person(t, s, "YC1", "SPJ"), person(t, s, "YC2", "SPJ")
		chief, clerk, other := post(t, s, "SPJ", office.Decide), "SPJ-ZH.clerk", post(t, s, "SPJ", office.Receive)
		roles := func(want ...string) {
			t.Helper()
			if got := actor(t, s, "YC1").Roles; !slices.Equal(got, want) {
				t.Errorf("roles = %v, want %v", got, want)
			}
		}
		for _, code := range []string{chief, clerk, other} {
			if err := s.Appoint(ctx, keeper, "", code, p); err != nil {
				t.Fatal(err)
			}
		}
		roles("approver", "clerk", "section_chief")
		wantFlaw(t, "twice", s.Appoint(ctx, keeper, "", chief, p), "", "office.held_already")
		wantFlaw(t, "nobody", s.Appoint(ctx, keeper, "", chief, 7), "staff", "office.staff_choose")
		if err := set(s, ctx, clerk, p, colleague, "", ""); err != nil {
			t.Fatal(err)
		}
		if err := s.AddWindow(ctx, keeper, "", office.Window{Code: "A01", Name: "综合窗口", Kind: "generic", Zone: "一楼", Post: clerk, Staff: p}); err != nil {
			t.Fatal(err)
		}
		if err := s.Relieve(ctx, keeper, "", clerk, p); err != nil {
			t.Fatal(err)
		}
		roles("approver", "clerk", "section_chief") // the other post of the kind gives it
		if n := count(t, s, `SELECT COUNT(*) FROM office_deputy WHERE to_on = ''`) + count(t, s, `SELECT COUNT(*) FROM office_window WHERE staff IS NOT NULL`); n != 0 {
			t.Error("deputies or windows of who was relieved stay")
		}
		wantFlaw(t, "not there", s.Relieve(ctx, keeper, "", clerk, p), "", "office.not_holder")
		if err := s.Relieve(ctx, keeper, "", chief, p); err != nil {
			t.Fatal(err)
		}
		roles("clerk")
		if err := s.Relieve(ctx, keeper, "", other, p); err != nil {
			t.Fatal(err)
		}
		roles()
	})
}

func checked(t *testing.T, s *office.Service) {
	t.Helper()
	read(t, s, func(tx *db.Tx) error { return s.Check(tx, func(string, int) {}) })
}

func TestTheThreeAdministratorsStayApart(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s, ctx := opened(t, d), t.Context()
		first, second := id(t, s, "YC1039"), person(t, s, "YC1040", "SPJ")
		audit := post(t, s, "SPJ", office.Audit)
		wantFlaw(t, "two of three", s.Appoint(ctx, keeper, "", audit, first), "", "office.apart_two")
		wantFlaw(t, "the last is relieved", s.Relieve(ctx, keeper, "", "SPJ.sys", first), "", "office.last_admin")
		wantFlaw(t, "the last leaves", s.Leave(ctx, keeper, "", first), "", "office.last_admin")
		if err := s.Appoint(ctx, keeper, "", "SPJ.sys", second); err != nil {
			t.Fatal(err)
		}
		checked(t, s)
		// Each relieves the other at once: one stays.
		var wg sync.WaitGroup
		errs := make([]error, 2)
		for i, staff := range []int64{first, second} {
			wg.Go(func() { errs[i] = s.Relieve(ctx, keeper, "", "SPJ.sys", staff) })
		}
		wg.Wait()
		codes := []string{fault.Code(errs[0]), fault.Code(errs[1])}
		slices.Sort(codes)
		if !slices.Equal(codes, []string{"", "office.last_admin"}) {
			t.Errorf("got %q", codes)
		}
	})
}

func TestNobodyAppointsOrResetsThemselves(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s, ctx := opened(t, d), t.Context()
		admin := keeper
		admin.Staff = id(t, s, "YC1039")
		wantFlaw(t, "appointing", s.Appoint(ctx, admin, "", "SPJ.catalog", admin.Staff), "", "office.self_appoint")
		_, err := s.ResetPassword(ctx, admin, "", admin.Staff)
		wantFlaw(t, "resetting", err, "", "office.self_reset")
		if err := s.Appoint(ctx, admin, "", "SPJ.catalog", person(t, s, "YC1005", "SPJ")); err != nil {
			t.Error(err)
		}
	})
}

func TestWhoLeavesLosesTheirPostsAndComesBackWithoutThem(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s, ctx := opened(t, d), t.Context()
		issued, err := s.AddPerson(ctx, keeper, "", office.Newcomer{Name: "金映雪", No: "YC1005", Unit: "SPJ"})
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Appoint(ctx, keeper, "", "SPJ-ZH.clerk", issued.Staff); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Return(ctx, keeper, "", issued.Staff); fault.Code(err) != "office.not_left" {
			t.Errorf("who is here returns: %v", err)
		}
		if err := s.Leave(ctx, keeper, "", issued.Staff); err != nil {
			t.Fatal(err)
		}
		if _, err := auth.NewAccounts(d).Check(ctx, "yc1005", issued.Password); fault.Code(err) != "auth.refused" {
			t.Errorf("who has left signs in: %v", err)
		}
		wantFlaw(t, "leaving twice", s.Leave(ctx, keeper, "", issued.Staff), "", "office.staff_left")
		wantFlaw(t, "appointing who left", s.Appoint(ctx, keeper, "", "SPJ-ZH.clerk", issued.Staff), "staff", "office.staff_left")
		back, err := s.Return(ctx, keeper, "", issued.Staff)
		if err != nil || back.Password == "" {
			t.Fatalf("got %+v (%v)", back, err)
		}
		if _, err := auth.NewAccounts(d).Check(ctx, "yc1005", back.Password); err != nil {
			t.Error(err)
		}
		if a := actor(t, s, "YC1005"); len(a.Posts)+len(a.Roles) != 0 {
			t.Errorf("who came back holds %v %v", a.Posts, a.Roles)
		}
	})
}

func TestWhoMovesToAnotherBodyStandsInNoMore(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := city(t, d)
		chief := id(t, s, "YC1020")
		move := func(unit string) {
			t.Helper()
			if err := s.ChangePerson(t.Context(), keeper, "", chief, office.Newcomer{Name: "吕志远", Unit: unit}); err != nil {
				t.Fatal(err)
			}
		}
		move("SPJ-SC")
		if _, ok := actor(t, s, "YC1020").Holds("SPJ-SY.rev"); !ok {
			t.Error("who moved within the bureau stands in no more")
		}
		move("MZJ")
		if a := actor(t, s, "YC1020"); len(a.Posts) != 1 {
			t.Errorf("who moved to another body holds %v, want their own post only", a.Posts)
		}
		if a := actor(t, s, "YC1021"); len(a.Posts) != 1 {
			t.Errorf("their deputy holds %v", a.Posts)
		}
	})
}

func TestTheHallIsKept(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s, ctx := opened(t, d), t.Context()
		told := 0
		s.HallChanged = func() { told++ }
		morning, noon := office.Span{From: 9 * 60, To: 12 * 60}, office.Span{From: 11 * 60, To: 17 * 60}
		h := office.Hall{Name: "云川市政务服务中心", Address: "云川市望湖区湖滨路1号", Hours: office.Hours{Weekday: []office.Span{morning, noon}}}
		wantFlaw(t, "spans that overlap", s.SetHall(ctx, keeper, "", h), "weekday_2", "office.hours_order")
		h.Hours.Weekday[1].From = 13 * 60
		if err := s.SetHall(ctx, keeper, "", h); err != nil {
			t.Fatal(err)
		}
		w := office.Window{Code: "a01", Name: "综合窗口", Kind: "generic", Zone: "一楼", Post: "SPJ-ZH.clerk"}
		if err := s.AddWindow(ctx, keeper, "", w); err != nil {
			t.Fatal(err)
		}
		wantFlaw(t, "a taken number", s.AddWindow(ctx, keeper, "", w), "code", "office.window_taken")
		w.Staff = id(t, s, "YC1039")
		wantFlaw(t, "a clerk of another post", s.ChangeWindow(ctx, keeper, "", w), "staff", "office.window_staff")
		w.Staff, w.Zone = 0, "二楼"
		if err := s.ChangeWindow(ctx, keeper, "", w); err != nil {
			t.Fatal(err)
		}
		if err := s.SetHall(ctx, keeper, "", h); err != nil {
			t.Fatal(err)
		}
		read(t, s, func(tx *db.Tx) error {
			got, err := s.Hall(tx)
			if err != nil || got.Name != h.Name || got.Division != "379900000000" || len(got.Windows) != 1 || got.Windows[0].Zone != "二楼" || got.Windows[0].Code != "A01" {
				t.Errorf("got %+v (%v)", got, err)
			}
			return nil
		})
		if err := s.CloseWindow(ctx, keeper, "", "A01"); err != nil || told != 5 {
			t.Errorf("closing: %v; told %d times, want 5", err, told)
		}
	})
}

func TestStandardRolesHaveWords(t *testing.T) {
	t.Parallel()
	words := &i18n.Bundle{}
	if err := words.Add((&office.Service{}).Module().Texts); err != nil {
		t.Fatal(err)
	}
	for _, r := range office.StandardRoles() {
		if got := words.Text(i18n.Chinese, "office.role."+r.Code); got != r.Name {
			t.Errorf("%s is shown as %q and kept as %q", r.Code, got, r.Name)
		}
	}
}
