package app

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// set puts a value into a field or a list of the page.
func (v *tab) set(name, value string) {
	v.t.Helper()
	if !ask[bool](v, `(() => {
		const e = document.querySelector("main [name=" + JSON.stringify(`+strconv.Quote(name)+`) + "]")
		if (!e) return false
		e.value = `+strconv.Quote(value)+`
		return e.value === `+strconv.Quote(value)+`
	})()`) {
		v.fail("set "+name, fmt.Errorf("cannot take %q", value))
	}
}

// tick presses the box of a value.
func (v *tab) tick(name, value string) {
	v.t.Helper()
	v.do("tick "+name, func(ctx context.Context, at *chromedp.Target) (chromedp.Void, error) {
		return chromedp.Evaluate[chromedp.Void](`document.querySelector('main input[name="`+name+`"][value="`+value+`"]').click()`)(ctx, at)
	})
}

// act presses the button that carries an act.
func (v *tab) act(value string) {
	v.t.Helper()
	v.follow(`main button[name="act"][value="` + value + `"]`)
}

// spoken holds a page to words: none of its texts may be missing.
func (v *tab) spoken() {
	v.t.Helper()
	for _, key := range ask[[]string](v, `document.querySelector("main").innerText.match(/\b(editor|change|catalog|directory|library)\.[a-z_.]+/g) || []`) {
		v.t.Errorf("%s on %s: there are no words for %s", v.who, v.at, key)
	}
}

func (v *tab) save() {
	v.t.Helper()
	v.follow(`#save`)
}

func (v *tab) section(draft, name string) {
	v.t.Helper()
	v.open(draft + "/edit/" + name)
}

// written is the draft of TestAnOfficialMakesAnItem.
const written = "yc-street-performance"

// TestAnOfficialMakesAnItem takes an item from nothing to a case filed on it, in the browser alone: an officer writes every
// part of the draft and submits it, another approves it for today, a resident finds it, answers its question and applies,
// and the window sees the case.
func TestAnOfficialMakesAnItem(t *testing.T) {
	if testing.Short() {
		t.Skip("a browser")
	}
	t.Parallel()
	browser := chromium(t)
	h := openHall(t, "")
	v := newTab(t, browser, h.base, "yc1038")
	v.open("/sign-in?next=%2Fcatalog%2Fchanges%2Fnew")
	v.signIn("yc1038")
	v.set("code", written)
	v.set("name", "街头艺术表演许可")
	v.set("type", "01")
	v.set("unit", "SPJ-SY")
	v.follow(`form[action="/catalog/changes/new"] button.btn--primary`)
	draft := v.at
	v.follow(`a[href="` + draft + `/edit"]`)
	v.reads("待改")
	v.look("overview-begun", phone, wide)

	writeElements(v, draft)
	writeMaterials(v, draft, journeyFiles(t, h.a))
	writeForm(v, draft)
	writeSteps(v, draft)
	writeSituations(v, draft)
	v.open(draft + "/edit")
	v.spoken()
	v.look("overview-done", phone, wide)
	v.reads("内容齐全，可以提交审核")
	for _, s := range []string{"basics", "grounds", "limits", "service", "words", "legal", "situations", "materials", "form", "steps"} {
		v.section(draft, s)
		v.spoken()
		v.look("done-"+s, phone, wide)
		v.open(draft + "/edit/" + s + "?lang=en")
		v.spoken()
		v.look("english-"+s, wide)
		v.open(draft + "/edit/" + s + "?lang=zh")
	}
	v.open(draft)
	v.write(`#reason`, "街头表演越来越多，需要一个能在网上办的许可")
	v.follow(`form[action$="/submit"] button`)

	other := newTab(t, browser, h.base, "yc1102")
	other.open("/sign-in?next=%2Fcatalog%2Fchanges")
	other.signIn("yc1102")
	other.open(draft)
	other.reads("街头艺术表演许可", "表演场地示意图")
	other.look("review", phone, wide)
	other.follow(`form[action$="/approve"] button`)
	other.reads("已成为现行版本")

	applyWritten(t, h, newTab(t, browser, h.base, "a01"), newTab(t, browser, h.base, "yc1005"))
}

