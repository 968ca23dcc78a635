package desk_test

import (
	"bytes"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"onedoor.app/domain/cases"
	"onedoor.app/infra/auth"
)

// TestTheSecondClerkIsToldAndLosesNoText: whoever judged first stands until the other
// has read it.
func TestTheSecondClerkIsToldAndLosesNoText(t *testing.T) {
	each(t, func(t *testing.T, w *window) {
		id := w.received()
		mine := w.checklist(id, "")
		w.signIn("yc1006")
		theirs := w.checklist(id, "")
		theirs.Set("verdict.m1", string(cases.Correct))
		theirs.Set("reason.m1", "没有盖章")
		if a := w.post(path(id, "/judge"), theirs); a.code != http.StatusSeeOther {
			t.Fatalf("the first clerk: %d", a.code)
		}
		w.signIn("yc1005")
		mine.Set("verdict.m1", string(cases.Correct))
		mine.Set("reason.m1", "照片看不清")
		mine.Set("only", "m1")
		a := w.post(path(id, "/judge"), mine, "HX-Request")
		if a.code != http.StatusUnprocessableEntity {
			t.Errorf("row by row: %d", a.code)
		}
		a.has(t, "别人刚刚对这份材料下了结论", "喻佩兰", "没有盖章")
		mine.Del("only")
		a = w.post(path(id, "/notify"), mine)
		if a.code != http.StatusUnprocessableEntity {
			t.Errorf("the whole list: %d", a.code)
		}
		a.has(t, "别人刚刚对这份材料下了结论", `value="照片看不清"`)
		if m := w.view(id).Materials[0]; m.Reason != "没有盖章" {
			t.Errorf("overwritten: %q", m.Reason)
		}
		mine.Set("seen.m1", hidden(t, a.page, "seen.m1")) // having read it
		if a = w.post(path(id, "/judge"), mine); a.code != http.StatusSeeOther || w.view(id).Materials[0].Reason != "照片看不清" {
			t.Errorf("deciding after reading: %d", a.code)
		}
		w.verify()
	})
}

// TestPartOfACorrectionIsTakenInKnowingly, and what was uploaded meanwhile stands on a
// list.
func TestPartOfACorrectionIsTakenInKnowingly(t *testing.T) {
	each(t, func(t *testing.T, w *window) {
		id := w.received()
		form := w.checklist(id, cases.Pass)
		for _, m := range []string{"m1", "m4"} {
			form.Set("verdict."+m, string(cases.Correct))
			form.Set("reason."+m, "请改好")
		}
		form.Set("sure", "yes")
		if a := w.post(path(id, "/notify"), form); a.code != http.StatusSeeOther {
			t.Fatalf("notifying: %d", a.code)
		}
		no := w.view(id).No
		if strings.Contains(w.get("/desk/unsent").page, no) {
			t.Error("nothing was uploaded")
		}
		if a := w.upload(path(id, "/materials"), "m4", "布局图.pdf", pdf); a.code != http.StatusSeeOther {
			t.Fatalf("uploading: %d", a.code)
		}
		w.get("/desk/unsent").has(t, no, "已上传未提交")
		w.get(path(id)).has(t, "布局图.pdf", "窗口已扫描，还没收下")
		page := w.get(path(id)).page
		in := url.Values{"_key": {hidden(t, page, "_key")}, "version": {hidden(t, page, "version")}}
		a := w.post(path(id, "/correct"), in)
		if a.code != http.StatusUnprocessableEntity {
			t.Errorf("part of it: %d", a.code)
		}
		a.has(t, "告知书列的材料没有交全", `name="partly" value="yes"`)
		in.Set("partly", "yes")
		if a = w.post(path(id, "/correct"), in); a.code != http.StatusSeeOther {
			t.Fatalf("taking in what has come: %d", a.code)
		}
		if strings.Contains(w.get("/desk/unsent").page, no) {
			t.Error("what was handed in is still on the list")
		}
		list := w.checklist(id, cases.Pass)
		list.Set("verdict.m1", string(cases.Correct))
		list.Set("reason.m1", "请改好")
		w.post(path(id, "/judge"), list)
		w.get(path(id)).has(t, "act-notify", "请改好")
		w.verify()
	})
}

