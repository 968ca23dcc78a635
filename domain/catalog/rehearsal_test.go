package catalog_test

import (
	"fmt"
	"slices"
	"testing"

	"onedoor.app/domain/catalog"
	"onedoor.app/engine/calendar"
	"onedoor.app/infra/auth"
	"onedoor.app/infra/db"
	"onedoor.app/infra/db/dbtest"
	"onedoor.app/infra/fault"
)

// pastOf are n cases of an item: the i-th took i%12+1 working days and gave the first
// answer to every question, every third the second to the first.
func pastOf(it *catalog.Item, n int) []catalog.PastCase {
	var list []catalog.PastCase
	for i := range n {
		answers := map[string]string{}
		for _, q := range it.Situations {
			answers[q.ID] = q.Options[0].Value
		}
		if i%3 == 0 {
			answers[it.Situations[0].ID] = it.Situations[0].Options[1].Value
		}
		took := i%12 + 1
		list = append(list, catalog.PastCase{
			ID: int64(i + 1), No: fmt.Sprintf("N%05d", i+1), Version: it.ID, Answers: answers,
			Took: func(promised, statutory catalog.Limit) catalog.Lateness {
				return catalog.Lateness{Begun: true, Promise: max(0, took-promised.Value), Law: max(0, took-statutory.Value)}
			},
			Suits: func(it *catalog.Item) (bool, error) { return it.ForBodies(), nil },
		})
	}
	return list
}

// over serves the cases as pages.
func over(s *catalog.Service, list []catalog.PastCase) {
	s.Past = func(_ *db.Tx, _ string, _, _ calendar.Date, after int64, limit int) ([]catalog.PastCase, error) {
		i := slices.IndexFunc(list, func(p catalog.PastCase) bool { return p.ID > after })
		if i < 0 {
			return nil, nil
		}
		return list[i:min(i+limit, len(list))], nil
	}
	s.CountPast = func(*db.Tx, string, calendar.Date, calendar.Date) (int, error) { return len(list), nil }
}

func TestRehearsal(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := loaded(t, d)
		it := current(t, s, foodItem)
		const n = 1000
		over(s, pastOf(it, n))
		unlock(t, s, it, catalog.ElementMaterials)
		c := proposed(t, s, "k", func(it *catalog.Item) error {
			it.Materials = append(slices.Clone(it.Materials), catalog.Material{
				ID: "m90", Name: "消防承诺书", Kind: "2", Source: "10", Necessity: "1", Form: "3", Originals: 1, Trust: "D", Points: []string{"已签名"},
			})
			return shorter(it)
		})
		day := today(d)
		for _, bad := range [][2]calendar.Date{{day, day - 1}, {day - 400, day}, {day, day + 1}} {
			if _, err := s.Rehearse(t.Context(), reviewer, "", c.ID, bad[0], bad[1]); !fault.Is(err, fault.Invalid) {
				t.Errorf("%v: %v", bad, err)
			}
		}
		if _, err := s.Rehearse(t.Context(), auth.Actor{Kind: auth.Staff}, "", c.ID, day-30, day); !fault.Is(err, fault.Forbidden) {
			t.Errorf("without a right: %v", err)
		}
		id, err := s.Rehearse(t.Context(), reviewer, "once", c.ID, day-365, day)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := s.Rehearse(t.Context(), reviewer, "once", c.ID, day-365, day); err != nil || again != id {
			t.Errorf("the double click: %d, %v", again, err)
		}
		for i := 0; ; i++ {
			more, err := s.RehearsePage(t.Context(), id)
			if err != nil {
				t.Fatal(err)
			}
			if !more {
				break
			}
			if i > n {
				t.Fatal("it does not end")
			}
		}
		if _, err := s.RehearsePage(t.Context(), id); err != nil { // a second worker, late
			t.Fatal(err)
		}
		read(t, d, func(tx *db.Tx) error {
			r, err := s.Rehearsal(tx, id)
			if err != nil {
				return err
			}
			late := func(limit int) (count int) {
				for i := range n {
					if i%12+1 > limit {
						count++
					}
				}
				return count
			}
			was, will := late(it.PromisedLimit.Value), late(4)
			if r.State != catalog.RehearsalDone || r.Result.Looked != n || r.Total != n || r.Result.Late != [2]int{was, will} ||
				r.Result.Cases[catalog.EffectLatePromise] != will-was || r.Result.Cases[catalog.EffectMore] != n || r.Result.Cases[catalog.EffectFewer] != 0 {
				t.Errorf("%+v, want late %d then %d", r, was, will)
			}
			if !r.Tried(c.Item) || r.Tried(it) {
				t.Error("it does not know on which words it was made")
			}
			list, next, err := s.RehearsedCases(tx, officer, id, catalog.EffectMore, 0, 20)
			if err != nil || len(list) != 20 || next != list[19].Case || !slices.Equal(list[0].Facts.Names, []string{"消防承诺书"}) {
				t.Errorf("%d cases, next %d: %v", len(list), next, err)
			}
			rest, _, err := s.RehearsedCases(tx, officer, id, catalog.EffectMore, next, 20)
			if err == nil && (len(rest) != 20 || rest[0].Case <= next) {
				t.Errorf("the next page begins with %+v", rest[0])
			}
			last, err := s.LastRehearsal(tx, c.ID)
			if err == nil && (last == nil || last.ID != id) {
				t.Errorf("the last rehearsal is %+v", last)
			}
			return err
		})
	})
}

