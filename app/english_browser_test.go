package app

import (
	"fmt"
	"net/http/httptest"
	"net/url"
	"strconv"
	"testing"
	"time"

	"onedoor.app/domain/cases"
)

// TestEnglishPagesInABrowser reads in English what happened to a case, at the window and as the applicant, and the
// certificate that was issued again.
func TestEnglishPagesInABrowser(t *testing.T) {
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
		v.open("/sign-in?lang=en")
		v.signIn(login)
		return v
	}
	old := h.certificate(h.first.Case)
	h.d.clock = h.d.clock.Add(24 * time.Hour)
	issuer := h.d.cast.holders["SPJ-ZZ.issue"][0]
	if _, err := h.s.cases.Perform(t.Context(), issuer, h.first, cases.ActReissue, map[string]string{"ground": "lost", "reason": "持证人声明遗失"}); err != nil {
		t.Fatal(err)
	}
	now := h.current(old.Root)
	clerk := at("yc1005")
	clerk.open(fmt.Sprintf("/desk/%d", h.first.Case))
	clerk.reads("Proof of delivery 送达回证", "Collected at the window by the legal representative")
	clerk.look("case", phone, wide)
	clerk.open("/desk/new/item?" + url.Values{"party": {strconv.FormatInt(h.owner.Principal(), 10)}}.Encode())
	clerk.look("item", phone, wide)
	login := "o01"
	if h.person(login).Party != h.owner.Principal() {
		login = "o02"
	}
	for _, l := range []string{"o01", "o02", "o03", "o04", "o05"} {
		if h.person(l).Party == h.owner.Principal() {
			login = l
		}
	}
	v := at(login)
	v.open(fmt.Sprintf("/my/cases/%d", h.first.Case))
	v.reads("Collected at the window by the legal representative; identity paper checked", "Notice of acceptance 受理通知书", "Done: Review")
	v.look("my-case", phone, wide)
	v.open("/my/certificates")
	v.look("my-certificates", phone, wide)
	v.open(fmt.Sprintf("/my/certificates/%d", old.Root))
	v.look("own", phone, wide)
	v.open("/verify/" + old.Token)
	v.look("verify-old", phone, wide)
	v.follow(fmt.Sprintf(`a.btn[href="/my/certificates/%d"]`, old.Root))
	v.reads(now.Identifier)
	staff := at("yc1034")
	staff.open(fmt.Sprintf("/issue/%d", h.first.Case))
	staff.look("issue", phone, wide)
	staff.open(fmt.Sprintf("/certificates/%d/standing", old.ID))
	staff.look("standing-old", phone, wide)
}
