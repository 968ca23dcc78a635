package app

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"onedoor.app/infra/db"
)

// TestOneCaseThroughAllHands takes one application from the question what is
// needed to a certificate that anybody can verify, in a real browser, through
// everybody whom it passes, and examines each page on the way.
func TestOneCaseThroughAllHands(t *testing.T) {
	browser := chromium(t)
	for engine, url := range theCity.URLs(t) {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			cfg := testConfig(t, url)
			cfg.Demo = true
			a := theCity.open(t, cfg)
			base, stop, err := a.loopback(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(stop)
			j := &journey{t: t, a: a, browser: browser, base: base, files: journeyFiles(t, a)}
			j.run()
			if err := a.Verify(t.Context(), func(Verified) {}); err != nil {
				t.Error(err)
			}
		})
	}
}

// journey is one case on its way.
type journey struct {
	t       *testing.T
	a       *App
	browser context.Context
	base    string
	files   []string // a PDF, a picture
	id, no  string   // of the case, once it has arrived
	number  string   // of the certificate
}

// journeyFiles writes what the applicant has to hand in: a PDF and a photograph.
func journeyFiles(t *testing.T, a *App) []string {
	t.Helper()
	pdfs, err := samplePDFs(a)
	if err != nil {
		t.Fatal(err)
	}
	var picture bytes.Buffer
	photo := image.NewRGBA(image.Rect(0, 0, 600, 400))
	for i := range photo.Pix {
		photo.Pix[i] = uint8(i % 251)
	}
	if err := png.Encode(&picture, photo); err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range []struct {
		name    string
		content []byte
	}{{"材料.pdf", pdfs[1]}, {"照片.png", picture.Bytes()}} {
		name := filepath.Join(t.TempDir(), f.name)
		if err := os.WriteFile(name, f.content, 0o600); err != nil {
			t.Fatal(err)
		}
		names = append(names, name)
	}
	return names
}

// tab opens a browser. What a page looks like does not depend on the database,
// so that one journey examines them.
func (j *journey) tab(who string) *tab {
	j.t.Helper()
	v := newTab(j.t, j.browser, j.base, who)
	v.fast = db.IsPostgres(j.a.Config.DB)
	return v
}

// as opens the browser of somebody who works here.
func (j *journey) as(login, role string) *tab {
	j.t.Helper()
	v := j.tab(role)
	v.open("/sign-in")
	v.signIn(login)
	return v
}

func (j *journey) run() {
	applicant := j.tab("1-applicant")
	j.find(applicant)
	j.fillIn(applicant)
	j.submit(applicant)

	clerk := j.as("yc1005", "2-clerk")
	j.notify(clerk)
	j.correct(applicant)
	j.accept(clerk)

	j.review()
	j.inspect()
	j.decide()
	j.issue()
	j.handOver()
	j.verify()
	j.watch()
	j.end(applicant)
}

// find goes from the home page to the guide of what is called in other words.
func (j *journey) find(v *tab) {
	v.open("/")
	v.look("home", wide, phone)
	v.write(`main input[name=q]`, "开饭店")
	v.load("search", chromedp.KeyEvent(kb.Enter))
	v.look("search", wide, phone)
	v.reads("食品经营许可（新办）")
	v.follow(`main a[href^="/items/food-operation-new"]`)
	v.look("guide", wide, phone)
	for _, q := range []struct{ name, value string }{{"q1", "a"}, {"q2", "a"}, {"q3", "b"}, {"q4", "b"}, {"q5", "a"}} {
		v.press(fmt.Sprintf(`#situations ~ * label:has(> input[name$=%q][value=%q]), label:has(> input[name$=%q][value=%q])`, q.name, q.value, q.name, q.value))
		v.until(`location.search.includes("` + q.name + `") && !document.querySelector(".htmx-request")`)
	}
	v.look("guide-answered", wide, phone)
	v.follow(`#apply a`)
	v.look("begin-visitor", wide, phone)
	v.follow(`.form-end a.btn--primary`)
	v.look("sign-in", wide, phone)
	v.signIn("o01")
	v.look("begin", wide, phone)
}

