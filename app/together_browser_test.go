package app

import (
	"context"
	"strings"
	"testing"
)

// TestOfficialsShareAStepInABrowser claims a site check before a colleague, looks at handing on, asks for an opinion, answers it,
// urges a step and returns a decision, and looks at each page.
func TestOfficialsShareAStepInABrowser(t *testing.T) {
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
	first := func(v *tab) string { // the first step on the list of what waits
		v.open("/work")
		return ask[string](v, `(document.querySelector('main a[href*="?task="]') || {getAttribute: () => ''}).getAttribute('href')`)
	}

	one, other := as("yc1031"), as("yc1032")
	check := first(one)
	if check == "" {
		t.Fatal("no site check waits")
	}
	one.open(check)
	one.look("unclaimed", phone, wide)
	one.follow(`form[action$="/claim"] button`)
	one.reads("您已签收")
	one.look("claimed", phone, wide)
	other.open("/work")
	other.reads("已签收")
	other.look("list", phone, wide)
	other.open(check)
	other.reads("由萧书瑶签收")
	other.look("held", phone, wide)
	one.open(check)
	one.follow(`form[action$="/release"] button`)
	one.reads("还没有人签收")

	reviewer := as("yc1021")
	review := first(reviewer)
	if review == "" {
		t.Fatal("no review waits")
	}
	path, _, _ := strings.Cut(review, "?")
	reviewer.open(review)
	reviewer.follow(`a[href*="/step/ask"]`)
	reviewer.look("ask", phone, wide)
	reviewer.press(`input[name=kind][value=consult]`)
	reviewer.set("to", "SCJ.rev")
	reviewer.write(`input[name=days]`, "3")
	reviewer.write(`textarea[name=words]`, "该场所是否有处罚记录？")
	reviewer.follow(`form[action$="/step/ask"] .btn--primary`)
	reviewer.reads("等待答复", "市场监督管理局")
	reviewer.look("asked", phone, wide)

	market := as("yc1061")
	market.open("/work")
	market.reads("征求意见")
	market.follow(`main a[href^="` + path + `?task="]`)
	market.reads("该场所是否有处罚记录？")
	market.look("answer", phone, wide)
	market.press(`input[name=conclusion][value=agree]`)
	market.write(`textarea[name=text]`, "没有处罚记录。")
	market.follow(`.btn--primary[form=form]`)

	reviewer.open(review)
	reviewer.follow(`a[href*="/step/hand"]`)
	reviewer.look("hand", phone, wide)
	reviewer.open(path + "/step/hand?lang=en&task=" + review[strings.Index(review, "task=")+5:])
	reviewer.look("hand-en", wide)
	reviewer.open("/?lang=zh")

	watch := as("yc1036")
	watch.open(path + "/step/hurry")
	watch.look("hurry", phone, wide)
	watch.press(`input[name=task]`)
	watch.write(`textarea[name=words]`, "申请人来电询问进度，请尽快办理。")
	watch.follow(`form[action$="/step/hurry"] .btn--primary`)
	reviewer.open(review)
	reviewer.reads("申请人来电询问进度")
	reviewer.look("urged", phone, wide)

	chief := as("yc1020")
	chief.open("/work?slot=decide")
	if !ask[bool](chief, `!!document.querySelector('main a[href*="?task="]')`) {
		t.Fatal("no decision waits")
	}
	chief.follow(`main a[href*="?task="]`)
	chief.follow(`a[href*="/step/back"]`)
	chief.look("back", phone, wide)
	chief.write(`textarea[name=words]`, "请补充场所面积的核算。")
	chief.press(`input[name=node]`)
	chief.follow(`form[action$="/step/back"] .btn--primary`)
	chief.reads("已退回")
}
