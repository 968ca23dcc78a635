package catalog_test

import (
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"onedoor.app/domain/catalog"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/db/dbtest"
	"onedoor.app/infra/i18n"
	"onedoor.app/infra/web"
	"onedoor.app/ui"
)

// site serves the pages of s in a language.
type site struct {
	t    *testing.T
	mux  *http.ServeMux
	text *i18n.Bundle
	lang string
	who  auth.Actor
}

func open(t *testing.T, s *catalog.Service, lang string) *site {
	t.Helper()
	words := &i18n.Bundle{}
	m := s.Module()
	if err := words.Add(m.Texts); err != nil {
		t.Fatal(err)
	}
	s.Frame = func(r *http.Request, title string) ui.Page {
		return ui.Page{Lang: i18n.Lang(r.Context()), Title: title, Path: r.URL.RequestURI()}
	}
	st := &site{t: t, mux: http.NewServeMux(), text: words, lang: lang, who: keeper}
	for _, rt := range m.Routes {
		st.mux.Handle(rt.Pattern, (&web.Server{}).Serve(rt))
	}
	return st
}

// key finds a text key that was shown instead of its words.
var key = regexp.MustCompile(`>\s*catalog\.[a-z_.]+\s*<`)

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
	if regexp.MustCompile(`(?i) style="| on[a-z]+="`).Match(body) {
		st.t.Errorf("%s: inline style or script", r.URL.Path)
	}
	return w.Code, page, w.Header()
}

func (st *site) get(path string) (int, string) {
	st.t.Helper()
	code, page, _ := st.send(httptest.NewRequestWithContext(st.t.Context(), http.MethodGet, path, nil))
	return code, page
}

// TestGuides opens the guide of every item in both languages, without answers and
// with the first answer to every question.
func TestGuides(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t, dbtest.URLs(t)["sqlite"], schemas)
	s := loaded(t, d)
	for _, lang := range i18n.Languages() {
		st := open(t, s, lang)
		for _, it := range items(t) {
			q := url.Values{}
			for _, situation := range it.Situations {
				q.Set(situation.ID, situation.Options[0].Value)
			}
			for _, path := range []string{"/items/" + it.Code, "/items/" + it.Code + "?" + q.Encode()} {
				code, page := st.get(path)
				if code != http.StatusOK || !strings.Contains(page, it.Name) {
					t.Fatalf("%s %s: status %d", lang, path, code)
				}
				for _, b := range it.Basis {
					if !strings.Contains(page, b.Gist) {
						t.Errorf("%s: the basis %s is not shown", path, b.Law)
					}
				}
			}
		}
	}
}

func TestGuideFollowsAnswers(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		st := open(t, loaded(t, d), i18n.Chinese)
		_, page := st.get("/items/food-operation-new")
		for _, want := range []string{"待核", "还有 5 个问题", `href="/apply/food-operation-new"`, "视情形", "授权委托书"} {
			if !strings.Contains(page, want) {
				t.Errorf("without answers the guide does not say %q", want)
			}
		}
		_, page = st.get("/items/food-operation-new?q1=a&q2=a&q3=b&q4=b&q5=a")
		for _, want := range []string{"按您的情形", "可后补（5 个工作日）", "现场核查", `href="/apply/food-operation-new?q1=a&q2=a&q3=b&q4=b&q5=a"`} {
			if !strings.Contains(page, want) {
				t.Errorf("for a restaurant the guide does not say %q", want)
			}
		}
		if strings.Contains(page, "授权委托书") {
			t.Error("who applies in person is asked for a mandate")
		}
		_, page = st.get("/items/food-operation-new?q2=c")
		if !strings.Contains(page, "不用办这个事项") || strings.Contains(page, `href="/apply/`) {
			t.Error("for packaged food the guide still offers to apply")
		}
		_, page = st.get("/items/food-operation-change?q1=d")
		if !strings.Contains(page, `href="/items/food-operation-new"`) {
			t.Error("the guide does not lead to the other item")
		}
		for _, odd := range []string{"nothing", "%ff", "%00", "..%2f..", "%E9%A3%9F"} {
			if code, _ := st.get("/items/" + odd); code != http.StatusNotFound {
				t.Errorf("/items/%s: %d", odd, code)
			}
		}
	})
}

