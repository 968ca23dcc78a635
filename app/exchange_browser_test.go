package app

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"onedoor.app/domain/exchange"
	"onedoor.app/infra/db"
)

// exchange adds a system and tries it.
func (w *walk) exchange(v *tab) {
	v.t.Helper()
	v.open("/admin/exchange/new")
	v.set("name", "市统计平台")
	v.set("code", "stats")
	v.set("address", "http://127.0.0.1:1/in")
	v.set("secret", "0123456789abcdef")
	v.follow(`main form .btn--primary`)
	w.here(v)
	v.follow(`#try`)
	w.here(v)
	for _, path := range []string{"/admin/exchange", "/admin/exchange/orders"} {
		v.open(path)
		w.here(v)
	}
}

// bureau is another system, which takes orders as its state says.
type bureau struct {
	*httptest.Server
	mu     sync.Mutex
	status int
	bad    int // orders that were not signed
	got    []map[string]any
}

func newBureau(t *testing.T, secret string) *bureau {
	t.Helper()
	b := &bureau{status: http.StatusOK}
	b.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		var l map[string]any
		signed := exchange.Signed([]byte(secret), r.Header.Get(exchange.HeaderTime), r.Header.Get(exchange.HeaderSignature), body, time.Now(), time.Hour)
		b.mu.Lock()
		defer b.mu.Unlock()
		if json.Unmarshal(body, &l) != nil || !signed {
			b.bad++
		}
		if b.status == http.StatusOK {
			b.got = append(b.got, l)
		}
		w.WriteHeader(b.status)
	}))
	t.Cleanup(b.Close)
	return b
}

func (b *bureau) answers(status int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.status = status
}

