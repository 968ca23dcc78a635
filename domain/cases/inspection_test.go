package cases

import (
	"testing"

	"onedoor.app/engine/calendar"
	"onedoor.app/infra/db"
)

// TestXKF34TheRecordMadeInTheStepSettlesIt: two inspectors visit once and one record says so; made before the step is
// reached, it settles no other step.
func TestXKF34TheRecordMadeInTheStepSettlesIt(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		id := w.taken(nil)
		visit := answers{"inspectors": "YC1031 YC1032", "day": calendar.DateOf(w.now).String(), "result": "布局与图纸一致", "conclusion": Agree}
		task, ok := w.open(id)
		for ; ok && task.Slot != slotCheck; task, ok = w.open(id) {
			if task.Slot == "decide" {
				t.Fatal("the case has no site check")
			}
			before := task
			w.perform(w.holder(task.Post), id, ActInspect, visit)
			if now, _ := w.open(id); now.ID != before.ID {
				t.Fatalf("a record in the step %s settled it", before.Slot)
			}
			if _, err := w.s.Opine(t.Context(), w.holder(task.Post), On{Case: id}, Review{Task: task.ID, Conclusion: Agree, Text: "材料齐全"}); err != nil {
				t.Fatal(err)
			}
		}
		if !ok {
			t.Fatal("the case has no site check")
		}
		w.perform(w.holder(task.Post), id, ActInspect, visit)
		now, ok := w.open(id)
		if !ok || now.Slot == slotCheck {
			t.Errorf("the step still waits: %+v", now)
		}
		w.read(func(tx *db.Tx) error {
			list, err := listOpinions(tx, id)
			if n := len(list); n == 0 || list[n-1].Node != task.Node || list[n-1].Conclusion != Agree {
				t.Errorf("the opinions are %+v", list)
			}
			return err
		})
		w.verify()
	})
}
