package catalog

import (
	"testing"

	"bytes"
	"onedoor.app/domain/catalog/exchange"
	"onedoor.app/engine/job"
	"onedoor.app/engine/once"
	"onedoor.app/engine/search"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/db/dbtest"
)

// Those who read many versions once leave the memory to those who read one often.
func TestBulkReadingFillsNoMemory(t *testing.T) {
	dbtest.Each(t, []dbtest.Schema{
		{Module: "search", Files: search.Schema}, {Module: "once", Files: once.Schema}, {Module: "job", Files: job.Schema}, {Module: "catalog", Files: Schema},
	}, func(t *testing.T, d *db.DB) {
		s := &Service{DB: d, Unit: func(_ *db.Tx, _ auth.Actor, name, _ string) (string, error) { return name, nil }}
		keeper := auth.Actor{ID: 1, Kind: auth.Staff, Rights: []string{Keep}}
		if _, err := s.Import(t.Context(), keeper, "made.xlsx", bytes.NewReader(GeneratedWorkbook(t, 120))); err != nil {
			t.Fatal(err)
		}
		if err := d.Write(t.Context(), func(tx *db.Tx) error { return tx.Exec(`DELETE FROM catalog_quality`) }); err != nil {
			t.Fatal(err)
		}
		if err := s.Rejudge(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := s.Export(t.Context(), keeper, exchange.XLSX, "", &bytes.Buffer{}, nil); err != nil {
			t.Fatal(err)
		}
		if err := d.Read(t.Context(), func(tx *db.Tx) error {
			for _, l := range Lists() {
				if _, err := s.ListRows(tx, l.Kind, ListFilter{}, "", 100); err != nil {
					return err
				}
			}
			if _, err := s.Booklet(tx, BookletOf{FacetTheme, "准营准办"}, ""); err != nil {
				return err
			}
			return s.Check(tx, func(string, int) {})
		}); err != nil {
			t.Fatal(err)
		}
		if n := len(s.versions.at); n > 0 {
			t.Errorf("%d versions are remembered", n)
		}
	})
}
