package casesbench

import (
	"io/fs"
	"testing"

	"onedoor.app/domain/cases/casestest"
	"onedoor.app/infra/db"
	"onedoor.app/sample"
)

const firm = "91379900MA7YC0014Q" // 云川栖霞餐饮管理有限公司

// A database that serves people is never filled, whatever it holds.
func TestADatabaseThatHoldsAnythingIsRefused(t *testing.T) {
	t.Parallel()
	pack, err := fs.Sub(sample.Yunchuan, "yunchuan")
	if err != nil {
		t.Fatal(err)
	}
	casestest.Each(t, pack, func(t *testing.T, c *casestest.City) {
		if _, err := Begin(t.Context(), c.Cases); err != nil {
			t.Fatalf("an empty one is refused: %v", err)
		}
		refused := func(what string) {
			t.Helper()
			if _, err := Begin(t.Context(), c.Cases); err == nil {
				t.Errorf("a database with %s is taken", what)
			}
		}
		remove := func(table string) {
			t.Helper()
			if err := c.Cases.DB.Write(t.Context(), func(tx *db.Tx) error { return tx.Exec("DELETE FROM " + table) }); err != nil {
				t.Fatal(err)
			}
		}
		c.Submit(c.Person(firm), "food-operation-new")
		refused("a case")
		remove("cases")
		refused("a ledger")
		remove("ledger_entry")
		if _, err := c.Cases.Begin(t.Context(), c.Person(firm), "food-operation-new", 0); err != nil {
			t.Fatal(err)
		}
		refused("a draft")
	})
}
