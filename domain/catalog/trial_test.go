package catalog_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"onedoor.app/domain/catalog"
	"onedoor.app/infra/db"
	"onedoor.app/infra/db/dbtest"
	"onedoor.app/infra/fault"
)

// asking gives an item n questions of two answers, and rules.
func asking(n int, rules ...string) func(*catalog.Item) error {
	return func(it *catalog.Item) error {
		it.Situations, it.Rules = nil, nil
		for i := range n {
			it.Situations = append(it.Situations, yesNo(fmt.Sprint("q", i), fmt.Sprintf("第 %d 问？", i), ""))
		}
		for i, when := range rules {
			it.Rules = append(it.Rules, catalog.Rule{ID: fmt.Sprint("r", i), When: when, Notice: "提示"})
		}
		return nil
	}
}

// heavy are rules that each look at every question, more than an item may have tried.
func heavy(n int) []string {
	part := make([]string, 12)
	for i := range part {
		part[i] = fmt.Sprintf(`q%d in ["", "", "", "", "", "", "", "", "", ""]`, i)
	}
	rules := make([]string, n)
	for i := range rules {
		rules[i] = strings.Join(part, " || ")
	}
	return rules
}

// A rule that takes long is no rule, and rules that together take long are refused: no item keeps
// the program busy.
func TestTooMuchWorkIsRefused(t *testing.T) {
	t.Parallel()
	list := "[" + strings.Repeat("1,", 25) + "1]"
	bomb := list + ".all(x, " + list + ".all(y, " + list + `.all(z, x+y+z < 9 || q0 == "a")))`
	effects := func(it *catalog.Item) error {
		_ = asking(2, "true")(it)
		for i := range 50_000 {
			it.Rules[0].Effects = append(it.Rules[0].Effects, catalog.Effect{Op: catalog.OpSuggestItem, Target: fmt.Sprint("i", i)})
		}
		return nil
	}
	for name, x := range map[string]struct {
		edit func(*catalog.Item) error
		code string
	}{
		"a nested comprehension":     {asking(12, bomb), "catalog.item.rule"},
		"many long rules":            {asking(12, heavy(200)...), "catalog.item.too_much"},
		"more rules than are tried":  {asking(1, slices.Repeat([]string{`q0 == "a"`}, 301)...), "catalog.item.too_much"},
		"more questions than anyone": {asking(61), "catalog.item.too_much"},
		"effects without end":        {effects, "catalog.item.too_much"},
	} {
		it := ruled()
		_ = x.edit(it)
		began := time.Now()
		wrong, _ := it.Wrong(), it.Flaws()
		if took := time.Since(began); !slices.ContainsFunc(wrong, func(w catalog.Wrong) bool { return w.Code == x.code }) || took > 5*time.Second {
			t.Errorf("%s: %v after %v", name, wrong, took)
		}
	}
}

// What is far more than anybody writes by hand is not too much.
func TestManyPlainRulesAreTried(t *testing.T) {
	t.Parallel()
	it := ruled()
	var rules []string
	for i := range 60 {
		rules = append(rules, fmt.Sprintf(`q%d == "a" && q%d != "b"`, i%12, (i+5)%12))
	}
	_ = asking(12, rules...)(it)
	if w := it.Wrong(); len(w) > 0 {
		t.Errorf("%v", w)
	}
}

// Whoever submits what takes long holds nobody up: it is tried before the unit of work.
func TestNobodyWaitsForATrial(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := loaded(t, d)
		c, err := s.Propose(t.Context(), officer, "k", foodItem)
		if err != nil {
			t.Fatal(err)
		}
		if c, err = s.EditChange(t.Context(), officer, c.ID, c.Lock, asking(12, heavy(200)...)); err != nil {
			t.Fatal(err)
		}
		done := make(chan error, 1)
		go func() { _, err := s.Submit(t.Context(), officer, c.ID, c.Lock, "试一试"); done <- err }()
		var longest time.Duration
		for {
			began := time.Now()
			if err := d.Write(t.Context(), func(*db.Tx) error { return nil }); err != nil {
				t.Fatal(err)
			}
			longest = max(longest, time.Since(began))
			select {
			case err := <-done:
				if fault.Code(err) != "catalog.change.problems" {
					t.Errorf("submitted: %v", err)
				}
				if longest > 3*time.Second {
					t.Errorf("another's write waited %v", longest)
				}
				return
			default:
			}
		}
	})
}

// BenchmarkWorstTrial measures what the most work costs that an item may cause.
func BenchmarkWorstTrial(b *testing.B) {
	for _, x := range []struct {
		name  string
		rules []string
	}{{"refused", heavy(200)}, {"plain", slices.Repeat([]string{`q0 == "a" && q5 != "b"`}, 200)}} {
		b.Run(x.name, func(b *testing.B) {
			it := ruled()
			_ = asking(12, x.rules...)(it)
			for b.Loop() {
				_ = it.Flaws()
			}
		})
	}
}
