package certificate_test

import (
	"bytes"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"onedoor.app/domain/certificate"
	"onedoor.app/engine/calendar"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/db/dbtest"
	"onedoor.app/infra/i18n"
	"onedoor.app/infra/web"
	"onedoor.app/ui"
)

// site serves the pages of w.
type site struct {
	*world
	words *i18n.Bundle
	mux   *http.ServeMux
}

// serve opens the pages on SQLite: they hold no SQL of their own.
func serve(t *testing.T) *site {
	t.Helper()
	s := &site{world: open(t, dbtest.Open(t, filepath.Join(t.TempDir(), "test.db"), schemas)), words: &i18n.Bundle{}, mux: http.NewServeMux()}
	s.Frame = func(r *http.Request, title string) ui.Page {
		lang := i18n.Lang(r.Context())
		return ui.Page{Lang: lang, Title: title, Path: r.URL.RequestURI(), Hotline: "12345",
			T: func(key string, args ...any) string { return s.words.Text(lang, key, args...) }}
	}
	m := s.Module()
	if err := s.words.Add(m.Texts); err != nil {
		t.Fatal(err)
	}
	if err := s.words.Add(ui.Texts); err != nil {
		t.Fatal(err)
	}
	for _, rt := range m.Routes {
		s.mux.Handle(rt.Pattern, (&web.Server{}).Serve(rt))
	}
	return s
}

// do sends a request as who in Chinese and returns status, header and body.
func (s *site) do(t *testing.T, who auth.Actor, r *http.Request) (int, http.Header, string) {
	t.Helper()
	rec := httptest.NewRecorder()
	s.mux.ServeHTTP(rec, r.WithContext(i18n.With(auth.With(t.Context(), who), s.words, i18n.Chinese)))
	body := rec.Body.String()
	if strings.Contains(body, "certificate.") && strings.Contains(rec.Header().Get("Content-Type"), "html") {
		t.Errorf("%s shows a text key", r.URL)
	}
	return rec.Code, rec.Header(), body
}

func (s *site) get(t *testing.T, who auth.Actor, path string) (int, string) {
	t.Helper()
	code, _, body := s.do(t, who, httptest.NewRequest(http.MethodGet, path, nil))
	return code, body
}

func (s *site) post(t *testing.T, who auth.Actor, path string, form url.Values) (int, http.Header, string) {
	t.Helper()
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return s.do(t, who, r)
}

// upload sends a file to be compared.
func (s *site) upload(t *testing.T, data []byte) (int, string) {
	t.Helper()
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	part, err := form.CreateFormFile("file", "证照.pdf")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := part.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := form.Close(); err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, "/verify/file", io.Reader(&b))
	r.Header.Set("Content-Type", form.FormDataContentType())
	code, _, body := s.do(t, auth.Actor{}, r)
	return code, body
}

func rights(who auth.Actor, names ...string) auth.Actor {
	who.Rights = names
	return who
}

func holds(t *testing.T, what, body string, yes, no []string) {
	t.Helper()
	for _, want := range yes {
		if !strings.Contains(body, want) {
			t.Errorf("%s lacks %q", what, want)
		}
	}
	for _, never := range no {
		if strings.Contains(body, never) {
			t.Errorf("%s shows %q", what, never)
		}
	}
}

func TestThePublicPages(t *testing.T) {
	t.Parallel()
	s := serve(t)
	c := s.make(t, 1)
	personal := []string{"周叙白", "15400020001"}
	for _, path := range []string{"/verify/" + c.Token, "/verify?number=" + c.Number, "/verify?number=+" + strings.ToLower(c.Number), "/verify?number=" + c.Identifier} {
		code, body := s.get(t, auth.Actor{}, path)
		if code != http.StatusOK {
			t.Errorf("%s: %d", path, code)
		}
		holds(t, path, body, []string{"真实，有效", "2031年10月15日前有效", "周*白", holderNumber, "测试", "内容未改动", "登记在册", "未注销"}, personal)
	}
	for path, want := range map[string]struct {
		code int
		text string
	}{
		"/verify":                                    {200, "查验证照"},
		"/verify/AAAAAAAAAAAAAAAAAAAAAAAAAA":         {404, "没有查到"},
		"/verify?number=" + mistyped(c.Number):       {422, "有一位输错了"},
		"/verify?number=" + url.QueryEscape("<b>食品"): {422, "&lt;b&gt;"},
	} {
		code, body := s.get(t, auth.Actor{}, path)
		if code != want.code || !strings.Contains(body, want.text) {
			t.Errorf("%s: %d", path, code)
		}
		holds(t, path, body, nil, append(personal, "<b>食品"))
	}
	s.spoil(t, s.again(t, c.Party, c.ID).File)
	_, body := s.get(t, auth.Actor{}, "/verify/"+c.Token)
	holds(t, "a spoiled one", body, []string{"不能确认", "内容有改动"}, append(personal, "真实，有效"))
}

