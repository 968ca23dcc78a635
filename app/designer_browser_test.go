package app

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// designedFlow is the definition of TestAnOfficialDrawsInTheDesigner.
const designedFlow = "food-designed"

// TestAnOfficialDrawsInTheDesigner draws a flow with the mouse, sees a mistake marked while drawing, mends it, plays the
// drawing through and saves it; another approves it.
func TestAnOfficialDrawsInTheDesigner(t *testing.T) {
	if testing.Short() {
		t.Skip("a browser")
	}
	t.Parallel()
	browser := chromium(t)
	h := openHall(t, "")
	v := newTab(t, browser, h.base, "yc1038")
	v.open("/sign-in?next=%2Fcatalog%2Fflows%2Fnew")
	v.signIn("yc1038")
	v.set("name", "食品经营许可（画图）")
	v.set("id", designedFlow)
	v.set("item", drawnItem)
	v.follow(`form[action="/catalog/flows"] .btn--primary`)
	draw := "/catalog/flows/" + designedFlow + "/draw"
	v.open(draw)
	v.judged("0 <")
	v.look("first", phone, wide)

	v.pick("t1")
	v.property("name", "决定")
	v.property("post", "SPJ-SY.chief")
	v.judged("0 ===")
	modeled[bool](v, `const r = get("elementRegistry"); get("modeling").moveElements([r.get("t1"), r.get("end")], { x: 200, y: 0 }); return true`)
	review := v.drop("create.task", v.flowInto("t1"))
	v.property("name", "食品安全审查")
	v.property("slot", "review")
	v.property("post", "SPJ-SY.rev")
	v.property("limit", "2")
	v.judged("0 ===")
	v.look("step", wide)
	v.mistake(review)
	v.byKeyboard()
	v.conditional(review)
	v.playThrough()
	if !ask[bool](v, `(() => { const e = new Event("beforeunload", { cancelable: true }); dispatchEvent(e); return e.defaultPrevented })()`) {
		t.Error("one may leave what is not saved without being asked")
	}

	late := newTab(t, browser, h.base, "yc1038")
	late.open("/sign-in?next=" + strings.ReplaceAll(draw, "/", "%2F"))
	late.signIn("yc1038")
	late.judged("0 <") // the draft as it was kept when it was begun

	v.press(`[data-tool="save"]`)
	v.until(`!document.querySelector("#draw").dataset.dirty && document.querySelector("#draw-said").textContent.includes("步骤清单里也能接着改")`)
	v.look("saved", wide)
	late.stale()

	v.open("/catalog/flows/" + designedFlow + "/steps")
	v.reads("食品安全审查", "大店核查", "有条件", "查验通过")
	v.look("as-steps", wide)
	v.open(draw)
	v.judged("0 ===")
	v.overdue(review)
	v.open("/catalog/flows/" + designedFlow + "/steps")
	v.reads("步骤清单写不下这张图", "查验通过")
	v.look("no-list", phone, wide)
	v.open(draw + "?lang=en")
	v.judged("0 ===")
	v.pick(review)
	if words := ask[string](v, `document.querySelector("#draw-panel, .draw__tools").innerText + [...document.querySelectorAll("#draw label, #draw legend, #draw .djs-palette [title]")].map((e) => e.title || e.textContent).join(" ")`); strings.ContainsFunc(words, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
		t.Errorf("the designer speaks Chinese on an English page: %s", words)
	}
	v.look("english", wide)
	v.open(draw + "?lang=zh")

	v.open("/catalog/flows/" + designedFlow)
	v.write(`#reason`, "审查超时要有人去看")
	v.follow(`form[action$="/submit"] button`)
	v.open(draw)
	v.until(`document.querySelector("#draw").designer`)
	if ask[bool](v, `!!document.querySelector('[data-tool="save"]') || [...document.querySelectorAll("#draw-panel input")].some((e) => !e.disabled)`) {
		t.Error("what is with the approver can be written on")
	}
	other := newTab(t, browser, h.base, "yc1102")
	other.open("/sign-in?next=%2Fcatalog%2Fflows%2F" + designedFlow)
	other.signIn("yc1102")
	other.follow(`form[action$="/approve"] button`)
	other.reads("第 1 版", "现行", "大店核查")
	other.look("approved", wide)
	v.called(h)
	if err := h.a.Verify(t.Context(), func(Verified) {}); err != nil {
		t.Error(err)
	}
}