// TestWhatDoesNotDoIsSentBack with a reason that the applicant reads.
func TestWhatDoesNotDoIsSentBack(t *testing.T) {
	each(t, func(t *testing.T, w *window) {
		id := w.owing()
		v := w.view(id)
		applicant := auth.Actor{ID: v.Party, Kind: auth.Applicant, Party: v.Party, Name: v.PartyName}
		if a := w.upload(path(id, "/materials"), "m4", "制度.pdf", pdf); a.code != http.StatusSeeOther {
			t.Fatalf("uploading: %d", a.code)
		}
		if _, err := w.s.Supply(t.Context(), applicant, cases.On{Case: id}, "m4", false); err != nil {
			t.Fatal(err)
		}
		page := w.get(path(id))
		page.has(t, "不符合要求的理由", path(id, "/send-back"))
		in := url.Values{"_key": {"back"}, "version": {hidden(t, page.page, "version")}, "material": {"m4"}, "why": {"x"}}
		a := w.post(path(id, "/send-back"), in)
		if a.code != http.StatusUnprocessableEntity {
			t.Errorf("without a reason: %d", a.code)
		}
		a.has(t, "请写明理由", `href="#why.m4"`)
		in.Set("why", "缺少人员名单")
		if a = w.post(path(id, "/send-back"), in); a.code != http.StatusSeeOther {
			t.Fatalf("sending back: %d", a.code)
		}
		w.get(path(id)).has(t, "上次交来的已退回：缺少人员名单", "补交材料退回通知书", "容缺待补的材料")
		if strings.Contains(w.get("/desk/came").page, v.No) {
			t.Error("what was sent back still waits for the window")
		}
		w.verify()
	})
}

// owing is accepted with m4 to come later.
func (w *window) owing() int64 {
	w.t.Helper()
	draft, form := w.draft()
	form["paper"] = slices.DeleteFunc(form["paper"], func(m string) bool { return m == "m4" })
	id := lastNumber(w.t, w.post("/desk/new/draft/"+strconv.FormatInt(draft, 10), form).page)
	list := w.checklist(id, cases.Pass)
	list.Set("verdict.m4", string(cases.Tolerate))
	w.post(path(id, "/judge"), list)
	if a := w.scan(path(id, "/materials"), url.Values{"material": {cases.ScanPromise}, "promises": {"m4"}}, "承诺书.pdf", pdf); a.code != http.StatusSeeOther {
		w.t.Fatalf("keeping the signed promise: %d", a.code)
	}
	w.reload(id, list)
	if a := w.post(path(id, "/accept"), list); a.code != http.StatusSeeOther {
		w.t.Fatalf("accepting: %d", a.code)
	}
	return id
}

// TestWhatIsNotHandedInIsNotTakenInButRemindedOf: an upload of the applicant waits for them; the window may remind them,
// or take the paper that they bring.
func TestWhatIsNotHandedInIsNotTakenInButRemindedOf(t *testing.T) {
	each(t, func(t *testing.T, w *window) {
		id := w.owing()
		w.get(path(id)).has(t, "还不能确认补齐：没有交来文件", `name="paper" value="yes" required`)
		v := w.view(id)
		applicant := auth.Actor{ID: v.Party, Kind: auth.Applicant, Party: v.Party, Name: v.PartyName}
		if _, err := w.s.Attach(t.Context(), applicant, cases.To{Case: id, Material: "m4"}, "制度.pdf", bytes.NewReader(pdf)); err != nil {
			t.Fatal(err)
		}
		w.get("/desk/unsent").has(t, v.No, "提醒申请人提交", "1 个文件", path(id)+"#unsent", "时限照走")
		page := w.get(path(id))
		page.has(t, "还不能确认补齐：申请人传了文件", "申请人上传了 1 份材料，没有提交", "怎么提醒的")
		confirm := regexp.MustCompile(`>\s*确认补齐\s*<`)
		if confirm.MatchString(page.page) {
			t.Error("what was not handed in can be confirmed")
		}
		in := url.Values{"_key": {"supply"}, "version": {hidden(t, page.page, "version")}, "material": {"m4"}}
		if a := w.post(path(id, "/supply"), in); a.code != http.StatusUnprocessableEntity {
			t.Errorf("confirming all the same: %d", a.code)
		}
		remind := url.Values{"_key": {"remind"}, "version": {hidden(t, page.page, "version")}}
		if a := w.post(path(id, "/remind"), remind); a.code != http.StatusUnprocessableEntity {
			t.Errorf("without a way: %d", a.code)
		}
		remind.Set("way", "phone")
		remind.Set("note", "请今天提交")
		if a := w.post(path(id, "/remind"), remind); a.code != http.StatusSeeOther {
			t.Fatalf("reminding: %d", a.code)
		}
		w.get("/desk/unsent").has(t, "已提醒，等提交")
		w.get(path(id)).has(t, "电话提醒提交材料", "请今天提交", "等申请人提交")
		if told := w.view(id).Reminded(); told == nil || !told.Shown {
			t.Errorf("the applicant is not told: %+v", told)
		}
		if _, err := w.s.Supply(t.Context(), applicant, cases.On{Case: id}, "m4", false); err != nil {
			t.Fatal(err)
		}
		page = w.get(path(id))
		if !confirm.MatchString(page.page) {
			t.Error("what came cannot be confirmed")
		}
		remind.Set("_key", "late")
		remind.Set("version", hidden(t, page.page, "version"))
		if a := w.post(path(id, "/remind"), remind); a.code != http.StatusConflict {
			t.Errorf("reminding of what came: %d", a.code)
		}
		in.Set("_key", "supply2")
		in.Set("version", hidden(t, page.page, "version"))
		if a := w.post(path(id, "/supply"), in); a.code != http.StatusSeeOther {
			t.Errorf("confirming what came: %d", a.code)
		}
		w.verify()
	})
}
