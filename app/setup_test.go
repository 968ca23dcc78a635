package app

import (
	"errors"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"onedoor.app/domain/office"
	"onedoor.app/infra/db"
	"onedoor.app/infra/db/dbtest"
	"onedoor.app/module"
)

// TestEveryRoleThatARightNamesIsStandard makes sure that an installation that is
// opened in the browser has every role that a right asks for.
func TestEveryRoleThatARightNamesIsStandard(t *testing.T) {
	t.Parallel()
	known := map[string]bool{module.Applicant: true}
	for _, r := range office.StandardRoles() {
		known[r.Code] = true
	}
	for _, m := range newApp(t, testConfig(t, "")).Modules {
		for _, r := range m.Rights {
			for _, role := range r.Roles {
				if m.Name != "trial" && !known[role] {
					t.Errorf("%s names the role %q, which is not standard", r.Name, role)
				}
			}
		}
	}
}

// form fills the form to action on a page.
func (v *visitor) form(page, action string, fields url.Values) (*http.Response, string) {
	v.t.Helper()
	filled := hidden(v.t, page, action)
	for name, values := range fields {
		filled[name] = values
	}
	return v.post(action, filled)
}

// fill gets a page and fills its form to action.
func (v *visitor) fill(path, action string, fields url.Values) (*http.Response, string) {
	v.t.Helper()
	answer, page := v.get(path)
	v.want(answer, http.StatusOK)
	return v.form(page, action, fields)
}

var firstPassword = regexp.MustCompile(`[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}`)

// TestABureauOpensOnMonday goes from an empty database to a clerk at a desk, by
// the pages alone.
func TestABureauOpensOnMonday(t *testing.T) {
	t.Parallel()
	for engine, link := range dbtest.URLs(t) {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			a := newApp(t, testConfig(t, link))
			for _, path := range []string{"/", "/items", "/sign-in", "/decisions", "/progress", "/verify"} {
				v := visit(t, a)
				answer, _ := v.get(path)
				v.want(answer, http.StatusOK)
			}
			admin := setUp(t, a)
			clerk, password := hire(t, a, admin)
			begin(t, a, clerk, password)
			answer, page := admin.fill("/admin/people", "/admin/people", url.Values{"q": {"金映雪"}})
			admin.want(answer, http.StatusOK)
			person := regexp.MustCompile(`/admin/people/[0-9]+`).FindString(page)
			reset(t, a, admin, clerk, person)
			if _, numbers := admin.get("/metrics"); strings.Contains(numbers, `status="503"`) {
				t.Error("whoever must change their password first counts as a database that is away")
			}
			if err := a.Verify(t.Context(), func(v Verified) {
				if v.Err != nil {
					t.Errorf("%s: %v", v.Name, v.Err)
				}
			}); err != nil {
				t.Error(err)
			}
		})
	}
}

// setUp opens the centre and returns the browser of its administrator.
func setUp(t *testing.T, a *App) *visitor {
	t.Helper()
	_, code, err := a.Setup(t.Context())
	if err != nil || code == "" {
		t.Fatalf("no code (%v)", err)
	}
	if err := os.WriteFile(a.SetupFile(), []byte(code), 0o600); err != nil {
		t.Fatal(err)
	}
	v := visit(t, a)
	form := url.Values{"code": {code}, "bureau": {"云川市行政审批服务局"}, "uscc": {"113799009901Y1710E"}, "division": {"379900"},
		"name": {"潘秀英"}, "no": {"yc1039"}, "password": {testPassword}, "password_again": {"other"}}
	answer, page := v.fill("/setup", "/setup", form)
	v.want(answer, http.StatusUnprocessableEntity)
	if !strings.Contains(page, "两次写的不一样") || strings.Contains(page, testPassword) {
		t.Error("two passwords that differ are not told apart, or are sent back")
	}
	form.Set("password_again", testPassword)
	answer, _ = v.post("/setup", form)
	v.want(answer, http.StatusSeeOther)
	if to := answer.Header.Get("Location"); to != "/admin/start" {
		t.Fatalf("sent to %q", to)
	}
	if _, err := os.Stat(a.SetupFile()); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the file of the setup code is still there (%v)", err)
	}
	late := visit(t, a)
	answer, page = late.post("/setup", form)
	late.want(answer, http.StatusConflict)
	if !strings.Contains(page, "中心已经开办") {
		t.Error("the second is not told")
	}
	answer, _ = late.get("/setup")
	late.want(answer, http.StatusNotFound)
	if _, code, err := a.Setup(t.Context()); err != nil || code != "" {
		t.Errorf("the terminal still tells %q (%v)", code, err)
	}
	answer, page = v.get("/admin/start")
	v.want(answer, http.StatusOK)
	if !strings.Contains(page, "潘秀英") || !strings.Contains(page, `href="/admin/units"`) {
		t.Error("the checklist does not lead on")
	}
	return v
}

