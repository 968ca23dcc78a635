package inout_test

import (
	"bytes"
	"html"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"onedoor.app/domain/catalog"
	"onedoor.app/domain/catalog/change"
	"onedoor.app/domain/catalog/exchange"
	"onedoor.app/domain/catalog/inout"
	"onedoor.app/engine/job"
	"onedoor.app/engine/once"
	"onedoor.app/engine/search"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/blob"
	"onedoor.app/infra/db"
	"onedoor.app/infra/db/dbtest"
	"onedoor.app/infra/i18n"
	"onedoor.app/infra/web"
	"onedoor.app/ui"
)

var schemas = []dbtest.Schema{
	{Module: "once", Files: once.Schema}, {Module: "job", Files: job.Schema}, {Module: "search", Files: search.Schema}, {Module: "catalog", Files: catalog.Schema},
}

// site serves the pages in a language.
type site struct {
	t    *testing.T
	s    *catalog.Service
	mux  *http.ServeMux
	text *i18n.Bundle
	lang string
	who  auth.Actor
	jobs *job.Runner
}

func open(t *testing.T, d *db.DB, lang string) *site {
	t.Helper()
	s := &catalog.Service{DB: d, Blobs: blob.Folder{Dir: t.TempDir()}}
	p := &inout.Pages{Catalog: s, Frame: func(r *http.Request, title string) ui.Page {
		return ui.Page{Lang: i18n.Lang(r.Context()), Title: title, Path: r.URL.RequestURI()}
	}}
	st := &site{t: t, s: s, mux: http.NewServeMux(), text: &i18n.Bundle{}, lang: lang, jobs: &job.Runner{DB: d}}
	st.who = auth.Actor{ID: 7, Kind: auth.Staff, Rights: []string{catalog.Keep, inout.See, inout.Right}}
	if err := st.text.Add(p.Module().Texts); err != nil {
		t.Fatal(err)
	}
	if err := st.text.Add(s.Module().Texts); err != nil {
		t.Fatal(err)
	}
	st.jobs.Register(s.Module().Jobs...)
	for _, rt := range p.Module().Routes {
		st.mux.Handle(rt.Pattern, (&web.Server{}).Serve(rt))
	}
	return st
}

// key finds a text key that was shown instead of its words.
var key = regexp.MustCompile(`>\s*(catalog|inout)\.[a-z_.]+\s*<`)

func (st *site) send(r *http.Request) (int, string, http.Header) {
	st.t.Helper()
	r.Header.Set("Accept", "text/html")
	w := httptest.NewRecorder()
	st.mux.ServeHTTP(w, r.WithContext(i18n.With(auth.With(r.Context(), st.who), st.text, st.lang)))
	body, err := io.ReadAll(w.Body)
	if err != nil {
		st.t.Fatal(err)
	}
	page := html.UnescapeString(string(body))
	if k := key.FindString(page); k != "" {
		st.t.Errorf("%s: no words for %s", r.URL.Path, k)
	}
	return w.Code, page, w.Header()
}

func (st *site) get(path string) (int, string) {
	st.t.Helper()
	code, page, _ := st.send(httptest.NewRequestWithContext(st.t.Context(), http.MethodGet, path, nil))
	return code, page
}

func (st *site) upload(once, name string, content []byte) (int, string, string) {
	st.t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	_ = w.WriteField("_key", once)
	if part, err := w.CreateFormFile("file", name); err != nil {
		st.t.Fatal(err)
	} else if _, err := part.Write(content); err != nil {
		st.t.Fatal(err)
	}
	_ = w.Close()
	r := httptest.NewRequestWithContext(st.t.Context(), http.MethodPost, "/catalog/import", &b)
	r.Header.Set("Content-Type", w.FormDataContentType())
	code, page, head := st.send(r)
	return code, page, head.Get("Location")
}

