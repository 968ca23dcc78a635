package app

import (
	"strings"
	"testing"
)

// TestTheHeaderSaysForWhom: a person who goes over to the company that they represent reads its name in the menu at the head
// of every page, in both languages.
func TestTheHeaderSaysForWhom(t *testing.T) {
	if testing.Short() {
		t.Skip("a browser")
	}
	t.Parallel()
	browser := chromium(t)
	h := openHall(t, "")
	v := newTab(t, browser, h.base, "p01")
	v.open("/sign-in?next=%2Fmy%2Fprofile")
	v.signIn("p01")
	const company = "云川栖霞餐饮管理有限公司"
	header := func() string { return ask[string](v, `document.querySelector("header").textContent`) }
	if strings.Contains(header(), company) {
		t.Error("the header names the company before anybody chose it")
	}
	v.follow(`form[action="/my/act-for"] button`)
	for _, page := range []string{"/items", "/items?lang=en"} {
		v.open(page)
		if !strings.Contains(header(), company) {
			t.Errorf("the header of %s reads %q", page, header())
		}
		if got := ask[string](v, `document.querySelector(".top__who").innerText`); got != company {
			t.Errorf("the head of a wide page shows %q on %s", got, page)
		}
		v.press(`.top__me summary`)
		v.look("header", phone, wide)
	}
}
