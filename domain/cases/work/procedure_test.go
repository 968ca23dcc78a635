package work

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"onedoor.app/domain/cases"
	"onedoor.app/domain/cases/casestest"
)

// TestAProcedureIsAskedForDoneAndItsPaperOpens: the article and what it does stand above the form; what is wrong is said
// at its field and nothing typed is lost.
func TestAProcedureIsAskedForDoneAndItsPaperOpens(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *casestest.City, s *casestest.Site) {
		id, who := accepted(c, food), c.Staff("yc1021")
		want(t, s.Get(who, page(id)), http.StatusOK, s.Text("work.further"), s.Text("cases.procedure.start_special"))
		list := s.Get(who, page(id)+"/acts")
		want(t, list, http.StatusOK, s.Text("cases.group.hearing"), s.Text("cases.when.end_special"))
		path := page(id) + "/acts/start_special"
		form := s.Get(who, path)
		want(t, form, http.StatusOK, s.Text("cases.does.start_special"), "第 45 条", s.Text("cases.ask.planned"))
		in := form.Hidden()
		in.Set("kind", "testing")
		in.Set("planned", "many")
		in.Set("reason", "水质需要检测")
		want(t, s.Post(who, path, in), http.StatusUnprocessableEntity, s.Text("cases.ask_number", "least", 1, "most", 120), "水质需要检测")
		in.Set("planned", "5")
		done := s.Post(who, path, in)
		if done.Code != http.StatusSeeOther || !strings.HasPrefix(done.Location, "/papers/") {
			t.Fatalf("%d %s", done.Code, done.Location)
		}
		again := s.Post(who, path, in) // pressed twice, done once
		if again.Location != done.Location {
			t.Errorf("the second press led to %s", again.Location)
		}
		if got := c.Case(who, id).State(); got != cases.StateSpecial {
			t.Errorf("the case is %s", got)
		}
		want(t, s.Get(who, page(id)+"/acts/request_hearing"), http.StatusForbidden)
		c.Verify()
	})
}

// TestWhatHasNoWayBackIsAskedOnceMore: nothing happens before the second yes.
func TestWhatHasNoWayBackIsAskedOnceMore(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *casestest.City, s *casestest.Site) {
		id, head := accepted(c, food), c.Staff(leader)
		path := page(id) + "/acts/terminate"
		in := s.Get(head, path).Hidden()
		in.Set("ground", "applicant_gone")
		want(t, s.Post(head, path, in), http.StatusUnprocessableEntity, s.Text("cases.ask_missing"))
		in.Set("reason", "申请人已经注销")
		asked := s.Post(head, path, in)
		want(t, asked, http.StatusOK, s.Text("work.further.sure", "act", s.Text("cases.procedure.terminate")), "申请人已经注销", s.Text("cases.option.ground.applicant_gone"))
		if got := c.Case(head, id).State(); got != cases.StateAccepted {
			t.Fatalf("asking ended the case: %s", got)
		}
		sure := asked.Hidden()
		want(t, s.Post(head, path, with(sure, "edit", "1")), http.StatusOK, "申请人已经注销")
		if done := s.Post(head, path, with(sure, "sure", "1")); done.Code != http.StatusSeeOther {
			t.Fatalf("%d", done.Code)
		}
		if got := c.Case(head, id).State(); got != cases.StateTerminated {
			t.Errorf("the case is %s", got)
		}
		c.Verify()
	})
}

func with(v url.Values, key, value string) url.Values {
	out := url.Values{}
	for k, list := range v {
		out[k] = list
	}
	out.Set(key, value)
	return out
}

// TestAChiefGivesLeaveToAskAgain: the materials are ticked, the reason is written, and
// the clerk's second notice names both.
func TestAChiefGivesLeaveToAskAgain(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *casestest.City, s *casestest.Site) {
		id := c.AskAgain(c.Person(firm), c.Staff(clerk), food, "m4", "m1", "m2")
		chief, path := c.Staff("yc1004"), page(id)+"/acts/allow_again"
		form := s.Get(chief, path)
		want(t, form, http.StatusOK, s.Text("cases.does.allow_again"), s.Text("cases.ask.allow_again.materials"), `value="m1"`, `value="m2"`)
		if strings.Contains(form.Body, `value="m4"`) {
			t.Error("what the first notice named needs no leave")
		}
		in := form.Hidden()
		in["materials"] = []string{"m1", "m2"}
		want(t, s.Post(chief, path, in), http.StatusUnprocessableEntity, s.Text("cases.ask_missing"))
		in.Set("reason", "补正的图上才看出名称不一致")
		if done := s.Post(chief, path, in); done.Code != http.StatusSeeOther || !strings.HasPrefix(done.Location, "/papers/") {
			t.Fatalf("%d %.300s", done.Code, done.Body)
		}
		if leave := c.Case(chief, id).Matter.Again; leave == nil || len(leave.Materials) != 2 {
			t.Errorf("the leave is %+v", leave)
		}
		want(t, s.Get(c.Staff("yc1006"), path), http.StatusForbidden)
		c.Verify()
	})
}

// TestInspectorsAreChosenByName: those of the case's unit first, with number and unit; others by their number; what was
// chosen is still so after a refusal.
func TestInspectorsAreChosenByName(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *casestest.City, s *casestest.Site) {
		id, who := accepted(c, food), c.Staff("yc1021")
		path := page(id) + "/acts/appoint_inspectors"
		form := s.Get(who, path)
		want(t, form, http.StatusOK, `type="checkbox" id="inspectors" name="inspectors"`, "金春梅 YC1021", "食药卫健审批科", `value="YC1031"`, s.Text("show.staff.others"))
		if own, other := strings.Index(form.Body, "YC1020"), strings.Index(form.Body, "YC1031"); own < 0 || other < own {
			t.Errorf("those of the unit stand at %d, others at %d", own, other)
		}
		in := form.Hidden()
		in["inspectors"] = []string{"YC1031", "yc1005 nobody"}
		in.Set("day", "2026-03-05")
		in.Set("task", "核对布局和设施")
		again := s.Post(who, path, in)
		want(t, again, http.StatusUnprocessableEntity, s.Text("cases.inspector_unknown"), `name="inspectors" value="YC1031" checked`, `value="YC1005 NOBODY"`)
		in["inspectors"] = []string{"YC1031", "yc1005"}
		done := s.Post(who, path, in)
		if done.Code != http.StatusSeeOther {
			t.Fatalf("%d %.600s", done.Code, done.Body)
		}
		c.Verify()
	})
}