// hire makes a section, a post and a clerk in it, and the hall.
func hire(t *testing.T, a *App, v *visitor) (login, password string) {
	t.Helper()
	answer, _ := v.fill("/admin/units/new", "/admin/units/new", url.Values{"name": {"综合受理科"}, "kind": {"section"}, "parent": {"SPJ"}, "code": {"SPJ-SL"}})
	v.want(answer, http.StatusSeeOther)
	answer, _ = v.fill("/admin/posts/new?unit=SPJ-SL", "/admin/posts/new", url.Values{"unit": {"SPJ-SL"}, "kind": {"receive"}, "name": {"受理岗"}})
	v.want(answer, http.StatusSeeOther)
	post := answer.Header.Get("Location")
	_, page := v.get("/admin/people/new?unit=SPJ-SL")
	form := hidden(t, page, "/admin/people/new")
	for name, value := range map[string]string{"name": "金映雪", "no": "yc1005", "unit": "SPJ-SL"} {
		form.Set(name, value)
	}
	answer, page = v.post("/admin/people/new", form)
	v.want(answer, http.StatusOK)
	password = firstPassword.FindString(page)
	answer, page = v.post("/admin/people/new", form)
	v.want(answer, http.StatusOK)
	if got := firstPassword.FindString(page); password == "" || got != password {
		t.Fatalf("pressed twice: %q and %q", password, got)
	}
	if n := count(t, a, `SELECT COUNT(*) FROM office_staff`); n != 2 {
		t.Errorf("%d people, want 2", n)
	}
	_, page = v.get(post)
	value := regexp.MustCompile(`<option value="([0-9]+)"[^>]*>金映雪`).FindStringSubmatch(page)
	if value == nil {
		t.Fatal("the new colleague is not offered")
	}
	answer, _ = v.form(page, post+"/holders", url.Values{"staff": {value[1]}})
	v.want(answer, http.StatusSeeOther)
	answer, _ = v.fill("/admin/hall", "/admin/hall", url.Values{"name": {"云川市政务服务中心"}, "address": {"湖滨路1号"},
		"weekday_1": {"9：00－12：00"}, "weekday_2": {"13:00-17:00"}})
	v.want(answer, http.StatusSeeOther)
	answer, _ = v.fill("/admin/hall/windows/new", "/admin/hall/windows/new", url.Values{"code": {"A01"}, "name": {"综合受理窗口"},
		"kind": {"generic"}, "zone": {"一楼东侧"}, "scope": {"全部事项"}, "post": {strings.TrimPrefix(post, "/admin/posts/")}, "staff": value[1:]})
	v.want(answer, http.StatusSeeOther)
	if _, page := visit(t, a).get("/"); !strings.Contains(page, "一楼东侧") || !strings.Contains(page, "湖滨路1号") || !strings.Contains(page, "09:00-12:00") {
		t.Error("the home page does not show the hall")
	}
	return "yc1005", password
}

