package work

import (
	"context"
	"io/fs"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"onedoor.app/domain/cases"
	"onedoor.app/domain/cases/casestest"
	"onedoor.app/domain/cases/show"
	"onedoor.app/domain/party"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/i18n"
	"onedoor.app/module"
	"onedoor.app/sample"
	"onedoor.app/ui"
)

const (
	firm     = "91379900MA7YC0014Q" // an applicant: 云川栖霞餐饮管理有限公司
	clerk    = "yc1005"
	reviewer = "yc1021" // of the food section, and deputy of its chief
	chief    = "yc1020"
	leader   = "yc1001"
	food     = "food-operation-new"
)

// each runs fn on the site of reviewers in a fresh sample city, on every engine.
func each(t *testing.T, fn func(t *testing.T, c *casestest.City, s *casestest.Site)) {
	t.Helper()
	pack, err := fs.Sub(sample.Yunchuan, "yunchuan")
	if err != nil {
		t.Fatal(err)
	}
	casestest.Each(t, pack, func(t *testing.T, c *casestest.City) {
		s := c.NewSite(func(frame ui.Frame, site *casestest.Site) []module.Module {
			p := &Pages{Cases: c.Cases, Frame: frame, Flash: func(_ context.Context, text string) { site.News = text }}
			return []module.Module{p.Module(), show.Module()}
		})
		fn(t, c, s)
	})
}

// accepted is a case that waits for its first review.
func accepted(c *casestest.City, item string) int64 {
	id := c.Submit(c.Person(firm), item).Case
	c.Accept(c.Staff(clerk), id)
	return id
}

func page(id int64) string { return "/work/" + strconv.FormatInt(id, 10) }

func want(t *testing.T, a casestest.Answer, code int, texts ...string) {
	t.Helper()
	if a.Code != code {
		t.Fatalf("got %d to %q, want %d: %.600s", a.Code, a.Location, code, a.Body)
	}
	for _, text := range texts {
		if !strings.Contains(a.Body, text) {
			t.Errorf("the page lacks %q", text)
		}
	}
	if raw := a.Raw(); len(raw) > 0 {
		t.Errorf("keys without words: %v", raw)
	}
}

func TestFromTheInboxToTheDecision(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *casestest.City, s *casestest.Site) {
		id := accepted(c, food)
		who := c.Staff(reviewer)
		want(t, s.Get(who, "/work"), http.StatusOK, "云川栖霞餐饮管理有限公司", "正常", "1 件", page(id)+"?task=", "审查", "代 吕志远")
		want(t, s.Get(who, "/work?slot=review"), http.StatusOK, page(id))
		want(t, s.Get(who, "/work?q=nobody"), http.StatusOK, "没有找到")
		want(t, s.Get(who, "/work/special"), http.StatusOK, "没有在特别程序里的件")

		form := s.Get(who, page(id))
		want(t, form, http.StatusOK, "不得审批本件", "建议准予", "看全号", "送出意见", "为什么是这天")
		for _, x := range c.Case(who, id).Form {
			if x.Sensitive && strings.Contains(form.Body, x.Text) {
				t.Errorf("the page shows %s in full", x.Key)
			}
		}
		in := form.Hidden()
		want(t, s.Post(who, page(id)+"/opinion", in), http.StatusUnprocessableEntity, "请选意见", "请写审查意见")
		in.Set("conclusion", cases.Agree)
		in.Set("text", "材料齐全，符合条件。")
		sent := s.Post(who, page(id)+"/opinion", in)
		if sent.Code != http.StatusSeeOther || sent.Location != "/work" || !strings.HasPrefix(s.News, "意见已送出") {
			t.Fatalf("got %d %q, news %q: %.500s", sent.Code, sent.Location, s.News, sent.Body)
		}
		if again := s.Post(who, page(id)+"/opinion", in); again.Code != http.StatusSeeOther {
			t.Errorf("the same form twice: %d", again.Code)
		}
		want(t, s.Get(who, "/work/done"), http.StatusOK, "审查意见", page(id))

		task := c.ToSlot(c.Staff(leader), id, "decide", "YC1031", "YC1032")
		decide(t, c.Holder(task.Post), s, id)
		if v := c.Case(c.Staff(leader), id); v.State() != cases.StateGranted {
			t.Errorf("the case is %s", v.State())
		}
		c.Verify()
	})
}

