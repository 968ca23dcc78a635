package party_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"onedoor.app/domain/party"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/db/dbtest"
	"onedoor.app/infra/i18n"
	"onedoor.app/infra/web"
	"onedoor.app/ui"
)

// browser visits the pages of s as one actor, in Chinese.
type browser struct {
	t   *testing.T
	h   http.Handler
	who auth.Actor
}

func browse(t *testing.T, s *party.Service, who auth.Actor, rights ...string) *browser {
	t.Helper()
	s.Frame = func(r *http.Request, title string) ui.Page {
		return ui.Page{Lang: "zh", Title: title, Path: r.URL.Path}
	}
	words := &i18n.Bundle{}
	m := s.Module()
	if err := words.Add(m.Texts); err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	for _, rt := range m.Routes {
		mux.Handle(rt.Pattern, (&web.Server{}).Serve(rt))
	}
	who.Rights = rights
	b := &browser{t: t, who: who}
	b.h = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mux.ServeHTTP(w, r.WithContext(i18n.With(auth.With(r.Context(), b.who), words, i18n.Chinese)))
	})
	return b
}

// visit returns the status and the page, or where a redirection leads.
func (b *browser) visit(method, path string, form url.Values) (int, string) {
	b.t.Helper()
	r := httptest.NewRequestWithContext(b.t.Context(), method, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	b.h.ServeHTTP(w, r)
	body, err := io.ReadAll(w.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	if w.Code == http.StatusSeeOther {
		return w.Code, w.Header().Get("Location")
	}
	if regexp.MustCompile(` style=| on[a-z]+="`).Match(body) {
		b.t.Errorf("%s %s: the page carries inline style or script", method, path)
	}
	if left := regexp.MustCompile(`>\s*party\.[a-z_.]+`).Find(body); left != nil {
		b.t.Errorf("%s %s: %s has no words", method, path, left)
	}
	return w.Code, string(body)
}

func TestRegisterPage(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := on(t, d, "2026-03-02")
		var signedIn int64
		s.SignIn = func(_ context.Context, account int64) error { signedIn = account; return nil }
		b := browse(t, s, auth.Actor{})
		if code, page := b.visit("GET", "/register?next=%2Fitems", nil); code != 200 || !strings.Contains(page, `value="/items"`) {
			t.Errorf("page: %d", code)
		}
		form := url.Values{"_key": {"k"}, "name": {"林见鹿"}, "number": {"11010519491231002y"}, "mobile": {"15400090001"}, "password": {"short"}, "next": {"/items"}}
		code, page := b.visit("POST", "/register", form)
		for _, want := range []string{`auth.password_` + `short`, "末位可以是 X", `value="林见鹿"`, `value="15400090001"`, `href="#password"`} {
			if !strings.Contains(page, want) {
				t.Errorf("the page with errors lacks %s", want)
			}
		}
		if code != 422 || strings.Contains(page, `value="short"`) || signedIn != 0 {
			t.Errorf("bad input: %d", code)
		}
		form.Set("number", "11010519491231002x")
		form.Set("password", password)
		if code, to := b.visit("POST", "/register", form); code != 303 || to != "/items" || signedIn == 0 {
			t.Errorf("registered: %d %s, account %d", code, to, signedIn)
		}
		form.Set("next", "//elsewhere.example")
		if code, to := b.visit("POST", "/register", form); code != 303 || to != "/my/profile" {
			t.Errorf("led away: %d %s", code, to)
		}
		b.who = auth.Actor{ID: 1, Kind: auth.Applicant}
		if code, to := b.visit("GET", "/register", nil); code != 303 || to != "/" {
			t.Errorf("signed in: %d %s", code, to)
		}
	})
}

