package directory_test

import (
	"context"
	"html"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"onedoor.app/domain/catalog"
	"onedoor.app/domain/catalog/directory"
	"onedoor.app/engine/search"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/db/dbtest"
	"onedoor.app/infra/i18n"
	"onedoor.app/infra/web"
	"onedoor.app/sample"
	"onedoor.app/ui"
)

var schemas = []dbtest.Schema{{Module: "search", Files: search.Schema}, {Module: "catalog", Files: catalog.Schema}}

var keeper = auth.Actor{ID: 7, Name: "喻执中", Kind: auth.Staff, Rights: []string{catalog.Keep, directory.Keep}}

// site serves the pages over the sample city.
type site struct {
	t    *testing.T
	mux  *http.ServeMux
	text *i18n.Bundle
	lang string
	news string
	s    *catalog.Service
}

func open(t *testing.T, d *db.DB) *site {
	t.Helper()
	pack, err := fs.Sub(sample.Yunchuan, "yunchuan")
	if err != nil {
		t.Fatal(err)
	}
	st := &site{t: t, mux: http.NewServeMux(), text: &i18n.Bundle{}, lang: i18n.Chinese, s: &catalog.Service{DB: d}}
	if r, err := st.s.LoadPackage(t.Context(), pack); err != nil || len(r.Refused) > 0 {
		t.Fatal(r, err)
	}
	frame := func(r *http.Request, title string) ui.Page {
		return ui.Page{Lang: i18n.Lang(r.Context()), Title: title, Path: r.URL.RequestURI()}
	}
	m := (&directory.Pages{Catalog: st.s, Frame: frame, Flash: func(_ context.Context, text string) { st.news = text }}).Module()
	for _, files := range []fs.FS{catalog.Texts, m.Texts, ui.Texts} {
		if err := st.text.Add(files); err != nil {
			t.Fatal(err)
		}
	}
	for _, rt := range m.Routes {
		st.mux.Handle(rt.Pattern, (&web.Server{}).Serve(rt))
	}
	return st
}

var (
	raw      = regexp.MustCompile(`>\s*(?:directory|catalog)\.[a-z_.]+\s*<`)
	unfilled = regexp.MustCompile(`\{[a-z_]+\}`)
	inline   = regexp.MustCompile(`(?i) style="| on[a-z]+="`)
	hidden   = regexp.MustCompile(`name="on" value="(\d+)"`)
)

func (st *site) send(method, path string, form url.Values) (int, string, string) {
	st.t.Helper()
	r := httptest.NewRequestWithContext(st.t.Context(), method, path, strings.NewReader(form.Encode()))
	r.Header.Set("Accept", "text/html")
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	w := httptest.NewRecorder()
	st.mux.ServeHTTP(w, r.WithContext(i18n.With(auth.With(r.Context(), keeper), st.text, st.lang)))
	body, err := io.ReadAll(w.Body)
	if err != nil {
		st.t.Fatal(err)
	}
	if k := raw.Find(body); k != nil {
		st.t.Errorf("%s: no words for %s", path, k)
	}
	if left := unfilled.Find(body); left != nil {
		st.t.Errorf("%s: nobody fills in %s", path, left)
	}
	if inline.Match(body) {
		st.t.Errorf("%s: inline style or script", path)
	}
	return w.Code, html.UnescapeString(string(body)), w.Header().Get("Location")
}

// agree lets a second person agree to the proposal to whose page somebody was sent.
func (st *site) agree(to string) {
	st.t.Helper()
	id, err := strconv.ParseInt(strings.TrimPrefix(to, "/catalog/proposals/"), 10, 64)
	if err != nil {
		st.t.Fatalf("sent to %q", to)
	}
	other := auth.Actor{ID: 8, Name: "邵核", Kind: auth.Staff, Rights: []string{catalog.Keep, catalog.Review}}
	if err := st.s.Agree(st.t.Context(), other, id); err != nil {
		st.t.Fatal(err)
	}
}

func (st *site) get(path string, want ...string) string {
	st.t.Helper()
	code, page, _ := st.send(http.MethodGet, path, nil)
	if code != http.StatusOK {
		st.t.Fatalf("%s: %d", path, code)
	}
	for _, w := range want {
		if !strings.Contains(page, w) {
			st.t.Errorf("%s does not say %q", path, w)
		}
	}
	return page
}