// fillIn answers the questions, fills the form in and brings every material.
func (j *journey) fillIn(v *tab) {
	v.follow(`form[action="/apply/food-operation-new"] button`)
	// What was answered on the guide came along; it can be looked at and changed.
	if !strings.HasSuffix(v.at, "/form") {
		v.t.Errorf("the first step is %s", v.at)
	}
	v.open(strings.TrimSuffix(v.at, "/form") + "/questions")
	v.look("questions", wide, phone)
	for _, q := range []struct{ name, value string }{{"q1", "a"}, {"q2", "a"}, {"q3", "b"}, {"q4", "b"}, {"q5", "a"}} {
		if !ask[bool](v, fmt.Sprintf(`document.querySelector('[name="answer.%s"][value=%q]').checked`, q.name, q.value)) {
			v.t.Errorf("the answer to %s did not come along", q.name)
		}
		v.choose("answer."+q.name, q.value)
	}
	v.follow(`form[action$="/questions"] .btn--primary`)
	v.look("form", wide, phone)

	// Sent half filled in, the form says what is missing and keeps the rest.
	v.write(`[name="form.site_address"]`, "云川市望湖区湖滨街道样例路1号")
	v.keys(kb.Tab)
	v.wrong(`form[action$="/form"] .btn--primary`)
	v.look("form-wrong", wide, phone)
	v.until(`document.querySelector('[name="form.site_address"]').value.startsWith("云川市望湖区")`)

	v.write(`[name="form.site_area"]`, "120")
	v.choose("form.food_format", "餐饮服务经营者")
	v.choose("form.food_items", "热食类制售")
	v.write(`[name="form.worker_count"]`, "6")
	v.write(`[name="form.safety_officer"]`, "安样例")
	v.choose("form.network_sale", "false")
	v.write(`[name="form.kitchen_area"]`, "40")
	v.fillEmpty(map[string]string{"form.contact_name": "周叙白"})
	v.follow(`form[action$="/form"] .btn--primary`)
	v.look("materials", wide, phone)
	for i, row := range ask[[]string](v, `[...document.querySelectorAll(".files > li:has(form[data-upload]):not(:has(.file a))")].map((r) => r.id)`) {
		j.upload(v, row, j.files[i%len(j.files)])
	}
	v.look("materials-brought", wide, phone)
	v.follow(`form[action$="/materials"] .btn--primary`)
	v.look("review", wide, phone)
}

// fillEmpty writes into fields that the centre could not fill in.
func (v *tab) fillEmpty(values map[string]string) {
	for name, value := range values {
		if ask[bool](v, fmt.Sprintf(`document.querySelector('[name=%q]').value === ""`, name)) {
			v.write(fmt.Sprintf(`[name=%q]`, name), value)
		}
	}
}

// wrong presses what comes back with the same page and what is wrong with it.
func (v *tab) wrong(css string) {
	v.t.Helper()
	ctx, cancel := context.WithTimeout(v.ctx, patience)
	defer cancel()
	answer, err := chromedp.RunResponse(ctx, chromedp.Click(chromedp.CSS(css)))
	if err != nil {
		v.fail("press "+css, err)
	}
	if answer.Status != 422 {
		v.t.Errorf("%s on %s: a wrong form is answered with %d, want 422", v.who, v.at, answer.Status)
	}
	v.until(`document.activeElement.matches(".errors")`)
	v.mu.Lock()
	defer v.mu.Unlock()
	for i, line := range v.noise { // browsers log every answer that is not well
		if strings.Contains(line, "422") {
			v.noise = append(v.noise[:i], v.noise[i+1:]...)
			break
		}
	}
}

// upload brings a file for a row of materials and waits until it is there.
func (j *journey) upload(v *tab, row, file string) {
	v.t.Helper()
	v.do("upload", chromedp.SetUploadFiles(chromedp.JSPath(
		fmt.Sprintf(`document.getElementById(%q).querySelector("input[type=file]")`, row)), []string{file}))
	v.until(fmt.Sprintf(`document.getElementById(%q).querySelector(".file a")`, row))
}