func TestItemsPage(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		st := open(t, loaded(t, d), i18n.Chinese)
		seen, path := map[string]bool{}, "/items"
		for pages := 0; path != ""; pages++ {
			code, page := st.get(path)
			if code != http.StatusOK || pages > 5 {
				t.Fatalf("%s: %d", path, code)
			}
			for _, m := range regexp.MustCompile(`href="/items/([a-z0-9-]+)"`).FindAllStringSubmatch(page, -1) {
				seen[m[1]] = true
			}
			path = ""
			if m := regexp.MustCompile(`href="([^"]+)" rel="next"`).FindStringSubmatch(page); m != nil {
				path = m[1]
			}
		}
		if len(seen) != 70 {
			t.Errorf("walked %d items", len(seen))
		}
		if _, page := st.get("/search?q=" + url.QueryEscape("开饭店")); !strings.Contains(page, "食品经营许可（新办）") {
			t.Error("开饭店 finds no food licence")
		}
		if _, page := st.get("/items?q=" + url.QueryEscape("外星人")); !strings.Contains(page, "没有找到") || !strings.Contains(page, `value="外星人"`) {
			t.Error("what was typed is lost when nothing is found")
		}
		_, page := st.get("/items?audience=person&theme=" + url.QueryEscape("优待抚恤"))
		if strings.Contains(page, "食品经营许可") {
			t.Error("the filter lets through what it should not")
		}
		for _, odd := range []string{"?after=zzzz", "?audience=%00", "?theme=%ff", "?q=%ff%fe", "?after=%27%3B--&q=a", "?q=" + strings.Repeat("x", 5000)} {
			if code, _ := st.get("/items" + odd); code != http.StatusOK {
				t.Errorf("/items%.40s: %d", odd, code)
			}
		}
	})
}

// TestWhatIsNotOfferedIsSaid: whoever looks for an item that is taken from the list is told why, and that
// search counts as no miss.
func TestWhatIsNotOfferedIsSaid(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := loaded(t, d)
		if err := s.Suspend(t.Context(), officer, "forest-cutting", "采伐限额用完"); err != nil {
			t.Fatal(err)
		}
		for lang, want := range map[string]string{i18n.Chinese: "目前暂停办理", i18n.English: "is not offered at present"} {
			st := open(t, s, lang)
			if _, page := st.get("/items?q=" + url.QueryEscape(items(t)["forest-cutting"].Name)); !strings.Contains(page, want) || !strings.Contains(page, "采伐限额用完") || !strings.Contains(page, `href="/items/forest-cutting"`) {
				t.Errorf("%s: the page of its name does not say so", lang)
			}
			if _, page := st.get("/items?q=" + url.QueryEscape("开饭店")); strings.Contains(page, "采伐限额用完") {
				t.Errorf("%s: said to who looks for something else", lang)
			}
		}
	})
}

func TestKeepPages(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := loaded(t, d)
		for _, lang := range i18n.Languages() {
			st := open(t, s, lang)
			for _, path := range []string{"/catalog", "/catalog?q=spjy", "/catalog?q=%ff&after=%00", "/catalog/items/food-operation-new"} {
				if code, _ := st.get(path); code != http.StatusOK {
					t.Errorf("%s: %d", path, code)
				}
			}
		}
		st := open(t, s, i18n.Chinese)
		st.who = auth.Actor{Kind: auth.Staff}
		for _, path := range []string{"/catalog", "/catalog/items/food-operation-new"} {
			if code, _ := st.get(path); code != http.StatusForbidden {
				t.Errorf("%s without the right: %d", path, code)
			}
		}
	})
}

