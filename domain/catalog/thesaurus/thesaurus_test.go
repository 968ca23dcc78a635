package thesaurus_test

import (
	"context"
	"fmt"
	"html"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"onedoor.app/domain/catalog"
	"onedoor.app/domain/catalog/thesaurus"
	"onedoor.app/engine/once"
	"onedoor.app/engine/search"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/db/dbtest"
	"onedoor.app/infra/i18n"
	"onedoor.app/infra/web"
	"onedoor.app/sample"
	"onedoor.app/ui"
)

var schemas = []dbtest.Schema{{Module: "search", Files: search.Schema}, {Module: "once", Files: once.Schema}, {Module: "catalog", Files: catalog.Schema}}

// site serves the pages over the sample city to an official.
type site struct {
	t    *testing.T
	s    *catalog.Service
	mux  *http.ServeMux
	text *i18n.Bundle
	lang string
	news string
}

func open(t *testing.T, d *db.DB) *site {
	t.Helper()
	pack, err := fs.Sub(sample.Yunchuan, "yunchuan")
	if err != nil {
		t.Fatal(err)
	}
	st := &site{t: t, s: &catalog.Service{DB: d}, mux: http.NewServeMux(), text: &i18n.Bundle{}, lang: i18n.Chinese}
	if _, err := st.s.LoadPackage(t.Context(), pack); err != nil {
		t.Fatal(err)
	}
	if err := st.s.SeedSynonyms(t.Context()); err != nil {
		t.Fatal(err)
	}
	m := (&thesaurus.Pages{
		Catalog: st.s, Flash: func(_ context.Context, text string) { st.news = text },
		Frame: func(r *http.Request, title string) ui.Page {
			return ui.Page{Lang: i18n.Lang(r.Context()), Title: title, Path: r.URL.RequestURI()}
		},
	}).Module()
	for _, texts := range []fs.FS{m.Texts, st.s.Module().Texts} {
		if err := st.text.Add(texts); err != nil {
			t.Fatal(err)
		}
	}
	for _, rt := range m.Routes {
		st.mux.Handle(rt.Pattern, (&web.Server{}).Serve(rt))
	}
	return st
}

var rawKey = regexp.MustCompile(`>\s*(thesaurus|catalog)\.[a-z_]+(\.[a-z_0-9]+)*\s*<`)

func (st *site) send(method, path string, form url.Values) (code int, page, to string) {
	st.t.Helper()
	r := httptest.NewRequestWithContext(st.t.Context(), method, path, strings.NewReader(form.Encode()))
	r.Header.Set("Accept", "text/html")
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	w := httptest.NewRecorder()
	who := auth.Actor{ID: 7, Staff: 7, Kind: auth.Staff, Rights: []string{catalog.Keep, thesaurus.Keep}}
	st.mux.ServeHTTP(w, r.WithContext(i18n.With(auth.With(r.Context(), who), st.text, st.lang)))
	page = html.UnescapeString(w.Body.String())
	if k := rawKey.FindString(page); k != "" {
		st.t.Errorf("%s: no words for %s", path, k)
	}
	return w.Code, page, w.Header().Get("Location")
}

// TestTheOfficialKeepsSynonyms reads the pages in both languages, tries an entry out, adds it,
// changes it on top of somebody else's change, and retires it.
func TestTheOfficialKeepsSynonyms(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		st := open(t, d)
		for i := range 40 {
			st.s.NoteMissed(t.Context(), fmt.Sprint(i), "剧本杀登船", false)
		}
		st.s.MissedWritten()
		for _, st.lang = range []string{i18n.English, i18n.Chinese} {
			for path, want := range map[string]string{
				"/catalog/synonyms": "before=", "/catalog/synonyms?q=noodle": "noodle shop", "/catalog/synonyms?q=zzzz": "empty",
				"/catalog/synonyms/new": `name="said"`, "/catalog/missed": "剧本杀登船",
			} {
				if code, page, _ := st.send(http.MethodGet, path, nil); code != http.StatusOK || !strings.Contains(page, want) {
					t.Errorf("%s %s: %d without %q", st.lang, path, code, want)
				}
			}
		}
		form := url.Values{"said": {"剧本杀登船"}, "meant": {"营业性演出"}, "_key": {"k1"}, "lock": {"0"}, "do": {"try"}, "try": {"剧本杀登船"}}
		if code, page, _ := st.send(http.MethodPost, "/catalog/synonyms/new", form); code != http.StatusOK || !strings.Contains(page, "营业性演出审批") || !strings.Contains(page, "什么也找不到") {
			t.Errorf("tried: %d", code)
		}
		form.Set("do", "keep")
		for range 2 {
			if code, _, to := st.send(http.MethodPost, "/catalog/synonyms/new", form); code != http.StatusSeeOther || to != "/catalog/synonyms" {
				t.Fatalf("kept: %d to %q", code, to)
			}
		}
		_, page, _ := st.send(http.MethodGet, "/catalog/synonyms?q="+url.QueryEscape("剧本杀"), nil)
		entry := regexp.MustCompile(`/catalog/synonyms/\d+`).FindAllString(page, -1)
		if len(entry) != 1 {
			t.Fatalf("pressed twice: %v", entry)
		}
		if _, page, _ := st.send(http.MethodGet, "/catalog/missed", nil); !strings.Contains(page, "营业性演出审批") {
			t.Error("the list of what is missed does not say that it is found by now")
		}
		form = url.Values{"said": {"剧本杀登船"}, "meant": {"成立商会"}, "_key": {"k2"}, "lock": {"9"}, "do": {"keep"}}
		if code, page, _ := st.send(http.MethodPost, entry[0], form); code != http.StatusPreconditionFailed || !strings.Contains(page, "成立商会") || !strings.Contains(page, `name="lock" value="1"`) {
			t.Errorf("on another's change: %d", code)
		}
		form = url.Values{"said": {"店"}, "meant": {"成立商会"}, "lock": {"1"}, "do": {"keep"}}
		if code, page, _ := st.send(http.MethodPost, entry[0], form); code != http.StatusUnprocessableEntity || !strings.Contains(page, "成立商会") {
			t.Errorf("one character: %d", code)
		}
		form = url.Values{"lock": {"1"}, "do": {"retire"}}
		if code, _, _ := st.send(http.MethodPost, entry[0], form); code != http.StatusSeeOther || st.news == "" {
			t.Errorf("retired: %d %q", code, st.news)
		}
		for _, path := range []string{"/catalog/synonyms/1", "/catalog/synonyms/x"} {
			if code, _, _ := st.send(http.MethodGet, path, nil); code != http.StatusNotFound {
				t.Errorf("%s: %d", path, code)
			}
		}
	})
}
