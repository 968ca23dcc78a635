package app

import (
	"net/http/httptest"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestTheBaseCatalogueInABrowser goes over the base catalogue, puts one deviation right with one click, sets a limit anew
// and sees who promises longer, and reads the full record of an item as the public does.
func TestTheBaseCatalogueInABrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("a browser")
	}
	t.Parallel()
	browser := chromium(t)
	a := theCity.open(t, testConfig(t, theCity.File(t)), trial)
	site := httptest.NewServer(a.Handler())
	t.Cleanup(site.Close)
	v := newTab(t, browser, site.URL, "yc1038")
	v.open("/sign-in")
	v.signIn("yc1038")
	v.open("/catalog/base?q=卡")
	v.reads("免费乘车卡", "1 个不一致")
	v.look("list", phone, wide)
	v.open("/catalog/deviations")
	v.reads("残疾人证", "申请材料")
	v.look("matrix", phone, wide)
	v.open("/catalog/base/372099002000")
	v.reads("这里是10 个工作日")
	v.look("base", phone, wide)
	v.follow(`form[action$="/wh-free-bus-card/limit"] button`)
	v.reads("已按基本目录写进修改稿", "法定办结时限")
	v.open("/catalog/base/372099002000/edit")
	v.write(`#statutory_limit`, "1")
	v.write(`#why`, "短")
	v.wrong(`form[data-once] button.btn--primary`)
	v.reads("请写明理由")
	v.look("refused", phone, wide)
	v.write(`#why`, "依据《云川市老年人优待办法》修订")
	v.follow(`form[data-once] button.btn--primary`)
	v.agreed(a)
	v.open("/catalog/base/372099002000")
	v.reads("时限更长", "第 2 版")
	v.look("longer", wide)
	v.open("/catalog/locks/37")
	v.look("locks", phone, wide)
	v.open("/catalog/base/new")
	v.look("new", phone, wide)

	public := newTab(t, browser, site.URL, "public")
	for _, at := range []struct{ code, text string }{{"food-operation-new", "批后监管"}, {"eia-form-approval", "中介服务"}, {"wh-village-elder-card", "受委托组织"}} {
		public.open("/items/" + at.code)
		public.reads(at.text)
		public.do("unfold", chromedp.Evaluate[chromedp.Void](`document.querySelectorAll("main details").forEach((d) => { d.open = true })`))
		public.look("guide-"+at.code, phone, wide)
	}
}
