package web_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"onedoor.app/infra/web"
)

func TestSecureSetsHeadersOnEveryAnswer(t *testing.T) {
	t.Parallel()
	h := web.Secure(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "done") }))
	for _, tt := range []struct {
		name, method string
		header       map[string]string
		want         int
	}{
		{"a look", "GET", nil, 200},
		{"a link from elsewhere", "GET", map[string]string{"Sec-Fetch-Site": "cross-site"}, 200},
		{"a form of this site", "POST", map[string]string{"Sec-Fetch-Site": "same-origin"}, 200},
		{"a program", "POST", nil, 200},
		{"a form of another site", "POST", map[string]string{"Sec-Fetch-Site": "cross-site"}, 403},
		{"a form of a neighbour", "POST", map[string]string{"Sec-Fetch-Site": "same-site"}, 403},
		{"an old browser on another site", "POST", map[string]string{"Origin": "https://evil.cn"}, 403},
		{"an old browser on this site", "POST", map[string]string{"Origin": "http://example.com"}, 200},
		{"deleting from elsewhere", "DELETE", map[string]string{"Sec-Fetch-Site": "cross-site"}, 403},
	} {
		r := httptest.NewRequestWithContext(t.Context(), tt.method, "http://example.com/x", nil)
		for name, v := range tt.header {
			r.Header.Set(name, v)
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != tt.want || (w.Body.String() == "done") != (tt.want == 200) {
			t.Errorf("%s: got %d %q, want %d", tt.name, w.Code, w.Body, tt.want)
		}
		policy := w.Header().Get("Content-Security-Policy")
		if !strings.Contains(policy, "default-src 'self'") || strings.Contains(policy, "unsafe") || strings.Contains(policy, "http") {
			t.Errorf("%s: the policy is %q", tt.name, policy)
		}
		for header, want := range map[string]string{"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin", "Cross-Origin-Opener-Policy": "same-origin"} {
			if got := w.Header().Get(header); got != want {
				t.Errorf("%s: %s is %q, want %q", tt.name, header, got, want)
			}
		}
	}
}

func TestObserveTellsTheRouteAndSurvivesPanics(t *testing.T) {
	t.Parallel()
	s := &web.Server{}
	mux := http.NewServeMux()
	handle := func(pattern string, f http.HandlerFunc) { mux.HandleFunc("GET /t/{id}"+pattern, f) }
	handle("/fine", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "x") })
	handle("/silent", func(http.ResponseWriter, *http.Request) {})
	handle("/hinted", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(103); w.WriteHeader(404) })
	handle("/twice", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(409); w.WriteHeader(200) })
	handle("/panics", func(http.ResponseWriter, *http.Request) { panic("110101199003070011") })
	handle("/late", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(201); panic(errors.New("late")) })
	handle("/flushes", func(w http.ResponseWriter, _ *http.Request) {
		if err := http.NewResponseController(w).Flush(); err != nil {
			t.Error(err)
		}
	})
	type seen struct {
		route  string
		status int
		took   time.Duration
	}
	for path, want := range map[string]seen{
		"/t/9/fine": {"GET /t/{id}/fine", 200, time.Second}, "/t/9/silent": {"GET /t/{id}/silent", 200, time.Second},
		"/t/9/hinted": {"GET /t/{id}/hinted", 404, time.Second}, "/t/9/twice": {"GET /t/{id}/twice", 409, time.Second},
		"/t/9/panics": {"GET /t/{id}/panics", 500, time.Second}, "/t/9/late": {"GET /t/{id}/late", 201, time.Second},
		"/t/9/flushes": {"GET /t/{id}/flushes", 200, time.Second}, "/nowhere/110101199003070011": {"", 404, time.Second},
	} {
		moment := time.UnixMilli(0)
		now := func() time.Time { moment = moment.Add(time.Second); return moment }
		var got []seen
		h := s.Observe(mux, now, func(_ context.Context, route string, status int, took time.Duration) {
			got = append(got, seen{route, status, took})
		})
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequestWithContext(words(t), "GET", path, nil))
		if len(got) != 1 || got[0] != want {
			t.Errorf("%s: got %v, want %v once", path, got, want)
		}
		if path == "/t/9/panics" {
			if p := problem(t, w); w.Code != 500 || p.Code != "internal" || strings.Contains(w.Body.String(), "1101") {
				t.Errorf("a panic is answered with %d %s", w.Code, w.Body)
			}
		}
	}
}

func TestObserveLetsAnAbortedAnswerAbort(t *testing.T) {
	t.Parallel()
	h := (&web.Server{}).Observe(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }),
		func() time.Time { return time.UnixMilli(0) }, func(context.Context, string, int, time.Duration) {})
	defer func() {
		if p := recover(); p != http.ErrAbortHandler { //nolint:errorlint // the sentinel itself
			t.Errorf("got %v", p)
		}
	}()
	h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(t.Context(), "GET", "/", nil))
	t.Error("it went on")
}
