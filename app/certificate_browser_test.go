package app

import (
	"fmt"
	"net/http/httptest"
	"testing"
	"time"

	"onedoor.app/domain/cases"
	"onedoor.app/engine/calendar"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
)

// TestTheLifeOfACertificateInABrowser goes over the pages on which a certificate is renewed, issued again and handed over
// again, and on which one is declared that the register does not hold.
func TestTheLifeOfACertificateInABrowser(t *testing.T) {
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
	c := h.certificate(h.first.Case)

	// Lost, issued again, and collected: the desk shows both.
	h.d.clock = h.d.clock.Add(24 * time.Hour)
	issuer := h.d.cast.holders["SPJ-ZZ.issue"][0]
	if _, err := h.s.cases.Perform(t.Context(), issuer, h.first, cases.ActReissue, map[string]string{"ground": "lost", "reason": "持证人声明遗失"}); err != nil {
		t.Fatal(err)
	}
	desk := at("yc1034")
	desk.open("/delivery")
	desk.reads("食品经营许可证")
	desk.open(fmt.Sprintf("/delivery/%d", h.first.Case))
	desk.reads("第 2 版", "同一办件的其他出件", "已领取")
	desk.look("again", phone, wide)
	if err := h.hands(h.first.Case); err != nil {
		t.Fatal(err)
	}
	desk.open(fmt.Sprintf("/delivery/%d", h.first.Case))
	desk.look("handed-again", phone, wide)

	// A change is granted and not made yet.
	r := h.apply("food-operation-change", h.d.clock.Add(24*time.Hour), c.Root)
	r.desk = r.cast.clerks[0]
	if err := r.window(); err != nil {
		t.Fatal(err)
	}
	if decided, err := r.review(); err != nil || !decided {
		t.Fatal(decided, err)
	}
	chief := at("yc1020")
	chief.open(fmt.Sprintf("/certificates/%d/standing", h.current(c.Root).ID))
	chief.reads("新版正在制证", "变更已于")
	chief.look("coming", phone, wide)

	// Somebody whose certificate the register does not hold.
	other := "o02"
	if h.person(other).Party == h.owner.Principal() {
		other = "o01"
	}
	who := h.person(other)
	h.d.clock = time.Date(2026, 9, 7, 10, 0, 0, 0, calendar.Zone)
	d, err := h.s.cases.Begin(t.Context(), who, "food-operation-renew", 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.s.cases.Save(t.Context(), who, d.ID, cases.Filling{Answers: h.d.cast.routes["food-operation-renew"]}); err != nil {
		t.Fatal(err)
	}
	v := at(other)
	v.open(fmt.Sprintf("/apply/draft/%d/form", d.ID))
	v.reads("登记中没有您的这类证照", "有效期届满日期")
	v.look("declared", phone, wide)

	// The owner of the one in the register has another one, on paper.
	mine := "o01"
	for n := 1; h.person(mine).Party != h.owner.Party; n++ {
		mine = fmt.Sprintf("o%02d", n)
	}
	d, err = h.s.cases.Begin(t.Context(), h.owner, "food-operation-renew", 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.s.cases.Save(t.Context(), h.owner, d.ID, cases.Filling{Answers: h.d.cast.routes["food-operation-renew"]}); err != nil {
		t.Fatal(err)
	}
	v = at(mine)
	v.open(fmt.Sprintf("/apply/draft/%d/form", d.ID))
	v.reads("申请的是哪一本证照", "另一份，手里是纸质的")
	v.look("or-paper-no", phone, wide)
	v.choose("certificate", "paper")
	v.look("or-paper", phone, wide)
	h.owner = who
	renewal := h.apply("food-operation-renew", h.d.clock, 0)
	clerk := at("yc1005")
	clerk.open(fmt.Sprintf("/desk/%d", renewal.on.Case))
	clerk.reads("核对申请人声明的证照", "没有留存原件扫描件", "声明的届满日期")
	clerk.look("original", phone, wide)
}

// person is whoever signs in with a login.
func (h *house) person(pack string) (who auth.Actor) {
	h.Helper()
	id := count(h.T, h.a, `SELECT id FROM party_party WHERE pack = '`+pack+`'`)
	h.read(func(tx *db.Tx) (err error) {
		who, err = h.s.party.Actor(tx, int64(id))
		return err
	})
	return who
}