func TestProfilePage(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := city(t, d)
		s.Place = func(*db.Tx, string) (string, error) { return "云川市望湖区", nil }
		chosen := int64(-1)
		s.ActFor = func(_ context.Context, principal int64) error { chosen = principal; return nil }
		b := browse(t, s, as(t, s, "p01", ""), party.Own)
		_, page := b.visit("GET", "/my/profile", nil)
		for _, want := range []string{"周叙白", "379***********0117", "154****0001", "云川市望湖区", "云川栖霞餐饮管理有限公司", "法定代表人"} {
			if !strings.Contains(page, want) {
				t.Errorf("the profile lacks %s", want)
			}
		}
		for _, hidden := range []string{"379900198706120117", "15400020001", "样例路1号"} {
			if strings.Contains(page, hidden) {
				t.Errorf("the profile shows %s", hidden)
			}
		}
		org := who(t, s, "o01")
		for _, c := range []struct {
			principal int64
			code      int
			chosen    int64
		}{{org, 303, org}, {who(t, s, "p01"), 303, 0}, {who(t, s, "o02"), 403, -1}, {0, 403, -1}} {
			chosen = -1
			if code, _ := b.visit("POST", "/my/act-for", url.Values{"principal": {strconv.FormatInt(c.principal, 10)}}); code != c.code || chosen != c.chosen {
				t.Errorf("switch to %d: %d, chose %d", c.principal, code, chosen)
			}
		}
		b = browse(t, s, as(t, s, "p01", "o01"), party.Own)
		if _, page := b.visit("GET", "/my/profile", nil); !strings.Contains(page, "91379900MA7YC0014Q") || !strings.Contains(page, "沈砚舟") || !strings.Contains(page, "food-operation-new") {
			t.Error("the profile lacks the organisation or its agent")
		}
		b = browse(t, s, clerk)
		if code, _ := b.visit("GET", "/my/profile", nil); code != 403 {
			t.Errorf("staff at a profile: %d", code)
		}
	})
}

func TestContacts(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := city(t, d)
		b := browse(t, s, as(t, s, "p11", ""), party.Own)
		form := url.Values{"_key": {"k"}, "contact_name": {"曹小满"}, "contact_tie": {"女儿"}, "contact_mobile": {"1540009"}}
		if code, page := b.visit("POST", "/my/contacts", form); code != 422 || !strings.Contains(page, `value="曹小满"`) {
			t.Errorf("bad number: %d", code)
		}
		form.Set("contact_mobile", "15400090001")
		for range 2 { // a double click
			if code, _ := b.visit("POST", "/my/contacts", form); code != 303 {
				t.Errorf("adding: %d", code)
			}
		}
		var all []party.Contact
		list := func() {
			read(t, s, func(tx *db.Tx) (err error) { all, err = s.Contacts(tx, who(t, s, "p11")); return err })
		}
		if list(); len(all) != 1 || all[0].Mobile != "15400090001" {
			t.Fatalf("contacts = %v", all)
		}
		if _, page := b.visit("GET", "/my/profile", nil); !strings.Contains(page, "154****0001") || strings.Contains(page, "15400090001") {
			t.Error("the contact is not shown masked")
		}
		remove := "/my/contacts/" + strconv.FormatInt(all[0].ID, 10) + "/remove"
		if code, _ := browse(t, s, as(t, s, "p01", ""), party.Own).visit("POST", remove, nil); code != 404 {
			t.Errorf("a stranger removes: %d", code)
		}
		for range 2 {
			if code, _ := b.visit("POST", remove, nil); code != 303 {
				t.Errorf("removing: %d", code)
			}
		}
		if list(); len(all) != 0 {
			t.Errorf("contacts = %v", all)
		}
	})
}