func TestPages(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		st := open(t, d)
		st.get("/catalog/base", "共 53 个事项", "免费乘车卡", "1 个不一致")
		if page := st.get("/catalog/base?type=05"); strings.Contains(page, "免费乘车卡") || !strings.Contains(page, "高龄津贴") {
			t.Error("the kind does not narrow the list")
		}
		st.get("/catalog/base?q=nobody", "没有符合的事项")
		page := st.get("/catalog/base/372099002000", "目录是5 个工作日，这里是10 个工作日", "改为一致", "必须一致", "不超过 5 个工作日", "2 个工作日")
		if n := strings.Count(page, `action="/catalog/deviations/`); n != 1 {
			t.Errorf("%d ways to put something right, want one", n)
		}
		page = st.get("/catalog/deviations", "残疾人证", "社会保障卡", "法定办结时限", "申请材料", "事项名称")
		if strings.Contains(page, ">老年人优待证<") {
			t.Error("what is the same everywhere is among what differs")
		}
		st.get("/catalog/deviations?all=1", "老年人优待证", "没有实施")
		st.get("/catalog/deviations?level=3", "没有符合的事项")
		st.get("/catalog/locks/37", "省级目录（37）", "只能更少")
		st.lang = i18n.English
		st.get("/catalog/base/372099002000", "The catalogue says 5 working days, this says 10 working days", "Put right")
		st.get("/catalog/deviations", "Statutory limit", "Same at every level")
		st.get("/catalog/base", "Catalogue of the province (37)", "Administrative licence")
		st.get("/catalog/base/372099002000/edit", "Legal basis")
		st.get("/catalog/base/new", "Register a base item")
		for _, path := range []string{"/catalog/base/000000000000", "/catalog/base/000000000000/edit", "/catalog/locks/99"} {
			if code, _, _ := st.send(http.MethodGet, path, nil); code != http.StatusNotFound {
				t.Errorf("%s: %d", path, code)
			}
		}
	})
}

func TestFixOnThePage(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		st := open(t, d)
		drafts := map[string]bool{}
		for range 2 { // the double click
			code, _, to := st.send(http.MethodPost, "/catalog/deviations/wh-free-bus-card/limit", nil)
			if code != http.StatusSeeOther || !strings.HasPrefix(to, "/catalog/changes/") {
				t.Errorf("%d %s", code, to)
			}
			drafts[to] = true
		}
		if len(drafts) != 1 {
			t.Errorf("two clicks made %d drafts", len(drafts))
		}
		if !strings.Contains(st.news, "法定办结时限") {
			t.Errorf("news: %q", st.news)
		}
		if page := st.get("/catalog/base/372099002000"); !strings.Contains(page, "改为一致") {
			t.Error("it was published without being reviewed")
		}
		for _, path := range []string{"/catalog/deviations/wh-free-bus-card/nonsense", "/catalog/deviations/nothing/limit"} {
			if code, _, _ := st.send(http.MethodPost, path, nil); code != http.StatusNotFound {
				t.Errorf("%s: %d", path, code)
			}
		}
	})
}

func TestChangeOnThePage(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		st := open(t, d)
		const path = "/catalog/base/372099010000/edit"
		page := st.get(path)
		on := hidden.FindStringSubmatch(page)
		if len(on) != 2 {
			t.Fatal("the form does not say on which version it is")
		}
		form := url.Values{
			"on": {on[1]}, "name": {"社会保障卡"}, "use_levels": {"3", "4"}, "audience": {"1"}, "conditions": {"有身份证件\r\n没有重复领卡"},
			"procedure": {"accept", "review", "decide", "issue", "nonsense"}, "materials": {"社会保障卡申领登记表"}, "optional": {"委托书"},
			"statutory_limit": {"x"}, "unit": {"workday"}, "basis": {"社会保险法 | 第五十八条 | 国家建立个人社会保障号码"}, "why": {"短"},
		}
		code, page, _ := st.send(http.MethodPost, path, form)
		if code != http.StatusUnprocessableEntity || !strings.Contains(page, "没有重复领卡") || !strings.Contains(page, "错误") && !strings.Contains(page, "还没有保存") {
			t.Errorf("a number that is none: %d", code)
		}
		form.Set("statutory_limit", "20")
		if code, page, _ = st.send(http.MethodPost, path, form); code != http.StatusUnprocessableEntity || !strings.Contains(page, "请写明理由") || !strings.Contains(page, "没有重复领卡") {
			t.Errorf("without a reason: %d", code)
		}
		form.Set("why", "省统一规范")
		first := ""
		for range 2 {
			code, _, to := st.send(http.MethodPost, path, form)
			if code != http.StatusSeeOther || first != "" && to != first {
				t.Fatalf("proposed: %d %s", code, to)
			}
			first = to
		}
		if page := st.get("/catalog/base/372099010000", "喻执中", first); strings.Contains(page, "第 2 版") {
			t.Error("in force by one person alone")
		}
		st.agree(first)
		st.get("/catalog/base/372099010000", "省统一规范", "喻执中", "第 2 版")
		form.Set("name", "社保卡")
		if code, page, _ := st.send(http.MethodPost, path, form); code != http.StatusPreconditionFailed || !strings.Contains(page, `value="社保卡"`) || hidden.FindStringSubmatch(page)[1] != "2" {
			t.Errorf("on what is no longer in force: %d", code)
		}
		// A new one gets the first free code of its kind.
		fresh := url.Values{"on": {"0"}, "source": {"37"}, "type": {"20"}, "name": {"图书借阅证"}, "why": {"省级新增事项"}}
		code, _, to := st.send(http.MethodPost, "/catalog/base", fresh)
		if code != http.StatusSeeOther {
			t.Fatalf("proposed: %d %s", code, to)
		}
		st.agree(to)
		st.get("/catalog/base/372099011000", "图书借阅证")
		if code, page, _ := st.send(http.MethodPost, "/catalog/base", url.Values{"on": {"0"}, "source": {"3"}, "name": {"图书借阅证"}, "why": {"省级新增事项"}}); code != http.StatusUnprocessableEntity || !strings.Contains(page, "图书借阅证") {
			t.Errorf("without a kind: %d", code)
		}
		if code, _, to := st.send(http.MethodPost, "/catalog/base", url.Values{"on": {"0"}, "main": {"372099011000"}, "name": {"图书借阅证（未成年人）"}, "why": {"省级新增子项"}}); code != http.StatusSeeOther {
			t.Errorf("a sub-item: %d %s", code, to)
		} else {
			st.agree(to)
		}
		for _, empty := range []url.Values{{"on": {"0"}}, {"on": {"0"}, "main": {"12"}}, {"on": {"0"}, "source": {"x"}, "type": {"20"}}} {
			if code, page, _ := st.send(http.MethodPost, "/catalog/base", empty); code != http.StatusUnprocessableEntity || !strings.Contains(page, "请填写事项名称") {
				t.Errorf("%v: %d", empty, code)
			}
		}
		st.get("/catalog/base/372099011001", "还没有单位实施这个事项")
	})
}

