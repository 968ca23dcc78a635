package app

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"onedoor.app/domain/cases"
	"onedoor.app/engine/calendar"
	"onedoor.app/infra/db"
)

// drawnFlow is the definition of TestAnOfficialDrawsAFlow, and drawnItem the item that takes it.
const (
	drawnFlow = "food-parallel"
	drawnItem = "food-operation-new"
)

// open unfolds a step of the list.
func (v *tab) unfold(id string) {
	v.t.Helper()
	ask[bool](v, `(document.querySelector("#`+id+` details").open = true)`)
}

// TestAnOfficialDrawsAFlow makes 食品经营许可 with three departments in parallel and an inspection that stops
// the clock, in the list of steps: an officer draws and tries it, another approves it, the item takes it, and a case
// runs on it to the decision.
func TestAnOfficialDrawsAFlow(t *testing.T) {
	if testing.Short() {
		t.Skip("a browser")
	}
	t.Parallel()
	browser := chromium(t)
	h := openHall(t, "")
	v := newTab(t, browser, h.base, "yc1038")
	v.open("/sign-in?next=%2Fcatalog%2Fflows")
	v.signIn("yc1038")
	v.look("empty", phone, wide)
	v.follow(`main a[href="/catalog/flows/new"]`)
	v.look("new", phone, wide)
	v.set("name", "食品经营许可并联审查")
	v.set("id", "Food")
	v.wrong(`form[action="/catalog/flows"] .btn--primary`)
	v.reads("小写字母、数字和连字符")
	v.set("id", drawnFlow)
	v.set("item", drawnItem)
	v.follow(`form[action="/catalog/flows"] .btn--primary`)
	drawSteps(v)
	tryFlow(v)

	v.open("/catalog/flows/" + drawnFlow)
	v.look("draft", phone, wide)
	v.write(`#reason`, "三个科室同时审查，少等三天")
	v.follow(`form[action$="/submit"] button`)
	v.reads("写过草稿的人不能批准它")
	v.look("submitted", phone, wide)

	other := newTab(t, browser, h.base, "yc1102")
	other.open("/sign-in?next=%2Fcatalog%2Fflows")
	other.signIn("yc1102")
	other.open("/catalog/flows/" + drawnFlow)
	other.look("approver", phone, wide)
	other.follow(`form[action$="/approve"] button`)
	other.reads("第 1 版", "现行")
	other.look("approved", phone, wide)

	takeFlow(v, other)
	runDrawn(t, h)
}

// drawSteps lists the steps: three reviews side by side, testing that stops the clock, the decision.
func drawSteps(v *tab) {
	v.t.Helper()
	v.set("t1.name", "决定")
	v.set("t1.post", "SPJ-SY.chief")
	v.save()
	v.look("one-step", phone, wide)
	steps := []struct{ name, kind, post, days, stops string }{
		{"食品安全审查", "review", "SPJ-SY.rev", "1", ""}, {"规划用地审查", "consult", "SPJ-TZ.rev", "2", ""},
		{"消防意见", "consult", "SPJ-GC.rev", "1", ""}, {"样品检验", "test", "SPJ-KY.inspect", "3", "testing"},
	}
	for i, s := range steps {
		v.act("add")
		id := "t" + strconv.Itoa(i+2)
		v.set(id+".name", s.name)
		v.set(id+".kind", s.kind)
		v.set(id+".post", s.post)
		v.set(id+".days", s.days)
		v.set(id+".stops", s.stops)
		if i == 1 || i == 2 {
			v.tick(id+".with", "1")
		}
		if i == 3 {
			v.set(id+".days", "三")
			v.wrong(`#save`)
			v.reads("这里填不小于 0 的整数")
			if got := ask[string](v, `document.querySelector('[name="t5.days"]').value`); got != "三" {
				v.t.Errorf("what was typed is lost: %q", got)
			}
			v.set(id+".days", s.days)
		}
		v.save()
	}
	v.reads("查验通过", "和上一步同时办", "停表（检测）")
	v.spokenFlow()
	v.look("steps", phone, wide)
	v.unfold("t5")
	v.look("step-open", phone, wide)
	v.open("/catalog/flows/" + drawnFlow + "/steps?lang=en")
	v.look("steps-english", wide)
	v.open("/catalog/flows/" + drawnFlow + "/steps?lang=zh")

	// A decision that is not the last step is refused in words beside it, and put back.
	v.act("up.t1")
	v.reads("决定放在最后，单独一步。")
	v.look("steps-wrong", phone, wide)
	v.act("down.t1")
	v.reads("查验通过")
}