// mistake lets the review decide too, looks at how that is told, and takes it back.
func (v *tab) mistake(review string) {
	v.t.Helper()
	v.property("slot", "decide")
	v.judged("0 <")
	v.reads("前面已经作过决定，这里会再作一次", "要改")
	v.press(`#draw-problems .draw__trace button`)
	v.until(`document.querySelectorAll(".draw-badge--lit").length > 0`)
	v.look("mistake", wide)
	v.press(`#draw-problems button.draw__problem[data-element="t1"]`)
	if got := modeled[string](v, `return get("selection").get()[0].id`); got != "t1" {
		v.t.Errorf("pressing the problem chooses %s, want the second decision", got)
	}
	v.press(`[data-tool="undo"]`)
	v.judged("0 ===")
	if got := modeled[string](v, `return get("elementRegistry").get(`+strconv.Quote(review)+`).businessObject.get("gov:act")`); got != "opinion" {
		v.t.Errorf("undone, the review may %s, want an opinion", got)
	}
	v.pick(review)
	v.press(`.djs-context-pad [data-action="append.gateway"]`) // by mouse: a gateway that leads nowhere
	v.judged("0 <")
	v.reads("每个元素都要有来路和去路")
	x, y := v.spot(review)
	v.do("undo by key", chromedp.MouseClickXY(x, y+150), chromedp.KeyEvent("z", chromedp.KeyModifiers(chromedp.ModifierCtrl)))
	v.judged("0 ===")
}

// byKeyboard chooses an element from the list, appends a step to it and takes that back, without the mouse.
func (v *tab) byKeyboard() {
	v.t.Helper()
	v.property("element", "t1")
	v.speaksOf("t1")
	v.do("append by key", chromedp.Focus(chromedp.CSS(`#draw-panel [data-append="task"]`)), chromedp.KeyEvent(kb.Enter))
	v.judged("0 <")
	v.look("keyboard", wide)
	v.do("undo by key", chromedp.Focus(chromedp.CSS(`[data-tool="fit"]`)), chromedp.KeyEvent("z", chromedp.KeyModifiers(chromedp.ModifierCtrl)))
	v.judged("0 ===")
}

// conditional puts a site check on condition before the review, by the modeler, and says the condition in the panel.
func (v *tab) conditional(review string) {
	v.t.Helper()
	flows := modeled[[]string](v, `
		const [modeling, registry] = [get("modeling"), get("elementRegistry")];
		const review = registry.get(`+strconv.Quote(review)+`), root = get("canvas").getRootElement();
		const start = review.incoming[0].source;
		modeling.moveElements([review, registry.get("t1"), registry.get("end")], { x: 380, y: 0 });
		modeling.removeConnection(review.incoming[0]);
		const at = (type, x) => modeling.createShape({ type }, { x: start.x + x, y: start.y + start.height / 2 }, root);
		const split = at("bpmn:ExclusiveGateway", 110), check = at("bpmn:UserTask", 240), join = at("bpmn:ExclusiveGateway", 370);
		modeling.connect(start, split);
		const way = modeling.connect(split, check);
		modeling.connect(check, join);
		modeling.connect(join, review);
		const past = modeling.connect(split, join);
		modeling.updateWaypoints(past, [{ x: split.x + 25, y: split.y + 50 }, { x: split.x + 25, y: split.y + 110 }, { x: join.x + 25, y: split.y + 110 }, { x: join.x + 25, y: join.y + 50 }]);
		document.querySelector('[data-tool="fit"]').click();
		return [way.id, past.id, check.id];`)
	v.judged("0 <")
	v.choice(flows[1])
	v.press(`#draw-panel [name="default"]`)
	v.choice(flows[0])
	subject := modeled[string](v, `return JSON.parse(document.querySelector("#draw").dataset.setup).subjects.find((s) => s.number || s.options?.length).path`)
	v.property("subject", subject)
	if ask[bool](v, `document.querySelector('#draw-panel [name="value"]').type === "number"`) {
		v.until(`(document.querySelector('#draw-panel [name="value"]').value = "300")`)
	}
	v.look("condition", wide)
	v.press(`#draw-panel .draw__adder .btn`)
	v.until(`document.querySelector("#draw-panel .draw__rule")`)
	v.choice(flows[2])
	for _, p := range [][2]string{{"name", "大店核查"}, {"slot", "check"}, {"post", "SPJ-SY.rev"}, {"limit", "1"}, {"inspectors", "2"}} {
		v.property(p[0], p[1])
	}
	v.judged("0 ===")
	v.reads("步骤清单里也能改")
}

// playThrough plays the drawing to its end, and once back.
func (v *tab) playThrough() {
	v.t.Helper()
	v.press(`[data-tool="play"]`)
	v.until(`document.querySelector("#draw-play .draw__tasks")`)
	v.reads("食品安全审查", "现在停在 1 处")
	v.look("play", wide)
	v.press(`#draw-play .draw__tasks .btn--primary`)
	v.until(`document.querySelector("#draw-play .draw__tasks b").textContent === "决定"`)
	v.press(`#draw-play [data-play="back"]`)
	v.until(`document.querySelector("#draw-play .draw__tasks b").textContent === "食品安全审查"`)
	v.press(`#draw-play .draw__tasks .btn--primary`)
	v.until(`document.querySelector("#draw-play .draw__tasks b").textContent === "决定"`)
	v.press(`#draw-play .draw__tasks .btn--primary`)
	v.until(`document.querySelector("#draw-play").textContent.includes("走完了")`)
	v.look("played", wide)
	v.press(`[data-tool="play"]`)
	v.until(`document.querySelector("#draw-play").hidden`)
}

