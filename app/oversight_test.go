package app

import (
	"fmt"
	"net/http/httptest"
	"testing"
	"time"

	"onedoor.app/domain/oversight"
	"onedoor.app/infra/db"
)

// TestTheRegulatorIsToldOfAGrant: what was granted is told to whom the item names, in the same unit of work; the regulator
// receives and reports it, late it is red, and the case shows it.
func TestTheRegulatorIsToldOfAGrant(t *testing.T) {
	t.Parallel()
	each(t, theHouse, func(t *testing.T, url string) {
		h := openHouseOn(t, url)
		list := h.overseen(h.first.Case)
		if len(list) != 1 || list[0].Unit != "SCJ" || list[0].Due == 0 || list[0].Holder == "" || list[0].State != oversight.Told {
			t.Fatalf("the regulator was told %+v", list)
		}
		who := (&hall{t: h.T, a: h.a}).actor("yc1061")
		if _, err := h.s.oversight.Report(t.Context(), who, "", list[0].ID, "已列入监管名录"); err != nil {
			t.Fatal(err)
		}
		if err := h.a.Verify(t.Context(), func(Verified) {}); err != nil {
			t.Error(err)
		}
	})
}

func (h *house) overseen(caseID int64) (list []oversight.Task) {
	h.Helper()
	h.read(func(tx *db.Tx) (err error) { list, err = h.s.oversight.Of(tx, caseID); return err })
	return list
}

// TestOversightInABrowser is the same on the pages, by those who supervise the market.
func TestOversightInABrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("a browser")
	}
	t.Parallel()
	browser := chromium(t)
	h := openHouse(t)
	site := httptest.NewServer(h.a.Handler())
	t.Cleanup(site.Close)
	at := func(login string) *tab {
		v := newTab(t, browser, site.URL, login)
		v.open("/sign-in")
		v.signIn(login)
		return v
	}
	task := h.overseen(h.first.Case)[0]
	v := at("yc1061")
	v.open("/oversight")
	v.reads("审管联动", "待签收", task.Holder)
	v.look("list", phone, wide)
	v.open(fmt.Sprintf("/oversight/%d", task.ID))
	v.look("task", phone, wide)
	v.follow(`form[action$="/receive"] button`)
	v.reads("已签收", "皮安然")
	h.d.clock = h.d.clock.Add(60 * 24 * time.Hour)
	v.open("/oversight")
	v.reads("超期")
	v.look("late", phone, wide)
	v.open(fmt.Sprintf("/oversight/%d", task.ID))
	v.write(`[name="what"]`, "已列入监管名录，首次检查没有发现问题")
	v.follow(`form[action$="/report"] button`)
	v.open("/oversight?list=done")
	v.reads(task.Holder)
	v.open(fmt.Sprintf("/oversight/%d?lang=en", task.ID))
	v.look("done-en", phone, wide)
	w := at("yc1036")
	w.open(fmt.Sprintf("/watch/%d", h.first.Case))
	w.reads("审管联动", "已列入监管名录，首次检查没有发现问题")
	w.look("case", phone, wide)
}
