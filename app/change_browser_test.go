package app

import (
	"testing"

	"onedoor.app/domain/catalog"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
)

// TestAnItemIsChanged drives a change from the page of an item to its day: one officer
// proposes and rehearses it on the cases of the sample city, sees why they may not approve
// it, and another sends it back, then approves it. Afterwards the item is taken off the
// list and put back.
func TestAnItemIsChanged(t *testing.T) {
	if testing.Short() {
		t.Skip("a browser")
	}
	t.Parallel()
	browser := chromium(t)
	h := openHall(t, "")
	if err := h.a.loadCases(t.Context(), sampleSeed); err != nil {
		t.Fatal(err)
	}
	items := h.a.services.catalog
	officer := h.actor("yc1038")

	one := newTab(t, browser, h.base, "yc1038")
	one.open("/sign-in?next=%2Fcatalog%2Fitems%2F" + formItem)
	one.signIn("yc1038")
	one.look("item", phone, wide)
	one.follow(`.bar form[action="/catalog/changes"] button`)
	one.reads("还没有改动")
	one.look("fresh", phone, wide)
	draft := one.at

	var line []catalog.ChangeLine
	if err := h.a.DB.Read(t.Context(), func(tx *db.Tx) (err error) {
		line, err = items.OpenChanges(tx, auth.Actor{Kind: auth.Staff, Rights: []string{catalog.Keep}}, formItem)
		return err
	}); err != nil || len(line) != 1 {
		t.Fatal(line, err)
	}
	broken := func(it *catalog.Item) error {
		it.PromisedLimit.Value = 4
		for i := range it.Steps {
			if it.Steps[i].Clock == "statutory" {
				it.Steps[i].Days = 1
			}
		}
		it.Materials[0].Necessity = "3"
		it.Materials = append(it.Materials, catalog.Material{
			ID: "m90", Name: "其他材料", Kind: "2", Source: "10", Necessity: "1", Form: "3", Originals: 1, Trust: "D", Points: []string{"已签名"},
		})
		it.Keywords = append(it.Keywords, "开小吃店")
		return nil
	}
	locks := catalog.DefaultLocks() // what is rehearsed asks for more than the base does
	locks[catalog.ElementMaterials] = catalog.LockFree
	proposal, err := items.ProposeForLocks(t.Context(), officer, "", "37", 0, locks, "本地另有规定的材料")
	if err != nil {
		t.Fatal(err)
	}
	agreed(t, items, proposal)
	c, err := items.EditChange(t.Context(), officer, line[0].ID, 1, broken)
	if err != nil {
		t.Fatal(err)
	}
	one.open(draft)
	one.reads("承诺办结时限", "4 个工作日", "其他材料")
	one.look("problems", phone, wide)
	if _, err = items.EditChange(t.Context(), officer, c.ID, c.Lock, func(it *catalog.Item) error {
		it.Materials[len(it.Materials)-1].Name = "食品安全承诺书"
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	one.open(draft + "/rehearsal")
	one.look("rehearsal-form", phone, wide)
	one.follow(`form[action$="/rehearsal"] button`)
	one.look("rehearsal-runs", phone, wide)
	for n := 1; n > 0; {
		if n, err = h.a.runner.Once(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	one.until(`!document.querySelector("#outcome[hx-get]")`) // nobody reloads it
	one.reads("核算的件", "会多交材料")
	one.look("rehearsal", phone, wide)
	one.follow(`a[href*="effect=more"]`)
	one.reads("食品安全承诺书")
	one.look("rehearsal-cases", phone, wide)
	one.open(draft)
	one.write(`#reason`, "省里要求再压减办理时限")
	one.follow(`form[action$="/submit"] button`)
	one.reads("须由另一人审核批准", "待审核")
	one.look("submitted", phone, wide)

	other := newTab(t, browser, h.base, "yc1102")
	other.open("/sign-in?next=%2Fcatalog%2Fchanges")
	other.signIn("yc1102")
	other.reads("待我审核 1")
	other.look("list", phone, wide)
	other.open(draft)
	other.look("review", phone, wide)
	other.open(draft + "/guide")
	other.reads("食品安全承诺书", "预览")
	other.look("preview", phone, wide)
	other.open(draft)
	other.write(`#remark`, "请补写承诺书的填报须知")
	other.follow(`form[action$="/return"] button`)
	other.reads("请补写承诺书的填报须知")
	one.open(draft)
	one.look("returned", phone, wide)
	one.follow(`form[action$="/submit"] button`)
	other.open(draft)
	other.follow(`form[action$="/approve"] button`)
	other.reads("已成为现行版本")
	other.look("in-force", phone, wide)

	other.open("/catalog/changes/suspend?code=" + formItem)
	other.look("suspend", phone, wide)
	other.write(`#reason`, "法规修订，暂停受理")
	other.follow(`form[action$="/suspend"] .btn--danger`)
	other.reads("法规修订，暂停受理")
	other.look("off", phone, wide)
	one.open("/items/" + formItem)
	one.reads("已下架", "法规修订，暂停受理")
	one.look("guide", phone, wide)
	one.open("/catalog/changes/new")
	one.look("new", phone, wide)
	one.open(draft + "?lang=en")
	one.look("english", phone, wide)
}
