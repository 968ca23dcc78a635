package app

import (
	"testing"

	"onedoor.app/domain/catalog"
	"onedoor.app/infra/db"
)

// TestAMaterialReachesItsItems changes an entry of the library in the browser, proposes it for all items that have it, and
// has another officer see the changes together and approve them.
func TestAMaterialReachesItsItems(t *testing.T) {
	if testing.Short() {
		t.Skip("a browser")
	}
	t.Parallel()
	browser := chromium(t)
	h := openHall(t, "")
	left, err := h.a.services.catalog.Propose(t.Context(), h.actor("yc1102"), "left alone", "food-operation-new")
	if err != nil {
		t.Fatal(err)
	}
	const entry = "/catalog/materials/power-of-attorney"
	v := newTab(t, browser, h.base, "yc1038")
	v.open("/sign-in?next=%2Fcatalog%2Fmaterials%2Fpower-of-attorney%2Fedit")
	v.signIn("yc1038")
	v.write(`#points`, "写明受托人姓名和证件号码\n委托人签名\n附受托人联系电话")
	v.write(`#why`, "补充联系方式")
	v.follow(`form[action="` + entry + `"] button.btn--primary`)
	v.reads("由另一位同事审核")
	v.spoken()
	v.look("proposal", phone, wide)
	other := newTab(t, browser, h.base, "yc1102")
	other.open("/sign-in?next=%2Fcatalog%2Fchanges")
	other.signIn("yc1102")
	other.look("proposals", phone, wide)
	other.open(v.at)
	other.spoken()
	other.look("to-agree", phone, wide)
	other.follow(`form[action="` + v.at + `/agree"] button`)
	other.look("agreed", phone)
	v.open(entry)
	v.reads("现行有 29 个事项还是旧内容", "为全部旧内容的事项提出变更")
	v.spoken()
	v.look("entry", phone, wide)
	v.write(`#why`, "统一加联系电话")
	v.wrong(`#spread button[value="chosen"]`)
	v.reads("还没有勾选事项")
	if got := ask[string](v, `document.querySelector("#why").value`); got != "统一加联系电话" {
		t.Errorf("what was typed is lost: %q", got)
	}
	v.look("nothing-ticked", phone)
	v.follow(`#spread button[value="all"]`)
	v.reads("还在逐个事项起变更")
	for {
		n, err := h.a.runner.Once(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			break
		}
	}
	spread := ask[string](v, `location.pathname + location.search`)
	v.open(spread)
	v.reads("28 个事项", "统一加联系电话", "有人正在改，没有动它")
	v.spoken()
	v.look("proposed", phone, wide)
	if ask[bool](v, `!!document.querySelector('input[type=checkbox][name=change]')`) {
		t.Error("who proposed it may approve it")
	}

	other.open("/catalog/changes")
	other.reads("材料库推送", "一起看")
	other.look("to-review", phone, wide)
	other.follow(`a[href="` + spread + `"]`)
	other.reads("一起批准")
	other.spoken()
	other.look("together", phone, wide)
	other.open(spread + "&lang=en")
	other.spoken()
	other.look("english", wide)
	other.open(spread + "&lang=zh")
	other.follow(`#together .btn--primary`)
	other.reads("已生效")
	other.look("approved", wide)
	other.open(spread)
	other.follow(`button[form^="take-"]`)
	other.reads("附受托人联系电话")
	if c, err := changeNow(t, h, left.ID); err != nil || c.Lock == left.Lock {
		t.Errorf("the draft took nothing over: %v", err)
	}
	v.open(entry)
	v.reads("以前的推送")
	v.look("afterwards", phone, wide)
	v.open(entry + "?lang=en")
	v.spoken()
	v.look("afterwards-english", wide)
}

func changeNow(t *testing.T, h *hall, id int64) (c *catalog.Change, err error) {
	t.Helper()
	err = h.a.DB.Read(t.Context(), func(tx *db.Tx) (err error) { c, err = h.a.services.catalog.Change(tx, id); return err })
	return c, err
}
