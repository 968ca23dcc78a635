package supervision

import (
	"io/fs"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"onedoor.app/domain/cases"
	"onedoor.app/domain/cases/casestest"
	"onedoor.app/domain/cases/show"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/i18n"
	"onedoor.app/module"
	"onedoor.app/sample"
	"onedoor.app/ui"
)

const (
	firm       = "91379900MA7YC0014Q" // an applicant: 云川栖霞餐饮管理有限公司
	clerk      = "yc1005"
	reviewer   = "yc1021"
	supervisor = "yc1036"
	leader     = "yc1001"
	food       = "food-operation-new"
)

// each runs fn on the site of supervisors in a fresh sample city, on every engine.
func each(t *testing.T, fn func(t *testing.T, c *casestest.City, s *casestest.Site)) {
	t.Helper()
	pack, err := fs.Sub(sample.Yunchuan, "yunchuan")
	if err != nil {
		t.Fatal(err)
	}
	casestest.Each(t, pack, func(t *testing.T, c *casestest.City) {
		s := c.NewSite(func(frame ui.Frame, _ *casestest.Site) []module.Module {
			p := &Pages{Cases: c.Cases, Frame: frame, Act: func(_ auth.Actor, id int64) string { return "/act/" + strconv.FormatInt(id, 10) }}
			return []module.Module{p.Module(), show.Module()}
		})
		fn(t, c, s)
	})
}

func accepted(c *casestest.City) int64 {
	id := c.Submit(c.Person(firm), food).Case
	c.Accept(c.Staff(clerk), id)
	return id
}

func want(t *testing.T, a casestest.Answer, code int, texts ...string) {
	t.Helper()
	if a.Code != code {
		t.Fatalf("got %d, want %d: %.600s", a.Code, code, a.Body)
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

// rows counts the cases that a page lists.
func rows(a casestest.Answer) int { return strings.Count(a.Body, `class="inbox__t"`) }

func TestTheBoardShowsWhatIsLateAndEachNumberItsList(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *casestest.City, s *casestest.Site) {
		who := c.Staff(supervisor)
		want(t, s.Get(who, "/watch"), http.StatusOK, "没有超期和临期的件", "现在没有在办的件")
		want(t, s.Get(who, "/watch/cases"), http.StatusOK, "没有这样的件")

		late := accepted(c)
		c.Now = c.Now.AddDate(0, 1, 0)
		for range 2 {
			accepted(c)
		}
		if _, err := c.Cases.Withdraw(t.Context(), c.Person(firm), cases.On{Case: c.Submit(c.Person(firm), food).Case}, "不办了"); err != nil {
			t.Fatal(err)
		}
		board := s.Get(who, "/watch")
		want(t, board, http.StatusOK, "在办 3 件", "网上 100%", "食药卫健审批科", "/watch/"+strconv.FormatInt(late, 10), "收件和办结")
		for path, n := range map[string]int{
			"/watch/cases?light=red": 1, "/watch/cases?light=blue": 2, "/watch/cases?on=received": 3, "/watch/cases?on=ended": 1,
			"/watch/cases": 3, "/watch/cases?all=1": 4, "/watch/cases?state=withdrawn": 1, "/watch/cases?unit=SPJ-SY": 3,
			"/watch/cases?unit=GAJ": 0, "/watch/cases?q=" + c.Case(who, late).No: 1, "/watch/cases?on=received&day=2026-03-02": 1,
			"/watch/cases?light=purple&state=nonsense": 3,
		} {
			got := s.Get(who, path)
			want(t, got, http.StatusOK)
			if rows(got) != n {
				t.Errorf("%s lists %d cases, want %d", path, rows(got), n)
			}
		}
	})
}

func TestACaseShowsEveryDayAndEveryEntry(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *casestest.City, s *casestest.Site) {
		id := accepted(c)
		who, page := c.Staff(supervisor), "/watch/"+strconv.FormatInt(id, 10)
		task := c.Open(who, id)
		if _, err := c.Cases.Opine(t.Context(), c.Staff(reviewer), cases.On{Case: id}, cases.Review{
			Task: task.ID, Conclusion: cases.Agree, Text: "经审查符合条件。",
		}); err != nil {
			t.Fatal(err)
		}
		v := c.Case(who, id)
		got := s.Get(who, page)
		want(t, got, http.StatusOK, "承诺期限", "法定期限", "第 ", "转审查", "申请人看不到", "经审查符合条件。", "受理通知书", v.Head[:12], "现在谁在办", "只看不改")
		for _, x := range v.Form {
			if x.Sensitive && strings.Contains(got.Body, x.Text) {
				t.Errorf("%s is shown in full", x.Key)
			}
		}
		var field cases.Value
		for _, x := range v.Form {
			if x.Sensitive {
				field = x
			}
		}
		if err := c.Cases.Saw(t.Context(), c.Staff(reviewer), id, cases.SightFile); err != nil {
			t.Fatal(err)
		}
		if _, err := c.Cases.Reveal(t.Context(), c.Staff(reviewer), id, field.Key, "contact"); err != nil {
			t.Fatal(err)
		}
		want(t, s.Get(who, page), http.StatusOK, "看过原件和全号的人", "材料原件", "金春梅", field.Label, "联系申请人")
		want(t, s.Get(c.Staff(leader), page), http.StatusOK, "/act/"+strconv.FormatInt(id, 10))
		if strings.Contains(s.Get(who, page).Body, "/act/") {
			t.Error("a supervisor is led to where they can do nothing")
		}
		want(t, s.Get(who, "/watch/1"), http.StatusNotFound)
	})
}