// TestAnotherSystemIsTold: an administrator adds a system and tries it, an officer draws a flow that notifies it, a case
// runs through the flow, what could not be sent is seen to, and the page of the case tells of it.
func TestAnotherSystemIsTold(t *testing.T) {
	if testing.Short() {
		t.Skip("a browser")
	}
	t.Parallel()
	const secret = "a-secret-of-two-systems"
	browser := chromium(t)
	h := openHall(t, "")
	b := newBureau(t, secret)
	work := func() {
		t.Helper()
		if err := h.a.DB.Write(t.Context(), func(tx *db.Tx) error { // the case is played in days to come
			return tx.Exec(`UPDATE job SET due = $1 WHERE kind = 'exchange.post'`, tx.Now())
		}); err != nil {
			t.Fatal(err)
		}
		for range 20 {
			if n, err := h.a.runner.Once(t.Context()); err != nil || n == 0 {
				if err != nil {
					t.Fatal(err)
				}
				return
			}
		}
	}
	admin := newTab(t, browser, h.base, "yc1039")
	admin.open("/sign-in?next=%2Fadmin%2Fexchange")
	admin.signIn("yc1039")
	admin.open("/admin/exchange")
	admin.look("empty", phone, wide)
	admin.follow(`main a[href="/admin/exchange/new"]`)
	admin.look("new", phone, wide)
	admin.set("name", "市统计平台")
	admin.set("code", "stats")
	admin.set("address", "统计平台")
	admin.set("secret", "short")
	admin.wrong(`main form .btn--primary`)
	admin.reads("写完整的网址", "16 到 200 位")
	admin.look("wrong", phone, wide)
	if got := ask[string](admin, `document.querySelector('[name="address"]').value + "|" + document.querySelector('[name="secret"]').value`); got != "统计平台|" {
		t.Errorf("what was typed comes back as %q", got)
	}
	admin.set("address", b.URL+"/onedoor/orders")
	admin.set("secret", secret)
	admin.follow(`main form .btn--primary`)
	admin.spokenExchange()
	admin.follow(`#try`)
	admin.look("trying", phone, wide)
	work()
	admin.until(`document.body.innerText.includes("对方已收下，答复码 200")`)
	admin.look("tried", phone, wide)

	v := newTab(t, browser, h.base, "yc1038")
	v.open("/sign-in?next=%2Fcatalog%2Fflows%2Fnew")
	v.signIn("yc1038")
	v.open("/catalog/flows/new")
	v.set("name", "食品经营许可并联审查")
	v.set("id", drawnFlow)
	v.set("item", drawnItem)
	v.follow(`form[action="/catalog/flows"] .btn--primary`)
	drawSteps(v)
	drawNotice(v)
	v.open("/catalog/flows/" + drawnFlow)
	v.reads("通知系统", "市统计平台")
	v.look("flow", phone, wide)
	v.write(`#reason`, "办结后告知统计平台")
	v.follow(`form[action$="/submit"] button`)
	other := newTab(t, browser, h.base, "yc1102")
	other.open("/sign-in?next=%2Fcatalog%2Fflows")
	other.signIn("yc1102")
	other.open("/catalog/flows/" + drawnFlow)
	other.follow(`form[action$="/approve"] button`)
	takeFlow(v, other)
	b.answers(http.StatusNotFound)
	runDrawn(t, h)
	work()

	admin.open("/admin/exchange/orders")
	admin.reads("告知统计平台", "未送达", "404")
	admin.look("orders", phone, wide)
	admin.open("/admin/exchange/orders?state=failed&lang=en")
	admin.look("orders-english", wide)
	admin.open("/admin/exchange/orders?state=failed&lang=zh")
	admin.follow(`main table th a`)
	admin.reads("对方认为通知不对，答复码 404")
	admin.look("failed", phone, wide)
	failed := admin.at
	admin.wrong(`form[action$="/give-up"] button`)
	admin.reads("写明原因，300 字以内")
	admin.look("no-reason", phone, wide)
	b.answers(http.StatusOK)
	admin.follow(`form[action$="/again"] button`)
	work()
	admin.open(failed)
	admin.reads("已送达")
	admin.look("sent", phone, wide)
	admin.open("/admin/exchange/systems/stats")
	admin.look("system", phone, wide)
	admin.open("/admin/exchange")
	admin.look("systems", phone, wide)

	if b.bad != 0 || len(b.got) != 2 || b.got[0]["what"] != exchange.WhatTest {
		t.Fatalf("%d not signed, got %v", b.bad, b.got)
	}
	text, err := json.Marshal(b.got[1]["data"])
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"after":"grant"`, `"outcome":"granted"`, `"item":"` + drawnItem + `"`, `"name":"告知统计平台"`, `"form":{`} {
		if !strings.Contains(string(text), want) {
			t.Errorf("no %s in %s", want, text)
		}
	}
	if err := h.a.Verify(t.Context(), func(Verified) {}); err != nil {
		t.Error(err)
	}
	chief := newTab(t, browser, h.base, "yc1020")
	chief.open("/sign-in")
	chief.signIn("yc1020")
	chief.open(caseOfOrder(t, h) + "?tab=story")
	chief.reads("已通知市统计平台", "告知统计平台：已送达")
	chief.look("case", phone, wide)
}

// drawNotice adds a step that tells the system after the decision.
func drawNotice(v *tab) {
	v.t.Helper()
	v.act("add")
	v.set("t6.name", "告知统计平台")
	v.set("t6.kind", "notify")
	v.save()
	v.reads("没有指明在用的对接系统")
	v.look("notify-step", phone, wide)
	v.set("t6.system", "stats")
	v.tick("t6.send", "form.org_name")
	v.save()
	v.act("down.t6")
	v.reads("查验通过", "通知系统 · 市统计平台")
	v.spokenExchange()
	v.unfold("t6")
	v.look("notify-step-done", phone, wide)
}

// caseOfOrder is the page of the case that an order is about, for who works on it.
func caseOfOrder(t *testing.T, h *hall) (path string) {
	t.Helper()
	if err := h.a.DB.Read(t.Context(), func(tx *db.Tx) error {
		list, _, err := h.a.services.exchange.Orders(tx, exchange.Filter{}, 0)
		for _, o := range list {
			if o.About != 0 {
				path = "/work/" + strconv.FormatInt(o.About, 10)
			}
		}
		return err
	}); err != nil || path == "" {
		t.Fatal(path, err)
	}
	return path
}

// spokenExchange holds a page to words: none of its texts may be missing.
func (v *tab) spokenExchange() {
	v.t.Helper()
	for _, key := range ask[[]string](v, `document.querySelector("main").innerText.match(/\b(exchange|flow)\.[a-z_.]+/g) || []`) {
		v.t.Errorf("%s on %s: there are no words for %s", v.who, v.at, key)
	}
}