// stale writes on a draft that another has changed since: nothing of what was drawn is lost.
func (v *tab) stale() {
	v.t.Helper()
	v.pick("t1")
	v.property("name", "由我决定")
	v.press(`[data-tool="save"]`)
	v.until(`document.querySelector("#draw-said").textContent.includes("刚才有人先改了这个流程")`)
	if got := modeled[string](v, `return get("elementRegistry").get("t1").businessObject.name`); got != "由我决定" {
		v.t.Errorf("what was drawn is lost: %s", got)
	}
	v.mu.Lock()
	v.noise = slices.DeleteFunc(v.noise, func(line string) bool { return strings.Contains(line, "412") }) // browsers log every answer that is not well
	v.mu.Unlock()
	v.look("stale", wide)
}

// overdue gives a review that takes too long to somebody else: a timer at the step, which no list of steps can say.
func (v *tab) overdue(review string) {
	v.t.Helper()
	timer := modeled[string](v, `
		const [modeling, registry, factory] = [get("modeling"), get("elementRegistry"), get("elementFactory")];
		const review = registry.get(`+strconv.Quote(review)+`), root = get("canvas").getRootElement();
		const event = modeling.createShape(factory.createShape({ type: "bpmn:BoundaryEvent", eventDefinitionType: "bpmn:TimerEventDefinition" }),
			{ x: review.x + 40, y: review.y + review.height }, review, { attach: true });
		const look = modeling.createShape({ type: "bpmn:UserTask" }, { x: review.x + 40, y: review.y + 190 }, root);
		modeling.connect(event, look);
		modeling.connect(look, registry.get("t1"));
		document.querySelector('[data-tool="fit"]').click();
		return event.id + " " + look.id;`)
	ids := strings.Fields(timer)
	v.judged("0 <")
	v.choice(ids[0])
	v.property("timer", "1")
	v.choice(ids[1])
	for _, p := range [][2]string{{"name", "科长代审"}, {"slot", "review2"}, {"post", "SPJ-SY.chief"}, {"limit", "1"}} {
		v.property(p[0], p[1])
	}
	v.judged("0 ===")
	v.look("timer", wide)
	v.press(`[data-tool="save"]`)
	v.until(`!document.querySelector("#draw").dataset.dirty && document.querySelector("#draw-said").textContent.includes("步骤清单写不下")`)
}

// called draws a flow that waits for a message and then calls the version that was approved: that one is taken into the
// file, and the whole is judged with it.
func (v *tab) called(h *hall) {
	v.t.Helper()
	if err := h.a.services.flow.Create(v.t.Context(), h.actor("yc1038"), "calls", "food-calls", "先等补正再走审查", drawnItem); err != nil {
		v.t.Fatal(err)
	}
	v.open("/catalog/flows/food-calls/draw")
	v.judged("0 <")
	modeled[bool](v, `
		const [modeling, registry] = [get("modeling"), get("elementRegistry")];
		const start = registry.get("start"), end = registry.get("end"), root = get("canvas").getRootElement();
		modeling.removeElements([registry.get("t1")]);
		start.outgoing.slice().forEach((f) => modeling.removeConnection(f)); // what was put between them by itself
		const wait = modeling.createShape(get("elementFactory").createShape({ type: "bpmn:IntermediateCatchEvent", eventDefinitionType: "bpmn:MessageEventDefinition" }), { x: start.x + 100, y: start.y + 18 }, root);
		const call = modeling.createShape({ type: "bpmn:CallActivity" }, { x: start.x + 230, y: start.y + 18 }, root);
		modeling.moveElements([end], { x: 120, y: 0 });
		modeling.connect(start, wait); modeling.connect(wait, call); modeling.connect(call, end);
		modeling.updateProperties(wait, { id: "wait" }); modeling.updateProperties(call, { id: "call" });
		return true;`)
	v.choice("wait")
	v.property("message", "supplement")
	v.choice("call")
	v.property("call", designedFlow+"@1")
	v.judged("0 ===")
	v.look("call", wide)
	v.press(`[data-tool="play"]`)
	v.until(`document.querySelector("#draw-play .draw__tasks button")`)
	v.press(`#draw-play .draw__tasks button`)
	v.until(`document.querySelector("#draw-play .draw__tasks b")?.textContent === "食品安全审查"`)
	v.look("play-call", wide)
	v.press(`[data-tool="save"]`)
	v.until(`document.querySelector("#draw-said").textContent.includes("已保存")`)
	v.open("/catalog/flows/food-calls/draw")
	v.judged("0 ===")
	if v.choice("call"); ask[string](v, `document.querySelector('#draw-panel [name="call"]').value`) != designedFlow+"@1" {
		v.t.Error("which version is called is not shown again")
	}
}
