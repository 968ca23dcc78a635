package apply

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"io/fs"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"onedoor.app/domain/cases"
	"onedoor.app/domain/cases/show"
	"onedoor.app/domain/catalog"
	"onedoor.app/domain/office"
	"onedoor.app/domain/party"
	"onedoor.app/engine/calendar"
	"onedoor.app/engine/event"
	"onedoor.app/engine/job"
	"onedoor.app/engine/ledger"
	"onedoor.app/engine/ledger/ledgertest"
	"onedoor.app/engine/once"
	"onedoor.app/engine/paper"
	"onedoor.app/engine/search"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/blob"
	"onedoor.app/infra/db"
	"onedoor.app/infra/db/dbtest"
	"onedoor.app/infra/i18n"
	"onedoor.app/infra/secret"
	"onedoor.app/infra/web"
	"onedoor.app/sample"
	"onedoor.app/ui"
)

const (
	zhou   = "379900198706120117" // 周叙白
	chen   = "379900199303050024"
	qixia  = "91379900MA7YC0014Q" // 云川栖霞餐饮管理有限公司
	clerk  = "yc1005"
	clinic = "animal-clinic"      // for people and organisations
	food   = "food-operation-new" // for organisations
	public = "https://example.cn"
)

// world is the sample city behind the pages of applicants, with a clock that
// tests move.
type world struct {
	t     *testing.T
	p     *Pages
	s     *cases.Service
	words *i18n.Bundle
	now   time.Time
	site  http.Handler
	flash string
}

var schemas = []dbtest.Schema{
	{Module: "auth", Files: auth.Schema}, {Module: "once", Files: once.Schema}, {Module: "job", Files: job.Schema},
	{Module: "ledger", Files: ledger.Schema}, {Module: "search", Files: search.Schema}, {Module: "office", Files: office.Schema},
	{Module: "party", Files: party.Schema}, {Module: "catalog", Files: catalog.Schema}, {Module: "cases", Files: cases.Schema},
}

// each runs fn in a fresh sample city on every engine.
func each(t *testing.T, fn func(t *testing.T, w *world)) {
	t.Helper()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) { fn(t, newWorld(t, d)) })
}

func newWorld(t *testing.T, d *db.DB) *world {
	t.Helper()
	w := &world{t: t, now: time.Date(2026, 3, 2, 10, 0, 0, 0, calendar.Zone)}
	d = d.WithClock(func() time.Time { return w.now })
	box, err := secret.NewBox(bytes.Repeat([]byte{7}, 32))
	if err != nil {
		t.Fatal(err)
	}
	rules, err := cases.NewPolicy()
	if err != nil {
		t.Fatal(err)
	}
	cal := calendar.Official()
	w.s = &cases.Service{
		DB: d, Box: box, Blobs: blob.Folder{Dir: t.TempDir()}, Law: &cases.Law{Cal: cal}, Policy: rules, Events: &event.Bus{},
		Catalog: &catalog.Service{DB: d}, Office: &office.Service{DB: d, Box: box, Calendar: calendar.Compiled},
		Party: &party.Service{DB: d, Box: box}, Region: "379900", Public: public, Tree: ledgertest.Tree(t),
		Remedies: cases.Remedies{Reviewer: "云川市人民政府", Site: public, Court: "云川市望湖区人民法院", Supervisor: "督查考核科", Phone: "12345"},
	}
	pack, err := fs.Sub(sample.Yunchuan, "yunchuan")
	if err != nil {
		t.Fatal(err)
	}
	if err := w.s.Office.LoadPackage(t.Context(), pack, "x"); err != nil {
		t.Fatal(err)
	}
	if err := w.s.Party.LoadPackage(t.Context(), pack, "x"); err != nil {
		t.Fatal(err)
	}
	if _, err := w.s.Catalog.LoadPackage(t.Context(), pack); err != nil {
		t.Fatal(err)
	}
	w.open()
	return w
}

// open builds the site: the routes of apply behind web.Server.
func (w *world) open() {
	w.words = &i18n.Bundle{}
	for _, files := range []fs.FS{texts, ui.Texts, w.s.Module().Texts, show.Module().Texts} {
		if err := w.words.Add(files); err != nil {
			w.t.Fatal(err)
		}
	}
	w.p = &Pages{
		Cases: w.s, Fonts: paper.Open(), Hotline: "12345",
		Frame: func(r *http.Request, title string) ui.Page {
			return ui.Page{
				Lang: i18n.Lang(r.Context()), Title: title, Path: r.URL.RequestURI(), SignIn: "/sign-in",
				T: func(key string, args ...any) string { return i18n.T(r.Context(), key, args...) },
			}
		},
		Flash: func(_ context.Context, text string) { w.flash = text },
		Home:  func(_ auth.Actor, id int64) string { return fmt.Sprint("/desk/", id) },
	}
	mux, server := http.NewServeMux(), &web.Server{}
	for _, rt := range w.p.Module().Routes {
		mux.Handle(rt.Pattern, server.Serve(rt))
	}
	w.site = web.Secure(mux)
}