// decide grants a case by the form and the question after it.
func decide(t *testing.T, who auth.Actor, s *casestest.Site, id int64) {
	t.Helper()
	form := s.Get(who, page(id))
	want(t, form, http.StatusOK, "准予许可", "不予许可", "材料齐全，符合条件。", "依据的条款")
	in := form.Hidden()
	want(t, s.Post(who, page(id)+"/decide", in), http.StatusUnprocessableEntity, "请选意见")
	in.Set("conclusion", "refuse")
	want(t, s.Post(who, page(id)+"/decide", in), http.StatusUnprocessableEntity, "请写明理由", "请写明依据的条款")
	in.Set("text", "与事实不符的理由")
	in.Set("own", "食品安全法第三十三条")
	sure := s.Post(who, page(id)+"/decide", in)
	want(t, sure, http.StatusOK, "不予这件申请？", "食品安全法第三十三条")
	kept := sure.Hidden()
	kept.Set("edit", "1")
	want(t, s.Post(who, page(id)+"/decide", kept), http.StatusOK, "与事实不符的理由", "食品安全法第三十三条")
	in.Set("conclusion", "grant")
	in.Del("text")
	in.Del("own")
	sure = s.Post(who, page(id)+"/decide", in)
	want(t, sure, http.StatusOK, "准予这件申请？")
	kept = sure.Hidden()
	kept.Set("sure", "1")
	if done := s.Post(who, page(id)+"/decide", kept); done.Code != http.StatusSeeOther {
		t.Fatalf("deciding: %d %.600s", done.Code, done.Body)
	}
}

func TestWhoReceivedIsToldWhyTheyCannotDecide(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *casestest.City, s *casestest.Site) {
		id := c.Submit(c.Person(firm), food).Case
		receiver := c.Staff(chief)
		receiver.Roles = append(slices.Clone(receiver.Roles), "clerk") // the same person at the window that day
		c.Accept(receiver, id)
		c.ToSlot(c.Staff(leader), id, "decide", "YC1031", "YC1032")
		who := c.Staff(chief)
		form := s.Get(who, page(id))
		want(t, form, http.StatusOK, s.Text("cases.same_person"), `aria-disabled="true"`)
		if strings.Contains(form.Body, page(id)+"/decide") {
			t.Error("the page offers a form that cannot be sent")
		}
		in := form.Hidden()
		in.Set("task", strconv.FormatInt(c.Open(c.Staff(leader), id).ID, 10))
		in.Set("conclusion", "grant")
		in.Set("sure", "1")
		want(t, s.Post(who, page(id)+"/decide", in), http.StatusForbidden, s.Text("cases.same_person"))
	})
}

func TestAStalePageKeepsWhatWasWritten(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *casestest.City, s *casestest.Site) {
		id := accepted(c, food)
		who := c.Staff(reviewer)
		in := s.Get(who, page(id)).Hidden()
		if _, err := c.Cases.Extend(t.Context(), c.Staff(leader), cases.On{Case: id}, cases.Longer{Days: 3, Reason: "需要补充论证"}); err != nil {
			t.Fatal(err)
		}
		in.Set("conclusion", cases.Agree)
		in.Set("text", "写了很久的意见")
		told := s.Post(who, page(id)+"/opinion", in)
		want(t, told, http.StatusPreconditionFailed, "这件刚刚有了变化", "写了很久的意见")
		again := told.Hidden()
		again.Set("conclusion", cases.Agree)
		again.Set("text", "写了很久的意见")
		if sent := s.Post(who, page(id)+"/opinion", again); sent.Code != http.StatusSeeOther {
			t.Errorf("the page shown again cannot be sent: %d", sent.Code)
		}
		stale := s.Post(who, page(id)+"/opinion", in)
		want(t, stale, http.StatusPreconditionFailed, "写了很久的意见") // the step is done: nothing to send, nothing lost
	})
}

