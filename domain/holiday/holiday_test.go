package holiday_test

import (
	"io/fs"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"onedoor.app/domain/cases"
	"onedoor.app/domain/cases/casestest"
	"onedoor.app/domain/cases/show"
	"onedoor.app/domain/holiday"
	"onedoor.app/engine/calendar"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/db/dbtest"
	"onedoor.app/infra/fault"
	"onedoor.app/module"
	"onedoor.app/sample"
	"onedoor.app/ui"
)

// office wording of a notice, made up for 2027.
const text = `国务院办公厅关于2027年
部分节假日安排的通知
国办发明电〔2026〕7号

一、元旦：1月1日（周五）至3日（周日）放假，共3天。
二、春节：2月5日（农历腊月二十九、周五）至12日（农历正月初七、周五）放假调休，共8天。1月31日（周日）、2月13日（周六）上班。
三、清明节：4月3日（周六）至5日（周一）放假，共3天。
四、劳动节：5月1日（周六）至5日（周三）放假调休，共5天。4月25日（周日）、5月8日（周六）上班。
五、端午节：6月9日（周三）放假，共1天。
六、中秋节：9月15日（周三）放假。
七、国庆节：10月1日（周五）至7日（周四）放假调休，共7天。9月26日、10月9日（周六）上班。

国务院办公厅
2026年11月4日
`

var admin = auth.Actor{ID: 39, Kind: auth.Staff, Name: "潘秀英", Roles: []string{"system_admin"}}

func each(t *testing.T, fn func(t *testing.T, c *casestest.City, s *holiday.Service)) {
	t.Helper()
	pack, err := fs.Sub(sample.Yunchuan, "yunchuan")
	if err != nil {
		t.Fatal(err)
	}
	more := dbtest.Schema{Module: "holiday", Files: holiday.Schema}
	casestest.Each(t, pack, func(t *testing.T, c *casestest.City) {
		s := &holiday.Service{DB: c.Cases.DB, Cases: c.Cases}
		c.Cases.Calendar, c.Cases.Dated = s.Calendar, s.Dated
		fn(t, c, s)
	}, more)
}