// spokenFlow holds a page to words: none of its texts may be missing.
func (v *tab) spokenFlow() {
	v.t.Helper()
	for _, key := range ask[[]string](v, `document.querySelector("main").innerText.match(/\b(flow|show|catalog)\.[a-z_.]+/g) || []`) {
		v.t.Errorf("%s on %s: there are no words for %s", v.who, v.at, key)
	}
}

// tryFlow runs the draft from a Monday.
func tryFlow(v *tab) {
	v.t.Helper()
	v.open("/catalog/flows/" + drawnFlow + "/trial?start=2026-03-02")
	v.reads("3月3日", "3月4日", "3月9日", "食品安全审查", "3 个工作日")
	v.spokenFlow()
	v.look("trial", phone, wide)
}

// takeFlow lets the item take the definition, and the other officer approve it.
func takeFlow(v, other *tab) {
	v.t.Helper()
	v.open("/catalog/items/" + drawnItem)
	v.follow(`.bar form[action="/catalog/changes"] button`)
	draft := v.at
	v.section(draft, "steps")
	v.set("flow", drawnFlow)
	v.save()
	v.reads("食品安全审查", "规划用地审查", "样品检验", "流程走得通")
	v.look("item-steps", phone, wide)
	v.open(draft + "/edit")
	v.reads("内容齐全，可以提交审核")
	v.open(draft)
	v.write(`#reason`, "改用并联审查")
	v.follow(`form[action$="/submit"] button`)
	other.open(draft)
	other.follow(`form[action$="/approve"] button`)
	other.reads("已成为现行版本")
	other.open("/items/" + drawnItem)
	other.reads("样品检验")
	other.look("guide", phone, wide)
}

// runDrawn files a case on the item and takes it to the decision along the drawing.
func runDrawn(t *testing.T, h *hall) {
	t.Helper()
	var hash string
	if err := h.a.DB.Read(t.Context(), func(tx *db.Tx) error {
		it, err := h.a.services.catalog.Current(tx, drawnItem)
		if err != nil {
			return err
		}
		if hash = it.FlowHash; hash != it.Drawn {
			return fmt.Errorf("the item follows %s, it took %s", hash, it.Drawn)
		}
		source, err := h.a.services.flow.Drawing(tx, hash)
		if err == nil && !strings.Contains(string(source), "样品检验") {
			err = fmt.Errorf("the drawing of the item is not the one that was approved")
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	d := h.a.director(time.Now().AddDate(1, 0, 0))
	var err error
	if d.cast, err = d.castOf(t.Context()); err != nil {
		t.Fatal(err)
	}
	if d.files, err = sampleFiles(); err != nil {
		t.Fatal(err)
	}
	d.begin(1)
	d.clock = time.Now().AddDate(0, 0, 1)
	r := &run{director: d, ctx: t.Context(), f: fate{end: "decide"}, day: calendar.DateOf(d.clock)}
	if err := h.a.DB.Read(t.Context(), func(tx *db.Tx) (err error) {
		if r.it, err = d.s.catalog.Current(tx, drawnItem); err != nil {
			return err
		}
		r.cal, err = d.s.calendar(tx)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if err := r.play(); err != nil {
		t.Fatal(err)
	}
	if err := h.a.DB.Read(t.Context(), func(tx *db.Tx) error {
		c, err := d.s.cases.Find(tx, r.on.Case)
		if err == nil && (c.FlowHash != hash || c.State() != cases.StateGranted || !c.Flow.Done || c.Item != drawnItem) {
			err = fmt.Errorf("the case of %s on %s is %s, its flow done: %v", c.Item, c.FlowHash, c.State(), c.Flow.Done)
		}
		if err == nil && (len(c.Matter.Stops) != 1 || c.Matter.Stops[0].Kind != cases.StopTesting) {
			err = fmt.Errorf("the testing has not stopped the clock: %v", c.Matter.Stops)
		}
		return err
	}); err != nil {
		t.Error(err)
	}
	if err := h.a.Verify(t.Context(), func(Verified) {}); err != nil {
		t.Error(err)
	}
}