func TestASpecialProcedureStopsTheClockAndItsResultRunsItAgain(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *casestest.City, s *casestest.Site) {
		id := accepted(c, "drainage-permit")
		task := c.ToSlot(c.Staff(leader), id, "test", "YC1031", "YC1032")
		who := c.Holder(task.Post)
		form := s.Get(who, page(id))
		want(t, form, http.StatusOK, "特别程序告知书", "计划用时", "告知后停表")
		in := form.Hidden()
		in.Set("planned", "0")
		want(t, s.Post(who, page(id)+"/special", in), http.StatusUnprocessableEntity, s.Text("cases.planned_days"))
		in.Set("planned", "5")
		if sent := s.Post(who, page(id)+"/special", in); sent.Code != http.StatusSeeOther {
			t.Fatalf("the notice: %d %.500s", sent.Code, sent.Body)
		}
		want(t, s.Get(who, "/work/special"), http.StatusOK, page(id), "剩 5 个工作日")
		c.Now = c.Now.AddDate(0, 0, 2)
		result := s.Get(who, page(id)+"?tab=time")
		want(t, result, http.StatusOK, "送出结果，恢复计时", "停表的日子不计入", "行政许可法第四十五条")
		in = result.Hidden()
		in.Set("conclusion", cases.Agree)
		in.Set("text", "六项指标均合格。")
		if sent := s.Post(who, page(id)+"/opinion", in); sent.Code != http.StatusSeeOther {
			t.Fatalf("the result: %d %.500s", sent.Code, sent.Body)
		}
		if v := c.Case(c.Staff(leader), id); v.State() != cases.StateReviewing || len(v.Matter.OpenStops()) != 0 {
			t.Errorf("the case is %s with %v", v.State(), v.Matter.OpenStops())
		}
		c.Verify()
	})
}

func TestASiteCheckTakesTwoInspectors(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *casestest.City, s *casestest.Site) {
		id := accepted(c, "drainage-permit")
		task := c.ToSlot(c.Staff(leader), id, "check")
		who := c.Holder(task.Post)
		form := s.Get(who, page(id))
		want(t, form, http.StatusOK, "核查人员，两名以上", "YC1031", "YC1032", "核查日期", `class="pane is-form"`)
		in := form.Hidden()
		in.Set("conclusion", cases.Agree)
		in.Set("text", "现场合格。")
		in["inspectors"] = []string{"YC1031", ""}
		in.Set("text", "")
		in.Set("visited", "2999-01-01")
		want(t, s.Post(who, page(id)+"/opinion", in), http.StatusUnprocessableEntity,
			s.Text("cases.law.inspectors_two"), s.Text("cases.visit_day"), s.Text("cases.opinion_missing")) // all at once
		in.Set("text", "现场合格。")
		in.Set("visited", "")
		want(t, s.Post(who, page(id)+"/opinion", in), http.StatusUnprocessableEntity, s.Text("cases.law.inspectors_two"), "现场合格。")
		in["inspectors"] = []string{"YC1031", "YC1032"}
		in.Set("visited", "2999-01-01")
		want(t, s.Post(who, page(id)+"/opinion", in), http.StatusUnprocessableEntity, s.Text("cases.visit_day"), "2999-01-01")
		in.Set("visited", "2026-03-01") // before the application
		want(t, s.Post(who, page(id)+"/opinion", in), http.StatusUnprocessableEntity, s.Text("cases.visit_day"))
		in.Set("visited", "2026-03-02")
		if sent := s.Post(who, page(id)+"/opinion", in); sent.Code != http.StatusSeeOther {
			t.Fatalf("the check: %d %.500s", sent.Code, sent.Body)
		}
		want(t, s.Get(who, page(id)), http.StatusOK, "核查日期：2026年3月2日。现场合格。")
	})
}

func TestTheHeadExtendsTheLimit(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *casestest.City, s *casestest.Site) {
		id := accepted(c, food)
		who := c.Staff(leader)
		form := s.Get(who, page(id))
		want(t, form, http.StatusOK, "批准延长，告知申请人", "现在谁在办", "金春梅", "您可以批准延长期限")
		in := form.Hidden()
		want(t, s.Post(who, page(id)+"/extend", in), http.StatusUnprocessableEntity, "请填 1 到 10 之间的整数", "请写明理由")
		in.Set("days", "11")
		in.Set("reason", "案情复杂，需要论证")
		want(t, s.Post(who, page(id)+"/extend", in), http.StatusUnprocessableEntity, s.Text("cases.law.extension_too_long", "least", 1, "most", 10), "案情复杂，需要论证")
		in.Set("days", "10")
		if sent := s.Post(who, page(id)+"/extend", in); sent.Code != http.StatusSeeOther {
			t.Fatalf("extending: %d", sent.Code)
		}
		want(t, s.Get(who, page(id)+"?tab=time"), http.StatusOK, "延长 10 个工作日", s.Text("cases.law.extension_used"))
		if strings.Contains(s.Get(c.Staff(reviewer), page(id)).Body, page(id)+"/extend") {
			t.Error("a reviewer is offered the extension")
		}
		want(t, s.Post(c.Staff(reviewer), page(id)+"/extend", url.Values{"days": {"3"}, "reason": {"无权延长的人"}}), http.StatusForbidden)
	})
}

