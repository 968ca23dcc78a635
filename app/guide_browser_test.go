package app

import (
	"net/url"
	"strings"
	"testing"
)

// TestGuidesInABrowser searches as people type, reads a guide in plain words, takes booklets
// and posters home, and keeps the synonyms as an official does.
func TestGuidesInABrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("a browser")
	}
	t.Parallel()
	browser := chromium(t)
	h := openHall(t, "")
	if err := h.a.services.catalog.SeedSynonyms(t.Context()); err != nil {
		t.Fatal(err)
	}
	v := newTab(t, browser, h.base, "visitor")
	search := func(v *tab, typed string) { v.open("/items?" + url.Values{"q": {typed}}.Encode()) }

	search(v, "我想开个面馆")
	v.reads("食品经营许可（新办）", "已按“食品经营许可 新办”")
	v.look("said", phone, wide)
	search(v, "食品经菅许可")
	v.look("part", phone, wide)
	search(v, "居住正申领")
	v.reads("居住证申领", "读音相同")
	search(v, "open a resturant")
	v.reads("您是不是要找“restaurant”")
	search(v, "剧本杀登船")
	v.reads("接下来可以这样找", "按主题看")
	v.look("nothing", phone, wide)

	v.open("/items/food-operation-new")
	v.reads("一句话说清楚", "开饭馆、奶茶店", "打印海报")
	v.look("guide", phone, wide)
	v.press("section:has(> #plain) summary")
	v.reads("由云川市行政审批服务局实施")
	v.open("/items/food-operation-new/poster")
	v.reads("食品经营许可（新办）", "A区 企业与投资", "带什么")
	v.look("poster", phone, wide)
	v.open("/booklets")
	v.reads("一本通", "按主题", "按大厅区域")
	v.look("booklets", phone, wide)
	v.press("details.fold > summary")
	v.reads("准营准办")
	v.follow(`a[href^="/booklets/theme/"]`)
	v.look("volume", phone, wide)
	if got := ask[string](v, `fetch(document.querySelector('a[href*="book.pdf"]').href).then((r) => r.headers.get("content-type") + " " + r.status)`); got != "application/pdf 200" {
		t.Errorf("the booklet answers %s", got)
	}
	v.open("/booklets")
	v.press("details.fold > summary")
	v.reads(" 页，")

	for i := range 3 { // three visitors miss the same words
		h.a.services.catalog.NoteMissed(t.Context(), string(rune('a'+i)), "剧本杀登船", false)
	}
	h.a.services.catalog.MissedWritten()
	o := newTab(t, browser, h.base, "yc1038")
	o.open("/sign-in")
	o.signIn("yc1038")
	o.open("/catalog/missed")
	o.reads("剧本杀登船", "仍找不到")
	o.look("missed", phone, wide)
	o.follow(`a[href^="/catalog/synonyms/new?said="]`)
	o.write("#meant", "营业性演出")
	o.follow(`button[value="try"]`)
	o.reads("什么也找不到", "营业性演出审批")
	o.look("tried", phone, wide)
	o.follow(`button[value="keep"]`)
	o.reads("剧本杀登船", "同义词已保存")
	o.look("synonyms", phone, wide)
	search(v, "剧本杀登船")
	v.reads("营业性演出审批")
	o.open("/catalog/synonyms/new")
	o.write("#said", "密室逃脱")
	o.write("#meant", "没有这样的事项名")
	o.follow(`button[value="keep"]`) // not a fault: a warning, before anything is kept
	o.reads("找不到“对应的事项”：没有这样的事项名", "仍要保存")
	if got := ask[string](o, `document.querySelector('[role="alert"]').innerText`); !strings.Contains(got, "没有这样的事项名") {
		t.Errorf("the warning is not announced: %q", got)
	}
	o.look("pointless", phone, wide)
	v.open("/items/elder-card?elder=1")
	v.look("elder", phone)
	o.open("/catalog/missed?lang=en")
	if text := ask[string](o, `document.querySelector("main h1, h1").innerText`); strings.ContainsAny(text, "词没") {
		t.Errorf("the English page says %q", text)
	}
}
