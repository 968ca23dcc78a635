package clocks_test

import (
	"encoding/json"
	"io/fs"
	"net/http"
	"strings"
	"testing"

	"onedoor.app/domain/cases"
	"onedoor.app/domain/cases/casestest"
	"onedoor.app/domain/cases/clocks"
	"onedoor.app/domain/cases/show"
	"onedoor.app/engine/calendar"
	"onedoor.app/infra/auth"
	"onedoor.app/module"
	"onedoor.app/sample"
	"onedoor.app/ui"
)

const firm = "91379900MA7YC0014Q"

// TestTheAccountOfACase reads the time of a case on the page and as
// JSON, as the applicant and as the supervisor.
func TestTheAccountOfACase(t *testing.T) {
	pack, err := fs.Sub(sample.Yunchuan, "yunchuan")
	if err != nil {
		t.Fatal(err)
	}
	casestest.Each(t, pack, func(t *testing.T, c *casestest.City) {
		site := c.NewSite(func(frame ui.Frame, _ *casestest.Site) []module.Module {
			return []module.Module{(&clocks.Pages{Cases: c.Cases, Frame: frame}).Module(), show.Module()}
		})
		applicant, clerk := c.Person(firm), c.Staff("yc1005")
		got := c.Submit(applicant, "food-operation-new")
		c.Accept(clerk, got.Case)
		c.Now = c.Now.AddDate(0, 0, 7)
		path := show.AccountPath(got.Case)
		supervisor := c.Staff("yc1036")
		for name, who := range map[string]auth.Actor{"applicant": applicant, "supervisor": supervisor} {
			page := site.Get(who, path)
			if page.Code != http.StatusOK || len(page.Raw()) > 0 {
				t.Fatalf("%s: %d %v", name, page.Code, page.Raw())
			}
			for _, text := range []string{got.No, "承诺期限", "法定期限", "开始的当天不计入", "周末", "优化营商环境条例 36", "不计"} {
				if !strings.Contains(page.Body, text) {
					t.Errorf("%s: %q is missing", name, text)
				}
			}
			answer := site.Get(who, path+"/account.json")
			var a cases.Account
			if err := json.Unmarshal([]byte(answer.Body), &a); err != nil || answer.Code != http.StatusOK {
				t.Fatalf("%s: %d %v", name, answer.Code, err)
			}
			if a.No != got.No || len(a.Clocks) < 3 || a.Calendar == "" {
				t.Errorf("%s: %+v", name, a)
			}
			for _, x := range a.Clocks {
				counted := 0
				for _, d := range x.Days {
					if d.Role == cases.DayCounted {
						counted++
					}
				}
				if x.Ended.IsZero() && x.Unit == cases.UnitWorkday && counted != x.Limit {
					t.Errorf("%s: %s counts %d days, its limit is %d", name, x.Name, counted, x.Limit)
				}
			}
		}
		stranger := auth.Actor{ID: 5, Kind: auth.Applicant, Party: 5}
		if page := site.Get(stranger, path+"/account.json"); page.Code != http.StatusNotFound {
			t.Errorf("a stranger got %d", page.Code)
		}
		if missing := site.Missing("clocks."); len(missing) > 0 {
			t.Errorf("in one language only: %v", missing)
		}
	})
}

// TestDaysPastTheLastOneAreOverdue: on the page by colour, shape and word, in the table and in the JSON; a day on which
// the duty was done in time never is.
func TestDaysPastTheLastOneAreOverdue(t *testing.T) {
	pack, err := fs.Sub(sample.Yunchuan, "yunchuan")
	if err != nil {
		t.Fatal(err)
	}
	casestest.Each(t, pack, func(t *testing.T, c *casestest.City) {
		site := c.NewSite(func(frame ui.Frame, _ *casestest.Site) []module.Module {
			return []module.Module{(&clocks.Pages{Cases: c.Cases, Frame: frame}).Module(), show.Module()}
		})
		applicant := c.Person(firm)
		got := c.Submit(applicant, "food-operation-new")
		c.Accept(c.Staff("yc1005"), got.Case)
		path := show.AccountPath(got.Case)
		if page := site.Get(applicant, path); strings.Contains(page.Body, "day--over") {
			t.Error("a day is overdue before anything was due")
		}
		c.Now = c.Now.AddDate(0, 1, 15)
		page := site.Get(applicant, path)
		for _, text := range []string{"day--over", "超 1 天", "超期第 1", "已到期，还没有办完"} {
			if !strings.Contains(page.Body, text) {
				t.Errorf("%q is missing", text)
			}
		}
		var a cases.Account
		if err := json.Unmarshal([]byte(site.Get(applicant, path+"/account.json").Body), &a); err != nil {
			t.Fatal(err)
		}
		for _, x := range a.Clocks {
			over, last := 0, calendar.Date(0)
			for _, d := range x.Days {
				if d.Role == cases.DayOverdue {
					over, last = over+1, d.Date
					if d.Over != over || d.Date <= x.Due {
						t.Errorf("%s: %+v", x.Name, d)
					}
				} else if d.Date > x.Due && d.Role == cases.DayCounted {
					t.Errorf("%s: %s counts after the last day %s", x.Name, d.Date, x.Due)
				}
			}
			switch {
			case x.Name == cases.ClockPromised && (over != -x.Light.Left || over == 0 || last > calendar.DateOf(c.Now)):
				t.Errorf("%d days overdue until %s, the light says %d", over, last, x.Light.Left)
			case !x.Ended.IsZero() && !x.Late && over != 0:
				t.Errorf("%s was done in time and is overdue", x.Name)
			}
		}
	})
}

// TestTheAccountKeepsEveryRound: the days to tell of corrections (XKF 32(4)) begin anew with what was asked for; whether
// the first notice was given in time can still be read, on the page and as JSON.
func TestTheAccountKeepsEveryRound(t *testing.T) {
	pack, err := fs.Sub(sample.Yunchuan, "yunchuan")
	if err != nil {
		t.Fatal(err)
	}
	casestest.Each(t, pack, func(t *testing.T, c *casestest.City) {
		site := c.NewSite(func(frame ui.Frame, _ *casestest.Site) []module.Module {
			return []module.Module{(&clocks.Pages{Cases: c.Cases, Frame: frame}).Module(), show.Module()}
		})
		path := show.AccountPath(c.AskAgain(c.Person(firm), c.Staff("yc1005"), "food-operation-new", "m2", "m3"))
		supervisor := c.Staff("yc1036")
		var a cases.Account
		if err := json.Unmarshal([]byte(site.Get(supervisor, path+"/account.json").Body), &a); err != nil {
			t.Fatal(err)
		}
		var rounds []int
		for i, x := range a.Clocks {
			if x.Name == cases.ClockNotice {
				rounds = append(rounds, x.Round)
			}
			if x.Round == 1 && x.Name == cases.ClockNotice && (x.EndedBy != cases.ActNotifyCorrection || x.Late || x.Begun != cases.ActReceive || len(x.Days) == 0) {
				t.Errorf("the first round: %+v", x)
			}
			if i > 0 && x.Start.Before(a.Clocks[i-1].Start) {
				t.Errorf("%s stands after %s", x.Name, a.Clocks[i-1].Name)
			}
		}
		if len(rounds) < 2 || rounds[0] != 1 || rounds[1] != 2 {
			t.Errorf("rounds %v", rounds)
		}
		page := site.Get(supervisor, path)
		for _, text := range []string{"（第 1 次）", "（第 2 次）"} {
			if !strings.Contains(page.Body, text) {
				t.Errorf("%q is missing", text)
			}
		}
		c.Verify()
	})
}
