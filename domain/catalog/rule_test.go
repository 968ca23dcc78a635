package catalog_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"onedoor.app/domain/catalog"
)

func yesNo(id, question, when string) catalog.Situation {
	return catalog.Situation{ID: id, Question: question, Kind: "single", When: when, Options: []catalog.Option{
		{Value: "a", Label: "是"}, {Value: "b", Label: "否"},
	}}
}

// ruled is an item with a table of rules, two charges and a question that depends on another.
func ruled() *catalog.Item {
	it := flawless()
	it.Situations = []catalog.Situation{
		yesNo("q1", "是首次申领吗？", ""),
		yesNo("q2", "是遗失补领吗？", `q1 == "b"`),
		yesNo("q3", "由别人代办吗？", ""),
	}
	it.Materials = append(it.Materials, catalog.Material{ID: "m2", Name: "授权委托书", Kind: "2", Source: "10", Necessity: "2", Form: "3", Originals: 1, Points: []string{"写明权限"}})
	it.Fields = []catalog.Field{{Key: "agent", Label: "代办人", Type: catalog.FieldText}}
	it.Fee = catalog.Fee{Charged: true, PayOnline: true, Items: []catalog.FeeItem{
		{ID: "make", Name: "工本费", Amount: 500, Unit: "证", Standard: "每证 5 元", Basis: "价格主管部门批复"},
		{ID: "again", Name: "补证费", Amount: 1000, Unit: "证", Standard: "每证 10 元", Basis: "价格主管部门批复"},
	}}
	it.Steps = []catalog.Step{
		{ID: "s1", Slot: "review", Name: "审查", Unit: "SPJ-SY", Post: "SPJ-SY.rev", Days: 2, Clock: "statutory", Standard: "符合条件", Optional: true},
		{ID: "s2", Slot: "decide", Name: "决定", Unit: "SPJ-SY", Post: "SPJ-SY.chief", Days: 2, Clock: "statutory", Standard: "符合条件"},
	}
	it.FlowID = "standard"
	it.Rules = []catalog.Rule{
		{ID: "r1", When: `q1 == "a"`, Effects: []catalog.Effect{{Op: catalog.OpDropFee, Target: "make"}, {Op: catalog.OpSetLimit, Target: "2 workday"}}, Notice: "首次申领不收工本费"},
		{ID: "r2", When: `q2 == "a"`, Effects: []catalog.Effect{{Op: catalog.OpRequireFee, Target: "again"}, {Op: catalog.OpRequireStep, Target: "s1"}}},
		{ID: "r3", When: `q3 == "a"`, Effects: []catalog.Effect{{Op: catalog.OpRequireMaterial, Target: "m2"}, {Op: catalog.OpRequireField, Target: "agent"}}},
		{ID: "r4", When: `q3 == "b" || q1 == "a" && q3 == ""`, Effects: []catalog.Effect{{Op: catalog.OpDropMaterial, Target: "m2"}, {Op: catalog.OpHideField, Target: "agent"}}},
	}
	return it
}

func feesOf(n catalog.Need) (ids []string) {
	for _, f := range n.Fees {
		ids = append(ids, f.ID)
	}
	return ids
}

