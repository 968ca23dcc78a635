package app

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
)

// TestTheHomePageOffersWhatPeopleApplyFor: in a new centre what the catalogue
// lists first, then what was handed in.
func TestTheHomePageOffersWhatPeopleApplyFor(t *testing.T) {
	t.Parallel()
	each(t, theCity, func(t *testing.T, url string) {
		h := openHall(t, url)
		offered := func() []string {
			_, page := browser(t, h.base).get("/")
			_, part, _ := strings.Cut(page, `class="hero__often"`)
			part, _, _ = strings.Cut(part, "</p>")
			return regexp.MustCompile(`/items/[a-z0-9-]+`).FindAllString(part, -1)
		}
		first := offered()
		if _, page := browser(t, h.base).get("/"); strings.Contains(page, "大家常办") || !strings.Contains(page, "可以办的事") {
			t.Error("a centre without cases calls its items often needed")
		}
		if len(first) != mostPopular {
			t.Fatalf("a new centre offers %v", first)
		}
		const item = "/items/" + formItem
		if first[0] == item {
			t.Fatalf("%s comes first before anybody applied for it", item)
		}
		h.submitted(h.as("o01"))
		if _, page := browser(t, h.base).get("/"); !strings.Contains(page, "大家常办") {
			t.Error("what people apply for is not called so")
		}
		if got := offered(); len(got) != mostPopular || got[0] != item {
			t.Errorf("after an application for %s: %v", item, got)
		}
	})
}

// TestTheMenuCountsOnEveryPage: the numbers beside the menu are the same on the
// pages of every capability, and on those that say what went wrong; the menu
// stands twice, at the side and behind a button.
func TestTheMenuCountsOnEveryPage(t *testing.T) {
	t.Parallel()
	each(t, theCity, func(t *testing.T, url string) {
		h := openHall(t, url)
		h.submitted(h.as("o01"))
		clerk := h.as("yc1005")
		counts := regexp.MustCompile(`href="(/[a-z/]+)"[^>]*>(?:[^<]|<svg[^>]*>|<use[^>]*>|</use>|</svg>)*<span class="rail__count">(\d+)</span>`)
		for _, path := range []string{"/desk", "/desk/find", "/desk/new", "/desk/drafts", "/desk/1"} {
			answer, page := clerk.get(path)
			found := counts.FindAllStringSubmatch(page, -1)
			if len(found) != 2 || found[0][0] != found[1][0] || found[0][1] != "/desk" || found[0][2] != "1" {
				t.Errorf("%s (%d) counts %v", path, answer.StatusCode, found)
			}
		}
		if answer, page := h.as("o01").get("/my"); answer.StatusCode != http.StatusOK || strings.Contains(page, "rail__count") {
			t.Errorf("an applicant has a menu of staff: %d", answer.StatusCode)
		}
	})
}

// each runs fn on a copy of a centre on every engine.
func each(t *testing.T, c *copied, fn func(t *testing.T, url string)) {
	for engine, url := range c.URLs(t) {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			fn(t, url)
		})
	}
}

// submitted hands in an application.
func (h *hall) submitted(v *visitor) {
	h.t.Helper()
	draft := h.draft(v)
	answer, _ := v.post(draft+"/form", filled())
	v.want(answer, http.StatusSeeOther)
	pdfs, err := samplePDFs(h.a)
	if err != nil {
		h.t.Fatal(err)
	}
	for _, m := range []string{"m1", "m3", "m4", "m5", "m6"} {
		answer, _ := v.upload(draft+"/materials/"+m, m+".pdf", pdfs[0])
		v.want(answer, http.StatusSeeOther)
	}
	_, page := v.get(draft + "/review")
	form := hidden(h.t, page, draft+"/review")
	form.Set("delivery.way", "window")
	answer, _ = v.post(draft+"/review", form)
	v.want(answer, http.StatusSeeOther)
}
