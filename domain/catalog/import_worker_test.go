package catalog_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"onedoor.app/domain/catalog"
	"onedoor.app/infra/db"
	"onedoor.app/infra/db/dbtest"
	"onedoor.app/infra/fault"
)

// TestTwoWorkersAtOneImport: the later one goes on alone, and the lists have each item where it belongs and nothing else.
func TestTwoWorkersAtOneImport(t *testing.T) {
	var text strings.Builder
	text.WriteString("事项名称,事项类型,部门,事项编码\n")
	for i := range 600 {
		fmt.Fprintf(&text, "事项第%d类,20,民政局,K-%03d\n", i, i)
	}
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := withBlobs(t, &catalog.Service{DB: d})
		id, err := s.Receive(t.Context(), keeper, "", "a.csv", strings.NewReader(text.String()))
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Consent(t.Context(), second, id, received(t, s, id).File, ""); err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				if err := s.Apply(t.Context(), id); err != nil && fault.Code(err) != "catalog.import.elsewhere" {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if i := received(t, s, id); i.State != catalog.StateDone || i.Report.Added != 600 {
			t.Errorf("%s, %d added", i.State, i.Report.Added)
		}
		read(t, d, func(tx *db.Tx) error {
			for what, query := range map[string]string{
				"places of no item":  `SELECT COUNT(*) FROM catalog_facet WHERE item NOT IN (SELECT id FROM catalog_item)`,
				"places left behind": `SELECT COUNT(*) FROM catalog_staged_facet`,
				"lines left behind":  `SELECT COUNT(*) FROM catalog_compared`,
			} {
				var n int
				if err := tx.One(query, nil, &n); err != nil || n != 0 {
					t.Errorf("%d %s (%v)", n, what, err)
				}
			}
			return s.Check(tx, func(string, int) {})
		})
	})
}