func TestANumberIsShownInFullForAPurpose(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *casestest.City, s *casestest.Site) {
		id := accepted(c, food)
		who := c.Staff(reviewer)
		var v cases.Value
		for _, x := range c.Case(who, id).Form {
			if x.Sensitive {
				v = x
			}
		}
		want(t, s.Get(who, page(id)+"/reveal?field="+v.Key), http.StatusOK, "做什么用", "核对身份")
		want(t, s.Get(who, page(id)+"/reveal?field=nothing"), http.StatusNotFound)
		in := url.Values{"field": {v.Key}}
		refused := s.Post(who, page(id)+"/reveal", in)
		want(t, refused, http.StatusUnprocessableEntity, s.Text("cases.purpose_missing"))
		if strings.Contains(refused.Body, v.Text) {
			t.Error("shown without a purpose")
		}
		in.Set("purpose", string(party.PurposeContact))
		want(t, s.Post(who, page(id)+"/reveal", in), http.StatusOK, v.Text, "已记录")
		if strings.Contains(s.Get(who, page(id)).Body, v.Text) {
			t.Error("the next page still shows it")
		}
	})
}

func TestOthersOnlyReadOrDoNotSeeIt(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *casestest.City, s *casestest.Site) {
		id := accepted(c, food)
		want(t, s.Get(c.Staff("yc1025"), page(id)), http.StatusNotFound) // another section
		want(t, s.Get(c.Staff(leader), page(id)+"?tab=story"), http.StatusOK, "等 食药卫健审批科")
		task := c.Open(c.Staff(leader), id)
		in := url.Values{"task": {strconv.FormatInt(task.ID, 10)}, "conclusion": {"agree"}, "text": {"越权的意见"}}
		want(t, s.Post(c.Staff(leader), page(id)+"/opinion", in), http.StatusForbidden, s.Text("cases.not_yours"), "越权的意见")
	})
}

func TestRoutesAreClosedToOthers(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *casestest.City, s *casestest.Site) {
		id := accepted(c, food)
		for _, pattern := range s.Routes() {
			method, path, _ := strings.Cut(pattern, " ")
			path = strings.ReplaceAll(path, "{id}", strconv.FormatInt(id, 10))
			for name, who := range map[string]auth.Actor{
				"applicant": c.Person(firm), "clerk": c.Staff("yc1007"), "guide": c.Staff("yc1013"), "admin": c.Staff("yc1040"), "visitor": {},
			} {
				if name == "clerk" && (strings.Contains(pattern, "/acts") || strings.Contains(pattern, "/step/")) {
					continue // the window has procedures of its own, and urges steps
				}
				got := s.Post(who, path, nil)
				if method == http.MethodGet {
					got = s.Get(who, path)
				}
				if got.Code != http.StatusForbidden && (name != "visitor" || got.Code != http.StatusUnauthorized) {
					t.Errorf("%s as %s: %d", pattern, name, got.Code)
				}
			}
		}
	})
}

func TestTheListGoesOnAfterAKey(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *casestest.City, s *casestest.Site) {
		const n = few + 2
		for range n {
			accepted(c, food)
		}
		who := c.Staff(reviewer)
		first := s.Get(who, "/work")
		want(t, first, http.StatusOK, "22 件，先列 20 件", "再看 20 件")
		next := links(first.Body, `rel="next"`)
		if len(next) != 1 {
			t.Fatalf("links on: %v", next)
		}
		second := s.Get(who, next[0])
		want(t, second, http.StatusOK, "回到开头")
		seen := map[string]bool{}
		for _, body := range []string{first.Body, second.Body} {
			for _, l := range links(body, "inbox__t") {
				seen[l] = true
			}
		}
		if len(seen) != n {
			t.Errorf("%d cases on two pages, want %d", len(seen), n)
		}
	})
}

