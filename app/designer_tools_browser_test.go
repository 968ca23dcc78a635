package app

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"onedoor.app/infra/db"
)

// judged waits until the drawing has been judged and as many problems are shown as a comparison asks for.
func (v *tab) judged(compare string) {
	v.t.Helper()
	v.until(`document.querySelector("#draw").designer`)
	v.until(`(() => { const n = document.querySelector("#draw").dataset.problems; return n !== undefined && ` + compare + ` Number(n) })()`)
}

// modeled asks the modeler for something; get gives its services.
func modeled[T any](v *tab, body string) T {
	v.t.Helper()
	return ask[T](v, `(() => { const get = (name) => document.querySelector("#draw").designer.modeler.get(name); `+body+` })()`)
}

// flowInto is the id of the flow that leads to an element.
func (v *tab) flowInto(id string) string {
	v.t.Helper()
	return modeled[string](v, `return get("elementRegistry").get(`+strconv.Quote(id)+`).incoming[0].id`)
}

// spot is where an element of the drawing stands on the screen.
func (v *tab) spot(id string) (x, y float64) {
	v.t.Helper()
	p := ask[[]float64](v, `(() => { const b = document.querySelector('[data-element-id=`+strconv.Quote(id)+`] .djs-hit').getBoundingClientRect()
		return [b.x + b.width / 2, b.y + b.height / 2] })()`)
	return p[0], p[1]
}

// pick chooses an element by pressing the mouse on it.
func (v *tab) pick(id string) {
	v.t.Helper()
	for range 5 { // the drawing may move under the mouse while it is being laid out
		modeled[bool](v, `get("selection").select(null); return true`) // pressed again, what is chosen would be let go
		x, y := v.spot(id)
		v.do("press the mouse on "+id, chromedp.MouseClickXY(x, y))
		if ask[bool](v, `new Promise((done) => { let n = 0; const look = () => {
			if (document.querySelector("#draw-panel .draw__fields").dataset.of === `+strconv.Quote(id)+`) done(true)
			else if (++n > 40) done(false)
			else setTimeout(look, 50) }; look() })`) {
			return
		}
	}
	v.fail("pick "+id, errors.New("it is not chosen"))
}

// speaksOf waits until the panel is about an element.
func (v *tab) speaksOf(id string) {
	v.t.Helper()
	v.until(`document.querySelector("#draw-panel .draw__fields").dataset.of === ` + strconv.Quote(id))
}

// drop drags a tool of the palette onto an element, and returns the id of what was made.
func (v *tab) drop(tool, onto string) string {
	v.t.Helper()
	from := ask[[]float64](v, `(() => { const b = document.querySelector('.djs-palette [data-action="`+tool+`"]').getBoundingClientRect()
		return [b.x + b.width / 2, b.y + b.height / 2] })()`)
	x, y := v.spot(onto)
	move := func(x, y float64) chromedp.Action[chromedp.Void] {
		return chromedp.MouseEvent(input.DispatchMouseEventTypeMouseMoved, x, y, chromedp.ButtonType(input.MouseButtonLeft))
	}
	v.do("drag "+tool, chromedp.MouseClickXY(from[0], from[1]), move(from[0]+60, from[1]), move(x-20, y), move(x, y), move(x+1, y), chromedp.MouseClickXY(x+1, y))
	v.until(`document.querySelector("#draw").designer.modeler.get("selection").get()[0]?.type === "bpmn:UserTask"`)
	id := modeled[string](v, `return get("selection").get()[0].id`)
	v.speaksOf(id)
	return id
}

// property says something of the chosen element, as whoever changes a field does.
func (v *tab) property(name, value string) {
	v.t.Helper()
	control := `document.querySelector('#draw-panel [name="` + name + `"]')`
	v.until(control)
	if !ask[bool](v, `(() => { const e = `+control+`; e.focus(); e.value = `+strconv.Quote(value)+`; e.dispatchEvent(new Event("change", { bubbles: true }))
		return new Promise((done) => setTimeout(() => done(`+control+`.value === `+strconv.Quote(value)+`), 50)) })()`) {
		v.fail("say "+name, fmt.Errorf("it does not stay %q", value))
	}
}

// choice chooses an element by the modeler, where a line is too thin for the mouse.
func (v *tab) choice(id string) {
	v.t.Helper()
	modeled[bool](v, `document.querySelector("#draw").designer.select(`+strconv.Quote(id)+`); return true`)
	v.speaksOf(id)
}