func writeElements(v *tab, draft string) {
	v.t.Helper()
	v.section(draft, "basics")
	v.write(`#base-q`, "公共场所")
	v.follow(`form[action$="#base"] button`)
	v.look("base-found", phone, wide)
	v.act("base.370199002000")
	v.reads("公共场所卫生许可", "一致")
	v.look("base-taken", phone, wide)
	v.spoken()
	v.set("main_item", "")
	v.set("base_code", "") // nobody has written down what street performers need: the item stands for itself
	v.save()
	v.section(draft, "grounds")
	v.set("conditions", "")
	for ask[bool](v, `!!document.querySelector('button[value="remove.basis.0"]')`) {
		v.act("remove.basis.0")
	}
	v.section(draft, "basics")
	if !ask[bool](v, `document.querySelector('[name=audience][value="1"]').checked`) {
		v.tick("audience", "1")
	}
	v.tick("project_type", "2")
	v.set("use_level", "4")
	v.set("regulator", "SPJ-SY")
	v.set("themes", "文化体育")
	v.set("keywords", "街头卖艺、路演")
	v.save()
	v.section(draft, "grounds")
	v.act("add.basis")
	v.set("basis.0.law", "营业性演出管理条例")
	v.set("basis.0.article", "第十三条")
	v.set("basis.0.gist", "举办营业性演出，应当向演出所在地文化主管部门提出申请")
	v.set("conditions", "有固定的表演时间和地点\n表演内容不违反法律法规")
	v.set("power_source", "1")
	v.set("body_kind", "1")
	v.save()
	v.section(draft, "limits")
	v.set("promised_limit.value", "五")
	v.wrong(`#save`)
	v.reads("这里填不小于 0 的整数")
	if got := ask[string](v, `document.querySelector('[name="promised_limit.value"]').value`); got != "五" {
		v.t.Errorf("what was typed is lost: %q", got)
	}
	v.look("limits-wrong", phone, wide)
	v.set("promised_limit.value", "7")
	v.set("promised_limit.unit", "workday")
	v.set("statutory_limit.value", "20")
	v.set("statutory_limit.unit", "workday")
	v.set("statutory_limit.basis", "营业性演出管理条例第十三条")
	v.tick("fee.charged", "false")
	v.save()
	v.section(draft, "service")
	v.set("result.name", "街头表演准予文书")
	v.tick("result.kind", "20")
	for _, way := range []string{"service.online", "service.mobile", "service.express"} {
		v.tick("service", way)
	}
	v.set("visits", "0")
	v.set("online_depth", "5")
	v.set("complaints", "12345")
	v.save()
	v.section(draft, "words")
	v.set("plain.what", "在街上唱歌、演奏、变魔术，先来办这个。")
	v.save()
	v.act("add.questions")
	v.set("questions.0.question", "雨天改期要重新申请吗？")
	v.set("questions.0.answer", "不用，改期三天以内的，打电话告诉我们就行。")
	v.save()
}

func writeMaterials(v *tab, draft string, files []string) {
	v.t.Helper()
	v.section(draft, "materials")
	v.write(`#library-q`, "居民身份证")
	v.follow(`form[action$="#library"] button`)
	v.look("library", phone, wide)
	v.follow(`main button[name="act"][value^="take."]`)
	v.look("library-material", phone, wide)
	v.save()
	v.section(draft, "materials")
	v.act("add.materials")
	v.set("name", "表演场地示意图")
	v.set("points", "标明位置\n标明音响朝向")
	v.tick("kind", "3")
	v.save()
	for _, row := range []string{"file-blank", "file-sample"} {
		(&journey{t: v.t}).upload(v, row, files[0])
	}
	v.save() // the uploads were saved; the form beside them knows
	v.look("own-material", phone, wide)
}

func writeForm(v *tab, draft string) {
	v.t.Helper()
	for _, f := range [][2]string{{"applyer_name", ""}, {"contact_mobile", ""}, {"yc.text", "表演内容"}} {
		v.section(draft, "form")
		v.act("add.fields")
		v.set("element", f[0])
		v.set("label", f[1])
		v.save()
	}
	v.look("field", phone, wide)
	v.section(draft, "form")
	v.reads("申请人名称（姓名）", "联系人手机号码", "表演内容")
	v.open(draft + "/edit/form?preview=wide")
	v.look("preview-wide", wide)
}

func writeSteps(v *tab, draft string) {
	v.t.Helper()
	v.section(draft, "steps")
	v.set("flow", "standard")
	v.act("layout")
	for id, days := range map[string]string{"s2": "3", "s3": "1"} {
		v.open(draft + "/edit/steps?row=steps." + id)
		v.set("days", days)
		v.set("standard", "材料真实、齐全，符合受理条件")
		v.save()
	}
	v.look("step", phone, wide)
	v.section(draft, "steps")
	v.reads("流程走得通")
}

func writeSituations(v *tab, draft string) {
	v.t.Helper()
	v.section(draft, "situations")
	v.act("add.situations")
	v.set("question", "在哪里表演？")
	v.set("options.0.label", "政府划定的表演点")
	v.set("options.1.label", "其他地方")
	v.set("options.1.notice", "请先与场地管理方商量好")
	v.set("options.0.effects", "drop_material|m2|")
	v.save()
	v.look("question", phone, wide)
	v.section(draft, "situations")
	v.act("add.rules")
	v.set("compare", `q1 == "a"`)
	v.act("condition")
	v.reads("“在哪里表演？”选“政府划定的表演点”")
	v.set("effects", "set_limit|4 workday|")
	v.save()
	v.look("rule", phone, wide)
	v.section(draft, "situations")
	v.reads("若“在哪里表演？”选“政府划定的表演点”，则承诺时限为 4 个工作日")
	v.tick("t.q1", "a")
	v.follow(`#trial form button`)
	v.reads("4 个工作日")
	if text := ask[string](v, `document.querySelector("#outcome").innerText`); strings.Contains(text, "表演场地示意图") {
		v.t.Error("the answer drops the plan, the try-out does not")
	}
	v.look("trial", phone, wide)
}

