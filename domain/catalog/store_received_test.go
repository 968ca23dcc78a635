package catalog

import (
	"testing"

	"onedoor.app/engine/calendar"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/db/dbtest"
	"onedoor.app/infra/fault"
)

// TestVerifyReadsWhatIsKeptOfImportsAndProposals: the file of a person, the lists beside it, and a form that waits.
func TestVerifyReadsWhatIsKeptOfImportsAndProposals(t *testing.T) {
	dbtest.Each(t, proved, func(t *testing.T, d *db.DB) {
		h := provedHistory(t, d)
		h.now = calendar.NewDate(2026, 1, 5).Start()
		m := LibraryMaterial{Code: "test-form", Name: "测试申请表", Kind: "1", Source: "10", Trust: "A", Form: "3", Points: []string{"已签字"}}
		if err := h.s.AddMaterial(t.Context(), officer, "", m); err != nil {
			t.Fatal(err)
		}
		f := File{Name: "表.pdf", Type: "application/pdf", Hash: "f0", Size: 1}
		if _, err := h.s.ProposeForm(t.Context(), officer, "", 1, m.Code, BlankForm, &f, "依据某文件"); !fault.Is(err, fault.Invalid) {
			t.Errorf("a form that nobody kept: %v", err)
		}
		if err := d.Write(t.Context(), func(tx *db.Tx) error {
			if err := insertFile(tx, f); err != nil {
				return err
			}
			for id, kind := range map[int64]auth.Kind{1: auth.Staff, 2: auth.System} {
				if err := insertImport(tx, Imported{ID: id, Author: Doer{Kind: kind}, State: StateChecked, File: "f1", Report: Report{NamedFile: "f3"}}); err != nil {
					return err
				}
			}
			return saveReport(tx, 1, Report{NamedFile: "f3"}, "f2")
		}); err != nil {
			t.Fatal(err)
		}
		if _, err := h.s.ProposeForm(t.Context(), officer, "", 1, m.Code, BlankForm, &f, "依据某文件"); err != nil {
			t.Fatal(err)
		}
		if err := d.Read(t.Context(), func(tx *db.Tx) error {
			files, err := listImportFiles(tx, 0, 1)
			if err != nil || len(files) != 3 || files[0].Blob != "f1" || files[1].Blob != "f2" || files[2].Blob != "f3" {
				t.Errorf("of a person's import: %+v, %v", files, err)
			}
			if files, err = listImportFiles(tx, 1, 1); err != nil || len(files) != 1 || files[0].Blob != "f3" {
				t.Errorf("of the operator's import: %+v, %v", files, err)
			}
			if files, err = listFormsOfProposals(tx, 0, 10); err != nil || len(files) != 1 || files[0].Blob != f.Hash {
				t.Errorf("of proposals: %+v, %v", files, err)
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	})
}
