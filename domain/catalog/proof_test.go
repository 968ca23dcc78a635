package catalog_test

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"onedoor.app/domain/catalog"
	"onedoor.app/infra/db"
	"onedoor.app/infra/db/dbtest"
	"onedoor.app/infra/fault"
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
		for _, x := range []struct{ query, want string }{
			{`UPDATE catalog_version SET body = REPLACE(body, '"conditions":["', '"conditions":["向某人缴纳费用；') WHERE number = 1`, "version hash"},
			{`UPDATE catalog_version SET body = REPLACE(body, '"name":"', '"name":"伪') WHERE number = 2`, "version hash name"},
			{`UPDATE catalog_version SET body = REPLACE(body, '"amount":', '"amount":9') WHERE body LIKE '%"amount":%'`, "version hash"},
			{`UPDATE catalog_version SET hash = 'x' WHERE number = 1`, "version hash"},
			{`UPDATE catalog_version SET hash = 'x' WHERE number = 2`, "version content hash"},
			{`UPDATE catalog_version SET name = 'x' WHERE number = 2`, "version name"},
			{`UPDATE catalog_version SET origin = 'package' WHERE number = 2`, "version origin"},
			{`UPDATE catalog_version SET origin = 'page' WHERE number = 1`, "version origin"},
			{`UPDATE catalog_version SET staff = 99 WHERE number = 1`, "version writer"},
			{`UPDATE catalog_version SET staff = 99 WHERE number = 2`, "version reviewer"},
			{`UPDATE catalog_version SET at = at - 1 WHERE number = 1`, "version at"},
			{`UPDATE catalog_version SET import = 0 WHERE number = 1`, "version evidence"},
			{`UPDATE catalog_version SET import = (SELECT MAX(id) FROM catalog_import) WHERE number = 2`, "version import"},
			{`UPDATE catalog_item SET version = (SELECT id FROM catalog_version v WHERE v.code = catalog_item.code AND v.number = 1) WHERE code = '` + foodItem + `'`, "stray.item_newest"},
			{`UPDATE catalog_import SET versions = 'x' WHERE 1 = 1`, "import versions"},
			{`UPDATE catalog_import SET versions = '' WHERE 1 = 1`, "import versions"},
			{`UPDATE catalog_import SET consenter = '{}' WHERE 1 = 1`, "import consenter"},
			{`UPDATE catalog_import SET author = '{"id":7}' WHERE 1 = 1`, "import author staff"},
			{`UPDATE catalog_import SET file = 'x' WHERE 1 = 1`, "import file"},
			{`UPDATE catalog_import SET name = 'x' WHERE 1 = 1`, "import name"},
			{`UPDATE catalog_import SET report = '{"Added":1}' WHERE 1 = 1`, "import figures"},
			{`UPDATE catalog_import SET state = 'checked' WHERE 1 = 1`, "import state"},
			{`DELETE FROM catalog_import WHERE 1 = 1`, "stray.import_none"},
			{`UPDATE catalog_base SET number = number + 1 WHERE code = (SELECT MIN(code) FROM catalog_base)`, "stray.base_newest"},
			{`UPDATE catalog_base SET name = 'x' WHERE code = (SELECT MIN(code) FROM catalog_base)`, "standing_base name"},
			{`UPDATE catalog_base SET version = (SELECT MIN(id) FROM catalog_base_version) WHERE code = (SELECT MAX(code) FROM catalog_base)`, "stray.base_newest"},
			{`DELETE FROM catalog_base WHERE code = (SELECT MAX(code) FROM catalog_base)`, "stray.base_none"},
			{`UPDATE catalog_base_version SET body = REPLACE(body, '"name":"', '"name":"伪') WHERE number = 1`, "base hash"},
			{`UPDATE catalog_base_version SET body = REPLACE(body, '"result":"', '"result":"伪') WHERE number = 2`, "base content hash"},
			{`UPDATE catalog_base_version SET hash = 'x' WHERE number = 2`, "base hash"},
			{`UPDATE catalog_base_version SET origin = 'package' WHERE number = 2`, "base origin"},
			{`UPDATE catalog_base_version SET why = 'x' WHERE number = 2`, "base why"},
			{`UPDATE catalog_base_version SET staff = 99 WHERE number = 2`, "base writer"},
			{`UPDATE catalog_base_version SET name = 'x' WHERE number = 2`, "base writer"},
			{`UPDATE catalog_base_version SET at = at - 1 WHERE number = 2`, "base at"},
			{`DELETE FROM catalog_base_version WHERE number = 2`, "stray.base_newest"},
			{`DELETE FROM catalog_power WHERE 1 = 1`, "standing_base units"},
			{`INSERT INTO catalog_power (base, unit) VALUES ('x', 'y')`, "stray.power_none"},
			{`UPDATE catalog_lock SET body = '{}' WHERE 1 = 1`, "locks content"},
			{`UPDATE catalog_lock SET why = 'x' WHERE 1 = 1`, "locks why"},
			{`UPDATE catalog_lock SET staff = 99 WHERE 1 = 1`, "locks writer"},
			{`UPDATE catalog_lock SET name = 'x' WHERE 1 = 1`, "locks writer"},
			{`UPDATE catalog_lock SET at = at + 1 WHERE 1 = 1`, "locks at"},
			{`UPDATE catalog_lock SET number = 2 WHERE 1 = 1`, "stray.locks_gap"},
			{`DELETE FROM catalog_lock WHERE 1 = 1`, "nowhere"},
			{`UPDATE catalog_material SET body = REPLACE(body, '"points":["', '"points":["伪造；') WHERE staff = 0`, "material content"},
			{`UPDATE catalog_material SET body = REPLACE(body, '"points":["', '"points":["伪造；') WHERE staff <> 0`, "material content"},
			{`UPDATE catalog_material SET version = version + 1 WHERE staff = 0`, "material content"},
			{`UPDATE catalog_material SET retired = TRUE WHERE staff = 0`, "material content"},
			{`UPDATE catalog_material SET retired = TRUE WHERE staff <> 0`, "material retired"},
			{`UPDATE catalog_material SET brought = 'x' WHERE staff <> 0`, "material brought"},
			{`UPDATE catalog_material SET name = 'x' WHERE staff <> 0`, "material name"},
			{`UPDATE catalog_material SET staff = 99 WHERE staff <> 0`, "material writer"},
			{`UPDATE catalog_material SET staff_name = 'x' WHERE staff <> 0`, "material writer"},
			{`UPDATE catalog_material SET at = at - 1 WHERE staff = 0`, "material at content"},
			{`DELETE FROM catalog_material WHERE staff <> 0`, "nowhere"},
			{`UPDATE catalog_proposal SET state = 'agreed' WHERE state = 'returned'`, "proposal state"},
			{`UPDATE catalog_proposal SET state = 'returned' WHERE state = 'agreed'`, "proposal state"},
			{`UPDATE catalog_proposal SET state = 'withdrawn', decided = at WHERE state = 'waiting'`, "proposal decided state"},
			{`UPDATE catalog_proposal SET author = '{"id":77,"kind":"staff","staff":77,"name":"x"}' WHERE state = 'agreed'`, "proposal author hand"},
			{`UPDATE catalog_proposal SET decider = '{"id":78,"kind":"staff","staff":78,"name":"y"}' WHERE state = 'agreed'`, "proposal decider"},
			{`UPDATE catalog_proposal SET body = '{}' WHERE state = 'waiting'`, "proposal content"},
			{`UPDATE catalog_proposal SET why = 'x' WHERE state = 'waiting'`, "proposal why"},
			{`UPDATE catalog_proposal SET name = 'x' WHERE state = 'waiting'`, "proposal name"},
			{`UPDATE catalog_proposal SET made_on = 7 WHERE state = 'waiting'`, "proposal on"},
			{`UPDATE catalog_proposal SET kind = 'form' WHERE state = 'waiting'`, "proposal kind"},
			{`UPDATE catalog_proposal SET about = 'base:1' WHERE state = 'waiting'`, "proposal about"},
			{`UPDATE catalog_proposal SET remark = 'x' WHERE state = 'returned'`, "proposal remark"},
			{`UPDATE catalog_proposal SET at = at - 1 WHERE state = 'waiting'`, "proposal at"},
			{`UPDATE catalog_proposal SET decided = decided - 1 WHERE state = 'returned'`, "proposal decided"},
			{`DELETE FROM catalog_proposal WHERE state = 'returned'`, "nowhere"},
			{`UPDATE catalog_suspension SET reason = 'x' WHERE 1 = 1`, "suspension why"},
			{`DELETE FROM search_document WHERE 1 = 1`, "found"},
			{`DELETE FROM search_posting WHERE 1 = 1`, "found"},
			{`DELETE FROM search_posting WHERE gram = '食品'`, "found"},
			{`UPDATE search_posting SET weight = 1 WHERE gram = '食品'`, "found"},
			{`INSERT INTO search_document (kind, doc, grams) VALUES ('catalog', 1, '["x"]')`, "findable"},
			{`INSERT INTO search_posting (kind, gram, doc, weight) VALUES ('catalog', 'x', 1, 1)`, "found_none"},
			{`UPDATE catalog_proposal SET hand = 's99' WHERE state = 'waiting'`, "proposal hand"},
			{`UPDATE catalog_import SET staff = 99 WHERE 1 = 1`, "import author"},
			{`UPDATE catalog_base_version SET staff = 99, name = 'x' WHERE number = 2`, "base writer"},
			{`UPDATE catalog_suspension SET staff = 99 WHERE 1 = 1`, "suspension suspender"},
			{`UPDATE catalog_suspension SET since = since - 1 WHERE 1 = 1`, "suspension since"},
			{`DELETE FROM catalog_suspension WHERE 1 = 1`, "nowhere"},
			{`INSERT INTO search_posting (kind, gram, doc, weight) SELECT kind, '免费', MIN(doc), 9999 FROM search_document GROUP BY kind`, "found"},
		} {
			err := d.Write(t.Context(), func(tx *db.Tx) error {
				n, err := tx.Change(x.query)
				if err != nil || n == 0 {
					t.Errorf("%s: changed %d: %v", x.query, n, err)
				} else if got := differing(check(tx)); got != x.want {
					t.Errorf("%s: %q, want %q", x.query, got, x.want)
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

// differing is what Check tells of, with the parts that differ.
func differing(err error) string {
	f, ok := errors.AsType[*fault.Error](err)
	if !ok {
		return fmt.Sprint(err)
	}
	parts := slices.Sorted(maps.Keys(f.Fields))
	return strings.Join(append([]string{strings.TrimPrefix(f.Code, "catalog.differs.")}, parts...), " ")
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
