package app

import (
	"cmp"
	"context"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"

	"onedoor.app/infra/db"
	"onedoor.app/infra/web"
)

// TestEveryPageIsExamined follows the links of the sample city as everybody who
// works or applies there, and examines one page of each kind: in Chinese, in
// English, and those of applicants also on a phone and in large type.
func TestEveryPageIsExamined(t *testing.T) {
	t.Parallel()
	browser := chromium(t)
	cfg := testConfig(t, "")
	cfg.Demo = true
	a, err := New(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Close() })
	scans := watchScans(a)
	if err := a.LoadSample(t.Context()); err != nil {
		t.Fatal(err)
	}
	base, stop, err := a.loopback(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	w := &walk{a: a, seen: map[string]bool{}}
	for _, login := range []string{
		"", "o01", "a01", "yc1005", "yc1021", "yc1020", "yc1033", "yc1034", "yc1036", "yc1038", "yc1039",
	} {
		v := newTab(t, browser, base, cmp.Or(login, "visitor"))
		v.open("/")
		if login != "" {
			v.open("/sign-in")
			v.signIn(login)
		}
		w.from(v, v.at)
		switch login {
		case "o01":
			w.apply(v, "food-operation-change", "/questions", "/form", "/materials", "/review?check=1")
		case "a01":
			w.apply(v, "temporary-relief", "/place")
		case "yc1005":
			w.receive(v)
		case "yc1036":
			w.standing(v)
		case "yc1038":
			w.change(v)
		case "yc1039":
			w.exchange(v)
		}
	}
	for _, m := range a.Modules {
		for _, rt := range m.Routes {
			if _, skipped := unlinked[rt.Pattern]; strings.HasPrefix(rt.Pattern, "GET ") && !w.seen[rt.Pattern] && !skipped {
				t.Errorf("no link leads to %s (%s)", rt.Pattern, rt.Right)
			}
		}
	}
	for query, plan := range scans() {
		t.Errorf("every row is looked at by\n%s\n%s", query, plan)
	}
}

// few are tables and partial indexes of which an installation has so few rows that
// looking at all of them is quick: what an office, a catalogue and the program
// itself hold, parcels that wait or are on their way, papers that came later and wait,
// files that were uploaded and not handed in.
var few = regexp.MustCompile(`^SCAN (office_|holiday_|cases_(light|settled|quota)|catalog_|certificate_type|ledger_pending|sqlite_master|[0-9]+-ROW VALUES|CONSTANT|\(|` +
	`delivery USING COVERING INDEX delivery_(sent|waiting|waits)|m USING COVERING INDEX cases_material_came|u USING COVERING INDEX cases_file_unsent)`)

// fewRows are tables of few rows under another name.
var fewRows = regexp.MustCompile(`FROM (office|holiday|catalog)_`)

// page is a list that takes its first rows in the order of an index.
var page = regexp.MustCompile(`ORDER BY [^()]* LIMIT \$\d+$`)

// watchScans notes each query that finds its rows by looking at all those of a
// table that grows with the cases.
func watchScans(a *App) func() map[string]string {
	var mu sync.Mutex
	found := map[string]string{}
	a.DB.Plans(func(query, plan string) {
		for line := range strings.SplitSeq(plan, "\n") {
			ordered := strings.Contains(line, " USING ") && page.MatchString(query) && !strings.Contains(plan, "TEMP B-TREE")
			made := strings.Contains(plan, "CO-ROUTINE "+strings.TrimPrefix(line, "SCAN ")+"\n") // looked at as it is found
			if strings.HasPrefix(line, "SCAN ") && !few.MatchString(line) && !fewRows.MatchString(query) && !ordered && !made {
				mu.Lock()
				found[query] = plan
				mu.Unlock()
			}
		}
	})
	return func() map[string]string { mu.Lock(); defer mu.Unlock(); return maps.Clone(found) }
}