// TestTheStepsOfAnItemNamePosts, not their codes, and are called in the language of the page.
func TestTheStepsOfAnItemNamePosts(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := loaded(t, d)
		s.PostName = func(_ *db.Tx, code string) string {
			return map[string]string{"SPJ-SY.chief": "科长（审批决定岗）", "SPJ-SY.rev": "审查岗"}[code]
		}
		_, page := open(t, s, i18n.Chinese).get("/catalog/items/food-operation-new")
		for _, text := range []string{"科长（审批决定岗）", "审查岗", `<span class="code">SPJ-KY.inspect</span>`, "现场核查"} {
			if !strings.Contains(page, text) {
				t.Errorf("the page lacks %q", text)
			}
		}
		for _, code := range []string{"SPJ-SY.chief", "SPJ-SY.rev"} {
			if strings.Contains(page, code) {
				t.Errorf("the page shows %s", code)
			}
		}
		_, page = open(t, s, i18n.English).get("/catalog/items/food-operation-new")
		for _, text := range []string{"Site check", "Decision", `lang="zh-CN">审查岗`} {
			if !strings.Contains(page, strings.ReplaceAll(text, "\n", "")) {
				t.Errorf("the page in English lacks %q", text)
			}
		}
		_, page = open(t, s, i18n.English).get("/items/food-operation-new")
		if !strings.Contains(page, "<b>Site check</b>") {
			t.Error("the guide names its steps in Chinese")
		}
		_, page = open(t, s, i18n.Chinese).get("/catalog/items/temporary-relief")
		if strings.Contains(page, "@township") {
			t.Error("the page shows the rule for a post")
		}
	})
}

// TestEveryStepOfTheSampleCityHasAnEnglishName, so that pages in English read as a whole.
func TestEveryStepOfTheSampleCityHasAnEnglishName(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := loaded(t, d)
		read(t, d, func(tx *db.Tx) error {
			list, _, err := s.Browse(tx, catalog.Filter{}, "", 100)
			for _, e := range list {
				it, err := s.Current(tx, e.Code)
				if err != nil {
					return err
				}
				for _, step := range it.Steps {
					if step.NameEn == "" {
						t.Errorf("%s %s has none", e.Code, step.ID)
					}
				}
			}
			return err
		})
	})
}

// TestAListSaysHowManyItFound, not how many there are.
func TestAListSaysHowManyItFound(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := loaded(t, d)
		st := open(t, s, i18n.Chinese)
		var hits, rows int
		read(t, d, func(tx *db.Tx) error {
			list, _, err := s.Search(tx, "许可", catalog.Filter{}, "", 100)
			hits = len(list)
			facets, _ := s.Facets(tx, catalog.FacetTheme)
			for _, f := range facets {
				if f.Value == "准营准办" {
					rows = f.Items
				}
			}
			return err
		})
		for path, want := range map[string]string{
			"/items?q=" + url.QueryEscape("许可"):       fmt.Sprintf("找到 %d 个事项", hits),
			"/items?theme=" + url.QueryEscape("准营准办"): fmt.Sprintf("找到 %d 个事项", rows),
		} {
			if _, page, _ := st.send(httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil)); !strings.Contains(page, want) {
				t.Errorf("%s does not say %s", path, want)
			}
		}
		if _, page, _ := st.send(httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/items", nil)); strings.Contains(page, "找到 ") {
			t.Error("a list of everything says that it found something")
		}
	})
}

// TestAResultIsValidForYears says so in the language of the page; what is no number of years stands as the record has it.
func TestAResultIsValidForYears(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t, dbtest.URLs(t)["sqlite"], schemas)
	s := loaded(t, d)
	for _, tt := range []struct{ lang, item, want string }{
		{i18n.Chinese, "food-operation-new", "有效期 5 年"}, {i18n.English, "food-operation-new", "valid for 5 years"},
		{i18n.Chinese, "drainage-permit", "有效期 5年（施工排水按工期）"}, {i18n.English, "drainage-permit", "valid: 5年（施工排水按工期）"},
	} {
		if _, page := open(t, s, tt.lang).get("/items/" + tt.item); !strings.Contains(page, tt.want) {
			t.Errorf("%s of %s: no %q", tt.lang, tt.item, tt.want)
		}
	}
}
