package app

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"onedoor.app/domain/catalog"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db/dbtest"
)

// Verify reads the blank and sample forms that the catalogue gives out: one that a disk has lost, or somebody has changed,
// is named with what gives it out.
func TestVerifyReadsTheFormsOfTheCatalogue(t *testing.T) {
	t.Parallel()
	for engine, link := range dbtest.URLs(t) {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			a := newApp(t, testConfig(t, link))
			s := a.services.catalog
			system := auth.Actor{Kind: auth.System}
			f, err := s.KeepFile(t.Context(), system, "申请表.pdf", bytes.NewReader([]byte("%PDF-1.7 空白")))
			if err != nil {
				t.Fatal(err)
			}
			m := catalog.LibraryMaterial{Code: "test-form", Name: "测试申请表", Kind: "1", Source: "10", Trust: "A", Form: "3", Points: []string{"已签字"}}
			writes := auth.Actor{Kind: auth.Staff, ID: 901, Staff: 901, Name: "甲", Rights: []string{catalog.Keep}}
			id, err := s.ProposeForLibrary(t.Context(), writes, "", 0, m, "")
			if err != nil {
				t.Fatal(err)
			}
			agreed(t, s, id)
			if id, err = s.ProposeForm(t.Context(), writes, "", 1, m.Code, catalog.BlankForm, &f, "启用新表格"); err != nil {
				t.Fatal(err)
			}
			agreed(t, s, id)
			verify := func() string {
				if err := a.Verify(t.Context(), func(Verified) {}); err != nil {
					return err.Error()
				}
				return ""
			}
			if told := verify(); told != "" {
				t.Fatal(told)
			}
			path := filepath.Join(a.base.Config.file("files"), f.Hash[:2], f.Hash)
			if err := os.Chmod(path, 0o600); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte("%PDF-1.7 改过"), 0o600); err != nil {
				t.Fatal(err)
			}
			if told := verify(); !strings.Contains(told, `library test-form 测试申请表, blank form "申请表.pdf"`) || !strings.Contains(told, "blob.spoiled") {
				t.Errorf("a changed form: %q", told)
			}
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
			if told := verify(); !strings.Contains(told, `blank form "申请表.pdf" is missing`) {
				t.Errorf("a missing form: %q", told)
			}
		})
	}
}

// agreed lets a second person agree to a proposal.
func agreed(t *testing.T, s *catalog.Service, id int64) {
	t.Helper()
	other := auth.Actor{Kind: auth.Staff, ID: 902, Staff: 902, Name: "乙", Rights: []string{catalog.Keep, catalog.Review}}
	if err := s.Agree(t.Context(), other, id); err != nil {
		t.Fatal(err)
	}
}