// links are the addresses of the links whose tag holds a mark.
func links(body, mark string) (all []string) {
	for _, tag := range strings.Split(body, "<a ")[1:] {
		tag, _, _ = strings.Cut(tag, ">")
		if _, rest, ok := strings.Cut(tag, `href="`); ok && strings.Contains(tag, mark) {
			href, _, _ := strings.Cut(rest, `"`)
			all = append(all, strings.ReplaceAll(href, "&amp;", "&"))
		}
	}
	return all
}

func TestPagesSpeakEnglish(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *casestest.City, s *casestest.Site) {
		id := accepted(c, food)
		for _, prefix := range []string{"work.", "show.", "cases."} {
			if missing := s.Missing(prefix); len(missing) > 0 {
				t.Errorf("words in one language only: %v", missing)
			}
		}
		s.Lang = i18n.English
		who := c.Staff(reviewer)
		for _, path := range []string{"/work", "/work/special", "/work/done", page(id), page(id) + "?tab=story", page(id) + "?tab=time", page(id) + "?tab=similar"} {
			want(t, s.Get(who, path), http.StatusOK)
		}
		want(t, s.Get(who, page(id)), http.StatusOK, "Send opinion", "Show in full", "may not decide it")
	})
}

// TestStepsHaveEnglishNames: those of the catalogue, in the list, on the page of the case and among what was done; what
// has none is marked as Chinese.
func TestStepsHaveEnglishNames(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *casestest.City, s *casestest.Site) {
		id, who := accepted(c, food), c.Staff(reviewer)
		s.Lang = i18n.English
		list := s.Get(who, "/work")
		want(t, list, http.StatusOK, "<div>Review</div>")
		if strings.Contains(list.Body, ">审查<") {
			t.Error("the list names the step in Chinese")
		}
		form := s.Get(who, page(id))
		want(t, form, http.StatusOK, "Review")
		in := form.Hidden()
		in.Set("conclusion", cases.Agree)
		in.Set("text", "材料齐全。")
		if sent := s.Post(who, page(id)+"/opinion", in); sent.Code != http.StatusSeeOther {
			t.Fatalf("%d", sent.Code)
		}
		want(t, s.Get(who, "/work/done"), http.StatusOK, ">Review<")
		next := c.Open(c.Staff(leader), id)
		if next.NameEn == "" {
			t.Errorf("the step %s has no English name", next.Name)
		}
		want(t, s.Get(who, page(id)+"?tab=story"), http.StatusOK, "<span>"+next.NameEn+"</span>", "<b>Review</b>")
		s.Lang = i18n.Chinese
		want(t, s.Get(who, "/work/done"), http.StatusOK, ">审查<")
	})
}

// TestTheSpecialProceduresUnderWay are listed for those who may see their cases, page by page, with the days left.
func TestTheSpecialProceduresUnderWay(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *casestest.City, s *casestest.Site) {
		who := c.Staff(reviewer)
		want(t, s.Get(who, "/work/special"), http.StatusOK, s.Text("work.special.none"))
		id := accepted(c, food)
		start := func(id int64, kind string) {
			t.Helper()
			in := s.Get(who, page(id)+"/acts/start_special").Hidden()
			in.Set("kind", kind)
			in.Set("planned", "5")
			in.Set("reason", "需要专家意见")
			if done := s.Post(who, page(id)+"/acts/start_special", in); done.Code != http.StatusSeeOther {
				t.Fatalf("%d %.400s", done.Code, done.Body)
			}
		}
		start(id, "testing")
		start(id, "expert_review")
		no := c.Case(who, id).No
		list := s.Get(who, "/work/special")
		want(t, list, http.StatusOK, no, s.Text("show.stop.testing"), s.Text("show.stop.expert_review"), "剩 5 个工作日", "3月2日", "3月9日", page(id))
		if other := s.Get(c.Holder("SPJ-KY.inspect"), "/work/special"); strings.Contains(other.Body, no) {
			t.Error("somebody who may not see the case is told of it")
		}
		want(t, s.Get(who, "/work/special?q=nobody"), http.StatusOK, s.Text("work.special.all"))
		c.Now = c.Now.AddDate(0, 0, 8)
		want(t, s.Get(who, "/work/special"), http.StatusOK, "light--red", "超 1 个工作日", "6 个工作日")
		for range 25 {
			start(accepted(c, food), "testing")
		}
		first := s.Get(who, "/work/special")
		want(t, first, http.StatusOK, "26 件", "after=")
		next := regexp.MustCompile(`href="(/work/special\?after=[^"]+)"`).FindStringSubmatch(first.Body)
		if next == nil {
			t.Fatal("no way to the second page")
		}
		second := s.Get(who, strings.ReplaceAll(next[1], "&amp;", "&"))
		want(t, second, http.StatusOK, s.Text("work.first"))
		if n := strings.Count(first.Body, `class="light `) + strings.Count(second.Body, `class="light `); n != 27 {
			t.Errorf("%d procedures on two pages", n)
		}
	})
}