func read(t *testing.T, s *holiday.Service, fn func(tx *db.Tx) error) {
	t.Helper()
	if err := s.DB.Read(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}

func now(t *testing.T, s *holiday.Service) (cal *calendar.Calendar) {
	t.Helper()
	read(t, s, func(tx *db.Tx) (err error) {
		cal, err = s.Calendar(tx)
		return err
	})
	return cal
}

func TestReadTheWordsOfANotice(t *testing.T) {
	t.Parallel()
	n := holiday.Read(text, 2027)
	if n.No != "国办发明电〔2026〕7号" || n.Issued.String() != "2026-11-04" || len(n.Breaks) != 7 {
		t.Fatalf("got %+v", n)
	}
	spring, nation := n.Breaks[1], n.Breaks[6]
	if spring.Name != "春节" || spring.From != 205 || spring.To != 212 || len(spring.Work) != 2 || spring.Work[0] != 131 || spring.Work[1] != 213 {
		t.Errorf("Spring Festival: %+v", spring)
	}
	if nation.From != 1001 || nation.To != 1007 || nation.Work[0] != 926 || nation.Work[1] != 1009 {
		t.Errorf("National Day: %+v", nation)
	}
	if mid := n.Breaks[5]; mid.From != 915 || mid.To != 915 || len(mid.Work) != 0 {
		t.Errorf("Mid-Autumn: %+v", mid)
	}
}

func TestPublish(t *testing.T) {
	each(t, func(t *testing.T, c *casestest.City, s *holiday.Service) {
		n := holiday.Read(text, 2027)
		before := now(t, s).Version()
		got, err := s.Publish(t.Context(), admin, before, n)
		if err != nil {
			t.Fatal(err)
		}
		cal := now(t, s)
		spring := calendar.NewDate(2027, time.February, 5)
		if got.Number != 1 || cal.Version() != got.Version || cal.IsWorkday(spring) || cal.Provisional(spring) ||
			!cal.IsWorkday(calendar.NewDate(2027, time.January, 31)) {
			t.Errorf("published %+v, in force %s", got, cal.Version())
		}
		again, err := s.Publish(t.Context(), admin, before, n) // pressed twice
		if err != nil || again.Number != 1 {
			t.Errorf("pressed twice: %+v, %v", again, err)
		}
		other := n
		other.Breaks = other.Breaks[:6:6]
		other.Breaks = append(other.Breaks, calendar.Break{Name: "国庆节", From: 1001, To: 1008})
		if _, err := s.Publish(t.Context(), admin, before, other); fault.Code(err) != "holiday.stale" {
			t.Errorf("on a version that is no longer in force: %v", err)
		}
		if _, err := s.Publish(t.Context(), admin, got.Version, n); fault.Code(err) != "holiday.same" {
			t.Errorf("nothing new: %v", err)
		}
		if _, err := s.Publish(t.Context(), admin, got.Version, other); err != nil {
			t.Errorf("a correction: %v", err)
		}
		// Another process, which has built nothing yet, sees the same and can still count by what was.
		fresh := &holiday.Service{DB: s.DB}
		if got, want := now(t, fresh).Version(), now(t, s).Version(); got != want || want == cal.Version() {
			t.Errorf("another process counts by %s, want %s", got, want)
		}
		read(t, s, func(tx *db.Tx) error {
			old, err := fresh.Dated(tx, cal.Version())
			if err == nil && old.Version() != cal.Version() {
				t.Errorf("the older version is %s", old.Version())
			}
			if _, err := fresh.Dated(tx, "cn-x"); err == nil {
				t.Error("a calendar that never was")
			}
			return err
		})
		read(t, s, func(tx *db.Tx) error { return s.Check(tx, func(string, int) {}) })
		for _, tampering := range []string{
			`UPDATE holiday_version SET breaks = REPLACE(breaks, '1007', '1006') WHERE number = 1`,
			`UPDATE holiday_version SET no = 'x' WHERE number = 1`,
			`DELETE FROM holiday_version WHERE number = 2`,
			`UPDATE holiday_version SET prev = version WHERE number = 2`,
		} {
			thrown := fault.New(fault.Conflict, "thrown")
			err := s.DB.Write(t.Context(), func(tx *db.Tx) error {
				if err := tx.Exec(tampering); err != nil {
					return err
				}
				if err := fresh.Check(tx, func(string, int) {}); err == nil {
					t.Errorf("not found: %s", tampering)
				}
				return thrown
			})
			if fault.Code(err) != "thrown" {
				t.Fatal(err)
			}
		}
	})
}

// A notice that nobody would issue is refused where it is wrong.
func TestRefused(t *testing.T) {
	each(t, func(t *testing.T, _ *casestest.City, s *holiday.Service) {
		good := holiday.Read(text, 2027)
		for name, tt := range map[string]struct {
			change func(*holiday.Notice)
			field  string
			code   string
		}{
			"a number that is none":  {func(n *holiday.Notice) { n.No = "7号" }, "no", "holiday.no"},
			"no date":                {func(n *holiday.Notice) { n.Issued = 0 }, "issued", "holiday.issued"},
			"another year's date":    {func(n *holiday.Notice) { n.Issued = calendar.NewDate(2024, 1, 1) }, "issued", "holiday.issued"},
			"nothing":                {func(n *holiday.Notice) { n.Breaks = nil }, "name-0", "holiday.empty"},
			"no 30 February":         {func(n *holiday.Notice) { n.Breaks[1].To = 230 }, "to-1", "holiday.day"},
			"backwards":              {func(n *holiday.Notice) { n.Breaks[1].To = 204 }, "to-1", "holiday.order"},
			"a month long":           {func(n *holiday.Notice) { n.Breaks[1].To = 305 }, "to-1", "holiday.long"},
			"twice":                  {func(n *holiday.Notice) { n.Breaks[5].From, n.Breaks[5].To = 1007, 1008 }, "from-6", "holiday.twice"},
			"a Monday worked":        {func(n *holiday.Notice) { n.Breaks[1].Work = []int{201} }, "work-1", "holiday.weekend"},
			"off and worked":         {func(n *holiday.Notice) { n.Breaks[1].Work = []int{206} }, "work-1", "holiday.both"},
			"far from its holiday":   {func(n *holiday.Notice) { n.Breaks[1].Work = []int{619} }, "work-1", "holiday.far"},
			"without 1 May":          {func(n *holiday.Notice) { n.Breaks[3].From = 502 }, "name-0", "holiday.fixed"},
			"a year out of our time": {func(n *holiday.Notice) { n.Year = 2126 }, "year", "holiday.year"},
			"without a name":         {func(n *holiday.Notice) { n.Breaks[2].Name = "" }, "name-2", "holiday.name"},
		} {
			n := good
			n.Breaks = slices.Clone(good.Breaks)
			tt.change(&n)
			_, err := s.Publish(t.Context(), admin, "", n)
			f, ok := err.(*fault.Error) //nolint:errorlint // the very value
			if !ok || f.Kind != fault.Invalid || f.Fields[tt.field] != tt.code {
				t.Errorf("%s: got %v %v", name, err, f)
			}
		}
		if got := now(t, s).Version(); got != calendar.Official().Version() {
			t.Errorf("a refused notice came into force: %s", got)
		}
	})
}

// The whole way of an administrator: paste, check, see the effect, publish; the
// clocks follow.
func TestFromThePageToTheClocks(t *testing.T) {
	each(t, func(t *testing.T, c *casestest.City, s *holiday.Service) {
		c.Now = time.Date(2026, 12, 29, 10, 0, 0, 0, calendar.Zone)
		got := c.Submit(c.Person("91379900MA7YC0014Q"), "food-operation-new")
		site := c.NewSite(func(frame ui.Frame, _ *casestest.Site) []module.Module {
			s.Frame = frame
			return []module.Module{s.Module(), show.Module()}
		})
		form := url.Values{"year": {"2027"}, "text": {text}, "do": {"read"}}
		page := site.Post(admin, "/admin/calendar/enter", form)
		want(t, page, http.StatusOK, `value="2027-02-12"`, `value="1月31日、2月13日"`, `value="国办发明电〔2026〕7号"`, `value="2026-11-04"`)

		form = url.Values{"year": {"2027"}, "no": {"国办发明电[2026]7号"}, "issued": {"2026-11-04"}, "do": {"preview"}}
		for i, row := range [][4]string{
			{"元旦", "2027-01-01", "2027-01-03", ""}, {"春节", "2027-02-05", "2027-02-12", "1月31日、2027-02-13"}, {"", "", "", ""},
			{"劳动节", "2027-05-01", "", "五月八日"}, {"国庆节", "2027-10-01", "2028-10-07", ""},
		} {
			n := string(rune('0' + i))
			form.Set("name-"+n, row[0])
			form.Set("from-"+n, row[1])
			form.Set("to-"+n, row[2])
			form.Set("work-"+n, row[3])
		}
		page = site.Post(admin, "/admin/calendar/enter", form)
		want(t, page, http.StatusUnprocessableEntity, "跨年的假期", `href="#work-3"`, `href="#to-4"`, `value="1月31日、2027-02-13"`)
		form.Set("work-3", "")
		form.Set("to-4", "2027-10-03")
		page = site.Post(admin, "/admin/calendar/enter", form)
		want(t, page, http.StatusOK, got.No, "发布这份安排", calendar.Official().Version())

		form.Set("prev", calendar.Official().Version())
		page = site.Post(admin, "/admin/calendar/publish", form)
		want(t, page, http.StatusSeeOther)
		page = site.Get(admin, "/admin/calendar?year=2027")
		want(t, page, http.StatusOK, "正在重算", "潘秀英", now(t, s).Version())
		for after := int64(0); ; {
			last, err := c.Cases.Recount(t.Context(), after, 10)
			if err != nil {
				t.Fatal(err)
			}
			if after = last; last == 0 {
				break
			}
		}
		page = site.Get(admin, "/admin/calendar?year=2027")
		if strings.Contains(page.Body, "正在重算") {
			t.Error("still counting")
		}
		v := c.Case(c.Person("91379900MA7YC0014Q"), got.Case)
		if clock, _ := v.Matter.Clock(cases.ClockNotice); clock.Provisional {
			t.Errorf("still provisional: %+v", clock)
		}
		page = site.Post(admin, "/admin/calendar/publish", form) // an old tab
		want(t, page, http.StatusSeeOther)
		c.Verify()
	})
}

func want(t *testing.T, page casestest.Answer, code int, texts ...string) {
	t.Helper()
	if page.Code != code {
		t.Fatalf("got %d, want %d: %s", page.Code, code, page.Body)
	}
	for _, text := range texts {
		if !strings.Contains(page.Body, text) {
			t.Errorf("%q is missing", text)
		}
	}
}
