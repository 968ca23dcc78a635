package app

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// mistakes is a list with problems of several kinds among rows that are right.
const mistakes = "事项名称,事项类型,部门,事项编码,承诺办结时限,行使层级\n" +
	"排水接驳服务,公共服务,市排水管理处,PS-001,5,县级\n" +
	"城市道路占用许可,行政许可,市城市管理局,CG-001,三周,市级\n" +
	"户外广告设置备案,其他行政权力,市城市管理局,CG-001,7,市级\n" +
	"户外广告设置备案（重复）,其他行政权力,市城市管理局,CG-001,7,市级\n" +
	"违章停车罚款,行政处罚,市公安局,GA-001,,区级\n" +
	"养老机构备案,其他行政权力,市民政局,MZ-001,10,区级\n"

// TestTheOfficerImportsAList: the upload, the dry run with its problems, the consent and the
// result, looked at on a desk and on a phone in both languages.
func TestTheOfficerImportsAList(t *testing.T) {
	if testing.Short() {
		t.Skip("a browser")
	}
	t.Parallel()
	browser := chromium(t)
	h := openHall(t, "")
	file := filepath.Join(t.TempDir(), "list.csv")
	if err := os.WriteFile(file, []byte(mistakes), 0o600); err != nil {
		t.Fatal(err)
	}
	v := newTab(t, browser, h.base, "yc1038")
	v.open("/sign-in")
	v.signIn("yc1038")
	v.open("/catalog/import")
	v.look("form", phone, wide)
	v.do("choose the file", chromedp.SetUploadFiles(`#file`, []string{file}))
	v.follow(`form[enctype] button[type=submit]`)
	v.look("checked", phone, wide)
	v.reads("E3", "三周")
	at := ask[string](v, `location.pathname`)
	v.open(at + "?lang=en")
	v.look("checked-en", phone, wide)
	v.open("/language?to=zh&back=" + at)
	v.reads("须由另一人确认")
	v.open("/catalog")
	v.reads("待确认")
	v.look("list-waiting", phone, wide)
	second := newTab(t, browser, h.base, "yc1102") // reviews, and did not bring the file
	second.open("/sign-in")
	second.signIn("yc1102")
	second.open("/catalog/changes")
	second.look("waiting", phone, wide)
	second.open(at)
	second.look("consent", phone, wide)
	second.follow(`form[data-once]:has([name="file"]) button[type=submit]`)
	v.open(at)
	v.look("moving", phone, wide)
	for range 2 { // the pages of the test work no jobs off by themselves
		if _, err := h.a.runner.Once(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	v.until(`!document.querySelector("progress")`)
	v.look("done", phone, wide)

	newer := "事项名称,事项类型,部门,事项编码,承诺办结时限\n排水接驳服务（新）,20,市排水管理处,PS-001,3\n"
	if r, err := h.a.services.catalog.Import(t.Context(), system, "newer.csv", strings.NewReader(newer)); err != nil || r.Changed != 1 {
		t.Fatalf("%+v, %v", r, err)
	}
	v.open("/catalog/import")
	v.do("choose the old file", chromedp.SetUploadFiles(`#file`, []string{file}))
	v.follow(`form[enctype] button[type=submit]`)
	second.open(ask[string](v, `location.pathname`))
	second.look("older", phone, wide)
	if words := ask[string](second, `document.querySelector("main").innerText`); !strings.Contains(words, "内容和第 1 版相同") || !strings.Contains(words, "排水接驳服务（新）改为排水接驳服务") {
		t.Errorf("the page does not say that the file is old: %s", words)
	}
}