func (st *site) consent(path string, form url.Values) int {
	st.t.Helper()
	r := httptest.NewRequestWithContext(st.t.Context(), http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	code, _, _ := st.send(r)
	return code
}

// work works off the jobs that are due.
func (st *site) work() {
	st.t.Helper()
	for {
		n, err := st.jobs.Once(st.t.Context())
		if err != nil {
			st.t.Fatal(err)
		}
		if n == 0 {
			return
		}
	}
}

func (st *site) items() (n int) {
	st.t.Helper()
	if err := st.s.DB.Read(st.t.Context(), func(tx *db.Tx) (err error) { n, err = st.s.Count(tx); return err }); err != nil {
		st.t.Fatal(err)
	}
	return n
}

var fileField = regexp.MustCompile(`name="file" value="([0-9a-f]{64})"`)

const list = "事项名称,事项类型,部门\n排水接驳服务,20,排水处\n,20,排水处\n"

func TestAnImportInSteps(t *testing.T) {
	for _, lang := range i18n.Languages() {
		dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
			st := open(t, d, lang)
			if code, _ := st.get("/catalog/import"); code != http.StatusOK {
				t.Fatalf("the form: %d", code)
			}
			code, _, at := st.upload("k1", "list.csv", []byte(list))
			if code != http.StatusSeeOther || st.items() != 0 {
				t.Fatalf("upload: %d, %d items before consent", code, st.items())
			}
			if _, _, again := st.upload("k1", "list.csv", []byte(list)); again != at {
				t.Errorf("sent twice it became %s and %s", at, again)
			}
			if _, page := st.get(at); fileField.MatchString(page) || !strings.Contains(page, "list.csv") {
				t.Error("who brought the file is offered to consent to it")
			}
			st.who = auth.Actor{ID: 8, Staff: 8, Kind: auth.Staff, Name: "Wei", Rights: []string{catalog.Keep, catalog.Review, inout.See, inout.Right}}
			code, page := st.get(at)
			file := fileField.FindStringSubmatch(page)
			if code != http.StatusOK || !strings.Contains(page, "list.csv") || file == nil {
				t.Fatalf("the dry run: %d", code)
			}
			if code := st.consent(at, url.Values{"_key": {"k2"}, "file": {strings.Repeat("0", 64)}}); code != http.StatusPreconditionFailed || st.items() != 0 {
				t.Errorf("consent to another file: %d", code)
			}
			for range 2 {
				if code := st.consent(at, url.Values{"_key": {"k3"}, "file": {file[1]}}); code != http.StatusSeeOther {
					t.Errorf("consent: %d", code)
				}
			}
			if _, page := st.get(at); !strings.Contains(page, "<progress") || !strings.Contains(page, `http-equiv="refresh"`) || st.items() != 0 {
				t.Error("the page shows no progress")
			}
			st.work()
			if _, page := st.get(at); strings.Contains(page, "<progress") || st.items() != 1 {
				t.Errorf("after the job: %d items", st.items())
			}
			if code := st.consent(at, url.Values{"_key": {"k4"}, "file": {file[1]}}); code != http.StatusPreconditionFailed {
				t.Errorf("consent to what is done: %d", code)
			}
			if _, list, _ := st.send(httptest.NewRequestWithContext(t.Context(), http.MethodGet, at+"/versions", nil)); len(strings.Split(strings.TrimSpace(list), "\n")) != 2 {
				t.Errorf("the versions: %s", list)
			}
			for _, f := range []string{"?format=csv", ""} {
				r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, at+"/problems"+f, nil)
				if code, body, _ := st.send(r); code != http.StatusOK || len(body) < 50 {
					t.Errorf("problems%s: %d", f, code)
				}
			}
		})
	}
}

// TestWhoConsentsReadsWhatChanges: the names, the differences in words, the departments, and that an old file undoes changes.
func TestWhoConsentsReadsWhatChanges(t *testing.T) {
	for lang, want := range map[string][]string{
		i18n.Chinese: {"甲事（新）", "事项名称由甲事（新）改为甲事", "内容和第 1 版相同", "丙事", "新来的局"},
		i18n.English: {"甲事（新）", "甲事", "that of version 1", "丙事", "新来的局"},
	} {
		dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
			st := open(t, d, lang)
			words := &change.Pages{Catalog: st.s}
			if err := st.text.Add(words.Module().Texts); err != nil {
				t.Fatal(err)
			}
			st.s.Say = words.Say(st.text)
			made := map[string]string{}
			st.s.Unit = func(_ *db.Tx, _ auth.Actor, name, _ string) (string, error) {
				made[name] = "D" + name
				return "D" + name, nil
			}
			st.s.FindUnit = func(_ *db.Tx, name, _ string) (string, error) { return made[name], nil }
			const head = "事项名称,事项类型,部门,事项编码\n"
			old := head + "甲事,20,排水处,A-1\n"
			for _, text := range []string{old, head + "甲事（新）,20,排水处,A-1\n"} {
				if _, err := st.s.Import(t.Context(), st.who, "a.csv", strings.NewReader(text)); err != nil {
					t.Fatal(err)
				}
			}
			_, _, at := st.upload("k", "old.csv", []byte(old+"丙事,20,新来的局,A-3\n"))
			_, page := st.get(at)
			for _, w := range want {
				if !strings.Contains(page, w) {
					t.Errorf("%s: the page says nothing of %q", lang, w)
				}
			}
			if code, body, _ := st.send(httptest.NewRequestWithContext(t.Context(), http.MethodGet, at+"/news", nil)); code != http.StatusOK || len(body) < 500 {
				t.Errorf("the whole list: %d", code)
			}
		})
	}
}

