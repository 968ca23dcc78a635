package catalog

import (
	"slices"
	"strings"
	"testing"

	"onedoor.app/infra/db"
	"onedoor.app/infra/db/dbtest"
)

// Verify is given every form that a version, an open change or the library names, with words by which people find it.
func TestFormsForVerify(t *testing.T) {
	dbtest.Each(t, measured, func(t *testing.T, d *db.DB) {
		s := &Service{DB: d}
		form := func(letter, name string) *File {
			return &File{Name: name, Type: "application/pdf", Hash: strings.Repeat(letter, 64), Size: 1}
		}
		err := d.Write(t.Context(), func(tx *db.Tx) error {
			for _, it := range []*Item{
				{Code: "plain", Name: "没有表格", Type: TypeLicence, Materials: []Material{{ID: "m1", Name: "申请书"}}},
				{Code: "full", Name: "有表格", Type: TypeLicence, Materials: []Material{{ID: "m1", Name: "申请书", Blank: form("a", "空白.pdf"), Sample: form("b", "样表.pdf")}}},
			} {
				hash, err := it.hash()
				if err != nil {
					return err
				}
				if err := s.publish(tx, system, originPage, it, hash, standing{}, nil); err != nil {
					return err
				}
			}
			return saveLibrary(tx, LibraryMaterial{Code: "paper", Name: "表", Blank: form("c", "库.pdf")}, "")
		})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		read := func(tx *db.Tx) error {
			for _, list := range s.Module().Files {
				for after := int64(0); ; {
					files, err := list(tx, after, 1)
					if err != nil {
						return err
					}
					if len(files) == 0 {
						break
					}
					for _, f := range files {
						after = f.ID
						got = append(got, f.Blob[:1]+" "+f.Of)
					}
				}
			}
			return nil
		}
		if err := d.Read(t.Context(), read); err != nil {
			t.Fatal(err)
		}
		want := []string{
			`a item full, version 1, material m1 申请书, blank form "空白.pdf"`, `b item full, version 1, material m1 申请书, sample form "样表.pdf"`,
			`c library paper 表, blank form "库.pdf"`,
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q", got)
		}
	})
}