func TestComparingAFile(t *testing.T) {
	t.Parallel()
	s := serve(t)
	c := s.make(t, 1)
	pdf := s.file(t, c.ID)
	if code, body := s.upload(t, pdf); code != 200 || !strings.Contains(body, "文件没有改动") {
		t.Errorf("the file itself: %d", code)
	}
	if code, body := s.upload(t, append(pdf, ' ')); code != 404 || !strings.Contains(body, "不能确认") {
		t.Errorf("a changed file: %d", code)
	}
	if code, body := s.upload(t, nil); code != 422 || !strings.Contains(body, "没有收到文件") {
		t.Errorf("an empty file: %d", code)
	}
	if code, _ := s.upload(t, make([]byte, 21<<20)); code != http.StatusRequestEntityTooLarge {
		t.Errorf("21 MB: %d", code)
	}
	code, _, body := s.post(t, auth.Actor{}, "/verify/file", url.Values{"file": {"x"}})
	if code != 422 || !strings.Contains(body, "没有收到文件") {
		t.Errorf("no upload at all: %d", code)
	}
}

func TestAFloodOfNumbersIsSlowedDown(t *testing.T) {
	t.Parallel()
	s := serve(t)
	last := 0
	for range 60 {
		last, _ = s.get(t, auth.Actor{}, "/verify?number=1")
	}
	if last != http.StatusTooManyRequests {
		t.Errorf("the sixtieth question: %d", last)
	}
	if code, _ := s.get(t, auth.Actor{}, "/verify/AAAA"); code != 404 {
		t.Errorf("a code scanned meanwhile: %d", code)
	}
}

func TestTheIssuersPages(t *testing.T) {
	t.Parallel()
	s := serve(t)
	who := rights(issuer, certificate.RightMake, certificate.RightOpen)
	if code, body := s.get(t, who, "/issue"); code != 200 || !strings.Contains(body, "没有等您制证的件") {
		t.Errorf("an empty queue: %d", code)
	}
	s.granted(t, 1, "CT-ROAD", "见证面", "云川远帆物流有限公司")
	if code, body := s.get(t, who, "/issue"); code != 200 || !strings.Contains(body, `href="/issue/1"`) {
		t.Errorf("the queue: %d", code)
	}
	if len(s.saw) != 0 {
		t.Errorf("the queue shows what is printed: %v", s.saw)
	}
	_, body := s.get(t, who, "/issue/1")
	if len(s.saw) != 1 {
		t.Errorf("the preview leaves no record: %v", s.saw)
	}
	holds(t, "the preview", body, []string{"制证时生成", "道路运输经营许可证", `name="until"`, `name="version" value="1"`}, nil)
	form := url.Values{"_key": {"k"}, "version": {"1"}, "until": {"2020-01-01"}}
	code, _, body := s.post(t, who, "/issue/1", form)
	if code != 422 {
		t.Errorf("a day that has passed: %d", code)
	}
	holds(t, "the form", body, []string{"有效期至已经过去了", `value="2020-01-01"`}, nil)
	form.Set("until", "下个月")
	if code, _, body := s.post(t, who, "/issue/1", form); code != 422 || !strings.Contains(body, "日期看不懂") {
		t.Errorf("no day: %d", code)
	}
	form.Set("until", "2028-12-31")
	form.Set("version", "7")
	if code, _, _ := s.post(t, who, "/issue/1", form); code != http.StatusPreconditionFailed {
		t.Errorf("a stale page: %d", code)
	}
	form.Set("version", "1")
	for range 2 { // pressed twice
		if code, header, _ := s.post(t, who, "/issue/1", form); code != http.StatusSeeOther || header.Get("Location") != "/issue/1" {
			t.Errorf("making: %d %s", code, header.Get("Location"))
		}
	}
	_, body = s.get(t, who, "/issue/1")
	holds(t, "the made certificate", body, []string{"已制证", "2028年12月31日", "1.2.156.3005.2."}, []string{"制证时生成", `name="until"`})
	if code, _ := s.get(t, rights(owner, certificate.RightMine), "/issue"); code != http.StatusForbidden {
		t.Errorf("an applicant in the queue: %d", code)
	}
}

