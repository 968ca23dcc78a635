package catalog_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"onedoor.app/domain/catalog"
	"onedoor.app/engine/once"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/db/dbtest"
	"onedoor.app/infra/fault"
)

// ledgerSchemas are those of the use cases that are sent with a key.
var ledgerSchemas = append(slices.Clone(schemas), dbtest.Schema{Module: "once", Files: once.Schema})

// logged counts what was kept as evidence.
type logged map[string]int

func (l logged) log(_ *db.Tx, _ auth.Actor, act, _ string, _ any) error { l[act]++; return nil }

func n(v int) *int { return &v }

// moved is an entry with nothing wrong.
func moved() catalog.Reform {
	return catalog.Reform{
		Kind: catalog.ReformTransferred, Item: "food-operation-new", Name: "食品经营许可（新办）", Base: "370199001000", From: "SCJ", To: "SPJ",
		Document: "云川市相对集中行政许可权改革方案", DocumentDay: "2024-03-01", Effective: "2024-04-01",
		Before: catalog.Spent{Materials: n(20), Steps: n(10), Days: n(20), Visits: n(3)},
		After:  catalog.Spent{Materials: n(10), Steps: n(5), Days: n(5), Visits: n(0)},
	}
}

func TestWrongReforms(t *testing.T) {
	dbtest.Each(t, ledgerSchemas, func(t *testing.T, d *db.DB) {
		kept := logged{}
		s := &catalog.Service{DB: d, Log: kept.log}
		for name, c := range map[string]struct {
			breaks func(*catalog.Reform)
			field  string
		}{
			"kind":         {func(r *catalog.Reform) { r.Kind = "sold" }, "kind"},
			"no name":      {func(r *catalog.Reform) { r.Name = " " }, "name"},
			"long name":    {func(r *catalog.Reform) { r.Name = strings.Repeat("名", 201) }, "name"},
			"code":         {func(r *catalog.Reform) { r.Item = "a b" }, "item"},
			"base":         {func(r *catalog.Reform) { r.Base = "123" }, "base"},
			"from":         {func(r *catalog.Reform) { r.From = "" }, "from"},
			"to":           {func(r *catalog.Reform) { r.To = "" }, "to"},
			"to itself":    {func(r *catalog.Reform) { r.To = r.From }, "to"},
			"no document":  {func(r *catalog.Reform) { r.Document = "" }, "document"},
			"of tomorrow":  {func(r *catalog.Reform) { r.DocumentDay = "2999-01-01" }, "document_day"},
			"no day":       {func(r *catalog.Reform) { r.Effective = "2024-02-30" }, "effective"},
			"long note":    {func(r *catalog.Reform) { r.Note = strings.Repeat("注", 501) }, "note"},
			"less than no": {func(r *catalog.Reform) { r.Before.Days = n(-1) }, "before_days"},
			"too many":     {func(r *catalog.Reform) { r.After.Visits = n(10_000) }, "after_visits"},
		} {
			r := moved()
			c.breaks(&r)
			_, err := s.EnterReform(t.Context(), keeper, "", r)
			if f := fieldsOf(err); !fault.Is(err, fault.Invalid) || len(f) != 1 || f[c.field] == "" {
				t.Errorf("%s: %v, fields %v", name, err, f)
			}
		}
		if _, err := s.EnterReform(t.Context(), auth.Actor{ID: 3, Kind: auth.Staff}, "", moved()); !fault.Is(err, fault.Forbidden) {
			t.Errorf("without the right: %v", err)
		}
		read(t, d, func(tx *db.Tx) error {
			list, _, err := s.Reforms(tx, catalog.ReformFilter{All: true}, "", 10)
			if len(list) > 0 || len(kept) > 0 {
				t.Errorf("what was refused has left %d entries, evidence %v", len(list), kept)
			}
			return err
		})
	})
}

