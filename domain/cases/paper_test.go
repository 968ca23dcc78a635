package cases

import (
	"slices"
	"testing"

	"onedoor.app/infra/db"
)

// TestPaperAtTheWindowIsReceived: what lies on the counter is on the receipt,
// and only a clerk can say so.
func TestPaperAtTheWindowIsReceived(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx, window, applicant := t.Context(), w.staff(clerk), w.person(firm)
		d, err := w.s.Begin(ctx, window, "food-operation-new", applicant.Party)
		if err != nil {
			t.Fatal(err)
		}
		w.complete(ctx, window, d, nil)
		var files []File
		w.read(func(tx *db.Tx) (err error) { files, err = w.s.DraftFiles(tx, d.ID); return err })
		for _, f := range files {
			if f.Material == "m1" || f.Material == "m4" {
				if err := w.s.Detach(ctx, window, f.ID); err != nil {
					t.Fatal(err)
				}
			}
		}
		if _, err := w.s.Save(ctx, window, d.ID, Filling{Form: map[string]string{OnPaper("m1"): "yes"}}); err != nil {
			t.Fatal(err)
		}
		out, err := w.s.Submit(ctx, window, d.ID, "")
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]string{}
		w.read(func(tx *db.Tx) error {
			v, err := w.s.View(tx, window, out.Case)
			for _, m := range v.Materials {
				got[m.Key] = m.Source
			}
			if slices.Contains(v.Matter.Lacking, "m1") || !slices.Contains(v.Matter.Lacking, "m4") {
				t.Errorf("lacking %v, want m4 and not m1", v.Matter.Lacking)
			}
			for _, f := range v.Form {
				if f.Key == OnPaper("m1") {
					t.Error("the mark became a part of the form")
				}
			}
			return err
		})
		if got["m1"] != SourcePaper || got["m4"] != SourceNone {
			t.Errorf("m1 came by %q, m4 by %q", got["m1"], got["m4"])
		}
		w.verify()
	})
}