func TestTheHoldersPages(t *testing.T) {
	t.Parallel()
	s := serve(t)
	c := s.make(t, 1)
	holder := rights(owner, certificate.RightMine, certificate.RightOpen)
	_, body := s.get(t, holder, "/my/certificates")
	pdf := "/certificates/" + strconv.FormatInt(c.ID, 10) + ".pdf"
	holds(t, "my certificates", body, []string{c.Number, pdf, "/verify/" + c.Token, "营业执照", "…014Q"}, nil)
	code, header, file := s.do(t, holder, httptest.NewRequest(http.MethodGet, pdf, nil))
	if code != 200 || header.Get("Content-Type") != "application/pdf" || header.Get("Cache-Control") != "private, no-store" || !strings.HasPrefix(file, "%PDF-") {
		t.Errorf("the file: %d %v", code, header)
	}
	s.saw = nil
	if code, _ := s.get(t, rights(issuer, certificate.RightOpen), pdf); code != http.StatusOK || len(s.saw) != 1 {
		t.Errorf("the file for staff: %d, recorded %v", code, s.saw)
	}
	other := rights(auth.Actor{ID: 5, Kind: auth.Applicant, Party: 5}, certificate.RightMine, certificate.RightOpen)
	for _, path := range []string{pdf, "/certificates/1.pdf", "/certificates/x.pdf", "/certificates/" + strconv.FormatInt(c.ID, 10)} {
		if code, _ := s.get(t, other, path); code != http.StatusNotFound {
			t.Errorf("%s for somebody else: %d", path, code)
		}
	}
	if code, _ := s.get(t, auth.Actor{}, pdf); code != http.StatusUnauthorized {
		t.Errorf("for a visitor: %d", code)
	}
	_, body = s.get(t, holder, "/verify/"+c.Token)
	holds(t, "one's own verification", body, []string{pdf}, nil)
	_, body = s.get(t, other, "/verify/"+c.Token)
	holds(t, "somebody else's verification", body, nil, []string{pdf})
}

// TestMyCertificatesStandInGroups: by what they are good for, with what may be done next to each.
func TestMyCertificatesStandInGroups(t *testing.T) {
	t.Parallel()
	s := serve(t)
	c := s.make(t, 1)
	s.Offers = func(_ *db.Tx, c certificate.Certificate) ([]certificate.Offer, error) {
		return []certificate.Offer{
			{Effect: "renew", Name: "食品经营许可（延续）", Href: fmt.Sprintf("/apply/food-operation-renew?certificate=%d", c.Root)},
			{Effect: "change", Name: "食品经营许可（变更）", Href: fmt.Sprintf("/apply/food-operation-change?certificate=%d", c.Root)},
		}, nil
	}
	holder := rights(owner, certificate.RightMine)
	see := func(group string, want, lacks []string) {
		t.Helper()
		_, body := s.get(t, holder, "/my/certificates")
		at := strings.Index(body, `id="group-`+group+`"`)
		if at < 0 {
			t.Fatalf("there is no group %s", group)
		}
		part, _, _ := strings.Cut(body[at:], "</section>")
		holds(t, "the group "+group, part, append(want, c.Number), lacks)
	}
	see("valid", []string{"有效的", "申请延续", "food-operation-change?certificate=", "证照详情"}, []string{"重新申请"})
	s.now = (c.Until - 30).Start()
	see("ending", []string{"快到期的", "申请延续", "btn--primary"}, nil)
	s.follow(t, certificate.Done{Act: certificate.ActSuspend, Case: 1, Ground: "x", Until: calendar.DateOf(s.now) + 5})
	see("suspended", []string{"暂扣的", "暂扣期间不能使用"}, []string{"申请延续"})
	s.follow(t, certificate.Done{Act: certificate.ActLift, Case: 1})
	s.now = (c.Until + 1).Start()
	see("over", []string{"已经失效的", "已过期", "重新申请", "/items?q="}, []string{"申请延续"})
	s.follow(t, certificate.Done{Act: certificate.ActRevoke, Case: 1})
	see("over", []string{"已吊销"}, []string{"申请延续"})
}

// TestMyCertificatesTurnByKey: whoever holds many sees each of them once, what is good before what is over.
func TestMyCertificatesTurnByKey(t *testing.T) {
	t.Parallel()
	s := serve(t)
	const n = 43
	for i := range n {
		s.make(t, int64(i+1))
	}
	holder := rights(owner, certificate.RightMine)
	seen := map[string]bool{}
	link := regexp.MustCompile(`href="(/my/certificates/\d+)"`)
	more := regexp.MustCompile(`href="(/my/certificates\?after=[^"&]+)"`) // not the links that keep the address
	pages := 0
	for path := "/my/certificates"; path != "" && pages < 9; pages++ {
		_, body := s.get(t, holder, path)
		shown := map[string]bool{} // each is linked from its card, maybe more than once
		for _, m := range link.FindAllStringSubmatch(body, -1) {
			shown[m[1]] = true
		}
		if len(shown) > 20 {
			t.Fatalf("%s shows %d", path, len(shown))
		}
		for own := range shown {
			if seen[own] {
				t.Fatalf("%s stands on two pages", own)
			}
			seen[own] = true
		}
		path = ""
		if m := more.FindStringSubmatch(body); m != nil {
			path = m[1]
		}
	}
	if len(seen) != n || pages != 3 {
		t.Errorf("%d of %d on %d pages", len(seen), n, pages)
	}
	if code, body := s.get(t, holder, "/my/certificates?after=nonsense"); code != http.StatusOK || !link.MatchString(body) {
		t.Errorf("a key that is none: %d", code)
	}
}
