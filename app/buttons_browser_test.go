package app

import (
	"slices"
	"strings"
	"testing"

	"onedoor.app/domain/catalog"
)

// TestTheButtonsOfTheEditor presses what an official presses seldom: a new base item gets its code of 12 characters, a
// draft takes over from its base what it had otherwise, and gets its codes of 31 and 33; the result gets a sample; an
// answer leads to another item and a rule suggests one, each found by a search.
func TestTheButtonsOfTheEditor(t *testing.T) {
	if testing.Short() {
		t.Skip("a browser")
	}
	t.Parallel()
	browser := chromium(t)
	h := openHall(t, "")
	v := newTab(t, browser, h.base, "yc1038")
	v.open("/sign-in?next=%2Fcatalog%2Fbase%2Fnew")
	v.signIn("yc1038")
	v.set("type", "01")
	v.set("name", "街头画像许可")
	v.set("why", "本市新设")
	v.follow(`form[data-once] button.btn--primary`)
	v.agreed(h.a)
	v.open("/catalog/base?q=街头画像许可")
	base := ask[string](v, `[...document.querySelectorAll("main a")].map((a) => a.getAttribute("href")).find((h) => /^\/catalog\/base\/[0-9]{12}$/.test(h)).split("/").pop()`)
	v.open("/catalog/base/" + base)
	if len(base) != 12 {
		t.Fatalf("the base item has the code %q", base)
	}
	v.reads("街头画像许可", base)

	c, err := h.a.services.catalog.ProposeNew(t.Context(), h.actor("yc1038"), "k", "street-portraits", "街头画像许可", "01", "SPJ-SY")
	if err != nil {
		t.Fatal(err)
	}
	draft := catalog.ChangePath(c.ID)
	v.section(draft, "basics")
	v.write(`#base-q`, "公共场所")
	v.follow(`form[action$="#base"] button`)
	v.act("base.370199002000")
	v.section(draft, "grounds")
	v.set("conditions", "会画画")
	v.save()
	v.section(draft, "basics")
	v.act("conform." + string(catalog.ElementConditions))
	if v.section(draft, "grounds"); strings.Contains(ask[string](v, `document.querySelector('[name=conditions]').value`), "会画画") {
		t.Error("the conditions were not taken over")
	}
	v.section(draft, "basics")
	v.set("use_level", "4")
	v.act("codes")
	implement := ask[string](v, `document.querySelector('[name=implement_code]').value`)
	handle := ask[string](v, `document.querySelector('[name=handle_code]').value`)
	if len(implement) != 31 || len(handle) != 33 || !strings.HasPrefix(handle, implement) || !strings.HasSuffix(implement, "370199002000") {
		t.Errorf("the codes are %q and %q", implement, handle)
	}
	v.look("codes", phone, wide)

	v.section(draft, "service")
	(&journey{t: t}).upload(v, "file-result", journeyFiles(t, h.a)[0])
	v.look("sample", phone, wide)
	v.spoken()

	v.section(draft, "situations")
	v.act("add.situations")
	v.set("question", "在哪里画？")
	v.set("options.0.label", "店里")
	v.set("options.1.label", "街上")
	v.set("answer", "b")
	v.write(`#another-q`, "公共场所卫生")
	v.act("find")
	v.reads("公共场所卫生许可（新办）", "改办这个事项")
	if got := ask[string](v, `document.querySelector("[name=answer]").value + document.querySelector('[name="options.1.label"]').value`); got != "b街上" {
		t.Errorf("what was typed is lost: %q", got)
	}
	v.look("found", phone, wide)
	v.spoken()
	v.act("redirect.public-place-hygiene")
	v.shows("改办事项“公共场所卫生许可（新办）”")
	v.look("led-away", phone, wide)
	v.section(draft, "situations")
	v.act("add.rules")
	v.set("compare", `q1 == "a"`)
	v.act("condition")
	v.write(`#another-q`, "spjyxkxb")
	v.act("find")
	v.act("suggest.food-operation-new")
	v.shows("可同时办“食品经营许可（新办）”")
	v.look("suggested", phone, wide)
	v.open(v.at + "&lang=en")
	v.spoken()
	v.look("english", wide)

	now, err := changeNow(t, h, c.ID)
	if err != nil {
		t.Fatal(err)
	}
	q, r, f := now.Item.Situations[0], now.Item.Rules[0], now.Item.Result.Sample
	if e := q.Options[1].Effects; len(e) != 1 || e[0].Op != catalog.OpRedirectItem || e[0].Target != "public-place-hygiene" || len(q.Options[0].Effects) > 0 {
		t.Errorf("the answers do %+v", q.Options)
	}
	if e := r.Effects; len(e) != 1 || e[0].Op != catalog.OpSuggestItem || e[0].Target != "food-operation-new" {
		t.Errorf("the rule does %+v", e)
	}
	if f == nil || f.Hash == "" {
		t.Errorf("the sample is %+v", f)
	}
}

// shows holds a page to a choice that is made in one of its lists.
func (v *tab) shows(text string) {
	v.t.Helper()
	chosen := ask[[]string](v, `[...document.querySelectorAll("main select")].map((s) => s.selectedOptions[0]?.text || "")`)
	if !slices.Contains(chosen, text) {
		v.t.Errorf("%s on %s: %q is not chosen among %q", v.who, v.at, text, chosen)
	}
}
