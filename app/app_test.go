package app

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"onedoor.app/domain/party"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/db/dbtest"
	"onedoor.app/infra/fault"
	"onedoor.app/infra/web"
	"onedoor.app/module"
	"onedoor.app/ui"
)

const (
	testNumber   = "379900199001010051" // well formed, of a place that does not exist
	testMobile   = "15400029999"
	testPassword = "correct horse 42"
)

func TestMain(m *testing.M) {
	slog.SetDefault(slog.New(slog.DiscardHandler)) // these tests provoke what the log is for
	if dir := os.Getenv(importChild); dir != "" {
		fmt.Fprintln(os.Stderr, importing(dir)) //nolint:forbidigo // says why it was not killed
		os.Exit(1)
	}
	if dir := os.Getenv(crashChild); dir != "" {
		fmt.Fprintln(os.Stderr, "the child of a crash test ended by itself:", crash(dir))
		os.Exit(1)
	}
	if dir := os.Getenv(migrationChild); dir != "" {
		fmt.Fprintln(os.Stderr, "the child of a migration ended by itself:", migrating(dir))
		os.Exit(1)
	}
	os.Exit(testMain(m))
}

func testMain(m *testing.M) int {
	var err error
	if copiesIn, err = os.MkdirTemp("", "onedoor-copied-"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(copiesIn)
	return dbtest.Main(m)
}

// trial is a small capability: a form that echoes what it was sent, and a page
// that goes wrong.
func trial(b Base) module.Module {
	return module.Module{
		Name: "trial",
		Texts: fstest.MapFS{
			"text/zh.json": {Data: []byte(`{"trial.twice": "已经交过"}`)},
			"text/en.json": {Data: []byte(`{"trial.twice": "Sent before"}`)},
		},
		Rights: []module.Right{
			{Name: "trial.do", Roles: []string{module.Applicant}},
			{Name: "trial.staff", Roles: []string{"clerk"}},
		},
		Routes: []web.Route{
			{Pattern: "GET /trial", Right: "trial.do", Handle: func(w http.ResponseWriter, r *http.Request) error {
				return web.Show(w, r, http.StatusOK, ui.Public(b.Frame(r, "trial")))
			}},
			{Pattern: "POST /trial", Right: "trial.do", Handle: func(w http.ResponseWriter, r *http.Request) error {
				if err := r.ParseMultipartForm(1 << 20); err != nil && err != http.ErrNotMultipart { //nolint:errorlint // the sentinel itself
					return err
				}
				_, err := io.WriteString(w, r.PostForm.Encode())
				return err
			}},
			{Pattern: "GET /trial/staff", Right: "trial.staff", Handle: func(http.ResponseWriter, *http.Request) error { return nil }},
			{Pattern: "POST /trial/twice", Right: web.Public, Handle: func(http.ResponseWriter, *http.Request) error {
				return fault.New(fault.Conflict, "trial.twice")
			}},
			{Pattern: "GET /trial/panic", Right: web.Public, Handle: func(http.ResponseWriter, *http.Request) error { panic("on purpose") }},
			{Pattern: "GET /trial/flash", Right: "trial.do", Handle: func(w http.ResponseWriter, r *http.Request) error {
				b.Flash(r.Context(), "good news")
				return web.SeeOther(w, r, "/trial")
			}},
		},
	}
}

func testConfig(t *testing.T, url string) Config {
	t.Helper()
	cfg, err := configAt(t.TempDir(), url)
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

func configAt(data, url string) (Config, error) {
	return ReadConfig(func(name string) (string, bool) {
		switch name {
		case "ONEDOOR_DATA":
			return data, true
		case "ONEDOOR_DB":
			return url, true
		}
		return "", false
	})
}

func newApp(t *testing.T, cfg Config) *App {
	t.Helper()
	a, err := New(t.Context(), cfg, trial)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Close() })
	return a
}

// visitor is a browser: it keeps cookies and follows no redirect by itself.
type visitor struct {
	t    *testing.T
	http *http.Client
	base string
}

func visit(t *testing.T, a *App) *visitor {
	t.Helper()
	s := httptest.NewServer(a.Handler())
	t.Cleanup(s.Close)
	return browser(t, s.URL)
}

