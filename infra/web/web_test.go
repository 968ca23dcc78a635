package web_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/fstest"

	"onedoor.app/infra/auth"
	"onedoor.app/infra/fault"
	"onedoor.app/infra/i18n"
	"onedoor.app/infra/web"
)

// words are those of the codes that the tests use.
func words(t *testing.T) context.Context {
	t.Helper()
	b := &i18n.Bundle{}
	text := []byte(`{"t.no":"Not for {days} days.","t.name":"Give a name.","input.invalid":"Correct it.","internal":"Our fault."}`)
	if err := b.Add(fstest.MapFS{"text/zh.json": {Data: text}, "text/en.json": {Data: text}}); err != nil {
		t.Fatal(err)
	}
	return i18n.With(t.Context(), b, i18n.English)
}

// answer serves one request to a route.
func answer(s *web.Server, rt web.Route, r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	s.Serve(rt).ServeHTTP(w, r)
	return w
}

func failing(err error) web.Route {
	return web.Route{Right: web.Public, Handle: func(http.ResponseWriter, *http.Request) error { return err }}
}

func problem(t *testing.T, w *httptest.ResponseRecorder) (p web.Problem) {
	t.Helper()
	if got := w.Header().Get("Content-Type"); got != "application/problem+json" {
		t.Errorf("the content type is %q", got)
	}
	if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil {
		t.Fatalf("%v: %q", err, w.Body)
	}
	return p
}

func TestStatusOfEveryKind(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		err  error
		want int
		code string
		wait bool
	}{
		{fault.New(fault.Invalid, "t.no"), 422, "t.no", false},
		{fault.New(fault.Unauthenticated, "t.no"), 401, "t.no", false},
		{fault.New(fault.Forbidden, "t.no"), 403, "t.no", false},
		{fault.New(fault.Unknown, "t.no"), 404, "t.no", false},
		{fault.New(fault.Conflict, "t.no"), 409, "t.no", false},
		{fault.New(fault.Stale, "t.no"), 412, "t.no", false},
		{fault.New(fault.TooLarge, "t.no"), 413, "t.no", false},
		{fault.New(fault.TooMany, "t.no"), 429, "t.no", true},
		{fault.New(fault.Unavailable, "t.no"), 503, "t.no", true},
		{fmt.Errorf("event: %w", fault.New(fault.Conflict, "t.no")), 409, "t.no", false},
		{fault.New("a kind of a later version", "t.no"), 500, "t.no", false},
		{&http.MaxBytesError{Limit: 1}, 413, "request.too_large", false},
		{context.Canceled, 503, "request.cancelled", true},
		{errors.New("no such table: party_secret"), 500, "internal", false},
	} {
		w := answer(&web.Server{}, failing(tt.err), httptest.NewRequestWithContext(words(t), "GET", "/", nil))
		p := problem(t, w)
		if w.Code != tt.want || p.Status != tt.want || p.Code != tt.code || p.Type != "/problems/"+tt.code {
			t.Errorf("%v: got %d %+v, want %d %s", tt.err, w.Code, p, tt.want, tt.code)
		}
		if got := w.Header().Get("Retry-After") != ""; got != tt.wait {
			t.Errorf("%v: told to wait: %t, want %t", tt.err, got, tt.wait)
		}
		if w.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("%v: a problem may be cached", tt.err)
		}
		if strings.Contains(w.Body.String(), "party_secret") {
			t.Errorf("the answer tells of the inside: %s", w.Body)
		}
	}
}