// An entry is written once, stays as it was, and gives its place to a later one.
func TestLedgerOfReform(t *testing.T) {
	dbtest.Each(t, ledgerSchemas, func(t *testing.T, d *db.DB) {
		kept := logged{}
		s := &catalog.Service{DB: d, Log: kept.log}
		ctx := t.Context()
		first, err := s.EnterReform(ctx, keeper, "k1", moved())
		if err != nil {
			t.Fatal(err)
		}
		again, err := s.EnterReform(ctx, keeper, "k1", moved())
		if err != nil || again != first || kept["catalog.reform_entered"] != 1 {
			t.Fatalf("sent twice: %d and %d, %v, evidence %v", first, again, err, kept)
		}
		better := moved()
		better.Document, better.Reason = "云政发〔2024〕7号", ""
		if _, err := s.CorrectReform(ctx, keeper, "k2", first, better); fieldsOf(err)["reason"] == "" {
			t.Errorf("corrected without a reason: %v", err)
		}
		better.Reason = "文号登记有误"
		second, err := s.CorrectReform(ctx, keeper, "k3", first, better)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.CorrectReform(ctx, keeper, "k4", first, better); fault.Code(err) != "catalog.reform.corrected" {
			t.Errorf("corrected twice: %v", err)
		}
		void, err := s.CorrectReform(ctx, keeper, "k5", second, catalog.Reform{Void: true, Reason: "该事项并未划转"})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.CorrectReform(ctx, keeper, "k6", void, better); fault.Code(err) != "catalog.reform.corrected" {
			t.Errorf("what says that another does not hold was corrected: %v", err)
		}
		read(t, d, func(tx *db.Tx) error {
			standing, _, err := s.Reforms(tx, catalog.ReformFilter{}, "", 10)
			if err != nil || len(standing) != 0 {
				t.Errorf("standing: %+v, %v", standing, err)
			}
			all, _, err := s.Reforms(tx, catalog.ReformFilter{All: true}, "", 10)
			if err != nil || len(all) != 3 {
				t.Fatalf("all: %+v, %v", all, err)
			}
			was, err := s.Reform(tx, first)
			if err != nil || was.CorrectedBy != second || was.Document != moved().Document || *was.Before.Materials != 20 || was.Reason != "" {
				t.Errorf("the first entry: %+v, %v", was, err)
			}
			if _, err := s.Reform(tx, 1); !fault.Is(err, fault.Unknown) {
				t.Errorf("no entry: %v", err)
			}
			return nil
		})
	})
}

func TestLedgerPagesByKey(t *testing.T) {
	dbtest.Each(t, ledgerSchemas, func(t *testing.T, d *db.DB) {
		s := &catalog.Service{DB: d}
		want := 0
		for i := range 25 {
			r := moved()
			r.Effective = fmt.Sprintf("2024-%02d-01", 1+i%3)
			if i%5 == 0 {
				r.Kind = catalog.ReformCancelled
			} else {
				want++
			}
			if _, err := s.EnterReform(t.Context(), keeper, "", r); err != nil {
				t.Fatal(err)
			}
		}
		read(t, d, func(tx *db.Tx) error {
			seen := map[int64]bool{}
			last := "9999"
			for after := ""; ; {
				list, next, err := s.Reforms(tx, catalog.ReformFilter{Kind: catalog.ReformTransferred}, after, 4)
				if err != nil {
					return err
				}
				for _, r := range list {
					if seen[r.ID] || r.Effective > last || r.Kind != catalog.ReformTransferred {
						t.Errorf("%+v after %s", r, last)
					}
					seen[r.ID], last = true, r.Effective
				}
				if after = next; next == "" {
					break
				}
			}
			count, err := s.CountReforms(tx)
			if len(seen) != want || count[catalog.ReformTransferred] != want {
				t.Errorf("%d entries on the pages, %d counted, %d entered", len(seen), count[catalog.ReformTransferred], want)
			}
			return err
		})
	})
}

