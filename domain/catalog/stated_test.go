package catalog_test

import (
	"slices"
	"testing"

	"onedoor.app/domain/catalog"
	"onedoor.app/infra/db"
	"onedoor.app/infra/db/dbtest"
	"onedoor.app/infra/fault"
)

// What nobody has said is no promise: the draft of a new item is refused until it says what is charged, how often people come
// and how the item is handled. No charge and no visit can be said.
func TestUntoldIsNoPromise(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := loaded(t, d)
		c, err := s.ProposeNew(t.Context(), officer, "k", "tea-house", "茶馆备案", catalog.TypeOther, "SPJ-SY")
		if err != nil {
			t.Fatal(err)
		}
		model := current(t, s, foodItem)
		edit := func(fn func(it *catalog.Item)) {
			t.Helper()
			if c, err = s.EditChange(t.Context(), officer, c.ID, c.Lock, func(it *catalog.Item) error { fn(it); return nil }); err != nil {
				t.Fatal(err)
			}
		}
		untold := func() (codes []string) {
			t.Helper()
			read(t, d, func(tx *db.Tx) error {
				wrong, err := s.Problems(tx, c)
				for _, w := range wrong {
					if slices.Contains([]string{"catalog.item.untold_fee", "catalog.item.untold_visits", "catalog.item.untold_ways"}, w.Code) {
						codes = append(codes, w.Code)
					}
				}
				return err
			})
			return codes
		}
		edit(func(it *catalog.Item) {
			name, kind, code, open := it.Name, it.Type, it.Code, it.Unstated
			*it = *model
			it.Name, it.Type, it.Code, it.Situations, it.Rules, it.Legal = name, kind, code, nil, nil, catalog.Legal{}
			it.BaseCode, it.ImplementCode, it.HandleCode = "", "", ""
			it.Unstated, it.Fee, it.Visits, it.Offer, it.HandleForms, it.OnlineDepth, it.VisitReason = open, catalog.Fee{}, 0, catalog.Offer{}, nil, "", ""
		})
		if got := untold(); len(got) != 3 {
			t.Fatalf("told of what is not stated: %v", got)
		}
		if c.Item.SaysFee() || c.Item.SaysVisits() || c.Item.SaysWays() {
			t.Error("the item tells what nobody said")
		}
		if _, err := s.Submit(t.Context(), officer, c.ID, c.Lock, "理由"); fault.Code(err) != "catalog.change.problems" {
			t.Fatalf("submitted: %v", err)
		}
		edit(func(it *catalog.Item) {
			it.State(catalog.ElementCharged, true)
			it.State(catalog.ElementVisits, true)
			it.Offer.Express = true
		})
		if got := untold(); len(got) != 0 {
			t.Fatalf("still untold: %v", got)
		}
		if c, err = s.Submit(t.Context(), officer, c.ID, c.Lock, "理由"); err != nil {
			t.Fatal(err)
		}
		if _, err = s.Approve(t.Context(), reviewer, c.ID, c.Lock, today(d), ""); err != nil {
			t.Fatal(err)
		}
		it := current(t, s, "tea-house")
		if it.Fee.Charged || it.Visits != 0 || it.Unstated != nil || !it.SaysFee() || !it.SaysVisits() {
			t.Errorf("no fee and no visit were stated: %+v", it)
		}
	})
}

// A section acts in the name of the bureau above it.
func TestASectionIsNoBody(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := loaded(t, d)
		s.BodyOf = func(_ *db.Tx, unit string) string {
			if unit == "SPJ-SY" {
				return "SPJ"
			}
			return unit
		}
		c, err := s.ProposeNew(t.Context(), officer, "k", "tea-house", "茶馆备案", catalog.TypeOther, "SPJ-SY")
		if err != nil || c.Item.Unit != "SPJ-SY" || c.Item.Body != "SPJ" {
			t.Fatalf("%+v, %v", c, err)
		}
		read(t, d, func(tx *db.Tx) error {
			if got := s.Lodged(tx, c.Item); got != "" {
				t.Errorf("the bureau ought to be %s", got)
			}
			if got := s.Lodged(tx, &catalog.Item{Body: "SPJ-SY"}); got != "SPJ" {
				t.Errorf("the section ought to be %q", got)
			}
			return nil
		})
	})
}

func TestSlower(t *testing.T) {
	t.Parallel()
	of := func(n int, spot bool) *catalog.Item {
		return &catalog.Item{PromisedLimit: catalog.Limit{Value: n, Unit: catalog.Workday, OnSpot: spot}}
	}
	for _, x := range []struct {
		was, now *catalog.Item
		want     bool
	}{
		{of(5, false), of(8, false), true}, {of(8, false), of(5, false), false}, {of(5, false), of(5, false), false},
		{of(1, true), of(1, false), true}, {of(1, false), of(1, true), false},
	} {
		if got := x.now.Slower(x.was); got != x.want {
			t.Errorf("%+v after %+v: %t", x.now.PromisedLimit, x.was.PromisedLimit, got)
		}
	}
}