// foreignDrawing is a file of another tool: attributes and elements that are not ours, a comment, a decision table.
const foreignDrawing = `<?xml version="1.0" encoding="UTF-8"?>
<!-- a word -->
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI"
  xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" xmlns:di="http://www.omg.org/spec/DD/20100524/DI"
  xmlns:flowable="http://flowable.org/bpmn" xmlns:other="http://example.org/other" xmlns:g="https://onedoor.app/bpmn" targetNamespace="http://example.org">
 <process id="from-elsewhere" name="别处画的" isExecutable="true">
  <startEvent id="a"/>
  <businessRuleTask id="r" name="定方式"><extensionElements><other:tag kind="x"><other:inner>看一看</other:inner></other:tag>
   <g:table hit="first"><g:input>form["area"]</g:input><g:output>way</g:output><g:row note="小"><g:when>"small"</g:when><g:then>"desk"</g:then></g:row></g:table>
  </extensionElements></businessRuleTask>
  <userTask id="u" name="决定" flowable:candidateGroups="SPJ-SY.chief" flowable:formKey="x.form" g:slot="decide" g:act="grant|refuse" g:limit="3" g:limitUnit="workday" g:somewhat="strange"/>
  <endEvent id="z"/>
  <sequenceFlow id="f1" sourceRef="a" targetRef="r"/><sequenceFlow id="f2" sourceRef="r" targetRef="u"/><sequenceFlow id="f3" sourceRef="u" targetRef="z"/>
 </process>
 <bpmndi:BPMNDiagram id="d"><bpmndi:BPMNPlane id="p" bpmnElement="from-elsewhere">
  <bpmndi:BPMNShape id="a_di" bpmnElement="a"><dc:Bounds x="100" y="100" width="36" height="36"/></bpmndi:BPMNShape>
  <bpmndi:BPMNShape id="r_di" bpmnElement="r"><dc:Bounds x="180" y="78" width="120" height="80"/></bpmndi:BPMNShape>
  <bpmndi:BPMNShape id="u_di" bpmnElement="u"><dc:Bounds x="340" y="78" width="120" height="80"/></bpmndi:BPMNShape>
  <bpmndi:BPMNShape id="z_di" bpmnElement="z"><dc:Bounds x="500" y="100" width="36" height="36"/></bpmndi:BPMNShape>
  <bpmndi:BPMNEdge id="f1_di" bpmnElement="f1"><di:waypoint x="136" y="118"/><di:waypoint x="180" y="118"/></bpmndi:BPMNEdge>
  <bpmndi:BPMNEdge id="f2_di" bpmnElement="f2"><di:waypoint x="300" y="118"/><di:waypoint x="340" y="118"/></bpmndi:BPMNEdge>
  <bpmndi:BPMNEdge id="f3_di" bpmnElement="f3"><di:waypoint x="460" y="118"/><di:waypoint x="500" y="118"/></bpmndi:BPMNEdge>
 </bpmndi:BPMNPlane></bpmndi:BPMNDiagram>
</definitions>`

