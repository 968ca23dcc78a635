package app

import (
	"context"
	"testing"
)

// TestWhatNewcomersStumbledOver looks at the lists of daily work in the sample city, in both languages and on a phone:
// special procedures, what was not handed in, days overdue, one's own certificates, and the way back from a paper.
func TestWhatNewcomersStumbledOver(t *testing.T) {
	browser := chromium(t)
	cfg := testConfig(t, theLived.File(t))
	cfg.Demo = true
	a := theLived.open(t, cfg)
	base, stop, err := a.loopback(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	as := func(login string) *tab {
		v := newTab(t, browser, base, login)
		v.open("/sign-in")
		v.signIn(login)
		return v
	}
	both := func(v *tab, name, path string, sizes ...size) {
		v.open(path)
		v.look(name, sizes...)
		v.open(path + "?lang=en")
		v.look(name+"-en", sizes...)
		v.open("/?lang=zh")
	}

	v := as("yc1001")
	both(v, "special", "/work/special", wide, phone)
	both(as("yc1005"), "unsent", "/desk/unsent", wide, phone)
	both(as("o01"), "certificates", "/my/certificates", wide, phone)

	mine := as("o01")
	mine.open("/my")
	mine.follow(`main a[href^="/my/cases/"]`)
	mine.open(ask[string](mine, `location.pathname`) + "/receipt")
	mine.look("receipt", wide, phone, size{375, 812})
	mine.open(ask[string](mine, `location.pathname`) + "?lang=en")
	mine.look("receipt-en", phone, size{375, 812})
	mine.open("/?lang=zh")

	w := as("yc1036")
	w.open("/watch/cases?light=red")
	if w.follows(`main a[href^="/watch/"]:not([href*="cases"])`) {
		w.look("watched", wide, phone)
		page := w.at
		if w.follows(`main a[href^="/papers/"]`) {
			w.open(ask[string](w, `location.pathname + location.search`) + "&lang=en")
			w.look("paper", wide, phone)
			w.follow(`.paper__bar a`)
			if ask[string](w, `location.pathname`) != page {
				t.Errorf("the paper leads back to %s, not to %s", w.at, page)
			}
		}
		w.open("/language?to=zh&back=" + page)
		w.follow(`main a[href^="/clocks/"]`)
		w.look("overdue", wide, phone, size{375, 812})
		w.reads("超 1 天")
	} else {
		t.Error("nothing is overdue in the sample city")
	}
}

// follows presses what leads to another page, if it is there.
func (v *tab) follows(css string) bool {
	v.t.Helper()
	if !ask[bool](v, `!!document.querySelector(`+"`"+css+"`"+`)`) {
		return false
	}
	v.follow(css)
	return true
}