// unlinked are addresses that no link leads to, and why.
var unlinked = map[string]string{
	"GET /booklets/{kind}/{value}/book.pdf":                  "a file",
	"GET /booklets/{kind}/{value}/wall.pdf":                  "a file",
	"GET /problems/{code}":                                   "named by answers to programs",
	"GET /setup":                                             "printed on the terminal",
	"GET /search":                                            "what the search box offers while one types",
	"GET /apply/draft/{id}":                                  "leads on to the step at hand",
	"GET /apply/draft/{id}/notices":                          "a part of a page",
	"GET /apply/draft/{id}/places":                           "a part of a page",
	"GET /desk/{id}/promise":                                 "shown where papers may come later",
	"GET /desk/{id}/original":                                "a part of a page",
	"GET /certificates/{file}":                               "a file",
	"GET /files/{id}":                                        "a file",
	"GET /items/{code}/form.json":                            "read by programs",
	"GET /catalog/materials/{code}/files/{which}":            "a file",
	"GET /catalog/proposals/{id}/file":                       "a file",
	"GET /booklets/chosen.pdf":                               "a file",
	"GET /items/{code}/poster.pdf":                           "a file",
	"GET /verify-document/{token}":                           "in the code to scan of a paper",
	"GET /catalog/imports/{id}":                              "shown after an import",
	"GET /catalog/reforms/seals/{id}/impression":             "a file",
	"GET /catalog/changes/{id}/guide":                        "shown once a change was handed in",
	"GET /catalog/changes/spread":                            "shown after an entry of the library was proposed for its items",
	"GET /catalog/changes/{id}/edit/service/sample":          "in one section of the editor alone",
	"GET /oversight/{id}":                                    "shown after something was granted that a body oversees",
	"GET /my/mandates/{id}/revoke":                           "shown to who has given one",
	"GET /my/cases/{id}/acts/{act}":                          "shown to who was told of the right to a hearing",
	"GET /catalog/flows/{id}/file":                           "a file",
	"GET /catalog/flows/{id}/migrations":                     "shown once a definition has two versions",
	"GET /catalog/flows/{id}/migrations/{plan}":              "shown once a definition has two versions",
	"GET /catalog/flows/{id}/migrations/{plan}/left":         "shown once cases could not be carried over",
	"GET /work/{id}/step/{do}":                               "shown to whom a step of a case waits for",
	"GET /catalog/export":                                    "a file",
	"GET /catalog/template":                                  "a file",
	"GET /catalog/imports/{id}/problems":                     "a file",
	"GET /catalog/imports/{id}/versions":                     "a file",
	"GET /catalog/imports/{id}/news":                         "a file",
	"GET /catalog/changes/{id}/edit/form/schema.json":        "a file",
	"GET /catalog/changes/{id}/edit/materials/{row}/{which}": "a file",
}

// walk is a way through the pages of one city.
type walk struct {
	a    *App
	seen map[string]bool // patterns of pages that have been examined
}

// pattern is the route that an address leads to, "" for none or none to follow.
func (w *walk) pattern(href string) string {
	to, err := url.Parse(href)
	if err != nil || to.Path == "" || to.Path[0] != '/' || to.Host != "" {
		return ""
	}
	_, pattern := w.a.mux.Handler(&http.Request{Method: http.MethodGet, URL: to})
	if _, known := w.a.needs[pattern]; !known || w.seen[pattern] || unlinked[pattern] != "" {
		return ""
	}
	return pattern
}

// from examines the page at path and, one of each kind, those that it leads to.
func (w *walk) from(v *tab, path string) {
	v.t.Helper()
	for queue := w.visit(v, path); len(queue) > 0; queue = queue[1:] {
		if w.pattern(queue[0]) != "" {
			queue = append(queue, w.visit(v, queue[0])...)
		}
	}
}

// visit examines a page, if none of its kind has been, and returns its links.
func (w *walk) visit(v *tab, path string) []string {
	v.t.Helper()
	pattern := w.pattern(path)
	if pattern != "" {
		w.seen[pattern] = true
	}
	kind := ask[string](v, `fetch(`+strconv.Quote(path)+`).then((r) => r.status + " " + r.headers.get("content-type"))`)
	if kind != "200 text/html; charset=utf-8" {
		if !strings.HasPrefix(kind, "200 ") {
			v.t.Errorf("%q: the link %s on %s answers %s", v.who, path, v.at, kind)
		}
		return nil
	}
	v.open(path)
	links := ask[[]string](v, `[...document.querySelectorAll("a[href]")].filter((e) => e.origin === location.origin).map((e) => e.pathname + e.search)`)
	if pattern != "" {
		w.examine(v, pattern)
	}
	return links
}

