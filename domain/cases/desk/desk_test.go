package desk_test

import (
	"bytes"
	"context"
	"html"
	"io"
	"io/fs"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"onedoor.app/domain/cases"
	"onedoor.app/domain/cases/desk"
	"onedoor.app/domain/cases/show"
	"onedoor.app/domain/catalog"
	"onedoor.app/domain/office"
	"onedoor.app/domain/party"
	"onedoor.app/engine/calendar"
	"onedoor.app/engine/event"
	"onedoor.app/engine/job"
	"onedoor.app/engine/ledger"
	"onedoor.app/engine/once"
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
	clerk    = "yc1005"
	reviewer = "yc1021"
	item     = "animal-clinic"
)

// window is the window of the sample city, with a clock that stands still.
type window struct {
	t     *testing.T
	s     *cases.Service
	h     http.Handler
	who   auth.Actor
	flash []string // good news that was left
	lang  string
	words *i18n.Bundle
}

var schemas = []dbtest.Schema{
	{Module: "auth", Files: auth.Schema}, {Module: "once", Files: once.Schema}, {Module: "job", Files: job.Schema},
	{Module: "ledger", Files: ledger.Schema}, {Module: "search", Files: search.Schema}, {Module: "office", Files: office.Schema},
	{Module: "party", Files: party.Schema}, {Module: "catalog", Files: catalog.Schema}, {Module: "cases", Files: cases.Schema},
}

func each(t *testing.T, fn func(t *testing.T, w *window)) {
	t.Helper()
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) { fn(t, open(t, d)) })
}

func open(t *testing.T, d *db.DB) *window {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	d = d.WithClock(func() time.Time { return time.Date(2026, 3, 2, 10, 0, 0, 0, calendar.Zone) })
	box, err := secret.NewBox(bytes.Repeat([]byte{7}, 32))
	must(err)
	rules, err := cases.NewPolicy()
	must(err)
	cal := calendar.Official()
	s := &cases.Service{
		DB: d, Box: box, Blobs: blob.Folder{Dir: t.TempDir()}, Law: &cases.Law{Cal: cal}, Policy: rules, Events: &event.Bus{},
		Catalog: &catalog.Service{DB: d}, Office: &office.Service{DB: d, Box: box, Calendar: calendar.Compiled},
		Party: &party.Service{DB: d, Box: box}, Region: "379900",
		Remedies: cases.Remedies{Reviewer: "云川市人民政府", Site: "https://example.cn", Court: "云川市望湖区人民法院", Supervisor: "督查考核科", Phone: "12345"},
	}
	pack, err := fs.Sub(sample.Yunchuan, "yunchuan")
	must(err)
	must(s.Office.LoadPackage(t.Context(), pack, "x"))
	must(s.Party.LoadPackage(t.Context(), pack, "x"))
	_, err = s.Catalog.LoadPackage(t.Context(), pack)
	must(err)

	p := &desk.Pages{Cases: s, Frame: func(r *http.Request, title string) ui.Page {
		return ui.Page{Lang: i18n.Lang(r.Context()), Title: title, Path: r.URL.Path}
	}}
	w := &window{t: t, s: s, lang: i18n.Chinese, words: &i18n.Bundle{}}
	p.Flash = func(_ context.Context, text string) { w.flash = append(w.flash, text) }
	mux := http.NewServeMux()
	for _, texts := range []fs.FS{p.Module().Texts, show.Module().Texts, s.Module().Texts, s.Party.Module().Texts, s.Catalog.Module().Texts, ui.Texts} {
		must(w.words.Add(texts))
	}
	for _, rt := range p.Module().Routes {
		mux.Handle(rt.Pattern, (&web.Server{}).Serve(rt))
	}
	w.h = http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		mux.ServeHTTP(rw, r.WithContext(i18n.With(auth.With(r.Context(), w.who), w.words, w.lang)))
	})
	w.signIn(clerk)
	return w
}

// signIn lets a member of staff act, with the rights of their roles.
func (w *window) signIn(no string) {
	w.t.Helper()
	w.read(func(tx *db.Tx) error {
		p, err := w.s.Office.StaffByNo(tx, no)
		if err != nil {
			return err
		}
		w.who, err = w.s.Office.Actor(tx, p.ID)
		w.who.ID, w.who.Kind, w.who.Staff = p.ID, auth.Staff, p.ID
		return err
	})
	for _, right := range (&desk.Pages{}).Module().Rights {
		if slices.ContainsFunc(right.Roles, w.who.Has) {
			w.who.Rights = append(w.who.Rights, right.Name)
		}
	}
	slices.Sort(w.who.Rights)
}

func (w *window) read(fn func(tx *db.Tx) error) {
	w.t.Helper()
	if err := w.s.DB.Read(w.t.Context(), fn); err != nil {
		w.t.Fatal(err)
	}
}

func (w *window) view(id int64) (v *cases.View) {
	w.t.Helper()
	w.read(func(tx *db.Tx) (err error) { v, err = w.s.View(tx, w.who, id); return err })
	return v
}

var (
	inline = regexp.MustCompile(` style=| on[a-z]+="|<script>`)
	bare   = regexp.MustCompile(`[>"]\s*(desk|cases|party|catalog|show|ui)\.[a-z_]+[a-z_.]*`)
)