// Each effect is told by name, once, and only where it is one.
func TestRehearsalEffects(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := loaded(t, d)
		it := current(t, s, foodItem)
		cases := pastOf(it, 1)
		over(s, cases)
		q, o := it.Situations[0], it.Situations[0].Options[1]
		for _, tt := range []struct {
			effect catalog.RehearsalEffect
			edit   func(*catalog.Item)
		}{
			{"", func(it *catalog.Item) { it.Name = "另一个名字" }},
			{catalog.EffectLatePromise, func(it *catalog.Item) { it.PromisedLimit.Value = 0 }},
			{catalog.EffectLateLaw, func(it *catalog.Item) { it.StatutoryLimit.Value = 0 }},
			{catalog.EffectLedAway, func(it *catalog.Item) {
				it.Situation(q.ID).Option(o.Value).Effects = append(it.Situation(q.ID).Option(o.Value).Effects, catalog.Effect{Op: catalog.OpNotNeeded})
			}},
			{catalog.EffectUnfit, func(it *catalog.Item) { it.Audience = []string{"1"} }},
			{catalog.EffectAsked, func(it *catalog.Item) {
				it.Situations = append(it.Situations, catalog.Situation{ID: "q99", Question: "有无外摆", Options: []catalog.Option{{Value: "a", Label: "有"}, {Value: "b", Label: "无"}}})
			}},
			{catalog.EffectMore, func(it *catalog.Item) {
				it.Materials = append(it.Materials, catalog.Material{ID: "m90", Name: "承诺书", Necessity: "1"})
			}},
			{catalog.EffectFewer, func(it *catalog.Item) { it.Materials = it.Materials[1:] }},
			{catalog.EffectFields, func(it *catalog.Item) {
				it.Fields = append(it.Fields, catalog.Field{Key: "f90", Label: "经营面积", Type: catalog.FieldText, Required: true})
			}},
			{catalog.EffectDearer, func(it *catalog.Item) {
				it.Fee = catalog.Fee{Charged: true, Items: []catalog.FeeItem{{Name: "工本费", Amount: 1000}}}
			}},
		} {
			c, err := s.Propose(t.Context(), officer, "", foodItem)
			if err != nil {
				t.Fatal(err)
			}
			if c, err = s.EditChange(t.Context(), officer, c.ID, c.Lock, func(it *catalog.Item) error { tt.edit(it); return nil }); err != nil {
				t.Fatal(err)
			}
			id, err := s.Rehearse(t.Context(), officer, "", c.ID, today(d), today(d))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := s.RehearsePage(t.Context(), id); err != nil {
				t.Fatal(err)
			}
			read(t, d, func(tx *db.Tx) error {
				r, err := s.Rehearsal(tx, id)
				want := map[catalog.RehearsalEffect]int{}
				if tt.effect != "" {
					want[tt.effect] = 1
				}
				if fmt.Sprint(r.Result.Cases) != fmt.Sprint(want) {
					t.Errorf("%s: %v", tt.effect, r.Result.Cases)
				}
				return err
			})
		}
	})
}
