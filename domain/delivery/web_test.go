package delivery_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"onedoor.app/domain/delivery"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db/dbtest"
	"onedoor.app/infra/i18n"
	"onedoor.app/infra/web"
	"onedoor.app/ui"
)

// site serves the pages of w.
type site struct {
	world
	words *i18n.Bundle
	mux   *http.ServeMux
}

func serve(t *testing.T) *site {
	t.Helper()
	s := &site{world: open(t, dbtest.Open(t, filepath.Join(t.TempDir(), "test.db"), schemas)), words: &i18n.Bundle{}, mux: http.NewServeMux()}
	s.Frame = func(r *http.Request, title string) ui.Page {
		return ui.Page{Lang: "zh", Title: title, Path: r.URL.RequestURI(), T: func(key string, args ...any) string { return s.words.Text("zh", key, args...) }}
	}
	m := s.Module()
	if err := s.words.Add(m.Texts); err != nil {
		t.Fatal(err)
	}
	if err := s.words.Add(ui.Texts); err != nil {
		t.Fatal(err)
	}
	for _, rt := range m.Routes {
		s.mux.Handle(rt.Pattern, (&web.Server{}).Serve(rt))
	}
	return s
}

func (s *site) do(t *testing.T, method, path string, form url.Values) (int, string) {
	t.Helper()
	who := desk
	who.Rights = []string{delivery.RightHand}
	r := httptest.NewRequest(method, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	rec := httptest.NewRecorder()
	s.mux.ServeHTTP(rec, r.WithContext(i18n.With(auth.With(t.Context(), who), s.words, i18n.Chinese)))
	if strings.Contains(rec.Body.String(), "delivery.") && strings.Contains(rec.Header().Get("Content-Type"), "html") {
		t.Errorf("%s shows a text key", path)
	}
	return rec.Code, rec.Body.String()
}

func holds(t *testing.T, what, body string, yes, no []string) {
	t.Helper()
	for _, want := range yes {
		if !strings.Contains(body, want) {
			t.Errorf("%s lacks %q", what, want)
		}
	}
	for _, never := range no {
		if strings.Contains(body, never) {
			t.Errorf("%s shows %q", what, never)
		}
	}
}

func TestTheDesksPages(t *testing.T) {
	t.Parallel()
	s := serve(t)
	_, body := s.do(t, http.MethodGet, "/delivery", nil)
	holds(t, "the empty desk", body, []string{"没有等人来领的件"}, nil)
	s.await(t, 1, delivery.Window)
	s.await(t, 2, delivery.Courier)
	_, body = s.do(t, http.MethodGet, "/delivery", nil)
	holds(t, "the window's list", body, []string{`href="/delivery/1"`, "周叙白"}, []string{`href="/delivery/2"`})
	_, body = s.do(t, http.MethodGet, "/delivery?list=courier", nil)
	holds(t, "the courier's list", body, []string{`href="/delivery/2"`}, []string{`href="/delivery/1"`})
	for query, want := range map[string][]string{
		"周叙": {"/delivery/1", "/delivery/2"}, "37990020261015000001": {"/delivery/1"}, "%": nil, "_": nil, `\`: nil, "无此人": nil,
	} {
		_, body := s.do(t, http.MethodPost, "/delivery", url.Values{"q": {query}})
		if len(want) == 0 {
			want = []string{"没有找到"}
		}
		holds(t, "a search for "+query, body, want, nil)
	}
	_, body = s.do(t, http.MethodGet, "/delivery?q=37990020261015000001", nil)
	holds(t, "a number in the address", body, []string{"/delivery/1", `method="post"`}, nil)
	_, body = s.do(t, http.MethodGet, "/delivery?q="+url.QueryEscape("周叙"), nil)
	holds(t, "a name in the address", body, []string{"没有找到"}, []string{`href="/delivery/1"`})
	_, body = s.do(t, http.MethodGet, "/delivery/2", nil)
	holds(t, "a parcel for the courier", body, []string{"样例路1号", "379***********0117", `name="waybill"`}, []string{holderID})
}

// TestTheLightOfRestDays: the last day is a Friday; on the Saturday after it a
// parcel is late, though no working day has passed.
func TestTheLightOfRestDays(t *testing.T) {
	t.Parallel()
	s := serve(t)
	s.await(t, 1, delivery.Window)
	p := s.find(t, 1)
	if got, want := p.Result.Due.String(), "2026-10-30"; got != want { // the tenth working day after Friday 16 October
		t.Fatalf("due on %s, want %s", got, want)
	}
	for _, tt := range []struct{ now, yes, no string }{
		{"2026-10-30T10:00:00+08:00", "今天到期", "超期"},
		{"2026-10-31T10:00:00+08:00", "已超期", "今天到期"},
		{"2026-11-02T10:00:00+08:00", "超 1 天", "今天到期"},
	} {
		now, err := time.Parse(time.RFC3339, tt.now)
		if err != nil {
			t.Fatal(err)
		}
		s.DB = s.DB.WithClock(func() time.Time { return now })
		_, body := s.do(t, http.MethodGet, "/delivery", nil)
		holds(t, tt.now, body, []string{tt.yes}, []string{tt.no})
	}
}

// TestTheProofNamesTheLawOfLicencesOnly: Art. 44 speaks of licences.
func TestTheProofNamesTheLawOfLicencesOnly(t *testing.T) {
	t.Parallel()
	s := serve(t)
	s.await(t, 1, delivery.Window)
	s.await(t, 2, delivery.Window)
	_, body := s.do(t, http.MethodGet, "/delivery/1/slip", nil)
	holds(t, "a licence", body, []string{"第四十四条"}, nil)
	_, body = s.do(t, http.MethodGet, "/delivery/2/slip", nil)
	holds(t, "a benefit", body, nil, []string{"第四十四条"})
}

func TestHandingOverOnThePage(t *testing.T) {
	t.Parallel()
	s := serve(t)
	s.await(t, 1, delivery.Window)
	form := url.Values{"_key": {"k"}, "name": {"罗启山"}, "number": {otherID}}
	code, body := s.do(t, http.MethodPost, "/delivery/1/hand", form)
	if code != 422 {
		t.Errorf("without a mandate: %d", code)
	}
	holds(t, "the form", body, []string{"不是申请人", `value="罗启山"`, `value="` + otherID + `"`, "错误"}, nil)
	form.Set("mandate", "2026年10月15日授权委托书")
	for range 2 { // pressed twice
		if code, _ := s.do(t, http.MethodPost, "/delivery/1/hand", form); code != http.StatusSeeOther {
			t.Errorf("handing over: %d", code)
		}
	}
	_, body = s.do(t, http.MethodGet, "/delivery/1", nil)
	holds(t, "the record", body, []string{"已领取", "罗启山", "379***********0031", "授权委托书"}, []string{otherID, `name="number"`})
	_, body = s.do(t, http.MethodGet, "/delivery/1/slip", nil)
	holds(t, "the slip", body, []string{"送达回证", "领取人签名", "金小满"}, []string{otherID})
	form.Set("_key", "another")
	if code, body := s.do(t, http.MethodPost, "/delivery/1/hand", form); code != http.StatusConflict || !strings.Contains(body, "已经出过") {
		t.Errorf("again: %d", code)
	}
	for _, path := range []string{"/delivery/9", "/delivery/x", "/delivery/-1"} {
		if code, _ := s.do(t, http.MethodGet, path, nil); code != http.StatusNotFound {
			t.Errorf("%s: %d", path, code)
		}
	}
}

func TestSendingOnThePage(t *testing.T) {
	t.Parallel()
	s := serve(t)
	s.await(t, 1, delivery.Courier)
	if code, _ := s.do(t, http.MethodPost, "/delivery/1/shelf", url.Values{"shelf": {"B 柜"}}); code != http.StatusSeeOther {
		t.Errorf("shelf: %d", code)
	}
	_, body := s.do(t, http.MethodGet, "/delivery?list=courier", nil)
	if len(s.saw) != 0 {
		t.Errorf("the list shows addresses: %v", s.saw)
	}
	if _, body := s.do(t, http.MethodGet, "/delivery/1", nil); !strings.Contains(body, "15400020001") || s.saw[1] != 1 {
		t.Errorf("the address is shown without a record: %v", s.saw)
	}
	s.await(t, 2, delivery.Window)
	if s.do(t, http.MethodGet, "/delivery/2", nil); s.saw[2] != 0 {
		t.Errorf("a record of nothing seen: %v", s.saw)
	}
	holds(t, "the list", body, []string{"在 B 柜"}, nil)
	form := url.Values{"_key": {"k"}, "company": {"中国邮政 EMS"}, "waybill": {"短"}}
	if code, body := s.do(t, http.MethodPost, "/delivery/1/send", form); code != 422 || !strings.Contains(body, "运单号看不对") {
		t.Errorf("a wrong waybill: %d", code)
	}
	form.Set("waybill", "EB123456789CN")
	if code, _ := s.do(t, http.MethodPost, "/delivery/1/send", form); code != http.StatusSeeOther {
		t.Errorf("sending: %d", code)
	}
	_, body = s.do(t, http.MethodGet, "/delivery?list=sent", nil)
	holds(t, "what is on the way", body, []string{`href="/delivery/1?parcel=`}, nil)
	_, body = s.do(t, http.MethodGet, "/delivery/1", nil)
	holds(t, "what is asked of a receipt", body, []string{"签收日期", `name="day"`, "谁签收的", `value="family"`}, nil)
	early := url.Values{"day": {"2026-10-15"}, "by": {"family"}}
	if code, body := s.do(t, http.MethodPost, "/delivery/1/received", early); code != 422 || !strings.Contains(body, "签收不会早于交寄") || !strings.Contains(body, "2026-10-15") {
		t.Errorf("signed for before it was sent: %d", code)
	}
	if code, _ := s.do(t, http.MethodPost, "/delivery/1/received", url.Values{"day": {"2026-10-16"}, "by": {"family"}}); code != http.StatusSeeOther {
		t.Errorf("received: %d", code)
	}
	_, body = s.do(t, http.MethodGet, "/delivery/1", nil)
	holds(t, "the record", body, []string{"已签收", "EB123456789CN", "家人"}, []string{`action="/delivery/1/received"`})
}
