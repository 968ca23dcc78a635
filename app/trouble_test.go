package app

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
	"onedoor.app/infra/web"
	"onedoor.app/module"
)

// goingWrong is a capability each of whose pages fails in another way.
func goingWrong(Base) module.Module {
	m := module.Module{Name: "wrong", Rights: []module.Right{{Name: "wrong.never"}}}
	for path, err := range map[string]error{
		"unknown": fault.New(fault.Unknown, "page.unknown"), "stale": fault.New(fault.Stale, "cases.stale"),
		"conflict": fault.New(fault.Conflict, "delivery.done"), "many": fault.New(fault.TooMany, "certificate.too_many"),
		"large": fault.New(fault.TooLarge, "blob.too_large"), "busy": fault.New(fault.Unavailable, "db.busy"), "failed": errors.New("on purpose"),
	} {
		m.Routes = append(m.Routes, web.Route{
			Pattern: "GET /wrong/" + path, Right: web.Public, Handle: func(http.ResponseWriter, *http.Request) error { return err },
		})
	}
	none := func(http.ResponseWriter, *http.Request) error { return nil }
	m.Routes = append(m.Routes, web.Route{Pattern: "GET /wrong/forbidden", Right: "wrong.never", Handle: none})
	return m
}

// TestPagesThatSayWhatWentWrongAreExamined looks at each of them as a visitor, an
// applicant and a clerk see it, in both languages and on a phone.
func TestPagesThatSayWhatWentWrongAreExamined(t *testing.T) {
	t.Parallel()
	chrome := chromium(t)
	a := theCity.open(t, testConfig(t, theCity.File(t)), goingWrong)
	s := httptest.NewServer(a.Handler())
	t.Cleanup(s.Close)
	for _, as := range []struct {
		who, form string // a page with a form, in the middle of which the session ends
		pages     map[string]int
	}{
		{"visitor", "", map[string]int{"unknown": 404, "many": 429, "failed": 500, "busy": 503}},
		{"o01", "/my/mandates/new", map[string]int{"unknown": 404, "forbidden": 403, "stale": 412, "large": 413}},
		{"yc1005", "/desk/new", map[string]int{"unknown": 404, "forbidden": 403, "conflict": 409, "failed": 500}},
	} {
		v := newTab(t, chrome, s.URL, as.who)
		for page, status := range as.pages {
			if v.at == "" && as.form != "" {
				v.open("/sign-in")
				v.signIn(as.who)
			}
			for _, lang := range []string{"en", "zh"} {
				v.goesWrong(status, chromedp.Navigate(v.base+"/wrong/"+page+"?lang="+lang))
				v.look(page+"-"+lang, phone)
			}
			v.look(page, wide)
		}
		if as.form == "" {
			continue
		}
		v.open(as.form)
		if err := a.DB.Write(t.Context(), func(tx *db.Tx) error { return tx.Exec(`DELETE FROM auth_session`) }); err != nil {
			t.Fatal(err)
		}
		v.goesWrong(http.StatusUnauthorized, chromedp.Evaluate[chromedp.Void](`document.querySelector("main form[method=post], .work form[method=post]").submit()`))
		v.look("expired", wide, phone)
	}
}

// goesWrong does a step that leads to a page with a status of what went wrong, of
// which the browser's console speaks.
func (v *tab) goesWrong(status int, step chromedp.Action[chromedp.Void]) {
	v.t.Helper()
	ctx, cancel := context.WithTimeout(v.ctx, patience)
	defer cancel()
	answer, err := chromedp.RunResponse(ctx, step)
	if err != nil {
		v.fail("go wrong", err)
	}
	v.at = ask[string](v, `location.pathname`)
	if int(answer.Status) != status {
		v.t.Errorf("%s: %s answers %d, want %d", v.who, v.at, answer.Status, status)
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.noise = slices.DeleteFunc(v.noise, func(line string) bool { return strings.Contains(line, "Failed to load resource") })
}