// begin is the first morning of somebody with a first password.
func begin(t *testing.T, a *App, login, password string) {
	t.Helper()
	v := visit(t, a)
	answer, _ := v.post("/sign-in", url.Values{"login": {login}, "password": {password}})
	v.want(answer, http.StatusSeeOther)
	for _, path := range []string{"/desk", "/", "/admin/posts"} {
		answer, _ = v.get(path)
		if to := answer.Header.Get("Location"); to != "/password" {
			t.Errorf("%s before the password is changed: %d %q", path, answer.StatusCode, to)
		}
	}
	answer, _ = v.post("/desk/new/find", url.Values{})
	if to := answer.Header.Get("Location"); to != "/password" {
		t.Errorf("a form before the password is changed: %d %q", answer.StatusCode, to)
	}
	elsewhere := visit(t, a)
	elsewhere.post("/sign-in", url.Values{"login": {login}, "password": {password}})
	answer, page := v.fill("/password", "/password", url.Values{"password": {password}, "password_again": {password}})
	v.want(answer, http.StatusUnprocessableEntity)
	if !strings.Contains(page, "和现在的密码一样") || strings.Contains(page, password) {
		t.Error("the first password is taken again, or sent back")
	}
	answer, _ = v.post("/password", url.Values{"password": {testPassword}, "password_again": {testPassword}})
	var kept int
	if err := a.DB.Read(t.Context(), func(tx *db.Tx) error {
		return tx.One(`SELECT count(*) FROM ledger_entry e JOIN auth_account a ON e.chain = 'office:staff:' || CAST(a.subject AS TEXT)
			WHERE a.login = $1 AND e.act = 'auth.password_changed'`, []any{login}, &kept)
	}); err != nil || kept != 1 {
		t.Errorf("%d entries of the change: %v", kept, err)
	}
	v.want(answer, http.StatusSeeOther)
	if to := answer.Header.Get("Location"); to != "/desk" {
		t.Errorf("then sent to %q, want the desk", to)
	}
	answer, page = v.get("/desk")
	v.want(answer, http.StatusOK)
	if !strings.Contains(page, "受理岗") || !strings.Contains(page, `href="/password"`) {
		t.Error("the desk does not know the post, or leads nowhere to change the password")
	}
	answer, _ = v.get("/admin/posts")
	v.want(answer, http.StatusForbidden)
	answer, _ = elsewhere.get("/desk")
	if to := answer.Header.Get("Location"); !strings.HasPrefix(to, "/sign-in") {
		t.Errorf("a session under the first password goes on: %d %q", answer.StatusCode, to)
	}
}

// reset gives the clerk a first password again, which ends their session.
func reset(t *testing.T, a *App, admin *visitor, login, person string) {
	t.Helper()
	clerk := visit(t, a)
	clerk.post("/sign-in", url.Values{"login": {login}, "password": {testPassword}})
	answer, _ := clerk.get("/desk")
	clerk.want(answer, http.StatusOK)
	answer, page := admin.fill(person+"/password", person+"/password", nil)
	admin.want(answer, http.StatusOK)
	if !firstPassword.MatchString(page) || slices.ContainsFunc(answer.Cookies(), func(c *http.Cookie) bool { return firstPassword.MatchString(c.Value) }) {
		t.Error("the new first password is not shown, or is in a cookie")
	}
	answer, _ = clerk.get("/desk")
	if to := answer.Header.Get("Location"); !strings.HasPrefix(to, "/sign-in") {
		t.Errorf("the session goes on: %d %q", answer.StatusCode, to)
	}

	// What the clerk was filling in goes through signing in and changing.
	first := firstPassword.FindString(page)
	answer, page = clerk.post("/desk/new/find", url.Values{"kind": {"person"}, "number": {"17"}})
	clerk.want(answer, http.StatusUnauthorized)
	answer, page = clerk.form(page, "/sign-in", url.Values{"login": {login}, "password": {first}})
	clerk.want(answer, http.StatusOK)
	answer, page = clerk.form(page, "/password", url.Values{"password": {testPassword}, "password_again": {"other"}})
	clerk.want(answer, http.StatusUnprocessableEntity)
	answer, page = clerk.form(page, "/password", url.Values{"password": {testPassword}, "password_again": {testPassword}})
	clerk.want(answer, http.StatusOK)
	if got := hidden(t, page, "/desk/new/find").Get("number"); got != "17" {
		t.Errorf("what was filled in is lost: %q", got)
	}
}

