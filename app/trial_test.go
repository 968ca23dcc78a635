package app

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"go.yaml.in/yaml/v3"

	"onedoor.app/infra/auth"
	"onedoor.app/infra/web"
	"onedoor.app/sample"
)

// hall is the sample city behind its whole stack, with people who are signed in.
type hall struct {
	t    *testing.T
	a    *App
	base string
}

// openHall opens it at the address of a copy of the city; "" makes one.
func openHall(t *testing.T, url string) *hall {
	t.Helper()
	if url == "" {
		url = theCity.File(t)
	}
	a := theCity.open(t, testConfig(t, url))
	s := httptest.NewServer(a.Handler())
	t.Cleanup(s.Close)
	return &hall{t: t, a: a, base: s.URL}
}

// as is a browser in which somebody has signed in.
func (h *hall) as(login string) *visitor {
	h.t.Helper()
	v := browser(h.t, h.base)
	answer, _ := v.post("/sign-in", url.Values{"login": {login}, "password": {DemoPassword}})
	v.want(answer, http.StatusSeeOther)
	return v
}

const formItem = "food-operation-new"

// draft begins an application and returns its address.
func (h *hall) draft(v *visitor) string {
	h.t.Helper()
	answer, _ := v.post("/apply/"+formItem, nil)
	v.want(answer, http.StatusSeeOther)
	draft := answer.Header.Get("Location")
	answer, _ = v.post(draft+"/questions", url.Values{
		"answer.q1": {"a"}, "answer.q2": {"a"}, "answer.q3": {"b"}, "answer.q4": {"b"}, "answer.q5": {"a"},
	})
	v.want(answer, http.StatusSeeOther)
	return draft
}

// filled is the form of the application, filled in.
func filled() url.Values {
	return url.Values{
		"form.org_name": {"云川栖霞餐饮管理有限公司"}, "form.org_uscc": {"91379900MA7YC0014Q"}, "form.legal_name": {"周叙白"},
		"form.legal_idno": {"379900198706120117"}, "form.org_address": {"云川市望湖区产业大道10号"}, "form.contact_name": {"周叙白"},
		"form.contact_mobile": {"15400030001"}, "form.site_address": {`云川市"听荷"路1号 <二楼>`}, "form.site_area": {"120"},
		"form.food_format": {"餐饮服务经营者"}, "form.food_items": {"热食类制售"}, "form.worker_count": {"6"},
		"form.safety_officer": {"安样例"}, "form.network_sale": {"false"}, "form.kitchen_area": {"40"},
	}
}

// upload sends one file as a form without scripts does.
func (v *visitor) upload(path, name string, content []byte) (*http.Response, string) {
	v.t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	file, err := w.CreateFormFile("file", name)
	if err != nil {
		v.t.Fatal(err)
	}
	_, _ = file.Write(content)
	_ = w.Close()
	return v.send("POST", path, w.FormDataContentType(), &body)
}

// says holds an answer to its status and its words.
func (v *visitor) says(answer *http.Response, page string, status int, words ...string) {
	v.t.Helper()
	v.want(answer, status)
	for _, text := range words {
		if !strings.Contains(page, text) {
			v.t.Errorf("%s %s: does not say %q", answer.Request.Method, answer.Request.URL.Path, text)
		}
	}
}

// TestBadInputIsAnsweredWell sends through the whole stack what people send by
// mistake: it is told in words, and nothing that they had done is lost.
func TestBadInputIsAnsweredWell(t *testing.T) {
	t.Parallel()
	for engine, url := range theCity.URLs(t) {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			h := openHall(t, url)
			v := h.as("o01")
			draft := h.draft(v)
			h.sessionEnds(v, draft)
			h.newcomer()
			h.badFiles(v, draft)
			h.twice(v, draft)
			h.badNumber()
			if err := h.a.Verify(t.Context(), func(Verified) {}); err != nil {
				t.Error(err)
			}
		})
	}
}

// sessionEnds lets the session end while the form is being filled in. What was
// sent comes through signing in and reaches the draft.
func (h *hall) sessionEnds(v *visitor, draft string) {
	h.t.Helper()
	expire(h.t, h.a)
	answer, page := v.post(draft+"/form", filled())
	v.says(answer, page, http.StatusUnauthorized)
	form := hidden(h.t, page, "/sign-in")
	form.Set("login", "o01")
	form.Set("password", DemoPassword)
	answer, page = v.post("/sign-in", form)
	v.want(answer, http.StatusOK)
	answer, _ = v.post(draft+"/form", hidden(h.t, page, draft+"/form"))
	v.want(answer, http.StatusSeeOther)
	answer, page = v.get(draft + "/form")
	v.says(answer, page, http.StatusOK, `value="云川市&#34;听荷&#34;路1号 &lt;二楼&gt;"`)
}