// here examines the page that somebody is on.
func (w *walk) here(v *tab) {
	v.t.Helper()
	if pattern := w.pattern(v.at); pattern != "" {
		w.seen[pattern] = true
		w.examine(v, pattern)
	}
}

// apply begins an application and looks at its steps.
func (w *walk) apply(v *tab, item string, steps ...string) {
	v.t.Helper()
	v.open("/apply/" + item)
	v.follow(`form[action="/apply/` + item + `"] button`)
	draft := v.at[:strings.LastIndex(v.at, "/")]
	for _, step := range steps {
		v.open(draft + step)
		w.here(v)
	}
}

// standing opens the page of a certificate that the sample city has made.
func (w *walk) standing(v *tab) {
	v.t.Helper()
	var id int64
	if err := w.a.DB.Read(v.t.Context(), func(tx *db.Tx) error {
		return tx.One(`SELECT MIN(id) FROM certificate WHERE case_id <> 0`, nil, &id)
	}); err != nil {
		v.t.Fatal(err)
	}
	v.open("/certificates/" + strconv.FormatInt(id, 10) + "/standing")
	w.here(v)
}

// change proposes a change of an item and looks at what may be done with it.
func (w *walk) change(v *tab) {
	v.t.Helper()
	v.open("/catalog/items/" + formItem)
	v.follow(`.bar form[action="/catalog/changes"] button`)
	w.here(v)
	change := v.at
	v.open("/catalog/materials/power-of-attorney/edit")
	v.write(`[name="plain"]`, "请别人代办时写的一张纸")
	v.write(`#why`, "换成通俗的说法")
	v.follow(`main form.card button.btn--primary`)
	w.here(v)
	v.open("/catalog/flows/new")
	v.set("name", "食品经营许可并联审查")
	v.set("id", drawnFlow)
	v.set("item", drawnItem)
	v.follow(`form[action="/catalog/flows"] .btn--primary`)
	w.here(v)
	flow := "/catalog/flows/" + drawnFlow
	for _, path := range []string{flow, flow + "/steps", flow + "/draw", flow + "/trial", change + "/withdraw", change + "/rehearsal", "/catalog/changes/new", change + "/edit", change + "/edit/situations"} {
		v.open(path)
		w.here(v)
	}
}

// receive begins an application at the window for somebody who walks in.
func (w *walk) receive(v *tab) {
	v.t.Helper()
	v.open("/desk/new")
	v.choose("kind", "person")
	v.write(`#number`, "379900198706120117")
	v.follow(`form[action="/desk/new/find"] .btn--primary`)
	w.here(v)
	chosen := ask[string](v, `location.pathname + location.search`)
	v.follow(`a[href^="/parties/"][href$="/account"]`)
	w.here(v)
	v.open(chosen)
	v.follow(`form[action="/desk/new/begin"] button`)
	w.here(v)
}

func (w *walk) examine(v *tab, pattern string) {
	public := ask[bool](v, `document.body.matches(".public")`)
	name := strings.Trim(strings.NewReplacer("GET ", "", "/", "-", "{", "", "}", "", "$", "").Replace(pattern), "-")
	if name == "" {
		name = "home"
	}
	path := ask[string](v, `location.pathname + location.search`)
	sizes := []size{wide}
	if public {
		sizes = append(sizes, phone)
	}
	v.look(name, sizes...)
	v.open(with(path, "lang", "en"))
	v.look(name+"-en", sizes[len(sizes)-1])
	v.open(with(path, "lang", "zh"))
	if public && w.a.needs[pattern] == web.Public || strings.HasPrefix(path, "/my") {
		v.open(with(path, "elder", "1"))
		v.look(name+"-large", phone)
		v.open(with(path, "elder", "0"))
	}
}

func with(path, name, value string) string {
	to, _ := url.Parse(path)
	q := to.Query()
	q.Set(name, value)
	to.RawQuery = q.Encode()
	return to.String()
}
