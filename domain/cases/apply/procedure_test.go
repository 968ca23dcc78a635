package apply

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"onedoor.app/domain/cases"
)

// TestAnApplicantAsksForAHearingOrWaivesIt: pages speak of it once the right was told; a waiver is asked about once more.
func TestAnApplicantAsksForAHearingOrWaivesIt(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		who := w.person(qixia)
		id := w.submit(who, food)
		w.accept(id)
		if page := w.get(who, casePath(id, "")).want(t, http.StatusOK); strings.Contains(page.Body, "/acts/") {
			t.Error("a hearing is spoken of before anybody was told of one")
		}
		w.get(who, actPath(id, cases.ActWaiveHearing)).want(t, http.StatusOK, "现在不能办理")
		w.get(who, actPath(id, cases.ActTerminate)).want(t, http.StatusForbidden)
		us := w.view(id).PartyName
		if _, err := w.s.Perform(t.Context(), w.staff("yc1021"), cases.On{Case: id}, cases.ActTellHearingRight, map[string]string{
			"parties": us + "\n王小河", "interest": "相邻关系",
		}); err != nil {
			t.Fatal(err)
		}
		w.get(who, casePath(id, "")).want(t, http.StatusOK, actPath(id, cases.ActRequestHearing), actPath(id, cases.ActWaiveHearing), "告知您有权要求听证")
		path := actPath(id, cases.ActWaiveHearing)
		form := w.get(who, path).want(t, http.StatusOK, "放弃后不能再申请", us)
		if strings.Contains(form.Body, "王小河") {
			t.Error("one party may speak for another")
		}
		in := url.Values{"who": {us}, "_key": {"k1"}}
		w.post(who, path, in).want(t, http.StatusUnprocessableEntity, "请填写这一项")
		in.Set("signed", "yes")
		w.post(who, path, in).want(t, http.StatusOK, "确认放弃听证")
		if got := w.view(id).Matter.Hearing.Waived; len(got) > 0 {
			t.Fatalf("waived before the second yes: %v", got)
		}
		in.Set("sure", "1")
		done := w.post(who, path, in)
		if done.Code != http.StatusSeeOther || !strings.Contains(done.Get("Location"), "/papers/") {
			t.Fatalf("%d %s", done.Code, done.Get("Location"))
		}
		w.get(who, done.Get("Location")).want(t, http.StatusOK, "放弃听证声明")
		w.get(who, actPath(id, cases.ActRequestHearing)).want(t, http.StatusOK, "现在不能办理")
	})
}
