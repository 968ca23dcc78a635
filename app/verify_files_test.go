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
			if err := s.AddMaterial(t.Context(), system, "k1", m); err != nil {
				t.Fatal(err)
			}
			if err := s.AttachForm(t.Context(), system, "k2", 1, m.Code, catalog.BlankForm, &f); err != nil {
				t.Fatal(err)
			}
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