func TestMandatePages(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := city(t, d)
		s.ItemCode = func(_ *db.Tx, typed string) (string, bool, error) {
			return "elder-card", typed == "老年人优待证", nil
		}
		s.ItemName = func(*db.Tx, string) (string, error) { return "老年人优待证", nil }
		b := browse(t, s, as(t, s, "p08", ""), party.Own)
		if code, page := b.visit("GET", "/my/mandates/new", nil); code != 200 || !strings.Contains(page, `value="2026-03-02"`) {
			t.Errorf("form: %d", code)
		}
		form := url.Values{"_key": {"k"}, "agent_name": {"鲁一川"}, "agent_number": {"379900198010090538"}, "items": {"坐飞船"}, "from": {"2026-03-02"}, "to": {"2026-03-31"}, "document": {"授权委托书"}}
		if code, page := b.visit("POST", "/my/mandates", form); code != 422 || !strings.Contains(page, "有一个事项没有找到") || !strings.Contains(page, "坐飞船") {
			t.Errorf("unknown item: %d", code)
		}
		form.Set("items", "老年人优待证\r\n\r\n")
		for range 2 {
			if code, to := b.visit("POST", "/my/mandates", form); code != 303 {
				t.Errorf("entrusting: %d %s", code, to)
			}
		}
		var given []party.Mandate
		read(t, s, func(tx *db.Tx) (err error) { given, _, err = s.Mandates(tx, who(t, s, "p08"), 0, 10); return err })
		if len(given) != 1 || len(given[0].Items) != 1 || given[0].Items[0] != "elder-card" {
			t.Fatalf("mandates = %+v", given)
		}
		revoke := "/my/mandates/" + strconv.FormatInt(given[0].ID, 10) + "/revoke"
		if code, _ := browse(t, s, as(t, s, "a03", ""), party.Own).visit("GET", revoke, nil); code != 404 {
			t.Errorf("the agent asks: %d", code)
		}
		if code, page := b.visit("GET", revoke, nil); code != 200 || !strings.Contains(page, "撤销对 鲁一川 的委托？") {
			t.Errorf("asking: %d", code)
		}
		if code, _ := b.visit("POST", revoke, nil); code != 303 {
			t.Errorf("revoking: %d", code)
		}
		if _, page := b.visit("GET", "/my/profile", nil); !strings.Contains(page, "已撤销") || !strings.Contains(page, "老年人优待证") {
			t.Error("the revoked mandate is not shown")
		}
		if code, _ := browse(t, s, as(t, s, "a03", "p11"), party.Own).visit("GET", "/my/mandates/new", nil); code != 403 {
			t.Errorf("an agent may pass on: %d", code)
		}
	})
}

func TestRevealPage(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := city(t, d)
		recorded := 0
		s.Log = func(*db.Tx, auth.Actor, string, string, any) error { recorded++; return nil }
		s.MaySee = func(_ *db.Tx, _ auth.Actor, party int64) (bool, error) { return party == who(t, s, "p01"), nil }
		b := browse(t, s, clerk, party.Unmask)
		path := "/parties/" + strconv.FormatInt(who(t, s, "p01"), 10)
		if code, page := b.visit("GET", path, nil); code != 200 || strings.Contains(page, "379900198706120117") || recorded != 0 {
			t.Errorf("masked: %d", code)
		}
		if code, page := b.visit("POST", path, url.Values{"purpose": {"nosy"}}); code != 422 || strings.Contains(page, "379900198706120117") || recorded != 0 {
			t.Errorf("no purpose: %d", code)
		}
		if code, page := b.visit("POST", path, url.Values{"purpose": {"identity"}}); code != 200 || !strings.Contains(page, "379900198706120117") || recorded != 1 {
			t.Errorf("revealed: %d, %d records", code, recorded)
		}
		other := "/parties/" + strconv.FormatInt(who(t, s, "p02"), 10)
		if code, page := b.visit("GET", other, nil); code != 404 || strings.Contains(page, "样例路") {
			t.Errorf("somebody without a case here: %d", code)
		}
		if code, _ := b.visit("GET", "/parties/7", nil); code != 404 {
			t.Errorf("nobody: %d", code)
		}
	})
}

func TestEveryWordIsSaidInBothLanguages(t *testing.T) {
	t.Parallel()
	words := map[string]map[string]string{}
	for _, lang := range i18n.Languages() {
		raw, err := os.ReadFile("text/" + lang + ".json")
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]string{}
		if err := json.Unmarshal(raw, &got); err != nil {
			t.Fatal(err)
		}
		words[lang] = got
	}
	other := regexp.MustCompile(`^party\.(own|enrol|reveal|register|entrust|contact|entrusted|revealed|revoked|identified|number_overridden|account|account_issued|yaml)$`)
	made := regexp.MustCompile(`^party\.(assurance|number|purpose)\.`)
	used := map[string]bool{}
	files, _ := filepath.Glob("*.go")
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`"(party\.[a-z_.]*[a-z_])"`).FindAllStringSubmatch(string(source), -1) {
			used[m[1]] = true
		}
	}
	for key := range used {
		for lang, got := range words {
			if got[key] == "" && !other.MatchString(key) {
				t.Errorf("%s has no words in %s", key, lang)
			}
		}
	}
	for key := range words["zh"] {
		if words["en"][key] == "" {
			t.Errorf("%s has no words in English", key)
		}
		if !used[key] && !made.MatchString(key) {
			t.Errorf("%s is said nowhere", key)
		}
	}
	if len(words["en"]) != len(words["zh"]) {
		t.Error("English has words that Chinese lacks")
	}
}