func TestSupervisionChangesNothing(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *casestest.City, s *casestest.Site) {
		id := accepted(c)
		who := c.Staff(supervisor)
		before := c.Case(who, id).Head
		for _, pattern := range s.Routes() {
			method, path, _ := strings.Cut(pattern, " ")
			if method != http.MethodGet {
				t.Errorf("%s is more than reading", pattern)
			}
			path = strings.ReplaceAll(path, "{id}", strconv.FormatInt(id, 10))
			if got := s.Post(who, path, nil); got.Code != http.StatusMethodNotAllowed {
				t.Errorf("a form sent to %s: %d", path, got.Code)
			}
			if body := s.Get(who, path).Body; strings.Contains(body, `method="post"`) {
				t.Errorf("%s holds a form that posts", path)
			}
			for name, other := range map[string]auth.Actor{
				"applicant": c.Person(firm), "clerk": c.Staff(clerk), "reviewer": c.Staff("yc1025"), "visitor": {},
			} {
				if got := s.Get(other, path); got.Code != http.StatusForbidden && (name != "visitor" || got.Code != http.StatusUnauthorized) {
					t.Errorf("%s as %s: %d", path, name, got.Code)
				}
			}
		}
		if c.Case(who, id).Head != before {
			t.Error("reading changed the case")
		}
		c.Verify()
	})
}

func TestTheListGoesOnAfterAKey(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *casestest.City, s *casestest.Site) {
		for range few + 1 {
			accepted(c)
		}
		who := c.Staff(supervisor)
		for _, path := range []string{"/watch/cases", "/watch/cases?light=blue", "/watch/cases?on=received"} {
			first := s.Get(who, path)
			want(t, first, http.StatusOK, "再看 20 件")
			_, rest, _ := strings.Cut(first.Body, `class="pager"`)
			_, rest, _ = strings.Cut(rest, `class="btn" href="`)
			href, _, _ := strings.Cut(rest, `"`)
			second := s.Get(who, strings.ReplaceAll(href, "&amp;", "&"))
			want(t, second, http.StatusOK, "回到开头")
			if rows(first) != few || rows(second) != 1 {
				t.Errorf("%s: %d and %d rows", path, rows(first), rows(second))
			}
		}
	})
}

func TestPagesSpeakEnglish(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *casestest.City, s *casestest.Site) {
		id := accepted(c)
		if missing := s.Missing("supervision."); len(missing) > 0 {
			t.Errorf("words in one language only: %v", missing)
		}
		s.Lang = i18n.English
		for _, path := range []string{"/watch", "/watch/cases", "/watch/" + strconv.FormatInt(id, 10)} {
			want(t, s.Get(c.Staff(supervisor), path), http.StatusOK)
		}
	})
}

// TestSecondNoticesAreCountedAgainstItemAndPerson, page by page, under what the reader
// may see.
func TestSecondNoticesAreCountedAgainstItemAndPerson(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, c *casestest.City, s *casestest.Site) {
		who, window := c.Staff(supervisor), c.Staff(clerk)
		want(t, s.Get(who, "/watch/again"), http.StatusOK, "没有再次告知")
		var last int64
		for range few + 1 { // a page and one more
			last = c.AskAgain(c.Person(firm), window, food, "m4", "m4")
			if _, err := c.Cases.Notify(t.Context(), window, cases.On{Case: last}, 0); err != nil {
				t.Fatal(err)
			}
		}
		id := c.AskAgain(c.Person(firm), window, food, "m4", "m1")
		if _, err := c.Cases.Perform(t.Context(), c.Staff("yc1004"), cases.On{Case: id}, cases.ActAllowAgain, map[string]string{
			"materials": "m1", "reason": "补正的图上才看出名称不一致",
		}); err != nil {
			t.Fatal(err)
		}
		if _, err := c.Cases.Notify(t.Context(), window, cases.On{Case: id}, 0); err != nil {
			t.Fatal(err)
		}
		first := s.Get(who, "/watch/again")
		want(t, first, http.StatusOK, c.Case(who, id).No, "吕念慈", "名称不一致", "不用批准", "再看 20 条")
		_, rest, _ := strings.Cut(first.Body, "after=")
		key, _, _ := strings.Cut(rest, `"`)
		second := s.Get(who, "/watch/again?after="+key)
		want(t, second, http.StatusOK, "回到开头")
		if n := strings.Count(second.Body, "/watch/") - strings.Count(second.Body, "/watch/again"); n < 2 || strings.Contains(second.Body, c.Case(who, id).No) {
			t.Errorf("the second page names %d cases", n)
		}
		want(t, s.Get(who, "/watch/again?by=item"), http.StatusOK, "食品经营许可", ">22<", "/watch/again?item="+food)
		want(t, s.Get(who, "/watch/again?by=person"), http.StatusOK, "金映雪", ">22<")
		want(t, s.Get(who, "/watch/again?item="+food), http.StatusOK, "只列选中的", c.Case(who, id).No)
		want(t, s.Get(who, "/watch/again?item=elder-card"), http.StatusOK, "没有再次告知")
		want(t, s.Get(who, "/watch/"+strconv.FormatInt(id, 10)), http.StatusOK, "再次告知", "吕念慈", "核对材料")
		want(t, s.Get(window, "/watch/again"), http.StatusForbidden)
	})
}
