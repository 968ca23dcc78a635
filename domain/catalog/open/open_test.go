package open_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"image"
	"image/png"
	"io/fs"
	"mime"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"onedoor.app/infra/blob"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"onedoor.app/domain/catalog"
	"onedoor.app/domain/catalog/open"
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

var schemas = []dbtest.Schema{
	{Module: "search", Files: search.Schema}, {Module: "once", Files: once.Schema}, {Module: "catalog", Files: catalog.Schema},
}

var keeper = auth.Actor{ID: 7, Kind: auth.Staff, Rights: []string{catalog.Keep, open.Keep}}

// site serves the pages over the sample city.
type site struct {
	t    *testing.T
	s    *catalog.Service
	mux  *http.ServeMux
	text *i18n.Bundle
	lang string
	who  auth.Actor
	news string

	calls int
}

// somebody is the address that httptest gives every request.
const somebody = "192.0.2.1:1234"

func opened(t *testing.T, d *db.DB) *site {
	t.Helper()
	city, err := fs.Sub(sample.Yunchuan, "yunchuan")
	if err != nil {
		t.Fatal(err)
	}
	s := &catalog.Service{DB: d, UnitName: func(_ *db.Tx, code string) string { return "单位" + code }}
	if _, err := s.LoadPackage(t.Context(), city); err != nil {
		t.Fatal(err)
	}
	if err := s.LoadReforms(t.Context(), city); err != nil {
		t.Fatal(err)
	}
	st := &site{t: t, s: s, mux: http.NewServeMux(), text: &i18n.Bundle{}, lang: i18n.Chinese}
	p := &open.Pages{
		Catalog: s,
		Frame: func(r *http.Request, title string) ui.Page {
			return ui.Page{Lang: i18n.Lang(r.Context()), Title: title, Path: r.URL.RequestURI(), T: func(key string, args ...any) string { return st.text.Text(st.lang, key, args...) }}
		},
		Flash: func(_ context.Context, text string) { st.news = text },
		Units: func(*db.Tx) ([]ui.Option, error) {
			return []ui.Option{{Value: "SLJ", Text: "云川市水利局"}, {Value: "SPJ", Text: "云川市行政审批服务局"}}, nil
		},
	}
	m := p.Module()
	for _, files := range []fs.FS{m.Texts, s.Module().Texts} {
		if err := st.text.Add(files); err != nil {
			t.Fatal(err)
		}
	}
	for _, rt := range m.Routes {
		st.mux.Handle(rt.Pattern, (&web.Server{}).Serve(rt))
	}
	return st
}

var rawKey = regexp.MustCompile(`\b(open|catalog)\.[a-z_]+(\.[a-z_0-9]+)*\b`)

func (st *site) send(r *http.Request) *httptest.ResponseRecorder {
	st.t.Helper()
	w := httptest.NewRecorder()
	if r.RemoteAddr == somebody {
		st.calls++
		r.RemoteAddr = fmt.Sprintf("198.51.100.%d:1", st.calls%250) // visitors of a day, not one in a hurry
	}
	st.mux.ServeHTTP(w, r.WithContext(i18n.With(auth.With(r.Context(), st.who), st.text, st.lang)))
	return w
}

func (st *site) get(path string) (int, string) {
	st.t.Helper()
	r := httptest.NewRequestWithContext(st.t.Context(), http.MethodGet, path, nil)
	r.Header.Set("Accept", "text/html")
	w := st.send(r)
	page := html.UnescapeString(w.Body.String())
	if k := rawKey.FindString(page); k != "" && w.Code < http.StatusBadRequest { // a refusal may name its code
		st.t.Errorf("%s in %s: no words for %s", path, st.lang, k)
	}
	return w.Code, page
}

// upload sends the form of a picture; no content sends none.
func (st *site) upload(path, key string, content []byte) *httptest.ResponseRecorder {
	st.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	err := form.WriteField("_key", key)
	if content != nil {
		file, wrong := form.CreateFormFile("picture", "seal.png")
		_, failed := file.Write(content)
		err = errors.Join(err, wrong, failed)
	}
	if err := errors.Join(err, form.Close()); err != nil {
		st.t.Fatal(err)
	}
	r := httptest.NewRequestWithContext(st.t.Context(), http.MethodPost, path, &body)
	r.Header.Set("Content-Type", form.FormDataContentType())
	return st.send(r)
}

