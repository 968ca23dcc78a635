package app

import (
	"context"
	_ "embed"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// axeScript is axe-core 4.14.1 by Deque Systems, MPL-2.0, as published: it finds
// faults of accessibility in a page. Tests alone contain it.
//
//go:embed testdata/axe.min.js
var axeScript string

// axeRun asks for every rule of WCAG 2.2 A and AA and of good practice. What is
// inside a browser's own viewer of PDF is not ours.
const axeRun = `axe.run(document, {
	iframes: false, resultTypes: ["violations"],
	runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
}).then((r) => r.violations.flatMap((v) => v.nodes.map((n) =>
	v.id + " at " + n.target.join(" ") + ": " + [...n.any, ...n.all, ...n.none].map((c) => c.message).join("; "))))`

// The variables that browser tests read.
const (
	chromiumVariable = "ONEDOOR_CHROMIUM" // the browser to start
	shotsVariable    = "ONEDOOR_SHOTS"    // a folder for a picture of every page
)

// patience is how long a page may take until it shows what is waited for. A page
// takes a fraction of a second; a machine that tests everything at once is slow.
const patience = 40 * time.Second

// size is what a page is looked at in.
type size struct{ width, height int64 }

var (
	wide   = size{1440, 900}
	phone  = size{390, 844}
	narrow = size{360, 740} // the narrowest that nothing may stick out of
)

// chromium starts a browser without a window. Without one on the machine the
// test is left out, but never in CI.
func chromium(t *testing.T) context.Context {
	t.Helper()
	path := os.Getenv(chromiumVariable)
	if path == "" {
		path = "/usr/bin/chromium"
	}
	if _, err := os.Stat(path); err != nil {
		if os.Getenv("ONEDOOR_CI") != "" {
			t.Fatal("there is no browser:", err)
		}
		t.Skip("there is no browser:", err)
	}
	options := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]),
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.Flag("accept-lang", "zh-CN"))
	ctx, stop := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(stop)
	ctx, stop = chromedp.NewContext(ctx, chromedp.WithErrorf(t.Logf))
	t.Cleanup(stop)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatal(err)
	}
	return ctx
}

// tab is the browser of one person: nobody else's cookies are in it.
type tab struct {
	t    *testing.T
	ctx  context.Context
	base string
	who  string
	dir  string // of pictures; "" keeps none
	at   string // the page, in messages
	seen int    // pages looked at
	size size   // of the window
	fast bool   // looks for noise alone: the same pages are examined elsewhere

	mu    sync.Mutex
	noise []string // errors in the console that no test has asked for
}

func newTab(t *testing.T, browser context.Context, base, who string) *tab {
	t.Helper()
	ctx, stop := chromedp.NewContext(browser, chromedp.WithNewBrowserContext())
	t.Cleanup(stop)
	v := &tab{t: t, ctx: ctx, base: base, who: who}
	if dir := os.Getenv(shotsVariable); dir != "" {
		v.dir = filepath.Join(dir, strings.ReplaceAll(t.Name(), "/", "-"))
		if err := os.MkdirAll(v.dir, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if err := chromedp.Do(ctx); err != nil { // without a limit: it lives as long as the tab
		t.Fatal(err)
	}
	go v.listen(chromedp.Console(ctx))
	v.do("begin", chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-reduced-motion", Value: "reduce"}},
		})
		return err
	}))
	v.resize(wide)
	return v
}

// listen keeps what the browser complains of: errors of scripts, and whatever
// the policy of the site forbids.
func (v *tab) listen(console func(yield func(chromedp.ConsoleMessage, error) bool)) {
	for m, err := range console {
		if err != nil {
			return
		}
		if m.Type == chromedp.ConsoleError || m.IsException() {
			v.mu.Lock()
			v.noise = append(v.noise, m.String()+" "+m.URL)
			v.mu.Unlock()
		}
	}
}

// do runs steps and says what was being done when one failed.
func (v *tab) do(what string, steps ...chromedp.Action[chromedp.Void]) {
	v.t.Helper()
	ctx, cancel := context.WithTimeout(v.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		v.fail(what, err)
	}
}

// fail ends the test with the page as it was.
func (v *tab) fail(what string, err error) {
	v.t.Helper()
	text := ask[string](v, `(document.querySelector("main") || document.body).innerText.slice(0, 800)`)
	if v.dir != "" {
		v.shot("failed")
	}
	v.t.Fatalf("%s on %s: %s: %v\n%s", v.who, v.at, what, err, text)
}

// ask returns the value of an expression in the page.
func ask[T any](v *tab, expression string) T {
	v.t.Helper()
	ctx, cancel := context.WithTimeout(v.ctx, patience)
	defer cancel()
	got, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		v.t.Fatalf("%s on %s: %s: %v", v.who, v.at, expression, err)
	}
	return got
}