func TestAProblemSaysWhatIsWrongButNeverWhatWasSent(t *testing.T) {
	t.Parallel()
	const sent = "110101199003070011"
	r := httptest.NewRequestWithContext(words(t), "POST", "/apply?number="+sent, strings.NewReader("number="+sent))
	r.Header.Set("X-Number", sent)
	err := &fault.Error{Kind: fault.Invalid, Code: "input.invalid", Fields: map[string]string{"name": "t.name"}}
	w := answer(&web.Server{}, failing(err), r)
	if p := problem(t, w); p.Title != "Correct it." || !maps.Equal(p.Errors, map[string]string{"name": "Give a name."}) {
		t.Errorf("got %+v", p)
	}
	if got := web.FieldWords(words(t), err); !maps.Equal(got, map[string]string{"name": "Give a name."}) {
		t.Errorf("got %v", got)
	}
	if strings.Contains(w.Body.String()+fmt.Sprint(w.Header()), sent) {
		t.Errorf("what was sent comes back: %s", w.Body)
	}
}

func TestWords(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		err  error
		want string
	}{
		{fault.New(fault.Conflict, "t.no", "days", 3), "Not for 3 days."},
		{errors.New("disk full"), "Our fault."},
		{nil, "Our fault."},
	} {
		if got := web.Words(words(t), tt.err); got != tt.want {
			t.Errorf("%v: got %q, want %q", tt.err, got, tt.want)
		}
	}
	if got := web.FieldWords(t.Context(), errors.New("x")); got != nil {
		t.Errorf("a defect has fields: %v", got)
	}
}

func TestRights(t *testing.T) {
	t.Parallel()
	clerk := auth.Actor{ID: 1, Kind: auth.Staff, Rights: []string{"cases.accept"}}
	for _, tt := range []struct {
		name  string
		who   auth.Actor
		right string
		want  int
	}{
		{"nobody said who may", clerk, "", 403},
		{"nobody said who may, a visitor", auth.Actor{}, "", 403},
		{"a visitor on a public page", auth.Actor{}, web.Public, 200},
		{"a visitor elsewhere", auth.Actor{}, "cases.accept", 401},
		{"a visitor with rights", auth.Actor{Rights: []string{"cases.accept"}}, "cases.accept", 401},
		{"without the right", clerk, "cases.decide", 403},
		{"with the right", clerk, "cases.accept", 200},
	} {
		ran := false
		rt := web.Route{Right: tt.right, Handle: func(w http.ResponseWriter, _ *http.Request) error {
			ran = true
			return web.JSON(w, http.StatusOK, 1)
		}}
		w := answer(&web.Server{}, rt, httptest.NewRequestWithContext(auth.With(words(t), tt.who), "GET", "/", nil))
		if w.Code != tt.want || ran != (tt.want == 200) {
			t.Errorf("%s: got %d, ran: %t, want %d", tt.name, w.Code, ran, tt.want)
		}
	}
}