// A seal's page takes a picture, shows it, and says in words what it does not take.
func TestPictureOfASeal(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		st := opened(t, d)
		st.who, st.s.Blobs = keeper, blob.Folder{Dir: t.TempDir()}
		_, page := st.get("/catalog/reforms")
		seal := regexp.MustCompile(`/catalog/reforms/seals/[0-9]+`).FindString(page)
		var picture bytes.Buffer
		if err := png.Encode(&picture, image.NewGray(image.Rect(0, 0, 120, 120))); err != nil || seal == "" {
			t.Fatal(seal, err)
		}
		at := seal + "/impression"
		for _, st.lang = range []string{i18n.English, i18n.Chinese} {
			if _, page := st.get(seal); strings.Contains(page, "<img class=\"impression") {
				t.Error("a picture before there is one")
			}
		}
		for want, content := range map[string][]byte{"请先选择一张图片": nil, "请上传完整的 PNG 或者 JPEG 图片": []byte("GIF89a"), "图片不超过 2 MB": make([]byte, catalog.MaxImpression+1)} {
			if w := st.upload(at, "k", content); w.Code < 400 || w.Code >= 500 || !strings.Contains(w.Body.String(), want) {
				t.Errorf("%s: %d", want, w.Code)
			}
		}
		for range 2 {
			if w := st.upload(at, "k1", picture.Bytes()); w.Code != http.StatusSeeOther || w.Header().Get("Location") != seal {
				t.Fatalf("sent: %d %s", w.Code, w.Body)
			}
		}
		for _, st.lang = range []string{i18n.English, i18n.Chinese} {
			if _, page := st.get(seal); !strings.Contains(page, `src="`+at) {
				t.Errorf("%s: the page shows no picture", st.lang)
			}
		}
		if code, body := st.get(at); code != http.StatusOK || !strings.Contains(body, "PNG") {
			t.Errorf("the picture: %d", code)
		}
	})
}

func (st *site) post(path string, form url.Values) *httptest.ResponseRecorder {
	st.t.Helper()
	r := httptest.NewRequestWithContext(st.t.Context(), http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Accept", "text/html")
	return st.send(r)
}

// Every list is on its page in both languages, and its files say what the page says.
func TestListsAndTheirFiles(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		st := opened(t, d)
		for _, st.lang = range i18n.Languages() {
			if code, page := st.get("/lists"); code != http.StatusOK || strings.Count(page, ".xlsx") != len(catalog.Lists())+2 {
				t.Fatalf("%s: the page of lists: %d", st.lang, code)
			}
			for _, l := range catalog.Lists() {
				code, page := st.get("/lists/" + l.Kind)
				if code != http.StatusOK || !strings.Contains(page, `href="/items/`) {
					t.Errorf("%s %s: %d", st.lang, l.Kind, code)
				}
				for _, b := range l.Grounds {
					if !strings.Contains(page, b.Gist) {
						t.Errorf("%s does not say that it rests on %s", l.Kind, b.Law)
					}
				}
				compare(t, st, l.Kind, rowsOf(t, st.s, l))
			}
			compare(t, st, "reforms", 14)
			compare(t, st, "seals", 4)
		}
		for _, path := range []string{"/lists/none", "/lists/none.csv", "/lists/powers.exe"} {
			if code, _ := st.get(path); code != http.StatusNotFound {
				t.Errorf("%s: %d", path, code)
			}
		}
	})
}

// rowsOf counts the rows of a list page by page.
func rowsOf(t *testing.T, s *catalog.Service, l catalog.List) (n int) {
	t.Helper()
	if err := s.DB.Read(t.Context(), func(tx *db.Tx) error {
		items := map[string]bool{}
		for after := ""; ; {
			p, err := s.ListRows(tx, l.Kind, catalog.ListFilter{}, after, 7)
			if err != nil {
				return err
			}
			n += len(p.Rows)
			for _, r := range p.Rows {
				if r.Base != nil { // a power that no item carries out
					items[r.Base.Code] = true
					continue
				}
				items[r.Item.Code] = true
			}
			if after = p.Next; after == "" {
				if len(items) != p.Items {
					t.Errorf("%s: %d items on the pages, %d counted", l.Kind, len(items), p.Items)
				}
				return nil
			}
		}
	}); err != nil {
		t.Fatal(err)
	}
	return n
}