func (w *world) read(fn func(tx *db.Tx) error) {
	w.t.Helper()
	if err := w.s.DB.Read(context.Background(), fn); err != nil {
		w.t.Fatal(err)
	}
}

// person is the applicant behind a number, with the rights of applicants.
func (w *world) person(number string) (a auth.Actor) {
	w.t.Helper()
	w.read(func(tx *db.Tx) error {
		p, err := w.s.Party.FindByNumber(tx, number)
		if err != nil {
			return err
		}
		a, err = w.s.Party.Actor(tx, p.ID)
		return err
	})
	a.Rights = []string{RightOwn, RightRead}
	return a
}

func (w *world) staff(no string) (a auth.Actor) {
	w.t.Helper()
	w.read(func(tx *db.Tx) error {
		p, err := w.s.Office.StaffByNo(tx, no)
		if err != nil {
			return err
		}
		a, err = w.s.Office.Actor(tx, p.ID)
		a.Staff, a.Rights = p.ID, []string{RightRead}
		return err
	})
	return a
}

func (w *world) holder(post string) auth.Actor {
	w.t.Helper()
	var no string
	w.read(func(tx *db.Tx) error {
		list, err := w.s.Office.Holders(tx, post)
		if err != nil || len(list) == 0 {
			return fmt.Errorf("nobody holds %s (%w)", post, err)
		}
		p, err := w.s.Office.Staff(tx, list[0].Staff)
		no = p.No
		return err
	})
	return w.staff(no)
}

// answer is what the site answered.
type answerOfSite struct {
	Code int
	Body string
	To   string // where it sends the browser
	http.Header
}

// ask sends a request as a browser of who would, in a language.
func (w *world) ask(who auth.Actor, lang string, r *http.Request) answerOfSite {
	w.t.Helper()
	if r.Header.Get("Accept") == "" {
		r.Header.Set("Accept", "text/html")
	}
	ctx := i18n.With(r.Context(), w.words, lang)
	if who.Kind != auth.Visitor {
		ctx = auth.With(ctx, who)
	}
	rec := httptest.NewRecorder()
	w.site.ServeHTTP(rec, r.WithContext(ctx))
	return answerOfSite{rec.Code, rec.Body.String(), rec.Header().Get("Location"), rec.Header()}
}

func (w *world) get(who auth.Actor, path string) answerOfSite {
	w.t.Helper()
	path, _, _ = strings.Cut(path, "#")
	return w.ask(who, i18n.Chinese, httptest.NewRequest(http.MethodGet, path, nil))
}

func (w *world) post(who auth.Actor, path string, form url.Values) answerOfSite {
	w.t.Helper()
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return w.ask(who, i18n.Chinese, r)
}

// upload sends a file as a plain form, or as the script does.
func (w *world) upload(who auth.Actor, path, name string, content []byte, script bool) answerOfSite {
	w.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("file", name)
	if err == nil {
		_, err = part.Write(content)
	}
	if err == nil {
		err = form.Close()
	}
	if err != nil {
		w.t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, path, &body)
	r.Header.Set("Content-Type", form.FormDataContentType())
	if script {
		r.Header.Set("HX-Request", "true")
	}
	return w.ask(who, i18n.Chinese, r)
}

var pdf = []byte("%PDF-1.4\n1 0 obj <<>> endobj\ntrailer <<>>\n%%EOF\n")

// want fails unless the answer has a code and every text.
func (a answerOfSite) want(t *testing.T, code int, texts ...string) answerOfSite {
	t.Helper()
	if a.Code != code {
		t.Fatalf("status %d, want %d: %.400s", a.Code, code, plain(a.Body))
	}
	for _, text := range texts {
		if !strings.Contains(a.Body, text) {
			t.Errorf("the page lacks %q: %.1500s", text, plain(a.Body))
		}
	}
	return a
}

var tagRE = regexp.MustCompile(`(?s)<(script|head)[^>]*>.*?</(script|head)>|<[^>]*>`)

func plain(page string) string {
	return strings.Join(strings.Fields(tagRE.ReplaceAllString(page, " ")), " ")
}

var hiddenRE = regexp.MustCompile(`name="(_key|_version)" value="([^"]*)"`)

// stamps are the hidden fields that a page's form carries.
func (a answerOfSite) stamps() url.Values {
	form := url.Values{}
	for _, m := range hiddenRE.FindAllStringSubmatch(a.Body, -1) {
		form.Set(m[1], m[2])
	}
	return form
}

// suited is an applicant whom an item is for.
func (w *world) suited(item string) auth.Actor {
	w.t.Helper()
	if w.itemOf(item).ForPersons() {
		return w.person(zhou)
	}
	return w.person(qixia)
}