// newcomer is asked to sign in for a form, has no account and opens one: the form
// comes through that, a mistake and a change of mind on the way included, and so
// does the page that somebody was on the way to.
func (h *hall) newcomer() {
	h.t.Helper()
	v := browser(h.t, h.base)
	_, page := v.get("/sign-in?next=%2Fapply%2F" + formItem)
	if !strings.Contains(page, `href="/register?next=%2Fapply%2F`+formItem+`"`) {
		h.t.Error("the way on is lost at registering")
	}
	answer, page := v.post("/my/contacts", url.Values{"contact_name": {"方 & 圆"}, "contact_tie": {"女儿"}, "contact_mobile": {testMobile}})
	v.want(answer, http.StatusUnauthorized)
	form := hidden(h.t, page, "/register")
	form.Set("ask", "organization")
	answer, page = v.post("/register", form)
	v.says(answer, page, http.StatusOK, "统一社会信用代码")
	form = hidden(h.t, page, "/sign-in")
	form.Set("ask", "1")
	answer, page = v.post("/sign-in", form)
	v.says(answer, page, http.StatusOK, "您刚才填的都在")
	form = hidden(h.t, page, "/register")
	form.Set("ask", "person")
	_, page = v.post("/register", form)
	form = hidden(h.t, page, "/register")
	form.Set("kind", "person")
	form.Set("name", "周测试")
	form.Set("number", "11010519491231002X")
	form.Set("mobile", "15400099991")
	form.Set("password", "short")
	answer, page = v.post("/register", form)
	v.says(answer, page, http.StatusUnprocessableEntity, "密码太短", "方 &amp; 圆")
	again := hidden(h.t, page, "/register")
	for _, field := range []string{"name", "number", "mobile"} {
		again.Set(field, form.Get(field))
	}
	again.Set("kind", "person")
	again.Set("password", testPassword)
	answer, page = v.post("/register", again)
	v.says(answer, page, http.StatusOK, "周测试", "方 &amp; 圆")
	answer, _ = v.post("/my/contacts", hidden(h.t, page, "/my/contacts"))
	v.want(answer, http.StatusSeeOther)
	answer, page = v.get("/my/profile")
	v.says(answer, page, http.StatusOK, "方 &amp; 圆")
}

// badFiles sends files that cannot be taken, and keeps those that were.
func (h *hall) badFiles(v *visitor, draft string) {
	h.t.Helper()
	pdfs, err := samplePDFs(h.a)
	if err != nil {
		h.t.Fatal(err)
	}
	for _, m := range []string{"m1", "m3", "m4", "m5", "m6"} {
		answer, _ := v.upload(draft+"/materials/"+m, m+"的原件.pdf", pdfs[0])
		v.want(answer, http.StatusSeeOther)
	}
	large := slices.Concat(pdfs[0], make([]byte, 21<<20)) // above the limit of a file
	vast := slices.Concat(pdfs[0], make([]byte, 61<<20))  // above the limit of a request
	for _, bad := range []struct {
		name    string
		content []byte
		status  int
		words   string
	}{
		{"扫描件.pdf", large, http.StatusRequestEntityTooLarge, "20 MB"},
		{"录像.pdf", vast, http.StatusRequestEntityTooLarge, "20 MB"},
		{"程序.pdf", append([]byte("MZ\x90\x00\x03"), make([]byte, 4096)...), http.StatusUnprocessableEntity, "文件名和内容要一致"},
		{"图片.png", pdfs[0], http.StatusUnprocessableEntity, "文件名和内容要一致"},
		{"空的.pdf", nil, http.StatusUnprocessableEntity, "空的"},
	} {
		answer, page := v.upload(draft+"/materials/m1", bad.name, bad.content)
		v.says(answer, page, bad.status, bad.words, bad.name, "m1的原件.pdf", "m6的原件.pdf")
	}
	answer, page := v.get(draft + "/review?check=1")
	v.says(answer, page, http.StatusOK, "m1的原件.pdf", "听荷")
	if strings.Contains(page, "程序.pdf") || strings.Contains(page, "扫描件.pdf") {
		h.t.Error("a file that was refused has been kept")
	}
}

