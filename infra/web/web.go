// Package web turns HTTP requests into use cases and their results into pages
// or JSON. It is the only place where a fault becomes a status code.
package web

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"strings"

	"onedoor.app/infra/auth"
	"onedoor.app/infra/fault"
	"onedoor.app/infra/i18n"
)

// Handler serves a request or says why it cannot.
type Handler func(w http.ResponseWriter, r *http.Request) error

// Route is one endpoint, as data: it can be served, listed, documented and
// checked for a missing right without running it.
type Route struct {
	Pattern string // as for http.ServeMux, "POST /desk/{case}/accept"
	Right   string // what the actor must hold; Public for everybody
	Handle  Handler
	Body    int64 // bytes that the request may carry; 0 means a megabyte
}

// Public marks a route that an anonymous visitor may use.
const Public = "public"

const defaultBody = 1 << 20

// status is the whole mapping from what went wrong to HTTP.
var status = map[fault.Kind]int{
	fault.Invalid:         http.StatusUnprocessableEntity,
	fault.Unauthenticated: http.StatusUnauthorized,
	fault.Forbidden:       http.StatusForbidden,
	fault.Unknown:         http.StatusNotFound,
	fault.Conflict:        http.StatusConflict,
	fault.Stale:           http.StatusPreconditionFailed,
	fault.TooLarge:        http.StatusRequestEntityTooLarge,
	fault.TooMany:         http.StatusTooManyRequests,
	fault.Unavailable:     http.StatusServiceUnavailable,
}

// Status is the HTTP status that err is answered with.
func Status(err error) int {
	if f, ok := errors.AsType[*fault.Error](err); ok && status[f.Kind] != 0 {
		return status[f.Kind]
	}
	return http.StatusInternalServerError
}

// Server answers requests for routes.
type Server struct {
	// Page shows a problem to a person. It is told the status, the code and the
	// words; nil answers everybody as it answers programs.
	Page func(w http.ResponseWriter, r *http.Request, p Problem)
	// SignIn asks a visitor to sign in, keeping what the request carried.
	SignIn func(w http.ResponseWriter, r *http.Request)
}

// Serve adapts a route to net/http: it limits the body, checks the right and
// answers the fault.
func (s *Server) Serve(rt Route) http.Handler {
	limit := rt.Body
	if limit == 0 {
		limit = defaultBody
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, limit)
		if err := s.handle(rt, w, r); err != nil {
			s.Fail(w, r, err)
		}
	})
}

func (s *Server) handle(rt Route, w http.ResponseWriter, r *http.Request) error {
	who := auth.From(r.Context())
	switch {
	case rt.Right == Public:
	case rt.Right == "":
		return fault.New(fault.Forbidden, "right.missing")
	case who.Kind == auth.Visitor:
		return fault.New(fault.Unauthenticated, "right.sign_in")
	case !who.May(rt.Right):
		return fault.New(fault.Forbidden, "right.missing")
	}
	return rt.Handle(w, r)
}

// Problem is RFC 9457 application/problem+json. It never repeats what was sent.
type Problem struct {
	Type   string            `json:"type"`
	Title  string            `json:"title"`
	Status int               `json:"status"`
	Code   string            `json:"code"`
	Errors map[string]string `json:"errors,omitempty"` // field to words
}

// Fail answers with err, as a page for a browser and as a problem for a program.
func (s *Server) Fail(w http.ResponseWriter, r *http.Request, err error) {
	f := asFault(err)
	if f == nil {
		slog.ErrorContext(r.Context(), "request failed", "route", r.Pattern, "err", err)
		f = &fault.Error{Code: "internal"}
	}
	browser := WantsPage(r)
	if f.Kind == fault.Unauthenticated && browser && s.SignIn != nil && r.Header.Get("HX-Request") == "" {
		s.SignIn(w, r)
		return
	}
	p := Problem{Type: "/problems/" + f.Code, Title: words(r.Context(), f), Status: Status(f), Code: f.Code}
	for field, code := range f.Fields {
		if p.Errors == nil {
			p.Errors = map[string]string{}
		}
		p.Errors[field] = i18n.T(r.Context(), code)
	}
	w.Header().Set("Cache-Control", "no-store")
	if f.Kind == fault.TooMany || f.Kind == fault.Unavailable {
		w.Header().Set("Retry-After", "2")
	}
	if browser && s.Page != nil {
		s.Page(w, r, p)
		return
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(p)
}

func asFault(err error) *fault.Error {
	if f, ok := errors.AsType[*fault.Error](err); ok {
		return f
	}
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return &fault.Error{Kind: fault.TooLarge, Code: "request.too_large"}
	}
	if errors.Is(err, context.Canceled) {
		return &fault.Error{Kind: fault.Unavailable, Code: "request.cancelled"}
	}
	return nil
}

