package catalog_test

import (
	"errors"
	"testing"

	"onedoor.app/domain/catalog"
	"onedoor.app/infra/db"
	"onedoor.app/infra/db/dbtest"
)

// TestCheckFindsTamperingOfWhatIsInForce: whatever somebody changes without the program in items, base items, locks, the
// library, proposals and imports, Check finds.
func TestCheckFindsTamperingOfWhatIsInForce(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := inForce(t, d)
		check := func(tx *db.Tx) error { return s.Check(tx, func(string, int) {}) }
		if err := d.Read(t.Context(), check); err != nil {
			t.Fatalf("nothing was changed: %v", err)
		}
		undo := errors.New("undo")
		for _, query := range []string{
			`UPDATE catalog_version SET body = REPLACE(body, '"conditions":["', '"conditions":["向某人缴纳费用；') WHERE number = 1`,
			`UPDATE catalog_version SET body = REPLACE(body, '"name":"', '"name":"伪') WHERE number = 2`,
			`UPDATE catalog_version SET body = REPLACE(body, '"amount":', '"amount":9') WHERE body LIKE '%"amount":%'`,
			`UPDATE catalog_version SET hash = 'x' WHERE number = 1`,
			`UPDATE catalog_version SET hash = 'x' WHERE number = 2`,
			`UPDATE catalog_version SET name = 'x' WHERE number = 2`,
			`UPDATE catalog_version SET origin = 'package' WHERE number = 2`,
			`UPDATE catalog_version SET origin = 'page' WHERE number = 1`,
			`UPDATE catalog_version SET staff = 7 WHERE number = 1`,
			`UPDATE catalog_version SET staff = 7 WHERE number = 2`,
			`UPDATE catalog_version SET at = at - 1 WHERE number = 1`,
			`UPDATE catalog_version SET import = 0 WHERE number = 1`,
			`UPDATE catalog_version SET import = (SELECT MAX(id) FROM catalog_import) WHERE number = 2`,
			`UPDATE catalog_item SET version = (SELECT id FROM catalog_version v WHERE v.code = catalog_item.code AND v.number = 1) WHERE code = '` + foodItem + `'`,
			`UPDATE catalog_import SET versions = 'x' WHERE 1 = 1`,
			`UPDATE catalog_import SET versions = '' WHERE 1 = 1`,
			`UPDATE catalog_import SET consenter = '{}' WHERE 1 = 1`,
			`UPDATE catalog_import SET author = '{"id":7}' WHERE 1 = 1`,
			`UPDATE catalog_import SET file = 'x' WHERE 1 = 1`,
			`UPDATE catalog_import SET name = 'x' WHERE 1 = 1`,
			`UPDATE catalog_import SET report = '{"Added":1}' WHERE 1 = 1`,
			`UPDATE catalog_import SET state = 'checked' WHERE 1 = 1`,
			`DELETE FROM catalog_import WHERE 1 = 1`,
			`UPDATE catalog_base SET number = number + 1 WHERE code = (SELECT MIN(code) FROM catalog_base)`,
			`UPDATE catalog_base SET name = 'x' WHERE code = (SELECT MIN(code) FROM catalog_base)`,
			`UPDATE catalog_base SET version = (SELECT MIN(id) FROM catalog_base_version) WHERE code = (SELECT MAX(code) FROM catalog_base)`,
			`DELETE FROM catalog_base WHERE code = (SELECT MAX(code) FROM catalog_base)`,
			`UPDATE catalog_base_version SET body = REPLACE(body, '"name":"', '"name":"伪') WHERE number = 1`,
			`UPDATE catalog_base_version SET body = REPLACE(body, '"result":"', '"result":"伪') WHERE number = 2`,
			`UPDATE catalog_base_version SET hash = 'x' WHERE number = 2`,
			`UPDATE catalog_base_version SET origin = 'package' WHERE number = 2`,
			`UPDATE catalog_base_version SET why = 'x' WHERE number = 2`,
			`UPDATE catalog_base_version SET staff = 7 WHERE number = 2`,
			`UPDATE catalog_base_version SET name = 'x' WHERE number = 2`,
			`UPDATE catalog_base_version SET at = at - 1 WHERE number = 2`,
			`DELETE FROM catalog_base_version WHERE number = 2`,
			`DELETE FROM catalog_power WHERE 1 = 1`,
			`INSERT INTO catalog_power (base, unit) VALUES ('x', 'y')`,
			`UPDATE catalog_lock SET body = '{}' WHERE 1 = 1`,
			`UPDATE catalog_lock SET why = 'x' WHERE 1 = 1`,
			`UPDATE catalog_lock SET staff = 7 WHERE 1 = 1`,
			`UPDATE catalog_lock SET name = 'x' WHERE 1 = 1`,
			`UPDATE catalog_lock SET at = at + 1 WHERE 1 = 1`,
			`UPDATE catalog_lock SET number = 2 WHERE 1 = 1`,
			`DELETE FROM catalog_lock WHERE 1 = 1`,
			`UPDATE catalog_material SET body = REPLACE(body, '"points":["', '"points":["伪造；') WHERE staff = 0`,
			`UPDATE catalog_material SET body = REPLACE(body, '"points":["', '"points":["伪造；') WHERE staff <> 0`,
			`UPDATE catalog_material SET version = version + 1 WHERE staff = 0`,
			`UPDATE catalog_material SET retired = TRUE WHERE staff = 0`,
			`UPDATE catalog_material SET retired = TRUE WHERE staff <> 0`,
			`UPDATE catalog_material SET brought = 'x' WHERE staff <> 0`,
			`UPDATE catalog_material SET name = 'x' WHERE staff <> 0`,
			`UPDATE catalog_material SET staff = 99 WHERE staff <> 0`,
			`UPDATE catalog_material SET staff_name = 'x' WHERE staff <> 0`,
			`UPDATE catalog_material SET at = at - 1 WHERE staff = 0`,
			`DELETE FROM catalog_material WHERE staff <> 0`,
			`UPDATE catalog_proposal SET state = 'agreed' WHERE state = 'returned'`,
			`UPDATE catalog_proposal SET state = 'returned' WHERE state = 'agreed'`,
			`UPDATE catalog_proposal SET state = 'withdrawn', decided = at WHERE state = 'waiting'`,
			`UPDATE catalog_proposal SET author = '{"id":77,"kind":"staff","staff":77,"name":"x"}' WHERE state = 'agreed'`,
			`UPDATE catalog_proposal SET decider = '{"id":78,"kind":"staff","staff":78,"name":"y"}' WHERE state = 'agreed'`,
			`UPDATE catalog_proposal SET body = '{}' WHERE state = 'waiting'`,
			`UPDATE catalog_proposal SET why = 'x' WHERE state = 'waiting'`,
			`UPDATE catalog_proposal SET name = 'x' WHERE state = 'waiting'`,
			`UPDATE catalog_proposal SET made_on = 7 WHERE state = 'waiting'`,
			`UPDATE catalog_proposal SET kind = 'form' WHERE state = 'waiting'`,
			`UPDATE catalog_proposal SET about = 'base:1' WHERE state = 'waiting'`,
			`UPDATE catalog_proposal SET remark = 'x' WHERE state = 'returned'`,
			`UPDATE catalog_proposal SET at = at - 1 WHERE state = 'waiting'`,
			`UPDATE catalog_proposal SET decided = decided - 1 WHERE state = 'returned'`,
			`DELETE FROM catalog_proposal WHERE state = 'returned'`,
			`UPDATE catalog_suspension SET reason = 'x' WHERE 1 = 1`,
			`DELETE FROM search_document WHERE 1 = 1`,
			`DELETE FROM search_posting WHERE 1 = 1`,
			`DELETE FROM search_posting WHERE gram = '食品'`,
			`UPDATE search_posting SET weight = 1 WHERE gram = '食品'`,
			`INSERT INTO search_document (kind, doc, grams) VALUES ('catalog', 1, '["x"]')`,
			`INSERT INTO search_posting (kind, gram, doc, weight) VALUES ('catalog', 'x', 1, 1)`,
		} {
			err := d.Write(t.Context(), func(tx *db.Tx) error {
				n, err := tx.Change(query)
				switch {
				case err != nil:
					t.Errorf("%s: %v", query, err)
				case n == 0:
					t.Errorf("%s: changed nothing", query)
				default:
					if err = check(tx); err == nil {
						t.Errorf("%s: not found", query)
					} else {
						t.Log(err)
					}
				}
				return undo
			})
			if !errors.Is(err, undo) {
				t.Fatal(err)
			}
		}
		if err := d.Read(t.Context(), check); err != nil {
			t.Errorf("after all was undone: %v", err)
		}
	})
}