// compare reads the three files of a list and holds them to each other.
func compare(t *testing.T, st *site, kind string, want int) {
	t.Helper()
	if want == 0 {
		t.Errorf("%s has no rows", kind)
	}
	files := map[string][]byte{}
	for _, format := range []string{"csv", "xlsx", "json"} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/lists/"+kind+"."+format, nil)
		first, again := st.send(r), st.send(r)
		if first.Code != http.StatusOK || !bytes.Equal(first.Body.Bytes(), again.Body.Bytes()) {
			t.Fatalf("%s.%s: %d, the same twice: %t", kind, format, first.Code, bytes.Equal(first.Body.Bytes(), again.Body.Bytes()))
		}
		_, params, err := mime.ParseMediaType(first.Header().Get("Content-Disposition"))
		if title := st.text.Text(st.lang, "open.list."+kind); err != nil || !strings.HasPrefix(params["filename"], title) {
			t.Errorf("%s.%s is called %q, %v", kind, format, params["filename"], err)
		}
		r.Header.Set("If-None-Match", `"other", W/`+first.Header().Get("ETag"))
		if w := st.send(r); w.Code != http.StatusNotModified || w.Body.Len() > 0 {
			t.Errorf("%s.%s was sent to who has it: %d", kind, format, w.Code)
		}
		files[format] = first.Body.Bytes()
	}
	table, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(files["csv"], []byte("\ufeff")))).ReadAll()
	if err != nil || !bytes.HasPrefix(files["csv"], []byte("\ufeff")) || len(table) != want+1 {
		t.Fatalf("%s.csv: %d rows, want %d and the head, %v", kind, len(table), want, err)
	}
	book, err := excelize.OpenReader(bytes.NewReader(files["xlsx"]))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = book.Close() }()
	sheet, err := book.GetRows("Sheet1")
	if err != nil || len(sheet) != want+3 || sheet[0][0] != st.text.Text(st.lang, "open.list."+kind) {
		t.Fatalf("%s.xlsx: %d rows, %v", kind, len(sheet), err)
	}
	for i, line := range table {
		got := sheet[i+2]
		for len(got) < len(line) {
			got = append(got, "")
		}
		if !slices.Equal(got, line) {
			t.Fatalf("%s, row %d: %q in the sheet, %q in the text", kind, i, got, line)
		}
	}
	var j struct {
		Schema  string
		Kind    string
		Columns []struct{ Key, Title string }
		Rows    []map[string]any
	}
	if err := json.Unmarshal(files["json"], &j); err != nil || j.Schema != "onedoor.list/1" || j.Kind != kind || len(j.Rows) != want {
		t.Fatalf("%s.json: %s %s, %d rows, %v", kind, j.Schema, j.Kind, len(j.Rows), err)
	}
	for i, c := range j.Columns {
		if table[0][i] != c.Title {
			t.Errorf("%s: %s is called %q and %q", kind, c.Key, c.Title, table[0][i])
		}
		if _, ok := j.Rows[0][c.Key]; !ok || len(j.Rows[0]) != len(j.Columns) {
			t.Errorf("%s.json: row without %s", kind, c.Key)
		}
	}
}

// What begins like a formula is text to every spreadsheet.
func TestNoFormulasInFiles(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		st := opened(t, d)
		for i, name := range []string{`=HYPERLINK("http://x","y")`, "+1", "-1+2", "@SUM(A1)", "\t=1", "＝1"} {
			r := catalog.Reform{Kind: catalog.ReformCancelled, Name: "事项", From: "SLJ", Document: "某" + name, Note: name, Effective: fmt.Sprintf("2025-01-%02d", i+1)}
			if _, err := st.s.EnterReform(t.Context(), keeper, "", r); err != nil {
				t.Fatal(err)
			}
		}
		text := st.send(httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/lists/reforms.csv", nil)).Body.Bytes()
		table, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(text, []byte("\ufeff")))).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		met := 0
		for _, line := range table {
			for _, cell := range line {
				if strings.Contains(cell, "HYPERLINK") {
					met++
				}
				if cell != "" && strings.ContainsAny(cell[:1], "=+-@\t\r\n") {
					t.Errorf("a cell begins like a formula: %q", cell)
				}
			}
		}
		if met != 2 {
			t.Errorf("the note was found %d times", met)
		}
	})
}