// A seal goes its way step by step, each act once.
func TestLifeOfASeal(t *testing.T) {
	dbtest.Each(t, ledgerSchemas, func(t *testing.T, d *db.DB) {
		kept := logged{}
		s := &catalog.Service{DB: d, Log: kept.log}
		ctx := t.Context()
		if _, err := s.EnterSeal(ctx, keeper, "", catalog.Seal{Name: "水利局行政审批专用章", Unit: "SLJ", Reform: 7}); fieldsOf(err)["reform"] == "" {
			t.Errorf("by an entry that there is not: %v", err)
		}
		id, err := s.EnterSeal(ctx, keeper, "k", catalog.Seal{Name: "水利局行政审批专用章", Number: "3799010012345", Unit: "SLJ"})
		if err != nil {
			t.Fatal(err)
		}
		act := func(key string, on int, p catalog.SealStep) error { return s.ActOnSeal(ctx, keeper, key, id, on, p) }
		retire := catalog.SealStep{Act: catalog.SealRetire, Day: "2024-04-01", Document: "云政发〔2024〕7号"}
		keep := catalog.SealStep{Act: catalog.SealKeep, Day: "2024-04-02", Place: "局档案室", Keeper: "办公室档案岗"}
		if err := act("", 0, keep); fault.Code(err) != "catalog.seal.state" {
			t.Errorf("sealed away while in use: %v", err)
		}
		if err := act("", 0, catalog.SealStep{Act: catalog.SealRetire, Day: "2999-01-01"}); fieldsOf(err)["day"] == "" || fieldsOf(err)["document"] == "" {
			t.Errorf("retired tomorrow, by nothing: %v", err)
		}
		for range 2 { // the double click
			if err := act("r", 0, retire); err != nil {
				t.Fatal(err)
			}
		}
		if err := act("other", 0, keep); fault.Code(err) != "catalog.seal.stale" {
			t.Errorf("on what is no longer so: %v", err)
		}
		early := keep
		early.Day = "2024-03-31"
		if err := act("", 1, early); fieldsOf(err)["day"] == "" {
			t.Errorf("sealed away before it was retired: %v", err)
		}
		if err := act("", 1, keep); err != nil {
			t.Fatal(err)
		}
		if err := act("", 2, catalog.SealStep{Act: catalog.SealHandOn, Day: "2024-06-01", Place: "公安局治安支队"}); err != nil {
			t.Fatal(err)
		}
		if err := act("", 3, catalog.SealStep{Act: catalog.SealDestroy, Day: "2024-06-02"}); fault.Code(err) != "catalog.seal.state" {
			t.Errorf("destroyed after it was handed on: %v", err)
		}
		read(t, d, func(tx *db.Tx) error {
			list, next, err := s.Seals(tx, 0, 10)
			if err != nil || next != 0 || len(list) != 1 || list[0].State != catalog.SealHandedOn || len(list[0].Steps) != 3 || list[0].Steps[1].Place != "局档案室" {
				t.Errorf("%+v, %v", list, err)
			}
			return nil
		})
		if kept["catalog.seal_retire"] != 1 || kept["catalog.seal_keep"] != 1 || kept["catalog.seal_hand_on"] != 1 {
			t.Errorf("evidence: %v", kept)
		}
	})
}

// A package's ledger is entered once, and what was corrected since does not come back.
func TestLoadReforms(t *testing.T) {
	dbtest.Each(t, ledgerSchemas, func(t *testing.T, d *db.DB) {
		s := &catalog.Service{DB: d}
		for range 2 {
			if err := s.LoadReforms(t.Context(), yunchuan(t)); err != nil {
				t.Fatal(err)
			}
		}
		var entry int64
		read(t, d, func(tx *db.Tx) error {
			list, _, err := s.Reforms(tx, catalog.ReformFilter{}, "", 100)
			seals, _, wrong := s.Seals(tx, 0, 100)
			if err != nil || wrong != nil || len(list) < 12 || len(seals) < 3 {
				t.Fatalf("%d entries, %d seals, %v %v", len(list), len(seals), err, wrong)
			}
			entry = list[0].ID
			return nil
		})
		if _, err := s.CorrectReform(t.Context(), keeper, "", entry, catalog.Reform{Void: true, Reason: "重复登记"}); err != nil {
			t.Fatal(err)
		}
		before := countStanding(t, s)
		if err := s.LoadReforms(t.Context(), yunchuan(t)); err != nil {
			t.Fatal(err)
		}
		if after := countStanding(t, s); after != before {
			t.Errorf("%d entries hold, %d did", after, before)
		}
		bad := fstest.MapFS{"reforms.yaml": {Data: []byte("reforms:\n- {id: a, kind: cancelled, name: 甲, from: SLJ, document: 某令, effective: '2024-01-01'}\n- {id: b, kind: sold}\n")}}
		if err := s.LoadReforms(t.Context(), bad); !fault.Is(err, fault.Invalid) || countStanding(t, s) != before {
			t.Errorf("a file that is not right: %v, and %d entries", err, countStanding(t, s))
		}
	})
}

func countStanding(t *testing.T, s *catalog.Service) (sum int) {
	t.Helper()
	read(t, s.DB, func(tx *db.Tx) error {
		count, err := s.CountReforms(tx)
		for _, k := range count {
			sum += k
		}
		return err
	})
	return sum
}