// twice hands the same application in by two presses at the same moment.
func (h *hall) twice(v *visitor, draft string) {
	h.t.Helper()
	_, page := v.get(draft + "/review")
	form := hidden(h.t, page, draft+"/review")
	form.Set("delivery.way", "window")
	var to [2]string
	var presses sync.WaitGroup
	for i := range to {
		presses.Go(func() {
			answer, _ := v.post(draft+"/review", form)
			v.want(answer, http.StatusSeeOther)
			to[i] = answer.Header.Get("Location")
		})
	}
	presses.Wait()
	// Either press leads to the case, the later one perhaps by way of its draft.
	for i, path := range to {
		for range 3 {
			answer, _ := v.get(path)
			if answer.StatusCode != http.StatusSeeOther {
				v.want(answer, http.StatusOK)
				break
			}
			path = answer.Header.Get("Location")
		}
		to[i], _ = strings.CutSuffix(path, "/receipt")
	}
	if n := count(h.t, h.a, `SELECT COUNT(*) FROM cases`); n != 1 || to[0] != to[1] || !strings.HasPrefix(to[0], "/my/cases/") {
		h.t.Errorf("two presses made %d cases and lead to %q", n, to)
	}
}

// badNumber registers with an identity number that has a wrong digit.
func (h *hall) badNumber() {
	h.t.Helper()
	v := browser(h.t, h.base)
	answer, page := v.post("/register", url.Values{
		"name": {"周测试"}, "number": {"379900199001010052"}, "mobile": {testMobile}, "password": {testPassword},
	})
	v.says(answer, page, http.StatusUnprocessableEntity, `href="#number"`, `value="周测试"`, `value="379900199001010052"`, testMobile)
}

// TestNobodyGetsBehindAClosedDoor sends every request of the site, as somebody
// of each role of the sample city, over HTTP with a real session: without the
// right to it the answer is a refusal, with it at worst an explanation.
func TestNobodyGetsBehindAClosedDoor(t *testing.T) {
	t.Parallel()
	h := openHall(t, "")
	people := map[string]string{"visitor": "", "applicant": "p02", "organisation": "o02"}
	for role, login := range staffByRole(t) {
		people[role] = login
	}
	for role, login := range people {
		v, who := browser(t, h.base), auth.Actor{}
		if login != "" {
			v = h.as(login)
			who = h.actor(login)
		}
		refused := 0
		for _, m := range h.a.Modules {
			for _, rt := range m.Routes {
				if rt.Right == web.Public {
					continue
				}
				method, path, _ := strings.Cut(rt.Pattern, " ")
				path = wildcard.ReplaceAllString(path, "1")
				kind := ""
				if method != http.MethodGet {
					kind = "application/x-www-form-urlencoded"
				}
				answer, _ := v.send(method, path, kind, strings.NewReader(""))
				got, want := answer.StatusCode, http.StatusForbidden
				if login == "" {
					if want = http.StatusUnauthorized; method == http.MethodGet {
						want = http.StatusSeeOther // to where one signs in
					}
				}
				switch may := who.May(rt.Right); {
				case !may && got != want:
					t.Errorf("%s as %s (%s): got %d, want %d", rt.Pattern, role, login, got, want)
				case may && got >= http.StatusInternalServerError:
					t.Errorf("%s as %s (%s): failed with %d", rt.Pattern, role, login, got)
				case !may:
					refused++
				}
			}
		}
		if refused == 0 {
			t.Errorf("nothing is closed to %s", role)
		}
	}
}

// actor is who signs in under a login.
func (h *hall) actor(login string) auth.Actor {
	h.t.Helper()
	account, err := h.a.services.portal.Accounts.Known(h.t.Context(), h.a.services.portal.Logins(login)...)
	if err != nil {
		h.t.Fatal(login, err)
	}
	found, err := h.a.services.portal.Accounts.Check(h.t.Context(), account, DemoPassword)
	if err != nil {
		h.t.Fatal(login, err)
	}
	p, err := h.a.whoIs(h.t.Context(), found.ID, 0, false)
	if err != nil {
		h.t.Fatal(login, err)
	}
	return p.actor
}

// staffByRole names somebody of the sample city for each role.
func staffByRole(t *testing.T) map[string]string {
	t.Helper()
	raw, err := sample.Yunchuan.ReadFile("yunchuan/office.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var office struct {
		Staff []struct {
			No    string `yaml:"staff_no"`
			Roles []string
		}
	}
	if err := yaml.Unmarshal(raw, &office); err != nil {
		t.Fatal(err)
	}
	by := map[string]string{}
	for _, s := range office.Staff {
		for _, role := range s.Roles {
			if by[role] == "" || len(s.Roles) == 1 {
				by[role] = strings.ToLower(s.No)
			}
		}
	}
	if len(by) < 15 {
		t.Fatalf("only %d roles are held", len(by))
	}
	return by
}