// A list is narrowed by unit and kind and searched within; what is not on it is not found.
func TestNarrowedLists(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		st := opened(t, d)
		_, page := st.get("/lists/powers?body=GAJ")
		if !strings.Contains(page, "公章刻制备案") || strings.Contains(page, "食品经营许可（新办）") || strings.Contains(page, "居住证申领") {
			t.Error("the powers of the police are not those that are shown")
		}
		if _, page = st.get("/lists/powers?type=10"); !strings.Contains(page, "公章刻制备案") || strings.Contains(page, "出生户口登记") {
			t.Error("other powers are not those that are shown")
		}
		if _, page = st.get("/lists/powers?q=开饭馆"); !strings.Contains(page, "食品经营许可（新办）") {
			t.Error("what people call it was not found")
		}
		if _, page = st.get("/lists/powers?q=居住证"); strings.Contains(page, "居住证申领") {
			t.Error("a public service is on the list of powers")
		}
		if _, page = st.get("/lists/powers?q=qqqq"); !strings.Contains(page, "没有符合的条目") {
			t.Error("nothing found is not said")
		}
	})
}

// TestManyDutiesFold, so that the list of them is not fifteen screens on a phone; they are all in the page.
func TestManyDutiesFold(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		st := opened(t, d)
		for lang, want := range map[string]string{i18n.Chinese: "共 5 条", i18n.English: "5 entries"} {
			st.lang = lang
			_, page := st.get("/lists/duties?q=" + url.QueryEscape("城镇污水排入排水管网许可"))
			if !strings.Contains(page, "<details><summary>"+want+"</summary>") || !strings.Contains(page, "第六十一条") {
				t.Errorf("%s: the duties do not fold, or one is missing", lang)
			}
		}
	})
}

// Rates of any day, and a plain word where the day is none.
func TestRatesPage(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		st := opened(t, d)
		for _, st.lang = range i18n.Languages() {
			code, page := st.get("/lists/rates")
			if code != http.StatusOK || !strings.Contains(page, "%") || !strings.Contains(page, "÷") || !strings.Contains(page, `<details class="fold" id="units"`) {
				t.Errorf("%s: %d", st.lang, code)
			}
			if code, _ := st.get("/lists/rates?day=2020-01-01"); code != http.StatusOK {
				t.Errorf("%s: before anything was in force: %d", st.lang, code)
			}
			for _, day := range []string{"2999-01-01", "yesterday"} {
				if code, page := st.get("/lists/rates?day=" + day); code != http.StatusUnprocessableEntity || !strings.Contains(page, `class="errors`) {
					t.Errorf("%s %s: %d", st.lang, day, code)
				}
			}
		}
	})
}

// Who keeps the catalogue enters, corrects and seals away; what they typed is never lost, and pressing twice does it once.
func TestKeepingTheLedger(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		st := opened(t, d)
		st.who = keeper
		for _, st.lang = range []string{i18n.English, i18n.Chinese} {
			for _, path := range []string{"/catalog/reforms", "/catalog/reforms/new", "/catalog/reforms/seals/new"} {
				if code, _ := st.get(path); code != http.StatusOK {
					t.Errorf("%s %s: %d", st.lang, path, code)
				}
			}
		}
		form := url.Values{"_key": {"k1"}, "kind": {"transferred"}, "name": {"取水许可"}, "from": {"云川市水利局"}, "to": {"SPJ"}, "document": {"某号文"}, "effective": {"2025-05-01"}, "before_days": {"many"}}
		if w := st.post("/catalog/reforms/new", form); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), `value="many"`) || !strings.Contains(w.Body.String(), `value="云川市水利局"`) {
			t.Fatalf("many days: %d", w.Code)
		}
		form.Set("before_days", "30")
		first, again := st.post("/catalog/reforms/new", form), st.post("/catalog/reforms/new", form)
		entry := first.Header().Get("Location")
		if first.Code != http.StatusSeeOther || again.Header().Get("Location") != entry || st.news == "" {
			t.Fatalf("entered: %d, %s and %s", first.Code, entry, again.Header().Get("Location"))
		}
		correct := strings.Replace(entry, "/reforms/", "/reforms/correct/", 1)
		if code, page := st.get(entry); code != http.StatusOK || !strings.Contains(page, correct) || !strings.Contains(page, "单位SLJ") || !strings.Contains(page, "30") {
			t.Errorf("%s: %d", entry, code)
		}
		form.Set("_key", "k2")
		form.Set("reason", "")
		if w := st.post(correct, form); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "写明为什么更正") {
			t.Errorf("without a reason: %d", w.Code)
		}
		form.Set("reason", "划转单位有误")
		if w := st.post(correct, form); w.Code != http.StatusSeeOther {
			t.Fatalf("corrected: %d", w.Code)
		}
		form.Set("_key", "k3")
		if w := st.post(correct, form); w.Code != http.StatusPreconditionFailed || !strings.Contains(w.Body.String(), "划转单位有误") {
			t.Errorf("corrected twice: %d", w.Code)
		}
		if _, page := st.get(entry); strings.Contains(page, correct) {
			t.Error("what was corrected is offered to be corrected")
		}
		seal(t, st)
		st.who = auth.Actor{ID: 3, Kind: auth.Staff}
		if w := st.post("/catalog/reforms/new", form); w.Code != http.StatusForbidden {
			t.Errorf("without the right: %d", w.Code)
		}
	})
}