// TestAChangeThatMustBeLeadsOn goes where the way in was to lead.
func TestAChangeThatMustBeLeadsOn(t *testing.T) {
	t.Parallel()
	a := newApp(t, testConfig(t, ""))
	register(t, a)
	if err := a.DB.Write(t.Context(), func(tx *db.Tx) error { return tx.Exec(`UPDATE auth_account SET must_change = $1`, true) }); err != nil {
		t.Fatal(err)
	}
	v := visit(t, a)
	form := url.Values{"login": {testMobile}, "password": {testPassword}, "next": {"https://evil.example/"}}
	if answer, _ := v.post("/sign-in", form); answer.Header.Get("Location") != "/password" {
		t.Errorf("led to %q", answer.Header.Get("Location"))
	}
	v = visit(t, a)
	form.Set("next", "/trial?step=2")
	answer, _ := v.post("/sign-in", form)
	to := answer.Header.Get("Location")
	if to != "/password?next=%2Ftrial%3Fstep%3D2" {
		t.Fatalf("led to %q", to)
	}
	answer, page := v.fill(to, "/password", url.Values{"password": {"short"}, "password_again": {"short"}})
	v.want(answer, http.StatusUnprocessableEntity)
	answer, _ = v.form(page, "/password", url.Values{"password": {"a password of my own"}, "password_again": {"a password of my own"}})
	if to := answer.Header.Get("Location"); to != "/trial?step=2" {
		t.Errorf("changed and led to %q", to)
	}
}

// TestAnApplicantChangesTheirPassword does so from the menu of every page.
func TestAnApplicantChangesTheirPassword(t *testing.T) {
	t.Parallel()
	a := newApp(t, testConfig(t, ""))
	register(t, a)
	v := visit(t, a)
	answer, _ := v.get("/password")
	if to := answer.Header.Get("Location"); !strings.HasPrefix(to, "/sign-in") {
		t.Errorf("a visitor: %d %q", answer.StatusCode, to)
	}
	v.signIn(nil)
	if _, page := v.get("/"); !strings.Contains(page, `href="/password"`) {
		t.Error("the menu does not lead to the password")
	}
	for _, tt := range []struct{ old, password, again, want string }{
		{"wrong", "a password of my own", "a password of my own", "现在的密码不对"},
		{testPassword, testNumber, testNumber, "这个密码太好猜"},
		{testPassword, "a password of my own", "another", "两次写的不一样"},
	} {
		answer, page := v.fill("/password", "/password", url.Values{"password_now": {tt.old}, "password": {tt.password}, "password_again": {tt.again}})
		v.want(answer, http.StatusUnprocessableEntity)
		if !strings.Contains(page, tt.want) {
			t.Errorf("%+v is not said", tt)
		}
	}
	answer, _ = v.post("/password", url.Values{"password_now": {testPassword}, "password": {"a password of my own"}, "password_again": {"a password of my own"}})
	v.want(answer, http.StatusSeeOther)
	answer, _ = v.get("/trial")
	v.want(answer, http.StatusOK)
	for _, login := range []string{testMobile, testNumber} {
		answer, _ = visit(t, a).post("/sign-in", url.Values{"login": {login}, "password": {"a password of my own"}})
		v.want(answer, http.StatusSeeOther)
	}
	var chain string
	if err := a.DB.Read(t.Context(), func(tx *db.Tx) error {
		return tx.One(`SELECT chain FROM ledger_entry WHERE act = 'auth.password_changed'`, nil, &chain)
	}); err != nil || !strings.HasPrefix(chain, "party:") {
		t.Errorf("the change stands in the ledger of %q: %v", chain, err)
	}
	expire(t, a)
	answer, page := v.post("/password", url.Values{"old": {"never shown"}, "password_now": {"never shown"}, "password": {"never shown"}, "seen": {"never shown"}})
	v.want(answer, http.StatusUnauthorized)
	if strings.Contains(page, "never shown") || hidden(t, page, "/sign-in").Get("next") != "/password" {
		t.Error("what stood on the page of the password is carried")
	}
}

// TestAnotherPlaceIsRefused: a command that was started for another division does
// not go on with a centre.
func TestAnotherPlaceIsRefused(t *testing.T) {
	t.Parallel()
	cfg := testConfig(t, "")
	a, err := New(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	setUp(t, a)
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	other := cfg
	other.Region = "511602"
	if _, err := New(t.Context(), other); err == nil || !strings.Contains(err.Error(), "ONEDOOR_REGION is 511602") {
		t.Errorf("got %v", err)
	}
	if a, err = New(t.Context(), cfg); err != nil {
		t.Fatal(err)
	}
	_ = a.Close()
}
