package apply

import (
	"net/http"
	"strings"
	"testing"

	"onedoor.app/domain/cases"
)

// TestPartOfACorrectionIsHandedInKnowingly: the page names what is missing and what may
// follow before it takes a part.
func TestPartOfACorrectionIsHandedInKnowingly(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		who := w.person(qixia)
		id := w.submit(who, clinic)
		w.judge(id, func(m cases.Material) cases.Judgement {
			if m.Key == "m3" || m.Key == "m4" {
				return cases.Judgement{Material: m.Key, Verdict: cases.Correct, Reason: "请改好"}
			}
			return pass(m)
		})
		if _, err := w.s.Notify(t.Context(), w.staff(clerk), cases.On{Case: id}, 0); err != nil {
			t.Fatal(err)
		}
		w.upload(who, casePath(id, "/materials/m4"), "证明.pdf", pdf, false).want(t, http.StatusSeeOther)
		in := w.get(who, casePath(id, "/correct")).want(t, http.StatusOK).stamps()
		asked := w.post(who, casePath(id, "/correct"), in).want(t, http.StatusUnprocessableEntity, "还没有补齐", "可能再告知一次，也可能不予受理", "先交已上传的")
		if !strings.Contains(asked.Body, w.view(id).Materials[2].Name+"还没有上传") {
			t.Error("the page does not name what is missing")
		}
		in.Set("partly", "yes")
		w.post(who, casePath(id, "/correct"), in).want(t, http.StatusSeeOther)
		if v := w.view(id); v.State() != cases.StateReceived || len(v.Matter.Lacking) != 1 {
			t.Errorf("%s, lacking %v", v.State(), v.Matter.Lacking)
		}
	})
}

// TestWhatSilenceAcceptedIsSuppliedOnTheCasePage, and what is sent back is told.
func TestWhatSilenceAcceptedIsSuppliedOnTheCasePage(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		who, window := w.person(qixia), w.staff(clerk)
		id := w.submit(who, food)
		w.judge(id, func(m cases.Material) cases.Judgement {
			if m.Key == "m1" || m.Key == "m4" {
				return cases.Judgement{Material: m.Key, Verdict: cases.Correct, Reason: "没有签字"}
			}
			return pass(m)
		})
		on := cases.On{Case: id}
		if _, err := w.s.Notify(t.Context(), window, on, 0); err != nil {
			t.Fatal(err)
		}
		// One of two was corrected; then the window kept silent.
		if _, err := w.s.CorrectInPart(t.Context(), window, on, []string{"m4"}); err != nil {
			t.Fatal(err)
		}
		w.now = w.now.AddDate(0, 0, 9)
		if _, err := w.s.Tick(t.Context(), 10); err != nil {
			t.Fatal(err)
		}
		w.get(who, "/my").want(t, http.StatusOK, "等您办的", "还欠 1 份材料")
		page := w.get(who, casePath(id, "")).want(t, http.StatusOK, "还要补交的材料", "受理时没有这份材料", "还有 1 份材料没有交，交齐之前不能准予")
		form := page.stamps()
		form.Set("material", "m1")
		sent := w.upload(who, casePath(id, "/materials/m1"), "申请表.pdf", pdf, true).want(t, http.StatusOK, "申请表.pdf", "提交这份")
		form.Set("_version", sent.stamps().Get("_version"))
		w.post(who, casePath(id, "/supply"), form).want(t, http.StatusSeeOther)
		w.get(who, casePath(id, "")).want(t, http.StatusOK, "已交，待窗口核对")
		if _, err := w.s.SendBack(t.Context(), window, on, "m1", "还是没有签字"); err != nil {
			t.Fatal(err)
		}
		w.get(who, casePath(id, "")).want(t, http.StatusOK, "上次交的没有通过：还是没有签字", "补交材料退回通知书", "补交的材料没有通过")
	})
}