func seal(t *testing.T, st *site) {
	t.Helper()
	w := st.post("/catalog/reforms/seals/new", url.Values{"_key": {"s1"}, "name": {"云川市水利局审批专用章"}, "unit": {"云川市水利局"}})
	path := w.Header().Get("Location")
	if w.Code != http.StatusSeeOther {
		t.Fatalf("registered: %d", w.Code)
	}
	act := url.Values{"_key": {"s2"}, "on": {"0"}, "act": {"retire"}, "day": {"2025-05-01"}, "document": {""}}
	if w := st.post(path, act); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), `value="2025-05-01"`) {
		t.Errorf("by no document: %d", w.Code)
	}
	act.Set("document", "某号文")
	for range 2 {
		if w := st.post(path, act); w.Code != http.StatusSeeOther {
			t.Fatalf("retired: %d", w.Code)
		}
	}
	act.Set("_key", "s3")
	if w := st.post(path, act); w.Code != http.StatusPreconditionFailed {
		t.Errorf("on what is no longer so: %d", w.Code)
	}
	if code, page := st.get(path); code != http.StatusOK || !strings.Contains(page, "已废止") || !strings.Contains(page, "封存") {
		t.Errorf("%s: %d", path, code)
	}
}

// TestTextsInBothLanguages: whatever is said in one language is said in the other.
func TestTextsInBothLanguages(t *testing.T) {
	t.Parallel()
	words := &i18n.Bundle{}
	if err := words.Add((&open.Pages{}).Module().Texts); err != nil {
		t.Fatal(err)
	}
	if zh, en := words.Keys(i18n.Chinese), words.Keys(i18n.English); !slices.Equal(zh, en) {
		t.Errorf("%d texts in Chinese, %d in English", len(zh), len(en))
	}
}

// A visitor gets every list in every format, but not again and again; who has a list already is told so
// without end, and others are not held up.
func TestDownloadsKeepToAPace(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		st := opened(t, d)
		get := func(address, mark string) *httptest.ResponseRecorder {
			r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/lists/powers.csv", nil)
			r.RemoteAddr = address
			r.Header.Set("If-None-Match", mark)
			return st.send(r)
		}
		last, n := get("203.0.113.7:1", ""), 1
		mark := last.Header().Get("ETag")
		for ; last.Code == http.StatusOK && n < 200; n++ {
			last = get("203.0.113.7:1", "")
		}
		if last.Code != http.StatusTooManyRequests || n < 3*len(catalog.Lists()) || last.Header().Get("ETag") != "" {
			t.Errorf("after %d downloads: %d, marked %q", n, last.Code, last.Header().Get("ETag"))
		}
		if w := get("203.0.113.7:1", mark); w.Code != http.StatusNotModified {
			t.Errorf("who has it: %d", w.Code)
		}
		if w := get("203.0.113.8:1", ""); w.Code != http.StatusOK {
			t.Errorf("somebody else: %d", w.Code)
		}
		code := ""
		if err := d.Read(t.Context(), func(tx *db.Tx) error {
			list, _, err := st.s.Browse(tx, catalog.Filter{Type: catalog.TypeLicence}, "", 1)
			code = list[0].Code
			return err
		}); err != nil {
			t.Fatal(err)
		}
		reviewer := auth.Actor{ID: 8, Staff: 8, Kind: auth.Staff, Rights: []string{catalog.Keep, catalog.Review}}
		if err := st.s.Suspend(t.Context(), reviewer, code, "停办"); err != nil {
			t.Fatal(err)
		}
		if w := get("203.0.113.8:1", mark); w.Code != http.StatusOK {
			t.Errorf("the list is another and %d is told", w.Code)
		}
	})
}