func browser(t *testing.T, base string) *visitor {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &visitor{t: t, base: base, http: &http.Client{
		Jar:           jar,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// send makes a request as a browser does and returns the answer with its body.
func (v *visitor) send(method, path, kind string, body io.Reader) (*http.Response, string) {
	v.t.Helper()
	r, err := http.NewRequestWithContext(v.t.Context(), method, v.base+path, body)
	if err != nil {
		v.t.Fatal(err)
	}
	r.Header.Set("Accept", "text/html,application/xhtml+xml")
	if kind != "" {
		r.Header.Set("Content-Type", kind)
		r.Header.Set("Referer", v.base+"/trial?step=2")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	answer, err := v.http.Do(r)
	if err != nil {
		v.t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	return answer, string(text)
}

func (v *visitor) get(path string) (*http.Response, string) { return v.send("GET", path, "", nil) }

func (v *visitor) post(path string, form url.Values) (*http.Response, string) {
	return v.send("POST", path, "application/x-www-form-urlencoded", strings.NewReader(form.Encode()))
}

// want checks the status of an answer.
func (v *visitor) want(answer *http.Response, status int) {
	v.t.Helper()
	if answer.StatusCode != status {
		v.t.Errorf("%s %s: got %d, want %d", answer.Request.Method, answer.Request.URL.Path, answer.StatusCode, status)
	}
}

// register opens an account that visitors may sign in to.
func register(t *testing.T, a *App) {
	t.Helper()
	if _, err := a.services.party.Register(t.Context(), auth.Actor{}, party.Registration{
		Name: "周测试", Number: testNumber, Mobile: testMobile, Password: testPassword,
	}); err != nil {
		t.Fatal(err)
	}
}

func (v *visitor) signIn(extra url.Values) (*http.Response, string) {
	form := url.Values{"login": {testMobile}, "password": {testPassword}}
	for name, values := range extra {
		form[name] = values
	}
	return v.post("/sign-in", form)
}

// expire ends every session, as twelve hours do.
func expire(t *testing.T, a *App) {
	t.Helper()
	if err := a.DB.Write(context.Background(), func(tx *db.Tx) error { return tx.Exec(`DELETE FROM auth_session`) }); err != nil {
		t.Fatal(err)
	}
}

func count(t *testing.T, a *App, query string) (n int) {
	t.Helper()
	if err := a.DB.Read(t.Context(), func(tx *db.Tx) error { return tx.One(query, nil, &n) }); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestSignInAndOut(t *testing.T) {
	t.Parallel()
	for engine, url := range dbtest.URLs(t) {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			a := newApp(t, testConfig(t, url))
			register(t, a)
			v := visit(t, a)

			answer, _ := v.get("/trial")
			v.want(answer, http.StatusSeeOther)
			if to := answer.Header.Get("Location"); to != "/sign-in?next=%2Ftrial" {
				t.Errorf("sent to %q", to)
			}
			answer, _ = v.post("/sign-in", map[string][]string{"login": {testMobile}, "password": {"wrong"}})
			v.want(answer, http.StatusUnprocessableEntity)
			answer, _ = v.signIn(map[string][]string{"next": {"/trial"}})
			v.want(answer, http.StatusSeeOther)
			if to := answer.Header.Get("Location"); to != "/trial" {
				t.Errorf("after signing in sent to %q, want /trial", to)
			}
			answer, page := v.get("/trial")
			v.want(answer, http.StatusOK)
			if !strings.Contains(page, "周测试") {
				t.Error("the page does not name who is signed in")
			}
			answer, _ = v.get("/trial/staff")
			v.want(answer, http.StatusForbidden)
			answer, _ = v.post("/sign-out", nil)
			v.want(answer, http.StatusSeeOther)
			answer, _ = v.get("/trial")
			v.want(answer, http.StatusSeeOther)
			if n := count(t, a, `SELECT COUNT(*) FROM auth_session`); n != 0 {
				t.Errorf("%d sessions after signing out", n)
			}
		})
	}
}

// TestSessionFixation makes sure that a token from before signing in is worth
// nothing afterwards.
func TestSessionFixation(t *testing.T) {
	t.Parallel()
	a := newApp(t, testConfig(t, ""))
	register(t, a)
	v := visit(t, a)
	v.signIn(nil)
	site, _ := url.Parse(v.base)
	before := v.http.Jar.Cookies(site)
	v.signIn(nil)
	thief := browser(t, v.base)
	thief.http.Jar.SetCookies(site, before)
	answer, _ := thief.get("/trial")
	thief.want(answer, http.StatusSeeOther)
}

// TestReadingWritesNothing makes sure that pages do not write the session.
func TestReadingWritesNothing(t *testing.T) {
	t.Parallel()
	a := newApp(t, testConfig(t, ""))
	register(t, a)
	v := visit(t, a)
	v.signIn(nil)
	for range 3 {
		if answer, _ := v.get("/trial"); len(answer.Cookies()) != 0 {
			t.Errorf("a page set the cookies %v", answer.Cookies())
		}
	}
	stranger := browser(t, v.base)
	stranger.get("/")
	stranger.get("/sign-in")
	if n := count(t, a, `SELECT COUNT(*) FROM auth_session`); n != 1 {
		t.Errorf("%d sessions, want that of the one who signed in", n)
	}
}

func TestNextStaysHere(t *testing.T) {
	t.Parallel()
	a := newApp(t, testConfig(t, ""))
	register(t, a)
	for _, next := range []string{"https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)", "/sign-out"} {
		v := visit(t, a)
		answer, _ := v.signIn(url.Values{"next": {next}})
		if to := answer.Header.Get("Location"); to == next || !strings.HasPrefix(to, "/") {
			t.Errorf("next=%q sends to %q", next, to)
		}
	}
}

// hidden finds the hidden fields of the page's form to action.
func hidden(t *testing.T, page, action string) url.Values {
	t.Helper()
	_, form, found := strings.Cut(page, `action="`+action+`"`)
	if !found {
		t.Fatalf("no form to %s in\n%s", action, page)
	}
	form, _, _ = strings.Cut(form, "</form>")
	fields := url.Values{}
	for _, input := range strings.Split(form, "<input ")[1:] {
		name, value := attribute(input, "name"), attribute(input, "value")
		if attribute(input, "type") == "hidden" {
			fields.Add(name, value)
		}
	}
	return fields
}

func attribute(tag, name string) string {
	_, rest, _ := strings.Cut(tag, name+`="`)
	value, _, _ := strings.Cut(rest, `"`)
	return unescape.Replace(value)
}

var unescape = strings.NewReplacer("&#34;", `"`, "&#39;", "'", "&lt;", "<", "&gt;", ">", "&amp;", "&", "&#43;", "+")

// TestExpiredInTheMiddle posts a form after its session has ended, signs in
// again and posts what the pages carried: nothing is lost, whatever it holds.
func TestExpiredInTheMiddle(t *testing.T) {
	t.Parallel()
	a := newApp(t, testConfig(t, ""))
	register(t, a)
	filled := url.Values{
		"name": {`云川"栖霞" <b>餐饮</b> & 子公司`}, "scene": {"a", "b"}, "note": {"第一行\r\n第二行"},
		"_key": {"k-1"}, "carry.x": {"own"}, "password": {"never"}, "new_password": {"never"},
	}
	want := url.Values{}
	for name, values := range filled {
		if !strings.Contains(name, "password") {
			want[name] = values
		}
	}
	var multi bytes.Buffer
	mw := multipart.NewWriter(&multi)
	for name, values := range filled {
		for _, value := range values {
			_ = mw.WriteField(name, value)
		}
	}
	file, _ := mw.CreateFormFile("file", "营业执照.pdf")
	_, _ = file.Write(bytes.Repeat([]byte("x"), 1000))
	_ = mw.Close()

	for _, tt := range []struct {
		kind string
		body string
		file bool
	}{
		{"application/x-www-form-urlencoded", filled.Encode(), false},
		{mw.FormDataContentType(), multi.String(), true},
	} {
		v := visit(t, a)
		v.signIn(nil)
		expire(t, a)
		answer, page := v.send("POST", "/trial?step=2", tt.kind, strings.NewReader(tt.body))
		v.want(answer, http.StatusUnauthorized)
		if strings.Contains(page, "never") {
			t.Error("a password is carried")
		}
		carried := hidden(t, page, "/sign-in")

		// A wrong password on the way loses nothing either.
		carried.Set("login", testMobile)
		carried.Set("password", "wrong")
		answer, page = v.post("/sign-in", carried)
		v.want(answer, http.StatusUnprocessableEntity)
		answer, page = v.signIn(hidden(t, page, "/sign-in"))
		v.want(answer, http.StatusOK)
		if tt.file != strings.Contains(page, a.words.Text("zh", "portal.carry.files")) {
			t.Errorf("the page says the wrong thing about files: %s", page)
		}
		again := hidden(t, page, "/trial?step=2")
		answer, echo := v.post("/trial?step=2", again)
		v.want(answer, http.StatusOK)
		if echo != want.Encode() {
			t.Errorf("got back\n%s\nwant\n%s", echo, want.Encode())
		}
	}
}

// TestTooMuchToCarry sends the person back to the page when the form is too big.
func TestTooMuchToCarry(t *testing.T) {
	t.Parallel()
	a := newApp(t, testConfig(t, ""))
	register(t, a)
	v := visit(t, a)
	form := url.Values{"text": {strings.Repeat("长", 400_000)}}
	answer, page := v.post("/trial", form)
	v.want(answer, http.StatusUnauthorized)
	answer, _ = v.signIn(hidden(t, page, "/sign-in"))
	v.want(answer, http.StatusSeeOther)
	if to := answer.Header.Get("Location"); to != "/trial?step=2" {
		t.Errorf("sent to %q, want the page of the form", to)
	}
}

// TestForeignForm makes sure that another site cannot post for somebody.
func TestForeignForm(t *testing.T) {
	t.Parallel()
	v := visit(t, newApp(t, testConfig(t, "")))
	for _, path := range []string{"/sign-in", "/sign-out", "/trial"} {
		r, _ := http.NewRequestWithContext(t.Context(), "POST", v.base+path, strings.NewReader("carry_to=/trial"))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "cross-site")
		answer, err := v.http.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		v.want(answer, http.StatusForbidden)
	}
}

func TestLanguageAndSize(t *testing.T) {
	t.Parallel()
	v := visit(t, newApp(t, testConfig(t, "")))
	if _, page := v.get("/"); !strings.Contains(page, `<html lang="zh-CN"`) {
		t.Error("the first visit is not in Chinese")
	}
	answer, _ := v.get("/sitemap?lang=en&x=1")
	v.want(answer, http.StatusSeeOther)
	if to := answer.Header.Get("Location"); to != "/sitemap?x=1" {
		t.Errorf("sent to %q", to)
	}
	if _, page := v.get("/sitemap"); !strings.Contains(page, `<html lang="en"`) || !strings.Contains(page, "Site map") {
		t.Error("English is not remembered")
	}
	v.get("/?elder=1")
	if _, page := v.get("/"); !strings.Contains(page, `data-size="elder"`) {
		t.Error("large type is not remembered")
	}
	answer, _ = v.get("/language?to=zh&back=//evil.example")
	if to := answer.Header.Get("Location"); to != "/" {
		t.Errorf("sent to %q", to)
	}
	if _, page := v.get("/"); !strings.Contains(page, `<html lang="zh-CN"`) {
		t.Error("Chinese is not remembered")
	}
	english := browser(t, v.base)
	r, _ := http.NewRequestWithContext(t.Context(), "GET", v.base+"/", nil)
	r.Header.Set("Accept-Language", "en-GB,en;q=0.8")
	answer, err := english.http.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if page, _ := io.ReadAll(answer.Body); !strings.Contains(string(page), `<html lang="en"`) {
		t.Error("an English browser is answered in Chinese")
	}
}

func TestTrouble(t *testing.T) {
	t.Parallel()
	a := newApp(t, testConfig(t, ""))
	v := visit(t, a)
	answer, page := v.get("/no/such/page")
	v.want(answer, http.StatusNotFound)
	if !strings.Contains(page, a.words.Text("zh", "portal.trouble.unknown.title")) {
		t.Error("404 does not say so")
	}
	answer, page = v.post("/trial/twice", nil)
	v.want(answer, http.StatusConflict)
	if !strings.Contains(page, "已经交过") {
		t.Error("409 does not say why")
	}
	answer, page = v.get("/trial/panic")
	v.want(answer, http.StatusInternalServerError)
	if !strings.Contains(page, a.words.Text("zh", "internal")) || strings.Contains(page, "on purpose") {
		t.Errorf("500 says the wrong thing: %s", page)
	}
	r, _ := http.NewRequestWithContext(t.Context(), "POST", v.base+"/trial/twice", nil)
	answer, err := v.http.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if kind := answer.Header.Get("Content-Type"); kind != "application/problem+json" {
		t.Errorf("a program is answered in %s", kind)
	}
	_, page = v.get("/problems/trial.twice")
	if !strings.Contains(page, "已经交过") || !strings.Contains(page, "Sent before") {
		t.Error("the problem's page does not explain it in both languages")
	}
	answer, _ = v.get("/problems/trial.thrice")
	v.want(answer, http.StatusNotFound)
}

// TestDatabaseAway makes sure that a lost database is told and not hidden.
func TestDatabaseAway(t *testing.T) {
	t.Parallel()
	a, err := New(t.Context(), testConfig(t, ""), trial)
	if err != nil {
		t.Fatal(err)
	}
	register(t, a)
	v := visit(t, a)
	v.signIn(nil)
	answer, _ := v.get("/healthz")
	v.want(answer, http.StatusOK)
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	answer, _ = v.get("/healthz")
	v.want(answer, http.StatusServiceUnavailable)
	answer, page := v.get("/trial")
	if answer.StatusCode < 500 || !strings.Contains(page, "<h1") {
		t.Errorf("got %d without a page that says so", answer.StatusCode)
	}
}

func TestMetricsAreForThisMachine(t *testing.T) {
	t.Parallel()
	a := newApp(t, testConfig(t, ""))
	v := visit(t, a)
	v.get("/trial/panic")
	answer, page := v.get("/metrics")
	v.want(answer, http.StatusOK)
	for _, want := range []string{`route="GET /trial/panic",status="500"`, "onedoor_database_bytes", "onedoor_jobs_waiting 0"} {
		if !strings.Contains(page, want) {
			t.Errorf("no %q", want)
		}
	}
	for _, tt := range []struct {
		from, forwarded, token, sent string
		open                         bool
	}{
		{"127.0.0.1:9", "", "", "", true},
		{"[::1]:9", "", "", "", true},
		{"127.0.0.1:9", "203.0.113.5", "", "", false}, // through a proxy here
		{"203.0.113.5:9", "", "", "", false},
		{"203.0.113.5:9", "", "s3cret", "Bearer s3cret", true},
		{"203.0.113.5:9", "", "s3cret", "Bearer other", false},
		{"127.0.0.1:9", "", "s3cret", "", false},
	} {
		a.Config.MetricsToken = tt.token
		r := httptest.NewRequest("GET", "/metrics", nil)
		r.RemoteAddr = tt.from
		r.Header.Set("X-Forwarded-For", tt.forwarded)
		r.Header.Set("Authorization", tt.sent)
		if got := a.mayScrape(r); got != tt.open {
			t.Errorf("%+v: got %t", tt, got)
		}
	}
}

func TestFlash(t *testing.T) {
	t.Parallel()
	a := newApp(t, testConfig(t, ""))
	register(t, a)
	v := visit(t, a)
	v.signIn(nil)
	v.get("/trial/flash")
	if _, page := v.get("/trial"); !strings.Contains(page, "good news") {
		t.Error("the good news is not shown")
	}
	if _, page := v.get("/trial"); strings.Contains(page, "good news") {
		t.Error("the good news is shown twice")
	}
}

func TestRightsAreChecked(t *testing.T) {
	t.Parallel()
	open := web.Route{Pattern: "GET /x", Right: "x.see"}
	for name, m := range map[string]module.Module{
		"route":  {Name: "x", Routes: []web.Route{open}},
		"none":   {Name: "x", Routes: []web.Route{{Pattern: "GET /x"}}},
		"menu":   {Name: "x", Menu: []module.Item{{Right: "y.see"}}},
		"twice":  {Name: "x", Rights: []module.Right{{Name: "x.see"}, {Name: "x.see"}}},
		"prefix": {Name: "x", Rights: []module.Right{{Name: "y.see"}}},
	} {
		if _, err := newRights([]module.Module{m}); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}

func TestConfigTellsEveryMistake(t *testing.T) {
	t.Parallel()
	_, err := ReadConfig(func(name string) (string, bool) {
		v, ok := map[string]string{
			"ONEDOOR_LISTEN": "8080", "ONEDOOR_REGION": "12", "ONEDOOR_PUBLIC_URL": "example.org", "ONEDOOR_DEMO": "perhaps",
		}[name]
		return v, ok
	})
	for _, want := range []string{"ONEDOOR_LISTEN", "ONEDOOR_REGION", "ONEDOOR_PUBLIC_URL", "ONEDOOR_DEMO"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v does not name %s", err, want)
		}
	}
}