var receiptPath = regexp.MustCompile(`^/my/cases/([0-9]+)/receipt$`)

func (j *journey) submit(v *tab) {
	v.follow(`form[action$="/review"] .btn--primary`)
	v.look("receipt", wide, phone)
	found := receiptPath.FindStringSubmatch(v.at)
	if found == nil {
		v.fail("submit", fmt.Errorf("leads to %s", v.at))
	}
	j.id, j.no = found[1], ask[string](v, `document.querySelector("main").innerText.match(/379900[0-9]{14}[0-9A-Z]/)[0]`)
	if !ask[bool](v, `!!document.querySelector("main svg[role=img]")`) {
		v.t.Error("the receipt has no code to scan")
	}
	v.open("/my")
	v.look("my", wide, phone)
	v.open("/my/cases/" + j.id)
	v.reads(j.no)
	v.look("case-received", wide, phone)
}

// notify finds one material wanting, by keys alone, and sends the one notice.
func (j *journey) notify(v *tab) {
	v.look("desk", wide)
	v.reads(j.no[len(j.no)-6:])
	v.follow(`main a[href="/desk/` + j.id + `"]`)
	v.look("check", wide)
	n := ask[int](v, `document.querySelectorAll("#check [data-item]").length`)
	v.do("first row", chromedp.Focus(chromedp.CSS(`#check [data-item]:first-child [data-open]`)))
	for i := range n {
		if i > 0 {
			v.keys("j")
		}
		v.until(fmt.Sprintf(`document.querySelectorAll("#check [data-item]")[%d].matches(".is-on")`, i))
		if i == 3 {
			v.keys("2")
			v.keys(kb.Enter)
			v.until(`document.activeElement.matches("input[name^='reason.']")`)
			v.keys("示意图没有标注面积，请标注后重新提交")
			v.keys(kb.Enter)
		} else {
			v.keys("1")
		}
		v.until(fmt.Sprintf(`document.querySelectorAll("#check [data-item]")[%d].querySelector("input[type=radio]:checked") && !document.querySelector(".htmx-request")`, i))
	}
	v.until(`!document.querySelector("#act-notify[aria-disabled=true]") && document.querySelector("#notice").innerText.includes("没有标注面积")`)
	v.look("checked", wide)
	v.load("F8", chromedp.KeyEvent(kb.F8))
	v.look("notice-read", wide)
	v.follow(`.ask .btn--primary`)
	v.look("notified", wide)
	v.reads("补正")
}

// correct brings what the notice asks for, where it asks for it.
func (j *journey) correct(v *tab) {
	v.open("/my/cases/" + j.id)
	v.look("case-correcting", wide, phone)
	v.reads("补正")
	v.follow(`main a[href$="/correct"]`)
	v.look("correct", wide, phone)
	v.reads("示意图没有标注面积，请标注后重新提交")
	rows := ask[[]string](v, `[...document.querySelectorAll(".files > li")].map((r) => r.id)`)
	if len(rows) != 1 {
		v.fail("correct", fmt.Errorf("%d materials are to be corrected, want 1", len(rows)))
	}
	j.upload(v, rows[0], j.files[0])
	v.look("correct-brought", wide, phone)
	v.follow(`#correct .btn--primary`)
	v.look("case-corrected", wide, phone)
}

func (j *journey) accept(v *tab) {
	v.open("/desk/" + j.id)
	v.look("check-again", wide)
	rows := ask[[]string](v, `[...document.querySelectorAll("#check [data-item]")].filter((r) => !r.querySelector("input[value=pass]").checked).map((r) => r.querySelector("[data-open]").getAttribute("href"))`)
	for _, row := range rows {
		v.do("row", chromedp.Focus(chromedp.CSS(fmt.Sprintf(`#check [data-open][href=%q]`, row))))
		v.keys("1")
		v.until(fmt.Sprintf(`document.querySelector('#check [data-item]:has([data-open][href=%q]) input[value=pass]').checked && !document.querySelector(".htmx-request")`, row))
	}
	v.until(`document.querySelector("#act-accept") && !document.querySelector("#act-accept[aria-disabled=true]")`)
	v.load("F9", chromedp.KeyEvent(kb.F9))
	v.look("accepted", wide)
}

