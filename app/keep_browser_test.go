package app

import (
	"testing"

	"onedoor.app/domain/catalog"
	"onedoor.app/infra/db"
)

// TestTheOfficersListInABrowser narrows the list of all items, begins a new one and looks at a change that waits though
// something is wrong with it by now, and at the long lists of the public on a phone.
func TestTheOfficersListInABrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("a browser")
	}
	t.Parallel()
	browser := chromium(t)
	h := openHall(t, "")
	items := h.a.services.catalog
	if err := items.Suspend(t.Context(), h.actor("yc1102"), "elder-card", "办法修订，暂停办理"); err != nil {
		t.Fatal(err)
	}

	o := newTab(t, browser, h.base, "yc1038")
	o.open("/sign-in?next=%2Fcatalog")
	o.signIn("yc1038")
	o.look("all", phone, wide, size{360, 780})
	o.set("state", catalog.ItemSuspended)
	o.follow(`form[action="/catalog"]:has(select) button`)
	o.reads("找到 1 个事项", "老年")
	if got := ask[string](o, `location.search`); got != "?body=&type=&state=suspended" {
		t.Errorf("the address says %s", got)
	}
	o.look("suspended", phone, wide)
	o.open("/catalog?state=offered&q=%E8%AE%B8%E5%8F%AF")
	o.look("searched", wide)
	o.open("/catalog/changes/new")
	o.reads("以云川市行政审批服务局的名义")
	o.look("new", phone, wide)

	c, err := items.Propose(t.Context(), h.actor("yc1038"), t.Name(), formItem)
	if err != nil {
		t.Fatal(err)
	}
	if c, err = items.EditChange(t.Context(), h.actor("yc1038"), c.ID, c.Lock, func(it *catalog.Item) error {
		it.Keywords = append(it.Keywords, "开小吃店")
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if c, err = items.Submit(t.Context(), h.actor("yc1038"), c.ID, c.Lock, "多一个叫法"); err != nil {
		t.Fatal(err)
	}
	c.Item.Unstated = []string{catalog.ElementCharged} // nobody asked for it when it was submitted
	if err := h.a.DB.Write(t.Context(), func(tx *db.Tx) error {
		return tx.Exec(`UPDATE catalog_change SET body = $1 WHERE id = $2`, db.JSON(c.Item), c.ID)
	}); err != nil {
		t.Fatal(err)
	}
	o.open(catalog.ChangePath(c.ID))
	o.reads("送审以后发现", "收费")
	o.look("waits", phone, wide)
	other := newTab(t, browser, h.base, "yc1102")
	other.open("/sign-in?next=" + catalog.ChangePath(c.ID))
	other.signIn("yc1102")
	other.reads("送审以后发现", "请退回修改", "还没有说明的内容：是否收费")
	other.look("review", phone, wide)

	v := newTab(t, browser, h.base, "visitor")
	for name, path := range map[string]string{"booklets": "/booklets", "rates": "/lists/rates"} {
		v.open(path)
		v.look(name, phone, wide)
		v.press(`details.fold:not([open]) > summary`)
		v.look(name+"-open", phone)
	}
	v.open("/items/food-operation-new?lang=en")
	v.reads("valid for 5 years")
}
