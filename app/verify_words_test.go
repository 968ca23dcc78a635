package app

import (
	"strings"
	"testing"

	"onedoor.app/domain/catalog"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/db/dbtest"
)

// What verify finds in the catalogue is said in Chinese and English: the thing, and every part of it that differs.
func TestVerifyNamesWhatDiffers(t *testing.T) {
	t.Parallel()
	for engine, link := range dbtest.URLs(t) {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			a := newApp(t, testConfig(t, link))
			if err := a.services.catalog.BeginEvidence(t.Context()); err != nil {
				t.Fatal(err)
			}
			m := catalog.LibraryMaterial{Code: "test-form", Name: "测试申请表", Kind: "1", Source: "10", Trust: "A", Form: "3", Points: []string{"已签字"}}
			writes := auth.Actor{Kind: auth.Staff, ID: 901, Staff: 903, Name: "甲", Rights: []string{catalog.Keep}}
			id, err := a.services.catalog.ProposeForLibrary(t.Context(), writes, "", 0, m, "")
			if err != nil {
				t.Fatal(err)
			}
			agreed(t, a.services.catalog, id)
			if err := a.Verify(t.Context(), func(Verified) {}); err != nil {
				t.Fatal(err)
			}
			if err := a.DB.Write(t.Context(), func(tx *db.Tx) error {
				return tx.Exec(`UPDATE catalog_material SET staff = 99, retired = TRUE WHERE code = $1`, m.Code)
			}); err != nil {
				t.Fatal(err)
			}
			err = a.Verify(t.Context(), func(Verified) {})
			want := "catalog: 材料库条目 test-form 与存证不符：停用状态；编写人 / the entry test-form of the library is not what the ledger says: whether it is retired; who wrote it (conflict: catalog.differs.material)"
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("told %v, want %s", err, want)
			}
			if err := a.DB.Write(t.Context(), func(tx *db.Tx) error {
				return tx.Exec(`INSERT INTO flow_definition (id, name, item, plan, source, state, reason, remark, author, author_name, number, lock, moved)
					VALUES ('shops', '开店', '', 'null', '', 'approved', '', '', 1, '甲', 1, 1, 0)`)
			}); err != nil {
				t.Fatal(err)
			}
			want = "流程 shops 已批准的草稿与由它形成的版本不符 / the approved draft of the flow shops is not the version that it became (conflict: flow.differs.draft). 请勿改动数据库"
			if err := a.Verify(t.Context(), func(Verified) {}); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "/ Change nothing in the database") {
				t.Errorf("told %v, want %s", err, want)
			}
		})
	}
}