// TestTheReviewerAsksTheHeadForAnExtension: the reviewer finds the request, the head finds it on top of the inbox and at
// the case, and the line below no longer says that she can only read.
func TestTheReviewerAsksTheHeadForAnExtension(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *casestest.City, s *casestest.Site) {
		id := accepted(c, food)
		who, head := c.Staff(reviewer), c.Staff(leader)
		form := s.Get(who, page(id))
		want(t, form, http.StatusOK, s.Text("work.longer"), "经本机关负责人批准可以延长一次")
		in := form.Hidden()
		want(t, s.Post(who, page(id)+"/longer", in), http.StatusUnprocessableEntity, "请写明理由")
		in.Set("reason", "案情复杂，需要论证")
		if sent := s.Post(who, page(id)+"/longer", in); sent.Code != http.StatusSeeOther {
			t.Fatalf("asking: %d", sent.Code)
		}
		want(t, s.Get(who, page(id)), http.StatusOK, s.Text("cases.longer_asked"), "案情复杂，需要论证")
		want(t, s.Get(head, "/work"), http.StatusOK, s.Text("work.longer.group"), page(id))
		asked := s.Get(head, page(id))
		want(t, asked, http.StatusOK, s.Text("work.longer.waits"), "案情复杂，需要论证", s.Text("work.approves"))
		if strings.Contains(asked.Body, s.Text("work.readonly")) {
			t.Error("the head may approve and is told that she can only read")
		}
		c.Verify()
	})
}

// TestWhatWasTypedStaysWhenAStepIsNotShared: a form that is refused comes back with what was typed, and says what is wrong.
func TestWhatWasTypedStaysWhenAStepIsNotShared(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *casestest.City, s *casestest.Site) {
		id := accepted(c, food)
		who := c.Staff("yc1021")
		task := strconv.FormatInt(c.Open(who, id).ID, 10)
		want(t, s.Get(who, page(id)), http.StatusOK, page(id)+"/step/ask", page(id)+"/step/hand", s.Text("work.after"))
		for do, in := range map[string]url.Values{
			"ask":  {"to": {"SCJ.rev", ""}, "days": {"90"}, "kind": {"consult"}, "words": {"有无处罚记录"}},
			"hand": {"to": {"SPJ-SC.rev"}, "words": {"有无处罚记录"}},
		} {
			in.Set("task", task)
			code := map[string]string{"ask": "cases.aside_days", "hand": "cases.other_unit"}[do]
			want(t, s.Post(who, page(id)+"/step/"+do, in), http.StatusUnprocessableEntity, "有无处罚记录", s.Text(code))
		}
		in := url.Values{"task": {task}, "to": {"SCJ.rev", ""}, "days": {"3"}, "kind": {"consult"}, "words": {"有无处罚记录"}}
		want(t, s.Post(who, page(id)+"/step/ask", in), http.StatusSeeOther)
		want(t, s.Get(who, page(id)), http.StatusOK, "有无处罚记录", s.Text("work.asks"))
		want(t, s.Get(c.Staff("yc1061"), "/work"), http.StatusOK, s.Text("cases.aside.consult"))
		want(t, s.Get(who, page(id)+"/step/mend?task="+task), http.StatusForbidden)
		want(t, s.Get(c.Staff("yc1036"), page(id)+"/step/hurry"), http.StatusOK)
	})
}