func words(ctx context.Context, f *fault.Error) string {
	args := make([]any, 0, 2*len(f.Args))
	for name, value := range f.Args {
		args = append(args, name, value)
	}
	return i18n.T(ctx, f.Code, args...)
}

// Words says what err means in the language of ctx.
func Words(ctx context.Context, err error) string {
	f := asFault(err)
	if f == nil {
		f = &fault.Error{Code: "internal"}
	}
	return words(ctx, f)
}

// FieldWords says what is wrong with each field of an Invalid fault, or nil. Its words mention the arguments that begin
// with the field's name and a point.
func FieldWords(ctx context.Context, err error) map[string]string {
	f := asFault(err)
	if f == nil || len(f.Fields) == 0 {
		return nil
	}
	out := make(map[string]string, len(f.Fields))
	for field, code := range f.Fields {
		var args []any
		for name, value := range f.Args {
			if name, ok := strings.CutPrefix(name, field+"."); ok {
				args = append(args, name, value)
			}
		}
		out[field] = i18n.T(ctx, code, args...)
	}
	return out
}

// WantsPage reports whether a person waits for the answer.
func WantsPage(r *http.Request) bool {
	return r.Header.Get("HX-Request") == "true" || strings.Contains(r.Header.Get("Accept"), "text/html")
}

// Decode reads a JSON body into T; anything unexpected is Invalid.
func Decode[T any](r *http.Request) (T, error) {
	var in T
	if media, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); media != "application/json" {
		return in, fault.New(fault.Invalid, "request.not_json")
	}
	dec := json.NewDecoder(r.Body)
	dec.DisallowUnknownFields()
	err := dec.Decode(&in)
	if _, large := errors.AsType[*http.MaxBytesError](err); large {
		return in, err
	}
	if err != nil || dec.Decode(&struct{}{}) != io.EOF {
		var none T
		return none, fault.New(fault.Invalid, "request.malformed")
	}
	return in, nil
}

// JSON answers with v.
func JSON(w http.ResponseWriter, code int, v any) error {
	text, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("web: %w", err)
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(code)
	_, _ = w.Write(append(text, '\n')) // who has left needs no answer
	return nil
}

// Component is a rendered page or fragment (a templ.Component is one).
type Component interface {
	Render(ctx context.Context, w io.Writer) error
}

// Show answers with a page or fragment, whole: one that fails halfway is not
// begun. What is shown to one person is kept from caches.
func Show(w http.ResponseWriter, r *http.Request, code int, page Component) error {
	var text bytes.Buffer
	if err := page.Render(r.Context(), &text); err != nil {
		return fmt.Errorf("web: %w", err)
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	if w.Header().Get("Cache-Control") == "" {
		w.Header().Set("Cache-Control", "private, no-store")
	}
	w.WriteHeader(code)
	_, _ = text.WriteTo(w) // who has left needs no answer
	return nil
}

// SeeOther sends the browser to path after a successful write, so that reloading
// does not repeat it. path must be of this site.
func SeeOther(w http.ResponseWriter, r *http.Request, path string) error {
	http.Redirect(w, r, Local(path), http.StatusSeeOther)
	return nil
}

// Local returns path if it is a path of this site, else "/". Browsers read a
// backslash as a slash and leave out tabs and line ends, so none may occur.
func Local(path string) string {
	odd := func(c rune) bool { return c < ' ' || c == 0x7f || c == '\\' }
	if !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.ContainsFunc(path, odd) {
		return "/"
	}
	return path
}

// Form parses a posted form and returns a malformed one as a fault.
func Form(r *http.Request) error {
	err := r.ParseForm()
	if _, large := errors.AsType[*http.MaxBytesError](err); large {
		return err
	}
	if err != nil {
		return fault.New(fault.Invalid, "request.malformed")
	}
	return nil
}
