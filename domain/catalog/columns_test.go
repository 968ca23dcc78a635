package catalog_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"onedoor.app/infra/db"
	"onedoor.app/infra/db/dbtest"
)

// comparedTables are the tables whose rows are compared with the evidence, each by what sorts its rows, with the columns that
// say nothing of what is in force or who brought it there.
var comparedTables = []struct{ name, key, left string }{
	{"catalog_version", "id", ""},
	{"catalog_item", "id", ""},
	{"catalog_suspension", "id", "id"},                                    // nothing refers to it
	{"catalog_import", "id", "at problems done total since units worker"}, // how far it is, and for the eye
	{"catalog_flow", "hash", ""},
	{"catalog_base", "code", ""},
	{"catalog_base_version", "id", ""},
	{"catalog_power", "base", ""},
	{"catalog_lock", "source", ""},
	{"catalog_material", "code", ""},
	{"catalog_proposal", "id", ""},
}

// TestCheckFindsEveryColumn: each column of what is compared, changed in the first row or the last behind the program's back,
// makes Check speak. A column that a
// migration adds is compared, or listed.
func TestCheckFindsEveryColumn(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := inForce(t, d)
		undo := errors.New("undo")
		for _, table := range comparedTables {
			for _, c := range columnsOf(t, d, table.name) {
				if slices.Contains(strings.Fields(table.left), c.name) {
					continue
				}
				for _, end := range []string{"MIN", "MAX"} {
					query := fmt.Sprintf(`UPDATE %[1]s SET %[2]s = %[3]s WHERE %[4]s = (SELECT %[5]s(%[4]s) FROM %[1]s)`, table.name, c.name, c.changed(), table.key, end)
					err := d.Write(t.Context(), func(tx *db.Tx) error {
						if n, err := tx.Change(query); err != nil || n == 0 {
							t.Errorf("%s: changed %d: %v", query, n, err)
						} else if s.Check(tx, func(string, int) {}) == nil {
							t.Errorf("%s: not found", query)
						}
						return undo
					})
					if !errors.Is(err, undo) {
						t.Fatal(err)
					}
				}
			}
		}
	})
}

// column is a column of a table.
type column struct{ name, kind string }

// changed is another value than the one in the column.
func (c column) changed() string {
	switch strings.ToUpper(c.kind) {
	case "BOOLEAN":
		return "NOT " + c.name
	case "TEXT":
		return c.name + " || 'x'"
	}
	return "COALESCE(" + c.name + ", 0) + 99"
}

func columnsOf(t *testing.T, d *db.DB, table string) []column {
	t.Helper()
	var list []column
	read(t, d, func(tx *db.Tx) (err error) {
		query := `SELECT column_name, data_type FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = $1`
		if tx.ForUpdate() == "" { // SQLite
			query = `SELECT name, type FROM pragma_table_info($1)`
		}
		list, err = db.All(tx, func(c *column) []any { return []any{&c.name, &c.kind} }, query, table)
		return err
	})
	if len(list) == 0 {
		t.Fatalf("%s has no columns", table)
	}
	return list
}