func TestALargeFileIsCheckedLater(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		st := open(t, d, i18n.Chinese)
		var b strings.Builder
		b.WriteString("事项名称,事项类型,部门,事项编码\n")
		for i := range 6000 {
			b.WriteString("排水接驳服务,20,排水处,L-" + strings.Repeat("0", 3) + string(rune('a'+i%26)) + string(rune('a'+i/26%26)) + string(rune('a'+i/676)) + "\n")
		}
		_, _, at := st.upload("k", "large.csv", []byte(b.String()))
		if _, page := st.get(at); !strings.Contains(page, "<progress") {
			t.Error("the page shows no progress")
		}
		st.work()
		if _, page := st.get(at); !strings.Contains(page, "6000") {
			t.Error("the dry run does not say how many")
		}
		_, _, at = st.upload("k2", "large.csv", []byte("名字\n"+strings.Repeat("没有标题行的文件\n", 8000)))
		st.work()
		if _, page := st.get(at); !strings.Contains(page, "前十行里没有“事项名称”") {
			t.Error("a large file that is no list is not told")
		}
	})
}

func TestWhatIsNoListIsToldAtOnce(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		for _, lang := range i18n.Languages() {
			st := open(t, d, lang)
			if code, page, _ := st.upload("", "list.csv", []byte("nothing,here\n")); code != http.StatusUnprocessableEntity || !strings.Contains(page, `class="errors"`) {
				t.Errorf("a file that is no list: %d", code)
			}
			if code, _, _ := st.upload("", "", nil); code != http.StatusUnprocessableEntity {
				t.Errorf("no file: %d", code)
			}
			if code, _ := st.get("/catalog/imports/1"); code != http.StatusNotFound {
				t.Errorf("an unknown import: %d", code)
			}
		}
	})
}

func TestFilesToTakeAway(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		st := open(t, d, i18n.Chinese)
		if _, err := st.s.Import(t.Context(), st.who, "a.csv", strings.NewReader(list)); err != nil {
			t.Fatal(err)
		}
		for path, format := range map[string]exchange.Format{
			"/catalog/template": exchange.XLSX, "/catalog/export?format=xlsx": exchange.XLSX, "/catalog/export?format=csv": exchange.CSV,
			"/catalog/export?format=package": exchange.Package, "/catalog/export?format=odd&body=none": exchange.XLSX,
		} {
			w := httptest.NewRecorder()
			r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil)
			st.mux.ServeHTTP(w, r.WithContext(i18n.With(auth.With(r.Context(), st.who), st.text, st.lang)))
			got, err := exchange.FormatOf("x", w.Body.Bytes())
			if w.Code != http.StatusOK || err != nil || got != format || !strings.HasPrefix(w.Header().Get("Content-Disposition"), "attachment") {
				t.Errorf("%s: %d, %s, %v", path, w.Code, got, err)
			}
		}
	})
}

func TestWithoutTheRight(t *testing.T) {
	d := dbtest.Open(t, dbtest.URLs(t)["sqlite"], schemas)
	st := open(t, d, i18n.Chinese)
	st.who = auth.Actor{Kind: auth.Staff}
	for _, path := range []string{"/catalog/import", "/catalog/export", "/catalog/template", "/catalog/imports/1", "/catalog/imports/1/problems"} {
		if code, _ := st.get(path); code != http.StatusForbidden {
			t.Errorf("%s: %d", path, code)
		}
	}
	st.who.Rights = []string{inout.Right} // the use cases ask for more
	if code, _, _ := st.upload("", "list.csv", []byte(list)); code != http.StatusForbidden {
		t.Errorf("upload: %d", code)
	}
}