func TestLocksOnThePage(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		st := open(t, d)
		form := url.Values{"on": {"0"}, "name": {"free"}, "why": {"短"}}
		code, page, _ := st.send(http.MethodPost, "/catalog/locks/37", form)
		if code != http.StatusUnprocessableEntity || !strings.Contains(page, `value="free" selected`) {
			t.Errorf("without a reason: %d", code)
		}
		form.Set("why", "省级口径不要求名称一致")
		first := ""
		for range 2 {
			code, _, to := st.send(http.MethodPost, "/catalog/locks/37", form)
			if code != http.StatusSeeOther || first != "" && to != first {
				t.Errorf("proposed: %d %s", code, to)
			}
			first = to
		}
		if page := st.get("/catalog/deviations"); !strings.Contains(page, "社会保障卡") {
			t.Error("in force by one person alone")
		}
		st.agree(first)
		if page := st.get("/catalog/deviations"); strings.Contains(page, "社会保障卡") {
			t.Error("what is free still differs")
		}
		st.get("/catalog/locks/37", "省级口径不要求名称一致")
	})
}

// A proposal that was sent back is opened again in its form with everything that was typed.
func TestOpenedAgain(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		st := open(t, d)
		other := auth.Actor{ID: 8, Name: "邵核", Kind: auth.Staff, Rights: []string{catalog.Review}}
		again := func(form url.Values, path, why string, want ...string) {
			t.Helper()
			form.Set("why", why)
			code, page, to := st.send(http.MethodPost, path, form)
			if code != http.StatusSeeOther {
				t.Fatalf("%s: %d %s", path, code, page)
			}
			no := strings.TrimPrefix(to, "/catalog/proposals/")
			id, err := strconv.ParseInt(no, 10, 64)
			if err != nil {
				t.Fatal(err)
			}
			at := path
			if path == "/catalog/base" {
				at = "/catalog/base/new"
			}
			if code, _, _ := st.send(http.MethodGet, at+"?again="+no, nil); code != http.StatusNotFound {
				t.Errorf("%s: opened again while it waits: %d", at, code)
			}
			if err := st.s.SendBack(t.Context(), other, id, "请补充文号"); err != nil {
				t.Fatal(err)
			}
			st.get(at+"?again="+no, append(want, why)...)
		}
		again(url.Values{
			"on": {"1"}, "name": {"免费乘车证（卡）"}, "use_levels": {"3", "4"}, "basis": {"老年人权益保障法 | 第五十八条 | 优待"},
			"conditions": {"年满六十五周岁\n户籍在本市"}, "materials": {"身份证"}, "statutory_limit": {"7"}, "unit": {"workday"}, "result": {"乘车卡"},
		}, "/catalog/base/372099002000/edit", "统一名称和时限", `value="免费乘车证（卡）"`, "年满六十五周岁\n户籍在本市", `value="7"`, `name="on" value="1"`)
		again(url.Values{
			"source": {"37"}, "type": {"05"}, "name": {"全新的津贴"}, "use_levels": {"3"}, "basis": {"某法 | 第一条 | 依据"},
		}, "/catalog/base", "省里新增的事项", `value="全新的津贴"`, `name="on" value="0"`, `value="37"`, `value="05" selected`)
		again(url.Values{"on": {"0"}, "result": {"free"}}, "/catalog/locks/37", "本省各地不同", `value="free" selected`)
	})
}
