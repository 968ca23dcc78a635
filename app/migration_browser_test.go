package app

import (
	"context"
	"fmt"
	"testing"
	"time"

	"onedoor.app/domain/cases"
	"onedoor.app/domain/flow"
	"onedoor.app/engine/calendar"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
)

// movedFlow is the definition of TestRunningCasesGoOnInANewerVersion.
const movedFlow = "moved-flow"

func drawnStep(id, name, kind, post string, with bool) flow.Step {
	return flow.Step{ID: id, Name: name, Kind: kind, Post: post, Days: 2, With: with}
}

// drawVersion approves a version of the definition and returns its hash.
func (h *hall) drawVersion(ctx context.Context, by, other auth.Actor, steps ...flow.Step) (hash string) {
	h.t.Helper()
	s := h.a.services.flow
	var d *flow.Definition
	do := func(err error) {
		h.t.Helper()
		if err != nil {
			h.t.Fatal(err)
		}
		if err := h.a.DB.Read(ctx, func(tx *db.Tx) (err error) { d, err = s.Definition(tx, movedFlow); return err }); err != nil {
			h.t.Fatal(err)
		}
	}
	do(s.Create(ctx, by, "create", movedFlow, "并联审查流程", ""))
	do(s.Save(ctx, by, "", movedFlow, d.Lock, "并联审查流程", "", flow.Plan{Steps: steps}))
	do(s.Submit(ctx, by, "", movedFlow, d.Lock, "三个科室同时审查"))
	do(s.ApproveDraft(ctx, other, "", movedFlow, d.Lock, calendar.DateOf(d.Moved)))
	if err := h.a.DB.Read(ctx, func(tx *db.Tx) error {
		v, err := s.Version(tx, movedFlow, d.Number)
		hash = v.Hash
		return err
	}); err != nil {
		h.t.Fatal(err)
	}
	return hash
}

