package cases

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"onedoor.app/engine/ledger"
	"onedoor.app/infra/db"
	"onedoor.app/infra/fault"
)

// TestPointsAreKeptWithTheFinding: what the clerk ticked stays with the material and stands in the ledger; a material is
// not found fit with a point left over.
func TestPointsAreKeptWithTheFinding(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		ctx, window := t.Context(), w.staff(clerk)
		id := w.received(nil)
		key, all := w.pointed(id)
		judge := func(f Judgement) error {
			f.Material = key
			_, err := w.s.Judge(ctx, window, On{Case: id}, f)
			return err
		}
		if err := judge(Judgement{Points: []string{all[1]}}); err != nil {
			t.Fatal(err)
		}
		if m := w.material(id, key); m.Verdict != Unjudged || !slices.Equal(m.Points, all[1:2]) {
			t.Errorf("one ticked: %q %q", m.Verdict, m.Points)
		}
		before := w.material(id, key).Found
		if err := judge(Judgement{Points: []string{all[1]}}); err != nil || w.material(id, key).Found != before {
			t.Errorf("the same again is found again: %v", err)
		}
		if err := judge(Judgement{Verdict: Pass, Points: []string{all[1]}}); fieldsOf(err)["points"] != "cases.point_unticked" {
			t.Errorf("fit with a point left over: %v", err)
		}
		if err := judge(Judgement{Points: []string{"不在清单里"}}); fieldsOf(err)["points"] != "cases.point_unknown" || !fault.Is(err, fault.Invalid) {
			t.Errorf("a point of nothing: %v", err)
		}
		if m := w.material(id, key); m.Found != before || m.Verdict != Unjudged {
			t.Errorf("what was refused left a trace: %+v", m)
		}
		reason := "还差一项"
		if err := judge(Judgement{Verdict: Correct, Reason: reason}); err != nil {
			t.Fatal(err)
		}
		if m := w.material(id, key); !slices.Equal(m.Points, all[1:2]) {
			t.Errorf("found wanting, the ticks become %q", m.Points)
		}
		w.read(func(tx *db.Tx) error {
			v, err := w.s.View(tx, window, id)
			if err != nil {
				return err
			}
			for _, m := range v.Materials {
				if looked := v.Looked(m); m.Key == key && (len(looked) != len(all) || looked[0].Good || !looked[1].Good) {
					t.Errorf("shown as %+v", looked)
				}
			}
			entries, err := ledger.Chain(tx, Chain(id))
			if body := entries[w.material(id, key).Found-1].Body; !strings.Contains(body, all[1]) || strings.Contains(body, all[0]) {
				t.Errorf("the evidence is %s", body)
			}
			return err
		})
		if err := judge(Judgement{Verdict: Pass}); err != nil {
			t.Fatal(err)
		}
		if m := w.material(id, key); !slices.Equal(m.Points, all) {
			t.Errorf("found fit with %q", m.Points)
		}
		w.verify()
		w.pass(window, id)
		if _, err := w.s.Accept(ctx, window, On{Case: id}); err != nil {
			t.Fatal(err)
		}
		w.verify()
	})
}

// TestACorrectionIsLookedAtAfresh: what comes again has no ticks of what it replaces.
func TestACorrectionIsLookedAtAfresh(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		ctx, window := t.Context(), w.staff(clerk)
		id := w.received(nil)
		key, all := w.pointed(id)
		w.pass(window, id)
		if _, err := w.s.Judge(ctx, window, On{Case: id}, Judgement{Material: key, Verdict: Correct, Reason: "看不清", Points: all[:1]}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.s.Notify(ctx, window, On{Case: id}, 0); err != nil {
			t.Fatal(err)
		}
		if _, err := w.s.Correction(ctx, window, On{Case: id}, []string{key}); err != nil {
			t.Fatal(err)
		}
		if m := w.material(id, key); m.Verdict != Unjudged || len(m.Points) != 0 {
			t.Errorf("what came is %q with %q ticked", m.Verdict, m.Points)
		}
		w.verify()
	})
}

// pointed is a material of a case that has two points or more.
func (w *world) pointed(id int64) (key string, points []string) {
	w.t.Helper()
	w.read(func(tx *db.Tx) error {
		v, err := w.s.View(tx, w.staff(clerk), id)
		if err != nil {
			return err
		}
		for _, m := range v.Need.Materials {
			if key == "" && len(m.Points) > 1 {
				key, points = m.ID, m.Points
			}
		}
		return nil
	})
	if key == "" {
		w.t.Fatal("no material has two points")
	}
	return key, points
}

func TestUnfit(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("长", 200)
	for _, tt := range []struct {
		list []Looked
		want string
	}{
		{nil, ""},
		{[]Looked{{"有签名", true}}, ""},
		{[]Looked{{"有签名", false}}, "不符合要求：有签名"},
		{[]Looked{{"有签名。", false}, {"有日期", true}, {"有公章；", false}}, "不符合要求：有签名；有公章"},
		{[]Looked{{long, false}, {long, false}}, "不符合要求：" + long},
	} {
		got := Unfit(tt.list)
		if got != tt.want || utf8.RuneCountInString(got) > mostReason {
			t.Errorf("Unfit(%v) = %q, want %q", tt.list, got, tt.want)
		}
	}
}