// load does steps that lead to a page, and waits for it.
func (v *tab) load(what string, steps ...chromedp.Action[chromedp.Void]) {
	v.t.Helper()
	ctx, cancel := context.WithTimeout(v.ctx, patience)
	defer cancel()
	answer, err := chromedp.RunResponse(ctx, steps...)
	if err != nil {
		v.fail(what, err)
	}
	v.at = ask[string](v, `location.pathname`)
	if answer.Status >= 400 {
		v.fail(what, fmt.Errorf("answered %d", answer.Status))
	}
}

func (v *tab) open(path string) {
	v.t.Helper()
	v.at = path
	v.load("open", chromedp.Navigate(v.base+path))
}

// follow presses what leads to another page.
func (v *tab) follow(css string) {
	v.t.Helper()
	v.load("press "+css, chromedp.Click(chromedp.CSS(css)))
}

// press presses what stays on the page.
func (v *tab) press(css string) {
	v.t.Helper()
	v.do("press "+css, chromedp.Click(chromedp.CSS(css)))
}

// choose presses the card of an answer.
func (v *tab) choose(name, value string) {
	v.t.Helper()
	v.press(fmt.Sprintf(`label:has(> input[name=%q][value=%q])`, name, value))
}

// write replaces what stands in a field, by typing.
func (v *tab) write(css, text string) {
	v.t.Helper()
	v.do("write into "+css, chromedp.WaitVisible(chromedp.CSS(css)), chromedp.Focus(chromedp.CSS(css)),
		chromedp.Evaluate[chromedp.Void](`document.activeElement.select()`), chromedp.KeyEvent(text))
}

// keys presses keys wherever the focus is.
func (v *tab) keys(keys string, options ...chromedp.KeyOption) {
	v.t.Helper()
	v.do("press a key", chromedp.KeyEvent(keys, options...))
}

// until waits for a condition of the page.
func (v *tab) until(condition string) {
	v.t.Helper()
	v.do("wait for "+condition, func(ctx context.Context, at *chromedp.Target) (void chromedp.Void, _ error) {
		_, err := chromedp.Poll[bool](`!!(`+condition+`)`, chromedp.WithPollingInterval(20*time.Millisecond),
			chromedp.WithPollingTimeout(patience))(ctx, at)
		return void, err
	})
}

// reads holds the page to a text.
func (v *tab) reads(texts ...string) {
	v.t.Helper()
	page := ask[string](v, `document.body.innerText`)
	for _, text := range texts {
		if !strings.Contains(page, text) {
			v.t.Errorf("%s on %s: does not read %q", v.who, v.at, text)
		}
	}
}

func (v *tab) resize(s size) {
	v.t.Helper()
	if s == v.size {
		return
	}
	v.size = s
	v.do("resize", chromedp.EmulateViewport(s.width, s.height))
	ask[bool](v, `new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))`) // drawn anew
}

// look examines the page as it is shown, in each size. What people have on their
// phones must not stick out of the narrowest either.
func (v *tab) look(name string, in ...size) {
	v.t.Helper()
	v.at = ask[string](v, `location.pathname + location.search`)
	v.seen++
	if v.fast {
		in = nil
	} else {
		v.do("bring axe", chromedp.Evaluate[chromedp.Void](axeScript+"; void 0"))
	}
	for _, s := range in {
		v.resize(s)
		v.examine(name, s)
	}
	if slices.Contains(in, phone) {
		v.resize(narrow)
		v.fits(name, narrow)
	}
	v.resize(wide)
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, line := range v.noise {
		v.t.Errorf("%s on %s (%s): the console says %s", v.who, v.at, name, line)
	}
	v.noise = nil
}

func (v *tab) examine(name string, s size) {
	v.t.Helper()
	for _, found := range ask[[]string](v, axeRun) {
		v.t.Errorf("%s on %s (%s, %d wide): %s", v.who, v.at, name, s.width, found)
	}
	v.fits(name, s)
	if v.dir != "" {
		v.shot(fmt.Sprintf("%02d-%s-%d", v.seen, name, s.width))
	}
}

// fits holds a page to the width of the screen.
func (v *tab) fits(name string, s size) {
	v.t.Helper()
	if over := ask[int](v, `document.documentElement.scrollWidth - document.documentElement.clientWidth`); over > 0 {
		out := ask[[]string](v, `[...document.querySelectorAll("body *")].filter((e) =>
			e.getBoundingClientRect().right > document.documentElement.clientWidth + 1).slice(0, 3).map((e) => e.outerHTML.slice(0, 120))`)
		v.t.Errorf("%s on %s (%s): %d px stick out of %d: %q", v.who, v.at, name, over, s.width, out)
	}
}

// shot keeps a picture of the whole page.
func (v *tab) shot(name string) {
	v.t.Helper()
	ctx, cancel := context.WithTimeout(v.ctx, patience)
	defer cancel()
	picture, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
	if err == nil {
		err = os.WriteFile(filepath.Join(v.dir, v.who+"-"+name+".png"), picture, 0o600)
	}
	if err != nil {
		v.t.Error(err)
	}
}

// signIn signs in on the page where that is asked for, and ends where that leads.
func (v *tab) signIn(login string) {
	v.t.Helper()
	v.write(`#login`, login)
	v.write(`#password`, DemoPassword)
	v.follow(`form:has(#login) button[type=submit]`)
}
