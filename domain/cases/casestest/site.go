package casestest

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"onedoor.app/infra/auth"
	"onedoor.app/infra/i18n"
	"onedoor.app/infra/web"
	"onedoor.app/module"
	"onedoor.app/ui"
)

// Site answers requests in the name of whoever a test says.
type Site struct {
	t       *testing.T
	words   *i18n.Bundle
	mux     *http.ServeMux
	modules []module.Module
	Lang    string
	News    string // the last good news that a page left
}

// NewSite serves modules with the words of those and of the capabilities below
// them. Pages are made by build, which gets the frame and the place for good news.
func (c *City) NewSite(build func(frame ui.Frame, site *Site) []module.Module) *Site {
	c.t.Helper()
	s := &Site{t: c.t, words: &i18n.Bundle{}, mux: http.NewServeMux(), Lang: i18n.Chinese}
	s.modules = append(build(s.frame, s), c.Cases.Module(), c.Cases.Office.Module(), c.Cases.Catalog.Module(), c.Cases.Party.Module())
	must(c.t, s.words.Add(ui.Texts))
	server := &web.Server{}
	for i, m := range s.modules {
		if m.Texts != nil {
			must(c.t, s.words.Add(m.Texts))
		}
		if i >= len(s.modules)-4 { // the capabilities below bring their words only
			continue
		}
		for _, rt := range m.Routes {
			s.mux.Handle(rt.Pattern, server.Serve(rt))
		}
	}
	return s
}

func (s *Site) frame(r *http.Request, title string) ui.Page {
	p := ui.Page{Lang: s.Lang, Title: title, Path: r.URL.RequestURI(), T: func(key string, args ...any) string {
		return s.words.Text(s.Lang, key, args...)
	}}
	for _, m := range s.modules {
		for _, item := range m.Menu {
			p.Rail = append(p.Rail, ui.RailGroup{Items: []ui.Link{{Text: p.T(item.Text), Href: item.Path}}})
		}
	}
	return p
}

// with gives an actor the rights that the site's modules give their roles.
func (s *Site) with(who auth.Actor) auth.Actor {
	roles := who.Roles
	if who.Kind == auth.Applicant {
		roles = []string{module.Applicant}
	}
	for _, m := range s.modules {
		for _, r := range m.Rights {
			if slices.ContainsFunc(r.Roles, func(role string) bool { return slices.Contains(roles, role) }) {
				who.Rights = append(who.Rights, r.Name)
			}
		}
	}
	slices.Sort(who.Rights)
	return who
}

// Answer is what a request was answered with.
type Answer struct {
	Code     int
	Location string
	Body     string
}

func (s *Site) do(who auth.Actor, r *http.Request) Answer {
	s.t.Helper()
	r.Header.Set("Accept", "text/html")
	ctx := auth.With(i18n.With(r.Context(), s.words, s.Lang), s.with(who))
	w := httptest.NewRecorder()
	s.mux.ServeHTTP(w, r.WithContext(ctx))
	body, err := io.ReadAll(w.Body)
	must(s.t, err)
	return Answer{Code: w.Code, Location: w.Header().Get("Location"), Body: string(body)}
}

// Get asks for a page.
func (s *Site) Get(who auth.Actor, path string) Answer {
	s.t.Helper()
	return s.do(who, httptest.NewRequestWithContext(s.t.Context(), http.MethodGet, path, nil))
}

// Post sends a form.
func (s *Site) Post(who auth.Actor, path string, form url.Values) Answer {
	s.t.Helper()
	r := httptest.NewRequestWithContext(s.t.Context(), http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return s.do(who, r)
}

// Routes lists the patterns that the site serves.
func (s *Site) Routes() (patterns []string) {
	for _, m := range s.modules[:len(s.modules)-4] {
		for _, rt := range m.Routes {
			patterns = append(patterns, rt.Pattern)
		}
	}
	return patterns
}

// Text is a text of the site in its language.
func (s *Site) Text(key string, args ...any) string { return s.words.Text(s.Lang, key, args...) }

// Missing lists the words of keys that begin with a prefix and are in one
// language only.
func (s *Site) Missing(prefix string) (keys []string) {
	for _, pair := range [][2]string{{i18n.Chinese, i18n.English}, {i18n.English, i18n.Chinese}} {
		for _, key := range s.words.Keys(pair[0]) {
			one := strings.HasSuffix(key, ".one") // Chinese has no singular
			if strings.HasPrefix(key, prefix) && !s.words.Has(pair[1], key) && !one {
				keys = append(keys, pair[0]+":"+key)
			}
		}
	}
	return keys
}

var hidden = regexp.MustCompile(`<input type="hidden" name="([^"]+)" value="([^"]*)"`)

// Hidden are the values that the forms of a page carry unseen; of the same name
// the first.
func (a Answer) Hidden() url.Values {
	out := url.Values{}
	for _, m := range hidden.FindAllStringSubmatch(a.Body, -1) {
		if !out.Has(m[1]) {
			out.Set(m[1], m[2])
		}
	}
	return out
}

var rawKey = regexp.MustCompile(`>\s*((?:work|show|supervision|cases|apply|desk|local)\.[a-z_.]+)\s*<`)

// Raw lists the text keys that a page shows instead of words.
func (a Answer) Raw() (keys []string) {
	for _, m := range rawKey.FindAllStringSubmatch(a.Body, -1) {
		keys = append(keys, m[1])
	}
	return keys
}
