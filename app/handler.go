package app

import (
	"context"
	"crypto/subtle"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"onedoor.app/engine/job"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
	"onedoor.app/infra/observe"
	"onedoor.app/infra/web"
	"onedoor.app/ui"
)

// route builds the site: the capabilities' routes behind language, session and
// person; assets, health and metrics beside them, which need none of the three.
func (a *App) route() {
	a.needs = map[string]string{}
	for _, m := range a.Modules {
		for _, rt := range m.Routes {
			a.needs[rt.Pattern] = rt.Right
			a.mux.Handle(rt.Pattern, a.server.Serve(rt))
		}
	}
	a.mux.Handle("/language", a.server.Serve(web.Route{Right: web.Public, Handle: a.switchLanguage}))
	a.mux.Handle("/", a.server.Serve(web.Route{Right: web.Public, Handle: func(http.ResponseWriter, *http.Request) error {
		return fault.New(fault.Unknown, "page.unknown")
	}}))
	pages := a.server.Observe(a.mux, a.DB.Now, note)
	pages = a.speak(a.sessions.LoadAndSave(a.identify(pages)))

	top := http.NewServeMux()
	top.Handle("GET /assets/", ui.Handler())
	top.HandleFunc("GET /healthz", a.health)
	top.HandleFunc("GET /metrics", a.numbers)
	top.Handle("/", web.Secure(a.measure(pages)))
	a.handler = top
	a.gauges()
}

// opens reports whether there is a page at path that who may open.
func (a *App) opens(who auth.Actor, path string) bool {
	_, pattern := a.mux.Handler(&http.Request{Method: http.MethodGet, URL: &url.URL{Path: path}})
	right, known := a.needs[pattern]
	return known && (right == web.Public || who.May(right))
}

// entry is the first page of the menu that who may open, "/" if there is none.
func (a *App) entry(who auth.Actor) string {
	for _, item := range menuOf(a.Modules) {
		if a.opens(who, item.Path) {
			return item.Path
		}
	}
	return "/"
}

// answered is what became of a request, filled in by note below the middleware
// that copies requests.
type answered struct {
	route  string
	status int
}

type answeredKey struct{}

func note(ctx context.Context, route string, status int, _ time.Duration) {
	if got, ok := ctx.Value(answeredKey{}).(*answered); ok {
		got.route, got.status = route, status
	}
}

// measure counts and logs requests with everything that they cost, the session
// and the person included.
func (a *App) measure(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		took := observe.Stopwatch()
		// What never reaches the routes was turned away for want of the database.
		got := &answered{status: http.StatusServiceUnavailable}
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), answeredKey{}, got)))
		a.metrics.Request(r.Context(), got.route, got.status, took())
	})
}

// health answers whether the database can be read: 200, else 503.
func (a *App) health(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
	defer cancel()
	one := 0
	err := a.DB.Read(ctx, func(tx *db.Tx) error { return tx.One(`SELECT 1`, nil, &one) })
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	if err != nil {
		w.WriteHeader(http.StatusServiceUnavailable)
		_, _ = w.Write([]byte("the database does not answer\n"))
		return
	}
	_, _ = w.Write([]byte("ok\n"))
}

// numbers offers the metrics to this machine, and to whoever has the token.
func (a *App) numbers(w http.ResponseWriter, r *http.Request) {
	if !a.mayScrape(r) {
		http.NotFound(w, r)
		return
	}
	a.metrics.Handler().ServeHTTP(w, r)
}

func (a *App) mayScrape(r *http.Request) bool {
	token, sent := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if want := a.Config.MetricsToken; want != "" {
		return sent && subtle.ConstantTimeCompare([]byte(token), []byte(want)) == 1
	}
	// Behind a proxy on this machine everybody comes from here.
	return onThisMachine(r) && r.Header.Get("X-Forwarded-For") == "" && r.Header.Get("Forwarded") == ""
}

func onThisMachine(r *http.Request) bool {
	host, _, _ := net.SplitHostPort(r.RemoteAddr)
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

func (a *App) gauges() {
	a.metrics.Gauge("onedoor_database_bytes", "Bytes that the database occupies.", func(ctx context.Context) (float64, error) {
		n, err := a.DB.Size(ctx)
		return float64(n), err
	})
	a.metrics.Gauge("onedoor_jobs_waiting", "Jobs that wait to be done.", func(ctx context.Context) (n float64, err error) {
		waiting, _, err := job.Count(ctx, a.DB)
		return float64(waiting), err
	})
	a.metrics.Gauge("onedoor_jobs_failed", "Jobs that wait for a person.", func(ctx context.Context) (n float64, err error) {
		_, failed, err := job.Count(ctx, a.DB)
		return float64(failed), err
	})
}
