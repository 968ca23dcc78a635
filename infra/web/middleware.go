package web

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"time"
)

// policy lets a page load only what this site serves; there is no inline script
// or style anywhere. Images and frames of uploaded papers come as blob URLs.
const policy = "default-src 'self'; img-src 'self' data: blob:; object-src 'self'; frame-src 'self' blob:; " +
	"base-uri 'none'; form-action 'self'; frame-ancestors 'self'"

// Secure sets the headers that browsers enforce and refuses requests that
// another site made a browser send.
func Secure(next http.Handler) http.Handler {
	guarded := http.NewCrossOriginProtection().Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(self), microphone=(), geolocation=()")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		guarded.ServeHTTP(w, r)
	})
}

// Observed is told of each answered request: its route pattern, never its URL.
type Observed func(ctx context.Context, route string, status int, took time.Duration)

// Observe reports requests and turns a panic into an answer. now is the clock.
func (s *Server) Observe(next http.Handler, now func() time.Time, tell Observed) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := now()
		rec := &recorder{ResponseWriter: w}
		defer func() {
			if p := recover(); p != nil {
				if err, ok := p.(error); ok && err == http.ErrAbortHandler { //nolint:errorlint // the sentinel of net/http
					panic(p)
				}
				slog.ErrorContext(r.Context(), "panic", "route", r.Pattern, "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
				if rec.status == 0 {
					s.Fail(rec, r, fmt.Errorf("web: panic: %v", p))
				}
			}
			tell(r.Context(), r.Pattern, max(rec.status, http.StatusOK), now().Sub(began))
		}()
		next.ServeHTTP(rec, r)
	})
}

type recorder struct {
	http.ResponseWriter
	status int
}

func (w *recorder) WriteHeader(code int) {
	if w.status == 0 && code >= http.StatusOK { // 1xx comes before the answer
		w.status = code
	}
	w.ResponseWriter.WriteHeader(code)
}

func (w *recorder) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	return w.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach the connection.
func (w *recorder) Unwrap() http.ResponseWriter { return w.ResponseWriter }
