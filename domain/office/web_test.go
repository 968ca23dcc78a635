package office_test

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

	"onedoor.app/domain/office"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/db/dbtest"
	"onedoor.app/infra/i18n"
	"onedoor.app/infra/web"
	"onedoor.app/ui"
)

// site serves the pages of s to an administrator, in Chinese.
func site(t *testing.T, s *office.Service) http.Handler {
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
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		who := auth.Actor{ID: 1, Kind: auth.Staff, Rights: []string{office.Keep}}
		mux.ServeHTTP(w, r.WithContext(i18n.With(auth.With(r.Context(), who), words, i18n.Chinese)))
	})
}

func visit(t *testing.T, h http.Handler, method, path string, form url.Values) (int, string) {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	body, err := io.ReadAll(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	if w.Code == http.StatusSeeOther {
		return w.Code, w.Header().Get("Location")
	}
	if regexp.MustCompile(` style=| on[a-z]+="`).Match(body) {
		t.Errorf("%s %s: the page carries inline style or script", method, path)
	}
	if left := regexp.MustCompile(`>\s*office\.[a-z_.]+`).Find(body); left != nil {
		t.Errorf("%s %s: %s has no words", method, path, left)
	}
	return w.Code, string(body)
}

func TestPagesOfPosts(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := at(t, city(t, d), "2026-03-02")
		var flashed []string
		s.Flash = func(_ context.Context, text string) { flashed = append(flashed, text) }
		h := site(t, s)
		code, page := visit(t, h, "GET", "/admin/posts", nil)
		if code != 200 || strings.Count(page, "<tr>") != 61 || !strings.Contains(page, "食药卫健审批科") || !strings.Contains(page, "94 个岗位") {
			t.Errorf("posts: %d, %d rows", code, strings.Count(page, "<tr>"))
		}
		if _, page := visit(t, h, "POST", "/admin/posts", url.Values{"q": {"金春梅"}}); strings.Count(page, "<tr>") != 3 {
			t.Errorf("posts of 金春梅: %d rows, want hers, the one she stands in for and the head", strings.Count(page, "<tr>"))
		}
		if _, page := visit(t, h, "GET", "/admin/posts?q="+url.QueryEscape("金春梅"), nil); strings.Contains(page, "SPJ-SY") {
			t.Error("an address finds somebody by name")
		}
		if _, page := visit(t, h, "GET", regexp.MustCompile(`/admin/posts\?after=[A-Z.a-z0-9-]+`).FindString(page), nil); strings.Count(page, "<tr>") != 1+94-60 {
			t.Errorf("the second page: %d rows", strings.Count(page, "<tr>"))
		}
		if _, page := visit(t, h, "GET", "/admin/posts?q=nobody", nil); !strings.Contains(page, "没有找到这样的岗位") {
			t.Error("nothing found is not said")
		}
		if code, _ := visit(t, h, "GET", "/admin/posts/SPJ-XY.rev", nil); code != 404 {
			t.Errorf("unknown post: %d", code)
		}
		if _, page := visit(t, h, "GET", "/admin/posts/SPJ-XX.sys", nil); strings.Contains(page, "设为 B 角") || !strings.Contains(page, "互不代理") {
			t.Error("the administrator's post offers a deputy")
		}
		setAndEnd(t, s, h)
		if len(flashed) != 3 {
			t.Errorf("good news: %v", flashed)
		}
	})
}

// setAndEnd ends the package's arrangement by the pages, sets another and has
// the holder leave.
func setAndEnd(t *testing.T, s *office.Service, h http.Handler) {
	t.Helper()
	chief, other := id(t, s, "YC1020"), id(t, s, "YC1014")
	var old []office.Arrangement
	read(t, s, func(tx *db.Tx) (err error) { old, err = s.Arrangements(tx, "SPJ-SY.chief", chief); return err })
	form := url.Values{"holder": {strconv.FormatInt(chief, 10)}, "deputy": {strconv.FormatInt(other, 10)}, "from": {"2026-03-09"}, "to": {"2026-03-13"}}
	if code, page := visit(t, h, "POST", "/admin/posts/SPJ-SY.chief/deputies", form); code != 409 || !strings.Contains(page, "已经有 B 角") || !strings.Contains(page, `value="2026-03-09"`) {
		t.Errorf("overlap: %d", code)
	}
	end := "/admin/deputies/" + strconv.FormatInt(old[0].ID, 10) + "/end"
	if code, page := visit(t, h, "GET", end, nil); code != 200 || !strings.Contains(page, "停止 金春梅 的代理？") {
		t.Errorf("asking: %d", code)
	}
	if code, to := visit(t, h, "POST", end, nil); code != 303 || to != "/admin/posts/SPJ-SY.chief" {
		t.Errorf("ending: %d %s", code, to)
	}
	bad := url.Values{"holder": form["holder"], "deputy": {""}, "from": {"2026-03-09"}, "to": {"2026-03-01"}}
	if code, page := visit(t, h, "POST", "/admin/posts/SPJ-SY.chief/deputies", bad); code != 422 || !strings.Contains(page, "请选一位代理人") || !strings.Contains(page, "最后一天早于第一天") {
		t.Errorf("bad input: %d", code)
	}
	if code, to := visit(t, h, "POST", "/admin/posts/SPJ-SY.chief/deputies", form); code != 303 {
		t.Errorf("setting: %d %s", code, to)
	}
	if _, page := visit(t, h, "GET", "/admin/posts/SPJ-SY.chief", nil); !strings.Contains(page, "还没到日子") || !strings.Contains(page, "2026-03-13") {
		t.Error("the new arrangement is not shown")
	}
	left := "/admin/people/" + strconv.FormatInt(chief, 10) + "/left"
	if code, page := visit(t, h, "GET", left, nil); code != 200 || !strings.Contains(page, "吕志远 已离开单位？") {
		t.Errorf("asking: %d", code)
	}
	if code, _ := visit(t, h, "POST", left, nil); code != 303 {
		t.Errorf("leaving: %d", code)
	}
	if _, page := visit(t, h, "GET", "/admin/posts/SPJ-SY.chief", nil); !strings.Contains(page, "空缺") {
		t.Error("the post is not vacant")
	}
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
	other := regexp.MustCompile(`^office\.(keep|yaml|opened|setup|appoint|(deputy|hall)_(set|ended|dropped)|(unit|post|person|window|hall)_(added|loaded|changed|removed|renamed|closed)|` +
		`(change|remove|set|end|close)_(unit|person|hall|window|deputy)|rename_post|reset_password|password_reset|relieved|left|returned|leave|appointed)$`)
	made := regexp.MustCompile(`^office\.((kind|unit_kind|role|hours)\.|(reset|left)\.(title|text|no)$)`)
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
		for _, m := range regexp.MustCompile(`"(office\.[a-z_.]*[a-z_])"`).FindAllStringSubmatch(string(source), -1) {
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