// pinned files cases that follow a drawing, and takes all but the first up to its first steps.
func (h *hall) pinned(ctx context.Context, hash string, clerk auth.Actor) (begun []int64) {
	h.t.Helper()
	s := h.a.services.cases
	ids := h.filed(ctx, 6)
	if err := h.a.DB.Write(ctx, func(tx *db.Tx) error {
		for _, id := range ids {
			if err := tx.ExecOne(`UPDATE cases SET flow_hash = $1 WHERE id = $2`, hash, id); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		h.t.Fatal(err)
	}
	for _, id := range ids[1:] {
		var v *cases.View
		err := h.a.DB.Read(ctx, func(tx *db.Tx) (err error) { v, err = s.View(tx, clerk, id); return err })
		for i := 0; err == nil && i < len(v.Materials); i++ {
			_, err = s.Judge(ctx, clerk, cases.On{Case: id}, cases.Judgement{Material: v.Materials[i].Key, Verdict: cases.Pass})
		}
		if err == nil {
			_, err = s.Accept(ctx, clerk, cases.On{Case: id})
		}
		if err != nil {
			h.t.Fatal(err)
		}
		begun = append(begun, id)
	}
	return begun
}

// filed hands in so many applications, a moment ago.
func (h *hall) filed(ctx context.Context, n int) (ids []int64) {
	h.t.Helper()
	d := h.a.director(time.Now().Add(-time.Minute))
	var err error
	if d.cast, err = d.castOf(ctx); err != nil {
		h.t.Fatal(err)
	}
	if d.files, err = sampleFiles(); err != nil {
		h.t.Fatal(err)
	}
	for seed := range n {
		d.begin(uint64(seed)) //nolint:gosec // a small number
		r := &run{director: d, ctx: ctx, f: fate{end: "receive"}, day: calendar.DateOf(d.clock)}
		err := h.a.DB.Read(ctx, func(tx *db.Tx) (err error) {
			if r.it, err = d.s.catalog.Current(tx, formItem); err != nil {
				return err
			}
			r.cal, err = d.s.calendar(tx)
			return err
		})
		if err == nil {
			err = r.play()
		}
		if err != nil {
			h.t.Fatal(err)
		}
		ids = append(ids, r.on.Case)
	}
	return ids
}

// TestRunningCasesGoOnInANewerVersion: an officer says which step goes on as which, sees what would become of the cases, another
// approves, the cases are carried over, those that stay are listed with the reasons, and the case says what happened to it.
func TestRunningCasesGoOnInANewerVersion(t *testing.T) {
	if testing.Short() {
		t.Skip("a browser")
	}
	t.Parallel()
	ctx := t.Context()
	browser := chromium(t)
	h := openHall(t, "")
	var officer, second, clerk, reviewer auth.Actor
	if err := h.a.DB.Read(ctx, func(tx *db.Tx) (err error) {
		for no, who := range map[string]*auth.Actor{"yc1038": &officer, "yc1102": &second, "yc1005": &clerk, "yc1021": &reviewer} {
			if *who, err = h.a.staffOf(tx, no); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	decide := drawnStep("t1", "决定", flow.KindDecide, "SPJ-SY.chief", false)
	food, land := drawnStep("t2", "食品安全审查", "review", "SPJ-SY.rev", false), drawnStep("t3", "规划用地审查", "consult", "SPJ-TZ.rev", true)
	fire := drawnStep("t4", "消防意见", "consult", "SPJ-GC.rev", true)
	was := h.drawVersion(ctx, officer, second, food, land, fire, decide)
	place := drawnStep("t5", "用地意见", "consult", "SPJ-TZ.chief", true)
	place.Days = 1
	legal := drawnStep("t6", "合法性审查", "consult", "SPJ-FG.legal", false)
	now := h.drawVersion(ctx, officer, second, food, place, legal, decide)
	begun := h.pinned(ctx, was, clerk)

	v := newTab(t, browser, h.base, "yc1038")
	v.open("/sign-in?next=%2Fcatalog%2Fflows%2F" + movedFlow)
	v.signIn("yc1038")
	v.look("flow", phone, wide)
	v.follow(`main a[href$="/migrations"]`)
	v.look("plans-none", phone, wide)
	v.set("was", "1")
	v.set("now", "1")
	v.wrong(`form[action$="/migrations"] .btn--primary`)
	v.reads("新版和旧版不能是同一版")
	v.set("was", "1")
	v.set("now", "2")
	v.follow(`form[action$="/migrations"] .btn--primary`)
	plan := v.at
	v.reads("规划用地审查", "不再有（停在这里的件不改）")
	v.look("map", phone, wide)
	v.wrong(`#save`)
	v.reads("请写理由")
	v.write(`#reason`, "并联审查，少等三天")
	v.follow(`#save`)
	v.reads("正在试算")
	v.look("trying", phone, wide)
	h.works()
	v.open(plan)
	v.reads("不能改", "“规划用地审查”在新版里没有对应的环节", "“消防意见”在新版里没有对应的环节", "还没有进入流程")
	v.speaks()
	v.look("tried-unfit", phone, wide)

	v.set("n.t3", "t5")
	v.follow(`#save`)
	h.works()
	v.open(plan)
	v.reads("“消防意见”在新版里没有对应的环节")

	// Those who gave their opinion on fire leave nothing open there.
	for _, id := range begun[:len(begun)-1] {
		h.opine(ctx, id, "t4", "SPJ-GC.rev")
	}
	v.follow(`#save`)
	h.works()
	v.open(plan)
	v.reads("改名“用地意见”", "新版限 1 个工作日", "已经在手的，岗位、经办人和时限照旧")
	v.look("tried", phone, wide)
	v.open(plan + "?lang=en")
	v.reads("Possible", "keeps its post, person and limit")
	v.look("tried-english", phone, wide)
	v.open("/language?to=zh&back=" + plan)
	v.follow(`form[action$="/submit"] button`)
	v.reads("写过这个安排的人不能批准它")
	v.look("submitted", phone, wide)

	other := newTab(t, browser, h.base, "yc1102")
	other.open("/sign-in?next=%2Fcatalog")
	other.signIn("yc1102")
	other.open(plan)
	other.look("approver", phone, wide)
	other.follow(`form[action$="/approve"] button`)
	other.look("running", phone, wide)
	h.works()
	other.open(plan)
	other.reads("已办完", "已改", "没有改")
	other.look("done", phone, wide)
	other.follow(`main a[href$="/left"]`)
	other.reads("“消防意见”在新版里没有对应的环节")
	other.look("left", phone, wide)
	v.open("/catalog/flows/" + movedFlow + "/migrations")
	v.look("plans", phone, wide)

	var at string
	if err := h.a.DB.Read(ctx, func(tx *db.Tx) error {
		for i, id := range begun {
			c, err := h.a.services.cases.Find(tx, id)
			if err != nil {
				return err
			}
			if last := i == len(begun)-1; last == (c.FlowHash == now) {
				return fmt.Errorf("case %d of %d follows %s", i, len(begun), c.FlowHash)
			}
		}
		at = caseAtWork(reviewer, begun[0])
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	work := newTab(t, browser, h.base, "yc1021")
	work.open("/sign-in?next=%2Fwork")
	work.signIn("yc1021")
	work.open(at + "?tab=story")
	work.reads("流程已改为第 2 版：并联审查，少等三天")
	work.look("story", phone, wide)
	if err := h.a.Verify(ctx, func(Verified) {}); err != nil {
		t.Error(err)
	}
}

// works has the jobs done that are due.
func (h *hall) works() {
	h.t.Helper()
	for {
		n, err := h.a.runner.Once(h.t.Context())
		if err != nil {
			h.t.Fatal(err)
		}
		if n == 0 {
			return
		}
	}
}

// opine gives the opinion of an open step in the name of somebody who holds its post.
func (h *hall) opine(ctx context.Context, id int64, node, post string) {
	h.t.Helper()
	var task cases.Task
	var who auth.Actor
	err := h.a.DB.Read(ctx, func(tx *db.Tx) error {
		list, err := h.a.services.office.Holders(tx, post)
		if err != nil || len(list) == 0 {
			return fmt.Errorf("nobody holds %s (%w)", post, err)
		}
		p, err := h.a.services.office.Staff(tx, list[0].Staff)
		if err != nil {
			return err
		}
		if who, err = h.a.staffOf(tx, p.No); err != nil {
			return err
		}
		v, err := h.a.services.cases.View(tx, who, id)
		if err != nil {
			return err
		}
		for _, t := range v.Open() {
			if t.Node == node {
				task = t
			}
		}
		return nil
	})
	if err == nil {
		_, err = h.a.services.cases.Opine(ctx, who, cases.On{Case: id}, cases.Review{Task: task.ID, Conclusion: cases.Agree, Text: "符合消防要求。"})
	}
	if err != nil {
		h.t.Fatal(err)
	}
}

// speaks holds a page to words: none of its texts may be missing.
func (v *tab) speaks() {
	v.t.Helper()
	for _, key := range ask[[]string](v, `document.querySelector("main").innerText.match(/\b(flow|migration|show|catalog)\.[a-z_.]+/g) || []`) {
		v.t.Errorf("%s on %s: there are no words for %s", v.who, v.at, key)
	}
}