// inForce is a catalogue with all that can be in force, each with its evidence.
func inForce(t *testing.T, d *db.DB) *catalog.Service {
	t.Helper()
	s, ctx := &catalog.Service{DB: d, Log: catalog.LedgerLog}, t.Context()
	if err := s.BeginEvidence(ctx); err != nil {
		t.Fatal(err)
	}
	if r, err := s.LoadPackage(ctx, yunchuan(t)); err != nil || len(r.Refused) > 0 {
		t.Fatalf("load: %v, refused %+v", err, r.Refused)
	}
	c := proposed(t, s, "first", func(it *catalog.Item) error { it.Name = "食品经营许可（更正）"; return nil })
	if _, err := s.Approve(ctx, reviewer, c.ID, c.Lock, today(d), ""); err != nil {
		t.Fatal(err)
	}
	if err := s.Suspend(ctx, reviewer, foodItem, "清理"); err != nil {
		t.Fatal(err)
	}
	must := func(id int64, err error) int64 {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	b, on := baseOf(t, s, busCard)
	b.Result = "卡"
	base := must(s.ProposeForBase(ctx, officer, "", on, b, "依据某文件"))
	locks := must(s.ProposeForLocks(ctx, officer, "", "00", 0, catalog.Locks{catalog.ElementPromise: catalog.LockFree}, "依据某文件"))
	m := libraryEntry(t, s, attorney)
	m.Points = append(m.Points, "附受托人联系电话")
	material := must(s.ProposeForLibrary(ctx, officer, "", m.Version, m, "依据某文件"))
	for _, id := range []int64{base, locks, material} {
		if err := s.Agree(ctx, reviewer, id); err != nil {
			t.Fatal(err)
		}
	}
	b.Result = "证"
	if err := s.SendBack(ctx, reviewer, must(s.ProposeForBase(ctx, officer, "", on+1, b, "再改一次")), "不行"); err != nil {
		t.Fatal(err)
	}
	must(s.ProposeForBase(ctx, officer, "", on+1, b, "第三次修改"))
	return s
}