// ctrlEnter sends the form at hand.
func (v *tab) ctrlEnter() {
	v.t.Helper()
	v.load("Ctrl+Enter", chromedp.KeyEvent(kb.Enter, chromedp.KeyModifiers(chromedp.ModifierCtrl)))
}

func (j *journey) review() {
	v := j.as("yc1021", "3-reviewer")
	v.look("inbox", wide)
	v.follow(`main a[href^="/work/` + j.id + `"]`)
	v.look("case", wide)
	for _, way := range []string{"story", "time", "similar"} {
		v.open("/work/" + j.id + "?tab=" + way)
		v.look("case-"+way, wide)
	}
	v.choose("conclusion", "agree")
	v.keys("o")
	v.until(`document.activeElement.matches("[data-opinion]")`)
	v.keys("主体资格有效，布局流程合理，建议准予。")
	v.ctrlEnter()
	v.look("inbox-after", wide)
}

func (j *journey) inspect() {
	v := j.as("yc1031", "4-inspector")
	v.open("/work/" + j.id)
	v.look("case", wide, phone)
	for _, no := range ask[[]string](v, `[...document.querySelectorAll("input[type=checkbox][name=inspectors]")].slice(0, 2).map((o) => o.value)`) {
		v.choose("inspectors", no)
	}
	v.choose("conclusion", "agree")
	v.write(`[data-opinion]`, "现场与示意图一致，清洗消毒和留样条件符合要求。")
	v.ctrlEnter()
}

func (j *journey) decide() {
	v := j.as("yc1020", "5-decider")
	v.look("inbox", wide)
	v.follow(`main a[href^="/work/` + j.id + `"]`)
	v.look("case", wide)
	v.choose("conclusion", "grant")
	v.ctrlEnter()
	v.look("sure", wide)
	v.follow(`button[name=sure]`)
	v.open("/work/" + j.id)
	v.look("decided", wide)
}

func (j *journey) issue() {
	v := j.as("yc1033", "6-issuer")
	v.open("/issue")
	v.look("queue", wide)
	v.follow(`main a[href="/issue/` + j.id + `"]`)
	v.look("make", wide)
	v.ctrlEnter()
	v.look("made", wide)
	j.number = ask[string](v, `document.querySelector("aside .code, aside .num").innerText.trim()`)
}

func (j *journey) handOver() {
	v := j.as("yc1034", "7-deliverer")
	v.open("/delivery")
	v.look("queue", wide)
	v.follow(`main a[href="/delivery/` + j.id + `"]`)
	v.look("parcel", wide)
	hand := `form[action*="/hand?"] `
	v.write(hand+`[name=name]`, "周叙白")
	v.write(hand+`[name=number]`, "379900198706120118") // one digit wrong
	v.wrong(hand + `.btn--primary`)
	v.look("parcel-wrong", wide)
	v.write(hand+`[name=number]`, "379900198706120117")
	v.ctrlEnter()
	v.look("handed", wide)
	v.open("/delivery/" + j.id + "/slip")
	v.look("slip", wide)
}

// verify is what anybody does who is shown the certificate.
func (j *journey) verify() {
	v := j.tab("8-anybody")
	v.open("/verify")
	v.look("verify", wide, phone)
	v.write(`#number`, j.number)
	v.load("verify", chromedp.KeyEvent(kb.Enter))
	v.reads("真实", "有效")
	v.look("genuine", wide, phone)
}

func (j *journey) watch() {
	v := j.as("yc1036", "9-supervisor")
	v.open("/watch")
	v.look("board", wide)
	v.open("/watch/cases")
	v.look("cases", wide)
	v.open("/watch/" + j.id)
	v.reads(j.no)
	v.look("case", wide)
}

// end is what the applicant has of it.
func (j *journey) end(v *tab) {
	v.open("/my/cases/" + j.id)
	v.reads(j.number)
	v.look("case-delivered", wide, phone)
	v.open("/my/certificates")
	v.reads(j.number)
	v.look("certificates", wide, phone)
}