func TestRulesOfTheTable(t *testing.T) {
	t.Parallel()
	it := ruled()
	if w := it.Wrong(); len(w) > 0 {
		t.Fatalf("wrong: %v", w)
	}
	if f := it.Flaws(); len(f) > 0 {
		t.Fatalf("flaws: %v", f)
	}
	for _, tt := range []struct {
		answers, asked, missing string
		limit                   int
		fees                    string
		agent, review           bool
	}{
		{"", "q1 q3", "q1 q3", 5, "make again", true, false},
		{"q1=a q3=b", "q1 q3", "", 2, "", false, false},
		{"q1=a", "q1 q3", "q3", 2, "again", false, false},
		{"q1=b", "q1 q2 q3", "q2 q3", 5, "make again", true, false},
		{"q1=b q2=a q3=a", "q1 q2 q3", "", 5, "make again", true, true},
		{"q1=b q2=b q3=b", "q1 q2 q3", "", 5, "make", false, false},
		{"q1=a q2=a q3=a", "q1 q3", "", 2, "", true, false}, // q2 is not asked: its answer counts for nothing
		{"q1=z q3=a", "q1 q3", "q1", 5, "make again", true, false},
	} {
		answers := map[string]string{}
		for _, pair := range strings.Fields(tt.answers) {
			id, value, _ := strings.Cut(pair, "=")
			answers[id] = value
		}
		n := it.Resolve(answers)
		field := slices.ContainsFunc(n.Fields, func(f catalog.Field) bool { return f.Key == "agent" })
		if strings.Join(n.Asked, " ") != tt.asked || strings.Join(n.Missing, " ") != tt.missing || n.Limit.Value != tt.limit ||
			strings.Join(feesOf(n), " ") != tt.fees || field != tt.agent || n.Steps["s1"] != tt.review {
			t.Errorf("%q: asked %v, missing %v, limit %d, fees %v, agent %v, review %v", tt.answers, n.Asked, n.Missing, n.Limit.Value, feesOf(n), field, n.Steps["s1"])
		}
		if told := slices.Contains(n.Notices, "首次申领不收工本费"); told != (answers["q1"] == "a") {
			t.Errorf("%q: told %v", tt.answers, n.Notices)
		}
	}
	if n := it.Resolve(map[string]string{"q1": "a", "q3": "b"}); !n.Free(it.Fee) {
		t.Error("nothing is charged, and it is not said")
	}
}