// TestTheDesignerKeepsWhatOthersWrote changes a file of another tool in the designer, with its decision table, and holds
// the draft to everything else that the file says.
func TestTheDesignerKeepsWhatOthersWrote(t *testing.T) {
	if testing.Short() {
		t.Skip("a browser")
	}
	t.Parallel()
	browser := chromium(t)
	h := openHall(t, "")
	if _, err := h.a.services.flow.Import(t.Context(), h.actor("yc1038"), "foreign", 0, []byte(foreignDrawing)); err != nil {
		t.Fatal(err)
	}
	v := newTab(t, browser, h.base, "yc1038")
	v.open("/sign-in?next=%2Fcatalog%2Fflows%2Ffrom-elsewhere%2Fdraw")
	v.signIn("yc1038")
	v.judged("0 <=")
	v.pick("u")
	v.press(`.djs-context-pad [data-action="replace"]`)
	v.until(`document.querySelector(".djs-popup")`)
	v.reads("换成别的元素", "调用流程", "子流程（展开）")
	if menu := ask[string](v, `document.querySelector(".djs-popup").innerText`); strings.Contains(menu, "Script") || strings.Contains(menu, "Send") {
		t.Errorf("what is not executed is offered: %s", menu)
	}
	v.look("menu", wide)
	v.keys(kb.Escape)
	v.property("name", "作出决定")
	v.property("limit", "5")
	v.several()
	v.pick("r")
	v.press(`#draw-panel .draw__field > button`)
	v.until(`document.querySelector(".draw__dialog[open] .draw__grid td input")`)
	v.look("table", wide)
	v.press(`.draw__dialog .row button`) // one more row
	for n, value := range []string{`"large"`, `"visit"`, "大"} {
		v.write(fmt.Sprintf(`.draw__grid tbody tr:nth-child(2) td:nth-child(%d) input`, n+1), value)
	}
	v.press(`.draw__dialog .btn--primary`)
	v.reads("2 行，决定：way")
	v.press(`[data-tool="save"]`)
	v.until(`document.querySelector("#draw-said").textContent.includes("已保存")`)
	if err := h.a.DB.Read(t.Context(), func(tx *db.Tx) error {
		d, err := h.a.services.flow.Definition(tx, "from-elsewhere")
		if err != nil {
			return err
		}
		for _, kept := range []string{
			`flowable:candidateGroups="SPJ-SY.chief"`, `flowable:formKey="x.form"`, `:somewhat="strange"`, `other:tag kind="x"`, "看一看", "<!-- a word -->",
			`name="作出决定"`, `:table hit="first"`, `:row note="小"`, `:limit="5"`, `"visit"`, `x="340"`,
		} {
			if !strings.Contains(string(d.Source), kept) {
				t.Errorf("%s is gone from\n%s", kept, d.Source)
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	v.open("/catalog/flows/from-elsewhere/draw")
	v.judged("0 ===")
	v.pick("r")
	v.reads("2 行，决定：way")

	// A file that is read takes the id of the flow; one that would lose something cannot be saved; none is no drawing.
	v.bring("other.bpmn", strings.ReplaceAll(foreignDrawing, "from-elsewhere", "other"))
	v.until(`document.querySelector("#draw-said").textContent.includes("已读入")`)
	v.judged("0 ===")
	if got := modeled[string](v, `return get("canvas").getRootElement().id`); got != "from-elsewhere" {
		t.Errorf("the process is called %s", got)
	}
	v.bring("odd.bpmn", strings.Replace(foreignDrawing, `<startEvent id="a"/>`, `<startEvent id="a"><other:strange/></startEvent>`, 1))
	v.until(`document.querySelector('[data-tool="save"]').getAttribute("aria-disabled") === "true"`)
	v.reads("为了不丢掉它们，这里不能保存")
	v.bring("none.bpmn", "<html/>")
	v.until(`document.querySelector("#draw-said").textContent.includes("画不出来")`)
}

// bring reads a file into the designer, whatever was drawn before.
func (v *tab) bring(name, source string) {
	v.t.Helper()
	file := filepath.Join(v.t.TempDir(), name)
	if err := os.WriteFile(file, []byte(source), 0o600); err != nil {
		v.t.Fatal(err)
	}
	ask[bool](v, `(window.confirm = () => true)()`)
	v.do("bring "+name, chromedp.SetUploadFiles(chromedp.CSS("#draw-file"), []string{file}))
}

// several gives a task to several people and looks at what the file says of it, then to one again.
func (v *tab) several() {
	v.t.Helper()
	for _, one := range []struct{ how, until string }{
		{"all", ""}, {"any", "nrOfCompletedInstances >= 1.0"}, {"share", "nrOfCompletedInstances / nrOfInstances >= 0.66"},
	} {
		v.property("several", one.how)
		if got := modeled[string](v, `return get("elementRegistry").get("u").businessObject.loopCharacteristics.completionCondition?.body ?? ""`); got != one.until {
			v.t.Errorf("%s is written as %q, want %q", one.how, got, one.until)
		}
	}
	v.property("several-n", "3")
	v.property("several-part", "50")
	if got := modeled[string](v, `const l = get("elementRegistry").get("u").businessObject.loopCharacteristics; return l.loopCardinality.body + " " + l.completionCondition.body`); got != "3 nrOfCompletedInstances / nrOfInstances >= 0.5" {
		v.t.Errorf("a proportion is written as %q", got)
	}
	v.look("several", wide)
	v.property("several", "")
}
