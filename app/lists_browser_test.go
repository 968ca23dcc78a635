package app

import (
	"context"
	"errors"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"onedoor.app/domain/catalog"
	"onedoor.app/engine/calendar"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
)

// TestListsInABrowser reads the public lists, the ledger and the rates as anybody does, and writes the ledger as who keeps
// the catalogue does.
func TestListsInABrowser(t *testing.T) {
	t.Parallel()
	browser := chromium(t)
	cfg := testConfig(t, theCity.File(t))
	cfg.Demo = true
	a := theCity.open(t, cfg)
	age(t, a, 200*24*time.Hour)
	base, stop, err := a.loopback(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)

	v := newTab(t, browser, base, "visitor")
	v.open("/")
	v.follow(`.foot a[href="/lists"]`)
	v.reads("公开清单", "权力清单", "容缺受理清单", "改革台账")
	v.look("lists", wide, phone)
	for _, kind := range []string{"approvals", "powers", "duties", "access", "intermediary", "proofs", "pledge", "tolerance", "spot", "once", "online"} {
		v.open("/lists/" + kind)
		v.look(kind, wide, phone)
	}
	v.open("/lists/powers")
	v.write(`input[name=q]`, "食品")
	v.follow(`form[role=search] button`)
	v.reads("食品经营许可（新办）", "找到")
	v.look("search", wide)
	v.open("/lists/powers?q=qqqq")
	v.look("nothing", phone)
	v.open("/lists/reforms")
	v.reads("云川市水利局行政审批专用章", "已封存", "省农业农村厅", "划转")
	v.look("reforms", wide, phone)
	v.open("/lists/rates")
	v.look("rates", wide, phone)
	v.open("/lists/rates?unit=SPJ")
	v.look("rates-unit", wide)
	v.open("/lists?lang=en")
	v.look("lists-en", wide, phone)
	v.open("/lists/duties")
	v.look("duties-en", phone)
	v.open("/lists/rates")
	v.look("rates-en", wide)

	k := newTab(t, browser, base, "keeper")
	k.open("/catalog/reforms")
	k.signIn("yc1038")
	k.open("/catalog/reforms")
	k.reads("登记改革", "改革台账")
	k.look("keep", wide, phone)
	k.follow(`a[href="/catalog/reforms/new"]`)
	k.wrong(`main form button`)
	k.look("wrong", wide, phone)
	k.choose("kind", "transferred")
	for field, text := range map[string]string{
		"name": "河道管理范围内建设项目审批", "from": "云川市水利局", "to": "云川市行政审批服务局", "document": "云政发〔2026〕3号",
		"before_days": "20", "after_days": "7", "before_materials": "9", "after_materials": "6",
	} {
		k.write(`#`+field, text)
	}
	k.do("choose a day", chromedp.Evaluate[chromedp.Void](`document.getElementById("effective").value = "2026-10-01"`))
	k.follow(`main form button`)
	k.reads("河道管理范围内建设项目审批", "云川市水利局", "时限 20 → 7 个工作日")
	k.look("entry", wide, phone)
	k.follow(`a[href*="/correct/"]`)
	k.look("correct", wide)
	k.write(`#reason`, "文号登记有误")
	k.write(`#document`, "云政发〔2026〕4号")
	k.follow(`main form button`)
	k.follow(`main p a[href^="/catalog/reforms/"]`)
	k.reads("已更正", "云政发〔2026〕3号")
	k.look("corrected", wide)
	k.open("/catalog/reforms")
	k.follow(`a[href^="/catalog/reforms/seals/"]:not([href$="new"])`)
	k.reads("云川市交通运输局行政许可专用章", "封存")
	k.look("seal", wide, phone)
	k.do("choose a day", chromedp.Evaluate[chromedp.Void](`document.getElementById("day").value = "2024-10-10"`))
	k.write(`#place`, "局档案室 3 号柜")
	k.write(`#keeper`, "办公室档案岗")
	k.follow(`main form button`)
	k.reads("已封存", "局档案室 3 号柜", "销毁")
	k.look("seal-kept", wide)
	k.do("choose a picture", chromedp.SetUploadFiles(`#picture`, []string{impression(t)}))
	k.follow(`main form[enctype] button`)
	k.reads("印模图片已保存", "换一张印模图片")
	k.look("seal-picture", wide, phone)
	k.open("/catalog/reforms/seals/new")
	k.look("seal-new", wide)
}

// impression draws the round mark of a seal into a file.
func impression(t *testing.T) string {
	t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, 400, 400))
	for y := range 400 {
		for x := range 400 {
			ink := color.RGBA{255, 255, 255, 255}
			if r := (x-200)*(x-200) + (y-200)*(y-200); r < 190*190 && r > 178*178 || r < 40*40 {
				ink = color.RGBA{200, 30, 30, 255}
			}
			m.SetRGBA(x, y, ink)
		}
	}
	file, err := os.Create(filepath.Join(t.TempDir(), "seal.png"))
	if err == nil {
		err = errors.Join(png.Encode(file, m), file.Close())
	}
	if err != nil {
		t.Fatal(err)
	}
	return file.Name()
}

// age makes the catalogue older than it is, so that there are months to look back on, and changes an item today.
func age(t *testing.T, a *App, by time.Duration) {
	t.Helper()
	ctx := t.Context()
	if err := a.DB.Write(ctx, func(tx *db.Tx) error {
		if err := tx.Exec(`UPDATE catalog_version SET at = at - $1`, by.Milliseconds()); err != nil {
			return err
		}
		return tx.Exec(`UPDATE catalog_measure SET rules = 0`)
	}); err != nil {
		t.Fatal(err)
	}
	if err := a.services.catalog.Remeasure(ctx); err != nil {
		t.Fatal(err)
	}
	officer := auth.Actor{ID: 1, Staff: 1, Kind: auth.Staff, Rights: []string{catalog.Keep}}
	c, err := a.services.catalog.ProposeLegal(ctx, officer, "food-operation-new", 1, catalog.Legal{Safety: true, TestResult: true})
	if err != nil {
		t.Fatal(err)
	}
	if c, err = a.services.catalog.Submit(ctx, officer, c.ID, c.Lock, "补登记法定要素"); err != nil {
		t.Fatal(err)
	}
	other := auth.Actor{ID: 2, Staff: 2, Kind: auth.Staff, Roles: []string{"catalog_officer"}, Rights: []string{catalog.Review}}
	if _, err := a.services.catalog.Approve(ctx, other, c.ID, c.Lock, calendar.DateOf(a.DB.Now()), ""); err != nil {
		t.Fatal(err)
	}
}