// applyWritten finds the item that was written, applies for it and looks at the case at the window.
func applyWritten(t *testing.T, h *hall, v, clerk *tab) {
	t.Helper()
	v.open("/sign-in")
	v.signIn("a01")
	v.open("/items?q=%E8%A1%97%E5%A4%B4%E5%8D%96%E8%89%BA") // 街头卖艺
	v.follow(`main a[href^="/items/` + written + `"]`)
	v.reads("街头艺术表演许可")
	v.look("guide", phone, wide)
	v.open("/apply/" + written)
	v.follow(`form[action="/apply/` + written + `"] button`)
	draft := v.at[:strings.LastIndex(v.at, "/")]
	v.open(draft + "/questions")
	v.choose("answer.q1", "a")
	v.follow(`form[action$="/questions"] .btn--primary`)
	v.look("apply-form", phone, wide)
	v.write(`[name="form.field3"]`, "周末傍晚的手风琴独奏")
	v.fillEmpty(map[string]string{"form.field1": "周叙白", "form.field2": "15400030001"})
	v.follow(`form[action$="/form"] .btn--primary`)
	j := &journey{t: t, files: journeyFiles(t, h.a)}
	for i, row := range ask[[]string](v, `[...document.querySelectorAll(".files > li:has(form[data-upload]):not(:has(.file a))")].map((r) => r.id)`) {
		j.upload(v, row, j.files[i%len(j.files)])
	}
	if strings.Contains(ask[string](v, `document.querySelector("main").innerText`), "表演场地示意图") {
		t.Error("the plan is asked for although the answer drops it")
	}
	v.follow(`form[action$="/materials"] .btn--primary`)
	v.follow(`form[action$="/review"] .btn--primary`)
	found := receiptPath.FindStringSubmatch(v.at)
	if found == nil {
		v.fail("submit", fmt.Errorf("leads to %s", v.at))
	}
	clerk.open("/sign-in?next=%2Fdesk")
	clerk.signIn("yc1005")
	clerk.open("/desk/" + found[1])
	clerk.reads("街头艺术表演许可")
}

// TestTwoOfficialsOnOneDraft saves a page that somebody was quicker with: what was typed comes back, and saving again means
// it. What is no part of the draft is answered in words.
func TestTwoOfficialsOnOneDraft(t *testing.T) {
	t.Parallel()
	h := openHall(t, "")
	c, err := h.a.services.catalog.ProposeNew(t.Context(), h.actor("yc1038"), "k", "two-officials", "两人同改", "01", "SPJ-SY")
	if err != nil {
		t.Fatal(err)
	}
	draft := fmt.Sprintf("/catalog/changes/%d/edit", c.ID)
	v := h.as("yc1038")
	answer, _ := v.post(draft+"/words", url.Values{"lock": {"1"}, "fields": {"1"}, "plain.what": {"先写的"}})
	v.want(answer, http.StatusSeeOther)
	answer, page := v.post(draft+"/words", url.Values{"lock": {"1"}, "fields": {"1"}, "plain.what": {"后写的"}, "plain.tip": {"别忘了这句"}})
	v.says(answer, page, http.StatusPreconditionFailed, "后写的", "别忘了这句", "您填的都在")
	answer, _ = v.form(page, draft+"/words", url.Values{"plain.what": {"后写的"}, "plain.tip": {"别忘了这句"}})
	v.want(answer, http.StatusSeeOther)
	answer, page = v.get(draft + "/words")
	v.says(answer, page, http.StatusOK, "后写的", "别忘了这句")

	// An entry that somebody took away keeps what was typed into it.
	answer, page = v.post(draft+"/materials", url.Values{"lock": {"1"}, "fields": {"1"}, "row": {"materials.m7"}, "name": {"平面图"}})
	v.says(answer, page, http.StatusPreconditionFailed, "平面图")

	for path, status := range map[string]int{"/nothing": 404, "/materials?row=materials.m9": 404, "/words?row=x.y": 404, "/form/schema.json": 200, "/materials/m9/blank": 404} {
		answer, _ = v.get(draft + path)
		v.want(answer, status)
	}
	for name, form := range map[string]url.Values{
		"codes":  {"act": {"codes"}},
		"schema": {"act": {"import"}, "schema": {"{"}},
		"layout": {"act": {"layout"}, "fields": {"1"}, "flow": {"none"}},
		"many":   {"fields": {"1"}, "visits": {"x"}},
	} {
		section := map[string]string{"codes": "basics", "schema": "form", "layout": "steps", "many": "service"}[name]
		form.Set("lock", "3")
		if answer, _ = v.post(draft+"/"+section, form); answer.StatusCode != http.StatusUnprocessableEntity {
			t.Errorf("%s: answered %d", name, answer.StatusCode)
		}
	}
	answer, _ = h.as("yc1005").get(draft)
	v.want(answer, http.StatusForbidden)
}
