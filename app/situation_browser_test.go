package app

import (
	"context"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// TestSituationsInABrowser answers a guide whose questions depend on each other, takes the list along on paper and as an
// address, and goes over the library of materials.
func TestSituationsInABrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("a browser")
	}
	t.Parallel()
	browser := chromium(t)
	a := theCity.open(t, testConfig(t, theCity.File(t)), trial)
	site := httptest.NewServer(a.Handler())
	t.Cleanup(site.Close)

	v := newTab(t, browser, site.URL, "public")
	const guide = "/items/residence-permit"
	v.open(guide)
	if ask[bool](v, `document.querySelector('[name="q4"]') !== null`) {
		t.Error("asked before it has to be")
	}
	v.look("guide-empty", phone, wide)
	v.choose("q1", "a")
	v.until(`document.querySelector('[name="q4"]')`)
	v.choose("q4", "c")
	v.until(`document.querySelector("#fee")`)
	if ask[bool](v, `document.querySelector('[name="q2"]') !== null`) {
		t.Error("who asks for another card is asked again why")
	}
	v.choose("q3", "b")
	v.until(`location.search.includes("q3=b") && !document.querySelector(".htmx-request")`)
	v.reads("20", "换领、补领不再证明申领条件", "监护人或者代办人身份证")
	v.press(`#needs details:has(.share__code) summary`)
	v.look("guide-answered", wide, phone)
	v.reads("常见问题") // the answers took no other section's place
	if twice := ask[[]string](v, `[...document.querySelectorAll("[id]")].map((e) => e.id).filter((id, i, all) => all.indexOf(id) !== i)`); len(twice) > 0 {
		t.Errorf("ids that stand twice: %q", twice)
	}
	v.onPaper("guide-answered")
	v.open(ask[string](v, `document.querySelector('a[href^="/items/residence-permit/list"]').getAttribute("href")`))
	v.reads("办事清单", "丢失补领", "residence-permit", "生成日期")
	v.look("list", phone, wide)
	v.onPaper("list")
	v.open("/items/food-operation-new?q1=b&q2=b&q3=b&q4=b&q5=b")
	v.reads("四个工作日办结", "空白表", "填写样例")
	v.look("guide-forms", phone, wide)

	v = newTab(t, browser, site.URL, "yc1038")
	v.open("/sign-in")
	v.signIn("yc1038")
	v.open("/catalog/materials")
	v.reads("授权委托书", "居民身份证")
	v.look("library", phone, wide)
	v.open("/catalog/materials/power-of-attorney")
	v.reads("载明委托人、受托人、权限和期限", "与材料库一致", "授权委托书（空白表）.docx")
	v.look("entry", phone, wide)
	v.open("/catalog/materials/power-of-attorney/edit")
	v.write(`[name="plain"]`, "请别人代办时写的一张纸")
	v.write(`#why`, "换成通俗的说法")
	v.look("edit", phone, wide)
	v.follow(`main form.card button.btn--primary`)
	v.agreed(a)
	v.open("/catalog/materials/power-of-attorney")
	v.reads("还是旧内容", "请别人代办时写的一张纸")
	v.look("older", phone, wide)
	v.open("/catalog/materials/new")
	v.look("new", phone, wide)
}

// agreed lets another officer agree to the proposal that the tab shows.
func (v *tab) agreed(a *App) {
	v.t.Helper()
	id, err := strconv.ParseInt(v.at[strings.LastIndex(v.at, "/")+1:], 10, 64)
	if err != nil {
		v.t.Fatalf("%s is no proposal", v.at)
	}
	agreed(v.t, a.services.catalog, id)
}

// onPaper shows the page as it prints, and back.
func (v *tab) onPaper(name string) {
	v.t.Helper()
	media := func(kind string) {
		v.do("emulate "+kind, func(ctx context.Context, _ *chromedp.Target) (void chromedp.Void, _ error) {
			_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
				Media: kind, Features: []*emulation.MediaFeature{{Name: "prefers-reduced-motion", Value: "reduce"}},
			})
			return void, err
		})
	}
	media("print")
	if ask[bool](v, `[...document.querySelectorAll("button, .btn, .share")].some((e) => e.offsetParent !== null)`) {
		v.t.Errorf("%s: buttons on paper", name)
	}
	for _, found := range ask[[]string](v, axeRun) {
		v.t.Errorf("%s on paper: %s", name, found)
	}
	if v.dir != "" {
		v.resize(size{794, 1123})
		v.shot(name + "-paper")
		v.resize(wide)
	}
	media("screen")
}