// A rule that is not right keeps the item from being published, and says where.
func TestWrongRules(t *testing.T) {
	t.Parallel()
	rule := func(when string) func(*catalog.Item) {
		return func(it *catalog.Item) { it.Rules[0].When = when }
	}
	for name, tt := range map[string]struct {
		how         func(*catalog.Item)
		code, where string
	}{
		"half a condition":    {rule(`q1 ==`), "rule", "r1 1:6"},
		"no condition":        {rule(``), "rule", "r1 1:1"},
		"no yes or no":        {rule(`q1`), "rule", "r1 1:1"},
		"an unknown question": {rule(`q1 == "a" && q9 == "a"`), "rule_question", "r1 q9"},
		"no option":           {rule(`q1 == "z"`), "rule_value", "r1 q1 z"},
		"no option in a list": {rule(`q1 in ["a", "x"]`), "rule_value", "r1 q1 x"},
		"a later question":    {func(it *catalog.Item) { it.Situations[0].When = `q2 == "a"` }, "rule_question", "q1 q2"},
		"itself":              {func(it *catalog.Item) { it.Situations[1].When = `q2 == "a"` }, "rule_question", "q2 q2"},
		"the same id":         {func(it *catalog.Item) { it.Rules[1].ID = "r1" }, "rule_shape", "r1"},
		"nothing follows":     {func(it *catalog.Item) { it.Rules[1].Effects = nil }, "rule_shape", "r2"},
		"an unknown charge":   {func(it *catalog.Item) { it.Rules[0].Effects[0].Target = "none" }, "effect", "r1 drop_fee none"},
		"an unknown material": {func(it *catalog.Item) { it.Rules[2].Effects[0].Target = "m9" }, "effect", "r3 require_material m9"},
		"a longer limit":      {func(it *catalog.Item) { it.Rules[0].Effects[1].Target = "6 workday" }, "set_limit", "r1 6 workday"},
		"no limit":            {func(it *catalog.Item) { it.Rules[0].Effects[1].Target = "soon" }, "set_limit", "r1 soon"},
		"no days":             {func(it *catalog.Item) { it.Rules[0].Effects[1].Target = "0 workday" }, "set_limit", "r1 0 workday"},
		"two contrary effects": {func(it *catalog.Item) {
			it.Rules[0].Effects = append(it.Rules[0].Effects, catalog.Effect{Op: catalog.OpRequireFee, Target: "make"})
		}, "contradiction", "r1 make"},
		"a road too long for the promise": {func(it *catalog.Item) {
			it.Rules[0].Effects = append(it.Rules[0].Effects, catalog.Effect{Op: catalog.OpRequireStep, Target: "s1"})
		}, "situation_days", "q1=a q3=a"},
		"a pledge that is none": {func(it *catalog.Item) {
			it.Rules[1].Effects = []catalog.Effect{{Op: catalog.OpUseFlow, Target: catalog.FlowPledge}}
		}, "situation_flow", "q1=b q2=a q3=a"},
		"back to itself": {func(it *catalog.Item) {
			it.Rules[1].Effects = []catalog.Effect{{Op: catalog.OpRedirectItem, Target: it.Code}}
		}, "situation_loop", "q1=b q2=a q3=a"},
		"for nobody": {func(it *catalog.Item) {
			it.Rules = append(it.Rules, catalog.Rule{ID: "r9", When: "true", Effects: []catalog.Effect{{Op: catalog.OpNotNeeded}}})
		}, "situation_nobody", ""},
	} {
		it := ruled()
		tt.how(it)
		if got, want := it.Wrong(), (catalog.Wrong{Code: "catalog.item." + tt.code, Where: tt.where}); !slices.Contains(got, want) {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
}

// Twelve questions of three answers make more sets than are tried one by one: what is
// found is found in those that are drawn, the same each time.
func TestManyCombinations(t *testing.T) {
	t.Parallel()
	it := ruled()
	it.Rules, it.Situations = nil, nil
	for i := range 12 {
		q := yesNo(fmt.Sprintf("q%d", i+1), fmt.Sprintf("第 %d 问？", i+1), "")
		q.Options = append(q.Options, catalog.Option{Value: "c", Label: "不清楚"})
		it.Situations = append(it.Situations, q)
	}
	it.Rules = []catalog.Rule{{ID: "r1", When: `q1 == "c" && q2 == "c"`, Effects: []catalog.Effect{{Op: catalog.OpRedirectItem, Target: it.Code}}}}
	first := it.Wrong()
	if len(first) != 1 || first[0].Code != "catalog.item.situation_loop" {
		t.Fatalf("found %v", first)
	}
	if again := it.Wrong(); !slices.Equal(first, again) {
		t.Errorf("%v, then %v", first, again)
	}
}

// Whatever is answered, Resolve answers, asks no unasked question, never promises more
// time than the item does and never asks for what it has not.
func TestResolveIsTotal(t *testing.T) {
	t.Parallel()
	it := ruled()
	rapid.Check(t, func(t *rapid.T) {
		answers := rapid.MapOf(rapid.SampledFrom([]string{"q1", "q2", "q3", "q4", "适"}), rapid.SampledFrom([]string{"", "a", "b", "z", "是"})).Draw(t, "answers")
		n := it.Resolve(answers)
		for _, id := range n.Missing {
			if !n.Asks(id) {
				t.Fatalf("%s is missing and not asked", id)
			}
		}
		if n.Limit.Value <= 0 || n.Limit.Value > it.PromisedLimit.Value || len(n.Fees) > len(it.Fee.Items) {
			t.Fatalf("%+v", n)
		}
		if again := it.Resolve(n.Answers); !slices.Equal(again.Missing, n.Missing) || again.Limit != n.Limit || !slices.Equal(feesOf(again), feesOf(n)) {
			t.Fatalf("the answers that count mean something else: %+v, %+v", n, again)
		}
	})
}

func FuzzCondition(f *testing.F) {
	for _, text := range []string{`q1 == "a"`, `q1 in ["a"]`, ``, `q1 ==`, `[1].exists(x, x > 0)`, `q1.matches("^a+$")`, "\xff"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		it := ruled()
		it.Rules[0].When = text
		if len(it.Wrong()) == 0 && !strings.Contains(text, "q") && it.Resolve(nil).Limit != it.Resolve(map[string]string{"q1": "b", "q2": "b", "q3": "b"}).Limit {
			t.Errorf("%q asks nothing and answers twice", text)
		}
	})
}
