package app

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// slowly lets every request of the page's scripts leave late, so that whoever
// answers quickly is always faster than the first answer of the server.
const slowly = `(() => {
	const send = XMLHttpRequest.prototype.send;
	XMLHttpRequest.prototype.send = function (body) { setTimeout(() => send.call(this, body), 250); };
	return true;
})()`

// TestQuickAnswersAtTheDesk answers the questions of a walk-in's application
// faster than the server draws what follows from them: none is lost, neither on
// the page nor in the draft, and the browser complains of nothing.
func TestQuickAnswersAtTheDesk(t *testing.T) {
	if testing.Short() {
		t.Skip("a browser")
	}
	t.Parallel()
	browser := chromium(t)
	h := openHall(t, "")
	v := newTab(t, browser, h.base, "yc1005")
	v.open("/sign-in")
	v.write(`input[name="login"]`, "yc1005")
	v.write(`input[type="password"]`, DemoPassword)
	v.follow(`form:has(input[type="password"]) button`)
	applicant := count(t, h.a, `SELECT id FROM party_party WHERE pack = 'o01'`)
	v.open("/desk/new/item?" + url.Values{"party": {strconv.Itoa(applicant)}, "q": {"食品经营许可"}}.Encode())
	v.follow(`button[name="item"][value="` + formItem + `"]`)
	if said := ask[string](v, `document.querySelector("[data-saved]").textContent.trim()`); said != "" {
		t.Errorf("a fresh draft says %q", said)
	}
	v.write(`[name="form.site_address"]`, "柳荫路 36 号")
	ask[bool](v, slowly)
	want := []string{"answer.q1=b", "answer.q2=a", "answer.q3=b", "answer.q4=b"}
	for _, answer := range want {
		name, value := answer[:len(answer)-2], answer[len(answer)-1:]
		ask[bool](v, fmt.Sprintf(`(document.querySelector('[name=%q][value=%q]').click(), true)`, name, value))
	}
	const chosen = `[...document.querySelectorAll("#draft [type=radio]:checked")].map((r) => r.name + "=" + r.value).filter((a) => a.startsWith("answer."))`
	if got := ask[[]string](v, `new Promise((done) => setTimeout(() => done(`+chosen+`), 1500))`); !slices.Equal(got, want) {
		t.Errorf("the page shows %v, want %v", got, want)
	}
	v.open(ask[string](v, `location.pathname`))
	if got := ask[[]string](v, chosen); !slices.Equal(got, want) {
		t.Errorf("the draft keeps %v, want %v", got, want)
	}
	if got := ask[string](v, `document.querySelector('[name="form.site_address"]').value`); got != "柳荫路 36 号" {
		t.Errorf("what was typed became %q", got)
	}
	if len(v.noise) > 0 {
		t.Errorf("the browser complains: %v", v.noise)
	}
}

// TestAStepIsNotFilledWithTheStepBefore goes from one step of an application to
// others: what the browser kept of a step is for that step alone, and a page on
// which nothing was typed says nothing about saving.
func TestAStepIsNotFilledWithTheStepBefore(t *testing.T) {
	if testing.Short() {
		t.Skip("a browser")
	}
	t.Parallel()
	browser := chromium(t)
	h := openHall(t, "")
	v := newTab(t, browser, h.base, "o01")
	v.open("/sign-in")
	v.write(`input[name="login"]`, "o01")
	v.write(`input[type="password"]`, DemoPassword)
	v.follow(`form:has(input[type="password"]) button`)
	v.open("/apply/" + formItem)
	v.follow(`form[action^="/apply/"] button`)
	const said = `(document.querySelector("[data-saved]")?.textContent || "").trim()`
	if text := ask[string](v, said); text != "" {
		t.Errorf("a fresh draft says %q", text)
	}
	for q := 1; q <= 5; q++ {
		ask[bool](v, fmt.Sprintf(`(document.querySelector('[name="answer.q%d"]').click(), true)`, q))
	}
	v.follow(`.form-end .btn--primary`)
	before := ask[string](v, said)
	if after := ask[string](v, `new Promise((done) => setTimeout(() => done(`+said+`), 1500))`); after != before {
		t.Errorf("the next step says %q by itself, after %q", after, before)
	}
	v.open(ask[string](v, `location.pathname.replace(/[a-z]+$/, "review")`))
	if !ask[bool](v, `document.querySelector('[name="delivery.way"][value="window"]').checked`) {
		t.Error("the usual way to get the result is not chosen any more")
	}
}

// TestPointsAtTheDesk looks at the papers of an application by keyboard, point by point: what is not ticked becomes the
// words of the notice, and finding a paper fit ticks the rest.
func TestPointsAtTheDesk(t *testing.T) {
	if testing.Short() {
		t.Skip("a browser")
	}
	t.Parallel()
	browser := chromium(t)
	h := openHall(t, "")
	h.submitted(h.as("o01"))
	id := count(t, h.a, `SELECT id FROM cases ORDER BY id DESC LIMIT 1`)
	v := newTab(t, browser, h.base, "yc1005")
	v.open("/sign-in")
	v.signIn("yc1005")
	v.open(fmt.Sprintf("/desk/%d", id))
	v.look("points", phone, wide)
	const open = `[...document.querySelectorAll("[data-item].is-on details")].every((d) => d.open)`
	v.keys("j")
	if !ask[bool](v, open) {
		t.Error("the points of the paper that the clerk came to are folded away")
	}
	v.keys("k")
	key := ask[string](v, `document.querySelector("[data-item].is-on [name=materials]").value`)
	ticks := ask[int](v, fmt.Sprintf(`document.querySelectorAll('[name="points.%s"]').length`, key))
	if ticks < 2 {
		t.Fatalf("the first paper has %d points", ticks)
	}
	ask[bool](v, fmt.Sprintf(`(document.getElementById("point-%s-0").focus(), true)`, key))
	v.keys(" ")
	v.until(fmt.Sprintf(`document.getElementById("seen-%s").value !== "1"`, key)) // it is kept
	v.keys("2")
	v.until(fmt.Sprintf(`document.getElementById("reason-%s").value.startsWith("不符合要求：")`, key))
	v.until(`document.querySelector("#notice ol") !== null`)
	v.look("points-wanting", phone, wide)
	v.keys("1")
	v.until(fmt.Sprintf(`[...document.querySelectorAll('[name="points.%s"]')].every((b) => b.checked)`, key))
	ask[bool](v, fmt.Sprintf(`new Promise((done) => setTimeout(() => (document.getElementById("point-%s-1").click(), done(true)), 200))`, key)) // drawn again and at rest
	v.until(fmt.Sprintf(`document.getElementById("say-%s").textContent.includes("没有勾选")`, key))
	v.mu.Lock()
	v.noise = slices.DeleteFunc(v.noise, func(line string) bool { return strings.Contains(line, "422") }) // what was refused
	v.mu.Unlock()
	v.look("points-refused", phone, wide)
	if focus := ask[string](v, `document.activeElement.tagName`); focus == "BODY" {
		t.Error("the focus is lost")
	}
	v.open(fmt.Sprintf("/desk/%d?lang=en", id))
	v.look("points-en", phone, wide)
}