func TestWhoIsAskedToSignIn(t *testing.T) {
	t.Parallel()
	s := &web.Server{
		Page: func(w http.ResponseWriter, _ *http.Request, p web.Problem) {
			w.WriteHeader(p.Status)
			_, _ = io.WriteString(w, "page")
		},
		SignIn: func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "sign in") },
	}
	for _, tt := range []struct {
		name   string
		header map[string]string
		want   string
	}{
		{"a person", map[string]string{"Accept": "text/html,*/*"}, "sign in"},
		{"a fragment of a page", map[string]string{"HX-Request": "true"}, "page"},
		{"a program", map[string]string{"Accept": "application/json"}, "/problems/right.sign_in"},
		{"whoever does not say", nil, "/problems/right.sign_in"},
	} {
		r := httptest.NewRequestWithContext(words(t), "GET", "/desk", nil)
		for name, v := range tt.header {
			r.Header.Set(name, v)
		}
		w := answer(s, web.Route{Right: "cases.accept"}, r)
		if got := w.Body.String(); !strings.Contains(got, tt.want) {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestBodyLimit(t *testing.T) {
	t.Parallel()
	form := web.Route{Right: web.Public, Handle: func(w http.ResponseWriter, r *http.Request) error {
		if err := web.Form(r); err != nil {
			return err
		}
		return web.JSON(w, 200, len(r.PostFormValue("a")))
	}}
	body := web.Route{Right: web.Public, Handle: func(w http.ResponseWriter, r *http.Request) error {
		v, err := web.Decode[string](r)
		if err != nil {
			return err
		}
		return web.JSON(w, 200, len(v))
	}}
	for _, tt := range []struct {
		name  string
		rt    web.Route
		limit int64
		size  int
		want  int
	}{
		{"a form", form, 0, 1000, 200}, {"a large form", form, 0, 1 << 20, 413},
		{"a form that may be large", form, 2 << 20, 1 << 20, 200}, {"a form that must be small", form, 100, 100, 413},
		{"JSON", body, 0, 1000, 200}, {"large JSON", body, 0, 1 << 20, 413},
	} {
		text, media := "a="+strings.Repeat("x", tt.size), "application/x-www-form-urlencoded"
		if strings.Contains(tt.name, "JSON") {
			text, media = `"`+strings.Repeat("x", tt.size)+`"`, "application/json"
		}
		r := httptest.NewRequestWithContext(words(t), "POST", "/", strings.NewReader(text))
		r.Header.Set("Content-Type", media)
		tt.rt.Body = tt.limit
		if w := answer(&web.Server{}, tt.rt, r); w.Code != tt.want {
			t.Errorf("%s: got %d %.80s, want %d", tt.name, w.Code, w.Body, tt.want)
		}
	}
}

func TestAMalformedFormIsAFault(t *testing.T) {
	t.Parallel()
	r := httptest.NewRequestWithContext(t.Context(), "POST", "/", strings.NewReader("a=%zz"))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if err := web.Form(r); fault.Code(err) != "request.malformed" {
		t.Errorf("got %v", err)
	}
}

func TestDecode(t *testing.T) {
	t.Parallel()
	type input struct {
		Name string `json:"name"`
		Days int    `json:"days"`
	}
	for _, tt := range []struct{ media, body, want string }{
		{"application/json", `{"name":"x","days":3}`, ""},
		{"application/json; charset=utf-8", ` {"name":"x","days":3} ` + "\n", ""},
		{"", `{}`, "request.not_json"},
		{"text/plain", `{}`, "request.not_json"},
		{"application/x-www-form-urlencoded", `name=x`, "request.not_json"},
		{"application/json", ``, "request.malformed"},
		{"application/json", `{"name":"x"`, "request.malformed"},
		{"application/json", `{"name":"x","admin":true}`, "request.malformed"},
		{"application/json", `{"name":1}`, "request.malformed"},
		{"application/json", `{"name":"x"}{"name":"y"}`, "request.malformed"},
		{"application/json", `{"name":"x"}]`, "request.malformed"},
		{"application/json", `[]`, "request.malformed"},
	} {
		r := httptest.NewRequestWithContext(t.Context(), "POST", "/", strings.NewReader(tt.body))
		r.Header.Set("Content-Type", tt.media)
		got, err := web.Decode[input](r)
		if fault.Code(err) != tt.want {
			t.Errorf("%s %s: got %v, want %q", tt.media, tt.body, err, tt.want)
		}
		if want := (input{"x", 3}); err == nil && got != want || err != nil && got != (input{}) {
			t.Errorf("%s: got %+v (%v)", tt.body, got, err)
		}
	}
}

// page is a component that may fail halfway.
type page struct{ err error }

func (p page) Render(_ context.Context, w io.Writer) error {
	_, err := io.WriteString(w, "<p>half")
	return errors.Join(err, p.err)
}

func TestAPageIsShownWholeOrNotAtAll(t *testing.T) {
	t.Parallel()
	for _, fails := range []error{nil, errors.New("no such picture")} {
		rt := web.Route{Right: web.Public, Handle: func(w http.ResponseWriter, r *http.Request) error {
			return web.Show(w, r, http.StatusCreated, page{fails})
		}}
		w := answer(&web.Server{}, rt, httptest.NewRequestWithContext(words(t), "GET", "/", nil))
		if fails != nil {
			if p := problem(t, w); w.Code != 500 || p.Code != "internal" {
				t.Errorf("got %d %s", w.Code, w.Body)
			}
			continue
		}
		if w.Code != 201 || w.Body.String() != "<p>half" || w.Header().Get("Cache-Control") != "private, no-store" ||
			w.Header().Get("Content-Type") != "text/html; charset=utf-8" {
			t.Errorf("got %d %v %s", w.Code, w.Header(), w.Body)
		}
	}
}

func TestJSONThatCannotBeWrittenIsAFailure(t *testing.T) {
	t.Parallel()
	rt := web.Route{Right: web.Public, Handle: func(w http.ResponseWriter, _ *http.Request) error { return web.JSON(w, 200, func() {}) }}
	if w := answer(&web.Server{}, rt, httptest.NewRequestWithContext(words(t), "GET", "/", nil)); w.Code != 500 {
		t.Errorf("got %d", w.Code)
	}
}

var elsewhere = []string{
	"", "desk", "//evil.cn", "///evil.cn", "/\\evil.cn", "\\\\evil.cn", "/\t/evil.cn", "/\n/evil.cn", "/\r\n/evil.cn", "\t//evil.cn",
	" /desk", "http://evil.cn", "https:evil.cn", "javascript:alert(1)", "data:text/html,x", "/a\x00b", "/a\x7f", "/a\r\nSet-Cookie: x=y",
}

func TestLocal(t *testing.T) {
	t.Parallel()
	for _, path := range elsewhere {
		if got := web.Local(path); got != "/" {
			t.Errorf("%q: got %q, want /", path, got)
		}
	}
	for _, path := range []string{"/", "/desk", "/desk?back=//x#y", "/a//b", "/%2f%2fevil.cn", "/%5cevil.cn", "/事项/餐饮", "/@evil.cn", "/:80"} {
		if got := web.Local(path); got != path {
			t.Errorf("%q: got %q", path, got)
		}
	}
}

func TestSeeOtherStaysOnThisSite(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ path, want string }{{"/desk?a=1", "/desk?a=1"}, {"//evil.cn", "/"}, {"/\t/evil.cn", "/"}} {
		w := httptest.NewRecorder()
		if err := web.SeeOther(w, httptest.NewRequestWithContext(t.Context(), "POST", "/x", nil), tt.path); err != nil {
			t.Fatal(err)
		}
		if got := w.Header().Get("Location"); w.Code != 303 || got != tt.want {
			t.Errorf("%q: got %d %q, want %q", tt.path, w.Code, got, tt.want)
		}
	}
}

// FuzzLocal reads what Local lets pass as a browser does.
func FuzzLocal(f *testing.F) {
	for _, path := range append(elsewhere, "/desk?a=b#c", "/..//evil.cn", "/.//evil.cn", "/%09/evil.cn", "/\u2028/evil.cn", "/．/evil") {
		f.Add(path)
	}
	base, err := url.Parse("https://yunchuan.gov.cn/sign-in")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, path string) {
		got := web.Local(path)
		read := strings.NewReplacer("\t", "", "\n", "", "\r", "", "\\", "/").Replace(strings.TrimFunc(got, func(c rune) bool { return c <= ' ' }))
		if !strings.HasPrefix(read, "/") || strings.HasPrefix(read, "//") {
			t.Errorf("%q passes as %q", path, got)
		}
		if u, err := base.Parse(read); err == nil && u.Host != base.Host {
			t.Errorf("%q leads to %s", path, u.Host)
		}
		w := httptest.NewRecorder()
		_ = web.SeeOther(w, httptest.NewRequestWithContext(t.Context(), "POST", "/x", nil), path)
		if to := w.Header().Get("Location"); !strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") {
			t.Errorf("%q sends the browser to %q", path, to)
		}
	})
}
