package catalog_test

import (
	"fmt"
	"testing"

	"onedoor.app/domain/catalog"
	"onedoor.app/infra/db"
	"onedoor.app/infra/db/dbtest"
)

// Lists are searched without regard to the case of letters, and marks of patterns mean themselves, on
// every database alike.
func TestListsAreSearchedAlike(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := loaded(t, d)
		m := catalog.LibraryMaterial{Code: "mat-x", Name: "EMS 回执 50%_A", Kind: "2", Source: "10", Form: "3", Trust: "B", Points: []string{"清晰"}}
		if err := s.AddMaterial(t.Context(), keeper, "k", m); err != nil {
			t.Fatal(err)
		}
		if _, err := s.KeepSynonym(t.Context(), keeper, "k", catalog.Synonym{Said: []string{"VIP卡"}, Meant: []string{"会员"}}); err != nil {
			t.Fatal(err)
		}
		base := catalog.Base{}
		read(t, d, func(tx *db.Tx) error {
			list, _, err := s.Bases(tx, catalog.BaseFilter{}, "", 1)
			if err == nil {
				b, _, err2 := s.Base(tx, list[0].Code)
				base, err = *b, err2
			}
			return err
		})
		count := func(what string, n int, err error, want bool) {
			t.Helper()
			if err != nil || (n > 0) != want {
				t.Errorf("%s: %d, %v", what, n, err)
			}
		}
		read(t, d, func(tx *db.Tx) error {
			for text, want := range map[string]bool{"ems": true, "EMS": true, "mat-x": true, "MAT-X": true, "50%_a": true, "5%_a": false, "50__A": false, "!": false} {
				list, _, err := s.Library(tx, text, "")
				count(fmt.Sprintf("material %q", text), len(list), err, want)
			}
			for text, want := range map[string]bool{"vip": true, "VIP": true, "v%p": false, "vi_卡": false} {
				list, _, err := s.Synonyms(tx, text, 0, 5)
				count(fmt.Sprintf("words %q", text), len(list), err, want)
			}
			for text, want := range map[string]bool{base.Code[:6]: true, "%": false, "_": false} {
				list, _, err := s.Bases(tx, catalog.BaseFilter{Text: text}, "", 5)
				count(fmt.Sprintf("base %q", text), len(list), err, want)
			}
			return nil
		})
	})
}
