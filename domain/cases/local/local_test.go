package local_test

import (
	"context"
	"html"
	"io/fs"
	"net/http"
	"strings"
	"testing"

	"onedoor.app/domain/cases"
	"onedoor.app/domain/cases/casestest"
	"onedoor.app/domain/cases/local"
	"onedoor.app/infra/db"
	"onedoor.app/infra/i18n"
	"onedoor.app/module"
	"onedoor.app/sample"
	"onedoor.app/ui"
)

// TestSettleOnThePage reads every point in both languages, changes two and finds them in force with their reasons.
func TestSettleOnThePage(t *testing.T) {
	pack, err := fs.Sub(sample.Yunchuan, "yunchuan")
	if err != nil {
		t.Fatal(err)
	}
	casestest.Each(t, pack, func(t *testing.T, c *casestest.City) {
		site := c.NewSite(func(frame ui.Frame, s *casestest.Site) []module.Module {
			return []module.Module{(&local.Pages{Cases: c.Cases, Frame: frame, Flash: func(_ context.Context, text string) { s.News = text }}).Module()}
		})
		admin, auditor := c.Holder("SPJ-XX.sys"), c.Holder("SPJ-XX.audit")
		if m := site.Missing("local."); len(m) > 0 {
			t.Errorf("words in one language only: %v", m)
		}
		for _, site.Lang = range []string{i18n.English, i18n.Chinese} {
			page := site.Get(admin, "/admin/law")
			if page.Code != http.StatusOK || len(page.Raw()) > 0 {
				t.Fatalf("%s: %d %v", site.Lang, page.Code, page.Raw())
			}
			for _, p := range cases.Points() {
				if !strings.Contains(page.Body, `href="/admin/law/`+p.Name+`"`) {
					t.Errorf("no way to change %s", p.Name)
				}
				if form := site.Get(admin, "/admin/law/"+p.Name); form.Code != http.StatusOK || len(form.Raw()) > 0 {
					t.Errorf("%s: %d %v", p.Name, form.Code, form.Raw())
				}
			}
		}
		if page := site.Get(auditor, "/admin/law"); page.Code != http.StatusOK || strings.Contains(page.Body, `href="/admin/law/`) {
			t.Errorf("the auditor: %d", page.Code)
		}
		if page := site.Get(admin, "/admin/law/deadline"); page.Code != http.StatusNotFound {
			t.Errorf("a point that is none: %d", page.Code)
		}

		const path, why = "/admin/law/correction_days", "依据《云川市行政审批服务规定》第九条"
		form := site.Get(admin, path).Hidden()
		form.Set("value", "99")
		if page := site.Post(admin, path, form); page.Code != http.StatusUnprocessableEntity || !strings.Contains(page.Body, `value="99"`) {
			t.Errorf("out of range and without a reason: %d", page.Code)
		}
		form.Set("value", "30")
		form.Set("reason", why)
		for range 2 { // the double click
			if page := site.Post(admin, path, form); page.Code != http.StatusSeeOther || page.Location != "/admin/law" {
				t.Fatalf("settled: %d", page.Code)
			}
		}
		if !strings.Contains(site.News, "补正期限") {
			t.Errorf("news: %q", site.News)
		}
		form.Set("_key", "another")
		form.Set("value", "20")
		if page := site.Post(admin, path, form); page.Code != http.StatusPreconditionFailed || !strings.Contains(html.UnescapeString(page.Body), why) {
			t.Errorf("on what is no longer in force: %d", page.Code)
		}
		page := html.UnescapeString(site.Get(auditor, "/admin/law").Body)
		for _, text := range []string{"30 个工作日", "15 个工作日", why, "本地设定", "5 到 60"} {
			if !strings.Contains(page, text) {
				t.Errorf("the page does not say %q", text)
			}
		}
		if err := c.Cases.DB.Read(t.Context(), func(tx *db.Tx) error {
			now, number, err := c.Cases.InForce(tx)
			if now.CorrectionDays != 30 || number != 1 {
				t.Errorf("in force: %+v by change %d", now, number)
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
		c.Verify()
	})
}