// begin opens a draft through the pages and returns the beginning of its addresses.
func (w *world) begin(who auth.Actor, item string) string {
	w.t.Helper()
	to := w.post(who, "/apply/"+item, nil).want(w.t, http.StatusSeeOther).To
	if !strings.HasPrefix(to, "/apply/draft/") {
		w.t.Fatalf("begun at %s", to)
	}
	return to
}

// itemOf is the current version of an item.
func (w *world) itemOf(code string) (it *catalog.Item) {
	w.t.Helper()
	w.read(func(tx *db.Tx) (err error) {
		it, err = w.s.Catalog.Current(tx, code)
		return err
	})
	return it
}

// answers leads through the questions of an item to an application.
func answers(it *catalog.Item) url.Values {
	chosen := map[string]string{}
	var try func(i int) bool
	try = func(i int) bool {
		if i == len(it.Situations) {
			return it.Resolve(chosen).Complete()
		}
		for _, o := range it.Situations[i].Options {
			chosen[it.Situations[i].ID] = o.Value
			if try(i + 1) {
				return true
			}
		}
		return false
	}
	try(0)
	form := url.Values{}
	for id, v := range chosen {
		form.Set("answer."+id, v)
	}
	return form
}

// values fills in every field that has to be.
func values(need catalog.Need) url.Values {
	form := url.Values{}
	for _, f := range need.Fields {
		form.Set("form."+f.Key, f.Example())
	}
	return form
}

// fill takes a draft through every step but the last and returns its address.
func (w *world) fill(who auth.Actor, item string) string {
	w.t.Helper()
	draft, it := w.begin(who, item), w.itemOf(item)
	form := answers(it)
	if len(it.Situations) > 0 {
		w.post(who, draft+"/questions", form).want(w.t, http.StatusSeeOther)
	}
	need := it.Resolve(answered(it, form))
	w.post(who, draft+"/form", values(need)).want(w.t, http.StatusSeeOther)
	for _, m := range need.Materials {
		w.upload(who, draft+"/materials/"+m.ID, m.Name+".pdf", pdf, false).want(w.t, http.StatusSeeOther)
	}
	return draft
}

// submit hands an application in through the pages.
func (w *world) submit(who auth.Actor, item string) int64 {
	w.t.Helper()
	draft := w.fill(who, item)
	to := w.post(who, draft+"/review", url.Values{"_key": {rand.Text()}, "delivery.way": {"window"}, "pledged": {"1"}}).
		want(w.t, http.StatusSeeOther).To
	id, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimPrefix(to, "/my/cases/"), "/receipt"), 10, 64)
	if err != nil {
		w.t.Fatalf("submitted to %s", to)
	}
	return id
}

// judge gives every material of a case a verdict.
func (w *world) judge(id int64, verdict func(m cases.Material) cases.Judgement) {
	w.t.Helper()
	window := w.staff(clerk)
	var list []cases.Material
	w.read(func(tx *db.Tx) error {
		v, err := w.s.View(tx, window, id)
		if err == nil {
			list = v.Materials
		}
		return err
	})
	for _, m := range list {
		j := verdict(m)
		if m.Verdict == j.Verdict {
			continue
		}
		if _, err := w.s.Judge(w.t.Context(), window, cases.On{Case: id}, j); err != nil {
			w.t.Fatal(err)
		}
	}
}

func pass(m cases.Material) cases.Judgement {
	return cases.Judgement{Material: m.Key, Verdict: cases.Pass}
}

func (w *world) accept(id int64) {
	w.t.Helper()
	w.judge(id, pass)
	if _, err := w.s.Accept(w.t.Context(), w.staff(clerk), cases.On{Case: id}); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) view(id int64) (v *cases.View) {
	w.t.Helper()
	w.read(func(tx *db.Tx) (err error) {
		v, err = w.s.View(tx, w.staff(clerk), id)
		return err
	})
	return v
}

// work works the open steps off up to one whose slot is until.
func (w *world) work(id int64, until string) cases.Task {
	w.t.Helper()
	for range 20 {
		open := w.view(id).Open()
		if len(open) == 0 {
			break
		}
		if open[0].Slot == until {
			return open[0]
		}
		who := w.holder(open[0].Post)
		if cases.StopsClock(open[0].Slot) {
			if _, err := w.s.Special(w.t.Context(), who, cases.On{Case: id}, open[0].ID, 5, "有关法律规定"); err != nil {
				w.t.Fatal(err)
			}
		}
		if _, err := w.s.Opine(w.t.Context(), who, cases.On{Case: id}, cases.Review{
			Task: open[0].ID, Conclusion: cases.Agree, Text: "符合条件。", Inspectors: []string{"YC1030", "YC1031"},
		}); err != nil {
			w.t.Fatal(err)
		}
	}
	w.t.Fatalf("the case never comes to %s", until)
	return cases.Task{}
}