// answer is what a request got: a page, or where it leads.
type answer struct {
	code int
	page string // or the address that it leads to
}

func (a answer) has(t *testing.T, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if !strings.Contains(a.page, text) {
			t.Errorf("the page (%d) lacks %q", a.code, text)
		}
	}
}

func (w *window) send(r *http.Request) answer {
	w.t.Helper()
	rec := httptest.NewRecorder()
	w.h.ServeHTTP(rec, r)
	if rec.Code == http.StatusSeeOther {
		return answer{rec.Code, rec.Header().Get("Location")}
	}
	page := rec.Body.String()
	if found := inline.FindString(page); found != "" {
		w.t.Errorf("%s %s carries %q", r.Method, r.URL.Path, found)
	}
	for _, found := range bare.FindAllString(page, -1) {
		if name := found[1:]; !strings.Contains(page, `name="`+name) && !strings.Contains(page, `"`+name+`"`) {
			w.t.Errorf("%s %s: %q has no words", r.Method, r.URL.Path, name)
		}
	}
	return answer{rec.Code, html.UnescapeString(page)}
}

func (w *window) get(path string) answer {
	w.t.Helper()
	return w.send(httptest.NewRequestWithContext(w.t.Context(), "GET", path, nil))
}

func (w *window) post(path string, form url.Values, header ...string) answer {
	w.t.Helper()
	r := httptest.NewRequestWithContext(w.t.Context(), "POST", path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for _, h := range header {
		r.Header.Set(h, "true")
	}
	return w.send(r)
}

func (w *window) upload(path, material, name string, content []byte) answer {
	w.t.Helper()
	return w.scan(path, url.Values{"material": {material}}, name, content)
}

// scan posts a form with one file.
func (w *window) scan(path string, fields url.Values, name string, content []byte) answer {
	w.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for field := range fields {
		_ = form.WriteField(field, fields.Get(field))
	}
	file, _ := form.CreateFormFile("file", name)
	_, _ = file.Write(content)
	_ = form.Close()
	r := httptest.NewRequestWithContext(w.t.Context(), "POST", path, io.NopCloser(&body))
	r.Header.Set("Content-Type", form.FormDataContentType())
	return w.send(r)
}

var pdf = []byte("%PDF-1.4\n1 0 obj <<>> endobj\ntrailer <<>>\n%%EOF\n")

// hidden reads a hidden value of a page.
func hidden(t *testing.T, page, name string) string {
	t.Helper()
	m := regexp.MustCompile(`name="` + name + `" value="([^"]*)"`).FindStringSubmatch(page)
	if m == nil {
		t.Fatalf("the page has no %s", name)
	}
	return m[1]
}

func lastNumber(t *testing.T, path string) int64 {
	t.Helper()
	n, err := strconv.ParseInt(regexp.MustCompile(`\d{6,}`).FindString(path), 10, 64)
	if err != nil {
		t.Fatalf("%s names nothing: %v", path, err)
	}
	return n
}

// enrolled registers a new person and returns the address that chooses an item.
func (w *window) enrolled() int64 {
	w.t.Helper()
	a := w.post("/desk/new/enrol", url.Values{
		"kind": {"person"}, "number": {"379901199003071233"}, "name": {"闻人晓"}, "mobile": {"13900001111"}, "division": {"379901001000"}, "address": {"湖滨街道听荷路 8 号"},
	})
	if a.code != http.StatusSeeOther {
		w.t.Fatalf("enrolling: %d %s", a.code, regexp.MustCompile(`(?s)class="errors".*?</ul>`).FindString(a.page))
	}
	return lastNumber(w.t, a.page)
}

// draft begins an application for a walk-in and returns its form filled in.
func (w *window) draft() (int64, url.Values) {
	w.t.Helper()
	return w.draftOf(item, w.enrolled())
}

func (w *window) draftOf(item string, applicant int64) (int64, url.Values) {
	w.t.Helper()
	a := w.post("/desk/new/begin", url.Values{"item": {item}, "party": {strconv.FormatInt(applicant, 10)}})
	if a.code != http.StatusSeeOther {
		w.t.Fatalf("beginning: %d", a.code)
	}
	id := lastNumber(w.t, a.page)
	page := w.get(a.page).page
	form := url.Values{"act": {"receive"}, "_key": {hidden(w.t, page, "_key")}, "delivery.way": {"window"}}
	w.read(func(tx *db.Tx) error {
		d, it, err := w.s.DraftOf(tx, w.who, id)
		if err != nil {
			return err
		}
		answers := map[string]string{}
		for _, q := range it.Situations {
			answers[q.ID] = q.Options[0].Value
			form.Set("answer."+q.ID, q.Options[0].Value)
		}
		need := it.Resolve(answers)
		for _, f := range need.Fields {
			form.Add("shown", f.Key)
			v := d.Form[f.Key]
			if v == "" || f.Check(f.Clean(v)) != "" {
				v = f.Example()
			}
			form["form."+f.Key] = catalog.Values(v)
			if f.Type != catalog.FieldMulti {
				form.Set("form."+f.Key, v)
			}
		}
		for _, m := range need.Materials {
			form.Add("papers", m.ID)
			form.Add("paper", m.ID)
		}
		return nil
	})
	return id, form
}

// received is an application with every paper on the counter.
func (w *window) received() int64 {
	w.t.Helper()
	id, form := w.draft()
	a := w.post("/desk/new/draft/"+strconv.FormatInt(id, 10), form)
	if a.code != http.StatusSeeOther {
		w.t.Fatalf("receiving: %d %s", a.code, regexp.MustCompile(`(?s)class="errors".*?</ul>`).FindString(a.page))
	}
	return lastNumber(w.t, a.page)
}

func path(id int64, more ...string) string {
	return "/desk/" + strconv.FormatInt(id, 10) + strings.Join(more, "")
}

// checklist is the form of the receiving desk with one verdict for everything.
func (w *window) checklist(id int64, verdict cases.Verdict) url.Values {
	w.t.Helper()
	page := w.get(path(id)).page
	form := url.Values{"_key": {hidden(w.t, page, "_key")}, "version": {hidden(w.t, page, "version")}}
	for _, m := range w.view(id).Materials {
		form.Add("materials", m.Key)
		form.Set("verdict."+m.Key, string(verdict))
	}
	w.reload(id, form)
	return form
}

// reload is the checklist as the page shows it now, with what was typed.
func (w *window) reload(id int64, form url.Values) {
	w.t.Helper()
	form.Set("version", hidden(w.t, w.get(path(id)).page, "version"))
	for _, m := range w.view(id).Materials {
		form.Set("seen."+m.Key, strconv.FormatInt(m.Found, 10))
	}
}

// TestFromTheCounterToAcceptance takes somebody who walks in from nothing to an
// accepted application.
func TestFromTheCounterToAcceptance(t *testing.T) {
	each(t, func(t *testing.T, w *window) {
		a := w.post("/desk/new/find", url.Values{"kind": {"person"}, "number": {"379901199003071233"}})
		a.has(t, "第一次来，请登记", `value="379901199003071233"`, "湖滨街道")
		w.get("/desk/new/item?party="+strconv.FormatInt(w.enrolled(), 10)+"&q="+url.QueryEscape("开饭店")).has(t, "食品经营许可", "闻人晓", "379***********1233")
		a = w.post("/desk/new/find", url.Values{"kind": {"person"}, "number": {"379901 19900307 1233"}})
		if a.code != http.StatusSeeOther || !strings.HasPrefix(a.page, "/desk/new/item?party=") {
			t.Errorf("the number is known now: %d", a.code)
		}
		id := w.received()
		v := w.view(id)
		if v.State() != cases.StateReceived || v.Channel != cases.Window || len(v.Matter.Lacking) != 0 || v.Materials[0].Source != cases.SourcePaper {
			t.Errorf("received: %s by %s, lacking %v", v.State(), v.Channel, v.Matter.Lacking)
		}
		w.get("/desk").has(t, v.No, "核对材料", "剩 5 天", path(id))
		w.get(path(id)).has(t, "一次告知期限", "剩 5 个工作日", "纸质，窗口已收", `aria-describedby="why-1"`, "没有看，看完才能告知或受理", "F8", "F9", "受理标准")
		a = w.post(path(id, "/accept"), w.checklist(id, cases.Pass))
		if a.code != http.StatusSeeOther {
			t.Fatalf("accepting: %d", a.code)
		}
		if v := w.view(id); v.State() != cases.StateAccepted && v.State() != cases.StateReviewing {
			t.Errorf("accepted: %s", v.State())
		}
		w.get(a.page).has(t, "受理通知书", "/papers/", "打印受理通知书")
		w.get("/desk/find?q="+v.No).has(t, v.No, path(id))
		w.get("/desk").has(t, "没有等您受理的件")
	})
}

// TestNoticeAndCorrection gives the one notice and takes in the correction.
func TestNoticeAndCorrection(t *testing.T) {
	each(t, func(t *testing.T, w *window) {
		id := w.received()
		form := w.checklist(id, cases.Pass)
		form.Set("verdict.m4", string(cases.Correct))
		a := w.post(path(id, "/notify"), form)
		if a.code != http.StatusUnprocessableEntity {
			t.Errorf("a correction without its reason: %d", a.code)
		}
		a.has(t, "请写明理由", `href="#verdict-m4"`, "有 1 份选了补正，还没有写理由")
		form.Set("reason.m4", "没有标出洗手池的位置")
		form.Set("by", "2026-02-01")
		w.post(path(id, "/notify"), form).has(t, "请填今天以后的日期", `value="没有标出洗手池的位置"`, `value="2026-02-01"`)
		form.Set("by", "2026-03-20")
		page := w.get(path(id)).page
		w.reload(id, form)
		if !strings.Contains(page, "还有 1 份要补正，暂不能受理") || !strings.Contains(page, "没有标出洗手池的位置") {
			t.Error("the page does not say what is wanting")
		}
		asked := w.post(path(id, "/notify"), form)
		asked.has(t, "补正材料一次性告知书", "没有标出洗手池的位置", "2026年3月20日", "只能告知一次", `name="sure" value="yes"`)
		if got := w.view(id).State(); asked.code != http.StatusOK || got != cases.StateReceived {
			t.Fatalf("the notice went out before it was read: %d, %s", asked.code, got)
		}
		form.Set("sure", "yes")
		w.reload(id, form)
		for range 2 { // the double click
			if a = w.post(path(id, "/notify"), form); a.code != http.StatusSeeOther {
				t.Fatalf("notifying: %d %s", a.code, a.page)
			}
		}
		v := w.view(id)
		if v.State() != cases.StateCorrecting || len(v.Documents) != 2 {
			t.Fatalf("notified: %s, %d papers", v.State(), len(v.Documents))
		}
		w.get(path(id)).has(t, "等申请人补正", "收下补正材料", "没有标出洗手池的位置")
		w.get("/desk/correcting").has(t, v.No, "等申请人补正")
		correct := func() url.Values {
			page := w.get(path(id)).page
			return url.Values{"_key": {hidden(t, page, "_key")}, "version": {hidden(t, page, "version")}}
		}
		if a = w.post(path(id, "/correct"), correct()); a.code != http.StatusUnprocessableEntity {
			t.Errorf("nothing came: %d", a.code)
		}
		if a = w.upload(path(id, "/materials"), "m4", "图.txt", []byte("text")); a.code != http.StatusUnprocessableEntity {
			t.Errorf("a file that cannot be read: %d", a.code)
		}
		if a = w.upload(path(id, "/materials"), "m4", "布局图.pdf", pdf); a.code != http.StatusSeeOther {
			t.Errorf("a scan: %d", a.code)
		}
		w.get(path(id)).has(t, "布局图.pdf")
		if a = w.post(path(id, "/correct"), correct()); a.code != http.StatusSeeOther {
			t.Fatalf("correcting: %d", a.code)
		}
		w.get(path(id)).has(t, "补正已交")
		if strings.Contains(w.get(path(id)).page, "act-notify") {
			t.Error("notifying again is offered before anything is found lacking again")
		}
		still := w.checklist(id, cases.Pass)
		still.Set("verdict.m4", string(cases.Correct))
		still.Set("reason.m4", "洗手池仍没有标")
		w.post(path(id, "/judge"), still)
		if !strings.Contains(w.get(path(id)).page, "act-notify") {
			t.Error("what came as the correction and does not do cannot be told again")
		}
		// The law lets the window tell again only what the first notice named.
		still = w.checklist(id, cases.Pass)
		still.Set("verdict.m1", string(cases.Correct))
		still.Set("reason.m1", "还要改")
		w.post(path(id, "/judge"), still)
		fresh := w.get(path(id))
		fresh.has(t, "再次告知只能列第一次告知过、仍没有补正的材料")
		if strings.Contains(fresh.page, "act-notify") {
			t.Error("notifying again is offered where the law forbids it")
		}
	})
}

// TestFindingsRowByRow is the same with scripts: one row at a time, and what
// follows from it.
func TestFindingsRowByRow(t *testing.T) {
	each(t, func(t *testing.T, w *window) {
		id, form := w.draft()
		form["paper"] = form["paper"][1:] // the first has not come
		missing := form["papers"][0]
		id = lastNumber(t, w.post("/desk/new/draft/"+strconv.FormatInt(id, 10), form).page)
		row := func(key string, set ...string) answer {
			list := w.checklist(id, "")
			list.Set("only", key)
			for i := 0; i+1 < len(set); i += 2 {
				list.Set(set[i]+"."+key, set[i+1])
			}
			return w.post(path(id, "/judge"), list, "HX-Request")
		}
		a := row(missing, "verdict", "pass")
		if a.code != http.StatusUnprocessableEntity {
			t.Errorf("passing what has not come: %d", a.code)
		}
		a.has(t, "还没有收到这份材料", `id="say-`+missing+`"`, `id="acts"`)
		if strings.Contains(a.page, "<html") || strings.Contains(a.page, `type="radio"`) {
			t.Error("the answer draws the list again and takes the focus away")
		}
		if a = row(missing, "verdict", "pass", "paper", "yes"); a.code != http.StatusOK {
			t.Errorf("it came on paper just now: %d", a.code)
		}
		a.has(t, "纸质，窗口已收", "已看 1 份")
		row("m4", "verdict", "pass")
		if a = row("m4", "verdict", "correct"); a.code != http.StatusOK || w.verdict(id, "m4") != cases.Unjudged {
			t.Errorf("a correction that lacks its reason counts as %q (%d)", w.verdict(id, "m4"), a.code)
		}
		row("m4", "verdict", "correct", "reason", "没有标出洗手池").has(t, "一次性告知书", "没有标出洗手池", "1 处")
		if got := w.verdict(id, "m4"); got != cases.Correct {
			t.Errorf("m4 is %q", got)
		}
		w.get(path(id, "/original?m=m4")).has(t, "受理标准")
	})
}

func (w *window) verdict(id int64, key string) cases.Verdict {
	for _, m := range w.view(id).Materials {
		if m.Key == key {
			return m.Verdict
		}
	}
	return "?"
}

// TestStalePageIsTold: somebody else accepted; the clerk's words are kept.
func TestStalePageIsTold(t *testing.T) {
	each(t, func(t *testing.T, w *window) {
		id := w.received()
		mine, theirs := w.checklist(id, cases.Pass), w.checklist(id, cases.Pass)
		if a := w.post(path(id, "/accept"), theirs); a.code != http.StatusSeeOther {
			t.Fatalf("the other clerk: %d", a.code)
		}
		mine.Set("verdict.m4", string(cases.Correct))
		mine.Set("reason.m4", "还差一张图")
		a := w.post(path(id, "/notify"), mine)
		if a.code != http.StatusPreconditionFailed {
			t.Errorf("stale: %d", a.code)
		}
		a.has(t, "这件办件刚刚有了变化", "还差一张图", "受理通知书")
		mine.Set("only", "m4")
		if a = w.post(path(id, "/judge"), mine, "HX-Request"); a.code != http.StatusConflict {
			t.Errorf("stale, row by row: %d", a.code)
		}
		a.has(t, "刚刚有了变化")
	})
}

func TestWrongApplicants(t *testing.T) {
	each(t, func(t *testing.T, w *window) {
		for _, test := range []struct {
			name string
			form url.Values
			says string
		}{
			{"no number", url.Values{"kind": {"person"}}, "请填证件号码"},
			{"a digit is wrong", url.Values{"kind": {"person"}, "number": {"379901199003071238"}}, w.words.Text("zh", "party.id_check")},
			{"too short", url.Values{"kind": {"person"}, "number": {"37990119900307"}}, w.words.Text("zh", "party.id_length")},
		} {
			a := w.post("/desk/new/find", test.form)
			if a.code != http.StatusUnprocessableEntity {
				t.Errorf("%s: %d", test.name, a.code)
			}
			a.has(t, test.says, `href="#number"`, `value="`+test.form.Get("number")+`"`)
		}
		// Somebody registered the number online by declaration: the window hears of it.
		var stranger party.Party
		if _, err := w.s.Party.Register(t.Context(), auth.Actor{}, party.Registration{
			Name: "林见鹿", Number: "11010519491231002X", Mobile: "15400090001", Password: "yunchuan-2026",
		}); err != nil {
			t.Fatal(err)
		}
		if err := w.s.DB.Read(t.Context(), func(tx *db.Tx) (err error) {
			stranger, err = w.s.Party.FindByNumber(tx, "11010519491231002X")
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.s.Begin(t.Context(), auth.Actor{ID: 77, Kind: auth.Applicant, Party: stranger.ID}, "temporary-relief", 0); err != nil {
			t.Fatal(err)
		}
		seen := url.Values{"kind": {"person"}, "number": {"11010519491231002X"}, "name": {"林见鹿"}, "mobile": {"15400090009"}}
		for range 2 { // the second time there is nothing to tell
			if a := w.post("/desk/new/enrol", seen); a.code != http.StatusSeeOther {
				t.Errorf("identified at the window: %d", a.code)
			}
		}
		if len(w.flash) != 1 || !strings.Contains(w.flash[0], "账号已经停用") || !strings.Contains(w.flash[0], "申请 0 件、草稿 1 份") {
			t.Errorf("told: %q", w.flash)
		}
		weak := url.Values{"kind": {"organization"}, "number": {"91379901MA3C0KQ10A"}, "name": {"听荷小馆"}}
		w.post("/desk/new/find", weak).has(t, "末位对不上", `name="override"`)
		if a := w.post("/desk/new/enrol", weak); a.code != http.StatusUnprocessableEntity {
			t.Errorf("a weak code without a reason: %d", a.code)
		}
		weak.Set("override", "执照原件如此，已与登记机关核实")
		if a := w.post("/desk/new/enrol", weak); a.code != http.StatusSeeOther {
			t.Errorf("a weak code with a reason: %d", a.code)
		}
		weak.Set("name", "另一家小馆")
		if a := w.post("/desk/new/enrol", weak); a.code != http.StatusConflict {
			t.Errorf("a known number under another name: %d", a.code)
		}
	})
}

func TestIncompleteDraftKeepsWhatWasTyped(t *testing.T) {
	each(t, func(t *testing.T, w *window) {
		id, form := w.draft()
		at := "/desk/new/draft/" + strconv.FormatInt(id, 10)
		form.Set("form."+form["shown"][0], "")
		form.Set("delivery.way", "courier")
		form.Set("delivery.name", "闻人晓")
		a := w.post(at, form)
		if a.code != http.StatusUnprocessableEntity {
			t.Fatalf("incomplete: %d", a.code)
		}
		a.has(t, "请改好这几处", `href="#delivery.phone"`, `value="闻人晓"`)
		if a = w.post(at, form, "X-Autosave"); a.code != http.StatusNoContent {
			t.Errorf("autosave: %d", a.code)
		}
		if a = w.upload(at+"/materials", "m4", "图.pdf", pdf); a.code != http.StatusSeeOther {
			t.Errorf("a scan: %d", a.code)
		}
		w.get(at).has(t, "图.pdf", `value="闻人晓"`)
		w.get("/desk/drafts").has(t, at, "闻人晓")
	})
}

func TestRefuseAndWithdraw(t *testing.T) {
	each(t, func(t *testing.T, w *window) {
		id := w.received()
		form := url.Values{"version": {hidden(t, w.get(path(id, "/refuse")).page, "version")}, "ground": {"not_competent"}, "reason": {"应由省级部门办理"}}
		a := w.post(path(id, "/refuse"), form)
		if a.code != http.StatusUnprocessableEntity {
			t.Errorf("without the competent agency: %d", a.code)
		}
		a.has(t, "请写明应当向哪个机关申请", "应由省级部门办理")
		form.Set("agency", "省市场监督管理局")
		a = w.post(path(id, "/refuse"), form)
		a.has(t, "作出不予受理决定？", "不决定，回去核对")
		form.Set("sure", "yes")
		form.Set("_key", hidden(t, a.page, "_key"))
		for range 2 {
			if a = w.post(path(id, "/refuse"), form); a.code != http.StatusSeeOther {
				t.Fatalf("refusing: %d", a.code)
			}
		}
		if s := w.view(id).State(); s != cases.StateNotAccepted {
			t.Errorf("refused: %s", s)
		}
		w.get(path(id)).has(t, "不予受理决定书")

		other := w.received()
		page := w.get(path(other, "/withdraw")).page
		form = url.Values{"_key": {hidden(t, page, "_key")}, "version": {hidden(t, page, "version")}}
		if a := w.post(path(other, "/withdraw"), form); a.code != http.StatusUnprocessableEntity {
			t.Errorf("nobody signed: %d", a.code)
		}
		form.Set("reason", "不开店了")
		send := func(name string, content []byte) answer { return w.scan(path(other, "/withdraw"), form, name, content) }
		if a := send("撤回申请书.pdf", nil); a.code != http.StatusUnprocessableEntity || w.view(other).State() != cases.StateReceived {
			t.Errorf("an empty scan: %d", a.code)
		}
		a = send("程序.pdf", []byte("MZ not a paper"))
		if a.has(t, "不开店了", "文件名和内容要一致"); a.code != http.StatusUnprocessableEntity {
			t.Errorf("no paper: %d", a.code)
		}
		for range 2 { // pressed twice
			if a := send("撤回申请书.pdf", pdf); a.code != http.StatusSeeOther || w.view(other).State() != cases.StateWithdrawn {
				t.Errorf("withdrawing: %d %s", a.code, w.view(other).State())
			}
		}
		if n := len(w.view(other).Scans); n != 1 {
			t.Errorf("%d scans are kept, want 1", n)
		}
		w.get(path(other)).has(t, "撤回申请书（签字扫描件）")
		w.verify()
	})
}

// verify replays the ledger.
func (w *window) verify() {
	w.t.Helper()
	w.read(func(tx *db.Tx) error { return w.s.Verify(tx, func(string, int) {}) })
}

// TestTheWindowSaysWhereSomebodyLives: without it no township can have the case;
// what was declared may be corrected until the case is accepted, and that is kept.
func TestTheWindowSaysWhereSomebodyLives(t *testing.T) {
	each(t, func(t *testing.T, w *window) {
		a := w.post("/desk/new/enrol", url.Values{"kind": {"person"}, "number": {"11010519491231002X"}, "name": {"林见鹿"}})
		id, form := w.draftOf("temporary-relief", lastNumber(t, a.page))
		id = lastNumber(t, w.post("/desk/new/draft/"+strconv.FormatInt(id, 10), form).page)
		list := w.checklist(id, cases.Pass)
		a = w.post(path(id, "/accept"), list)
		if a.code != http.StatusUnprocessableEntity {
			t.Fatalf("accepted for no township: %d", a.code)
		}
		a.has(t, "还没有选居住地", `href="#place"`, "湖滨街道")
		for _, c := range []struct {
			place string
			code  int
		}{
			{"", http.StatusUnprocessableEntity}, {"379999999999", http.StatusUnprocessableEntity},
			{"379901002000", http.StatusSeeOther}, {"379901001001", http.StatusSeeOther},
		} {
			page := w.get(path(id)).page
			form := url.Values{"_key": {hidden(t, page, "_key") + c.place}, "version": {hidden(t, page, "version")}, "place": {c.place}}
			if a := w.post(path(id, "/place"), form); a.code != c.code {
				t.Errorf("place %q: %d, want %d", c.place, a.code, c.code)
			}
		}
		w.get(path(id)).has(t, "窗口更正居住地", "望湖区湖滨街道听荷社区")
		w.verify()
		if a := w.post(path(id, "/accept"), w.checklist(id, cases.Pass)); a.code != http.StatusSeeOther {
			t.Fatalf("accepting: %d %s", a.code, regexp.MustCompile(`(?s)class="errors".*?</ul>`).FindString(a.page))
		}
		page := w.get(path(id)).page
		moved := url.Values{"version": {strconv.FormatInt(w.view(id).Version, 10)}, "place": {"379901002000"}}
		if a := w.post(path(id, "/place"), moved); a.code != http.StatusConflict || strings.Contains(page, `name="place"`) {
			t.Errorf("moved after acceptance: %d", a.code)
		}
		w.verify()
		if err := w.s.DB.Write(t.Context(), func(tx *db.Tx) error {
			return tx.ExecOne(`UPDATE cases SET division = $1 WHERE id = $2`, "379901002000", id)
		}); err != nil {
			t.Fatal(err)
		}
		if err := w.s.DB.Read(t.Context(), func(tx *db.Tx) error { return w.s.Verify(tx, func(string, int) {}) }); err == nil {
			t.Error("a place that was changed behind the ledger is not found")
		}
	})
}

func TestOthersMayNot(t *testing.T) {
	each(t, func(t *testing.T, w *window) {
		id := w.received()
		form := w.checklist(id, cases.Pass)
		w.signIn(reviewer)
		for _, at := range []string{"/desk", "/desk/new", "/desk/find", path(id)} {
			if a := w.get(at); a.code != http.StatusForbidden {
				t.Errorf("a reviewer at %s: %d", at, a.code)
			}
		}
		if a := w.post(path(id, "/accept"), form); a.code != http.StatusForbidden {
			t.Errorf("a reviewer accepts: %d", a.code)
		}
		w.who.Roles, w.who.Rights = []string{"guide"}, []string{desk.Look}
		a := w.get(path(id))
		if a.code != http.StatusOK || strings.Contains(a.page, `formaction=`) {
			t.Errorf("a guide may look and not act: %d", a.code)
		}
		if a := w.post(path(id, "/accept"), form); a.code != http.StatusForbidden {
			t.Errorf("a guide accepts: %d", a.code)
		}
	})
}

// TestEverythingSpeaksEnglish opens each page in English.
func TestEverythingSpeaksEnglish(t *testing.T) {
	each(t, func(t *testing.T, w *window) {
		id := w.received()
		for _, lang := range i18n.Languages() {
			w.lang = lang
			for _, at := range []string{
				"/desk", "/desk?light=blue", "/desk/correcting", "/desk/drafts", "/desk/all", "/desk/find", "/desk/new", path(id), path(id, "?done=receive"),
				path(id, "/refuse"), path(id, "/withdraw"),
			} {
				if a := w.get(at); a.code != http.StatusOK {
					t.Errorf("%s in %s: %d", at, lang, a.code)
				}
			}
		}
		zh, en := w.words.Keys(i18n.Chinese), w.words.Keys(i18n.English)
		for _, key := range zh {
			if strings.HasPrefix(key, "desk.") && !slices.Contains(en, key) {
				t.Errorf("%s has no English", key)
			}
		}
	})
}

// TestPromisedPaperComesLater accepts without a paper that may come later (容缺)
// and takes it in when it is brought.
func TestPromisedPaperComesLater(t *testing.T) {
	each(t, func(t *testing.T, w *window) {
		id, form := w.draft()
		form["paper"] = slices.DeleteFunc(form["paper"], func(m string) bool { return m == "m4" })
		id = lastNumber(t, w.post("/desk/new/draft/"+strconv.FormatInt(id, 10), form).page)
		list := w.checklist(id, cases.Pass)
		list.Set("verdict.m1", string(cases.Tolerate))
		a := w.post(path(id, "/accept"), list)
		if a.code != http.StatusUnprocessableEntity {
			t.Errorf("a paper that may not come later: %d", a.code)
		}
		a.has(t, "这份材料不能容缺")
		list.Set("verdict.m1", string(cases.Pass))
		list.Set("verdict.m4", string(cases.Tolerate))
		a = w.post(path(id, "/judge"), list)
		w.get(path(id)).has(t, "受理后 10 个工作日内补齐；到期未补，不能准予", "m4")
		w.reload(id, list)
		if a = w.post(path(id, "/accept"), list); a.code != http.StatusUnprocessableEntity {
			t.Fatalf("accepting without the applicant's promise: %d", a.code)
		}
		a.has(t, "容缺承诺", `href="#promised"`, "申请人签过字的承诺书")
		w.get(path(id, "/promise")).has(t, "容缺受理告知承诺书", "个工作日内补交", "不能作出准予决定", "申请人（签字）")
		scan := url.Values{"material": {cases.ScanPromise}, "promises": {"m4"}}
		if a = w.scan(path(id, "/materials"), scan, "承诺书.exe", []byte("MZ not a paper")); a.code != http.StatusUnprocessableEntity {
			t.Errorf("no paper: %d", a.code)
		}
		a.has(t, `href="#promised"`)
		if a = w.scan(path(id, "/materials"), scan, "承诺书.pdf", pdf); a.code != http.StatusSeeOther {
			t.Fatalf("keeping the signed promise: %d", a.code)
		}
		w.get(path(id)).has(t, "容缺承诺书（签字扫描件）")
		w.reload(id, list)
		if a = w.post(path(id, "/accept"), list); a.code != http.StatusSeeOther {
			t.Fatalf("accepting: %d", a.code)
		}
		w.verify()
		page := w.get(path(id)).page
		if !strings.Contains(page, "容缺受理告知承诺书") {
			t.Error("the promise is no paper of the case")
		}
		if !strings.Contains(page, "容缺待补的材料") {
			t.Error("the page does not say what is owed")
		}
		owed := url.Values{"_key": {hidden(t, page, "_key")}, "version": {hidden(t, page, "version")}, "material": {"m4"}}
		if a = w.post(path(id, "/supply"), owed); a.code != http.StatusUnprocessableEntity {
			t.Errorf("nothing came: %d", a.code)
		}
		owed.Set("paper", "yes")
		owed.Set("_key", "another")
		if a = w.post(path(id, "/supply"), owed); a.code != http.StatusSeeOther {
			t.Fatalf("it came on paper: %d", a.code)
		}
		if page := w.get(path(id)).page; strings.Contains(page, "容缺待补的材料") {
			t.Error("what came is still owed")
		}
	})
}

// TestWhatCameLaterIsOnAList: what an applicant sends of what they promised stands
// on the window's list until the window has looked at it, and then no 容缺 stands
// at the case.
func TestWhatCameLaterIsOnAList(t *testing.T) {
	each(t, func(t *testing.T, w *window) {
		id, form := w.draft()
		form["paper"] = slices.DeleteFunc(form["paper"], func(m string) bool { return m == "m4" })
		id = lastNumber(t, w.post("/desk/new/draft/"+strconv.FormatInt(id, 10), form).page)
		list := w.checklist(id, cases.Pass)
		list.Set("verdict.m4", string(cases.Tolerate))
		w.post(path(id, "/judge"), list)
		if a := w.scan(path(id, "/materials"), url.Values{"material": {cases.ScanPromise}, "promises": {"m4"}}, "承诺书.pdf", pdf); a.code != http.StatusSeeOther {
			t.Fatalf("keeping the signed promise: %d", a.code)
		}
		w.reload(id, list)
		if a := w.post(path(id, "/accept"), list); a.code != http.StatusSeeOther {
			t.Fatalf("accepting: %d", a.code)
		}
		no := w.view(id).No
		if strings.Contains(w.get("/desk").page, no) || strings.Contains(w.get("/desk/came").page, no) {
			t.Error("nothing has come, and it is on a list")
		}
		if a := w.upload(path(id, "/materials"), "m4", "制度.pdf", pdf); a.code != http.StatusSeeOther {
			t.Fatalf("uploading: %d", a.code)
		}
		v := w.view(id)
		applicant := auth.Actor{ID: v.Party, Kind: auth.Applicant, Party: v.Party, Name: v.PartyName}
		if _, err := w.s.Supply(t.Context(), applicant, cases.On{Case: id}, "m4", false); err != nil {
			t.Fatal(err)
		}
		w.get("/desk").has(t, "待核对补齐", no, ">容缺<")
		w.get("/desk/came").has(t, no)
		page := w.get(path(id)).page
		if !strings.Contains(page, "待核对。核对后按") {
			t.Error("the case does not say that it came")
		}
		owed := url.Values{"_key": {hidden(t, page, "_key")}, "version": {hidden(t, page, "version")}, "material": {"m4"}}
		if a := w.post(path(id, "/supply"), owed); a.code != http.StatusSeeOther {
			t.Fatalf("confirming: %d", a.code)
		}
		if strings.Contains(w.get("/desk/came").page, no) {
			t.Error("what was looked at is still on the list")
		}
		if strings.Contains(w.get(path(id)).page, ">容缺<") || strings.Contains(w.get("/desk/all").page, ">容缺<") {
			t.Error("nothing is owed, and 容缺 stands at the case")
		}
	})
}

// elements publishes the item with other legal elements: one officer proposes them,
// another approves.
func (w *window) elements(l catalog.Legal) {
	w.t.Helper()
	rights := []string{catalog.Keep, catalog.Review}
	one, other := auth.Actor{ID: 1, Staff: 1, Kind: auth.Staff, Rights: rights}, auth.Actor{ID: 2, Staff: 2, Kind: auth.Staff, Rights: rights}
	c, err := w.s.Catalog.ProposeLegal(w.t.Context(), one, item, 1, l)
	if err == nil {
		c, err = w.s.Catalog.Submit(w.t.Context(), one, c.ID, c.Lock, "登记法定要素")
	}
	if err == nil {
		_, err = w.s.Catalog.Approve(w.t.Context(), other, c.ID, c.Lock, calendar.DateOf(w.s.DB.Now()), "")
	}
	if err != nil {
		w.t.Fatal(err)
	}
}

// TestABanIsSeenAtTheWindow: which case began it and until when, why the case cannot be accepted, and the ground to
// refuse it on (Art. 78).
func TestABanIsSeenAtTheWindow(t *testing.T) {
	each(t, func(t *testing.T, w *window) {
		w.elements(catalog.Legal{Safety: true})
		first := w.received()
		if page := w.get(path(first, "/refuse")); strings.Contains(page.page, `value="banned"`) {
			t.Error("a ban that does not run is offered as a ground")
		}
		if _, err := w.s.NotAccept(t.Context(), w.who, cases.On{Case: first}, cases.GroundFalseMaterials, "租赁合同系伪造", "", ""); err != nil {
			t.Fatal(err)
		}
		again := w.received()
		a := w.post(path(again, "/judge"), w.checklist(again, cases.Pass))
		if a.code != http.StatusOK && a.code != http.StatusSeeOther {
			t.Fatalf("judged: %d", a.code)
		}
		no := w.view(first).No
		w.get(path(again)).has(t, "不得再次申请，至", no, path(first), "第七十八条")
		page := w.get(path(again, "/refuse"))
		page.has(t, `value="banned"`)
		form := url.Values{
			"version": {hidden(t, page.page, "version")}, "ground": {"banned"}, "reason": {"处于不得再次申请的期间"}, "sure": {"yes"}, "_key": {"k"},
		}
		if a := w.post(path(again, "/refuse"), form); a.code != http.StatusSeeOther {
			t.Errorf("refused: %d %s", a.code, a.page)
		}
		if s := w.view(again).State(); s != cases.StateNotAccepted {
			t.Errorf("it stands at %s", s)
		}
	})
}
